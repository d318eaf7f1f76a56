//! What is asked of the index and what it answers, and how a condition becomes an index query: who may read what, and filters.
//! Filters never change a score; words do, see `wording`.

use std::{ops::Bound, sync::Arc};

use tantivy::{
    Searcher, TantivyError, Term,
    query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, InvertedIndexRangeQuery, Occur, Query, TermQuery, TermSetQuery},
    schema::IndexRecordOption,
};

use uuid::Uuid;

use crate::desk::{
    knowledge::{State, Visibility},
    query::{
        Breach, Cond, CustomMatch, CustomTest, Flag, NumberTest, Part, Presence, Sort, SortKey, StatusTest, Test, TimeField, TimeRange,
        TimeTest, Total,
    },
    tickets::access::{Grant, Scope},
};

use super::{
    document::Found,
    facts::{custom_fact, fact, id_fact, key, primary, sortable, sortable_instant, time_name},
    newest,
    ordered::Known,
    schema::{Fields, column, column_value},
    steady::Steady,
    vocabulary::Vocabulary,
    within::Within,
    zones::Zones,
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
    /// How many match and may be seen, not just on this page; of very many, at least how many.
    pub total: Total,
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
pub(super) fn question(fields: &Fields, searcher: &Searcher, zones: &Arc<Zones>, request: &SearchRequest<'_>) -> Asked {
    let asking = Asking {
        fields,
        searcher,
        zones,
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

/// The index query of a question, and what of it is little and must not be missed.
pub(super) fn asked(
    fields: &Fields,
    searcher: &Searcher,
    zones: &Arc<Zones>,
    request: &SearchRequest<'_>,
) -> Result<newest::Asked, TantivyError> {
    let asking = Asking {
        fields,
        searcher,
        zones,
        notes: false,
        others: request.among.others(),
        spelling: request.spelling,
        vocabulary: request.vocabulary,
    };
    let mut little = Vec::new();
    // Alone, they are what is much.
    if asking.others && request.among.tickets {
        little.push(asking.has(key::OTHER));
    }
    asking.numbers(request.cond, &mut little);
    let little = if little.is_empty() { None } else { Some(silent(any_of(little))) };
    Ok(newest::Asked { whole: question(fields, searcher, zones, request)?, little })
}

/// Of what is asked for, what has a fact with one of these values.
pub(super) fn having_any(fields: &Fields, asked: newest::Asked, key: &str, values: &[String]) -> newest::Asked {
    let any = any_fact(fields, values.iter().map(|it| fact(key, it)));
    newest::Asked { whole: all_of(vec![asked.whole, any]), little: asked.little }
}

fn any_fact(fields: &Fields, facts: impl Iterator<Item = String>) -> Box<dyn Query> {
    let terms: Vec<Term> = facts.map(|it| Term::from_field_text(fields.facts, &it)).collect();
    if terms.len() > FACTS_SIDE_BY_SIDE_MAX {
        return silent(Box::new(TermSetQuery::new(terms)));
    }
    let one = |it| -> Box<dyn Query> { Box::new(TermQuery::new(it, IndexRecordOption::Basic)) };
    match terms.is_empty() {
        true => Box::new(EmptyQuery),
        false => silent(any_of(terms.into_iter().map(one).collect())),
    }
}

/// The total of a question, where it is known without a look at what fits.
pub(super) fn known(fields: &Fields, searcher: &Searcher, zones: &Arc<Zones>, request: &SearchRequest<'_>) -> Option<Known> {
    let all_tickets = matches!(request.scope, Scope::All) && *request.among == Among::TICKETS;
    // Where some notes may be read, what a fact means differs from ticket to ticket.
    let notes = match &request.notes {
        Scope::All => true,
        Scope::Any(grants) if grants.is_empty() => false,
        Scope::Any(_) => return None,
    };
    let mut tests = Vec::new();
    if !all_tickets || !are_tests(request.cond, &mut tests) {
        return None;
    }
    let others = false;
    let asking = Asking { fields, searcher, zones, notes, others, spelling: request.spelling, vocabulary: request.vocabulary };
    match tests.as_slice() {
        [] => Some(Known::AllBut(asking.has(key::OTHER))),
        // A list of closed tickets asks for them twice, if its condition does so, too.
        [one, rest @ ..] if rest.iter().all(|it| it == one) => match asking.meaning(one) {
            Meaning::AnyOf(facts) if facts.len() == 1 => facts.first().map(|it| Known::Fact(asking.fact_term(it))),
            Meaning::AnyOf(_) | Meaning::Query(_) => None,
        },
        _ => None,
    }
}

/// Facts whose lists are read side by side, as far as somebody looks. The lists of more are gathered whole before the first match.
const FACTS_SIDE_BY_SIDE_MAX: usize = 64;

/// What a test asks for.
enum Meaning {
    /// One of these facts is enough.
    AnyOf(Vec<String>),
    Query(Box<dyn Query>),
}

/// Whether a condition is that all of some tests hold, and which.
fn are_tests<'a>(cond: &'a Cond, tests: &mut Vec<&'a Test>) -> bool {
    match cond {
        Cond::And(conds) => conds.iter().all(|it| are_tests(it, tests)),
        Cond::Test(test) => {
            tests.push(test);
            true
        }
        Cond::Or(_) | Cond::Not(_) | Cond::Text(_) => false,
    }
}

#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub fields: &'a Fields,
    pub searcher: &'a Searcher,
    pub zones: &'a Arc<Zones>,
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
        match self.meaning(test) {
            Meaning::AnyOf(facts) => self.facts(facts.into_iter()),
            Meaning::Query(it) => it,
        }
    }

    fn meaning(&self, test: &Test) -> Meaning {
        use Meaning::{AnyOf, Query};
        let has = |what| AnyOf(vec![fact(key::HAS, what)]);
        match test {
            Test::Status(tests) => AnyOf(
                tests
                    .iter()
                    .map(|test| match test {
                        StatusTest::Category(category) => fact(key::STATUS_CATEGORY, &category.code().to_string()),
                        StatusTest::State(state) => fact(key::STATUS, state),
                    })
                    .collect(),
            ),
            Test::Kind(kinds) => AnyOf(kinds.iter().map(|kind| fact(key::KIND, &kind.code().to_string())).collect()),
            Test::Priority(levels) => AnyOf(levels.iter().map(|level| fact(key::PRIORITY, &level.to_string())).collect()),
            Test::Impact(levels) => AnyOf(levels.iter().map(|level| fact(key::IMPACT, &level.to_string())).collect()),
            Test::Urgency(levels) => AnyOf(levels.iter().map(|level| fact(key::URGENCY, &level.to_string())).collect()),
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
            Test::Channel(channels) => AnyOf(channels.iter().map(|channel| fact(key::CHANNEL, channel)).collect()),
            Test::Time(field, test) => Query(self.time(*field, test)),
            Test::Breach(breach) => self.breach(*breach),
            Test::Has(Part::Attachment) => has(key::ATTACHMENT),
            Test::Has(Part::Link) => has(key::LINK),
            Test::Has(Part::Note) if !self.notes => AnyOf(Vec::new()),
            Test::Has(Part::Note) => has(key::NOTE),
            Test::Is(Flag::Paused) => has(key::PAUSED),
            Test::Is(Flag::Vip) => has(key::VIP),
            Test::Is(Flag::Snoozed) => has(key::SNOOZED),
            Test::Is(Flag::OnUs) => has(key::ON_US),
            Test::Is(Flag::OnThem) => has(key::ON_THEM),
            Test::Number(test) => Query(self.number(test)),
            Test::Custom(test) => Query(self.custom(test)),
        }
    }

    fn fact_term(&self, fact: &str) -> Term {
        Term::from_field_text(self.fields.facts, fact)
    }

    /// Any of these facts.
    fn facts(&self, facts: impl Iterator<Item = String>) -> Box<dyn Query> {
        any_fact(self.fields, facts)
    }

    fn has(&self, what: &str) -> Box<dyn Query> {
        self.facts([fact(key::HAS, what)].into_iter())
    }

    fn presence(&self, keys: &[&str], presence: &Presence) -> Meaning {
        let any = || keys.iter().map(|it| fact(key::HAS, it)).collect();
        match presence {
            Presence::Any => Meaning::AnyOf(any()),
            Presence::OneOf { ids, or_none } => {
                let named = keys.iter().flat_map(|key| ids.iter().map(|id| id_fact(key, *id))).collect();
                if *or_none { self.or_none_of(named, any()) } else { Meaning::AnyOf(named) }
            }
        }
    }

    fn keywords(&self, key: &str, words: &[Option<String>]) -> Meaning {
        let named = words.iter().flatten().map(|word| fact(key, word)).collect();
        if words.contains(&None) { self.or_none_of(named, vec![fact(key::HAS, key)]) } else { Meaning::AnyOf(named) }
    }

    /// Any of some facts, or none of others.
    fn or_none_of(&self, facts: Vec<String>, others: Vec<String>) -> Meaning {
        Meaning::Query(any_of(vec![self.facts(facts.into_iter()), none_of(self.facts(others.into_iter()))]))
    }

    fn time(&self, field: TimeField, test: &TimeTest) -> Box<dyn Query> {
        let TimeTest::Within(range) = test else {
            let has = match field {
                TimeField::Created | TimeField::Updated | TimeField::UpdatedPublicly => Box::new(AllQuery),
                _ => self.has(time_name(field)),
            };
            return if *test == TimeTest::Present { has } else { none_of(has) };
        };
        let from = range.from.map_or(0, column_value);
        let to = range.before.map_or(u64::MAX, |it| column_value(it).saturating_sub(1));
        if is_empty(range) { Box::new(EmptyQuery) } else { self.within(time_name(field), from, to) }
    }

    fn within(&self, column: &'static str, from: u64, to: u64) -> Box<dyn Query> {
        silent(Box::new(Within { column, from, to, zones: self.zones.clone() }))
    }

    fn breach(&self, breach: Breach) -> Meaning {
        let any = || [key::BREACH_RESPONSE, key::BREACH_RESOLUTION].map(|it| fact(key::HAS, it)).into();
        match breach {
            Breach::Any => Meaning::AnyOf(any()),
            Breach::None => self.or_none_of(Vec::new(), any()),
            Breach::Response => Meaning::AnyOf(vec![fact(key::HAS, key::BREACH_RESPONSE)]),
            Breach::Resolution => Meaning::AnyOf(vec![fact(key::HAS, key::BREACH_RESOLUTION)]),
        }
    }

    /// Tickets whose numbers are asked for, as far as they are wanted.
    fn numbers(&self, cond: &Cond, found: &mut Vec<Box<dyn Query>>) {
        match cond {
            Cond::And(conds) | Cond::Or(conds) => conds.iter().for_each(|it| self.numbers(it, found)),
            Cond::Text(text) => found.extend(self.own_number(text)),
            Cond::Not(_) | Cond::Test(_) => {}
        }
    }

    pub(super) fn number(&self, test: &NumberTest) -> Box<dyn Query> {
        if test.from > test.to {
            return Box::new(EmptyQuery);
        }
        let ordinals = self.within(column::ORDINAL, test.from, test.to);
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
