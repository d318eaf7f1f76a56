//! The law of the collector, over any order of storing, using, releasing, collecting and crashing: what something refers to is there.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::{
    desk::{
        attachments::{
            blob::{refer, release},
            preview::{self, Format, NewPreview, Picture, Preview, State, StoredPicture},
        },
        stage::Stage,
    },
    limits,
};

#[derive(Debug, Clone, Copy)]
enum Act {
    /// Bytes are stored for a command that is to come.
    Store(u8),
    /// The command comes, if the machine did not crash since.
    Use(u8),
    Release(u8),
    /// A picture is made of bytes that are used; two of them give the same one. The machine may crash before it is written down (false).
    Make(u8, bool),
    /// Days go by.
    Pass,
    Collect,
    /// The collector crashes when it has condemned bytes (false), or when their record is gone (true).
    CrashIn(bool),
    Sweep,
    Crash,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3_u8).prop_map(Act::Store),
        4 => (0..3_u8).prop_map(Act::Use),
        4 => (0..3_u8).prop_map(Act::Release),
        3 => (0..3_u8, prop::bool::weighted(0.8)).prop_map(|(which, done)| Act::Make(which, done)),
        3 => Just(Act::Pass),
        3 => Just(Act::Collect),
        1 => any::<bool>().prop_map(Act::CrashIn),
        2 => Just(Act::Sweep),
        2 => Just(Act::Crash),
    ]
}

fn content(which: u8) -> (Bytes, BlobHash) {
    let bytes = Bytes::from(vec![which; 50]);
    (bytes.clone(), BlobHash::of(&bytes))
}

/// The picture of some bytes.
fn picture(which: u8) -> (Bytes, BlobHash) {
    content(100 + which / 2)
}

/// Waits for a picture, as attaching a file does.
fn wait_for_picture(stage: &Stage, hash: BlobHash) {
    let made = move |tx: &mut crate::store::Tx| {
        let since = tx.now();
        let has = tx.has::<Preview>(&hash)?;
        let new = Preview {
            blob: hash,
            state: State::Waiting,
            tries: 0,
            since,
            thumbnail: None,
            preview: None,
            has_text: false,
            waiters: Vec::new(),
            articles: Vec::new(),
        };
        if has { Ok(()) } else { tx.put(&new) }
    };
    stage.write(made).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_something_refers_to_is_there(acts in proptest::collection::vec(act(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage::new();
        let mut blobs = Blobs::in_folder(folder.path()).unwrap();
        // Bytes whose command is to come, and uses of bytes.
        let (mut coming, mut uses) = (Vec::new(), BTreeMap::<u8, u32>::new());
        for act in acts {
            let restart = match act {
                Act::Store(which) => {
                    runtime.block_on(blobs.put(content(which).0)).unwrap();
                    coming.push(which);
                    false
                }
                Act::Use(which) => {
                    if let Some(at) = coming.iter().position(|it| *it == which) {
                        coming.remove(at);
                        let hash = content(which).1;
                        stage.write(move |tx| refer(tx, hash, 50, [0; 32])).unwrap();
                        *uses.entry(which).or_default() += 1;
                        wait_for_picture(&stage, hash);
                    }
                    false
                }
                Act::Make(which, done) => {
                    let hash = content(which).1;
                    let is_wanted = stage.read(|tx| Ok(tx.get::<Preview>(&hash)?.is_some_and(|it| it.state == State::Waiting)));
                    if is_wanted {
                        let (bytes, blob) = picture(which);
                        runtime.block_on(blobs.put(bytes)).unwrap();
                        let picture = Picture { blob, size: 50, format: Format::Png, width: 1, height: 1 };
                        let thumbnail = Some(StoredPicture { picture, sha256: [0; 32] });
                        if done {
                            stage.write(move |tx| preview::made(tx, hash, NewPreview { thumbnail, ..NewPreview::default() })).unwrap();
                        }
                    }
                    !done
                }
                Act::Release(which) => {
                    if let Some(count) = uses.get_mut(&which).filter(|it| **it > 0) {
                        *count -= 1;
                        let hash = content(which).1;
                        stage.write(move |tx| release(tx, hash)).unwrap();
                    }
                    false
                }
                Act::Pass => {
                    stage.pass((limits::BLOB_GRACE_DAYS as i64 + 1) * 24 * 3600);
                    false
                }
                Act::Collect => {
                    remove_unused(&stage.store, &blobs, runtime.handle()).unwrap();
                    false
                }
                Act::CrashIn(late) => {
                    let hashes = stage.read(|tx| unused(tx, 1));
                    if let Some(condemned) = hashes.first().and_then(|it| blobs.condemn(*it)).filter(|_| late) {
                        let hash = condemned.hash;
                        stage.write(move |tx| forget(tx, hash)).unwrap();
                    }
                    true
                }
                Act::Sweep => {
                    let mut all = Vec::new();
                    runtime.block_on(blobs.look_through(|it| all.push(it.hash))).unwrap();
                    remove_orphans(&stage.store, &blobs, all, runtime.handle()).unwrap();
                    false
                }
                Act::Crash => true,
            };
            if restart {
                // Whoever held bytes is gone, and so is what they were about to do.
                coming.clear();
                blobs = Blobs::in_folder(folder.path()).unwrap();
            }
            for (which, count) in &uses {
                let hash = content(*which).1;
                let counted = stage.read(|tx| Ok(tx.get::<Blob>(&hash)?.map_or(0, |it| it.references)));
                prop_assert_eq!(counted, *count);
                prop_assert!(*count == 0 || runtime.block_on(blobs.has(hash)), "{} is used and gone after {:?}", which, act);
            }
            for which in 0..3 {
                let has = stage.read(|tx| Ok(tx.get::<Preview>(&content(which).1)?.is_some_and(|it| it.thumbnail.is_some())));
                prop_assert!(!has || runtime.block_on(blobs.has(picture(which).1)), "the picture of {} is gone after {:?}", which, act);
            }
            for which in &coming {
                prop_assert!(runtime.block_on(blobs.has(content(*which).1)), "{} was stored and is gone after {:?}", which, act);
            }
        }
        // In the end nothing is left but what is used.
        blobs = Blobs::in_folder(folder.path()).unwrap();
        // Pictures are kept for as long after what they show.
        for _ in 0..2 {
            stage.pass((limits::BLOB_GRACE_DAYS as i64 + 1) * 24 * 3600);
            remove_unused(&stage.store, &blobs, runtime.handle()).unwrap();
        }
        let mut all = Vec::new();
        runtime.block_on(blobs.look_through(|it| all.push(it.hash))).unwrap();
        remove_orphans(&stage.store, &blobs, all, runtime.handle()).unwrap();
        let mut left = 0;
        runtime.block_on(blobs.look_through(|_| left += 1)).unwrap();
        let used: Vec<u8> = uses.iter().filter(|it| *it.1 > 0).map(|it| *it.0).collect();
        let shown = |which: &u8| stage.read(|tx| Ok(tx.get::<Preview>(&content(*which).1)?.is_some_and(|it| it.thumbnail.is_some())));
        let pictures: BTreeSet<BlobHash> = used.iter().filter(|it| shown(it)).map(|it| picture(*it).1).collect();
        prop_assert_eq!(left, used.len() + pictures.len());
    }
}
