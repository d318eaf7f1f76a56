//! How fast the index fills and answers. `LODGE_BENCH_TICKETS` sets the size (100,000 by default).

use std::{env, hint::black_box, time::Instant as Stopwatch};

use criterion::{Criterion, criterion_group, criterion_main};
use lodge::{
    desk::{
        query::{Binding, Category, Cond, Kind, NameKind, Names, Sort, Typing, bind, parse},
        tickets::access::{Grant, Scope},
    },
    follow::search::{Among, Change, Page, SearchIndex, SearchRequest, Spelling, TicketDocument, Vocabulary},
    time::Instant,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

const NOW: i64 = 1_779_278_400_000;
const BATCH: usize = 1000;
const MEMORY_BYTES: usize = 32_000_000;

struct Nobody;

impl Names for Nobody {
    fn me(&self) -> Option<Uuid> {
        Some(Uuid::from_u128(1))
    }
    fn find(&self, _: NameKind, name: &str) -> Vec<Uuid> {
        name.parse().map(Uuid::from_u128).into_iter().collect()
    }
    fn known(&self, _: NameKind) -> Vec<String> {
        Vec::new()
    }
    fn state(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
    fn states(&self) -> Vec<String> {
        Vec::new()
    }
    fn custom(&self, _: &str) -> bool {
        true
    }
    fn customs(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Words as a desk writes them: a few hundred frequent ones, and a long tail of names and codes.
fn text(random: &mut StdRng, words: usize) -> String {
    const FREQUENT: &[&str] = &[
        "printer", "vpn", "error", "login", "password", "mailbox", "laptop", "network", "slow", "offline", "update", "access", "folder",
        "screen", "keyboard", "server", "outlook", "teams", "license", "account", "please", "cannot", "since", "morning", "user", "the",
        "is", "not",
    ];
    let mut text = String::new();
    for _ in 0..words {
        let dice: f64 = random.random();
        if dice < 0.7 {
            text.push_str(FREQUENT[random.random_range(0..FREQUENT.len())]);
        } else if dice < 0.95 {
            text.push_str(&syllables(random.random_range(0..20_000)));
        } else {
            text.push_str(&format!("host{:05}", random.random_range(0..50_000)));
        }
        text.push(' ');
    }
    text
}

/// A made-up word for each number.
fn syllables(mut number: u32) -> String {
    const SYLLABLES: &[&str] = &["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "za"];
    let mut word = String::from("x");
    while number > 0 {
        word.push_str(SYLLABLES[(number % 10) as usize]);
        number /= 10;
    }
    word
}

fn ticket(random: &mut StdRng, number: usize) -> TicketDocument {
    let category = Category::ALL[[0, 1, 2, 3, 4, 4, 4, 4, 4, 4][random.random_range(0..10)]];
    let created = Instant::from_millis(NOW - i64::try_from(number).unwrap_or(0) * 60_000);
    TicketDocument {
        id: Uuid::from_u128(number as u128 + 1_000_000),
        number: format!("INC-{number:06}"),
        kind: Kind::ALL[number % 2],
        title: text(random, 6),
        public_text: (0..3).map(|_| text(random, 25)).collect(),
        private_text: vec![text(random, 15)],
        tags: vec![syllables(random.random_range(0..200))],
        status: format!("{category:?}").to_lowercase(),
        category_of_status: category,
        priority: random.random_range(1..=4),
        impact: Some(2),
        urgency: Some(2),
        queue: Some(Uuid::from_u128(random.random_range(100..120))),
        team: None,
        assignee: Some(Uuid::from_u128(random.random_range(1..50))),
        requester: Some(Uuid::from_u128(random.random_range(1000..6000))),
        organization: None,
        department: None,
        categories: vec![Uuid::from_u128(random.random_range(400..450))],
        item: None,
        assets: Vec::new(),
        watchers: Vec::new(),
        participants: vec![Uuid::from_u128(random.random_range(1000..6000))],
        public_authors: Vec::new(),
        private_authors: Vec::new(),
        channel: "email".to_owned(),
        has_note: false,
        snoozed: false,
        created,
        updated: created,
        updated_public: created,
        resolved: None,
        closed: None,
        scheduled: None,
        due: Some(created),
        response_due: None,
        response_breached: false,
        resolution_breached: false,
        paused: false,
        on_us: false,
        vip: false,
        has_attachment: number.is_multiple_of(5),
        has_link: false,
        custom: vec![("cost".to_owned(), (number % 1000).to_string())],
    }
}

fn cond(text: &str, typing: Typing) -> Cond {
    let zone = jiff::tz::TimeZone::UTC;
    let binding = Binding { names: &Nobody, now: Instant::from_millis(NOW), zone: &zone, typing };
    parse(text).and_then(|query| bind(&query, &binding)).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
}

fn bench(criterion: &mut Criterion) {
    let count: usize = env::var("LODGE_BENCH_TICKETS").ok().and_then(|it| it.parse().ok()).unwrap_or(100_000);
    let folder = tempfile::tempdir().expect("a folder for the index");
    let (index, _) = SearchIndex::open(folder.path(), MEMORY_BYTES).expect("an index");
    let mut random = StdRng::seed_from_u64(7);
    let watch = Stopwatch::now();
    for from in (0..count).step_by(BATCH) {
        let changes: Vec<_> = (from..count.min(from + BATCH)).map(|number| Change::Put(Box::new(ticket(&mut random, number)))).collect();
        index.apply(&changes, from as u64 + 1).expect("a commit");
    }
    index.rest().expect("a rest");
    let bytes: u64 =
        std::fs::read_dir(folder.path()).into_iter().flatten().flatten().filter_map(|it| it.metadata().ok()).map(|it| it.len()).sum();
    println!("filled with {count} tickets in {:.1?}, {} MB", watch.elapsed(), bytes / 1_000_000);

    let mut group = criterion.benchmark_group("search");
    for (name, text, typing, sort) in [
        ("word", "printer", Typing::Done, Sort::RELEVANCE),
        ("two words", "vpn error", Typing::Done, Sort::RELEVANCE),
        ("typed", "vpn err", Typing::GoesOn, Sort::RELEVANCE),
        ("typo", "pritner", Typing::Done, Sort::RELEVANCE),
        ("phrase", "\"vpn error\"", Typing::Done, Sort::RELEVANCE),
        ("number", "INC-000123", Typing::Done, Sort::RELEVANCE),
        ("host", "host00042", Typing::Done, Sort::RELEVANCE),
        ("open of a queue", "status:open queue:105", Typing::Done, Sort::NEWEST),
        ("my closed of a week", "status:closed assignee:7 created>-7d", Typing::Done, Sort::NEWEST),
        ("words and filters", "status:closed priority<=2 created>-30d vpn", Typing::Done, Sort::RELEVANCE),
        ("own field", "custom.cost>990", Typing::Done, Sort::NEWEST),
        ("everything", "", Typing::Done, Sort::NEWEST),
    ] {
        let cond = cond(text, typing);
        let spelling = if sort == Sort::RELEVANCE { Spelling::Forgiving } else { Spelling::Exact };
        let page = Page::Rows { offset: 0, limit: 25 };
        let request = SearchRequest {
            cond: &cond,
            scope: Scope::All,
            notes: Scope::All,
            among: &Among::TICKETS,
            vocabulary: Vocabulary::english(),
            spelling,
            sort,
            page,
        };
        group.bench_function(name, |bencher| bencher.iter(|| black_box(index.search(&request))));
        if name == "two words" {
            let scope = Scope::Any(vec![Grant::Participant(Uuid::from_u128(1234).into())]);
            let request = SearchRequest { scope, notes: Scope::Any(Vec::new()), ..request };
            group.bench_function("two words of a requester", |bencher| bencher.iter(|| black_box(index.search(&request))));
        }
    }
    group.finish();

    let mut number = count;
    criterion.bench_function("commit one ticket", |bencher| {
        bencher.iter(|| {
            number += 1;
            let change = [Change::Put(Box::new(ticket(&mut random, number)))];
            black_box(index.apply(&change, number as u64))
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = bench
}
criterion_main!(benches);
