//! Marks a form whose words are kept on the server: what the script compares with the browser's own copy, and a button that keeps them
//! where there is no script. The form itself shows the kept words and carries `data-draft`.

use maud::{Markup, html};

use crate::{time::Instant, web::tongue::t};

/// How the words of a form are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The name of the place: a ticket's number, or a form. Empty: nothing is kept on the server.
    pub place: String,
    /// Of what is kept; 0 for nothing.
    pub version: u64,
    pub at: Option<Instant>,
}

/// The mark; stands inside of the form.
pub fn kept(it: &Kept) -> Markup {
    html! {
        @if !it.place.is_empty() {
            span data-kept=(it.version) data-kept-at=[it.at.map(Instant::as_millis)] hidden {}
            input type="hidden" name="kept" value=(it.version);
        }
    }
}

/// The button. It stands after the one that sends: the Enter key presses the first of a form, even one that is not shown.
pub fn keep(it: &Kept) -> Markup {
    html! {
        @if !it.place.is_empty() {
            button.button.without-js type="submit" data-look="quiet" formaction={ "/drafts/" (it.place) } formnovalidate { (t!("live-draft-save")) }
        }
    }
}
