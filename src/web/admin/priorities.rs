//! How priorities are found, and what they weigh when work is compared.

use maud::{Markup, html};

use super::shell::{LastChange, PRIORITIES, last_change, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Choice, Field, input, options, select},
        page_header::page_header,
    },
    layout::Frame,
};

#[derive(Debug, Clone, Default)]
pub struct PrioritiesView {
    pub frame: Frame,
    pub may_change: bool,
    /// By impact (rows) and urgency (columns).
    pub matrix: [[String; 4]; 4],
    pub vip: String,
    pub default: String,
    pub weights: [String; 4],
    pub capacity: String,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
}

const LEVELS: [&str; 4] = ["1 (highest)", "2", "3", "4 (lowest)"];

fn priorities() -> Vec<Choice> {
    (1..=4).map(|it| Choice::new(it.to_string(), format!("P{it}"))).collect()
}

/// The page at `/agent/admin/priorities`; sends `cell` sixteen times, row by row, `vip`, `default`, `weight` four times, `capacity`.
pub fn page(view: &PrioritiesView) -> Markup {
    let about = "Strongest first: what somebody set by hand; what a rule, a VIP or the category says; impact and urgency; the default. Requesters say how much it hurts, never what priority that is.";
    let vips: Vec<Choice> = std::iter::once(Choice::new("0", "Makes no difference")).chain(priorities()).collect();
    shell(
        &view.frame,
        PRIORITIES,
        "Priorities",
        html! {
            div { (page_header("Priorities", Some(about), None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form method="post" action=(PRIORITIES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { "Impact and urgency" }
                    (matrix(view))
                    (select(Field { name: "default", label: "When nobody says how much it hurts", value: &view.default, required: true, ..Field::default() }, &priorities()))
                    (select(Field { name: "vip", label: "A VIP's ticket is at least", value: &view.vip, hint: Some("Mark people and organizations as VIP on their own pages."), required: true, ..Field::default() }, &vips))
                    h2 { "Open work" }
                    p.hint { "When queues compare who has the least, and when somebody has as much as they can." }
                    div.pairs {
                        @for (i, weight) in view.weights.iter().enumerate() {
                            label.field { span { "A P" (i + 1) " weighs" } input.control type="number" name="weight" min="1" max="100" required value=(weight); }
                        }
                    }
                    (input("number", Field { name: "capacity", label: "How much one person can have", value: &view.capacity, hint: Some("For whom nothing else is said. Empty: without end."), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
}

fn matrix(view: &PrioritiesView) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label="Priority by impact and urgency" {
            table.table.matrix {
                caption.sr { "Priority by impact and urgency" }
                thead { tr { th scope="col" { "Impact" } @for it in LEVELS { th scope="col" { "Urgency " (it) } } } }
                tbody {
                    @for (impact, row) in view.matrix.iter().enumerate() {
                        tr {
                            th scope="row" { (LEVELS[impact]) }
                            @for (urgency, cell) in row.iter().enumerate() {
                                td { select.control name="cell" aria-label={ "Priority at impact " (impact + 1) " and urgency " (urgency + 1) } { (options(&priorities(), cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
