//! Numbered steps: in order, once each, with an event, and never on a desk of a newer release.

use super::{
    super::{
        Store,
        migrate::{self, Migration},
    },
    *,
};
use crate::error::{Code, Refusal};

fn step(number: u32, run: fn(&mut Tx) -> Result<()>) -> Migration {
    Migration { number, description: "a step", run }
}

fn list(steps: Vec<Migration>) -> &'static [Migration] {
    // Tests are few and end soon.
    Box::leak(steps.into_boxed_slice())
}

fn said(tx: &mut Tx, name: &str) -> Result<()> {
    let id = tx.scan::<Thing>(&())?.count() as u16;
    add(tx, id, name, None)?;
    Ok(())
}

fn names(store: &Store) -> Vec<String> {
    store.read().unwrap().scan::<Thing>(&()).unwrap().map(|it| it.unwrap().name).collect()
}

#[test]
fn steps_run_in_order_and_once() {
    let engine = MemoryEngine::default();
    let store = Store::open(Options::new(engine.clone())).unwrap();
    let first = list(vec![step(1, |tx| said(tx, "one")), step(2, |tx| said(tx, "two"))]);
    assert_eq!(migrate::run(&store, first).unwrap(), 2);
    assert_eq!(migrate::run(&store, first).unwrap(), 2);
    let longer = list(vec![step(1, |tx| said(tx, "one")), step(2, |tx| said(tx, "two")), step(5, |tx| said(tx, "five"))]);
    drop(store);
    let store = Store::open(Options::new(engine)).unwrap();
    assert_eq!(migrate::run(&store, longer).unwrap(), 5);
    assert_eq!(names(&store), ["one", "two", "five"]);
    assert_eq!(migrate::number(&store.read().unwrap()).unwrap(), 5);
    let events = store.read().unwrap().events_after(0, 100).unwrap();
    assert_eq!(events.iter().filter(|it| it.kind == "desk.migrated").count(), 3);
}

#[test]
fn a_desk_of_a_newer_release_is_refused_and_left_alone() {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    migrate::run(&store, list(vec![step(1, |tx| said(tx, "one")), step(2, |tx| said(tx, "two"))])).unwrap();
    let before = store.reader().last_seq();
    let error = migrate::run(&store, list(vec![step(1, |tx| said(tx, "again"))])).unwrap_err().to_string();
    assert!(error.contains("newer release"), "{error}");
    assert!(migrate::run(&store, &[]).is_err());
    assert_eq!(store.reader().last_seq(), before);
}

#[test]
fn a_step_that_fails_leaves_the_number_where_it_was() {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    let failing = list(vec![
        step(1, |tx| said(tx, "one")),
        step(2, |tx| {
            said(tx, "half")?;
            Err(Refusal::new(Code::Conflict, "not yet").into())
        }),
    ]);
    assert!(migrate::run(&store, failing).is_err());
    assert_eq!((names(&store), migrate::number(&store.read().unwrap()).unwrap()), (vec!["one".to_owned()], 1));
    assert_eq!(migrate::run(&store, list(vec![step(1, |tx| said(tx, "again")), step(2, |tx| said(tx, "two"))])).unwrap(), 2);
    assert_eq!(names(&store), ["one", "two"]);
}

#[test]
fn a_new_store_needs_no_step() {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    assert_eq!(migrate::bring_up(&store, list(vec![step(1, |tx| said(tx, "one"))])).unwrap(), 1);
    assert_eq!((names(&store), store.read().unwrap().last_seq()), (Vec::new(), 0));
    store.write(|tx| said(tx, "used")).unwrap();
    let longer = list(vec![step(1, |tx| said(tx, "one")), step(2, |tx| said(tx, "two"))]);
    assert_eq!(migrate::bring_up(&store, longer).unwrap(), 2);
    assert_eq!(names(&store), ["used".to_owned(), "two".to_owned()]);
}
