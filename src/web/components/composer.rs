//! Where an agent writes: a reply or an internal note, told apart by colour and by the words on the button. The script keeps the draft.

use maud::{Markup, html};

use super::{
    button::Button,
    field::{Choice, options},
    icon::{Icon, icon},
    kbd,
    kept::{Kept, keep, kept},
    moment::{day, exact},
};
use crate::{
    limits::FORM_FILE_BYTES_MAX,
    time::Instant,
    web::keys::Aim,
    web::tongue::{marked, t},
};

/// What the composer needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComposerView {
    /// Ready-made texts are offered.
    pub texts: bool,
    /// Articles are offered.
    pub articles: bool,
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
    /// How its words are kept.
    pub kept: Kept,
    /// Where the draft is shown to the others on the ticket; empty: nowhere.
    pub share: String,
    /// Who can be named: a source of the editor.
    pub people: String,
    /// How long it took; none for whoever books none.
    pub time: Option<TimeField>,
}

/// How long it took, sent with the message as `time` and `timeCategory`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeField {
    pub text: String,
    pub chosen: String,
    pub categories: Vec<Choice>,
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
                legend.sr { (t!("composer-who-reads")) }
                div.modes {
                    (mode("reply", t!("composer-reply"), Icon::Reply, Aim::Reply, !it.note))
                    (mode("note", t!("composer-internal-note"), Icon::Note, Aim::Note, it.note))
                    span.to { (marked!("composer-to", to = it.to)) }
                }
            }
            (unreached(it))
            (kept(&it.kept))
            label.sr for="composer-body" { (t!("composer-your-message")) }
            textarea id="composer-body" name="body" rows="3" required placeholder=(t!("composer-write")) data-editor data-snippets=[it.texts.then(|| format!("/agent/snippets?ticket={}", it.draft))] data-articles=[it.articles.then_some("/agent/knowledge/offered")] data-mentions=[Some(it.people.as_str()).filter(|it| !it.is_empty())] aria-describedby=[it.error.as_ref().map(|_| "composer-error")] { (it.body) }
            @if let Some(error) = &it.error { div.field { p.error id="composer-error" role="alert" { (icon(Icon::Alert)) span { (error) } } } }
            (recipients(it))
            @if let Some(time) = &it.time { (with_message(time)) }
            div.foot {
                span.button.attach data-look="quiet" { (icon(Icon::Clip)) span.words { (t!("composer-attach")) } input type="file" name="files" multiple data-form-max=(FORM_FILE_BYTES_MAX) aria-label=(t!("composer-attach-files")); }
                @if !it.forward.is_empty() { (Button::link(t!("composer-forward"), &it.forward).icon(Icon::Right).quiet()) }
                output.saved data-draft-state {}
                button.button type="submit" data-look="primary" data-aim=(Aim::Send.as_str()) aria-keyshortcuts=[Aim::Send.aria()] {
                    span.as-reply { (t!("composer-send-reply")) } span.as-note { (t!("composer-add-note")) }
                    @if let Some(keys) = Aim::Send.keys() { (kbd::keys(keys)) }
                }
                @if !it.share.is_empty() { button.button.as-reply type="submit" data-look="quiet" formaction=(it.share) title=(t!("live-share-hint")) { (icon(Icon::People)) span.sr { (t!("live-share")) } } }
                (keep(&it.kept))
            }
        }
    }
}

fn with_message(it: &TimeField) -> Markup {
    html! {
        details.time-with open[!it.text.is_empty()] {
            summary { (t!("time-with-message")) }
            label { span { (t!("time-how-long")) } input.control type="text" name="time" value=(it.text) placeholder="1h 30m" maxlength="20" autocomplete="off"; }
            @if !it.categories.is_empty() { label { span { (t!("time-category")) } select.control name="timeCategory" { option value="" { (t!("time-no-category")) } (options(&it.categories, &it.chosen)) } } }
        }
    }
}

/// Said before somebody writes, and to nobody who writes a note.
fn unreached(it: &ComposerView) -> Markup {
    html! {
        @if !it.unreached.is_empty() {
            div.unreached role="note" aria-label=(t!("composer-who-not-reached-mail")) {
                (icon(Icon::Info))
                div {
                    @for one in &it.unreached {
                        p { (marked!("composer-nothing-sent-since", address = html! { strong { (one.address) } }, day = html! { time datetime=(one.since) title=(exact(one.since)) { (day(one.since)) } }, reason = one.reason)) }
                    }
                    p.hint {
                        (t!("composer-reply-without-mail")) " "
                        @if it.unreached.iter().any(|it| !it.by_hand) { (t!("composer-mail-comes-address-lifts")) " " }
                        @if it.release.is_empty() { (t!("composer-whoever-looks-after-settings")) } @else { (marked!("composer-you-can-lift-under", addresses = html! { a href=(it.release) { (t!("word-suppressed-addresses")) } })) }
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
            summary { (t!("composer-cc-bcc")) @if !it.offered.is_empty() { span.hint { " · " (t!("composer-mail-went-more", count = it.offered.len())) } } }
            @for ((name, label), value) in [("to", t!("composer-to-2")), ("cc", t!("word-cc")), ("bcc", t!("composer-bcc"))].into_iter().zip(&it.addresses) {
                label { span { (label) } input.control type="text" name=(name) value=(value) autocomplete="off" placeholder=(if name == "to" { t!("composer-requester") } else { "" }); }
            }
            @if !all.is_empty() { label.check { input type="checkbox" name="everybody" value=(all); span { (marked!("composer-cc-everybody-whom-mail", all = all)) } } }
            @for (id, name) in &it.attachable { label.check { input type="checkbox" name="attach" value=(id); span { (marked!("composer-send-along", name = name)) } } }
        }
    }
}

fn mode(value: &str, label: &str, which: Icon, aim: Aim, checked: bool) -> Markup {
    html! {
        label { input type="radio" name="mode" value=(value) checked[checked] data-aim=(aim.as_str()) aria-keyshortcuts=[aim.aria()]; (icon(which)) (label) }
    }
}
