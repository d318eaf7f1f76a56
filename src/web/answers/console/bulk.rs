//! One change for many tickets. Each ticket is a command of its own, so that one that refuses keeps no other from being changed; the
//! word afterwards says how many were, which were not, and why.

use axum::response::Response;
use futures_util::future::join_all;

use super::{place::Place, property::Property};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        tickets::{self, TicketChange, access},
    },
    error::{Code, Error, Refusal, Result},
    http::Problem,
    limits,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
            words::Words,
        },
        components::{badge::Tone, toast::Toast},
    },
};

pub async fn change(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let mut numbers: Vec<String> = sent.all("ticket").map(str::to_owned).collect();
    numbers.dedup();
    if numbers.len() > limits::PAGE_SIZE_MAX {
        let detail = format!("At most {} tickets are changed at once.", limits::PAGE_SIZE_MAX);
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let wishes: Vec<(Property, String)> = Property::ALL.into_iter().filter_map(|it| Some((it, sent.get(it.name())?.to_owned()))).collect();
    let tag = sent.get("tag").map(str::to_owned);
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.last_list.as_deref()))?;
    if numbers.is_empty() || (wishes.is_empty() && tag.is_none()) {
        let text = if numbers.is_empty() { "No ticket was selected." } else { "Nothing was chosen for the selected tickets." };
        return Ok(see_and_say(&place.address(), &Toast { tone: Tone::Warn, text: text.to_owned(), undo: None }));
    }
    let commands = numbers.iter().map(|number| {
        let (actor, number) = (agent.actor().clone(), number.clone());
        let (wishes, tag) = (wishes.clone(), tag.clone());
        agent.desk.write(Some(agent.person()), move |tx| one(tx, &actor, &number, &wishes, tag))
    });
    let outcomes = join_all(commands).await;
    let toast = told(&numbers, outcomes)?;
    Ok(see_and_say(&place.address(), &toast))
}

fn one(tx: &mut Tx, actor: &Actor, number: &str, wishes: &[(Property, String)], tag: Option<String>) -> Result<()> {
    let ticket = access::named(tx, actor, number)?;
    let words = Words::of(tx)?;
    // An assignee may be what the wished state needs, so that comes last.
    let (states, others): (Vec<_>, Vec<_>) = wishes.iter().partition(|it| it.0 == Property::Status);
    for (property, value) in others.into_iter().chain(states) {
        tickets::change(tx, actor, ticket.id, property.change(&words, value)?)?;
    }
    if let Some(tag) = tag {
        let tags = ticket.tags.iter().cloned().chain([tag]).collect();
        tickets::change(tx, actor, ticket.id, TicketChange { tags: Some(tags), ..TicketChange::default() })?;
    }
    Ok(())
}

/// What was done and what was not. A fault is not told here: it is everybody's.
fn told(numbers: &[String], outcomes: Vec<Result<()>>) -> Result<Toast> {
    let mut refused = Vec::new();
    for (number, outcome) in numbers.iter().zip(outcomes) {
        match outcome {
            Ok(()) => {}
            Err(Error::Refused(it)) => refused.push((number, it.detail)),
            Err(broken) => return Err(broken),
        }
    }
    let done = numbers.len() - refused.len();
    let changed = format!("{done} {} changed", if done == 1 { "ticket" } else { "tickets" });
    let Some((number, why)) = refused.first() else { return Ok(said::done(format!("{changed}."))) };
    let rest = match refused.len() {
        1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    Ok(Toast { tone: Tone::Warn, text: format!("{changed}. Not {number}{rest}: {why}"), undo: None })
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
