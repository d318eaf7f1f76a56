//! Where an agent writes: a reply or an internal note, told apart by colour and by the words on the button. The script keeps the draft.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    kbd,
};
use crate::web::keys::Aim;

/// What the composer needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposerView {
    /// Where it is sent; takes `body`, `mode` (`reply` or `note`), `seen`, and `files`.
    pub action: String,
    /// The name of the draft in the browser: the ticket's number.
    pub draft: String,
    /// Who gets a reply, such as "Mina Park and 2 others".
    pub to: String,
    /// What is written already, after a refusal.
    pub body: String,
    /// It opens as an internal note.
    pub note: bool,
    /// The newest message that the reader has seen, so that the server can warn before talking over somebody.
    pub seen: String,
    /// A refusal, or a warning that somebody else answered in the meantime.
    pub error: Option<String>,
}

/// The composer. `ids` are the elements that the script replaces after sending.
pub fn composer(it: &ComposerView, ids: &str, csrf: &Markup) -> Markup {
    html! {
        form.composer id="composer" method="post" action=(it.action) enctype="multipart/form-data" data-swap=(ids) data-draft=(it.draft) {
            (csrf)
            input type="hidden" name="seen" value=(it.seen);
            fieldset {
                legend.sr { "Who reads this?" }
                div.modes {
                    (mode("reply", "Reply", Icon::Reply, Aim::Reply, !it.note))
                    (mode("note", "Internal note", Icon::Note, Aim::Note, it.note))
                    span.to { "To " (it.to) }
                }
            }
            label.sr for="composer-body" { "Your message" }
            textarea id="composer-body" name="body" rows="3" required placeholder="Write…" aria-describedby=[it.error.as_ref().map(|_| "composer-error")] { (it.body) }
            @if let Some(error) = &it.error { div.field { p.error id="composer-error" role="alert" { (icon(Icon::Alert)) span { (error) } } } }
            div.foot {
                span.button.attach data-look="quiet" { (icon(Icon::Clip)) "Attach" input type="file" name="files" multiple aria-label="Attach files"; }
                output.saved data-draft-state {}
                button.button type="submit" data-look="primary" data-aim=(Aim::Send.as_str()) aria-keyshortcuts=[Aim::Send.aria()] {
                    span.as-reply { "Send reply" } span.as-note { "Add note" }
                    @if let Some(keys) = Aim::Send.keys() { (kbd::keys(keys)) }
                }
            }
        }
    }
}

fn mode(value: &str, label: &str, which: Icon, aim: Aim, checked: bool) -> Markup {
    html! {
        label { input type="radio" name="mode" value=(value) checked[checked] data-aim=(aim.as_str()) aria-keyshortcuts=[aim.aria()]; (icon(which)) (label) }
    }
}
