//! One stored condition: the text as it was written, and what each name in it meant then. A queue that is called otherwise tomorrow
//! changes no rule, and what a rule means depends on nothing but the rule and the ticket.

use std::{
    cell::RefCell,
    sync::{Arc, OnceLock},
};

use jiff::tz::TimeZone;
use minicbor::{Decode, Encode};
use uuid::Uuid;

use super::holds::Asking;
use crate::{
    desk::{
        actor::Actor,
        query::{self, Binding, Cond, Flag, NameKind, Names, Part, Test, TimeField, Typing},
        query_names::DeskNames,
        settings::Settings,
        tickets::Ticket,
    },
    error::{Fault, Refusal, Result},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// What a rule says of tickets. An empty text is true of every ticket.
#[derive(Debug, Clone, Default, Encode, Decode)]
pub struct Condition {
    #[n(0)]
    text: String,
    /// The names that were looked up when it was written.
    #[n(1)]
    #[cbor(default)]
    names: Vec<Meant>,
    /// IANA name of the zone in which its dates are meant.
    #[n(2)]
    #[cbor(default)]
    zone: String,
    /// Bound once, unless it speaks of `today` or `-7d`.
    #[cbor(skip)]
    bound: OnceLock<Arc<Cond>>,
}

/// What one name meant.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Meant {
    /// The sort of name, by its noun; `state` and `field` besides.
    #[n(0)]
    noun: String,
    #[n(1)]
    name: String,
    /// Ids, or the keys of states.
    #[n(2)]
    found: Vec<String>,
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.names, &self.zone) == (&other.text, &other.names, &other.zone)
    }
}

impl Condition {
    /// Reads a condition as the actor writes it. Refuses, under `field`, what does not parse, names that the desk does not know, and
    /// questions that one ticket cannot answer by itself.
    pub fn new(tx: &Tx, actor: &Actor, field: &str, text: &str) -> Result<Condition> {
        let text = text.trim();
        if text.len() > limits::CONDITION_BYTES_MAX {
            return Err(Refusal::field(
                field,
                "too_long",
                say!("refused-condition-most-bytes", condition_bytes_max = limits::CONDITION_BYTES_MAX),
            )
            .into());
        }
        let settings = Settings::of(tx)?;
        let desk = DeskNames::new(tx, actor);
        let noted = Noting { desk: &desk, names: RefCell::default() };
        let under = |refusal: Refusal| Refusal::field(field, "invalid", refusal.detail);
        let query = query::parse(text).map_err(under)?;
        let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
        let binding = Binding { names: &noted, now: tx.now(), zone: &zone, typing: Typing::Done };
        let cond = query::bind(&query, &binding).map_err(under)?;
        if let Some(what) = unanswerable(&cond) {
            return Err(Refusal::field(field, "invalid", say!("refused-rule-cannot-ask", what = what)).into());
        }
        let condition =
            Condition { text: text.to_owned(), names: noted.names.into_inner(), zone: settings.time_zone.clone(), bound: OnceLock::new() };
        condition.at(tx.now())?;
        Ok(condition)
    }

    /// A condition of the program's own, which names nothing of the desk.
    pub fn plain(text: &'static str) -> Condition {
        Condition { text: text.to_owned(), zone: "UTC".to_owned(), ..Condition::default() }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is true of this ticket now.
    pub fn holds(&self, tx: &Tx, ticket: &Ticket) -> Result<bool> {
        Asking::new(tx, ticket).holds(&*self.at(tx.now())?)
    }

    /// Whether it asks for a target: what decides which targets a ticket has cannot ask for them.
    pub fn asks_for_targets(&self, now: Instant) -> Result<bool> {
        Ok(any_test(&*self.at(now)?, &|it| {
            matches!(it, Test::Breach(_) | Test::Is(Flag::Paused) | Test::Time(TimeField::Due | TimeField::Response, _))
        }))
    }

    /// Whether it asks for what changes without the ticket's fields: its thread, who follows it, what hangs on it.
    pub fn asks_for_the_thread(&self, now: Instant) -> Result<bool> {
        Ok(any_test(&*self.at(now)?, &|it| {
            matches!(
                it,
                Test::Is(Flag::OnUs | Flag::OnThem | Flag::Snoozed) | Test::Watcher(_) | Test::Has(_) | Test::Time(TimeField::Updated, _)
            )
        }))
    }

    /// Whether what it means moves with time: `created>-7d`, `today`.
    pub fn moves(&self) -> Result<bool> {
        let (early, late) = (Instant::from_millis(0), Instant::from_millis(1_000 * 86_400_000));
        Ok(self.bind(early)? != self.bind(late)?)
    }

    fn at(&self, now: Instant) -> Result<Arc<Cond>> {
        if let Some(bound) = self.bound.get() {
            return Ok(bound.clone());
        }
        let bound = Arc::new(self.bind(now)?);
        if !self.moves()? {
            // Somebody else may have been quicker with the same.
            let _ = self.bound.set(bound.clone());
        }
        Ok(bound)
    }

    fn bind(&self, now: Instant) -> Result<Cond> {
        let kept = || Fault::new(format!("the condition `{}` that is kept cannot be read any more", self.text));
        let query = query::parse(&self.text).map_err(|_| kept())?;
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let binding = Binding { names: &Kept(&self.names), now, zone: &zone, typing: Typing::Done };
        Ok(query::bind(&query, &binding).map_err(|_| kept())?)
    }
}

/// What no single ticket can answer, in words.
fn unanswerable(cond: &Cond) -> Option<&'static str> {
    if any_test(cond, &|it| matches!(it, Test::Author(_))) {
        Some("who wrote something on a ticket")
    } else if any_test(cond, &|it| matches!(it, Test::Has(Part::Note))) {
        Some("whether a ticket has notes")
    } else if any_test(cond, &|it| matches!(it, Test::Time(TimeField::UpdatedPublicly, _))) {
        Some("for what only lists know")
    } else {
        None
    }
}

fn any_test(cond: &Cond, wanted: &dyn Fn(&Test) -> bool) -> bool {
    match cond {
        Cond::And(list) | Cond::Or(list) => list.iter().any(|it| any_test(it, wanted)),
        Cond::Not(it) => any_test(it, wanted),
        Cond::Test(it) => wanted(it),
        Cond::Text(_) => false,
    }
}

const STATE: &str = "state";
const CUSTOM: &str = "field";

/// Under which a value of one of the desk's own fields is noted.
fn value_noun(key: &str) -> String {
    format!("value of {key}")
}

/// The desk's names, with a note of each that was asked for.
struct Noting<'a> {
    desk: &'a DeskNames<'a>,
    names: RefCell<Vec<Meant>>,
}

impl Noting<'_> {
    fn note(&self, noun: &str, name: &str, found: Vec<String>) {
        let meant = Meant { noun: noun.to_owned(), name: name.to_lowercase(), found };
        let mut names = self.names.borrow_mut();
        if !names.contains(&meant) {
            names.push(meant);
        }
    }
}

impl Names for Noting<'_> {
    /// A rule is nobody's: `me` means nobody.
    fn me(&self) -> Option<Uuid> {
        None
    }

    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid> {
        let found = self.desk.find(kind, name);
        self.note(kind.noun(), name, found.iter().map(Uuid::to_string).collect());
        found
    }

    fn known(&self, kind: NameKind) -> Vec<String> {
        self.desk.known(kind)
    }

    fn state(&self, name: &str) -> Vec<String> {
        let found = self.desk.state(name);
        self.note(STATE, name, found.clone());
        found
    }

    fn states(&self) -> Vec<String> {
        self.desk.states()
    }

    fn custom(&self, key: &str) -> bool {
        let known = self.desk.custom(key);
        self.note(CUSTOM, key, if known { vec![key.to_owned()] } else { Vec::new() });
        known
    }

    fn customs(&self) -> Vec<String> {
        self.desk.customs()
    }

    fn custom_values(&self, key: &str, text: &str) -> Option<Vec<String>> {
        let found = self.desk.custom_values(key, text)?;
        self.note(&value_noun(key), text, found.clone());
        Some(found)
    }
}

/// The names as they were meant.
struct Kept<'a>(&'a [Meant]);

impl Kept<'_> {
    fn found(&self, noun: &str, name: &str) -> &[String] {
        let name = name.to_lowercase();
        self.0.iter().find(|it| it.noun == noun && it.name == name).map_or(&[], |it| &it.found)
    }
}

impl Names for Kept<'_> {
    fn me(&self) -> Option<Uuid> {
        None
    }

    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid> {
        self.found(kind.noun(), name).iter().filter_map(|it| it.parse().ok()).collect()
    }

    fn known(&self, _: NameKind) -> Vec<String> {
        Vec::new()
    }

    fn state(&self, name: &str) -> Vec<String> {
        self.found(STATE, name).to_vec()
    }

    fn states(&self) -> Vec<String> {
        Vec::new()
    }

    fn custom(&self, key: &str) -> bool {
        !self.found(CUSTOM, key).is_empty()
    }

    fn customs(&self) -> Vec<String> {
        Vec::new()
    }

    fn custom_values(&self, key: &str, text: &str) -> Option<Vec<String>> {
        let found = self.found(&value_noun(key), text);
        // Before values were noted, they meant what they say.
        Some(if found.is_empty() { vec![text.to_lowercase()] } else { found.to_vec() })
    }
}
