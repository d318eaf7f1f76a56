//! What leads to the door: registration, forgotten passwords, and the links from mails.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use serde::Deserialize;

use super::{
    said,
    sign_in::{open_form, set_cookie},
    site::{Site, page, see, see_and_say},
};
use crate::{
    desk::{
        identity::{
            account,
            link::{self, Purpose},
            rules::AccountRules,
        },
        providers,
    },
    error::{Code, Error, Refusal},
    http::{
        App, Problem,
        own_link::{self, Setting},
        path::Path,
        problem::status_of,
        sign_in::{self, Visit},
    },
    language::say,
    secret::Secret,
    web::{
        portal::door::{self, AskView, ChooseView, Choosing},
        tongue::{self, t},
    },
};

/// The field that a refusal is about, what it says, and its status, where the page has a place for it; else a page of its own.
pub fn about_field(problem: Problem) -> Result<(StatusCode, (String, String)), Problem> {
    match problem {
        Problem { error: Error::Refused(Refusal { code, detail, fields }), .. }
            if matches!(code, Code::Validation | Code::RateLimited | Code::Forbidden | Code::Conflict | Code::Unauthenticated) =>
        {
            let field = fields.into_iter().next().map(|it| it.field).unwrap_or_default();
            Ok((status_of(code), (field, tongue::sentence(&detail))))
        }
        problem => Err(problem),
    }
}

pub async fn show_register(site: Site) -> Result<Response, Problem> {
    if site.caller.is_some() {
        return Ok(see("/account"));
    }
    if !site.desk.read(|tx| Ok(AccountRules::of(tx)?.registration && providers::takes_passwords(tx)?))? {
        return Err(Refusal::new(Code::NotFound, say!("door-desk-takes-no-registrations")).into());
    }
    Ok(page(StatusCode::OK, door::register(&AskView { frame: site.frame(), ..AskView::default() })))
}

#[derive(Deserialize)]
struct Registration {
    name: String,
    email: String,
}

pub async fn register(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, Registration) = open_form(&app, request).await?;
    let done = own_link::register(&app, &site.desk, &Visit::of(&app, &parts), sent.email.clone(), sent.name.clone()).await;
    match done {
        Ok(()) => Ok(page(StatusCode::OK, door::asked(&site.frame(), sent.email.trim()))),
        Err(problem) => {
            let (status, error) = about_field(problem)?;
            let view = AskView { frame: site.frame(), name: sent.name, email: sent.email, error: Some(error) };
            Ok(page(status, door::register(&view)))
        }
    }
}

pub async fn show_forgot(site: Site) -> Response {
    page(StatusCode::OK, door::forgot(&AskView { frame: site.frame(), ..AskView::default() }))
}

#[derive(Deserialize)]
struct Forgotten {
    email: String,
}

pub async fn forgot(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, Forgotten) = open_form(&app, request).await?;
    match own_link::ask_reset(&app, &site.desk, &Visit::of(&app, &parts), sent.email.clone()).await {
        Ok(()) => Ok(page(StatusCode::OK, door::asked(&site.frame(), sent.email.trim()))),
        Err(problem) => {
            let (status, error) = about_field(problem)?;
            Ok(page(status, door::forgot(&AskView { frame: site.frame(), email: sent.email, error: Some(error), ..AskView::default() })))
        }
    }
}

pub async fn show_verify(site: Site, Path(token): Path<String>) -> Result<Response, Problem> {
    show_link(&site, Purpose::Verify, &token)
}

pub async fn show_invitation(site: Site, Path(token): Path<String>) -> Result<Response, Problem> {
    show_link(&site, Purpose::Invitation, &token)
}

pub async fn show_reset(site: Site, Path(token): Path<String>) -> Result<Response, Problem> {
    show_link(&site, Purpose::Reset, &token)
}

pub async fn verify(app: State<App>, site: Site, Path(token): Path<String>, request: Request) -> Result<Response, Problem> {
    take(app, site, Purpose::Verify, token, request).await
}

pub async fn accept(app: State<App>, site: Site, Path(token): Path<String>, request: Request) -> Result<Response, Problem> {
    take(app, site, Purpose::Invitation, token, request).await
}

pub async fn reset(app: State<App>, site: Site, Path(token): Path<String>, request: Request) -> Result<Response, Problem> {
    take(app, site, Purpose::Reset, token, request).await
}

/// The form behind a link, with what was typed before; or the page that says that the link is over.
fn choose(site: &Site, purpose: Purpose, token: &str, typed: Option<String>, error: Option<(String, String)>) -> Result<Response, Problem> {
    let looked = site.desk.read(|tx| Ok((account::look(tx, purpose, token)?, AccountRules::of(tx)?.password_chars_min)));
    let (link, chars_min) = match looked {
        Ok(it) => it,
        Err(Error::Refused(it)) if it.code == Code::Validation => {
            return Ok(private(page(StatusCode::NOT_FOUND, door::over(&site.frame(), &tongue::sentence(&it.detail)))));
        }
        Err(error) => return Err(error.into()),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = ChooseView {
        ask: AskView { frame: site.frame(), name: typed.unwrap_or(link.name), email: link.email, error },
        what: match purpose {
            Purpose::Verify => Choosing::Account,
            Purpose::Invitation => Choosing::Invitation,
            Purpose::Reset => Choosing::NewPassword,
        },
        action: format!("{}/{token}", purpose.path()),
        chars_min,
    };
    Ok(private(page(status, door::choose(&view))))
}

/// The address of such a page is a secret: it goes to nobody, and stays in no cache.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-store"));
    response
}

fn show_link(site: &Site, purpose: Purpose, token: &str) -> Result<Response, Problem> {
    choose(site, purpose, token, None, None)
}

#[derive(Deserialize)]
struct Chosen {
    name: Option<String>,
    password: String,
}

async fn take(State(app): State<App>, site: Site, purpose: Purpose, token: String, request: Request) -> Result<Response, Problem> {
    let (parts, sent): (_, Chosen) = open_form(&app, request).await?;
    let visit = Visit::of(&app, &parts);
    let device = visit.device.clone();
    let setting = Setting { name: sent.name.clone(), password: Secret::new(sent.password) };
    match own_link::take(&app, &site.desk, visit, purpose, token.clone(), setting).await {
        Ok(person) => {
            let text = match purpose {
                Purpose::Verify | Purpose::Invitation => t!("door-your-account-ready-sign"),
                Purpose::Reset => t!("door-your-password-set-sign"),
            };
            let mut response = private(see_and_say("/sign-in", &said::done(text)));
            // Whoever reads the account's mail is no stranger to it: what strangers try elsewhere does not slow this device.
            set_cookie(&mut response, &sign_in::device_cookie(&sign_in::marked(&site.settings, &device, person.id)));
            Ok(response)
        }
        Err(problem) => {
            let (_, error) = about_field(problem)?;
            let is_over = error.0 == "token" && error.1 == tongue::sentence(&link::refused().detail);
            choose(&site, purpose, &token, sent.name, Some(error).filter(|_| !is_over))
        }
    }
}
