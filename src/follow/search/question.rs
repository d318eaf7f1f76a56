//! What is asked of the index and what it answers, and how a condition becomes an index query.
//! Filters never change a score; words do: the ticket's own number first, then exact words (in the title more than in the texts),
//! other forms of them, words that begin so, and typos last.

use std::ops::Bound;

use tantivy::{
    Searcher, TantivyError, Term,
    query::{
        AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, FuzzyTermQuery, InvertedIndexRangeQuery, Occur, PhrasePrefixQuery,
        PhraseQuery, Query, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

use uuid::Uuid;

use crate::desk::{
    query::{
        Breach, Cond, CustomMatch, CustomTest, Flag, NumberTest, Part, Presence, Sort, SortKey, StatusTest, Test, TextQuery, TextScope,
        TimeField, TimeRange, TimeTest, ticket_number,
    },
    tickets::access::{Grant, Scope},
};

use super::{
    facts::{custom_fact, fact, id_fact, key, sortable, sortable_instant, time_name},
    schema::{Fields, column_value},
    steady::Steady,
    words::{Word, forgiven, is_paired, stem, words_asked},
};

/// A question.
#[derive(Debug, Clone)]
pub struct SearchRequest<'a> {
    pub cond: &'a Cond,
    pub scope: Scope,
    /// The tickets whose notes the asker may read.
    pub notes: Scope,
    pub spelling: Spelling,
    pub sort: Sort,
    pub page: Page,
}

/// Whether words are searched for as they are, or also as they were perhaps meant. Lists and rules want the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// What holds the words.
    Exact,
    /// The same, and the closer together they stand, the earlier it comes.
    AsWritten,
    /// Typos are forgiven, too.
    Forgiving,
}

/// Which part of the answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Rows {
        offset: usize,
        limit: usize,
    },
    /// The rows that follow this one.
    After {
        key: SortKey,
        limit: usize,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage {
    pub hits: Vec<Hit>,
    /// All that match and may be seen, not just this page.
    pub total: usize,
}

/// A ticket that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    pub number: String,
    /// How well it fits; zero unless sorted by relevance.
    pub score: f32,
    /// Its place in the order, for the next page's cursor.
    pub key: SortKey,
}

const NUMBER_SCORE: f32 = 1000.0;
const TITLE_BOOST: f32 = 3.0;
const FORM_SCORE: f32 = 0.05;
const PREFIX_SCORE: f32 = 0.04;
const TYPO_SCORE: f32 = 0.002;
/// Other forms of one word that are looked for, and words that are looked at to find them.
const FORMS_MAX: usize = 32;
const FORMS_SCANNED_MAX: usize = 2000;
/// Where every word is in more tickets than this, whether they stand side by side is looked for in titles only: elsewhere it means
/// reading where they stand in each of these tickets.
const COMMON: u64 = 10_000;
/// Continuations of the last word of a phrase.
const PHRASE_ENDINGS_MAX: u32 = 1024;

type Found = Result<Box<dyn Query>, TantivyError>;

/// The index query of a question.
pub(super) fn question(fields: &Fields, searcher: &Searcher, request: &SearchRequest<'_>) -> Found {
    let asking = Asking { fields, searcher, notes: true, spelling: request.spelling };
    let without = Asking { notes: false, ..asking };
    let cond = match &request.notes {
        Scope::All => asking.cond(request.cond)?,
        Scope::Any(grants) if grants.is_empty() => without.cond(request.cond)?,
        // Where notes may be read the question is asked of all, elsewhere of what is public, so that a `NOT` tells nothing either.
        Scope::Any(grants) => any_of(vec![
            all_of(vec![asking.cond(request.cond)?, asking.granted(grants)]),
            all_of(vec![without.cond(request.cond)?, none_of(asking.granted(grants))]),
        ]),
    };
    Ok(match &request.scope {
        Scope::All => cond,
        Scope::Any(grants) => all_of(vec![cond, asking.granted(grants)]),
    })
}

#[derive(Clone, Copy)]
struct Asking<'a> {
    fields: &'a Fields,
    searcher: &'a Searcher,
    /// Whether notes are looked at.
    notes: bool,
    spelling: Spelling,
}

impl Asking<'_> {
    /// What one of these grants lets through.
    fn granted(&self, grants: &[Grant]) -> Box<dyn Query> {
        self.facts(grants.iter().map(|grant| match *grant {
            Grant::Participant(id) => id_fact(key::PARTICIPANT, id.0),
            Grant::Organization(id) => id_fact(key::ORGANIZATION, id.0),
            Grant::Department(id) => id_fact(key::DEPARTMENT, id.0),
            Grant::Queue(id) => id_fact(key::QUEUE, id.0),
            Grant::Assignee(id) => id_fact(key::ASSIGNEE, id.0),
        }))
    }

    fn cond(&self, cond: &Cond) -> Found {
        Ok(match cond {
            Cond::And(conds) => {
                let all = all_of(conds.iter().map(|cond| self.cond(cond)).collect::<Result<_, _>>()?);
                match self.side_by_side(conds) {
                    Some(closer) => Box::new(BooleanQuery::new(vec![(Occur::Must, all), (Occur::Should, closer)])),
                    None => all,
                }
            }
            Cond::Or(conds) => any_of(conds.iter().map(|cond| self.cond(cond)).collect::<Result<_, _>>()?),
            // What is left out must be what was written, not what resembles it.
            Cond::Not(cond) => none_of(Asking { spelling: Spelling::Exact, ..*self }.cond(cond)?),
            Cond::Test(test) => silent(self.test(test)),
            Cond::Text(text) => self.text(text)?,
        })
    }

    fn test(&self, test: &Test) -> Box<dyn Query> {
        match test {
            Test::Status(tests) => self.facts(tests.iter().map(|test| match test {
                StatusTest::Category(category) => fact(key::STATUS_CATEGORY, &category.code().to_string()),
                StatusTest::State(state) => fact(key::STATUS, state),
            })),
            Test::Kind(kinds) => self.facts(kinds.iter().map(|kind| fact(key::KIND, &kind.code().to_string()))),
            Test::Priority(levels) => self.facts(levels.iter().map(|level| fact(key::PRIORITY, &level.to_string()))),
            Test::Impact(levels) => self.facts(levels.iter().map(|level| fact(key::IMPACT, &level.to_string()))),
            Test::Urgency(levels) => self.facts(levels.iter().map(|level| fact(key::URGENCY, &level.to_string()))),
            Test::Queue(ids) => self.presence(&[key::QUEUE], ids),
            Test::Team(ids) => self.presence(&[key::TEAM], ids),
            Test::Assignee(ids) => self.presence(&[key::ASSIGNEE], ids),
            Test::Requester(ids) => self.presence(&[key::REQUESTER], ids),
            Test::Organization(ids) => self.presence(&[key::ORGANIZATION], ids),
            Test::Category(ids) => self.presence(&[key::CATEGORY], ids),
            Test::Asset(ids) => self.presence(&[key::ASSET], ids),
            Test::Item(ids) => self.presence(&[key::ITEM], ids),
            Test::Watcher(ids) => self.presence(&[key::WATCHER], ids),
            Test::Author(ids) if self.notes => self.presence(&[key::AUTHOR, key::NOTE_AUTHOR], ids),
            Test::Author(ids) => self.presence(&[key::AUTHOR], ids),
            Test::Department(ids) => self.presence(&[key::DEPARTMENT], ids),
            Test::Tag(tags) => self.keywords(key::TAG, tags),
            Test::Channel(channels) => self.facts(channels.iter().map(|channel| fact(key::CHANNEL, channel))),
            Test::Time(field, test) => self.time(*field, test),
            Test::Breach(breach) => self.breach(*breach),
            Test::Has(Part::Attachment) => self.has(key::ATTACHMENT),
            Test::Has(Part::Link) => self.has(key::LINK),
            Test::Has(Part::Note) if !self.notes => Box::new(EmptyQuery),
            Test::Has(Part::Note) => self.has(key::NOTE),
            Test::Is(Flag::Paused) => self.has(key::PAUSED),
            Test::Is(Flag::Vip) => self.has(key::VIP),
            Test::Is(Flag::Snoozed) => self.has(key::SNOOZED),
            Test::Is(Flag::OnUs) => self.has(key::ON_US),
            Test::Is(Flag::OnThem) => self.has(key::ON_THEM),
            Test::Number(test) => self.number(test),
            Test::Custom(test) => self.custom(test),
        }
    }

    fn fact_term(&self, fact: &str) -> Term {
        Term::from_field_text(self.fields.facts, fact)
    }

    /// Any of these facts.
    fn facts(&self, facts: impl Iterator<Item = String>) -> Box<dyn Query> {
        let mut terms: Vec<Term> = facts.map(|fact| self.fact_term(&fact)).collect();
        match terms.pop() {
            None => Box::new(EmptyQuery),
            Some(only) if terms.is_empty() => silent(Box::new(TermQuery::new(only, IndexRecordOption::Basic))),
            Some(last) => silent(Box::new(TermSetQuery::new(terms.into_iter().chain([last])))),
        }
    }

    fn has(&self, what: &str) -> Box<dyn Query> {
        self.facts([fact(key::HAS, what)].into_iter())
    }

    fn presence(&self, keys: &[&str], presence: &Presence) -> Box<dyn Query> {
        let any = || self.facts(keys.iter().map(|it| fact(key::HAS, it)));
        match presence {
            Presence::Any => any(),
            Presence::OneOf { ids, or_none } => {
                let named = self.facts(keys.iter().flat_map(|key| ids.iter().map(|id| id_fact(key, *id))));
                if *or_none { any_of(vec![named, none_of(any())]) } else { named }
            }
        }
    }

    fn keywords(&self, key: &str, words: &[Option<String>]) -> Box<dyn Query> {
        let named = self.facts(words.iter().flatten().map(|word| fact(key, word)));
        if words.contains(&None) { any_of(vec![named, none_of(self.has(key))]) } else { named }
    }

    fn time(&self, field: TimeField, test: &TimeTest) -> Box<dyn Query> {
        let TimeTest::Within(range) = test else {
            let has = match field {
                TimeField::Created | TimeField::Updated | TimeField::UpdatedPublicly => Box::new(AllQuery),
                _ => self.has(time_name(field)),
            };
            return if *test == TimeTest::Present { has } else { none_of(has) };
        };
        let term = |it| Term::from_field_u64(self.fields.time(field), column_value(it));
        let from = Bound::Included(range.from.map_or_else(|| Term::from_field_u64(self.fields.time(field), 0), term));
        let before = range.before.map_or(Bound::Unbounded, |it| Bound::Excluded(term(it)));
        if is_empty(range) { Box::new(EmptyQuery) } else { Box::new(RangeQuery::new(from, before)) }
    }

    fn breach(&self, breach: Breach) -> Box<dyn Query> {
        let any = || self.facts([key::BREACH_RESPONSE, key::BREACH_RESOLUTION].into_iter().map(|it| fact(key::HAS, it)));
        match breach {
            Breach::Any => any(),
            Breach::None => none_of(any()),
            Breach::Response => self.has(key::BREACH_RESPONSE),
            Breach::Resolution => self.has(key::BREACH_RESOLUTION),
        }
    }

    fn number(&self, test: &NumberTest) -> Box<dyn Query> {
        if test.from > test.to {
            return Box::new(EmptyQuery);
        }
        let term = |it| Bound::Included(Term::from_field_u64(self.fields.ordinal, it));
        let ordinals: Box<dyn Query> = Box::new(RangeQuery::new(term(test.from), term(test.to)));
        match &test.prefix {
            None => ordinals,
            Some(prefix) => all_of(vec![ordinals, self.facts([fact(key::NUMBER, prefix)].into_iter())]),
        }
    }

    fn custom(&self, custom: &CustomTest) -> Box<dyn Query> {
        let has = || self.facts([custom_fact(key::HAS, key::CUSTOM, &custom.key)].into_iter());
        let between = |kind, from: String, to: Bound<String>| -> Box<dyn Query> {
            let term = |value: String| self.fact_term(&custom_fact(kind, &custom.key, &value));
            Box::new(InvertedIndexRangeQuery::new(Bound::Included(term(from)), to.map(term)))
        };
        match &custom.test {
            CustomMatch::Any => has(),
            CustomMatch::None => none_of(has()),
            CustomMatch::OneOf(values) => self.facts(values.iter().map(|value| custom_fact(key::CUSTOM, &custom.key, value))),
            CustomMatch::Between(from, to) => between(key::CUSTOM_NUMBER, sortable(*from), Bound::Included(sortable(*to))),
            CustomMatch::Within(range) => {
                let from = range.from.map_or_else(String::new, sortable_instant);
                // Letters of a number never come after `g`.
                let before = range.before.map_or_else(|| "g".to_owned(), sortable_instant);
                between(key::CUSTOM_TIME, from, Bound::Excluded(before))
            }
        }
    }

    /// The fields in which words of this scope are looked for, each with what a word in it is worth.
    fn text_fields(&self, scope: TextScope) -> Vec<(Field, f32)> {
        let mut fields = Vec::new();
        if scope != TextScope::Text {
            fields.push((self.fields.title, TITLE_BOOST));
        }
        if scope != TextScope::Title {
            fields.push((self.fields.public_text, 1.0));
            if self.notes {
                fields.push((self.fields.private_text, 1.0));
            }
        }
        fields
    }

    fn text(&self, text: &TextQuery) -> Found {
        let words = words_asked(&text.text);
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        for (field, boost) in self.text_fields(text.scope) {
            match words.as_slice() {
                [] => {}
                [word] => self.word(field, boost, word, text, &mut ways)?,
                words => self.words(field, boost, words, text, &mut ways),
            }
        }
        if text.scope == TextScope::All
            && let Some((prefix, ordinal)) = ticket_number(&text.text)
        {
            let number = self.number(&NumberTest { prefix, from: ordinal, to: ordinal });
            ways.push(Box::new(ConstScoreQuery::new(number, NUMBER_SCORE)));
        }
        Ok(any_of(ways))
    }

    /// Words that must all be there are worth more side by side. It is asked for besides, never instead.
    fn side_by_side(&self, conds: &[Cond]) -> Option<Box<dyn Query>> {
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
        let is_common = |field| words.iter().all(|it| self.tickets_with(field, &it.text) > COMMON);
        let fields = self.text_fields(TextScope::All).into_iter().filter(|(field, _)| *field == self.fields.title || !is_common(*field));
        Some(any_of(fields.map(|(field, boost)| Box::new(BoostQuery::new(phrase(field), boost)) as Box<dyn Query>).collect()))
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
            ways.push(Box::new(ConstScoreQuery::new(beginning(field, &word.text), PREFIX_SCORE * boost)));
        }
        if text.phrase {
            return Ok(());
        }
        let forms = self.forms(field, &word.text)?;
        if !forms.is_empty() {
            let terms = forms.iter().map(|form| Term::from_field_text(field, form));
            ways.push(Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), FORM_SCORE * boost)));
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

    /// Other words of the field with the same stem: `printers` and `printing` for `print`.
    fn forms(&self, field: Field, word: &str) -> Result<Vec<String>, TantivyError> {
        let root = stem(word);
        let common = root.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        let shared = word[..common].trim_end_matches(['i', 'y']);
        let mut forms = Vec::new();
        // A word without a stem of its own may still be the stem of others, unless it is no English word at all.
        if shared.len() < 3 || !word.bytes().all(|it| it.is_ascii_lowercase()) {
            return Ok(forms);
        }
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(shared).lt(format!("{shared}{{")).into_stream()?;
            let mut scanned = 0;
            while scanned < FORMS_SCANNED_MAX && forms.len() < FORMS_MAX && stream.advance() {
                scanned += 1;
                if let Ok(other) = std::str::from_utf8(stream.key())
                    && other != word
                    && stem(other) == root
                {
                    forms.push(other.to_owned());
                }
            }
        }
        Ok(forms)
    }
}

fn is_empty(range: &TimeRange) -> bool {
    matches!((range.from, range.before), (Some(from), Some(before)) if from >= before)
}

/// Words side by side.
fn phrase_of(terms: Vec<(usize, Term)>) -> Box<dyn Query> {
    Box::new(Steady(Box::new(PhraseQuery::new_with_offset(terms))))
}

/// Words that begin so.
fn beginning(field: Field, word: &str) -> Box<dyn Query> {
    let from = Bound::Included(Term::from_field_text(field, word));
    let to = Bound::Included(Term::from_field_text(field, &format!("{word}{}", char::MAX)));
    Box::new(InvertedIndexRangeQuery::new(from, to))
}

/// A query that adds nothing to a score.
fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

fn all_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => silent(Box::new(AllQuery)),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::intersection(queries)),
    }
}

fn any_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

fn none_of(query: Box<dyn Query>) -> Box<dyn Query> {
    silent(Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, Box::new(Steady(query)))])))
}
