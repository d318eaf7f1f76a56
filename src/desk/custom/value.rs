//! What a value must be, by the type and the bounds of its field, and the one form in which it is kept: a text, a number, true or false, or
//! a list of texts. A value that is kept reads as itself.

use serde_json::{Number, Value};

use super::field::{CustomField, FieldType, bound, fits_pattern};
use crate::{
    desk::{
        actor::Actor,
        identity::{self, Organization, Person},
        permission::Permission,
        settings::Settings,
    },
    error::Result,
    id::{OrganizationId, PersonId},
    language::{Sentence, say},
    limits,
    store::Tx,
    time::Instant,
};

/// What is wrong with a value, as a sentence.
type Wrong = Sentence;

/// The value as it is kept, null if it is nothing; or what is wrong with it. The outer error is a fault.
pub fn read(tx: &Tx, actor: &Actor, field: &CustomField, value: &Value) -> Result<std::result::Result<Value, Wrong>> {
    let is_list = matches!(value, Value::Array(_));
    if is_list && field.kind != FieldType::SeveralOf {
        return Ok(Err(say!("refused-value-one")));
    }
    let Some(text) = plain(value) else {
        return Ok(if is_list { several(field, value) } else { Err(say!("refused-value-plain")) });
    };
    let text = if field.kind == FieldType::LongText { text.trim_end().to_owned() } else { text.trim().to_owned() };
    if text.is_empty() {
        return Ok(Ok(Value::Null));
    }
    Ok(match field.kind {
        FieldType::Text => line(field, text),
        FieldType::LongText => measured(field, text),
        FieldType::Number => number(field, &text),
        FieldType::YesNo => yes_or_no(&text).map(Value::Bool).ok_or_else(|| say!("refused-value-yes-no")),
        FieldType::Date => date(field, &text),
        FieldType::DateTime => moment(field, &text, &zone(tx)?),
        FieldType::OneOf => option(field, &text).map(Value::String),
        FieldType::SeveralOf => several(field, value),
        FieldType::Person => person(tx, actor, &text)?,
        FieldType::Organization => organization(tx, actor, &text)?,
        FieldType::Url => url(&text),
        FieldType::Email => identity::normal_email(&text).map(Value::String).map_err(|_| say!("refused-value-mail")),
    })
}

/// What a value says as a text; none of a list or an object.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(it) => Some(it.clone()),
        Value::Number(it) => Some(it.to_string()),
        Value::Bool(it) => Some(it.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn zone(tx: &Tx) -> Result<jiff::tz::TimeZone> {
    Ok(jiff::tz::TimeZone::get(&Settings::of(tx)?.time_zone).unwrap_or(jiff::tz::TimeZone::UTC))
}

fn line(field: &CustomField, text: String) -> std::result::Result<Value, Wrong> {
    if text.chars().any(char::is_control) {
        return Err(say!("refused-value-line"));
    }
    measured(field, text)
}

fn measured(field: &CustomField, text: String) -> std::result::Result<Value, Wrong> {
    let usual = if field.kind == FieldType::LongText { limits::FIELD_TEXT_CHARS_MAX } else { limits::TITLE_CHARS_MAX };
    let most = field.length_max.map_or(usual, |it| it as usize);
    let length = text.chars().count();
    if length > most {
        return Err(say!("refused-value-long", length = length, most = most));
    }
    if let Some(least) = field.length_min.filter(|it| length < *it as usize) {
        return Err(say!("refused-value-short", length = length, least = least));
    }
    if let Some(pattern) = field.pattern.as_ref().filter(|it| !fits_pattern(it, &text)) {
        return Err(match field.help.as_str() {
            "" => say!("refused-value-pattern", pattern = pattern),
            help => say!("refused-value-form", help = help),
        });
    }
    Ok(Value::String(text))
}

fn within(field: &CustomField, it: f64) -> std::result::Result<(), Wrong> {
    // Bounds were checked when they were set.
    let bound = |text: &Option<String>| bound(field.kind, "", text.as_deref()).ok().flatten();
    if let (Some(least), Some(text)) = (bound(&field.least), &field.least)
        && it < least
    {
        return Err(say!("refused-value-least", least = text));
    }
    if let (Some(most), Some(text)) = (bound(&field.most), &field.most)
        && it > most
    {
        return Err(say!("refused-value-most", most = text));
    }
    Ok(())
}

fn number(field: &CustomField, text: &str) -> std::result::Result<Value, Wrong> {
    let wrong = || say!("refused-value-number");
    let read = text.parse::<f64>().ok().filter(|it| it.is_finite()).ok_or_else(wrong)?;
    within(field, read)?;
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(Value::Number(whole.into()));
    }
    Number::from_f64(read).map(Value::Number).ok_or_else(wrong)
}

/// What people and programs write for yes and no.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A day as a number that compares as days do.
pub(super) fn day(it: jiff::civil::Date) -> f64 {
    f64::from(i32::from(it.year()) * 10_000 + i32::from(it.month()) * 100 + i32::from(it.day()))
}

fn date(field: &CustomField, text: &str) -> std::result::Result<Value, Wrong> {
    let read: jiff::civil::Date = text.parse().map_err(|_| say!("refused-value-date"))?;
    within(field, day(read))?;
    Ok(Value::String(read.to_string()))
}

/// An instant, or a time of the desk's zone as forms send it: `2026-12-24T09:30`.
fn moment(field: &CustomField, text: &str, zone: &jiff::tz::TimeZone) -> std::result::Result<Value, Wrong> {
    let local = |text: &str| -> Option<Instant> {
        let at: jiff::civil::DateTime = text.parse().ok()?;
        Some(Instant::from(at.to_zoned(zone.clone()).ok()?.timestamp()))
    };
    let read = text.parse::<Instant>().ok().or_else(|| local(text)).ok_or_else(|| say!("refused-value-moment"))?;
    within(field, read.as_millis() as f64)?;
    Ok(Value::String(read.to_string()))
}

fn option(field: &CustomField, text: &str) -> std::result::Result<String, Wrong> {
    field.option(text).map(|it| it.value.clone()).ok_or_else(|| {
        let known: Vec<&str> = field.options.iter().map(|it| it.label.as_str()).take(20).collect();
        say!("refused-value-option", value = text.chars().take(80).collect::<String>(), known = known.join(", "))
    })
}

/// Each option once, in the order of the field.
fn several(field: &CustomField, value: &Value) -> std::result::Result<Value, Wrong> {
    let mut chosen = Vec::new();
    let texts: Vec<String> = match value {
        Value::Array(list) => list.iter().map(|it| plain(it).ok_or_else(|| say!("refused-value-list"))).collect::<Result<_, _>>()?,
        one => plain(one).unwrap_or_default().split(',').map(str::to_owned).collect(),
    };
    for text in texts.iter().filter(|it| !it.trim().is_empty()) {
        chosen.push(option(field, text)?);
    }
    let kept: Vec<Value> = field.options.iter().filter(|it| chosen.contains(&it.value)).map(|it| Value::String(it.value.clone())).collect();
    Ok(if kept.is_empty() { Value::Null } else { Value::Array(kept) })
}

/// Somebody who is known. Whoever may not look people up names themselves, or a colleague by address.
fn person(tx: &Tx, actor: &Actor, text: &str) -> Result<std::result::Result<Value, Wrong>> {
    let wrong = || say!("refused-value-person");
    let me = actor.person().filter(|_| text.eq_ignore_ascii_case("me"));
    let found = match me.or_else(|| text.parse::<PersonId>().ok()) {
        Some(id) => tx.get::<Person>(&id)?,
        None => identity::person_by_email(tx, text)?,
    };
    let Some(found) = found else { return Ok(Err(wrong())) };
    if !actor.may(Permission::PeopleRead) && !actor.is(found.id) {
        let own = match actor.person() {
            Some(id) => tx.get::<Person>(&id)?.and_then(|it| it.organization),
            None => None,
        };
        if own.is_none() || own != found.organization {
            return Ok(Err(wrong()));
        }
    }
    Ok(Ok(Value::String(found.id.to_string())))
}

/// An organization by id or name. Whoever may not look people up names their own.
fn organization(tx: &Tx, actor: &Actor, text: &str) -> Result<std::result::Result<Value, Wrong>> {
    let found = match text.parse::<OrganizationId>() {
        Ok(id) => tx.get::<Organization>(&id)?,
        Err(_) => identity::organization_named(tx, text)?,
    };
    let own = match actor.person() {
        Some(id) => tx.get::<Person>(&id)?.and_then(|it| it.organization),
        None => None,
    };
    let found = found.filter(|it| actor.may(Permission::PeopleRead) || own == Some(it.id));
    Ok(found.map(|it| Value::String(it.id.to_string())).ok_or_else(|| say!("refused-value-organization")))
}

fn url(text: &str) -> std::result::Result<Value, Wrong> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let fine = rest.is_some_and(|it| it.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && text.len() <= limits::FIELD_URL_BYTES_MAX
        && !text.contains(|it: char| it.is_whitespace() || it.is_control() || matches!(it, '<' | '>' | '"'));
    if fine { Ok(Value::String(text.to_owned())) } else { Err(say!("refused-value-url")) }
}
