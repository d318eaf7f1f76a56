//! Migration: a team's region was a text; each text becomes a region, and the team names that.

use minicbor::{Decode, Encode};

use super::{Region, region_named};
use crate::{
    desk::queues::Team,
    error::Result,
    id::{PersonId, TeamId},
    store::{Record, Table, Tx},
    time::Instant,
};

/// A team as it was written until then.
#[derive(Encode, Decode)]
struct TeamBefore {
    #[n(0)]
    id: TeamId,
    #[n(1)]
    name: String,
    #[n(2)]
    created_at: Instant,
    #[n(3)]
    lead: Option<PersonId>,
    #[n(4)]
    region: Option<String>,
}

impl Record for TeamBefore {
    type Key = TeamId;
    const TABLE: Table = Team::TABLE;

    fn key(&self) -> TeamId {
        self.id
    }
}

/// Makes the regions that teams name.
pub fn into_regions(tx: &mut Tx) -> Result<()> {
    let teams = tx.scan::<TeamBefore>(&())?.collect::<Result<Vec<_>, _>>()?;
    for TeamBefore { id, name, created_at, lead, region } in teams {
        let Some(text) = region else { continue };
        let region = match region_named(tx, &text)? {
            Some(it) => it.id,
            None => {
                let it = Region { id: tx.new_id(), name: text, calendar: None, created_at: tx.now() };
                tx.put(&it)?;
                it.id
            }
        };
        tx.put(&Team { id, name, created_at, lead, calendar: None, region: Some(region), manager: None })?;
    }
    Ok(())
}
