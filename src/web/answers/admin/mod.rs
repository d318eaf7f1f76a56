//! What answers in the settings. Whoever may change nothing here does not get in; what exactly somebody may, the desk decides.

pub mod account;
pub mod accounts;
pub mod addresses;
pub mod agents;
pub mod announcements;
pub mod audit;
mod calendar_form;
pub mod calendar_holidays;
pub mod calendars;
pub mod categories;
pub mod checklists;
pub mod custom_fields;
pub mod departments;
pub mod features;
pub mod files;
pub mod first_steps;
pub mod jobs;
pub mod knowledge;
pub mod language;
pub mod letters;
pub mod look;
pub mod mail_filters;
pub mod mail_log;
pub mod mail_rules;
pub mod mail_templates;
pub mod mailboxes;
pub mod notifications;
pub mod on_call;
pub mod organizations;
pub mod people;
pub mod priorities;
pub mod queues;
pub mod recurring_tickets;
pub mod regions;
pub mod roles;
pub mod routing_rules;
pub mod search;
pub mod sending;
pub mod sign_in_methods;
pub mod signing;
pub mod sla_policies;
pub mod teams;
pub mod ticket_rules;
pub mod ticket_templates;
pub mod time_categories;

use std::ops::Deref;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::site::{Reader, see};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        audit::{EventActor, last_of},
        event::{Changes, EventKind},
        first_steps as steps,
        identity::Person,
        permission::Permission,
    },
    error::{Fault, Refusal, Result},
    http::{App, Problem},
    id::PersonId,
    web::{
        admin::shell::{self, LastChange, PEOPLE, Section},
        components::pagination::Pages,
        layout::MailPages,
        tongue::Reading,
        tongue::{self, t},
    },
};

/// Permissions of which one opens the settings.
const DOORS: [Permission; 3] = [Permission::PeopleWrite, Permission::RolesWrite, Permission::SettingsWrite];

/// Reads what takes long, such as a trial on thousands of tickets, where no other answer waits for it.
async fn on_a_thread<T: Send + 'static>(admin: &Admin, run: impl FnOnce(&Tx, &Actor) -> Result<T> + Send + 'static) -> Result<T> {
    let (desk, actor) = (admin.desk.clone(), admin.actor().clone());
    let reading = Reading::ambient();
    let read = tokio::task::spawn_blocking(move || reading.within(|| desk.read(|tx| run(tx, &actor)))).await;
    read.map_err(|it| Fault::because("reading for a page", it))?
}

/// Whether the settings are open to somebody.
pub fn may_enter(actor: &Actor) -> bool {
    DOORS.iter().any(|it| actor.may(*it))
}

/// The pages of mail that somebody may use: those who look after mail are seldom admins.
pub fn mail_pages(actor: &Actor) -> MailPages {
    MailPages { log: actor.may(Permission::MailRead), rules: keeps_mail(actor) && actor.may(Permission::SettingsRead) }
}

fn keeps_mail(actor: &Actor) -> bool {
    may_enter(actor) || actor.may(Permission::MailRead) || actor.may(Permission::MailManage)
}

/// A reader who may change something in the settings.
#[derive(Clone)]
pub struct Admin(pub Reader);

/// A reader who may use a page of mail. Which one, and what of it, its handler asks.
#[derive(Clone)]
pub struct Keeper(pub Reader);

impl Deref for Keeper {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl FromRequestParts<App> for Keeper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let reader = Reader::from_request_parts(parts, app).await?;
        if !keeps_mail(reader.actor()) {
            return Err(Refusal::forbidden(Permission::MailRead.name()).into());
        }
        Ok(Keeper(reader))
    }
}

impl Deref for Admin {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let reader = Reader::from_request_parts(parts, app).await?;
        if !may_enter(reader.actor()) {
            return Err(Refusal::forbidden(Permission::SettingsWrite.name()).into());
        }
        Ok(Admin(reader))
    }
}

/// The middleware of handlers that need an `Admin`, asked before the address or the body is looked at.
pub async fn admins_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Admin::from_request_parts(&mut parts, &app).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

/// The middleware of handlers that need a `Keeper`.
pub async fn keepers_only(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match Keeper::from_request_parts(&mut parts, &app).await {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

/// The first steps for as long as somebody takes them, then the first page of the settings.
pub async fn home(admin: Admin) -> Result<Response, Problem> {
    let begins = admin.actor().may(Permission::SettingsWrite) && admin.desk.read(steps::going_on)?.is_some();
    Ok(see(if begins { shell::FIRST_STEPS.href } else { PEOPLE.href }))
}

/// Who changed this last, as the log tells.
fn last_change(tx: &Tx, entity: Uuid) -> Result<Option<LastChange>> {
    let Some(event) = tx.history(entity, None, 1)?.into_iter().next() else { return Ok(None) };
    let what = Changes::of(&event).names().filter_map(|it| tongue::named("setting-", &it.to_lowercase())).collect::<Vec<_>>().join(", ");
    Ok(Some(LastChange { who: who(tx, &event.actor)?, at: event.at, what }))
}

/// Pages that have no thing with an id of its own: which events tell of them, and which fields are theirs, where several share an event.
const TOUCHED: &[(Section, &[EventKind], &[&str])] = &[
    (
        shell::ACCOUNTS,
        &[EventKind::SettingsChanged],
        &["passwordCharsMin", "registration", "registrationDomains", "tellNewDevice", "secondFactorRoles"],
    ),
    (shell::ADDRESSES, &[EventKind::SettingsChanged], &["everybody", "staff"]),
    (shell::SIGN_IN, &[EventKind::SignInMethodsChanged], &[]),
    (shell::PRIORITIES, &[EventKind::SettingsChanged], &["matrix", "vipPriority", "defaultPriority"]),
    (shell::AGENTS, &[EventKind::SettingsChanged], &["loadWeights", "capacity"]),
    (shell::SLA_POLICIES, &[EventKind::SlaPolicyChanged], &["order"]),
    (shell::CALENDARS, &[EventKind::SettingsChanged], &["calendar"]),
    (shell::SENDING, &[EventKind::SendingChanged, EventKind::SettingsChanged], &[]),
    (shell::MAIL_RULES, &[EventKind::MailRulesChanged, EventKind::SenderBlocked, EventKind::SenderUnblocked], &[]),
    (shell::TICKET_RULES, &[EventKind::SettingsChanged], &["closing", "survey", "alike"]),
    (shell::NOTIFICATIONS, &[EventKind::NotificationRulesChanged], &[]),
    (shell::LOOK, &[EventKind::BrandChanged], &[]),
    (shell::FILES, &[EventKind::FileRulesChanged], &[]),
    (shell::SEARCH, &[EventKind::SearchWordsChanged], &[]),
    (shell::KNOWLEDGE, &[EventKind::KnowledgeChanged], &[]),
    (shell::LANGUAGE, &[EventKind::SettingsChanged], &["language", "timeZone"]),
    (shell::FEATURES, &[EventKind::FeaturesChanged], &[]),
];

/// Who changed the page at this address last, and what, if it is one of those; for the frame of every page of the settings.
pub(super) fn touched(tx: &Tx, address: &str) -> Result<Option<LastChange>> {
    let path = address.split('?').next().unwrap_or_default();
    let Some((_, kinds, fields)) = TOUCHED.iter().find(|it| it.0.href == path) else { return Ok(None) };
    let Some(it) = last_of(tx, Uuid::nil(), kinds, fields)? else { return Ok(None) };
    let shown = it.fields.iter().filter(|it| fields.is_empty() || fields.contains(&it.as_str()));
    let what = shown.filter_map(|it| tongue::named("setting-", &it.to_lowercase())).map(str::to_owned).collect::<Vec<_>>();
    Ok(Some(LastChange { who: who(tx, &it.actor)?, at: it.at, what: what.join(", ") }))
}

fn who(tx: &Tx, actor: &EventActor) -> Result<String> {
    Ok(match actor.id.filter(|_| actor.kind == "person") {
        Some(id) => tx.get::<Person>(&PersonId(id))?.map_or_else(|| t!("word-somebody").to_owned(), |it| it.name),
        None => t!("settings-desk").to_owned(),
    })
}

/// What is wrong with the whole form: the refusal, where none of these fields shows it.
pub(super) fn whole(refusal: &Refusal, shown: &[&str]) -> Option<String> {
    let elsewhere = refusal.fields.is_empty() || refusal.fields.iter().any(|it| !shown.contains(&it.field.as_str()));
    elsewhere.then(|| tongue::sentence(&refusal.detail))
}

/// The rows of one page of a list, and where it stands; `address` gives that of another page.
pub(super) fn paged<T>(all: Vec<T>, rows: usize, at: usize, address: impl Fn(usize) -> String) -> (Vec<T>, Pages) {
    let total = all.len();
    let skip = (at - 1) * rows;
    let shown: Vec<T> = all.into_iter().skip(skip).take(rows).collect();
    let last = skip + shown.len();
    let pages = Pages {
        first: if shown.is_empty() { 0 } else { skip + 1 },
        last,
        total: Some(total.into()),
        previous: (at > 1).then(|| address(at - 1)),
        next: (last < total).then(|| address(at + 1)),
    };
    (shown, pages)
}

/// The number of the page that is asked for.
pub(super) fn page_number(text: Option<&str>) -> usize {
    const PAGES_MAX: usize = 2_000;
    text.and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX)
}
