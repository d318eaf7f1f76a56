//! Teams: people who work queues together (TEN-06). Members name their teams, so a team is found in its people, not the other way round.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        calendars,
        event::{self, About, Changes, EventKind},
        identity::{self, Person, PersonChange},
        permission::Permission,
        service_levels,
    },
    error::{Code, Error, Refusal, Result},
    id::{CalendarId, PersonId, RegionId, TeamId},
    language::say,
    store::{Index, Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Team {
    #[n(0)]
    pub id: TeamId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub created_at: Instant,
    /// A member who speaks for it.
    #[n(3)]
    pub lead: Option<PersonId>,
    /// Whom its lead answers to: told when a target is long missed.
    #[n(7)]
    pub manager: Option<PersonId>,
    /// When it works, if it does not go by its region or the desk.
    #[n(5)]
    pub calendar: Option<CalendarId>,
    /// Where it works. (Field 4 was the region's name, before regions were records.)
    #[n(6)]
    pub region: Option<RegionId>,
}

impl Record for Team {
    type Key = TeamId;
    const TABLE: Table = Table::journalled(0x1d, "teams");

    fn key(&self) -> TeamId {
        self.id
    }
}

/// The members of a team.
pub const TEAM_MEMBERS: Index<Person, TeamId> = Index::new(0xad, "people_by_team");

impl Team {
    fn about(&self) -> About {
        About { entity_kind: "team", entity: self.id.0, subject: None }
    }
}

pub fn create_team(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Team> {
    actor.need(Permission::SettingsWrite)?;
    let name = super::queue::fresh_name(name, team_named(tx, name)?.is_some())?;
    let team = Team { id: tx.new_id(), name, created_at: tx.now(), lead: None, calendar: None, region: None, manager: None };
    tx.put(&team)?;
    event::record(tx, actor, EventKind::TeamCreated, team.about(), Changes::new().set("name", team.name.as_str()))?;
    Ok(team)
}

/// Changes to a team; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TeamChange {
    pub name: Option<String>,
    pub lead: Option<Option<PersonId>>,
    /// By its id or name; a name that is new makes a region.
    pub region: Option<Option<String>>,
    pub manager: Option<Option<PersonId>>,
    pub calendar: Option<Option<CalendarId>>,
    /// All of its members. Needs `people:write` besides.
    pub members: Option<Vec<PersonId>>,
}

pub fn change_team(tx: &mut Tx, actor: &Actor, id: TeamId, change: TeamChange) -> Result<Team> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<Team>(&id)?.ok_or_else(|| Refusal::not_found("team"))?;
    let mut after = before.clone();
    let TeamChange { name, lead, region, manager, calendar, members } = change;
    if let Some(it) = name {
        let taken = team_named(tx, &it)?.is_some_and(|it| it.id != id);
        after.name = super::queue::fresh_name(&it, taken)?;
    }
    if let Some(people) = members {
        set_members(tx, actor, id, &people)?;
    }
    if let Some(it) = region {
        let text = it.filter(|it| !it.trim().is_empty());
        after.region = text.map(|it| calendars::find_or_create_region(tx, actor, &it).map_err(at_region)).transpose()?.map(|it| it.id);
    }
    if let Some(it) = calendar {
        calendars::check_usable(tx, it)?;
        after.calendar = it;
    }
    after.lead = lead.unwrap_or(after.lead);
    if let Some(lead) = after.lead
        && after.lead != before.lead
        && !tx.get::<Person>(&lead)?.is_some_and(|it| it.teams.contains(&id))
    {
        return Err(Refusal::field("lead", "invalid", say!("refused-lead-team-one-members")).into());
    }
    after.manager = manager.unwrap_or(after.manager);
    if let Some(manager) = after.manager
        && after.manager != before.manager
        && !tx.get::<Person>(&manager)?.is_some_and(|it| it.is_agent())
    {
        return Err(Refusal::field("manager", "invalid", say!("refused-manager-team-works-tickets")).into());
    }
    let text = |it: Option<PersonId>| it.map(|it| it.to_string());
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), after.name.as_str()).field("lead", text(before.lead), text(after.lead)).field(
        "region",
        before.region.map(|it| it.to_string()),
        after.region.map(|it| it.to_string()),
    );
    changes.field("manager", text(before.manager), text(after.manager));
    changes.field("calendar", before.calendar.map(|it| it.to_string()), after.calendar.map(|it| it.to_string()));
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::TeamChanged, after.about(), changes)?;
    if (after.calendar, after.region) != (before.calendar, before.region) {
        service_levels::retime_all(tx, &format!("the team {} goes by another calendar", after.name))?;
    }
    Ok(after)
}

/// A refusal of a new region's name is one of the team's field.
fn at_region(error: Error) -> Error {
    match error {
        Error::Refused(mut it) => {
            it.fields.iter_mut().for_each(|it| "region".clone_into(&mut it.field));
            Error::Refused(it)
        }
        it => it,
    }
}

fn set_members(tx: &mut Tx, actor: &Actor, id: TeamId, people: &[PersonId]) -> Result<()> {
    actor.need(Permission::PeopleWrite)?;
    let mut changed = Vec::new();
    for mut person in team_members(tx, id)?.into_iter().filter(|it| !people.contains(&it.id)) {
        person.teams.retain(|it| *it != id);
        changed.push((person.id, person.teams));
    }
    for wanted in people {
        let found = tx.get::<Person>(wanted)?;
        let mut person = found.ok_or_else(|| Refusal::field("members", "unknown", say!("refused-there-no-such-person")))?;
        if !person.teams.contains(&id) {
            person.teams.push(id);
            changed.push((person.id, person.teams));
        }
    }
    for (person, teams) in changed {
        identity::change_person(tx, actor, person, PersonChange { teams: Some(teams), ..PersonChange::default() })?;
    }
    Ok(())
}

/// Takes a team away that works no queue. Its members stay what else they are.
pub fn delete_team(tx: &mut Tx, actor: &Actor, id: TeamId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let team = tx.get::<Team>(&id)?.ok_or_else(|| Refusal::not_found("team"))?;
    if let Some(queue) = super::queues(tx)?.into_iter().find(|it| it.team == Some(id)) {
        let detail = say!("refused-team-works-queue-give", name = team.name, name2 = queue.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    if !team_members(tx, id)?.is_empty() {
        set_members(tx, actor, id, &[])?;
    }
    tx.remove::<Team>(&id)?;
    event::record(tx, actor, EventKind::TeamDeleted, team.about(), Changes::new().set("name", team.name))?;
    Ok(())
}

/// The members of a team.
pub fn team_members(tx: &Tx, id: TeamId) -> Result<Vec<Person>> {
    Ok(tx.find(&TEAM_MEMBERS, &id)?)
}

/// Every team, by name.
pub fn teams(tx: &Tx) -> Result<Vec<Team>> {
    let mut all = tx.scan::<Team>(&())?.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_cached_key(|it| it.name.to_lowercase());
    Ok(all)
}

/// The team of this id or name, whatever its case.
pub fn team_named(tx: &Tx, text: &str) -> Result<Option<Team>> {
    if let Ok(id) = text.parse::<TeamId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(teams(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}
