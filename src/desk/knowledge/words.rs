//! The words that articles are found by, and their addresses. Words are folded (case, accents, umlauts as they are written where there are
//! none) and lose their commonest endings, so that `printers` finds `printer`; scripts without spaces become pairs of letters.

use std::collections::BTreeSet;

use super::Revision;
use crate::{
    limits,
    text::letters::{is_hangul, is_unspaced},
};

/// A word, in characters; what is longer is a key or a file.
const WORD_CHARS_MAX: usize = 40;
/// Words of a question that are looked at.
const ASKED_MAX: usize = 8;
/// An address, in characters.
const SLUG_CHARS_MAX: usize = 80;

/// Lower case, without accents, umlauts as they are written where there are none.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => out.push('o'),
            'ř' => out.push('r'),
            'ś' | 'š' => out.push('s'),
            'ù' | 'ú' | 'û' | 'ů' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            it => out.push(it),
        }
    }
    out
}

/// A word without its ending. Crude, and the same for every language.
fn root(word: &str) -> &str {
    const ENDINGS: [&str; 7] = ["ing", "en", "es", "ed", "n", "s", "e"];
    const LETTERS_MIN: usize = 4;
    let kept = ENDINGS.iter().filter_map(|it| word.strip_suffix(it)).find(|it| it.chars().count() >= LETTERS_MIN);
    kept.unwrap_or(word)
}

/// The words of a text as the index has them, as they stand there.
pub(super) fn of(text: &str) -> impl Iterator<Item = String> + '_ {
    plain(text).map(|it| root(&it).to_owned())
}

/// The words of a text, folded, with their endings.
fn plain(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|it: char| !(it.is_alphanumeric() || matches!(it, '\u{300}'..='\u{36f}' | '\'' | '’')))
        .filter(|it| !it.is_empty())
        .flat_map(|it| apart(&folded(it)))
        .filter(|it| !it.is_empty() && it.chars().count() <= WORD_CHARS_MAX)
}

/// A run of letters that no spaces part, as overlapping pairs; any other word as it is.
fn apart(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 || !letters.iter().all(|it| is_unspaced(*it) || is_hangul(*it)) {
        return vec![word.to_owned()];
    }
    letters.windows(2).map(|it| it.iter().collect()).collect()
}

/// All that a revision is found by, each once: of its title, tags and summary before those of its text.
pub(super) fn of_revision(it: &Revision) -> BTreeSet<String> {
    let tags = it.tags.join(" ");
    let mut found = BTreeSet::new();
    for word in [&it.title, &tags, &it.summary, &it.content].into_iter().flat_map(|it| of(it)) {
        if found.len() == limits::ARTICLE_WORDS_MAX {
            break;
        }
        found.insert(word);
    }
    found
}

/// What is asked, and whether its last word may go on: nobody has typed a space behind it.
pub(super) fn asked(text: &str) -> Vec<(String, bool)> {
    let goes_on = text.chars().next_back().is_some_and(char::is_alphanumeric);
    let mut words: Vec<String> = plain(text).take(ASKED_MAX).collect();
    let last = words.pop();
    let mut found: Vec<(String, bool)> = words.iter().map(|it| (root(it).to_owned(), false)).collect();
    // A word that goes on may lose any ending yet, so it is asked for as it stands.
    found.extend(last.map(|it| if goes_on { (it, true) } else { (root(&it).to_owned(), false) }));
    found.dedup();
    found
}

/// Whether a word of the index answers one that is asked for.
pub(super) fn answers(word: &str, (asked, goes_on): &(String, bool)) -> bool {
    if *goes_on { word.starts_with(asked.as_str()) || word == root(asked) } else { word == asked }
}

/// An address made of a title: `Größe der Anhänge` is `groesse-der-anhaenge`.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for word in folded(title).split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()) {
        let long = slug.chars().count() + word.chars().count() + 1 > SLUG_CHARS_MAX;
        if long && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(SLUG_CHARS_MAX));
    }
    slug
}
