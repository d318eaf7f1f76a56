//! Fields of the desk's own between the desk and the pages: which a form shows, how a value stands in it, and what a form that was sent
//! says. What a value must be is the desk's to say.

use serde_json::{Map, Value};

use super::form::Sent;
use crate::{
    desk::{
        Tx,
        custom::{self, Audience, CustomField, FieldType, Need},
        identity::{Organization, Person},
        queues,
        settings::Settings,
        tickets::{Kind, Ticket},
    },
    error::{Refusal, Result},
    id::{CategoryId, OrganizationId, PersonId},
    time::Instant,
    web::{
        components::{
            field::Choice,
            own_field::{Control, OwnField},
        },
        tongue::{self, t},
    },
};

/// What a form lodges, as far as it is known when it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A form of the portal for tickets of one kind, which names neither category nor queue.
    Portal(Kind),
    /// The form of the console, in which kind, category and queue can be chosen.
    Console,
}

/// The name of a field in forms.
pub fn name(field: &CustomField) -> String {
    format!("custom.{}", field.key)
}

fn control(kind: FieldType) -> Control {
    match kind {
        FieldType::Text | FieldType::Organization => Control::Line,
        FieldType::LongText => Control::Lines,
        FieldType::Number => Control::Number,
        FieldType::YesNo => Control::YesNo,
        FieldType::Date => Control::Date,
        FieldType::DateTime => Control::DateTime,
        FieldType::OneOf => Control::One,
        FieldType::SeveralOf => Control::Several,
        FieldType::Person | FieldType::Email => Control::Email,
        FieldType::Url => Control::Url,
    }
}

/// A field without a value, as far as its definition goes.
pub fn face(tx: &Tx, fields: &[CustomField], field: &CustomField) -> Result<OwnField> {
    let mut categories: Vec<CategoryId> = field.categories.clone();
    if !categories.is_empty() {
        let below = queues::categories(tx)?.into_iter().filter(|it| it.parent.is_some_and(|it| field.categories.contains(&it)));
        categories.extend(below.map(|it| it.id));
    }
    Ok(OwnField {
        name: name(field),
        label: field.label.clone(),
        help: field.help.clone(),
        control: control(field.kind),
        choices: field.options.iter().map(|it| Choice::new(it.value.as_str(), it.label.as_str())).collect(),
        required: field.need == Need::Always,
        when: field
            .when
            .as_ref()
            .map(|it| (format!("custom.{}", it.key), it.values.clone(), tongue::sentence(&custom::depends(fields, field)))),
        kinds: field.kinds.iter().map(|it| it.name().to_owned()).collect(),
        categories: categories.iter().map(CategoryId::to_string).collect(),
        queues: field.queues.iter().map(|it| it.to_string()).collect(),
        ..OwnField::default()
    })
}

/// The fields of a form that lodges tickets, with what was sent already and what is wrong with it.
pub fn of_form(tx: &Tx, door: Door, values: &Map<String, Value>, refusal: Option<&Refusal>) -> Result<Vec<OwnField>> {
    let fields = custom::shared(tx)?;
    let shown = |it: &&CustomField| {
        it.retired_at.is_none()
            && match door {
                Door::Console => true,
                Door::Portal(kind) => {
                    let of_kind = it.kinds.is_empty() || it.kinds.contains(&kind);
                    it.audience == Audience::Asked && of_kind && it.categories.is_empty() && it.queues.is_empty()
                }
            }
    };
    let one = |it: &CustomField| -> Result<OwnField> {
        let own = face(tx, &fields.fields, it)?;
        let error = refusal.and_then(|refusal| refusal.fields.iter().find(|wrong| wrong.field == own.name));
        let message = |text: &str| text.strip_prefix(&format!("{}: ", it.label)).unwrap_or(text).to_owned();
        Ok(OwnField {
            error: error.map(|it| message(&tongue::sentence(&it.message))),
            values: as_typed(tx, it, values.get(&it.key))?,
            ..own
        })
    };
    fields.fields.iter().filter(shown).map(one).collect()
}

/// A value as a control holds it: a person by address, a time in the desk's zone.
fn as_typed(tx: &Tx, field: &CustomField, value: Option<&Value>) -> Result<Vec<String>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let text = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => return Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(it) => it.clone(),
        other => other.to_string(),
    };
    Ok(vec![match field.kind {
        FieldType::Person => match text.parse::<PersonId>() {
            Ok(id) => tx.get::<Person>(&id)?.map_or(text, |it| it.email),
            Err(_) => text,
        },
        FieldType::Organization => match text.parse::<OrganizationId>() {
            Ok(id) => tx.get::<Organization>(&id)?.map_or(text, |it| it.name),
            Err(_) => text,
        },
        FieldType::DateTime => match text.parse::<Instant>() {
            Ok(at) => {
                let zone = jiff::tz::TimeZone::get(&Settings::of(tx)?.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
                at.timestamp().to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string()
            }
            Err(_) => text,
        },
        _ => text,
    }])
}

/// The fields of a ticket, with their values.
pub fn of_ticket(tx: &Tx, ticket: &Ticket) -> Result<Vec<OwnField>> {
    let all = custom::shared(tx)?;
    let values = custom::visible(&all, true, ticket);
    let one = |it: CustomField| -> Result<OwnField> {
        let face = face(tx, &all.fields, &it)?;
        // Why it is asked is known by now.
        Ok(OwnField {
            values: as_typed(tx, &it, values.get(&it.key))?,
            required: it.need != Need::Never,
            when: None,
            kinds: Vec::new(),
            categories: Vec::new(),
            queues: Vec::new(),
            ..face
        })
    };
    custom::of_ticket(tx, ticket)?.into_iter().map(one).collect()
}

/// What everybody may know of a ticket's fields: label and value in words.
pub fn told(tx: &Tx, ticket: &Ticket) -> Result<Vec<(String, String)>> {
    let all = custom::shared(tx)?;
    let values = custom::visible(&all, false, ticket);
    let known = all.fields.iter().filter_map(|field| values.get(&field.key).map(|value| (field, value)));
    known.map(|(field, value)| Ok((field.label.clone(), in_words(tx, field, value)?))).collect()
}

/// A value in words, in the reader's language.
pub fn in_words(tx: &Tx, field: &CustomField, value: &Value) -> Result<String> {
    match value {
        Value::Bool(it) => Ok(if *it { t!("tools-yes") } else { t!("tools-no") }.to_owned()),
        _ => custom::in_words(tx, field, value),
    }
}

/// What a form says of the fields that it has; null for what it leaves empty.
pub fn sent(tx: &Tx, sent: &Sent) -> Result<Map<String, Value>> {
    let mut values = Map::new();
    for field in &custom::shared(tx)?.fields {
        let name = name(field);
        if !sent.has(&name) {
            continue;
        }
        let given: Vec<&str> = sent.all(&name).filter(|it| !it.trim().is_empty()).collect();
        let value = match (field.kind, given.first()) {
            (_, None) => Value::Null,
            (FieldType::SeveralOf, Some(_)) => given.into(),
            (_, Some(one)) => (*one).into(),
        };
        values.insert(field.key.clone(), value);
    }
    Ok(values)
}

/// The same for a ticket that is lodged: nothing of what was left empty.
pub fn sent_at_birth(tx: &Tx, form: &Sent) -> Result<(Map<String, Value>, Option<String>)> {
    let mut values = sent(tx, form)?;
    values.retain(|_, it| !it.is_null());
    let text = (!values.is_empty()).then(|| Value::Object(values.clone()).to_string());
    Ok((values, text))
}

/// Whether a refusal is about any field of the desk's own.
pub fn is_about(refusal: &Refusal) -> bool {
    refusal.fields.iter().any(|it| it.field.starts_with("custom."))
}
