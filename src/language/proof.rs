//! That the phrases and the sources belong together: it reads both as text. Every phrase that is said exists in English and German and
//! takes the arguments that it is given; none is left over; what another language has, English has too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Language, phrases::files};

type Arguments = BTreeSet<String>;

/// Every message of a language, with the names of its arguments. What does not parse or stands twice is a flaw.
fn messages(language: Language, flaws: &mut Vec<String>) -> BTreeMap<String, Arguments> {
    let mut found = BTreeMap::new();
    for (name, text) in files(language) {
        let resource = match FluentResource::try_new(text) {
            Ok(it) => it,
            Err((it, errors)) => {
                flaws.push(format!("{name}: {errors:?}"));
                it
            }
        };
        for entry in resource.entries() {
            let Entry::Message(it) = entry else { continue };
            let mut arguments = Arguments::new();
            it.value.iter().for_each(|it| gather(it, &mut arguments));
            if found.insert(it.id.name.to_owned(), arguments).is_some() {
                flaws.push(format!("{name}: `{}` stands twice", it.id.name));
            }
        }
    }
    found
}

fn gather(pattern: &Pattern<&str>, into: &mut Arguments) {
    let mut inline = |it: &InlineExpression<&str>| {
        if let InlineExpression::VariableReference { id } = it {
            into.insert(id.name.to_owned());
        }
    };
    let mut inner = Vec::new();
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(it) => inline(it),
            Expression::Select { selector, variants } => {
                inline(selector);
                inner.extend(variants.iter().map(|it| &it.value));
            }
        }
    }
    inner.into_iter().for_each(|it| gather(it, into));
}

/// What the sources say: phrases with their arguments, beginnings of families, and every text, of which some may be an id.
#[derive(Default)]
struct Said {
    phrases: Vec<(String, String, Arguments)>,
    families: BTreeSet<String>,
    texts: BTreeSet<String>,
}

/// The macros that take a phrase, and the functions that take a family.
const MACROS: [&str; 4] = ["t!(", "marked!(", "phrase!(", "say!("];
const FAMILIES: [&str; 5] = ["named(", "word(", "built_in(", "of_family(", "retold("];

fn sources(folder: &Path, ending: &str, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, ending, into);
        } else if path.extension().is_some_and(|it| it == ending) {
            into.push(path);
        }
    }
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|it| !it.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The text between the quotes that it begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start().strip_prefix('"')?;
    text.split('"').next()
}

/// The names before `=` in the rest of a macro, up to its closing parenthesis.
fn names(rest: &str) -> Arguments {
    let (mut depth, mut in_text, mut found, mut item) = (0, false, Arguments::new(), String::new());
    let mut letters = rest.chars();
    while let Some(it) = letters.next() {
        match it {
            '\\' if in_text => drop(letters.next()),
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => item.clear(),
            '=' if depth == 0 && !item.is_empty() => {
                found.insert(item.trim().to_owned());
                item.clear();
                // The value follows, in which another `=` is none of ours.
                item.push('\u{0}');
            }
            _ if depth == 0 && !item.starts_with('\u{0}') => item.push(it),
            _ => {}
        }
    }
    found.retain(|it| it.chars().all(|it| it.is_alphanumeric() || it == '_'));
    found
}

fn said() -> Said {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src"), "rs", &mut all);
    let mut said = Said::default();
    for path in all {
        let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if place.contains("src/language/tests") || place.contains("src/language/proof") {
            continue;
        }
        let text = without_comments(&fs::read_to_string(&path).unwrap());
        for name in MACROS {
            for (at, _) in text.match_indices(name) {
                let is_whole = !text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == '.');
                let rest = &text[at + name.len()..];
                if let (true, Some(id)) = (is_whole, quoted(rest)) {
                    let after = rest.trim_start()[id.len() + 2..].trim_start().trim_start_matches(',');
                    said.phrases.push((place.clone(), id.to_owned(), names(after)));
                }
            }
        }
        for name in FAMILIES {
            let begins = text.match_indices(name).filter_map(|(at, _)| quoted(&text[at + name.len()..]));
            said.families.extend(begins.filter(|it| it.ends_with('-')).map(str::to_owned));
        }
        said.texts.extend(text.split('"').skip(1).filter(|it| it.contains('-') && !it.contains(' ')).map(str::to_owned));
    }
    for folder in ["assets/js", "editor/src"] {
        let mut scripts = Vec::new();
        sources(&root.join(folder), "js", &mut scripts);
        for path in scripts {
            let text = fs::read_to_string(&path).unwrap();
            let texts = text
                .split(['"', '`', '$'])
                .filter(|it| !it.is_empty() && it.len() < 60)
                .map(|it| if it.starts_with("js-") { it.to_owned() } else { format!("js-{it}") });
            for it in texts {
                let is_family = it.ends_with('-') && it.len() > "js--".len();
                if is_family {
                    said.families.insert(it)
                } else {
                    said.texts.insert(it)
                };
            }
        }
    }
    said
}

#[test]
fn every_phrase_is_written_and_none_is_left_over() {
    let mut flaws = Vec::new();
    let [english, german, arabic] = Language::ALL.map(|it| messages(it, &mut flaws));
    for (id, arguments) in &english {
        match german.get(id) {
            None => flaws.push(format!("German lacks `{id}`")),
            Some(it) if it != arguments => flaws.push(format!("`{id}` takes {arguments:?} in English and {it:?} in German")),
            Some(_) => {}
        }
    }
    // How zones are abbreviated is a matter of each language.
    let foreign = german.keys().chain(arabic.keys()).filter(|it| !english.contains_key(*it) && !it.starts_with("zone-"));
    flaws.extend(foreign.map(|it| format!("English lacks `{it}`")));
    for (id, arguments) in &arabic {
        if english.get(id).is_some_and(|it| !arguments.is_subset(it)) {
            flaws.push(format!("`{id}` takes {arguments:?} in Arabic, which English does not give"));
        }
    }
    let said = said();
    assert!(said.phrases.len() > 1000, "the sources say their phrases in another way");
    for (place, id, arguments) in &said.phrases {
        match english.get(id) {
            None => flaws.push(format!("{place}: nobody wrote `{id}`")),
            Some(it) if it != arguments => flaws.push(format!("{place}: `{id}` takes {it:?} and is given {arguments:?}")),
            Some(_) => {}
        }
    }
    let used: BTreeSet<&str> = said.phrases.iter().map(|it| it.1.as_str()).chain(said.texts.iter().map(String::as_str)).collect();
    let is_of_family = |id: &str| said.families.iter().any(|it| id.starts_with(it.as_str()));
    flaws.extend(english.keys().filter(|it| !used.contains(it.as_str()) && !is_of_family(it)).map(|it| format!("nobody says `{it}`")));
    assert!(flaws.is_empty(), "\n{}\n", flaws.join("\n"));
}

/// How the desk refuses: what stands between the brackets of these is said to people.
const REFUSALS: [&str; 7] = ["Refusal::field(", "Refusal::new(", "invalid(", "refusal(", "refused(", "required(", "wrong("];

/// What stands up to the bracket that closes, and the rest.
fn within(text: &str) -> (&str, &str) {
    let (mut depth, mut in_text) = (0, false);
    let mut letters = text.char_indices();
    while let Some((at, it)) = letters.next() {
        match it {
            '\\' if in_text => drop(letters.next()),
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return (&text[..at], &text[at..]),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

/// The texts in an expression that are no phrases and have more than a word.
fn unspoken(expression: &str) -> Vec<String> {
    let mut rest = String::new();
    let mut left = expression;
    while let Some((before, after)) = left.split_once("say!(") {
        rest.push_str(before);
        left = within(after).1;
    }
    rest.push_str(left);
    rest.split('"').skip(1).step_by(2).filter(|it| it.contains(' ')).map(str::to_owned).collect()
}

#[test]
fn the_desk_refuses_in_phrases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    sources(&root.join("src/desk"), "rs", &mut all);
    let mut flaws = Vec::new();
    for path in all.iter().filter(|it| !it.ends_with("tests.rs")) {
        let text = fs::read_to_string(path).unwrap();
        let text = without_comments(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default());
        for name in REFUSALS {
            for (at, _) in text.match_indices(name) {
                let is_whole = !text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_');
                if is_whole {
                    flaws.extend(unspoken(within(&text[at + name.len()..]).0).into_iter().map(|it| format!("{}: {it}", path.display())));
                }
            }
        }
    }
    // How a macro writes a field is the same in every language.
    flaws.retain(|it| !it.ends_with("`key = value`"));
    assert!(flaws.is_empty(), "said in English to everybody:\n{}\n", flaws.join("\n"));
}

#[test]
fn what_is_no_phrase_is_seen() {
    for (expression, seen) in [
        (r#""q", "invalid", say!("refused-column", what = "a b", at = at)"#, vec![]),
        (r#""q", "invalid", "Something is missing""#, vec!["Something is missing"]),
        (r#""q", format!("`{x}` is (not) it")"#, vec!["`{x}` is (not) it"]),
    ] {
        assert_eq!(unspoken(expression), seen, "{expression}");
    }
}
