//! Articles of the knowledge base as lines of lists, and as what may answer somebody who begins to write a ticket.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::tongue::t;

/// An article as a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleLine {
    pub title: String,
    /// What it is about; may be empty.
    pub about: String,
    pub href: String,
    /// Its language, if it is not the reader's.
    pub language: Option<String>,
}

/// The title as a link, with what it is about.
pub fn line(it: &ArticleLine) -> Markup {
    html! {
        a href=(it.href) lang=[it.language.as_deref()] hreflang=[it.language.as_deref()] { (it.title) }
        @if !it.about.is_empty() { small lang=[it.language.as_deref()] { (it.about) } }
    }
}

/// Several of them.
pub fn lines(all: &[ArticleLine]) -> Markup {
    html! { ul.article-list { @for it in all { li { (line(it)) } } } }
}

/// What may answer a ticket that is being written; nothing, if nothing does.
pub fn answers(all: &[ArticleLine]) -> Markup {
    html! {
        @if !all.is_empty() {
            div.panel.article-answers { h2 { (icon(Icon::Book)) span { (t!("knowledge-may-answer")) } } (lines(all)) }
        }
    }
}
