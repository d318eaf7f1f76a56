//! The frame of the console: the rail with its live counters, the palette, the sheet of keys, and room for the panes.

use maud::{Markup, html};

use super::knowledge::HREF as KNOWLEDGE;
use super::tools::{SHELVES, VIEWS as VIEW_SHELF};
use crate::http::features::is_away;
use crate::web::{
    admin::shell::mail_of,
    anywhere::tools,
    components::{
        announcement::announced,
        avatar::avatar,
        banner::banner,
        bell::bell,
        button::Button,
        icon::{Icon, icon},
        toast::toasts,
    },
    keys::Aim,
    layout::{Frame, Side, account_menu, brand, document},
    tongue::{Phrase, phrase, t},
};

/// A place in the rail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    pub href: String,
    /// Tickets in it.
    pub count: usize,
    /// There may be more, which only a search would tell.
    pub at_least: bool,
    /// One of them is about to breach, or has.
    pub near_breach: bool,
    pub current: bool,
}

/// What the rail shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RailView {
    /// My work, unassigned, breaching soon, waiting, all: always these five, in this order.
    pub views: [Place; 8],
    /// Views that the reader or somebody else has saved.
    pub saved: Vec<Place>,
    /// The queues that the reader works.
    pub queues: Vec<Place>,
    /// It is folded to icons.
    pub narrow: bool,
    /// The address of the list, the tool or the report that the reader is in.
    pub current: String,
}

impl RailView {
    /// Marks a tool or a report that the reader is in.
    fn is_at(&self, href: &str) -> Option<&'static str> {
        (self.current == href).then_some("page")
    }
}

/// Icon and aim of each of the views.
const VIEWS: [(Icon, Aim); 8] = [
    (Icon::Inbox, Aim::GoMine),
    (Icon::Nobody, Aim::GoUnassigned),
    (Icon::Flame, Aim::GoBreaching),
    (Icon::Alert, Aim::GoBreached),
    (Icon::Reply, Aim::GoOnUs),
    (Icon::Pause, Aim::GoWaiting),
    (Icon::Moon, Aim::GoAside),
    (Icon::Stack, Aim::GoAll),
];

/// A page of the console around its panes.
pub fn shell(frame: &Frame, rail: &RailView, title: &str, panes: Markup) -> Markup {
    document(
        frame,
        title,
        Side::Console,
        &[
            "keys.js",
            "live.js",
            "list.js",
            "palette.js",
            "drafts.js",
            "alike.js",
            "compose.js",
            "notify.js",
            "presence.js",
            "tabs.js",
            "caller.js",
            "board.js",
        ],
        html! {
            body.console data-rail=[rail.narrow.then_some("narrow")] {
                a.skip href="#main" { (t!("word-skip-content")) }
                nav.mobile-bar aria-label=(t!("rail-top")) { (Button::pops(t!("rail-menu"), "rail").only_icon(Icon::Menu).quiet()) (brand(frame, "/agent")) (Button::link(t!("word-search"), "/agent/search").only_icon(Icon::Search).quiet()) }
                (self::rail(frame, rail))
                main.desk id="main" tabindex="-1" {
                    @if let Some(it) = &frame.banner { (banner(it)) }
                    (announced(&frame.announced))
                    @if let Some((text, href)) = &frame.notice { div.banner data-tone="warn" role="status" { (icon(Icon::Alert)) div { a href=(href) { (text) } } } }
                    (panes)
                }
                (tools(frame))
                (toasts(&frame.toasts, &frame.csrf()))
            }
        },
    )
}

/// Pages about all tickets at once.
pub const REPORTS: [(Phrase, &str, Icon); 3] = [
    (phrase!("rail-outages"), "/agent/outages", Icon::Alert),
    (phrase!("rail-satisfaction"), "/agent/satisfaction", Icon::Solved),
    (phrase!("time-report"), "/agent/reports/time", Icon::Clock),
];

/// The rail; `id="rail"`, live on the topic `lists`.
pub fn rail(frame: &Frame, view: &RailView) -> Markup {
    html! {
        header.rail id="rail" popover data-live="lists" {
            div.top {
                (brand(frame, "/agent"))
                (Button::plain(t!("rail-density")).only_icon(Icon::Menu).quiet().toggles("density").aim(Aim::Density))
                (Button::plain(t!("rail-fold-rail")).only_icon(Icon::Panel).quiet().toggles("rail"))
            }
            div.top {
                (Button::link(t!("rail-new"), "/agent/tickets/new").icon(Icon::Plus).aim(Aim::New))
                (Button::link(t!("word-search"), "/agent/search").only_icon(Icon::Search).quiet().aim(Aim::Search))
            }
            div.rail-places {
                nav aria-label=(t!("word-tickets")) {
                    ul {
                        li { a href="/agent/dashboard" title=(t!("shift-title")) aria-current=[view.is_at("/agent/dashboard")] data-aim=(Aim::GoShift.as_str()) { (icon(Icon::Home)) span { (t!("shift-title")) } } }
                        @for (place, (which, aim)) in view.views.iter().zip(VIEWS) { li { (self::place(place, which, Some(aim))) } } }
                }
                @if !view.saved.is_empty() {
                    nav aria-labelledby="saved-views" {
                        h2 id="saved-views" { (t!("tools-views")) }
                        ul { @for it in &view.saved { li { (self::place(it, Icon::Eye, None)) } } }
                    }
                }
                @if !view.queues.is_empty() {
                    nav aria-labelledby="queues" {
                        h2 id="queues" { (t!("word-queues")) }
                        ul { @for it in &view.queues { li { (self::place(it, Icon::Queue, None)) } } }
                    }
                }
                nav aria-labelledby="tools-of-mine" {
                    h2 id="tools-of-mine" { (t!("tools-tools")) }
                    ul {
                        @if !is_away(frame.off, KNOWLEDGE) { li { a href=(KNOWLEDGE) title=(t!("knowledge-title")) aria-current=[view.is_at(KNOWLEDGE)] { (icon(Icon::Book)) span { (t!("knowledge-title")) } } } } @for it in SHELVES.into_iter().filter(|it| !is_away(frame.off, it.href)) { li { a href=(it.href) title=(it.name.text()) aria-current=[view.is_at(it.href)] data-aim=[(it == VIEW_SHELF).then_some(Aim::GoViews.as_str())] { (icon(it.icon)) span { (it.name.text()) } } } } }
                }
                @if REPORTS.iter().any(|it| !is_away(frame.off, it.1)) { nav aria-labelledby="reports" {
                    h2 id="reports" { (t!("rail-whole-desk")) }
                    ul { @for (name, href, which) in REPORTS.into_iter().filter(|it| !is_away(frame.off, it.1)) { li { a href=(href) title=(name) aria-current=[view.is_at(href)] { (icon(which)) span { (name) } } } } }
                } }
                @if let Some((name, sections)) = frame.viewer.as_ref().and_then(mail_of) {
                    nav aria-labelledby="mail-pages" {
                        h2 id="mail-pages" { (name) }
                        ul { @for it in sections { li { a href=(it.href) title=(it.name) { (icon(it.icon)) span { (it.name) } } } } }
                    }
                }
            }
            div.foot {
                @if let Some(viewer) = &frame.viewer {
                    button.who type="button" popovertarget="me" { (avatar(&viewer.face)) span { (viewer.face.name) } }
                    (account_menu(frame, viewer))
                    (bell(viewer))
                }
                (Button::opens(t!("rail-keys"), "keys").only_icon(Icon::Info).quiet().aim(Aim::Keys))
            }
        }
    }
}

fn place(it: &Place, which: Icon, aim: Option<Aim>) -> Markup {
    html! {
        a href=(it.href) aria-current=[it.current.then_some("page")] data-aim=[aim.map(Aim::as_str)] title=(it.name) {
            (icon(which)) span { (it.name) }
            @if it.near_breach { span.near { span.sr { (t!("rail-one-about-breach")) } } }
            @if it.count > 0 && it.at_least { span.count title=(t!("rail-at-least", count = it.count)) { (it.count) "+" } }
            @else if it.count > 0 { span.count { (it.count) } }
        }
    }
}
