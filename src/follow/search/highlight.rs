//! Shows why a ticket was found: the stretch of a text that holds most of what was asked for, and where in it the words stand.
//! The text comes from the caller, who has checked that it may be read. Words are compared as the index compares them.

use std::ops::Range;

use tantivy::tokenizer::Language;

use crate::{
    desk::query::{Cond, TextQuery, TextScope},
    limits::HIGHLIGHT_TEXT_BYTES_MAX,
    text::nearest::distance,
};

use super::{
    question::Spelling,
    vocabulary::Vocabulary,
    words::{Stemming, Stems, Word, akin, forgiven, is_paired, respelled, words_asked, words_of},
};

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// What was found, in bytes of `text`, in order, without overlap.
    pub marks: Vec<Range<usize>>,
}

impl Snippet {
    /// Safe HTML: everything escaped, what was found in `<mark>`.
    pub fn to_html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 13 * self.marks.len());
        let mut at = 0;
        for mark in &self.marks {
            escape(&self.text[at..mark.start], &mut html);
            html.push_str("<mark>");
            escape(&self.text[mark.clone()], &mut html);
            html.push_str("</mark>");
            at = mark.end;
        }
        escape(&self.text[at..], &mut html);
        html
    }
}

fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(letter),
        }
    }
}

/// Which words of a condition are to be shown.
#[derive(Debug, Clone)]
pub struct Highlighter {
    asked: Vec<Asked>,
    spelling: Spelling,
    languages: Vec<Language>,
}

#[derive(Debug, Clone)]
struct Asked {
    words: Vec<Word>,
    stems: Vec<Stems>,
    phrase: bool,
    prefix: bool,
    scope: TextScope,
}

impl Highlighter {
    /// The words that a condition asks for; those that it excludes are not shown.
    pub fn new(cond: &Cond, spelling: Spelling, vocabulary: &Vocabulary) -> Highlighter {
        let mut gathering = Gathering { vocabulary, stemming: Stemming::new(vocabulary.languages()), asked: Vec::new() };
        gathering.cond(cond);
        Highlighter { asked: gathering.asked, spelling, languages: vocabulary.languages().to_vec() }
    }

    /// The title, whole, with what was found in it; none if nothing was.
    pub fn title(&self, title: &str) -> Option<Snippet> {
        let marks = self.marks(title, TextScope::Title);
        (!marks.is_empty()).then(|| Snippet { text: title.to_owned(), marks })
    }

    /// The best stretch of a text, of about `chars_max` characters; none if nothing was found in it.
    pub fn text(&self, text: &str, chars_max: usize) -> Option<Snippet> {
        let marks = self.marks(text, TextScope::Text);
        // The window that begins a little before one of the marks and holds most of them.
        let lead = chars_max / 4;
        let (from, to, mark) = marks
            .iter()
            .map(|mark| {
                let from = back(text, mark.start, lead);
                let to = forth(text, from, chars_max).max(mark.end);
                let held = marks.iter().filter(|it| it.start >= mark.start && it.end <= to).count();
                (held, from, to, mark)
            })
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, from, to, mark)| (from, to, mark))?;
        let (from, to) = whole_words(text, from, to, mark);
        let inside = marks.iter().filter(|it| it.start >= from && it.end <= to).map(|it| it.start - from..it.end - from);
        Some(Snippet { marks: inside.collect(), text: text[from..to].to_owned() })
    }

    fn marks(&self, text: &str, scope: TextScope) -> Vec<Range<usize>> {
        let words = words_of(&text[..text.floor_char_boundary(HIGHLIGHT_TEXT_BYTES_MAX)]);
        let mut marks: Vec<Range<usize>> = Vec::new();
        let mut stemming = Stemming::new(&self.languages);
        for asked in self.asked.iter().filter(|asked| asked.scope == TextScope::All || asked.scope == scope) {
            for at in 0..words.len() {
                if let Some(end) = self.found(asked, &words[at..], &mut stemming) {
                    marks.push(words[at].from..end);
                }
            }
        }
        marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for mark in marks {
            match apart.last_mut() {
                Some(last) if mark.start < last.end || (mark.start == last.end && text[..mark.start].ends_with(is_paired)) => {
                    last.end = last.end.max(mark.end);
                }
                _ => apart.push(mark),
            }
        }
        apart
    }

    /// Where what was asked for ends, if these words begin with it.
    fn found(&self, asked: &Asked, words: &[Word], stemming: &mut Stemming) -> Option<usize> {
        let first = words.first()?.position;
        let base = asked.words.first()?.position;
        let mut end = 0;
        for (at, wanted) in asked.words.iter().enumerate() {
            let word = words.iter().find(|word| word.position - first == wanted.position - base)?;
            let last = at + 1 == asked.words.len();
            let same = word.text == wanted.text
                || (last && asked.prefix && word.text.starts_with(&wanted.text))
                || (!asked.phrase && asked.words.len() == 1 && self.resembles(&word.text, &wanted.text, &asked.stems[at], stemming));
            if !same {
                return None;
            }
            end = word.to;
        }
        Some(end)
    }

    fn resembles(&self, word: &str, wanted: &str, wanted_stems: &Stems, stemming: &mut Stemming) -> bool {
        // Forms of a word begin alike, which spares most words of a long text the stemmer.
        if word.chars().next() == wanted.chars().next() && akin(&stemming.stems(word), wanted_stems) {
            return true;
        }
        let typos = usize::from(forgiven(wanted));
        self.spelling == Spelling::Forgiving
            && word.len().abs_diff(wanted.len()) <= 4 * typos
            && typos > 0
            && distance(word, wanted) <= typos
    }
}

/// Gathers the words that a condition asks for, with what means the same.
struct Gathering<'a> {
    vocabulary: &'a Vocabulary,
    stemming: Stemming,
    asked: Vec<Asked>,
}

impl Gathering<'_> {
    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::And(conds) => {
                for at in 0..conds.len() {
                    self.said_otherwise(&conds[at..]);
                    self.cond(&conds[at]);
                }
            }
            Cond::Or(conds) => conds.iter().for_each(|cond| self.cond(cond)),
            Cond::Text(TextQuery { text, phrase, prefix, scope }) => {
                let words = words_asked(text);
                if let ([word], false) = (words.as_slice(), *phrase) {
                    let typed = text.get(word.from..word.to).unwrap_or_default();
                    for other in respelled(typed, &word.text) {
                        self.add(words_asked(&other), true, false, *scope);
                    }
                }
                if !phrase {
                    self.same(&words, *scope);
                }
                self.add(words, *phrase, *prefix, *scope);
            }
            Cond::Not(_) | Cond::Test(_) => {}
        }
    }

    fn add(&mut self, words: Vec<Word>, phrase: bool, prefix: bool, scope: TextScope) {
        let stems = words.iter().map(|word| self.stemming.stems(&word.text)).collect();
        self.asked.push(Asked { words, stems, phrase, prefix, scope });
    }

    fn same(&mut self, words: &[Word], scope: TextScope) {
        let words: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
        for same in self.vocabulary.same_as(&words) {
            self.add(words_asked(&same.join(" ")), false, false, scope);
        }
    }

    /// What means the same as several words that begin here.
    fn said_otherwise(&mut self, conds: &[Cond]) {
        let said = |cond: &Cond| match cond {
            Cond::Text(TextQuery { text, phrase: false, prefix: _, scope: TextScope::All }) => Some(words_asked(text)),
            _ => None,
        };
        let run: Vec<Vec<Word>> = conds.iter().take(self.vocabulary.words_max()).map_while(said).collect();
        for length in 2..=run.len() {
            self.same(&run[..length].concat(), TextScope::All);
        }
    }
}

fn back(text: &str, from: usize, chars: usize) -> usize {
    text[..from].char_indices().rev().take(chars).last().map_or(from, |(at, _)| at)
}

fn forth(text: &str, from: usize, chars: usize) -> usize {
    text[from..].char_indices().nth(chars).map_or(text.len(), |(at, _)| from + at)
}

/// Draws the ends in to spaces, where there are any near, but never over the mark.
fn whole_words(text: &str, from: usize, to: usize, mark: &Range<usize>) -> (usize, usize) {
    const NEAR_BYTES: usize = 24;
    let mut start = from;
    if from > 0 && !text[..from].ends_with(char::is_whitespace) {
        start = text[from..mark.start].find(char::is_whitespace).filter(|it| *it < NEAR_BYTES).map_or(from, |it| from + it + 1);
    }
    let mut end = to;
    if to < text.len() && !text[to..].starts_with(char::is_whitespace) {
        end = text[mark.end..to].rfind(char::is_whitespace).map(|it| mark.end + it).filter(|it| to - it < NEAR_BYTES).unwrap_or(to);
    }
    // A space of more than one byte may lie at the start.
    while !text.is_char_boundary(start) {
        start += 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asking(words: &[(&str, bool, bool)]) -> Highlighter {
        let text = |&(text, phrase, prefix): &(&str, bool, bool)| {
            Cond::Text(TextQuery { text: text.to_owned(), phrase, prefix, scope: TextScope::All })
        };
        Highlighter::new(&Cond::And(words.iter().map(text).collect()), Spelling::Forgiving, &Vocabulary::default())
    }

    #[test]
    fn marks_what_was_found() {
        for (words, title, html) in [
            (&[("vpn", false, false)][..], "No VPN <today>", Some("No <mark>VPN</mark> &lt;today&gt;")),
            (&[("print", false, false)], "Printers & printing", Some("Printers &amp; <mark>printing</mark>")),
            (&[("prin", false, true)], "A printer", Some("A <mark>printer</mark>")),
            (&[("pritner", false, false)], "A printer", Some("A <mark>printer</mark>")),
            (&[("mail server", true, false)], "The mail-server and a mail", Some("The <mark>mail-server</mark> and a mail")),
            (&[("anna@example.org", false, false)], "anna@example.org", Some("<mark>anna@example.org</mark>")),
            (&[("grosse", false, false)], "Die Größe", Some("Die <mark>Größe</mark>")),
            (&[("東京都", false, false)], "新東京都庁", Some("新<mark>東京都</mark>庁")),
            (&[("vpn", false, false)], "Printer", None),
        ] {
            assert_eq!(asking(words).title(title).map(|it| it.to_html()).as_deref(), html, "{title}");
        }
    }

    #[test]
    fn takes_the_stretch_that_holds_most() {
        let text = format!("vpn {} the vpn error again {}", "blah ".repeat(50), "blub ".repeat(50));
        let snippet = asking(&[("vpn", false, false), ("error", false, false)]).text(&text, 60).unwrap();
        assert!(snippet.to_html().contains("the <mark>vpn</mark> <mark>error</mark> again"), "{snippet:?}");
        assert!(snippet.text.len() <= 60 && snippet.text.starts_with("blah"), "{snippet:?}");
        let excluded =
            Cond::Not(Box::new(Cond::Text(TextQuery { text: "vpn".to_owned(), phrase: false, prefix: false, scope: TextScope::All })));
        assert_eq!(Highlighter::new(&excluded, Spelling::Exact, &Vocabulary::default()).text(&text, 60), None);
    }

    proptest! {
        #[test]
        fn a_snippet_is_safe_and_part_of_its_text(text in "[a-c<&\"äß京都\u{2003} é.-]{0,60}", asked in "[a-cäß京]{1,3}", chars in 0usize..40) {
            if let Some(snippet) = asking(&[(&asked, false, true)]).text(&text, chars) {
                prop_assert!(text.contains(&snippet.text) && !snippet.marks.is_empty());
                let html = snippet.to_html().replace("<mark>", "").replace("</mark>", "");
                prop_assert!(!html.contains(['<', '"']));
            }
        }
    }
}
