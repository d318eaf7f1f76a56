//! The check finds what is planted behind the store's back, and nothing in a store that is sound.

use super::{
    super::engine::{Batch, Engine, Pair},
    *,
};

/// What the check says after these rows were put or removed.
fn after(change: impl FnOnce(&[Pair]) -> Batch) -> Vec<String> {
    let engine = MemoryEngine::default();
    let mut rig = Rig::open(engine.clone()).unwrap();
    for id in 0..4 {
        rig.one(move |tx| add(tx, id, &format!("thing {id}"), (id > 1).then_some(1))).unwrap();
    }
    rig.assert_consistent();
    let rows: Vec<_> = rig.reader.read().unwrap().all_rows().unwrap().map(|it| it.unwrap()).collect();
    engine.apply(&change(&rows)).unwrap();
    let rig = Rig::open(engine).unwrap();
    check::consistency(&rig.reader.read().unwrap(), SHAPES, INDEXES).unwrap().findings
}

/// Rows to put or remove, made from those that are there.
type Damage = fn(&[Pair]) -> Batch;

/// The first row of a table.
fn first(rows: &[Pair], tag: u8) -> Pair {
    rows.iter().find(|it| it.0[0] == tag).cloned().unwrap()
}

#[test]
fn sound_stores_have_no_findings() {
    assert_eq!(after(|_| Batch::new()), [""; 0]);
}

#[test]
fn planted_damage_is_found() {
    let cases: [(&str, Damage); 9] = [
        ("missing from the index 0x80", |rows| Batch::from([(first(rows, 0x80).0, None)])),
        ("an entry that its record of `things` does not give", |rows| {
            let (mut key, primary) = first(rows, 0x80);
            key[1] = b'x';
            Batch::from([(key, Some(primary))])
        }),
        ("names a record of `things` that is not there", |rows| Batch::from([(first(rows, 0x10).0, None)])),
        ("stands under another's key", |rows| {
            let (mut key, value) = first(rows, 0x10);
            key[2] = 77;
            Batch::from([(key, Some(value))])
        }),
        ("things: ", |rows| Batch::from([(first(rows, 0x10).0, Some(vec![1, 2, 3]))])),
        ("no table or index has the tag 0x77", |_| Batch::from([(vec![0x77, 1], Some(Vec::new()))])),
        ("is not found by what it is about", |rows| Batch::from([(first(rows, 0x04).0, None)])),
        ("events are found by what they are about", |rows| {
            let (mut key, value) = first(rows, 0x04);
            key[1] ^= 1;
            Batch::from([(key, Some(value))])
        }),
        ("events are missing", |rows| Batch::from([(first(rows, 0x01).0, None)])),
    ];
    for (wanted, change) in cases {
        let found = after(change);
        assert!(found.iter().any(|it| it.contains(wanted)), "{wanted:?}: {found:?}");
    }
}
