//! Whether this appliance may write, where another one may take over from it (`snapshot/lease`). It looks every few seconds whether its
//! fencing number is still the highest. One that is followed and could not look for `LEASE_SECS` takes no writes until it could, because
//! somebody may have taken over meanwhile; one that saw that somebody did takes none ever again.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use minicbor::{Decode, Encode};
use rustix::time::{ClockId, clock_gettime};
use tokio::sync::watch;

use super::Appliance;
use crate::{
    error::{Code, Fault, Refusal, Result},
    limits,
    snapshot::{Follower, Lease, Vault},
    store::{Record, Store, StoreError, Table, Tx},
    time::Instant,
};

/// A standby that has not been here for so long is given up, and so is waiting for it.
const FORGOTTEN_SECS: u64 = 24 * 3600;
/// One that is away for so long is told of.
const AWAY_SECS: u64 = 5 * 60;

/// Our fencing number at the place of the snapshots.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Held {
    #[n(0)]
    pub epoch: u64,
    /// A standby may take over from us, and counts on our stopping by ourselves.
    #[n(1)]
    pub followed: bool,
}

/// The file that says that another appliance took over from this folder. No row: the stores are not to be written any more.
pub(super) const LOST: &str = "taken-over";

impl Record for Held {
    type Key = ();
    const TABLE: Table = Table::operational(0x19, "lease");
    fn key(&self) {}
}

/// The time since the machine began, that in which it slept included: a clock that stands still meanwhile would let one write that woke up
/// after another took over.
fn uptime() -> Duration {
    let now = clock_gettime(ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// What every store of the appliance asks before it writes.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Standing>);

#[derive(Debug, Default)]
struct Standing {
    followed: AtomicBool,
    lost: AtomicBool,
    /// When we last began to look and then saw that the number is ours, by [`uptime`].
    seen: watch::Sender<Option<Duration>>,
    /// The number of whoever took over.
    lost_to: AtomicU64,
    followers: RwLock<Vec<Follower>>,
}

impl Gate {
    /// Whether a batch may be written now.
    pub fn may_write(&self) -> Result<(), StoreError> {
        if self.0.lost.load(Ordering::Acquire) {
            return Err(StoreError::Fenced("another appliance took over: this one no longer is the desk. Ask at its address".into()));
        }
        let seen = *self.0.seen.borrow();
        let is_fresh = seen.is_some_and(|it| uptime().saturating_sub(it).as_secs() < limits::LEASE_SECS);
        if self.0.followed.load(Ordering::Acquire) && !is_fresh {
            let why = "the place of the snapshots cannot be reached, so the standby may have taken over. It goes on by itself when it can";
            return Err(StoreError::Fenced(why.into()));
        }
        Ok(())
    }

    /// Ends when it was looked for the first time, which one that is followed has to before it writes; at once for others.
    pub async fn looked(&self) {
        if self.0.followed.load(Ordering::Acquire) {
            // Whoever could still look is gone with the appliance.
            let _ = self.0.seen.subscribe().wait_for(Option::is_some).await;
        }
    }

    /// Whether the number was ever seen to be ours.
    pub fn has_looked(&self) -> bool {
        self.0.seen.borrow().is_some()
    }

    /// The number of whoever took over while this process ran.
    pub fn lost_to(&self) -> Option<u64> {
        Some(self.0.lost_to.load(Ordering::Acquire)).filter(|it| *it > 0)
    }

    /// As the store has it from before.
    pub(super) fn begin(&self, is_followed: bool, is_lost: bool) {
        self.0.followed.store(is_followed, Ordering::Release);
        self.0.lost.store(is_lost, Ordering::Release);
    }

    pub fn is_lost(&self) -> bool {
        self.0.lost.load(Ordering::Acquire)
    }
}

/// What a look at the place found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    Ours,
    /// Somebody has this higher number.
    Lost {
        epoch: u64,
        holder: String,
    },
}

/// What the appliance was given when it took over.
pub(super) fn put(tx: &mut Tx, epoch: u64) -> Result<()> {
    tx.put(&Held { epoch, followed: false })
}

/// Whether a standby may take over stays as it is when a store of before takes its place.
pub(super) fn carry(from: &Store, to: &Store) -> Result<()> {
    match from.read()?.get::<Held>(&())? {
        Some(held) => to.write(move |tx| tx.put(&held)).map(drop),
        None => Ok(()),
    }
}

/// A copy has no number of its own.
pub(super) fn forget(tx: &mut Tx) -> Result<()> {
    if tx.get::<Held>(&())?.is_some() {
        tx.remove::<Held>(&())?;
    }
    Ok(())
}

impl Appliance {
    /// Our number; none before the first look.
    pub fn lease(&self) -> Result<Option<Held>> {
        Ok(self.store().read()?.get::<Held>(&())?)
    }

    /// Looks whether we may still write, and says so to the stores; takes the next number where we have none yet.
    ///
    /// # Errors
    /// Refused where the place is another appliance's, of which this one is no copy.
    pub async fn look_at_lease(&self, vault: &Vault) -> Result<Look> {
        let began = uptime();
        let held = match self.lease()? {
            Some(it) => it,
            None => self.take_lease(vault).await?,
        };
        if let Some(lease) = vault.lease(held.epoch + 1).await? {
            return Ok(Look::Lost { epoch: lease.epoch, holder: lease.holder });
        }
        self.gate().0.seen.send_replace(Some(began));
        let now = Instant::now();
        let followers = vault.followers().await?;
        let followers: Vec<_> = followers.into_iter().filter(|it| now.since(it.at).as_secs() < FORGOTTEN_SECS).collect();
        let followed = !followers.is_empty();
        *self.gate().0.followers.write().unwrap_or_else(PoisonError::into_inner) = followers;
        let known = vault.knows_followed(held.epoch).await?;
        if followed != held.followed {
            // Whoever counts on us is told after it holds, and before it no longer does.
            if !followed {
                vault.note_followed(held.epoch, None).await?;
                // Somebody may have relied on it just before.
                if let Some(lease) = vault.lease(held.epoch + 1).await? {
                    return Ok(Look::Lost { epoch: lease.epoch, holder: lease.holder });
                }
            }
            self.gate().0.followed.store(followed, Ordering::Release);
            let epoch = held.epoch;
            self.store().write(move |tx| tx.put(&Held { followed, ..held }))?;
            if followed {
                vault.note_followed(epoch, Some(now)).await?;
            }
        } else if followed != known {
            vault.note_followed(held.epoch, followed.then_some(now)).await?;
        }
        Ok(Look::Ours)
    }

    async fn take_lease(&self, vault: &Vault) -> Result<Held> {
        let instance = self.instance()?;
        let epoch = match vault.last_lease().await? {
            None => 1,
            // Ours, and the process ended before it was written down.
            Some(it) if it.holder == instance.id() => it.epoch,
            // An operator released a copy: from here on it is the one.
            Some(it) if instance.origin.is_some() => it.epoch + 1,
            Some(it) => {
                let text = format!(
                    "The place of the snapshots is another appliance's ({}). Name another place, or restore that one and release it.",
                    it.holder
                );
                return Err(Refusal::field("snapshots.to", "taken", text).into());
            }
        };
        let lease = Lease { epoch, holder: instance.id().to_owned(), since: Instant::now() };
        if !vault.take_lease(&lease).await? {
            return Err(Refusal::new(Code::Conflict, "Another appliance took the place of the snapshots at the same moment.").into());
        }
        let held = Held { epoch, followed: false };
        let row = held.clone();
        self.store().write(move |tx| tx.put(&row))?;
        Ok(held)
    }

    /// It is over: nothing is written from here on, nor after a restart. To be said before what is left is sent.
    pub fn lose_lease(&self, epoch: u64, to: &str) -> Result<()> {
        self.gate().0.lost_to.store(epoch, Ordering::Release);
        self.gate().0.lost.store(true, Ordering::Release);
        let path = self.data_dir.join(LOST);
        let write = || {
            std::fs::write(&path, format!("{to}\n"))?;
            std::fs::File::open(&path)?.sync_all()?;
            std::fs::File::open(&self.data_dir)?.sync_all()
        };
        Ok(write().map_err(|it| Fault::because(format!("writing {}", path.display()), it))?)
    }

    /// An operator's word that nobody takes over from it, for when the place of the snapshots is gone for good. True if somebody could have.
    pub(super) fn stand_alone(&self) -> Result<bool> {
        let Some(held) = self.lease()?.filter(|it| it.followed) else { return Ok(false) };
        self.gate().0.followed.store(false, Ordering::Release);
        self.store().write(move |tx| tx.put(&Held { followed: false, ..held }))?;
        Ok(true)
    }

    /// Whether another appliance took over from this one.
    pub fn is_taken_over(&self) -> bool {
        self.gate().is_lost()
    }

    pub fn standby_count(&self) -> usize {
        self.gate().0.followers.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Who follows us, and what to do about it; none where nobody does. The flag says whether all is well.
    pub fn standbys(&self, now: Instant) -> Option<(bool, String)> {
        let followers = self.gate().0.followers.read().unwrap_or_else(PoisonError::into_inner).clone();
        let worst = followers.iter().min_by_key(|it| it.at)?;
        let gone = now.since(worst.at).as_secs();
        if gone > AWAY_SECS {
            let text = format!(
                "the standby {} was last here {} minutes ago: see that `lodge standby` runs there and reaches the place of the snapshots",
                worst.name,
                gone / 60
            );
            return Some((false, text));
        }
        let names: Vec<_> = followers.iter().map(|it| it.name.as_str()).collect();
        Some((true, format!("followed by {}", names.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_followed_and_cannot_look_writes_nothing() {
        let gate = Gate::default();
        assert!(gate.may_write().is_ok());
        gate.begin(true, false);
        assert!(gate.may_write().is_err(), "nobody looked since the start");
        let ago = |secs: u64| uptime().checked_sub(Duration::from_secs(secs));
        for (secs, may) in [(0, true), (limits::LEASE_SECS - 2, true), (limits::LEASE_SECS + 1, false)] {
            gate.0.seen.send_replace(ago(secs));
            assert_eq!(gate.may_write().is_ok(), may, "{secs}");
        }
        gate.0.seen.send_replace(ago(0));
        gate.begin(true, true);
        assert!(gate.may_write().is_err());
    }
}
