//! Templates of tickets where tickets are lodged: which are offered, and what the chosen one fills in.

use crate::{
    desk::{
        Tx,
        actor::Actor,
        queues::Category,
        ticket_templates::{self, TicketTemplate},
        tickets::Kind,
    },
    error::Result,
    http::query::Query,
    id::{CategoryId, TicketTemplateId},
    web::{answers::form::Sent, components::template_picker::Offered},
};

/// The template that an address names, if the reader may lodge by it.
pub fn chosen(tx: &Tx, actor: &Actor, query: &Query) -> Result<Option<TicketTemplate>> {
    let id = query.get("template").and_then(|it| it.parse::<TicketTemplateId>().ok());
    // One that is gone leaves an empty form.
    Ok(id.and_then(|id| ticket_templates::known(tx, actor, id).ok()))
}

/// The template that a form was filled in by.
pub fn sent(sent: &Sent) -> Option<TicketTemplateId> {
    sent.get("template").and_then(|it| it.parse().ok())
}

/// The templates that a form offers: in the portal, those of its kind that are meant for it.
pub fn offered(tx: &Tx, actor: &Actor, form: &str, in_portal: Option<Kind>, chosen: Option<TicketTemplateId>) -> Result<Vec<Offered>> {
    let fits = |it: &TicketTemplate| in_portal.is_none_or(|kind| it.in_portal && it.kind == kind);
    let all = ticket_templates::offered(tx, actor)?.into_iter().filter(fits);
    Ok(all
        .map(|it| Offered { href: format!("{form}?template={}", it.id), chosen: chosen == Some(it.id), name: it.name, about: it.about })
        .collect())
}

/// What a template of the portal says of a ticket that its form does not show.
#[derive(Debug, Clone, Default)]
pub struct Unseen {
    pub tags: Vec<String>,
    pub category: Option<String>,
    pub subcategory: Option<String>,
}

pub fn unseen(tx: &Tx, actor: &Actor, id: Option<TicketTemplateId>) -> Result<Unseen> {
    let Some(it) = id.and_then(|id| ticket_templates::known(tx, actor, id).ok()) else { return Ok(Unseen::default()) };
    let text = |it: CategoryId| it.to_string();
    let parent = it.category.map(|id| tx.get::<Category>(&id)).transpose()?.flatten().and_then(|it| it.parent);
    let (category, subcategory) = match parent {
        Some(parent) => (Some(text(parent)), it.category.map(text)),
        None => (it.category.map(text), None),
    };
    Ok(Unseen { tags: it.tags, category, subcategory })
}
