//! Where a ticket stands: its state's name, coloured and drawn by its category. Shape and word carry it; colour only helps.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::web::tongue::t;

/// What a state counts as; admins rename states, never these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    New,
    Active,
    Waiting,
    Resolved,
    Closed,
}

impl Category {
    /// All of them, in the order of a ticket's life.
    pub const ALL: [Category; 5] = [Category::New, Category::Active, Category::Waiting, Category::Resolved, Category::Closed];

    /// The word in `data-category`.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::New => "new",
            Category::Active => "active",
            Category::Waiting => "waiting",
            Category::Resolved => "resolved",
            Category::Closed => "closed",
        }
    }

    /// What a requester reads.
    pub fn plain(self) -> &'static str {
        match self {
            Category::New => t!("status-pill-weve-got"),
            Category::Active => t!("status-pill-were"),
            Category::Waiting => t!("status-pill-waiting-you"),
            Category::Resolved => t!("status-pill-solved"),
            Category::Closed => t!("status-pill-closed"),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Category::New => Icon::New,
            Category::Active => Icon::Active,
            Category::Waiting => Icon::Pause,
            Category::Resolved => Icon::Solved,
            Category::Closed => Icon::Closed,
        }
    }
}

/// The state's own name as a pill.
pub fn status_pill(category: Category, name: &str) -> Markup {
    html! { span.status data-pill data-category=(category.as_str()) { (icon(category.icon())) (name) } }
}

/// The same without a ground, for lists.
pub fn status(category: Category, name: &str) -> Markup {
    html! { span.status data-category=(category.as_str()) { (icon(category.icon())) (name) } }
}
