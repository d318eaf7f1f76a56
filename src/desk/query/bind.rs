//! Gives a query its meaning for one desk, one person and one instant. What the desk does not know is refused with its place and
//! the nearest name that it does know; nothing is dropped or guessed.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::{
    desk::tickets::{Category, Kind},
    error::Refusal,
    language::{Sentence, say},
    text::nearest::nearest,
    time::Instant,
};

use super::{
    cond::{
        Breach, Cond, CustomMatch, CustomTest, Flag, NumberTest, Part, Presence, StatusTest, Test, TextQuery, TextScope, TimeField,
        TimeRange, TimeTest,
    },
    fields::{Field, FieldName, ValueKind},
    levels::{LEVEL, PRIORITY},
    moments::time_test,
    parse::refusal,
    syntax::{Node, Op, Query, Value, Values},
};

/// What the desk calls by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    Queue,
    Team,
    Person,
    Organization,
    Department,
    Category,
    Asset,
    Item,
}

impl NameKind {
    /// What people call it.
    pub fn noun(self) -> &'static str {
        match self {
            NameKind::Queue => "queue",
            NameKind::Team => "team",
            NameKind::Person => "person",
            NameKind::Organization => "organization",
            NameKind::Department => "department",
            NameKind::Category => "category",
            NameKind::Asset => "asset",
            NameKind::Item => "service item",
        }
    }
}

/// What a query needs to know of the desk. An implementation answers with what the asker may see, and nothing else.
pub trait Names {
    /// The asker, if the query is asked by a person.
    fn me(&self) -> Option<Uuid>;
    /// What is called so (a name, an e-mail address, a key), without regard to case; several where a name is shared.
    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid>;
    /// Names near which a mistyped one may lie.
    fn known(&self, kind: NameKind) -> Vec<String>;
    /// The keys of the states that are called so in any lifecycle.
    fn state(&self, name: &str) -> Vec<String>;
    /// Names of states near which a mistyped one may lie.
    fn states(&self) -> Vec<String>;
    /// Whether the desk has an own field of this key.
    fn custom(&self, key: &str) -> bool;
    /// The keys of the desk's own fields.
    fn customs(&self) -> Vec<String>;
    /// What a value means that is asked of one of the desk's own fields: as it is kept, in lower case. None: the field never has it.
    fn custom_values(&self, _key: &str, text: &str) -> Option<Vec<String>> {
        Some(vec![text.to_lowercase()])
    }
}

/// Whether the query is still being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// It is whole: words are whole words.
    Done,
    /// Its last word, if nothing follows it, may go on.
    GoesOn,
}

/// For whom and when a query is asked.
pub struct Binding<'a> {
    pub names: &'a dyn Names,
    pub now: Instant,
    pub zone: &'a TimeZone,
    pub typing: Typing,
}

/// The condition that a query states.
pub fn bind(query: &Query, binding: &Binding<'_>) -> Result<Cond, Refusal> {
    match &query.root {
        None => Ok(Cond::always()),
        Some(node) => binding.node(node, query.length.to),
    }
}

const CHANNELS: &[(&str, &str)] = &[
    ("portal", "portal"),
    ("web", "portal"),
    ("email", "email"),
    ("mail", "email"),
    ("api", "api"),
    ("chat", "chat"),
    ("monitoring", "monitoring"),
    ("phone", "phone"),
    ("walk_in", "walk_in"),
    ("import", "import"),
];

const BREACHES: &[(&str, Breach)] = &[
    ("any", Breach::Any),
    ("yes", Breach::Any),
    ("none", Breach::None),
    ("no", Breach::None),
    ("response", Breach::Response),
    ("resolution", Breach::Resolution),
];

const PARTS: &[(&str, Part)] = &[("attachment", Part::Attachment), ("note", Part::Note), ("link", Part::Link)];

const STATES: &[&str] = &[
    "open",
    "resolved",
    "closed",
    "new",
    "active",
    "waiting",
    "overdue",
    "breached",
    "paused",
    "vip",
    "snoozed",
    "on-us",
    "on-them",
    "assigned",
    "unassigned",
    "mine",
    "watched",
];

/// The words that a condition on this field is usually about, for those who click one together. Names that the desk's people gave are
/// not among them.
pub fn usual_values(field: Field) -> Vec<&'static str> {
    const LEVELS: &[&str] = &["critical", "high", "medium", "low"];
    let firsts = |all: &[(&'static str, &str)]| all.iter().filter(|it| it.0 == it.1).map(|it| it.0).collect();
    match (field, field.row().values) {
        (Field::Is, _) => STATES.to_vec(),
        (Field::Has, _) => PARTS.iter().map(|it| it.0).collect(),
        (Field::Assignee, _) => vec!["me", "none"],
        (_, ValueKind::Status) => vec!["open", "new", "active", "waiting", "resolved", "closed"],
        (_, ValueKind::Kind) => vec!["incident", "request", "problem", "change", "task"],
        (_, ValueKind::Priority | ValueKind::Level) => LEVELS.to_vec(),
        (_, ValueKind::Channel) => firsts(CHANNELS),
        (_, ValueKind::Breach) => vec!["response", "resolution", "any", "none"],
        _ => Vec::new(),
    }
}

impl Binding<'_> {
    fn node(&self, node: &Node, end: usize) -> Result<Cond, Refusal> {
        let each = |nodes: &[Node]| nodes.iter().map(|node| self.node(node, end)).collect::<Result<Vec<_>, _>>();
        Ok(match node {
            Node::And(nodes) => Cond::And(each(nodes)?),
            Node::Or(nodes) => Cond::Or(each(nodes)?),
            Node::Not(node) => not(self.node(node, end)?),
            Node::Text(value) => self.text(value, TextScope::All, end),
            Node::Test { field, op, values, at } => {
                let cond = match field {
                    FieldName::Known(field) => self.field(*field, *op, values, at.from, end)?,
                    FieldName::Custom(key) => self.custom(key, *op, values, at.from)?,
                };
                if *op == Op::NotEqual { not(cond) } else { cond }
            }
        })
    }

    /// The comparison without its negation: `!=` is turned round by the caller.
    fn field(&self, field: Field, op: Op, values: &Values, at: usize, end: usize) -> Result<Cond, Refusal> {
        let set = || unordered(field, op, values, at);
        Ok(Cond::Test(match field {
            Field::Status => Test::Status(self.statuses(set()?)?),
            Field::Kind => Test::Kind(
                set()?.iter().map(|value| one_of(value, &Kind::ALL.map(|it| (it.name(), it)), "kind")).collect::<Result<_, _>>()?,
            ),
            Field::Channel => Test::Channel(set()?.iter().map(|value| one_of(value, CHANNELS, "channel")).collect::<Result<_, _>>()?),
            Field::Priority => Test::Priority(PRIORITY.levels(op, values)?),
            Field::Impact => Test::Impact(LEVEL.levels(op, values)?),
            Field::Urgency => Test::Urgency(LEVEL.levels(op, values)?),
            Field::Queue => Test::Queue(self.named(NameKind::Queue, set()?)?),
            Field::Team => return self.teams(set()?),
            Field::Assignee => Test::Assignee(self.named(NameKind::Person, set()?)?),
            Field::Requester => Test::Requester(self.named(NameKind::Person, set()?)?),
            Field::Author => Test::Author(self.named(NameKind::Person, set()?)?),
            Field::Organization => Test::Organization(self.named(NameKind::Organization, set()?)?),
            Field::Department => Test::Department(self.named(NameKind::Department, set()?)?),
            Field::Category => Test::Category(self.named(NameKind::Category, set()?)?),
            Field::Asset => Test::Asset(self.named(NameKind::Asset, set()?)?),
            Field::Item => Test::Item(self.named(NameKind::Item, set()?)?),
            Field::Created => self.time(TimeField::Created, field, op, values)?,
            Field::Updated => self.time(TimeField::Updated, field, op, values)?,
            Field::Resolved => self.time(TimeField::Resolved, field, op, values)?,
            Field::Closed => self.time(TimeField::Closed, field, op, values)?,
            Field::Scheduled => self.time(TimeField::Scheduled, field, op, values)?,
            Field::Due => self.time(TimeField::Due, field, op, values)?,
            Field::Response => self.time(TimeField::Response, field, op, values)?,
            Field::Tag => return Ok(keywords(set()?, Test::Tag)),
            Field::Breach => return any_of(set()?, |value| Ok(Cond::Test(Test::Breach(one_of(value, BREACHES, "target")?)))),
            Field::Has => return any_of(set()?, |value| self.has(value)),
            Field::Is => return any_of(set()?, |value| self.state_of_affairs(value)),
            Field::Title => return any_of(set()?, |value| self.field_text(value, TextScope::Title, end)),
            Field::Text => return any_of(set()?, |value| self.field_text(value, TextScope::Text, end)),
            Field::Number => return numbers(op, values),
        }))
    }

    fn statuses(&self, values: &[Value]) -> Result<Vec<StatusTest>, Refusal> {
        let mut tests = Vec::new();
        for value in values {
            let name = value.text.to_lowercase();
            if name == "open" {
                tests.extend(Category::OPEN.map(StatusTest::Category));
            } else if let Some(category) = Category::ALL.into_iter().find(|it| it.name() == name) {
                tests.push(StatusTest::Category(category));
            } else {
                let states = self.names.state(&value.text);
                if !states.is_empty() {
                    tests.extend(states.into_iter().map(StatusTest::State));
                    continue;
                }
                let known = self.names.states();
                let names = known.iter().map(String::as_str).chain(Category::ALL.iter().map(|it| it.name())).chain(["open"]);
                return Err(unknown(value, "state", nearest(&value.text, names)));
            }
        }
        Ok(tests)
    }

    fn named(&self, kind: NameKind, values: &[Value]) -> Result<Presence, Refusal> {
        let (mut ids, mut or_none) = (BTreeSet::new(), false);
        for value in values {
            match value.text.to_lowercase().as_str() {
                "none" if !value.quoted => or_none = true,
                "any" if !value.quoted && values.len() == 1 => return Ok(Presence::Any),
                "any" if !value.quoted => return Err(refusal(value.at.from, say!("query-any-alone"))),
                "me" if !value.quoted && kind == NameKind::Person => {
                    ids.insert(self.names.me().ok_or_else(|| refusal(value.at.from, say!("query-no-me")))?);
                }
                _ => {
                    let found = self.names.find(kind, &value.text);
                    if found.is_empty() {
                        let known = self.names.known(kind);
                        return Err(unknown(value, kind.noun(), nearest(&value.text, known.iter().map(String::as_str))));
                    }
                    ids.extend(found);
                }
            }
        }
        Ok(Presence::OneOf { ids, or_none })
    }

    /// Other products call a queue a team: what is no team and a queue is taken for the queue.
    fn teams(&self, values: &[Value]) -> Result<Cond, Refusal> {
        let is_queue = |it: &&Value| {
            let special = !it.quoted && ["none", "any"].contains(&it.text.to_lowercase().as_str());
            let found = |kind| !self.names.find(kind, &it.text).is_empty();
            !special && !found(NameKind::Team) && found(NameKind::Queue)
        };
        let (queues, teams): (Vec<&Value>, Vec<&Value>) = values.iter().partition(is_queue);
        let named = |kind, values: Vec<&Value>| self.named(kind, &values.into_iter().cloned().collect::<Vec<_>>());
        let mut ways = Vec::new();
        if !teams.is_empty() {
            ways.push(Cond::Test(Test::Team(named(NameKind::Team, teams)?)));
        }
        if !queues.is_empty() {
            ways.push(Cond::Test(Test::Queue(named(NameKind::Queue, queues)?)));
        }
        Ok(if ways.len() == 1 { ways.remove(0) } else { Cond::Or(ways) })
    }

    fn time(&self, time: TimeField, field: Field, op: Op, values: &Values) -> Result<Test, Refusal> {
        let test = match presence_word(op, values) {
            Some(_) if !field.row().optional => {
                return Err(refusal(first_at(values), say!("query-always-there", name = field.row().name)));
            }
            Some(true) => TimeTest::Present,
            Some(false) => TimeTest::Missing,
            None => time_test(op, values, self.now, self.zone)?,
        };
        Ok(Test::Time(time, test))
    }

    fn has(&self, value: &Value) -> Result<Cond, Refusal> {
        let name = value.text.to_lowercase();
        if let Some((_, part)) = PARTS.iter().find(|(it, _)| *it == name || name.strip_suffix('s') == Some(it)) {
            return Ok(Cond::Test(Test::Has(*part)));
        }
        let field = Field::named(&name).filter(|field| field.row().optional);
        let Some(field) = field else {
            let fields = super::fields::FIELDS.iter().filter(|row| row.optional).map(|row| row.name);
            return Err(unknown(value, "part of a ticket", nearest(&name, PARTS.iter().map(|(name, _)| *name).chain(fields))));
        };
        let any = Value { text: "any".to_owned(), quoted: false, at: value.at };
        self.field(field, Op::Is, &Values::One(any), value.at.from, usize::MAX)
    }

    fn state_of_affairs(&self, value: &Value) -> Result<Cond, Refusal> {
        let category = |categories: &[Category]| Cond::Test(Test::Status(categories.iter().copied().map(StatusTest::Category).collect()));
        let me = || self.names.me().ok_or_else(|| refusal(value.at.from, say!("query-no-me-is", text = value.text)));
        let mine = || Ok::<_, Refusal>(Presence::OneOf { ids: BTreeSet::from([me()?]), or_none: false });
        let name = value.text.to_lowercase();
        if let Some(it) = Category::ALL.iter().find(|it| it.name() == name) {
            return Ok(category(&[*it]));
        }
        Ok(match name.as_str() {
            "open" => category(&Category::OPEN),
            "overdue" => {
                let past = TimeTest::Within(TimeRange { from: None, before: Some(self.now) });
                Cond::And(vec![category(&Category::OPEN), Cond::Test(Test::Time(TimeField::Due, past))])
            }
            "breached" => Cond::Test(Test::Breach(Breach::Any)),
            "paused" => Cond::Test(Test::Is(Flag::Paused)),
            "vip" => Cond::Test(Test::Is(Flag::Vip)),
            "snoozed" => Cond::Test(Test::Is(Flag::Snoozed)),
            "on-us" | "on_us" => Cond::Test(Test::Is(Flag::OnUs)),
            "on-them" | "on_them" => Cond::Test(Test::Is(Flag::OnThem)),
            "assigned" => Cond::Test(Test::Assignee(Presence::Any)),
            "unassigned" => Cond::Test(Test::Assignee(Presence::OneOf { ids: BTreeSet::new(), or_none: true })),
            "mine" => Cond::Test(Test::Assignee(mine()?)),
            "watched" => Cond::Test(Test::Watcher(mine()?)),
            _ => return Err(unknown(value, IS, nearest(&name, STATES.iter().copied()))),
        })
    }

    fn field_text(&self, value: &Value, scope: TextScope, end: usize) -> Result<Cond, Refusal> {
        if !value.text.chars().any(char::is_alphanumeric) {
            return Err(refusal(value.at.from, say!("query-no-words", text = value.text)));
        }
        Ok(self.text(value, scope, end))
    }

    fn text(&self, value: &Value, scope: TextScope, end: usize) -> Cond {
        let starred = !value.quoted && value.text.ends_with('*');
        let typed = self.typing == Typing::GoesOn && !value.quoted && value.at.to == end;
        let text = if starred { value.text.trim_end_matches('*') } else { &value.text };
        Cond::Text(TextQuery { text: text.to_owned(), phrase: value.quoted, prefix: starred || typed, scope })
    }

    fn custom_value(&self, key: &str, value: &Value) -> Result<Vec<String>, Refusal> {
        let meant = self.names.custom_values(key, &value.text);
        meant.ok_or_else(|| refusal(value.at.from, say!("query-never", key = key, text = value.text)))
    }

    fn custom(&self, key: &str, op: Op, values: &Values, at: usize) -> Result<Cond, Refusal> {
        if !self.names.custom(key) {
            let known = self.names.customs();
            let advice = nearest(key, known.iter().map(String::as_str))
                .map_or(Sentence::default(), |name| say!("query-or-meant", name = format!("custom.{name}")));
            return Err(Refusal::field("q", "unknown", say!("refused-there-no-field-custom", key = key, at = at + 1, advice = advice)));
        }
        let test = match (presence_word(op, values), op, values) {
            (Some(true), ..) => CustomMatch::Any,
            (Some(false), ..) => CustomMatch::None,
            (None, Op::Is | Op::Equal | Op::NotEqual, Values::One(value)) => CustomMatch::OneOf(self.custom_value(key, value)?),
            (None, _, Values::List(values)) => {
                let meant = values.iter().map(|value| self.custom_value(key, value)).collect::<Result<Vec<_>, _>>()?;
                CustomMatch::OneOf(meant.concat())
            }
            _ => match number_range(op, values) {
                Some((from, to)) => CustomMatch::Between(from, to),
                None => match time_test(op, values, self.now, self.zone)? {
                    TimeTest::Within(range) => CustomMatch::Within(range),
                    TimeTest::Present => CustomMatch::Any,
                    TimeTest::Missing => CustomMatch::None,
                },
            },
        };
        Ok(Cond::Test(Test::Custom(CustomTest { key: key.to_owned(), test })))
    }
}

fn not(cond: Cond) -> Cond {
    Cond::Not(Box::new(cond))
}

/// The values of a field that has no order; a comparison or a range is refused.
fn unordered(field: Field, op: Op, values: &Values, at: usize) -> Result<&[Value], Refusal> {
    let name = field.row().name;
    match values {
        Values::Range(..) => Err(refusal(at, say!("query-no-range", name = name))),
        _ if !matches!(op, Op::Is | Op::Equal | Op::NotEqual) => Err(refusal(at, say!("query-no-order", name = name, sign = op.as_str()))),
        Values::One(value) => Ok(std::slice::from_ref(value)),
        Values::List(values) => Ok(values),
    }
}

fn any_of(values: &[Value], each: impl Fn(&Value) -> Result<Cond, Refusal>) -> Result<Cond, Refusal> {
    match values {
        [only] => each(only),
        _ => Ok(Cond::Or(values.iter().map(each).collect::<Result<_, _>>()?)),
    }
}

/// `any` is whatever is not `none`.
fn keywords(values: &[Value], test: fn(Vec<Option<String>>) -> Test) -> Cond {
    let is = |value: &Value, word: &str| !value.quoted && value.text.eq_ignore_ascii_case(word);
    if values.iter().any(|value| is(value, "any")) {
        return not(Cond::Test(test(vec![None])));
    }
    Cond::Test(test(values.iter().map(|value| if is(value, "none") { None } else { Some(value.text.to_lowercase()) }).collect()))
}

fn one_of<T: Copy>(value: &Value, known: &[(&str, T)], noun: &str) -> Result<T, Refusal> {
    let name = value.text.to_lowercase().replace('-', "_");
    match known.iter().find(|(it, _)| *it == name) {
        Some((_, it)) => Ok(*it),
        None => Err(unknown(value, noun, nearest(&name, known.iter().map(|(name, _)| *name)))),
    }
}

/// What `is:` asks for.
const IS: &str = "state for is";

fn unknown(value: &Value, noun: &str, meant: Option<&str>) -> Refusal {
    let advice = meant.map_or(Sentence::default(), |name| say!("query-or-meant", name = name));
    let noun = if noun == IS { say!("query-noun-state-for-is") } else { Sentence::of_family("query-noun-", noun) };
    Refusal::field(
        "q",
        "unknown",
        say!("refused-there-no-column", noun = noun, text = value.text, from = value.at.from + 1, advice = advice),
    )
}

/// Whether the one value is the keyword `any` (true) or `none` (false).
fn presence_word(op: Op, values: &Values) -> Option<bool> {
    match values {
        Values::One(value) if !value.quoted && matches!(op, Op::Is | Op::Equal | Op::NotEqual) => {
            match value.text.to_lowercase().as_str() {
                "any" => Some(true),
                "none" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

fn first_at(values: &Values) -> usize {
    match values {
        Values::One(value) => value.at.from,
        Values::List(values) => values.first().map_or(0, |value| value.at.from),
        Values::Range(from, to) => from.as_ref().or(to.as_ref()).map_or(0, |value| value.at.from),
    }
}

/// The numbers that a comparison lets through, both ends included; none if a value is not a number.
fn number_range(op: Op, values: &Values) -> Option<(f64, f64)> {
    let number = |value: &Value| value.text.parse::<f64>().ok().filter(|it| it.is_finite());
    match values {
        Values::One(value) => {
            let it = number(value)?;
            Some(match op {
                Op::Is | Op::Equal | Op::NotEqual => (it, it),
                Op::Less => (f64::NEG_INFINITY, it.next_down()),
                Op::LessOrEqual => (f64::NEG_INFINITY, it),
                Op::Greater => (it.next_up(), f64::INFINITY),
                Op::GreaterOrEqual => (it, f64::INFINITY),
            })
        }
        Values::Range(from, to) => {
            let from = from.as_ref().map_or(Some(f64::NEG_INFINITY), number)?;
            let to = to.as_ref().map_or(Some(f64::INFINITY), number)?;
            Some((from, to))
        }
        Values::List(_) => None,
    }
}

/// `INC-000123`, `123`, `#123`, ranges and comparisons of them.
fn numbers(op: Op, values: &Values) -> Result<Cond, Refusal> {
    let read = |value: &Value| ticket_number(&value.text).ok_or_else(|| refusal(value.at.from, say!("query-no-number", text = value.text)));
    let test = |prefix, from, to| Cond::Test(Test::Number(NumberTest { prefix, from, to }));
    match values {
        Values::List(values) => any_of(values, |value| read(value).map(|(prefix, it)| test(prefix, it, it))),
        Values::One(value) => {
            let (prefix, it) = read(value)?;
            Ok(match op {
                Op::Is | Op::Equal | Op::NotEqual => test(prefix, it, it),
                Op::Less if it == 0 => Cond::Or(Vec::new()),
                Op::Less => test(prefix, 0, it - 1),
                Op::LessOrEqual => test(prefix, 0, it),
                Op::Greater if it == u64::MAX => Cond::Or(Vec::new()),
                Op::Greater => test(prefix, it + 1, u64::MAX),
                Op::GreaterOrEqual => test(prefix, it, u64::MAX),
            })
        }
        Values::Range(from, to) => {
            let from = from.as_ref().map(read).transpose()?;
            let to = to.as_ref().map(read).transpose()?;
            let prefix = from.as_ref().and_then(|it| it.0.clone()).or_else(|| to.as_ref().and_then(|it| it.0.clone()));
            Ok(test(prefix, from.map_or(0, |it| it.1), to.map_or(u64::MAX, |it| it.1)))
        }
    }
}

/// A ticket's number taken apart: `inc-000123` is `INC` and 123, `#123` is 123.
pub fn ticket_number(text: &str) -> Option<(Option<String>, u64)> {
    let text = text.strip_prefix('#').unwrap_or(text);
    let (prefix, digits) = match text.rsplit_once('-') {
        Some((prefix, digits)) => (Some(prefix), digits),
        None => (None, text),
    };
    if prefix.is_some_and(|it| it.is_empty() || it.len() > 16 || !it.chars().all(|letter| letter.is_ascii_alphanumeric())) {
        return None;
    }
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    Some((prefix.map(str::to_ascii_uppercase), digits.parse().ok()?))
}
