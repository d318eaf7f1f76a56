//! Reading a whole directory on a schedule: what is done with each part of it, and with those that it no longer holds. A directory
//! that could not be read to its end changes nobody's being active: only a sync that is whole says who is gone.

use std::time::Duration;

use minicbor::{Decode, Encode};
use serde_json::json;

use super::{
    admit::{Came, admit, follow},
    linked::{ExternalIdentity, IdentitySeen},
    provider::{Provider, enabled},
    said::Said,
    settings::ProviderSettings,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        identity::Person,
        jobs,
        permission::Permission,
    },
    error::{Refusal, Result},
    id::{JobId, ProviderId},
    language::say,
    store::{Record, Table, Tx},
    time::Instant,
};

/// The kind of job.
pub const SYNC_DIRECTORY: &str = "sync_directory";
/// More people than this, and more than half of all, do not vanish from a directory in one sync: something is wrong with it.
const GONE_AT_ONCE_MAX: usize = 5;
/// How soon a directory that could not be read is read again, at the latest.
const AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct SyncCounts {
    /// People that the directory holds.
    #[n(0)]
    pub found: u32,
    #[n(1)]
    pub created: u32,
    #[n(2)]
    pub changed: u32,
    /// Disabled there, or gone from there.
    #[n(3)]
    pub disabled: u32,
    /// Not taken: unknown here and not allowed to come, or without what an account needs.
    #[n(4)]
    pub left_out: u32,
}

/// How the last sync of a provider went.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct SyncState {
    #[n(0)]
    pub provider: ProviderId,
    #[n(1)]
    pub began_at: Instant,
    /// When the last sync that was whole ended.
    #[n(2)]
    pub whole_at: Option<Instant>,
    /// Of that one.
    #[n(3)]
    pub counts: SyncCounts,
    /// Why the last one was not, in a sentence.
    #[n(4)]
    pub trouble: Option<String>,
    /// Since when none was.
    #[n(5)]
    pub trouble_since: Option<Instant>,
    /// When the last one ended, whole or not; one that has not ended yet began after it.
    #[n(6)]
    pub ended_at: Option<Instant>,
}

impl Record for SyncState {
    type Key = ProviderId;
    const TABLE: Table = Table::operational(0x43, "sync_states");

    fn key(&self) -> ProviderId {
        self.provider
    }
}

pub fn sync_state(tx: &Tx, provider: ProviderId) -> Result<Option<SyncState>> {
    Ok(tx.get::<SyncState>(&provider)?)
}

/// Enqueues the sync of every directory that is due for one; gives how many. A sync that waits or runs already is not doubled.
pub fn enqueue_due(tx: &mut Tx) -> Result<usize> {
    let now = tx.now();
    let mut enqueued = 0;
    for provider in enabled(tx)? {
        let ProviderSettings::Ldap(it) = &provider.settings else { continue };
        let Some(minutes) = it.sync_minutes else { continue };
        let every = Duration::from_secs(u64::from(minutes) * 60);
        let due = match sync_state(tx, provider.id)? {
            None => true,
            Some(it) if it.trouble.is_some() => it.began_at.plus(every.min(AGAIN_AFTER)) <= now,
            Some(it) => it.began_at.plus(every) <= now,
        };
        if due {
            enqueue(tx, provider.id)?;
            enqueued += 1;
        }
    }
    Ok(enqueued)
}

/// Enqueues a sync now.
pub fn enqueue_sync(tx: &mut Tx, actor: &Actor, provider: ProviderId) -> Result<JobId> {
    actor.need(Permission::PeopleWrite)?;
    let it = super::provider(tx, actor, provider)?;
    if !matches!(it.settings, ProviderSettings::Ldap(_)) {
        return Err(Refusal::field("id", "invalid", say!("refused-only-directories-synchronized-others")).into());
    }
    enqueue(tx, provider)
}

fn enqueue(tx: &mut Tx, provider: ProviderId) -> Result<JobId> {
    let payload = json!({ "provider": provider.to_string() }).to_string();
    let now = tx.now();
    jobs::enqueue(tx, SYNC_DIRECTORY, &format!("{SYNC_DIRECTORY}:{provider}"), payload, now)
}

/// A sync begins; gives the instant that it goes by.
pub fn begin_sync(tx: &mut Tx, provider: ProviderId) -> Result<Instant> {
    let began_at = tx.now();
    let fresh =
        SyncState { provider, began_at, whole_at: None, counts: SyncCounts::default(), trouble: None, trouble_since: None, ended_at: None };
    // Its instant is also its name, by which it is known who was seen: two in one millisecond must differ.
    let state = sync_state(tx, provider)?.map_or(fresh, |it| {
        let after = it.began_at.plus(Duration::from_millis(1));
        SyncState { began_at: began_at.max(after), ..it }
    });
    tx.put(&state)?;
    Ok(state.began_at)
}

/// Takes in a part of the directory.
pub fn sync_some(tx: &mut Tx, provider: ProviderId, run: Instant, said: &[Said]) -> Result<SyncCounts> {
    let provider = current(tx, provider)?;
    let mut counts = SyncCounts::default();
    for it in said {
        counts.found += 1;
        if super::linked::checked_subject(&it.subject).is_err() {
            counts.left_out += 1;
            continue;
        }
        let was_active = tx.get::<ExternalIdentity>(&(provider.id, it.subject.clone()))?.is_some_and(|it| it.active);
        match admit(tx, &provider, it)? {
            Ok(admitted) if admitted.came == Came::Known => counts.changed += u32::from(admitted.changed),
            Ok(admitted) if admitted.came == Came::Linked => counts.changed += 1,
            Ok(_) => counts.created += 1,
            Err(_) if was_active => counts.disabled += 1,
            Err(_) => counts.left_out += u32::from(it.active),
        }
        if tx.has::<ExternalIdentity>(&(provider.id, it.subject.clone()))? {
            let seen = IdentitySeen::of(tx, provider.id, &it.subject)?;
            tx.put(&IdentitySeen { synced_at: Some(run), ..seen })?;
        }
    }
    Ok(counts)
}

/// The provider, if it is still on: somebody may have switched it off meanwhile.
fn current(tx: &Tx, id: ProviderId) -> Result<Provider> {
    let gone = || Refusal::not_found("way to sign in").into();
    tx.get::<Provider>(&id)?.filter(|it| it.enabled).ok_or_else(gone)
}

/// The whole directory was read: whoever it does not hold any more is disabled, unless that would be suspiciously many.
pub fn finish_sync(tx: &mut Tx, id: ProviderId, run: Instant, mut counts: SyncCounts) -> Result<SyncState> {
    let provider = current(tx, id)?;
    let all: Vec<ExternalIdentity> = tx.scan::<ExternalIdentity>(&id)?.collect::<Result<_, _>>()?;
    let mut gone = Vec::new();
    let active = all.iter().filter(|it| it.active).count();
    for it in all.into_iter().filter(|it| it.active) {
        let seen = IdentitySeen::of(tx, id, &it.subject)?;
        // Who was linked or signed in since the sync began may not have been there to be found.
        let is_newer = it.linked_at > run || seen.signed_in_at.is_some_and(|it| it > run);
        if seen.synced_at != Some(run) && !is_newer {
            gone.push(it);
        }
    }
    let mut trouble = None;
    if gone.len() > GONE_AT_ONCE_MAX && gone.len() * 2 > active {
        trouble = Some(format!(
            "The directory no longer shows {} of {active} people, so nobody was disabled. Look at its base and filter; if they have \
             really left, disable them in steps.",
            gone.len()
        ));
    } else {
        for it in gone {
            if !tx.get::<Person>(&it.person)?.map_or(Ok(false), |person| provider.rank.reaches(tx, &person))? {
                continue;
            }
            counts.disabled += 1;
            let said = Said { subject: it.subject.clone(), attributes: it.last.clone(), active: false, ..Said::default() };
            follow(tx, &provider, it, &said)?;
        }
    }
    let now = tx.now();
    let before = sync_state(tx, id)?;
    let trouble_since = trouble.as_ref().map(|_| before.and_then(|it| it.trouble_since).unwrap_or(now));
    let state = SyncState { provider: id, began_at: run, whole_at: Some(now), counts, trouble, trouble_since, ended_at: Some(now) };
    tx.put(&state)?;
    if counts.created + counts.changed + counts.disabled > 0 {
        let SyncCounts { found, created, changed, disabled, left_out } = counts;
        let changes = Changes::new()
            .set("found", found)
            .set("created", created)
            .set("changed", changed)
            .set("disabled", disabled)
            .set("leftOut", left_out);
        event::record(tx, &Actor::system("directory"), EventKind::DirectorySynced, provider.about(), changes)?;
    }
    Ok(state)
}

/// A sync could not be done; nobody is changed by that.
pub fn sync_failed(tx: &mut Tx, provider: ProviderId, why: &str) -> Result<()> {
    let Some(state) = sync_state(tx, provider)? else { return Ok(()) };
    let now = tx.now();
    let trouble = Some(why.chars().take(500).collect());
    tx.put(&SyncState { trouble, trouble_since: state.trouble_since.or(Some(now)), ended_at: Some(now), ..state })
}
