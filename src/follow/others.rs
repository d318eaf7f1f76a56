//! Articles and people as the index sees them: their own words, and who may read them as facts.

use std::collections::BTreeSet;

use super::{
    indexer::TEXT_BYTES_MAX,
    search::{ArticleDocument, Change, PersonDocument},
};
use crate::{
    desk::{
        identity::{self, BY_DEPARTMENT, Department, MEMBERS, Organization, Person},
        knowledge::{self, Article},
    },
    error::Result,
    id::{ArticleId, DepartmentId, OrganizationId, PersonId},
    store::{Event, Tx},
};

/// What is to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Others {
    articles: BTreeSet<ArticleId>,
    people: BTreeSet<PersonId>,
}

impl Others {
    /// What these events are about. Somebody is found by what their organization and department are called, so whoever belongs to one
    /// that changed is looked at, too.
    pub(super) fn of(tx: &Tx, events: &[Event]) -> Result<Others> {
        let mut found = Others::default();
        for event in events {
            match event.entity_kind.as_str() {
                "article" => drop(found.articles.insert(ArticleId(event.entity))),
                "person" => drop(found.people.insert(PersonId(event.entity))),
                "organization" => {
                    for it in tx.find_keys(&MEMBERS, &OrganizationId(event.entity))? {
                        found.people.insert(it?);
                    }
                }
                "department" => {
                    for it in tx.find_keys(&BY_DEPARTMENT, &DepartmentId(event.entity))? {
                        found.people.insert(it?);
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    pub(super) fn changes(self, tx: &Tx) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for id in self.articles {
            changes.push(match tx.get::<Article>(&id)? {
                Some(it) => article(tx, it)?,
                None => Change::Remove(id.0),
            });
        }
        for id in self.people {
            changes.push(match tx.get::<Person>(&id)? {
                Some(it) => person(tx, it)?,
                None => Change::Remove(id.0),
            });
        }
        Ok(changes)
    }
}

/// Every article and everybody, for an index that is filled anew.
pub(super) fn all(tx: &Tx) -> Result<impl Iterator<Item = Result<Change>>> {
    let articles = tx.scan::<Article>(&())?.map(|it| article(tx, it?));
    let people = tx.scan::<Person>(&())?.map(|it| person(tx, it?));
    Ok(articles.chain(people))
}

fn article(tx: &Tx, it: Article) -> Result<Change> {
    let mut text = knowledge::searched(tx, &it)?;
    let room = TEXT_BYTES_MAX.saturating_sub(text.len());
    text.push('\n');
    text.push_str(&knowledge::searched_files(tx, it.id, room)?);
    Ok(Change::PutArticle(Box::new(ArticleDocument {
        id: it.id.0,
        title: it.title,
        summary: it.summary,
        text,
        tags: it.tags,
        category: it.category.map(|it| it.0),
        language: it.language,
        visibility: it.visibility,
        state: it.state,
        created: it.created_at,
        updated: it.updated_at,
    })))
}

fn person(tx: &Tx, it: Person) -> Result<Change> {
    let names = identity::searched(&it);
    let organization = it.organization.map(|id| tx.get_shared::<Organization>(&id)).transpose()?.flatten();
    let department = it.department.map(|id| tx.get_shared::<Department>(&id)).transpose()?.flatten();
    let places = organization.map(|it| it.name.clone()).into_iter().chain(department.map(|it| it.name.clone()));
    Ok(Change::PutPerson(Box::new(PersonDocument {
        id: it.id.0,
        places: places.collect(),
        name: it.name,
        names,
        active: it.active,
        created: it.created_at,
        updated: it.updated_at,
    })))
}
