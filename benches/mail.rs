//! How fast mails are taken apart: the fixtures of the project and, where they lie beside it, the cases of other projects. Names the
//! slowest mail. Folding is measured with the mail itself as its original, which is the most there can be to compare.

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lodge::{mail::mime, text::quote};

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

criterion_group!(benches, taken_apart);
criterion_main!(benches);
