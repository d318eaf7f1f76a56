//! What somebody is writing, as the forms of pages show it and keep it without a script. With one it is kept through the API.

use axum::response::Response;

use super::{
    console::article_form,
    form::Sent,
    said,
    site::{Reader, see_and_say},
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        drafts::{self, Draft, Field, Kept as DraftKept, Place},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{Problem, path::Path},
    web::{components::kept::Kept, tongue::t},
};

/// Fields that are no words of anybody.
const NOT_KEPT: [&str; 9] = ["csrf", "kept", "seen", "once", "everybody", "attach", "files", "look", "version"];

/// The draft of the reader at a place, and how the form marks it.
pub fn kept(tx: &Tx, actor: &Actor, name: &str, place: Place) -> Result<(Kept, Option<Draft>)> {
    let draft = match actor.person() {
        Some(me) => drafts::of(tx, me, place)?,
        None => None,
    };
    let (version, at) = draft.as_ref().map_or((0, None), |it| (it.version, Some(it.updated_at)));
    Ok((Kept { place: name.to_owned(), version, at }, draft))
}

/// The same for a form that is no ticket's.
pub fn of_form(tx: &Tx, actor: &Actor, name: &str) -> Result<(Kept, Option<Draft>)> {
    match Place::form(name) {
        Some(place) => kept(tx, actor, name, place),
        None => Ok((Kept::default(), None)),
    }
}

/// Keeps what stands in a form, and leads back to it.
pub async fn save(reader: Reader, Path(name): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let fields: Vec<Field> = sent
        .fields()
        .filter(|(name, _)| !NOT_KEPT.contains(name))
        .map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() })
        .collect();
    let (actor, at) = (reader.actor().clone(), name.clone());
    let base = sent.get("kept").and_then(|it| it.parse().ok());
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        let place = Place::named(tx, &actor, &at)?;
        drafts::keep_both(tx, &actor, place, fields, base)
    });
    let said = match done.await? {
        DraftKept::Alone => t!("live-draft-saved"),
        DraftKept::Both => t!("live-draft-both"),
        DraftKept::Anew => t!("live-draft-anew"),
    };
    let works = reader.actor().may(Permission::TicketsRead);
    let address = match name.as_str() {
        "incident" => "/incidents/new".to_owned(),
        "request" => "/requests/new".to_owned(),
        "new-ticket" => "/agent/tickets/new".to_owned(),
        place if article_form::written_on(place).is_some() => article_form::written_on(place).unwrap_or_default(),
        number if !number.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-') => return Err(Refusal::not_found("draft").into()),
        // An agent writes in the console, and in the portal where the ticket is their own: a form there says so itself.
        number if works && sent.has("mode") => format!("/agent/tickets/{number}"),
        number => format!("/tickets/{number}"),
    };
    Ok(see_and_say(&address, &said::done(said)))
}
