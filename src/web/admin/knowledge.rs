//! The knowledge base in the settings: who reads it, whether articles are reviewed, and its categories.

use maud::{Markup, html};

use super::shell::{KNOWLEDGE, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Field, checkbox, input},
        icon::Icon,
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// A category.
#[derive(Debug, Clone, Default)]
pub struct CategoryRow {
    pub id: String,
    pub name: String,
    pub about: String,
    pub articles: usize,
}

#[derive(Debug, Clone, Default)]
pub struct KnowledgeSettingsView {
    pub frame: Frame,
    pub public: bool,
    pub reviewed: bool,
    pub may_change: bool,
    pub categories: Vec<CategoryRow>,
    /// What was typed for a new category.
    pub name: String,
    pub about: String,
    pub name_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/knowledge`.
pub fn page(view: &KnowledgeSettingsView) -> Markup {
    shell(
        &view.frame,
        KNOWLEDGE,
        KNOWLEDGE.name.text(),
        html! {
            (page_header(KNOWLEDGE.name.text(), Some(t!("knowledge-settings-about")), Some(html! { (Button::link(t!("knowledge-to-articles"), "/agent/knowledge").icon(Icon::Book)) })))
            (problem(view.error.as_deref()))
            form.form method="post" action=(KNOWLEDGE.href) {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (checkbox("public", t!("knowledge-public"), Some(t!("knowledge-public-hint")), view.public))
                    (checkbox("reviewed", t!("knowledge-reviewed"), Some(t!("knowledge-reviewed-hint")), view.reviewed))
                    @if view.may_change { div.send { (Button::submit(t!("knowledge-save")).primary()) } }
                }
            }
            section {
                h2 { (t!("knowledge-categories")) }
                p.hint { (t!("knowledge-categories-about")) }
                @for (at, it) in view.categories.iter().enumerate() { (category(view, it, at)) }
            }
            @if view.may_change { (new(view)) }
        },
    )
}

fn category(view: &KnowledgeSettingsView, it: &CategoryRow, at: usize) -> Markup {
    let href = format!("{}/categories/{}", KNOWLEDGE.href, it.id);
    let (name, about) = (format!("name-{}", it.id), format!("about-{}", it.id));
    html! {
        details.panel.category-row {
            summary { strong { (it.name) } " " small { (t!("knowledge-so-many", count = it.articles)) } }
            form.form method="post" action=(href) {
                (view.frame.csrf())
                input type="hidden" name="at" value=(at + 1);
                (input("text", Field { name: &name, label: t!("knowledge-category-name"), value: &it.name, required: true, ..Field::default() }))
                (input("text", Field { name: &about, label: t!("knowledge-category-about"), value: &it.about, ..Field::default() }))
                @if view.may_change { div.send {
                    (Button::submit(t!("knowledge-save")))
                    @if at > 0 { (Button::submit_as(t!("knowledge-category-up"), "move", "up").quiet()) }
                    @if at + 1 < view.categories.len() { (Button::submit_as(t!("knowledge-category-down"), "move", "down").quiet()) }
                    @if it.articles == 0 { button.button.quiet.danger type="submit" formaction={ (href) "/delete" } formnovalidate { (t!("knowledge-category-delete")) } }
                } }
            }
        }
    }
}

fn new(view: &KnowledgeSettingsView) -> Markup {
    html! {
        form.form.panel id="new-category" method="post" action={ (KNOWLEDGE.href) "/categories" } {
            (view.frame.csrf())
            h2 { (t!("knowledge-category-new")) }
            (input("text", Field { name: "name", label: t!("knowledge-category-name"), value: &view.name, error: view.name_error.as_deref(), required: true, autocomplete: Some("off"), ..Field::default() }))
            (input("text", Field { name: "about", label: t!("knowledge-category-about"), value: &view.about, autocomplete: Some("off"), ..Field::default() }))
            div.send { (Button::submit(t!("knowledge-category-add")).primary()) }
        }
    }
}
