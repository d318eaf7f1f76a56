//! The rule on tickets: which fields are asked on one, what a change of values becomes, and what must be there before it is resolved.

use serde_json::{Map, Value};

use super::{
    field::{Audience, CustomField, Need, shared},
    value,
};
use crate::{
    desk::{
        actor::Actor,
        tickets::{Channel, Kind, Ticket},
    },
    error::{FieldError, Refusal, Result},
    id::{CategoryId, QueueId},
    language::{Sentence, say},
    store::Tx,
    text::nearest::nearest,
};

/// The values of a ticket as an object.
pub(super) fn object(text: Option<&str>) -> Map<String, Value> {
    text.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
}

/// What decides which fields are asked, besides their values.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    kind: Kind,
    /// Category and what is above it; none if it may yet be found.
    categories: Option<Vec<CategoryId>>,
    /// None within: it is in no queue. None: it may yet be found.
    queue: Option<Option<QueueId>>,
}

impl Place {
    fn of(ticket: &Ticket) -> Place {
        Place { kind: ticket.kind, categories: Some(ticket.topic.into_iter().chain(ticket.subtopic).collect()), queue: Some(ticket.queue) }
    }
}

/// Whether a field stands at a place, leaving aside what it depends on.
fn fits(field: &CustomField, place: &Place) -> bool {
    let of_kind = field.kinds.is_empty() || field.kinds.contains(&place.kind);
    let of_category =
        field.categories.is_empty() || place.categories.as_ref().is_none_or(|it| it.iter().any(|it| field.categories.contains(it)));
    let of_queue = field.queues.is_empty() || place.queue.is_none_or(|it| it.is_some_and(|it| field.queues.contains(&it)));
    of_kind && of_category && of_queue
}

/// Whether what a field depends on is so.
pub fn is_met(field: &CustomField, values: &Map<String, Value>) -> bool {
    let Some(when) = &field.when else { return true };
    let has = |wanted: &str| match values.get(&when.key) {
        Some(Value::Array(list)) => list.iter().any(|it| it.as_str() == Some(wanted)),
        Some(Value::String(it)) => it == wanted,
        Some(Value::Bool(it)) => wanted == if *it { "true" } else { "false" },
        Some(Value::Number(it)) => wanted.parse::<f64>().is_ok_and(|wanted| it.as_f64() == Some(wanted)),
        Some(Value::Null | Value::Object(_)) | None => false,
    };
    if when.values.is_empty() { values.get(&when.key).is_some_and(|it| !it.is_null()) } else { when.values.iter().any(|it| has(it)) }
}

/// The fields that a ticket has: those that are asked on it now, and those of which it holds a value.
pub fn of_ticket(tx: &Tx, ticket: &Ticket) -> Result<Vec<CustomField>> {
    let (values, place) = (object(ticket.custom.as_deref()), Place::of(ticket));
    let has = |it: &CustomField| values.contains_key(&it.key) || (it.retired_at.is_none() && fits(it, &place) && is_met(it, &values));
    Ok(shared(tx)?.fields.iter().filter(|it| has(it)).cloned().collect())
}

/// What is wrong with values, all at once.
#[derive(Default)]
struct Wrongs(Vec<FieldError>);

impl Wrongs {
    fn add(&mut self, key: &str, code: &'static str, label: &str, message: Sentence) {
        self.0.push(FieldError {
            field: format!("custom.{key}"),
            code,
            message: say!("refused-field-wrong", label = label, wrong = message),
        });
    }

    fn into_result(self) -> Result<()> {
        let Some(first) = self.0.first() else { return Ok(()) };
        let refusal = Refusal::field(first.field.clone(), first.code, first.message.clone());
        Err(Refusal { fields: self.0, ..refusal }.into())
    }
}

/// The values after a change, as they are kept: what is declared is read by its field, what is not is refused as soon as the desk has
/// declared any. What stays as it was is not looked at, so that a field which was changed since spoils no other change.
pub fn changed(tx: &Tx, actor: &Actor, works: bool, before: Option<&str>, after: Option<String>) -> Result<Option<String>> {
    let fields = shared(tx)?;
    if fields.fields.is_empty() {
        return Ok(after);
    }
    let (before, mut after) = (object(before), object(after.as_deref()));
    let mut wrongs = Wrongs::default();
    let keys: Vec<String> = after.keys().filter(|it| before.get(*it) != after.get(*it)).cloned().collect();
    for key in keys {
        let Some(field) = fields.fields.iter().find(|it| it.key == key && (works || it.is_public())) else {
            let known = fields.fields.iter().filter(|it| it.retired_at.is_none() && (works || it.is_public())).map(|it| it.key.as_str());
            let message = match nearest(&key, known) {
                Some(known) => say!("refused-no-such-field-meant", key = key, known = known),
                None => say!("refused-no-such-field", key = key),
            };
            wrongs.0.push(FieldError { field: format!("custom.{key}"), code: "unknown", message });
            continue;
        };
        let given = after.remove(&key).unwrap_or_default();
        match value::read(tx, actor, field, &given)? {
            Ok(Value::Null) => {}
            Ok(_) if field.retired_at.is_some() => wrongs.add(&key, "retired", &field.label, say!("refused-value-retired")),
            Ok(_) if !works && field.audience != Audience::Asked => {
                wrongs.add(&key, "forbidden", &field.label, say!("refused-value-desks"))
            }
            Ok(it) => drop(after.insert(key, it)),
            Err(message) => wrongs.add(&key, "invalid", &field.label, message),
        }
    }
    wrongs.into_result()?;
    Ok((!after.is_empty()).then(|| Value::Object(after).to_string()))
}

/// How a ticket comes, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Birth {
    /// The category and the queue were said, and are not left to the rules.
    pub category_said: bool,
    pub queue_said: bool,
    /// Whoever lodges works tickets.
    pub works: bool,
}

/// Refuses values of fields that are not asked on this ticket, and, at birth or when they are taken away, required ones that are missing.
/// What comes by mail or from monitoring has nobody who could be asked.
pub fn check(tx: &Tx, actor: &Actor, before: Option<&Ticket>, after: &Ticket, birth: Option<Birth>) -> Result<()> {
    let fields = shared(tx)?;
    if fields.fields.is_empty() || before.is_some_and(|it| it.custom == after.custom) {
        return Ok(());
    }
    let (old, new) = (object(before.and_then(|it| it.custom.as_deref())), object(after.custom.as_deref()));
    let mut place = Place::of(after);
    if let Some(birth) = birth {
        place.categories = place.categories.filter(|_| birth.category_said);
        place.queue = place.queue.filter(|_| birth.queue_said);
    }
    let asks_nobody =
        actor.person().is_none() || !matches!(after.channel, Channel::Portal | Channel::Api | Channel::Phone | Channel::WalkIn);
    let mut wrongs = Wrongs::default();
    for field in fields.fields.iter().filter(|it| it.retired_at.is_none()) {
        let has = new.contains_key(&field.key);
        let came = has && old.get(&field.key) != new.get(&field.key);
        if came && !fits(field, &place) {
            wrongs.add(&field.key, "not_asked", &field.label, say!("refused-value-not-asked"));
        } else if came && !is_met(field, &new) {
            wrongs.add(&field.key, "not_asked", &field.label, say!("refused-value-only-asked", when = depends(&fields.fields, field)));
        } else if has || field.need != Need::Always || !is_met(field, &new) {
            continue;
        } else if let Some(birth) = birth {
            let known = (field.categories.is_empty() || birth.category_said) && (field.queues.is_empty() || birth.queue_said);
            let may = birth.works || field.audience == Audience::Asked;
            if known && may && !asks_nobody && fits(field, &place) {
                wrongs.add(&field.key, "required", &field.label, say!("refused-value-required"));
            }
        } else if old.contains_key(&field.key) && fits(field, &place) {
            wrongs.add(&field.key, "required", &field.label, say!("refused-value-empty"));
        }
    }
    wrongs.into_result()
}

/// When a field is asked: "if Device is Laptop". Empty if it depends on nothing.
pub fn depends(fields: &[CustomField], field: &CustomField) -> Sentence {
    let Some(when) = &field.when else { return Sentence::default() };
    let other = fields.iter().find(|it| it.key == when.key);
    let label = other.map_or(when.key.as_str(), |it| it.label.as_str());
    let name = |value: &String| other.and_then(|it| it.option(value)).map_or_else(|| value.clone(), |it| it.label.clone());
    let values =
        when.values.iter().map(|it| Sentence::from(name(it))).reduce(|first, second| say!("field-or", first = first, second = second));
    match values {
        None => say!("field-if-filled", label = label),
        Some(values) => say!("field-if-is", label = label, values = values),
    }
}

/// Refuses to resolve a ticket that lacks what is needed for that.
pub fn need_for_resolving(tx: &Tx, ticket: &Ticket) -> Result<()> {
    let values = object(ticket.custom.as_deref());
    let mut wrongs = Wrongs::default();
    for field in of_ticket(tx, ticket)? {
        if field.need != Need::Never && field.retired_at.is_none() && !values.contains_key(&field.key) && is_met(&field, &values) {
            wrongs.add(&field.key, "required", &field.label, say!("refused-value-to-resolve"));
        }
    }
    wrongs.into_result()
}
