//! The languages that people read: which there are, their phrases, and how each writes numbers and times. Phrases are Fluent messages in
//! `locales/<language>/*.ftl`; how to add one is in `docs/languages.md`. Who reads, and in which zone, is not known here: the pages
//! keep that, and mails bring their own. Invariant: a language is always an argument, and a phrase is always something to read.

mod measure;
mod moment;
mod phrases;
mod retold;
mod script;
mod sentence;

pub use fluent_bundle::FluentValue as Value;
pub use measure::{bytes, hours, number, percent};
pub use moment::{clock, day, day_full, day_short, exact, lasting, relative, span, weekday, weekday_short};
pub use phrases::{built_in, filled, find, named, plain};
pub use retold::retold;
pub use script::words as script_words;
pub(crate) use sentence::say;
pub use sentence::{Argument, Say, Sentence};

/// A language that pages can be read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    #[default]
    English,
    German,
    Arabic,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::English, Language::German, Language::Arabic];

    /// The tag in `lang` (BCP 47), and the folder of its phrases.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
            Language::Arabic => "ar",
        }
    }

    /// What its readers call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
            Language::Arabic => "العربية",
        }
    }

    /// The value of `dir`.
    pub fn direction(self) -> &'static str {
        if self == Language::Arabic { "rtl" } else { "ltr" }
    }

    /// The language of a tag, whatever its region: `de-AT` is German.
    pub fn of_tag(tag: &str) -> Option<Language> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Language::ALL.into_iter().find(|it| it.tag().eq_ignore_ascii_case(first))
    }

    /// The first language that somebody wants most, by `Accept-Language` (RFC 9110 12.5.4). A language with the weight 0 is not wanted.
    pub fn wanted(header: &str) -> Option<Language> {
        let mut best: Option<(f32, Language)> = None;
        for part in header.split(',') {
            let (tag, parameters) = part.split_once(';').unwrap_or((part, ""));
            let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), |it| it.trim().parse::<f32>()).unwrap_or(0.0);
            let Some(language) = Language::of_tag(tag) else { continue };
            if weight > best.map_or(0.0, |it| it.0) {
                best = Some((weight, language));
            }
        }
        best.map(|it| it.1)
    }
}

#[cfg(test)]
mod proof;
#[cfg(test)]
mod tests;
