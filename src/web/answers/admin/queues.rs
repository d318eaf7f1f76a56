//! Queues in the settings: the list, a new one, and how one takes tickets in and gives them to people.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity,
        permission::Permission,
        queues::{self, Queue, Team},
        routing::{self, Fallback, QueueRules, QueueRulesChange, Strategy, Takes},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{QueueId, TeamId},
    language::say,
    web::{
        admin::{
            queues::{QueueFormView, QueueRow, QueuesView, form_page, page as queues_page},
            shell::QUEUES,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::t,
    },
};

fn address(id: QueueId) -> String {
    format!("{}/{id}", QUEUES.href)
}

fn known(tx: &Tx, id: QueueId) -> Result<Queue> {
    tx.get::<Queue>(&id)?.ok_or_else(|| Refusal::not_found("queue").into())
}

fn in_words(it: Strategy) -> &'static str {
    match it {
        Strategy::Manual => t!("queues-hand"),
        Strategy::RoundRobin => t!("queues-turn"),
        Strategy::LeastLoaded => t!("queues-load"),
        Strategy::SkillBased => t!("queues-skills"),
    }
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: Queue| -> Result<QueueRow> {
            let load = routing::queue_load(tx, it.id)?;
            let counted = if it.rules.wip_active_only { load.active } else { load.open };
            Ok(QueueRow {
                href: address(it.id),
                team: it.team.map(|id| tx.get::<Team>(&id)).transpose()?.flatten().map(|it| it.name).unwrap_or_default(),
                assigns: in_words(it.rules.strategy).to_owned(),
                open: it.rules.wip_limit.map_or_else(|| load.open.to_string(), |limit| t!("queues-of", counted = counted, limit = limit)),
                name: it.name,
            })
        };
        let queues = queues::queues(tx)?.into_iter().map(row).collect::<Result<_>>()?;
        Ok(QueuesView { frame: admin.frame(), queues, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, queues_page(&view)))
}

/// The form of this queue, or of a new one.
fn filled(tx: &Tx, admin: &Admin, queue: Option<&Queue>) -> Result<QueueFormView> {
    let rules = queue.map(|it| it.rules.clone()).unwrap_or_default();
    let mut teams = vec![Choice::new("", t!("queues-none"))];
    teams.extend(queues::teams(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    let mut fallbacks = vec![Choice::new("nobody", t!("queues-stays-nobody")), Choice::new("lead", t!("queues-teams-lead-gets"))];
    let mut people = identity::agents(tx)?;
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    fallbacks.extend(people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    let mut overflows = vec![Choice::new("", t!("queues-desks-default-queue"))];
    let others = queues::queues(tx)?.into_iter().filter(|it| queue.is_none_or(|queue| queue.id != it.id));
    overflows.extend(others.map(|it| Choice::new(it.id.to_string(), it.name)));
    let QueueRules { strategy, only_present, fallback, takes, wip_limit, wip_refuses, wip_active_only, overflow } = rules;
    Ok(QueueFormView {
        frame: admin.frame(),
        action: queue.map_or_else(|| QUEUES.href.to_owned(), |it| address(it.id)),
        title: queue.map(|it| it.name.clone()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        team: queue.and_then(|it| it.team).map(|it| it.to_string()).unwrap_or_default(),
        teams,
        strategy: strategy.name().into(),
        only_present,
        fallback: match fallback {
            Fallback::Nobody => "nobody".into(),
            Fallback::Lead => "lead".into(),
            Fallback::Person(it) => it.to_string(),
        },
        fallbacks,
        takes: takes.name().into(),
        wip_limit: wip_limit.map(|it| it.to_string()).unwrap_or_default(),
        wip_refuses,
        wip_active_only,
        overflow: overflow.map(|it| it.to_string()).unwrap_or_default(),
        overflows,
        changed: queue.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..QueueFormView::default()
    })
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<QueueId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, Some(&known(tx, id)?)))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// A number that may be left out.
pub(super) fn number(sent: &Sent, name: &'static str, field: &'static str) -> Result<Option<u32>> {
    let Some(text) = sent.get(name).map(str::trim).filter(|it| !it.is_empty()) else { return Ok(None) };
    let number = text.parse().map_err(|_| Refusal::field(field, "invalid", say!("queues-whole-number-nothing")))?;
    Ok(Some(number))
}

fn wanted(sent: &Sent) -> Result<QueueRulesChange> {
    Ok(QueueRulesChange {
        strategy: Strategy::named(sent.text("strategy")),
        only_present: Some(sent.has("only_present")),
        fallback: Some(match sent.text("fallback") {
            "lead" => Fallback::Lead,
            text => text.parse().map_or(Fallback::Nobody, Fallback::Person),
        }),
        takes: Takes::named(sent.text("takes")),
        wip_limit: Some(number(sent, "wip_limit", "wipLimit")?),
        wip_refuses: Some(sent.has("wip_refuses")),
        wip_active_only: Some(sent.has("wip_active_only")),
        overflow: Some(sent.get("overflow").and_then(|it| it.parse().ok())),
    })
}

fn save(tx: &mut Tx, actor: &Actor, queue: Queue, team: Option<TeamId>, change: QueueRulesChange) -> Result<Queue> {
    let queue = if queue.team == team { queue } else { queues::give_queue(tx, actor, queue.id, team)? };
    routing::change_queue_rules(tx, actor, queue.id, change)
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, name) = (admin.actor().clone(), sent.text("name").to_owned());
    let team = sent.get("team").and_then(|it| it.parse().ok());
    let done = match wanted(&sent) {
        Err(error) => Err(error),
        Ok(change) => {
            let run = move |tx: &mut Tx| {
                let made = queues::create_queue(tx, &actor, &name, team)?;
                save(tx, &actor, made, team, change)
            };
            admin.desk.write(admin.actor().person(), run).await
        }
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("queues-queue-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<QueueId>, sent: Sent) -> Result<Response, Problem> {
    let queue = admin.desk.read(|tx| known(tx, id))?;
    let (actor, team) = (admin.actor().clone(), sent.get("team").and_then(|it| it.parse().ok()));
    let done = match wanted(&sent) {
        Err(error) => Err(error),
        Ok(change) => {
            let run = move |tx: &mut Tx| {
                let present = known(tx, id)?;
                save(tx, &actor, present, team, change)
            };
            admin.desk.write(admin.actor().person(), run).await
        }
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("queues-queue-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&queue), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, queue: Option<&Queue>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = QueueFormView {
        name: sent.text("name").to_owned(),
        team: sent.text("team").to_owned(),
        strategy: sent.text("strategy").to_owned(),
        only_present: sent.has("only_present"),
        fallback: sent.text("fallback").to_owned(),
        takes: sent.text("takes").to_owned(),
        wip_limit: sent.text("wip_limit").to_owned(),
        wip_refuses: sent.has("wip_refuses"),
        wip_active_only: sent.has("wip_active_only"),
        overflow: sent.text("overflow").to_owned(),
        name_error: message(&refusal, "name"),
        wip_limit_error: message(&refusal, "wipLimit"),
        error: whole(&refusal, &["name", "wipLimit"]),
        ..admin.desk.read(|tx| filled(tx, admin, queue))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}
