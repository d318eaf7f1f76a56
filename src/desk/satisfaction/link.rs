//! The link in the mail that says that a ticket is solved: whoever has it may say how it was, for one person and one ticket, until it
//! ends. Signed with the desk's key and kept nowhere; another desk's is none here.

use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

use crate::{
    desk::settings::Settings,
    id::{PersonId, TicketId},
    limits,
    time::Instant,
};

/// A link, read. It may have ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SurveyLink {
    pub ticket: TicketId,
    pub person: PersonId,
    /// To the second.
    pub until: Instant,
}

const TAG_BYTES: usize = 16;
const BODY_BYTES: usize = 37;
/// The form of the body, should there ever be another.
const FORM: u8 = 1;

fn tag(settings: &Settings, body: &[u8]) -> [u8; TAG_BYTES] {
    let key = blake3::derive_key("lodge satisfaction link 1", &settings.key);
    let mut tag = [0; TAG_BYTES];
    tag.copy_from_slice(&blake3::keyed_hash(&key, body).as_bytes()[..TAG_BYTES]);
    tag
}

impl SurveyLink {
    /// The link that a mail of this instant carries.
    pub fn of(ticket: TicketId, person: PersonId, now: Instant) -> SurveyLink {
        let secs = now.as_secs() + i64::from(limits::SURVEY_LINK_DAYS) * 24 * 3600;
        SurveyLink { ticket, person, until: Instant::from_millis(secs * 1000) }
    }

    /// The text that stands in the address.
    pub fn token(&self, settings: &Settings) -> String {
        let until = u32::try_from(self.until.as_secs()).unwrap_or(u32::MAX).to_be_bytes();
        let body = [&[FORM][..], self.ticket.0.as_bytes(), self.person.0.as_bytes(), &until].concat();
        BASE64URL_NOPAD.encode(&[body.as_slice(), &tag(settings, &body)].concat())
    }

    /// Reads a token; nothing if it is not one of this desk's.
    pub fn read(settings: &Settings, text: &str) -> Option<SurveyLink> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (body, signed) = bytes.split_at_checked(BODY_BYTES)?;
        // The hashes are compared, so that the time taken says nothing.
        if signed.len() != TAG_BYTES || body[0] != FORM || blake3::hash(signed) != blake3::hash(&tag(settings, body)) {
            return None;
        }
        let id = |it: &[u8]| Uuid::from_slice(it).ok();
        let secs = u32::from_be_bytes(body[33..].try_into().ok()?);
        let until = Instant::from_millis(i64::from(secs) * 1000);
        Some(SurveyLink { ticket: TicketId(id(&body[1..17])?), person: PersonId(id(&body[17..33])?), until })
    }

    pub fn has_ended(&self, now: Instant) -> bool {
        self.until <= now
    }

    /// Where it leads.
    pub fn address(&self, settings: &Settings) -> Option<String> {
        Some(format!("{}/csat/{}", settings.base_url.as_deref()?, self.token(settings)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_made_and_nothing_else_is() {
        let (ours, theirs) = (Settings::new("Ours", [7; 32]), Settings::new("Theirs", [8; 32]));
        let link = SurveyLink::of(TicketId(Uuid::from_u128(1)), PersonId(Uuid::from_u128(2)), Instant::from_millis(1_700_000_000_500));
        let token = link.token(&ours);
        assert_eq!(SurveyLink::read(&ours, &token), Some(link));
        assert_eq!(SurveyLink::read(&theirs, &token), None, "another desk's");
        let mut bytes = BASE64URL_NOPAD.decode(token.as_bytes()).unwrap();
        for at in 0..bytes.len() {
            bytes[at] ^= 1;
            assert_eq!(SurveyLink::read(&ours, &BASE64URL_NOPAD.encode(&bytes)), None, "byte {at}");
            bytes[at] ^= 1;
        }
        for text in ["", "x", "AAAA", &token[1..], &format!("{token}AAAA")] {
            assert_eq!(SurveyLink::read(&ours, text), None, "{text}");
        }
    }

    #[test]
    fn it_ends_after_thirty_days() {
        let made = Instant::from_millis(1_700_000_000_000);
        let link = SurveyLink::of(TicketId::NIL, PersonId::NIL, made);
        let day = std::time::Duration::from_secs(24 * 3600);
        assert!(!link.has_ended(made.plus(day * 30).minus(std::time::Duration::from_millis(1))));
        assert!(link.has_ended(made.plus(day * 30)));
    }
}
