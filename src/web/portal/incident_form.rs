//! Something is broken: three fields and files. A plain multipart form that needs no script and no manual.

use maud::{Markup, html};

use crate::{
    limits::TITLE_CHARS_MAX,
    web::{
        components::{
            alike::{AlikeRow, KnownRow, look_first, suggestions},
            attachment::uploader,
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Card, Field, cards, input, textarea},
            icon::{Icon, icon},
        },
        layout::{Frame, Room, portal},
    },
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct IncidentFormView {
    pub frame: Frame,
    pub title: String,
    pub description: String,
    /// `annoying`, `blocked` or `everybody`; empty before a choice.
    pub hurt: String,
    /// What is wrong with each field, as a sentence.
    pub title_error: Option<String>,
    pub description_error: Option<String>,
    pub hurt_error: Option<String>,
    /// What is wrong with the whole, such as a file that is too large.
    pub error: Option<String>,
    /// What is known to be broken.
    pub known: Vec<KnownRow>,
    /// What may be the same, once it was asked for.
    pub alike: Vec<AlikeRow>,
    /// When we answer, such as "within 4 working hours"; empty if nothing is promised.
    pub answer_within: String,
    /// A number to ring when nobody can work; empty if there is none.
    pub phone: String,
    /// Makes sending twice harmless; sent back as `once`.
    pub once: String,
}

/// What `hurt` may be, from the mildest.
pub const HURTS: [Card<'static>; 3] = [
    ("annoying", "It's annoying", "I can work around it."),
    ("blocked", "I can't work", "It stops me."),
    ("everybody", "Nobody can work", "It stops several people."),
];

/// The page at `/incidents/new`; sends `title`, `description`, `hurt`, `files`, `once` and `csrf` to `/incidents/new`.
pub fn page(view: &IncidentFormView) -> Markup {
    portal(
        &view.frame,
        Room::Form,
        "Something is broken",
        html! {
            div { (breadcrumb(&[("Home", "/")], "Something is broken")) h1 { "What is broken?" } }
            div.beside {
                (form(view))
                (expect(view))
            }
        },
    )
}

fn form(view: &IncidentFormView) -> Markup {
    html! {
        form.form id="incident" method="post" action="/incidents/new" enctype="multipart/form-data" data-swap="main" data-push data-draft="incident" data-alike="/incidents/alike" {
            (view.frame.csrf())
            input type="hidden" name="once" value=(view.once);
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (input("text", Field {
                name: "title", label: "What is it?", value: &view.title, error: view.title_error.as_deref(), required: true,
                chars_max: Some(TITLE_CHARS_MAX), placeholder: Some("The printer on floor 3 prints blank pages"), ..Field::default()
            }))
            (textarea(Field {
                name: "description", label: "What happens?", value: &view.description, error: view.description_error.as_deref(), required: true,
                hint: Some("Since when, where, and the words of the message if there is one."), ..Field::default()
            }))
            (suggestions(&view.alike, &view.known, view.frame.now))
            (cards(Field { name: "hurt", label: "How badly does it hurt?", value: &view.hurt, error: view.hurt_error.as_deref(), required: true, ..Field::default() }, "hurt", &HURTS))
            (uploader("Screenshots or files", view.frame.upload_bytes_max))
            div.send { (Button::submit("Send").primary().large()) (look_first()) }
        }
    }
}

fn expect(view: &IncidentFormView) -> Markup {
    html! {
        aside.aside aria-label="What to expect" {
            div.panel.expect {
                h2 { "What happens next" }
                ul.choices {
                    @if !view.answer_within.is_empty() { li { (icon(Icon::Clock)) span { "A person answers " strong { (view.answer_within) } "." } } }
                    li { (icon(Icon::Mail)) span { "You get a mail with a number. Answering that mail is enough." } }
                    li { (icon(Icon::Eye)) span { "You can follow it here at any time." } }
                }
                @if !view.phone.is_empty() { p { "Nobody can work at all? Ring " strong { (view.phone) } " as well." } }
            }
        }
    }
}
