//! Search over all that the desk knows: tickets, articles and people in one list, the best first, with one total.
//!
//! They stand in one ranking and not in groups, because one index scores them by the same words, so a page, a cursor and a total mean the
//! same for all; whoever wants one sort only says so. Plain words find everything; a query that names a field of tickets finds tickets.
//!
//! Invariant: who may read what is decided inside the query, and once more by the rule of the thing itself when it is read.

use std::sync::Arc;

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
        query::{Cond, Total},
        tickets::{Ticket, access},
    },
    error::{Error, Fault, Result},
    follow::search::{Among, Found, Hit, People, Vocabulary},
    id::{ArticleId, PersonId, TicketId},
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

/// What of the wanted a condition can find.
pub(super) fn narrowed(wanted: Wanted, cond: &Cond) -> Wanted {
    if is_words(cond) { wanted } else { Wanted { tickets: wanted.tickets, ..Wanted::NOTHING } }
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
    let wanted = narrowed(wanted, &cond);
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
