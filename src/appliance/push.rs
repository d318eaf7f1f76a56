//! Tells the devices of people: writes what a notification says, with the rights that its reader has at that moment, seals it and hands
//! it to the device's push service.

use serde_json::json;

use super::Desk;
use crate::language::Language;
use crate::{
    desk::{
        actor::Origin,
        identity::{self, Person},
        jobs::Ended,
        notices::{
            self, Happening, Notification,
            push::{self, PushSubscription, SendPush},
        },
        settings::Settings,
        tickets::{Ticket, number},
    },
    error::Result,
    reach::{
        push::{Device, Sent, Urgency, new_key, sealed, send, signed},
        web::Whom,
    },
};

/// The desk's public key for push services, made at the first time that anybody asks.
pub async fn public_key(desk: &Desk) -> Result<Vec<u8>> {
    if let Some(it) = desk.read(push::public_key)? {
        return Ok(it);
    }
    let (pkcs8, public) = new_key().map_err(|it| crate::error::Fault::new(it.to_string()))?;
    desk.write(None, move |tx| push::found_key(tx, &pkcs8, public)).await
}

struct Message {
    device: PushSubscription,
    text: String,
    urgency: Urgency,
    pkcs8: Vec<u8>,
    contact: String,
}

/// Sends one message to one device. What was read meanwhile, or may not be known any more, is not sent.
pub async fn attempt(desk: &Desk, what: &SendPush) -> Ended {
    let message = match desk.read(|tx| message(tx, what)) {
        Ok(Some(it)) => it,
        Ok(None) => return Ended::Done,
        Err(it) => return Ended::Retry(it.to_string()),
    };
    let device = Device { endpoint: &message.device.endpoint, key: &message.device.key, auth: &message.device.auth };
    let word = signed(&message.pkcs8, device.endpoint, &message.contact, desk.now());
    let (word, body) = match (word, sealed(&device, message.text.as_bytes())) {
        (Ok(word), Ok(body)) => (word, body),
        (Err(it), _) | (_, Err(it)) => return Ended::Failed(it.to_string()),
    };
    let whom = if desk.private_push { Whom::Anybody } else { Whom::Public };
    match send(&device, word, body, message.urgency, whom).await {
        Sent::Taken => Ended::Done,
        Sent::Later(why) => Ended::Retry(why),
        Sent::Gone => drop_device(desk, what, None).await,
        // A device that its service refuses stays refused; the person subscribes anew from it.
        Sent::Refused(why) => drop_device(desk, what, Some(why)).await,
    }
}

async fn drop_device(desk: &Desk, what: &SendPush, why: Option<String>) -> Ended {
    let (person, id) = (what.person, what.subscription);
    if let Some(why) = why {
        tracing::warn!(%person, why, "a device is told no more");
    }
    match desk.write(None, move |tx| push::gone(tx, person, id)).await {
        Ok(()) => Ended::Done,
        Err(it) => Ended::Retry(it.to_string()),
    }
}

fn message(tx: &crate::desk::Tx, what: &SendPush) -> Result<Option<Message>> {
    let Some(device) = tx.get::<PushSubscription>(&(what.person, what.subscription))? else { return Ok(None) };
    let Some(notification) = tx.get::<Notification>(&(what.person, what.notification))?.filter(|it| it.read_at.is_none()) else {
        return Ok(None);
    };
    let Some(person) = tx.get::<Person>(&what.person)?.filter(|it| it.active) else { return Ok(None) };
    let actor = identity::actor_of(tx, &person, Origin::default())?;
    if !notices::is_visible(tx, &actor, &notification)? {
        return Ok(None);
    }
    let Some(ticket) = tx.get::<Ticket>(&notification.ticket)? else { return Ok(None) };
    let settings = Settings::of(tx)?;
    let number = number::text(&settings, ticket.kind, ticket.number);
    let by = notification.by.map(|it| tx.get::<Person>(&it)).transpose()?.flatten().map(|it| it.name);
    let works = crate::desk::tickets::access::works_on(&actor, &ticket);
    let address = if works { format!("/agent/tickets/{number}") } else { format!("/tickets/{number}") };
    let title: String = ticket.title.chars().take(200).collect();
    let tag = person.locale.as_deref().or(settings.language.as_deref());
    let language = tag.and_then(Language::of_tag).unwrap_or_default();
    let text = json!({
        "title": format!("{number} {title}"),
        "body": notices::sentence(&notification, by.as_deref()).read(language),
        "href": address,
        "tag": notification.ticket.to_string(),
        "id": notification.id.to_string(),
    });
    let is_urgent = notification.happening.is_urgent() || notification.happening == Happening::Mentioned;
    let contact = match (settings.sender(), &settings.base_url) {
        (Some(it), _) => format!("mailto:{it}"),
        (None, Some(it)) => it.clone(),
        (None, None) => "https://lodge.invalid".to_owned(),
    };
    Ok(Some(Message {
        device,
        text: text.to_string(),
        urgency: if is_urgent { Urgency::High } else { Urgency::Normal },
        pkcs8: push::private_key(tx)?,
        contact,
    }))
}
