//! The texts of mails in the settings: a table of all, and one with its preview beside it.

use maud::{Markup, html};

use super::{
    sending::Errors,
    shell::{TEMPLATES, problem, removal, shell},
};
use crate::web::{
    components::{
        badge::{Tone, badge},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, input, textarea},
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
};

/// One occasion, with its texts by language: name, address, whether it is the desk's own.
#[derive(Debug, Clone, Default)]
pub struct TemplateRow {
    pub occasion: String,
    pub texts: Vec<(String, String, bool)>,
}

#[derive(Debug, Clone, Default)]
pub struct TemplatesView {
    pub frame: Frame,
    pub rows: Vec<TemplateRow>,
}

/// The page at `/agent/admin/mail-templates`.
pub fn list_page(view: &TemplatesView) -> Markup {
    let columns = [Column { heading: "Occasion", numeric: false }, Column { heading: "Texts", numeric: false }];
    let rows: Vec<Vec<Markup>> = view
        .rows
        .iter()
        .map(|it| {
            vec![
                html! { (it.occasion) },
                html! { div.texts { @for (name, href, own) in &it.texts { a href=(href) { (name) @if *own { " " (badge(Tone::Accent, "own")) } } } } },
            ]
        })
        .collect();
    shell(
        &view.frame,
        TEMPLATES,
        TEMPLATES.name,
        html! {
            (page_header(TEMPLATES.name, Some("What the desk says in its mails. A person gets their own language if there is a text in it, else the desk's."), None))
            (table("Texts of mails", &columns, &rows))
        },
    )
}

#[derive(Debug, Clone, Default)]
pub struct TemplateView {
    pub frame: Frame,
    pub may_change: bool,
    pub occasion: String,
    pub language: String,
    /// Where it is.
    pub href: String,
    pub subject: String,
    pub body: String,
    pub is_own: bool,
    pub placeholders: Vec<String>,
    pub errors: Errors,
    pub error: Option<String>,
}

/// The page at `/agent/admin/mail-templates/OCCASION/LANGUAGE`.
pub fn page(view: &TemplateView) -> Markup {
    let title = format!("{}, {}", view.occasion, view.language);
    let hint =
        format!("Markdown. Filled in: {}.", view.placeholders.iter().map(|it| format!("{{{{ {it} }}}}")).collect::<Vec<_>>().join(", "));
    let error = |name: &str| view.errors.get(name).map(String::as_str);
    let preview = format!("{}/preview", view.href);
    shell(
        &view.frame,
        TEMPLATES,
        &title,
        html! {
            div { (breadcrumb(&[(TEMPLATES.name, TEMPLATES.href)], &title)) (page_header(&title, Some(if view.is_own { "A text of your own." } else { "The text that comes with Lodge." }), None)) }
            (problem(view.error.as_deref()))
            div.template {
                form.form method="post" action=(view.href) {
                    (view.frame.csrf())
                    fieldset.plain disabled[!view.may_change] {
                        (input("text", Field { name: "subject", label: "Subject", value: &view.subject, hint: Some("The ticket's number is added if it is not there."), error: error("subject"), required: true, ..Field::default() }))
                        (textarea(Field { name: "body", label: "Text", value: &view.body, hint: Some(&hint), error: error("body"), required: true, ..Field::default() }))
                        @if view.may_change {
                            div.send {
                                (Button::submit("Save").primary())
                                button.button type="submit" formaction=(preview) formtarget="preview" { "Preview" }
                            }
                        }
                    }
                }
                section aria-labelledby="preview-head" {
                    h2 id="preview-head" { "Preview" }
                    iframe.mail-preview name="preview" title="The mail as it would look" src=(preview) sandbox="" {}
                }
            }
            @if view.may_change {
                form method="post" action={ (view.href) "/test" } { (view.frame.csrf()) div.send { (Button::submit("Send the saved text to me")) } }
                @if view.is_own { (removal(&view.frame, &format!("{}/reset", view.href), "Your own text is gone; the one that comes with Lodge is sent again.", "Go back to the built-in text", html! {})) }
            }
        },
    )
}
