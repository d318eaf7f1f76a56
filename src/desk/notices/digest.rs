//! Mails that tell of many things at once, for those who want one an hour or one a day. It begins with the first thing that it is to
//! tell of, and lists what its reader has not read meanwhile: what they saw on the desk, they are not written.

use minicbor::{Decode, Encode};

use super::to_gather;
use crate::{
    desk::{
        actor::Origin,
        identity::{self, Person},
        notify,
    },
    error::Result,
    id::PersonId,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// A mail to be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Digest {
    #[n(0)]
    pub person: PersonId,
    /// It tells of what came to be shown since.
    #[n(1)]
    pub since: Instant,
    #[n(2)]
    pub due_at: Instant,
}

/// By when they go.
pub const DUE: Index<Digest, Instant> = Index::new(0xe3, "digests_due");

impl Record for Digest {
    type Key = PersonId;
    const TABLE: Table = Table::operational(0x8d, "digests");

    fn key(&self) -> PersonId {
        self.person
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&DUE, &self.due_at);
    }
}

/// Something is to be told with the next mail, which goes at this instant unless one waits already.
pub(super) fn gather(tx: &mut Tx, person: PersonId, at: Instant) -> Result<()> {
    if tx.has::<Digest>(&person)? { Ok(()) } else { tx.put(&Digest { person, since: tx.now(), due_at: at }) }
}

/// When the next one goes.
pub fn next_due(tx: &Tx) -> Result<Option<Instant>> {
    let Some(person) = tx.find_keys(&DUE, &())?.next().transpose()? else { return Ok(None) };
    Ok(tx.get::<Digest>(&person)?.map(|it| it.due_at))
}

/// Writes those that are due, at most `limit`; gives how many were looked at. A command.
pub fn act(tx: &mut Tx, limit: usize) -> Result<usize> {
    let until = tx.now().plus(std::time::Duration::from_millis(1));
    let due: Vec<PersonId> = tx.find_between(&DUE, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for id in &due {
        let Some(digest) = tx.get::<Digest>(id)? else { continue };
        tx.remove::<Digest>(id)?;
        let Some(person) = tx.get::<Person>(id)?.filter(|it| it.active) else { continue };
        let actor = identity::actor_of(tx, &person, Origin::default())?;
        let (told, hidden_until) = to_gather(tx, &actor, digest.since)?;
        // What is held still goes with the next one.
        if let Some(due_at) = hidden_until {
            tx.put(&Digest { person: *id, since: until, due_at })?;
        }
        let told = told.into_iter().map(|it| it.ticket);
        notify::digest(tx, &person, told, None)?;
    }
    Ok(due.len())
}
