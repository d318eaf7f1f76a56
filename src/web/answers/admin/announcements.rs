//! Announcements in the settings.

use axum::{http::StatusCode, response::Response};
use jiff::{civil::DateTime, tz::TimeZone};

use super::{Admin, whole};
use crate::{
    desk::{
        announcements::{self, Announcement, AnnouncementChange, Audience},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::AnnouncementId,
    time::Instant,
    web::{
        admin::{
            announcements::{AnnouncementRow, AnnouncementsView, page as announcements_page},
            shell::ANNOUNCEMENTS,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::{field::Choice, moment::exact},
        tongue::t,
    },
};

fn audience(it: Audience) -> &'static str {
    match it {
        Audience::Portal => t!("announcements-portal"),
        Audience::Agents => t!("announcements-agents"),
        Audience::Everybody => t!("announcements-everybody"),
    }
}

fn row(it: Announcement, now: Instant) -> AnnouncementRow {
    let until = it.until.map_or_else(|| "…".to_owned(), exact);
    AnnouncementRow {
        href: format!("{}/{}", ANNOUNCEMENTS.href, it.id),
        live: it.is_live(now),
        state: match it.is_live(now) {
            true => t!("announcements-live"),
            false if it.from > now => t!("announcements-later"),
            false => t!("announcements-over"),
        },
        about: format!("{} · {} – {until}", audience(it.audience), exact(it.from)),
        urgent: it.urgent,
        title: it.title,
    }
}

fn listed(admin: &Admin) -> Result<AnnouncementsView> {
    let now = admin.desk.now();
    let all = admin.desk.read(|tx| announcements::all(tx, admin.actor()))?;
    Ok(AnnouncementsView {
        frame: admin.frame(),
        rows: all.into_iter().map(|it| row(it, now)).collect(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        audiences: Audience::ALL.into_iter().map(|it| Choice::new(it.name(), audience(it))).collect(),
        zone: admin.settings.time_zone.clone(),
        audience: Audience::Portal.name().to_owned(),
        ..AnnouncementsView::default()
    })
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, announcements_page(&listed(&admin)?)))
}

/// What was written as a wall clock of the desk shows it.
fn instant(admin: &Admin, field: &'static str, text: &str) -> Result<Option<Instant>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let zone = TimeZone::get(&admin.settings.time_zone).unwrap_or(TimeZone::UTC);
    let wrong = || Refusal::field(field, "invalid", t!("announcements-wrong-instant").to_owned());
    let at: DateTime = text.trim().parse().map_err(|_| wrong())?;
    let at = zone.to_ambiguous_zoned(at).compatible().map_err(|_| wrong())?;
    Ok(Some(Instant::from_millis(at.timestamp().as_millisecond())))
}

fn asked(admin: &Admin, sent: &Sent) -> Result<AnnouncementChange> {
    Ok(AnnouncementChange {
        title: Some(sent.text("title").to_owned()),
        text: Some(sent.text("text").to_owned()),
        audience: Audience::named(sent.text("audience")),
        urgent: Some(sent.has("urgent")),
        from: instant(admin, "from", sent.text("from"))?,
        until: Some(instant(admin, "until", sent.text("until"))?),
    })
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let done = match asked(&admin, &sent) {
        Ok(new) => admin.desk.write(actor.person(), move |tx| announcements::announce(tx, &actor, new)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_and_say(ANNOUNCEMENTS.href, &said::done(t!("announcements-published")))),
        Err(Error::Refused(refusal)) => {
            let text = |name: &str| sent.text(name).to_owned();
            let view = AnnouncementsView {
                title: text("title"),
                text: text("text"),
                audience: text("audience"),
                urgent: sent.has("urgent"),
                from: text("from"),
                until: text("until"),
                title_error: message(&refusal, "title"),
                text_error: message(&refusal, "text"),
                from_error: message(&refusal, "from"),
                until_error: message(&refusal, "until"),
                error: whole(&refusal, &["title", "text", "from", "until"]),
                ..listed(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), announcements_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn end(admin: Admin, Path(id): Path<AnnouncementId>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, now) = (admin.actor().clone(), admin.desk.now());
    let change = AnnouncementChange { until: Some(Some(now)), ..AnnouncementChange::default() };
    admin.desk.write(actor.person(), move |tx| announcements::change(tx, &actor, id, change)).await?;
    Ok(see_and_say(ANNOUNCEMENTS.href, &said::done(t!("announcements-ended"))))
}

pub async fn delete(admin: Admin, Path(id): Path<AnnouncementId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| announcements::delete(tx, &actor, id)).await?;
    Ok(see_and_say(ANNOUNCEMENTS.href, &said::done(t!("announcements-deleted"))))
}
