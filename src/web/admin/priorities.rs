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
    tongue::{Phrase, marked, phrase, t},
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

const LEVELS: [Phrase; 4] =
    [phrase!("priorities-1-highest"), phrase!("priorities-2"), phrase!("priorities-3"), phrase!("priorities-4-lowest")];

fn priorities() -> Vec<Choice> {
    (1..=4).map(|it| Choice::new(it.to_string(), format!("P{it}"))).collect()
}

/// The page at `/agent/admin/priorities`; sends `cell` sixteen times, row by row, `vip`, `default`, `weight` four times, `capacity`.
pub fn page(view: &PrioritiesView) -> Markup {
    let about = t!("priorities-strongest-first-what-somebody");
    let vips: Vec<Choice> = std::iter::once(Choice::new("0", t!("priorities-makes-no-difference"))).chain(priorities()).collect();
    shell(
        &view.frame,
        PRIORITIES,
        t!("priorities-priorities"),
        html! {
            div { (page_header(t!("priorities-priorities"), Some(about), None)) (last_change(&view.frame, view.changed.as_ref())) }
            form.form method="post" action=(PRIORITIES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { (t!("priorities-impact-urgency")) }
                    (matrix(view))
                    (select(Field { name: "default", label: t!("priorities-when-nobody-says-how"), value: &view.default, required: true, ..Field::default() }, &priorities()))
                    (select(Field { name: "vip", label: t!("priorities-vips-ticket-least"), value: &view.vip, hint: Some(t!("priorities-mark-people-organizations-vip")), required: true, ..Field::default() }, &vips))
                    h2 { (t!("priorities-open-work")) }
                    p.hint { (t!("priorities-when-queues-compare-who")) }
                    div.pairs {
                        @for (i, weight) in view.weights.iter().enumerate() {
                            label.field { span { (t!("priorities-p")) (marked!("priorities-weighs", i = i + 1)) } input.control type="number" name="weight" min="1" max="100" required value=(weight); }
                        }
                    }
                    (input("number", Field { name: "capacity", label: t!("priorities-how-much-one-person"), value: &view.capacity, hint: Some(t!("priorities-whom-nothing-else-said")), ..Field::default() }))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}

fn matrix(view: &PrioritiesView) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(t!("priorities-priority-impact-urgency")) {
            table.table.matrix {
                caption.sr { (t!("priorities-priority-impact-urgency")) }
                thead { tr { th scope="col" { (t!("priorities-impact")) } @for it in LEVELS { th scope="col" { (marked!("priorities-urgency", it = it)) } } } }
                tbody {
                    @for (impact, row) in view.matrix.iter().enumerate() {
                        tr {
                            th scope="row" { (LEVELS[impact]) }
                            @for (urgency, cell) in row.iter().enumerate() {
                                td { select.control name="cell" aria-label=(t!("priorities-priority-impact-urgency-2", impact = impact + 1, urgency = urgency + 1)) { (options(&priorities(), cell)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
