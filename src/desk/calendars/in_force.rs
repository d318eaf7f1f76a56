//! Which calendar counts for a ticket (SLA-23): the policy's, else that of the team that works its queue, else that of the team's region,
//! else the desk's. Where none of them names one, work goes on round the clock.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use super::{Region, Timetable, timetable};
use crate::{
    desk::{
        queues::{self, Team},
        settings::Settings,
    },
    error::Result,
    id::{CalendarId, QueueId},
    store::Tx,
};

/// Who names the calendar that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Policy,
    /// By its name.
    Team(String),
    /// By its name.
    Region(String),
    Desk,
    /// Nobody.
    Nobody,
}

impl fmt::Display for Origin {
    /// Why it is this one, as the end of a sentence: "It goes by ...".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Policy => f.write_str("the calendar of the policy"),
            Origin::Team(name) => write!(f, "the calendar of the team {name}"),
            Origin::Region(name) => write!(f, "the calendar of the region {name}"),
            Origin::Desk => f.write_str("the calendar of the desk"),
            Origin::Nobody => f.write_str("no calendar: round the clock"),
        }
    }
}

/// A calendar that counts, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// None is round the clock.
    pub calendar: Option<CalendarId>,
    pub from: Origin,
}

impl InForce {
    pub fn timetable(&self, tx: &Tx) -> Result<Arc<Timetable>> {
        match self.calendar {
            Some(it) => timetable(tx, it),
            None => Ok(round_the_clock()),
        }
    }
}

/// The timetable of those who have no calendar.
pub fn round_the_clock() -> Arc<Timetable> {
    static ALWAYS: LazyLock<Arc<Timetable>> = LazyLock::new(|| Arc::new(Timetable::always()));
    ALWAYS.clone()
}

/// The calendar that counts under a policy in a queue.
pub fn in_force(tx: &Tx, policy: Option<CalendarId>, queue: Option<QueueId>) -> Result<InForce> {
    if policy.is_some() {
        return Ok(InForce { calendar: policy, from: Origin::Policy });
    }
    if let Some(team) = queues::team_of(tx, queue)?.map(|it| tx.get_shared::<Team>(&it)).transpose()?.flatten() {
        if team.calendar.is_some() {
            return Ok(InForce { calendar: team.calendar, from: Origin::Team(team.name.clone()) });
        }
        let region = team.region.map(|it| tx.get_shared::<Region>(&it)).transpose()?.flatten();
        if let Some(region) = region.filter(|it| it.calendar.is_some()) {
            return Ok(InForce { calendar: region.calendar, from: Origin::Region(region.name.clone()) });
        }
    }
    let calendar = Settings::of(tx)?.calendar;
    Ok(InForce { calendar, from: if calendar.is_some() { Origin::Desk } else { Origin::Nobody } })
}
