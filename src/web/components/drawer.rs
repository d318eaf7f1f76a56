//! A dialog that stands at the edge of the window: for looking something up without leaving.

use maud::Markup;

/// A drawer with a title and whatever is in it.
pub fn drawer(id: &str, title: &str, body: Markup) -> Markup {
    super::dialog::frame(id, "drawer", title, body)
}
