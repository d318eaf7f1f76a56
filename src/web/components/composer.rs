//! Where an agent writes: a reply or an internal note, told apart by colour and by the words on the button. The script keeps the draft.

use maud::{Markup, html};

use super::{
    button::Button,
    icon::{Icon, icon},
    kbd,
    moment::{day, exact},
};
use crate::{time::Instant, web::keys::Aim};

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
    /// To, Cc and Bcc, as they were typed.
    pub addresses: [String; 3],
    /// To whom else the mail went that is answered.
    pub offered: Vec<String>,
    /// Files of the ticket that may go along: id and name.
    pub attachable: Vec<(String, String)>,
    /// Where a third party is asked; empty: nowhere.
    pub forward: String,
    /// Of those whom a reply would go to: addresses that nothing is sent to.
    pub unreached: Vec<Unreached>,
    /// Where such an address is written to again, for readers who may say so; empty: they may not.
    pub release: String,
    /// A refusal, or a warning that somebody else answered in the meantime.
    pub error: Option<String>,
}

/// An address that a reply does not reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unreached {
    pub address: String,
    /// What the far side said, or why a person added it.
    pub reason: String,
    pub since: Instant,
    /// A person decided so; mail that comes from there changes nothing.
    pub by_hand: bool,
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
            (unreached(it))
            label.sr for="composer-body" { "Your message" }
            textarea id="composer-body" name="body" rows="3" required placeholder="Write…" aria-describedby=[it.error.as_ref().map(|_| "composer-error")] { (it.body) }
            @if let Some(error) = &it.error { div.field { p.error id="composer-error" role="alert" { (icon(Icon::Alert)) span { (error) } } } }
            (recipients(it))
            div.foot {
                span.button.attach data-look="quiet" { (icon(Icon::Clip)) "Attach" input type="file" name="files" multiple aria-label="Attach files"; }
                @if !it.forward.is_empty() { (Button::link("Forward", &it.forward).icon(Icon::Right).quiet()) }
                output.saved data-draft-state {}
                button.button type="submit" data-look="primary" data-aim=(Aim::Send.as_str()) aria-keyshortcuts=[Aim::Send.aria()] {
                    span.as-reply { "Send reply" } span.as-note { "Add note" }
                    @if let Some(keys) = Aim::Send.keys() { (kbd::keys(keys)) }
                }
            }
        }
    }
}

/// Said before somebody writes, and to nobody who writes a note.
fn unreached(it: &ComposerView) -> Markup {
    html! {
        @if !it.unreached.is_empty() {
            div.unreached role="note" aria-label="Who is not reached by mail" {
                (icon(Icon::Info))
                div {
                    @for one in &it.unreached {
                        p { "Nothing is sent to " strong { (one.address) } " since " time datetime=(one.since) title=(exact(one.since)) { (day(one.since)) } ": " (one.reason) }
                    }
                    p.hint {
                        "A reply stands on the ticket, and no mail goes there. "
                        @if it.unreached.iter().any(|it| !it.by_hand) { "Mail that comes from the address lifts that by itself. " }
                        @if it.release.is_empty() { "Whoever looks after the settings can lift it." } @else { "You can lift it under " a href=(it.release) { "Suppressed addresses" } "." }
                    }
                }
            }
        }
    }
}

/// To whom a reply goes, where that is not the requester alone. Folded until somebody wants it.
fn recipients(it: &ComposerView) -> Markup {
    let open = it.addresses.iter().any(|it| !it.is_empty());
    let all = it.offered.join(", ");
    html! {
        details.recipients open[open] {
            summary { "To, Cc, Bcc" @if !it.offered.is_empty() { span.hint { " · the mail went to " (it.offered.len()) " more" } } }
            @for ((name, label), value) in [("to", "To"), ("cc", "Cc"), ("bcc", "Bcc")].into_iter().zip(&it.addresses) {
                label { span { (label) } input.control type="text" name=(name) value=(value) autocomplete="off" placeholder=(if name == "to" { "the requester" } else { "" }); }
            }
            @if !all.is_empty() { label.check { input type="checkbox" name="everybody" value=(all); span { "Cc to everybody whom the mail went to: " (all) } } }
            @for (id, name) in &it.attachable { label.check { input type="checkbox" name="attach" value=(id); span { "Send along: " (name) } } }
        }
    }
}

fn mode(value: &str, label: &str, which: Icon, aim: Aim, checked: bool) -> Markup {
    html! {
        label { input type="radio" name="mode" value=(value) checked[checked] data-aim=(aim.as_str()) aria-keyshortcuts=[aim.aria()]; (icon(which)) (label) }
    }
}
