//! Three promises for those who do not want to fill in a table: what the policies that every desk begins with say, made easier or harder.

use super::{
    defaults::{self, INCIDENTS_ID, REQUESTS_ID},
    policy::{self, Policies, PolicyChange, TargetRow},
};
use crate::{desk::actor::Actor, error::Result, store::Tx};

/// How much a desk promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// Nothing: no target runs.
    None,
    /// Twice the usual time.
    Relaxed,
    /// What most service desks promise.
    Usual,
    /// Half the usual time.
    Strict,
}

impl Promise {
    pub const ALL: [Promise; 4] = [Promise::None, Promise::Relaxed, Promise::Usual, Promise::Strict];

    pub fn name(self) -> &'static str {
        match self {
            Promise::None => "none",
            Promise::Relaxed => "relaxed",
            Promise::Usual => "usual",
            Promise::Strict => "strict",
        }
    }

    pub fn named(text: &str) -> Option<Promise> {
        Promise::ALL.into_iter().find(|it| it.name() == text)
    }

    fn minutes(self, usual: u32) -> u32 {
        match self {
            Promise::None | Promise::Usual => usual,
            Promise::Relaxed => usual * 2,
            // Nobody answers within less than a quarter of an hour of working time for long.
            Promise::Strict => (usual / 2).max(15),
        }
    }

    /// What is promised for incidents, P1 to P4.
    pub fn incidents(self) -> [TargetRow; 4] {
        self.rows(&defaults::INCIDENTS)
    }

    fn rows(self, usual: &defaults::Rows) -> [TargetRow; 4] {
        usual.map(|(response, resolution, update)| TargetRow {
            response: Some(self.minutes(response)),
            resolution: Some(self.minutes(resolution)),
            update: update.map(|it| self.minutes(it)),
        })
    }
}

/// Gives the two policies that every desk begins with these targets. Policies of the desk's own stay as they are.
pub fn promise(tx: &mut Tx, actor: &Actor, it: Promise) -> Result<()> {
    for (id, usual) in [(INCIDENTS_ID, defaults::INCIDENTS), (REQUESTS_ID, defaults::REQUESTS)] {
        if Policies::of(tx)?.get(id).is_none() {
            continue;
        }
        let change = PolicyChange { targets: Some(it.rows(&usual)), active: Some(it != Promise::None), ..PolicyChange::default() };
        policy::change_policy(tx, actor, id, change)?;
    }
    Ok(())
}

/// Which of the promises the desk makes now; none if it has its own.
pub fn promised(tx: &Tx) -> Result<Option<Promise>> {
    let policies = Policies::of(tx)?;
    let Some(incidents) = policies.get(INCIDENTS_ID) else { return Ok(None) };
    if !incidents.active {
        return Ok(Some(Promise::None));
    }
    let made = [Promise::Relaxed, Promise::Usual, Promise::Strict].into_iter();
    Ok(made.into_iter().find(|it| it.incidents() == incidents.targets))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn a_promise_is_made_and_recognised() {
        let stage = Stage::new();
        assert_eq!(stage.read(promised), Some(Promise::Usual));
        for it in Promise::ALL {
            let max = stage.max.clone();
            stage.write(move |tx| promise(tx, &max, it)).unwrap();
            assert_eq!(stage.read(promised), Some(it));
        }
    }

    #[test]
    fn strict_is_never_sooner_than_a_quarter_of_an_hour() {
        assert_eq!(Promise::Strict.incidents()[0].response, Some(15));
        assert!(
            Promise::Strict
                .incidents()
                .iter()
                .zip(Promise::Relaxed.incidents())
                .all(|(strict, relaxed)| strict.resolution < relaxed.resolution)
        );
    }
}
