//! The desk's own fields and free metadata of a ticket, as search and rules read them: JSON objects, looked at but never trusted.

use serde_json::{Map, Value};

use super::Ticket;

fn object(text: Option<&String>) -> Map<String, Value> {
    text.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
}

fn texts(value: Value, into: &mut Vec<String>) {
    match value {
        Value::String(it) => into.push(it),
        Value::Number(it) => into.push(it.to_string()),
        Value::Bool(it) => into.push(it.to_string()),
        Value::Array(list) => list.into_iter().for_each(|it| texts(it, into)),
        Value::Null | Value::Object(_) => {}
    }
}

/// Key and value of each custom field; a field with several values comes several times.
pub fn custom_values(ticket: &Ticket) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (key, value) in object(ticket.custom.as_ref()) {
        let mut values = Vec::new();
        texts(value, &mut values);
        found.extend(values.into_iter().map(|it| (key.clone(), it)));
    }
    found
}

/// Words that another program wants the ticket to be found by: `metadata.keywords` (TKT-13).
pub fn keywords(ticket: &Ticket) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(value) = object(ticket.metadata.as_ref()).remove("keywords") {
        texts(value, &mut found);
    }
    found
}
