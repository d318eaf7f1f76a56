//! Values as callers may write them: a level as a number or a word, a thing by id, name or address, null where something is taken
//! away. What they mean is decided by the desk.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, OneOfBuilder, RefOr,
        schema::{Schema, SchemaType, Type},
    },
};

use crate::{
    desk::tickets::{Channel, Kind, priority_named},
    error::{Fault, Refusal, Result},
};

/// Priority, impact or urgency: 1 to 4, `P1` to `P4`, `critical` to `low`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level(pub u8);

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::Number(it) if it.as_f64() == it.as_u64().map(|it| it as f64) || it.is_u64() => it.to_string(),
            Value::Number(it) if it.as_f64().is_some_and(|it| it.fract() == 0.0 && (1.0..=4.0).contains(&it)) => {
                format!("{}", it.as_f64().unwrap_or_default())
            }
            Value::String(it) => it,
            _ => return Err(D::Error::custom("a level is a number from 1 to 4 or a word such as high")),
        };
        priority_named(&text).map(Level).ok_or_else(|| D::Error::custom("a level is 1 to 4, P1 to P4, critical, high, medium or low"))
    }
}

const LEVELS: [&str; 10] = ["P1", "P2", "P3", "P4", "critical", "urgent", "high", "medium", "normal", "low"];

impl PartialSchema for Level {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(4));
        let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(LEVELS));
        OneOfBuilder::new().item(number).item(word).description(Some("1 (highest) to 4, or a name")).into()
    }
}

impl ToSchema for Level {}

/// A thing by its id, name or address: as a text, or as the object that answers show it as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What is looked up.
    pub text: String,
    /// The name beside an address, for somebody who is new.
    pub name: Option<String>,
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Named { text, name: None }),
            Value::Object(mut it) => {
                let mut take = |key: &str| match it.remove(key) {
                    None | Some(Value::Null) => Ok(None),
                    Some(Value::String(text)) => Ok(Some(text)),
                    Some(_) => Err(D::Error::custom(format!("`{key}` is a string"))),
                };
                let (id, email, name) = (take("id")?, take("email")?, take("name")?);
                let text = id.or(email).or_else(|| name.clone());
                text.map(|text| Named { text, name }).ok_or_else(|| D::Error::custom("an object here needs an `id`, `email` or `name`"))
            }
            _ => Err(D::Error::custom("expected an id, a name or a mail address as a string")),
        }
    }
}

impl PartialSchema for Named {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let perhaps = || ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let object = ObjectBuilder::new().schema_type(Type::Object);
        let object = ["id", "email", "name"].into_iter().fold(object, |it, key| it.property(key, perhaps()));
        OneOfBuilder::new().item(text()).item(object).description(Some("An id, name or mail address, or the object of an answer")).into()
    }
}

impl ToSchema for Named {}

/// Whoever lodges, as [`Named`], or somebody without an address by their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whom {
    /// What is looked up; none for somebody who has no address.
    pub text: Option<String>,
    /// Of somebody who is new.
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl<'de> Deserialize<'de> for Whom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        let phone = match value.as_object_mut().and_then(|it| it.remove("phone")) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => return Err(D::Error::custom("`phone` is a string")),
        };
        let has_address = |it: &Value| ["id", "email"].iter().any(|key| it.get(key).is_some_and(|it| !it.is_null()));
        if value.is_object() && phone.is_some() && !has_address(&value) {
            let name = value.get("name").and_then(Value::as_str).map(str::to_owned);
            return Ok(Whom { text: None, name, phone });
        }
        let Named { text, name } = serde_json::from_value(value).map_err(D::Error::custom)?;
        Ok(Whom { text: Some(text), name, phone })
    }
}

impl PartialSchema for Whom {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let perhaps = || ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Null]));
        let object = ObjectBuilder::new().schema_type(Type::Object);
        let object = ["id", "email", "name", "phone"].into_iter().fold(object, |it, key| it.property(key, perhaps()));
        let about = "An id or mail address, the object of an answer, or a number (with a name) of somebody without an address";
        OneOfBuilder::new().item(text()).item(object).description(Some(about)).into()
    }
}

impl ToSchema for Whom {}

/// An object whose keys are the caller's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Free(pub Map<String, Value>);

impl Free {
    /// As the desk keeps it.
    pub fn to_text(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.0).map_err(|it| Fault::because("writing JSON", it))?)
    }
}

impl PartialSchema for Free {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::Object).description(Some("Keys of the desk's own.")).into()
    }
}

impl ToSchema for Free {}

/// Reads a field that may be absent, null (taken away) or a value.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The value of a field that must be there.
pub fn required<T>(field: &str, value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Refusal::field(field, "required", format!("`{field}` is required.")).into())
}

/// Reads a field that may be absent, but not null.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

pub fn kind(text: &str) -> Result<Kind> {
    let known = || Kind::ALL.map(Kind::name).join(", ");
    Kind::named(text).ok_or_else(|| Refusal::field("kind", "unknown", format!("There is no such kind; there are {}.", known())).into())
}

pub fn channel(text: &str) -> Result<Channel> {
    let known = || Channel::ALL.map(Channel::name).join(", ");
    Channel::named(text)
        .ok_or_else(|| Refusal::field("channel", "unknown", format!("There is no such channel; there are {}.", known())).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn levels_and_names_as_people_write_them() {
        for (value, expected) in [
            (json!(1), Some(1)),
            (json!(2.0), Some(2)),
            (json!("P3"), Some(3)),
            (json!("low"), Some(4)),
            (json!("normal"), Some(3)),
            (json!(0), None),
            (json!(5), None),
            (json!(1.5), None),
            (json!(-1), None),
            (json!(true), None),
            (json!("asap"), None),
        ] {
            assert_eq!(serde_json::from_value::<Level>(value.clone()).ok().map(|it| it.0), expected, "{value}");
        }
        for (value, expected) in [
            (json!("a@example.com"), Some("a@example.com")),
            (json!({"id": "x", "name": "y"}), Some("x")),
            (json!({"email": "a@b"}), Some("a@b")),
            (json!({"id": null, "name": "y"}), Some("y")),
            (json!({"id": 5, "name": "y"}), None),
            (json!({}), None),
            (json!(5), None),
        ] {
            assert_eq!(serde_json::from_value::<Named>(value.clone()).ok().map(|it| it.text), expected.map(str::to_owned), "{value}");
        }
        let whom = |it: Value| serde_json::from_value::<Whom>(it).ok().map(|it| (it.text, it.name, it.phone));
        let some = |it: &str| Some(it.to_owned());
        for (value, expected) in [
            (json!("a@example.com"), Some((some("a@example.com"), None, None))),
            (json!({"phone": "0911 1", "name": "y"}), Some((None, some("y"), some("0911 1")))),
            (json!({"phone": "0911 1", "email": "a@b"}), Some((some("a@b"), None, some("0911 1")))),
            (json!({"name": "y"}), Some((some("y"), some("y"), None))),
            (json!({"phone": 5}), None),
            (json!({}), None),
        ] {
            assert_eq!(whom(value.clone()), expected, "{value}");
        }
    }
}
