//! Before a ticket is merged into another: what happens then, and who will read what.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    components::{
        avatar::{Face, avatar},
        badge::Tone,
        banner::{Banner, banner},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, input},
        page_header::page_header,
    },
    layout::Frame,
};

/// The other ticket, once it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetView {
    pub number: String,
    pub title: String,
    pub requester: String,
    /// Who will follow it, and may read all of it, from then on.
    pub brought: Vec<Face>,
}

#[derive(Debug, Clone, Default)]
pub struct MergeView {
    pub frame: Frame,
    pub rail: RailView,
    pub number: String,
    pub title: String,
    /// The number that was typed.
    pub into: String,
    pub target: Option<TargetView>,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/merge`.
pub fn page(view: &MergeView) -> Markup {
    let back = format!("/agent/tickets/{}", view.number);
    let title = format!("Merge {}", view.number);
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], "Merge")) (page_header(&title, Some(&view.title), None)) }
                    @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                    @match &view.target { Some(target) => (sure(view, target, &back)), None => (ask(view, &back)) }
                }
            }
        },
    )
}

fn ask(view: &MergeView, back: &str) -> Markup {
    let field = Field {
        name: "into",
        label: "Merge it into",
        value: &view.into,
        hint: Some("The number of the ticket that both go on in. You are asked once more before anything happens."),
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        form.form method="get" action={ (back) "/merge" } {
            (input("text", field))
            div.send { (Button::submit("Look at both").primary()) (Button::link("Leave it", back).quiet()) }
        }
    }
}

fn sure(view: &MergeView, target: &TargetView, back: &str) -> Markup {
    let merge = format!("Merge into {}", target.number);
    html! {
        section.panel aria-label="What happens" {
            h2 { "It goes on in " a href={ "/agent/tickets/" (target.number) } { (target.number) } }
            p { strong { (target.title) } " · asked by " (target.requester) }
            ul.moves {
                li { (view.number) " is closed. Both conversations stay as they are." }
                li { "Answers by mail to " (view.number) " come to " (target.number) "." }
                @if target.brought.is_empty() { li { "Nobody reads more than before." } }
                @else { li { "From now on these people follow " (target.number) " and can read all of it but notes:" ul.small-list { @for it in &target.brought { li { (avatar(it)) " " (it.name) } } } } }
                li { "You can undo it at any time." }
            }
            form method="post" action={ (back) "/merge" } {
                (view.frame.csrf())
                input type="hidden" name="into" value=(target.number);
                div.send { (Button::submit(&merge).primary()) (Button::link("Leave it", back).quiet()) }
            }
        }
    }
}
