//! The steps of a ticket: ticked off, added, ordered.

use axum::response::Response;

use super::property::{back_to, refused};
use crate::language::say;
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx,
        actor::Actor,
        checklists::{self, NewStep, StepChange},
        permission::Permission,
        tickets::{self, Ticket, access},
    },
    error::{Code, Refusal, Result},
    http::{Problem, path::Path},
    id::ChecklistId,
    web::{
        answers::{form::Sent, site::Agent, words::face},
        components::field::Choice,
        console::checklist::{ChecklistView, StepView},
    },
};

/// The section at the side of a ticket; empty for whoever does not work it.
pub fn view(tx: &Tx, actor: &Actor, ticket: &Ticket, cast: &mut tickets::Cast) -> Result<ChecklistView> {
    if !access::may(actor, Permission::TicketsRead, ticket) {
        return Ok(ChecklistView::default());
    }
    let steps = ticket.checklist.as_ref().map_or(&[][..], |it| &it.steps);
    cast.meet(tx, steps.iter().filter_map(|it| it.done.as_ref()?.by).collect::<Vec<_>>())?;
    let done = |it: &checklists::Done| it.by.map_or_else(|| t!("tools-desk").to_owned(), |it| face(cast, it).name);
    let step = |it: &checklists::Step| StepView {
        id: it.id,
        text: it.text.clone(),
        required: it.required,
        done: it.done.as_ref().map(done).unwrap_or_default(),
    };
    let steps = steps.iter().map(step).collect();
    let lists = checklists::lists(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect();
    Ok(ChecklistView { steps, lists })
}

pub async fn change(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    match agent.desk.write(Some(agent.person()), move |tx| fulfil(tx, &actor, &named, &sent)).await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(error) => refused(&agent, &text, t!("tools-checklist-unchanged").to_owned(), error).await,
    }
}

fn fulfil(tx: &mut Tx, actor: &Actor, text: &str, sent: &Sent) -> Result<Ticket> {
    let ticket = access::named(tx, actor, text)?;
    if let Some(list) = sent.get("list") {
        let list = list.parse::<ChecklistId>().map_err(|_| Refusal::field("list", "unknown", say!("refused-no-such-checklist")))?;
        return checklists::add_list(tx, actor, ticket.id, list);
    }
    if sent.has("text") {
        let step = NewStep { text: sent.text("text").to_owned(), required: sent.has("required") };
        return checklists::add(tx, actor, ticket.id, vec![step]);
    }
    let wish = sent.text("do").split_once(':').and_then(|(what, step)| Some((what, step.parse::<u32>().ok()?)));
    let (what, step) = wish.ok_or_else(|| Refusal::new(Code::Malformed, say!("refused-no-step")))?;
    let steps = ticket.checklist.as_ref().map_or(&[][..], |it| &it.steps);
    let place = steps.iter().position(|it| it.id == step).unwrap_or(0);
    let change = match what {
        "drop" => return checklists::remove(tx, actor, ticket.id, step),
        "done" => StepChange { done: Some(true), ..StepChange::default() },
        "open" => StepChange { done: Some(false), ..StepChange::default() },
        "up" => StepChange { place: Some(place.saturating_sub(1)), ..StepChange::default() },
        "down" => StepChange { place: Some(place + 1), ..StepChange::default() },
        _ => return Err(Refusal::new(Code::Malformed, say!("refused-nothing-step")).into()),
    };
    checklists::change(tx, actor, ticket.id, step, change)
}
