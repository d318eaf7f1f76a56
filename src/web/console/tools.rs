//! What agents make for their work, as lists: views, macros, ready-made texts; and with whom one of them is shared.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::tongue::{Phrase, phrase, t};
use crate::web::{
    admin::shell::{Tick, ticks},
    components::{
        badge::{Tone, badge},
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, select},
        icon::Icon,
        page_header::page_header,
    },
    layout::Frame,
};

/// One of the three lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    pub name: Phrase,
    pub href: &'static str,
    pub icon: Icon,
    pub about: Phrase,
    pub add: Phrase,
    pub none: Phrase,
}

pub const VIEWS: Shelf = Shelf {
    name: phrase!("tools-views"),
    href: "/agent/saved-views",
    icon: Icon::Eye,
    about: phrase!("tools-views-about"),
    add: phrase!("tools-view-add"),
    none: phrase!("tools-views-none"),
};
pub const MACROS: Shelf = Shelf {
    name: phrase!("tools-macros"),
    href: "/agent/macros",
    icon: Icon::Bolt,
    about: phrase!("tools-macros-about"),
    add: phrase!("tools-macro-add"),
    none: phrase!("tools-macros-none"),
};
pub const TEXTS: Shelf = Shelf {
    name: phrase!("tools-texts"),
    href: "/agent/texts",
    icon: Icon::Note,
    about: phrase!("tools-texts-about"),
    add: phrase!("tools-text-add"),
    none: phrase!("tools-texts-none"),
};

/// All of them, for the rail.
pub const SHELVES: [Shelf; 3] = [VIEWS, MACROS, TEXTS];

/// One thing of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolRow {
    /// What a form calls it.
    pub id: String,
    pub name: String,
    /// What it does, in a line.
    pub about: String,
    /// "Everybody", "Network", "Only you".
    pub shared: String,
    /// Where it is looked at or changed.
    pub href: String,
    /// Where it is used, if it is a place.
    pub open: Option<String>,
    /// It stands in the rail; none where that makes no sense.
    pub pinned: Option<bool>,
}

#[derive(Debug, Clone)]
pub struct ToolsView {
    pub frame: Frame,
    pub rail: RailView,
    pub shelf: Shelf,
    pub rows: Vec<ToolRow>,
    pub may_make: bool,
}

/// The pages at `/agent/saved-views`, `/agent/macros` and `/agent/texts`. That of views sends `pinned` (once for each) and `up` or `down`
/// (one of them) to its own address with `/pinned`.
pub fn page(view: &ToolsView) -> Markup {
    let shelf = view.shelf;
    let href = format!("{}/new", shelf.href);
    let make = html! { (Button::link(shelf.add.text(), &href).primary().icon(Icon::Plus)) };
    shell(
        &view.frame,
        &view.rail,
        shelf.name.text(),
        html! {
            div.found id="tools" {
                (page_header(shelf.name.text(), Some(shelf.about.text()), view.may_make.then_some(make)))
                @if view.rows.is_empty() { (empty_state(shelf.icon, t!("tools-nothing-yet"), shelf.none.text(), None)) }
                @else if view.rows.iter().any(|it| it.pinned.is_some()) { (pinned(view)) }
                @else { ul.tool-list { @for it in &view.rows { li { (row(it)) } } } }
            }
        },
    )
}

fn row(it: &ToolRow) -> Markup {
    html! {
        div.tool { a href=(it.open.as_ref().unwrap_or(&it.href)) { (it.name) } (badge(Tone::Plain, &it.shared)) small { (it.about) } }
        @if it.open.is_some() { a.edit href=(it.href) aria-label=(t!("tools-change-named", name = it.name.as_str())) { (t!("tools-change")) } }
    }
}

fn pinned(view: &ToolsView) -> Markup {
    html! {
        form method="post" action={ (view.shelf.href) "/pinned" } {
            (view.frame.csrf())
            ul.tool-list {
                @for it in &view.rows {
                    li {
                        input type="checkbox" name="pinned" value=(it.id) checked[it.pinned == Some(true)] aria-label=(t!("tools-in-rail", name = it.name.as_str()));
                        (row(it))
                        @if it.pinned == Some(true) {
                            button.button type="submit" data-look="quiet" data-only="icon" name="up" value=(it.id) aria-label=(t!("tools-up-named", name = it.name.as_str())) title=(t!("tools-up")) { (crate::web::components::icon::icon(Icon::Up)) }
                            button.button type="submit" data-look="quiet" data-only="icon" name="down" value=(it.id) aria-label=(t!("tools-down-named", name = it.name.as_str())) title=(t!("tools-down")) { (crate::web::components::icon::icon(Icon::Down)) }
                        }
                    }
                }
            }
            div.send { (Button::submit(t!("tools-save-rail")).primary()) }
        }
    }
}

/// For whom something is, on its form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharingView {
    /// `own`, `teams`, `everybody`.
    pub chosen: String,
    pub teams: Vec<Tick>,
    pub may_share_with_all: bool,
    pub error: Option<String>,
}

/// The fields `sharing` and `team`.
pub fn sharing(it: &SharingView) -> Markup {
    let mut choices = vec![Choice::new("own", t!("tools-only-me"))];
    if !it.teams.is_empty() {
        choices.push(Choice::new("teams", t!("tools-my-teams")));
    }
    if it.may_share_with_all || it.chosen == "everybody" {
        choices.push(Choice::new("everybody", t!("tools-all-agents")));
    }
    html! {
        (select(Field { name: "sharing", label: t!("tools-for-whom"), value: &it.chosen, error: it.error.as_deref(), required: true, ..Field::default() }, &choices))
        @if !it.teams.is_empty() { (ticks("team", t!("tools-teams"), Some(t!("tools-teams-hint")), &it.teams)) }
    }
}
