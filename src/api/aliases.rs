//! Names that other products gave to the same things (SCP-23), taken on input in this one place. The canonical name wins where both
//! are given.

use serde_json::{Map, Value};

/// What is called otherwise, and what it is called here.
const FIELDS: &[(&str, &str)] = &[
    ("subject", "title"),
    ("type", "kind"),
    ("customer", "requester"),
    ("agent", "assignee"),
    ("team", "queue"),
    ("source", "channel"),
    ("message", "body"),
    ("content", "body"),
    ("body_md", "body"),
    ("is_private", "isPrivate"),
    ("is_internal", "isPrivate"),
    ("scheduled_at", "scheduledAt"),
    ("due_at", "dueAt"),
    ("service_item", "serviceItem"),
];

/// The same object with canonical names.
pub fn canonical(mut object: Map<String, Value>) -> Map<String, Value> {
    for (alias, name) in FIELDS {
        if object.contains_key(*alias) && !object.contains_key(*name) {
            let value = object.remove(*alias).unwrap_or_default();
            object.insert((*name).to_owned(), value);
        }
    }
    if let Some(public) = object.remove("is_public").or_else(|| object.remove("isPublic"))
        && !object.contains_key("isPrivate")
    {
        // What is no truth value is kept, so that it is refused by name.
        let private = public.as_bool().map_or(public, |it| Value::Bool(!it));
        object.insert("isPrivate".to_owned(), private);
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn aliases_become_names() {
        for (given, expected) in [
            (json!({"subject": "a"}), json!({"title": "a"})),
            (json!({"subject": "a", "title": "b"}), json!({"subject": "a", "title": "b"})),
            (
                json!({"customer": "c", "agent": "d", "team": "e", "source": "web"}),
                json!({"requester": "c", "assignee": "d", "queue": "e", "channel": "web"}),
            ),
            (json!({"message": "m", "is_public": true}), json!({"body": "m", "isPrivate": false})),
            (json!({"body_md": "m", "is_internal": true}), json!({"body": "m", "isPrivate": true})),
            (json!({"content": "m", "is_public": "no"}), json!({"body": "m", "isPrivate": "no"})),
            (json!({"agent": null}), json!({"assignee": null})),
        ] {
            let Value::Object(given) = given else { panic!("an object") };
            assert_eq!(Value::Object(canonical(given)), expected);
        }
    }
}
