//! What is asked of the index and what it answers, and how a condition becomes an index query: who may read what, and filters.
//! Filters never change a score; words do, see `wording`.

use std::ops::Bound;

use tantivy::{
    Searcher, TantivyError, Term,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery,
    },
    schema::IndexRecordOption,
};

use uuid::Uuid;

use crate::desk::{
    knowledge::{State, Visibility},
    query::{
        Breach, Cond, CustomMatch, CustomTest, Flag, NumberTest, Part, Presence, Sort, SortKey, StatusTest, Test, TimeField, TimeRange,
        TimeTest,
    },
    tickets::access::{Grant, Scope},
};

use super::{
    document::Found,
    facts::{custom_fact, fact, id_fact, key, primary, sortable, sortable_instant, time_name},
    schema::{Fields, column_value},
    steady::Steady,
    vocabulary::Vocabulary,
};

/// A question.
#[derive(Debug, Clone)]
pub struct SearchRequest<'a> {
    pub cond: &'a Cond,
    pub scope: Scope,
    /// The tickets whose notes the asker may read.
    pub notes: Scope,
    /// What is searched besides tickets, or instead of them.
    pub among: &'a Among,
    pub vocabulary: &'a Vocabulary,
    pub spelling: Spelling,
    pub sort: Sort,
    pub page: Page,
}

/// What is searched, as far as the asker may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Among {
    /// Those that the scope lets through.
    pub tickets: bool,
    pub articles: Option<Articles>,
    pub people: Option<People>,
}

impl Among {
    pub const TICKETS: Among = Among { tickets: true, articles: None, people: None };

    fn others(&self) -> bool {
        self.articles.is_some() || self.people.is_some()
    }
}

/// Which articles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Articles {
    /// For whom those are that the asker reads, once they are published.
    pub read: Vec<Visibility>,
    /// The asker writes, and so reads all of them, drafts among them.
    pub all: bool,
    /// None: any.
    pub state: Option<State>,
    pub category: Option<Uuid>,
    /// All of them.
    pub tags: Vec<String>,
    /// Those of this language alone, whatever its region.
    pub language: Option<String>,
}

/// Which people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Those alone who may sign in.
    pub active: bool,
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

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub id: Uuid,
    pub found: Found,
    /// Of a ticket; empty otherwise.
    pub number: String,
    /// How well it fits; zero unless sorted by relevance.
    pub score: f32,
    /// Its place in the order, for the next page's cursor.
    pub key: SortKey,
}

pub(super) type Asked = Result<Box<dyn Query>, TantivyError>;

/// The index query of a question.
pub(super) fn question(fields: &Fields, searcher: &Searcher, request: &SearchRequest<'_>) -> Asked {
    let asking = Asking {
        fields,
        searcher,
        notes: true,
        others: request.among.others(),
        spelling: request.spelling,
        vocabulary: request.vocabulary,
    };
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
    Ok(asking.readable(request, cond))
}

#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub fields: &'a Fields,
    pub searcher: &'a Searcher,
    /// Whether notes are looked at.
    pub notes: bool,
    /// Whether something besides tickets is looked for.
    pub others: bool,
    pub spelling: Spelling,
    pub vocabulary: &'a Vocabulary,
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

    /// Of what a condition lets through, what is searched and may be read.
    fn readable(&self, request: &SearchRequest<'_>, cond: Box<dyn Query>) -> Box<dyn Query> {
        let Among { tickets, articles, people } = request.among;
        let mut ways: Vec<Box<dyn Query>> = Vec::new();
        match &request.scope {
            _ if !tickets => {}
            // What is no ticket is little, and quicker left out than all tickets are looked for.
            Scope::All if !self.others => {
                let other = self.has(key::OTHER);
                return Box::new(BooleanQuery::new(vec![(Occur::Must, cond), (Occur::MustNot, Box::new(Steady(other)))]));
            }
            Scope::All => ways.push(none_of(self.has(key::OTHER))),
            Scope::Any(grants) => ways.push(self.granted(grants)),
        }
        ways.extend(articles.as_ref().map(|it| self.articles(it)));
        if let Some(People { active }) = people {
            let all = self.facts([fact(key::TYPE, key::PERSON)].into_iter());
            ways.push(if *active { all_of(vec![all, self.has(key::ACTIVE)]) } else { all });
        }
        all_of(vec![cond, any_of(ways)])
    }

    fn articles(&self, wanted: &Articles) -> Box<dyn Query> {
        let one = |fact| self.facts([fact].into_iter());
        let mut all = vec![one(fact(key::TYPE, key::ARTICLE))];
        if !wanted.all {
            all.push(self.facts(wanted.read.iter().map(|it| fact(key::READ_BY, it.name()))));
        }
        all.extend(wanted.state.map(|it| one(fact(key::ARTICLE_STATE, it.name()))));
        all.extend(wanted.category.map(|it| one(id_fact(key::ARTICLE_CATEGORY, it))));
        all.extend(wanted.tags.iter().map(|it| one(fact(key::ARTICLE_TAG, &it.to_lowercase()))));
        all.extend(wanted.language.iter().map(|it| one(fact(key::ARTICLE_LANGUAGE, &primary(it)))));
        all_of(all)
    }

    pub(super) fn cond(&self, cond: &Cond) -> Asked {
        Ok(match cond {
            Cond::And(conds) => {
                let all = all_of(self.all(conds)?);
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

    pub(super) fn number(&self, test: &NumberTest) -> Box<dyn Query> {
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
}

fn is_empty(range: &TimeRange) -> bool {
    matches!((range.from, range.before), (Some(from), Some(before)) if from >= before)
}

/// A query that adds nothing to a score.
pub(super) fn silent(query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

pub(super) fn all_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => silent(Box::new(AllQuery)),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::intersection(queries)),
    }
}

pub(super) fn any_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

pub(super) fn none_of(query: Box<dyn Query>) -> Box<dyn Query> {
    silent(Box::new(BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, Box::new(Steady(query)))])))
}
