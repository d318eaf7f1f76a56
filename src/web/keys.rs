//! The one table of keyboard shortcuts. The sheet under `?`, the hints on buttons and the script's own table are made from it.
//! A shortcut never does anything of its own: it presses the visible control that carries its aim. Where a page has none, one that names a
//! place goes there, so that it means the same on every page.

use crate::{
    desk::features::Off,
    http::features::is_away,
    web::tongue::{Phrase, phrase, t},
};
use maud::{Markup, html};
use serde::Serialize;

/// Where a shortcut works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    Everywhere,
    List,
    Ticket,
}

impl Place {
    /// A heading for people.
    pub fn title(self) -> &'static str {
        match self {
            Place::Everywhere => t!("keys-everywhere"),
            Place::List => t!("keys-list"),
            Place::Ticket => t!("keys-ticket"),
        }
    }
}

/// What a shortcut is for. A control says `data-aim` with the same word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    Palette,
    Search,
    New,
    Keys,
    GoShift,
    GoMine,
    GoUnassigned,
    GoBreaching,
    GoBreached,
    GoOnUs,
    GoWaiting,
    GoAside,
    GoAll,
    GoViews,
    GoQueues,
    GoReports,
    Next,
    Previous,
    Open,
    Select,
    Assign,
    Reply,
    Note,
    Status,
    Priority,
    Tags,
    Resolve,
    Macro,
    Send,
    Close,
    PreviousTab,
    NextTab,
    KeepTab,
    CloseTab,
    Snooze,
    Remind,
    Density,
}

/// One line of the table.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Shortcut {
    pub aim: Aim,
    /// Keys as `KeyboardEvent.key` names them; a space parts the keys of a sequence; `mod` is Ctrl, or Command on a Mac.
    pub keys: &'static str,
    /// What it does, for people.
    pub name: Phrase,
    pub place: Place,
    /// The place that it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<&'static str>,
}

const fn shortcut(aim: Aim, keys: &'static str, name: Phrase, place: Place) -> Shortcut {
    Shortcut { aim, keys, name, place, href: None }
}

const fn goes(aim: Aim, keys: &'static str, name: Phrase, href: &'static str) -> Shortcut {
    Shortcut { aim, keys, name, place: Place::Everywhere, href: Some(href) }
}

/// All of them, in the order of the sheet.
pub const SHORTCUTS: [Shortcut; 37] = [
    shortcut(Aim::Palette, "mod+k", phrase!("keys-go-anywhere-do-anything"), Place::Everywhere),
    goes(Aim::Search, "/", phrase!("word-search"), "/agent/search"),
    goes(Aim::New, "n", phrase!("word-new-ticket"), "/agent/tickets/new"),
    goes(Aim::GoShift, "g d", phrase!("shift-key"), "/agent/dashboard"),
    goes(Aim::GoMine, "g i", phrase!("keys-go-my-work"), "/agent/views/mine"),
    goes(Aim::GoUnassigned, "g u", phrase!("keys-go-unassigned"), "/agent/views/unassigned"),
    goes(Aim::GoBreaching, "g b", phrase!("keys-go-breaching-soon"), "/agent/views/breaching"),
    goes(Aim::GoBreached, "g m", phrase!("keys-go-breached-missed"), "/agent/views/breached"),
    goes(Aim::GoOnUs, "g o", phrase!("keys-go-waiting-us"), "/agent/views/on-us"),
    goes(Aim::GoWaiting, "g w", phrase!("keys-go-waiting-them"), "/agent/views/waiting"),
    goes(Aim::GoAside, "g z", phrase!("live-go-aside"), "/agent/views/aside"),
    goes(Aim::GoAll, "g a", phrase!("keys-go-all-tickets"), "/agent/views/all"),
    goes(Aim::GoViews, "g v", phrase!("keys-go-views"), "/agent/saved-views"),
    shortcut(Aim::GoQueues, "g q", phrase!("keys-go-queues"), Place::Everywhere),
    shortcut(Aim::GoReports, "g r", phrase!("keys-go-reports"), Place::Everywhere),
    shortcut(Aim::Density, "v", phrase!("keys-density"), Place::Everywhere),
    shortcut(Aim::Keys, "?", phrase!("keys-show-all-keys"), Place::Everywhere),
    shortcut(Aim::Next, "j", phrase!("keys-next-ticket"), Place::List),
    shortcut(Aim::Previous, "k", phrase!("keys-previous-ticket"), Place::List),
    shortcut(Aim::Open, "Enter", phrase!("keys-open"), Place::List),
    shortcut(Aim::Select, "x", phrase!("keys-select"), Place::List),
    shortcut(Aim::Assign, "a", phrase!("keys-assign"), Place::Ticket),
    shortcut(Aim::Reply, "r", phrase!("keys-reply"), Place::Ticket),
    shortcut(Aim::Note, "i", phrase!("keys-internal-note"), Place::Ticket),
    shortcut(Aim::Status, "s", phrase!("keys-change-status"), Place::Ticket),
    shortcut(Aim::Priority, "p", phrase!("keys-change-priority"), Place::Ticket),
    shortcut(Aim::Tags, "t", phrase!("word-add-tag"), Place::Ticket),
    shortcut(Aim::Resolve, "e", phrase!("keys-resolve"), Place::Ticket),
    shortcut(Aim::Macro, "m", phrase!("keys-macro"), Place::Ticket),
    shortcut(Aim::Snooze, "z", phrase!("live-key-snooze"), Place::Ticket),
    shortcut(Aim::Remind, "b", phrase!("live-key-remind"), Place::Ticket),
    shortcut(Aim::KeepTab, "o", phrase!("live-key-keep-tab"), Place::Ticket),
    shortcut(Aim::CloseTab, "w", phrase!("live-key-close-tab"), Place::Ticket),
    shortcut(Aim::PreviousTab, "[", phrase!("live-key-previous-tab"), Place::Ticket),
    shortcut(Aim::NextTab, "]", phrase!("live-key-next-tab"), Place::Ticket),
    shortcut(Aim::Send, "mod+Enter", phrase!("keys-send-what-you-wrote"), Place::Ticket),
    shortcut(Aim::Close, "Escape", phrase!("keys-leave-field-close-ticket"), Place::Ticket),
];

impl Aim {
    /// The word in `data-aim`.
    pub fn as_str(self) -> &'static str {
        match self {
            Aim::Palette => "palette",
            Aim::Search => "search",
            Aim::New => "new",
            Aim::Keys => "keys",
            Aim::GoShift => "go-shift",
            Aim::GoMine => "go-mine",
            Aim::GoUnassigned => "go-unassigned",
            Aim::GoBreaching => "go-breaching",
            Aim::GoBreached => "go-breached",
            Aim::GoOnUs => "go-on-us",
            Aim::GoWaiting => "go-waiting",
            Aim::GoAside => "go-aside",
            Aim::GoAll => "go-all",
            Aim::GoViews => "go-views",
            Aim::GoQueues => "go-queues",
            Aim::GoReports => "go-reports",
            Aim::Next => "next",
            Aim::Previous => "previous",
            Aim::Open => "open",
            Aim::Select => "select",
            Aim::Assign => "assign",
            Aim::Reply => "reply",
            Aim::Note => "note",
            Aim::Status => "status",
            Aim::Priority => "priority",
            Aim::Tags => "tags",
            Aim::Resolve => "resolve",
            Aim::Macro => "macro",
            Aim::Send => "send",
            Aim::Close => "close",
            Aim::PreviousTab => "previous-tab",
            Aim::NextTab => "next-tab",
            Aim::KeepTab => "keep-tab",
            Aim::CloseTab => "close-tab",
            Aim::Snooze => "snooze",
            Aim::Remind => "remind",
            Aim::Density => "density",
        }
    }

    /// The keys of this aim as `aria-keyshortcuts` writes them. A sequence has no such form.
    pub fn aria(self) -> Option<String> {
        let keys = self.keys()?;
        if keys.contains(' ') {
            return None;
        }
        Some(match keys.strip_prefix("mod+") {
            Some(key) => format!("Control+{key} Meta+{key}"),
            None => keys.to_owned(),
        })
    }

    /// The keys of this aim as the table writes them.
    pub fn keys(self) -> Option<&'static str> {
        SHORTCUTS.iter().find(|it| it.aim == self).map(|it| it.keys)
    }
}

/// The keys of a shortcut as caps: `mod+k` becomes ⌘ and K, `g i` becomes G and I.
pub fn caps(keys: &str) -> Vec<String> {
    keys.split([' ', '+'])
        .map(|key| match key {
            "mod" => t!("keys-ctrl").to_owned(),
            "Enter" => "⏎".to_owned(),
            "Escape" => t!("keys-esc").to_owned(),
            key => key.to_uppercase(),
        })
        .collect()
}

/// The table for `keys.js`, as JSON; what the desk does without is no place.
pub fn json(off: Off) -> String {
    let table = SHORTCUTS.map(|it| Shortcut { href: it.href.filter(|href| !is_away(off, href)), ..it });
    serde_json::to_string(&table[..]).unwrap_or_else(|_| "[]".to_owned())
}

/// The sheet under `?`.
pub fn sheet() -> Markup {
    html! {
        div.keys {
            @for place in [Place::Everywhere, Place::List, Place::Ticket] {
                section {
                    h3 { (place.title()) }
                    ul {
                        @for it in SHORTCUTS.iter().filter(|it| it.place == place) {
                            li { span { (it.name) } span { @for cap in caps(it.keys) { kbd { (cap) } " " } } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::web::answers::console::place::VIEWS;

    #[test]
    fn no_key_means_two_things() {
        let keys: BTreeSet<_> = SHORTCUTS.iter().map(|it| it.keys).collect();
        let aims: BTreeSet<_> = SHORTCUTS.iter().map(|it| it.aim.as_str()).collect();
        assert_eq!((keys.len(), aims.len()), (SHORTCUTS.len(), SHORTCUTS.len()));
        for it in SHORTCUTS {
            let prefix = format!("{} ", it.keys);
            assert!(!keys.iter().any(|other| other.starts_with(&prefix)), "`{}` begins a sequence", it.keys);
        }
    }

    #[test]
    fn json_and_markup_say_the_same_word() {
        for it in SHORTCUTS {
            assert_eq!(serde_json::to_string(&it.aim).unwrap(), format!("\"{}\"", it.aim.as_str()));
        }
    }

    #[test]
    fn what_names_a_place_goes_to_one_that_there_is() {
        let places = SHORTCUTS.iter().filter_map(|it| it.href);
        let views = places.filter_map(|it| it.strip_prefix("/agent/views/")).collect::<Vec<_>>();
        assert_eq!(views.len(), VIEWS.len(), "each view has its key");
        for it in VIEWS {
            assert!(views.contains(&it.key), "{}", it.key);
        }
    }

    #[test]
    fn aria_names_keys() {
        for (aim, expected) in [(Aim::Reply, Some("r")), (Aim::Palette, Some("Control+k Meta+k")), (Aim::GoMine, None)] {
            assert_eq!(aim.aria().as_deref(), expected);
        }
    }
}
