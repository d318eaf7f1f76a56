//! The time that was worked on a ticket: shown at its side, booked, put right, taken away; with a message or alone.

use axum::response::Response;
use jiff::civil::Date;

use super::property::{back_to, refused};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        permission::Permission,
        tickets::{Cast, Ticket, access},
        time_entries::{self, NewTimeEntry, Sum, TimeCategory, TimeEntry, TimeEntryChange},
    },
    error::{Refusal, Result},
    http::{Problem, path::Path},
    id::{TicketId, TimeCategoryId, TimeEntryId},
    language::{self, say},
    web::{
        answers::{form::Sent, site::Agent, words::face},
        components::field::Choice,
        console::time_spent::{EntryView, TimeView},
        tongue::{self, t},
    },
};

/// A length as people read it.
pub fn length(minutes: u64) -> String {
    language::hours(tongue::language(), minutes)
}

/// A length as people type it.
fn typed(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, rest) => format!("{hours}h {rest}m"),
    }
}

/// Categories that are offered.
pub fn choices(tx: &Tx) -> Result<Vec<Choice>> {
    let all = time_entries::categories(tx)?;
    Ok(all.into_iter().filter(|it| !it.retired).map(|it| Choice::new(it.id.to_string(), it.name)).collect())
}

/// Whether the actor books work on the ticket.
pub fn may_book(actor: &Actor, ticket: &Ticket) -> bool {
    access::works_on(actor, ticket) && access::may(actor, Permission::NotesWrite, ticket) && actor.person().is_some()
}

/// The section; nothing for whoever reads no notes.
pub fn view(tx: &Tx, actor: &Actor, ticket: &Ticket, cast: &mut Cast) -> Result<TimeView> {
    if !access::reads_notes(actor, ticket) {
        return Ok(TimeView::default());
    }
    let entries = time_entries::of_ticket(tx, actor, ticket)?;
    cast.meet(tx, entries.iter().map(|it| it.person))?;
    let mut sum = Sum::default();
    entries.iter().for_each(|it| sum.add(it));
    let may_add = may_book(actor, ticket);
    let corrects = actor.may(Permission::SettingsWrite);
    let mut shown = Vec::with_capacity(entries.len());
    for it in entries.iter().rev() {
        let category = it.category.map(|id| tx.get::<TimeCategory>(&id)).transpose()?.flatten();
        shown.push(EntryView {
            id: it.id.to_string(),
            who: face(cast, it.person).name,
            length: length(it.minutes.into()),
            typed: typed(it.minutes),
            day: tongue::date(it.date()),
            date: it.date().to_string(),
            category: it.category.map(|it| it.to_string()).unwrap_or_default(),
            category_name: category.map(|it| it.name).unwrap_or_default(),
            billable: it.billable,
            note: it.note.clone(),
            may_change: may_add && (actor.is(it.person) || corrects),
        });
    }
    Ok(TimeView {
        shown: true,
        total: if sum.minutes > 0 { length(sum.minutes) } else { String::new() },
        billable: if sum.billable > 0 { length(sum.billable) } else { String::new() },
        entries: shown,
        categories: choices(tx)?,
        today: time_entries::today(tx)?.to_string(),
        may_add,
    })
}

/// What a form says of work.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    pub minutes: u32,
    pub category: Option<TimeCategoryId>,
    pub note: String,
    pub day: Option<Date>,
}

/// Reads `time`, `note`, `day`, and the category under the name that the form has for it.
pub fn typed_in(sent: &Sent, category: &str) -> Result<Typed> {
    let wrong_day = || Refusal::field("day", "invalid", say!("refused-time-day"));
    let wrong_category = || Refusal::field("category", "unknown", say!("refused-time-category"));
    Ok(Typed {
        minutes: time_entries::parse_minutes(sent.text("time"))?,
        category: sent.get(category).map(|it| it.parse().map_err(|_| wrong_category())).transpose()?,
        note: sent.text("note").to_owned(),
        day: sent.get("day").map(|it| it.parse().map_err(|_| wrong_day())).transpose()?,
    })
}

/// Books it for whoever acts.
pub fn book(tx: &mut Tx, actor: &Actor, ticket: TicketId, it: Typed) -> Result<(Ticket, TimeEntry)> {
    let Typed { minutes, category, note, day } = it;
    time_entries::add(tx, actor, ticket, NewTimeEntry { minutes, category, note, day, person: None })
}

pub async fn add(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let run = move |tx: &mut Tx| {
        let ticket = access::named(tx, &actor, &named)?;
        Ok(book(tx, &actor, ticket.id, typed_in(&sent, "category")?)?.0)
    };
    match agent.desk.write(Some(agent.person()), run).await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(error) => refused(&agent, &text, t!("time-not-booked").to_owned(), error).await,
    }
}

pub async fn change(agent: Agent, Path((text, entry)): Path<(String, TimeEntryId)>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let run = move |tx: &mut Tx| {
        let ticket = access::named(tx, &actor, &named)?;
        if sent.text("do") == "remove" {
            time_entries::remove(tx, &actor, ticket.id, entry)?;
            return Ok(ticket);
        }
        let Typed { minutes, category, note, day } = typed_in(&sent, "category")?;
        let before = tx.get::<TimeEntry>(&(ticket.id, entry))?.and_then(|it| it.category);
        // A category that is offered no longer may stay where it is.
        let category = (category != before).then_some(category);
        time_entries::change(tx, &actor, ticket.id, entry, TimeEntryChange { minutes: Some(minutes), category, note: Some(note), day })?;
        Ok(ticket)
    };
    match agent.desk.write(Some(agent.person()), run).await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(error) => refused(&agent, &text, t!("time-not-changed").to_owned(), error).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_was_booked() {
        for minutes in [1, 59, 60, 90, 1440] {
            assert_eq!(time_entries::parse_minutes(&typed(minutes)).unwrap(), minutes);
        }
        let sent = Sent::of_fields([("time", "1:30"), ("day", "2026-11-22"), ("note", "x"), ("category", "")]);
        let expected = Typed { minutes: 90, category: None, note: "x".into(), day: Some(jiff::civil::date(2026, 11, 22)) };
        assert_eq!(typed_in(&sent, "category").unwrap(), expected);
        for (name, value) in [("time", ""), ("day", "yesterday"), ("category", "none")] {
            let fields = [("time", "5m"), ("day", ""), ("category", "")].map(|it| if it.0 == name { (name, value) } else { it });
            assert!(typed_in(&Sent::of_fields(fields), "category").is_err(), "{name}");
        }
    }
}
