//! One change for many tickets. Each ticket is a command of its own, so that one that refuses keeps no other from being changed; the
//! word afterwards says how many were, which were not, and why.

use axum::response::Response;
use futures_util::future::join_all;

use super::{
    macros::{undo_address, used},
    place::Place,
    property::Property,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        macros,
        tickets::{self, Ticket, TicketChange, access},
        undo,
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, query::Query},
    id::MacroId,
    language::say,
    limits,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see, see_and_say},
            words::Words,
        },
        components::{badge::Tone, toast::Toast},
        tongue::{self, t},
    },
};

/// The tickets that are named, each once; refused if they are more than are done at once.
pub fn numbers<'a>(named: impl Iterator<Item = &'a str>) -> Result<Vec<String>> {
    let mut numbers: Vec<String> = Vec::new();
    for it in named.map(str::trim).filter(|it| !it.is_empty()) {
        if !numbers.iter().any(|other| other == it) {
            numbers.push(it.to_owned());
        }
        if numbers.len() > limits::PAGE_SIZE_MAX {
            let detail = say!("bulk-most-tickets-changed-once", page_size_max = limits::PAGE_SIZE_MAX);
            return Err(Refusal::new(Code::TooLarge, detail).into());
        }
    }
    Ok(numbers)
}

/// Those of them that the reader may see.
pub fn seen(tx: &Tx, actor: &Actor, numbers: &[String]) -> Result<Vec<Ticket>> {
    let mut found: Vec<Ticket> = Vec::new();
    for it in numbers {
        match access::named(tx, actor, it) {
            Ok(it) if found.iter().any(|other| other.id == it.id) => {}
            Ok(it) => found.push(it),
            Err(error) if error.code() == Some(Code::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The tickets that an address names, as `?tickets=INC-000001,INC-000002`.
pub fn named_in(agent: &Agent, query: &Query) -> Result<Vec<Ticket>> {
    let numbers = numbers(query.get("tickets").unwrap_or_default().split(','))?;
    agent.desk.read(|tx| seen(tx, agent.actor(), &numbers))
}

/// Back to the list, where something is to be picked first.
pub fn nothing_picked(agent: &Agent) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let toast = Toast { tone: Tone::Warn, text: t!("bulk-no-ticket-selected").to_owned(), undo: None };
    Ok(see_and_say(&place.address(), &toast))
}

/// Where the rest of what can be done to many is asked; each has a page of its own.
fn next_page(next: &str, numbers: &[String]) -> Option<String> {
    let page = match next {
        "reply" => "comment?mode=reply&",
        "note" => "comment?mode=note&",
        "merge" => "merge?",
        "link" => "link?",
        "export" => "export.csv?",
        _ => return None,
    };
    let tickets: String = form_urlencoded::byte_serialize(numbers.join(",").as_bytes()).collect();
    Some(format!("/agent/tickets/bulk/{page}tickets={tickets}"))
}

pub async fn change(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let numbers = numbers(sent.all("ticket"))?;
    if let Some(page) = sent.get("next").and_then(|it| next_page(it, &numbers)).filter(|_| !numbers.is_empty()) {
        return Ok(see(&page));
    }
    let wishes: Vec<(Property, String)> =
        Property::OF_MANY.into_iter().filter_map(|it| Some((it, sent.get(it.name())?.to_owned()))).collect();
    let tag = sent.get("tag").map(str::to_owned);
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let by_macro = sent.get("macro").and_then(|it| it.parse::<MacroId>().ok());
    if let Some(id) = by_macro.filter(|_| !numbers.is_empty()) {
        return use_macro(&agent, id, numbers, &place).await;
    }
    if numbers.is_empty() || (wishes.is_empty() && tag.is_none()) {
        let text = if numbers.is_empty() { t!("bulk-no-ticket-selected") } else { t!("bulk-nothing-chosen-selected-tickets") };
        return Ok(see_and_say(&place.address(), &Toast { tone: Tone::Warn, text: text.to_owned(), undo: None }));
    }
    let commands = numbers.iter().map(|number| {
        let (actor, number) = (agent.actor().clone(), number.clone());
        let (wishes, tag) = (wishes.clone(), tag.clone());
        agent.desk.write(Some(agent.person()), move |tx| one(tx, &actor, &number, &wishes, tag))
    });
    let (mut outcomes, mut done) = (Vec::new(), Vec::new());
    for it in join_all(commands).await {
        outcomes.push(it.map(|it| done.push(it)));
    }
    let toast = told(&numbers, outcomes)?;
    let what = format!("the change of {} tickets", done.len());
    Ok(see_and_say(&place.address(), &Toast { undo: way_back(&agent, what, done).await, ..toast }))
}

/// Keeps what was done, and gives the address that undoes it. What was done stands: if the way back cannot be kept, there is none.
pub async fn way_back(agent: &Agent, what: String, done: Vec<undo::Done>) -> Option<String> {
    let actor = agent.actor().clone();
    match agent.desk.write(Some(agent.person()), move |tx| undo::keep(tx, &actor, &what, &done)).await {
        Ok(id) => id.map(undo_address),
        Err(error) => {
            tracing::error!(%error, "what was done to many tickets cannot be undone as one");
            None
        }
    }
}

/// A macro on all of them, or on none.
async fn use_macro(agent: &Agent, id: MacroId, numbers: Vec<String>, place: &Place) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let toast = match agent.desk.write(Some(agent.person()), move |tx| macros::apply(tx, &actor, id, &numbers)).await {
        Ok(it) => used(&it),
        Err(Error::Refused(it)) => said::failed(t!("tools-nothing-done", why = tongue::sentence(&it.detail))),
        Err(broken) => return Err(broken.into()),
    };
    Ok(see_and_say(&place.address(), &toast))
}

fn one(tx: &mut Tx, actor: &Actor, number: &str, wishes: &[(Property, String)], tag: Option<String>) -> Result<undo::Done> {
    let before = access::named(tx, actor, number)?;
    let mut after = before.clone();
    let words = Words::of(tx)?;
    // An assignee may be what the wished state needs, so that comes last.
    let (states, others): (Vec<_>, Vec<_>) = wishes.iter().partition(|it| it.0 == Property::Status);
    for (property, value) in others.into_iter().chain(states) {
        after = tickets::change(tx, actor, before.id, property.change(&words, value)?)?;
    }
    if let Some(tag) = tag {
        let tags = before.tags.iter().cloned().chain([tag]).collect();
        after = tickets::change(tx, actor, before.id, TicketChange { tags: Some(tags), ..TicketChange::default() })?;
    }
    Ok(undo::Done { before, after, comments: Vec::new() })
}

/// What was done and what was not. A fault is not told here: it is everybody's.
fn told(numbers: &[String], outcomes: Vec<Result<()>>) -> Result<Toast> {
    let mut refused = Vec::new();
    for (number, outcome) in numbers.iter().zip(outcomes) {
        match outcome {
            Ok(()) => {}
            Err(Error::Refused(it)) => refused.push((number, tongue::sentence(&it.detail))),
            Err(broken) => return Err(broken),
        }
    }
    let done = numbers.len() - refused.len();
    let changed = t!("bulk-changed", count = done);
    let Some((number, why)) = refused.first() else { return Ok(said::done(changed)) };
    let not = match refused.len() {
        1 => t!("bulk-not", number = number, why = why),
        count => t!("bulk-not-more", number = number, count = count - 1, why = why),
    };
    Ok(Toast { tone: Tone::Warn, text: format!("{changed} {not}"), undo: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_says_what_was_done_and_what_was_not() {
        let numbers = ["INC-1", "INC-2", "INC-3"].map(str::to_owned);
        let refuse = || Err(Refusal::new(Code::Conflict, "It is closed.").into());
        for (outcomes, expected) in [
            (vec![Ok(()), Ok(()), Ok(())], "3 tickets changed."),
            (vec![Ok(()), refuse(), Ok(())], "2 tickets changed. Not INC-2: It is closed."),
            (vec![refuse(), refuse(), Ok(())], "1 ticket changed. Not INC-1 (and 1 more): It is closed."),
        ] {
            assert_eq!(told(&numbers, outcomes).unwrap().text, expected);
        }
    }
}
