//! Putting a ticket aside, reminding oneself of it, and hearing nothing of it: shown at its side, and done.

use axum::response::Response;
use jiff::{civil, tz::TimeZone};

use super::property::{back_to, refused};
use crate::language::say;
use crate::{
    desk::{
        Tx,
        notices::preferences::{self, Preferences},
        permission::Permission,
        reminders, snooze,
        tickets::{Cast, Ticket, access},
    },
    error::{Refusal, Result},
    http::{Problem, path::Path},
    id::ReminderId,
    time::Instant,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
            words::face,
        },
        components::field::Choice,
        console::later::LaterView,
        tongue::{self, t},
    },
};

/// When a working day begins for whoever puts something aside until then.
const MORNING: i8 = 9;

/// Moments that are offered, by their keys.
const MOMENTS: [&str; 5] = ["hour", "hours", "tomorrow", "monday", "month"];

/// The instant behind a key, in the reader's zone.
fn moment_of(key: &str, now: Instant, zone: &TimeZone) -> Option<Instant> {
    let local = now.timestamp().to_zoned(zone.clone());
    let morning = |date: civil::Date| {
        let at = date.at(MORNING, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(Instant::from(at.timestamp()))
    };
    let hours = |count: u64| Some(now.plus(std::time::Duration::from_secs(count * 3600)));
    match key {
        "hour" => hours(1),
        "hours" => hours(3),
        "tomorrow" => morning(local.date().tomorrow().ok()?),
        "monday" => morning(local.date().nth_weekday(1, civil::Weekday::Monday).ok()?),
        "month" => hours(30 * 24),
        _ => None,
    }
}

fn name_of(key: &str) -> &'static str {
    match key {
        "hour" => t!("live-in-an-hour"),
        "hours" => t!("live-in-three-hours"),
        "tomorrow" => t!("live-tomorrow"),
        "monday" => t!("live-monday"),
        _ => t!("live-in-a-month"),
    }
}

/// An instant as a form names it: one of the keys, or RFC 3339.
fn sent_instant(text: &str, now: Instant) -> Result<Instant> {
    let found = moment_of(text, now, &tongue::zone()).or_else(|| text.parse().ok());
    found.ok_or_else(|| Refusal::field("until", "invalid", say!("refused-choose-moment")).into())
}

pub fn view(tx: &Tx, agent: &Agent, ticket: &Ticket, cast: &Cast) -> Result<LaterView> {
    let mine = reminders::on(tx, agent.actor(), ticket.id)?;
    let reads = access::reads_notes(agent.actor(), ticket);
    Ok(LaterView {
        aside: ticket.snoozed.as_ref().filter(|_| reads).map(|it| (face(cast, it.by).name, it.until)),
        may_put_aside: access::works_on(agent.actor(), ticket) && ticket.category.is_open(),
        moments: MOMENTS.map(|it| Choice::new(it, name_of(it))).into(),
        reminders: mine.into_iter().map(|it| (it.id.to_string(), it.at, it.note)).collect(),
        muted: Preferences::of(tx, agent.person())?.mutes(ticket.id),
    })
}

pub async fn put_aside(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let wakes = sent.text("do") == "wake";
    let until = match sent.text("until") {
        "answer" => Ok(None),
        _ if wakes => Ok(None),
        text => sent_instant(text, agent.desk.now()).map(Some),
    };
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = match until {
        Ok(until) => {
            let run = move |tx: &mut Tx| {
                let ticket = access::named(tx, &actor, &named)?;
                if wakes { snooze::wake(tx, &actor, ticket.id) } else { snooze::snooze(tx, &actor, ticket.id, until) }
            };
            agent.desk.write(Some(agent.person()), run).await
        }
        Err(it) => Err(it),
    };
    match done {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(it) => refused(&agent, &text, t!("live-not-put-aside").to_owned(), it).await,
    }
}

pub async fn remind(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsRead)?;
    let at = sent_instant(sent.text("at"), agent.desk.now());
    let (actor, named, note) = (agent.actor().clone(), text.clone(), sent.text("note").to_owned());
    let done = match at {
        Ok(at) => {
            let run = move |tx: &mut Tx| {
                let ticket = access::named(tx, &actor, &named)?;
                reminders::remind(tx, &actor, ticket.id, at, &note)?;
                Ok(ticket)
            };
            agent.desk.write(Some(agent.person()), run).await
        }
        Err(it) => Err(it),
    };
    match done {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(it) => refused(&agent, &text, t!("live-not-reminded").to_owned(), it).await,
    }
}

pub async fn forget(agent: Agent, Path((text, reminder)): Path<(String, ReminderId)>, _: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        reminders::forget(tx, &actor, reminder)?;
        Ok(ticket)
    });
    Ok(back_to(&agent, &done.await?))
}

pub async fn mute(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, on) = (agent.actor().clone(), sent.text("mute") == "on");
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &text)?;
        preferences::mute(tx, &actor, ticket.id, on)?;
        Ok(ticket)
    });
    let ticket = done.await?;
    let number = crate::desk::tickets::number::text(&agent.settings, ticket.kind, ticket.number);
    let words = if on { t!("live-muted-now", number = number.as_str()) } else { t!("live-unmuted-now", number = number.as_str()) };
    Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_mornings_of_the_reader() {
        // A Friday evening in Berlin.
        let now: Instant = "2026-05-01T18:00:00Z".parse().unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (key, expected) in
            [("hour", "2026-05-01T19:00:00.000Z"), ("tomorrow", "2026-05-02T07:00:00.000Z"), ("monday", "2026-05-04T07:00:00.000Z")]
        {
            assert_eq!(moment_of(key, now, &berlin).unwrap().to_string(), expected, "{key}");
        }
        assert_eq!(moment_of("never", now, &berlin), None);
        assert!(MOMENTS.iter().all(|it| moment_of(it, now, &berlin).is_some_and(|at| at > now)));
    }
}
