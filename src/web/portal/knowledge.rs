//! The knowledge base as people read it: its shelves, what was found, and an article.

use maud::{Markup, PreEscaped, html};

use crate::{
    text::outline::Heading,
    web::{
        components::{
            article::{ArticleLine, lines},
            attachment::{FileView, chips},
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            empty_state::empty_state,
            field::{Field, textarea},
            icon::{Icon, icon},
            search_box::search_box,
        },
        layout::{Frame, Room, portal},
        tongue::t,
    },
};

/// A category with some of its articles.
#[derive(Debug, Clone, Default)]
pub struct ShelfView {
    pub name: String,
    pub about: String,
    /// All that stands there; empty if all of it is shown.
    pub href: String,
    pub total: usize,
    pub articles: Vec<ArticleLine>,
}

#[derive(Debug, Clone, Default)]
pub struct KnowledgeView {
    pub frame: Frame,
    /// What was asked for; with it, what was found is shown instead of shelves.
    pub query: String,
    pub found: Vec<ArticleLine>,
    pub popular: Vec<ArticleLine>,
    pub shelves: Vec<ShelfView>,
    /// The one category that is shown.
    pub category: String,
}

/// The page at `/knowledge`.
pub fn page(view: &KnowledgeView) -> Markup {
    let title = if view.category.is_empty() { t!("knowledge-title") } else { &view.category };
    portal(
        &view.frame,
        Room::Knowledge,
        title,
        html! {
            div.knowledge-head {
                @if view.category.is_empty() { (breadcrumb(&[(t!("word-home"), "/")], title)) } @else { (breadcrumb(&[(t!("word-home"), "/"), (t!("knowledge-title"), "/knowledge")], title)) }
                h1 { (title) }
                (search_box("/knowledge", t!("knowledge-search"), &view.query, false))
            }
            @if !view.query.is_empty() { (found(view)) }
            @else if view.shelves.is_empty() { (empty_state(Icon::Book, t!("knowledge-nothing-yet"), t!("knowledge-nothing-yet-hint"), None)) }
            @else {
                @if !view.popular.is_empty() { section aria-labelledby="popular" { h2 id="popular" { (t!("knowledge-popular")) } (lines(&view.popular)) } }
                div.shelves { @for it in &view.shelves { (shelf(it, view.category.is_empty())) } }
            }
        },
    )
}

fn found(view: &KnowledgeView) -> Markup {
    html! {
        section aria-label=(t!("knowledge-found")) {
            @if view.found.is_empty() {
                (empty_state(Icon::Search, t!("knowledge-none-found"), t!("knowledge-none-found-hint"), Some(html! { (Button::link(t!("knowledge-ask-us"), "/").primary()) })))
            } @else { p.hint role="status" { (t!("knowledge-so-many", count = view.found.len())) } (lines(&view.found)) }
        }
    }
}

fn shelf(it: &ShelfView, named: bool) -> Markup {
    html! {
        section.panel {
            @if named && !it.name.is_empty() { h2 { (icon(Icon::Book)) span { (it.name) } } }
            @if !it.about.is_empty() { p.hint { (it.about) } }
            (lines(&it.articles))
            @if !it.href.is_empty() { p { a href=(it.href) { (t!("knowledge-all-of-them", count = it.total)) } } }
        }
    }
}

/// An article to be read.
#[derive(Debug, Clone, Default)]
pub struct ArticleView {
    pub frame: Frame,
    pub slug: String,
    pub title: String,
    pub summary: String,
    /// Made safe, its headings with places to jump to.
    pub html: String,
    /// Files that the text does not show.
    pub files: Vec<FileView>,
    pub headings: Vec<Heading>,
    /// `de`, if it is not the reader's.
    pub language: Option<String>,
    /// Name and address of its category; empty if it has none.
    pub category: (String, String),
    /// "12 March 2026".
    pub changed: String,
    /// The same in other languages: their tag, their own name, the address.
    pub translations: Vec<(String, String, String)>,
    pub related: Vec<ArticleLine>,
    /// It is for agents only.
    pub inner: bool,
    /// Not published: where it stands.
    pub state: Option<String>,
    /// Where whoever writes works on it.
    pub edit: Option<String>,
    /// What the reader said before.
    pub helped: Option<bool>,
    pub words: String,
    pub error: Option<String>,
    /// The form of a new ticket that the reader came from: `incident` or `request`.
    pub lodging: Option<&'static str>,
}

/// The page at `/knowledge/{slug}`.
pub fn article(view: &ArticleView) -> Markup {
    let mut steps = vec![(t!("word-home"), "/"), (t!("knowledge-title"), "/knowledge")];
    if !view.category.0.is_empty() {
        steps.push((&view.category.0, &view.category.1));
    }
    let language = view.language.as_deref();
    portal(
        &view.frame,
        Room::Knowledge,
        &view.title,
        html! {
            (breadcrumb(&steps, &view.title))
            @if let Some(it) = &view.state { (banner(&Banner { tone: Tone::Warn, title: it.clone(), text: t!("knowledge-seen-by-writers").to_owned() })) }
            @if let Some(it) = view.lodging { (instead(view, it)) }
            article.article lang=[language] dir=[language.map(|_| "auto")] {
                header {
                    h1 { (view.title) }
                    p.meta {
                        @if view.inner { span.inner { (icon(Icon::Key)) (t!("knowledge-agents-only")) } }
                        span { (t!("knowledge-changed-on", day = view.changed.as_str())) }
                        @for (tag, name, href) in &view.translations { a href=(href) lang=(tag) hreflang=(tag) rel="alternate" { (name) } }
                        @if let Some(href) = &view.edit { a.edit href=(href) { (t!("knowledge-edit")) } }
                    }
                    @if !view.summary.is_empty() { p.lede { (view.summary) } }
                }
                @if view.headings.len() >= 3 { (contents(&view.headings)) }
                div.prose { (PreEscaped(&view.html)) }
                @if !view.files.is_empty() { section.article-files aria-labelledby="article-files" { h2 id="article-files" { (t!("knowledge-files")) } (chips(&view.files)) } }
            }
            @if view.state.is_none() { (feedback(view)) }
            @if !view.related.is_empty() { section.related aria-labelledby="related" { h2 id="related" { (t!("knowledge-related")) } (lines(&view.related)) } }
        },
    )
}

fn contents(headings: &[Heading]) -> Markup {
    html! {
        nav.contents aria-labelledby="contents" {
            h2 id="contents" { (t!("knowledge-contents")) }
            ol { @for it in headings.iter().filter(|it| it.level <= 3) { li data-level=(it.level) { a href={ "#" (it.id) } { (it.text) } } } }
        }
    }
}

/// For whoever was about to lodge a ticket.
fn instead(view: &ArticleView, form: &str) -> Markup {
    let back = if form == "request" { "/requests/new" } else { "/incidents/new" };
    html! {
        aside.standing.instead aria-label=(t!("knowledge-does-it-solve")) {
            div { strong { (t!("knowledge-does-it-solve")) } p { (t!("knowledge-your-words-stay")) } }
            form method="post" action={ "/knowledge/" (view.slug) "/solved" } data-ends-draft=(form) {
                (view.frame.csrf())
                input type="hidden" name="from" value=(form);
                (Button::submit(t!("knowledge-it-solves")).primary())
            }
            (Button::link(t!("knowledge-go-on-with-ticket"), back))
        }
    }
}

/// Whether it helped; a plain form, so that it needs no script. Visitors say it without words.
fn feedback(view: &ArticleView) -> Markup {
    let chosen = |it: bool| (view.helped == Some(it)).then_some("true");
    html! {
        section.feedback id="feedback" aria-labelledby="helped" {
            form method="post" action={ "/knowledge/" (view.slug) "/feedback" } {
                (view.frame.csrf())
                h2 id="helped" { (t!("knowledge-did-it-help")) }
                div.votes {
                    button.button type="submit" name="helped" value="yes" aria-pressed=[chosen(true)] { (icon(Icon::Check)) span.words { (t!("knowledge-yes")) } }
                    button.button type="submit" name="helped" value="no" aria-pressed=[chosen(false)] { (icon(Icon::Cross)) span.words { (t!("knowledge-no")) } }
                }
                @if view.frame.viewer.is_some() {
                    details open[view.error.is_some() || view.helped == Some(false)] {
                        summary { (t!("knowledge-add-words")) }
                        (textarea(Field { name: "comment", label: t!("knowledge-what-is-missing"), value: &view.words, error: view.error.as_deref(), chars_max: Some(crate::limits::ARTICLE_WORDS_SAID_MAX), ..Field::default() }))
                        p.hint { (t!("knowledge-words-go-with-answer")) }
                    }
                }
            }
        }
    }
}
