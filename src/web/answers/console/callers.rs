//! For whom an agent takes a ticket down: people found while they are typed, and what a form says about whom it means.

use axum::{Json, response::IntoResponse};
use serde::Serialize;

use crate::{
    appliance::people,
    desk::{
        Tx,
        drafts::Draft,
        identity::{self, Organization, Person},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Problem, query::Query},
    id::PersonId,
    limits,
    web::{
        answers::{form::Sent, portal::lodge::message, site::Agent},
        components::caller::{CallerView, Found},
        tongue::t,
    },
};

/// Where people are looked up.
const SOURCE: &str = "/agent/requesters";

/// What the script's list takes.
#[derive(Serialize)]
struct Offer {
    id: String,
    name: String,
    hint: String,
}

pub async fn offered(agent: Agent, query: Query) -> Result<impl IntoResponse, Problem> {
    agent.desk.index_hears_of_others().await;
    let found = found(&agent, query.get("q").unwrap_or_default())?;
    Ok(Json(found.into_iter().map(|it| Offer { id: it.id, name: it.name, hint: it.about }).collect::<Vec<_>>()))
}

fn found(agent: &Agent, text: &str) -> Result<Vec<Found>> {
    agent.desk.read(|tx| {
        let all = people::callers(&agent.desk, tx, agent.actor(), text, limits::CALLERS_OFFERED)?;
        all.iter().map(|it| one(tx, it)).collect()
    })
}

fn one(tx: &Tx, it: &Person) -> Result<Found> {
    let organization = it.organization.map(|id| tx.get_shared::<Organization>(&id)).transpose()?.flatten();
    let phone = it.phone.as_deref().filter(|_| it.has_mail());
    let about: Vec<&str> = [Some(it.reached_by()), phone, organization.as_ref().map(|it| it.name.as_str())].into_iter().flatten().collect();
    Ok(Found {
        id: it.id.to_string(),
        name: it.name.clone(),
        about: about.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · "),
    })
}

/// Who is meant, as a new ticket takes it; nobody is the agent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whom {
    pub requester: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// What a form says about whom it means.
pub enum Meant {
    Somebody(Whom),
    /// It is not clear yet: the part of the form that asks.
    Ask(CallerView),
}

fn added(sent: &Sent) -> [String; 3] {
    ["newName", "newEmail", "newPhone"].map(|it| sent.text(it).trim().to_owned())
}

/// Where the reader looks people up; nowhere for whoever may not.
pub fn source(agent: &Agent) -> String {
    let may = agent.actor().may(Permission::PeopleRead) && agent.actor().may(Permission::TicketsWrite);
    if may { SOURCE.to_owned() } else { String::new() }
}

pub fn meant(agent: &Agent, sent: &Sent) -> Result<Meant> {
    let [name, email, phone] = added(sent);
    let is_added = [&name, &email, &phone].iter().any(|it| !it.is_empty());
    let chosen = sent.text("person").trim();
    let typed = sent.text("requester").trim();
    if chosen != "new" && !chosen.is_empty() {
        return Ok(Meant::Somebody(Whom { requester: Some(chosen.to_owned()), ..Whom::default() }));
    }
    if is_added {
        let some = |it: String| Some(it).filter(|it| !it.is_empty());
        return Ok(Meant::Somebody(Whom { requester: some(email), name: some(name), phone: some(phone) }));
    }
    let view = CallerView { source: source(agent), ..CallerView::default() };
    if chosen == "new" {
        return Ok(Meant::Ask(CallerView { new: as_new(typed), new_errors: [Some(t!("caller-say-who").to_owned()), None, None], ..view }));
    }
    // An address or an id says who it is.
    if typed.is_empty() || view.source.is_empty() || identity::normal_email(typed).is_ok() || typed.parse::<PersonId>().is_ok() {
        let requester = Some(typed.to_owned()).filter(|it| !it.is_empty());
        return Ok(Meant::Somebody(Whom { requester, ..Whom::default() }));
    }
    let found = found(agent, typed)?;
    Ok(Meant::Ask(match found.is_empty() {
        true => CallerView { new: as_new(typed), error: Some(t!("caller-nobody", text = typed)), ..view },
        false => CallerView { text: typed.to_owned(), found, error: Some(t!("caller-choose").to_owned()), ..view },
    }))
}

/// What was typed, as the name or the number of somebody new.
fn as_new(typed: &str) -> [String; 3] {
    match identity::is_phone(typed) {
        true => [String::new(), String::new(), typed.to_owned()],
        false => [typed.to_owned(), String::new(), String::new()],
    }
}

/// What a draft kept of it.
pub fn of_draft(agent: &Agent, draft: Option<&Draft>) -> CallerView {
    let text = |name: &str| draft.map_or_else(String::new, |it| it.text(name).to_owned());
    CallerView {
        source: source(agent),
        text: text("requester"),
        new: ["newName", "newEmail", "newPhone"].map(text),
        ..CallerView::default()
    }
}

/// The part of the form with what was typed and what is wrong with it.
pub fn again(agent: &Agent, sent: &Sent, refusal: &Refusal) -> CallerView {
    let new = added(sent);
    let is_added = new.iter().any(|it| !it.is_empty());
    let about_new = |field: &str| message(refusal, field).filter(|_| is_added);
    let about_address = message(refusal, "requester").or_else(|| message(refusal, "email"));
    CallerView {
        source: source(agent),
        text: sent.text("requester").to_owned(),
        chosen: sent.text("person").to_owned(),
        found: Vec::new(),
        must: false,
        error: about_address.clone().filter(|_| !is_added),
        new_errors: [about_new("name"), about_address.filter(|_| is_added), about_new("phone")],
        new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_becomes_a_name_or_a_number() {
        for (typed, expected) in [("Mina Park", ["Mina Park", "", ""]), ("0911 47 11", ["", "", "0911 47 11"]), ("", ["", "", ""])] {
            assert_eq!(as_new(typed), expected.map(str::to_owned));
        }
    }
}
