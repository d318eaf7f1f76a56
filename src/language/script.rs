//! The phrases that scripts use, as one JSON object for a page: those whose id begins with `js-`. An argument stands as `{name}`; a phrase
//! that counts is an object by plural category (`one`, `other`, ...), from which the script chooses with `Intl.PluralRules`.
//! Invariant: the text can stand inside of a `script` element.

use std::{collections::BTreeMap, sync::LazyLock};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use serde_json::Value;

use super::{Language, phrases::files};

const PREFIX: &str = "js-";
/// Families that the server and the scripts say alike.
const SHARED: [&str; 4] = ["moment-", "span-", "lasting-", "keys-ctrl"];

static WORDS: LazyLock<[String; Language::ALL.len()]> = LazyLock::new(|| {
    let english = collect(Language::English);
    Language::ALL.map(|language| {
        let mut all = english.clone();
        all.extend(collect(language));
        // No `</script>` and no `<!--` inside of the element.
        serde_json::to_string(&all).unwrap_or_default().replace('<', "\\u003c")
    })
});

/// The JSON of a language's phrases for scripts, with the English ones that it lacks.
pub fn words(language: Language) -> &'static str {
    let at = Language::ALL.iter().position(|it| *it == language).unwrap_or_default();
    &WORDS[at]
}

fn collect(language: Language) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (_, text) in files(language) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text);
        for entry in resource.entries() {
            if let Entry::Message(it) = entry
                && let (true, Some(pattern)) = (is_for_scripts(it.id.name), &it.value)
            {
                found.insert(it.id.name.to_owned(), value(pattern));
            }
        }
    }
    found
}

/// Whether scripts say it.
fn is_for_scripts(name: &str) -> bool {
    name.starts_with(PREFIX) || SHARED.iter().any(|it| name.starts_with(it))
}

/// A string, or one per plural category.
fn value(pattern: &Pattern<&str>) -> Value {
    let mut forms: BTreeMap<String, String> = BTreeMap::from([(String::new(), String::new())]);
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => forms.values_mut().for_each(|it| it.push_str(value)),
            PatternElement::Placeable { expression: Expression::Inline(it) } => {
                let text = inline(it);
                forms.values_mut().for_each(|it| it.push_str(&text));
            }
            PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                let so_far = forms.remove("").unwrap_or_default();
                forms = variants.iter().map(|it| (key(&it.key), format!("{so_far}{}", flat(&it.value)))).collect();
            }
        }
    }
    match forms.remove("") {
        Some(it) => Value::String(it),
        None => forms.into_iter().map(|(key, it)| (key, Value::String(it))).collect(),
    }
}

fn key(it: &VariantKey<&str>) -> String {
    match it {
        VariantKey::Identifier { name } => (*name).to_owned(),
        VariantKey::NumberLiteral { value } => (*value).to_owned(),
    }
}

fn flat(pattern: &Pattern<&str>) -> String {
    let part = |it: &PatternElement<&str>| match it {
        PatternElement::TextElement { value } => (*value).to_owned(),
        PatternElement::Placeable { expression: Expression::Inline(it) } => inline(it),
        PatternElement::Placeable { .. } => String::new(),
    };
    pattern.elements.iter().map(part).collect()
}

fn inline(it: &InlineExpression<&str>) -> String {
    match it {
        InlineExpression::VariableReference { id } => format!("{{{}}}", id.name),
        InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => (*value).to_owned(),
        _ => String::new(),
    }
}
