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

/// The stem of an English word; other words stay what they are.
pub(super) fn stem(word: &str) -> String {
    if !word.bytes().all(|it| it.is_ascii_lowercase()) || word.len() < 4 {
        return word.to_owned();
    }
    let mut stemmer = TextAnalyzer::builder(Splitter).filter(Stemmer::new(Language::English)).build();
    let mut stream = stemmer.token_stream(word);
    if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
}

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
    fn stems_and_forgives() {
        for (word, root, typos) in
            [("printers", "printer", 2), ("printing", "print", 2), ("vpn", "vpn", 0), ("größe", "größe", 1), ("db012345", "db012345", 0)]
        {
            assert_eq!((stem(word).as_str(), forgiven(word)), (root, typos), "{word}");
        }
    }
}
