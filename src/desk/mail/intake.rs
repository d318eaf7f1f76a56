//! What was judged is done: created, appended, duplicate, ignored or held, always with the rule and the reason; and what people do with
//! held mail. Nothing is refused: whatever cannot be understood becomes a ticket with the raw file (BEY-06).

use super::{
    Automatic, Mailbox, ParsedMessage, breaker,
    filter::{self, Asked, MailFilter},
    folded::{self, Folded},
    judge::{self, Case, Judgement, MailboxRules, Step, Verdict},
    ledger::{Handled, HeldEnd, MailEntry, Outcome},
    mailbox, outbox, recipients, recorder, returned,
    rules::MailRules,
    suppression, third_party, thread,
};
use crate::{
    desk::{
        actor::Actor,
        attachments::StoredFile,
        event::{self, Changes, EventKind},
        identity::{self, NewPerson, Person},
        permission::Permission,
        queues::{Category, Queue},
        settings::Settings,
        tickets::{self, BodyFormat, Channel, Kind, NewComment, NewTicket, Ticket, access},
    },
    error::{Code, Refusal, Result},
    id::{BlobHash, MailId, TicketId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
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
    /// What the filters ask for, if they were asked already: looking through a text takes time that the writer has not.
    pub asked: Option<Asked>,
    /// The same for what it quotes.
    pub folded: Option<Folded>,
}

/// How a held mail is let in by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    AsTicket,
    Onto(TicketId),
}

/// What became of the mail. Deciding twice changes nothing: the second time tells what the first did.
pub fn decide(tx: &mut Tx, actor: &Actor, understood: Understood) -> Result<MailEntry> {
    actor.need(Permission::MailIngest)?;
    let entry = tx.get::<MailEntry>(&understood.mail)?.ok_or_else(|| Refusal::not_found("mail"))?;
    if entry.outcome != Outcome::Received {
        return Ok(entry);
    }
    let judgement = judged_as(tx, &entry, &understood)?;
    // What happens because of a mail is the mail's doing, whoever handed it over.
    carry_out(tx, &as_mail(actor), entry, understood, judgement, EventKind::MailReceived)
}

/// Nothing is refused: a mail about which a rule of the desk says no is held, with what it says, for somebody to look at.
pub fn hold(tx: &mut Tx, actor: &Actor, id: MailId, why: &Refusal) -> Result<MailEntry> {
    actor.need(Permission::MailIngest)?;
    let mut entry = tx.get::<MailEntry>(&id)?.ok_or_else(|| Refusal::not_found("mail"))?;
    if entry.outcome != Outcome::Received {
        return Ok(entry);
    }
    entry.outcome = Outcome::Quarantined;
    entry.rule = "refused".to_owned();
    entry.reason = Some(say!("judge-refused", why = why.detail).into());
    tx.put(&entry)?;
    let changes = Changes::new().set("outcome", entry.outcome.name()).set("rule", "refused").set("reason", entry.reason.clone());
    event::record(tx, &as_mail(actor), EventKind::MailReceived, entry.about(), changes)?;
    Ok(entry)
}

/// The part of the system that takes mail in, wherever the mail came from.
fn as_mail(actor: &Actor) -> Actor {
    Actor { origin: actor.origin.clone(), ..Actor::system("mail") }
}

/// Judges a held mail again by the present rules, and does what they say (BEY-07). One that would be held again stays as it is.
pub fn decide_again(tx: &mut Tx, actor: &Actor, understood: Understood) -> Result<MailEntry> {
    actor.need(Permission::MailManage)?;
    let mut entry = held(tx, understood.mail)?;
    let judgement = judged_as(tx, &entry, &understood)?;
    if judgement.verdict == Verdict::Hold {
        recorder::keep(tx, actor, entry.id, &judgement)?;
        entry.rule = judgement.rule.to_owned();
        entry.reason = judgement.reason;
        tx.put(&entry)?;
        let changes = Changes::new().set("outcome", entry.outcome.name()).set("rule", entry.rule.as_str());
        event::record(tx, actor, EventKind::MailReceived, entry.about(), changes)?;
        return Ok(entry);
    }
    entry.handled = Some(Handled { by: actor.person(), at: tx.now(), how: HeldEnd::Released });
    carry_out(tx, actor, entry, understood, judgement, EventKind::MailReleased)
}

/// Lets a held mail in although the rules hold it.
pub fn release(tx: &mut Tx, actor: &Actor, understood: Understood, how: Release) -> Result<MailEntry> {
    actor.need(Permission::MailManage)?;
    let mut entry = held(tx, understood.mail)?;
    let mut judgement = judged_as(tx, &entry, &understood)?;
    judgement.verdict = match how {
        Release::AsTicket => Verdict::Create { requester: None, suggested: None, follows: None },
        Release::Onto(id) => {
            let ticket = access::ticket(tx, actor, id)?;
            access::need_answer(actor, &ticket)?;
            // What answers a forward is for those who work the ticket, whoever lets it in.
            match third_party::place(tx, &*Settings::of(tx)?, &understood.message)? {
                Some(_) => Verdict::AppendThirdParty { ticket: id },
                None => Verdict::Append { ticket: id, merged: None },
            }
        }
    };
    judgement.rule = "released";
    judgement.steps.push(Step { question: say!("judge-who-let-in").into(), answer: say!("judge-by-hand").into() });
    entry.handled = Some(Handled { by: actor.person(), at: tx.now(), how: HeldEnd::Released });
    carry_out(tx, actor, entry, understood, judgement, EventKind::MailReleased)
}

/// Puts a held mail away. It stays in the ledger, with its bytes.
pub fn discard(tx: &mut Tx, actor: &Actor, id: MailId) -> Result<MailEntry> {
    actor.need(Permission::MailManage)?;
    let mut entry = held(tx, id)?;
    entry.outcome = Outcome::Ignored;
    entry.handled = Some(Handled { by: actor.person(), at: tx.now(), how: HeldEnd::Discarded });
    tx.put(&entry)?;
    let changes = Changes::new().set("outcome", entry.outcome.name());
    event::record(tx, actor, EventKind::MailDiscarded, entry.about(), changes)?;
    Ok(entry)
}

fn held(tx: &Tx, id: MailId) -> Result<MailEntry> {
    let entry = tx.get::<MailEntry>(&id)?.ok_or_else(|| Refusal::not_found("mail"))?;
    if !entry.is_held() {
        return Err(Refusal::new(Code::Conflict, say!("refused-mail-not-held-any")).into());
    }
    Ok(entry)
}

fn judged_as(tx: &Tx, entry: &MailEntry, understood: &Understood) -> Result<Judgement> {
    let asked = match &understood.asked {
        Some(it) => it.clone(),
        None => asked(tx, entry, &understood.message)?,
    };
    let rules = MailRules::of(tx)?;
    judge_it(tx, entry, &understood.message, &rules, asked)
}

/// What a mail quotes, folded for where it goes by the present rules. Only reads, and takes its time.
pub fn fold(tx: &Tx, entry: &MailEntry, message: &ParsedMessage, asked: &Asked) -> Result<Folded> {
    let rules = MailRules::of(tx)?;
    let judgement = judge_it(tx, entry, message, &rules, asked.clone())?;
    folded::fold(tx, message, &judgement.verdict)
}

/// What the present filters ask for.
pub fn asked(tx: &Tx, entry: &MailEntry, message: &ParsedMessage) -> Result<Asked> {
    Ok(filter::ask(&filter::all(tx)?, message, entry.mailbox, &entry.via))
}

/// The judgement of the present rules on any mail of the ledger.
pub fn judged(tx: &Tx, entry: &MailEntry, message: &ParsedMessage) -> Result<Judgement> {
    let rules = MailRules::of(tx)?;
    judge_it(tx, entry, message, &rules, asked(tx, entry, message)?)
}

/// The judgement of other filters: what a change would have done.
pub fn judged_by(tx: &Tx, entry: &MailEntry, message: &ParsedMessage, filters: &[MailFilter]) -> Result<Judgement> {
    let rules = MailRules::of(tx)?;
    judge_it(tx, entry, message, &rules, filter::ask(filters, message, entry.mailbox, &entry.via))
}

fn judge_it(tx: &Tx, entry: &MailEntry, message: &ParsedMessage, rules: &MailRules, asked: Asked) -> Result<Judgement> {
    let settings = Settings::of(tx)?;
    let mailbox = mailbox_rules(tx, entry)?;
    judge::judge(&Case { tx, settings: &settings, rules, mailbox: &mailbox, entry, message, asked })
}

/// What was said of the mailbox that a mail came by, if it is still there.
fn mailbox_rules(tx: &Tx, entry: &MailEntry) -> Result<MailboxRules> {
    let mailbox = entry.mailbox.map(|it| tx.get_shared::<mailbox::Mailbox>(&it)).transpose()?.flatten();
    let of = |it: &mailbox::MailboxSettings| MailboxRules {
        queue: it.queue,
        believe_reply_to: it.believe_reply_to,
        authentication_server: it.authentication_server.clone(),
    };
    Ok(mailbox.map(|it| of(&it.settings)).unwrap_or_default())
}

fn carry_out(
    tx: &mut Tx,
    by: &Actor,
    mut entry: MailEntry,
    understood: Understood,
    judgement: Judgement,
    kind: EventKind,
) -> Result<MailEntry> {
    let Understood { message, files, folded, .. } = understood;
    recorder::keep(tx, by, entry.id, &judgement)?;
    describe(&mut entry, &message, &judgement);
    // What a person let in follows from the mail all the same, and not from them.
    let actor = &as_mail(by);
    // A mail is listened to once, however often it is judged.
    if kind == EventKind::MailReceived && !matches!(judgement.verdict, Verdict::Duplicate { .. } | Verdict::Ignore) {
        hear(tx, actor, &entry, &message)?;
    }
    let folded = |tx: &Tx, message: &ParsedMessage| folded::as_decided(tx, folded, message, &judgement.verdict);
    match judgement.verdict.clone() {
        Verdict::Duplicate { ticket, comment } => (entry.ticket, entry.comment) = (ticket, comment),
        Verdict::Ignore | Verdict::Hold => {}
        Verdict::Append { ticket, merged } => {
            let folded = folded(tx, &message)?;
            append(tx, actor, &mut entry, (ticket, merged), message, folded, files)?;
        }
        Verdict::AppendThirdParty { ticket } => {
            let folded = folded(tx, &message)?;
            append_third_party(tx, actor, &mut entry, ticket, message, folded, files)?;
        }
        Verdict::Create { requester, suggested, follows } => {
            entry.suggested = suggested;
            let html = folded(tx, &message)?.html;
            create(tx, actor, &mut entry, requester, ParsedMessage { html, ..message }, files, &judgement)?;
            after_creation(tx, actor, &entry, follows)?;
        }
    }
    tx.put(&entry)?;
    let changes = Changes::new()
        .set("outcome", entry.outcome.name())
        .set("rule", entry.rule.as_str())
        .set("reason", entry.reason.clone())
        .set("ticket", entry.ticket.map(|it| it.to_string()));
    event::record(tx, by, kind, entry.about(), changes)?;
    Ok(entry)
}

/// What a mail tells of the mails that we sent, and of the addresses that it names.
fn hear(tx: &mut Tx, actor: &Actor, entry: &MailEntry, message: &ParsedMessage) -> Result<()> {
    if let Some(from) = message.from.as_ref().filter(|_| !entry.automatic && entry.doubt.is_none()) {
        suppression::heard_from(tx, actor, &from.address)?;
    }
    if let Automatic::Bounce(report) = &message.automatic
        && entry.doubt.is_none()
    {
        let to = outbox::returned(tx, message)?;
        outbox::bounced(tx, report, to)?;
    }
    recipients::remember_copied(tx, &*Settings::of(tx)?, entry.id, message)
}

/// What the ledger keeps of a message besides its bytes.
fn describe(entry: &mut MailEntry, message: &ParsedMessage, judgement: &Judgement) {
    let addresses = |list: &[Mailbox]| list.iter().take(limits::MAIL_RECIPIENTS_KEPT_MAX).map(|it| it.address.clone()).collect();
    entry.digest = Some(BlobHash(message.digest));
    entry.message_id = message.message_id.clone();
    entry.from = message.from.as_ref().map(|it| it.address.clone());
    entry.subject = Some(title(message));
    entry.to = addresses(&message.to);
    entry.cc = addresses(&message.cc);
    entry.automatic = judgement.automatic;
    entry.doubt = judgement.doubt.clone();
    entry.outcome = judgement.verdict.outcome();
    entry.rule = judgement.rule.to_owned();
    entry.reason = judgement.reason.clone();
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

/// When an imported mail was written, if its clock can be believed.
fn written_at(tx: &Tx, entry: &MailEntry, message: &ParsedMessage) -> Option<Instant> {
    message.date.filter(|it| entry.quiet && *it < tx.now())
}

/// A message on its ticket. What was meant for one that was merged into it answers what was said there, and says so.
fn append(
    tx: &mut Tx,
    actor: &Actor,
    entry: &mut MailEntry,
    (id, merged): (TicketId, Option<TicketId>),
    message: ParsedMessage,
    folded: Folded,
    files: Vec<StoredFile>,
) -> Result<()> {
    let author = person(tx, actor, &message)?;
    // Without its number: not everybody who reads this one may know of that.
    let meant = merged.map(|_| "It was sent to a ticket that was merged into this one.".to_owned());
    let created_at = written_at(tx, entry, &message);
    let (files, html) = returned::without_ours(tx, id, false, files, folded.html)?;
    let new = NewComment {
        format: BodyFormat::Plain,
        html,
        folds: folded.folds,
        notes: meant.into_iter().chain(message.notes).chain(message.flaws).collect(),
        mail: Some(entry.id),
        rule: Some(entry.rule.clone()),
        automatic: entry.automatic,
        quiet: entry.quiet,
        files,
        author: Some(author.id),
        created_at,
        ..NewComment::new(message.text, false, Channel::Email)
    };
    let (ticket, comment) = tickets::add_comment(tx, actor, id, new)?;
    if let Some(it) = &message.message_id {
        thread::remember(tx, it, ticket.id, Some(comment.id), false)?;
    }
    entry.ticket = Some(ticket.id);
    entry.comment = Some(comment.id);
    Ok(())
}

/// A third party's answer: a note that the requester does not see.
fn append_third_party(
    tx: &mut Tx,
    actor: &Actor,
    entry: &mut MailEntry,
    id: TicketId,
    message: ParsedMessage,
    folded: Folded,
    files: Vec<StoredFile>,
) -> Result<()> {
    let from = message.from.as_ref().map(|it| it.address.to_lowercase());
    let author = match &from {
        Some(it) => identity::person_by_email(tx, it)?.map(|it| it.id),
        None => None,
    };
    let (files, html) = returned::without_ours(tx, id, true, files, folded.html)?;
    let new = NewComment {
        format: BodyFormat::Plain,
        html,
        folds: folded.folds,
        notes: [message.notes, message.flaws].concat(),
        mail: Some(entry.id),
        rule: Some(entry.rule.clone()),
        automatic: entry.automatic,
        quiet: entry.quiet,
        files,
        author,
        third_party: Some(from.unwrap_or_else(|| NOBODY.to_owned())),
        ..NewComment::new(message.text, true, Channel::Email)
    };
    let (ticket, comment) = tickets::add_comment(tx, actor, id, new)?;
    entry.ticket = Some(ticket.id);
    entry.comment = Some(comment.id);
    Ok(())
}

fn create(
    tx: &mut Tx,
    actor: &Actor,
    entry: &mut MailEntry,
    requester: Option<Mailbox>,
    message: ParsedMessage,
    files: Vec<StoredFile>,
    judgement: &Judgement,
) -> Result<()> {
    let sender = person(tx, actor, &message)?;
    let requester = match requester {
        Some(it) => identity::find_or_create(tx, actor, &it.address, &it.name)?,
        None => sender.clone(),
    };
    let asked = &judgement.asked;
    let kind = if asked.request { Kind::Request } else { Kind::Incident };
    let queue = asked.queue.or(mailbox_rules(tx, entry)?.queue);
    let category = asked.category.map(|it| tx.get::<Category>(&it)).transpose()?.flatten();
    let new = NewTicket {
        description: message.text.clone(),
        description_format: BodyFormat::Plain,
        description_html: message.html.clone(),
        mail_notes: [message.notes.as_slice(), message.flaws.as_slice()].concat(),
        requester: Some(requester.id.to_string()),
        // A queue or category that is gone is left out: a filter never loses a mail.
        queue: queue.map(|it| tx.get::<Queue>(&it)).transpose()?.flatten().map(|it| it.id.to_string()),
        category: category.map(|it| it.name),
        priority: asked.priority,
        // Filters may ask for more than a ticket takes together.
        tags: asked.tags.iter().take(limits::TAGS_MAX).cloned().collect(),
        // Whoever forwarded it wants to hear of it.
        watchers: (requester.id != sender.id && sender.is_agent()).then_some(sender.id).into_iter().collect(),
        files,
        mail: Some(entry.id),
        // Whoever was made out to have written it is not bothered.
        quiet: entry.quiet || entry.automatic || asked.unacknowledged || entry.doubt.is_some(),
        created_at: written_at(tx, entry, &message),
        ..NewTicket::new(kind, title(&message), Channel::Email)
    };
    let ticket: Ticket = tickets::create(tx, actor, new)?;
    if let Some(it) = &message.message_id {
        thread::remember(tx, it, ticket.id, None, false)?;
    }
    if let Some(from) = message.from.as_ref().filter(|_| !entry.quiet) {
        breaker::lodged(tx, &from.address, &message.subject)?;
    }
    entry.ticket = Some(ticket.id);
    Ok(())
}

/// Says on the new ticket what an agent should know of it, and ties it to the one that it goes on from.
fn after_creation(tx: &mut Tx, actor: &Actor, entry: &MailEntry, follows: Option<TicketId>) -> Result<()> {
    let settings = Settings::of(tx)?;
    let Some(created) = entry.ticket else { return Ok(()) };
    let number_of = |tx: &Tx, id: Option<TicketId>| -> Result<Option<String>> {
        let ticket = id.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
        Ok(ticket.map(|it| tickets::number::text(&settings, it.kind, it.number)))
    };
    let mut said = Vec::new();
    if let Some(number) = number_of(tx, entry.suggested)? {
        said.push(format!(
            "The subject names {number}, but nothing shows that the sender takes part in it, so this is a ticket of its own. Link the two, or move the message there, if they belong together."
        ));
    }
    if let Some(number) = number_of(tx, follows)? {
        said.push(format!("This answers {number}, which was closed too long ago to be reopened."));
    }
    if let Some(doubt) = &entry.doubt {
        said.push(format!("Be careful: {doubt}"));
    }
    // A ticket with too many links goes without one more.
    if let Some(old) = follows
        && tx.get::<Ticket>(&old)?.is_some_and(|it| it.links.len() < limits::LINKS_MAX)
    {
        tickets::link(tx, actor, created, tickets::Relation::RelatesTo, old)?;
    }
    if !said.is_empty() {
        let note = NewComment { author: None, quiet: true, ..NewComment::new(said.join("\n\n"), true, Channel::Email) };
        tickets::add_comment(tx, actor, created, note)?;
    }
    Ok(())
}
