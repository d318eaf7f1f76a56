//! The language and the zone of whoever reads the page, ambient while it is drawn: set once where a request enters the pages
//! (`answers::site`), and English in UTC where nothing says otherwise, as in the style guide and most tests.
//! Invariant: nothing below `web/` is told the language by an argument; phrases, numbers and times on pages all come through here.
//!
//! `t!("id")` is a phrase as `&'static str`, `t!("id", name = value)` one with arguments as `String`; numbers choose the plural. A sentence
//! with an element inside is `marked!("id", name = markup)`: a whole phrase, in which the markup takes the place of `{ $name }`.

use jiff::{civil::Date, tz::TimeZone};
use maud::{Markup, PreEscaped, Render};
use serde::{Serialize, Serializer};

use crate::{
    language::{self, Language, Sentence, Value},
    time::Instant,
};

/// How somebody reads.
#[derive(Debug, Clone)]
pub struct Reading {
    pub language: Language,
    pub zone: TimeZone,
    /// The zone is the reader's own choice, and not only the desk's.
    pub is_own_zone: bool,
}

impl Default for Reading {
    fn default() -> Self {
        Reading { language: Language::default(), zone: TimeZone::UTC, is_own_zone: false }
    }
}

tokio::task_local! {
    static READING: Reading;
}

impl Reading {
    /// The reading of this task.
    pub fn ambient() -> Reading {
        READING.try_with(Reading::clone).unwrap_or_default()
    }

    /// Runs it for this reader.
    pub async fn during<F: Future>(self, it: F) -> F::Output {
        READING.scope(self, it).await
    }

    /// Runs what waits for nothing for this reader, also on a thread of its own.
    pub fn within<T>(self, it: impl FnOnce() -> T) -> T {
        READING.sync_scope(self, it)
    }
}

/// The reader's language.
pub fn language() -> Language {
    READING.try_with(|it| it.language).unwrap_or_default()
}

/// The reader's time zone.
pub fn zone() -> TimeZone {
    READING.try_with(|it| it.zone.clone()).unwrap_or(TimeZone::UTC)
}

/// The name of the zone that the reader chose, for scripts; none if the browser's own will do.
pub fn chosen_zone() -> Option<String> {
    READING.try_with(|it| it.zone.iana_name().filter(|_| it.is_own_zone).map(str::to_owned)).ok().flatten()
}

/// What the desk says, to this reader.
pub fn sentence(it: &Sentence) -> String {
    it.read(language())
}

/// What was kept in English, to this reader: the phrase of this family that it is, or itself.
pub fn retold(family: &str, text: &str) -> String {
    match language() {
        Language::English => text.to_owned(),
        other => language::retold(family, text).read(other),
    }
}

/// A phrase without arguments; [`t!`] is shorter.
pub fn plain(id: &'static str) -> &'static str {
    language::plain(language(), id)
}

/// A phrase with arguments; [`t!`] is shorter.
pub fn filled(id: &str, values: &[(&'static str, Value<'_>)]) -> String {
    language::filled(language(), id, values)
}

/// A word of the desk for people, such as the state of a letter; the desk's own where nobody wrote one.
pub fn word(family: &str, key: &'static str) -> &'static str {
    named(family, key).unwrap_or(key)
}

/// What somebody named, or what its phrase says if it still has the name that it came with: states, roles and their like.
pub fn built_in<'a>(family: &str, key: &str, own: &'a str) -> &'a str {
    language::built_in(language(), family, key, own)
}

/// `2 d 4 h`: how long something lasts, in its two largest units.
pub fn lasting(secs: i64) -> String {
    language::lasting(language(), secs)
}

/// A phrase of a family, such as `event-` and an event's key; none if nobody wrote it.
pub fn named(family: &str, key: &str) -> Option<&'static str> {
    language::named(language(), family, key)
}

/// A phrase without arguments in a table that is constant, looked up where it is shown; [`phrase!`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phrase(pub &'static str);

impl Phrase {
    /// Nothing to say.
    pub const NONE: Phrase = Phrase("");

    /// It, in the reader's language.
    pub fn text(self) -> &'static str {
        plain(self.0)
    }
}

impl From<Phrase> for String {
    fn from(it: Phrase) -> Self {
        it.text().to_owned()
    }
}

impl Render for Phrase {
    fn render_to(&self, to: &mut String) {
        self.text().render_to(to);
    }
}

impl Serialize for Phrase {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.text())
    }
}

/// What stands in the place of an argument: its sign and number; markup cannot hold the sign, as it is taken out of texts.
const MARK: char = '\u{e000}';

/// An argument of [`marked!`].
pub enum Piece<'a> {
    /// Chooses plurals.
    Value(Value<'a>),
    Markup(&'a Markup),
}

/// What can be an argument of a phrase: texts and numbers. A macro borrows it, so that nothing is moved into a phrase.
pub trait Given {
    fn given(&self) -> Value<'_>;
}

/// What can be an argument of [`marked!`]: all of that, and markup.
pub trait Placed {
    fn placed(&self) -> Piece<'_>;
}

impl Placed for Markup {
    fn placed(&self) -> Piece<'_> {
        Piece::Markup(self)
    }
}

macro_rules! arguments {
    ($($of:ty: $it:ident => $value:expr),+ $(,)?) => { $(
        impl Given for $of {
            fn given(&self) -> Value<'_> {
                let $it = self;
                Value::from($value)
            }
        }

        impl Placed for $of {
            fn placed(&self) -> Piece<'_> {
                Piece::Value(self.given())
            }
        }
    )+ };
}
arguments!(
    str: it => it, String: it => it.as_str(), std::borrow::Cow<'_, str>: it => &**it, Phrase: it => it.text(), char: it => it.to_string(),
    i8: it => *it, i16: it => *it, i32: it => *it, i64: it => *it,
    u8: it => *it, u16: it => *it, u32: it => *it, u64: it => *it, usize: it => *it,
);

impl<T: Given + ?Sized> Given for &T {
    fn given(&self) -> Value<'_> {
        (**self).given()
    }
}

impl<T: Placed + ?Sized> Placed for &T {
    fn placed(&self) -> Piece<'_> {
        (**self).placed()
    }
}

/// A phrase in which some arguments are markup; [`marked!`] is shorter. Everything else is escaped.
pub fn mixed(id: &str, pieces: Vec<(&'static str, Piece<'_>)>) -> Markup {
    let mut markup: Vec<&str> = Vec::new();
    let mut values = Vec::with_capacity(pieces.len());
    for (name, piece) in pieces {
        let value = match piece {
            Piece::Value(Value::String(it)) => Value::from(it.replace(MARK, "")),
            Piece::Value(it) => it,
            Piece::Markup(it) => {
                markup.push(it.0.as_str());
                Value::from(format!("{MARK}{}{MARK}", markup.len() - 1))
            }
        };
        values.push((name, value));
    }
    let text = filled(id, &values);
    let mut drawn = String::with_capacity(text.len() + 64);
    for (at, part) in text.split(MARK).enumerate() {
        // Texts and marks alternate, beginning with a text.
        match (at % 2, part.parse::<usize>().ok().and_then(|it| markup.get(it))) {
            (1, Some(it)) => drawn.push_str(it),
            _ => part.render_to(&mut drawn),
        }
    }
    PreEscaped(drawn)
}

/// `1,234`.
pub fn number(value: i64) -> String {
    language::number(language(), value)
}

/// `87 %`.
pub fn percent(value: impl Into<u32>) -> String {
    language::percent(language(), value.into())
}

/// `1.4 MB`.
pub fn bytes(value: u64) -> String {
    language::bytes(language(), value)
}

/// `3 March 2026, 14:05 CET`.
pub fn exact(at: Instant) -> String {
    language::exact(language(), at, &zone())
}

/// `3 March 2026`, the day in the reader's zone.
pub fn day(at: Instant) -> String {
    date(zone().to_datetime(at.timestamp()).date())
}

/// `3 March 2026`.
pub fn date(date: Date) -> String {
    language::day(language(), date)
}

/// `Tue 3 Mar`.
pub fn date_short(date: Date) -> String {
    language::day_short(language(), date)
}

/// `Tue 3 March 2026`.
pub fn date_full(date: Date) -> String {
    language::day_full(language(), date)
}

/// `12 minutes ago`.
pub fn relative(at: Instant, now: Instant) -> String {
    language::relative(language(), at, now)
}

/// `12m`.
pub fn span(secs: i64) -> String {
    language::span(language(), secs)
}

/// A phrase of the reader's language: `t!("ticket-send")` is a `&'static str`, `t!("list-selected", count = n)` a `String`. Arguments are
/// texts or numbers.
macro_rules! t {
    ($id:literal $(,)?) => { $crate::web::tongue::plain($id) };
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::web::tongue::filled($id, &[$((stringify!($name), $crate::web::tongue::Given::given(&$value))),+])
    };
}

/// A phrase with elements inside, as `Markup`: `marked!("asked-by", who = html! { strong { (name) } }, count = n)`.
macro_rules! marked {
    ($id:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::web::tongue::mixed($id, vec![$((stringify!($name), $crate::web::tongue::Placed::placed(&$value))),+])
    };
}

/// A [`Phrase`]: `phrase!("sort-newest")`.
macro_rules! phrase {
    ($id:literal) => {
        $crate::web::tongue::Phrase($id)
    };
}

pub(crate) use {marked, phrase, t};

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn phrases_follow_the_reader() {
        assert_eq!(t!("moment-yesterday"), "yesterday");
        let german = Reading { language: Language::German, ..Reading::default() };
        assert_eq!(german.clone().within(|| t!("moment-yesterday")), "gestern");
        assert_eq!(german.within(|| t!("moment-days-ago", count = 3)), "vor 3 Tagen");
    }

    #[test]
    fn markup_stands_where_the_phrase_wants_it_and_texts_are_escaped() {
        let drawn = marked!("date-exact", day = html! { b { "1 < 2" } }, time = "<i>\u{e000}0\u{e000}", zone = 12_345);
        assert_eq!(drawn.0, "<b>1 &lt; 2</b>, &lt;i&gt;0 12,345");
    }
}
