//! What stands between `{{` and `}}` in macros and ready-made texts: the ticket, its requester, the agent who uses it. Filled in by the
//! bounded engine of mails (`mail::templates`), for a writer who reads the text before it is sent.

use crate::{
    desk::{
        actor::Actor,
        custom,
        identity::{Organization, Person},
        mail::templates::{self, Values},
        queues::{Category, Queue},
        settings::Settings,
        tickets::{Ticket, lifecycle::Lifecycle, number, priority_label},
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::Tx,
};

/// Every name, with what it is for a text that is tried out, and a word for people.
pub const NAMES: [(&str, &str, &str); 16] = [
    ("ticket.number", "INC-000123", "the number"),
    ("ticket.title", "The printer jams", "the title"),
    ("ticket.status", "In progress", "the status"),
    ("ticket.priority", "P3", "the priority"),
    ("ticket.category", "Hardware", "the category"),
    ("requester.name", "Rosa Lee", "the requester's name"),
    ("requester.firstName", "Rosa", "the requester's first name"),
    ("requester.email", "rosa@example.com", "the requester's address"),
    ("organization.name", "Example Ltd", "the requester's organization"),
    ("assignee.name", "Ada Lovelace", "who works on it"),
    ("agent.name", "Ada Lovelace", "your name"),
    ("agent.firstName", "Ada", "your first name"),
    ("agent.email", "ada@example.com", "your address"),
    ("queue.name", "Service desk", "the queue"),
    ("desk.name", "Example desk", "the desk"),
    ("today", "2026-03-02", "the date"),
];

fn first(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// What the names stand for on this ticket, for this agent.
pub fn values(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<Values> {
    let settings = Settings::of(tx)?;
    let person = |id| -> Result<Option<Person>> { Ok(tx.get::<Person>(&id)?) };
    let requester = person(ticket.requester)?;
    let assignee = ticket.assignee.map(person).transpose()?.flatten();
    let agent = actor.person().map(person).transpose()?.flatten();
    let organization = ticket.organization.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    let queue = ticket.queue.map(|id| tx.get::<Queue>(&id)).transpose()?.flatten();
    let category = ticket.subtopic.or(ticket.topic).map(|id| tx.get::<Category>(&id)).transpose()?.flatten();
    let lifecycle = Lifecycle::of(tx, ticket.kind)?;
    let status = lifecycle.state(&ticket.state).map_or_else(|| ticket.state.clone(), |it| it.label.clone());
    let zone = jiff::tz::TimeZone::get(&settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let name = |it: &Option<Person>| it.as_ref().map(|it| it.name.clone()).unwrap_or_default();
    let email = |it: &Option<Person>| it.as_ref().map(|it| it.email.clone()).unwrap_or_default();
    let mut values = Values::default();
    values
        .set("ticket.number", number::text(&settings, ticket.kind, ticket.number))
        .set("ticket.title", ticket.title.as_str())
        .set("ticket.status", status)
        .set("ticket.priority", priority_label(ticket.priority))
        .set("ticket.category", category.map(|it| it.name).unwrap_or_default())
        .set("requester.name", name(&requester))
        .set("requester.firstName", first(&name(&requester)))
        .set("requester.email", email(&requester))
        .set("organization.name", organization.map(|it| it.name).unwrap_or_default())
        .set("assignee.name", name(&assignee))
        .set("agent.name", name(&agent))
        .set("agent.firstName", first(&name(&agent)))
        .set("agent.email", email(&agent))
        .set("queue.name", queue.map(|it| it.name).unwrap_or_default())
        .set("desk.name", settings.name.as_str())
        .set("today", tx.now().timestamp().to_zoned(zone).date().to_string());
    let fields = custom::shared(tx)?;
    let kept = custom::visible(&fields, true, ticket);
    for field in &fields.fields {
        let words = kept.get(&field.key).map(|it| custom::in_words(tx, field, it)).transpose()?.unwrap_or_default();
        values.set(&format!("custom.{}", field.key), words);
    }
    Ok(values)
}

/// The text with its names filled in. Markdown in what they stand for means nothing.
pub fn filled(source: &str, values: &Values) -> Result<String> {
    templates::for_a_writer(source, values).map_err(|why| Refusal::field("body", "invalid", say!("refused-cannot-fill", why = why)).into())
}

/// Refuses a text that names what there is not, or cannot be filled in; says where.
pub fn check(tx: &Tx, field: &str, source: &str) -> Result<()> {
    if source.trim().is_empty() {
        return Err(Refusal::field(field, "required", say!("refused-needs-text")).into());
    }
    if source.len() > limits::SNIPPET_BYTES_MAX {
        return Err(Refusal::field(field, "too_long", say!("refused-at-most-kb", most = limits::SNIPPET_BYTES_MAX / 1024)).into());
    }
    let mut sample = Values::default();
    for (name, value, _) in NAMES {
        sample.set(name, value);
    }
    let own: Vec<String> = custom::shared(tx)?.fields.iter().map(|it| format!("custom.{}", it.key)).collect();
    for name in &own {
        sample.set(name, "x");
    }
    let names: Vec<&str> = NAMES.iter().map(|it| it.0).chain(own.iter().map(String::as_str)).collect();
    templates::check_for_a_writer(field, source, &names, &sample)
}
