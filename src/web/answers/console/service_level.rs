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
        tongue::{self, t},
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
        clocks.push(ClockLine { name: capitalized(words::target(it.target)), clock, used, allowed: u64::from(it.allowed), breached });
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
    let goes_on = |text: String| if it.until.is_none() { t!("service-level-until-now", text = text) } else { text };
    match &it.kind {
        EntryKind::Ran { calendar, days, more_days } => {
            let by =
                calendar.as_ref().map_or_else(|| t!("service-level-round-clock").to_owned(), |it| t!("service-level-hours", hours = it));
            let mut days = days.clone();
            days.extend((*more_days > 0).then(|| t!("service-level-more-days", count = more_days)));
            goes_on(match days.is_empty() {
                true => t!("service-level-ran", by = by),
                false => t!("service-level-ran-past", by = by, days = days.join(", ")),
            })
        }
        EntryKind::Waited { state } if state.is_empty() => goes_on(t!("service-level-waited").to_owned()),
        EntryKind::Waited { state } => goes_on(t!("service-level-stood-still", state = words.status(ticket.kind, state))),
        EntryKind::Stood { state } => goes_on(t!("service-level-over", state = words.status(ticket.kind, state))),
        EntryKind::Terms { policy, priority, calendar_from, team, .. } => {
            let policy = policy.as_deref().unwrap_or(t!("service-level-no-policy"));
            let priority = priority_label(*priority);
            match team {
                None => t!("service-level-here", policy = policy, priority = priority, calendar = calendar_from),
                Some(team) => t!("service-level-here-team", policy = policy, priority = priority, calendar = calendar_from, team = team),
            }
        }
        EntryKind::Answered => t!("service-level-desk-answered").to_owned(),
        EntryKind::Carried => t!("service-level-what-before-added-up").to_owned(),
        EntryKind::Reached { target, share: 100 } => t!("service-level-missed", label = words::target(*target)),
        EntryKind::Reached { target, share } => t!("service-level-used", share = share, label = words::target(*target)),
        EntryKind::Due { target } => t!("service-level-due", label = words::target(*target)),
    }
}

/// The clocks that the head of a ticket names.
pub fn of_head(ticket: &Ticket) -> Vec<(String, Clock)> {
    let mut all: Vec<(String, Clock)> = Vec::new();
    for target in [Target::Response, Target::Resolution, Target::Update] {
        let clock = ticket.targets.as_ref().and_then(|it| it.clock(target)).filter(|it| it.is_open());
        all.extend(clock.map(|it| (capitalized(words::target(target)), words::clock_of(it))));
    }
    if let Some(due) = ticket.due_at.filter(|_| ticket.category.is_open()) {
        all.push((t!("service-level-due-2").to_owned(), Clock::Running { since: ticket.created_at, due }));
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
            let conflict = Some(Banner { tone: Tone::Danger, title: tongue::sentence(&it.detail), text: String::new() });
            show(agent, text, Part::Conversation, Undone { conflict, ..Undone::default() }, status).await
        }
        Err(error) => Err(error.into()),
    }
}
