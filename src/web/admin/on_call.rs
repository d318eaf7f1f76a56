//! Who is on call: rotations, who it is now, and the two weeks to come.

use maud::{Markup, html};

use super::shell::{LastChange, ON_CALL, last_change, problem, removal, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, input, options, select},
            icon::Icon,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
    },
};

/// One rotation of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RotationRow {
    pub href: String,
    pub name: String,
    /// Who is on call now.
    pub now: String,
    /// Until when, in the rotation's zone.
    pub until: String,
}

#[derive(Debug, Clone, Default)]
pub struct RotationsView {
    pub frame: Frame,
    pub rotations: Vec<RotationRow>,
    pub may_make: bool,
}

/// The page at `/agent/admin/on-call`.
pub fn page(view: &RotationsView) -> Markup {
    let make = html! { (Button::link("Add a rotation", "/agent/admin/on-call/new").primary().icon(Icon::Plus)) };
    let about = "People who hand over at a time of day. Routing rules give tickets to whoever is on call.";
    let columns = ["Rotation", "On call now", "Until"].map(|heading| Column { heading, numeric: false });
    let row = |it: &RotationRow| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.now) }, html! { (it.until) }];
    shell(
        &view.frame,
        ON_CALL,
        "On call",
        html! {
            (page_header("On call", Some(about), view.may_make.then_some(make)))
            @if view.rotations.is_empty() { (empty_state(Icon::Clock, "No rotation yet", "Add one, and say in what order people are on call.", None)) }
            @else { (table("Rotations", &columns, &view.rotations.iter().map(row).collect::<Vec<_>>())) }
        },
    )
}

/// A ring of people in the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerFields {
    /// Mail addresses, one a line.
    pub people: String,
    pub handover: String,
    /// `09:00`.
    pub at: String,
    /// `2026-05-04`.
    pub starts: String,
}

/// A stretch of the two weeks to come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    pub from: Instant,
    pub until: Instant,
    /// The same in the rotation's zone.
    pub from_text: String,
    pub until_text: String,
    pub who: String,
    pub is_override: bool,
}

/// An override in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverrideRow {
    pub place: usize,
    pub from: String,
    pub until: String,
    pub who: String,
    pub is_over: bool,
    /// Its beginning, which says that it is the one that was seen.
    pub from_at: String,
}

#[derive(Debug, Clone, Default)]
pub struct RotationFormView {
    pub frame: Frame,
    pub action: String,
    /// The rotation's present name; empty for a new one.
    pub title: String,
    pub version: String,
    pub may_change: bool,
    pub name: String,
    pub zone: String,
    pub layers: Vec<LayerFields>,
    /// Who gets what is for whoever is on call.
    pub now: Option<String>,
    pub stretches: Vec<Stretch>,
    /// The midnights in between, with how their days are called.
    pub days: Vec<(Instant, String)>,
    pub overrides: Vec<OverrideRow>,
    pub people: Vec<Choice>,
    /// The ids of datalists and the like.
    pub swap_from: String,
    pub swap_until: String,
    pub swap_person: String,
    pub error: Option<String>,
    pub swap_error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/on-call/new` and `/agent/admin/on-call/{id}`.
pub fn form_page(view: &RotationFormView) -> Markup {
    let title = if view.title.is_empty() { "Add a rotation" } else { &view.title };
    shell(
        &view.frame,
        ON_CALL,
        title,
        html! {
            div { (breadcrumb(&[("On call", ON_CALL.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            @if !view.title.is_empty() {
                section.panel aria-labelledby="now-title" {
                    h2 id="now-title" { "Now and in the two weeks to come" }
                    p { @match &view.now { Some(who) => { strong { (who) } " is on call now." }, None => "Nobody is on call now." } " Times are those of " (view.zone) "." }
                    (drawing(&view.stretches, &view.days))
                    details { summary { "As a table" } (stretches(view)) }
                }
                (overrides(view))
            }
            section aria-labelledby="rings" { h2 id="rings" { "Who hands over to whom" } (form(view)) }
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), "A rule that asks for it must be changed first.", "Delete this rotation", html! {}))
            }
        },
    )
}

/// Units of the drawing.
const WIDTH: i64 = 780;
const LANE: usize = 34;
/// The line that names the days.
const HEAD: usize = 24;

/// A lane per person, a column per day. The table beneath says the same.
fn drawing(all: &[Stretch], days: &[(Instant, String)]) -> Markup {
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return html! {} };
    let (from, whole) = (first.from.as_millis(), (last.until.as_millis() - first.from.as_millis()).max(1));
    let mut people: Vec<&str> = Vec::new();
    for it in all {
        if !people.contains(&it.who.as_str()) {
            people.push(&it.who);
        }
    }
    let at = |it: Instant| (it.as_millis() - from) * WIDTH / whole;
    let height = HEAD + people.len() * LANE + 6;
    html! {
        div.on-call tabindex="0" role="region" aria-label="The two weeks to come, drawn" {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label="Who is on call in the two weeks to come; the table says the same" {
                @for (midnight, day) in days {
                    line class="day" x1=(at(*midnight)) x2=(at(*midnight)) y1="0" y2=(height) {}
                    // The last one may have no room left.
                    @if at(*midnight) + WIDTH / 16 < WIDTH { text class="date" x=(at(*midnight) + 5) y="16" { (day) } }
                }
                @for it in all {
                    @let lane = people.iter().position(|who| *who == it.who).unwrap_or_default() * LANE + HEAD + 3;
                    @let wide = (at(it.until) - at(it.from)).max(3);
                    rect class=(if it.is_override { "turn swap" } else { "turn" }) x=(at(it.from)) y=(lane) width=(wide) height=(LANE - 6) rx="4" { title { (it.who) ": " (it.from_text) " to " (it.until_text) } }
                }
                @for (i, who) in people.iter().enumerate() { text x="8" y=(HEAD + i * LANE + LANE / 2 + 5) { (who) } }
            }
        }
    }
}

fn stretches(view: &RotationFormView) -> Markup {
    let columns = ["From", "Until", "On call"].map(|heading| Column { heading, numeric: false });
    let row = |it: &Stretch| {
        vec![
            html! { (it.from_text) },
            html! { (it.until_text) },
            html! { (it.who) @if it.is_override { " " (badge(Tone::Info, "instead")) } },
        ]
    };
    table("The two weeks to come", &columns, &view.stretches.iter().map(row).collect::<Vec<_>>())
}

fn overrides(view: &RotationFormView) -> Markup {
    let columns = ["From", "Until", "On call instead", "Change"].map(|heading| Column { heading, numeric: false });
    let row = |it: &OverrideRow| {
        vec![
            html! { (it.from) },
            html! { (it.until) },
            html! { (it.who) @if it.is_over { " " (badge(Tone::Plain, "over")) } },
            html! {
                @if view.may_change {
                    form.inline method="post" action={ (view.action) "/overrides/remove" } {
                        (view.frame.csrf())
                        input type="hidden" name="place" value=(it.place);
                        input type="hidden" name="from_at" value=(it.from_at);
                        (Button::submit("Take away").quiet())
                    }
                }
            },
        ]
    };
    html! {
        section aria-labelledby="overrides" {
            h2 id="overrides" { "Somebody else for a while" }
            @if !view.overrides.is_empty() { (table("Overrides", &columns, &view.overrides.iter().map(row).collect::<Vec<_>>())) }
            @if view.may_change {
                (problem(view.swap_error.as_deref()))
                form.form.asked method="post" action={ (view.action) "/overrides" } {
                    (view.frame.csrf())
                    (input("datetime-local", Field { name: "from", label: "From", value: &view.swap_from, required: true, ..Field::default() }))
                    (input("datetime-local", Field { name: "until", label: "Until", value: &view.swap_until, required: true, ..Field::default() }))
                    (select(Field { name: "person", label: "On call instead", value: &view.swap_person, required: true, ..Field::default() }, &view.people))
                    div.send { (Button::submit("Put them on call").icon(Icon::Plus)) }
                }
            }
        }
    }
}

fn form(view: &RotationFormView) -> Markup {
    let handovers = [("daily", "Every day"), ("weekly", "Every week")].map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="rotation" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: "Name", value: &view.name, required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "zone", label: "Time zone", value: &view.zone, hint: Some("Such as Europe/Berlin. Handovers are at its local times."), required: true, autocomplete: Some("off"), ..Field::default() }))
                @for (i, it) in view.layers.iter().enumerate() { (layer(i, it, &handovers)) }
                p.hint { "Without addresses, nobody is asked there." }
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { "Add this rotation" } else { "Save" }).primary()) } }
            }
        }
    }
}

fn layer(i: usize, it: &LayerFields, handovers: &[Choice]) -> Markup {
    let id = |name: &str| format!("{name}-{i}");
    html! {
        fieldset.field {
            legend { @if i == 0 { "Asked first" } @else if i == 1 { "Asked when nobody of those is there" } @else { "Asked after those" } }
            div.field {
                label for=(id("people")) { "Mail addresses, one a line, in their order" }
                textarea.control id=(id("people")) name="people" rows="4" { (it.people) }
            }
            div.pairs {
                div.field { label for=(id("handover")) { "They hand over" } select.control id=(id("handover")) name="handover" { (options(handovers, &it.handover)) } }
                div.field { label for=(id("at")) { "At" } input.control type="time" id=(id("at")) name="at" value=(it.at); }
                div.field { label for=(id("starts")) { "Since" } input.control type="date" id=(id("starts")) name="starts" value=(it.starts); }
            }
        }
    }
}
