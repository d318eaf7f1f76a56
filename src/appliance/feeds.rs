//! What stands in a feed of due work: found as lists are, with the rights of its owner, and bounded.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Desk,
    lists::{self, Filter, Question},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendar_feeds::CalendarFeed,
        identity::Person,
        query::{self, Op, Sort},
        queues::Team,
        reminders,
        settings::Settings,
        tickets::{Ticket, access, number, priority_label},
        views,
    },
    error::Result,
    follow::search::Spelling,
    id::TicketId,
    limits,
    text::icalendar::write::Entry,
};

/// How long an entry lasts that is an instant.
const MINUTES: u32 = 15;

/// The entries of a feed, the next first. `address` is the desk's own, such as `https://desk.example.com`.
pub async fn entries(desk: &Arc<Desk>, feed: &CalendarFeed, owner: &Person, actor: &Actor, address: &str) -> Result<Vec<Entry>> {
    let mut tickets: BTreeMap<TicketId, Ticket> = BTreeMap::new();
    let mut take = |found: Vec<Ticket>| tickets.extend(found.into_iter().filter(|it| it.next_due().is_some()).map(|it| (it.id, it)));
    if feed.shows.mine {
        take(found(desk, actor, "assignee:me status:open", Vec::new()).await?);
    }
    if feed.shows.teams {
        let teams = desk.read(|tx| names(tx, owner))?;
        if !teams.is_empty() {
            let of_teams = Filter { field: query::Field::Team, op: Op::Is, values: teams, named: "team".to_owned() };
            take(found(desk, actor, "status:open", vec![of_teams]).await?);
        }
    }
    if let Some(id) = feed.shows.view {
        // A view that is gone, or no longer theirs, leaves the rest.
        if let Ok(view) = desk.read(|tx| views::known(tx, actor, id)) {
            take(found(desk, actor, &view.query, Vec::new()).await?);
        }
    }
    desk.read(|tx| {
        let settings = Settings::of(tx)?;
        let entry = |it: &Ticket| of_ticket(&settings, it, address);
        let mut all: Vec<Entry> = tickets.values().filter_map(entry).collect();
        if feed.shows.reminders {
            for it in reminders::mine(tx, actor)? {
                let Some(ticket) = tx.get::<Ticket>(&it.ticket)?.filter(|it| access::may_see(actor, it)) else { continue };
                let number = number::text(&settings, ticket.kind, ticket.number);
                all.push(Entry {
                    uid: format!("reminder-{}@lodge", it.id),
                    at: it.at,
                    minutes: MINUTES,
                    summary: if it.note.is_empty() { format!("{number} {}", ticket.title) } else { it.note },
                    description: format!("{number} {}", ticket.title),
                    categories: vec!["reminder".to_owned()],
                    url: Some(format!("{address}/agent/tickets/{number}")),
                    sequence: 0,
                    changed: it.created_at,
                });
            }
        }
        all.sort_by(|a, b| (a.at, &a.uid).cmp(&(b.at, &b.uid)));
        all.truncate(limits::DUE_EVENTS_MAX);
        Ok(all)
    })
}

fn names(tx: &Tx, owner: &Person) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for id in &owner.teams {
        names.extend(tx.get::<Team>(id)?.map(|it| it.name));
    }
    Ok(names)
}

async fn found(desk: &Arc<Desk>, actor: &Actor, text: &str, filters: Vec<Filter>) -> Result<Vec<Ticket>> {
    let question = Question {
        text: Some(text.to_owned()),
        filters,
        sort: Sort::parse("dueAt:asc")?,
        cursor: None,
        skip: 0,
        limit: limits::DUE_EVENTS_MAX,
        spelling: Spelling::Exact,
    };
    Ok(lists::list(desk, actor, question).await?.tickets)
}

fn of_ticket(settings: &Settings, it: &Ticket, address: &str) -> Option<Entry> {
    let number = number::text(settings, it.kind, it.number);
    Some(Entry {
        uid: format!("due-{}@lodge", it.id),
        at: it.next_due()?,
        minutes: MINUTES,
        summary: format!("{number} {}", it.title),
        description: format!("{} · {}\n{address}/agent/tickets/{number}", priority_label(it.priority), it.state),
        categories: vec![it.kind.name().to_owned()],
        url: Some(format!("{address}/agent/tickets/{number}")),
        sequence: it.version,
        changed: it.updated_at,
    })
}
