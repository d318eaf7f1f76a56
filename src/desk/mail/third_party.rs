//! Third parties: somebody outside, such as a supplier, who was asked by a forward. Their answers come back onto the ticket as a note
//! that its requester does not see. They have a token of their own, which lets nobody answer in public.

use super::{
    ParsedMessage,
    occasion::Occasion,
    outbox::{self, Letter},
};
use crate::{
    desk::{
        settings::Settings,
        tickets::{Kind, Ticket, merge, number},
    },
    error::Result,
    id::TicketId,
    store::Tx,
};

/// Hex digits of the signature, as in the tokens of requesters.
const SIGNATURE_DIGITS: usize = 20;

fn signature(settings: &Settings, kind: Kind, number: u64) -> String {
    let said = format!("third party token of {} {number}", kind.name());
    blake3::keyed_hash(&settings.key, said.as_bytes()).to_hex()[..SIGNATURE_DIGITS].to_owned()
}

/// The token of a ticket's third parties: `x-inc45-...`.
pub fn token(settings: &Settings, ticket: &Ticket) -> String {
    format!("x-{}{}-{}", ticket.kind.prefix().to_lowercase(), ticket.number, signature(settings, ticket.kind, ticket.number))
}

/// The ticket that such a token was made for, if its signature holds.
pub fn of_token(settings: &Settings, text: &str) -> Option<(Kind, u64)> {
    let text = text.to_lowercase();
    let (name, signed) = text.strip_prefix("x-")?.rsplit_once('-')?;
    let digits = name.find(|it: char| it.is_ascii_digit())?;
    let kind = Kind::ALL.into_iter().find(|it| it.prefix().eq_ignore_ascii_case(&name[..digits]))?;
    let number = name[digits..].parse().ok()?;
    // The hashes are compared, so that the time taken says nothing about the digits.
    let holds = blake3::hash(signed.as_bytes()) == blake3::hash(signature(settings, kind, number).as_bytes());
    holds.then_some((kind, number))
}

/// The ticket on which a third party answers with this message: by their token, or because it answers a letter that was a forward.
/// To be asked before a message is placed in any other way: what answers a forward must not become public.
pub fn place(tx: &Tx, settings: &Settings, message: &ParsedMessage) -> Result<Option<TicketId>> {
    // Programs that answer by themselves write to the return address (RFC 3834 4).
    if let Some(it) = outbox::returned(tx, message)? {
        return if it.letter.occasion == Occasion::Forward { of_letter(tx, &it.letter) } else { Ok(None) };
    }
    let own = message.to.iter().chain(&message.cc).map(|it| it.address.as_str());
    for address in own.chain(message.delivered_to.iter().map(String::as_str)) {
        let token = address.split('@').next().and_then(|it| it.split_once('+')).map(|it| it.1);
        if let Some((kind, number)) = token.and_then(|it| of_token(settings, it)) {
            return living(tx, kind, number);
        }
    }
    for id in message.in_reply_to.iter().chain(message.references.iter().rev()) {
        if let Some(letter) = outbox::by_message_id(tx, id)?.filter(|it| it.occasion == Occasion::Forward) {
            return of_letter(tx, &letter);
        }
        let token = id.split('@').next().and_then(|it| it.split_once('.')).map(|it| it.1);
        if let Some((kind, number)) = token.and_then(|it| of_token(settings, it)) {
            return living(tx, kind, number);
        }
    }
    Ok(None)
}

fn of_letter(tx: &Tx, letter: &Letter) -> Result<Option<TicketId>> {
    let ticket = letter.ticket.map(|it| merge::survivor(tx, it)).transpose()?.flatten();
    Ok(ticket.map(|it| it.id))
}

fn living(tx: &Tx, kind: Kind, number: u64) -> Result<Option<TicketId>> {
    let Some(id) = tx.find_keys(&number::BY_NUMBER, &(kind as u8, number))?.next().transpose()? else { return Ok(None) };
    Ok(merge::survivor(tx, id)?.map(|it| it.id))
}
