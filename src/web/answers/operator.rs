//! What answers to operators: the desks of this server. What an operator may, the appliance decides, here as for the command line.
//! Invariant: a handler that takes an `Operator` runs for nobody else, and never for a token.

use std::ops::Deref;

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    admin::{page_number, paged, whole},
    form::Sent,
    portal::lodge::message,
    said,
    site::{Reader, page, see, see_and_say},
};
use crate::{
    appliance::{By, DeskChange, Member, NewDesk, Overview, Owner, not_an_operator},
    error::{Error, Refusal, Result},
    http::{App, Problem, origin, own_address::address_on, path::Path, problem::status_of, query::Query},
    id::DeskId,
    language::say,
    web::{
        admin::{
            desks::{DeskView, DesksView, NewDeskView, address, desk_page, new_page, page as desks_page},
            shell::DESKS,
        },
        components::{badge::Tone, toast::Toast},
        tongue::{self, t},
    },
};

/// Rows of a page.
const ROWS: usize = 50;

/// A reader who looks after all desks, signed in with a browser.
#[derive(Clone)]
pub struct Operator(Reader);

impl Operator {
    fn by(&self) -> By {
        By::Operator(Member { desk: self.desk.id, person: self.person() })
    }

    fn view(&self, desk: Overview) -> DeskView {
        let is_own = self.by().is_at(desk.entry.id);
        DeskView::of(self.frame(), desk, is_own)
    }
}

impl Deref for Operator {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let reader = Reader::from_request_parts(parts, app).await?;
        if reader.is_operator { Ok(Operator(reader)) } else { Err(not_an_operator().into()) }
    }
}

/// The middleware of handlers that need an `Operator`, asked before the address or the body is looked at.
pub async fn operators_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Operator::from_request_parts(&mut parts, &app).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

pub async fn home() -> Response {
    see(DESKS.href)
}

pub async fn list(State(app): State<App>, operator: Operator, query: Query) -> Result<Response, Problem> {
    let text = query.get("q").unwrap_or_default().to_owned();
    let wanted = text.trim().to_lowercase();
    app.appliance.count_open().await;
    let has = |it: &Overview| {
        let all = it.entry.hosts.iter().chain(&it.entry.plan).chain([&it.entry.name]);
        all.into_iter().any(|it| it.to_lowercase().contains(&wanted))
    };
    let mut desks: Vec<Overview> = app.appliance.overview()?.into_iter().filter(has).collect();
    desks.sort_by(|a, b| a.entry.name.cmp(&b.entry.name));
    let (desks, pages) = paged(desks, ROWS, page_number(query.get("page")), |at| {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", &text).append_pair("page", &at.to_string()).finish();
        format!("{}?{query}", DESKS.href)
    });
    Ok(page(StatusCode::OK, desks_page(&DesksView { frame: operator.frame(), desks, pages, query: text })))
}

pub async fn form(State(app): State<App>, operator: Operator) -> Response {
    let sends_mail = !app.options.mail_addresses.is_empty();
    page(StatusCode::OK, new_page(&NewDeskView { frame: operator.frame(), sends_mail, ..NewDeskView::default() }))
}

/// Host names as they were typed: one a line, or with spaces or commas between them.
fn hosts(sent: &Sent) -> Vec<String> {
    sent.text("hosts").split(|it: char| it.is_whitespace() || it == ',').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

pub async fn create(State(app): State<App>, operator: Operator, parts: Parts, sent: Sent) -> Result<Response, Problem> {
    let hosts = hosts(&sent);
    let new = NewDesk {
        name: sent.text("name").to_owned(),
        title: sent.text("title").to_owned(),
        plan: sent.get("plan").map(str::to_owned),
        owner: Owner { email: sent.text("email").to_owned(), name: sent.text("owner_name").to_owned() },
        addresses: app.options.mail_addresses.clone(),
        base_url: address_on(&app, &parts, hosts.first().map_or("localhost", String::as_str)),
        here: Some(origin::host_name(&parts).to_owned()),
        hosts,
    };
    match app.appliance.found(operator.by(), new).await {
        Ok(founded) => match founded.link {
            None => {
                let text = t!("desks-there-invitation-way", name = founded.entry.name, email = founded.email);
                Ok(see_and_say(&address(&founded.entry), &said::done(text)))
            }
            Some(link) => {
                let desk = app.appliance.overview_of(founded.entry.id)?;
                let view = DeskView { made: Some((founded.email, link)), ..operator.view(desk) };
                Ok(private(page(StatusCode::OK, desk_page(&view))))
            }
        },
        Err(Error::Refused(refusal)) => {
            let text = |name: &str| sent.text(name).to_owned();
            let view = NewDeskView {
                frame: operator.frame(),
                title: text("title"),
                name: text("name"),
                hosts: text("hosts"),
                plan: text("plan"),
                owner_name: text("owner_name"),
                email: text("email"),
                sends_mail: !app.options.mail_addresses.is_empty(),
                title_error: message(&refusal, "title"),
                name_error: message(&refusal, "name"),
                hosts_error: message(&refusal, "hosts"),
                plan_error: message(&refusal, "plan"),
                email_error: message(&refusal, "email"),
                error: whole(&refusal, &["title", "name", "hosts", "plan", "email"]),
            };
            Ok(page(status_of(refusal.code), new_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// What holds a way in, or a desk, is neither kept nor passed on.
fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

pub async fn show(State(app): State<App>, operator: Operator, Path(id): Path<DeskId>) -> Result<Response, Problem> {
    app.appliance.count_open().await;
    Ok(page(StatusCode::OK, desk_page(&operator.view(app.appliance.overview_of(id)?))))
}

fn wanted(sent: &Sent) -> Result<DeskChange> {
    let limit = match sent.get("requests_per_minute") {
        None => None,
        Some(it) => {
            let wrong = || Refusal::field("requestsPerMinute", "invalid", say!("desks-say-how-many-whole"));
            Some(it.parse().map_err(|_| wrong())?)
        }
    };
    Ok(DeskChange {
        name: Some(sent.text("name").to_owned()),
        hosts: Some(hosts(sent)),
        requests_per_minute: Some(limit),
        plan: Some(sent.get("plan").map(str::to_owned)),
        suspended: None,
    })
}

pub async fn change(State(app): State<App>, operator: Operator, Path(id): Path<DeskId>, sent: Sent) -> Result<Response, Problem> {
    let changed = match wanted(&sent) {
        Ok(it) => app.appliance.change(operator.by(), id, it).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(it) => Ok(see_and_say(&address(&it), &said::done(t!("word-saved-2", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let text = |name: &str| sent.text(name).to_owned();
            let view = DeskView {
                name: text("name"),
                hosts: text("hosts"),
                requests_per_minute: text("requests_per_minute"),
                plan: text("plan"),
                name_error: message(&refusal, "name"),
                hosts_error: message(&refusal, "hosts"),
                requests_error: message(&refusal, "requestsPerMinute"),
                plan_error: message(&refusal, "plan"),
                error: whole(&refusal, &["name", "hosts", "requestsPerMinute", "plan"]),
                ..operator.view(app.appliance.overview_of(id)?)
            };
            Ok(page(status_of(refusal.code), desk_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The desk's page with what was refused.
fn refused(app: &App, operator: &Operator, id: DeskId, refusal: &Refusal) -> Result<Response, Problem> {
    let view = DeskView { error: Some(tongue::sentence(&refusal.detail)), ..operator.view(app.appliance.overview_of(id)?) };
    Ok(page(status_of(refusal.code), desk_page(&view)))
}

pub async fn state(State(app): State<App>, operator: Operator, Path(id): Path<DeskId>, sent: Sent) -> Result<Response, Problem> {
    let suspended = match sent.get("suspended") {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(Refusal::field("suspended", "required", say!("desks-say-yes-no")).into()),
    };
    let change = DeskChange { suspended: Some(suspended), ..DeskChange::default() };
    match app.appliance.change(operator.by(), id, change).await {
        Ok(it) => {
            let said = match suspended {
                true => t!("desks-suspended-nobody-gets", name = it.name),
                false => t!("desks-open-again", name = it.name),
            };
            Ok(see_and_say(&address(&it), &said::done(said)))
        }
        Err(Error::Refused(refusal)) => refused(&app, &operator, id, &refusal),
        Err(error) => Err(error.into()),
    }
}

/// Streams the desk as an archive. A failure on the way breaks the download off.
pub async fn export(State(app): State<App>, operator: Operator, Path(id): Path<DeskId>, _: Sent) -> Result<Response, Problem> {
    match app.appliance.download(operator.by(), id) {
        Ok(it) => {
            // Names of desks hold nothing that ends a quoted string.
            let disposition = format!("attachment; filename=\"{}\"", it.filename);
            let headers = [(header::CONTENT_TYPE, "application/x-tar"), (header::CONTENT_DISPOSITION, &disposition)];
            Ok(private((headers, Body::from_stream(ReceiverStream::new(it.pieces))).into_response()))
        }
        Err(Error::Refused(refusal)) => refused(&app, &operator, id, &refusal),
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(State(app): State<App>, operator: Operator, Path(id): Path<DeskId>, sent: Sent) -> Result<Response, Problem> {
    let name = app.appliance.entry(id)?.name;
    match app.appliance.delete(operator.by(), id, sent.text("confirm")).await {
        Ok(()) => Ok(see_and_say(DESKS.href, &said::done(t!("word-deleted", name = name)))),
        Err(Error::Refused(refusal)) if app.appliance.entry(id).is_ok() => refused(&app, &operator, id, &refusal),
        // It is gone, and its folder not yet.
        Err(Error::Refused(refusal)) => {
            Ok(see_and_say(DESKS.href, &Toast { tone: Tone::Warn, text: tongue::sentence(&refusal.detail), undo: None }))
        }
        Err(error) => Err(error.into()),
    }
}
