//! Random commands against a plain map: what a transaction reads over its own changes, its batch and the snapshot, what stays
//! after refusals, panics and restarts, and that the index entries are those of the records.

use proptest::prelude::*;

use super::*;
use crate::error::{Code, Refusal};

#[derive(Debug, Clone)]
enum Op {
    Put { id: u16, name: u8, group: Option<u8> },
    Remove { id: u16 },
    Say,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Keep,
    Refuse,
    Panic,
}

type Plan = (Vec<Op>, End);

/// What the store should hold.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    things: BTreeMap<u16, Thing>,
    last_number: u64,
    events: Vec<String>,
}

fn op() -> impl Strategy<Value = Op> {
    // Few ids and names, so that commands meet.
    prop_oneof![
        6 => (0..12_u16, 0..6_u8, proptest::option::of(0..3_u8)).prop_map(|(id, name, group)| Op::Put { id, name, group }),
        2 => (0..12_u16).prop_map(|id| Op::Remove { id }),
        1 => Just(Op::Say),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let end = prop_oneof![6 => Just(End::Keep), 2 => Just(End::Refuse), 1 => Just(End::Panic)];
    (proptest::collection::vec(op(), 1..5), end)
}

impl Model {
    fn apply(&mut self, op: &Op) {
        match op {
            Op::Put { id, name, group } => {
                // A thing keeps its number; a new one gets the next.
                let number = self.things.get(id).map_or(self.last_number + 1, |it| it.number);
                self.last_number = self.last_number.max(number);
                self.things.insert(*id, Thing { id: *id, name: format!("n{name}"), group: *group, number });
            }
            Op::Remove { id } => drop(self.things.remove(id)),
            Op::Say => {}
        }
        self.events.push(format!("{op:?}"));
    }

    /// What the transaction reads otherwise than the model; nothing if all is well.
    fn difference(&self, tx: &Tx) -> Option<String> {
        let all: Vec<Thing> = self.things.values().cloned().collect();
        let read = |it: Result<Vec<Thing>, StoreError>| it.unwrap_or_default();
        let forth = read(tx.scan::<Thing>(&()).unwrap().collect());
        let mut back = read(tx.scan_back::<Thing>(&()).unwrap().collect());
        back.reverse();
        if forth != all || back != all {
            return Some(format!("scans: {forth:?}, backwards {back:?}, not {all:?}"));
        }
        for id in 0..12 {
            if tx.get::<Thing>(&id).unwrap().as_ref() != self.things.get(&id)
                || tx.has::<Thing>(&id).unwrap() != self.things.contains_key(&id)
            {
                return Some(format!("thing {id}"));
            }
            let from: Vec<Thing> = read(tx.scan_from::<Thing>(&id).unwrap().collect());
            if from != self.things.range(id..).map(|it| it.1.clone()).collect::<Vec<_>>() {
                return Some(format!("from {id}"));
            }
        }
        for name in (0..6).map(|it| format!("n{it}")) {
            let wanted: Vec<u16> = self.things.values().filter(|it| it.name == name).map(|it| it.id).collect();
            let found: Vec<u16> = tx.find_keys(&BY_NAME, &name).unwrap().map(|it| it.unwrap()).collect();
            if found != wanted || tx.find_one(&BY_NAME, &name).unwrap().map(|it| it.id) != wanted.first().copied() {
                return Some(format!("by name {name}: {found:?}, not {wanted:?}"));
            }
        }
        let mut grouped: Vec<&Thing> = self.things.values().filter(|it| it.group.is_some()).collect();
        grouped.sort_by_key(|it| (it.group, it.number));
        let wanted: Vec<u16> = grouped.iter().filter(|it| it.group == Some(1) && it.number < 5).map(|it| it.id).collect();
        let found: Vec<u16> = tx.find_between(&BY_GROUP, &(1, 0), &(1, 5)).unwrap().map(|it| it.unwrap()).collect();
        if found != wanted {
            return Some(format!("by group: {found:?}, not {wanted:?}"));
        }
        let said: Vec<String> = tx
            .events_after(0, usize::MAX)
            .unwrap()
            .into_iter()
            .map(|it| String::from_utf8(it.parts[1].clone().unwrap()).unwrap())
            .collect();
        let newest: Vec<u64> = tx.history(Uuid::from_u128(1), None, 3).unwrap().iter().map(|it| it.seq).collect();
        let last = self.events.len() as u64;
        if said != self.events || tx.last_seq() != last || newest != (1..=last).rev().take(3).collect::<Vec<_>>() {
            return Some(format!("events: {said:?}, not {:?}", self.events));
        }
        (tx.get::<Counter>(&()).unwrap().map_or(0, |it| it.last) != self.last_number).then(|| "the counter".to_owned())
    }
}

fn perform(tx: &mut Tx, op: &Op) -> Result<()> {
    match op {
        Op::Put { id, name, group } => {
            let number = match tx.get::<Thing>(id)? {
                Some(it) => it.number,
                None => next_number(tx)?,
            };
            tx.put(&Thing { id: *id, name: format!("n{name}"), group: *group, number })?;
        }
        Op::Remove { id } => tx.remove::<Thing>(id)?,
        Op::Say => {}
    }
    tx.record(happened("thing.changed", &format!("{op:?}")))?;
    Ok(())
}

/// Runs the batches, comparing after every single step, within transactions and after them.
fn live(mut rig: Rig, batches: &[Vec<Plan>], mut again: impl FnMut(Rig) -> Rig) {
    let mut model = Model::default();
    for plans in batches {
        let complaints: Arc<Mutex<Vec<String>>> = Arc::default();
        let mut tentative = model.clone();
        let mut commands: Vec<Run<()>> = Vec::new();
        for (ops, end) in plans.clone() {
            let mut own = tentative.clone();
            let mut after = tentative.clone();
            ops.iter().for_each(|it| after.apply(it));
            if end == End::Keep {
                tentative = after;
            }
            let complaints = complaints.clone();
            commands.push(Box::new(move |tx| {
                for op in &ops {
                    perform(tx, op)?;
                    own.apply(op);
                    if let Some(it) = own.difference(tx) {
                        complaints.lock().unwrap().push(format!("after {op:?}: {it}"));
                    }
                }
                match end {
                    End::Keep => Ok(()),
                    End::Refuse => Err(Refusal::new(Code::Conflict, "planned").into()),
                    End::Panic => std::panic::resume_unwind(Box::new("planned")),
                }
            }));
        }
        let told = rig.batch(commands);
        assert_eq!(*complaints.lock().unwrap(), [""; 0]);
        for ((_, end), told) in plans.iter().zip(&told) {
            assert_eq!(told.is_ok(), *end == End::Keep);
        }
        model = tentative;
        assert_eq!(model.difference(&rig.reader.read().unwrap()), None);
        rig.assert_consistent();
        rig = again(rig);
    }
    assert_eq!(model.difference(&rig.reader.read().unwrap()), None);
}

fn batches() -> impl Strategy<Value = Vec<Vec<Plan>>> {
    proptest::collection::vec(proptest::collection::vec(plan(), 1..5), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_store_in_memory_is_a_map(batches in batches()) {
        live(Rig::in_memory(), &batches, |rig| rig);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_store_on_disk_is_a_map_over_crashes_and_kills(batches in batches(), seed: u64) {
        let disk = FaultyDisk::default();
        let mut turn = seed;
        live(Rig::open(on(&disk)).unwrap(), &batches, |rig| {
            turn = turn.wrapping_add(1);
            match turn % 3 {
                0 => return rig,
                1 => disk.crash(turn),
                _ => disk.kill(),
            }
            drop(rig);
            Rig::open(on(&disk)).unwrap()
        });
    }
}
