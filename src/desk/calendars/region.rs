//! Regions: where teams work (TEN-06). A region lends its calendar to the teams that have none of their own.

use minicbor::{Decode, Encode};

use super::calendar::check_usable;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues, service_levels,
    },
    error::{Code, Refusal, Result},
    id::{CalendarId, RegionId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Region {
    #[n(0)]
    pub id: RegionId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub calendar: Option<CalendarId>,
    #[n(3)]
    pub created_at: Instant,
}

impl Record for Region {
    type Key = RegionId;
    const TABLE: Table = Table::journalled(0x61, "regions");

    fn key(&self) -> RegionId {
        self.id
    }
}

impl Region {
    fn about(&self) -> About {
        About { entity_kind: "region", entity: self.id.0, subject: None }
    }
}

/// Every region, in the order in which they were made.
pub fn regions(tx: &Tx) -> Result<Vec<Region>> {
    Ok(tx.scan::<Region>(&())?.collect::<Result<_, _>>()?)
}

/// The region of this id or name, whatever its case.
pub fn region_named(tx: &Tx, text: &str) -> Result<Option<Region>> {
    if let Ok(id) = text.parse::<RegionId>() {
        return Ok(tx.get(&id)?);
    }
    let wanted = text.trim().to_lowercase();
    Ok(regions(tx)?.into_iter().find(|it| it.name.to_lowercase() == wanted))
}

/// The region of this name, made if there is none: naming it is enough to have it.
pub fn find_or_create_region(tx: &mut Tx, actor: &Actor, text: &str) -> Result<Region> {
    match region_named(tx, text)? {
        Some(it) => Ok(it),
        None if text.parse::<RegionId>().is_ok() => Err(Refusal::field("region", "unknown", say!("refused-there-no-such-region")).into()),
        None => create_region(tx, actor, text, None),
    }
}

pub fn create_region(tx: &mut Tx, actor: &Actor, name: &str, calendar: Option<CalendarId>) -> Result<Region> {
    actor.need(Permission::SettingsWrite)?;
    check_usable(tx, calendar)?;
    if regions(tx)?.len() >= limits::REGIONS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-desk-most-regions", regions_max = limits::REGIONS_MAX)).into());
    }
    let name = queues::fresh_name(name, region_named(tx, name)?.is_some())?;
    let it = Region { id: tx.new_id(), name, calendar, created_at: tx.now() };
    tx.put(&it)?;
    let changes = Changes::new().set("name", it.name.as_str()).set("calendar", calendar.map(|it| it.to_string()));
    event::record(tx, actor, EventKind::RegionCreated, it.about(), changes)?;
    Ok(it)
}

/// Changes to a region; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct RegionChange {
    pub name: Option<String>,
    pub calendar: Option<Option<CalendarId>>,
}

pub fn change_region(tx: &mut Tx, actor: &Actor, id: RegionId, change: RegionChange) -> Result<Region> {
    actor.need(Permission::SettingsWrite)?;
    let before = tx.get::<Region>(&id)?.ok_or_else(|| Refusal::not_found("region"))?;
    let mut after = before.clone();
    if let Some(it) = change.name {
        let taken = region_named(tx, &it)?.is_some_and(|it| it.id != id);
        after.name = queues::fresh_name(&it, taken)?;
    }
    if let Some(it) = change.calendar {
        check_usable(tx, it)?;
        after.calendar = it;
    }
    let text = |it: Option<CalendarId>| it.map(|it| it.to_string());
    let mut changes = Changes::new();
    changes.field("name", before.name.as_str(), after.name.as_str()).field("calendar", text(before.calendar), text(after.calendar));
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::RegionChanged, after.about(), changes)?;
    if after.calendar != before.calendar {
        service_levels::retime_all(tx, &format!("the region {} goes by another calendar", after.name))?;
    }
    Ok(after)
}

/// Takes a region away in which no team works.
pub fn delete_region(tx: &mut Tx, actor: &Actor, id: RegionId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let it = tx.get::<Region>(&id)?.ok_or_else(|| Refusal::not_found("region"))?;
    if let Some(team) = queues::teams(tx)?.into_iter().find(|team| team.region == Some(id)) {
        let detail = say!("refused-team-works-region-give", name = team.name, name2 = it.name);
        return Err(Refusal::new(Code::Conflict, detail).into());
    }
    tx.remove::<Region>(&id)?;
    event::record(tx, actor, EventKind::RegionDeleted, it.about(), Changes::new().set("name", it.name))?;
    Ok(())
}
