//! Priority P1 to P4: a bar whose colour and a word whose text say the same, and a picker that needs no script.

use crate::web::tongue::t;
use maud::{Markup, html};

/// How urgent a ticket is; P1 is the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
}

impl Priority {
    pub const ALL: [Priority; 4] = [Priority::P1, Priority::P2, Priority::P3, Priority::P4];

    /// 1 to 4.
    pub fn level(self) -> u8 {
        match self {
            Priority::P1 => 1,
            Priority::P2 => 2,
            Priority::P3 => 3,
            Priority::P4 => 4,
        }
    }

    /// `P1`.
    pub fn code(self) -> &'static str {
        match self {
            Priority::P1 => "P1",
            Priority::P2 => "P2",
            Priority::P3 => "P3",
            Priority::P4 => "P4",
        }
    }

    /// `Critical`.
    pub fn name(self) -> &'static str {
        match self {
            Priority::P1 => t!("priority-critical"),
            Priority::P2 => t!("priority-high"),
            Priority::P3 => t!("priority-medium"),
            Priority::P4 => t!("priority-low"),
        }
    }
}

/// `▌P1`, with the name on hover and for screen readers.
pub fn priority(which: Priority) -> Markup {
    html! { span.priority data-priority=(which.level()) title=(which.name()) { (which.code()) span.sr { " " (which.name()) } } }
}

/// `▌P1 Critical`.
pub fn priority_named(which: Priority) -> Markup {
    html! { span.priority data-priority=(which.level()) { (which.code()) " " (which.name()) } }
}

/// Four buttons of which one is pressed; sends `priority=1..4`.
pub fn priority_picker(chosen: Option<Priority>) -> Markup {
    html! {
        fieldset {
            legend.sr { (t!("word-priority")) }
            div.priority-picker {
                @for it in Priority::ALL {
                    label title=(it.name()) { input type="radio" name="priority" value=(it.level()) checked[chosen == Some(it)] aria-label={ (it.code()) " " (it.name()) }; (priority(it)) }
                }
            }
        }
    }
}
