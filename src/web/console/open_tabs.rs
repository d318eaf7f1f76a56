//! The tickets that the reader keeps open side by side, above the one that is shown. On a phone they take no room.

use maud::{Markup, html};

use crate::web::{
    components::{
        button::Button,
        icon::{Icon, icon},
    },
    keys::Aim,
    layout::Frame,
    tongue::t,
};

/// One ticket that is kept open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenTab {
    pub number: String,
    pub title: String,
    /// Something is written on it and not sent.
    pub draft: bool,
    /// It is the one that is shown.
    pub current: bool,
}

/// The row of tabs; nothing where none is open.
pub fn open_tabs(frame: &Frame, tabs: &[OpenTab]) -> Markup {
    let at = tabs.iter().position(|it| it.current);
    let beside = |by: isize| {
        let count = isize::try_from(tabs.len()).ok().filter(|it| *it > 0)?;
        let from = at.map_or(if by > 0 { -1 } else { 0 }, |it| isize::try_from(it).unwrap_or(0));
        tabs.get(usize::try_from((from + by).rem_euclid(count)).ok()?).filter(|it| !it.current)
    };
    let (previous, next) = (beside(-1), beside(1));
    let aim = |it: &OpenTab| match () {
        () if Some(it) == next => Some(Aim::NextTab.as_str()),
        () if Some(it) == previous => Some(Aim::PreviousTab.as_str()),
        () => None,
    };
    html! {
        @if !tabs.is_empty() {
            nav.open-tabs aria-label=(t!("live-tabs")) {
                @for it in tabs {
                    div.open-tab data-current[it.current] {
                        a href={ "/agent/tickets/" (it.number) } data-swap="ticket" data-push data-aim=[aim(it)] aria-current=[it.current.then_some("page")] title={ (it.number) " " (it.title) } {
                            @if it.draft { (icon(Icon::Pencil)) span.sr { (t!("live-has-draft")) } }
                            span { (it.title) }
                        }
                        form method="post" action={ "/agent/tickets/" (it.number) "/tab" } data-swap="ticket" {
                            (frame.csrf())
                            input type="hidden" name="do" value="close";
                            button type="submit" aria-label=(t!("live-tab-close", number = it.number.as_str())) title=(t!("live-tab-close", number = it.number.as_str()))
                                data-aim=[it.current.then_some(Aim::CloseTab.as_str())] { (icon(Icon::Cross)) }
                        }
                    }
                }
                // With two tabs the next is the previous.
                @if let (Some(it), true) = (previous, previous == next) { a.sr tabindex="-1" aria-hidden="true" href={ "/agent/tickets/" (it.number) } data-swap="ticket" data-push data-aim=(Aim::PreviousTab.as_str()) {} }
            }
        }
    }
}

/// Keeps the ticket that is shown, where it is none of them.
pub fn keep_open(frame: &Frame, number: &str, tabs: &[OpenTab]) -> Markup {
    html! {
        @if !tabs.iter().any(|it| it.current) {
            form.keep-open method="post" action={ "/agent/tickets/" (number) "/tab" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="do" value="keep";
                (Button::submit(t!("live-tab-keep")).only_icon(Icon::Pin).quiet().aim(Aim::KeepTab))
            }
        }
    }
}
