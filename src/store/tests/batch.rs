//! What a batch keeps of its commands: refused, panicking and forgetful ones leave nothing, the others stay.

use std::sync::atomic::Ordering;

use super::*;
use crate::{
    error::{Code, Error, Refusal},
    limits,
};

fn adding(id: u16) -> Run<u64> {
    Box::new(move |tx| Ok(add(tx, id, &format!("thing {id}"), Some(1))?.number))
}

/// Does everything that `adding` does, and then ends otherwise.
fn spoilt(id: u16, end: impl FnOnce() -> Result<u64> + Send + 'static) -> Run<u64> {
    Box::new(move |tx| {
        add(tx, id, "never seen", Some(1))?;
        tx.set_cursor("never", 9);
        end()
    })
}

#[test]
fn commands_that_fail_leave_no_trace_and_no_gap() {
    for disk in [None, Some(FaultyDisk::default())] {
        let mut rig = match &disk {
            Some(disk) => Rig::open(on(disk)).unwrap(),
            None => Rig::in_memory(),
        };
        let told = rig.batch(vec![
            adding(1),
            spoilt(2, || Err(Refusal::new(Code::Conflict, "no").into())),
            adding(3),
            spoilt(4, || std::panic::resume_unwind(Box::new("a planned panic"))),
            Box::new(|tx| {
                tx.put(&Thing { id: 5, name: "unsaid".into(), group: None, number: 0 })?;
                Ok(0)
            }),
            Box::new(|tx| {
                add(tx, 3, "renamed", None)?;
                tx.remove::<Thing>(&1)?;
                Ok(0)
            }),
            adding(6),
        ]);
        let said: Vec<String> = told.iter().map(|it| it.as_ref().map_or_else(ToString::to_string, |it| format!("{it:?}"))).collect();
        assert_eq!(
            said,
            [
                "(1, 1)",
                "no",
                "(2, 2)",
                "a command panicked: a planned panic",
                "a command changed the journalled table `things` and recorded no event",
                "(0, 3)",
                "(4, 4)"
            ]
        );
        assert!(matches!(told[3], Err(Error::Broken(_))) && matches!(told[4], Err(Error::Broken(_))));
        assert_eq!(rig.things().into_keys().collect::<Vec<_>>(), [3, 6]);
        let tx = rig.reader.read().unwrap();
        assert_eq!(tx.cursor("never").unwrap(), 0);
        assert_eq!((tx.last_seq(), rig.reader.last_seq()), (4, 4));
        assert!(tx.find_one(&BY_NAME, &"never seen".to_owned()).unwrap().is_none());
        rig.assert_consistent();
    }
}

#[test]
fn later_commands_of_a_batch_see_the_earlier_ones() {
    let mut rig = Rig::in_memory();
    let told = rig.batch::<Vec<u64>>(
        (1..=3)
            .map(|id| -> Run<Vec<u64>> {
                Box::new(move |tx| {
                    add(tx, id, &format!("thing {id}"), Some(2))?;
                    Ok(tx.find(&BY_GROUP, &2_u8)?.into_iter().map(|it| it.number).collect())
                })
            })
            .collect(),
    );
    let seen: Vec<Vec<u64>> = told.into_iter().map(|it| it.unwrap().0).collect();
    assert_eq!(seen, [vec![1], vec![1, 2], vec![1, 2, 3]]);
}

#[test]
fn a_reader_keeps_the_state_that_it_began_with() {
    for disk in [None, Some(FaultyDisk::default())] {
        let mut rig = match &disk {
            Some(disk) => Rig::open(on(disk)).unwrap(),
            None => Rig::in_memory(),
        };
        rig.one(adding(1)).unwrap();
        let before = rig.reader.read().unwrap();
        rig.one(adding(2)).unwrap();
        assert_eq!(before.scan::<Thing>(&()).unwrap().count(), 1);
        assert_eq!(before.last_seq(), 1);
        assert_eq!(rig.things().len(), 2);
    }
}

#[test]
fn time_never_goes_back_not_even_over_a_restart() {
    let engine = MemoryEngine::default();
    let stamp = |rig: &mut Rig, clock: i64| {
        rig.clock.store(clock, Ordering::Relaxed);
        rig.one(|tx| {
            tx.record(happened("thing.seen", ""))?;
            Ok(tx.now().as_millis())
        })
        .unwrap()
        .0
    };
    let mut rig = Rig::open(engine.clone()).unwrap();
    assert_eq!([5_000, 9_000, 2_000, 9_500].map(|it| stamp(&mut rig, it)), [5_000, 9_000, 9_000, 9_500]);
    drop(rig);
    let mut rig = Rig::open(engine).unwrap();
    assert_eq!([1, 9_400, 10_000].map(|it| stamp(&mut rig, it)), [9_500, 9_500, 10_000]);
    let events = rig.reader.read().unwrap().events_after(0, 100).unwrap();
    assert!(events.is_sorted_by_key(|it| it.at));
}

#[test]
fn a_command_that_writes_too_much_is_refused_alone() {
    let mut rig = Rig::in_memory();
    let told =
        rig.batch(vec![adding(1), Box::new(|tx| Ok(add(tx, 2, &"x".repeat(limits::COMMAND_BYTES_MAX + 1), None)?.number)), adding(3)]);
    assert_eq!(told.iter().map(|it| it.as_ref().err().and_then(Error::code)).collect::<Vec<_>>(), [None, Some(Code::TooLarge), None]);
    assert_eq!(rig.things().into_keys().collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn putting_what_is_there_changes_nothing_and_needs_no_event() {
    let mut rig = Rig::in_memory();
    let (thing, _) = rig.one(|tx| add(tx, 1, "same", Some(1))).unwrap();
    let (_, seq) = rig
        .one(move |tx| {
            tx.put(&thing)?;
            tx.remove::<Thing>(&99)
        })
        .unwrap();
    assert_eq!(seq, 1);
}

/// An engine that says how much room is left.
struct Roomy(MemoryEngine, Arc<AtomicI64>);

impl Opener for Roomy {
    fn open(&self) -> Result<Arc<dyn crate::store::engine::Engine>, StoreError> {
        self.0.open()
    }

    fn free_bytes(&self) -> Option<u64> {
        u64::try_from(self.1.load(Ordering::Relaxed)).ok()
    }
}

#[test]
fn a_nearly_full_disk_takes_no_writes_and_serves_reads_until_there_is_room() {
    let free = Arc::new(AtomicI64::new(i64::MAX));
    let mut rig = Rig::open(Roomy(MemoryEngine::default(), free.clone())).unwrap();
    rig.one(adding(1)).unwrap();
    free.store(limits::DISK_FREE_BYTES_MIN as i64 - 1, Ordering::Relaxed);
    assert_eq!(rig.one(adding(2)).unwrap_err().code(), Some(Code::Unavailable));
    assert!(matches!(rig.reader.trouble(), Some(StoreError::Full(_))));
    assert_eq!(rig.things().len(), 1);
    free.store(i64::MAX, Ordering::Relaxed);
    // Even a command that changes nothing shows that the cause is gone.
    rig.one(|_| Ok(())).unwrap();
    assert!(rig.reader.trouble().is_none());
    assert_eq!(rig.one(adding(2)).unwrap().0, 2);
}

#[test]
fn everybody_who_waits_when_the_store_closes_is_answered() {
    let store = crate::store::Store::open(Options::new(MemoryEngine::default())).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    for id in 0..500 {
        let tell = tell.clone();
        store.submit(move |tx| add(tx, id, &format!("thing {id}"), None), move |it| tell.send(it.is_ok()).unwrap());
    }
    drop((store, tell));
    assert_eq!(told.iter().filter(|it| *it).count(), 500);
}
