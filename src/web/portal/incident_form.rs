//! Something is broken: three fields and files. A plain multipart form that needs no script and no manual.

use maud::{Markup, html};

use crate::{
    limits::TITLE_CHARS_MAX,
    web::{
        components::{
            alike::{AlikeRow, KnownRow, look_first, suggestions},
            article::ArticleLine,
            attachment::uploader,
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Card, Field, cards, input, textarea},
            icon::{Icon, icon},
            kept::{Kept, keep, kept},
            own_field::{OwnField, own_fields},
            template_picker::{Offered, template_field, template_picker},
        },
        layout::{Frame, Room, portal},
        tongue::{marked, phrase, t},
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
    /// Articles that may answer it.
    pub articles: Vec<ArticleLine>,
    /// When we answer, such as "within 4 working hours"; empty if nothing is promised.
    pub answer_within: String,
    /// A number to ring when nobody can work; empty if there is none.
    pub phone: String,
    /// Makes sending twice harmless; sent back as `once`.
    pub once: String,
    /// Templates that can fill it in, and the one that did.
    pub templates: Vec<Offered>,
    pub template: String,
    /// Fields of the desk's own.
    pub own: Vec<OwnField>,
    /// How its words are kept.
    pub kept: Kept,
}

/// What `hurt` may be, from the mildest.
pub const HURTS: [Card; 3] = [
    ("annoying", phrase!("portal-annoying"), phrase!("portal-i-can-work-around")),
    ("blocked", phrase!("portal-i-cant-work"), phrase!("portal-stops-me")),
    ("everybody", phrase!("portal-nobody-can-work"), phrase!("portal-stops-several-people")),
];

/// The page at `/incidents/new`; sends `title`, `description`, `hurt`, `files`, `once` and `csrf` to `/incidents/new`.
pub fn page(view: &IncidentFormView) -> Markup {
    portal(
        &view.frame,
        Room::Form,
        t!("portal-something-broken"),
        html! {
            div { (breadcrumb(&[(t!("word-home"), "/")], t!("portal-something-broken"))) h1 { (t!("portal-what-broken")) } (template_picker(&view.templates)) }
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
            (template_field(&view.template))
            (kept(&view.kept))
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (input("text", Field {
                name: "title", label: t!("portal-what"), value: &view.title, error: view.title_error.as_deref(), required: true,
                chars_max: Some(TITLE_CHARS_MAX), placeholder: Some(t!("portal-printer-floor-3-prints")), ..Field::default()
            }))
            (textarea(Field {
                name: "description", label: t!("portal-what-happens"), value: &view.description, error: view.description_error.as_deref(), required: true,
                hint: Some(t!("portal-since-when-where-words")), formatted: true, ..Field::default()
            }))
            (suggestions(&view.articles, &view.alike, &view.known, view.frame.now))
            (cards(Field { name: "hurt", label: t!("portal-how-badly-does-hurt"), value: &view.hurt, error: view.hurt_error.as_deref(), required: true, ..Field::default() }, "hurt", &HURTS))
            (own_fields(&view.own))
            (uploader(t!("portal-screenshots-files"), view.frame.upload_bytes_max))
            div.send { (Button::submit(t!("word-send")).primary().large()) (keep(&view.kept)) (look_first()) }
        }
    }
}

fn expect(view: &IncidentFormView) -> Markup {
    html! {
        aside.aside aria-label=(t!("portal-what-expect")) {
            div.panel.expect {
                h2 { (t!("portal-what-happens-next")) }
                ul.choices {
                    @if !view.answer_within.is_empty() { li { (icon(Icon::Clock)) span { (marked!("portal-person-answers", answer_within = html! { strong { (view.answer_within) } })) } } }
                    li { (icon(Icon::Mail)) span { (t!("portal-you-get-mail-number")) } }
                    li { (icon(Icon::Eye)) span { (t!("portal-you-can-follow-here")) } }
                }
                @if !view.phone.is_empty() { p { (marked!("portal-nobody-can-work-all", phone = html! { strong { (view.phone) } })) } }
            }
        }
    }
}
