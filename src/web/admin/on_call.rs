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
        tongue::{marked, t},
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
    /// Who is at the instant that is asked for.
    pub then: String,
}

#[derive(Debug, Clone, Default)]
pub struct RotationsView {
    pub frame: Frame,
    pub rotations: Vec<RotationRow>,
    /// The instant that is asked for, as the field has it; empty if none is.
    pub at: String,
    /// It in words.
    pub at_text: String,
    /// In which zone it is read.
    pub zone: String,
    pub error: Option<String>,
    pub may_make: bool,
}

/// The page at `/agent/admin/on-call`.
pub fn page(view: &RotationsView) -> Markup {
    let make = html! { (Button::link(t!("on-call-add-rotation"), "/agent/admin/on-call/new").primary().icon(Icon::Plus)) };
    let about = t!("on-call-people-who-hand-over");
    let asks = !view.at_text.is_empty();
    let mut columns = vec![t!("on-call-rotation"), t!("on-call-call-now"), t!("on-call-until")];
    columns.extend(asks.then_some(view.at_text.as_str()));
    let columns: Vec<Column> = columns.into_iter().map(|heading| Column { heading, numeric: false }).collect();
    let row = |it: &RotationRow| {
        let mut cells = vec![html! { a href=(it.href) { (it.name) } }, html! { (it.now) }, html! { (it.until) }];
        cells.extend(asks.then(|| html! { strong { (it.then) } }));
        cells
    };
    shell(
        &view.frame,
        ON_CALL,
        t!("on-call-call"),
        html! {
            (page_header(t!("on-call-call"), Some(about), view.may_make.then_some(make)))
            @if view.rotations.is_empty() { (empty_state(Icon::Clock, t!("on-call-no-rotation-yet"), t!("on-call-add-one-say-what"), None)) }
            @else {
                (table(t!("on-call-rotations"), &columns, &view.rotations.iter().map(row).collect::<Vec<_>>()))
                section.panel aria-labelledby="then" {
                    h2 id="then" { (t!("on-call-then")) }
                    (problem(view.error.as_deref()))
                    form.form.asked method="get" action=(ON_CALL.href) {
                        (input("datetime-local", Field { name: "at", label: t!("on-call-then-when"), value: &view.at, hint: Some(&t!("on-call-then-zone", zone = view.zone)), required: true, ..Field::default() }))
                        div.send { (Button::submit(t!("on-call-then-ask"))) }
                    }
                }
            }
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
    let title = if view.title.is_empty() { t!("on-call-add-rotation") } else { &view.title };
    shell(
        &view.frame,
        ON_CALL,
        title,
        html! {
            div { (breadcrumb(&[(t!("on-call-call"), ON_CALL.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            @if !view.title.is_empty() {
                section.panel aria-labelledby="now-title" {
                    h2 id="now-title" { (t!("on-call-now-two-weeks-come")) }
                    p { @match &view.now { Some(who) => { (marked!("on-call-call-now-2", who = html! { strong { (who) } })) }, None => (t!("on-call-nobody-call-now")) } " " (t!("on-call-zone", zone = view.zone)) }
                    (drawing(&view.stretches, &view.days))
                    details { summary { (t!("on-call-table")) } (stretches(view)) }
                }
                (overrides(view))
            }
            section aria-labelledby="rings" { h2 id="rings" { (t!("on-call-who-hands-over-whom")) } (form(view)) }
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("on-call-rule-asks-must-changed"), t!("on-call-delete-rotation"), html! {}))
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
        div.on-call tabindex="0" role="region" aria-label=(t!("on-call-two-weeks-come-drawn")) {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(t!("on-call-who-call-two-weeks")) {
                @for (midnight, day) in days {
                    line class="day" x1=(at(*midnight)) x2=(at(*midnight)) y1="0" y2=(height) {}
                    // The last one may have no room left.
                    @if at(*midnight) + WIDTH / 16 < WIDTH { text class="date" x=(at(*midnight) + 5) y="16" { (day) } }
                }
                @for it in all {
                    @let lane = people.iter().position(|who| *who == it.who).unwrap_or_default() * LANE + HEAD + 3;
                    @let wide = (at(it.until) - at(it.from)).max(3);
                    rect class=(if it.is_override { "turn swap" } else { "turn" }) x=(at(it.from)) y=(lane) width=(wide) height=(LANE - 6) rx="4" { title { (t!("on-call-to", who = it.who, from = it.from_text, until = it.until_text)) } }
                }
                @for (i, who) in people.iter().enumerate() { text x="8" y=(HEAD + i * LANE + LANE / 2 + 5) { (who) } }
            }
        }
    }
}

fn stretches(view: &RotationFormView) -> Markup {
    let columns = [t!("on-call-from"), t!("on-call-until"), t!("on-call-call")].map(|heading| Column { heading, numeric: false });
    let row = |it: &Stretch| {
        vec![
            html! { (it.from_text) },
            html! { (it.until_text) },
            html! { (it.who) @if it.is_override { " " (badge(Tone::Info, t!("on-call-instead"))) } },
        ]
    };
    table(t!("on-call-two-weeks-come"), &columns, &view.stretches.iter().map(row).collect::<Vec<_>>())
}

fn overrides(view: &RotationFormView) -> Markup {
    let columns = [t!("on-call-from"), t!("on-call-until"), t!("on-call-call-instead"), t!("on-call-change")]
        .map(|heading| Column { heading, numeric: false });
    let row = |it: &OverrideRow| {
        vec![
            html! { (it.from) },
            html! { (it.until) },
            html! { (it.who) @if it.is_over { " " (badge(Tone::Plain, t!("on-call-over"))) } },
            html! {
                @if view.may_change {
                    form.inline method="post" action={ (view.action) "/overrides/remove" } {
                        (view.frame.csrf())
                        input type="hidden" name="place" value=(it.place);
                        input type="hidden" name="from_at" value=(it.from_at);
                        (Button::submit(t!("on-call-take-away")).quiet())
                    }
                }
            },
        ]
    };
    html! {
        section aria-labelledby="overrides" {
            h2 id="overrides" { (t!("on-call-somebody-else-while")) }
            @if !view.overrides.is_empty() { (table(t!("on-call-overrides"), &columns, &view.overrides.iter().map(row).collect::<Vec<_>>())) }
            @if view.may_change {
                (problem(view.swap_error.as_deref()))
                form.form.asked method="post" action={ (view.action) "/overrides" } {
                    (view.frame.csrf())
                    (input("datetime-local", Field { name: "from", label: t!("on-call-from"), value: &view.swap_from, required: true, ..Field::default() }))
                    (input("datetime-local", Field { name: "until", label: t!("on-call-until"), value: &view.swap_until, required: true, ..Field::default() }))
                    (select(Field { name: "person", label: t!("on-call-call-instead"), value: &view.swap_person, required: true, ..Field::default() }, &view.people))
                    div.send { (Button::submit(t!("on-call-put-them-call")).icon(Icon::Plus)) }
                }
            }
        }
    }
}

fn form(view: &RotationFormView) -> Markup {
    let handovers = [("daily", t!("on-call-every-day")), ("weekly", t!("on-call-every-week"))].map(|it| Choice::new(it.0, it.1));
    html! {
        form.form id="rotation" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            input type="hidden" name="version" value=(view.version);
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "zone", label: t!("word-time-zone"), value: &view.zone, hint: Some(t!("on-call-such-europe-berlin-handovers")), required: true, autocomplete: Some("off"), ..Field::default() }))
                @for (i, it) in view.layers.iter().enumerate() { (layer(i, it, &handovers)) }
                p.hint { (t!("on-call-without-addresses-nobody-asked")) }
                @if view.may_change { div.send { (Button::submit(if view.title.is_empty() { t!("on-call-add-rotation-2") } else { t!("word-save") }).primary()) } }
            }
        }
    }
}

fn layer(i: usize, it: &LayerFields, handovers: &[Choice]) -> Markup {
    let id = |name: &str| format!("{name}-{i}");
    html! {
        fieldset.field {
            legend { @if i == 0 { (t!("on-call-asked-first")) } @else if i == 1 { (t!("on-call-asked-when-nobody-those")) } @else { (t!("on-call-asked-after-those")) } }
            div.field {
                label for=(id("people")) { (t!("on-call-mail-addresses-one-line")) }
                textarea.control id=(id("people")) name="people" rows="4" { (it.people) }
            }
            div.pairs {
                div.field { label for=(id("handover")) { (t!("on-call-they-hand-over")) } select.control id=(id("handover")) name="handover" { (options(handovers, &it.handover)) } }
                div.field { label for=(id("at")) { (t!("on-call-at")) } input.control type="time" id=(id("at")) name="at" value=(it.at); }
                div.field { label for=(id("starts")) { (t!("on-call-since")) } input.control type="date" id=(id("starts")) name="starts" value=(it.starts); }
            }
        }
    }
}
