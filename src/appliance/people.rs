//! People looked up by words, found by the index: a part of a name, an address, an organization, with a typo in it. Who may look people up
//! is the desk's to say; what is told is read from the records.
//!
//! Invariant: whoever was added last is found at once. While the index has not heard of the last change of somebody, the records answer.

use super::Desk;
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity::{self, PeopleFilter, Person},
        permission::Permission,
        query::{Cond, Sort, TextQuery, TextScope},
        tickets::access::Scope,
    },
    error::Result,
    follow::search::{Among, Page, People, SearchRequest, Spelling},
    id::PersonId,
    limits,
};

/// People whom a text means, the best first, from `skip` on, and how many there are in all. What is spelled so comes alone; only where
/// nobody is, those are found whose names are spelled almost so.
fn named(desk: &Desk, tx: &Tx, text: &str, active: bool, skip: usize, limit: usize) -> Result<(Vec<PersonId>, usize)> {
    let words: Vec<&str> = text.split_whitespace().take(limits::PEOPLE_WORDS_ASKED_MAX).collect();
    let word = |it: &&str| Cond::Text(TextQuery { text: (*it).to_owned(), phrase: false, prefix: true, scope: TextScope::All });
    let cond = Cond::And(words.iter().map(word).collect());
    let among = Among { people: Some(People { active }), ..Among::default() };
    let (vocabulary, nothing) = (desk.index.vocabulary(tx)?, Scope::Any(Vec::new()));
    let ask = |spelling| {
        desk.index.search(&SearchRequest {
            cond: &cond,
            scope: nothing.clone(),
            notes: nothing.clone(),
            among: &among,
            vocabulary: &vocabulary,
            spelling,
            sort: Sort::RELEVANCE,
            page: Page::Rows { offset: skip, limit },
        })
    };
    let mut found = ask(Spelling::AsWritten)?;
    if found.total.count == 0 {
        found = ask(Spelling::Forgiving)?;
    }
    Ok((found.hits.into_iter().map(|it| PersonId(it.id)).collect(), found.total.count))
}

fn read(tx: &Tx, ids: Vec<PersonId>) -> Result<Vec<Person>> {
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        people.extend(tx.get::<Person>(&id)?);
    }
    Ok(people)
}

/// The people that a filter lets through, from `skip` on, and how many there are in all. With words the best come first, without them
/// whoever was added first.
pub fn list(desk: &Desk, tx: &Tx, actor: &Actor, filter: &PeopleFilter, skip: usize, limit: usize) -> Result<(Vec<Person>, usize)> {
    actor.need(Permission::PeopleRead)?;
    let is_narrow = filter.team.is_some() || filter.organization.is_some();
    if filter.text.trim().is_empty() || is_narrow || !desk.index_knows_people() {
        let all = identity::people(tx, actor, filter)?;
        let total = all.len();
        return Ok((all.into_iter().skip(skip).take(limit).collect(), total));
    }
    let active = filter.active == Some(true);
    if filter.role.is_none() && filter.active != Some(false) {
        let (found, total) = named(desk, tx, &filter.text, active, skip, limit)?;
        return Ok((read(tx, found)?, total));
    }
    // The rest is not the index's to know.
    let (found, _) = named(desk, tx, &filter.text, active, 0, limits::PEOPLE_FOUND_MAX)?;
    let rest = PeopleFilter { text: String::new(), ..filter.clone() };
    let mut all = read(tx, found)?;
    all.retain(|it| rest.lets_through(it, ""));
    let total = all.len();
    Ok((all.into_iter().skip(skip).take(limit).collect(), total))
}

/// People whom somebody may mean who takes a ticket down for them, the best first.
pub fn callers(desk: &Desk, tx: &Tx, actor: &Actor, text: &str, limit: usize) -> Result<Vec<Person>> {
    if text.trim().is_empty() || identity::is_phone(text) || !desk.index_knows_people() {
        return identity::callers_offered(tx, actor, text, limit);
    }
    actor.need(Permission::TicketsWrite)?;
    actor.need(Permission::PeopleRead)?;
    let (found, _) = named(desk, tx, text, true, 0, limit)?;
    read(tx, found)
}
