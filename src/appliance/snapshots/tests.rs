//! An appliance that is taken along, proven, lost and restored.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::{
    appliance::{Appliance, By, DeskOptions},
    blobs::{Blobs, Objects},
    config::ObjectPlace,
    desk::{
        actor::Actor,
        attachments::blob,
        identity::{self, NewPerson},
        settings,
        tickets::{self, Channel, Kind, NewTicket, Ticket},
    },
    id::{BlobHash, DeskId},
    secret::Secret,
    snapshot::{SnapshotId, Vault},
};

const KEY: &str = "a key of an operator";

struct World {
    folder: TempDir,
    appliance: Arc<Appliance>,
    vault: Arc<Vault>,
}

fn opened(folder: &Path) -> Arc<Appliance> {
    Arc::new(Appliance::open(folder, DeskOptions::default()).unwrap())
}

async fn vault(folder: &Path, key: &str) -> Arc<Vault> {
    Arc::new(Vault::open_or_make(Objects::in_folder(folder).unwrap(), &Secret::new(key)).await.unwrap())
}

impl World {
    async fn new(key: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        let appliance = opened(&folder.path().join("data"));
        let desk = appliance.desk(None).unwrap();
        let founding = desk.write(None, |tx| {
            let actor = Actor::system("operator");
            settings::found(tx, &actor, "Test desk")?;
            let max = NewPerson { email: "max@example.com".into(), roles: vec!["admin".into()], ..NewPerson::default() };
            identity::create_person(tx, &actor, max)
        });
        founding.await.unwrap();
        let vault = vault(&folder.path().join("vault"), key).await;
        let world = World { folder, appliance, vault };
        world.lodge("The printer is on fire").await;
        world
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn lodge(&self, title: &str) {
        let new = NewTicket { requester: Some("max@example.com".into()), ..NewTicket::new(Kind::Incident, title, Channel::Portal) };
        self.appliance.desk(None).unwrap().write(None, |tx| tickets::create(tx, &Actor::system("operator"), new).map(drop)).await.unwrap();
    }

    /// A file that something refers to.
    async fn keep(&self, bytes: Vec<u8>) -> BlobHash {
        let desk = self.appliance.desk(None).unwrap();
        let stored = desk.blobs.put(Bytes::from(bytes)).await.unwrap();
        desk.write(None, move |tx| blob::refer(tx, stored.hash, stored.size, stored.sha256)).await.unwrap();
        stored.hash
    }

    async fn make(&self) -> Made {
        make(&self.appliance, &self.vault, None).await.unwrap()
    }

    async fn prove(&self, id: &SnapshotId) -> Proof {
        prove(&self.vault, id, &self.at("proving/one")).await.unwrap()
    }

    async fn restore(&self, id: &SnapshotId, name: &str) -> crate::error::Result<Restored> {
        restore(&self.vault, id, Upto::Snapshot, &self.at(name), &ObjectPlace::default()).await
    }
}

fn titles(appliance: &Appliance) -> Vec<String> {
    let all = |tx: &crate::store::Tx| Ok(tx.scan::<Ticket>(&())?.map(|it| it.map(|it| it.title)).collect::<Result<Vec<_>, _>>()?);
    appliance.desk(None).unwrap().read(all).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_is_proven_and_restored_and_holds_still() {
    for key in ["", KEY] {
        let world = World::new(key).await;
        let large = world.keep(vec![7; 9 * 1024 * 1024 + 5]).await;
        let empty = world.keep(Vec::new()).await;
        let made = world.make().await;
        world.lodge("It came later").await;
        let proof = world.prove(&made.id).await;
        assert_eq!((proof.findings.as_slice(), proof.files, proof.searched), (&[][..], 2, 2), "both ends find the one ticket");
        assert!(world.vault.verdict(&made.id).await.unwrap().proven_at.is_some());
        assert!(!world.at("proving").exists());

        let restored = world.restore(&made.id, "back").await.unwrap();
        assert_eq!((restored.desks, restored.files), (1, 2));
        let back = opened(&world.at("back"));
        assert_eq!(titles(&back), ["The printer is on fire"]);
        let desk = back.desk(None).unwrap();
        assert_eq!(desk.blobs.get(large).await.unwrap(), vec![7; 9 * 1024 * 1024 + 5]);
        assert_eq!(desk.blobs.get(empty).await.unwrap(), Bytes::new());
        let opens = |desk: &crate::appliance::Desk, sealed: &[u8]| desk.seal.open("one", sealed).is_some();
        let sealed = world.appliance.desk(None).unwrap().seal.seal("one", b"a password").unwrap();
        assert_eq!(opens(&desk, &sealed), !key.is_empty(), "secrets come along where nobody else reads them");

        let (old, new) = (world.appliance.instance().unwrap(), back.instance().unwrap());
        assert_ne!(old.id(), new.id());
        let origin = new.origin.unwrap();
        assert_eq!((origin.instance.as_str(), origin.snapshot), (old.id(), made.id.to_string()));
        assert!(back.is_held() && desk.held.is_held() && !world.appliance.is_held());
        let mut held = desk.held.clone();
        back.release(By::CommandLine).unwrap();
        held.released().await;
        assert!(!back.is_held());
        assert!(back.release(By::CommandLine).is_err(), "once");
        drop((desk, held, back));
        assert!(!opened(&world.at("back")).is_held(), "over a restart");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_desk_costs_next_to_nothing_and_a_changed_one_little() {
    let world = World::new(KEY).await;
    world.keep(vec![1; 5_000_000]).await;
    for i in 0..300 {
        world.lodge(&format!("Ticket {i} with a title of some length, so that there is something to take along")).await;
    }
    let first = world.make().await;
    let again = world.make().await;
    assert_eq!((again.chunks, again.bytes), (0, first.bytes));
    world.lodge("One more").await;
    let third = world.make().await;
    assert!(third.chunks > 0 && third.written < first.written, "{third:?} after {first:?}");
    for id in [&first.id, &again.id, &third.id] {
        assert_eq!(world.prove(id).await.findings, [] as [String; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_chunk_is_found_named_and_written_anew() {
    let world = World::new(KEY).await;
    let file = world.keep(vec![3; 100_000]).await;
    let first = world.make().await;
    let mut chunks = Vec::new();
    let manifest = world.vault.manifest(&first.id).await.unwrap();
    manifest.chunks(&world.vault, &mut |it| chunks.push(it)).await.unwrap();
    // There are no files above the desks, and nobody reads what says so.
    chunks.retain(|it| *it != manifest.parts[0].files.root);
    for chunk in chunks {
        let place = world.at("vault").join(chunk.place());
        let bytes = std::fs::read(&place).unwrap();
        std::fs::write(&place, &bytes[..bytes.len() - 1]).unwrap();
        let proof = world.prove(&first.id).await;
        assert!(proof.findings.iter().any(|it| it.contains(&chunk.place())), "{chunk}: {:?}", proof.findings);
        assert!(world.restore(&first.id, "broken").await.is_err());
        assert!(Appliance::open(&world.at("broken"), DeskOptions::default()).is_err(), "half of it is no appliance");
        // The next one holds it again, and with it the old one.
        let next = world.make().await;
        assert!(next.chunks > 0);
        assert_eq!(world.prove(&next.id).await.findings, [] as [String; 0]);
        assert_eq!(world.prove(&first.id).await.findings, [] as [String; 0]);
    }
    world.restore(&first.id, "broken").await.unwrap();
    assert!(opened(&world.at("broken")).desk(None).unwrap().blobs.has(file).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_lost_on_disk_keeps_nothing_else_from_being_safe() {
    let world = World::new(KEY).await;
    let (lost, kept) = (world.keep(vec![1; 1000]).await, world.keep(vec![2; 1000]).await);
    let folder = world.appliance.desk(None).unwrap().folder.join("blobs");
    std::fs::remove_file(folder.join(Blobs::name_of(lost))).unwrap();
    let made = world.make().await;
    assert_eq!(made.missing, 1);
    assert_eq!(world.vault.manifest(&made.id).await.unwrap().parts[1].missing, [lost.to_string()]);
    world.restore(&made.id, "back").await.unwrap();
    let back = opened(&world.at("back")).desk(None).unwrap();
    assert!(back.blobs.has(kept).await && !back.blobs.has(lost).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_desk_of_several_is_taken_alone_and_comes_back_alone() {
    let world = World::new(KEY).await;
    let other = world.appliance.create(By::CommandLine, "acme", &["acme.example".to_owned()]).unwrap();
    let made = make(&world.appliance, &world.vault, Some(other.id)).await.unwrap();
    world.restore(&made.id, "back").await.unwrap();
    let back = opened(&world.at("back"));
    let desks: Vec<DeskId> = back.entries().unwrap().into_iter().map(|it| it.id).collect();
    assert_eq!(desks, [other.id]);
    let all = world.make().await;
    assert_eq!(world.restore(&all.id, "all").await.unwrap().desks, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_over_something_else() {
    let world = World::new("").await;
    let made = world.make().await;
    let said = world.restore(&made.id, "data").await.unwrap_err();
    assert!(said.to_string().contains("not empty"), "{said}");
    assert_eq!(titles(&world.appliance), ["The printer is on fire"]);
    // What broke off is begun anew, also in a folder that is somebody's mount.
    std::fs::create_dir_all(world.at("back/desks/half")).unwrap();
    std::fs::write(world.at("back").join(MARK), b"").unwrap();
    world.restore(&made.id, "back").await.unwrap();
    assert!(!world.at("back/desks/half").exists());
    assert_eq!(titles(&opened(&world.at("back"))), ["The printer is on fire"]);
}
