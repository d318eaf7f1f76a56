//! What was decided about a ticket and why: one decision per question, the one that stands. Earlier ones are in the log.

use minicbor::{Decode, Encode};
use serde_json::{Map, Value, json};

use crate::{
    desk::event::Changes,
    id::{CategoryId, PersonId, QueueId, RotationId, RoutingRuleId},
    time::Instant,
};

use super::strategy::Strategy;

/// What is decided about a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Question {
    #[n(0)]
    Priority,
    #[n(1)]
    Queue,
    #[n(2)]
    Assignee,
    #[n(3)]
    Category,
    #[n(4)]
    Tags,
    #[n(5)]
    Watchers,
}

impl Question {
    pub const ALL: [Question; 6] =
        [Question::Priority, Question::Queue, Question::Assignee, Question::Category, Question::Tags, Question::Watchers];

    pub fn name(self) -> &'static str {
        match self {
            Question::Priority => "priority",
            Question::Queue => "queue",
            Question::Assignee => "assignee",
            Question::Category => "category",
            Question::Tags => "tags",
            Question::Watchers => "watchers",
        }
    }

    /// The field of an event that says why.
    pub fn reason_field(self) -> &'static str {
        match self {
            Question::Priority => "priorityReason",
            Question::Queue => "queueReason",
            Question::Assignee => "assigneeReason",
            Question::Category => "categoryReason",
            Question::Tags => "tagsReason",
            Question::Watchers => "watchersReason",
        }
    }
}

/// Why it was decided so: data, made words by `why`.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Reason {
    /// Somebody said so; none: a part of the desk, such as a mail filter.
    #[n(0)]
    Said(#[n(0)] Option<PersonId>),
    /// The requester or their organization is a VIP, so that it is at least this.
    #[n(1)]
    Vip(#[n(0)] u8),
    #[n(2)]
    Category(#[n(0)] CategoryId),
    /// Impact and urgency.
    #[n(3)]
    Matrix(#[n(0)] u8, #[n(1)] u8),
    /// Nobody said anything, and this is what the desk does then.
    #[n(4)]
    Default,
    /// A routing rule, in the version that it had.
    #[n(5)]
    Rule {
        #[n(0)]
        rule: RoutingRuleId,
        #[n(1)]
        version: u64,
        #[n(2)]
        name: String,
    },
    /// The queue's way of assigning; how much open work they had, and whose place they took, if another's.
    #[n(6)]
    Strategy {
        #[n(0)]
        strategy: Strategy,
        #[n(1)]
        load: u64,
        #[n(2)]
        instead_of: Option<PersonId>,
    },
    /// A rule asked for whoever is on call.
    #[n(7)]
    OnCall {
        #[n(0)]
        rotation: RotationId,
        #[n(1)]
        rule: Option<RoutingRuleId>,
        #[n(2)]
        version: u64,
    },
    /// Nobody of the queue could take it, so that its default person or the team's lead has it.
    #[n(8)]
    Fallback(#[n(0)] QueueId),
    /// Nobody could take it, and nobody has it.
    #[n(9)]
    Nobody {
        #[n(0)]
        queue: QueueId,
        #[n(1)]
        why: Lack,
    },
    /// This queue was full, so that it went elsewhere.
    #[n(10)]
    Full {
        #[n(0)]
        queue: QueueId,
        #[n(1)]
        open: u64,
        #[n(2)]
        limit: u32,
    },
    /// They opened it first.
    #[n(11)]
    Opened,
    /// They answered first.
    #[n(12)]
    Answered,
}

/// Why nobody of a queue could take a ticket.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Lack {
    /// The queue has no team, or the team no members.
    #[n(0)]
    Members,
    /// All are absent, away or not signed in.
    #[n(1)]
    Presence,
    /// Those who are there have as much as they can.
    #[n(2)]
    Capacity,
    /// None of those who are there knows all of this.
    #[n(3)]
    Skills(#[n(0)] Vec<String>),
}

impl Reason {
    /// The word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Said(_) => "said",
            Reason::Vip(_) => "vip",
            Reason::Category(_) => "category",
            Reason::Matrix(..) => "matrix",
            Reason::Default => "default",
            Reason::Rule { .. } => "rule",
            Reason::Strategy { .. } => "strategy",
            Reason::OnCall { .. } => "on_call",
            Reason::Fallback(_) => "fallback",
            Reason::Nobody { .. } => "nobody",
            Reason::Full { .. } => "full",
            Reason::Opened => "opened",
            Reason::Answered => "answered",
        }
    }

    /// The rule that decided, and its version.
    pub fn rule(&self) -> Option<(RoutingRuleId, u64)> {
        match self {
            Reason::Rule { rule, version, .. } => Some((*rule, *version)),
            Reason::OnCall { rule: Some(rule), version, .. } => Some((*rule, *version)),
            _ => None,
        }
    }

    /// As the log keeps it.
    fn logged(&self) -> Value {
        let mut map = Map::new();
        map.insert("code".into(), self.code().into());
        if let Some((rule, version)) = self.rule() {
            map.insert("rule".into(), rule.to_string().into());
            map.insert("version".into(), version.into());
        }
        match self {
            Reason::Matrix(impact, urgency) => map.extend([("impact".into(), json!(impact)), ("urgency".into(), json!(urgency))]),
            Reason::Category(it) => map.extend([("category".into(), json!(it.to_string()))]),
            Reason::Vip(it) => map.extend([("atLeast".into(), json!(it))]),
            Reason::Strategy { strategy, load, instead_of } => map.extend([
                ("strategy".into(), json!(strategy.name())),
                ("load".into(), json!(load)),
                ("insteadOf".into(), json!(instead_of.map(|it| it.to_string()))),
            ]),
            Reason::OnCall { rotation, .. } => map.extend([("rotation".into(), json!(rotation.to_string()))]),
            Reason::Full { queue, open, limit } => {
                map.extend([("queue".into(), json!(queue.to_string())), ("open".into(), json!(open)), ("limit".into(), json!(limit))])
            }
            Reason::Nobody { queue, why } => map.extend([("queue".into(), json!(queue.to_string())), ("lack".into(), json!(why.name()))]),
            Reason::Fallback(it) => map.extend([("queue".into(), json!(it.to_string()))]),
            Reason::Said(_) | Reason::Default | Reason::Rule { .. } | Reason::Opened | Reason::Answered => {}
        }
        Value::Object(map)
    }
}

impl Lack {
    pub fn name(&self) -> &'static str {
        match self {
            Lack::Members => "members",
            Lack::Presence => "presence",
            Lack::Capacity => "capacity",
            Lack::Skills(_) => "skills",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Decision {
    #[n(0)]
    pub question: Question,
    #[n(1)]
    pub reason: Reason,
    #[n(2)]
    pub at: Instant,
}

/// What a rule said of the priority, kept so that it still holds when the rest is worked out anew.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Ruled {
    #[n(0)]
    pub rule: RoutingRuleId,
    #[n(1)]
    pub version: u64,
    #[n(2)]
    pub name: String,
    /// 1 to 4.
    #[n(3)]
    pub priority: u8,
    /// It is at least this; otherwise it is this.
    #[n(4)]
    pub at_least: bool,
}

/// What a ticket keeps of how it was routed.
#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct Routed {
    /// One per question at most, in the order of questions.
    #[n(0)]
    #[cbor(default)]
    pub decisions: Vec<Decision>,
    /// Somebody said how much it hurts.
    #[n(1)]
    #[cbor(default)]
    pub measured: bool,
    #[n(2)]
    #[cbor(default)]
    pub ruled: Option<Ruled>,
}

impl Routed {
    /// The decision that stands.
    pub fn of(&self, question: Question) -> Option<&Decision> {
        self.decisions.iter().find(|it| it.question == question)
    }

    /// Notes why; the same reason again keeps its instant.
    pub fn note(&mut self, question: Question, reason: Reason, at: Instant) {
        match self.decisions.iter_mut().find(|it| it.question == question) {
            Some(it) if it.reason == reason => {}
            Some(it) => *it = Decision { question, reason, at },
            None => {
                self.decisions.push(Decision { question, reason, at });
                self.decisions.sort_by_key(|it| it.question);
            }
        }
    }

    pub fn forget(&mut self, question: Question) {
        self.decisions.retain(|it| it.question != question);
    }

    /// Adds what differs to an event.
    pub fn log(&self, before: &Routed, changes: &mut Changes) {
        for question in Question::ALL {
            let logged = |it: &Routed| it.of(question).map_or(Value::Null, |it| it.reason.logged());
            changes.field(question.reason_field(), logged(before), logged(self));
        }
    }
}

/// Whether a field of an event goes with assignments.
pub fn is_of_assignment(field: &str) -> bool {
    [Question::Queue, Question::Assignee].iter().any(|it| it.reason_field() == field)
}
