//! Those who work tickets, as assignment sees them: the list, and one of them.

use axum::{http::StatusCode, response::Response};

use super::{Admin, categories::listed, last_change, queues::number};
use crate::{
    desk::{
        Tx,
        identity::{self, Person},
        permission::Permission,
        routing::{self, StandingChange},
        settings::Settings,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::PersonId,
    web::{
        admin::{
            agents::{AgentFormView, AgentRow, AgentsView, form_page, page as agents_page},
            shell::AGENTS,
        },
        answers::{
            account::availability::{fields_of, meant, others, sent_fields, zone_of},
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

fn address(id: PersonId) -> String {
    format!("{}/{id}", AGENTS.href)
}

fn known(tx: &Tx, id: PersonId) -> Result<Person> {
    tx.get::<Person>(&id)?.filter(Person::is_agent).ok_or_else(|| Refusal::not_found("person").into())
}

fn row(tx: &Tx, settings: &Settings, it: Person) -> Result<AgentRow> {
    let load = routing::load_of(tx, &settings.routing, it.id)?;
    let capacity = it.standing.capacity.or(settings.routing.capacity);
    let absent = routing::is_absent(&it, tx.now());
    Ok(AgentRow {
        href: address(it.id),
        skills: it.standing.skills.join(", "),
        load: capacity.map_or_else(|| load.weight.to_string(), |most| t!("agents-of", weight = load.weight, most = most)),
        gone: match (absent, it.standing.away) {
            (true, _) => Some(t!("agents-absent").into()),
            (false, true) => Some(t!("agents-away").into()),
            (false, false) => None,
        },
        present: routing::present(tx, it.id)?,
        name: it.name,
    })
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleRead)?;
    let view = admin.desk.read(|tx| {
        let settings = Settings::of(tx)?;
        let mut people = identity::agents(tx)?;
        people.sort_by_cached_key(|it| it.name.to_lowercase());
        let agents = people.into_iter().map(|it| row(tx, &settings, it)).collect::<Result<_>>()?;
        Ok(AgentsView { frame: admin.frame(), agents })
    })?;
    Ok(page(StatusCode::OK, agents_page(&view)))
}

fn filled(tx: &Tx, admin: &Admin, it: &Person) -> Result<AgentFormView> {
    let usual = match Settings::of(tx)?.routing.capacity {
        Some(it) => t!("agents-empty-everybody", it = it),
        None => t!("agents-empty-without-end-everybody").into(),
    };
    Ok(AgentFormView {
        frame: admin.frame(),
        action: address(it.id),
        name: it.name.clone(),
        may_change: admin.actor().may(Permission::PeopleWrite),
        skills: it.standing.skills.join(", "),
        capacity: it.standing.capacity.map(|it| it.to_string()).unwrap_or_default(),
        usual,
        away: it.standing.away,
        absences: fields_of(&it.standing.absences, &zone_of(tx, it)?, tx.now()),
        people: others(tx, it.id)?,
        error: None,
        changed: last_change(tx, it.id.0)?,
    })
}

pub async fn show(admin: Admin, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, &known(tx, id)?))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn change(admin: Admin, Path(id): Path<PersonId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleWrite)?;
    let actor = admin.actor().clone();
    let person = admin.desk.read(|tx| known(tx, id))?;
    let wanted = admin.desk.read(|tx| {
        Ok(StandingChange {
            skills: Some(listed(sent.text("skills"))),
            capacity: Some(number(&sent, "capacity", "capacity")?),
            away: Some(sent.has("away")),
            absences: Some(meant(&sent_fields(&sent), &zone_of(tx, &person)?)?),
        })
    });
    let done = match wanted {
        Err(error) => Err(error),
        Ok(change) => admin.desk.write(actor.person(), move |tx| routing::change_standing(tx, &actor, id, change)).await,
    };
    match done {
        Ok(it) => Ok(see_and_say(AGENTS.href, &said::done(t!("word-saved-2", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let view = AgentFormView {
                skills: sent.text("skills").to_owned(),
                capacity: sent.text("capacity").to_owned(),
                away: sent.has("away"),
                absences: sent_fields(&sent),
                error: Some(tongue::sentence(&refusal.detail)),
                ..admin.desk.read(|tx| filled(tx, &admin, &person))?
            };
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
