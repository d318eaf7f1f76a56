//! A box to search in: a form that works by itself, with its own landmark.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    kbd,
};
use crate::web::keys::Aim;

/// Sends `q` to `action`. `aim` shows and takes the key for search.
pub fn search_box(action: &str, label: &str, query: &str, aim: bool) -> Markup {
    search(action, label, query, aim, None, None)
}

/// The same within a part of a list, which a field and its value name.
pub fn search_within(action: &str, label: &str, query: &str, within: Option<(&str, &str)>) -> Markup {
    search(action, label, query, false, within, None)
}

/// The same where answers come while somebody types: into the element `answers`, from this address.
pub fn ask_box(action: &str, label: &str, answers: &str) -> Markup {
    search(action, label, "", false, None, Some(answers))
}

fn search(action: &str, label: &str, query: &str, aim: bool, within: Option<(&str, &str)>, answers: Option<&str>) -> Markup {
    html! {
        search {
            form.search action=(action) method="get" data-answers=[answers] {
                @if let Some((name, value)) = within { input type="hidden" name=(name) value=(value); }
                (icon(Icon::Search))
                input.control type="search" name="q" value=(query) placeholder=(label) aria-label=(label) autocomplete="off" data-aim=[aim.then_some(Aim::Search.as_str())];
                @if aim { @if let Some(keys) = Aim::Search.keys() { (kbd::keys(keys)) } }
            }
        }
    }
}
