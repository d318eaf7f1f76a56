//! Whom a letter goes to: addresses as people write them, checked, each once; and the addresses that an incoming mail was copied to,
//! kept so that an answer can offer them.

use minicbor::{Decode, Encode};

use super::{ParsedMessage, signature};
use crate::{
    desk::{
        identity,
        settings::Settings,
        tickets::{Comment, Ticket},
    },
    error::{Refusal, Result},
    id::{AttachmentId, MailId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// Whom an agent chose for a comment, and what goes with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Addressed {
    /// None: the requester, as always.
    #[n(0)]
    pub to: Vec<String>,
    #[n(1)]
    pub cc: Vec<String>,
    /// Nobody but those who work the ticket is told of them.
    #[n(2)]
    pub bcc: Vec<String>,
    /// It goes to a third party and stays an internal note.
    #[n(3)]
    pub forward: bool,
    /// The subject of a forward; otherwise the ticket's.
    #[n(4)]
    pub subject: Option<String>,
    /// Files of the ticket that go along, besides those of the comment itself.
    #[n(5)]
    pub files: Vec<AttachmentId>,
}

impl Addressed {
    pub fn is_plain(&self) -> bool {
        let Addressed { to, cc, bcc, forward, subject: _, files } = self;
        to.is_empty() && cc.is_empty() && bcc.is_empty() && !forward && files.is_empty()
    }

    /// Checks every address and leaves each where it stands first.
    pub fn checked(mut self, tx: &Tx, settings: &Settings, ticket: &Ticket) -> Result<Addressed> {
        let count = self.to.len() + self.cc.len() + self.bcc.len();
        if count > limits::LETTER_RECIPIENTS_MAX {
            let message = say!("refused-mail-goes-addresses-most", letter_recipients_max = limits::LETTER_RECIPIENTS_MAX);
            return Err(Refusal::field("to", "too_many", message).into());
        }
        let mut seen = Vec::new();
        for (field, list) in [("to", &mut self.to), ("cc", &mut self.cc), ("bcc", &mut self.bcc)] {
            let mut kept = Vec::new();
            for text in list.iter() {
                let address = address_of(tx, settings, field, text)?;
                if !seen.contains(&address) {
                    seen.push(address.clone());
                    kept.push(address);
                }
            }
            *list = kept;
        }
        if self.forward && self.to.is_empty() {
            return Err(Refusal::field("to", "required", say!("refused-say-whom-forwarded")).into());
        }
        if let Some(subject) = &self.subject
            && (subject.chars().count() > limits::TITLE_CHARS_MAX || subject.contains(char::is_control))
        {
            let message = say!("refused-subject-one-line-characters", title_chars_max = limits::TITLE_CHARS_MAX);
            return Err(Refusal::field("subject", "invalid", message).into());
        }
        self.subject = self.subject.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        for id in &self.files {
            let file = tx.find_one(&crate::desk::attachments::BY_ID, id)?.filter(|it| it.ticket == ticket.id);
            let Some(file) = file else {
                return Err(Refusal::field("attachments", "unknown", say!("refused-there-no-such-file")).into());
            };
            if file.is_private && !self.forward {
                let message = say!("refused-internal-note-only-forward", filename = file.filename);
                return Err(Refusal::field("attachments", "private", message).into());
            }
        }
        Ok(self)
    }
}

/// One address, alone or as `Name <address>`, in the form in which it is compared.
fn address_of(tx: &Tx, settings: &Settings, field: &str, text: &str) -> Result<String> {
    let bare = text.trim().strip_suffix('>').and_then(|it| it.rsplit_once('<')).map_or(text.trim(), |it| it.1);
    let fine = identity::normal_email(bare).ok().filter(|it| it.bytes().all(|it| it > b' ' && it != b'"'));
    let shown: String = text.chars().take(80).collect();
    let Some(address) = fine else {
        return Err(Refusal::field(field, "invalid", say!("refused-not-mail-address-3", shown = shown)).into());
    };
    if signature::is_own_address(tx, settings, &address)? {
        return Err(Refusal::field(field, "own", say!("refused-address-desk-would-write", address = address)).into());
    }
    if address.ends_with(".invalid") {
        return Err(Refusal::field(field, "invalid", say!("refused-cannot-exist", address = address)).into());
    }
    Ok(address)
}

/// Addresses as they stand in one line of a form, with commas, semicolons or spaces between them.
pub fn split(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|it| !it.is_empty());
    let words = |it: &str| if it.contains('<') { vec![it.to_owned()] } else { it.split_whitespace().map(str::to_owned).collect() };
    parts.flat_map(words).collect()
}

/// What of a ticket stands below a forward, as Markdown: nothing, what its requester wrote first, or all that was said in public.
pub fn quoted(tx: &Tx, ticket: &Ticket, what: &str) -> Result<String> {
    let name = |id: Option<crate::id::PersonId>| -> Result<String> {
        let person = id.map(|id| tx.get::<identity::Person>(&id)).transpose()?.flatten();
        Ok(person.map_or_else(|| "The desk".to_owned(), |it| it.name))
    };
    let mut said = vec![(name(Some(ticket.requester))?, ticket.created_at, ticket.description.clone())];
    match what {
        "none" => return Ok(String::new()),
        "description" => {}
        "thread" => {
            for comment in tx.scan::<Comment>(&ticket.id)? {
                let comment = comment?;
                if !comment.is_private && !comment.automatic {
                    said.push((name(comment.author)?, comment.created_at, comment.body));
                }
            }
        }
        _ => return Err(Refusal::field("quote", "unknown", say!("refused-none-description-thread")).into()),
    }
    let mut below = String::new();
    for (who, at, text) in said {
        let lines: String = text.trim().lines().map(|it| format!("> {it}\n")).collect();
        below.push_str(&format!("\n\n{who}, {}:\n\n{lines}", at.timestamp().strftime("%Y-%m-%d %H:%M UTC")));
    }
    Ok(below)
}

/// To whom else an incoming mail went: what an answer to all would be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CopiedTo {
    #[n(0)]
    pub mail: MailId,
    #[n(1)]
    pub addresses: Vec<String>,
}

impl Record for CopiedTo {
    type Key = MailId;
    /// Read from the mail itself, which is kept; nothing that anybody decided.
    const TABLE: Table = Table::operational(0x57, "mail_copied_to");

    fn key(&self) -> MailId {
        self.mail
    }
}

/// Keeps the other addresses of a mail that became part of a ticket.
pub fn remember_copied(tx: &mut Tx, settings: &Settings, mail: MailId, message: &ParsedMessage) -> Result<()> {
    let from = message.from.as_ref().map(|it| it.address.to_lowercase());
    let mut addresses: Vec<String> = Vec::new();
    for it in message.to.iter().chain(&message.cc) {
        let Ok(address) = identity::normal_email(&it.address) else { continue };
        if Some(&address) == from.as_ref() || addresses.contains(&address) || signature::is_own_address(tx, settings, &address)? {
            continue;
        }
        addresses.push(address);
        if addresses.len() >= limits::LETTER_RECIPIENTS_MAX {
            break;
        }
    }
    if addresses.is_empty() { Ok(()) } else { tx.put(&CopiedTo { mail, addresses }) }
}

/// The addresses that the newest mail on the ticket was copied to, for an answer to offer.
pub fn offered(tx: &Tx, ticket: &Ticket, comments: &[Comment]) -> Result<Vec<String>> {
    let newest = comments.iter().rev().filter(|it| !it.is_private && !it.automatic).find_map(|it| it.mail).or(ticket.mail);
    let Some(mail) = newest else { return Ok(Vec::new()) };
    Ok(tx.get::<CopiedTo>(&mail)?.map(|it| it.addresses).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split_as_people_write_them() {
        for (text, expected) in [
            ("a@x.org, b@x.org", vec!["a@x.org", "b@x.org"]),
            ("a@x.org b@x.org;c@x.org\n", vec!["a@x.org", "b@x.org", "c@x.org"]),
            ("Rosa Lee <a@x.org>, b@x.org", vec!["Rosa Lee <a@x.org>", "b@x.org"]),
            (" ,; ", vec![]),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
    }
}
