//! Vaults as they are used: what comes back, what is written at all, what is noticed, and what is removed when.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use proptest::prelude::*;
use tokio::runtime::{Handle, Runtime};

use super::*;
use crate::{
    blobs::Objects,
    error::{Error, Result},
    id::DeskId,
    secret::Secret,
    store::codec,
    time::Instant,
};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

fn key(text: &str) -> Secret {
    Secret::new(text)
}

const KEY: &str = "a key of an operator";

async fn vault(folder: &Path, text: &str) -> Arc<Vault> {
    Arc::new(Vault::open_or_make(Objects::in_folder(folder).unwrap(), &key(text)).await.unwrap())
}

/// Writes rows, of which those of `known` are there; gives their tree and what had to be put.
async fn grow(vault: &Arc<Vault>, rows: &Rows, known: &HashSet<ChunkId>) -> Result<(Tree, Sent)> {
    let (vault, rows, known, handle) = (vault.clone(), rows.clone(), known.clone(), Handle::current());
    let grown = tokio::task::spawn_blocking(move || {
        sending(&vault, &known, &handle, |into| {
            let mut grown = Grown::default();
            for (key, value) in &rows {
                grown.row(into, key, value)?;
            }
            grown.finish(into)
        })
    });
    grown.await.unwrap()
}

async fn read(vault: &Arc<Vault>, tree: &Tree) -> Result<Rows> {
    let mut rows = Rows::new();
    tree.read(vault, |key, value| {
        rows.insert(key, value);
        Ok(())
    })
    .await?;
    Ok(rows)
}

/// So many rows, as a store has them: keys that share beginnings, values of some length.
fn rows(count: u32) -> Rows {
    (0..count)
        .map(|i| {
            let value = blake3::hash(&i.to_be_bytes()).to_hex().repeat(1 + i as usize % 5);
            ([&[0x10][..], &i.to_be_bytes()].concat(), value.into_bytes())
        })
        .collect()
}

/// Makes a snapshot of these rows, and one file.
async fn snapshot(vault: &Arc<Vault>, at: i64, rows: &Rows, file: &[u8]) -> Manifest {
    let id = SnapshotId::new(Instant::from_millis(at), [1, 2, 3]);
    let (tree, sent) = grow(vault, rows, &HashSet::new()).await.unwrap();
    let (inner, handle, piece) = (vault.clone(), Handle::current(), file.to_vec());
    let none = HashSet::new();
    let files = tokio::task::spawn_blocking(move || {
        sending(&inner, &none, &handle, |into| {
            let mut grown = Grown::default();
            let pieces = vec![into.put(piece.clone())?];
            grown.row(into, blake3::hash(&piece).as_bytes(), &codec::encode(&Found { size: piece.len() as u64, pieces }))?;
            grown.finish(into)
        })
    });
    let (files, _) = files.await.unwrap().unwrap();
    let part = Part {
        desk: Some(DeskId(uuid::Uuid::nil())),
        name: "main".into(),
        seq: 1,
        log_hash: [0; 32],
        rows: tree,
        counts: BTreeMap::from([(0x10, rows.len() as u64)]),
        files,
        file_bytes: file.len() as u64,
        beside: BTreeMap::new(),
        missing: Vec::new(),
        session: None,
        commits: 0,
    };
    let at = Instant::from_millis(at);
    let manifest =
        Manifest { id, at, build: "0".into(), instance: "one".into(), parts: vec![part], base: None, written: sent.bytes, read_at: at };
    vault.put_manifest(&manifest).await.unwrap();
    manifest
}

/// Everything of a snapshot, read.
async fn whole(vault: &Arc<Vault>, id: &SnapshotId) -> Result<Rows> {
    let manifest = vault.manifest(id).await?;
    let part = &manifest.parts[0];
    let mut pieces = Vec::new();
    part.files
        .read(vault, |_, value| {
            pieces.extend(codec::decode::<Found>("file", &value)?.pieces);
            Ok(())
        })
        .await?;
    for it in pieces {
        vault.chunk(it).await?;
    }
    read(vault, &part.rows).await
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_tree_gives_back_its_rows_and_equal_rows_have_one_root(
        rows in prop::collection::btree_map(prop::collection::vec(any::<u8>(), 1..24), prop::collection::vec(any::<u8>(), 0..4000), 0..400),
        sealed in any::<bool>(),
    ) {
        Runtime::new().unwrap().block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let vault = vault(folder.path(), if sealed { KEY } else { "" }).await;
            let (tree, sent) = grow(&vault, &rows, &HashSet::new()).await.unwrap();
            assert_eq!(read(&vault, &tree).await.unwrap(), rows);
            let (again, nothing) = grow(&vault, &rows, &sent.chunks).await.unwrap();
            assert_eq!((again, nothing), (tree, Sent::default()));
        });
    }
}

#[tokio::test]
async fn what_changes_little_is_written_little() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), KEY).await;
    let mut rows = rows(100_000);
    let (_, first) = grow(&vault, &rows, &HashSet::new()).await.unwrap();
    assert!(first.chunks.len() > 200, "{} chunks", first.chunks.len());
    rows.insert([&[0x10][..], &50_000_u32.to_be_bytes(), &[1]].concat(), b"a row in the middle".to_vec());
    rows.remove([&[0x10][..], &70_000_u32.to_be_bytes()].concat().as_slice());
    rows.insert([&[0x20][..], &1_u32.to_be_bytes()].concat(), b"a row at the end".to_vec());
    let (tree, second) = grow(&vault, &rows, &first.chunks).await.unwrap();
    assert!(second.chunks.len() <= 12, "{} chunks", second.chunks.len());
    assert!(second.bytes * 20 < first.bytes, "{} of {}", second.bytes, first.bytes);
    assert_eq!(read(&vault, &tree).await.unwrap(), rows);
}

#[tokio::test]
async fn only_its_key_opens_a_vault_and_nothing_in_it_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = vault(folder.path(), KEY).await;
    let secret = "a sentence that nobody else may read".repeat(100);
    let rows = Rows::from([(b"\x10key of a row".to_vec(), secret.clone().into_bytes())]);
    let made = snapshot(&sealed, 1_000, &rows, secret.as_bytes()).await;
    for path in files(folder.path()) {
        let bytes = std::fs::read(&path).unwrap();
        for text in [&b"sentence"[..], b"key of a row", b"main"] {
            assert!(!bytes.windows(text.len()).any(|it| it == text), "{} holds {}", path.display(), String::from_utf8_lossy(text));
        }
    }
    let open = async |text: &str| Vault::open(Objects::in_folder(folder.path()).unwrap(), &key(text)).await;
    for (text, said) in [("", "are encrypted"), ("another key of somebody", "does not open")] {
        let error = open(text).await.err().unwrap();
        assert!(error.to_string().contains(said), "{error}");
    }
    let objects = Objects::in_folder(folder.path()).unwrap();
    assert!(Vault::change_key(&objects, &key("another key of somebody"), &key("a third key, long enough")).await.is_err());
    assert!(Vault::change_key(&objects, &key(KEY), &key("short")).await.is_err());
    Vault::change_key(&objects, &key(KEY), &key("a third key, long enough")).await.unwrap();
    assert!(open(KEY).await.is_err());
    let again = Arc::new(open("a third key, long enough").await.unwrap());
    assert_eq!(whole(&again, &made.id).await.unwrap(), rows);
}

#[tokio::test]
async fn a_key_that_was_changed_half_way_opens_as_before() {
    let folder = tempfile::tempdir().unwrap();
    vault(folder.path(), KEY).await;
    let before = files(&folder.path().join("keys"));
    let old = std::fs::read(&before[0]).unwrap();
    let objects = Objects::in_folder(folder.path()).unwrap();
    Vault::change_key(&objects, &key(KEY), &key("the new key of an operator")).await.unwrap();
    // The new one was written, and the old one had not gone yet.
    std::fs::write(&before[0], old).unwrap();
    for text in [KEY, "the new key of an operator"] {
        Vault::open(objects.clone(), &key(text)).await.unwrap();
    }
    Vault::change_key(&objects, &key("the new key of an operator"), &key("the newest key of an operator")).await.unwrap();
    assert_eq!(files(&folder.path().join("keys")).len(), 1);
    assert!(Vault::open(objects, &key(KEY)).await.is_err());
}

#[tokio::test]
async fn every_byte_that_is_changed_cut_or_missing_is_noticed_and_named() {
    for text in ["", KEY] {
        let folder = tempfile::tempdir().unwrap();
        let vault = vault(folder.path(), text).await;
        let rows = rows(3_000);
        let made = snapshot(&vault, 1_000, &rows, b"a screenshot").await;
        assert_eq!(whole(&vault, &made.id).await.unwrap(), rows);
        let objects: Vec<_> =
            files(folder.path()).into_iter().filter(|it| !it.ends_with("vault.json") && !it.parent().unwrap().ends_with("keys")).collect();
        assert!(objects.len() > 5);
        for path in objects {
            let bytes = std::fs::read(&path).unwrap();
            let name = path.strip_prefix(folder.path()).unwrap().display().to_string();
            let mut damaged: Vec<Option<Vec<u8>>> = vec![None, Some(bytes[..bytes.len() / 2].to_vec()), Some(Vec::new())];
            for at in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                damaged.push(Some(changed));
            }
            for (i, it) in damaged.into_iter().enumerate() {
                match it {
                    Some(it) => std::fs::write(&path, it).unwrap(),
                    None => std::fs::remove_file(&path).unwrap(),
                }
                let error =
                    whole(&vault, &made.id).await.err().unwrap_or_else(|| panic!("{name}, damage {i}, sealed: {}", !text.is_empty()));
                let is_named = error.to_string().contains(&name) || name.starts_with("snapshots/");
                assert!(is_named, "{name}, damage {i}: {error}");
                std::fs::write(&path, &bytes).unwrap();
            }
        }
        assert_eq!(whole(&vault, &made.id).await.unwrap(), rows);
    }
}

#[tokio::test]
async fn a_record_stands_under_its_own_name_only() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), KEY).await;
    let (old, new) = (snapshot(&vault, 1_000, &rows(10), b"1").await, snapshot(&vault, 2_000, &rows(20), b"2").await);
    let place = |id: &SnapshotId| folder.path().join("snapshots").join(id.to_string());
    std::fs::copy(place(&old.id), place(&new.id)).unwrap();
    assert!(Damage::is(&vault.manifest(&new.id).await.unwrap_err()));
}

#[tokio::test]
async fn what_is_removed_goes_a_day_later_and_what_is_needed_never() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), KEY).await;
    let (all, more) = (rows(20_000), rows(21_000));
    let first = snapshot(&vault, 1_000, &all, b"the first file").await;
    let second = snapshot(&vault, 2_000, &more, b"the second file").await;
    let day = Duration::from_secs(24 * 3600);
    let before = files(folder.path()).len();
    // Removed, and still there for whoever relies on it.
    let swept = vault.sweep(std::slice::from_ref(&first.id), day).await.unwrap();
    assert_eq!((swept.snapshots, swept.chunks), (1, 0));
    assert_eq!(vault.snapshots().await.unwrap(), std::slice::from_ref(&second.id));
    assert!(vault.manifest(&first.id).await.is_err());
    assert_eq!(read(&vault, &first.parts[0].rows).await.unwrap(), all);
    assert_eq!(files(folder.path()).len(), before + 1, "its mark");
    // A day later, by the store's clock.
    let swept = vault.sweep(&[], Duration::ZERO).await.unwrap();
    assert!(swept.chunks > 0 && swept.kept > 0, "{swept:?}");
    assert_eq!(whole(&vault, &second.id).await.unwrap(), more);
    assert!(read(&vault, &first.parts[0].rows).await.is_err());
    let mut needed = BTreeSet::new();
    second.chunks(&vault, &mut |it| _ = needed.insert(it.place())).await.unwrap();
    let left: BTreeSet<_> =
        files(&folder.path().join("chunks")).into_iter().map(|it| it.strip_prefix(folder.path()).unwrap().display().to_string()).collect();
    assert_eq!(left, needed, "nothing else stays");
    assert_eq!(vault.sweep(&[], Duration::ZERO).await.unwrap(), Swept { kept: needed.len(), ..Swept::default() });
}

#[tokio::test]
async fn nothing_is_removed_while_a_snapshot_that_stands_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), KEY).await;
    let made = snapshot(&vault, 1_000, &rows(3_000), b"a file").await;
    snapshot(&vault, 2_000, &rows(10), b"another").await;
    let place = folder.path().join("snapshots").join(made.id.to_string());
    let bytes = std::fs::read(&place).unwrap();
    std::fs::write(&place, b"nonsense").unwrap();
    let before = files(&folder.path().join("chunks"));
    assert!(vault.sweep(&[], Duration::ZERO).await.is_err());
    assert_eq!(files(&folder.path().join("chunks")), before);
    std::fs::write(&place, bytes).unwrap();
    assert_eq!(vault.sweep(&[], Duration::ZERO).await.unwrap().chunks, 0);
    // Whoever gives it up by its name goes on.
    std::fs::write(&place, b"nonsense").unwrap();
    vault.sweep(std::slice::from_ref(&made.id), Duration::ZERO).await.unwrap();
    assert_eq!(vault.snapshots().await.unwrap().len(), 1);
    assert!(files(&folder.path().join("chunks")).len() < before.len());
}

#[tokio::test]
async fn a_place_without_room_ends_a_snapshot_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(folder.path(), KEY).await;
    // Where the chunks should go lies a file.
    std::fs::write(folder.path().join("chunks"), b"in the way").unwrap();
    let error = grow(&vault, &rows(50_000), &HashSet::new()).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error}");
    assert_eq!(vault.snapshots().await.unwrap(), []);
}
