//! What goes with an agent from page to page, in the console, the settings and their account: the palette, the sheet of keys, and the
//! table of keys for the script.

use maud::{Markup, PreEscaped, html};

use super::{
    components::{
        dialog::dialog,
        icon::{Icon, icon},
        kbd,
    },
    keys::{self, Aim},
    layout::{Frame, Viewer},
    tongue::t,
};

/// What the tools need besides `lodge.js`.
pub const SCRIPTS: [&str; 2] = ["keys.js", "palette.js"];

/// Whether the tools stand on a page of this reader's that is not the console: what they lead to is for those who work tickets.
pub fn are_for(frame: &Frame) -> bool {
    frame.viewer.as_ref().is_some_and(|it| it.agent)
}

/// Whether the page is about the reader themselves: it stands in the portal's frame for agents as well.
pub fn is_own_page(frame: &Frame) -> bool {
    ["/account", "/notifications"]
        .iter()
        .any(|it| frame.address.strip_prefix(it).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

/// The dialogs and the table.
pub fn tools(frame: &Frame) -> Markup {
    html! {
        (palette())
        (dialog("keys", t!("rail-keys"), keys::sheet()))
        script type="application/json" id="key-table" { (PreEscaped(keys::json(frame.off))) }
    }
}

/// Filled by `palette.js` from `/agent/palette`: a list of `{kind, name, hint, href}`.
fn palette() -> Markup {
    html! {
        dialog.palette id="palette" aria-label=(t!("rail-go-anywhere-do-anything")) data-source="/agent/palette" closedby="any" {
            input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-label=(t!("rail-place-action-tickets-number"))
                placeholder=(t!("rail-where-what-do")) data-queue=(t!("palette-which-queue")) data-report=(t!("palette-which-report")) autocomplete="off" spellcheck="false";
            ul id="palette-list" role="listbox" aria-label=(t!("rail-matches")) {}
            p.none role="status" hidden { (t!("palette-nothing")) }
        }
    }
}

/// The way into the palette where there is no search of tickets to stand in its place. Without a script it leads to the search.
pub fn finder() -> Markup {
    html! {
        a.finder href="/agent/search" data-palette data-aim=(Aim::Search.as_str()) aria-keyshortcuts=[Aim::Search.aria()] {
            (icon(Icon::Search)) span { (t!("palette-find")) } @if let Some(it) = Aim::Search.keys() { (kbd::keys(it)) }
        }
    }
}

/// The same as two pictures, for the head of the portal.
pub fn head_tools(viewer: &Viewer) -> Markup {
    html! { @if viewer.agent {
        a.head-tool href="/agent/search" data-palette data-aim=(Aim::Search.as_str()) aria-label=(t!("palette-find")) title=(t!("palette-find")) { (icon(Icon::Search)) }
        button.head-tool.with-js type="button" command="show-modal" commandfor="keys" data-aim=(Aim::Keys.as_str()) aria-keyshortcuts=[Aim::Keys.aria()] aria-label=(t!("rail-keys")) title=(t!("rail-keys")) { (icon(Icon::Info)) }
    } }
}
