//! A requester's own tickets: those they asked for or follow.

use std::collections::BTreeSet;

use axum::{http::StatusCode, response::Response};

use crate::{
    appliance::lists::{self, Answer, Question},
    desk::{
        notices,
        query::Sort,
        tickets::{Ticket, access, number},
    },
    error::Result,
    follow::search::Spelling,
    http::{Problem, query::Query},
    id::TicketId,
    web::{
        answers::{
            site::{Reader, page},
            words::category,
        },
        components::pagination::Pages,
        portal::tickets::{MyTicket, TicketsView, page as tickets_page},
    },
};

/// Rows of a page.
const ROWS: usize = 25;
const PAGES_MAX: usize = 200;
/// What the reader takes part in, whatever else they may see.
const MINE: &str = "(requester:me OR is:watched)";

pub async fn show(reader: Reader, query: Query) -> Result<Response, Problem> {
    let done = query.get("show") == Some("done");
    let words = plain_words(query.get("q").unwrap_or_default());
    let at = query.get("page").and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX);
    let which = match (words.is_empty(), done) {
        (false, _) => words.as_str(),
        (true, true) => "status:(resolved,closed)",
        (true, false) => "status:open",
    };
    let answer = mine(&reader, which, (at - 1) * ROWS, ROWS).await?;
    let unread = reader.desk.read(|tx| notices::unread_tickets(tx, reader.actor()))?;
    let tickets: Vec<_> = answer.tickets.iter().map(|it| view(&reader, it, &unread)).collect();
    let encoded: String = form_urlencoded::byte_serialize(query.get("q").unwrap_or_default().as_bytes()).collect();
    let on_page = |at: usize| match (words.is_empty(), done) {
        (false, _) => format!("/tickets?q={encoded}&page={at}"),
        (true, true) => format!("/tickets?show=done&page={at}"),
        (true, false) => format!("/tickets?page={at}"),
    };
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
        query: query.get("q").unwrap_or_default().to_owned(),
    };
    Ok(page(StatusCode::OK, tickets_page(&view)))
}

/// The reader's tickets that meet a condition of the query language, the newest change first.
pub async fn mine(reader: &Reader, which: &str, skip: usize, limit: usize) -> Result<Answer> {
    let question = Question {
        text: Some(format!("{MINE} {which}")),
        filters: Vec::new(),
        sort: Sort::parse("updatedAt")?,
        cursor: None,
        skip,
        limit,
        spelling: Spelling::Forgiving,
    };
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
