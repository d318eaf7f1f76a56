//! How well mails of other projects are understood, counted per source and field, and held against a file: no figure may fall, and a
//! better one is written down with `LODGE_BLESS=1`. A miss that is right has its reason in the file and counts as held.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// The figures and the reasons, by the kind of case.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Book {
    #[serde(default)]
    mail: Chapter,
    #[serde(default)]
    reply: Chapter,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Chapter {
    /// Source, field: how many hold, and of how many.
    #[serde(default)]
    scores: BTreeMap<String, BTreeMap<String, (u32, u32)>>,
    /// `case field` or `case`: why a miss is right.
    #[serde(default)]
    reasons: BTreeMap<String, String>,
}

/// The cases of a kind, as paths of their expectations; none, said aloud, if they are not beside the project.
pub fn cases(kind: &str) -> Option<Vec<PathBuf>> {
    // Sought upwards from the project: a worktree may lie deeper than the project itself.
    let places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(3);
    let Some(folder) = places.map(|it| it.join("shared/cases").join(kind)).find(|it| it.is_dir()) else {
        assert!(std::env::var_os("CI").is_none(), "the shared cases must be there in CI");
        println!("skipped: the shared cases of {kind} are not beside the project");
        return None;
    };
    let mut names: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|it| it.unwrap().path()).filter(|it| it.extension().is_some_and(|it| it == "json")).collect();
    names.sort();
    assert!(!names.is_empty(), "the folder of cases is empty");
    Some(names)
}

/// Without differences of white space.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Expectations that were met and that were not.
pub struct Score {
    kind: &'static str,
    reasons: BTreeMap<String, String>,
    held: BTreeMap<(String, String), (u32, u32)>,
    missed: BTreeMap<(String, String), Vec<String>>,
    excused: Vec<String>,
}

fn book_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/desk/mail_scores.json")
}

fn book() -> Book {
    fs::read(book_path()).map(|it| serde_json::from_slice(&it).unwrap()).unwrap_or_default()
}

impl Book {
    fn chapter(&mut self, kind: &str) -> &mut Chapter {
        if kind == "mail" { &mut self.mail } else { &mut self.reply }
    }
}

impl Score {
    pub fn of(kind: &'static str) -> Score {
        let reasons = std::mem::take(&mut book().chapter(kind).reasons);
        Score { kind, reasons, held: BTreeMap::new(), missed: BTreeMap::new(), excused: Vec::new() }
    }

    pub fn note(&mut self, source: &str, field: &str, case: &str, holds: bool, detail: impl FnOnce() -> String) {
        let key = (source.to_owned(), field.to_owned());
        let entry = self.held.entry(key.clone()).or_default();
        entry.1 += 1;
        if holds {
            entry.0 += 1;
            return;
        }
        let reason = self.reasons.get(&format!("{case} {field}")).or_else(|| self.reasons.get(case));
        match reason {
            Some(it) => {
                entry.0 += 1;
                self.excused.push(format!("{case} {field}: {it}"));
            }
            None => self.missed.entry(key).or_default().push(format!("{case}: {}", detail())),
        }
    }

    /// Prints the score and holds it against the file.
    pub fn settle(self) {
        let mut book = book();
        let known = &mut book.chapter(self.kind).scores;
        let (mut fallen, mut risen) = (Vec::new(), Vec::new());
        for ((source, field), (held, stated)) in &self.held {
            println!("{source} · {field}: {held} of {stated}");
            self.missed.get(&(source.clone(), field.clone())).into_iter().flatten().for_each(|it| println!("    {it}"));
            match known.get(source).and_then(|it| it.get(field)) {
                Some((before, of)) if u64::from(*held) * u64::from(*of) < u64::from(*before) * u64::from(*stated) => {
                    fallen.push(format!("{source} · {field}: {held} of {stated}, it was {before} of {of}"));
                }
                Some(same) if *same == (*held, *stated) => {}
                _ => risen.push(format!("{source} · {field}: {held} of {stated}")),
            }
        }
        let (held, stated) = self.held.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        println!("{}: {held} of {stated} hold, {} of them for a reason that is written down", self.kind, self.excused.len());
        if std::env::var_os("LODGE_BLESS").is_some() && fallen.is_empty() {
            *known = BTreeMap::new();
            for ((source, field), figures) in self.held {
                known.entry(source).or_default().insert(field, figures);
            }
            fs::write(book_path(), serde_json::to_string_pretty(&book).unwrap() + "\n").unwrap();
            return;
        }
        assert!(fallen.is_empty(), "figures fell below tests/desk/mail_scores.json: {fallen:#?}");
        assert!(risen.is_empty(), "figures that the file does not know; write them down with LODGE_BLESS=1: {risen:#?}");
    }
}
