//! The phrases of all languages, parsed once. A phrase without arguments is drawn once and costs one look into a table afterwards.
//! What a language lacks is said in English; an id that nobody wrote is shown as itself, so that a page is never refused for a word.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, types::FluentNumber};
use fluent_syntax::ast::Entry;
use rust_embed::RustEmbed;

use super::{Language, measure};

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

type Bundle = FluentBundle<FluentResource>;

/// One language's phrases.
struct Book {
    bundle: &'static Bundle,
    /// Phrases that need no arguments, ready to be shown; with the English ones that this language lacks.
    plain: HashMap<&'static str, &'static str>,
}

static BOOKS: LazyLock<[Book; Language::ALL.len()]> = LazyLock::new(|| {
    let english = open(Language::English, &HashMap::new());
    let others = [Language::German, Language::Arabic].map(|it| open(it, &english.plain));
    let [german, arabic] = others;
    [english, german, arabic]
});

fn book(language: Language) -> &'static Book {
    match language {
        Language::English => &BOOKS[0],
        Language::German => &BOOKS[1],
        Language::Arabic => &BOOKS[2],
    }
}

/// Parses a language's files. What does not parse is left out; a test sees to it that everything does.
fn open(language: Language, lacking: &HashMap<&'static str, &'static str>) -> Book {
    let locales = language.tag().parse().into_iter().collect();
    let mut bundle = Bundle::new_concurrent(locales);
    // Marks around arguments are for mixed directions in plain text; pages set the direction on elements, and attributes stay clean.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match language {
        Language::English => |it, _| counted(Language::English, it),
        Language::German => |it, _| counted(Language::German, it),
        Language::Arabic => |it, _| counted(Language::Arabic, it),
    }));
    for (_, text) in files(language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text);
        bundle.add_resource_overriding(resource);
    }
    // Lives as long as the process: phrases are handed out as `&'static str`.
    let bundle: &'static Bundle = Box::leak(Box::new(bundle));
    let mut plain = lacking.clone();
    for id in ids(language) {
        let id: &'static str = Box::leak(id.into_boxed_str());
        let Some(pattern) = bundle.get_message(id).and_then(|it| it.value()) else { continue };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut errors);
        if errors.is_empty() {
            plain.insert(
                id,
                match text {
                    Cow::Borrowed(it) => it,
                    Cow::Owned(it) => Box::leak(it.into_boxed_str()),
                },
            );
        }
    }
    Book { bundle, plain }
}

/// The names and texts of a language's files, in the order of their names.
pub(super) fn files(language: Language) -> Vec<(String, String)> {
    let folder = format!("{}/", language.tag());
    let mut found: Vec<(String, String)> = Files::iter()
        .filter(|it| it.starts_with(&folder) && it.ends_with(".ftl"))
        .filter_map(|it| Some((it.to_string(), String::from_utf8(Files::get(&it)?.data.into_owned()).ok()?)))
        .collect();
    found.sort();
    found
}

/// The ids of a language's own messages.
pub(super) fn ids(language: Language) -> Vec<String> {
    let mut found = Vec::new();
    for (_, text) in files(language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text);
        found.extend(resource.entries().filter_map(|it| match it {
            Entry::Message(it) => Some(it.id.name.to_owned()),
            _ => None,
        }));
    }
    found
}

fn counted(language: Language, value: &FluentValue) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) => Some(measure::decimal(language, *value)),
        _ => None,
    }
}

/// A phrase without arguments, if there is one with this id.
pub fn find(language: Language, id: &str) -> Option<&'static str> {
    book(language).plain.get(id).copied()
}

/// A phrase of a family, such as `event-` and an event's key; none if nobody wrote it.
pub fn named(language: Language, family: &str, key: &str) -> Option<&'static str> {
    find(language, &of_family(family, key))
}

/// What somebody named, or what its phrase says if it still has the name that it came with: states, roles and their like.
pub fn built_in<'a>(language: Language, family: &str, key: &str, own: &'a str) -> &'a str {
    let id = of_family(family, key);
    match find(Language::English, &id) {
        Some(english) if english == own => find(language, &id).unwrap_or(own),
        _ => own,
    }
}

fn of_family(family: &str, key: &str) -> String {
    format!("{family}{}", key.replace(['_', '.', ' ', ':'], "-"))
}

/// The id of an English phrase without arguments, as it is kept.
pub(super) fn id(id: &str) -> Option<&'static str> {
    book(Language::English).plain.get_key_value(id).map(|it| *it.0)
}

/// A phrase without arguments.
pub fn plain(language: Language, id: &'static str) -> &'static str {
    find(language, id).unwrap_or(id)
}

/// A phrase with its arguments. Numbers choose plurals and are written as the language does.
pub fn filled(language: Language, id: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(*name, value.clone());
    }
    for of in [language, Language::English] {
        let bundle = book(of).bundle;
        if let Some(pattern) = bundle.get_message(id).and_then(|it| it.value()) {
            return bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned();
        }
    }
    id.to_owned()
}
