//! The steps of a ticket at its side: ticked off, added, ordered.

use maud::{Markup, html};

use crate::web::tongue::t;
use crate::web::{
    components::{
        field::{Choice, options},
        icon::{Icon, icon},
    },
    layout::Frame,
};

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepView {
    pub id: u32,
    pub text: String,
    pub required: bool,
    /// Who did it; empty while it is open.
    pub done: String,
}

/// The section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChecklistView {
    pub steps: Vec<StepView>,
    /// Checklists that can be added.
    pub lists: Vec<Choice>,
}

impl ChecklistView {
    /// How many are done, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.steps.iter().filter(|it| !it.done.is_empty()).count(), self.steps.len())
    }
}

/// `2/5`, read out as what it is.
pub fn progress(done: usize, total: usize) -> Markup {
    html! { span.tally data-done[done == total] title=(t!("tools-checklist")) { (icon(Icon::Check)) span aria-hidden="true" { (done) "/" (total) } span.sr { (t!("tools-steps-done", done = done as i64, total = total as i64)) } } }
}

/// The section; sends `do` with the number of a step, or `text`, `required` and `list`, to `/agent/tickets/{number}/checklist`.
pub fn section(frame: &Frame, number: &str, it: &ChecklistView, may_change: bool) -> Markup {
    let action = format!("/agent/tickets/{number}/checklist");
    let (done, total) = it.progress();
    html! {
        @if !it.steps.is_empty() || may_change {
            section aria-labelledby="checklist" {
                h2 id="checklist" { (t!("tools-checklist")) @if total > 0 { " " (progress(done, total)) } }
                @if total > 0 { progress max=(total) value=(done) aria-labelledby="checklist" {} }
                @if total > 0 {
                    form method="post" action=(action) data-swap="ticket list" {
                        (frame.csrf())
                        ol.steps-list { @for (at, step) in it.steps.iter().enumerate() { (one(step, at, total, may_change)) } }
                    }
                }
                @if may_change {
                    form.inline-form method="post" action=(action) data-swap="ticket list" {
                        (frame.csrf())
                        input.control type="text" name="text" placeholder=(t!("tools-step-add")) aria-label=(t!("tools-step-add")) required autocomplete="off" maxlength="300";
                        label.check title=(t!("tools-step-must-hint")) { input type="checkbox" name="required"; span { (t!("tools-step-must")) } }
                        button.button.without-js type="submit" { (t!("tools-add")) }
                    }
                    @if !it.lists.is_empty() {
                        form.inline-form method="post" action=(action) data-swap="ticket list" {
                            (frame.csrf())
                            select.control name="list" aria-label=(t!("tools-checklist-add")) required { option value="" { (t!("tools-checklist-add-more")) } (options(&it.lists, "")) }
                            button.button type="submit" data-only="icon" aria-label=(t!("tools-checklist-add-this")) title=(t!("tools-checklist-add-this")) { (icon(Icon::Plus)) }
                        }
                    }
                }
            }
        }
    }
}

fn one(step: &StepView, at: usize, total: usize, may_change: bool) -> Markup {
    let is_done = !step.done.is_empty();
    let tool = |what: &str, label: &str, which: Icon| {
        html! { button.button type="submit" data-look="quiet" data-only="icon" name="do" value={ (what) ":" (step.id) } aria-label={ (label) ": " (step.text) } title=(label) { (icon(which)) } }
    };
    html! {
        li data-done[is_done] {
            @if may_change {
                button.step type="submit" name="do" value={ (if is_done { "open" } else { "done" }) ":" (step.id) } aria-pressed=(if is_done { "true" } else { "false" }) {
                    (icon(if is_done { Icon::Solved } else { Icon::New }))
                    span { (step.text) @if step.required { " " span.must title=(t!("tools-step-before")) { "*" span.sr { " " (t!("tools-step-before")) } } } @if is_done { small { " " (step.done) } } }
                }
                span.step-tools {
                    @if at > 0 { (tool("up", t!("tools-up"), Icon::Up)) }
                    @if at + 1 < total { (tool("down", t!("tools-down"), Icon::Down)) }
                    (tool("drop", t!("tools-step-drop"), Icon::Cross))
                }
            } @else {
                span.step { (icon(if is_done { Icon::Solved } else { Icon::New })) span { (step.text) @if is_done { small { " " (step.done) } } } }
            }
        }
    }
}
