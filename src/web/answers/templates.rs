//! Templates of tickets where tickets are lodged: which are offered, and what the chosen one fills in.

use crate::{
    desk::{
        Tx,
        actor::Actor,
        drafts::Draft,
        queues,
        ticket_templates::{self, TicketTemplate},
        tickets::Kind,
    },
    error::Result,
    http::query::Query,
    id::TicketTemplateId,
    limits,
    web::{answers::form::Sent, components::template_picker::Offered},
};

/// What an address says of the form that it leads to.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// The template that fills it in.
    pub template: Option<TicketTemplate>,
    /// One that would take the place of what the reader has written there already: they are asked first.
    waits: Option<TicketTemplateId>,
}

impl Chosen {
    pub fn id(&self) -> Option<TicketTemplateId> {
        self.template.as_ref().map(|it| it.id)
    }
}

/// The template that an address names, if the reader may lodge by it; in the portal, of its form's kind.
pub fn chosen(tx: &Tx, actor: &Actor, query: &Query, kind: Option<Kind>, draft: Option<&Draft>) -> Result<Chosen> {
    let id = query.get("template").and_then(|it| it.parse::<TicketTemplateId>().ok());
    // One that is gone leaves an empty form.
    let template = id.and_then(|id| ticket_templates::known(tx, actor, id).ok()).filter(|it| kind.is_none_or(|kind| it.kind == kind));
    let is_written = draft.is_some_and(|it| ["title", "description"].iter().any(|name| !it.text(name).trim().is_empty()));
    match template {
        Some(it) if is_written && query.get("anew").is_none() => Ok(Chosen { template: None, waits: Some(it.id) }),
        template => Ok(Chosen { template, waits: None }),
    }
}

/// What the form of a new ticket begins with: what was written there before, else what the page before took along.
pub fn title(query: &Query, draft: Option<&Draft>) -> String {
    let kept = draft.map_or("", |it| it.text("title"));
    let words = if kept.is_empty() { query.get("title").unwrap_or_default() } else { kept };
    words.chars().take(limits::TITLE_CHARS_MAX).collect()
}

/// The template that a form was filled in by.
pub fn sent(sent: &Sent) -> Option<TicketTemplateId> {
    sent.get("template").and_then(|it| it.parse().ok())
}

/// The templates that a form offers: in the portal, those of its kind that are meant for it.
pub fn offered(tx: &Tx, actor: &Actor, form: &str, in_portal: Option<Kind>, chosen: &Chosen) -> Result<Vec<Offered>> {
    let fits = |it: &TicketTemplate| in_portal.is_none_or(|kind| it.in_portal && it.kind == kind);
    let all = ticket_templates::offered(tx, actor)?.into_iter().filter(fits);
    Ok(all
        .map(|it| Offered {
            href: format!("{form}?template={}", it.id),
            chosen: chosen.id() == Some(it.id),
            waits: chosen.waits == Some(it.id),
            name: it.name,
            about: it.about,
        })
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
    let place = it.category.map(|id| queues::place_in_tree(tx, id)).transpose()?.flatten();
    let (category, subcategory) = (place.map(|it| it.0.to_string()), place.and_then(|it| it.1).map(|it| it.to_string()));
    Ok(Unseen { tags: it.tags, category, subcategory })
}
