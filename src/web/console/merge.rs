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
    tongue::{marked, t},
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
    let title = t!("merge-merge", number = view.number);
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], t!("merge-merge-2"))) (page_header(&title, Some(&view.title), None)) }
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
        label: t!("merge-merge-into"),
        value: &view.into,
        hint: Some(t!("merge-number-ticket-both-go")),
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        form.form method="get" action={ (back) "/merge" } {
            (input("text", field))
            div.send { (Button::submit(t!("merge-look-both")).primary()) (Button::link(t!("merge-leave"), back).quiet()) }
        }
    }
}

fn sure(view: &MergeView, target: &TargetView, back: &str) -> Markup {
    let merge = t!("merge-merge-into-2", number = target.number);
    html! {
        section.panel aria-label=(t!("merge-what-happens")) {
            h2 { (marked!("merge-goes", number = html! { a href={ "/agent/tickets/" (target.number) } { (target.number) } })) }
            p { strong { (target.title) } " · " (marked!("merge-asked", requester = target.requester)) }
            ul.moves {
                li { (marked!("merge-closed-both-conversations-stay", number = view.number)) }
                li { (marked!("merge-answers-mail-come", number = view.number, number2 = target.number)) }
                @if target.brought.is_empty() { li { (t!("merge-nobody-reads-more-than")) } }
                @else { li { (marked!("merge-now-these-people-follow", number = target.number)) ul.small-list { @for it in &target.brought { li { (avatar(it)) " " (it.name) } } } } }
                li { (t!("merge-you-can-undo-any")) }
            }
            form method="post" action={ (back) "/merge" } {
                (view.frame.csrf())
                input type="hidden" name="into" value=(target.number);
                div.send { (Button::submit(&merge).primary()) (Button::link(t!("merge-leave"), back).quiet()) }
            }
        }
    }
}
