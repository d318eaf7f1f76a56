//! How text becomes words: lower case, accents folded, at every mark a new word, so an e-mail address or a host name is a phrase of its
//! parts and is found whole and by part. Scripts that put no spaces between words become overlapping pairs of letters, and so does Korean,
//! whose words carry endings: a word is found there with any of them.
//! The index, the queries and the highlights share this file; changing it asks for a new `SCHEMA_VERSION`.

use crate::text::letters::{is_hangul, is_unspaced};
use tantivy::tokenizer::{AsciiFoldingFilter, Language, LowerCaser, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Longer words (encoded files, keys) are not indexed, but keep their place.
const WORD_BYTES_MAX: usize = 80;

/// A word and where it stands in its text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub from: usize,
    pub to: usize,
    pub position: usize,
}

/// What turns text into words.
pub(super) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Splitter).filter(LowerCaser).filter(AsciiFoldingFilter).build()
}

/// The words of a text, as the index holds them.
pub(super) fn words_of(text: &str) -> Vec<Word> {
    let mut analyzer = analyzer();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        let Token { offset_from, offset_to, position, ref text, .. } = *stream.token();
        words.push(Word { text: text.clone(), from: offset_from, to: offset_to, position });
    }
    words
}

/// The words of a text to be searched for: a run of pairs is found by its pairs alone.
pub(super) fn words_asked(text: &str) -> Vec<Word> {
    let words = words_of(text);
    let ends_pair = |at: usize| at > 0 && words[at].from > words[at - 1].from && words[at].to == words[at - 1].to;
    (0..words.len()).filter(|&at| !ends_pair(at)).map(|at| words[at].clone()).collect()
}

/// The languages whose stems are known here, by the first part of their tags.
const LANGUAGES: &[(&str, Language)] = &[
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nb", Language::Norwegian),
    ("nl", Language::Dutch),
    ("nn", Language::Norwegian),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// The language of a tag, if its stems are known: `de-AT` is German.
pub(super) fn language_of(tag: &str) -> Option<Language> {
    let first = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    LANGUAGES.iter().find(|it| it.0 == first).map(|it| it.1)
}

/// Whether words of this language are put together without a space, so that what one begins with is a word of its own.
pub(super) fn compounds(language: Language) -> bool {
    use Language::{Danish, Dutch, Finnish, German, Hungarian, Norwegian, Swedish};
    matches!(language, Danish | Dutch | Finnish | German | Hungarian | Norwegian | Swedish)
}

/// Whether a word is written in the letters of a language, as the index holds them: accents of Latin letters are gone.
fn is_of(language: Language, word: &str) -> bool {
    let all = |fits: fn(char) -> bool| word.chars().all(fits);
    match language {
        Language::Arabic => all(|it| matches!(it, '\u{600}'..='\u{6ff}')),
        Language::Greek => all(|it| matches!(it, '\u{370}'..='\u{3ff}')),
        Language::Russian => all(|it| matches!(it, '\u{400}'..='\u{4ff}')),
        Language::Tamil => all(|it| matches!(it, '\u{b80}'..='\u{bff}')),
        _ => all(|it| it.is_ascii_lowercase()),
    }
}

/// Stems of words in several languages. Making one costs more than asking it.
pub(super) struct Stemming(Vec<(Language, TextAnalyzer)>);

/// The stem of a word in each of the languages; none in those that do not write it so.
pub(super) type Stems = Vec<Option<String>>;

impl Stemming {
    pub(super) fn new(languages: &[Language]) -> Stemming {
        let analyzer = |it: Language| TextAnalyzer::builder(Splitter).filter(Stemmer::new(it)).build();
        Stemming(languages.iter().map(|it| (*it, analyzer(*it))).collect())
    }

    /// The stems of a word; short words have none but themselves.
    pub(super) fn stems(&mut self, word: &str) -> Stems {
        let short = word.chars().count() < STEMMED_CHARS_MIN;
        let stem = |(language, analyzer): &mut (Language, TextAnalyzer)| {
            if !is_of(*language, word) {
                return None;
            }
            if short {
                return Some(word.to_owned());
            }
            let mut stream = analyzer.token_stream(word);
            Some(if stream.advance() { stream.token().text.clone() } else { word.to_owned() })
        };
        self.0.iter_mut().map(stem).collect()
    }
}

/// Shorter words are their own stems.
const STEMMED_CHARS_MIN: usize = 4;

/// Whether two words have the same stem in one of the languages.
pub(super) fn akin(a: &Stems, b: &Stems) -> bool {
    a.iter().zip(b).any(|(a, b)| a.is_some() && a == b)
}

/// A word as it is written where there are no umlauts, and the other way round: `muller` for `mueller`, `mueller` for `müller`. The first
/// is the word as it was typed, the second as the index holds it.
pub(super) fn respelled(typed: &str, word: &str) -> Vec<String> {
    let mut ways = Vec::new();
    if typed.contains(['ä', 'ö', 'ü', 'Ä', 'Ö', 'Ü', 'ø', 'Ø', 'å', 'Å']) {
        let mut long = String::new();
        for letter in typed.chars().flat_map(char::to_lowercase) {
            match letter {
                'ä' => long.push_str("ae"),
                'ö' | 'ø' => long.push_str("oe"),
                'ü' => long.push_str("ue"),
                'å' => long.push_str("aa"),
                it => long.push(it),
            }
        }
        ways.extend(words_of(&long).into_iter().next().map(|it| it.text));
    } else if word.is_ascii() {
        // Both vowels of `neue` belong to the word: there it only means one more word to look for.
        let mut short = word.to_owned();
        for (long, letter) in [("ae", "a"), ("oe", "o"), ("ue", "u")] {
            short = short.replace(long, letter);
        }
        ways.push(short);
    }
    ways.retain(|it| it != word && it.chars().count() >= RESPELLED_CHARS_MIN);
    ways
}

/// Shorter words are too many other words.
const RESPELLED_CHARS_MIN: usize = 3;

/// How many typos a word forgives. Numbers and codes forgive none: `db01` is not `db02`.
pub(super) fn forgiven(word: &str) -> u8 {
    if word.chars().any(|it| it.is_ascii_digit() || is_paired(it)) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Letters that become pairs.
pub(super) fn is_paired(letter: char) -> bool {
    is_unspaced(letter) || is_hangul(letter)
}

/// Accents that stand as letters of their own after the one they belong to.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

#[derive(Clone)]
struct Splitter;

impl Tokenizer for Splitter {
    type TokenStream<'a> = Split<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Split<'a> {
        Split { text, at: 0, token: Token::default() }
    }
}

struct Split<'a> {
    text: &'a str,
    at: usize,
    token: Token,
}

impl Split<'_> {
    fn take(&mut self, from: usize, to: usize) {
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.extend(self.text[from..to].chars().filter(|letter| !is_mark(*letter)));
    }
}

impl TokenStream for Split<'_> {
    fn advance(&mut self) -> bool {
        loop {
            let rest = &self.text[self.at..];
            let Some((skipped, first)) = rest.char_indices().find(|(_, letter)| letter.is_alphanumeric()) else {
                return false;
            };
            let from = self.at + skipped;
            let rest = &self.text[from..];
            if is_paired(first) {
                let next = rest[first.len_utf8()..].chars().next().filter(|it| is_paired(*it) && it.is_alphanumeric());
                self.take(from, from + first.len_utf8() + next.map_or(0, char::len_utf8));
                self.at = from + first.len_utf8();
                return true;
            }
            let length = rest
                .char_indices()
                .find(|&(_, it)| is_paired(it) || !(it.is_alphanumeric() || is_mark(it)))
                .map_or(rest.len(), |(length, _)| length);
            self.take(from, from + length);
            self.at = from + length;
            if length <= WORD_BYTES_MAX {
                return true;
            }
        }
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_and_folds() {
        for (text, expected) in [
            ("Größe, CAFÉ!", "grosse cafe"),
            ("cafe\u{301} Å", "cafe a"),
            ("anna@srv-db01.example.org", "anna srv db01 example org"),
            ("0x80070035 C:\\Temp", "0x80070035 c temp"),
            ("東京都", "東京 京都 都"),
            ("VPN接続が", "vpn 接続 続が が"),
            ("Привет", "привет"),
            ("프린터가 고장", "프린 린터 터가 가 고장 장"),
            ("ລາວ", "ລາ າວ ວ"),
            ("", ""),
            ("--- 🙂", ""),
        ] {
            let words: Vec<_> = words_of(text).into_iter().map(|word| word.text).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
        let long = format!("a {} b", "x".repeat(100));
        assert_eq!(words_of(&long).iter().map(|it| (it.text.as_str(), it.position)).collect::<Vec<_>>(), [("a", 0), ("b", 2)]);
    }

    #[test]
    fn asks_for_pairs_only() {
        for (text, expected) in [("東京都", "東京 京都"), ("都", "都"), ("vpn 接続", "vpn 接続")] {
            let words: Vec<_> = words_asked(text).into_iter().map(|word| word.text).collect();
            assert_eq!(words.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn words_of_several_languages_are_akin() {
        for (tags, a, b, expected) in [
            (&["en", "de-AT"][..], "drucker", "druckern", true),
            (&["en"], "hauser", "haus", false),
            (&["de"], "hauser", "haus", true),
            (&["fr"], "imprimante", "imprimantes", true),
            (&["es"], "impresoras", "impresora", true),
            (&["ru"], "принтеры", "принтера", true),
            (&["sv"], "skrivaren", "skrivare", true),
            (&["en"], "принтеры", "принтера", false),
        ] {
            let languages: Vec<Language> = tags.iter().filter_map(|it| language_of(it)).collect();
            let mut stemming = Stemming::new(&languages);
            assert_eq!(akin(&stemming.stems(a), &stemming.stems(b)), expected, "{a} {b}");
        }
        assert_eq!(language_of("xx"), None);
    }

    #[test]
    fn umlauts_are_spelled_both_ways() {
        for (typed, expected) in [
            ("Müller", &["mueller"][..]),
            ("mueller", &["muller"]),
            ("größe", &["groesse"]),
            ("vpn", &[]),
            ("ae", &[]),
            ("Århus", &["aarhus"]),
        ] {
            let word = &words_of(typed)[0];
            assert_eq!(respelled(typed, &word.text), expected, "{typed}");
        }
    }

    #[test]
    fn stems_and_forgives() {
        for (word, root, typos) in [
            ("printers", Some("printer"), 2),
            ("printing", Some("print"), 2),
            ("vpn", Some("vpn"), 0),
            ("größe", None, 1),
            ("db012345", None, 0),
        ] {
            let stems = Stemming::new(&[Language::English]).stems(word);
            assert_eq!((stems[0].as_deref(), forgiven(word)), (root, typos), "{word}");
        }
    }
}
