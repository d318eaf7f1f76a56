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
    tongue::t,
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
    let columns =
        [Column { heading: t!("mail-templates-occasion"), numeric: false }, Column { heading: t!("mail-templates-texts"), numeric: false }];
    let rows: Vec<Vec<Markup>> = view
        .rows
        .iter()
        .map(|it| {
            vec![
                html! { (it.occasion) },
                html! { div.texts { @for (name, href, own) in &it.texts { a href=(href) { (name) @if *own { " " (badge(Tone::Accent, t!("mail-templates-own"))) } } } } },
            ]
        })
        .collect();
    shell(
        &view.frame,
        TEMPLATES,
        TEMPLATES.name.text(),
        html! {
            (page_header(TEMPLATES.name.text(), Some(t!("mail-templates-what-desk-says-mails")), None))
            (table(t!("mail-templates-texts-mails"), &columns, &rows))
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
    let hint = t!(
        "mail-templates-markdown-filled",
        join = view.placeholders.iter().map(|it| format!("{{{{ {it} }}}}")).collect::<Vec<_>>().join(", ")
    );
    let error = |name: &str| view.errors.get(name).map(String::as_str);
    let preview = format!("{}/preview", view.href);
    shell(
        &view.frame,
        TEMPLATES,
        &title,
        html! {
            div { (breadcrumb(&[(TEMPLATES.name.text(), TEMPLATES.href)], &title)) (page_header(&title, Some(if view.is_own { t!("mail-templates-text-your-own") } else { t!("mail-templates-text-comes-lodge") }), None)) }
            (problem(view.error.as_deref()))
            div.template {
                form.form method="post" action=(view.href) {
                    (view.frame.csrf())
                    fieldset.plain disabled[!view.may_change] {
                        (input("text", Field { name: "subject", label: t!("word-subject"), value: &view.subject, hint: Some(t!("mail-templates-tickets-number-added-if")), error: error("subject"), required: true, ..Field::default() }))
                        (textarea(Field { name: "body", label: t!("mail-templates-text"), value: &view.body, hint: Some(&hint), error: error("body"), required: true, ..Field::default() }))
                        @if view.may_change {
                            div.send {
                                (Button::submit(t!("word-save")).primary())
                                button.button type="submit" formaction=(preview) formtarget="preview" { (t!("mail-templates-preview")) }
                            }
                        }
                    }
                }
                section aria-labelledby="preview-head" {
                    h2 id="preview-head" { (t!("mail-templates-preview")) }
                    iframe.mail-preview name="preview" title=(t!("mail-templates-mail-would-look")) src=(preview) sandbox="" {}
                }
            }
            @if view.may_change {
                form method="post" action={ (view.href) "/test" } { (view.frame.csrf()) div.send { (Button::submit(t!("mail-templates-send-saved-text-me"))) } }
                @if view.is_own { (removal(&view.frame, &format!("{}/reset", view.href), t!("mail-templates-your-own-text-gone"), t!("mail-templates-go-back-built-text"), html! {})) }
            }
        },
    )
}
