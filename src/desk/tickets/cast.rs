//! Whoever and whatever tickets name: people, queues, organizations, categories, each read once however many tickets name it
//! (API-64). Not a cache: it lives as long as one answer.

use std::collections::BTreeMap;

use super::Ticket;
use crate::{
    desk::{
        identity::{Organization, Person},
        queues::{Category, Queue},
    },
    error::Result,
    id::{CategoryId, OrganizationId, PersonId, QueueId},
    store::{Record, Tx},
};

#[derive(Debug, Default)]
pub struct Cast {
    people: BTreeMap<PersonId, Person>,
    queues: BTreeMap<QueueId, Queue>,
    organizations: BTreeMap<OrganizationId, Organization>,
    categories: BTreeMap<CategoryId, Category>,
}

impl Cast {
    /// All that these tickets name.
    pub fn of<'a>(tx: &Tx, tickets: impl IntoIterator<Item = &'a Ticket>) -> Result<Cast> {
        let mut cast = Cast::default();
        for ticket in tickets {
            cast.meet(tx, [Some(ticket.requester), ticket.assignee].into_iter().flatten())?;
            read(tx, &mut cast.queues, ticket.queue)?;
            read(tx, &mut cast.organizations, ticket.organization)?;
            read(tx, &mut cast.categories, ticket.topic)?;
            read(tx, &mut cast.categories, ticket.subtopic)?;
        }
        Ok(cast)
    }

    /// Adds people.
    pub fn meet(&mut self, tx: &Tx, people: impl IntoIterator<Item = PersonId>) -> Result<()> {
        people.into_iter().try_for_each(|it| read(tx, &mut self.people, Some(it)))
    }

    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    pub fn queue(&self, id: QueueId) -> Option<&Queue> {
        self.queues.get(&id)
    }

    pub fn organization(&self, id: OrganizationId) -> Option<&Organization> {
        self.organizations.get(&id)
    }

    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.categories.get(&id)
    }
}

fn read<R: Record>(tx: &Tx, into: &mut BTreeMap<R::Key, R>, key: Option<R::Key>) -> Result<()>
where
    R::Key: Ord + Copy,
{
    if let Some(key) = key
        && !into.contains_key(&key)
        && let Some(record) = tx.get::<R>(&key)?
    {
        into.insert(key, record);
    }
    Ok(())
}
