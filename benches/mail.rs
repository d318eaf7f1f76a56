//! How fast mails are taken apart: the fixtures of the project and, where they lie beside it, the cases of other projects. Names the
//! slowest mail. Folding is measured with the mail itself as its original, which is the most there can be to compare.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lodge::{
    desk::{
        actor::Actor,
        identity,
        mail::{compose, dkim::Algorithm, outbox::Letter},
        settings::{self, SettingsChange},
        tickets::{self, Channel, Kind, NewComment, NewTicket},
    },
    follow::notifier,
    mail::{
        dkim::{self, SigningKey},
        mime, smtp,
    },
    secret::Secret,
    store::{Store, engine::memory::MemoryEngine, writer::Options},
    text::quote,
};

/// All mails, by their path.
fn mails() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = root.ancestors().skip(1).take(3).map(|it| it.join("shared/cases/mail")).find(|it| it.is_dir());
    let mut found = Vec::new();
    for folder in [Some(root.join("tests/mail")), shared].into_iter().flatten() {
        let paths = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        found.extend(paths.filter(|it| it.extension().is_some_and(|it| it == "eml")).map(|it| (it.clone(), fs::read(it).unwrap())));
    }
    found.sort();
    found
}

fn taken_apart(criterion: &mut Criterion) {
    let mails = mails();
    let bytes: usize = mails.iter().map(|it| it.1.len()).sum();
    let mut slowest = (Duration::ZERO, String::new(), 0);
    for (path, raw) in &mails {
        let best = (0..5).map(|_| {
            let begun = Stopwatch::now();
            black_box(mime::parse(raw));
            begun.elapsed()
        });
        let took = best.min().unwrap_or_default();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        slowest = slowest.max((took, name, raw.len()));
    }
    println!("{} mails, {bytes} bytes; the slowest is {} of {} bytes with {:?}", mails.len(), slowest.1, slowest.2, slowest.0);
    let mut group = criterion.benchmark_group("mail");
    group.sample_size(20).throughput(Throughput::Elements(mails.len() as u64));
    group
        .bench_function("taken apart", |it| it.iter(|| mails.iter().map(|(_, raw)| mime::parse(black_box(raw)).text.len()).sum::<usize>()));
    let messages: Vec<_> = mails.iter().map(|(_, raw)| mime::parse(raw)).collect();
    group.bench_function("folded", |it| {
        it.iter(|| {
            let fold = |message: &lodge::desk::mail::message::ParsedMessage| {
                let original = [message.text.as_str()];
                quote::folds_against(&message.text, &original).len()
                    + message.html.as_ref().map_or(0, |html| quote::html::fold(html, &original).len())
            };
            messages.iter().map(fold).sum::<usize>()
        });
    });
    group.finish();
}

/// How fast answers become mails: composed from the ticket, written as bytes, and signed.
fn written(criterion: &mut Criterion) {
    const LETTERS: usize = 100;
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    let system = || Actor::system("bench");
    let begun = store.write(move |tx| {
        settings::found(tx, &system(), "Bench")?;
        let addresses = Some(vec!["desk@bench.example".to_owned()]);
        settings::change(tx, &system(), SettingsChange { addresses, ..SettingsChange::default() })?;
        for at in 0..LETTERS {
            let requester = Some(format!("person{at}@people.example"));
            let ticket =
                tickets::create(tx, &system(), NewTicket { requester, ..NewTicket::new(Kind::Incident, "Printer", Channel::Api) })?;
            let agent = identity::find_or_create(tx, &system(), "ada@bench.example", "Ada")?;
            let body = "Please **restart** it, and tell us whether it still hums.\n\n1. Off\n2. On\n";
            let answer = NewComment { author: Some(agent.id), ..NewComment::new(body, false, Channel::Portal) };
            tickets::add_comment(tx, &system(), ticket.id, answer)?;
        }
        Ok(())
    });
    begun.unwrap();
    while store.read().unwrap().cursor(notifier::NAME).unwrap() < store.read().unwrap().last_seq() {
        store.write(notifier::step).unwrap();
    }
    let tx = store.read().unwrap();
    let letters: Vec<Letter> = tx.scan::<Letter>(&()).unwrap().map(Result::unwrap).collect();
    assert_eq!(letters.len(), LETTERS);
    let (private, _) = dkim::generate(Algorithm::Rsa).unwrap();
    let key = SigningKey {
        domain: "bench.example".into(),
        selector: "x".into(),
        algorithm: Algorithm::Rsa,
        private: Secret::new(STANDARD.encode(private)),
    };
    let bytes = |it: &Letter| smtp::build(&compose::compose(&tx, it).unwrap().unwrap(), Vec::new()).unwrap();
    let mut group = criterion.benchmark_group("letters");
    group.sample_size(10).throughput(Throughput::Elements(LETTERS as u64));
    group.bench_function("composed and written", |it| it.iter(|| letters.iter().map(|it| bytes(it).len()).sum::<usize>()));
    group.bench_function("and signed", |it| {
        it.iter(|| letters.iter().map(|it| dkim::sign(&bytes(it), std::slice::from_ref(&key)).unwrap().len()).sum::<usize>());
    });
    group.finish();
}

criterion_group!(benches, taken_apart, written);
criterion_main!(benches);
