//! What the clocks of a ticket say, for the page of the ticket; and what an agent says to them.

use axum::response::Response;

use super::{
    property::back_to,
    ticket::{Part, Undone, show},
};
use crate::{
    desk::{
        Tx,
        service_levels::{self, Entry, EntryKind, Target, timeline},
        tickets::{Cast, Ticket, access, priority_label},
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem},
    text::letters::capitalized,
    web::{
        answers::{
            form::Sent,
            site::Agent,
            words::{self, Words, face},
        },
        components::{badge::Tone, banner::Banner, countdown::Clock},
        console::service_level::{ClockLine, ServiceLevelView, StoryLine},
    },
};

/// Lines of the story that a page shows, the newest of them.
const LINES_MAX: usize = 60;

/// What the section shows.
pub fn view(tx: &Tx, agent: &Agent, words: &Words, cast: &Cast, ticket: &Ticket) -> Result<ServiceLevelView> {
    let Some(targets) = &ticket.targets else { return Ok(ServiceLevelView::default()) };
    let told = timeline(tx, ticket)?;
    let now = tx.now();
    let mut clocks = Vec::new();
    for it in &told.clocks {
        let breached = it.breached_at(now).is_some();
        let clock = words::clock_of(it);
        let used = service_levels::used(tx, ticket, it)?;
        clocks.push(ClockLine { name: capitalized(it.target.label()), clock, used, allowed: u64::from(it.allowed), breached });
    }
    let skip = told.entries.len().saturating_sub(LINES_MAX);
    let story =
        told.entries.iter().skip(skip).map(|it| StoryLine { at: it.at, text: said(it, words, ticket), worked: worked(it) }).collect();
    let name = |id| face(cast, id).name;
    Ok(ServiceLevelView {
        policy: told.policy.unwrap_or_default(),
        because: told.because,
        clocks,
        story,
        escalated: targets.escalated.as_ref().map(|it| (name(it.by), it.at, it.reason.clone())),
        acknowledged: targets.acknowledged.map(|it| (name(it.by), it.at)),
        may_acknowledge: service_levels::may_acknowledge(agent.actor(), ticket),
        may_escalate: service_levels::may_escalate(agent.actor(), ticket, now),
    })
}

fn worked(it: &Entry) -> Option<u64> {
    matches!(it.kind, EntryKind::Ran { .. }).then_some(it.worked)
}

/// One line of the story, for people.
fn said(it: &Entry, words: &Words, ticket: &Ticket) -> String {
    let goes_on = |text: String| if it.until.is_none() { format!("{text}, until now") } else { text };
    match &it.kind {
        EntryKind::Ran { calendar, days, more_days } => {
            let by = calendar.as_ref().map_or_else(|| "round the clock".to_owned(), |it| format!("in the hours of {it}"));
            let mut days = days.clone();
            days.extend((*more_days > 0).then(|| format!("{more_days} more days")));
            let past = if days.is_empty() { String::new() } else { format!(", past {}", days.join(", ")) };
            goes_on(format!("Ran {by}{past}"))
        }
        EntryKind::Waited { state } if state.is_empty() => goes_on("Waited".to_owned()),
        EntryKind::Waited { state } => goes_on(format!("Stood still: {}", words.status(ticket.kind, state))),
        EntryKind::Stood { state } => goes_on(format!("Over: {}", words.status(ticket.kind, state))),
        EntryKind::Terms { policy, priority, calendar_from, team, .. } => {
            let policy = policy.as_deref().unwrap_or("no policy");
            let team = team.as_ref().map_or_else(String::new, |it| format!(", with the team {it}"));
            format!("From here on: {policy}, {}, {calendar_from}{team}", priority_label(*priority))
        }
        EntryKind::Answered => "The desk answered".to_owned(),
        EntryKind::Carried => "What was before was added up".to_owned(),
        EntryKind::Reached { target, share: 100 } => format!("Missed: {}", target.label()),
        EntryKind::Reached { target, share } => format!("{share} % of {} used", target.label()),
        EntryKind::Due { target } => format!("Due: {}", target.label()),
    }
}

/// The clocks that the head of a ticket names.
pub fn of_head(ticket: &Ticket) -> Vec<(String, Clock)> {
    let mut all: Vec<(String, Clock)> = Vec::new();
    for target in [Target::Response, Target::Resolution, Target::Update] {
        let clock = ticket.targets.as_ref().and_then(|it| it.clock(target)).filter(|it| it.is_open());
        all.extend(clock.map(|it| (capitalized(target.label()), words::clock_of(it))));
    }
    if let Some(due) = ticket.due_at.filter(|_| ticket.category.is_open()) {
        all.push(("Due".to_owned(), Clock::Running { since: ticket.created_at, due }));
    }
    all
}

pub async fn acknowledge(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        service_levels::acknowledge(tx, &actor, ticket.id)
    });
    answer(&agent, &text, done.await).await
}

pub async fn escalate(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named, reason) = (agent.actor().clone(), text.clone(), sent.text("reason").to_owned());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        service_levels::escalate(tx, &actor, ticket.id, &reason)
    });
    answer(&agent, &text, done.await).await
}

/// The ticket as it is now, with what was refused, if anything was.
async fn answer(agent: &Agent, text: &str, done: Result<Ticket>) -> Result<Response, Problem> {
    match done {
        Ok(ticket) => Ok(back_to(agent, &ticket)),
        Err(Error::Refused(it)) => {
            let status = problem::status_of(it.code);
            let conflict = Some(Banner { tone: Tone::Danger, title: it.detail, text: String::new() });
            show(agent, text, Part::Conversation, Undone { conflict, ..Undone::default() }, status).await
        }
        Err(error) => Err(error.into()),
    }
}
