//! What one was told: the page with all of it, what stands behind the bell, and marking it as read.

use axum::{http::StatusCode, response::Response};
use maud::html;

use super::{
    form::Sent,
    site::{Reader, fragment, page, see},
    words::face_of,
};
use crate::{
    desk::{
        Tx,
        identity::Person,
        notices::{self, Filter, Happening, Notification},
        tickets::{Ticket, access, number},
    },
    error::Result,
    http::{Problem, path::Path, query::Query},
    id::NotificationId,
    web::{
        components::{
            avatar::Face,
            bell::{NOTIFICATIONS, bell},
        },
        notices::{NoticeRow, NoticesView, list, newest as newest_part, page as notices_page},
        tongue::{self, t},
    },
};

/// Rows of a page, and behind the bell.
const ROWS: usize = 50;
const NEWEST: usize = 8;

/// What a notification says to its reader, in their language.
pub fn words(it: &Notification, who: &str) -> String {
    tongue::sentence(&notices::sentence(it, Some(who)))
}

/// What an event is called where people choose.
pub fn event_name(it: Happening) -> &'static str {
    match it {
        Happening::Assigned => t!("live-event-assigned"),
        Happening::Answered => t!("live-event-answered"),
        Happening::Replied => t!("live-event-replied"),
        Happening::Noted => t!("live-event-noted"),
        Happening::Mentioned => t!("live-event-mentioned"),
        Happening::Moved => t!("live-event-moved"),
        Happening::Lodged => t!("live-event-lodged"),
        Happening::Waiting => t!("live-event-waiting"),
        Happening::TargetWarned => t!("live-event-target-warned"),
        Happening::TargetMissed => t!("live-event-target-missed"),
        Happening::Escalated => t!("live-event-escalated"),
        Happening::Outage => t!("live-event-outage"),
        Happening::Reminder => t!("live-event-reminder"),
        Happening::BackAgain => t!("live-event-back"),
        Happening::DraftShared => t!("live-event-draft"),
    }
}

/// Where the ticket of a notification is for this reader.
fn address(tx: &Tx, reader: &Reader, ticket: &Ticket) -> String {
    let number = number::shown(tx, ticket);
    if access::works_on(reader.actor(), ticket) { format!("/agent/tickets/{number}") } else { format!("/tickets/{number}") }
}

fn row(tx: &Tx, reader: &Reader, it: &Notification) -> Result<Option<NoticeRow>> {
    let Some(ticket) = tx.get::<Ticket>(&it.ticket)? else { return Ok(None) };
    let by = it.by.map(|it| tx.get::<Person>(&it)).transpose()?.flatten();
    let who = by.map_or_else(|| Face::named(reader.settings.name.clone()), |it| face_of(&it));
    Ok(Some(NoticeRow {
        id: it.id.to_string(),
        text: words(it, &who.name),
        who,
        number: number::shown(tx, &ticket),
        href: address(tx, reader, &ticket),
        title: ticket.title,
        at: it.shown_at,
        unread: it.read_at.is_none(),
    }))
}

fn view(reader: &Reader, filter: &Filter, before: Option<NotificationId>, limit: usize) -> Result<NoticesView> {
    reader.desk.read(|tx| {
        let mut found = notices::list(tx, reader.actor(), filter, before, limit + 1)?;
        let more = found.len() > limit;
        found.truncate(limit);
        let mut rows = Vec::new();
        for it in &found {
            rows.extend(row(tx, reader, it)?);
        }
        let only = if filter.unread { "unread=true&" } else { "" };
        let more = found.last().filter(|_| more).map(|it| format!("{NOTIFICATIONS}?{only}before={}", it.id));
        Ok(NoticesView { frame: reader.frame(), rows, unread_only: filter.unread, more })
    })
}

pub async fn show(reader: Reader, query: Query) -> Result<Response, Problem> {
    let filter = Filter { unread: query.get("unread") == Some("true"), ..Filter::default() };
    let before = query.get("before").and_then(|it| it.parse().ok());
    let view = view(&reader, &filter, before, ROWS)?;
    if reader.is_fragment() {
        let frame = &view.frame;
        let parts = html! { (list(&view)) @if let Some(it) = &frame.viewer { (bell(it)) } };
        return Ok(page(StatusCode::OK, fragment(frame, t!("live-notifications"), parts)));
    }
    Ok(page(StatusCode::OK, notices_page(&view)))
}

/// The bell alone, for pages that were told that its count is another.
pub async fn count(reader: Reader) -> Response {
    let frame = reader.frame();
    let part = html! { @if let Some(it) = &frame.viewer { (bell(it)) } };
    page(StatusCode::OK, fragment(&frame, t!("live-notifications"), part))
}

/// The newest, for the menu behind the bell.
pub async fn newest(reader: Reader) -> Result<Response, Problem> {
    let view = view(&reader, &Filter::default(), None, NEWEST)?;
    Ok(page(StatusCode::OK, fragment(&view.frame, t!("live-notifications"), newest_part(&view))))
}

/// Leads to what it is about; what was looked at is read.
pub async fn open(reader: Reader, Path(id): Path<NotificationId>) -> Result<Response, Problem> {
    let found = reader.desk.read(|tx| {
        let it = notices::one(tx, reader.actor(), id)?;
        let ticket = access::ticket(tx, reader.actor(), it.ticket)?;
        Ok((address(tx, &reader, &ticket), it.read_at.is_none()))
    })?;
    if found.1 {
        set(&reader, id, true).await?;
    }
    Ok(see(&found.0))
}

pub async fn mark(reader: Reader, Path(id): Path<NotificationId>, sent: Sent) -> Result<Response, Problem> {
    set(&reader, id, sent.text("read") != "no").await?;
    Ok(see(NOTIFICATIONS))
}

async fn set(reader: &Reader, id: NotificationId, read: bool) -> Result<()> {
    let actor = reader.actor().clone();
    reader.desk.write(Some(reader.person()), move |tx| notices::mark(tx, &actor, id, read).map(drop)).await?;
    count_changed(reader);
    Ok(())
}

pub async fn mark_all(reader: Reader, _: Sent) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(Some(reader.person()), move |tx| notices::mark_all(tx, &actor)).await?;
    count_changed(&reader);
    Ok(see(NOTIFICATIONS))
}

/// One's other pages show another count now.
pub fn count_changed(reader: &Reader) {
    reader.desk.live.tell_person(reader.person(), reader.desk.reader().last_seq(), None);
}
