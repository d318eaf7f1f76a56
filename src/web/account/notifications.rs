//! How one wants to be told: by event and way, with quiet hours, gathered mails, and devices.

use maud::{Markup, html};

use super::{Entry, Part, Parts, entries, parts};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            field::{Choice, Field, checkbox, input, select},
            moment::moment,
            page_header::page_header,
            table::{Column, table as facts},
        },
        layout::{Frame, Room, portal},
        portal::sign_in::refusal,
        tongue::t,
    },
};

/// A line of the table: an event, and whether one is told of it by each way, and whether that is one's own to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventRow {
    pub key: &'static str,
    pub name: String,
    /// The key of the way, whether it is on, whether it is fixed.
    pub ways: Vec<(&'static str, bool, bool)>,
}

/// A device of one's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceRow {
    pub id: String,
    pub name: String,
    pub since: Instant,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct NotificationsView {
    pub frame: Frame,
    pub parts: Parts,
    pub events: Vec<EventRow>,
    pub quiet_from: String,
    pub quiet_until: String,
    pub digest: String,
    pub digest_at: String,
    pub toasts: bool,
    pub devices: Vec<DeviceRow>,
    /// The desk's public key for push services.
    pub push_key: String,
    /// Numbers of tickets that are muted.
    pub muted: Vec<String>,
    pub error: Option<String>,
}

/// The page at `/account/notifications`.
pub fn page(view: &NotificationsView) -> Markup {
    portal(
        &view.frame,
        Room::Form,
        t!("live-how-told"),
        html! {
            (page_header(t!("live-how-told"), Some(t!("live-how-told-hint")), None))
            (parts(Part::Notifications, view.parts))
            (refusal(view.error.as_deref()))
            form.form method="post" action="/account/notifications" {
                (view.frame.csrf())
                div.panel { h2 { (t!("live-what-and-how")) } (table(t!("live-what-and-how"), &view.events, "way")) }
                section.panel aria-labelledby="quiet" { h2 id="quiet" { (t!("live-quiet")) } (quiet(view)) }
                div.send { (Button::submit(t!("live-save")).primary()) }
            }
            section.panel aria-labelledby="devices" { h2 id="devices" { (t!("live-devices")) } (devices(view)) }
            @if !view.muted.is_empty() {
                section.panel aria-labelledby="muted" {
                    h2 id="muted" { (t!("live-muted")) }
                    ul.small-list { @for number in &view.muted { li { a href={ "/tickets/" (number) } { (number) } form method="post" action="/account/notifications/unmute" { (view.frame.csrf()) input type="hidden" name="ticket" value=(number); (Button::submit(t!("live-unmute")).quiet()) } } } }
                }
            }
        },
    )
}

/// The name of a way for people.
pub fn way_name(key: &str) -> &'static str {
    match key {
        "email" => t!("live-way-email"),
        "in_app" => t!("live-way-in-app"),
        _ => t!("live-way-push"),
    }
}

/// Events by ways; a box is named `{prefix}` and holds `event.way`.
pub fn table(caption: &str, events: &[EventRow], prefix: &str) -> Markup {
    let column = |heading| Column { heading, numeric: false };
    let ways = events.first().map(|it| it.ways.iter().map(|it| column(way_name(it.0)))).into_iter().flatten();
    let columns: Vec<Column<'_>> = std::iter::once(column(t!("live-event"))).chain(ways).collect();
    let rows: Vec<Vec<Markup>> = events.iter().map(|it| row(it, prefix)).collect();
    facts(caption, &columns, &rows)
}

fn row(it: &EventRow, prefix: &str) -> Vec<Markup> {
    let tick = |(way, on, fixed): &(&str, bool, bool)| {
        html! {
            label.tick {
                input type="checkbox" name=(prefix) value={ (it.key) "." (way) } checked[*on] disabled[*fixed];
                span.sr { (it.name) ", " (way_name(way)) @if *fixed { " " (t!("live-fixed")) } }
            }
        }
    };
    std::iter::once(html! { (it.name) }).chain(it.ways.iter().map(tick)).collect()
}

fn quiet(view: &NotificationsView) -> Markup {
    let time = |name, label, value| Field { name, label, value, ..Field::default() };
    let digests = ["off", "hourly", "daily"].into_iter().zip([t!("live-digest-off"), t!("live-digest-hourly"), t!("live-digest-daily")]);
    let digests: Vec<Choice> = digests.map(|(value, name)| Choice::new(value, name)).collect();
    html! {
        p { (t!("live-quiet-hint")) }
        div.pair {
            (input("time", time("quietFrom", t!("live-quiet-from"), &view.quiet_from)))
            (input("time", time("quietUntil", t!("live-quiet-until"), &view.quiet_until)))
        }
        div.pair {
            (select(time("digest", t!("live-digest"), &view.digest), &digests))
            (input("time", time("digestAt", t!("live-digest-at"), &view.digest_at)))
        }
        (checkbox("toasts", t!("live-toasts"), Some(t!("live-toasts-hint")), view.toasts))
    }
}

/// Subscribing needs a script, as all of it does; what is subscribed can be ended without one.
fn devices(view: &NotificationsView) -> Markup {
    let end = |it: &DeviceRow| {
        html! { form method="post" action={ "/account/notifications/devices/" (it.id) "/end" } { (view.frame.csrf()) (Button::submit(t!("live-device-end"))) } }
    };
    let rows: Vec<Entry<'_>> = view
        .devices
        .iter()
        .map(|it| Entry {
            title: &it.name,
            mark: None,
            meta: html! { (t!("live-device-since")) " " (moment(it.since, view.frame.now)) },
            action: end(it),
        })
        .collect();
    html! {
        p { (t!("live-devices-hint")) }
        @if !rows.is_empty() { (entries(&rows)) }
        p.without-js { (t!("live-devices-script")) }
        div.send.with-js { button.button type="button" data-push-key=(view.push_key) { (t!("live-device-add")) } span.hint data-push-state role="status" {} }
    }
}
