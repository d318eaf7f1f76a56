//! Lists of tickets for an actor, for the API and the pages alike (D9). What is open comes from the board, exact and current to the
//! last commit; what is closed, and every condition that the board cannot answer, from the index, after it has caught up with the
//! actor's own writes. Then the tickets are read by key.
//!
//! Invariant: whoever does not read every ticket gets those they take part in and no other, in rows and in totals. Whoever does not
//! read notes is told nothing by them, not even by the place of a ticket in a list.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::tz::TimeZone;

use super::Desk;
use crate::{
    desk::{
        actor::Actor,
        board::{self, By, ColumnKey},
        permission::Permission,
        query::{
            self, At, Binding, Category, Cond, FieldName, Node, Op, Presence, Query, Sort, SortKey, StatusTest, Test, Total, Typing, Value,
            Values,
        },
        query_names::DeskNames,
        settings::Settings,
        tickets::{
            Ticket,
            access::{self, Grant, Scope},
        },
        views,
    },
    error::{Error, Fault, FieldError, Refusal, Result},
    follow::search::{Among, Page, SearchPage, SearchRequest, Spelling, Vocabulary},
    id::TicketId,
};

/// One filter beside the query: a field of the query language, its values, and what the caller calls it.
#[derive(Debug, Clone)]
pub struct Filter {
    pub field: query::Field,
    pub op: Op,
    pub values: Vec<String>,
    /// The parameter's name, for errors.
    pub named: String,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// In the query language.
    pub text: Option<String>,
    pub filters: Vec<Filter>,
    pub sort: Sort,
    pub cursor: Option<String>,
    pub skip: usize,
    pub limit: usize,
    /// Whether words are also looked for as they were perhaps meant.
    pub spelling: Spelling,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Answer {
    pub tickets: Vec<Ticket>,
    pub total: Total,
    /// Where the list goes on, if it does.
    pub next: Option<String>,
    /// The index has not caught up with the asker's own last write.
    pub stale: bool,
    /// What was asked, for highlighting, and what the desk's words mean.
    pub cond: Cond,
    pub vocabulary: Arc<Vocabulary>,
}

/// Answers a list.
pub async fn list(desk: &Arc<Desk>, actor: &Actor, mut question: Question) -> Result<Answer> {
    access::need_list(actor)?;
    let (cond, vocabulary) = prepared(desk, actor, &mut question)?;
    let after = question.cursor.as_deref().map(|it| question.sort.after(it)).transpose()?;
    let scoped = in_scope(actor, cond.clone());
    let found = if board::answers(&scoped, question.sort) {
        Found::of_board(desk.board().list(&scoped, question.sort, after, question.skip, question.limit))
    } else {
        let stale = !desk.index_has_own_writes(actor.person()).await;
        let (desk, actor, words) = (desk.clone(), actor.clone(), vocabulary.clone());
        let (cond, sort, skip, limit, spelling) = (cond.clone(), question.sort, question.skip, question.limit, question.spelling);
        let found = tokio::task::spawn_blocking(move || {
            let among = &Among::TICKETS;
            let rows = |cond, skip, limit, spelling| Rows { cond, among, vocabulary: &words, sort, after, skip, limit, spelling };
            if board::knows(&scoped, sort) {
                let closed = Cond::Test(Test::Status(vec![StatusTest::Category(Category::Closed)]));
                let old = Cond::And(vec![scoped.clone(), closed]);
                both(&desk, &actor, &scoped, &rows(&old, 0, skip + limit, Spelling::Exact), skip, limit)
            } else {
                let (page, next) = indexed(&desk, &actor, &rows(&cond, skip, limit, spelling))?;
                Ok(Found { keys: page.hits.into_iter().map(|it| it.key).collect(), total: page.total, next, stale: false })
            }
        });
        Found { stale, ..found.await.map_err(|it| Fault::because("answering a list", it))?? }
    };
    let tickets = desk.read(|tx| {
        let mut tickets = Vec::with_capacity(found.keys.len());
        for key in &found.keys {
            // The index may still name what was deleted or taken from the asker a moment ago.
            tickets.extend(tx.get::<Ticket>(&TicketId(key.id))?.filter(|it| access::may_see(actor, it)));
        }
        Ok(tickets)
    })?;
    let next = found.next.map(|it| question.sort.cursor(&it));
    Ok(Answer { tickets, total: found.total, next, stale: found.stale, cond, vocabulary })
}

/// What is asked, as far as the asker may know of it, and what the desk's words mean.
pub(super) fn prepared(desk: &Desk, actor: &Actor, question: &mut Question) -> Result<(Cond, Arc<Vocabulary>)> {
    // Whoever reads some notes only is not told of the others by the order of a list.
    let reads_notes = actor.everywhere().has(Permission::NotesRead);
    let prepared = desk.read(|tx| {
        let zone = Settings::of(tx).ok().and_then(|it| TimeZone::get(&it.time_zone).ok()).unwrap_or(TimeZone::UTC);
        // A search is asked while it is being written; a list is asked for what it says.
        let typing = if question.spelling == Spelling::Forgiving { Typing::GoesOn } else { Typing::Done };
        let names = DeskNames::new(tx, actor);
        let binding = Binding { names: &names, now: tx.now(), zone: &zone, typing };
        let cond = meant(question, &binding)?;
        Ok((if reads_notes { cond } else { cond.without_notes() }, desk.index.vocabulary(tx)?))
    })?;
    if !reads_notes {
        question.sort = question.sort.without_notes();
    }
    Ok(prepared)
}

/// A list in columns.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// What each column is of, how many there are, and the first of them.
    pub columns: Vec<(ColumnKey, usize, Vec<Ticket>)>,
    pub total: usize,
    /// The board cannot answer the condition: these are the first tickets of the list, and totals count no others.
    pub partial: bool,
}

/// Answers a list in columns of at most `limit` tickets each. The question's own limit bounds what is looked at where the board cannot
/// answer.
pub async fn columns(desk: &Arc<Desk>, actor: &Actor, question: Question, by: By, limit: usize) -> Result<Columns> {
    access::need_list(actor)?;
    let reads_notes = actor.everywhere().has(Permission::NotesRead);
    let cond = desk.read(|tx| views::meant(tx, actor, question.text.as_deref().unwrap_or_default()))?;
    let scoped = in_scope(actor, if reads_notes { cond } else { cond.without_notes() });
    let sort = if reads_notes { question.sort } else { question.sort.without_notes() };
    if board::answers(&scoped, sort) {
        let found = desk.board().columns(&scoped, sort, by, limit);
        return desk.read(|tx| {
            let mut columns = Vec::with_capacity(found.len());
            for (key, page) in found {
                let mut tickets = Vec::with_capacity(page.ids.len());
                for id in &page.ids {
                    tickets.extend(tx.get::<Ticket>(id)?.filter(|it| access::may_see(actor, it)));
                }
                columns.push((key, page.total, tickets));
            }
            let total = columns.iter().map(|it| it.1).sum();
            Ok(Columns { columns, total, partial: false })
        });
    }
    let answer = list(desk, actor, question).await?;
    let mut found: BTreeMap<ColumnKey, Vec<Ticket>> = BTreeMap::new();
    for it in answer.tickets {
        let key = match by {
            By::Status => ColumnKey::State(it.state.clone()),
            By::Assignee => ColumnKey::Assignee(it.assignee),
            By::Priority => ColumnKey::Priority(it.priority),
        };
        found.entry(key).or_default().push(it);
    }
    let columns = found.into_iter().map(|(key, mut it)| {
        let total = it.len();
        it.truncate(limit);
        (key, total, it)
    });
    Ok(Columns { columns: columns.collect(), total: answer.total.count, partial: answer.next.is_some() })
}

struct Found {
    keys: Vec<SortKey>,
    total: Total,
    next: Option<SortKey>,
    stale: bool,
}

impl Found {
    fn of_board(page: board::Page) -> Found {
        Found { keys: page.keys, total: page.total.into(), next: page.next, stale: false }
    }
}

/// The condition that the text and the filters state together.
fn meant(question: &Question, binding: &Binding<'_>) -> Result<Cond> {
    let mut all = Vec::new();
    if let Some(text) = &question.text {
        all.push(query::bind(&query::parse(text)?, binding)?);
    }
    for filter in &question.filters {
        all.push(filtered(filter, binding)?);
    }
    Ok(Cond::And(all))
}

fn filtered(filter: &Filter, binding: &Binding<'_>) -> Result<Cond> {
    let value = |text: &String| Value { text: text.trim().to_owned(), quoted: false, at: At::default() };
    let values = match filter.values.as_slice() {
        [one] => Values::One(value(one)),
        many => Values::List(many.iter().map(value).collect()),
    };
    let root = Node::Test { field: FieldName::Known(filter.field), op: filter.op, values, at: At::default() };
    query::bind(&Query { root: Some(root), length: At::default() }, binding).map_err(|it| as_parameter(it, &filter.named))
}

/// A refusal of a filter names the parameter, which has no columns.
fn as_parameter(it: Refusal, name: &str) -> Error {
    let plain = |text: &str| text.replace(", at column 1.", ".");
    let field = |it: FieldError| FieldError { field: name.to_owned(), message: plain(&it.message).into(), ..it };
    Refusal { detail: plain(&it.detail).into(), fields: it.fields.into_iter().map(field).collect(), ..it }.into()
}

/// The condition, of the tickets that the asker may see, for the board.
pub fn in_scope(actor: &Actor, cond: Cond) -> Cond {
    let Scope::Any(grants) = access::scope(actor) else { return cond };
    let one = |id| Presence::OneOf { ids: BTreeSet::from([id]), or_none: false };
    let ways = grants.into_iter().flat_map(|grant| match grant {
        Grant::Participant(id) => vec![Test::Requester(one(id.0)), Test::Watcher(one(id.0))],
        Grant::Organization(id) => vec![Test::Organization(one(id.0))],
        Grant::Department(id) => vec![Test::Department(one(id.0))],
        Grant::Queue(id) => vec![Test::Queue(one(id.0))],
        Grant::Assignee(id) => vec![Test::Assignee(one(id.0))],
    });
    Cond::And(vec![Cond::Or(ways.map(Cond::Test).collect()), cond])
}

/// What is asked of the index, and which part of the answer.
pub(super) struct Rows<'a> {
    pub cond: &'a Cond,
    pub among: &'a Among,
    pub vocabulary: &'a Vocabulary,
    pub sort: Sort,
    pub after: Option<SortKey>,
    pub skip: usize,
    pub limit: usize,
    pub spelling: Spelling,
}

/// Rows of the index, and behind which one there are more.
pub(super) fn indexed(desk: &Desk, actor: &Actor, rows: &Rows<'_>) -> Result<(SearchPage, Option<SortKey>)> {
    let Rows { cond, among, vocabulary, sort, spelling, .. } = *rows;
    // One more row than wanted tells whether there are more.
    let limit = rows.limit + 1;
    let page = match rows.after {
        Some(key) => Page::After { key, limit },
        None => Page::Rows { offset: rows.skip, limit },
    };
    let (scope, notes) = (access::scope(actor), access::notes_scope(actor));
    let mut found = desk.index.search(&SearchRequest { cond, scope, notes, among, vocabulary, spelling, sort, page })?;
    let more = found.hits.len() > rows.limit;
    found.hits.truncate(rows.limit);
    let next = found.hits.last().map(|it| it.key).filter(|_| more);
    Ok((found, next))
}

/// Rows of the board and, for closed tickets, of the index, merged into one order.
fn both(desk: &Desk, actor: &Actor, scoped: &Cond, closed: &Rows<'_>, skip: usize, limit: usize) -> Result<Found> {
    let (wanted, sort) = (closed.limit, closed.sort);
    let (old, old_next) = indexed(desk, actor, closed)?;
    let new = desk.board().list(scoped, sort, closed.after, 0, wanted);
    // What was reopened a moment ago is on the board already and closed in the index still.
    let open: BTreeSet<_> = new.keys.iter().map(|it| it.id).collect();
    let mut rows = new.keys;
    rows.extend(old.hits.into_iter().map(|it| it.key).filter(|it| !open.contains(&it.id)));
    rows.sort_by(|a, b| sort.compare(a, b));
    let more = rows.len() > wanted || old_next.is_some() || new.next.is_some();
    let page: Vec<_> = rows.into_iter().skip(skip).take(limit).collect();
    let next = page.last().copied().filter(|_| more);
    Ok(Found { keys: page, total: old.total + new.total.into(), next, stale: false })
}
