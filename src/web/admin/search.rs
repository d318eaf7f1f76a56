//! What is searched for when somebody types a word: what means the same, in which languages people write, and how the index stands.

use maud::{Markup, html};

use super::shell::{SEARCH, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Field, input},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// One word that was tried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriedRow {
    pub word: String,
    /// What else is searched for: what it is, and the words.
    pub others: Vec<(&'static str, String)>,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SearchSettingsView {
    pub frame: Frame,
    pub may_change: bool,
    /// Each set as somebody writes it, and what is wrong with it.
    pub sets: Vec<(String, Option<String>)>,
    /// Tag, name, whether it was chosen.
    pub languages: Vec<(&'static str, String, bool)>,
    pub tried: String,
    pub rows: Vec<TriedRow>,
    /// Tickets, articles, people in the index.
    pub documents: [u64; 3],
    pub behind: u64,
    /// Documents so far of an index that is being built.
    pub building: Option<u64>,
    pub error: Option<String>,
}

/// Fields for sets that are to come.
const BLANK_ROWS: usize = 3;

/// The page at `/agent/admin/search`; sends `set` and `language` several times, and `csrf`; tries a word with `try`.
pub fn page(view: &SearchSettingsView) -> Markup {
    let name = SEARCH.name.text();
    shell(
        &view.frame,
        SEARCH,
        name,
        html! {
            (page_header(name, Some(t!("search-settings-about")), None))
            form.form method="post" action=(SEARCH.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { (t!("search-synonyms")) }
                    p.hint { (t!("search-synonyms-about")) }
                    (sets(view))
                    h2 { (t!("search-languages")) }
                    p.hint { (t!("search-languages-about")) }
                    @for (tag, name, chosen) in &view.languages {
                        label.check { input type="checkbox" name="language" value=(tag) checked[*chosen]; span { (name) } }
                    }
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
            (tried(view))
            (index(view))
        },
    )
}

fn sets(view: &SearchSettingsView) -> Markup {
    let blank = (String::new(), None);
    let blanks = if view.may_change { BLANK_ROWS } else { 0 };
    html! {
        @for (at, (text, error)) in view.sets.iter().chain(std::iter::repeat_n(&blank, blanks)).enumerate() {
            @let id = format!("set-{}", at + 1);
            @let label = t!("search-set", number = at + 1);
            div.field {
                label for=(id) { (label) }
                input.control type="text" id=(id) name="set" value=(text) maxlength="1500" autocomplete="off"
                    placeholder=[text.is_empty().then(|| t!("search-set-example"))]
                    aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| format!("{id}-error"))];
                @if let Some(error) = error { span.error id={ (id) "-error" } { (error) } }
            }
        }
    }
}

fn tried(view: &SearchSettingsView) -> Markup {
    let field = Field { name: "try", label: t!("search-try"), value: &view.tried, hint: Some(t!("search-try-hint")), ..Field::default() };
    html! {
        section.panel aria-labelledby="try-title" id="try-out" {
            h2 id="try-title" { (t!("search-try-title")) }
            form.form method="get" action="/agent/admin/search#try-out" {
                (input("text", field))
                div.send { (Button::submit(t!("search-try-do"))) }
            }
            @for row in &view.rows {
                h3 { "“" (row.word) "”" }
                @if row.others.is_empty() { p { (t!("search-try-nothing")) } } @else {
                    ul { @for (what, words) in &row.others { li { (what) ": " (words) } } }
                }
            }
        }
    }
}

/// How the index stands; `id="search-index"`, live on one's own topic while it is built anew.
fn index(view: &SearchSettingsView) -> Markup {
    let [tickets, articles, people] = view.documents;
    html! {
        section.panel id="search-index" aria-labelledby="index-title" data-live="me" data-live-src=(SEARCH.href) data-live-goes-on[view.building.is_some()] {
            h2 id="index-title" { (t!("search-index")) }
            p { (t!("search-index-holds", tickets = tickets, articles = articles, people = people)) }
            @match view.building {
                Some(done) => p role="status" { (t!("search-index-building", done = done)) " " a href=(SEARCH.href) { (t!("search-index-again")) } }
                None if view.behind > 0 => p role="status" { (t!("search-index-behind", events = view.behind)) }
                None => p { (t!("search-index-current")) }
            }
            @if view.may_change && view.building.is_none() {
                form method="post" action="/agent/admin/search/rebuild" { (view.frame.csrf()) (Button::submit(t!("search-index-rebuild"))) }
                p.hint { (t!("search-index-rebuild-hint")) }
            }
        }
    }
}
