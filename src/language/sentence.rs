//! A sentence that knows which phrase it is: in English for programs and logs, and in the reader's language where a page shows it. Whoever
//! says it need not know who reads. Invariant: without a phrase it is English everywhere.

use std::{fmt, ops::Deref};

use fluent_bundle::FluentValue;

use super::{Language, phrases};

/// An argument, kept until somebody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    Text(String),
    Number(i64),
    /// Another sentence inside of this one.
    Sentence(Sentence),
}

/// A sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    english: String,
    phrase: Option<(&'static str, Vec<(&'static str, Argument)>)>,
}

impl Sentence {
    /// The phrase with this id; [`say!`](crate::language::say) is shorter.
    pub fn of(id: &'static str, arguments: Vec<(&'static str, Argument)>) -> Sentence {
        let english = draw(Language::English, id, &arguments);
        Sentence { english, phrase: Some((id, arguments)) }
    }

    /// A phrase of a family, such as `thing-` and "mail filter"; in plain English where nobody wrote one.
    pub fn of_family(family: &str, english: &str) -> Sentence {
        match phrases::id(&format!("{family}{}", english.replace(['_', ' '], "-"))) {
            Some(id) => Sentence { english: english.to_owned(), phrase: Some((id, Vec::new())) },
            None => Sentence::from(english),
        }
    }

    /// It, for a reader of this language.
    pub fn read(&self, language: Language) -> String {
        match &self.phrase {
            Some((id, arguments)) if language != Language::English => draw(language, id, arguments),
            _ => self.english.clone(),
        }
    }
}

fn draw(language: Language, id: &str, arguments: &[(&'static str, Argument)]) -> String {
    let value = |it: &Argument| match it {
        Argument::Text(it) => FluentValue::from(it.clone()),
        Argument::Number(it) => FluentValue::from(*it),
        Argument::Sentence(it) => FluentValue::from(it.read(language)),
    };
    let values: Vec<_> = arguments.iter().map(|(name, it)| (*name, value(it))).collect();
    phrases::filled(language, id, &values)
}

impl Deref for Sentence {
    type Target = str;

    fn deref(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl From<String> for Sentence {
    fn from(english: String) -> Self {
        Sentence { english, phrase: None }
    }
}

impl From<&str> for Sentence {
    fn from(english: &str) -> Self {
        Sentence::from(english.to_owned())
    }
}

impl From<Sentence> for String {
    fn from(it: Sentence) -> Self {
        it.english
    }
}

impl PartialEq<str> for Sentence {
    fn eq(&self, other: &str) -> bool {
        self.english == other
    }
}

impl PartialEq<&str> for Sentence {
    fn eq(&self, other: &&str) -> bool {
        self.english == *other
    }
}

/// What can be an argument of a sentence; the macro borrows it.
pub trait Say {
    fn argument(&self) -> Argument;
}

impl Say for Sentence {
    fn argument(&self) -> Argument {
        Argument::Sentence(self.clone())
    }
}

macro_rules! sayable {
    ($($of:ty: $it:ident => $argument:expr),+ $(,)?) => { $(
        impl Say for $of {
            fn argument(&self) -> Argument {
                let $it = self;
                $argument
            }
        }
    )+ };
}
sayable!(
    str: it => Argument::Text(it.to_owned()),
    String: it => Argument::Text(it.clone()),
    std::borrow::Cow<'_, str>: it => Argument::Text(it.to_string()),
    char: it => Argument::Text(it.to_string()),
    i16: it => Argument::Text(it.to_string()),
    i32: it => Argument::Number(i64::from(*it)),
    std::path::Display<'_>: it => Argument::Text(it.to_string()),
    i64: it => Argument::Number(*it),
    u8: it => Argument::Number(i64::from(*it)),
    u16: it => Argument::Number(i64::from(*it)),
    u32: it => Argument::Number(i64::from(*it)),
    u64: it => Argument::Number(i64::try_from(*it).unwrap_or(i64::MAX)),
    usize: it => Argument::Number(i64::try_from(*it).unwrap_or(i64::MAX)),
);

impl<T: Say + ?Sized> Say for &T {
    fn argument(&self) -> Argument {
        (**self).argument()
    }
}

impl<T: Say + ?Sized> Say for &mut T {
    fn argument(&self) -> Argument {
        (**self).argument()
    }
}

/// A [`Sentence`]: `say!("refused-title-long", chars = limit)`. Its English stands in `locales/en` like every phrase.
macro_rules! say {
    ($id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::language::Sentence::of($id, vec![$((stringify!($name), $crate::language::Say::argument(&$value))),*])
    };
}

pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_english_until_somebody_reads_it() {
        let days = say!("moment-days-ago", count = 3);
        assert_eq!(days, "3 days ago");
        assert_eq!(days.read(Language::German), "vor 3 Tagen");
        let nested = say!("refused-not-found", thing = say!("thing-ticket"));
        assert_eq!(nested, "There is no such ticket, or it is not yours to see.");
        assert_eq!(nested.read(Language::German), "Nicht gefunden, oder nicht für Sie bestimmt: Ticket.");
        let plain = Sentence::from("It is so.");
        assert_eq!(plain.read(Language::German), "It is so.");
    }
}
