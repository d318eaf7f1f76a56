//! What service levels cost: running the clocks of a ticket, timing open tickets anew, and a storm in which thousands of targets are missed
//! in one second. Each beside the same tickets put without any clock work, so that the result is a ratio that holds on any machine.
//!
//! `cargo bench --bench service_levels`

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lodge::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        service_levels::{self, Retiming},
        settings,
        tickets::{self, Channel, Kind, NewTicket, Ticket, UNCLOSED},
    },
    id::TicketId,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

/// Open tickets of the desk.
const TICKETS: usize = 5_000;

/// A desk with so many open tickets, all lodged at one instant of a Monday.
fn desk() -> (Store, Arc<AtomicI64>) {
    let begin: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
    let clock = Arc::new(AtomicI64::new(begin.as_millis()));
    let shown = clock.clone();
    let options =
        Options { clock: Box::new(move || Instant::from_millis(shown.load(Ordering::Relaxed))), ..Options::new(MemoryEngine::default()) };
    let store = Store::open(options).unwrap();
    store.write(|tx| settings::found(tx, &Actor::system("bench"), "Help")).unwrap();
    for _ in 0..TICKETS / 100 {
        store
            .write(|tx| {
                for _ in 0..100 {
                    let mut new = NewTicket::new(Kind::Incident, "The printer hums", Channel::Api);
                    new.requester = Some("rosa@example.org".into());
                    tickets::create(tx, &Actor::system("bench"), new)?;
                }
                Ok(())
            })
            .unwrap();
    }
    (store, clock)
}

/// Puts every ticket with one more version: what a command costs that has nothing to do with clocks.
fn put_all(store: &Store) {
    let ids: Vec<TicketId> = store.read().unwrap().find_keys(&UNCLOSED, &()).unwrap().map(|it| it.unwrap()).collect();
    for some in ids.chunks(100) {
        let some = some.to_vec();
        store
            .write(move |tx| {
                for id in some {
                    let mut ticket = tx.get::<Ticket>(&id)?.unwrap();
                    ticket.version += 1;
                    tx.put(&ticket)?;
                    event::record(
                        tx,
                        &Actor::system("bench"),
                        EventKind::TicketChanged,
                        ticket.about(),
                        Changes::new().set("version", ticket.version),
                    )?;
                }
                Ok(())
            })
            .unwrap();
    }
}

fn act_on_all(store: &Store) -> usize {
    let mut breaches = 0;
    loop {
        let acted = store.write(|tx| service_levels::act(tx, 100)).unwrap().0;
        if acted.tickets == 0 {
            return breaches;
        }
        breaches += acted.breaches;
    }
}

fn clocks(c: &mut Criterion) {
    let (store, _) = desk();
    let mut ticket = {
        let tx = store.read().unwrap();
        let id = tx.find_keys(&UNCLOSED, &()).unwrap().next().unwrap().unwrap();
        tx.get::<Ticket>(&id).unwrap().unwrap()
    };
    let tx = store.read().unwrap();
    c.bench_function("the clocks of a ticket, run anew", |it| {
        it.iter(|| service_levels::follow(&tx, black_box(&mut ticket), black_box(tx.now())).unwrap());
    });
}

/// Every round has a fresh desk, so that each ticket really changes.
fn storms(c: &mut Criterion) {
    let mut group = c.benchmark_group("5,000 open tickets");
    group.sample_size(10).measurement_time(Duration::from_secs(20));
    group.bench_function("put, and nothing else", |it| it.iter_batched(desk, |(store, _)| put_all(&store), BatchSize::PerIteration));
    group.bench_function("timed anew after a change of policy", |it| {
        it.iter_batched(
            || {
                let (store, clock) = desk();
                store
                    .write(|tx| {
                        let policy = service_levels::Policies::of(tx)?.list[0].clone();
                        let targets =
                            policy.targets.map(|it| service_levels::TargetRow { resolution: it.resolution.map(|it| it + 7), ..it });
                        let change = service_levels::PolicyChange { targets: Some(targets), ..Default::default() };
                        service_levels::change_policy(tx, &Actor::system("bench"), policy.id, change)
                    })
                    .unwrap();
                (store, clock)
            },
            |(store, _)| {
                while store.write(|tx| service_levels::retime_some(tx, 200)).unwrap().0 {}
                let changed = Retiming::of(&store.read().unwrap()).unwrap().unwrap().changed;
                assert_eq!(changed, TICKETS as u64);
            },
            BatchSize::PerIteration,
        );
    });
    group.bench_function("missed in one second", |it| {
        it.iter_batched(
            || {
                let (store, clock) = desk();
                // Warned of already, so that nothing but the breach is left.
                clock.fetch_add(3 * 3_600_000, Ordering::Relaxed);
                act_on_all(&store);
                clock.fetch_add(3_600_000, Ordering::Relaxed);
                (store, clock)
            },
            |(store, _)| assert_eq!(act_on_all(&store), TICKETS),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, clocks, storms);
criterion_main!(benches);
