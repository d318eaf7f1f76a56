//! What may follow where somebody types a query, as far as they may know of it: people by the index, tags by what they may see.

use std::sync::Arc;

use super::{Desk, facets, people};
use crate::{
    desk::{
        actor::Actor,
        identity::PeopleFilter,
        permission::Permission,
        query::{
            Field, NameKind,
            complete::{self, Asked, Offer, Place},
        },
        query_names::DeskNames,
        tickets::access,
    },
    error::{Refusal, Result},
    follow::search::Facet,
    language::say,
    limits,
};

/// The word at a place of a query, in characters, and what may stand there.
pub async fn complete(desk: &Arc<Desk>, actor: &Actor, text: &str, at: Option<usize>) -> Result<(Place, Vec<Offer>)> {
    access::need_list(actor)?;
    if text.len() > limits::QUERY_BYTES_MAX {
        let detail = say!("refused-query-bytes-most-taken", count = text.len(), QUERY_BYTES_MAX = limits::QUERY_BYTES_MAX);
        return Err(Refusal::field("q", "too_long", detail).into());
    }
    let bytes = at.and_then(|at| text.char_indices().nth(at)).map_or(text.len(), |it| it.0);
    let place = complete::place(text, bytes);
    let field = match &place.field {
        Some(Asked::Known(it)) => Some(*it),
        _ => None,
    };
    // Who only follows their own tickets is told no names of the desk's own house.
    let works = actor.may(Permission::TicketsRead);
    if !works && field.and_then(complete::names_of).is_some_and(|it| it != NameKind::Category) {
        return Ok((place, Vec::new()));
    }
    let more = match field {
        Some(Field::Tag) if works => tags(desk, actor, &place.typed).await?,
        Some(it) if complete::names_of(it) == Some(NameKind::Person) && actor.may(Permission::PeopleRead) => persons(desk, actor, &place)?,
        _ => Vec::new(),
    };
    let offers = desk.read(|tx| Ok(complete::complete(&place, &DeskNames::new(tx, actor), more)))?;
    Ok((place, offers))
}

/// Tags of tickets that the asker may see and that begin as was typed, the most frequent first.
async fn tags(desk: &Arc<Desk>, actor: &Actor, typed: &str) -> Result<Vec<Offer>> {
    let found = facets::values(desk, actor, Facet::Tag, &typed.to_lowercase()).await?;
    Ok(found.iter().map(|it| Offer::value(&it.value, &it.label)).collect())
}

fn persons(desk: &Desk, actor: &Actor, place: &Place) -> Result<Vec<Offer>> {
    if place.typed.trim().is_empty() {
        return Ok(Vec::new());
    }
    let filter = PeopleFilter { text: place.typed.clone(), active: Some(true), ..PeopleFilter::default() };
    let (found, _) = desk.read(|tx| people::list(desk, tx, actor, &filter, 0, limits::QUERY_OFFERS_MAX))?;
    Ok(found.into_iter().map(|it| Offer { hint: it.email.clone(), ..Offer::value(&it.email, &it.name) }).collect())
}
