//! The log proves itself: whatever is changed, dropped or moved behind the store's back is found, and what is erased is not missed.

use super::{
    super::{
        engine::{Batch, Engine, Pair},
        log::{self, Exported, Verified, Verifier},
    },
    *,
};

const EVENTS: u8 = 0x01;

/// A store with some events, and its engine to reach behind its back.
fn written() -> (MemoryEngine, Rig) {
    let engine = MemoryEngine::default();
    let mut rig = Rig::open(engine.clone()).unwrap();
    for id in 0..6 {
        rig.one(move |tx| add(tx, id, &format!("thing {id}"), None)).unwrap();
    }
    (engine, rig)
}

fn rows(engine: &MemoryEngine, tag: u8) -> Vec<Pair> {
    engine.snapshot().unwrap().range(&[tag], &[tag + 1], false).unwrap().map(|it| it.unwrap()).collect()
}

fn verify(engine: &MemoryEngine) -> Result<Verified, StoreError> {
    let rig = Rig::open(engine.clone())?;
    log::verify(&rig.reader.read()?)
}

fn exported(rig: &Rig) -> Vec<Exported> {
    let mut all = Vec::new();
    log::export(&rig.reader.read().unwrap(), 0, |it, _| {
        all.push(it);
        Ok(())
    })
    .unwrap();
    all
}

fn verify_copy(copy: &[Exported]) -> Result<Verified, StoreError> {
    let mut verifier = Verifier::default();
    copy.iter().try_for_each(|it| verifier.exported(it))?;
    Ok(verifier.finish())
}

#[test]
fn any_changed_bit_of_a_stored_event_is_found() {
    let (engine, _rig) = written();
    let good = verify(&engine).unwrap();
    assert_eq!((good.events, good.erased), (6, 0));
    for (key, value) in rows(&engine, EVENTS) {
        for at in 0..value.len() {
            let mut changed = value.clone();
            changed[at] ^= 1 << (at % 8);
            engine.apply(&Batch::from([(key.clone(), Some(changed))])).unwrap();
            assert!(verify(&engine).is_err(), "row {key:?}, byte {at}");
        }
        engine.apply(&Batch::from([(key, Some(value))])).unwrap();
    }
    assert_eq!(verify(&engine).unwrap(), good);
}

#[test]
fn a_long_payload_lies_packed_and_is_read_as_it_was_given() {
    let (engine, mut rig) = written();
    let words = "the printer on the second floor prints everything twice; ".repeat(40);
    let given = words.clone();
    rig.one(move |tx| add(tx, 9, &given, None)).unwrap();
    let (key, value) = rows(&engine, EVENTS).pop().unwrap();
    assert!(value.len() < words.len() / 4, "{} bytes for {}", value.len(), words.len());
    let read = || rig.reader.read().and_then(|it| it.events_after(6, 1));
    let good = read().unwrap();
    assert_eq!(good[0].parts.last().unwrap().as_deref(), Some(words.as_bytes()));
    let before = verify(&engine).unwrap();
    assert_eq!(verify_copy(&exported(&rig)).unwrap(), before);
    // A flaw either is found or changes no payload; and no row makes its reader reserve what it cannot hold.
    for at in 0..value.len() {
        for bit in 0..8 {
            let mut changed = value.clone();
            changed[at] ^= 1 << bit;
            engine.apply(&Batch::from([(key.clone(), Some(changed))])).unwrap();
            assert!(verify(&engine).is_err() || read().unwrap() == good, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_missing_moved_or_foreign_event_is_found() {
    let (engine, _rig) = written();
    let all = rows(&engine, EVENTS);
    for i in 0..all.len() - 1 {
        engine.apply(&Batch::from([(all[i].0.clone(), None)])).unwrap();
        assert!(verify(&engine).is_err(), "event {} is gone", i + 1);
        engine
            .apply(&Batch::from([(all[i].0.clone(), Some(all[i + 1].1.clone())), (all[i + 1].0.clone(), Some(all[i].1.clone()))]))
            .unwrap();
        assert!(verify(&engine).is_err(), "events {} and {} are swapped", i + 1, i + 2);
        engine.apply(&all.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect()).unwrap();
    }
    // The end of a chain cannot show that it was cut off: that is what published heads are for.
    engine.apply(&Batch::from([(all[5].0.clone(), None)])).unwrap();
    assert_eq!(verify(&engine).unwrap().head.seq, 5);
}

#[test]
fn what_is_erased_is_gone_and_the_chain_holds() {
    let (engine, mut rig) = written();
    let before = verify(&engine).unwrap();
    let (dropped, _) =
        rig.one(|tx| Ok(tx.erase(3, Uuid::from_u128(8))? + tx.erase(3, Uuid::from_u128(999))? + tx.erase(99, Uuid::nil())?)).unwrap();
    assert_eq!(dropped, 1);
    let after = verify(&engine).unwrap();
    assert_eq!((after.events, after.erased, after.head), (6, 1, before.head));
    let event = rig.reader.read().unwrap().events_after(2, 1).unwrap().remove(0);
    assert_eq!(event.parts, [Some(b"{}".to_vec()), None]);
    let says = |it: &Pair| it.1.windows(7).any(|it| it == b"thing 2");
    assert!(!rows(&engine, EVENTS).iter().any(says));
    let copy = exported(&rig);
    assert_eq!(verify_copy(&copy).unwrap(), after);
    // A payload that comes back must be the one that was there.
    let mut forged = copy;
    forged[2].parts[1] = Some("00".repeat(40));
    assert!(verify_copy(&forged).is_err());
}

#[test]
fn an_exported_copy_proves_itself() {
    let (engine, rig) = written();
    let copy = exported(&rig);
    let text: Vec<String> = copy.iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    let read: Vec<Exported> = text.iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(verify_copy(&read).unwrap(), verify(&engine).unwrap());

    let spoil = |name: &str, change: fn(&mut Vec<Exported>)| {
        let mut copy = copy.clone();
        change(&mut copy);
        assert!(verify_copy(&copy).is_err(), "{name}");
    };
    spoil("missing", |it| drop(it.remove(2)));
    spoil("swapped", |it| it.swap(1, 2));
    spoil("doubled", |it| it.insert(2, it[1].clone()));
    spoil("renumbered", |it| it[2].seq = 4);
    spoil("another hash", |it| it[2].hash = it[1].hash.clone());
    spoil("another header", |it| it[2].header = it[1].header.clone());
    spoil("another payload", |it| it[2].parts[1] = it[1].parts[1].clone());
    spoil("swapped payloads", |it| it[2].parts.swap(0, 1));
    spoil("too few payloads", |it| drop(it[2].parts.pop()));
    spoil("too many payloads", |it| it[2].parts.push(None));
    spoil("not hexadecimal", |it| it[2].header.push('g'));
    spoil("half a byte", |it| it[2].hash.truncate(63));
}
