//! Who is told what: by mail, on the desk itself, on devices. Decided once per event by the notifier, in the transaction that moves its
//! cursor, so that a crash neither loses a letter nor writes it twice. By which of the ways somebody is told is theirs to say (`notices`).
//!
//! A desk that has no address sends no mail; the other ways work all the same.

pub mod account;
mod gathering;
mod targets;

use crate::{
    desk::{
        actor::{Actor, Origin},
        duplicates::outage,
        event::{Changes, EventKind},
        identity::{self, Person},
        mail::{
            self,
            breaker::{self, Verdict},
            compose,
            occasion::Occasion,
            outbox::{self, Letter, Line, NewLetter, Recipient},
            reminder,
            rules::MailRules,
            sending::SendingRules,
            signature, templates, third_party, thread,
        },
        notices::{self, Happening, preferences::Preferences},
        permission::Permission,
        routing,
        settings::Settings,
        tickets::{Category, Channel, Comment, Ticket, access, lifecycle::Lifecycle},
    },
    error::{Refusal, Result},
    id::{CommentId, OutageId, PersonId, TicketId},
    language::say,
    store::{Event, Tx},
    time::Instant,
};

pub use gathering::Burst;
pub use outbox::{SEND_MAIL, SendMail};

/// Whether anybody may be told of an event, going by the event alone: most events concern nobody, and cost no write.
pub fn concerns(event: &Event) -> bool {
    let changes = Changes::of(event);
    let is = |name: &str| changes.after(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    let said = |name: &str| changes.after(name).and_then(|it| it.as_str()).and_then(Channel::named);
    match EventKind::named(&event.kind) {
        _ if is("quiet") => false,
        Some(EventKind::TicketCreated) => said("channel").is_some_and(|it| it != Channel::Import),
        Some(EventKind::CommentAdded) => !is("automatic") && said("via").is_some_and(|it| it != Channel::Import),
        Some(
            EventKind::TicketStatus
            | EventKind::TicketAssigned
            | EventKind::TicketMerged
            | EventKind::TicketUnmerged
            | EventKind::TargetWarned
            | EventKind::TargetBreached
            | EventKind::TargetEscalated
            | EventKind::TicketEscalated
            | EventKind::DraftShared,
        ) => true,
        _ => false,
    }
}

/// Tells whoever is to be told of an event. Gives how many letters that are.
pub fn tell(tx: &mut Tx, event: &Event) -> Result<usize> {
    let settings = Settings::of(tx)?;
    let Some(kind) = EventKind::named(&event.kind) else { return Ok(0) };
    if !concerns(event) {
        return Ok(0);
    }
    let Some(ticket) = tx.get::<Ticket>(&TicketId(event.entity))?.filter(|it| it.deleted_at.is_none()) else { return Ok(0) };
    let rules = SendingRules::of(tx)?;
    let mut telling = Telling::about(tx, &settings, &rules, &ticket, event.seq)?;
    telling.by_machine = is_by_machine(kind, &event.actor.kind, &ticket);
    telling.by = event.actor.id.filter(|_| event.actor.kind == "person").map(PersonId);
    match kind {
        EventKind::TicketCreated => telling.created(tx, event)?,
        EventKind::CommentAdded => telling.commented(tx, event)?,
        EventKind::TicketStatus => telling.moved(tx, event)?,
        EventKind::TicketAssigned => telling.assigned(tx, event)?,
        EventKind::TargetWarned | EventKind::TargetBreached | EventKind::TargetEscalated => telling.target(tx, event, kind)?,
        EventKind::TicketEscalated => telling.escalated(tx, event)?,
        EventKind::DraftShared => telling.colleagues(tx, Happening::DraftShared, None, &[])?,
        // Nobody is told, but what is put together waits for nobody, and may wait again when it is parted.
        EventKind::TicketMerged | EventKind::TicketUnmerged if telling.mails => reminder::follow(tx, &ticket, event.at)?,
        _ => {}
    }
    Ok(telling.told)
}

/// Whether an event is only what a mail led to, so that what is told of it may be one machine's word to another.
fn is_by_machine(kind: EventKind, actor: &str, ticket: &Ticket) -> bool {
    actor == "mail" || (kind == EventKind::TicketCreated && ticket.channel == Channel::Email && actor != "person")
}

/// Reminds whoever is due, at most so many. A command of its own, run by the clock.
pub fn remind(tx: &mut Tx, limit: usize) -> Result<usize> {
    let (settings, rules) = (Settings::of(tx)?, SendingRules::of(tx)?);
    let due = reminder::take_due(tx, limit)?;
    let count = due.len();
    for (ticket, nth) in due {
        if signature::voice(tx, &settings, ticket.queue)?.is_some() {
            let order = tx.last_seq();
            let mut telling = Telling::about(tx, &settings, &rules, &ticket, order)?;
            telling.person(tx, Occasion::Reminder, None, ticket.requester, None, &format!("reminder {nth} {}", tx.now().as_millis()))?;
        }
    }
    Ok(count)
}

/// Tells the requester that their resolved ticket is about to be closed.
pub(in crate::desk) fn closing_soon(tx: &mut Tx, ticket: &Ticket) -> Result<()> {
    let nth = format!("closing {}", tx.now().as_millis());
    to_requester(tx, ticket, Occasion::ClosingSoon, &nth)
}

/// Tells the requester that their ticket is a part of an outage, or that this is over.
pub(in crate::desk) fn of_outage(tx: &mut Tx, ticket: &Ticket, occasion: Occasion, outage: OutageId) -> Result<()> {
    to_requester(tx, ticket, occasion, &outage.to_string())
}

fn to_requester(tx: &mut Tx, ticket: &Ticket, occasion: Occasion, nth: &str) -> Result<()> {
    let (settings, rules) = (Settings::of(tx)?, SendingRules::of(tx)?);
    let order = tx.last_seq();
    let mut telling = Telling::about(tx, &settings, &rules, ticket, order)?;
    telling.person(tx, occasion, None, ticket.requester, None, nth)
}

/// One event, and what is told of it.
struct Telling<'a> {
    settings: &'a Settings,
    rules: &'a SendingRules,
    ticket: &'a Ticket,
    order: u64,
    by_machine: bool,
    /// Who did it, if a person did.
    by: Option<PersonId>,
    /// There is an address to send from.
    mails: bool,
    told: usize,
}

impl<'a> Telling<'a> {
    fn about(tx: &Tx, settings: &'a Settings, rules: &'a SendingRules, ticket: &'a Ticket, order: u64) -> Result<Telling<'a>> {
        let mails = signature::voice(tx, settings, ticket.queue)?.is_some();
        Ok(Telling { settings, rules, ticket, order, by_machine: false, by: None, mails, told: 0 })
    }
}

impl Telling<'_> {
    fn created(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        let ticket = self.ticket;
        let given = Changes::of(event).after("assignee").and_then(|it| it.as_str()?.parse::<PersonId>().ok());
        if let Some(it) = given.filter(|it| ticket.assignee == Some(*it) && self.by != Some(*it)) {
            self.person(tx, Occasion::Assigned, None, it, None, "birth")?;
        }
        let by_another = ticket.created_by.is_some_and(|it| it != ticket.requester);
        // Where the person sees no answer otherwise.
        let occasion = match ticket.channel {
            Channel::Portal | Channel::Phone | Channel::WalkIn | Channel::Chat if by_another => Occasion::LodgedForYou,
            Channel::Email | Channel::Portal => Occasion::Acknowledgement,
            _ => return Ok(()),
        };
        if occasion == Occasion::Acknowledgement && !self.settings.acknowledge {
            return Ok(());
        }
        self.person(tx, occasion, None, ticket.requester, None, "")
    }

    fn commented(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        let named = Changes::of(event).after("comment").and_then(|it| it.as_str()?.parse::<CommentId>().ok());
        let Some(comment) = named else { return Ok(()) };
        let Some(comment) = tx.get::<Comment>(&(self.ticket.id, comment))? else { return Ok(()) };
        if comment.automatic || comment.via == Channel::Import || comment.withdrawn_at.is_some() {
            return Ok(());
        }
        if self.mails {
            reminder::follow(tx, self.ticket, comment.created_at)?;
        }
        if comment.addressed.as_ref().is_some_and(|it| it.forward) {
            return self.addressed(tx, Occasion::Forward, &comment);
        }
        self.mentioned(tx, &comment)?;
        if comment.is_private {
            return self.colleagues(tx, Happening::Noted, Some(&comment), &comment.mentions);
        }
        let addressed = comment.addressed.clone().unwrap_or_default();
        let by_requester = comment.author == Some(self.ticket.requester);
        if !addressed.to.is_empty() || !addressed.cc.is_empty() || !addressed.bcc.is_empty() {
            self.addressed(tx, Occasion::Answer, &comment)?;
            if let Some(person) = tx.get::<Person>(&self.ticket.requester)? {
                self.inform(tx, &person, Happening::Answered, Some(&comment), comment.held_until)?;
            }
        } else if !by_requester {
            self.person(tx, Occasion::Answer, Some(&comment), self.ticket.requester, comment.held_until, "")?;
        }
        // Whoever follows is told besides, in a mail of their own that they can stop.
        let named: Vec<&String> = addressed.to.iter().chain(&addressed.cc).chain(&addressed.bcc).collect();
        for watcher in self.ticket.watchers.iter().filter(|it| **it != self.ticket.requester && Some(**it) != comment.author) {
            let Some(person) = tx.get::<Person>(watcher)? else { continue };
            if comment.mentions.contains(watcher) {
                continue;
            }
            if !named.contains(&&person.email) {
                self.person(tx, Occasion::Answer, Some(&comment), person.id, comment.held_until, "copy")?;
            }
        }
        self.assignee_hears(tx, &comment)
    }

    /// Whoever works the ticket hears of what others wrote on it; by mail only if they want that.
    fn assignee_hears(&mut self, tx: &mut Tx, comment: &Comment) -> Result<()> {
        let named = |it: &PersonId| comment.mentions.contains(it) || self.ticket.watchers.contains(it) || *it == self.ticket.requester;
        let Some(id) = self.ticket.assignee.filter(|it| Some(*it) != comment.author && !named(it)) else { return Ok(()) };
        let Some(person) = tx.get::<Person>(&id)? else { return Ok(()) };
        if let Some(at) = self.inform(tx, &person, Happening::Replied, Some(comment), comment.held_until)? {
            self.mail_to(tx, Occasion::Answer, Some(comment), &person, Some(at), "copy")?;
        }
        Ok(())
    }

    /// Those whom a message names.
    fn mentioned(&mut self, tx: &mut Tx, comment: &Comment) -> Result<()> {
        for id in &comment.mentions {
            self.person(tx, Occasion::Mentioned, Some(comment), *id, comment.held_until, "")?;
        }
        Ok(())
    }

    /// Those who work the ticket or follow it and read notes, but whom this names apart.
    fn colleagues(&mut self, tx: &mut Tx, happening: Happening, comment: Option<&Comment>, but: &[PersonId]) -> Result<()> {
        let mut people: Vec<PersonId> = self.ticket.assignee.into_iter().chain(self.ticket.watchers.iter().copied()).collect();
        people.dedup();
        for (at, id) in people.iter().enumerate() {
            let Some(person) = tx.get::<Person>(id)?.filter(|it| it.is_agent()) else { continue };
            if people[..at].contains(id) || but.contains(id) || !reads_notes(tx, &person, self.ticket)? {
                continue;
            }
            if let Some(at) = self.inform(tx, &person, happening, comment, None)? {
                digest(tx, &person, [self.ticket.id], Some(at))?;
            }
        }
        Ok(())
    }

    fn moved(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        if self.mails {
            reminder::follow(tx, self.ticket, event.at)?;
        }
        let lifecycle = Lifecycle::of(tx, self.ticket.kind)?;
        let changes = Changes::of(event);
        let category =
            |it: Option<&serde_json::Value>| it.and_then(|it| it.as_str()).and_then(|it| lifecycle.state(it)).map(|it| it.category);
        let (before, after) = (category(changes.before("status")), category(changes.after("status")));
        let by_requester = event.actor.id == Some(self.ticket.requester.0);
        if by_requester || self.ticket.channel == Channel::Import || outage::tells_instead(tx, self.ticket.id, &event.actor.kind, event.at)?
        {
            return Ok(());
        }
        let occasion = match after {
            Some(Category::Resolved) if before != Some(Category::Resolved) => Occasion::Resolved,
            Some(Category::Closed) if before != Some(Category::Closed) => Occasion::Closed,
            Some(_) => Occasion::StatusChanged,
            None => return Ok(()),
        };
        // What has moved on meanwhile is not told as if it stood.
        if after != Some(self.ticket.category) {
            return Ok(());
        }
        self.person(tx, occasion, None, self.ticket.requester, None, &event.seq.to_string())
    }

    fn assigned(&mut self, tx: &mut Tx, event: &Event) -> Result<()> {
        let changes = Changes::of(event);
        let to = changes.after("assignee").and_then(|it| it.as_str()?.parse::<PersonId>().ok());
        let Some(to) = to.filter(|it| self.ticket.assignee == Some(*it) && event.actor.id != Some(it.0)) else { return Ok(()) };
        self.person(tx, Occasion::Assigned, None, to, None, &event.seq.to_string())?;
        // Whoever is absent reads it later; who stands in for them must know now.
        let person = tx.get::<Person>(&to)?;
        match person.and_then(|it| routing::stands_in(&it, event.at)).filter(|it| event.actor.id != Some(it.0)) {
            Some(it) => self.person(tx, Occasion::Assigned, None, it, None, &event.seq.to_string()),
            None => Ok(()),
        }
    }

    /// A letter to one person.
    fn person(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        comment: Option<&Comment>,
        to: PersonId,
        held: Option<Instant>,
        nth: &str,
    ) -> Result<()> {
        let Some(person) = tx.get::<Person>(&to)? else { return Ok(()) };
        let at = match Happening::of_occasion(occasion) {
            Some(it) => self.informed(tx, &person, occasion, it, comment, held)?,
            None => self.rules.is_on(occasion).then_some(held.unwrap_or(tx.now())),
        };
        match at {
            Some(at) => self.mail_to(tx, occasion, comment, &person, Some(at), nth),
            None => Ok(()),
        }
    }

    /// A letter to one person, whatever else they are told by; not before an instant.
    fn mail_to(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        comment: Option<&Comment>,
        person: &Person,
        at: Option<Instant>,
        nth: &str,
    ) -> Result<()> {
        let Some(person) = self.reachable(tx, person.id)? else { return Ok(()) };
        let recipients = vec![Recipient::new(Line::To, person.name.as_str(), person.email.as_str())];
        let may_be_stopped = nth == "copy" || occasion == Occasion::Reminder;
        let held = at.filter(|it| *it > tx.now());
        self.letter(tx, occasion, comment, recipients, Some(&person), held, may_be_stopped, nth)
    }

    /// Tells a person on the desk and on their devices, and whoever stands in for them; gives from when a mail may go, if one is wanted.
    fn inform(
        &mut self,
        tx: &mut Tx,
        person: &Person,
        happening: Happening,
        comment: Option<&Comment>,
        held: Option<Instant>,
    ) -> Result<Option<Instant>> {
        let telling = notices::Telling {
            comment: comment.map(|it| it.id),
            by: self.by.or(comment.and_then(|it| it.author)),
            held_until: held,
            // What colleagues write can be taken back for some seconds; those who read notes see it meanwhile.
            hidden_until: if reads_notes(tx, person, self.ticket)? { None } else { held },
            ..notices::Telling::default()
        };
        if happening.is_for_agents()
            && happening != Happening::Assigned
            && let Some(substitute) = routing::stands_in(person, tx.now())
            && let Some(substitute) = tx.get::<Person>(&substitute)?
            && reads_notes(tx, &substitute, self.ticket)?
        {
            notices::tell(tx, &substitute, happening, self.ticket, telling.clone())?;
        }
        Ok(notices::tell(tx, person, happening, self.ticket, telling)?.by_mail)
    }

    /// The same, where the desk may have decided that no mail of this occasion goes unless somebody asked for it.
    fn informed(
        &mut self,
        tx: &mut Tx,
        person: &Person,
        occasion: Occasion,
        happening: Happening,
        comment: Option<&Comment>,
        held: Option<Instant>,
    ) -> Result<Option<Instant>> {
        let at = self.inform(tx, person, happening, comment, held)?;
        let is_wanted = self.rules.is_on(occasion) || Preferences::of(tx, person.id)?.asks_for(happening, notices::Channel::Email);
        Ok(at.filter(|_| is_wanted))
    }

    /// Nobody is written to at an address that cannot exist, or that is our own.
    fn reachable(&self, tx: &Tx, id: PersonId) -> Result<Option<Person>> {
        let Some(person) = tx.get::<Person>(&id)? else { return Ok(None) };
        let nowhere = !person.active || person.email.ends_with(".invalid") || signature::is_own_address(tx, self.settings, &person.email)?;
        Ok((!nowhere).then_some(person))
    }

    /// A letter to whom its writer chose.
    fn addressed(&mut self, tx: &mut Tx, occasion: Occasion, comment: &Comment) -> Result<()> {
        let addressed = comment.addressed.clone().unwrap_or_default();
        let mut recipients = Vec::new();
        let mut first = None;
        let requester = tx.get::<Person>(&self.ticket.requester)?;
        let to = match (&requester, addressed.to.is_empty()) {
            (Some(it), true) if it.active && !it.email.ends_with(".invalid") => vec![it.email.clone()],
            _ => addressed.to,
        };
        for (line, list) in [(Line::To, to), (Line::Cc, addressed.cc), (Line::Bcc, addressed.bcc)] {
            for address in list {
                let person = crate::desk::identity::person_by_email(tx, &address)?;
                recipients.push(Recipient::new(line, person.as_ref().map_or("", |it| it.name.as_str()), address));
                // Whom it greets everybody reads, so nobody who is hidden.
                first = first.or(person.filter(|_| line == Line::To));
            }
        }
        self.letter(tx, occasion, Some(comment), recipients, first.as_ref(), comment.held_until, false, "addressed")
    }

    /// Whether machines have not answered each other too often. What a person of the desk wrote or did always goes; reminders are
    /// bounded by the clock, and none goes where the desk has stopped answering.
    fn may_go(&self, tx: &mut Tx, occasion: Occasion, comment: Option<&Comment>, recipients: &[Recipient]) -> Result<bool> {
        let verdict = match comment {
            Some(it) if it.via == Channel::Email => breaker::may_relay(tx, &actor(), self.ticket.id)?,
            Some(_) => Verdict::Send,
            None => {
                let to = recipients.first().map_or("", |it| it.address.as_str());
                match occasion {
                    // Agents are told of their own work, however much there is of it.
                    Occasion::Assigned | Occasion::TargetWarned | Occasion::TargetMissed | Occasion::Escalated | Occasion::Mentioned => {
                        Verdict::Send
                    }
                    Occasion::Reminder => {
                        let stopped = breaker::all_open(tx)?.into_iter().find(|it| it.about.eq_ignore_ascii_case(to));
                        stopped.map_or(Verdict::Send, |it| Verdict::Withhold(it.reason))
                    }
                    _ if !self.by_machine => Verdict::Send,
                    _ => breaker::may_answer(tx, &actor(), &*MailRules::of(tx)?, self.ticket.id, to)?,
                }
            }
        };
        Ok(verdict == Verdict::Send)
    }

    #[expect(clippy::too_many_arguments, reason = "a letter is exactly these; its two callers differ in each")]
    fn letter(
        &mut self,
        tx: &mut Tx,
        occasion: Occasion,
        comment: Option<&Comment>,
        recipients: Vec<Recipient>,
        person: Option<&Person>,
        held_until: Option<Instant>,
        may_be_stopped: bool,
        nth: &str,
    ) -> Result<()> {
        let (settings, ticket) = (self.settings, self.ticket);
        if !self.mails {
            return Ok(());
        }
        if !self.may_go(tx, occasion, comment, &recipients)? {
            return Ok(());
        }
        let chosen = comment.and_then(|it| it.addressed.as_ref()).and_then(|it| it.subject.clone());
        let subject = match chosen {
            Some(it) => compose::tagged(settings, ticket, &it),
            None => compose::subject(tx, settings, ticket, occasion, comment, person)?,
        };
        let about = comment.map_or(ticket.id.0, |it| it.id.0);
        let to: Vec<&str> = recipients.iter().map(|it| it.address.as_str()).collect();
        let unique = unique(&[occasion.name(), &about.to_string(), &to.join(","), nth]);
        let message_id = if occasion == Occasion::Forward {
            message_id(settings, &unique, &third_party::token(settings, ticket))
        } else {
            thread::message_id(settings, ticket, &unique)
        };
        // What answers a forward is not for the requester, so it is found by its letter alone.
        if occasion != Occasion::Forward {
            thread::remember(tx, &message_id, ticket.id, comment.map(|it| it.id), true)?;
        }
        outbox::enqueue(
            tx,
            NewLetter {
                ticket: Some(ticket.id),
                comment: comment.map(|it| it.id),
                occasion,
                recipients,
                subject,
                message_id,
                held_until,
                order: self.order,
                person: person.map(|it| it.id),
                may_be_stopped,
                language: None,
                sample: None,
                account: None,
                gathered: None,
            },
        )?;
        self.told += 1;
        Ok(())
    }
}

/// Whether somebody may read the internal notes of a ticket now.
fn reads_notes(tx: &Tx, person: &Person, ticket: &Ticket) -> Result<bool> {
    let actor = identity::actor_of(tx, person, Origin::default())?;
    Ok(person.active && access::may_see(&actor, ticket) && access::reads_notes(&actor, ticket))
}

/// One mail about what happened on several tickets, or on one that has no mail of its own; not before an instant, if one is given.
pub(in crate::desk) fn digest(
    tx: &mut Tx,
    person: &Person,
    tickets: impl IntoIterator<Item = TicketId>,
    not_before: Option<Instant>,
) -> Result<()> {
    let mut gathered = outbox::Gathered::default();
    tickets.into_iter().for_each(|it| gathered.add(it));
    let (settings, rules) = (Settings::of(tx)?, SendingRules::of(tx)?);
    let Some(first) = gathered.tickets.first() else { return Ok(()) };
    let queue = tx.get::<Ticket>(first)?.and_then(|it| it.queue);
    let nowhere = person.email.ends_with(".invalid") || signature::is_own_address(tx, &settings, &person.email)?;
    if nowhere || signature::voice(tx, &settings, queue)?.is_none() {
        return Ok(());
    }
    let random: [u8; 12] = tx.random();
    let unique = unique(&[Occasion::Digest.name(), &person.id.to_string(), &format!("{random:x?}")]);
    let letter = NewLetter {
        ticket: None,
        comment: None,
        occasion: Occasion::Digest,
        recipients: vec![Recipient::new(Line::To, person.name.as_str(), person.email.as_str())],
        subject: mail::gathered::subject(&rules, Occasion::Digest, person, gathered.count),
        message_id: message_id(&settings, &unique, "digest"),
        held_until: not_before.filter(|it| *it > tx.now()),
        order: tx.last_seq(),
        person: Some(person.id),
        may_be_stopped: false,
        language: None,
        sample: None,
        account: None,
        gathered: Some(gathered),
    };
    outbox::enqueue(tx, letter)?;
    Ok(())
}

/// The same for every attempt at the same letter, and for no other.
fn unique(parts: &[&str]) -> String {
    blake3::hash(parts.join("\n").as_bytes()).to_hex()[..24].to_owned()
}

fn message_id(settings: &Settings, unique: &str, token: &str) -> String {
    let domain = settings.sender().and_then(|it| it.rsplit_once('@')).map_or("lodge.invalid", |it| it.1);
    format!("{unique}.{token}@{domain}")
}

/// Sends a test to the person who asks for it: of an occasion's text, or just a word that mail leaves.
pub fn send_test(tx: &mut Tx, actor: &Actor, sample: Option<Occasion>, language: Option<&str>) -> Result<Letter> {
    actor.need(Permission::SettingsWrite)?;
    let settings = Settings::of(tx)?;
    let person = actor.person().map(|id| tx.get::<Person>(&id)).transpose()?.flatten();
    let person = person.ok_or_else(|| Refusal::not_found("person"))?;
    if signature::voice(tx, &settings, None)?.is_none() {
        return Err(Refusal::field("address", "required", say!("refused-desk-no-mail-address")).into());
    }
    let rules = SendingRules::of(tx)?;
    let language = language.or(person.locale.as_deref()).and_then(templates::language).or_else(|| templates::language(&rules.language));
    let occasion = sample.unwrap_or(Occasion::Test);
    let (text, _) = templates::text(tx, occasion, language.unwrap_or("en"))?;
    let mut values = templates::sample();
    values.set("desk.name", &settings.name);
    let subject = templates::line(&text.subject, &values).unwrap_or_else(|| "Test".into());
    let random: [u8; 12] = tx.random();
    let unique = blake3::hash(&random).to_hex()[..24].to_owned();
    let order = tx.last_seq();
    outbox::enqueue(
        tx,
        NewLetter {
            ticket: None,
            comment: None,
            occasion: Occasion::Test,
            recipients: vec![Recipient::new(Line::To, person.name.as_str(), person.email.as_str())],
            subject,
            message_id: message_id(&settings, &unique, "test"),
            held_until: None,
            order,
            person: Some(person.id),
            may_be_stopped: false,
            language: language.map(str::to_owned),
            sample,
            account: None,
            gathered: None,
        },
    )
}

/// The notifier as an actor.
pub fn actor() -> Actor {
    Actor::system("notifier")
}
