//! The frame of the console: the rail with its live counters, the palette, the sheet of keys, and room for the panes.

use maud::{Markup, PreEscaped, html};

use crate::web::{
    admin::shell::mail_of,
    components::{
        avatar::avatar,
        banner::banner,
        button::Button,
        dialog::dialog,
        icon::{Icon, icon},
        toast::toasts,
    },
    keys::{self, Aim},
    layout::{Frame, account_menu, brand, document},
};

/// A place in the rail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    pub href: String,
    /// Tickets in it.
    pub count: usize,
    /// One of them is about to breach, or has.
    pub near_breach: bool,
    pub current: bool,
}

/// What the rail shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RailView {
    /// My work, unassigned, breaching soon, waiting, all: always these five, in this order.
    pub views: [Place; 7],
    /// The queues that the reader works.
    pub queues: Vec<Place>,
    /// It is folded to icons. Kept in the cookie `lodge_rail` (`narrow`).
    pub narrow: bool,
}

/// Icon and aim of each of the seven views.
const VIEWS: [(Icon, Aim); 7] = [
    (Icon::Inbox, Aim::GoMine),
    (Icon::Nobody, Aim::GoUnassigned),
    (Icon::Flame, Aim::GoBreaching),
    (Icon::Alert, Aim::GoBreached),
    (Icon::Reply, Aim::GoOnUs),
    (Icon::Pause, Aim::GoWaiting),
    (Icon::Stack, Aim::GoAll),
];

/// A page of the console around its panes.
pub fn shell(frame: &Frame, rail: &RailView, title: &str, panes: Markup) -> Markup {
    document(
        frame,
        title,
        &["keys.js", "live.js", "list.js", "palette.js", "drafts.js", "alike.js"],
        html! {
            body.console data-rail=[rail.narrow.then_some("narrow")] {
                a.skip href="#main" { "Skip to the content" }
                nav.mobile-bar aria-label="Top" { (Button::pops("Menu", "rail").only_icon(Icon::Menu).quiet()) (brand(frame, "/agent")) (Button::link("Search", "/agent/search").only_icon(Icon::Search).quiet()) }
                (self::rail(frame, rail))
                main.desk id="main" tabindex="-1" {
                    @if let Some(it) = &frame.banner { (banner(it)) }
                    @if let Some((text, href)) = &frame.notice { div.banner data-tone="warn" role="status" { (icon(Icon::Alert)) div { a href=(href) { (text) } } } }
                    (panes)
                }
                (palette())
                (dialog("keys", "Keys", keys::sheet()))
                script type="application/json" id="key-table" { (PreEscaped(keys::json())) }
                (toasts(&frame.toasts, &frame.csrf()))
            }
        },
    )
}

/// Pages about all tickets at once.
const REPORTS: [(&str, &str, Icon); 2] =
    [("Outages", "/agent/outages", Icon::Alert), ("Satisfaction", "/agent/satisfaction", Icon::Solved)];

/// The rail; `id="rail"`, live on the topic `lists`.
pub fn rail(frame: &Frame, view: &RailView) -> Markup {
    html! {
        header.rail id="rail" popover data-live="lists" {
            div.top {
                (brand(frame, "/agent"))
                (Button::plain("Fold the rail").only_icon(Icon::Panel).quiet().toggles("rail"))
            }
            div.top {
                (Button::link("New", "/agent/tickets/new").icon(Icon::Plus).aim(Aim::New))
                (Button::link("Search", "/agent/search").only_icon(Icon::Search).quiet().aim(Aim::Search))
            }
            nav aria-label="Tickets" {
                ul { @for (place, (which, aim)) in view.views.iter().zip(VIEWS) { li { (self::place(place, which, Some(aim))) } } }
            }
            @if !view.queues.is_empty() {
                nav aria-labelledby="queues" {
                    h2 id="queues" { "Queues" }
                    ul { @for it in &view.queues { li { (self::place(it, Icon::Queue, None)) } } }
                }
            }
            nav aria-labelledby="reports" {
                h2 id="reports" { "The whole desk" }
                ul { @for (name, href, which) in REPORTS { li { a href=(href) title=(name) { (icon(which)) span { (name) } } } } }
            }
            @if let Some((name, sections)) = frame.viewer.as_ref().and_then(mail_of) {
                nav aria-labelledby="mail-pages" {
                    h2 id="mail-pages" { (name) }
                    ul { @for it in sections { li { a href=(it.href) title=(it.name) { (icon(it.icon)) span { (it.name) } } } } }
                }
            }
            div.foot {
                @if let Some(viewer) = &frame.viewer {
                    button.who type="button" popovertarget="me" { (avatar(&viewer.face)) span { (viewer.face.name) } }
                    (account_menu(frame, viewer))
                }
                (Button::opens("Keys", "keys").only_icon(Icon::Info).quiet().aim(Aim::Keys))
            }
        }
    }
}

fn place(it: &Place, which: Icon, aim: Option<Aim>) -> Markup {
    html! {
        a href=(it.href) aria-current=[it.current.then_some("page")] data-aim=[aim.map(Aim::as_str)] title=(it.name) {
            (icon(which)) span { (it.name) }
            @if it.near_breach { span.near { span.sr { "One is about to breach." } } }
            @if it.count > 0 { span.count { (it.count) } }
        }
    }
}

/// Filled by `palette.js` from `/agent/palette`: a list of `{name, hint, href}`.
fn palette() -> Markup {
    html! {
        dialog.palette id="palette" aria-label="Go anywhere, do anything" data-source="/agent/palette" closedby="any" {
            input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-label="A place, an action, or a ticket's number" placeholder="Where to, or what to do?" autocomplete="off" spellcheck="false";
            ul id="palette-list" role="listbox" aria-label="Matches" {}
        }
    }
}
