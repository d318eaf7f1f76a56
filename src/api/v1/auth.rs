//! Signing in and out, for programs: a signed access token that lives shortly, a refresh token that works once (IAM-17, IAM-18), and
//! client credentials for programs that act by a personal token (IAM-21).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{input::given, me::MeView};
use crate::{
    appliance::{
        Desk,
        access_token::{Grant, Key, Stands},
    },
    desk::{
        identity::{self, Person, Started},
        permission::Permission,
    },
    error::{Code, Refusal},
    http::{
        App, Caller, OnDesk, Problem, Via, auth,
        body::{self, Json},
        origin,
        sign_in::{Credentials, DirectoryCredentials, SignedIn, Visit, sign_in, sign_in_by_directory},
    },
    id::ProviderId,
    secret::Secret,
};

/// Who signs in.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, max_length = 254)]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, format = Password, max_length = 1024)]
    pub password: Option<Secret>,
    /// The code that the app shows, or a recovery code, where a second factor is set up.
    pub otp: Option<String>,
    /// The directory (LDAP) that compares the password; `email` is then the user name there. Ours if absent.
    #[schema(value_type = Option<Uuid>)]
    pub provider: Option<ProviderId>,
}

/// A refresh token.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub refresh_token: Option<Secret>,
}

/// What is to end besides the caller's own session.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogoutInput {
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<Secret>,
}

/// Tokens of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionView {
    pub access_token: String,
    pub refresh_token: String,
    /// Of the access token, in seconds.
    #[schema(minimum = 1)]
    pub expires_in: u64,
    pub user: MeView,
}

/// The access token of a session, with what belongs to it.
fn view(desk: &Desk, person: &Person, started: Started, user: MeView) -> Result<axum::Json<SessionView>, Problem> {
    let until = desk.now().plus(identity::SESSION_ACCESS);
    let grant = Grant { stands: Stands::OnSession(started.session.id), jti: started.secret, scope: None, until };
    Ok(axum::Json(SessionView {
        access_token: Key::of(desk)?.sign(desk.id, person.into(), grant, desk.now())?,
        refresh_token: started.refresh.unwrap_or_default(),
        expires_in: identity::SESSION_ACCESS.as_secs(),
        user,
    }))
}

/// Tokens are not for caches (RFC 6749 5.1).
fn uncached(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

pub async fn login(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&app, &parts);
    let json = <Json as axum::extract::FromRequest<App>>::from_request(Request::from_parts(parts, body), &app).await?;
    let input: LoginInput = json.into_value()?;
    let email = input.email.ok_or_else(|| Refusal::field("email", "required", "`email` is required."))?;
    let password = input.password.ok_or_else(|| Refusal::field("password", "required", "`password` is required."))?;
    let signed_in = match input.provider {
        Some(provider) => {
            let credentials = DirectoryCredentials { provider, login: email, password, code: input.otp };
            sign_in_by_directory(&app, &desk, visit, credentials, true).await?
        }
        None => sign_in(&app, &desk, visit, Credentials { email, password, code: input.otp }, true).await?,
    };
    let SignedIn::In(entrance) = signed_in else {
        let detail = "The password is right; send `otp` with it: the code that your app shows, or a recovery code.";
        return Err(Refusal::new(Code::OtpRequired, detail).into());
    };
    let user = desk.read(|tx| MeView::of(tx, &entrance.person, identity::permissions_of(tx, &entrance.person)?))?;
    Ok(uncached(view(&desk, &entrance.person, entrance.started, user)?))
}

pub async fn refresh(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let json = <Json as axum::extract::FromRequest<App>>::from_request(Request::from_parts(parts, body), &app).await?;
    let input: RefreshInput = json.into_value()?;
    let token = input.refresh_token.ok_or_else(|| Refusal::field("refreshToken", "required", "`refreshToken` is required."))?;
    // The outer result is the command's, the inner one the answer: a stolen token ends its family, and that is kept.
    let started = desk.write(None, move |tx| identity::rotate(tx, token.reveal())).await??;
    let person = desk.read(|tx| Ok(tx.get::<Person>(&started.session.person)?))?.ok_or_else(|| Refusal::not_found("person"))?;
    let user = desk.read(|tx| MeView::of(tx, &person, identity::permissions_of(tx, &person)?))?;
    Ok(uncached(view(&desk, &person, started, user)?))
}

/// Client credentials (RFC 6749 4.4): the id and the text of a personal token, for an access token with no more than its scopes.
#[derive(Default, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[serde(default)]
    #[schema(required = true)]
    pub grant_type: String,
    /// The id of a personal token.
    #[serde(default)]
    #[schema(required = true)]
    pub client_id: String,
    /// Its text, as it was shown when it was made.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, format = Password)]
    pub client_secret: Option<Secret>,
    /// Names of permissions, separated by spaces; all of the token's if none.
    pub scope: Option<String>,
}

/// An access token in the words of RFC 6749 5.1.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenAnswer {
    pub access_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// In seconds.
    pub expires_in: u64,
    pub scope: String,
}

pub async fn token(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let (address, from) = (origin::address(&app, &parts), origin::of(&app, &parts));
    app.credentials.attempt(address)?;
    let asked: TokenRequest = body::value(body::form_or_json(Request::from_parts(parts, body), &app).await?)?;
    if asked.grant_type != "client_credentials" {
        return Err(Refusal::field("grant_type", "unknown", "`grant_type` is `client_credentials`; nothing else is offered here.").into());
    }
    let wrong = || Refusal::new(Code::Unauthenticated, "`client_id` and `client_secret` are not those of a personal token.");
    let secret = asked.client_secret.ok_or_else(wrong)?;
    let found = desk.read(|tx| {
        let token = identity::presented_token(tx, secret.reveal())?.filter(|it| it.id.to_string() == asked.client_id.trim());
        let Some(token) = token else { return Ok(None) };
        let known = identity::client_actor(tx, token.id, asked.scope.as_deref(), from)?;
        Ok(known.map(|(person, actor)| (token, person, actor)))
    })?;
    let Some((token, person, actor)) = found else { return Err(wrong().into()) };
    let scope = actor.permissions.iter().map(Permission::name).collect::<Vec<_>>().join(" ");
    let until = desk.now().plus(identity::SESSION_ACCESS);
    let jti = uuid::Uuid::new_v4().to_string();
    let grant = Grant { stands: Stands::OnToken(token.id), jti, scope: Some(scope.clone()), until };
    let answer = TokenAnswer {
        access_token: Key::of(&desk)?.sign(desk.id, (&person).into(), grant, desk.now())?,
        token_type: "Bearer",
        expires_in: identity::SESSION_ACCESS.as_secs(),
        scope,
    };
    Ok(uncached(axum::Json(answer)))
}

/// Ends the session of the caller's own token or cookie, or of the refresh token in the body.
pub async fn logout(
    State(app): State<App>,
    OnDesk(desk): OnDesk,
    caller: Option<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    let from = origin::of(&app, &parts);
    let request = Request::from_parts(parts, content);
    let mut ended: Vec<Secret> = Vec::new();
    let via = caller.map(|it| it.via);
    if let Some(Via::Cookie { secret, .. } | Via::AccessToken { secret, .. }) = &via {
        ended.push(Secret::new(secret.clone()));
    }
    if headers.contains_key(header::CONTENT_TYPE) {
        let json = <Json as axum::extract::FromRequest<App>>::from_request(request, &app).await?;
        let input: LogoutInput = body::value(Value::Object(json.object))?;
        ended.extend(input.refresh_token);
    }
    // Whoever holds the refresh token may end what it would renew, also when the access token is over.
    if via.is_none() && ended.is_empty() {
        return Err(Refusal::new(Code::Unauthenticated, "Sign in, or send the `refreshToken` that is to end.").into());
    }
    let done = desk.write(None, move |tx| ended.iter().try_for_each(|it| identity::end_session(tx, it.reveal(), &from)));
    done.await?;
    let cookie = matches!(via, Some(Via::Cookie { .. })).then(|| auth::session_cookie(&app, None));
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(value) = cookie.and_then(|it| it.parse().ok()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
