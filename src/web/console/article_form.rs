//! An article that is written or changed.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{
    knowledge::{HREF, parts},
    shell::{RailView, shell},
};
use crate::{
    limits,
    web::{
        admin::shell::problem,
        components::{
            attachment::uploader,
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Card, Choice, Field, cards, input, input_of, select, textarea},
            kept::{Kept, keep, kept},
            page_header::page_header,
            tabs::tabs,
        },
        layout::Frame,
        tongue::{phrase, t},
    },
};

#[derive(Debug, Clone, Default)]
pub struct ArticleFormView {
    pub frame: Frame,
    pub rail: RailView,
    /// Empty for a new one.
    pub id: String,
    /// The article's present title; empty for a new one.
    pub heading: String,
    pub version: String,
    pub title: String,
    pub summary: String,
    pub body: String,
    pub tags: String,
    pub category: String,
    pub categories: Vec<Choice>,
    pub language: String,
    /// Languages that are offered: tag and name.
    pub languages: Vec<Choice>,
    pub visibility: String,
    pub owner: String,
    pub owners: Vec<Choice>,
    pub review_on: String,
    pub slug: String,
    pub note: String,
    /// The article that it translates: id and title.
    pub translates: Option<(String, String)>,
    /// The ticket that it is made from.
    pub ticket: Option<String>,
    pub kept: Kept,
    /// Readers see it already: what is saved is seen at once.
    pub published: bool,
    /// Files that it has, by name: where pages find them.
    pub pictures: BTreeMap<String, String>,
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
}

const READERS: [Card; 3] = [
    ("public", phrase!("knowledge-for-public"), phrase!("knowledge-for-public-about")),
    ("tenant", phrase!("knowledge-for-tenant"), phrase!("knowledge-for-tenant-about")),
    ("agents", phrase!("knowledge-for-agents"), phrase!("knowledge-for-agents-about")),
];

/// The pages at `/agent/knowledge/new` and `/agent/knowledge/{article}/edit`.
pub fn page(view: &ArticleFormView) -> Markup {
    let is_new = view.id.is_empty();
    let title = if is_new { t!("knowledge-write-one") } else { &view.heading };
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            div.found id="article" {
                div {
                    @if is_new { (breadcrumb(&[(t!("knowledge-title"), HREF)], title)) } @else { (breadcrumb(&[(t!("knowledge-title"), HREF), (title, &format!("{HREF}/{}", view.id))], t!("knowledge-edit"))) }
                    (page_header(title, None, None))
                }
                @if !is_new { (tabs(t!("knowledge-parts"), &parts(&view.id, "edit", true), None)) }
                (problem(view.error.as_deref()))
                @if let Some(number) = &view.ticket { (banner(&Banner { tone: Tone::Info, title: t!("knowledge-made-from", number = number.as_str()), text: t!("knowledge-take-names-out").to_owned() })) }
                @if let Some((_, original)) = &view.translates { (banner(&Banner { tone: Tone::Info, title: t!("knowledge-translates", title = original.as_str()), text: String::new() })) }
                @if view.published { (banner(&Banner { tone: Tone::Info, title: t!("knowledge-seen-at-once").to_owned(), text: String::new() })) }
                (form(view, is_new))
            }
        },
    )
}

fn form(view: &ArticleFormView, is_new: bool) -> Markup {
    let error = |name: &str| view.errors.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
    let field =
        |name, label, value, hint| Field { name, label, value, hint, error: error(name), autocomplete: Some("off"), ..Field::default() };
    let action = if is_new { HREF.to_owned() } else { format!("{HREF}/{}", view.id) };
    let place = Some(view.kept.place.as_str()).filter(|it| !it.is_empty());
    html! {
        form.form.wide.article-form id="article-form" method="post" action=(action) enctype="multipart/form-data" data-draft=[place] {
            (view.frame.csrf())
            (kept(&view.kept))
            input type="hidden" name="version" value=(view.version);
            @if let Some((id, _)) = &view.translates { input type="hidden" name="translates" value=(id); }
            @if let Some(number) = &view.ticket { input type="hidden" name="ticket" value=(number); }
            (input("text", Field { required: true, chars_max: Some(limits::TITLE_CHARS_MAX), ..field("title", t!("knowledge-form-title"), &view.title, Some(t!("knowledge-form-title-hint"))) }))
            (input("text", Field { chars_max: Some(limits::ARTICLE_SUMMARY_CHARS_MAX), ..field("summary", t!("knowledge-form-summary"), &view.summary, Some(t!("knowledge-form-summary-hint"))) }))
            (textarea(Field { formatted: true, ..field("body", t!("knowledge-form-text"), &view.body, None) }))
            // The editor draws what the article has already, and calls nothing else so.
            div data-files=(serde_json::json!(view.pictures)) { (uploader(t!("knowledge-add-files"), limits::FORM_FILE_BYTES_MAX)) }
            p.hint { (t!("knowledge-files-hint")) }
            (cards(Field { required: true, ..field("visibility", t!("knowledge-form-readers"), &view.visibility, None) }, "readers", &READERS))
            div.two {
                (select(field("category", t!("knowledge-category"), &view.category, None), &view.categories))
                (input("text", field("tags", t!("knowledge-tags"), &view.tags, Some(t!("knowledge-form-tags-hint")))))
                (input_of("text", Field { required: true, chars_max: Some(10), ..field("language", t!("knowledge-language"), &view.language, Some(t!("knowledge-form-language-hint"))) }, Some("article-languages")))
                (select(field("owner", t!("knowledge-owner"), &view.owner, Some(t!("knowledge-form-owner-hint"))), &view.owners))
                (input("date", field("reviewOn", t!("knowledge-review-on"), &view.review_on, Some(t!("knowledge-form-review-hint")))))
                (input("text", field("slug", t!("knowledge-slug"), &view.slug, Some(t!("knowledge-form-slug-hint")))))
            }
            datalist id="article-languages" { @for it in &view.languages { option value=(it.value) { (it.label) } } }
            @if !is_new { (input("text", Field { chars_max: Some(limits::ARTICLE_NOTE_CHARS_MAX), ..field("note", t!("knowledge-form-note"), &view.note, Some(t!("knowledge-form-note-hint"))) })) }
            div.send { (Button::submit(if is_new { t!("knowledge-save-draft") } else { t!("knowledge-save") }).primary()) (keep(&view.kept)) span.hint data-draft-state aria-live="polite" {} }
        }
    }
}
