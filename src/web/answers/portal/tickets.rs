//! A requester's own tickets: those they asked for or follow. And those of their organization, where it shows them (BEY-17).

use std::collections::BTreeSet;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    appliance::lists::{self, Answer, Filter, Question},
    desk::{
        Tx,
        bounds::Fellows,
        identity::{Organization, Person},
        notices,
        query::{Field, Op, Sort},
        tickets::{Ticket, access, number},
    },
    error::Result,
    follow::search::Spelling,
    http::{Problem, query::Query},
    id::TicketId,
    web::{
        answers::{
            site::{Reader, fragment, page},
            words::category,
        },
        components::pagination::Pages,
        portal::{
            answers::{Answers, answers},
            tickets::{MyTicket, TicketsView, page as tickets_page},
        },
        tongue::t,
    },
};

/// Rows of a page.
const ROWS: usize = 25;
const PAGES_MAX: usize = 200;
/// Tickets that answer while somebody types.
const ANSWERS: usize = 4;
/// How much of what was typed goes into the form of a new ticket, in characters.
const SUMMARY_CHARS: usize = 200;
/// What the reader takes part in, whatever else they may see.
const MINE: &str = "(requester:me OR is:watched)";

/// Whose tickets are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Mine,
    /// Those of one's organization, and of those beneath it, one's own among them.
    Organization,
}

impl Whose {
    /// What is asked in the query language, and beside it: an organization may have more beneath it than a text takes names.
    fn question(self, reader: &Reader, which: &str) -> (String, Vec<Filter>) {
        match (self, fellows(reader)) {
            (Whose::Organization, Some(fellows)) => {
                let values = fellows.of.iter().map(ToString::to_string).collect();
                (which.to_owned(), vec![Filter { field: Field::Organization, op: Op::Is, values, named: "of".into() }])
            }
            _ => (format!("{MINE} {which}"), Vec::new()),
        }
    }
}

pub async fn show(reader: Reader, query: Query) -> Result<Response, Problem> {
    let done = query.get("show") == Some("done");
    let typed = query.get("q").unwrap_or_default();
    let words = plain_words(typed);
    let at = query.get("page").and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX);
    let organization = reader.desk.read(|tx| shown_organization(tx, &reader))?;
    let whose = match query.get("of") {
        Some("organization") if organization.is_some() => Whose::Organization,
        _ => Whose::Mine,
    };
    let which = match (words.is_empty(), done) {
        (false, _) => words.as_str(),
        (true, true) => "status:(resolved,closed)",
        (true, false) => "status:open",
    };
    let answer = ask(&reader, whose, which, (at - 1) * ROWS, ROWS).await?;
    let tickets = drawn(&reader, &answer, whose)?;
    let mut address = form_urlencoded::Serializer::new(String::new());
    if whose == Whose::Organization {
        address.append_pair("of", "organization");
    }
    match (words.is_empty(), done) {
        (false, _) => address.append_pair("q", typed),
        (true, true) => address.append_pair("show", "done"),
        (true, false) => &mut address,
    };
    let address = address.finish();
    let on_page = |at: usize| format!("/tickets?{address}{}page={at}", if address.is_empty() { "" } else { "&" });
    let first = (at - 1) * ROWS;
    let view = TicketsView {
        frame: reader.frame(),
        pages: Pages {
            first: if tickets.is_empty() { 0 } else { first + 1 },
            last: first + tickets.len(),
            total: Some(answer.total),
            previous: (at > 1).then(|| on_page(at - 1)),
            next: answer.next.as_ref().map(|_| on_page(at + 1)),
        },
        tickets,
        done,
        query: typed.to_owned(),
        organization,
        of_organization: whose == Whose::Organization,
    };
    Ok(page(StatusCode::OK, tickets_page(&view)))
}

/// What the first page answers while somebody types: tickets that they may see.
pub async fn answer(reader: Reader, query: Query) -> Result<Response, Problem> {
    let typed = query.get("q").unwrap_or_default();
    let words = plain_words(typed);
    let frame = reader.frame();
    if words.is_empty() {
        return Ok(fragment(&frame, t!("portal-how-can-we-help"), answers(&Answers::default(), frame.now)).into_response());
    }
    let organization = reader.desk.read(|tx| shown_organization(tx, &reader))?;
    let whose = if organization.is_some() { Whose::Organization } else { Whose::Mine };
    // Whoever takes part in a ticket of another organization sees it among their own.
    let mut found = ask(&reader, Whose::Mine, &words, 0, ANSWERS).await?;
    if whose == Whose::Organization {
        for it in ask(&reader, whose, &words, 0, ANSWERS).await?.tickets {
            if found.tickets.len() < ANSWERS && !found.tickets.iter().any(|other| other.id == it.id) {
                found.tickets.push(it);
            }
        }
    }
    let tickets = drawn(&reader, &found, whose)?;
    let view = Answers { words: typed.chars().take(SUMMARY_CHARS).collect(), tickets };
    Ok(fragment(&frame, t!("portal-how-can-we-help"), answers(&view, frame.now)).into_response())
}

/// The tickets of an answer as the list shows them; of an organization's with who asked for them.
fn drawn(reader: &Reader, answer: &Answer, whose: Whose) -> Result<Vec<MyTicket>> {
    reader.desk.read(|tx| {
        let unread = notices::unread_tickets(tx, reader.actor())?;
        let mut tickets = Vec::new();
        for it in &answer.tickets {
            let mut shown = view(reader, it, &unread);
            if whose == Whose::Organization && reader.actor().person() != Some(it.requester) {
                shown.by = tx.get::<Person>(&it.requester)?.map(|it| it.name).unwrap_or_default();
            }
            tickets.push(shown);
        }
        Ok(tickets)
    })
}

/// Whose tickets the reader sees because their organization shows them.
fn fellows(reader: &Reader) -> Option<&Fellows> {
    reader.actor().bounds.as_ref()?.fellows.as_ref().filter(|it| !it.of.is_empty())
}

/// The name of the organization whose tickets the reader sees for its sake; where there are several, that of their own.
fn shown_organization(tx: &Tx, reader: &Reader) -> Result<Option<String>> {
    let Some(fellows) = fellows(reader) else { return Ok(None) };
    let own = reader.caller.person.organization.filter(|it| fellows.of.contains(it)).or(fellows.of.first().copied());
    Ok(own.map(|it| tx.get::<Organization>(&it)).transpose()?.flatten().map(|it| it.name))
}

/// The reader's tickets that meet a condition of the query language, the newest change first.
pub async fn mine(reader: &Reader, which: &str, skip: usize, limit: usize) -> Result<Answer> {
    ask(reader, Whose::Mine, which, skip, limit).await
}

async fn ask(reader: &Reader, whose: Whose, which: &str, skip: usize, limit: usize) -> Result<Answer> {
    let (text, filters) = whose.question(reader, which);
    let question =
        Question { text: Some(text), filters, sort: Sort::parse("updatedAt")?, cursor: None, skip, limit, spelling: Spelling::Forgiving };
    lists::list(&reader.desk, reader.actor(), question).await
}

/// What somebody typed as words alone: whoever writes to us need not know the query language.
fn plain_words(text: &str) -> String {
    let words = text.split(|it: char| it.is_whitespace() || "\"():<>=!*?,".contains(it)).map(|it| it.trim_start_matches(['-', '+']));
    words.filter(|it| !it.is_empty()).take(12).map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" ")
}

/// A ticket as its requester sees it in a list.
pub fn view(reader: &Reader, it: &Ticket, unread: &BTreeSet<TicketId>) -> MyTicket {
    MyTicket {
        number: number::text(&reader.settings, it.kind, it.number),
        title: it.title.clone(),
        category: category(it.category),
        changed: it.updated_for(access::reads_notes(reader.actor(), it)),
        unread: unread.contains(&it.id),
        by: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_never_a_query() {
        for (text, expected) in [
            ("printer status:closed", "\"printer\" \"status\" \"closed\""),
            ("-vpn \"a b\"", "\"vpn\" \"a\" \"b\""),
            (" () ", ""),
            ("INC-000012", "\"INC-000012\""),
        ] {
            assert_eq!(plain_words(text), expected);
        }
    }
}
