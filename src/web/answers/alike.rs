//! Tickets that may be about the same, as pages show them: below a form while somebody writes, and beside a ticket.

use axum::response::{IntoResponse, Response};

use super::{
    form::Sent,
    portal::knowledge,
    site::{Agent, Reader, fragment},
    words::category,
};
use crate::{
    desk::{
        Tx,
        duplicates::{self, Suggestion, Typed, Why, outage},
        identity::{self, Person},
        knowledge::Readership,
        tickets::{Kind, Ticket, access, number},
    },
    error::Result,
    http::Problem,
    web::{
        components::{
            alike::{AlikeRow, KnownRow, suggestions},
            article::ArticleLine,
        },
        console::knowledge as articles,
        tongue::t,
    },
};

fn why(it: &Why) -> String {
    let mut parts = Vec::new();
    if !it.words.is_empty() {
        parts.push(it.words.join(", "));
    }
    if it.same_department {
        parts.push(t!("alike-same-department").to_owned());
    } else if it.same_organization {
        parts.push(t!("alike-same-organization").to_owned());
    }
    parts.push(match it.minutes {
        0 => t!("alike-within-minute").to_owned(),
        it @ 1..120 => t!("alike-minutes-apart", count = it),
        it => t!("alike-hours-apart", count = it / 60),
    });
    parts.join(" · ")
}

/// A suggestion as a line; `under` is where the tickets of this page are read.
pub fn row(reader: &Reader, it: &Suggestion, under: &str) -> AlikeRow {
    let number = number::text(&reader.settings, it.ticket.kind, it.ticket.number);
    AlikeRow {
        href: format!("{under}/{number}"),
        title: it.ticket.title.clone(),
        category: category(it.ticket.category),
        why: why(&it.why),
        number,
    }
}

/// What is announced to the reader.
pub fn known(tx: &Tx, reader: &Reader) -> Result<Vec<KnownRow>> {
    let all = outage::announced(tx, &reader.caller.person)?;
    Ok(all.into_iter().map(|it| KnownRow { message: it.message, since: it.began_at }).collect())
}

/// The outage of which a ticket is a part, while it goes on.
pub fn outage_of(tx: &Tx, ticket: &Ticket) -> Result<Option<KnownRow>> {
    let found = outage::of_ticket(tx, ticket)?.filter(|it| it.state == outage::State::Declared);
    Ok(found.map(|it| KnownRow { message: it.message, since: it.began_at }))
}

/// What stands beside a ticket.
pub fn of_ticket(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<AlikeRow>> {
    let found = duplicates::for_ticket(tx, &agent.desk.recent(), agent.actor(), ticket)?;
    Ok(found.iter().map(|it| row(agent, it, "/agent/tickets")).collect())
}

/// Articles that may answer a ticket of this title, for those who work it: the id of each, and its line.
pub fn beside(tx: &Tx, agent: &Agent, title: &str) -> Result<Vec<(String, ArticleLine)>> {
    let readers = Readership::of(tx, Some(agent.actor()))?;
    let found = knowledge::suggestions(&agent.desk, tx, &readers, title, title)?.into_iter();
    Ok(found
        .map(|it| {
            let id = it.article.id.to_string();
            let href = format!("{}/{id}", articles::HREF);
            (id, ArticleLine { href, ..knowledge::line(it.article, String::new()) })
        })
        .collect())
}

fn typed(sent: &Sent, kind: Kind) -> Typed {
    Typed { kind: Some(kind), title: sent.text("title").to_owned(), description: sent.text("description").to_owned() }
}

/// What stands below a form of the portal: what the requester may see anyhow, and what is announced to them.
pub fn below(reader: &Reader, sent: &Sent, kind: Kind) -> Result<(Vec<ArticleLine>, Vec<AlikeRow>, Vec<KnownRow>)> {
    reader.desk.read(|tx| {
        let me = Some(&*reader.caller.person);
        let found = duplicates::for_typed(tx, &reader.desk.recent(), reader.actor(), me, &typed(sent, kind))?;
        let form = if kind == Kind::Request { "request" } else { "incident" };
        let articles = knowledge::suggested(tx, reader, sent.text("title"), sent.text("description"), form)?;
        Ok((articles, found.iter().map(|it| row(reader, it, "/tickets")).collect(), known(tx, reader)?))
    })
}

/// The same while somebody writes.
pub async fn in_portal(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let frame = reader.frame();
    let (articles, rows, known) = below(&reader, &sent, Kind::named(sent.text("kind")).unwrap_or(Kind::Incident))?;
    Ok(fragment(&frame, t!("alike-alike"), suggestions(&articles, &rows, &known, frame.now)).into_response())
}

/// Below the agent's form.
pub async fn in_console(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    access::need_lodge(agent.actor())?;
    let frame = agent.frame();
    let drawn = agent.desk.read(|tx| {
        let other: Option<Person> = match sent.get("requester") {
            Some(it) => match sent.get("person").and_then(|it| it.parse().ok()) {
                Some(id) => tx.get::<Person>(&id)?,
                None => identity::person_by_email(tx, it)?,
            },
            None => Some(Person::clone(&agent.caller.person)),
        };
        let kind = Kind::named(sent.text("kind")).unwrap_or(Kind::Incident);
        let found = duplicates::for_typed(tx, &agent.desk.recent(), agent.actor(), other.as_ref(), &typed(&sent, kind))?;
        let rows: Vec<AlikeRow> = found.iter().map(|it| row(&agent, it, "/agent/tickets")).collect();
        let near = beside(tx, &agent, sent.text("title"))?;
        let articles: Vec<ArticleLine> = near.into_iter().map(|it| it.1).collect();
        Ok(suggestions(&articles, &rows, &[], frame.now))
    })?;
    Ok(fragment(&frame, t!("alike-alike"), drawn).into_response())
}
