//! Where and for whom a page is made: the desk that answers, its settings, who is signed in, how the browser wants to see it. Read
//! once per request by the middleware, and handed to every handler.
//! Invariant: a handler that takes a `Reader` runs for nobody who is not signed in, one that takes an `Agent` for nobody who does not
//! read tickets.

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{admin, brand, console, said, start, trouble, words::face_of};
use crate::{
    appliance::{Desk, Member},
    desk::{
        actor::Actor,
        announcements,
        appearance::{self, Density, Theme},
        duplicates::outage,
        features::{self, Feature, Off},
        first_steps,
        knowledge::Readership,
        mail::watch,
        notices::{self, preferences::Preferences},
        permission::Permission,
        settings::Settings,
    },
    error::{Code, Refusal, Result},
    http::{
        App, Caller, OnDesk, Problem,
        auth::{COOKIE, Via, cookie, enrol_first, is_safe, session_cookie},
        features::need_page,
        multipart::upload_bytes_max,
    },
    id::PersonId,
    language::{Language, say},
    limits::FORM_FILE_BYTES_MAX,
    text::markdown,
    web::{
        components::{announcement::Announced, avatar::Face, badge::Tone, banner::Banner, toast::Toast},
        layout::{self, Frame, Viewer},
        tongue::{self, Reading, t},
    },
};

/// Names the parts of a page that a script wants to put in place of its own; without it the answer is the whole page.
pub const FRAGMENT: HeaderName = HeaderName::from_static("lodge-fragment");
/// In `Lodge-Fragment`: the list stands beside a ticket, which has the page's first heading.
const BESIDE: &str = "beside";
/// The list that an agent was in last, so that it stands beside a ticket that is opened by its address.
pub const LIST_COOKIE: &str = "lodge_list";
/// The language that somebody chose who has none in their profile.
pub const LANGUAGE_COOKIE: &str = "lodge_language";

/// The desk as this request sees it.
#[derive(Clone)]
pub struct Site {
    pub desk: Arc<Desk>,
    pub settings: Arc<Settings>,
    pub caller: Option<Caller>,
    /// The parts that are wanted; none: all of the page.
    wanted: Option<Vec<String>>,
    theme: Theme,
    density: Density,
    /// What the desk does without.
    pub off: Off,
    /// One uploaded file, in bytes.
    upload_bytes_max: u64,
    pub narrow_rail: bool,
    /// The value of `LIST_COOKIE`.
    pub last_list: Option<String>,
    /// What was done a moment ago.
    toast: Option<Toast>,
    /// The caller looks after all desks of this server, and came with a browser's session.
    pub is_operator: bool,
    /// The path that was asked for, with what is behind the question mark.
    pub address: String,
    /// The ticket and the part of it that the browser came from.
    came_from: Option<(String, &'static str)>,
}

/// The parts of a ticket that have addresses below its own.
const TICKET_PARTS: [&str; 4] = ["tasks", "files", "links", "history"];

/// The ticket and its part behind the address of a page.
fn part_of_ticket(page: &str) -> Option<(String, &'static str)> {
    let (number, part) = page.split_once("/agent/tickets/")?.1.split_once('/')?;
    let part = TICKET_PARTS.into_iter().find(|it| *it == part)?;
    Some((number.to_owned(), part))
}

impl Site {
    fn of(app: &App, desk: Arc<Desk>, settings: Arc<Settings>, caller: Option<Caller>, parts: &Parts) -> Site {
        let is_operator = caller.as_ref().is_some_and(|it| is_operator(app, it));
        let headers = &parts.headers;
        let upload_bytes_max = caller.as_ref().and_then(|it| upload_bytes_max(app, it).ok()).unwrap_or(FORM_FILE_BYTES_MAX);
        // A desk that cannot be read now does without nothing.
        let off = desk.read(features::features).map(|it| it.off()).unwrap_or_default();
        let own = caller.as_ref().and_then(|it| desk.read(|tx| appearance::of(tx, it.person.id)).ok().flatten());
        let said = |name: &str| cookie(headers, name);
        let wanted = headers.get(FRAGMENT).and_then(|it| it.to_str().ok());
        Site {
            desk,
            settings,
            caller,
            off,
            wanted: wanted.map(|it| it.split_ascii_whitespace().map(str::to_owned).collect()),
            // What somebody chose is theirs on every machine; until then the browser remembers.
            theme: own.and_then(|it| it.theme).or_else(|| said("lodge_theme").and_then(Theme::named)).unwrap_or_default(),
            density: own.and_then(|it| it.density).or_else(|| said("lodge_density").and_then(Density::named)).unwrap_or_default(),
            upload_bytes_max,
            is_operator,
            narrow_rail: own.and_then(|it| it.narrow_rail).unwrap_or_else(|| said("lodge_rail") == Some("narrow")),
            last_list: cookie(headers, LIST_COOKIE).map(str::to_owned),
            toast: said::read(headers),
            came_from: headers.get(header::REFERER).and_then(|it| part_of_ticket(it.to_str().ok()?)),
            address: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), |it| it.as_str().to_owned()),
        }
    }

    /// Whether a script asks, which puts parts of the answer into its page.
    pub fn is_fragment(&self) -> bool {
        self.wanted.is_some()
    }

    /// Whether the part with this id is wanted.
    pub fn wants(&self, id: &str) -> bool {
        self.wanted.as_ref().is_none_or(|it| it.iter().any(|it| it == id))
    }

    /// The part of this ticket that the reader looks at; none for the conversation. A browser that does not say where it comes from is
    /// led to the conversation.
    pub fn part_of(&self, number: &str) -> Option<&'static str> {
        self.came_from.as_ref().filter(|it| it.0 == number).map(|it| it.1)
    }

    /// Whether the list that is wanted stands beside a ticket.
    pub fn is_beside(&self) -> bool {
        self.wanted.as_ref().is_some_and(|it| it.iter().any(|it| it == BESIDE))
    }

    /// What every page is told.
    pub fn frame(&self) -> Frame {
        let caller = self.caller.as_ref();
        // A desk that cannot be read now looks like any other.
        let look = self.desk.read(crate::desk::brand::brand).unwrap_or_default();
        let (unread, toasts) = caller.map_or((0, true), |it| told(&self.desk, it.person.id));
        Frame {
            seq: self.desk.reader().last_seq(),
            now: self.desk.now(),
            desk: self.settings.name.clone(),
            logo: brand::logo(&look),
            style: brand::style(&look),
            announced: told_everybody(&self.desk, &self.address),
            theme: self.theme,
            density: self.density,
            off: self.off,
            csrf: caller.and_then(Caller::form_token).unwrap_or_default(),
            upload_bytes_max: self.upload_bytes_max,
            viewer: caller.map(|it| Viewer {
                id: it.person.id.to_string(),
                // Until their second factor is set up, nothing is fetched for them, not even their face.
                face: if it.must_enrol { Face::named(it.person.name.as_str()) } else { face_of(&it.person) },
                agent: it.actor.may(Permission::TicketsRead),
                admin: admin::may_enter(&it.actor),
                mail: admin::mail_pages(&it.actor),
                operator: self.is_operator,
                unread,
                toasts,
            }),
            toasts: self.toast.iter().cloned().collect(),
            touched: caller
                .filter(|_| self.address.starts_with("/agent/admin"))
                .and_then(|_| self.desk.read(|tx| admin::touched(tx, &self.address)).ok().flatten()),
            still: caller
                .filter(|_| self.address.starts_with("/agent/admin"))
                .and_then(|_| self.desk.read(|tx| admin::first_steps::still(tx, &self.address)).ok())
                .unwrap_or_default(),
            begins: caller.is_some_and(|it| it.actor.may(Permission::SettingsWrite))
                && self.address.starts_with("/agent/admin")
                && self.desk.read(first_steps::going_on).is_ok_and(|it| it.is_some()),
            audits: caller.is_some_and(|it| it.actor.may(Permission::AuditRead)),
            runs_jobs: caller.is_some_and(|it| it.actor.may(Permission::JobsManage)),
            banner: caller.and_then(|it| alarm(&self.desk, &it.actor)),
            notice: caller.and_then(|it| proposal(&self.desk, &it.actor)),
            address: self.address.clone(),
            knowledge: !self.off.has(Feature::Knowledge)
                && self.desk.read(|tx| Readership::of(tx, caller.map(|it| &it.actor))).is_ok_and(|it| it.reads_any()),
            meta: None,
            may_choose_language: caller.is_none_or(|it| it.person.locale.as_deref().and_then(Language::of_tag).is_none()),
        }
    }
}

/// How much somebody has not read, and whether words appear in the corner.
fn told(desk: &Desk, person: PersonId) -> (usize, bool) {
    let read = desk.read(|tx| Ok((notices::unread(tx, person)?, Preferences::of(tx, person)?.toasts)));
    read.unwrap_or((0, true))
}

/// What stands at the head of the portal's first page, and of the console.
fn told_everybody(desk: &Desk, address: &str) -> Vec<Announced> {
    let agents = address.starts_with("/agent");
    let all = desk.read(|tx| announcements::live(tx, agents)).unwrap_or_default();
    all.into_iter().map(|it| Announced { text_html: markdown::to_html(&it.text).html, title: it.title, urgent: it.urgent }).collect()
}

/// What whoever changes settings is told on every page.
fn alarm(desk: &Desk, actor: &Actor) -> Option<Banner> {
    if !actor.may(Permission::SettingsWrite) {
        return None;
    }
    let text = desk.read(watch::alarm).ok().flatten()?;
    Some(Banner { tone: Tone::Danger, title: t!("frame-no-mail-comes").into(), text: tongue::sentence(&text) })
}

/// What whoever works tickets is told on every page of the console: many alike tickets that may be an outage.
fn proposal(desk: &Desk, actor: &Actor) -> Option<(String, String)> {
    if !actor.may(Permission::TicketsWrite) {
        return None;
    }
    let live = desk.read(outage::live).ok()?;
    let it = live.into_iter().rfind(|it| it.state == outage::State::Proposed)?;
    Some((console::outages::noticed(&it), format!("/agent/outages/{}", it.id)))
}

/// Asked anew at each request, so that whoever is none any more is out at once.
fn is_operator(app: &App, caller: &Caller) -> bool {
    let member = Member { desk: caller.desk.id, person: caller.person.id };
    let is_browser = matches!(caller.via, Via::Cookie { .. });
    is_browser && !caller.must_enrol && app.appliance.is_operator(member).unwrap_or(false)
}

/// Middleware: reads the site, and turns problems into pages.
pub async fn enter(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let desk = match OnDesk::from_request_parts(&mut parts, &app).await {
        Ok(OnDesk(it)) => it,
        Err(problem) => return problem.into_response(),
    };
    let settings = match desk.read(|tx| Ok(tx.get_shared::<Settings>(&())?)) {
        Ok(Some(it)) => it,
        Ok(None) => return finish(start::answer(&app, desk, Request::from_parts(parts, body)).await, false),
        Err(error) => return Problem::from(error).into_response(),
    };
    let caller = <Caller as OptionalFromRequestParts<App>>::from_request_parts(&mut parts, &app).await;
    let (caller, refused) = match caller {
        Ok(it) => (it, None),
        Err(problem) => (None, Some(problem)),
    };
    let reading = reading(&settings, caller.as_ref(), &parts.headers);
    reading.during(answer(app, desk, settings, (caller, refused), Request::from_parts(parts, body), next)).await
}

/// In which language and zone the page is drawn.
fn reading(settings: &Settings, caller: Option<&Caller>, headers: &HeaderMap) -> Reading {
    let person = caller.map(|it| &*it.person);
    let tagged = |it: Option<&str>| it.and_then(Language::of_tag);
    let accepted = || headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).and_then(Language::wanted);
    let language = tagged(person.and_then(|it| it.locale.as_deref()))
        .or_else(|| tagged(cookie(headers, LANGUAGE_COOKIE)))
        .or_else(accepted)
        .or_else(|| tagged(settings.language.as_deref()))
        .unwrap_or_default();
    let zone = |it: &str| TimeZone::get(it).ok();
    let own = person.and_then(|it| it.time_zone.as_deref()).and_then(zone);
    Reading { language, is_own_zone: own.is_some(), zone: own.or_else(|| zone(&settings.time_zone)).unwrap_or(TimeZone::UTC) }
}

type Callers = (Option<Caller>, Option<Problem>);

async fn answer(app: App, desk: Arc<Desk>, settings: Arc<Settings>, who: Callers, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let (caller, refused) = who;
    let site = Site::of(&app, desk, settings, caller, &parts);
    parts.extensions.insert(site.clone());
    let response =
        match refused {
            Some(problem) => problem.into_response(),
            None if site.caller.as_ref().is_some_and(|it| it.must_enrol) && !is_for_enrolling(parts.uri.path()) => {
                if is_safe(&parts.method) { see("/account/second-factor") } else { enrol_first().into_response() }
            }
            None => match need_page(site.off, parts.uri.path()) {
                Ok(()) => next.run(Request::from_parts(parts, body)).await,
                Err(away) => Problem::from(away).into_response(),
            },
        };
    let mut response = finish(trouble::as_page(&site, response), site.toast.is_some());
    if let Some(Caller { via: Via::Cookie { secret, .. }, renews: true, .. }) = &site.caller
        && !sets_session(&response)
        && let Ok(cookie) = HeaderValue::from_str(&session_cookie(Some(secret)))
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether the answer begins or ends a session.
fn sets_session(response: &Response) -> bool {
    let begins = |it: &HeaderValue| it.as_bytes().starts_with(COOKIE.as_bytes());
    response.headers().get_all(header::SET_COOKIE).iter().any(begins)
}

/// What there is for whoever must set up a second factor first.
fn is_for_enrolling(path: &str) -> bool {
    path.starts_with("/account/second-factor") || path == "/sign-out"
}

/// Headers that all pages share.
fn finish(mut response: Response, was_told: bool) -> Response {
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html")) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(layout::CONTENT_SECURITY_POLICY));
        headers.append(header::VARY, HeaderValue::from_static("Lodge-Fragment, Accept-Language"));
        if was_told {
            headers.append(header::SET_COOKIE, said::forget());
        }
    }
    response
}

/// A page with its status.
pub fn page(status: StatusCode, markup: Markup) -> Response {
    (status, markup).into_response()
}

/// A page that shows mails with their own look.
pub fn with_mail(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(layout::CONTENT_SECURITY_POLICY_WITH_MAIL);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Parts of a page for a script, with the title and what was done.
pub fn fragment(frame: &Frame, title: &str, parts: Markup) -> Markup {
    layout::document(
        frame,
        title,
        layout::Side::Portal,
        &[],
        html! { body { (parts) (crate::web::components::toast::toasts(&frame.toasts, &frame.csrf())) } },
    )
}

/// Sends the browser to another page, with GET (RFC 9110 15.4.4).
pub fn see(address: &str) -> Response {
    // Addresses are made of our own paths, numbers and percent-encoded words; one that is no header value leads home.
    let to = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The same, with a word about what was done, which the next page shows.
pub fn see_and_say(address: &str, toast: &Toast) -> Response {
    let mut response = see(address);
    response.headers_mut().append(header::SET_COOKIE, said::remember(toast));
    response
}

impl FromRequestParts<App> for Site {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let site = parts.extensions.get::<Site>().cloned();
        site.ok_or_else(|| crate::error::Fault::new("a page was asked for outside of the site's middleware").into())
    }
}

/// The site, for somebody who is signed in.
#[derive(Clone)]
pub struct Reader {
    pub site: Site,
    pub caller: Caller,
}

impl Reader {
    pub fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    pub fn person(&self) -> PersonId {
        self.caller.person.id
    }
}

impl Deref for Reader {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.site
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let site = Site::from_request_parts(parts, app).await?;
        match site.caller.clone() {
            Some(caller) => Ok(Reader { site, caller }),
            None => Err(Refusal::new(Code::Unauthenticated, say!("frame-sign-see-page")).into()),
        }
    }
}

/// A reader who works tickets.
#[derive(Clone)]
pub struct Agent(pub Reader);

impl Deref for Agent {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl FromRequestParts<App> for Agent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let reader = Reader::from_request_parts(parts, app).await?;
        reader.actor().need(Permission::TicketsRead)?;
        Ok(Agent(reader))
    }
}

/// The middleware of handlers that need an `Agent`, asked before the address or the body is looked at.
pub async fn agents_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Agent::from_request_parts(&mut parts, &app).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

/// A path of this desk that a sign-in may lead to; home if it is anything else.
pub fn own_path(text: &str) -> &str {
    let is_own = text.starts_with('/') && !text.starts_with("//") && text.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    if is_own { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_part_of_a_ticket() {
        for (page, expected) in [
            ("https://desk.example/agent/tickets/INC-000001/links", Some(("INC-000001", "links"))),
            ("https://desk.example/agent/tickets/INC-000001", None),
            ("https://desk.example/agent/tickets/INC-000001/merge", None),
            ("https://desk.example/agent/tickets/INC-000001/links/remove", None),
            ("https://desk.example/agent/views/all", None),
        ] {
            assert_eq!(part_of_ticket(page).as_ref().map(|it| (it.0.as_str(), it.1)), expected, "{page}");
        }
    }

    #[test]
    fn only_paths_of_this_desk_are_followed() {
        for (text, expected) in [
            ("/agent/views/mine?sort=due", "/agent/views/mine?sort=due"),
            ("//evil.example/", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(own_path(text), expected, "{text}");
        }
    }
}
