//! Announcements in the settings: what stands, what stood, and a form for the next.

use maud::{Markup, html};

use super::shell::{ANNOUNCEMENTS, problem, shell};
use crate::web::{
    components::{
        badge::{Tone, badge},
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, checkbox, input, select, textarea},
        icon::Icon,
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// One of the list.
#[derive(Debug, Clone, Default)]
pub struct AnnouncementRow {
    pub href: String,
    pub title: String,
    /// Who reads it, and from when to when.
    pub about: String,
    /// Whether it stands now, and in words how it stands.
    pub live: bool,
    pub state: &'static str,
    pub urgent: bool,
}

#[derive(Debug, Clone, Default)]
pub struct AnnouncementsView {
    pub frame: Frame,
    pub rows: Vec<AnnouncementRow>,
    pub may_change: bool,
    pub audiences: Vec<Choice>,
    /// The desk's zone, in which instants are written.
    pub zone: String,
    /// What was typed into the form of a new one, by field.
    pub title: String,
    pub text: String,
    pub audience: String,
    pub urgent: bool,
    pub from: String,
    pub until: String,
    pub title_error: Option<String>,
    pub text_error: Option<String>,
    pub from_error: Option<String>,
    pub until_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/announcements`; its form sends `title`, `text`, `audience`, `urgent`, `from` and `until`.
pub fn page(view: &AnnouncementsView) -> Markup {
    shell(
        &view.frame,
        ANNOUNCEMENTS,
        ANNOUNCEMENTS.name.text(),
        html! {
            (page_header(ANNOUNCEMENTS.name.text(), Some(t!("announcements-about")), None))
            (problem(view.error.as_deref()))
            @if view.rows.is_empty() { (empty_state(Icon::Note, t!("announcements-none"), t!("announcements-none-hint"), None)) }
            @for it in &view.rows { (row(view, it)) }
            @if view.may_change { (form(view)) }
        },
    )
}

fn row(view: &AnnouncementsView, it: &AnnouncementRow) -> Markup {
    html! {
        section.panel {
            h2 { (it.title) " " (badge(if !it.live { Tone::Plain } else if it.urgent { Tone::Warn } else { Tone::Accent }, it.state)) }
            p.hint { (it.about) }
            @if view.may_change {
                form.asked method="post" action={ (it.href) "/end" } {
                    (view.frame.csrf())
                    div.send {
                        @if it.live { (Button::submit(t!("announcements-end"))) }
                        button.button.quiet.danger type="submit" formaction={ (it.href) "/delete" } { (t!("announcements-delete")) }
                    }
                }
            }
        }
    }
}

fn form(view: &AnnouncementsView) -> Markup {
    let hint = t!("announcements-zone-hint", zone = view.zone);
    let instant = |name, label, value, error| Field { name, label, value, error, ..Field::default() };
    html! {
        form.form.panel id="announce" method="post" action=(ANNOUNCEMENTS.href) {
            (view.frame.csrf())
            h2 { (t!("announcements-new")) }
            (input("text", Field { name: "title", label: t!("announcements-title"), value: &view.title, error: view.title_error.as_deref(), required: true, chars_max: Some(crate::limits::TITLE_CHARS_MAX), autocomplete: Some("off"), ..Field::default() }))
            (textarea(Field { name: "text", label: t!("announcements-text"), value: &view.text, error: view.text_error.as_deref(), formatted: true, ..Field::default() }))
            (select(Field { name: "audience", label: t!("announcements-audience"), value: &view.audience, required: true, ..Field::default() }, &view.audiences))
            (checkbox("urgent", t!("announcements-urgent"), None, view.urgent))
            (input("datetime-local", Field { hint: Some(&hint), ..instant("from", t!("announcements-from"), &view.from, view.from_error.as_deref()) }))
            (input("datetime-local", instant("until", t!("announcements-until"), &view.until, view.until_error.as_deref())))
            div.send { (Button::submit(t!("announcements-publish")).primary()) }
        }
    }
}
