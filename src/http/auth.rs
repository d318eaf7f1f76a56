//! Who calls. A bearer token or the session cookie becomes a `Caller`: the person, what they may do, from where, and their desk.
//! Invariant: a handler that takes a `Caller` is never run for nobody, and a browser's cookie never works from another site's page.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{App, Problem, csrf, log::WhoCalled, origin};
use crate::{
    appliance::{
        Desk,
        access_token::{Key, Stands},
    },
    desk::{
        actor::{Actor, Origin},
        address_rules::AddressRules,
        features,
        identity::{self, Person},
        permission::Permissions,
    },
    error::{Code, Refusal, Result},
    id::SessionId,
    language::say,
};

/// The cookie of a browser's session.
pub const COOKIE: &str = "lodge_session";

/// How the caller proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A browser: its requests need the proof of `csrf`.
    Cookie { session: SessionId, secret: String },
    /// A session's access token; the secret is what the session knows it by.
    AccessToken { session: SessionId, secret: String },
    /// A personal access token, as it is or traded in for an access token.
    PersonalToken,
}

impl Via {
    /// The session by which the caller came; a personal token has none.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Via::Cookie { session, .. } | Via::AccessToken { session, .. } => Some(*session),
            Via::PersonalToken => None,
        }
    }
}

/// Whoever is signed in.
#[derive(Clone)]
pub struct Caller {
    pub desk: Arc<Desk>,
    pub person: Arc<Person>,
    pub actor: Actor,
    pub via: Via,
    /// They must set up a second factor before anything else: until then they may do nothing.
    pub must_enrol: bool,
    /// The cookie's session was used after a while: it lives longer now, and so should the cookie.
    pub renews: bool,
}

impl Caller {
    /// The token that this caller's forms must send back; none for bearers, who need none.
    pub fn form_token(&self) -> Option<String> {
        match &self.via {
            Via::Cookie { secret, .. } => Some(csrf::token(secret)),
            Via::AccessToken { .. } | Via::PersonalToken => None,
        }
    }
}

/// The desk that answers on the host of this request.
#[derive(Clone)]
pub struct OnDesk(pub Arc<Desk>);

fn desk_of(app: &App, parts: &Parts) -> Result<Arc<Desk>> {
    let name = origin::host_name(parts);
    let unknown = || Refusal::new(Code::NotFound, say!("refused-no-desk-answers-host", name = name));
    let desk = app.appliance.desk_of_host(name)?.ok_or_else(unknown)?;
    if desk.read(AddressRules::of)?.let_anybody(origin::address(app, parts)) { Ok(desk) } else { Err(elsewhere().into()) }
}

fn elsewhere() -> Refusal {
    Refusal::new(Code::Forbidden, say!("refused-desk-not-open-your"))
}

impl FromRequestParts<App> for OnDesk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(OnDesk(desk_of(app, parts)?))
    }
}

/// What the caller presents.
enum Presented {
    Bearer(String),
    Cookie(String),
}

fn presented(headers: &HeaderMap) -> Result<Option<Presented>> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        return match text.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(Presented::Bearer(token.trim().to_owned()))),
            _ => Err(Refusal::new(Code::Unauthenticated, say!("refused-only-authorization-bearer-taken")).into()),
        };
    }
    Ok(cookie(headers, COOKIE).map(|it| Presented::Cookie(it.to_owned())))
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'))
        .filter_map(|it| it.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a method changes nothing (RFC 9110 9.2.1).
pub fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// The caller, if anybody is signed in. A cookie that is not valid any more is nobody's; a bearer token that is not is refused.
fn authenticate(app: &App, parts: &Parts) -> Result<Option<Caller>, Problem> {
    let Some(presented) = presented(&parts.headers)? else { return Ok(None) };
    let desk = desk_of(app, parts)?;
    let from = origin::of(app, parts);
    let mut renews = false;
    let caller = match presented {
        Presented::Bearer(token) => bearer(&desk, &token, from)?,
        Presented::Cookie(secret) => {
            let found = desk.read(|tx| identity::session_actor(tx, &secret, from))?.filter(|it| it.2.access_until.is_none());
            let Some((person, actor, session)) = found else { return Ok(None) };
            if !is_safe(&parts.method) {
                csrf::same_origin(app, parts)?;
            }
            if session.is_stale(desk.now()) {
                renews = true;
                touch(&desk, session.id);
            }
            Some((person, actor, Via::Cookie { session: session.id, secret }))
        }
    };
    let Some((person, actor, via)) = caller else {
        return Err(Refusal::new(Code::Unauthenticated, say!("refused-token-not-valid-any")).into());
    };
    // Tokens for machines were made by somebody who was let in.
    let may_have_to_enrol = via != Via::PersonalToken;
    let (is_open, must_enrol) = desk.read(|tx| {
        let is_open = AddressRules::of(tx)?.let_in(tx, &person, origin::address(app, parts))?;
        Ok((is_open, may_have_to_enrol && identity::factor::must_enrol(tx, &person)?))
    })?;
    if !is_open {
        return Err(elsewhere().into());
    }
    app.rates.person(desk.id, person.id)?;
    if let Some(who) = parts.extensions.get::<WhoCalled>() {
        who.is(&desk.name, person.id);
    }
    let actor = if must_enrol { Actor { permissions: Permissions::NONE, ..actor } } else { actor };
    Ok(Some(Caller { desk, person: Arc::new(person), actor, via, must_enrol, renews }))
}

/// The person behind a personal token or an access token.
fn bearer(desk: &Desk, token: &str, from: Origin) -> Result<Option<(Person, Actor, Via)>> {
    if let Some((person, actor)) = desk.read(|tx| identity::token_actor(tx, token, from.clone()))? {
        return Ok(Some((person, actor, Via::PersonalToken)));
    }
    // A desk that was never set up has no key, and nobody.
    let Ok(key) = Key::of(desk) else { return Ok(None) };
    let Some(claims) = key.verify(desk.id, token, desk.now())? else { return Ok(None) };
    desk.read(|tx| match claims.stands {
        Stands::OnToken(id) => {
            let found = identity::client_actor(tx, id, claims.scope.as_deref(), from)?;
            Ok(found.map(|(person, actor)| (person, actor, Via::PersonalToken)))
        }
        Stands::OnSession(_) => {
            let found = identity::session_actor(tx, &claims.jti, from)?.filter(|it| it.2.access_until.is_some());
            Ok(found.map(|(person, actor, session)| (person, actor, Via::AccessToken { session: session.id, secret: claims.jti })))
        }
    })
}

/// Writes down that a session was used, beside the request: nobody waits for it.
fn touch(desk: &Arc<Desk>, session: SessionId) {
    let desk = desk.clone();
    tokio::spawn(async move {
        if let Err(error) = desk.write(None, move |tx| identity::touch(tx, session)).await {
            tracing::warn!(%error, "the use of a session could not be written down");
        }
    });
}

fn nobody() -> Problem {
    Refusal::new(Code::Unauthenticated, say!("refused-sign-send-token-authorization")).into()
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(it) = parts.extensions.get::<Caller>() {
            return Ok(it.clone());
        }
        let caller = authenticate(app, parts)?.ok_or_else(nobody)?;
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl OptionalFromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        match parts.extensions.get::<Caller>() {
            Some(it) => Ok(Some(it.clone())),
            None => Ok(authenticate(app, parts)?),
        }
    }
}

/// Middleware: nobody gets past it who is not signed in, so that an address, method or body is not even looked at (401 first).
pub async fn require(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match <Caller as FromRequestParts<App>>::from_request_parts(&mut parts, &app).await {
        Ok(caller) if caller.must_enrol && !is_for_enrolling(parts.uri.path()) => enrol_first().into_response(),
        Ok(caller) => match need_features(&caller, parts.uri.path()) {
            Ok(()) => next.run(Request::from_parts(parts, body)).await,
            Err(problem) => problem.into_response(),
        },
        Err(problem) => problem.into_response(),
    }
}

/// Refuses what the desk does without.
fn need_features(caller: &Caller, path: &str) -> Result<(), Problem> {
    let path = path.strip_prefix("/v1").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    let off = caller.desk.read(features::features)?.off();
    Ok(super::features::need_api(off, path)?)
}

/// What the API has for whoever must set up a second factor first.
fn is_for_enrolling(path: &str) -> bool {
    let path = path.strip_prefix("/v1").or_else(|| path.strip_prefix("/api")).unwrap_or(path);
    path == "/me" || path.starts_with("/me/factors")
}

/// What is said to whoever does anything else.
pub fn enrol_first() -> Problem {
    Refusal::new(Code::EnrolmentRequired, say!("refused-your-role-needs-second")).into()
}

/// The `Set-Cookie` value that gives a browser its session, or takes it away if there is no secret.
pub fn session_cookie(secret: Option<&str>) -> String {
    match secret {
        Some(secret) => {
            let age = identity::SESSION_IDLE.as_secs();
            format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}")
        }
        None => format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; xlodge_session=2; lodge_session=three".parse().unwrap());
        assert_eq!(cookie(&headers, COOKIE), Some("three"));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
