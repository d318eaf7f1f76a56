//! What the desk says about its own words, for searching: which mean the same, and in which languages people write. It changes what is
//! looked for and never what is found by whom; nothing is indexed anew for it.

use std::{fmt, sync::Arc};

use minicbor::{Decode, Encode};

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        settings::Settings,
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// Words that mean the same, or that mean others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct WordSet {
    #[n(0)]
    pub words: Vec<String>,
    /// Where one of the words is searched for, these are as well, and not the other way round; empty: each of the words means the others.
    #[n(1)]
    pub means: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct SearchWords {
    #[n(0)]
    pub sets: Vec<WordSet>,
    /// Tags of languages in which tickets and articles are written, besides English and the desk's own.
    #[n(1)]
    pub languages: Vec<String>,
    /// Grows by one with each change.
    #[n(2)]
    pub version: u64,
}

impl Record for SearchWords {
    type Key = ();
    const TABLE: Table = Table::journalled(0x46, "search_words");

    fn key(&self) {}
}

/// What parts the words of a set from what they mean.
const MEANS: &str = "=>";

/// The languages that can be chosen: those whose words have known endings.
pub const LANGUAGES: [&str; 18] =
    ["ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "ta", "tr"];

impl WordSet {
    /// A set as somebody writes it: `vpn, tunnel` or `ws => workstation`. None if nothing is written.
    pub fn parse(line: &str) -> Option<WordSet> {
        let list = |text: &str| text.split([',', ';']).map(normal).filter(|it| !it.is_empty()).collect::<Vec<_>>();
        let line = line.replace('→', MEANS);
        let (words, means) = line.split_once(MEANS).unwrap_or((&line, ""));
        let set = WordSet { words: list(words), means: list(means) };
        (!set.words.is_empty() || !set.means.is_empty()).then_some(set)
    }

    /// Each word with those that are looked for as well where it is asked for.
    fn pairs(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.words.iter().map(|word| {
            let same = if self.means.is_empty() { &self.words } else { &self.means };
            (word.as_str(), same.iter().filter(|it| *it != word).map(String::as_str).collect())
        })
    }
}

impl fmt::Display for WordSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(", "))?;
        if self.means.is_empty() { Ok(()) } else { write!(f, " {MEANS} {}", self.means.join(", ")) }
    }
}

impl SearchWords {
    pub fn of(tx: &Tx) -> Result<Arc<SearchWords>> {
        Ok(tx.get_shared::<SearchWords>(&())?.unwrap_or_default())
    }

    /// Each word that means something else, with what is looked for as well.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.sets.iter().flat_map(WordSet::pairs)
    }
}

/// The tags of the languages in which the desk writes: English, whose words are everywhere, its own, and those that were chosen.
pub fn languages(tx: &Tx) -> Result<Vec<String>> {
    let mut all = vec!["en".to_owned()];
    all.extend(tx.get_shared::<Settings>(&())?.and_then(|it| it.language.clone()));
    all.extend(SearchWords::of(tx)?.languages.iter().cloned());
    all.iter_mut().for_each(|it| *it = it.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase());
    let mut each = Vec::new();
    all.retain(|it| {
        !each.contains(it) && {
            each.push(it.clone());
            true
        }
    });
    Ok(all)
}

/// One space between words, none around them.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Says what is wrong with one set, by its place in the list.
fn refused(at: usize, detail: crate::language::Sentence) -> Refusal {
    Refusal::field(format!("synonyms[{at}]"), "invalid", detail)
}

fn checked(at: usize, set: WordSet) -> Result<WordSet> {
    let list = |all: Vec<String>| {
        let mut kept: Vec<String> = Vec::new();
        for word in all.iter().map(|it| normal(it)).filter(|it| !it.is_empty()) {
            if !kept.iter().any(|it| it.to_lowercase() == word.to_lowercase()) {
                kept.push(word);
            }
        }
        kept
    };
    let set = WordSet { words: list(set.words), means: list(set.means) };
    let all = || set.words.iter().chain(&set.means);
    if set.words.is_empty() || set.words.len() + set.means.len() < 2 {
        return Err(refused(at, say!("refused-synonyms-two")).into());
    }
    if all().count() > limits::SYNONYMS_IN_SET_MAX {
        return Err(refused(at, say!("refused-synonyms-many", most = limits::SYNONYMS_IN_SET_MAX)).into());
    }
    let is_sane = |it: &&String| {
        it.chars().count() <= limits::SYNONYM_CHARS_MAX
            && it.chars().any(char::is_alphanumeric)
            && !it.contains([',', ';'])
            && !it.contains(MEANS)
            && !it.chars().any(char::is_control)
    };
    if let Some(word) = all().find(|it| !is_sane(it)) {
        let word: String = word.chars().take(limits::SYNONYM_CHARS_MAX).collect();
        return Err(refused(at, say!("refused-synonym-word", word = word, most = limits::SYNONYM_CHARS_MAX)).into());
    }
    Ok(set)
}

/// Puts other sets and languages in the place of those that are there; what is `None` stays.
pub fn change(tx: &mut Tx, actor: &Actor, sets: Option<Vec<WordSet>>, languages: Option<Vec<String>>) -> Result<SearchWords> {
    actor.need(Permission::SettingsWrite)?;
    let before = SearchWords::clone(&*SearchWords::of(tx)?);
    let mut after = before.clone();
    if let Some(sets) = sets {
        if sets.len() > limits::SYNONYM_SETS_MAX {
            let detail = say!("refused-synonym-sets", most = limits::SYNONYM_SETS_MAX);
            return Err(Refusal::field("synonyms", "too_many", detail).into());
        }
        after.sets = sets.into_iter().enumerate().map(|(at, it)| checked(at, it)).collect::<Result<_>>()?;
    }
    if let Some(mut languages) = languages {
        languages.sort();
        languages.dedup();
        if let Some(it) = languages.iter().find(|it| !LANGUAGES.contains(&it.as_str())) {
            let tag: String = it.chars().take(20).collect();
            return Err(
                Refusal::field("languages", "unknown", say!("refused-search-language", tag = tag, known = LANGUAGES.join(", "))).into()
            );
        }
        if languages.len() > limits::SEARCH_LANGUAGES_MAX {
            let detail = say!("refused-search-languages", most = limits::SEARCH_LANGUAGES_MAX);
            return Err(Refusal::field("languages", "too_many", detail).into());
        }
        after.languages = languages;
    }
    if after == before {
        return Ok(after);
    }
    after.version += 1;
    tx.put(&after)?;
    let lines = |it: &SearchWords| it.sets.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let mut changes = Changes::new();
    changes.field("synonyms", lines(&before), lines(&after)).field("languages", before.languages.join(", "), after.languages.join(", "));
    let about = About { entity_kind: "search_words", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SearchWordsChanged, about, changes)?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn sets_are_written_and_read() {
        for (text, expected) in [
            ("vpn, tunnel ,  any  connect", Some("vpn, tunnel, any connect")),
            ("ws => workstation; pc", Some("ws => workstation, pc")),
            ("ws → workstation", Some("ws => workstation")),
            (" , ", None),
        ] {
            assert_eq!(WordSet::parse(text).map(|it| it.to_string()).as_deref(), expected, "{text}");
        }
        let words =
            SearchWords { sets: ["a, b, c", "x => y"].iter().filter_map(|it| WordSet::parse(it)).collect(), ..SearchWords::default() };
        let pairs: Vec<_> = words.pairs().map(|(it, same)| format!("{it}:{}", same.join("+"))).collect();
        assert_eq!(pairs, ["a:b+c", "b:a+c", "c:a+b", "x:y"]);
    }

    #[test]
    fn admins_say_what_means_the_same() {
        let stage = Stage::new();
        let wish = |actor: &Actor, lines: &[&str], languages: &[&str]| {
            let actor = actor.clone();
            let sets: Vec<WordSet> = lines.iter().filter_map(|it| WordSet::parse(it)).collect();
            let languages = languages.iter().map(|it| (*it).to_owned()).collect();
            stage.write(move |tx| change(tx, &actor, Some(sets), Some(languages)))
        };
        let kept = wish(&stage.max, &["vpn, tunnel, VPN"], &["fr", "de", "fr"]).unwrap();
        assert_eq!((kept.sets[0].to_string().as_str(), kept.languages.join(" ").as_str(), kept.version), ("vpn, tunnel", "de fr", 1));
        assert_eq!(wish(&stage.max, &["vpn, tunnel"], &["de", "fr"]).unwrap().version, 1, "nothing changed");
        let long = format!("a, {}", "x".repeat(limits::SYNONYM_CHARS_MAX + 1));
        let many = (0..=limits::SYNONYMS_IN_SET_MAX).map(|it| format!("w{it}")).collect::<Vec<_>>().join(",");
        for (lines, languages) in
            [(&["vpn"][..], &[][..]), (&["=> x"], &[]), (&[&long], &[]), (&[&many], &[]), (&["a, --"], &[]), (&[], &["xx"])]
        {
            assert!(wish(&stage.max, lines, languages).is_err(), "{lines:?} {languages:?}");
        }
        let sets = vec!["a, b"; limits::SYNONYM_SETS_MAX + 1];
        assert!(wish(&stage.max, &sets, &[]).is_err());
        assert!(wish(&stage.ada, &[], &[]).is_err());
    }
}
