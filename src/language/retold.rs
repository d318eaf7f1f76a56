//! Sentences that were kept in English, told again in the reader's language. What the log of mail says was written down long ago, by whatever
//! release it was: the phrase and its arguments are found again by the text. A text that is no phrase stays as it is.

use std::{collections::BTreeMap, sync::LazyLock};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};

use super::{Argument, Language, Sentence, phrases::files};

/// Sentences inside of sentences that are looked for.
const DEPTH_MAX: usize = 3;

enum Part {
    Text(String),
    Argument(&'static str),
}

/// An English phrase, taken apart.
struct Template {
    id: &'static str,
    parts: Vec<Part>,
    /// Bytes of it that are no arguments: of two that fit, the one that says more is meant.
    said: usize,
}

/// Templates by the first word of their ids, which is the family, those that say most first.
static TEMPLATES: LazyLock<BTreeMap<String, Vec<Template>>> = LazyLock::new(|| {
    let mut all: BTreeMap<String, Vec<Template>> = BTreeMap::new();
    for (_, text) in files(Language::English) {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text);
        for entry in resource.entries() {
            let Entry::Message(it) = entry else { continue };
            let Some((family, _)) = it.id.name.split_once('-') else { continue };
            let Some(parts) = it.value.as_ref().and_then(|it| it.elements.iter().map(part).collect::<Option<Vec<_>>>()) else { continue };
            let said = parts.iter().map(|it| if let Part::Text(it) = it { it.len() } else { 0 }).sum();
            let id: &'static str = Box::leak(it.id.name.to_owned().into_boxed_str());
            all.entry(format!("{family}-")).or_default().push(Template { id, parts, said });
        }
    }
    all.values_mut().for_each(|it| it.sort_by_key(|it| std::cmp::Reverse(it.said)));
    all
});

/// None for what chooses between forms: there is no one text to find it by.
fn part(it: &PatternElement<&str>) -> Option<Part> {
    Some(match it {
        PatternElement::TextElement { value } => Part::Text((*value).to_owned()),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
            Part::Argument(Box::leak(id.name.to_owned().into_boxed_str()))
        }
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
            Part::Text((*value).to_owned())
        }
        PatternElement::Placeable { .. } => return None,
    })
}

impl Template {
    /// What stands in the places of its arguments, if the text is it.
    fn read<'a>(&self, text: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
        let (mut rest, mut found, mut open) = (text, Vec::new(), None);
        for part in &self.parts {
            match part {
                Part::Argument(name) => open = Some(*name),
                Part::Text(it) => {
                    let at = match open {
                        Some(_) => rest.find(it.as_str())?,
                        None => rest.starts_with(it.as_str()).then_some(0)?,
                    };
                    found.extend(open.take().map(|name| (name, &rest[..at])));
                    rest = &rest[at + it.len()..];
                }
            }
        }
        match open {
            Some(name) => found.push((name, rest)),
            None if !rest.is_empty() => return None,
            None => {}
        }
        Some(found)
    }
}

/// The sentence of a family, such as `judge-`, that an English text is.
pub fn retold(family: &str, text: &str) -> Sentence {
    of(family, text, DEPTH_MAX)
}

fn of(family: &str, text: &str, depth: usize) -> Sentence {
    let templates = TEMPLATES.get(family).map(Vec::as_slice).unwrap_or_default();
    for it in templates {
        let Some(found) = it.read(text) else { continue };
        let argument = |(name, text): (&'static str, &str)| {
            let inner = if depth > 0 { of(family, text, depth - 1) } else { Sentence::from(text) };
            (name, Argument::Sentence(inner))
        };
        return Sentence::of(it.id, found.into_iter().map(argument).collect());
    }
    Sentence::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_in_english_is_told_in_german() {
        for (english, german) in [
            ("Did it come before?", "Kam sie schon einmal?"),
            ("No: rosa@example.com is new.", "Nein: rosa@example.com ist neu."),
            ("Yes, by dmarc.", "Ja, durch dmarc."),
            ("Yes: The same mail came before, at 2026-05-01T09:30:00Z.", "Ja: Dieselbe Mail kam schon einmal, am 2026-05-01T09:30:00Z."),
            ("Printers, Scanners", "Printers, Scanners"),
            ("", ""),
        ] {
            let it = retold("judge-", english);
            assert_eq!(it.read(Language::German), german);
            assert_eq!(&*it, english, "in English it is as it was");
        }
        assert_eq!(retold("nothing-", "Yes.").read(Language::German), "Yes.");
    }
}
