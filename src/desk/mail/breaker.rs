//! How much the desk answers by itself (BEY-03). What comes in is never bounded here, but for one thing: when the same sender goes on
//! lodging the same after the desk has stopped answering, its further mails are held until somebody looks.
//!
//! Budgets are counted in fixed windows of an hour and a day. A budget that is used up opens a breaker: automatic mail stops, admins
//! see why, and it closes by itself after a day or when somebody closes it. What people write is never stopped here.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::rules::MailRules;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::TicketId,
    language::{Sentence, say},
    store::{Record, Table, Tx},
    time::Instant,
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What is counted, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Automatic mails to an address.
    Address(&'a str),
    /// Automatic mails about a ticket.
    Ticket(TicketId),
    /// Mails about a ticket that only pass on what came by mail.
    Relayed(TicketId),
    /// Automatic mails of the desk.
    Desk,
    /// New tickets of one subject from one address.
    Alike { address: &'a str, subject: &'a str },
}

impl Scope<'_> {
    fn key(&self) -> [u8; 16] {
        let text = match self {
            Scope::Address(it) => format!("address {}", it.to_lowercase()),
            Scope::Ticket(it) => format!("ticket {it}"),
            Scope::Relayed(it) => format!("relayed {it}"),
            Scope::Desk => "desk".to_owned(),
            Scope::Alike { address, subject } => format!("alike {} {subject}", address.to_lowercase()),
        };
        let mut key = [0; 16];
        key.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..16]);
        key
    }
}

/// How often something happened in the present hour and day.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Tally {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 16],
    #[n(1)]
    pub hour: i64,
    #[n(2)]
    pub in_hour: u32,
    #[n(3)]
    pub day: i64,
    #[n(4)]
    pub in_day: u32,
}

impl Record for Tally {
    type Key = [u8; 16];
    const TABLE: Table = Table::operational(0x5a, "mail_tallies");

    fn key(&self) -> [u8; 16] {
        self.key
    }
}

fn tally(tx: &Tx, scope: &Scope<'_>) -> Result<Tally> {
    let now = tx.now().as_millis();
    let (hour, day) = (now.div_euclid(HOUR_MS), now.div_euclid(DAY_MS));
    let mut tally = tx.get::<Tally>(&scope.key())?.unwrap_or(Tally { key: scope.key(), hour, in_hour: 0, day, in_day: 0 });
    if tally.hour != hour {
        (tally.hour, tally.in_hour) = (hour, 0);
    }
    if tally.day != day {
        (tally.day, tally.in_day) = (day, 0);
    }
    Ok(tally)
}

fn count(tx: &mut Tx, scope: &Scope<'_>) -> Result<Tally> {
    let mut tally = tally(tx, scope)?;
    tally.in_hour = tally.in_hour.saturating_add(1);
    tally.in_day = tally.in_day.saturating_add(1);
    tx.put(&tally)?;
    Ok(tally)
}

/// Forgets counts of days that are over, and breakers that have closed by themselves; gives how many counts.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let today = tx.now().as_millis().div_euclid(DAY_MS);
    let mut old = Vec::new();
    for tally in tx.scan::<Tally>(&())? {
        let tally = tally?;
        if tally.day < today {
            old.push(tally.key);
        }
        if old.len() == limit {
            break;
        }
    }
    for key in &old {
        tx.remove::<Tally>(key)?;
    }
    let now = tx.now();
    let mut closed = Vec::new();
    for breaker in tx.scan::<Breaker>(&())? {
        closed.extend(Some(breaker?).filter(|it| it.until <= now).map(|it| it.key));
    }
    for key in closed.iter().take(limit) {
        tx.remove::<Breaker>(key)?;
    }
    Ok(old.len())
}

/// A budget that is used up.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Breaker {
    #[cbor(n(0), with = "minicbor::bytes")]
    pub key: [u8; 16],
    /// An address, a ticket's id, or nothing for the whole desk.
    #[n(1)]
    pub about: String,
    /// What happened, in a sentence.
    #[n(2)]
    pub reason: String,
    #[n(3)]
    pub opened_at: Instant,
    #[n(4)]
    pub until: Instant,
    /// Mails that were not sent because of it.
    #[n(5)]
    pub withheld: u64,
}

impl Record for Breaker {
    type Key = [u8; 16];
    /// Its opening and closing are told in the log; how much it withholds is a count like others.
    const TABLE: Table = Table::operational(0x5b, "mail_breakers");

    fn key(&self) -> [u8; 16] {
        self.key
    }
}

impl Breaker {
    /// Its key, as addresses and forms write it.
    pub fn id(&self) -> String {
        self.key.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether an automatic mail may go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Send,
    /// Not now: why, in a sentence.
    Withhold(String),
}

/// Mails in an hour that pass on to others what came by mail about one ticket. More is no conversation of people.
const RELAYED_PER_TICKET_HOUR: u32 = 60;

/// Asks for one mail that passes on to somebody what another one wrote by mail: between two programs that answer, that goes round.
pub fn may_relay(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<Verdict> {
    let what = say!("judge-mails-passed-on");
    ask(tx, actor, &[(Scope::Relayed(ticket), ticket.to_string(), RELAYED_PER_TICKET_HOUR, u32::MAX, what)])
}

/// Asks for one automatic mail to `address` about `ticket`, and counts it if it may go. A command of whoever enqueues it.
pub fn may_answer(tx: &mut Tx, actor: &Actor, rules: &MailRules, ticket: TicketId, address: &str) -> Result<Verdict> {
    let scopes = [
        (Scope::Desk, String::new(), rules.answers_per_desk_hour, u32::MAX, say!("judge-mails-of-desk")),
        (Scope::Ticket(ticket), ticket.to_string(), rules.answers_per_ticket_hour, u32::MAX, say!("judge-mails-about-ticket")),
        (
            Scope::Address(address),
            address.to_lowercase(),
            rules.answers_per_address_hour,
            rules.answers_per_address_day,
            say!("judge-mails-to-address"),
        ),
    ];
    ask(tx, actor, &scopes)
}

/// What is asked for, its name for people, how often in an hour and in a day, and what it is, in words.
type Budget<'a> = (Scope<'a>, String, u32, u32, Sentence);

fn ask(tx: &mut Tx, actor: &Actor, budgets: &[Budget<'_>]) -> Result<Verdict> {
    for (scope, about, per_hour, per_day, what) in budgets {
        if let Some(mut breaker) = open(tx, scope)? {
            breaker.withheld += 1;
            tx.put(&breaker)?;
            return Ok(Verdict::Withhold(breaker.reason));
        }
        let tally = tally(tx, scope)?;
        if tally.in_hour < *per_hour && tally.in_day < *per_day {
            continue;
        }
        // Kept as it reads in English; pages tell it again in their reader's language.
        let reason = match tally.in_hour >= *per_hour {
            true => say!("judge-storm-hour", limit = per_hour.to_string(), what = what),
            false => say!("judge-storm-day", limit = per_day.to_string(), what = what),
        };
        let reason = reason.to_string();
        trip(tx, actor, scope, about, &reason)?;
        return Ok(Verdict::Withhold(reason));
    }
    for (scope, ..) in budgets {
        count(tx, scope)?;
    }
    Ok(Verdict::Send)
}

/// The breaker of this scope, if it is open now.
fn open(tx: &Tx, scope: &Scope<'_>) -> Result<Option<Breaker>> {
    Ok(tx.get::<Breaker>(&scope.key())?.filter(|it| it.until > tx.now()))
}

fn trip(tx: &mut Tx, actor: &Actor, scope: &Scope<'_>, about: &str, reason: &str) -> Result<()> {
    let now = tx.now();
    let breaker = Breaker {
        key: scope.key(),
        about: about.to_owned(),
        reason: reason.to_owned(),
        opened_at: now,
        until: now.plus(Duration::from_millis(DAY_MS.unsigned_abs())),
        withheld: 1,
    };
    tx.put(&breaker)?;
    let changes = Changes::new().set("about", about).set("reason", reason);
    event::record(tx, actor, EventKind::MailBreakerOpened, settings(), changes)?;
    Ok(())
}

fn settings() -> About {
    About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None }
}

/// The breakers that are open, for the pages of admins.
pub fn all_open(tx: &Tx) -> Result<Vec<Breaker>> {
    let mut found = Vec::new();
    for breaker in tx.scan::<Breaker>(&())? {
        let breaker = breaker?;
        if breaker.until > tx.now() {
            found.push(breaker);
        }
    }
    Ok(found)
}

/// Closes a breaker and forgets its count: automatic mail goes out again.
pub fn close(tx: &mut Tx, actor: &Actor, id: &str) -> Result<()> {
    actor.need(Permission::MailManage)?;
    let breaker = all_open(tx)?.into_iter().find(|it| it.id() == id).ok_or_else(|| Refusal::not_found("breaker"))?;
    let key = breaker.key;
    tx.remove::<Breaker>(&key)?;
    tx.remove::<Tally>(&key)?;
    let changes = Changes::new().set("about", breaker.about.as_str()).set("withheld", breaker.withheld);
    event::record(tx, actor, EventKind::MailBreakerClosed, settings(), changes)?;
    Ok(())
}

// --- what comes in ---

/// A subject without what programs and desks put into it from one mail to the next: prefixes, brackets and what stands in them.
pub fn bare_subject(subject: &str) -> String {
    let (mut depth, mut bare) = (0_usize, String::with_capacity(subject.len()));
    for c in subject.chars() {
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => bare.extend(c.to_lowercase()),
            _ => {}
        }
    }
    let mut rest = bare.trim();
    // "Re: AW: Fwd: x": a few letters and a colon, again and again.
    while let Some((prefix, after)) = rest.split_once(':') {
        if prefix.trim().chars().count() > 4 || !prefix.trim().chars().all(char::is_alphabetic) {
            break;
        }
        rest = after.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether one more new ticket of this subject from this address is too much. It is while the desk has stopped answering there.
pub fn is_flood(tx: &Tx, rules: &MailRules, address: &str, subject: &str) -> Result<bool> {
    let scope = Scope::Alike { address, subject: &bare_subject(subject) };
    Ok(tally(tx, &scope)?.in_hour >= rules.alike_per_address_hour && open(tx, &Scope::Address(address))?.is_some())
}

/// Counts a new ticket of this subject from this address.
pub fn lodged(tx: &mut Tx, address: &str, subject: &str) -> Result<()> {
    count(tx, &Scope::Alike { address, subject: &bare_subject(subject) })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    #[test]
    fn subjects_are_compared_without_what_programs_add() {
        for (subject, bare) in [
            ("Re: AW: Printer", "printer"),
            ("[INC-000123] Re: Printer", "printer"),
            ("Re: [Ticket#2026-1] Printer (was: Paper)", "printer"),
            ("Note: Printer", "printer"),
            ("Warning: Printer", "warning: printer"),
            ("", ""),
        ] {
            assert_eq!(bare_subject(subject), bare, "{subject}");
        }
    }

    #[test]
    fn a_budget_stops_what_is_automatic_until_it_is_closed() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let actor = Actor::system("test");
        let rules = MailRules { answers_per_address_hour: 3, ..MailRules::default() };
        let ask = |address: &'static str| {
            let (actor, rules) = (actor.clone(), rules.clone());
            store
                .write(move |tx| {
                    let ticket = tx.new_id();
                    may_answer(tx, &actor, &rules, ticket, address)
                })
                .unwrap()
                .0
        };
        for _ in 0..3 {
            assert_eq!(ask("loop@example.com"), Verdict::Send);
        }
        for _ in 0..5 {
            assert!(matches!(ask("Loop@example.com"), Verdict::Withhold(_)));
        }
        assert_eq!(ask("rosa@example.com"), Verdict::Send, "somebody else is answered");
        let open = all_open(&store.read().unwrap()).unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].about.as_str(), open[0].withheld), ("loop@example.com", 5));
        let id = open[0].id();
        store.write(move |tx| close(tx, &Actor::system("test"), &id)).unwrap();
        assert_eq!(ask("loop@example.com"), Verdict::Send);
    }
}
