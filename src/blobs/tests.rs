//! Blobs over a folder, and over an object store that fails on purpose: what was said to be stored is read back as it was, and
//! nothing else is ever handed out.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    ops::Range,
    pin::Pin,
    sync::Mutex,
};

use futures_util::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta, PutMultipartOptions, PutOptions,
    PutResult, memory::InMemory,
};
use proptest::prelude::*;

use super::*;

type Outcome<T> = object_store::Result<T>;
type Later<'a, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 'a>>;

/// How the next call goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    Well,
    /// It fails and does nothing.
    Error,
    /// Half of the bytes come through. A put then fails; a get does not know.
    Short,
    /// All of it is done, and it is said to have failed.
    Late,
    /// A put that stores other bytes of the same length and then fails, as after a crash without a flush.
    Torn,
    /// A put that is acknowledged without a flush: nothing of it outlives a crash.
    Lost,
    /// The same, and half of it does.
    Cut,
}

/// An object store in memory whose calls go as planned, and well when nothing is planned any more.
#[derive(Debug, Default)]
struct Faulty {
    inner: InMemory,
    plan: Mutex<VecDeque<Turn>>,
    /// What a crash leaves of the puts that were acknowledged without a flush.
    unflushed: Mutex<BTreeMap<ObjectPath, Option<Vec<u8>>>>,
}

impl Faulty {
    /// A store in which the operation at this position goes this way, and every other one well.
    fn failing(position: usize, turn: Turn) -> Self {
        let plan = std::iter::repeat_n(Turn::Well, position).chain([turn]).collect();
        Faulty { plan: Mutex::new(plan), ..Faulty::default() }
    }

    fn turn(&self) -> Turn {
        self.plan.lock().unwrap().pop_front().unwrap_or(Turn::Well)
    }

    fn has_failed(&self) -> bool {
        self.plan.lock().unwrap().is_empty()
    }

    /// The power is cut and comes back.
    async fn crash(&self) {
        let unflushed = std::mem::take(&mut *self.unflushed.lock().unwrap());
        for (place, left) in unflushed {
            match left {
                Some(bytes) => drop(self.inner.put(&place, PutPayload::from(bytes)).await.unwrap()),
                None => self.inner.delete(&place).await.unwrap(),
            }
        }
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faulty")
    }
}

fn planned<T>() -> Outcome<T> {
    Err(object_store::Error::Generic { store: "Faulty", source: "planned failure".into() })
}

fn whole(payload: &PutPayload) -> Vec<u8> {
    payload.iter().flat_map(|it| it.to_vec()).collect()
}

impl ObjectStore for Faulty {
    fn put_opts<'a, 'b, 'c>(&'a self, place: &'b ObjectPath, payload: PutPayload, options: PutOptions) -> Later<'c, PutResult>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move {
            let turn = self.turn();
            let bytes = whole(&payload);
            let half = bytes[..bytes.len() / 2].to_vec();
            let left = match turn {
                Turn::Lost => Some(None),
                Turn::Cut => Some(Some(half.clone())),
                _ => None,
            };
            match left {
                Some(left) => drop(self.unflushed.lock().unwrap().insert(place.clone(), left)),
                None => drop(self.unflushed.lock().unwrap().remove(place)),
            }
            let stored = match turn {
                Turn::Well | Turn::Lost | Turn::Cut => return self.inner.put_opts(place, payload, options).await,
                Turn::Error => return planned(),
                Turn::Late => bytes,
                Turn::Short => half,
                Turn::Torn => vec![0; bytes.len()],
            };
            self.inner.put(place, PutPayload::from(stored)).await?;
            planned()
        })
    }

    fn put_multipart_opts<'a, 'b, 'c>(&'a self, place: &'b ObjectPath, options: PutMultipartOptions) -> Later<'c, Box<dyn MultipartUpload>>
    where
        'a: 'c,
        'b: 'c,
    {
        self.inner.put_multipart_opts(place, options)
    }

    fn get_opts<'a, 'b, 'c>(&'a self, place: &'b ObjectPath, options: GetOptions) -> Later<'c, GetResult>
    where
        'a: 'c,
        'b: 'c,
    {
        Box::pin(async move {
            match self.turn() {
                Turn::Error | Turn::Late => planned(),
                Turn::Well | Turn::Torn | Turn::Lost | Turn::Cut => self.inner.get_opts(place, options).await,
                Turn::Short => {
                    let found = self.inner.get_opts(place, options).await?;
                    let (meta, attributes, extensions) = (found.meta.clone(), found.attributes.clone(), found.extensions.clone());
                    let bytes = found.bytes().await?;
                    let half = bytes.slice(..bytes.len() / 2);
                    let range: Range<u64> = 0..half.len() as u64;
                    let payload = GetResultPayload::Stream(Box::pin(futures_util::stream::once(async { Ok(half) })));
                    Ok(GetResult { payload, meta, range, attributes, extensions })
                }
            }
        })
    }

    fn delete_stream(&self, places: BoxStream<'static, Outcome<ObjectPath>>) -> BoxStream<'static, Outcome<ObjectPath>> {
        self.inner.delete_stream(places)
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, Outcome<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b ObjectPath>) -> Later<'c, ListResult>
    where
        'a: 'c,
        'b: 'c,
    {
        self.inner.list_with_delimiter(prefix)
    }

    fn copy_opts<'a, 'b, 'd, 'c>(&'a self, from: &'b ObjectPath, to: &'d ObjectPath, options: CopyOptions) -> Later<'c, ()>
    where
        'a: 'c,
        'b: 'c,
        'd: 'c,
    {
        self.inner.copy_opts(from, to, options)
    }
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![3 => Just(Turn::Well), 1 => Just(Turn::Error), 1 => Just(Turn::Short), 1 => Just(Turn::Late), 1 => Just(Turn::Torn)]
}

proptest! {
    /// Puts and gets of few blobs in any order, each call going well or not.
    #[test]
    fn what_is_said_to_be_stored_is_there_and_nothing_else_is_handed_out(
        calls in proptest::collection::vec((any::<bool>(), 0..4_u8), 1..40),
        plan in proptest::collection::vec(turn(), 0..60),
    ) {
        let faulty = Arc::new(Faulty { plan: Mutex::new(plan.into()), ..Faulty::default() });
        let blobs = on(faulty.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let bytes = |which: u8| Bytes::from(vec![which + 1; 40]);
        // Whether a blob was last said to be stored; after a put that failed, nobody knows.
        let mut stored: BTreeMap<u8, bool> = BTreeMap::new();
        for (puts, which) in calls {
            if puts {
                let put = runtime.block_on(blobs.put(bytes(which)));
                prop_assert!(put.as_ref().err().is_none_or(|it| it.code() == Some(Code::Unavailable)));
                stored.insert(which, put.is_ok());
            } else if let Ok(got) = runtime.block_on(blobs.get(BlobHash::of(&bytes(which)))) {
                prop_assert_eq!(got, bytes(which));
            }
        }
        faulty.plan.lock().unwrap().clear();
        for (which, known) in stored {
            let hash = BlobHash::of(&bytes(which));
            if known {
                prop_assert_eq!(runtime.block_on(blobs.get(hash)).unwrap(), bytes(which));
            }
            // Whatever the failures left there, putting it again makes it whole.
            runtime.block_on(blobs.put(bytes(which))).unwrap();
            prop_assert_eq!(runtime.block_on(blobs.get(hash)).unwrap(), bytes(which));
        }
    }
}

/// Blobs on such a store. The folder is for files on their way in only, each under a name of its own.
fn on(objects: Arc<dyn ObjectStore>) -> Blobs {
    Blobs::on(objects, &std::env::temp_dir().join("lodge-blob-tests")).unwrap()
}

/// What is asked of the blobs, and of which.
#[derive(Debug, Clone, Copy)]
enum Step {
    Put(usize),
    Get(usize),
    Part(usize),
    IsWhole(usize),
    Has(usize),
}

use Step::{Get, Has, IsWhole, Part, Put};

const WORK: &[Step] =
    &[Put(0), Get(0), Part(0), IsWhole(0), Has(0), Put(1), Get(1), Put(0), Get(0), Part(1), Put(2), IsWhole(2), Get(2), Part(2), Has(1)];

/// Of one byte too, of which half is nothing.
const CONTENTS: [&[u8]; 3] = [b"a screenshot of what went wrong", b"a log of it", b"x"];

fn content(which: usize) -> (Bytes, BlobHash) {
    (Bytes::from_static(CONTENTS[which]), BlobHash::of(CONTENTS[which]))
}

/// Does the step; none if it failed. Whatever it says, it must not be wrong.
async fn done(blobs: &Blobs, step: Step, at: &str) -> Option<()> {
    match step {
        Put(which) => {
            let (bytes, hash) = content(which);
            let put = blobs.put(bytes.clone()).await;
            assert!(put.as_ref().err().is_none_or(|it| it.code() == Some(Code::Unavailable)), "{at}: {put:?}");
            put.ok().map(|it| assert_eq!((it.hash, it.size), (hash, bytes.len() as u64), "{at}"))
        }
        Get(which) => {
            let (bytes, hash) = content(which);
            blobs.get(hash).await.ok().map(|it| assert_eq!(it, bytes, "{at}"))
        }
        Part(which) => {
            let (bytes, hash) = content(which);
            let (from, to) = (bytes.len() / 4, (bytes.len() * 3).div_ceil(4));
            blobs.range(hash, from as u64, to as u64).await.ok().map(|it| assert_eq!(it, bytes.slice(from..to), "{at}"))
        }
        IsWhole(which) => {
            let (bytes, hash) = content(which);
            blobs.is_whole(hash, bytes.len() as u64).await.ok()?.then_some(())
        }
        Has(which) => blobs.has(content(which).1).await.then_some(()),
    }
}

/// Does all the work; a step that failed is done once more, which must succeed.
async fn work(blobs: &Blobs, at: &str) {
    for step in WORK {
        let at = format!("{at}, {step:?}");
        if done(blobs, *step, &at).await.is_none() {
            if let Put(which) = step {
                // Whatever a failed put left there, it is either right or not handed out.
                done(blobs, Get(*which), &at).await;
            }
            done(blobs, *step, &at).await.unwrap_or_else(|| panic!("{at}: the retry failed"));
        }
    }
}

/// What was acknowledged is there after a crash; where the store lied about a flush, the damage is noticed, and putting it again
/// mends it.
async fn all_is_there_or_its_damage_noticed(blobs: &Blobs, lied: bool, at: &str) {
    let mut damaged = 0;
    for which in 0..CONTENTS.len() {
        let at = format!("{at}, blob {which} after the crash");
        if done(blobs, Get(which), &at).await.is_none() {
            damaged += 1;
            let (bytes, hash) = content(which);
            assert!(matches!(blobs.get(hash).await, Err(Error::Broken(_))), "{at}: said to be a passing failure");
            assert!(done(blobs, IsWhole(which), &at).await.is_none(), "{at}: said to be whole");
            assert!(done(blobs, Part(which), &at).await.is_none(), "{at}: a part was handed out");
            blobs.put(bytes).await.unwrap();
        }
        for step in [Get(which), Part(which), IsWhole(which), Has(which)] {
            done(blobs, step, &at).await.unwrap_or_else(|| panic!("{at}: {step:?}"));
        }
    }
    assert!(damaged <= usize::from(lied), "{at}: {damaged} were damaged");
}

#[tokio::test]
async fn nothing_is_read_of_an_empty_file() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let stored = blobs.put(Bytes::new()).await.unwrap();
    assert!(blobs.range(stored.hash, 0, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn whichever_operation_fails_nothing_else_is_handed_out_and_a_retry_succeeds() {
    for turn in [Turn::Error, Turn::Short, Turn::Late, Turn::Torn, Turn::Lost, Turn::Cut] {
        for position in 0.. {
            let at = format!("{turn:?} at {position}");
            let faulty = Arc::new(Faulty::failing(position, turn));
            let blobs = on(faulty.clone());
            work(&blobs, &at).await;
            let failed = faulty.has_failed();
            faulty.plan.lock().unwrap().clear();
            faulty.crash().await;
            all_is_there_or_its_damage_noticed(&blobs, matches!(turn, Turn::Lost | Turn::Cut), &at).await;
            if !failed {
                assert_eq!(position, WORK.len(), "one operation for each step");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_failing_store_says_unavailable_and_a_wrong_one_is_a_fault() {
    let faulty = Arc::new(Faulty::default());
    let blobs = on(faulty.clone());
    let stored = blobs.put(Bytes::from_static(b"a screenshot")).await.unwrap();
    let plan = |turn| faulty.plan.lock().unwrap().push_back(turn);
    plan(Turn::Error);
    assert_eq!(blobs.get(stored.hash).await.unwrap_err().code(), Some(Code::Unavailable));
    plan(Turn::Short);
    assert!(matches!(blobs.get(stored.hash).await, Err(Error::Broken(_))));
    plan(Turn::Short);
    assert!(matches!(blobs.range(stored.hash, 2, 8).await, Err(Error::Broken(_))));
    assert!(matches!(blobs.get(BlobHash::of(b"another")).await, Err(Error::Broken(_))));
    plan(Turn::Torn);
    assert_eq!(blobs.put(Bytes::from_static(b"a screenshot")).await.unwrap_err().code(), Some(Code::Unavailable));
    assert!(matches!(blobs.get(stored.hash).await, Err(Error::Broken(_))));
}

#[tokio::test]
async fn bytes_are_stored_once_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let bytes = Bytes::from_static(b"a screenshot");
    let stored = blobs.put(bytes.clone()).await.unwrap();
    assert_eq!(blobs.put(bytes.clone()).await.unwrap(), stored);
    assert_eq!(blobs.get(stored.hash).await.unwrap(), bytes);
    assert_eq!(blobs.range(stored.hash, 2, 8).await.unwrap(), "screen".as_bytes());
    assert!(!blobs.has(BlobHash::of(b"another")).await);
}

#[tokio::test]
async fn a_changed_file_is_not_handed_out_and_mended_by_whoever_brings_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let bytes = Bytes::from_static(b"as it was");
    let stored = blobs.put(bytes.clone()).await.unwrap();
    let name = stored.hash.to_string();
    for damaged in ["as it is!", "as", ""] {
        std::fs::write(folder.path().join(&name[..2]).join(&name[2..4]).join(&name), damaged).unwrap();
        assert!(blobs.get(stored.hash).await.is_err());
        blobs.put(bytes.clone()).await.unwrap();
        assert_eq!(blobs.get(stored.hash).await.unwrap(), bytes);
    }
}

/// Bytes that tell their place.
fn long(size: usize) -> Bytes {
    (0..size).map(|at| (at * 31 + at / 251) as u8).collect::<Vec<_>>().into()
}

async fn brought(blobs: &Blobs, bytes: &Bytes, piece: usize) -> Result<Stored> {
    let mut incoming = blobs.begin()?;
    for at in (0..bytes.len()).step_by(piece) {
        incoming.add(bytes.slice(at..bytes.len().min(at + piece))).await?;
    }
    blobs.finish(incoming).await
}

async fn taken(blobs: &Blobs, hash: BlobHash, range: (u64, u64), size: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut pieces = Box::pin(blobs.stream(hash, range, size).await?);
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(bytes)
}

fn waiting(folder: &Path) -> usize {
    std::fs::read_dir(folder.join(INCOMING)).unwrap().count()
}

#[tokio::test]
async fn what_comes_in_pieces_is_what_comes_at_once_here_and_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let places = [
        (Blobs::in_folder(folder.path()).unwrap(), folder.path()),
        (Blobs::on(Arc::new(InMemory::new()), elsewhere.path()).unwrap(), elsewhere.path()),
    ];
    for (blobs, folder) in &places {
        for (size, piece) in [(0, 1), (1, 1), (4096, 7), (512 * 1024, 65_536), (512 * 1024 + 1, 512 * 1024), (20_000_003, 99_991)] {
            let bytes = long(size);
            let stored = brought(blobs, &bytes, piece).await.unwrap();
            assert_eq!((stored.hash, stored.size), (BlobHash::of(&bytes), size as u64));
            assert_eq!(stored.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
            assert_eq!(blobs.get(stored.hash).await.unwrap(), bytes);
            let end = size as u64;
            for (from, to) in [(0, end), (end / 3, end), (0, end / 2), (end / 4, end / 4), (end.saturating_sub(1), end)] {
                let expected = &bytes[from as usize..to as usize];
                assert_eq!(taken(blobs, stored.hash, (from, to), end).await.unwrap(), expected, "{size}: {from} to {to}");
            }
        }
        assert_eq!(waiting(folder), 0, "nothing is left on its way");
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_flushed_and_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = long(3_000_000);
    {
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        let mut incoming = blobs.resume("one", 0).unwrap();
        assert_eq!(blobs.resume("one", 0).err().and_then(|it| it.code()), Some(Code::Conflict), "one writer");
        incoming.add(bytes.slice(..1_000_000)).await.unwrap();
        incoming.flush().await.unwrap();
        // What was not flushed was never said to have come.
        incoming.add(bytes.slice(..1_200_000)).await.unwrap();
        drop(incoming);
        // The last piece is still on its way to the disk; a crash would have ended that.
        while blobs.resume("one", 1_000_000).is_err() {
            tokio::task::yield_now().await;
        }
    }
    // As after a restart.
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    assert_eq!(blobs.clear_incoming(Duration::ZERO, |it| it == "one").await.unwrap(), 0);
    for (from, to) in [(1_000_000, 2_000_000), (2_000_000, 3_000_000)] {
        let mut incoming = blobs.resume("one", from as u64).unwrap();
        incoming.add(bytes.slice(from..to)).await.unwrap();
        incoming.flush().await.unwrap();
        assert_eq!(incoming.size(), to as u64);
    }
    let incoming = blobs.resume("one", 3_000_000).unwrap();
    assert_eq!(blobs.finish(incoming).await.unwrap().hash, BlobHash::of(&bytes));
    assert_eq!(waiting(folder.path()), 0);
    assert_eq!(blobs.resume("one", 5).err().and_then(|it| it.code()), Some(Code::NotFound), "it is there no more");
    for name in ["", "../one", "a/b", "a.b"] {
        assert!(blobs.resume(name, 0).is_err(), "{name}");
    }
}

#[tokio::test]
async fn a_crash_at_any_step_of_an_upload_leaves_nothing_that_counts_and_a_retry_succeeds() {
    let bytes = long(2_500_000);
    for step in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        let mut incoming = blobs.begin().unwrap();
        let mut lies = None;
        if step > 0 {
            incoming.add(bytes.slice(..1_500_000)).await.unwrap();
        }
        if step > 1 {
            incoming.add(bytes.slice(1_500_000..)).await.unwrap();
        }
        if step > 2 {
            incoming.flush().await.unwrap();
        }
        if step > 3 {
            // Hashed and flushed, and not at its place yet.
            lies = Some(incoming.finish().await.unwrap().1);
        }
        assert_eq!(lies.is_some_and(|it| it.exists()), step > 3);
        // Nobody tidies up in a crash.
        std::mem::forget(incoming);
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        assert!(!blobs.has(BlobHash::of(&bytes)).await, "step {step}");
        let mut found = 0;
        blobs.look_through(|_| found += 1).await.unwrap();
        assert_eq!((found, waiting(folder.path())), (0, 1), "step {step}");
        assert_eq!(blobs.clear_incoming(Duration::ZERO, |_| false).await.unwrap(), 1);
        let stored = brought(&blobs, &bytes, 100_000).await.unwrap();
        assert_eq!(taken(&blobs, stored.hash, (0, stored.size), stored.size).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn whatever_fails_on_the_way_to_a_store_elsewhere_is_said_and_a_retry_succeeds() {
    for turn in [Turn::Error, Turn::Short, Turn::Late, Turn::Torn] {
        let faulty = Arc::new(Faulty::failing(0, turn));
        let blobs = on(faulty.clone());
        let bytes = long(300_000);
        assert_eq!(brought(&blobs, &bytes, 70_000).await.unwrap_err().code(), Some(Code::Unavailable), "{turn:?}");
        let stored = brought(&blobs, &bytes, 70_000).await.unwrap();
        assert_eq!(blobs.get(stored.hash).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn what_was_changed_is_noticed_before_its_last_piece_is_out() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let bytes = long(1_300_000);
    let stored = brought(&blobs, &bytes, 100_000).await.unwrap();
    let name = stored.hash.to_string();
    let mut damaged = bytes.to_vec();
    damaged[700_000] ^= 1;
    for damaged in [damaged.clone(), damaged[..1_200_000].to_vec(), Vec::new()] {
        std::fs::write(folder.path().join(&name[..2]).join(&name[2..4]).join(&name), &damaged).unwrap();
        let mut out = 0;
        let outcome = async {
            let mut pieces = Box::pin(blobs.stream(stored.hash, (0, stored.size), stored.size).await?);
            while let Some(piece) = pieces.next().await {
                out += piece?.len();
            }
            Ok::<_, Error>(())
        };
        let error = outcome.await.unwrap_err();
        assert!(matches!(error, Error::Broken(_)), "no asking later helps: {error}");
        assert!(out < bytes.len());
        let whole = (damaged.len() as u64) < stored.size;
        assert_eq!(matches!(blobs.range(stored.hash, 1_250_000, 1_300_000).await, Err(Error::Broken(_))), whole);
    }
}

#[tokio::test]
async fn what_is_condemned_is_removed_unless_somebody_just_stored_it() {
    let folder = tempfile::tempdir().unwrap();
    let (hash, bytes) = {
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        let bytes = long(10);
        let stored = blobs.put(bytes.clone()).await.unwrap();
        assert!(blobs.condemn(stored.hash).is_none(), "whoever stored it may still need it");
        (stored.hash, bytes)
    };
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    std::fs::write(folder.path().join("README"), "not ours").unwrap();
    let mut found = Vec::new();
    blobs.look_through(|it| found.push((it.hash, it.size))).await.unwrap();
    assert_eq!(found, [(hash, 10)]);
    let condemned = blobs.condemn(hash).unwrap();
    let again = tokio::spawn({
        let blobs = blobs.clone();
        async move { blobs.put(bytes).await }
    });
    tokio::task::yield_now().await;
    assert!(!again.is_finished(), "it waits until the bytes are gone");
    blobs.remove(condemned).await.unwrap();
    again.await.unwrap().unwrap();
    assert!(blobs.has(hash).await, "what was stored after that is there");
    let condemned = blobs.condemn(BlobHash([9; 32])).unwrap();
    blobs.remove(condemned).await.unwrap();
}
