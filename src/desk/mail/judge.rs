//! What is to become of a mail: a list of questions, asked in one order, each answered in words. It reads and writes nothing, so the
//! same questions can be asked again about any mail of the ledger, under the present rules or under others (BEY-31).
//!
//! The order matters. What came before is known before anything is believed; what was put away on purpose comes before what belongs
//! somewhere; and only a mail that belongs nowhere can be too automatic, or too much.

use minicbor::{Decode, Encode};

use super::{
    Automatic, Mailbox, ParsedMessage,
    authenticity::{self, Authenticity},
    blocklist, breaker,
    filter::Asked,
    forwarded,
    ledger::{BY_DIGEST, MailEntry, Outcome},
    rules::MailRules,
    signature, third_party,
    thread::{self, Place},
};
use crate::{
    desk::{
        closing,
        identity::{self, Person},
        settings::Settings,
        tickets::{Comment, Ticket, number},
    },
    error::Result,
    id::{BlobHash, CommentId, QueueId, TicketId},
    language::{Sentence, say},
    store::Tx,
};

/// One question, and how this mail answered it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Step {
    #[n(0)]
    pub question: String,
    #[n(1)]
    pub answer: String,
}

/// What is to become of a mail.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It was taken in before, and is on this ticket.
    Duplicate { ticket: Option<TicketId>, comment: Option<CommentId> },
    /// Kept, and nothing else.
    Ignore,
    /// Held until somebody looks.
    Hold,
    Append {
        ticket: TicketId,
        /// The ticket that it was meant for, which was merged into this one.
        merged: Option<TicketId>,
    },
    /// The same, as a note that the requester does not see: somebody outside was asked about it.
    AppendThirdParty { ticket: TicketId },
    Create {
        /// Whose ticket it is; From if nobody is named.
        requester: Option<Mailbox>,
        /// The ticket that the subject names without authority.
        suggested: Option<TicketId>,
        /// A closed ticket that it goes on from.
        follows: Option<TicketId>,
    },
}

impl Verdict {
    pub fn outcome(&self) -> Outcome {
        match self {
            Verdict::Duplicate { .. } => Outcome::Duplicate,
            Verdict::Ignore => Outcome::Ignored,
            Verdict::Hold => Outcome::Quarantined,
            Verdict::Append { .. } | Verdict::AppendThirdParty { .. } => Outcome::Appended,
            Verdict::Create { .. } => Outcome::Created,
        }
    }
}

/// The decision, and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// The rule that decided, by name.
    pub rule: &'static str,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// It must never be answered.
    pub automatic: bool,
    /// Why its sender is not believed.
    pub doubt: Option<String>,
    /// What filters ask for.
    pub asked: Asked,
    pub steps: Vec<Step>,
}

/// What mail of this mailbox is judged by, besides the desk's rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MailboxRules {
    pub queue: Option<QueueId>,
    /// A gateway's address: the requester is who stands in Reply-To.
    pub believe_reply_to: bool,
    /// The name under which its server says what it checked (authserv-id).
    pub authentication_server: Option<String>,
}

/// Everything that a judgement is made from.
pub struct Case<'a> {
    pub tx: &'a Tx,
    pub settings: &'a Settings,
    pub rules: &'a MailRules,
    pub mailbox: &'a MailboxRules,
    pub entry: &'a MailEntry,
    pub message: &'a ParsedMessage,
    /// What the filters ask for.
    pub asked: Asked,
}

/// The judgement in the making.
struct Hearing<'a> {
    case: &'a Case<'a>,
    steps: Vec<Step>,
    automatic: bool,
    doubt: Option<String>,
    asked: Asked,
}

/// Judges a mail.
pub fn judge(case: &Case<'_>) -> Result<Judgement> {
    let automatic = case.message.automatic != Automatic::No;
    Hearing { case, steps: Vec::new(), automatic, doubt: None, asked: case.asked.clone() }.hear()
}

impl Hearing<'_> {
    fn step(&mut self, question: Sentence, answer: impl Into<String>) {
        self.steps.push(Step { question: question.into(), answer: answer.into() });
    }

    fn end(self, verdict: Verdict, rule: &'static str, reason: Option<String>) -> Judgement {
        let Hearing { steps, automatic, doubt, asked, .. } = self;
        Judgement { verdict, rule, reason, automatic, doubt, asked, steps }
    }

    fn hear(mut self) -> Result<Judgement> {
        let (tx, message) = (self.case.tx, self.case.message);
        if let Some((first, rule, why)) = self.came_before()? {
            self.step(say!("judge-before"), say!("judge-yes-why", why = why));
            let verdict = Verdict::Duplicate { ticket: first.ticket, comment: first.comment };
            return Ok(self.end(verdict, rule, Some(why)));
        }
        self.step(say!("judge-before"), say!("judge-before-no"));
        if let Some(why) = self.is_ours()? {
            self.automatic = true;
            self.step(say!("judge-ours"), why);
            return Ok(self.end(Verdict::Ignore, "own_mail", Some(say!("judge-own-mail").into())));
        }
        self.step(say!("judge-ours"), say!("judge-no"));
        if let Some(ended) = self.put_away()? {
            return Ok(self.end(ended.0, ended.1, Some(ended.2)));
        }
        self.say_what_wrote_it();
        self.check_sender();
        let sender = match message.from.as_ref() {
            Some(it) => identity::person_by_email(tx, &it.address)?,
            None => None,
        };
        self.step(say!("judge-know"), self.known(sender.as_ref()));
        if let (Some(doubt), Some(true)) = (&self.doubt, sender.as_ref().map(Person::is_agent)) {
            let reason = say!("judge-agent-doubt", doubt = doubt).into();
            return Ok(self.end(Verdict::Hold, "doubtful_sender", Some(reason)));
        }
        if let Some(ticket) = third_party::place(tx, self.case.settings, message)? {
            self.step(say!("judge-forward"), say!("judge-forward-yes"));
            let reason = message.automatic.reason().map(str::to_owned);
            return Ok(self.end(Verdict::AppendThirdParty { ticket }, "third_party", reason));
        }
        let believed = sender.as_ref().filter(|_| self.doubt.is_none());
        match thread::place(tx, self.case.settings, message, believed)? {
            Place::On { ticket, rule, merged } => self.onto(ticket, rule, merged),
            Place::Nowhere { suggested } => {
                self.step(say!("judge-belongs"), self.nowhere(suggested)?);
                self.anew(sender.as_ref(), suggested)
            }
        }
    }

    /// An earlier entry that is the same mail: the same bytes, or the same message of the same sender through a list that added to it.
    fn came_before(&self) -> Result<Option<(MailEntry, &'static str, String)>> {
        let Case { tx, entry, message, .. } = self.case;
        if let Some(first) = tx.find_one(&BY_DIGEST, &BlobHash(message.digest))?
            && first.id != entry.id
        {
            let why = say!("judge-same-mail", at = first.received_at.to_string()).into();
            return Ok(Some((first, "digest", why)));
        }
        let Some(id) = &message.message_id else { return Ok(None) };
        let Some(seen) = thread::seen(tx, id)?.filter(|it| !it.sent) else { return Ok(None) };
        let Some(first) = earlier(tx, seen.ticket, seen.comment)?.filter(|it| it.0.id != entry.id) else { return Ok(None) };
        let (first, text) = first;
        let from = message.from.as_ref().map(|it| it.address.to_lowercase());
        // An id is only a hint: programs use one twice. It is a copy if one text holds the other, as a list's footer leaves it.
        let same = first.from.as_ref().map(|it| it.to_lowercase()) == from && holds(&text, &message.text);
        let why = say!("judge-same-message", at = first.received_at.to_string()).into();
        Ok(same.then_some((first, "same_message", why)))
    }

    /// Written by one of our addresses, or a message that we sent.
    fn is_ours(&self) -> Result<Option<String>> {
        let Case { tx, settings, message, .. } = self.case;
        if let Some(from) = &message.from
            && signature::is_own_address(tx, settings, &from.address)?
        {
            return Ok(Some(say!("judge-own-address", address = from.address).into()));
        }
        let sent = match &message.message_id {
            Some(it) => thread::seen(tx, it)?.is_some_and(|it| it.sent),
            None => false,
        };
        Ok(sent.then(|| say!("judge-sent-by-us").into()))
    }

    /// What an admin decided about such mail.
    fn put_away(&mut self) -> Result<Option<(Verdict, &'static str, String)>> {
        let Case { tx, message, .. } = self.case;
        let blocked = match &message.from {
            Some(from) => blocklist::blocks(tx, &from.address)?,
            None => None,
        };
        if let Some(it) = blocked {
            let why: String = match it.reason.as_str() {
                "" => say!("judge-put-away", pattern = it.pattern).into(),
                reason => say!("judge-put-away-because", pattern = it.pattern, reason = reason).into(),
            };
            self.step(say!("judge-blocked"), why.clone());
            return Ok(Some((Verdict::Ignore, "blocked_sender", why)));
        }
        self.step(say!("judge-blocked"), say!("judge-no"));
        let fitted = &self.asked.fitted;
        let answer = if fitted.is_empty() { say!("judge-none").into() } else { fitted.join(", ") };
        self.step(say!("judge-filters"), answer);
        if let Some(name) = &self.asked.ignored_by {
            return Ok(Some((Verdict::Ignore, "filter", say!("judge-filter-away", name = name).into())));
        }
        let held = self.asked.held_by.as_ref();
        Ok(held.map(|name| (Verdict::Hold, "filter", say!("judge-filter-holds", name = name).into())))
    }

    fn say_what_wrote_it(&mut self) {
        let answer = match &self.case.message.automatic {
            Automatic::No => say!("judge-by-person").into(),
            it => it.reason().map_or_else(|| say!("judge-by-machine").into(), str::to_owned),
        };
        self.step(say!("judge-person"), answer);
    }

    fn check_sender(&mut self) {
        let mut trusted = self.case.rules.trusted_servers.clone();
        trusted.extend(self.case.mailbox.authentication_server.clone());
        let found = authenticity::of(self.case.message, &trusted);
        let answer = match &found {
            Authenticity::Unknown if trusted.is_empty() => say!("judge-not-checked").into(),
            Authenticity::Unknown => say!("judge-unknown").into(),
            Authenticity::Confirmed(by) => say!("judge-confirmed", by = by).into(),
            Authenticity::Doubtful(why) => why.clone(),
        };
        self.doubt = found.doubt().map(str::to_owned);
        self.step(say!("judge-from"), answer);
    }

    fn known(&self, sender: Option<&Person>) -> String {
        match (sender, &self.case.message.from) {
            (Some(it), _) if it.is_agent() => say!("judge-agent", name = it.name).into(),
            (Some(it), _) => say!("judge-requester", name = it.name).into(),
            (None, Some(from)) => say!("judge-new", address = from.address).into(),
            (None, None) => say!("judge-no-sender").into(),
        }
    }

    fn nowhere(&self, suggested: Option<TicketId>) -> Result<String> {
        let Case { tx, settings, .. } = self.case;
        let named = suggested.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten();
        Ok(match named {
            Some(it) => {
                let number = number::text(settings, it.kind, it.number);
                say!("judge-subject-names", number = number).into()
            }
            None => say!("judge-nowhere").into(),
        })
    }

    /// It belongs to this ticket; unless that was closed so long ago that it goes on as another.
    fn onto(mut self, id: TicketId, rule: thread::Rule, merged: Option<TicketId>) -> Result<Judgement> {
        let Case { tx, settings, rules, message, .. } = self.case;
        let name = |it: &Ticket| number::text(settings, it.kind, it.number);
        let ticket = tx.get::<Ticket>(&id)?;
        let number = ticket.as_ref().map(name).unwrap_or_default();
        if let Some(meant) = merged.map(|it| tx.get::<Ticket>(&it)).transpose()?.flatten() {
            self.step(say!("judge-merged"), say!("judge-merged-yes", meant = name(&meant), number = number));
        }
        self.step(say!("judge-belongs"), say!("judge-to", number = number, rule = rule.name(), why = rule.doc()));
        let over = ticket.is_some_and(|it| closing::is_over(&it, rules.reopen_days, tx.now()));
        if over && !self.automatic {
            self.step(say!("judge-reopen"), say!("judge-reopen-no"));
            let requester = self.requester(None);
            return Ok(self.end(Verdict::Create { requester, suggested: None, follows: Some(id) }, "after_closing", None));
        }
        let reason = message.automatic.reason().map(str::to_owned);
        Ok(self.end(Verdict::Append { ticket: id, merged }, rule.name(), reason))
    }

    /// It belongs to no ticket.
    fn anew(mut self, sender: Option<&Person>, suggested: Option<TicketId>) -> Result<Judgement> {
        let Case { tx, rules, message, .. } = self.case;
        let reason = message.automatic.reason().map(str::to_owned);
        if self.automatic && !self.asked.let_in {
            self.step(say!("judge-become"), say!("judge-become-machine"));
            return Ok(self.end(Verdict::Hold, "automatic", reason));
        }
        if let Some(from) = &message.from
            && breaker::is_flood(tx, rules, &from.address, &message.subject)?
        {
            let why = String::from(say!("judge-flood", address = from.address, count = rules.alike_per_address_hour.to_string()));
            self.step(say!("judge-become"), why.clone());
            return Ok(self.end(Verdict::Hold, "breaker", Some(why)));
        }
        self.step(say!("judge-become"), say!("judge-yes"));
        let requester = self.requester(sender);
        Ok(self.end(Verdict::Create { requester, suggested, follows: None }, "new", reason))
    }

    /// Whose ticket it is, if not that of whoever stands in From.
    fn requester(&mut self, sender: Option<&Person>) -> Option<Mailbox> {
        let Case { rules, mailbox, message, settings, .. } = self.case;
        let usable = |it: &Mailbox| identity::normal_email(&it.address).is_ok() && !settings.is_own_address(&it.address);
        if mailbox.believe_reply_to || self.asked.requester_from_reply_to {
            let found = message.reply_to.iter().find(|it| usable(it)).cloned();
            let name = found.as_ref().map_or("nobody usable", |it| it.address.as_str());
            self.step(say!("judge-whose"), say!("judge-reply-to", name = name));
            return found;
        }
        if rules.forwarded_for_sender && sender.is_some_and(Person::is_agent) {
            let first = forwarded::first_sender(message).filter(usable);
            if let Some(first) = &first {
                self.step(say!("judge-whose"), say!("judge-forwarded", address = first.address));
                return Some(first.clone());
            }
        }
        self.step(say!("judge-whose"), say!("judge-whose-sender"));
        None
    }
}

/// The mail that a message of a ticket came by, with its text.
fn earlier(tx: &Tx, ticket: TicketId, comment: Option<CommentId>) -> Result<Option<(MailEntry, String)>> {
    let (mail, text) = match comment {
        Some(id) => match tx.get::<Comment>(&(ticket, id))? {
            Some(it) => (it.mail, it.body),
            None => return Ok(None),
        },
        None => match tx.get::<Ticket>(&ticket)? {
            Some(it) => (it.mail, it.description),
            None => return Ok(None),
        },
    };
    let entry = mail.map(|it| tx.get::<MailEntry>(&it)).transpose()?.flatten();
    Ok(entry.map(|it| (it, text)))
}

/// Whether one text is the other with something before or after it, without regard to white space. Two empty ones are alike.
fn holds(one: &str, other: &str) -> bool {
    let flat = |it: &str| it.split_whitespace().collect::<Vec<_>>().join(" ");
    let (one, other) = (flat(one), flat(other));
    if one.is_empty() || other.is_empty() {
        return one == other;
    }
    one.contains(&other) || other.contains(&one)
}
