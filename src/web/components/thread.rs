//! What was said on a ticket: replies on white, internal notes never on white, and what happened in between as quiet lines.
//! Text that people wrote arrives here as HTML that was made safe before; nothing here makes it so.

use maud::{Markup, PreEscaped, html};

use super::{
    attachment::{FileView, chips},
    avatar::{Face, avatar},
    badge::{Tone, badge},
    button::Button,
    delivery::{Delivery, delivery},
    icon::{Icon, icon},
    moment::moment,
};
use crate::{time::Instant, web::tongue::t};

/// Who reads a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The requester and everybody on the ticket.
    Everybody,
    /// Agents only: an internal note.
    Agents,
}

/// Something that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Stands in the address after `#`; unique on the page.
    pub id: String,
    pub author: Face,
    /// What the author is here, such as "Requester"; may be empty.
    pub role: String,
    pub audience: Audience,
    pub at: Instant,
    /// How it came, such as "by mail"; may be empty.
    pub via: String,
    /// HTML that was sanitised before; what is quoted stands in folds.
    pub body_html: String,
    /// What a reader must know to judge it, in sentences.
    pub notes: Vec<String>,
    /// It came as an HTML mail and is shown in a container that cannot reach the page.
    pub mail: bool,
    /// It brings its own colours, made for white paper.
    pub paper: bool,
    /// Pictures of other servers that were not fetched.
    pub blocked_pictures: usize,
    /// Where a form is sent to show them.
    pub show_pictures: Box<str>,
    /// The page that says how it came and where else it could go; none if it is empty.
    pub about: Box<str>,
    pub files: Vec<FileView>,
    /// The reader has not seen it yet.
    pub unread: bool,
    /// How it went out.
    pub sending: Box<Delivery>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// A sentence without the name, such as "changed the status to Waiting".
    pub text: String,
    pub who: String,
    pub at: Instant,
    pub icon: Icon,
}

/// One entry of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Message(Message),
    Happening(Happening),
}

/// The whole thread, oldest first.
pub fn thread(entries: &[Entry], csrf: &Markup, now: Instant) -> Markup {
    html! {
        ol.thread id="thread" aria-label=(t!("thread-conversation")) {
            @for entry in entries {
                @match entry {
                    Entry::Message(it) => li { (message(it, csrf, now)) },
                    Entry::Happening(it) => li { (happening(it, now)) },
                }
            }
        }
    }
}

/// One message.
pub fn message(it: &Message, csrf: &Markup, now: Instant) -> Markup {
    let kind = match it.audience {
        Audience::Everybody => "reply",
        Audience::Agents => "note",
    };
    html! {
        article.message id=(it.id) data-kind=(kind) data-unread[it.unread] {
            (avatar(&it.author))
            div.bubble {
                header {
                    strong { (it.author.name) }
                    @if it.audience == Audience::Agents { (badge(Tone::Note, t!("thread-internal-note"))) } @else if !it.role.is_empty() { (badge(Tone::Plain, &it.role)) }
                    span.spring {}
                    @if !it.via.is_empty() { span { (it.via) } span aria-hidden="true" { "·" } }
                    (moment(it.at, now))
                    @if !it.about.is_empty() { (Button::link(t!("thread-about-message"), &it.about).only_icon(Icon::Info).quiet()) }
                }
                @for note in &it.notes { p.caution { (icon(Icon::Alert)) (note) } }
                div class={ "content prose" @if it.mail { " mail" } @if it.paper { " paper" } } { (PreEscaped(&it.body_html)) }
                (chips(&it.files))
                @if it.blocked_pictures > 0 { div.content { (blocked(it.blocked_pictures, &it.show_pictures, csrf)) } }
                (delivery(&it.sending, csrf, now))
            }
        }
    }
}

/// A quiet line.
pub fn happening(it: &Happening, now: Instant) -> Markup {
    html! { div.event { span.dot { (icon(it.icon)) } span { strong { (it.who) } " " (it.text) " · " (moment(it.at, now)) } } }
}

/// So many pictures of other servers were not fetched, and a form that asks for them.
pub fn blocked(count: usize, address: &str, csrf: &Markup) -> Markup {
    html! {
        div.blocked {
            (icon(Icon::Picture))
            span { (t!("thread-pictures-blocked", count = count)) }
            form method="post" action=(address) { (csrf) (Button::submit(t!("thread-show")).quiet()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_note_says_so() {
        let mut it = Message {
            id: "c1".into(),
            author: Face::named("Ada Lovelace"),
            role: "Agent".into(),
            audience: Audience::Agents,
            at: Instant::EPOCH,
            via: String::new(),
            body_html: "<p>hello</p>".into(),
            notes: vec!["It is signed.".into()],
            mail: true,
            paper: true,
            blocked_pictures: 2,
            show_pictures: "/x".into(),
            about: "/y".into(),
            files: Vec::new(),
            unread: false,
            sending: Box::default(),
        };
        let html = message(&it, &Markup::default(), Instant::EPOCH).into_string();
        for part in ["data-kind=\"note\"", "Internal note", "It is signed.", "mail paper", "2 pictures"] {
            assert!(html.contains(part), "{part}");
        }
        it.audience = Audience::Everybody;
        assert!(!message(&it, &Markup::default(), Instant::EPOCH).into_string().contains("Internal note"));
    }
}
