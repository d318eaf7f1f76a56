//! What comes back: reports about letters, and by whose authority. Each copy of a letter leaves with a return address of its own, which
//! stands in its envelope and which no other recipient ever sees. A report that comes to it is from whoever had that copy in hand, or
//! from its recipient; one that merely names the letter may be from anybody who saw it, since a Message-ID stands in every copy and in
//! every answer.
//!
//! Invariant: only a report by a copy's own return address, about that copy's recipient, suppresses an address. Any report shows.

use super::{BY_RETURN, Letter, LetterState, RecipientState, by_message_id, clip};
use crate::{
    desk::{
        actor::Actor,
        event::{self, EventKind},
        mail::{BounceAction, BounceReport, ParsedMessage, suppression},
    },
    error::Result,
    id::LetterId,
    store::Tx,
};

/// What the token of a return address begins with; those of tickets begin with their kind, those of third parties with `x-`.
const MARK: &str = "b-";
/// Random bytes of a token: guessing means mailing.
const TOKEN_BYTES: usize = 10;
/// What is said of a report that anybody could have written.
const UNPROVED: &str = "This report did not come to the mail's own return address, so anybody who saw the mail could have written it: the address is still written to.";

/// A token for one copy.
pub(super) fn new_token(tx: &mut Tx) -> String {
    tx.random::<TOKEN_BYTES>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What stands behind the `+` of a copy's return address.
pub fn tag(token: &str) -> String {
    format!("{MARK}{token}")
}

/// A letter that came back, and the recipient whose copy it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Returned {
    pub letter: Letter,
    pub address: String,
}

/// The copy to whose return address this mail was sent.
pub fn returned(tx: &Tx, message: &ParsedMessage) -> Result<Option<Returned>> {
    let named = message.to.iter().chain(&message.cc).map(|it| it.address.as_str());
    for address in named.chain(message.delivered_to.iter().map(String::as_str)) {
        let Some(token) = token_in(address) else { continue };
        let Some(letter) = tx.find_one(&BY_RETURN, &token)? else { continue };
        let address = letter.recipients.iter().find(|it| it.token.as_ref() == Some(&token)).map(|it| it.address.clone());
        if let Some(address) = address {
            return Ok(Some(Returned { letter, address }));
        }
    }
    Ok(None)
}

fn token_in(address: &str) -> Option<String> {
    let tag = address.split('@').next()?.split_once('+')?.1.to_ascii_lowercase();
    let token = tag.strip_prefix(MARK)?;
    let fits = token.len() == 2 * TOKEN_BYTES && token.bytes().all(|it| it.is_ascii_hexdigit());
    fits.then(|| token.to_owned())
}

/// A delivery report about a letter of ours: marks it, and suppresses addresses that are gone if the report came to the return address
/// of their copy. Nothing happens if we never sent such a letter, or it did not go to these addresses: a report proves nothing about
/// others.
pub fn bounced(tx: &mut Tx, report: &BounceReport, to: Option<Returned>) -> Result<Option<LetterId>> {
    let (letter, proved) = match to {
        Some(it) => (Some(it.letter), Some(it.address)),
        None => (report.original_message_id.as_ref().map(|it| by_message_id(tx, it)).transpose()?.flatten(), None),
    };
    let Some(mut letter) = letter else { return Ok(None) };
    let actor = Actor::system("mail");
    let delayed = report.action == BounceAction::Delayed;
    let before = letter.clone();
    // Who is meant by a report that names nobody.
    let alone = if let [it] = letter.recipients.as_slice() { Some(it.address.clone()) } else { None };
    let unnamed = proved.clone().or(alone);
    for failed in &report.failed_recipients {
        let soft = failed.status.as_deref().is_some_and(|it| it.starts_with('4'));
        let text = [failed.status.as_deref(), failed.diagnostic.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let text = clip(if text.is_empty() { &report.reason } else { &text });
        let named = failed.address.trim();
        // The address may be one that ours is passed on to: whose copy it was, its return address says. That one target is gone is told,
        // and does not cut off the others.
        let is_known = named.is_empty() || letter.recipients.iter().any(|it| it.address.eq_ignore_ascii_case(named));
        let meant = if named.is_empty() || (proved.is_some() && !is_known) { unnamed.clone() } else { Some(named.to_owned()) };
        let text = if is_known { text } else { clip(&format!("{named}: {text}")) };
        let mut hit = Vec::new();
        for it in letter.recipients.iter_mut().filter(|it| meant.as_ref().is_some_and(|meant| meant.eq_ignore_ascii_case(&it.address))) {
            it.answer = Some(text.clone());
            if !delayed && !soft {
                it.state = RecipientState::Bounced;
            }
            hit.push(it.address.clone());
        }
        for address in hit {
            letter.answer = Some(text.clone());
            let is_proved = is_known && proved.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&address));
            if !delayed && is_proved {
                suppression::came_back(tx, &actor, &address, failed.status.as_deref(), &text, (letter.id, letter.ticket))?;
            } else if !delayed && suppression::verdict(failed.status.as_deref()) == suppression::Verdict::Gone {
                letter.answer = Some(clip(&format!("{text} {UNPROVED}")));
            }
        }
    }
    if report.failed_recipients.is_empty()
        && !delayed
        && let Some(it) = letter.recipients.iter_mut().find(|it| unnamed.as_ref() == Some(&it.address))
    {
        it.state = RecipientState::Bounced;
        it.answer = Some(clip(&report.reason));
        letter.answer = Some(clip(&report.reason));
    }
    let newly = letter.recipients.iter().zip(&before.recipients).any(|(now, was)| now.state != was.state);
    if newly && !letter.state.waits() {
        letter.state = LetterState::Bounced;
        event::record(tx, &actor, EventKind::LetterBounced, letter.about(), letter.changes())?;
    }
    if letter != before {
        tx.put(&letter)?;
    }
    Ok(Some(letter.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_in_return_addresses_only() {
        let token = "0123456789abcdef0123";
        for (address, found) in [
            (format!("help+b-{token}@example.com"), true),
            (format!("HELP+B-{}@example.com", token.to_uppercase()), true),
            (format!("b-{token}@example.com"), false),
            (format!("help+b-{token}0@example.com"), false),
            ("help+b-0123456789abcdef012x@example.com".to_owned(), false),
            (format!("help+inc1-{token}@example.com"), false),
            (format!("help+x-inc1-{token}@example.com"), false),
        ] {
            assert_eq!(token_in(&address).as_deref(), found.then_some(token), "{address}");
        }
        assert_eq!(token_in(&format!("help+{}@example.com", tag(token))).as_deref(), Some(token));
    }
}
