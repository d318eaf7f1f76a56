//! The desk's own words, read once per page however often they are used: states, queues, categories, and who works tickets.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    desk::{
        Tx, custom, identity,
        queues::{self, Queue},
        service_levels::{self, ClockState, Target},
        tickets::{self, Kind, Ticket, lifecycle::Lifecycle},
    },
    error::Result,
    http::avatar,
    id::{CategoryId, PersonId},
    time::Instant,
    web::{
        components::{avatar::Face, countdown::Clock, field::Choice, priority::Priority, status_pill},
        console::list::Vocabulary,
        tongue::{self, Phrase, phrase, t},
    },
};

/// Impact and urgency for people, from the highest.
const LEVELS: [(&str, Phrase); 4] =
    [("1", phrase!("word-1-highest")), ("2", phrase!("word-2-high")), ("3", phrase!("word-3-medium")), ("4", phrase!("word-4-low"))];

pub struct Words {
    lifecycles: Vec<Arc<Lifecycle>>,
    pub queues: Vec<Queue>,
    categories: BTreeMap<CategoryId, queues::Category>,
    /// Id and face of everybody who works tickets, by name.
    agents: Vec<(PersonId, Face)>,
    own: Arc<custom::Fields>,
}

impl Words {
    pub fn of(tx: &Tx) -> Result<Words> {
        let categories = tx.scan::<queues::Category>(&())?.map(|it| it.map(|it| (it.id, it)));
        let mut agents: Vec<_> = identity::agents(tx)?.iter().map(|it| (it.id, face_of(it))).collect();
        agents.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        Ok(Words {
            lifecycles: Kind::ALL.into_iter().map(|it| Lifecycle::of(tx, it)).collect::<Result<_>>()?,
            queues: queues::queues(tx)?,
            categories: categories.collect::<Result<_, _>>()?,
            agents,
            own: custom::shared(tx)?,
        })
    }

    /// The field of the desk's own that a change calls `custom.KEY`.
    pub fn own_field(&self, name: &str) -> Option<&custom::CustomField> {
        let key = name.strip_prefix("custom.")?;
        self.own.fields.iter().find(|it| it.key == key)
    }

    fn lifecycle(&self, kind: Kind) -> Option<&Lifecycle> {
        self.lifecycles.iter().find(|it| it.kind == kind).map(Arc::as_ref)
    }

    /// The state's name for people, in the lifecycle of this kind.
    pub fn status(&self, kind: Kind, key: &str) -> String {
        let state = self.lifecycle(kind).and_then(|it| it.state(key));
        state.map_or_else(|| key.replace('_', " "), |it| tongue::built_in("state-", key, &it.label).to_owned())
    }

    /// A state's own name, of whatever kind the ticket is: the first that knows it has the word.
    pub fn status_of_any(&self, key: &str) -> String {
        let kind = self.lifecycles.iter().find(|it| it.state(key).is_some()).map_or(Kind::Incident, |it| it.kind);
        self.status(kind, key)
    }

    /// What a state of this kind means.
    pub fn meaning(&self, kind: Kind, key: &str) -> Option<tickets::Category> {
        self.lifecycle(kind)?.state(key).map(|it| it.category)
    }

    /// `Hardware / Laptop`.
    pub fn category(&self, id: CategoryId) -> Option<String> {
        let category = self.categories.get(&id)?;
        let above = category.parent.and_then(|it| self.categories.get(&it));
        Some(above.map_or_else(|| category.name.clone(), |it| format!("{} / {}", it.name, category.name)))
    }

    /// The category above this one.
    pub fn parent(&self, id: CategoryId) -> Option<CategoryId> {
        self.categories.get(&id)?.parent
    }

    pub fn queue(&self, id: &str) -> Option<&str> {
        self.queues.iter().find(|it| it.id.to_string() == id).map(|it| it.name.as_str())
    }

    pub fn agent(&self, id: &str) -> Option<&str> {
        self.agents.iter().find(|it| it.0.to_string() == id).map(|it| it.1.name.as_str())
    }

    /// Every state once, by what it means and then as its lifecycle has it: key, name, meaning.
    pub fn states(&self) -> Vec<(String, String, tickets::Category)> {
        let mut found: Vec<(String, String, tickets::Category)> = Vec::new();
        for state in self.lifecycles.iter().flat_map(|it| &it.states) {
            if !found.iter().any(|it| it.0 == state.key) {
                found.push((state.key.clone(), tongue::built_in("state-", &state.key, &state.label).to_owned(), state.category));
            }
        }
        found.sort_by_key(|it| it.2.code());
        found
    }

    /// Everybody who works tickets, by name.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, &Face)> {
        self.agents.iter().map(|it| (it.0, &it.1))
    }

    /// What can be chosen for a selection of tickets of any kind.
    pub fn for_many(&self) -> Vocabulary {
        let mut statuses: Vec<Choice> = Vec::new();
        for state in self.lifecycles.iter().flat_map(|it| &it.states) {
            if !statuses.iter().any(|it| it.value == state.key) {
                statuses.push(Choice::new(state.key.as_str(), tongue::built_in("state-", &state.key, &state.label)));
            }
        }
        self.with_statuses(statuses)
    }

    /// What can be chosen for this ticket: of states, where it is and where it may go from there.
    pub fn for_one(&self, ticket: &Ticket) -> Vocabulary {
        let states = self.lifecycle(ticket.kind).map(|lifecycle| {
            let open = lifecycle.states.iter().filter(|it| lifecycle.allows(&ticket.state, &it.key));
            open.map(|it| Choice::new(it.key.as_str(), tongue::built_in("state-", &it.key, &it.label))).collect()
        });
        self.with_statuses(states.unwrap_or_default())
    }

    fn with_statuses(&self, statuses: Vec<Choice>) -> Vocabulary {
        let mut categories: Vec<Choice> =
            self.categories.keys().filter_map(|id| Some(Choice::new(id.to_string(), self.category(*id)?))).collect();
        categories.sort_by(|a, b| a.label.cmp(&b.label));
        Vocabulary {
            statuses,
            assignees: self.agents.iter().map(|(id, face)| Choice::new(id.to_string(), face.name.as_str())).collect(),
            queues: self.queues.iter().map(|it| Choice::new(it.id.to_string(), it.name.as_str())).collect(),
            categories,
            levels: LEVELS.map(|(value, label)| Choice::new(value, label)).to_vec(),
        }
    }
}

/// The colour and drawing of what a state means.
pub fn category(it: tickets::Category) -> status_pill::Category {
    match it {
        tickets::Category::New => status_pill::Category::New,
        tickets::Category::Active => status_pill::Category::Active,
        tickets::Category::Waiting => status_pill::Category::Waiting,
        tickets::Category::Resolved => status_pill::Category::Resolved,
        tickets::Category::Closed => status_pill::Category::Closed,
    }
}

pub fn priority(level: u8) -> Priority {
    match level {
        1 => Priority::P1,
        2 => Priority::P2,
        3 => Priority::P3,
        _ => Priority::P4,
    }
}

/// A promise, within a sentence.
pub fn target(it: Target) -> &'static str {
    match it {
        Target::Response => t!("target-response"),
        Target::Resolution => t!("target-resolution"),
        Target::Update => t!("target-update"),
        Target::Operational => t!("target-operational"),
    }
}

/// How the promise on a ticket stands.
pub fn clock(ticket: &Ticket) -> Clock {
    let clocks = ticket.targets.as_ref().map_or(&[][..], |it| &it.clocks);
    let promised = || clocks.iter().filter(|it| it.target != Target::Operational);
    let set = ticket.due_at.filter(|_| ticket.category.is_open()).map(|due| (due, Clock::Running { since: ticket.created_at, due }));
    let running = promised().filter(|it| it.state == ClockState::Running).filter_map(|it| Some((it.due_at?, clock_of(it))));
    if let Some((_, next)) = running.chain(set).min_by_key(|it| it.0) {
        return next;
    }
    if let Some(it) = promised().filter(|it| it.state == ClockState::Paused).min_by_key(|it| it.left()) {
        return clock_of(it);
    }
    // It is over: in time, or nothing that anybody could still keep.
    let kept = promised().filter(|it| matches!(it.target, Target::Response | Target::Resolution)).all(|it| !it.is_breached());
    if !ticket.category.is_open() && !clocks.is_empty() && kept { Clock::Met } else { Clock::None }
}

/// One clock as it stands.
pub fn clock_of(it: &service_levels::Clock) -> Clock {
    match (it.state, it.due_at) {
        (ClockState::Running, Some(due)) => Clock::Running { since: it.started_at, due },
        (ClockState::Paused, _) => Clock::Paused { left_secs: it.left().max(0) },
        (ClockState::Done, _) if !it.is_breached() => Clock::Met,
        _ => Clock::None,
    }
}

/// The first word of a name, to speak to somebody.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// The face of a person who may have gone.
pub fn face(cast: &tickets::Cast, id: PersonId) -> Face {
    cast.person(id).map_or_else(|| Face::named(t!("word-somebody")), face_of)
}

/// The face of a person.
pub fn face_of(it: &identity::Person) -> Face {
    Face { name: it.name.clone(), picture: avatar::address(it) }
}

/// Near the end of a promise, as lists and counters mean it.
pub fn soon(now: Instant) -> Instant {
    now.plus(std::time::Duration::from_secs(4 * 3600))
}
