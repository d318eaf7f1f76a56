//! What was changed, newest first: who, when, what, and from where.

use maud::{Markup, html};

use super::shell::{AUDIT, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            empty_state::empty_state,
            icon::Icon,
            moment::moment,
            page_header::page_header,
            table::{Column, table},
            tabs::{Tab, tabs},
        },
        layout::Frame,
        tongue::t,
    },
};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    pub at: Instant,
    pub who: String,
    /// What happened, in a sentence.
    pub what: String,
    /// Which fields, in words; may be empty.
    pub fields: String,
    /// From which address it came; empty if the desk did it by itself.
    pub from: String,
}

#[derive(Debug, Clone, Default)]
pub struct AuditView {
    pub frame: Frame,
    pub rows: Vec<AuditRow>,
    /// All of the log is shown, and not only what was changed in the settings.
    pub all: bool,
    /// Where older ones are.
    pub older: Option<String>,
}

/// The page at `/agent/admin/audit`.
pub fn page(view: &AuditView) -> Markup {
    let name = AUDIT.name.text();
    let columns =
        [t!("mail-log-when"), t!("audit-who"), t!("audit-what"), t!("audit-from")].map(|heading| Column { heading, numeric: false });
    let row = |it: &AuditRow| {
        vec![
            moment(it.at, view.frame.now),
            html! { (it.who) },
            html! { div.role-cell { span { (it.what) } @if !it.fields.is_empty() { small { (it.fields) } } } },
            html! { (it.from) },
        ]
    };
    shell(
        &view.frame,
        AUDIT,
        name,
        html! {
            (page_header(name, Some(t!("audit-about")), None))
            (tabs(t!("audit-which"), &[
                Tab::new(t!("audit-settings"), AUDIT.href, None, !view.all),
                Tab::new(t!("audit-everything"), "/agent/admin/audit?show=all", None, view.all),
            ], None))
            @if view.rows.is_empty() { (empty_state(Icon::History, t!("audit-none"), t!("audit-none-hint"), None)) }
            @else { (table(name, &columns, &view.rows.iter().map(row).collect::<Vec<_>>())) }
            @if let Some(href) = &view.older { p { (Button::link(t!("audit-older"), href).icon(Icon::Down)) } }
        },
    )
}
