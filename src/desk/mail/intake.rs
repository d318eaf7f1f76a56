//! From a parsed message to an outcome: created, appended, duplicate, ignored or quarantined, always with the rule and the reason.
//! Nothing is refused: whatever cannot be understood becomes a ticket with the raw file (BEY-06).

use super::{
    Automatic, ParsedMessage,
    ledger::{BY_DIGEST, MailEntry, Outcome},
    quoted,
    thread::{self, Place},
};
use crate::{
    desk::{
        actor::Actor,
        attachments::StoredFile,
        event::{self, Changes, EventKind},
        identity::{self, NewPerson, Person},
        permission::Permission,
        settings::Settings,
        tickets::{self, BodyFormat, Channel, Kind, NewComment, NewTicket, Ticket},
    },
    error::{Refusal, Result},
    id::{BlobHash, MailId},
    limits,
    store::Tx,
    text::quote::head::is_forward,
};

/// Who a mail without a usable From is from.
const NOBODY: &str = "unknown-sender@lodge.invalid";

/// A mail that was written down, parsed, and whose files are in the blob store.
#[derive(Debug, Clone)]
pub struct Understood {
    pub mail: MailId,
    pub message: ParsedMessage,
    /// The files of the message, in its order; its `bytes` are not needed any more.
    pub files: Vec<StoredFile>,
}

/// What became of the mail. Deciding twice changes nothing: the second time tells what the first did.
pub fn decide(tx: &mut Tx, actor: &Actor, understood: Understood) -> Result<MailEntry> {
    actor.need(Permission::MailIngest)?;
    let Understood { mail, message, files } = understood;
    let mut entry = tx.get::<MailEntry>(&mail)?.ok_or_else(|| Refusal::not_found("mail"))?;
    if entry.outcome != Outcome::Received {
        return Ok(entry);
    }
    let settings = Settings::of(tx)?;
    // What happens because of a mail is the mail's doing, whoever handed it over.
    let actor = &Actor { origin: actor.origin.clone(), ..Actor::system("mail") };
    entry.digest = Some(BlobHash(message.digest));
    entry.message_id = message.message_id.clone();
    entry.from = message.from.as_ref().map(|it| it.address.clone());
    entry.subject = Some(title(&message));
    entry.automatic = message.automatic != Automatic::No;
    entry.reason = message.automatic.reason().map(str::to_owned);
    outcome(tx, actor, &settings, &mut entry, message, files)?;
    tx.put(&entry)?;
    let changes = Changes::new()
        .set("outcome", entry.outcome.name())
        .set("rule", entry.rule.as_str())
        .set("reason", entry.reason.clone())
        .set("ticket", entry.ticket.map(|it| it.to_string()));
    event::record(tx, actor, EventKind::MailReceived, entry.about(), changes)?;
    Ok(entry)
}

fn outcome(
    tx: &mut Tx,
    actor: &Actor,
    settings: &Settings,
    entry: &mut MailEntry,
    message: ParsedMessage,
    files: Vec<StoredFile>,
) -> Result<()> {
    let digest = BlobHash(message.digest);
    if let Some(first) = tx.find_one(&BY_DIGEST, &digest)? {
        entry.ticket = first.ticket;
        entry.comment = first.comment;
        return settle(entry, Outcome::Duplicate, "digest", Some(format!("The same mail came before, at {}.", first.received_at)));
    }
    if is_ours(tx, settings, &message)? {
        entry.automatic = true;
        return settle(entry, Outcome::Ignored, "own_mail", Some("It is our own mail, come back.".into()));
    }
    let sender = match message.from.as_ref() {
        Some(it) => identity::person_by_email(tx, &it.address)?,
        None => None,
    };
    match thread::place(tx, settings, &message, sender.as_ref())? {
        Place::On(id, rule) => {
            let author = person(tx, actor, &message)?;
            append(tx, actor, entry, id, author, message, files, rule)
        }
        Place::Nowhere { .. } if entry.automatic => settle(entry, Outcome::Quarantined, "automatic", None),
        Place::Nowhere { suggested } => {
            let requester = person(tx, actor, &message)?;
            create(tx, actor, entry, requester, message, files)?;
            entry.suggested = suggested;
            suggest(tx, actor, settings, entry)
        }
    }
}

fn settle(entry: &mut MailEntry, outcome: Outcome, rule: &str, reason: Option<String>) -> Result<()> {
    entry.outcome = outcome;
    entry.rule = rule.to_owned();
    entry.reason = reason.or_else(|| entry.reason.take());
    Ok(())
}

/// Our own mail coming back: written by one of our addresses, or a message that we sent.
fn is_ours(tx: &Tx, settings: &Settings, message: &ParsedMessage) -> Result<bool> {
    if let Some(from) = &message.from
        && settings.is_own_address(&from.address)
    {
        return Ok(true);
    }
    match &message.message_id {
        Some(it) => Ok(thread::seen(tx, it)?.is_some_and(|it| it.sent)),
        None => Ok(false),
    }
}

/// The person behind From; a new requester if we do not know them.
fn person(tx: &mut Tx, actor: &Actor, message: &ParsedMessage) -> Result<Person> {
    if let Some(from) = &message.from
        && identity::normal_email(&from.address).is_ok()
    {
        return identity::find_or_create(tx, actor, &from.address, &from.name);
    }
    if let Some(found) = identity::person_by_email(tx, NOBODY)? {
        return Ok(found);
    }
    identity::create_person(tx, actor, NewPerson { email: NOBODY.into(), name: "Unknown sender".into(), ..NewPerson::default() })
}

/// The decoded subject as written, on one line and within the limit of titles.
fn title(message: &ParsedMessage) -> String {
    let subject = message.subject.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
    let title: String = subject.chars().take(limits::TITLE_CHARS_MAX).collect();
    if title.trim().is_empty() { "(no subject)".into() } else { title }
}

#[expect(clippy::too_many_arguments, reason = "one step of a decision, with all that it decides on")]
fn append(
    tx: &mut Tx,
    actor: &Actor,
    entry: &mut MailEntry,
    id: crate::id::TicketId,
    author: Person,
    message: ParsedMessage,
    files: Vec<StoredFile>,
    rule: thread::Rule,
) -> Result<()> {
    let settings = Settings::of(tx)?;
    let originals = quoted::originals(tx, &settings, id)?;
    let new = NewComment {
        format: BodyFormat::Plain,
        html: message.html.map(|it| quoted::fold_html(&it, &originals)),
        folds: quoted::marks(&message.text, &originals),
        notes: [message.notes, message.flaws].concat(),
        mail: Some(entry.id),
        rule: Some(rule.name().to_owned()),
        automatic: entry.automatic,
        files,
        author: Some(author.id),
        ..NewComment::new(message.text, false, Channel::Email)
    };
    let (ticket, comment) = tickets::add_comment(tx, actor, id, new)?;
    if let Some(it) = &message.message_id {
        thread::remember(tx, it, ticket.id, Some(comment.id), false)?;
    }
    entry.ticket = Some(ticket.id);
    entry.comment = Some(comment.id);
    settle(entry, Outcome::Appended, rule.name(), None)
}

fn create(
    tx: &mut Tx,
    actor: &Actor,
    entry: &mut MailEntry,
    requester: Person,
    message: ParsedMessage,
    files: Vec<StoredFile>,
) -> Result<()> {
    let new = NewTicket {
        description: message.text.clone(),
        description_format: BodyFormat::Plain,
        // A mail that is passed on is about what it quotes.
        description_html: message
            .html
            .as_ref()
            .map(|it| if is_forward(&message.subject) { it.clone() } else { quoted::fold_html(it, &[]) }),
        mail_notes: [message.notes.as_slice(), message.flaws.as_slice()].concat(),
        requester: Some(requester.id.to_string()),
        files,
        mail: Some(entry.id),
        ..NewTicket::new(Kind::Incident, title(&message), Channel::Email)
    };
    let ticket: Ticket = tickets::create(tx, actor, new)?;
    if let Some(it) = &message.message_id {
        thread::remember(tx, it, ticket.id, None, false)?;
    }
    entry.ticket = Some(ticket.id);
    settle(entry, Outcome::Created, "new", None)
}

/// Says on the new ticket which one its subject names, for an agent to decide.
fn suggest(tx: &mut Tx, actor: &Actor, settings: &Settings, entry: &MailEntry) -> Result<()> {
    let (Some(created), Some(suggested)) = (entry.ticket, entry.suggested) else { return Ok(()) };
    let Some(named) = tx.get::<Ticket>(&suggested)? else { return Ok(()) };
    let number = tickets::number::text(settings, named.kind, named.number);
    let said = format!(
        "The subject names {number}, but nothing shows that the sender takes part in it, so this is a ticket of its own. Link the two if they belong together."
    );
    tickets::add_comment(tx, actor, created, NewComment { author: None, ..NewComment::new(said, true, Channel::Email) })?;
    Ok(())
}
