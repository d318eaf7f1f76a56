//! The house rules that rustc cannot check: which room may name which, what a floor may not touch, how a file begins, and what may
//! not fail. It reads the sources as text, so it is quick, and it is wrong only where somebody writes code to deceive it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The lowest floor: rooms that name nothing but each other, and that everybody may name.
const WORDS: &[&str] = &["id", "time", "limits", "error", "secret", "text", "config", "language"];

/// Who may name whom, besides itself and the words. A room that is not here has no place in the house; one that is here and not
/// yet built has its place kept.
const FLOORS: &[(&str, &str)] = &[
    ("store", ""),
    ("desk", "store"),
    ("follow", "store desk"),
    ("demo", "store desk follow"),
    ("blobs", ""),
    ("reach", ""),
    ("scan", ""),
    ("mail", "desk reach"),
    ("directory", "desk reach"),
    ("previews", "mail"),
    ("connect", "desk"),
    ("snapshot", "store blobs"),
    ("appliance", "store desk follow blobs snapshot mail directory connect reach scan previews"),
    ("jobs", "store desk follow appliance mail directory connect blobs snapshot"),
    ("ops", "store desk follow appliance jobs"),
    ("http", "desk appliance"),
    ("api", "desk follow appliance http ops mail"),
    ("web", "desk follow appliance http ops"),
    ("bench", "store desk follow demo appliance"),
    ("cli", "*"),
];

/// What only some places may touch: a place is a path below `src/` or a beginning of one.
const ONLY_IN: &[(&str, &[&str], &str)] = &[
    ("redb::", &["store/engine/"], "store::engine is the only door to the engine"),
    ("hayro::", &["previews/"], "previews is where files of strangers are read, in a process of its own"),
    ("image::", &["previews/"], "previews is where files of strangers are read, in a process of its own"),
    ("tantivy::", &["follow/search/"], "follow::search is the only door to the index"),
    ("object_store::", &["blobs/"], "blobs is the only door to the object store"),
    ("lettre::", &["mail/"], "mail is the only room that speaks SMTP"),
    ("maud::", &["web/"], "pages are the web's"),
    ("fluent_bundle::", &["language/"], "language is the only door to the phrases"),
    ("println!", &["cli/", "main.rs"], "tracing::info! and its kin; only the command line prints"),
    ("dbg!", &[], "tracing::debug!"),
    ("super::super", &[], "a path from `crate::`, so that the floors can be seen"),
    ("todo!", &[], "write it"),
    ("unimplemented!", &[], "write it"),
];

/// What a floor may not touch, with what to use instead.
const BANNED: &[(&str, &str, &str)] = &[
    ("store", "tokio::", "the store is sync: the shell does the waiting"),
    ("desk", "tokio::", "the desk is sync: return a value and let the shell do the waiting"),
    ("desk", "axum::", "http/ and api/ know about HTTP"),
    ("desk", "std::fs", "the desk does no I/O"),
    ("desk", "std::net", "the desk does no I/O"),
    ("desk", "::now()", "tx.now()"),
    ("desk", "rand::", "tx.random() and tx.new_id()"),
    ("desk", "HashMap", "BTreeMap: the order of iteration is part of a replay"),
    ("desk", "HashSet", "BTreeSet: the order of iteration is part of a replay"),
    ("follow", "axum::", "http/ and api/ know about HTTP"),
];

/// Where pages may hold English sentences: the style guide, which is for those who build them, and texts that are nobody's to translate.
const MAY_SPEAK: &[(&str, &str)] = &[
    ("web/styleguide/", ""),
    // What a browser is told.
    ("web/layout.rs", "default-src"),
    ("web/answers/site.rs", "Lodge-Fragment, Accept-Language"),
];

/// What stops the process, if input can reach it. Allowed with a comment that says why it cannot.
const STOPS: &[&str] = &[".unwrap()", ".expect(", "panic!("];

const NOT_A_NAME: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "base"];

#[test]
fn house_is_tidy() {
    let mut untidy = Vec::new();
    let mut sizes = Vec::new();
    let files: Vec<(String, String)> = sources(Path::new("src"))
        .into_iter()
        .map(|it| (it.strip_prefix("src").unwrap().to_string_lossy().into_owned(), fs::read_to_string(&it).unwrap()))
        .collect();
    let tests: Vec<String> = files.iter().flat_map(|(place, text)| tests_of(place, text)).collect();
    for (place, text) in &files {
        let is_test = tests.iter().any(|it| place.strip_prefix(it.as_str()).is_some_and(|rest| rest.starts_with(['.', '/'])));
        untidy.extend(flaws(place, text, is_test).into_iter().map(|it| format!("src/{place}: {it}")));
        if !is_test {
            sizes.push((without_tests(text).lines().count(), place));
        }
    }
    for folder in ["tests", "benches"].map(Path::new).into_iter().filter(|it| it.is_dir()) {
        for path in sources(folder) {
            if !fs::read_to_string(&path).unwrap().starts_with("//!") {
                untidy.push(format!("{}: {NO_OPENING}", path.display()));
            }
        }
    }
    untidy.extend(
        namesakes(&files).into_iter().map(|it| format!("two bodies of the API are called `{it}`: its document would know only one")),
    );
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    println!("the longest files without their tests:");
    sizes.iter().take(8).for_each(|(lines, place)| println!("{lines:6} src/{place}"));
    assert!(untidy.is_empty(), "\n{}\n", untidy.join("\n"));
}

const NO_OPENING: &str = "begins without `//!` saying what it is and what it is not";

/// The places of the modules that a file declares for tests only, without `.rs`.
fn tests_of(place: &str, text: &str) -> Vec<String> {
    let folder = place.strip_suffix("/mod.rs").or(place.strip_suffix(".rs")).unwrap_or_default();
    let declared = text.split("#[cfg(test)]").skip(1).map(str::trim_start);
    let declared = declared.filter_map(|it| it.strip_prefix("pub(crate) ").unwrap_or(it).strip_prefix("mod "));
    declared.map(word).map(|it| format!("{folder}/{it}")).collect()
}

/// What is wrong with a file at this place below `src/`.
fn flaws(place: &str, text: &str, is_test: bool) -> Vec<String> {
    let mut flaws = Vec::new();
    if !text.starts_with("//!") {
        flaws.push(NO_OPENING.to_owned());
    }
    if place.split(['/', '.']).any(|it| NOT_A_NAME.contains(&it)) {
        flaws.push("name it after the thing in it".to_owned());
    }
    if is_test {
        return flaws;
    }
    let code = without_tests(text);
    flaws.extend(risks(code));
    let code = without_comments(code);
    let room = room_of(place);
    for (what, places, instead) in ONLY_IN {
        if names(&code, what) && !places.iter().any(|it| place.starts_with(it)) {
            flaws.push(format!("`{what}` is not for here; {instead}"));
        }
    }
    for (floor, what, instead) in BANNED {
        if room == *floor && names(&code, what) {
            flaws.push(format!("`{what}` is not for {floor}/; {instead}"));
        }
    }
    flaws.extend(wrong_edges(room, &code));
    if room == "web" {
        flaws.extend(spoken(place, &code).map(|it| format!("`{it}` is for people: write a phrase, docs/languages.md says how")));
    }
    flaws
}

/// The names that more than one of these files gives to a body that the API's document describes.
fn namesakes(files: &[(String, String)]) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    let declared = files.iter().filter(|(place, _)| room_of(place) == "api").flat_map(|(_, text)| described(without_tests(text)));
    declared.filter(|it| !known.insert(it.clone())).collect()
}

/// The types that derive a schema here: after the attributes comes the name.
fn described(code: &str) -> Vec<String> {
    let mut lines = code.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("#[derive(") && line.contains("ToSchema") {
            let declaration = lines.find_map(|it| it.split_once("struct ").or(it.split_once("enum ")));
            found.extend(declaration.map(|(_, rest)| word(rest)));
        }
    }
    found
}

/// The texts of a page's source that read like a sentence: a capital, then words. Paths, names of fields and markup do not.
fn spoken<'a>(place: &'a str, code: &'a str) -> impl Iterator<Item = &'a str> {
    let texts = code.lines().filter(|it| !it.contains("reason = ") && !it.contains("Fault::") && !it.contains("tracing::"));
    let texts = texts.flat_map(|it| it.split('"').skip(1).step_by(2));
    texts.filter(move |it| {
        let may = MAY_SPEAK.iter().any(|(file, text)| place.starts_with(file) && it.contains(text));
        let begins = it.trim_start().starts_with(|first: char| first.is_uppercase());
        let words = it.split_whitespace().filter(|word| word.chars().all(|it| it.is_alphabetic() || ".,:;?!’'".contains(it))).count();
        let is_drawing = it.contains(|it: char| it.is_ascii_digit()) && !it.contains('.') || it.contains("stroke");
        !may && begins && words >= 2 && !is_drawing && !it.starts_with('{')
    })
}

/// Whether the code contains it; a crate such as `redb::` only where the path begins with it.
fn names(code: &str, what: &str) -> bool {
    let is_crate = what.ends_with("::") && what.starts_with(char::is_alphabetic);
    let continues = |it: char| it.is_alphanumeric() || it == '_' || it == ':';
    code.match_indices(what).any(|(at, _)| !is_crate || !code[..at].ends_with(continues))
}

/// The rooms that this code names and may not.
fn wrong_edges(room: &str, code: &str) -> Vec<String> {
    let allowed = match FLOORS.iter().find(|(it, _)| *it == room) {
        Some((_, "*")) => return Vec::new(),
        Some((_, allowed)) => *allowed,
        None if WORDS.contains(&room) => "",
        None if matches!(room, "lib" | "main") => return Vec::new(),
        None => return vec![format!("the room `{room}` has no place in FLOORS of tests/tidy.rs")],
    };
    let may = |named: &str| named == room || WORDS.contains(&named) || allowed.split(' ').any(|it| it == named);
    named_rooms(code).into_iter().filter(|it| !may(it)).map(|it| format!("`{room}` may not name `{it}`")).collect()
}

/// Every room `x` of `crate::x`, also inside `use crate::{x, y::z}`.
fn named_rooms(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(list) => named.extend(items(list)),
            None => drop(named.insert(word(rest))),
        }
    }
    // What is in the crate's root and no room: macros, mostly.
    named.retain(|it| WORDS.contains(&it.as_str()) || FLOORS.iter().any(|floor| floor.0 == it));
    named
}

/// The first words of a list up to its closing brace.
fn items(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut item_begins) = (0, true);
    for (i, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => item_begins = true,
            c if item_begins && !c.is_whitespace() => {
                found.push(word(&list[i..]));
                item_begins = false;
            }
            _ => {}
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// Lines that may stop the process and do not say why they cannot, there or in the comment above.
fn risks(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut explained = false;
    for (i, line) in code.lines().enumerate() {
        let bare = line.split("//").next().unwrap_or_default();
        if let Some(it) = STOPS.iter().find(|it| bare.contains(**it))
            && !explained
            && !line.contains("//")
        {
            found.push(format!("line {}: `{it}` without a word on why it cannot stop the process", i + 1));
        }
        explained = line.trim_start().strip_prefix("//").is_some_and(|it| !it.starts_with(['/', '!']));
    }
    found
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or_default()
}

fn without_comments(code: &str) -> String {
    code.lines().filter(|it| !it.trim_start().starts_with("//")).fold(String::new(), |all, it| all + it + "\n")
}

fn room_of(place: &str) -> &str {
    place.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn tidy_catches_what_it_should() {
    let cases = [
        (0, "desk/x.rs", "use crate::store::tx;"),
        (1, "desk/x.rs", "use crate::{error, api::v1};"),
        (1, "desk/x.rs", "use crate::{\n    error,\n    web::{layout, portal},\n};"),
        (0, "desk/x.rs", "use crate::{error::{Code, Error}, store};\n// `crate::web` shows it."),
        (1, "store/x.rs", "fn f() { crate::desk::tickets::x() }"),
        (1, "web/x.rs", "use crate::mail::smtp;"),
        (1, "text/x.rs", "use crate::desk::tickets;"),
        (1, "attic/x.rs", ""),
        (1, "desk/x.rs", "let t = SystemTime::now();"),
        (0, "appliance/x.rs", "let t = Instant::now();"),
        (1, "desk/x.rs", "use std::collections::HashMap;"),
        (1, "desk/x.rs", "use super::super::tickets;"),
        (1, "follow/notifier.rs", "use tantivy::Index;"),
        (0, "follow/search/x.rs", "use tantivy::Index;"),
        (1, "jobs/x.rs", "println!(\"done\");"),
        (1, "jobs/x.rs", "eprintln!(\"done\");"),
        (0, "cli/x.rs", "println!(\"done\");\nuse crate::{web, api, jobs};"),
        (1, "jobs/x.rs", "let x = y.unwrap();"),
        (1, "jobs/x.rs", "/// A doc comment explains nothing.\nlet x = y.expect(\"z\");"),
        (0, "jobs/x.rs", "// It was put there three lines above.\nlet x = y.unwrap();\nlet z = y.unwrap_or(1);"),
        (0, "jobs/x.rs", "let x = y.unwrap(); // the list is not empty"),
        (0, "jobs/x.rs", "#[cfg(test)]\nmod tests { fn f() { g().unwrap() } }"),
        (1, "desk/helpers.rs", ""),
    ];
    for (wanted, place, code) in cases {
        let found = flaws(place, &format!("//! Doc.\n{code}\n"), false);
        assert_eq!(found.len(), wanted, "{place}: {code}: {found:?}");
    }
    assert_eq!(flaws("desk/x.rs", "use crate::id;\n", false).len(), 1);
    assert_eq!(flaws("desk/x.rs", "//! Doc.\nfn f() { g().unwrap() }\n", true).len(), 0);
    assert_eq!(tests_of("desk/x/mod.rs", "mod a;\n#[cfg(test)]\nmod faults;\n#[cfg(test)]\nuse b;\n"), ["desk/x/faults"]);
    assert_eq!(tests_of("desk/x.rs", "#[cfg(test)]\nmod tests;\n"), ["desk/x/tests"]);
    assert_eq!(tests_of("desk/x.rs", "#[cfg(test)]\npub(crate) mod stage;\n"), ["desk/x/stage"]);
    let body = |place: &str| (place.to_owned(), "#[derive(Clone, ToSchema)]\n#[schema(x)]\npub struct OneView<'a> {\n".to_owned());
    assert_eq!(namesakes(&[body("api/v1/x.rs"), body("web/x.rs")]).len(), 0);
    assert_eq!(namesakes(&[body("api/v1/x.rs"), body("api/v1/y.rs")]), BTreeSet::from(["OneView".to_owned()]));
}
