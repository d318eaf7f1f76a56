//! Templates above a form that lodges a ticket: each a link to the same form, filled in.

use crate::web::tongue::{marked, t};
use maud::{Markup, html};

/// A template that is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offered {
    pub href: String,
    pub name: String,
    /// May be empty.
    pub about: String,
    /// The form is filled in by it.
    pub chosen: bool,
    /// It was chosen where something is written already, and waits for its writer's word.
    pub waits: bool,
}

/// The templates, and which one fills the form; nothing where there is none.
pub fn template_picker(all: &[Offered]) -> Markup {
    html! {
        @if !all.is_empty() {
            nav.templates aria-label=(t!("tools-templates")) {
                span { (t!("tools-begin-with")) }
                ul { @for it in all { li { a.button href=(it.href) aria-current=[it.chosen.then_some("true")] title=[(!it.about.is_empty()).then_some(it.about.as_str())] { (it.name) } } } }
                @for it in all.iter().filter(|it| it.waits) {
                    p.waits role="status" {
                        span { (t!("tools-template-waits")) } " "
                        a href={ (it.href) "&anew=1" } { (marked!("tools-template-anew", name = html! { bdi { (it.name) } })) }
                    }
                }
            }
        }
    }
}

/// The template that the form is sent with.
pub fn template_field(id: &str) -> Markup {
    html! { @if !id.is_empty() { input type="hidden" name="template" value=(id); } }
}
