//! In and out of the desk, by mail address, password and, where there is a second factor, a code; other ways in are in `provider.rs`.

pub mod provider;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use serde::{Deserialize, de::DeserializeOwned};

use super::site::{Site, own_path, page, see};
use crate::{
    appliance::directories,
    desk::identity::{self, rules::AccountRules},
    error::{Code, Error},
    http::{
        App, Problem, Via, auth, body,
        csrf::{self, Form},
        own_address::own_address,
        problem::status_of,
        query::Query,
        sign_in::{self, Credentials, Entrance, SignedIn, Visit},
    },
    secret::Secret,
    web::{layout::Frame, portal::sign_in as door, tongue},
};

/// Where somebody goes after signing in.
fn next_of(text: Option<&str>) -> String {
    own_path(text.unwrap_or("/")).to_owned()
}

/// A form of somebody who is not signed in. There is no session whose token could be asked for; that the form is ours is told by the
/// browser.
pub async fn open_form<T: DeserializeOwned>(app: &App, request: Request) -> Result<(Parts, T), Problem> {
    let (parts, content) = request.into_parts();
    csrf::same_origin(app, &parts)?;
    let fields = body::form_fields(Request::from_parts(parts.clone(), content)).await?;
    Ok((parts, body::form_value(&fields)?))
}

/// The door, with what was typed before a refusal. `local`: whether there is a form for a password.
fn view(site: &Site, local: bool, email: String, error: Option<String>, next: String) -> Result<door::SignInView, Problem> {
    let (providers, offers_local) = provider::offers(site, &next)?;
    let registration = offers_local && site.desk.read(AccountRules::of)?.registration;
    Ok(door::SignInView { frame: site.frame(), email, error, next, providers, local: local || offers_local, registration })
}

pub async fn show(site: Site, query: Query, parts: Parts) -> Result<Response, Problem> {
    let next = next_of(query.get("next"));
    if site.caller.is_some() {
        return Ok(see(&next));
    }
    if let Some(way) = provider::by_header(&site, &parts, &next) {
        return Ok(see(&way));
    }
    // For those who may change settings there is always a way in by password.
    Ok(page(StatusCode::OK, door::page(&view(&site, query.has("password"), String::new(), None, next)?)))
}

#[derive(Deserialize)]
struct Sent {
    email: String,
    password: String,
    next: Option<String>,
}

pub async fn enter(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, Sent) = open_form(&app, request).await?;
    let next = next_of(sent.next.as_deref());
    let credentials = Credentials { email: sent.email.clone(), password: Secret::new(sent.password), code: None };
    match sign_in::sign_in(&app, &site.desk, Visit::of(&app, &parts), credentials, false).await {
        Ok(signed_in) => Ok(on(&next, signed_in)),
        Err(problem) => {
            let told = told(problem)?;
            let view = view(&site, true, sent.email, Some(told.detail.clone()), next)?;
            Ok(told.on(door::page(&view)))
        }
    }
}

/// On to where somebody wanted to go, or to the second step.
pub fn on(next: &str, signed_in: SignedIn) -> Response {
    match signed_in {
        SignedIn::In(entrance) => let_in(next, &entrance),
        SignedIn::NeedsCode { step } => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let mut response = see(&format!("/sign-in/code?next={next}"));
            set_cookie(&mut response, &sign_in::step_cookie(Some(&step)));
            response
        }
    }
}

/// A refusal that is about the credentials, which the page of the form has a place for.
struct Told {
    status: StatusCode,
    detail: String,
    retry_after: Option<u64>,
}

fn told(problem: Problem) -> Result<Told, Problem> {
    match problem {
        Problem { error: Error::Refused(it), retry_after } if matches!(it.code, Code::Unauthenticated | Code::RateLimited) => {
            Ok(Told { status: status_of(it.code), detail: tongue::sentence(&it.detail), retry_after })
        }
        problem => Err(problem),
    }
}

impl Told {
    /// The page that says it.
    fn on(&self, markup: maud::Markup) -> Response {
        let mut response = page(self.status, markup);
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn let_in(next: &str, entrance: &Entrance) -> Response {
    let mut response = see(next);
    set_cookie(&mut response, &auth::session_cookie(Some(&entrance.started.secret)));
    set_cookie(&mut response, &sign_in::device_cookie(&entrance.device));
    response
}

/// Adds a cookie. Its value is of hexadecimal and plain signs; what is no header value is left out, and signs nobody in.
pub fn set_cookie(response: &mut Response, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

pub async fn show_code(site: Site, query: Query, request: Request) -> Response {
    if auth::cookie(request.headers(), sign_in::STEP_COOKIE).is_none() {
        return see("/sign-in");
    }
    let next = next_of(query.get("next"));
    page(StatusCode::OK, door::code_page(&door::CodeView { frame: site.frame(), error: None, next }))
}

#[derive(Deserialize)]
struct CodeSent {
    code: String,
    next: Option<String>,
}

pub async fn enter_code(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, CodeSent) = open_form(&app, request).await?;
    let step = auth::cookie(&parts.headers, sign_in::STEP_COOKIE).unwrap_or_default().to_owned();
    let next = next_of(sent.next.as_deref());
    match sign_in::second_step(&app, &site.desk, Visit::of(&app, &parts), &step, sent.code).await {
        Ok(entrance) => {
            let mut response = let_in(&next, &entrance);
            set_cookie(&mut response, &sign_in::step_cookie(None));
            Ok(response)
        }
        Err(problem) => {
            let told = told(problem)?;
            let view = door::CodeView { frame: site.frame(), error: Some(told.detail.clone()), next };
            Ok(told.on(door::code_page(&view)))
        }
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn leave(State(app): State<App>, site: Site, parts: Parts, _: Form<Nothing>) -> Result<Response, Problem> {
    let mut elsewhere = None;
    if let Some(Via::Cookie { session, secret }) = site.caller.as_ref().map(|it| it.via.clone()) {
        let back_to = format!("{}/", own_address(&app, &parts));
        elsewhere = directories::sign_out_address(&site.desk, session, &back_to).await;
        let origin = site.caller.as_ref().map(|it| it.actor.origin.clone()).unwrap_or_default();
        site.desk.write(None, move |tx| identity::end_session(tx, &secret, &origin)).await?;
    }
    let mut response = match elsewhere {
        // A form may lead nowhere but to this desk (`form-action`), not even by a redirect; a page may go on by itself.
        Some(address) => {
            let frame = Frame { viewer: None, ..site.frame() };
            let mut response = page(StatusCode::OK, door::signed_out_page(&frame, &address));
            if let Ok(value) = HeaderValue::from_str(&format!("0; url={address}")) {
                response.headers_mut().insert(header::REFRESH, value);
            }
            response
        }
        None => see("/"),
    };
    response.headers_mut().append(header::SET_COOKIE, cookie_value(None));
    Ok(response)
}

fn cookie_value(secret: Option<&str>) -> HeaderValue {
    // Secrets are hexadecimal; what is no header value signs nobody in.
    HeaderValue::from_str(&auth::session_cookie(secret)).unwrap_or(HeaderValue::from_static(""))
}
