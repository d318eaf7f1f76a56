//! Teams: people who work queues together.

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::Result,
    id::TeamId,
    store::{Record, Table, Tx},
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
}

impl Record for Team {
    type Key = TeamId;
    const TABLE: Table = Table::journalled(0x1d, "teams");

    fn key(&self) -> TeamId {
        self.id
    }
}

pub fn create_team(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Team> {
    actor.need(Permission::SettingsWrite)?;
    let name = super::queue::fresh_name(name, team_named(tx, name)?.is_some())?;
    let team = Team { id: tx.new_id(), name, created_at: tx.now() };
    tx.put(&team)?;
    let about = About { entity_kind: "team", entity: team.id.0, subject: None };
    event::record(tx, actor, EventKind::TeamCreated, about, Changes::new().set("name", team.name.as_str()))?;
    Ok(team)
}

/// Every team, in the order in which they were made.
pub fn teams(tx: &Tx) -> Result<Vec<Team>> {
    Ok(tx.scan::<Team>(&())?.collect::<Result<_, _>>()?)
}

/// The team of this id or name, whatever its case.
pub fn team_named(tx: &Tx, text: &str) -> Result<Option<Team>> {
    if let Ok(id) = text.parse::<TeamId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(teams(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}
