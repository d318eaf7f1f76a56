//! Answers that agents write together: each stands above the composer, with who wrote it, to be taken up, changed, sent or put away.

use maud::{Markup, html};

use crate::{
    time::Instant,
    web::{
        components::{
            button::Button,
            icon::{Icon, icon},
            moment::moment,
        },
        layout::Frame,
        tongue::marked,
        tongue::t,
    },
};

/// One answer in the making.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SharedDraftView {
    pub id: String,
    pub body: String,
    /// Whom it goes to, if not the requester alone.
    pub addresses: [String; 3],
    /// Who wrote on it last.
    pub writer: String,
    /// How many wrote before them.
    pub others: usize,
    pub version: u64,
    pub at: Instant,
}

/// All of them.
pub fn shared_drafts(frame: &Frame, number: &str, all: &[SharedDraftView]) -> Markup {
    html! { @for it in all { (one(frame, number, it)) } }
}

fn one(frame: &Frame, number: &str, it: &SharedDraftView) -> Markup {
    let id = format!("shared-{}", it.id);
    html! {
        form.shared-draft id={ (id) "-form" } method="post" action={ "/agent/tickets/" (number) "/drafts/" (it.id) } data-swap="ticket" {
            (frame.csrf())
            input type="hidden" name="version" value=(it.version);
            p.by {
                (icon(Icon::People))
                span { (marked!("live-shared-by", who = html! { strong { (it.writer) } }, count = it.others)) " " (moment(it.at, frame.now)) }
            }
            label.sr for=(id) { (t!("live-shared")) }
            textarea id=(id) name="body" rows="3" required data-editor { (it.body) }
            @for (name, value) in ["to", "cc", "bcc"].into_iter().zip(&it.addresses) { input type="hidden" name=(name) value=(value); }
            div.foot {
                (Button::submit_as(t!("live-shared-discard"), "do", "discard").quiet())
                (Button::submit_as(t!("live-shared-save"), "do", "save").quiet())
                (Button::submit_as(t!("live-shared-send"), "do", "send").icon(Icon::Reply))
            }
        }
    }
}
