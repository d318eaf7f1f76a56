//! A fixed piece of work over a disk that fails at every single operation, once each, in every way. Whatever happens: what was
//! acknowledged is there, a batch is there as a whole or not at all, and the store goes on as soon as the cause is gone.

use super::{
    super::engine::{faulty::Failure, redb::RedbEngine},
    *,
};
use crate::error::{Code, Refusal};

type State = BTreeMap<u16, Thing>;

/// Batches of the work: what each command adds or removes. Ids above 1000 are refused after they were written.
fn work() -> Vec<Vec<u16>> {
    let mut batches = Vec::new();
    for i in 0..5_u16 {
        batches.push(vec![i * 4, i * 4 + 1, 1000 + i, i * 4 + 2]);
        // Every other batch also takes away what an earlier one added.
        batches.push(vec![i * 4 + 3, (i / 2) * 4 + 500]);
    }
    batches
}

/// Long enough that the file grows several times.
fn name_of(id: u16) -> String {
    format!("{id}-{}", "n".repeat(usize::from(id % 7) * 400))
}

fn command(id: u16) -> Run<()> {
    Box::new(move |tx| {
        if (500..1000).contains(&id) {
            tx.remove::<Thing>(&(id - 500))?;
            tx.record(happened("thing.removed", &id.to_string()))?;
            return Ok(());
        }
        add(tx, id, &name_of(id), id.is_multiple_of(2).then_some(1))?;
        if id >= 1000 { Err(Refusal::new(Code::Conflict, "planned").into()) } else { Ok(()) }
    })
}

/// The state after a batch.
fn after(state: &State, batch: &[u16]) -> State {
    let mut state = state.clone();
    for id in batch {
        match id {
            500..1000 => drop(state.remove(&(id - 500))),
            0..500 => {
                let thing = Thing { id: *id, name: name_of(*id), group: id.is_multiple_of(2).then_some(1), number: u64::from(*id) + 1 };
                state.insert(*id, thing);
            }
            _ => {}
        }
    }
    state
}

/// The state as the disk has it, whatever numbers it gave: they follow the ids, as refused commands use none up.
fn stored(rig: &Rig) -> State {
    rig.things()
}

/// Runs batches from `from` on; stops at the first that fails. Gives the state and the number of the batch that failed.
fn run(rig: &mut Rig, state: &mut State, from: usize) -> Option<usize> {
    for (i, batch) in work().iter().enumerate().skip(from) {
        let told = rig.batch(batch.iter().map(|it| command(*it)).collect());
        if told.iter().any(|it| it.as_ref().is_err_and(|it| it.code() == Some(Code::Unavailable))) {
            assert!(told.iter().all(|it| it.as_ref().is_err_and(|it| it.code() == Some(Code::Unavailable))), "all or none are told");
            return Some(i);
        }
        for (id, it) in batch.iter().zip(&told) {
            assert_eq!(it.is_ok(), *id < 1000, "{it:?}");
        }
        *state = after(state, batch);
    }
    None
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    /// The process lives; the writer finds its way by itself.
    GoOn,
    Kill,
    Crash,
}

/// A disk with an empty store. Making one is not part of the work: a real file gets its name when it is whole.
fn made() -> FaultyDisk {
    let disk = FaultyDisk::default();
    drop(Rig::open(on(&disk)).unwrap());
    disk
}

/// How many operations the whole work takes, from opening the store on.
fn operations() -> u64 {
    let disk = made();
    let before = disk.operations();
    let mut rig = Rig::open(on(&disk)).unwrap();
    assert_eq!(run(&mut rig, &mut State::new(), 0), None);
    disk.operations() - before
}

fn fail_once(at: u64, failure: Failure, then: Then) {
    let case = format!("operation {at}, {failure:?}, then {then:?}");
    let disk = made();
    disk.fail_at(disk.operations() + at, failure);
    let mut state = State::new();
    let (mut rig, failed) = match Rig::open(on(&disk)) {
        Ok(mut rig) => {
            let failed = run(&mut rig, &mut state, 0);
            (Some(rig), failed)
        }
        Err(_) => (None, Some(0)),
    };
    match then {
        // A power cut is over when the power is back.
        Then::GoOn | Then::Crash if failure == Failure::Cut => disk.crash(at),
        Then::Crash => disk.crash(at),
        Then::Kill => disk.kill(),
        Then::GoOn => {}
    }
    disk.heal();
    if then != Then::GoOn || rig.is_none() {
        drop(rig.take());
        rig = Some(Rig::open(on(&disk)).unwrap_or_else(|it| panic!("{case}: cannot be opened: {it}")));
    }
    let mut rig = rig.unwrap();
    // A command that does nothing makes a writer whose engine is gone open it again.
    rig.one(|_| Ok(())).unwrap_or_else(|it| panic!("{case}: does not go on: {it}"));
    let found = stored(&rig);
    let next = match failed {
        Some(i) if found == after(&state, &work()[i]) && found != state => {
            state = found.clone();
            i + 1
        }
        Some(i) => i,
        None => work().len(),
    };
    assert_eq!(found, state, "{case}");
    rig.assert_consistent();
    assert_eq!(run(&mut rig, &mut state, next), None, "{case}: the rest of the work");
    disk.crash(at + 1);
    let rig = Rig::open(on(&disk)).unwrap();
    assert_eq!(stored(&rig), state, "{case}: in the end");
    rig.assert_consistent();
}

/// Every operation fails once in this way, and every way to go on follows.
fn fail_each(failure: Failure) {
    let operations = operations();
    println!("{failure:?} at each of {operations} operations, three ways to go on");
    assert!(operations > 100, "the work is too small to prove anything: {operations} operations");
    for at in 1..=operations {
        for then in [Then::GoOn, Then::Kill, Then::Crash] {
            fail_once(at, failure, then);
        }
    }
}

// A test for each, so that they run side by side.

#[test]
fn every_operation_may_fail() {
    fail_each(Failure::Error);
}

#[test]
fn every_operation_may_stop_half_way() {
    fail_each(Failure::Short);
}

#[test]
fn every_operation_may_find_the_disk_full() {
    fail_each(Failure::Full);
}

#[test]
fn the_power_may_fail_at_every_operation() {
    fail_each(Failure::Cut);
}

#[test]
fn a_full_disk_is_said_to_be_full_and_goes_on_when_there_is_room() {
    let disk = FaultyDisk::default();
    let mut rig = Rig::open(on(&disk)).unwrap();
    let mut state = State::new();
    disk.fill();
    // The file has room of its own, so the first batches may fit.
    let failed = run(&mut rig, &mut state, 0).unwrap_or(0);
    let big =
        |rig: &mut Rig| rig.one(|tx| add(tx, 400, &"x".repeat(8_000_000), None)).map(|_| ()).map_err(|it| (it.code(), it.to_string()));
    for _ in 0..3 {
        let (code, said) = big(&mut rig).unwrap_err();
        assert_eq!(code, Some(Code::Unavailable));
        assert!(said.contains("full"), "{said}");
    }
    assert_eq!(stored(&rig), state, "it serves reads");
    disk.heal();
    let written_before_full = state.len();
    big(&mut rig).unwrap();
    assert!(rig.reader.trouble().is_none());
    assert_eq!(rig.things().len(), written_before_full + 1);
    assert!(failed < work().len());
    rig.assert_consistent();
}

#[test]
fn a_disk_that_does_not_answer_is_unavailable_until_it_does() {
    let disk = FaultyDisk::default();
    let mut rig = Rig::open(on(&disk)).unwrap();
    rig.one(command(1)).unwrap();
    disk.break_down();
    for _ in 0..3 {
        assert_eq!(rig.one(command(2)).unwrap_err().code(), Some(Code::Unavailable));
        assert!(rig.reader.trouble().is_some());
    }
    disk.heal();
    rig.one(command(2)).unwrap();
    assert!(rig.reader.trouble().is_none());
    assert_eq!(rig.things().into_keys().collect::<Vec<_>>(), [1, 2]);
}

/// What became of a disk that lied about a flush.
#[derive(Debug, PartialEq)]
enum Found {
    Damage,
    /// As it was after this many batches.
    State(usize),
}

fn examine(disk: &FaultyDisk, history: &[State]) -> Found {
    // redb may well stop at damage by a panic; that is noticed too.
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        if !RedbEngine::on(disk.attach(), 1024 * 1024).ok()?.is_intact().ok()? {
            return None;
        }
        let rig = Rig::open(on(disk)).ok()?;
        let report = check::consistency(&rig.reader.read().ok()?, SHAPES, INDEXES).ok()?;
        report.findings.is_empty().then(|| stored(&rig))
    }));
    match looked {
        Ok(Some(state)) => match history.iter().position(|it| *it == state) {
            Some(batches) => Found::State(batches),
            None => panic!("a state that never was, and nothing that says so: {:?}", state.keys()),
        },
        _ => Found::Damage,
    }
}

/// A disk that lies about a flush may lose what was acknowledged; nobody can prevent that. Promised is only that a look at the
/// desk (`lodge doctor`) finds the damage, or that the desk is as it was after some earlier batch.
#[test]
fn after_a_flush_that_lied_damage_is_found_or_the_state_is_an_older_one() {
    let (mut damaged, mut older, mut whole) = (0, 0, 0);
    for failure in Failure::LYING {
        for at in (1..operations()).step_by(3) {
            let disk = made();
            let mut rig = Rig::open(on(&disk)).unwrap();
            disk.fail_at(disk.operations() + at, failure);
            let mut history = vec![State::new()];
            let mut left = at % 3;
            for batch in work() {
                if !disk.is_armed() {
                    // The power fails soon after the lie, while it still matters.
                    if left == 0 {
                        break;
                    }
                    left -= 1;
                }
                rig.batch(batch.iter().map(|it| command(*it)).collect());
                history.push(stored(&rig));
            }
            disk.crash(at);
            drop(rig);
            match examine(&disk, &history) {
                Found::Damage => damaged += 1,
                Found::State(it) if it + 1 == history.len() => whole += 1,
                Found::State(_) => older += 1,
            }
        }
    }
    println!("{damaged} damaged, {older} older, {whole} whole");
    assert!(older > 0 && whole > 0, "the lies did not matter: {damaged} damaged, {older} older, {whole} whole");
}

/// The same for a disk that never flushes from some batch on, as one with a cache that it does not own up to.
#[test]
fn on_a_disk_that_never_flushes_damage_is_found_or_the_state_is_an_older_one() {
    let (mut damaged, mut older, mut whole) = (0, 0, 0);
    for seed in 0..200_u64 {
        let disk = made();
        let mut rig = Rig::open(on(&disk)).unwrap();
        let mut history = vec![State::new()];
        let batches = work();
        let begins = seed as usize % batches.len();
        for (i, batch) in batches.iter().enumerate().take(begins + 1 + seed as usize % 4) {
            if i == begins {
                disk.lie();
            }
            rig.batch(batch.iter().map(|it| command(*it)).collect());
            history.push(stored(&rig));
        }
        disk.crash(seed);
        drop(rig);
        match examine(&disk, &history) {
            Found::Damage => damaged += 1,
            Found::State(it) if it + 1 == history.len() => whole += 1,
            Found::State(_) => older += 1,
        }
    }
    println!("{damaged} damaged, {older} older, {whole} whole");
    assert!(damaged > 5 && older > 5 && whole > 5, "the lies did not matter: {damaged} damaged, {older} older, {whole} whole");
}

/// A medium that changes a byte by itself: found, or in a place that nobody reads any more.
#[test]
fn a_spoilt_byte_is_found_or_does_not_matter() {
    let disk = FaultyDisk::default();
    let mut rig = Rig::open(on(&disk)).unwrap();
    let mut state = State::new();
    assert_eq!(run(&mut rig, &mut state, 0), None);
    drop(rig);
    let mut found = 0;
    for offset in (0..disk.size()).step_by(997) {
        disk.spoil(offset, 0x10);
        found += u32::from(examine(&disk, std::slice::from_ref(&state)) == Found::Damage);
        disk.spoil(offset, 0x10);
    }
    assert!(found > 0, "no byte of {} mattered", disk.size());
}
