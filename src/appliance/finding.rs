//! Search over all that the desk knows: tickets, articles and people in one list, the best first, with one total.
//!
//! They stand in one ranking and not in groups, because one index scores them by the same words, so a page, a cursor and a total mean the
//! same for all; whoever wants one sort only says so. Plain words find everything; a query that names a field of tickets finds tickets.
//!
//! Invariant: who may read what is decided inside the query, and once more by the rule of the thing itself when it is read.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Desk, articles,
    lists::{self, Question, Rows},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        features::{self, Feature},
        identity::Person,
        knowledge::{Article, Readership},
        permission::Permission,
        query::{Cond, Sort, Total},
        queues::{Category, Queue},
        tickets::{Kind, Ticket, access},
    },
    error::{Error, Fault, Result},
    follow::search::{Among, Facet, Found, Hit, Page, People, SearchRequest, Vocabulary},
    id::{ArticleId, CategoryId, PersonId, QueueId, TicketId},
    limits,
};

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub tickets: bool,
    pub articles: bool,
    pub people: bool,
}

impl Wanted {
    pub const ALL: Wanted = Wanted { tickets: true, articles: true, people: true };
    pub const NOTHING: Wanted = Wanted { tickets: false, articles: false, people: false };
}

/// Something that was found.
#[derive(Debug, Clone)]
pub enum Item {
    Ticket(Box<Ticket>),
    Article(Box<Article>),
    Person(Box<Person>),
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Finding {
    pub items: Vec<Item>,
    pub total: Total,
    /// Where the list goes on, if it does.
    pub next: Option<String>,
    /// The index has not caught up with the asker's own last write.
    pub stale: bool,
    /// What was asked, for highlighting, and what the desk's words mean.
    pub cond: Cond,
    pub vocabulary: Arc<Vocabulary>,
}

/// Whether a condition asks for words and nothing else.
fn is_words(cond: &Cond) -> bool {
    fn fits(cond: &Cond, words: &mut usize) -> bool {
        match cond {
            Cond::And(conds) | Cond::Or(conds) => conds.iter().all(|it| fits(it, words)),
            Cond::Not(cond) => fits(cond, &mut 0),
            Cond::Text(_) => {
                *words += 1;
                true
            }
            Cond::Test(_) => false,
        }
    }
    let mut words = 0;
    fits(cond, &mut words) && words > 0
}

/// What of the wanted may be there for the asker at all.
pub(super) fn among(tx: &Tx, actor: &Actor, wanted: Wanted) -> Result<Among> {
    let may_read = wanted.articles && features::need(tx, Feature::Knowledge).is_ok();
    let articles = if may_read { Some(articles::readable(&Readership::of(tx, Some(actor))?)) } else { None };
    let people = (wanted.people && actor.may(Permission::PeopleRead)).then(People::default);
    Ok(Among { tickets: wanted.tickets, articles, people })
}

/// Answers a search.
pub async fn find(desk: &Arc<Desk>, actor: &Actor, mut question: Question, wanted: Wanted) -> Result<Finding> {
    access::need_list(actor)?;
    let (cond, vocabulary) = lists::prepared(desk, actor, &mut question)?;
    let wanted = if is_words(&cond) { wanted } else { Wanted { tickets: wanted.tickets, ..Wanted::NOTHING } };
    let among = desk.read(|tx| among(tx, actor, wanted))?;
    if among == Among::TICKETS {
        let it = lists::list(desk, actor, question).await?;
        let items = it.tickets.into_iter().map(|it| Item::Ticket(Box::new(it))).collect();
        return Ok(Finding { items, total: it.total, next: it.next, stale: it.stale, cond, vocabulary });
    }
    let after = question.cursor.as_deref().map(|it| question.sort.after(it)).transpose()?;
    let stale = !desk.index_has_own_writes(actor.person()).await;
    let (sort, skip, limit, spelling) = (question.sort, question.skip, question.limit, question.spelling);
    let answered = tokio::task::spawn_blocking({
        let (desk, actor, cond, vocabulary) = (desk.clone(), actor.clone(), cond.clone(), vocabulary.clone());
        move || {
            let rows = Rows { cond: &cond, among: &among, vocabulary: &vocabulary, sort, after, skip, limit, spelling };
            let (page, next) = lists::indexed(&desk, &actor, &rows)?;
            let items = desk.read(|tx| read(tx, &actor, &page.hits))?;
            Ok::<_, Error>((items, page.total, next))
        }
    });
    let (items, total, next) = answered.await.map_err(|it| Fault::because("searching", it))??;
    Ok(Finding { items, total, next: next.map(|it| sort.cursor(&it)), stale, cond, vocabulary })
}

/// A value that something found has: as the query language takes it, as people read it, and how many have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    pub value: String,
    pub label: String,
    pub count: usize,
}

/// The facets that somebody may be told of: who only follows their own tickets is told by what they read of them.
fn known_to(actor: &Actor, facet: Facet) -> bool {
    actor.may(Permission::TicketsRead) || matches!(facet, Facet::Status | Facet::Kind | Facet::Category | Facet::Type)
}

/// Counts what a search finds by some of its values, those that begin with `start`.
pub async fn facets(
    desk: &Arc<Desk>,
    actor: &Actor,
    mut question: Question,
    wanted: Wanted,
    facets: &[Facet],
    start: &str,
) -> Result<Vec<(Facet, Vec<FacetValue>)>> {
    access::need_list(actor)?;
    let (cond, vocabulary) = lists::prepared(desk, actor, &mut question)?;
    let wanted = if is_words(&cond) { wanted } else { Wanted { tickets: wanted.tickets, ..Wanted::NOTHING } };
    let facets: Vec<Facet> = facets.iter().copied().filter(|it| known_to(actor, *it)).collect();
    let (desk, actor, spelling, start) = (desk.clone(), actor.clone(), question.spelling, start.to_owned());
    let counted = tokio::task::spawn_blocking(move || {
        desk.read(|tx| {
            let among = among(tx, &actor, wanted)?;
            let request = SearchRequest {
                cond: &cond,
                scope: access::scope(&actor),
                notes: access::notes_scope(&actor),
                among: &among,
                vocabulary: &vocabulary,
                spelling,
                sort: Sort::RELEVANCE,
                page: Page::Rows { offset: 0, limit: 0 },
            };
            let counted = desk.index.inspect(|index| index.facets(&request, &facets, &start, limits::FACET_VALUES_MAX))?;
            let mut all = Vec::with_capacity(counted.len());
            for (facet, values) in counted {
                let mut named = Vec::with_capacity(values.len());
                for (value, count) in values {
                    named.extend(facet_value(tx, facet, &value)?.map(|(value, label)| FacetValue { value, label, count }));
                }
                all.push((facet, named));
            }
            Ok::<_, Error>(all)
        })
    });
    counted.await.map_err(|it| Fault::because("counting what was found", it))?
}

/// A value of the index as the query language takes it and as people read it; none for what is no longer there.
fn facet_value(tx: &Tx, facet: Facet, value: &str) -> Result<Option<(String, String)>> {
    let id = || value.parse::<Uuid>().ok();
    let same = |it: &str| Some((it.to_owned(), it.to_owned()));
    Ok(match facet {
        Facet::Status | Facet::Tag | Facet::Type => same(value),
        Facet::Kind => Kind::ALL.into_iter().find(|it| it.code().to_string() == value).and_then(|it| same(it.name())),
        Facet::Priority => same(&format!("P{value}")),
        Facet::Queue => match id() {
            Some(it) => tx.get_shared::<Queue>(&QueueId(it))?.and_then(|it| same(&it.name)),
            None => None,
        },
        Facet::Category => match id() {
            Some(it) => tx.get_shared::<Category>(&CategoryId(it))?.and_then(|it| same(&it.name)),
            None => None,
        },
        Facet::Assignee => match id() {
            Some(it) => tx.get_shared::<Person>(&PersonId(it))?.map(|it| (it.email.clone(), it.name.clone())),
            None => None,
        },
    })
}

/// What was found, as it is now and as far as the asker may read it.
fn read(tx: &Tx, actor: &Actor, hits: &[Hit]) -> Result<Vec<Item>> {
    let readers = Readership::of(tx, Some(actor))?;
    let mut items = Vec::with_capacity(hits.len());
    for hit in hits {
        match hit.found {
            Found::Ticket => {
                let found = tx.get::<Ticket>(&TicketId(hit.id))?.filter(|it| access::may_see(actor, it));
                items.extend(found.map(|it| Item::Ticket(Box::new(it))));
            }
            Found::Article => {
                let found = tx.get::<Article>(&ArticleId(hit.id))?.filter(|it| readers.may_read(it));
                items.extend(found.map(|it| Item::Article(Box::new(it))));
            }
            Found::Person => {
                let found = tx.get::<Person>(&PersonId(hit.id))?.filter(|_| actor.may(Permission::PeopleRead));
                items.extend(found.map(|it| Item::Person(Box::new(it))));
            }
        }
    }
    Ok(items)
}
