//! A dialog over the page, opened by `Button::opens`. The browser keeps the focus inside and closes it on Escape.

use maud::{Markup, html};

use super::{button::Button, icon::Icon};
use crate::web::tongue::t;

/// A dialog with a title and whatever is in it.
pub fn dialog(id: &str, title: &str, body: Markup) -> Markup {
    frame(id, "dialog", title, body)
}

pub(super) fn frame(id: &str, class: &str, title: &str, body: Markup) -> Markup {
    html! {
        dialog id=(id) class=(class) aria-labelledby={ (id) "-title" } closedby="any" {
            header { h2 id={ (id) "-title" } { (title) } (Button::closes(t!("dialog-close"), id).only_icon(Icon::Cross).quiet()) }
            div.body { (body) }
        }
    }
}
