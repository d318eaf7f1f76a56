//! One message with the pictures of other servers, once somebody asks for them: a page of its own without a script, whose policy lets
//! a browser fetch pictures and nothing else, and tells their servers nothing about where they were shown.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use maud::{PreEscaped, html};

use crate::{
    desk::{
        attachments,
        tickets::{self, access, number},
    },
    error::{Refusal, Result},
    http::{Problem, path::Path},
    web::{
        answers::{
            console::thread::DESCRIPTION,
            form::Sent,
            site::{Agent, page},
            written::{Source, with_remote_pictures, written},
        },
        layout::{Room, portal},
    },
};

/// What the page may load.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; img-src 'self' https: http: data:; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

pub async fn show(agent: Agent, Path((text, message)): Path<(String, String)>, _: Sent) -> Result<Response, Problem> {
    let (title, number, body, paper) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), &text)?;
        let files = attachments::of_ticket(tx, agent.actor(), &ticket)?;
        let files: Vec<_> = files.iter().collect();
        let shown = if message == DESCRIPTION {
            written(&Source::of_ticket(&ticket), &files)
        } else {
            let comments = tickets::comments(tx, agent.actor(), &ticket)?;
            let it = comments.iter().find(|it| it.id.to_string() == message).ok_or_else(|| Refusal::not_found("message"))?;
            written(&Source::of_comment(it), &files)
        };
        let number = number::text(&agent.settings, ticket.kind, ticket.number);
        Ok((ticket.title, number, with_remote_pictures(&shown.html), shown.paper))
    })?;
    let main = html! {
        div { p { a href={ "/agent/tickets/" (number) } { "Back to " (number) } } h1 { (title) } }
        article.panel { div class={ "prose mail" @if paper { " paper" } } { (PreEscaped(body)) } }
    };
    let mut response = page(StatusCode::OK, portal(&agent.frame(), Room::Wide, &title, main));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}
