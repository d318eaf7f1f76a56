//! How everybody is told of things until they say otherwise, what they may not choose, and which ways there are.

use maud::{Markup, html};

use super::{
    sending::{FindingView, findings},
    shell::{NOTIFICATIONS, Tick, problem, shell, ticks},
};
use crate::web::{
    account::notifications::{EventRow, table},
    components::{button::Button, icon::Icon, page_header::page_header},
    layout::Frame,
    tongue::t,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct NotificationRulesView {
    pub frame: Frame,
    pub may_change: bool,
    /// Whether people are told.
    pub events: Vec<EventRow>,
    /// Whether it is fixed.
    pub locks: Vec<EventRow>,
    /// Ways that can be switched off for the desk.
    pub ways: Vec<Tick>,
    /// Ways that have a name and no way out yet.
    pub to_come: Vec<&'static str>,
    /// What came of a word to oneself.
    pub findings: Vec<FindingView>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/notifications`.
pub fn page(view: &NotificationRulesView) -> Markup {
    shell(
        &view.frame,
        NOTIFICATIONS,
        NOTIFICATIONS.name.text(),
        html! {
            (page_header(NOTIFICATIONS.name.text(), Some(t!("live-rules-hint")), None))
            form.form id="notification-rules" method="post" action=(NOTIFICATIONS.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { (t!("live-rules-defaults")) }
                    (table(t!("live-rules-defaults"), &view.events, "way"))
                    h2 { (t!("live-rules-locks")) }
                    p { (t!("live-rules-locks-hint")) }
                    (table(t!("live-rules-locks"), &view.locks, "lock"))
                    (ticks("on", t!("live-rules-ways"), Some(t!("live-rules-ways-hint")), &view.ways))
                    @if !view.to_come.is_empty() { p.hint { (t!("live-rules-to-come", ways = view.to_come.join(", "))) } }
                    @if view.may_change { div.send { (Button::submit(t!("live-save")).primary()) } }
                }
            }
            @if view.may_change {
                section.panel aria-labelledby="try" {
                    h2 id="try" { (t!("try-title")) }
                    p { (t!("try-about")) }
                    (findings(&view.findings))
                    form method="post" action={ (NOTIFICATIONS.href) "/test" } { (view.frame.csrf()) (Button::submit(t!("try-send")).icon(Icon::Bell)) }
                }
            }
        },
    )
}
