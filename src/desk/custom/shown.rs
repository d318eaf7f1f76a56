//! Values for those who read them: in words, only what they may know, and where search finds them.

use serde_json::{Map, Value};

use super::{
    field::{CustomField, FieldType, Fields},
    settle::object,
};
use crate::{
    desk::{
        identity::{Organization, Person},
        tickets::Ticket,
    },
    error::Result,
    id::{OrganizationId, PersonId},
    store::Tx,
};

/// A value in words: labels of options, names of people.
pub fn in_words(tx: &Tx, field: &CustomField, value: &Value) -> Result<String> {
    let label = |text: &str| field.options.iter().find(|it| it.value == text).map_or_else(|| text.to_owned(), |it| it.label.clone());
    Ok(match (field.kind, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Array(list)) => list.iter().filter_map(Value::as_str).map(label).collect::<Vec<_>>().join(", "),
        (FieldType::OneOf, Value::String(text)) => label(text),
        (FieldType::Person, Value::String(text)) => match text.parse::<PersonId>() {
            Ok(id) => tx.get::<Person>(&id)?.map_or_else(|| "somebody".to_owned(), |it| it.name),
            Err(_) => text.clone(),
        },
        (FieldType::Organization, Value::String(text)) => match text.parse::<OrganizationId>() {
            Ok(id) => tx.get::<Organization>(&id)?.map_or_else(|| "an organization".to_owned(), |it| it.name),
            Err(_) => text.clone(),
        },
        (_, Value::Bool(it)) => if *it { "yes" } else { "no" }.to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    })
}

/// The values that somebody may know: those who work the ticket all, others what requesters are shown.
pub fn visible(fields: &Fields, works: bool, ticket: &Ticket) -> Map<String, Value> {
    let mut values = object(ticket.custom.as_deref());
    if !works && !fields.fields.is_empty() {
        values.retain(|key, _| fields.fields.iter().any(|it| it.key == *key && it.is_public()));
    }
    values
}

/// The words by which search finds a ticket: those that everybody may find it by, and those for whoever works it.
pub fn searched(tx: &Tx, ticket: &Ticket) -> Result<(Vec<String>, Vec<String>)> {
    let fields = super::shared(tx)?;
    let (mut public, mut private) = (Vec::new(), Vec::new());
    for (key, value) in object(ticket.custom.as_deref()) {
        let field = fields.fields.iter().find(|it| it.key == key);
        let words = match field {
            Some(field) => in_words(tx, field, &value)?,
            None => match value {
                Value::String(it) => it,
                Value::Object(_) | Value::Null => continue,
                other => other.to_string(),
            },
        };
        let is_public = field.map_or(fields.fields.is_empty(), CustomField::is_public);
        if is_public { public.push(words) } else { private.push(words) }
    }
    Ok((public, private))
}
