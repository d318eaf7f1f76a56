//! Lodging a ticket from a form, once however often the form is sent: the form carries a word of its own, and what was lodged under
//! that word with the same content is given again.

use crate::{
    desk::{
        attachments::uploads,
        drafts::{self, Place},
        idempotency::Call,
        tickets::{self, NewTicket, number},
    },
    error::{Refusal, Result},
    web::{
        answers::{form::Sent, site::Reader},
        tongue,
    },
};

/// What was lodged.
pub struct Lodged {
    /// `INC-000123`.
    pub number: String,
}

/// A word for a new form.
pub fn fresh() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Lodges the ticket that the form asks for, with its files. `route` tells forms apart; the draft of this name is gone then.
pub async fn lodge(reader: &Reader, sent: &Sent, route: &str, draft: &'static str, new: NewTicket) -> Result<Lodged> {
    let person = Some(reader.person());
    // A form that was sent, taken back to and changed is another ticket.
    let once = sent.get("once").map(|it| format!("{}.{}", it.chars().take(64).collect::<String>(), sent.digest()));
    let call = once.map(|it| Call::new(person, route, &it, b"")).transpose()?;
    let (new, uploaded) = (NewTicket { files: sent.files.clone(), ..new }, sent.uploads());
    let (actor, settings) = (reader.actor().clone(), reader.settings.clone());
    let number = reader.desk.write(person, move |tx| {
        if let Some(earlier) = call.as_ref().map(|it| it.earlier(tx)).transpose()?.flatten() {
            return Ok(String::from_utf8_lossy(&earlier.body).into_owned());
        }
        let mut new = new;
        new.files.extend(uploads::claim(tx, &actor, &uploaded)?);
        let ticket = tickets::create(tx, &actor, new)?;
        if let Some(place) = Place::form(draft) {
            drafts::discard(tx, &actor, place)?;
        }
        let number = number::text(&settings, ticket.kind, ticket.number);
        if let Some(call) = call {
            call.keep(tx, 303, number.clone().into_bytes())?;
        }
        Ok(number)
    });
    Ok(Lodged { number: number.await? })
}

/// What a refusal says about a field.
pub fn message(refusal: &Refusal, field: &str) -> Option<String> {
    refusal.fields.iter().find(|it| it.field == field).map(|it| tongue::sentence(&it.message))
}
