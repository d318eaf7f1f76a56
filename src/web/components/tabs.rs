//! Tabs are links: each has an address, so that back, reload and a new window work.

use maud::{Markup, html};

/// One tab.
#[derive(Debug, Clone, Default)]
pub struct Tab {
    pub label: String,
    pub href: String,
    /// How many things are behind it, if that is worth saying.
    pub count: Option<usize>,
    pub current: bool,
}

impl Tab {
    pub fn new(label: &str, href: impl Into<String>, count: Option<usize>, current: bool) -> Self {
        Tab { label: label.to_owned(), href: href.into(), count, current }
    }
}

/// A row of tabs; `swap` names the element that a script replaces instead of the page.
pub fn tabs(label: &str, tabs: &[Tab], swap: Option<&str>) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] data-swap=[swap] data-push[swap.is_some()] {
                    (tab.label) @if let Some(count) = tab.count { span.count { (count) } }
                }
            }
        }
    }
}
