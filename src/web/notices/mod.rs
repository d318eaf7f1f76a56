//! What one was told: the page with all of it, and the newest of it behind the bell.

use maud::{Markup, html};

use super::{
    components::{
        avatar::{Face, avatar},
        bell::NOTIFICATIONS,
        button::Button,
        empty_state::empty_state,
        icon::Icon,
        moment::moment,
        page_header::page_header,
    },
    layout::{Frame, Room, portal},
    tongue::t,
};
use crate::time::Instant;

/// One thing that one was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeRow {
    pub id: String,
    /// What happened, in a sentence.
    pub text: String,
    pub who: Face,
    pub number: String,
    pub title: String,
    /// Where the ticket is.
    pub href: String,
    pub at: Instant,
    pub unread: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct NoticesView {
    pub frame: Frame,
    pub rows: Vec<NoticeRow>,
    pub unread_only: bool,
    /// Where more is.
    pub more: Option<String>,
}

/// The page at `/notifications`.
pub fn page(view: &NoticesView) -> Markup {
    portal(
        &view.frame,
        Room::Wide,
        t!("live-notifications"),
        html! {
            (page_header(t!("live-notifications"), None, Some(tools(view))))
            nav.tabs aria-label=(t!("live-which")) {
                a href=(NOTIFICATIONS) aria-current=[(!view.unread_only).then_some("page")] { (t!("live-all")) }
                a href={ (NOTIFICATIONS) "?unread=true" } aria-current=[view.unread_only.then_some("page")] { (t!("live-unread")) }
            }
            (list(view))
        },
    )
}

fn tools(view: &NoticesView) -> Markup {
    html! {
        form method="post" action="/notifications/read" { (view.frame.csrf()) (Button::submit(t!("live-read-all")).icon(Icon::Check)) }
        (Button::link(t!("live-how"), "/account/notifications").icon(Icon::Gear).quiet())
    }
}

/// The list; `id="notices"`, live on one's own topic.
pub fn list(view: &NoticesView) -> Markup {
    html! {
        div id="notices" data-live="me" data-live-only="notification.created" {
            @if view.rows.is_empty() { (empty_state(Icon::Bell, t!("live-nothing"), t!("live-nothing-hint"), None)) }
            @else { ul.notices { @for it in &view.rows { (row(&view.frame, it, true)) } } }
            @if let Some(more) = &view.more { p.more { (Button::link(t!("live-more"), more)) } }
        }
    }
}

/// The newest, for the menu behind the bell; `id="newest"`.
pub fn newest(view: &NoticesView) -> Markup {
    html! {
        div.newest id="newest" {
            @if view.rows.is_empty() { p.hint { (t!("live-nothing")) } }
            @else { ul.notices { @for it in &view.rows { (row(&view.frame, it, false)) } } }
            p.all { a href=(NOTIFICATIONS) { (t!("live-show-all")) } }
        }
    }
}

fn row(frame: &Frame, it: &NoticeRow, marks: bool) -> Markup {
    html! {
        li.notice data-unread[it.unread] id={ "notice-" (it.id) } {
            (avatar(&it.who))
            div {
                a href={ "/notifications/" (it.id) } { span.what { (it.text) } span.ticket { (it.number) " " (it.title) } }
                small { (moment(it.at, frame.now)) @if it.unread { span.sr { " " (t!("live-is-unread")) } } }
            }
            @if marks {
                form method="post" action={ "/notifications/" (it.id) } data-swap="notices bell" {
                    (frame.csrf())
                    input type="hidden" name="read" value=(if it.unread { "yes" } else { "no" });
                    (Button::submit(if it.unread { t!("live-mark-read") } else { t!("live-mark-unread") }).only_icon(if it.unread { Icon::Check } else { Icon::New }).quiet())
                }
            }
        }
    }
}
