//! Outages in the console: what the desk proposes, what is going on, and one of them with its tickets and its end.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::{
    limits::OUTAGE_MESSAGE_CHARS_MAX,
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Field, checkbox, textarea},
            icon::Icon,
            moment::moment,
            page_header::page_header,
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// A ticket of an outage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    pub number: String,
    pub title: String,
    pub who: String,
    pub at: Instant,
}

/// One outage in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutageRow {
    pub href: String,
    /// `proposed`, `declared`, `ended`, `dismissed`.
    pub state: &'static str,
    /// "7 tickets like this in 12 minutes", or what people are told.
    pub says: String,
    pub began: Instant,
}

/// An organization that may be told of an outage by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceRow {
    pub id: String,
    pub name: String,
    pub told: bool,
}

#[derive(Debug, Clone, Default)]
pub struct OutagesView {
    pub frame: Frame,
    pub rail: RailView,
    pub rows: Vec<OutageRow>,
}

fn tone(state: &str) -> Tone {
    match state {
        "proposed" => Tone::Warn,
        "declared" => Tone::Danger,
        "ended" => Tone::Ok,
        _ => Tone::Info,
    }
}

fn label(state: &str) -> &str {
    match state {
        "proposed" => t!("outages-outage"),
        "declared" => t!("outages-going"),
        "ended" => t!("outages-over-2"),
        _ => t!("outages-no-outage"),
    }
}

/// The page at `/agent/outages`.
pub fn list(view: &OutagesView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        t!("outages-outages"),
        html! {
            section.pane-list.forward aria-label=(t!("outages-outages")) {
                div.found {
                    (page_header(t!("outages-outages"), Some(t!("outages-many-tickets-one-trouble")), None))
                    @if view.rows.is_empty() { (empty_state(Icon::Check, t!("outages-no-outage"), t!("outages-when-many-alike-tickets"), None)) }
                    @else {
                        ul.rows { @for it in &view.rows {
                            li { (badge(tone(it.state), label(it.state))) a href=(it.href) { (it.says) } small { (moment(it.began, view.frame.now)) } }
                        } }
                    }
                }
            }
        },
    )
}

/// One outage, or one that is to be declared.
#[derive(Debug, Clone, Default)]
pub struct OutageView {
    pub frame: Frame,
    pub rail: RailView,
    /// Where its forms are sent: `/agent/outages/{id}`; empty for one that is no proposal.
    pub href: String,
    pub state: &'static str,
    pub says: String,
    pub message: String,
    pub parent: Option<PartRow>,
    pub parts: Vec<PartRow>,
    /// All parts, those that are not shown too.
    pub part_count: usize,
    pub proposed: Vec<PartRow>,
    /// Whose people can be told on the portal; empty on a desk without organizations, and for whoever may not know of them.
    pub audience: Vec<AudienceRow>,
    pub may_change: bool,
    pub error: Option<String>,
}

/// The page at `/agent/outages/{id}`, and at `/agent/outages/new?parent=INC-1`.
pub fn page(view: &OutageView) -> Markup {
    let title = match view.state {
        "proposed" => t!("outages-outage"),
        "declared" => t!("outages-outage-2"),
        "" => t!("outages-declare-outage"),
        _ => t!("outages-outage-over"),
    };
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(t!("outages-outages"), "/agent/outages")], title)) (page_header(title, Some(&view.says), None)) }
                    @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                    @match view.state { "proposed" | "" => (declare(view)), "declared" => (going_on(view)), _ => (over(view)) }
                }
            }
        },
    )
}

fn ticket(view: &OutageView, it: &PartRow) -> Markup {
    html! { a href={ "/agent/tickets/" (it.number) } { (it.number) " " (it.title) } " " small { (it.who) ", " (moment(it.at, view.frame.now)) } }
}

fn words<'a>(view: &'a OutageView, label: &'a str, hint: &'a str) -> Field<'a> {
    Field { name: "message", label, value: &view.message, hint: Some(hint), chars_max: Some(OUTAGE_MESSAGE_CHARS_MAX), ..Field::default() }
}

fn told(view: &OutageView) -> Vec<&str> {
    view.audience.iter().filter(|it| it.told).map(|it| it.name.as_str()).collect()
}

/// The field that says that the form offers the choice of organizations, with those that it came with ticked.
pub const TICKED_BEFORE: &str = "tickedBefore";

/// Whose people read it on the portal.
fn audience(view: &OutageView) -> Markup {
    let before: Vec<&str> = view.audience.iter().filter(|it| it.told).map(|it| it.id.as_str()).collect();
    html! {
        @if !view.audience.is_empty() {
            fieldset.field.ticks {
                legend { (t!("outages-who-reads-portal")) }
                input type="hidden" name=(TICKED_BEFORE) value=(before.join(" "));
                p.hint { (t!("outages-everybody-unless-you-tick")) }
                div.tick-list { @for it in &view.audience {
                    label.check { input type="checkbox" name="organization" value=(it.id) checked[it.told]; span { (it.name) } }
                } }
            }
        }
    }
}

/// One step: which ticket the others are parts of, what people are told, and so it is declared.
fn declare(view: &OutageView) -> Markup {
    let tickets: Vec<&PartRow> = view.parent.iter().chain(&view.proposed).collect();
    html! {
        form.form method="post" action={ @if view.href.is_empty() { "/agent/outages" } @else { (view.href) "/declare" } } {
            (view.frame.csrf())
            fieldset.field.ticks {
                legend { (t!("outages-tickets")) }
                p.hint { (t!("outages-choose-one-others-become")) }
                div.rows { @for (at, it) in tickets.iter().enumerate() {
                    div.part {
                        label.check { input type="radio" name="parent" value=(it.number) checked[at == 0]; span { (t!("outages-parent")) span.sr { " " (t!("outages-is", number = it.number)) } } }
                        label.check { input type="checkbox" name="part" value=(it.number) checked; span { (t!("outages-part")) span.sr { ": " (it.number) } } }
                        (ticket(view, it))
                    }
                } }
            }
            (textarea(words(view, t!("outages-what-people-told"), t!("outages-portal-mail-empty-parents"))))
            (audience(view))
            @if view.may_change { div.send { (Button::submit(t!("outages-declare-outage-2")).primary()) } }
        }
        @if view.may_change && !view.href.is_empty() {
            form method="post" action={ (view.href) "/end" } { (view.frame.csrf()) (Button::submit(t!("outages-no-outage-2")).quiet()) }
        }
    }
}

fn going_on(view: &OutageView) -> Markup {
    html! {
        @if let Some(it) = &view.parent { p.total { (marked!("outages-ticket", ticket = ticket(view, it))) } }
        @if view.may_change && !view.proposed.is_empty() {
            form.form.panel method="post" action={ (view.href) "/parts" } {
                (view.frame.csrf())
                h2 { (t!("outages-came-since-alike")) }
                div.tick-list { @for it in &view.proposed { div.part { label.check { input type="checkbox" name="part" value=(it.number) checked; span { (t!("outages-add")) span.sr { " " (it.number) } } } (ticket(view, it)) } } }
                div.send { (Button::submit(t!("outages-add-them")).primary()) }
            }
        }
        @if !view.may_change && view.audience.iter().any(|it| it.told) { p.total { (marked!("outages-read-portal", told = told(view).join(", "))) } }
        @if view.may_change {
            form.form.panel method="post" action={ (view.href) "/message" } {
                (view.frame.csrf())
                (textarea(words(view, t!("outages-what-people-told"), t!("outages-portal-once-nobody-gets"))))
                (audience(view))
                div.send { (Button::submit(t!("outages-change"))) }
            }
            form.form.panel method="post" action={ (view.href) "/end" } {
                (view.frame.csrf())
                h2 { (t!("outages-over-3")) }
                (checkbox("resolve", t!("outages-resolve-ticket-parts"), Some(t!("outages-each-requester-gets-one")), true))
                (textarea(Field { name: "said", label: t!("outages-what-people-told-end"), ..Field::default() }))
                div.send { (Button::submit(t!("outages-end-outage")).primary()) }
            }
        }
        (parts(view, view.may_change))
    }
}

fn over(view: &OutageView) -> Markup {
    html! {
        @if let Some(it) = &view.parent { p.total { (marked!("outages-ticket-2", ticket = ticket(view, it))) } }
        @if !view.message.is_empty() { p { (view.message) } }
        @if view.audience.iter().any(|it| it.told) { p.total { (marked!("outages-read-portal", told = told(view).join(", "))) } }
        (parts(view, false))
    }
}

fn parts(view: &OutageView, may_leave: bool) -> Markup {
    html! {
        @if !view.parts.is_empty() {
            section aria-labelledby="parts" {
                h2 id="parts" { (marked!("outages-parts", part_count = view.part_count)) }
                ul.rows { @for it in &view.parts { li {
                    (ticket(view, it))
                    @if may_leave { form method="post" action={ (view.href) "/leave" } { (view.frame.csrf()) input type="hidden" name="part" value=(it.number); (Button::submit(t!("outages-take-out")).quiet()) } }
                } } }
            }
        }
    }
}
