//! Signing in and out, for programs: an access token that lives shortly, a refresh token that works once (IAM-18).

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
    desk::identity::{self, Started},
    error::{Code, Refusal},
    http::{
        App, Caller, OnDesk, Problem, Via, auth,
        body::{self, Json},
        sign_in::{Credentials, SignedIn, Visit, sign_in},
    },
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

fn view(started: Started, user: MeView) -> axum::Json<SessionView> {
    axum::Json(SessionView {
        access_token: started.secret,
        refresh_token: started.refresh.unwrap_or_default(),
        expires_in: identity::SESSION_ACCESS.as_secs(),
        user,
    })
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
    let credentials = Credentials { email, password, code: input.otp };
    let SignedIn::In(entrance) = sign_in(&app, &desk, visit, credentials, true).await? else {
        let detail = "The password is right; send `otp` with it: the code that your app shows, or a recovery code.";
        return Err(Refusal::new(Code::OtpRequired, detail).into());
    };
    let user = desk.read(|tx| MeView::of(tx, &entrance.person, entrance.person.permissions()))?;
    Ok(uncached(view(entrance.started, user)))
}

pub async fn refresh(State(app): State<App>, OnDesk(desk): OnDesk, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let json = <Json as axum::extract::FromRequest<App>>::from_request(Request::from_parts(parts, body), &app).await?;
    let input: RefreshInput = json.into_value()?;
    let token = input.refresh_token.ok_or_else(|| Refusal::field("refreshToken", "required", "`refreshToken` is required."))?;
    // The outer result is the command's, the inner one the answer: a stolen token ends its family, and that is kept.
    let started = desk.write(None, move |tx| identity::rotate(tx, token.reveal())).await??;
    let user = desk.read(|tx| MeView::of_session(tx, &started.session))?;
    Ok(uncached(view(started, user)))
}

/// Ends the session of the caller's own token or cookie, or of the refresh token in the body.
pub async fn logout(
    State(app): State<App>,
    OnDesk(desk): OnDesk,
    caller: Option<Caller>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
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
    let done = desk.write(None, move |tx| ended.iter().try_for_each(|it| identity::end_session(tx, it.reveal())));
    done.await?;
    let cookie = matches!(via, Some(Via::Cookie { .. })).then(|| auth::session_cookie(&app, None));
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(value) = cookie.and_then(|it| it.parse().ok()) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
