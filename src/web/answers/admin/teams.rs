//! Teams in the settings: the list, a new one, one team with its members and queues.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        calendars::{self, Region},
        identity::{self, Person},
        permission::Permission,
        queues::{self, Team, TeamChange},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{PersonId, QueueId, RegionId, TeamId},
    web::{
        admin::{
            shell::{TEAMS, Tick},
            teams::{TeamFormView, TeamRow, TeamsView, form_page, page as teams_page},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let queues = queues::queues(tx)?;
        let row = |it: Team| -> Result<TeamRow> {
            Ok(TeamRow {
                href: address(it.id),
                region: region_name(tx, it.region)?,
                lead: it.lead.map(|id| tx.get::<Person>(&id)).transpose()?.flatten().map(|it| it.name).unwrap_or_default(),
                queues: queues.iter().filter(|queue| queue.team == Some(it.id)).map(|it| it.name.clone()).collect(),
                members: queues::team_members(tx, it.id)?.len(),
                name: it.name,
            })
        };
        let teams = queues::teams(tx)?.into_iter().map(row).collect::<Result<_>>()?;
        Ok(TeamsView { frame: admin.frame(), teams, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, teams_page(&view)))
}

fn address(id: TeamId) -> String {
    format!("{}/{id}", TEAMS.href)
}

fn region_name(tx: &Tx, region: Option<RegionId>) -> Result<String> {
    Ok(region.map(|it| tx.get::<Region>(&it)).transpose()?.flatten().map(|it| it.name).unwrap_or_default())
}

fn known(tx: &Tx, text: &str) -> Result<Team> {
    let id: TeamId = text.parse().map_err(|_| Refusal::not_found("team"))?;
    tx.get(&id)?.ok_or_else(|| Refusal::not_found("team").into())
}

/// The form of this team, or of a new one.
fn filled(tx: &Tx, admin: &Admin, team: Option<&Team>) -> Result<TeamFormView> {
    let members = team.map(|it| queues::team_members(tx, it.id)).transpose()?.unwrap_or_default();
    let is_member = |id: PersonId| members.iter().any(|it| it.id == id);
    let mut people = identity::agents(tx)?;
    people.extend(members.iter().filter(|it| !it.is_agent()).cloned());
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    let teams = queues::teams(tx)?;
    let queue = |it: queues::Queue| {
        let on = team.is_some_and(|team| it.team == Some(team.id));
        let other = it.team.filter(|_| !on).and_then(|id| teams.iter().find(|it| it.id == id));
        let hint = other.map(|it| t!("teams-now-worked", name = it.name)).unwrap_or_default();
        Tick { value: it.id.to_string(), label: it.name, hint, on, fixed: false }
    };
    Ok(TeamFormView {
        frame: admin.frame(),
        action: team.map_or_else(|| TEAMS.href.to_owned(), |it| address(it.id)),
        title: team.map(|it| it.name.clone()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: team.map(|it| it.name.clone()).unwrap_or_default(),
        region: region_name(tx, team.and_then(|it| it.region))?,
        regions: calendars::regions(tx)?.into_iter().map(|it| it.name).collect(),
        calendar: team.and_then(|it| it.calendar).map(|it| it.to_string()).unwrap_or_default(),
        calendars: calendars::calendars(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        lead: team.and_then(|it| it.lead).map(|it| it.to_string()).unwrap_or_default(),
        leads: members.iter().map(|it| Choice::new(it.id.to_string(), it.name.clone())).collect(),
        queues: queues::queues(tx)?.into_iter().map(queue).collect(),
        members: people
            .into_iter()
            .map(|it| Tick { value: it.id.to_string(), on: is_member(it.id), label: it.name, hint: it.email, fixed: false })
            .collect(),
        changed: team.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..TeamFormView::default()
    })
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<String>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| filled(tx, &admin, Some(&known(tx, &id)?)))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// What the form asks for.
struct Wanted {
    change: TeamChange,
    queues: Vec<QueueId>,
}

fn wanted(sent: &Sent) -> Wanted {
    let members: Vec<PersonId> = sent.all("member").filter_map(|it| it.parse().ok()).collect();
    // Whoever is a member no longer leads no longer.
    let lead = sent.get("lead").and_then(|it| it.parse().ok()).filter(|it| members.contains(it));
    let change = TeamChange {
        manager: None,
        name: Some(sent.text("name").to_owned()),
        region: Some(sent.get("region").map(str::to_owned)),
        calendar: Some(sent.get("calendar").and_then(|it| it.parse().ok())),
        lead: Some(lead),
        members: Some(members),
    };
    Wanted { change, queues: sent.all("queue").filter_map(|it| it.parse().ok()).collect() }
}

fn save(tx: &mut Tx, actor: &Actor, id: TeamId, wanted: Wanted) -> Result<Team> {
    for queue in queues::queues(tx)? {
        let (is, shall) = (queue.team == Some(id), wanted.queues.contains(&queue.id));
        if is != shall {
            queues::give_queue(tx, actor, queue.id, shall.then_some(id))?;
        }
    }
    // Who may settle teams and not people leaves the members alone.
    let members = wanted.change.members.filter(|_| actor.may(Permission::PeopleWrite));
    queues::change_team(tx, actor, id, TeamChange { members, ..wanted.change })
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, wanted, name) = (admin.actor().clone(), wanted(&sent), sent.text("name").to_owned());
    let run = move |tx: &mut Tx| {
        let made = queues::create_team(tx, &actor, &name)?;
        save(tx, &actor, made.id, wanted)
    };
    match admin.desk.write(admin.actor().person(), run).await {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("teams-team-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let team = admin.desk.read(|tx| known(tx, &id))?;
    let (actor, wanted, id) = (admin.actor().clone(), wanted(&sent), team.id);
    match admin.desk.write(actor.person(), move |tx| save(tx, &actor, id, wanted)).await {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("teams-team-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&team), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, team: Option<&Team>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let mut view = admin.desk.read(|tx| filled(tx, admin, team))?;
    for (all, name) in [(&mut view.queues, "queue"), (&mut view.members, "member")] {
        for it in all {
            it.on = sent.all(name).any(|value| value == it.value);
        }
    }
    let view = TeamFormView {
        name: sent.text("name").to_owned(),
        region: sent.text("region").to_owned(),
        calendar: sent.text("calendar").to_owned(),
        lead: sent.text("lead").to_owned(),
        name_error: message(&refusal, "name"),
        region_error: message(&refusal, "region"),
        error: whole(&refusal, &["name", "region"]),
        ..view
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

pub async fn delete(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let team = admin.desk.read(|tx| known(tx, &id))?;
    let (actor, id) = (admin.actor().clone(), team.id);
    match admin.desk.write(actor.person(), move |tx| queues::delete_team(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(TEAMS.href, &said::done(t!("teams-team-deleted", name = team.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&team)))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
