//! I need something: the catalog as tiles, and one form for what is not in it.

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
            field::{Field, input, textarea},
            icon::{Icon, icon},
            kept::{Kept, keep, kept},
            own_field::{OwnField, own_fields},
            template_picker::{Offered, template_field, template_picker},
        },
        layout::{Frame, Room, portal},
        tongue::t,
    },
};

/// One thing that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogTile {
    pub name: String,
    /// A line about it.
    pub about: String,
    /// Who approves and how long it usually takes, such as "your manager approves · 2 days"; may be empty.
    pub takes: String,
    pub href: String,
    pub icon: Icon,
}

/// What the page shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct RequestFormView {
    pub frame: Frame,
    /// Empty on a desk without a catalog.
    pub tiles: Vec<CatalogTile>,
    pub title: String,
    pub description: String,
    pub title_error: Option<String>,
    pub description_error: Option<String>,
    /// What is wrong with the whole.
    pub error: Option<String>,
    /// What is known to be broken: it may be why somebody asks.
    pub known: Vec<KnownRow>,
    /// What may be the same, once it was asked for.
    pub alike: Vec<AlikeRow>,
    /// Articles that may answer it.
    pub articles: Vec<ArticleLine>,
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

/// The page at `/requests/new`; sends `title`, `description`, `files`, `once` and `csrf` to `/requests/new`.
pub fn page(view: &RequestFormView) -> Markup {
    portal(
        &view.frame,
        if view.tiles.is_empty() { Room::Tickets } else { Room::Wide },
        t!("portal-i-need-something"),
        html! {
            div { (breadcrumb(&[(t!("word-home"), "/")], t!("portal-i-need-something"))) h1 { (t!("portal-what-do-you-need")) } }
            @if !view.tiles.is_empty() {
                ul.tiles { @for it in &view.tiles { li { (tile(it)) } } }
                h2 { (t!("portal-something-else")) }
            }
            (template_picker(&view.templates))
            (form(view))
        },
    )
}

fn tile(it: &CatalogTile) -> Markup {
    html! { a.tile href=(it.href) { span.knob { (icon(it.icon)) } strong { (it.name) } p { (it.about) } @if !it.takes.is_empty() { small { (it.takes) } } } }
}

fn form(view: &RequestFormView) -> Markup {
    html! {
        form.form.panel id="request" method="post" action="/requests/new" enctype="multipart/form-data" data-swap="main" data-push data-draft="request" data-alike="/incidents/alike" {
            (view.frame.csrf())
            input type="hidden" name="once" value=(view.once);
            (template_field(&view.template))
            (kept(&view.kept))
            input type="hidden" name="kind" value="request";
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (input("text", Field {
                name: "title", label: t!("portal-what-do-you-need"), value: &view.title, error: view.title_error.as_deref(), required: true,
                chars_max: Some(TITLE_CHARS_MAX), ..Field::default()
            }))
            (textarea(Field {
                name: "description", label: t!("portal-what-when"), value: &view.description, error: view.description_error.as_deref(), required: true, formatted: true, ..Field::default()
            }))
            (suggestions(&view.articles, &view.alike, &view.known, view.frame.now))
            (own_fields(&view.own))
            (uploader(t!("word-files"), view.frame.upload_bytes_max))
            div.send { (Button::submit(t!("portal-send-request")).primary().large()) (keep(&view.kept)) (look_first()) }
        }
    }
}
