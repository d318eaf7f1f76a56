//! Lifecycles: the states of a kind of ticket and the ways between them, as data that admins may change (TKT-25, TKT-31).
//! A state has a category; rules look at the category only. Transitions have guards.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::{Kind, Ticket};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    language::say,
    store::{Record, Table, Tx},
};

/// What a state means to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Category {
    /// Nobody has decided anything yet.
    #[n(0)]
    New,
    /// Somebody has it.
    #[n(1)]
    Active,
    /// It waits for somebody or something outside.
    #[n(2)]
    Waiting,
    /// Done, as far as the desk is concerned.
    #[n(3)]
    Resolved,
    /// Over.
    #[n(4)]
    Closed,
}

impl Category {
    /// What `open` stands for.
    pub const OPEN: [Category; 3] = [Category::New, Category::Active, Category::Waiting];

    pub const ALL: [Category; 5] = [Category::New, Category::Active, Category::Waiting, Category::Resolved, Category::Closed];

    pub fn name(self) -> &'static str {
        match self {
            Category::New => "new",
            Category::Active => "active",
            Category::Waiting => "waiting",
            Category::Resolved => "resolved",
            Category::Closed => "closed",
        }
    }

    /// The number under which the index knows it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// Neither resolved nor closed: what `status:open` means.
    pub fn is_open(self) -> bool {
        self < Category::Resolved
    }
}

/// What must hold before a ticket may enter a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Guard {
    /// The ticket has an assignee.
    #[n(0)]
    Assignee,
    /// The ticket has a planned time (`scheduledAt`).
    #[n(1)]
    Scheduled,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct State {
    /// Stable, lower case, such as `in_progress`.
    #[n(0)]
    pub key: String,
    /// For people.
    #[n(1)]
    pub label: String,
    #[n(2)]
    pub category: Category,
    #[n(3)]
    pub guards: Vec<Guard>,
}

/// One allowed way.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Transition {
    #[n(0)]
    pub from: String,
    #[n(1)]
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Lifecycle {
    #[n(0)]
    pub kind: Kind,
    /// In the order in which they are offered. The first one is where a ticket begins.
    #[n(1)]
    pub states: Vec<State>,
    #[n(2)]
    pub transitions: Vec<Transition>,
}

impl Record for Lifecycle {
    type Key = u8;
    const TABLE: Table = Table::journalled(0x21, "lifecycles");

    fn key(&self) -> u8 {
        self.kind as u8
    }
}

/// Ready-made lifecycles (TKT-31).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// New, open, resolved, closed (TKT-27).
    Simple,
    /// Open, in progress, waiting, resolved, closed.
    ServiceDesk,
    /// All stages with their pending sub-states; the default.
    Full,
}

/// Key, label, category, guards.
type Row = (&'static str, &'static str, Category, &'static [Guard]);

const SIMPLE: &[Row] = &[
    ("new", "New", Category::New, &[]),
    ("open", "Open", Category::Active, &[]),
    ("resolved", "Resolved", Category::Resolved, &[]),
    ("closed", "Closed", Category::Closed, &[]),
];

const SERVICE_DESK: &[Row] = &[
    ("open", "Open", Category::New, &[]),
    ("in_progress", "In progress", Category::Active, &[]),
    ("waiting", "Waiting", Category::Waiting, &[]),
    ("resolved", "Resolved", Category::Resolved, &[]),
    ("closed", "Closed", Category::Closed, &[]),
];

const FULL: &[Row] = &[
    ("new", "New", Category::New, &[]),
    ("assigned", "Assigned", Category::Active, &[Guard::Assignee]),
    ("accepted", "Accepted", Category::Active, &[Guard::Assignee]),
    ("in_progress", "In progress", Category::Active, &[]),
    ("scheduled", "Scheduled", Category::Waiting, &[Guard::Scheduled]),
    ("awaiting_info", "Awaiting info", Category::Waiting, &[]),
    ("awaiting_callback", "Awaiting callback", Category::Waiting, &[]),
    ("awaiting_parts", "Awaiting parts", Category::Waiting, &[]),
    ("awaiting_approval", "Awaiting approval", Category::Waiting, &[]),
    ("resolved", "Resolved", Category::Resolved, &[]),
    ("closed", "Closed", Category::Closed, &[]),
    ("cancelled", "Cancelled", Category::Closed, &[]),
];

const FULFILMENT: Row = ("fulfilment", "Fulfilment", Category::Active, &[]);

impl Lifecycle {
    /// A ready-made lifecycle for this kind. A request has fulfilment after its approval.
    pub fn preset(kind: Kind, preset: Preset) -> Lifecycle {
        let rows = match preset {
            Preset::Simple => SIMPLE,
            Preset::ServiceDesk => SERVICE_DESK,
            Preset::Full => FULL,
        };
        let mut rows = rows.to_vec();
        if preset == Preset::Full && kind == Kind::Request {
            let after = rows.iter().position(|it| it.0 == "awaiting_approval").map_or(rows.len(), |it| it + 1);
            rows.insert(after, FULFILMENT);
        }
        let states: Vec<State> = rows
            .into_iter()
            .map(|(key, label, category, guards)| State { key: key.into(), label: label.into(), category, guards: guards.to_vec() })
            .collect();
        let transitions = usual_ways(&states);
        Lifecycle { kind, states, transitions }
    }

    /// The lifecycle of this kind on this desk.
    pub fn of(tx: &Tx, kind: Kind) -> Result<Arc<Lifecycle>> {
        Ok(tx.get_shared::<Lifecycle>(&(kind as u8))?.unwrap_or_else(|| Arc::new(Lifecycle::preset(kind, Preset::Full))))
    }

    pub fn state(&self, key: &str) -> Option<&State> {
        self.states.iter().find(|it| it.key == key)
    }

    /// Where a ticket begins.
    pub fn first(&self) -> &State {
        // `check` refuses a lifecycle without states, and presets have some.
        &self.states[0]
    }

    /// The first state of a category, in the order of the list.
    pub fn first_of(&self, category: Category) -> Option<&State> {
        self.states.iter().find(|it| it.category == category)
    }

    pub fn allows(&self, from: &str, to: &str) -> bool {
        from == to || self.transitions.iter().any(|it| it.from == from && it.to == to)
    }

    /// The states that a ticket may enter from here, guards aside.
    pub fn next_of<'a>(&'a self, from: &'a str) -> impl Iterator<Item = &'a State> {
        self.states.iter().filter(move |it| it.key != from && self.allows(from, &it.key))
    }

    /// The state that a caller means: a key, a label, a category, or one of the old names (`open`, `pending`).
    pub fn meant(&self, text: &str, assigned: bool) -> Option<&State> {
        let wanted = text.trim().to_lowercase().replace([' ', '-'], "_");
        self.state(&wanted).or_else(|| self.states.iter().find(|it| it.label.to_lowercase().replace(' ', "_") == wanted)).or_else(|| {
            match wanted.as_str() {
                "open" if assigned => self.state("assigned").or_else(|| self.first_of(Category::Active)),
                "open" => Some(self.first()),
                "waiting" | "pending" | "on_hold" => self.state("awaiting_info").or_else(|| self.first_of(Category::Waiting)),
                "active" => self.state("in_progress").or_else(|| self.first_of(Category::Active)),
                _ => Category::ALL.into_iter().find(|it| it.name() == wanted).and_then(|it| self.first_of(it)),
            }
        })
    }

    /// Refuses a lifecycle that no ticket could live in.
    pub fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Refusal::field("states", "invalid", message).into());
        let Some(first) = self.states.first() else { return refuse("A lifecycle needs states.".into()) };
        if !first.category.is_open() {
            return refuse(format!("Tickets begin in `{}`, which is neither new, active nor waiting.", first.key));
        }
        for (i, state) in self.states.iter().enumerate() {
            if state.key.is_empty() || !state.key.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_') {
                return refuse(format!("`{}` is not a key: lower-case letters, digits and _ only.", state.key));
            }
            if self.states[..i].iter().any(|it| it.key == state.key) {
                return refuse(format!("The state `{}` is listed twice.", state.key));
            }
        }
        for needed in [Category::Resolved, Category::Closed] {
            if self.first_of(needed).is_none() {
                return refuse(format!("A lifecycle needs a state of the category `{}`.", needed.name()));
            }
        }
        for it in &self.transitions {
            for key in [&it.from, &it.to] {
                if self.state(key).is_none() {
                    return refuse(format!("A transition names the state `{key}`, which is not listed."));
                }
            }
        }
        Ok(())
    }
}

/// The ways that every preset has: freely between states that are not closed, from resolved to closed and back to work, and from
/// closed back to work (reopening, TKT-23). A closed ticket does not become resolved or another sort of closed.
fn usual_ways(states: &[State]) -> Vec<Transition> {
    let mut ways = Vec::new();
    for from in states {
        for to in states.iter().filter(|it| it.key != from.key) {
            let allowed = match from.category {
                Category::New | Category::Active | Category::Waiting => true,
                Category::Resolved => to.key != "cancelled",
                Category::Closed => to.category.is_open() && to.category != Category::Waiting,
            };
            if allowed {
                ways.push(Transition { from: from.key.clone(), to: to.key.clone() });
            }
        }
    }
    ways
}

/// Refuses to let the ticket enter `to` from where it is.
pub fn check_transition(lifecycle: &Lifecycle, ticket: &Ticket, from: &str, to: &State) -> Result<()> {
    if !lifecycle.allows(from, &to.key) {
        let next: Vec<_> = lifecycle.next_of(from).map(|it| it.key.as_str()).collect();
        let message = say!("refused-ticket-does-not-go", from = from, key = to.key, join = next.join(", "));
        return Err(Refusal::field("status", "transition", message).into());
    }
    for guard in &to.guards {
        let (holds, message) = match guard {
            Guard::Assignee => (ticket.assignee.is_some(), format!("`{}` needs an assignee: assign the ticket first.", to.key)),
            Guard::Scheduled => (ticket.scheduled_at.is_some(), format!("`{}` needs a planned time: set scheduledAt too.", to.key)),
        };
        if !holds {
            return Err(Refusal::field("status", "guard", message).into());
        }
    }
    Ok(())
}

/// Replaces the lifecycle of a kind. States in which tickets of this kind still are must stay.
pub fn replace(tx: &mut Tx, actor: &Actor, lifecycle: Lifecycle) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    lifecycle.check()?;
    let before = Lifecycle::of(tx, lifecycle.kind)?;
    for id in tx.find_keys(&super::UNCLOSED, &())? {
        if let Some(ticket) = tx.get::<Ticket>(&id?)?
            && ticket.kind == lifecycle.kind
            && lifecycle.state(&ticket.state).is_none_or(|it| it.category != ticket.category)
        {
            let message = say!("refused-tickets-move-them-before", state = ticket.state);
            return Err(Refusal::field("states", "in_use", message).into());
        }
    }
    let keys = |it: &Lifecycle| it.states.iter().map(|it| it.key.clone()).collect::<Vec<_>>();
    let ways = |it: &Lifecycle| it.transitions.iter().map(|it| format!("{}>{}", it.from, it.to)).collect::<Vec<_>>();
    let mut changes = Changes::new();
    changes.field("states", keys(&before), keys(&lifecycle)).field("transitions", ways(&before), ways(&lifecycle));
    changes.field("kind", serde_json::Value::Null, lifecycle.kind.name());
    tx.put(&lifecycle)?;
    event::record(
        tx,
        actor,
        EventKind::LifecycleChanged,
        About { entity_kind: "lifecycle", entity: uuid::Uuid::nil(), subject: None },
        changes,
    )?;
    Ok(())
}
