//! How fast alike tickets are found among those of the last hours. The window holds what it may at most; how many more tickets the desk
//! has makes no difference, since none of them is a candidate. `LODGE_BENCH_TICKETS` sets another size.

use std::{env, hint::black_box, time::Duration};

use criterion::{Criterion, criterion_group, criterion_main};
use lodge::{
    desk::{
        actor::Actor,
        duplicates::{Probe, THRESHOLD, Window},
        settings,
        tickets::{self, Channel, Kind, NewTicket, Ticket},
    },
    id::TicketId,
    limits,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use uuid::Uuid;

const THINGS: &[&str] = &[
    "printer", "vpn", "mailbox", "laptop", "scanner", "intranet", "monitor", "keyboard", "outlook", "teams", "account", "folder", "dock",
    "switch", "beamer", "licence", "portal", "phone", "headset", "badge",
];
const DOES: &[&str] = &[
    "drops",
    "flickers",
    "freezes",
    "prints blank pages",
    "asks for a password",
    "shows an error",
    "is slow",
    "cannot be reached",
    "lost its settings",
    "makes a noise",
    "will not start",
    "shows no picture",
];

fn text(random: &mut StdRng, words: usize) -> String {
    let mut text = String::from("Hello,\n\n");
    for _ in 0..words {
        match random.random_range(0..10) {
            0..5 => text.push_str(THINGS.choose(random).expect("some")),
            5..8 => text.push_str(DOES.choose(random).expect("some")),
            // A long tail of names, rooms and codes.
            _ => text.push_str(&format!("w{}", random.random_range(0..30_000))),
        }
        text.push(' ');
    }
    text.push_str("\n\nBest regards,\nTom Baker\n\n-- \nTom Baker | Sales | Pine Street Ltd\n");
    text
}

fn blank() -> Ticket {
    let store = Store::open(Options::new(MemoryEngine::default())).expect("memory");
    let made = store.write(|tx| {
        settings::found(tx, &Actor::system("bench"), "Bench")?;
        let new = NewTicket { requester: Some("a@example.com".into()), ..NewTicket::new(Kind::Incident, "x", Channel::Email) };
        tickets::create(tx, &Actor::system("bench"), new)
    });
    made.expect("a ticket").0
}

fn ticket(random: &mut StdRng, blank: &Ticket, nth: usize, now: Instant) -> Ticket {
    let thing = THINGS.choose(random).expect("some");
    let does = DOES.choose(random).expect("some");
    let words = random.random_range(20..80);
    Ticket {
        id: TicketId(Uuid::from_u128(nth as u128 + 1)),
        title: format!("{thing} {does} in room {}", random.random_range(0..400)),
        description: text(random, words),
        created_at: now.minus(Duration::from_secs(random.random_range(0..23 * 3600))),
        ..blank.clone()
    }
}

fn alike(criterion: &mut Criterion) {
    let count = env::var("LODGE_BENCH_TICKETS").ok().and_then(|it| it.parse().ok()).unwrap_or(limits::ALIKE_TICKETS_MAX);
    let (mut random, now, blank) = (StdRng::seed_from_u64(7), Instant::from_millis(1_800_000_000_000), blank());
    let mut window = Window::for_hours(24);
    for nth in 0..count {
        window.keep(&ticket(&mut random, &blank, nth, now), now);
    }
    println!("{} tickets in the window, {} entries in its postings", window.len(), window.held());
    let probes: Vec<Ticket> = (0..64).map(|nth| ticket(&mut random, &blank, count + nth, now)).collect();
    let mut at = 0;
    let mut next = || {
        at = (at + 1) % probes.len();
        &probes[at]
    };
    criterion.bench_function("alike tickets of one that arrives", |bench| {
        bench.iter(|| black_box(window.near(&Probe::of_ticket(next()), THRESHOLD, now, limits::ALIKE_LOOKED_MAX)))
    });
    let mut nth = count + 1000;
    criterion.bench_function("a ticket taken into the window", |bench| {
        bench.iter(|| {
            nth += 1;
            let it = Ticket { id: TicketId(Uuid::from_u128(nth as u128)), created_at: now, ..probes[nth % probes.len()].clone() };
            window.keep(&it, now);
        })
    });
}

criterion_group!(benches, alike);
criterion_main!(benches);
