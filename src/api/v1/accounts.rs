//! How an account begins and how a forgotten password ends, for programs: registration (API-36), the links from mails, invitations,
//! and the desk's rules about all of it.

use axum::{
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{input::given, people};
use crate::{
    desk::{
        Tx,
        identity::{
            NewPerson, account,
            link::Purpose,
            rules::{self, AccountRules, AccountRulesChange},
        },
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem,
        body::{self, Json, RawJson},
        idempotency::{self, Key, Reply},
        own_link::{self, Setting},
        sign_in::Visit,
    },
    secret::Secret,
};

/// Who wants an account. The password is chosen with the link from the mail, so that nobody chooses one for a foreign address.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 254)]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 200)]
    pub name: Option<String>,
}

/// An address whose password was forgotten.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgotInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 254)]
    pub email: Option<String>,
}

/// What is set with a link from a mail.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkSettingInput {
    /// The last part of the link.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 100)]
    pub token: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, format = Password, max_length = 1024)]
    pub password: Option<Secret>,
    /// Another name; the one that is there stays if it is absent.
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

/// What is said of a request that is answered by mail: the same for every address.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AcceptedView {
    pub detail: String,
}

/// Whoever is invited.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 254)]
    pub email: Option<String>,
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// Keys of roles; a requester if absent.
    pub roles: Option<Vec<String>>,
}

/// What the desk asks of local accounts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountRulesView {
    /// Characters that a new password has at least.
    #[schema(minimum = 8, maximum = 64)]
    pub password_chars_min: u32,
    /// Whether anybody may register.
    pub registration: bool,
    /// Domains of mail addresses that may register; any if empty.
    pub registration_domains: Vec<String>,
    /// Whether people are told by mail of a sign-in from a new device.
    pub tell_new_device: bool,
    /// Keys of roles that need a second factor.
    pub second_factor_roles: Vec<String>,
}

/// Changes to them; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountRulesPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 8, maximum = 64)]
    pub password_chars_min: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub registration: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub registration_domains: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub tell_new_device: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub second_factor_roles: Option<Vec<String>>,
}

fn required<T>(it: Option<T>, field: &'static str) -> Result<T> {
    it.ok_or_else(|| Refusal::field(field, "required", format!("`{field}` is required.")).into())
}

/// The body of a call that nobody signs in for, and where it comes from.
pub async fn visited<T: for<'de> Deserialize<'de>>(app: &App, request: Request) -> Result<(Visit, T), Problem> {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(app, &parts);
    let json = <Json as FromRequest<App>>::from_request(Request::from_parts(parts, body), app).await?;
    Ok((visit, json.into_value()?))
}

fn by_mail() -> Response {
    let detail = "If all is as it should be, a mail with a link is on its way.".to_owned();
    (StatusCode::ACCEPTED, axum::Json(AcceptedView { detail })).into_response()
}

pub async fn register(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (visit, input): (_, RegisterInput) = visited(&app, request).await?;
    own_link::register(&app, &desk, &visit, required(input.email, "email")?, required(input.name, "name")?).await?;
    Ok(by_mail())
}

pub async fn forgot(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (visit, input): (_, ForgotInput) = visited(&app, request).await?;
    own_link::ask_reset(&app, &desk, &visit, required(input.email, "email")?).await?;
    Ok(by_mail())
}

pub async fn verify(app: State<App>, desk: OnDesk, request: Request) -> Result<StatusCode, Problem> {
    take(app, desk, request, Purpose::Verify).await
}

pub async fn reset(app: State<App>, desk: OnDesk, request: Request) -> Result<StatusCode, Problem> {
    take(app, desk, request, Purpose::Reset).await
}

pub async fn accept(app: State<App>, desk: OnDesk, request: Request) -> Result<StatusCode, Problem> {
    take(app, desk, request, Purpose::Invitation).await
}

async fn take(State(app): State<App>, OnDesk(desk): OnDesk, request: Request, purpose: Purpose) -> Result<StatusCode, Problem> {
    let (visit, input): (_, LinkSettingInput) = visited(&app, request).await?;
    let token = required(input.token, "token")?;
    let setting = Setting { name: input.name, password: required(input.password, "password")? };
    own_link::take(&app, &desk, visit, purpose, token, setting).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn invite(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::PeopleWrite)?;
    let json = json.parse()?;
    let raw = json.raw;
    let input: InvitationInput = body::value(Value::Object(json.object))?;
    let new = NewPerson {
        email: required(input.email, "email")?,
        name: input.name.unwrap_or_default(),
        roles: input.roles.unwrap_or_default(),
        ..NewPerson::default()
    };
    let actor = caller.actor.clone();
    let invite = move |tx: &mut Tx| {
        let person = account::invite(tx, &actor, new)?;
        Reply::json(StatusCode::CREATED, &people::view(tx, person)?)
    };
    idempotency::once(&caller, key, &raw, invite).await
}

fn view(it: AccountRules) -> AccountRulesView {
    // Destructured without `..`, so that a new rule is shown.
    let AccountRules { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles } = it;
    AccountRulesView { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles }
}

pub async fn read_rules(caller: Caller) -> Result<axum::Json<AccountRulesView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(AccountRules::clone(&*caller.desk.read(AccountRules::of)?))))
}

pub async fn patch_rules(caller: Caller, json: RawJson) -> Result<axum::Json<AccountRulesView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: AccountRulesPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let AccountRulesPatchInput { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles } = input;
    let change = AccountRulesChange { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles };
    let actor = caller.actor.clone();
    Ok(axum::Json(view(caller.desk.write(actor.person(), move |tx| rules::change(tx, &actor, change)).await?)))
}
