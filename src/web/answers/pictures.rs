//! One message with the pictures of other servers, once somebody asks for them: a page of its own without a script, whose policy lets
//! a browser fetch pictures and nothing else, and tells their servers nothing about where they were shown.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use maud::{PreEscaped, html};

use crate::{
    desk::{
        Tx,
        attachments::{self, Attachment},
        tickets::{self, Comment, Ticket, access, number},
    },
    error::{Refusal, Result},
    web::{
        answers::{
            site::{Reader, page},
            written::{Source, Written, with_remote_pictures, written},
        },
        layout::{Room, portal},
        tongue::marked,
    },
};

/// The part of an address that stands for a ticket's own text.
pub const DESCRIPTION: &str = "description";

/// What the page may load.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; img-src 'self' https: http: data:; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// On which side of the desk it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// With notes, as far as the reader may read them.
    Agents,
    /// Without notes, whoever reads.
    Requesters,
}

impl Side {
    /// Where the ticket is.
    fn home(self, number: &str) -> String {
        match self {
            Side::Agents => format!("/agent/tickets/{number}"),
            Side::Requesters => format!("/tickets/{number}"),
        }
    }

    fn room(self) -> Room {
        match self {
            Side::Agents => Room::Wide,
            Side::Requesters => Room::Tickets,
        }
    }

    fn shows(self, is_private: bool) -> bool {
        self == Side::Agents || !is_private
    }

    /// Where a form asks for the page of a message.
    pub fn address(self, number: &str, message: &str) -> String {
        format!("{}/messages/{message}/pictures", self.home(number))
    }
}

/// The page of one message.
///
/// # Errors
/// `not_found` for a ticket or a message that the reader does not see on this side.
pub fn shown(reader: &Reader, side: Side, ticket: &str, message: &str) -> Result<Response> {
    let (ticket, text) = reader.desk.read(|tx| {
        let ticket = access::named(tx, reader.actor(), ticket)?;
        let text = text_of(tx, reader, side, &ticket, message)?;
        Ok((ticket, text))
    })?;
    let number = number::text(&reader.settings, ticket.kind, ticket.number);
    let main = html! {
        div { p { a href=(side.home(&number)) { (marked!("pictures-back", number = number)) } } h1 { (ticket.title) } }
        article.panel { div class={ "prose mail" @if text.paper { " paper" } } { (PreEscaped(with_remote_pictures(&text.html))) } }
    };
    let mut response = page(StatusCode::OK, portal(&reader.frame(), side.room(), &ticket.title, main));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

fn text_of(tx: &Tx, reader: &Reader, side: Side, ticket: &Ticket, message: &str) -> Result<Written> {
    let files = attachments::of_ticket(tx, reader.actor(), ticket)?;
    let files: Vec<&Attachment> = files.iter().filter(|it| side.shows(it.is_private)).collect();
    if message == DESCRIPTION {
        return Ok(written(&Source::of_ticket(ticket), &files));
    }
    let comments = tickets::comments(tx, reader.actor(), ticket)?;
    let is_it = |it: &&Comment| it.id.to_string() == message && side.shows(it.is_private);
    let it = comments.iter().find(is_it).ok_or_else(|| Refusal::not_found("message"))?;
    Ok(written(&Source::of_comment(it), &files))
}
