//! What is done to the picked tickets of a list besides changing their properties: one text for all, all into one, all tied to one. The
//! same page says afterwards which were left, and why, and does it again for them.

use maud::{Markup, html};

use super::{
    shell::{RailView, shell},
    ticket::relations,
};
use crate::web::{
    components::{
        badge::Tone,
        banner::{Banner, banner},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Card, Choice, Field, cards, input, select, textarea},
        icon::{Icon, icon},
        page_header::page_header,
        status_pill::{Category, status},
    },
    keys::Aim,
    layout::Frame,
    tongue::{phrase, t},
};

/// What is done to all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deed {
    #[default]
    Comment,
    Merge,
    Link,
}

impl Deed {
    pub const ALL: [Deed; 3] = [Deed::Comment, Deed::Merge, Deed::Link];

    /// The last part of its address.
    pub fn name(self) -> &'static str {
        match self {
            Deed::Comment => "comment",
            Deed::Merge => "merge",
            Deed::Link => "link",
        }
    }

    pub fn named(text: &str) -> Option<Deed> {
        Deed::ALL.into_iter().find(|it| it.name() == text)
    }

    fn title(self) -> &'static str {
        match self {
            Deed::Comment => t!("bulk-comment-title"),
            Deed::Merge => t!("bulk-merge-title"),
            Deed::Link => t!("bulk-link-title"),
        }
    }

    fn about(self) -> &'static str {
        match self {
            Deed::Comment => t!("bulk-comment-about"),
            Deed::Merge => t!("bulk-merge-about"),
            Deed::Link => t!("bulk-link-about"),
        }
    }

    fn button(self) -> &'static str {
        match self {
            Deed::Comment => t!("bulk-comment-do"),
            Deed::Merge => t!("bulk-merge-do"),
            Deed::Link => t!("bulk-link-do"),
        }
    }
}

/// A ticket that was picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickedRow {
    pub number: String,
    pub title: String,
    pub requester: String,
    pub category: Category,
    pub status: String,
    /// Why nothing was done to it a moment ago.
    pub why_not: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct BulkView {
    pub frame: Frame,
    pub rail: RailView,
    pub deed: Deed,
    /// The list they were picked from: its name and address.
    pub list: (String, String),
    pub rows: Vec<PickedRow>,
    /// `reply`, `note`, or nothing yet.
    pub mode: String,
    pub body: String,
    /// Names that the text may have, and for what they stand.
    pub placeholders: Vec<(String, String)>,
    /// The number of the ticket that all go on in, or are tied to.
    pub other: String,
    /// Of the picked ones, the one in which the others go on.
    pub into: String,
    pub relation: String,
    /// Makes sending twice harmless.
    pub once: String,
    /// What is wrong with the form.
    pub error: Option<String>,
    /// What was done already, and where that is undone.
    pub done: Option<(String, Option<String>)>,
}

const MODES: [Card; 2] =
    [("reply", phrase!("bulk-reply"), phrase!("bulk-reply-about")), ("note", phrase!("bulk-note"), phrase!("bulk-note-about"))];

/// The page at `/agent/tickets/bulk/{deed}?tickets=`; sends `ticket` once for each, and what the deed needs, to the same address.
pub fn page(view: &BulkView) -> Markup {
    let (name, href) = &view.list;
    let title = view.deed.title();
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(name.as_str(), href.as_str())], title)) (page_header(title, Some(view.deed.about()), None)) }
                    @if let Some((text, undo)) = &view.done { (done(view, text, undo.as_deref())) }
                    @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                    (form(view, href))
                }
            }
        },
    )
}

/// What was done to the others.
fn done(view: &BulkView, text: &str, undo: Option<&str>) -> Markup {
    html! {
        div.banner data-tone=(Tone::Warn.as_str()) role="alert" {
            (icon(Icon::Alert))
            div { strong { (text) } p { (t!("bulk-left", count = view.rows.len())) } }
            @if let Some(undo) = undo { form method="post" action=(undo) { (view.frame.csrf()) (Button::submit(t!("word-undo"))) } }
        }
    }
}

fn form(view: &BulkView, back: &str) -> Markup {
    html! {
        form.form method="post" action={ "/agent/tickets/bulk/" (view.deed.name()) } {
            (view.frame.csrf())
            input type="hidden" name="once" value=(view.once);
            @match view.deed {
                Deed::Comment => (comment(view)),
                Deed::Merge => (merge(view)),
                Deed::Link => (link(view)),
            }
            (picked(view))
            div.send { (Button::submit(view.deed.button()).primary().aim(Aim::Send)) (Button::link(t!("bulk-leave"), back).quiet()) }
        }
    }
}

fn comment(view: &BulkView) -> Markup {
    html! {
        (cards(Field { name: "mode", label: t!("bulk-who-reads"), value: &view.mode, required: true, ..Field::default() }, "hurt", &MODES))
        (textarea(Field { name: "body", label: t!("bulk-text"), value: &view.body, required: true, formatted: true, ..Field::default() }))
        details.fold {
            summary { (t!("bulk-placeholders")) }
            dl.facts { @for (name, about) in &view.placeholders { dt { code { "{{" (name) "}}" } } dd { (about) } } }
        }
    }
}

fn merge(view: &BulkView) -> Markup {
    let choices: Vec<Choice> = view.rows.iter().map(|it| Choice::new(it.number.as_str(), format!("{} {}", it.number, it.title))).collect();
    let other = Field {
        name: "other",
        label: t!("bulk-into-other"),
        value: &view.other,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        (select(Field { name: "into", label: t!("bulk-into"), value: &view.into, hint: Some(t!("bulk-into-hint")), required: true, ..Field::default() }, &choices))
        (input("text", other))
    }
}

fn link(view: &BulkView) -> Markup {
    let number = Field {
        name: "other",
        label: t!("bulk-link-to"),
        value: &view.other,
        required: true,
        chars_max: Some(40),
        autocomplete: Some("off"),
        placeholder: Some("INC-000123"),
        ..Field::default()
    };
    html! {
        (select(Field { name: "relation", label: t!("bulk-link-how"), value: &view.relation, required: true, ..Field::default() }, &relations()))
        (input("text", number))
    }
}

/// The tickets, each of which can be left out.
fn picked(view: &BulkView) -> Markup {
    html! {
        fieldset.field.picked-tickets {
            legend { (t!("bulk-tickets", count = view.rows.len())) }
            @for it in &view.rows {
                label.check {
                    input type="checkbox" name="ticket" value=(it.number) checked;
                    span {
                        span.line { span.number { (it.number) } strong { (it.title) } (status(it.category, &it.status)) }
                        span.hint { (it.requester) }
                        @if let Some(why) = &it.why_not { span.error { (icon(Icon::Alert)) span { (why) } } }
                    }
                }
            }
        }
    }
}
