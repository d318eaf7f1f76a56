//! What a search finds, counted by its values; and the values that somebody may ask for.
//!
//! Invariant: what is counted is what the same question finds for the same asker, and a facet of which they may not be told is left out.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Desk,
    finding::{Finding, Wanted, among, find, narrowed},
    lists::{self, Question},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::Person,
        permission::Permission,
        query::Sort,
        queues::{Category, Queue},
        tickets::{Kind, access},
    },
    error::{Fault, Result},
    follow::search::{Counted, Facet, Page, SearchIndex, SearchRequest, Spelling},
    id::{CategoryId, PersonId, QueueId},
    limits,
};

/// Answers a search and counts what it finds by some facets, both at once.
pub async fn find_and_count(
    desk: &Arc<Desk>,
    actor: &Actor,
    question: Question,
    wanted: Wanted,
    counted: &[Facet],
) -> Result<(Finding, FacetCounts)> {
    if counted.is_empty() {
        return Ok((find(desk, actor, question, wanted).await?, FacetCounts::default()));
    }
    let facets = async {
        // Whether it has them is told with what is found.
        desk.index_has_own_writes(actor.person()).await;
        facets(desk, actor, question.clone(), wanted, counted).await
    };
    tokio::try_join!(find(desk, actor, question.clone(), wanted), facets)
}

/// What was found, counted by its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FacetCounts {
    pub facets: Vec<(Facet, Vec<FacetValue>)>,
    /// Of so much the newest alone are counted: there may be more of each, and other values.
    pub is_bound: bool,
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

/// Counts what a search finds by some of its values.
async fn facets(desk: &Arc<Desk>, actor: &Actor, question: Question, wanted: Wanted, facets: &[Facet]) -> Result<FacetCounts> {
    let facets: Vec<Facet> = facets.iter().copied().filter(|it| known_to(actor, *it)).collect();
    let count = move |tx: &Tx, index: &SearchIndex, request: &SearchRequest<'_>| {
        let found = index.facets(request, &facets, limits::FACET_VALUES_MAX)?;
        let mut all = Vec::with_capacity(found.counted.len());
        for (facet, values) in found.counted {
            all.push((facet, facet_values(tx, facet, values)?));
        }
        Ok(FacetCounts { facets: all, is_bound: found.is_bound })
    };
    counted(desk, actor, question, wanted, count).await
}

/// The values of a facet that begin with `start`, of tickets that the asker may see, the most frequent first.
pub async fn values(desk: &Arc<Desk>, actor: &Actor, facet: Facet, start: &str) -> Result<Vec<FacetValue>> {
    if !known_to(actor, facet) {
        return Ok(Vec::new());
    }
    let question =
        Question { text: None, filters: Vec::new(), sort: Sort::RELEVANCE, cursor: None, skip: 0, limit: 0, spelling: Spelling::Exact };
    let wanted = Wanted { tickets: true, ..Wanted::NOTHING };
    let start = start.to_owned();
    let look = move |tx: &Tx, index: &SearchIndex, request: &SearchRequest<'_>| {
        facet_values(tx, facet, index.values(request, facet, &start, limits::FACET_VALUES_MAX)?)
    };
    counted(desk, actor, question, wanted, look).await
}

/// Asks the index of what a search finds, beside what else goes on.
async fn counted<T: Send + 'static>(
    desk: &Arc<Desk>,
    actor: &Actor,
    mut question: Question,
    wanted: Wanted,
    count: impl FnOnce(&Tx, &SearchIndex, &SearchRequest<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    access::need_list(actor)?;
    let (cond, vocabulary) = lists::prepared(desk, actor, &mut question)?;
    let wanted = narrowed(wanted, &cond);
    let (desk, actor, spelling) = (desk.clone(), actor.clone(), question.spelling);
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
            desk.index.inspect(|index| count(tx, index, &request))
        })
    });
    counted.await.map_err(|it| Fault::because("counting what was found", it))?
}

/// Values as people read them.
fn facet_values(tx: &Tx, facet: Facet, values: Vec<Counted>) -> Result<Vec<FacetValue>> {
    let mut named = Vec::with_capacity(values.len());
    for (value, count) in values {
        named.extend(facet_value(tx, facet, &value)?.map(|(value, label)| FacetValue { value, label, count }));
    }
    Ok(named)
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
