//! One's own second factor and password, for programs, and its removal by an admin. A personal access token does none of this: a
//! token that was found must not become an account.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::given;
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{
            Person, account,
            factor::{self, Seed},
        },
        permission::Permission,
    },
    error::{Code, Refusal, Result},
    http::{App, Caller, Problem, Via, body::Json, own_password, path::Path, sign_in::Visit},
    id::PersonId,
    secret::Secret,
    time::Instant,
};

/// How the caller's second factor stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FactorsView {
    /// Since when signing in asks for a code.
    pub totp_since: Option<Instant>,
    pub recovery_codes_left: usize,
    /// Whether one of the caller's roles needs one.
    pub required: bool,
}

/// What an app needs to show codes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedView {
    /// `otpauth://totp/...`, for a picture.
    pub uri: String,
    /// Base32, for typing.
    pub secret: String,
}

/// A code of the second factor.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 40)]
    pub code: Option<String>,
}

/// Codes for the day on which the telephone is gone, shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryCodesView {
    pub recovery_codes: Vec<String>,
}

/// Another password.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, format = Password, max_length = 1024)]
    pub current: Option<Secret>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, format = Password, max_length = 1024)]
    pub password: Option<Secret>,
}

fn in_person(caller: &Caller) -> Result<()> {
    if caller.via == Via::PersonalToken {
        return Err(Refusal::new(Code::Forbidden, "Sign in for this; a personal access token is not enough.").into());
    }
    Ok(())
}

fn secret(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

pub async fn read(caller: Caller) -> Result<axum::Json<FactorsView>, Problem> {
    in_person(&caller)?;
    let standing = caller.desk.read(|tx| {
        let person = tx.get::<Person>(&caller.person.id)?.ok_or_else(|| Refusal::not_found("person"))?;
        factor::standing(tx, &person)
    })?;
    let factor::Standing { since, recovery_codes_left, required } = standing;
    Ok(axum::Json(FactorsView { totp_since: since, recovery_codes_left, required }))
}

pub async fn begin(caller: Caller) -> Result<Response, Problem> {
    in_person(&caller)?;
    let actor = caller.actor.clone();
    let Seed { uri, typed } = caller.desk.write(Some(caller.person.id), move |tx| factor::begin(tx, &actor)).await?;
    Ok(secret((StatusCode::CREATED, axum::Json(SeedView { uri, secret: typed.replace(' ', "") }))))
}

/// The caller, where they are, and what they sent; who calls is looked at before what they sent.
async fn sent<T: for<'de> Deserialize<'de>>(app: &App, request: Request) -> Result<(Caller, Visit, T), Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = <Caller as FromRequestParts<App>>::from_request_parts(&mut parts, app).await?;
    in_person(&caller)?;
    let visit = Visit::of(app, &parts);
    let json = <Json as FromRequest<App>>::from_request(Request::from_parts(parts, body), app).await?;
    Ok((caller, visit, json.into_value()?))
}

async fn with_code<T: Send + 'static>(
    app: &App,
    request: Request,
    run: impl FnOnce(&mut Tx, &Actor, &str) -> Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let (caller, visit, input): (_, _, CodeInput) = sent(app, request).await?;
    let code = input.code.ok_or_else(|| Refusal::field("code", "required", "`code` is required."))?;
    own_password::with_code(app, &caller, &visit, move |tx, actor| run(tx, actor, &code)).await
}

fn tell(tx: &mut Tx, actor: &Actor) -> Result<()> {
    actor.person().map_or(Ok(()), |id| account::tell_of_factor(tx, id, &actor.origin))
}

pub async fn confirm(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let recovery_codes = with_code(&app, request, |tx, actor, code| {
        let codes = factor::confirm(tx, actor, code)?;
        tell(tx, actor)?;
        Ok(codes)
    })
    .await?;
    Ok(secret(axum::Json(RecoveryCodesView { recovery_codes })))
}

pub async fn renew(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let recovery_codes = with_code(&app, request, factor::renew_recovery).await?;
    Ok(secret(axum::Json(RecoveryCodesView { recovery_codes })))
}

pub async fn remove(State(app): State<App>, request: Request) -> Result<StatusCode, Problem> {
    with_code(&app, request, |tx, actor, code| {
        factor::remove_own(tx, actor, code)?;
        tell(tx, actor)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes somebody's second factor, when a telephone and the paper are gone.
pub async fn reset(caller: Caller, Path(id): Path<PersonId>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        factor::reset(tx, &actor, id)?;
        account::tell_of_factor(tx, id, &actor.origin)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes the caller's password. Every session ends, this one too.
pub async fn password(State(app): State<App>, request: Request) -> Result<StatusCode, Problem> {
    let (caller, visit, input): (_, _, PasswordInput) = sent(&app, request).await?;
    let current = input.current.ok_or_else(|| Refusal::field("current", "required", "`current` is required."))?;
    let wanted = input.password.ok_or_else(|| Refusal::field("password", "required", "`password` is required."))?;
    own_password::change(&app, &caller, visit, current, wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
