//! How taking snapshots goes: when one was last taken, proven, and what kept the last one from being taken. Kept above the desks, so that
//! whoever asks after a restart is told as well.

use std::time::Duration;

use minicbor::{Decode, Encode};

use crate::{
    appliance::Appliance,
    error::Result,
    snapshot::SnapshotId,
    store::{Record, Table},
    time::Instant,
};

/// How it went.
#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct Watch {
    /// Where they lie, as the operator calls it.
    #[n(0)]
    pub place: String,
    #[n(1)]
    pub sealed: bool,
    /// How often one is to be taken, in seconds.
    #[n(2)]
    pub every_secs: u64,
    /// The last one that was taken and read back.
    #[n(3)]
    pub last: Option<SnapshotId>,
    #[n(4)]
    pub taken_at: Option<Instant>,
    /// When one was last restored aside and searched, and found good.
    #[n(5)]
    pub proven_at: Option<Instant>,
    /// When superfluous ones were last removed.
    #[n(6)]
    pub swept_at: Option<Instant>,
    /// Since when it does not succeed, and why.
    #[n(7)]
    pub failing_since: Option<Instant>,
    #[n(8)]
    pub failure: Option<String>,
}

impl Record for Watch {
    type Key = ();
    const TABLE: Table = Table::operational(0x18, "snapshot_watch");

    fn key(&self) {}
}

/// One overdue by so many of its intervals is an alarm.
const LATE_TIMES: u64 = 3;
/// So is one that nobody has proven for so long.
const PROVEN_WITHIN: Duration = Duration::from_secs(3 * 24 * 3600);

/// What an operator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Well(String),
    Warning(String),
    Alarm(String),
}

impl Watch {
    pub fn standing(&self, now: Instant) -> Standing {
        let Some(taken_at) = self.taken_at else {
            let why = self.failure.as_ref().map(|it| format!(" The last try failed: {}.", it.trim_end_matches('.'))).unwrap_or_default();
            return Standing::Alarm(format!("no snapshot was taken yet at {}.{why}", self.place));
        };
        let age = now.since(taken_at).as_secs();
        let failure = self.failure.as_ref().map(|it| format!(" The last try failed: {}.", it.trim_end_matches('.'))).unwrap_or_default();
        let said = format!("the last one at {} is {} minutes old", self.place, age / 60);
        if self.every_secs > 0 && age > LATE_TIMES * self.every_secs {
            return Standing::Alarm(format!(
                "{said}, and one is to be taken every {} minutes.{failure} See whether the place can be written to.",
                self.every_secs / 60
            ));
        }
        // One that was taken by hand, with nobody set to take the next.
        if self.every_secs == 0 {
            return Standing::Warning(format!("{said}, and none is taken by itself: set `snapshots.to`"));
        }
        if self.proven_at.is_none_or(|it| now.since(it) > PROVEN_WITHIN) && now.since(taken_at) < PROVEN_WITHIN && self.proven_at.is_some()
        {
            return Standing::Alarm(format!("{said}, and none was proven for three days.{failure} Run `lodge snapshot verify`."));
        }
        if !failure.is_empty() {
            return Standing::Warning(format!("{said}.{failure}"));
        }
        if !self.sealed {
            return Standing::Warning(format!("{said}, and it is not encrypted: set `snapshots.key` and begin at another place"));
        }
        Standing::Well(said)
    }
}

impl Appliance {
    /// How taking snapshots goes; none if nobody takes any.
    pub fn snapshot_watch(&self) -> Result<Option<Watch>> {
        Ok(self.store().read()?.get::<Watch>(&())?)
    }

    /// Notes how it went.
    pub fn note_snapshots(&self, change: impl FnOnce(&mut Watch) + Send + 'static) -> Result<()> {
        self.store().write(move |tx| {
            let mut watch = tx.get::<Watch>(&())?.unwrap_or_default();
            change(&mut watch);
            tx.put(&watch)
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_late_unproven_or_open_to_all_is_told() {
        let now = Instant::from_millis(1_795_470_665_000);
        let ago = |minutes: i64| Some(Instant::from_millis(now.as_millis() - minutes * 60_000));
        let well = Watch {
            place: "/mnt/backup".into(),
            sealed: true,
            every_secs: 3600,
            taken_at: ago(30),
            proven_at: ago(60),
            ..Watch::default()
        };
        let failure = || Some("the disk is full".to_owned());
        assert!(matches!(well.standing(now), Standing::Well(_)));
        assert!(matches!(Watch { sealed: false, ..well.clone() }.standing(now), Standing::Warning(it) if it.contains("not encrypted")));
        assert!(matches!(Watch { failure: failure(), ..well.clone() }.standing(now), Standing::Warning(it) if it.contains("disk is full")));
        assert!(matches!(Watch { taken_at: ago(181), ..well.clone() }.standing(now), Standing::Alarm(it) if it.contains("181 minutes")));
        assert!(
            matches!(Watch { proven_at: ago(4 * 24 * 60), ..well.clone() }.standing(now), Standing::Alarm(it) if it.contains("verify"))
        );
        assert!(matches!(Watch { every_secs: 0, ..well.clone() }.standing(now), Standing::Warning(it) if it.contains("by itself")));
        let never = Watch { taken_at: None, failure: failure(), ..well };
        assert!(matches!(never.standing(now), Standing::Alarm(it) if it.contains("disk is full")));
    }
}
