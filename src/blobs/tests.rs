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
        let blobs = Blobs::on(faulty.clone());
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
            blobs.is_whole(hash, bytes.len() as u64).await.then_some(())
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
async fn whichever_operation_fails_nothing_else_is_handed_out_and_a_retry_succeeds() {
    for turn in [Turn::Error, Turn::Short, Turn::Late, Turn::Torn, Turn::Lost, Turn::Cut] {
        for position in 0.. {
            let at = format!("{turn:?} at {position}");
            let faulty = Arc::new(Faulty::failing(position, turn));
            let blobs = Blobs::on(faulty.clone());
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
    let blobs = Blobs::on(faulty.clone());
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
