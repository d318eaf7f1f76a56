//! A macro is used on a ticket: those that are offered, and what one would do and say here before it does.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::tongue::t;
use crate::web::{
    admin::shell::problem,
    components::{breadcrumb::breadcrumb, button::Button, empty_state::empty_state, icon::Icon, page_header::page_header},
    keys::Aim,
    layout::Frame,
};

/// A macro that is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferedRow {
    pub id: String,
    pub name: String,
    pub about: String,
    /// It is looked at now.
    pub chosen: bool,
}

/// What the chosen one would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectView {
    /// One thing each: "set the status to Resolved".
    pub changes: Vec<String>,
    /// Safe HTML.
    pub reply: Option<String>,
    pub note: Option<String>,
    /// Why it cannot be used here.
    pub refused: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct MacroUseView {
    pub frame: Frame,
    pub rail: RailView,
    pub number: String,
    pub title: String,
    pub offered: Vec<OfferedRow>,
    pub effect: Option<EffectView>,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/macros`; `?macro=` chooses one. Sends `macro` and `csrf` to the same address.
pub fn page(view: &MacroUseView) -> Markup {
    let base = format!("/agent/tickets/{}", view.number);
    shell(
        &view.frame,
        &view.rail,
        t!("tools-use-macro"),
        html! {
            div.found id="macro-use" {
                div { (breadcrumb(&[(view.number.as_str(), base.as_str())], t!("tools-use-macro"))) (page_header(t!("tools-use-macro"), Some(&view.title), None)) }
                (problem(view.error.as_deref()))
                @if view.offered.is_empty() {
                    (empty_state(Icon::Bolt, t!("tools-none-offered"), t!("tools-none-offered-hint"), None))
                } @else {
                    div.beside {
                        ul.tool-list { @for it in &view.offered { li { div.tool { a href={ (base) "/macros?macro=" (it.id) } aria-current=[it.chosen.then_some("true")] data-swap="macro-use" data-push { (it.name) } small { (it.about) } } } } }
                        @if let (Some(effect), Some(chosen)) = (&view.effect, view.offered.iter().find(|it| it.chosen)) { (preview(view, &base, chosen, effect)) }
                        @else { p.hint { (t!("tools-choose")) } }
                    }
                }
            }
        },
    )
}

fn preview(view: &MacroUseView, base: &str, chosen: &OfferedRow, it: &EffectView) -> Markup {
    html! {
        section.panel.form aria-labelledby="effect" {
            h2 id="effect" { (chosen.name) }
            @if let Some(why) = &it.refused { p { (t!("tools-cannot", why = why.as_str())) } }
            @else {
                @if it.changes.is_empty() && it.reply.is_none() && it.note.is_none() { p { (t!("tools-no-change")) } }
                @if !it.changes.is_empty() { ul { @for change in &it.changes { li { (change) } } } }
                @if let Some(html) = &it.reply { h3 { (t!("tools-replies")) } blockquote.prose { (maud::PreEscaped(html)) } }
                @if let Some(html) = &it.note { h3 { (t!("tools-notes")) } blockquote.prose { (maud::PreEscaped(html)) } }
                form method="post" action={ (base) "/macros" } { (view.frame.csrf()) input type="hidden" name="macro" value=(chosen.id); div.send { (Button::submit(t!("tools-use")).primary().aim(Aim::Send)) } }
            }
        }
    }
}
