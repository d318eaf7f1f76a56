//! Sends committed batches to the place of the snapshots every few seconds (D22): the recovery point is as old as what still waits. Files
//! that a batch is the first to refer to go before it. Where the journal of a store cannot go on from a snapshot, because the store was
//! opened anew or too much had to wait, a snapshot is asked for.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    appliance::{Appliance, journal::Tap, snapshots},
    blobs::Objects,
    config::Snapshots,
    desk::attachments::Blob,
    error::{Code, Error, Fault, Result},
    id::{BlobHash, DeskId},
    limits,
    snapshot::{Entry, Segment, SentFile, Vault},
    store::{Applied, Mark, Record},
    time::Instant,
};

/// Between two rounds, and after a failure.
const EVERY: Duration = Duration::from_secs(limits::JOURNAL_SECS);
/// A segment is ended when it has so many bytes of rows.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;
/// Files that are known to have been sent; beyond it some are sent once more, which costs only time.
const KNOWN_MAX: usize = 100_000;

struct Shipping {
    appliance: Arc<Appliance>,
    vault: Arc<Vault>,
    /// How far each store's journal has come.
    sent: BTreeMap<Option<DeskId>, Mark>,
    files: HashSet<(DeskId, BlobHash)>,
    /// Somebody took over, and knows that everything is there.
    ended: bool,
}

/// Ships until `stop` turns true, and then once more.
pub async fn ship_journal(appliance: Arc<Appliance>, settings: Snapshots, mut stop: watch::Receiver<bool>) {
    let mut shipping: Option<Shipping> = None;
    let mut beat = tokio::time::interval(EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let stopping = tokio::select! {
            _ = beat.tick() => false,
            _ = stop.wait_for(|it| *it) => true,
        };
        // Before it was looked whose the place is, nothing is sent there.
        if !appliance.is_held() && appliance.gate().has_looked() {
            let shipped = async {
                let mut at_work = match shipping.take() {
                    Some(it) => it,
                    None => {
                        let objects = Objects::at(&settings.place, "snapshots.to")?;
                        let vault = Arc::new(Vault::open_or_make(objects, &settings.key).await?);
                        Shipping { appliance: appliance.clone(), vault, sent: BTreeMap::new(), files: HashSet::new(), ended: false }
                    }
                };
                let shipped = at_work.ship().await;
                shipping = Some(at_work);
                shipped
            };
            if let Err(error) = shipped.await {
                tracing::error!(%error, "committed changes could not be sent to the place of the snapshots; it is tried again");
                metrics::counter!("lodge_journal_failures_total").increment(1);
            }
        }
        if stopping {
            return;
        }
    }
}

impl Shipping {
    /// Sends what there is. Where another one took over, sends what is left, and ends the appliance.
    async fn ship(&mut self) -> Result<()> {
        let Some(epoch) = self.appliance.gate().lost_to() else { return self.round().await };
        let sent = if self.ended { Ok(()) } else { self.last_words(epoch).await };
        // What could not be sent is tried once more when the process ends.
        self.appliance.over.notify_one();
        sent
    }

    async fn last_words(&mut self, epoch: u64) -> Result<()> {
        let appliance = self.appliance.clone();
        // Each is refused; and when it is, whatever was begun before it is committed.
        for desk in appliance.open_desks() {
            let _ = desk.write(None, |_| Ok(())).await;
        }
        let above = tokio::task::spawn_blocking(move || appliance.settle()).await;
        above.map_err(|it| Fault::because("ending", it))?;
        self.round().await?;
        // A journal that leads on from no snapshot is not everything.
        if !self.appliance.covered.is_snapshot_wanted() {
            self.vault.note_ended(epoch, Instant::now()).await?;
        }
        self.ended = true;
        Ok(())
    }

    async fn round(&mut self) -> Result<()> {
        let mut worst = Ok(());
        for (id, tap) in self.appliance.taps() {
            // One store that cannot be sent keeps no other waiting.
            worst = worst.and(self.store(id, &tap).await);
        }
        worst
    }

    /// Sends what one store has committed. What cannot be sent waits.
    async fn store(&mut self, id: Option<DeskId>, tap: &Tap) -> Result<()> {
        let mut batches = tap.take();
        while !batches.is_empty() {
            let count = together(&batches);
            if let Err(error) = self.segment(id, &batches[..count]).await {
                tap.give_back(batches);
                return Err(error);
            }
            batches.drain(..count);
        }
        tap.arrived();
        Ok(())
    }

    async fn segment(&mut self, id: Option<DeskId>, batches: &[Applied]) -> Result<()> {
        let (Some(first), Some(last)) = (batches.first(), batches.last()) else { return Ok(()) };
        let session = first.mark.session;
        let goes_on = self.sent.get(&id).is_some_and(|it| it.session == session && it.commits + 1 == first.mark.commits);
        // The first of a session stands behind the snapshot, or the snapshot that is asked for stands in the midst of what follows.
        let is_torn = self.sent.get(&id).is_some_and(|it| it.session == session) && !goes_on;
        if is_torn || !self.appliance.covered.has(id, session) {
            self.appliance.covered.want(id);
        }
        let files = match id {
            Some(id) => self.files(id, batches).await?,
            None => Vec::new(),
        };
        let segment = Segment { entries: batches.iter().map(Entry::from).collect(), files };
        let bytes = self.vault.put_segment(id, session, &segment).await?;
        metrics::counter!("lodge_journal_bytes_total").increment(bytes);
        self.sent.insert(id, last.mark);
        Ok(())
    }

    /// Sends the files that these batches refer to and nobody has sent yet.
    async fn files(&mut self, id: DeskId, batches: &[Applied]) -> Result<Vec<SentFile>> {
        let mut wanted = Vec::new();
        for (key, value) in batches.iter().flat_map(|it| &it.batch) {
            let hash = key.strip_prefix(&[Blob::TABLE.tag]).and_then(|it| it.try_into().ok()).map(BlobHash);
            if let Some(hash) = hash.filter(|it| value.is_some() && !self.files.contains(&(id, *it))) {
                wanted.push(hash);
            }
        }
        wanted.sort();
        wanted.dedup();
        let mut sent = Vec::new();
        if wanted.is_empty() {
            return Ok(sent);
        }
        let desk = match self.appliance.held(id) {
            Ok(it) => it,
            // It was deleted, and everything of it with it.
            Err(error) if error.code() == Some(Code::NotFound) => return Ok(sent),
            Err(error) => return Err(error),
        };
        for hash in wanted {
            match snapshots::send_file(&self.vault, &desk, hash).await {
                Ok(found) => sent.push(SentFile { hash: hash.0, found }),
                // It is lost, or was taken away since: `lodge doctor` tells of those that are needed.
                Err(Error::Broken(error)) => tracing::warn!(%error, desk = desk.name, "a file could not go with the journal"),
                Err(error) => return Err(error),
            }
            if self.files.len() >= KNOWN_MAX {
                self.files.clear();
            }
            self.files.insert((id, hash));
        }
        Ok(sent)
    }
}

/// How many of the first batches make a segment: of one session, without a gap, and not too large.
fn together(batches: &[Applied]) -> usize {
    let Some(first) = batches.first() else { return 0 };
    let mut bytes = 0;
    let follows = |i: usize, it: &Applied| it.mark == Mark { session: session(first), commits: first.mark.commits + i as u64 };
    let mut count = 0;
    for (i, it) in batches.iter().enumerate() {
        if !follows(i, it) || (bytes >= SEGMENT_BYTES && count > 0) {
            break;
        }
        bytes += it.batch.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum::<usize>();
        count += 1;
    }
    count
}

fn session(it: &Applied) -> Uuid {
    it.mark.session
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bytes::Bytes;
    use tempfile::TempDir;

    use super::*;
    use crate::{
        appliance::{DeskOptions, snapshots::Upto},
        config::ObjectPlace,
        desk::{
            actor::Actor,
            attachments::blob,
            identity::{self, NewPerson},
            settings,
            tickets::{self, Channel, Kind, NewTicket, Ticket},
        },
        secret::Secret,
    };

    struct World {
        folder: TempDir,
        shipping: Shipping,
    }

    fn opened(folder: &Path, tap: Tap) -> Arc<Appliance> {
        Arc::new(Appliance::open(folder, DeskOptions { tap, ..DeskOptions::default() }).unwrap())
    }

    fn titles(appliance: &Appliance) -> Vec<String> {
        let all = |tx: &crate::store::Tx| Ok(tx.scan::<Ticket>(&())?.map(|it| it.map(|it| it.title)).collect::<Result<Vec<_>, _>>()?);
        appliance.desk(None).unwrap().read(all).unwrap()
    }

    impl World {
        async fn new() -> World {
            let folder = tempfile::tempdir().unwrap();
            let appliance = opened(&folder.path().join("data"), Tap::open());
            let founding = appliance.desk(None).unwrap().write_blocking(|tx| {
                let actor = Actor::system("operator");
                settings::found(tx, &actor, "Test desk")?;
                let max = NewPerson { email: "max@example.com".into(), roles: vec!["admin".into()], ..NewPerson::default() };
                identity::create_person(tx, &actor, max)
            });
            founding.unwrap();
            let objects = Objects::in_folder(&folder.path().join("vault")).unwrap();
            let vault = Arc::new(Vault::open_or_make(objects, &Secret::new("a key of an operator")).await.unwrap());
            World { folder, shipping: Shipping { appliance, vault, sent: BTreeMap::new(), files: HashSet::new(), ended: false } }
        }

        async fn lodge(&self, title: &str) -> Instant {
            let new = NewTicket { requester: Some("max@example.com".into()), ..NewTicket::new(Kind::Incident, title, Channel::Portal) };
            let create = move |tx: &mut crate::store::Tx| tickets::create(tx, &Actor::system("operator"), new).map(|it| it.created_at);
            self.shipping.appliance.desk(None).unwrap().write(None, create).await.unwrap()
        }

        async fn snapshot(&self) {
            snapshots::make(&self.shipping.appliance, &self.shipping.vault, None).await.unwrap();
        }

        async fn restored(&self, upto: Upto, name: &str) -> Arc<Appliance> {
            let until = if let Upto::Instant(it) = upto { Some(it) } else { None };
            let (vault, into) = (&self.shipping.vault, self.folder.path().join(name));
            let id = vault.newest_before(until).await.unwrap();
            snapshots::restore(vault, &id, upto, &into, &ObjectPlace::default()).await.unwrap();
            opened(&into, Tap::default())
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_shipped_is_restored_to_any_instant() {
        let mut world = World::new().await;
        world.lodge("One").await;
        world.snapshot().await;
        assert!(!world.shipping.appliance.covered.is_snapshot_wanted());
        // Committed before the snapshot was taken, and sent after it: not applied twice.
        let two = world.lodge("Two").await;
        world.shipping.round().await.unwrap();
        let mut three = world.lodge("Three").await;
        while three == two {
            three = world.lodge("Three").await;
        }
        let desk = world.shipping.appliance.desk(None).unwrap();
        let stored = desk.blobs.put(Bytes::from_static(b"a file that no snapshot knows")).await.unwrap();
        desk.write(None, move |tx| blob::refer(tx, stored.hash, stored.size, stored.sha256)).await.unwrap();
        world.shipping.round().await.unwrap();
        world.lodge("Nobody sends this one").await;
        // However old: the journal needs it, and no snapshot does yet.
        world.shipping.vault.sweep(&[], Duration::ZERO).await.unwrap();
        assert!(!world.shipping.appliance.covered.is_snapshot_wanted());

        assert_eq!(titles(&*world.restored(Upto::Snapshot, "snapshot").await), ["One"]);
        assert_eq!(titles(&*world.restored(Upto::Instant(two), "two").await), ["One", "Two"]);
        let end = world.restored(Upto::End, "end").await;
        assert_eq!(titles(&end).iter().filter(|it| it.as_str() != "Three").collect::<Vec<_>>(), ["One", "Two"]);
        assert!(titles(&end).contains(&"Three".to_owned()));
        let bytes = end.desk(None).unwrap().blobs.get(stored.hash).await.unwrap();
        assert_eq!(bytes, Bytes::from_static(b"a file that no snapshot knows"));
        let log = end.desk(None).unwrap().read(|tx| Ok(crate::store::log::verify(tx)?)).unwrap();
        assert!(log.events > 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_that_was_opened_anew_asks_for_a_snapshot_and_leads_nowhere_until_then() {
        let mut world = World::new().await;
        world.snapshot().await;
        world.lodge("One").await;
        world.shipping.round().await.unwrap();
        let (data, vault) = (world.folder.path().join("data"), world.shipping.vault.clone());
        let World { folder, shipping } = world;
        drop(shipping);
        let mut world = World {
            folder,
            shipping: Shipping { appliance: opened(&data, Tap::open()), vault, sent: BTreeMap::new(), files: HashSet::new(), ended: false },
        };
        world.lodge("Two").await;
        world.shipping.round().await.unwrap();
        assert!(world.shipping.appliance.covered.is_snapshot_wanted());
        assert_eq!(titles(&*world.restored(Upto::End, "before").await), ["One"], "as far as it is known for sure");
        world.snapshot().await;
        world.lodge("Three").await;
        world.shipping.round().await.unwrap();
        assert!(!world.shipping.appliance.covered.is_snapshot_wanted());
        assert_eq!(titles(&*world.restored(Upto::End, "after").await), ["One", "Two", "Three"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_could_not_be_sent_waits_and_goes_later() {
        let mut world = World::new().await;
        world.snapshot().await;
        world.shipping.round().await.unwrap();
        let chunks = world.folder.path().join("vault/journal");
        std::fs::rename(&chunks, world.folder.path().join("aside")).unwrap();
        std::fs::write(&chunks, b"in the way").unwrap();
        world.lodge("One").await;
        assert!(world.shipping.round().await.is_err());
        world.lodge("Two").await;
        assert!(world.shipping.appliance.journal_waits_since().is_some());
        std::fs::remove_file(&chunks).unwrap();
        std::fs::rename(world.folder.path().join("aside"), &chunks).unwrap();
        world.shipping.round().await.unwrap();
        assert_eq!(world.shipping.appliance.journal_waits_since(), None);
        assert!(!world.shipping.appliance.covered.is_snapshot_wanted(), "nothing is missing");
        assert_eq!(titles(&*world.restored(Upto::End, "end").await), ["One", "Two"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_changed_segment_is_refused_and_a_missing_one_ends_the_journal() {
        let mut world = World::new().await;
        world.snapshot().await;
        for title in ["One", "Two", "Three"] {
            world.lodge(title).await;
            world.shipping.round().await.unwrap();
        }
        let desk = world.shipping.appliance.desk(None).unwrap().id;
        let folder = world.folder.path().join("vault/journal").join(desk.0.simple().to_string());
        let session = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let mut segments: Vec<_> = std::fs::read_dir(session).unwrap().map(|it| it.unwrap().path()).collect();
        segments.sort();
        let second = &segments[segments.len() - 2];
        let bytes = std::fs::read(second).unwrap();
        let mut changed = bytes.clone();
        changed[bytes.len() / 2] ^= 1;
        std::fs::write(second, changed).unwrap();
        let id = world.shipping.vault.newest_before(None).await.unwrap();
        let into = world.folder.path().join("changed");
        let said = snapshots::restore(&world.shipping.vault, &id, Upto::End, &into, &ObjectPlace::default()).await.unwrap_err();
        assert!(said.to_string().contains(&second.file_name().unwrap().display().to_string()), "{said}");
        std::fs::remove_file(second).unwrap();
        assert_eq!(titles(&*world.restored(Upto::End, "missing").await), ["One"], "nothing is applied over a gap");
        std::fs::write(second, bytes).unwrap();
        assert_eq!(titles(&*world.restored(Upto::End, "whole").await), ["One", "Two", "Three"]);
    }
}
