//! Policies of service levels: all of them in their order, and one, with what a change would do to the tickets of the last days.

use maud::{Markup, html};

use super::shell::{LastChange, SLA_POLICIES, last_change, problem, removal, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Choice, Field, checkbox, input, options, select},
            icon::Icon,
            moment::moment,
            page_header::page_header,
            table::{Column, table},
        },
        layout::Frame,
        tongue::{Phrase, marked, phrase, t},
    },
};

/// One policy of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyRow {
    pub id: String,
    pub href: String,
    pub name: String,
    pub active: bool,
    /// In the query language.
    pub when: String,
    /// What is promised at P1 and P3, in words.
    pub promises: String,
    pub calendar: String,
}

/// How far timing open tickets anew has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub because: String,
    pub started_at: Instant,
    pub looked_at: u64,
    /// None while they are counted.
    pub total: Option<u64>,
    pub changed: u64,
    pub running: bool,
}

#[derive(Debug, Clone, Default)]
pub struct PoliciesView {
    pub frame: Frame,
    pub policies: Vec<PolicyRow>,
    pub progress: Option<Progress>,
    pub may_make: bool,
}

/// The page at `/agent/admin/service-levels`; sends `up` and `csrf` to `/agent/admin/service-levels/order`.
pub fn page(view: &PoliciesView) -> Markup {
    let make = html! { (Button::link(t!("sla-policies-add-policy"), "/agent/admin/service-levels/new").primary().icon(Icon::Plus)) };
    let about = t!("sla-policies-what-promised-which-tickets");
    let columns =
        [t!("word-order"), t!("sla-policies-policy"), t!("sla-policies-for"), t!("sla-policies-promises"), t!("sla-policies-working-time")]
            .map(|heading| Column { heading, numeric: false });
    let row = |(at, it): (usize, &PolicyRow)| {
        vec![
            html! {
                @if at > 0 && view.may_make {
                    form method="post" action="/agent/admin/service-levels/order" {
                        (view.frame.csrf()) input type="hidden" name="up" value=(it.id);
                        (Button::submit(&t!("sla-policies-move-up", name = it.name)).only_icon(Icon::Up).quiet())
                    }
                }
            },
            html! { div.role-cell { a href=(it.href) { (it.name) } @if !it.active { (badge(Tone::Plain, t!("word-off"))) } } },
            html! { @if it.when.is_empty() { (t!("sla-policies-every-ticket")) } @else { code { (it.when) } } },
            html! { (it.promises) },
            html! { (it.calendar) },
        ]
    };
    shell(
        &view.frame,
        SLA_POLICIES,
        SLA_POLICIES.name.text(),
        html! {
            (page_header(SLA_POLICIES.name.text(), Some(about), view.may_make.then_some(make)))
            @if let Some(it) = &view.progress { (progress(&view.frame, it)) }
            (table(t!("sla-policies-policies"), &columns, &view.policies.iter().enumerate().map(row).collect::<Vec<_>>()))
        },
    )
}

fn progress(frame: &Frame, it: &Progress) -> Markup {
    html! {
        @if it.running {
            section.panel aria-label=(t!("sla-policies-open-tickets-timed-anew")) {
                h2 {
                    @match it.total {
                        Some(total) => (t!("sla-policies-timing-of", count = it.looked_at, total = total)),
                        None => (t!("sla-policies-timing-so-far", count = it.looked_at)),
                    }
                }
                @if let Some(total) = it.total { progress max=(total.max(1)) value=(it.looked_at) aria-label=(t!("sla-policies-tickets-were-looked")) {} }
                p.hint { (marked!("sla-policies-because-got-other-due", because = it.because, changed = it.changed)) }
            }
        } @else {
            p.hint {
                @match it.looked_at {
                    0 => (marked!("sla-policies-open-tickets-were-timed", when = moment(it.started_at, frame.now), because = it.because)),
                    all => (marked!("sla-policies-open-tickets-were-timed-changed", when = moment(it.started_at, frame.now), because = it.because, changed = it.changed, count = all)),
                }
             }
        }
    }
}

/// A line of the grid of targets: as text, such as `4h` or `1h 30m`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetsRow {
    pub response: String,
    pub resolution: String,
    pub update: String,
}

/// A team and how long it may have a ticket, by priority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationalRow {
    pub team: String,
    pub minutes: [String; 4],
}

/// A step as the form has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepRow {
    /// In percent; empty is no step.
    pub share: String,
    pub target: String,
    /// Which of `LEVELS` are told, and rotations and people by id.
    pub tell: Vec<String>,
    pub window: String,
    pub raise: String,
    pub queue: String,
    pub assign: String,
    pub tag: String,
}

/// Whom a step may tell: what is sent, and what people read.
pub const LEVELS: [(&str, Phrase); 4] = [
    ("assignee", phrase!("word-assignee")),
    ("queue", phrase!("sla-policies-whole-team")),
    ("team_lead", phrase!("sla-policies-team-lead")),
    ("manager", phrase!("sla-policies-manager")),
];

/// A ticket that would be timed otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriedRow {
    pub number: String,
    pub title: String,
    pub before: String,
    pub after: String,
    pub due_before: Option<Instant>,
    pub due_after: Option<Instant>,
    pub newly_breached: bool,
}

/// What a trial found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    pub days: u32,
    pub looked_at: usize,
    /// There were tickets that whoever looks may not see.
    pub narrowed: bool,
    pub cut: bool,
    pub won: usize,
    pub changed: usize,
    pub breached_before: usize,
    pub breached_after: usize,
    pub rows: Vec<TriedRow>,
}

/// What the form shows, and shows again after a trial or a refusal.
#[derive(Debug, Clone, Default)]
pub struct PolicyFormView {
    pub frame: Frame,
    pub action: String,
    /// The policy's present name; empty for a new one.
    pub title: String,
    pub may_change: bool,
    pub name: String,
    pub condition: String,
    pub active: bool,
    pub calendar: String,
    pub calendars: Vec<Choice>,
    pub targets: [TargetsRow; 4],
    pub operational: Vec<OperationalRow>,
    pub teams: Vec<Choice>,
    pub steps: Vec<StepRow>,
    pub queues: Vec<Choice>,
    pub agents: Vec<Choice>,
    /// Rotations, as levels of a step; the first is none.
    pub rotations: Vec<Choice>,
    pub trial: Option<Trial>,
    pub name_error: Option<String>,
    pub condition_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

/// The pages at `/agent/admin/service-levels/new` and `/agent/admin/service-levels/{id}`; sends `name`, `condition`, `active`, `calendar`,
/// `response`, `resolution` and `update` (each four times, P1 first), `team` and `p1` to `p4` (once per row), the fields of each step with
/// its number behind (`share-0`, `tell-0` ...), `csrf`; and `try` when it is to be tried instead of saved.
pub fn form_page(view: &PolicyFormView) -> Markup {
    let title = if view.title.is_empty() { t!("sla-policies-add-policy") } else { &view.title };
    shell(
        &view.frame,
        SLA_POLICIES,
        title,
        html! {
            div { (breadcrumb(&[(SLA_POLICIES.name.text(), SLA_POLICIES.href)], title)) (page_header(title, None, None)) (last_change(&view.frame, view.changed.as_ref())) }
            (problem(view.error.as_deref()))
            @if let Some(it) = &view.trial { (trial(&view.frame, it)) }
            (form(view))
            @if !view.title.is_empty() && view.may_change {
                (removal(&view.frame, &format!("{}/delete", view.action), t!("sla-policies-open-tickets-get-next"), t!("sla-policies-delete-policy"), html! {}))
            }
        },
    )
}

fn trial(frame: &Frame, it: &Trial) -> Markup {
    let columns = [t!("word-ticket"), t!("sla-policies-policy"), t!("sla-policies-due-now"), t!("sla-policies-due-then")]
        .map(|heading| Column { heading, numeric: false });
    let due = |at: Option<Instant>| html! { @match at { Some(at) => (moment(at, frame.now)), None => (t!("sla-policies-none")) } };
    let row = |it: &TriedRow| {
        vec![
            html! { a href={ "/agent/tickets/" (it.number) } { (it.number) " " (it.title) } @if it.newly_breached { " " (badge(Tone::Danger, t!("sla-policies-would-missed"))) } },
            html! { @if it.before == it.after { (it.after) } @else { (it.before) " → " (it.after) } },
            due(it.due_before),
            due(it.due_after),
        ]
    };
    html! {
        section.panel aria-label=(t!("sla-policies-trial")) id="trial" {
            h2 { (marked!("sla-policies-would-tickets-last-days", won = it.won, looked_at = it.looked_at, days = it.days)) }
            p.hint {
                (marked!("sla-policies-would-timed-otherwise-response", changed = it.changed, breached_before = it.breached_before, breached_after = it.breached_after))
                @if it.narrowed { " " (t!("sla-policies-only-tickets-you-may")) }
                @if it.cut { " " (t!("sla-policies-there-were-more-tickets")) }
            }
            @if !it.rows.is_empty() { (table(t!("sla-policies-tickets-would-timed-otherwise"), &columns, &it.rows.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

fn form(view: &PolicyFormView) -> Markup {
    html! {
        form.form.wide id="policy" method="post" action=(view.action) {
            (view.frame.csrf())
            fieldset.plain disabled[!view.may_change] {
                (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                (input("text", Field { name: "condition", label: t!("sla-policies-tickets-meet"), value: &view.condition, error: view.condition_error.as_deref(), hint: Some(t!("sla-policies-language-search-such-kind")), chars_max: Some(2000), autocomplete: Some("off"), ..Field::default() }))
                (select(Field { name: "calendar", label: t!("sla-policies-working-time"), value: &view.calendar, hint: Some(t!("sla-policies-otherwise-calendar-team-region")), ..Field::default() }, &view.calendars))
                (checkbox("active", t!("sla-policies-force"), None, view.active))
                h2 { (t!("sla-policies-promises")) }
                p.hint { (t!("sla-policies-working-time-such-30m")) }
                (targets(view))
                h2 { (t!("sla-policies-between-teams")) }
                p.hint { (t!("sla-policies-how-long-team-may")) }
                (operational(view))
                h2 { (t!("sla-policies-time-runs-out")) }
                p.hint { (t!("sla-policies-each-step-comes-once")) }
                @for (at, it) in view.steps.iter().enumerate() { (step(view, at, it)) }
                @if view.may_change {
                    div.send {
                        (Button::submit(if view.title.is_empty() { t!("sla-policies-add-policy-2") } else { t!("word-save") }).primary())
                        (Button::submit_as(t!("sla-policies-try-last-7-days"), "try", "7").icon(Icon::Eye))
                        (Button::submit_as(t!("sla-policies-last-30-days"), "try", "30").quiet())
                    }
                }
            }
        }
    }
}

fn cell(name: &str, label: &str, value: &str) -> Markup {
    html! { td { input.control type="text" name=(name) value=(value) aria-label=(label) maxlength="20" autocomplete="off"; } }
}

fn targets(view: &PolicyFormView) -> Markup {
    html! {
        div.table-wrap { table.grid {
            thead { tr { th scope="col" { (t!("word-priority")) } th scope="col" { (t!("sla-policies-first-response")) } th scope="col" { (t!("sla-policies-resolution")) } th scope="col" { (t!("sla-policies-next-update")) } } }
            tbody { @for (at, it) in view.targets.iter().enumerate() {
                @let priority = format!("P{}", at + 1);
                tr {
                    th scope="row" { (priority) }
                    (cell("response", &t!("sla-policies-first-response-2", priority = priority), &it.response))
                    (cell("resolution", &t!("sla-policies-resolution-2", priority = priority), &it.resolution))
                    (cell("update", &t!("sla-policies-next-update-2", priority = priority), &it.update))
                }
            } }
        } }
    }
}

fn operational(view: &PolicyFormView) -> Markup {
    html! {
        div.table-wrap { table.grid {
            thead { tr { th scope="col" { (t!("word-team")) } @for at in 1..=4 { th scope="col" { "P" (at) } } } }
            tbody { @for (at, it) in view.operational.iter().enumerate() {
                tr {
                    td { select.control name="team" aria-label=(t!("sla-policies-team-row", at = at + 1)) { (options(&view.teams, &it.team)) } }
                    @for (level, minutes) in it.minutes.iter().enumerate() { (cell(&format!("p{}", level + 1), &t!("sla-policies-row-p", at = at + 1, level = level + 1), minutes)) }
                }
            } }
        } }
    }
}

/// The targets that a step may be about.
const TARGETS: [(&str, Phrase); 5] = [
    ("", phrase!("sla-policies-any-target")),
    ("response", phrase!("sla-policies-first-response-3")),
    ("resolution", phrase!("sla-policies-resolution-target")),
    ("update", phrase!("sla-policies-next-update-3")),
    ("operational", phrase!("sla-policies-teams-part")),
];

fn step(view: &PolicyFormView, at: usize, it: &StepRow) -> Markup {
    let number = at + 1;
    let field = |name: &str| format!("{name}-{at}");
    let priorities = [
        ("", t!("sla-policies-priority")),
        ("1", t!("sla-policies-raise-p1")),
        ("2", t!("sla-policies-raise-p2")),
        ("3", t!("sla-policies-raise-p3")),
    ]
    .map(|(value, label)| Choice::new(value, label));
    let windows = [("always", t!("sla-policies-once")), ("working_hours", t!("sla-policies-within-working-hours"))]
        .map(|(value, label)| Choice::new(value, label));
    let targets = TARGETS.map(|(value, label)| Choice::new(value, label));
    let on_call = it.tell.iter().map(String::as_str).find(|told| view.rotations.iter().any(|it| it.value == *told));
    html! {
        fieldset.step {
            legend { (marked!("sla-policies-step", number = number)) }
            div.step-line {
                input.control.short type="text" inputmode="numeric" name=(field("share")) value=(it.share) maxlength="4" aria-label=(t!("sla-policies-percent-step", number = number)) autocomplete="off";
                span { (t!("sla-policies-of-2")) }
                select.control name=(field("target")) aria-label=(t!("sla-policies-target-step", number = number)) { (options(&targets, &it.target)) }
            }
            div.step-line {
                span.step-word { (t!("sla-policies-tell")) }
                // People whom the API named, and a second rotation, have no box here, and are told still.
                @for other in it.tell.iter().filter(|told| on_call != Some(told.as_str()) && LEVELS.iter().all(|it| it.0 != told.as_str())) { input type="hidden" name=(field("tell")) value=(other); }
                @for (value, label) in LEVELS { label.check { input type="checkbox" name=(field("tell")) value=(value) checked[it.tell.iter().any(|it| it == value)]; span { (label) } } }
                @if view.rotations.len() > 1 { select.control name=(field("tell")) aria-label=(t!("sla-policies-call-step", number = number)) { (options(&view.rotations, on_call.unwrap_or_default())) } }
                select.control name=(field("window")) aria-label=(t!("sla-policies-when-step-tells", number = number)) { (options(&windows, &it.window)) }
            }
            div.step-line {
                span.step-word { (t!("sla-policies-then")) }
                select.control name=(field("raise")) aria-label=(t!("sla-policies-priority-step", number = number)) { (options(&priorities, &it.raise)) }
                select.control name=(field("queue")) aria-label=(t!("sla-policies-queue-step", number = number)) { (options(&view.queues, &it.queue)) }
                select.control name=(field("assign")) aria-label=(t!("sla-policies-assignee-step", number = number)) { (options(&view.agents, &it.assign)) }
                input.control type="text" name=(field("tag")) value=(it.tag) maxlength="64" placeholder=(t!("word-add-tag")) aria-label=(t!("sla-policies-tag-step", number = number)) autocomplete="off";
            }
        }
    }
}
