//! A box to search in: a form that works by itself, with its own landmark.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    kbd,
};
use crate::web::keys::Aim;

/// Sends `q` to `action`. `aim` shows and takes the key for search.
pub fn search_box(action: &str, label: &str, query: &str, aim: bool) -> Markup {
    html! {
        search {
            form.search action=(action) method="get" {
                (icon(Icon::Search))
                input.control type="search" name="q" value=(query) placeholder=(label) aria-label=(label) autocomplete="off" data-aim=[aim.then_some(Aim::Search.as_str())];
                @if aim { @if let Some(keys) = Aim::Search.keys() { (kbd::keys(keys)) } }
            }
        }
    }
}
