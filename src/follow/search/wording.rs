//! How words become index queries. A ticket's own number comes first, then exact words (in the title more than in the texts), other
//! forms of them, what means the same, words that begin so, and typos last.

use std::{collections::BTreeSet, ops::Bound};

use tantivy::{
    TantivyError, Term,
    query::{BoostQuery, ConstScoreQuery, FuzzyTermQuery, InvertedIndexRangeQuery, PhrasePrefixQuery, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use crate::desk::query::{Cond, NumberTest, TextQuery, TextScope, ticket_number};

use super::{
    question::{Asked, Asking, Spelling, all_of, any_of},
    steady::Steady,
    words::{Stemming, Word, akin, forgiven, is_paired, respelled, words_asked},
};

const NUMBER_SCORE: f32 = 1000.0;
const TITLE_BOOST: f32 = 3.0;
const NAMES_BOOST: f32 = 2.0;
const FORM_SCORE: f32 = 0.05;
const PREFIX_SCORE: f32 = 0.04;
const COMPOUND_SCORE: f32 = 0.01;
const TYPO_SCORE: f32 = 0.002;
/// What means the same as a word counts like other forms of it, and in it the one that fits better comes first.
const SYNONYM_BOOST: f32 = 0.005;
const SYNONYM_FORM_SCORE: f32 = 0.004;
const RESPELLED_BOOST: f32 = 0.5;
/// Shorter words begin too many others to be a part of them.
const COMPOUND_CHARS_MIN: usize = 5;
/// Other forms of one word that are looked for, and words that are looked at to find them.
const FORMS_MAX: usize = 32;
const FORMS_SCANNED_MAX: usize = 2000;
/// Where every word is in more tickets than this, whether they stand side by side is looked for in titles only: elsewhere it means
/// reading where they stand in each of these tickets.
const COMMON: u64 = 10_000;
/// The same for titles, of which the zones of the newest are read: whoever looks for the next phrase reads on far beyond them.
const COMMON_IN_TITLES: u64 = 100_000;
/// Words with one beginning that are asked for one by one.
const BEGINNINGS_MAX: usize = 64;
/// Continuations of the last word of a phrase.
const PHRASE_ENDINGS_MAX: u32 = 1024;

/// Queries of which any may hold.
type Ways = Vec<Box<dyn Query>>;

impl Asking<'_> {
    /// The fields in which words of this scope are looked for, each with what a word in it is worth.
    fn text_fields(&self, scope: TextScope) -> Vec<(Field, f32)> {
        let mut fields = Vec::new();
        if scope != TextScope::Text {
            fields.push((self.fields.title, TITLE_BOOST));
        }
        if scope != TextScope::Title {
            if self.others {
                fields.push((self.fields.names, NAMES_BOOST));
            }
            fields.push((self.fields.public_text, 1.0));
            if self.notes {
                fields.push((self.fields.private_text, 1.0));
            }
        }
        fields
    }

    pub(super) fn text(&self, text: &TextQuery) -> Asked {
        let words = words_asked(&text.text);
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        for (field, boost) in self.text_fields(text.scope) {
            match words.as_slice() {
                [] => {}
                [word] => self.word(field, boost, word, text, &mut ways)?,
                words => self.words(field, boost, words, text, &mut ways),
            }
        }
        if !text.phrase && self.spelling != Spelling::Exact {
            let words: Vec<&str> = words.iter().map(|it| it.text.as_str()).collect();
            ways.extend(self.synonyms(&words, text.scope)?);
        }
        ways.extend(self.own_number(text).map(|it| Box::new(ConstScoreQuery::new(it, NUMBER_SCORE)) as Box<dyn Query>));
        Ok(any_of(ways))
    }

    /// The ticket that has this text as its number, if it may be one.
    pub(super) fn own_number(&self, text: &TextQuery) -> Option<Box<dyn Query>> {
        let (prefix, ordinal) = ticket_number(&text.text).filter(|_| text.scope == TextScope::All)?;
        Some(self.number(&NumberTest { prefix, from: ordinal, to: ordinal }))
    }

    /// Words that must all be there are worth more side by side. It is asked for besides, never instead.
    pub(super) fn side_by_side(&self, conds: &[Cond]) -> Option<Box<dyn Query>> {
        if self.spelling == Spelling::Exact {
            return None;
        }
        let texts = conds.iter().filter_map(|cond| match cond {
            Cond::Text(TextQuery { text, phrase: false, prefix: _, scope: TextScope::All }) => Some(text.as_str()),
            _ => None,
        });
        let words = words_asked(&texts.collect::<Vec<_>>().join(" "));
        if words.len() < 2 {
            return None;
        }
        let phrase = |field| {
            let terms = words.iter().map(|word| (word.position, Term::from_field_text(field, &word.text))).collect();
            phrase_of(terms)
        };
        let is_common = |field: Field| {
            let most = if field == self.fields.title { COMMON_IN_TITLES } else { COMMON };
            words.iter().all(|it| self.tickets_with(field, &it.text) > most)
        };
        let fields: Vec<_> = self.text_fields(TextScope::All).into_iter().filter(|it| !is_common(it.0)).collect();
        if fields.is_empty() {
            return None;
        }
        Some(any_of(fields.into_iter().map(|(field, boost)| Box::new(BoostQuery::new(phrase(field), boost)) as Box<dyn Query>).collect()))
    }

    /// How many tickets have this word in this field, give or take those that changed lately.
    fn tickets_with(&self, field: Field, word: &str) -> u64 {
        self.searcher.doc_freq(&Term::from_field_text(field, word)).unwrap_or(0)
    }

    /// One word in one field: as it is, in its other forms, as a beginning, with typos.
    fn word(&self, field: Field, boost: f32, word: &Word, text: &TextQuery, ways: &mut Vec<Box<dyn Query>>) -> Result<(), TantivyError> {
        let term = Term::from_field_text(field, &word.text);
        let exact = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
        ways.push(Box::new(BoostQuery::new(Box::new(exact), boost)));
        let lone = word.text.chars().count() == 1;
        if lone && word.text.chars().all(is_paired) || text.prefix && !lone {
            ways.push(Box::new(ConstScoreQuery::new(self.beginning(field, &word.text)?, PREFIX_SCORE * boost)));
        }
        if text.phrase {
            return Ok(());
        }
        if let Some(typed) = text.text.get(word.from..word.to) {
            for other in respelled(typed, &word.text) {
                let term = Term::from_field_text(field, &other);
                ways.push(Box::new(BoostQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), RESPELLED_BOOST * boost)));
            }
        }
        let is_part = word.text.chars().count() >= COMPOUND_CHARS_MIN && self.vocabulary.compounds() && forgiven(&word.text) > 0;
        if is_part && !text.prefix && self.spelling != Spelling::Exact {
            ways.push(Box::new(ConstScoreQuery::new(self.beginning(field, &word.text)?, COMPOUND_SCORE * boost)));
        }
        let forms = self.forms(field, &word.text)?;
        if !forms.is_empty() {
            ways.push(Box::new(ConstScoreQuery::new(any_word(field, &forms), FORM_SCORE * boost)));
        }
        let typos = forgiven(&word.text);
        if self.spelling == Spelling::Forgiving && typos > 0 {
            for distance in 1..=typos {
                let fuzzy = FuzzyTermQuery::new(term.clone(), distance, true);
                ways.push(Box::new(ConstScoreQuery::new(Box::new(fuzzy), TYPO_SCORE * boost)));
            }
        }
        Ok(())
    }

    /// Several words in one field, side by side: a phrase, an address, a host name.
    fn words(&self, field: Field, boost: f32, words: &[Word], text: &TextQuery, ways: &mut Vec<Box<dyn Query>>) {
        let first = words.first().map_or(0, |word| word.position);
        let terms: Vec<_> = words.iter().map(|word| (word.position - first, Term::from_field_text(field, &word.text))).collect();
        ways.push(Box::new(BoostQuery::new(phrase_of(terms.clone()), boost)));
        if text.prefix {
            let mut goes_on = PhrasePrefixQuery::new_with_offset(terms.clone());
            goes_on.set_max_expansions(PHRASE_ENDINGS_MAX);
            ways.push(Box::new(ConstScoreQuery::new(Box::new(Steady(Box::new(goes_on))), PREFIX_SCORE * boost)));
        }
        let digits = |word: &Word| word.text.chars().any(|it| it.is_ascii_digit() || is_paired(it));
        if self.spelling == Spelling::Forgiving && !text.phrase && !words.iter().any(digits) {
            let each = words.iter().zip(terms).map(|(word, (_, term))| -> Box<dyn Query> {
                match forgiven(&word.text) {
                    0 => Box::new(TermQuery::new(term, IndexRecordOption::Basic)),
                    typos => Box::new(FuzzyTermQuery::new(term, typos, true)),
                }
            });
            ways.push(Box::new(ConstScoreQuery::new(all_of(each.collect()), TYPO_SCORE * boost)));
        }
    }

    /// Other words of the field with the same stem in one of the desk's languages: `printers` and `printing` for `print`.
    pub(super) fn forms(&self, field: Field, word: &str) -> Result<Vec<String>, TantivyError> {
        let mut stemming = Stemming::new(self.vocabulary.languages());
        let roots = stemming.stems(word);
        // What the word and its stems begin with alike, so that forms of it begin so, too.
        let common = roots.iter().flatten().map(|root| shared_bytes(root, word)).min();
        let mut forms = BTreeSet::new();
        let Some(shared) = common.map(|it| word[..it].trim_end_matches(['i', 'y'])).filter(|it| it.chars().count() >= 3) else {
            return Ok(Vec::new());
        };
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(shared).lt(format!("{shared}{}", char::MAX)).into_stream()?;
            let mut scanned = 0;
            while scanned < FORMS_SCANNED_MAX && forms.len() < FORMS_MAX && stream.advance() {
                scanned += 1;
                if let Ok(other) = std::str::from_utf8(stream.key())
                    && other != word
                    && akin(&stemming.stems(other), &roots)
                {
                    forms.insert(other.to_owned());
                }
            }
        }
        Ok(forms.into_iter().collect())
    }

    /// Words that begin so. Few are asked for one by one, which costs less than to gather all that hold one of them.
    fn beginning(&self, field: Field, word: &str) -> Asked {
        let to = format!("{word}{}", char::MAX);
        let mut words = BTreeSet::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(word).le(&to).into_stream()?;
            while words.len() <= BEGINNINGS_MAX && stream.advance() {
                words.extend(std::str::from_utf8(stream.key()).ok().map(str::to_owned));
            }
        }
        if words.len() <= BEGINNINGS_MAX {
            return Ok(any_word(field, &words.into_iter().collect::<Vec<_>>()));
        }
        let term = |it: &str| Bound::Included(Term::from_field_text(field, it));
        Ok(Box::new(InvertedIndexRangeQuery::new(term(word), term(&to))))
    }

    /// Each of these conditions; where words beside each other mean the same as others, either will do.
    pub(super) fn all(&self, conds: &[Cond]) -> Result<Vec<Box<dyn Query>>, TantivyError> {
        let mut all = Vec::new();
        let mut rest = conds;
        while let [first, others @ ..] = rest {
            if let Some((length, mut ways)) = self.said_otherwise(rest)? {
                let own = rest[..length].iter().map(|it| self.cond(it)).collect::<Result<_, _>>()?;
                ways.insert(0, all_of(own));
                all.push(any_of(ways));
                rest = &rest[length..];
            } else {
                all.push(self.cond(first)?);
                rest = others;
            }
        }
        Ok(all)
    }

    /// How many of these conditions are words that together mean the same as others, and those others. A single one is `text`'s.
    fn said_otherwise(&self, conds: &[Cond]) -> Result<Option<(usize, Ways)>, TantivyError> {
        if self.spelling == Spelling::Exact {
            return Ok(None);
        }
        let said = |cond: &Cond| match cond {
            Cond::Text(TextQuery { text, phrase: false, prefix: _, scope: TextScope::All }) => Some(words_asked(text)),
            _ => None,
        };
        let run: Vec<Vec<Word>> = conds.iter().take(self.vocabulary.words_max()).map_while(said).collect();
        for length in (2..=run.len()).rev() {
            let words: Vec<&str> = run[..length].iter().flatten().map(|it| it.text.as_str()).collect();
            let ways = self.synonyms(&words, TextScope::All)?;
            if !ways.is_empty() {
                return Ok(Some((length, ways)));
            }
        }
        Ok(None)
    }

    /// What means the same as these words.
    fn synonyms(&self, words: &[&str], scope: TextScope) -> Result<Ways, TantivyError> {
        let mut ways = Ways::new();
        for other in self.vocabulary.same_as(words) {
            for (field, boost) in self.text_fields(scope) {
                let terms: Vec<_> = other.iter().enumerate().map(|(at, word)| (at, Term::from_field_text(field, word))).collect();
                let query = match (other, terms.as_slice()) {
                    ([word], [(_, term)]) => {
                        let forms = self.forms(field, word)?;
                        ways.push(Box::new(ConstScoreQuery::new(any_word(field, &forms), SYNONYM_FORM_SCORE * boost)));
                        Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)) as Box<dyn Query>
                    }
                    _ => phrase_of(terms),
                };
                ways.push(Box::new(BoostQuery::new(query, SYNONYM_BOOST * boost)));
            }
        }
        Ok(ways)
    }
}

/// How many bytes two words begin with alike.
fn shared_bytes(a: &str, b: &str) -> usize {
    a.char_indices().zip(b.chars()).take_while(|((_, a), b)| a == b).last().map_or(0, |((at, it), _)| at + it.len_utf8())
}

/// Words side by side.
fn phrase_of(terms: Vec<(usize, Term)>) -> Box<dyn Query> {
    Box::new(Steady(Box::new(PhraseQuery::new_with_offset(terms))))
}

/// Any of these words. Their lists are read as far as somebody looks, where a set of terms would read all of them before the first match.
fn any_word(field: Field, words: &[String]) -> Box<dyn Query> {
    let term = |it: &String| -> Box<dyn Query> { Box::new(TermQuery::new(Term::from_field_text(field, it), IndexRecordOption::Basic)) };
    any_of(words.iter().map(term).collect())
}
