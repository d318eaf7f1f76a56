//! Which lines of a mail stand in what it answers: mails that we sent or received are ours to compare with (BEY-05). Words are
//! compared, not characters: clients wrap lines, mark quotes, curl quotation marks and rewrite addresses.
//! Invariant: linear in the texts, and of the originals no more than [`QUOTE_WORDS_MAX`] words are looked at.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::line::Line;
use crate::limits::QUOTE_WORDS_MAX;

/// So many words in a row in both texts are no accident.
const RUN: usize = 4;

/// What is known about the words of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Match {
    pub words: usize,
    /// Of them, those that stand in an original.
    pub known: usize,
    /// Of them, those at the end that stand in none.
    pub tail: usize,
}

impl Match {
    /// The whole line stands in an original.
    pub fn is_known(self) -> bool {
        self.words > 0 && self.known == self.words
    }

    /// Somebody wrote here what stands in no original: the whole line, or behind the question.
    pub fn is_new(self) -> bool {
        self.words > self.known && (self.tail > 0 || (self.words - self.known) * 4 >= self.words)
    }
}

/// The words of the originals, in runs and in whole lines.
#[derive(Debug, Default)]
pub struct Originals {
    runs: HashSet<u64>,
    lines: HashSet<u64>,
}

impl Originals {
    /// The newest first: of too many words, the oldest are left out.
    pub fn of(texts: &[&str]) -> Originals {
        let mut found = Originals::default();
        let mut left = QUOTE_WORDS_MAX;
        for text in texts {
            let mut all = Vec::new();
            for line in text.lines() {
                let from = all.len();
                words(line, &mut all);
                if all.len() > from {
                    found.lines.insert(together(&all[from..]));
                }
                if all.len() >= left {
                    break;
                }
            }
            found.runs.extend(all.windows(RUN).map(together));
            left = left.saturating_sub(all.len());
            if left == 0 {
                break;
            }
        }
        found
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What is known of each line.
    pub fn compare(&self, lines: &[Line<'_>]) -> Vec<Match> {
        let mut all = Vec::new();
        let mut ends = Vec::with_capacity(lines.len());
        for line in lines {
            words(&line.words, &mut all);
            ends.push(all.len());
        }
        let mut known = vec![false; all.len()];
        for (at, run) in all.windows(RUN).enumerate() {
            if self.runs.contains(&together(run)) {
                known[at..at + RUN].fill(true);
            }
        }
        let mut from = 0;
        ends.into_iter()
            .map(|end| {
                let mine = &mut known[from..end];
                if !mine.is_empty() && self.lines.contains(&together(&all[from..end])) {
                    mine.fill(true);
                }
                let tail = mine.iter().rev().take_while(|it| !**it).count();
                let found = Match { words: mine.len(), known: mine.iter().filter(|it| **it).count(), tail };
                from = end;
                found
            })
            .collect()
    }
}

/// Adds the words of a line, as numbers. Addresses are left out, since gateways rewrite them.
fn words(line: &str, into: &mut Vec<u64>) {
    for (index, chunk) in line.split_whitespace().enumerate() {
        // The number of an item is the list's, and gone where the list is HTML.
        let numbers = index == 0 && chunk.len() <= 4 && chunk.ends_with(['.', ')']) && chunk.starts_with(|c: char| c.is_ascii_digit());
        if numbers || is_address(chunk) {
            continue;
        }
        let mut word = DefaultHasher::new();
        let mut any = false;
        for c in chunk.chars() {
            if is_ideograph(c) {
                finish(&mut word, &mut any, into);
                into.push(one(c));
            } else if c.is_alphanumeric() {
                c.to_lowercase().for_each(|it| it.hash(&mut word));
                any = true;
            } else if !matches!(c, '\'' | '’' | '‘' | '`' | '´' | '\u{ad}' | '\u{200b}' | '_' | '*') {
                finish(&mut word, &mut any, into);
            }
        }
        finish(&mut word, &mut any, into);
    }
}

fn finish(word: &mut DefaultHasher, any: &mut bool, into: &mut Vec<u64>) {
    if std::mem::take(any) {
        into.push(std::mem::take(word).finish());
    }
}

fn one(c: char) -> u64 {
    let mut hasher = DefaultHasher::new();
    c.hash(&mut hasher);
    hasher.finish()
}

/// Scripts that put no blanks between words: each character counts as one.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_address(chunk: &str) -> bool {
    chunk.contains("://") || chunk.starts_with("www.") || chunk.starts_with("mailto:")
}

fn together(words: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::quote::line::of_text;

    #[test]
    fn lines_are_found_however_they_were_changed() {
        let original = "Hello Ann,\n\nplease tell us: does the printer’s light blink when you switch it on? See https://a.example/x.\nWhich model is it?\n日本語の文章です。";
        let originals = Originals::of(&[original]);
        for (line, known, new) in [
            ("> please tell us: does the printer's light", true, false),
            ("please tell us: does the printer's light blink when you switch it on? See <https://safe.example/?url=x>.", true, false),
            ("Which model is it?", true, false),
            ("Which model is it? An old one.", false, true),
            ("日本語の文章です。", true, false),
            ("日本語の文章です。はい、そうです。", false, true),
            ("1. Which model is it?", true, false),
            ("Yes, it does.", false, true),
            ("***", false, false),
        ] {
            let got = originals.compare(&[of_text(line)])[0];
            assert_eq!((got.is_known(), got.is_new()), (known, new), "{line}: {got:?}");
        }
    }
}
