//! What a macro does, one action after the other; and how people and programs write it: a word and a value.

use minicbor::{Decode, Encode};
use serde_json::Value;

use crate::{
    desk::{
        actor::Actor,
        custom, identity, placeholders,
        queues::{self, Queue, Team},
        tickets::{Relation, normal_tags, priority_label, priority_named},
    },
    error::{Refusal, Result},
    id::{CategoryId, PersonId, QueueId, TeamId},
    language::{Sentence, say},
    limits,
    store::Tx,
};

/// To whom a ticket goes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Whom {
    /// Whoever uses the macro.
    #[n(0)]
    Me,
    #[n(1)]
    Nobody,
    #[n(2)]
    Person(#[n(0)] PersonId),
}

/// One thing that a macro does.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Action {
    /// Key of a state, or a word for it.
    #[n(0)]
    Status(#[n(0)] String),
    /// 1 to 4; none gives it back to the matrix.
    #[n(1)]
    Priority(#[n(0)] Option<u8>),
    #[n(2)]
    Assign(#[n(0)] Whom),
    /// None takes it out of its queue.
    #[n(3)]
    Queue(#[n(0)] Option<QueueId>),
    /// The first queue that the team works.
    #[n(4)]
    Team(#[n(0)] TeamId),
    #[n(5)]
    Category(#[n(0)] Option<CategoryId>),
    #[n(6)]
    Tag(#[n(0)] String),
    #[n(7)]
    Untag(#[n(0)] String),
    /// Key of a field of the desk's own, and its value as text; empty takes it away.
    #[n(8)]
    Custom(#[n(0)] String, #[n(1)] String),
    /// A public answer, with placeholders.
    #[n(9)]
    Reply(#[n(0)] String),
    /// An internal note, with placeholders.
    #[n(10)]
    Note(#[n(0)] String),
    /// A link to the ticket of this number.
    #[n(11)]
    Link(#[n(0)] Relation, #[n(1)] String),
    /// Whoever uses it follows the ticket; or this person does.
    #[n(12)]
    Watch(#[n(0)] Option<PersonId>),
    /// The steps of a checklist are added.
    #[n(13)]
    Checklist(#[n(0)] crate::id::ChecklistId),
}

/// The words for actions, for a form that offers them: the word, what it does, and what its value is.
pub const KINDS: [(&str, &str, &str); 14] = [
    ("status", "Set the status", "resolved, waiting, …"),
    ("priority", "Set the priority", "P1 to P4"),
    ("assignee", "Assign", "me, none, or a mail address"),
    ("queue", "Move to a queue", "a queue, or none"),
    ("team", "Give to a team", "a team"),
    ("category", "Set the category", "a category, or none"),
    ("tag", "Add a tag", "a tag"),
    ("untag", "Take a tag off", "a tag"),
    ("custom", "Set a field", "key = value"),
    ("reply", "Reply", "Markdown, with {{placeholders}}"),
    ("note", "Write an internal note", "Markdown, with {{placeholders}}"),
    ("link", "Link to a ticket", "relates_to INC-000001"),
    ("watch", "Follow it", "me, or a mail address"),
    ("checklist", "Add a checklist", "a checklist"),
];

impl Action {
    /// The word for it, one of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            Action::Status(_) => "status",
            Action::Priority(_) => "priority",
            Action::Assign(_) => "assignee",
            Action::Queue(_) => "queue",
            Action::Team(_) => "team",
            Action::Category(_) => "category",
            Action::Tag(_) => "tag",
            Action::Untag(_) => "untag",
            Action::Custom(..) => "custom",
            Action::Reply(_) => "reply",
            Action::Note(_) => "note",
            Action::Link(..) => "link",
            Action::Watch(_) => "watch",
            Action::Checklist(_) => "checklist",
        }
    }

    /// Its value as people write it.
    pub fn value(&self, tx: &Tx) -> Result<String> {
        let none = || "none".to_owned();
        let email = |id: &PersonId| -> Result<String> { Ok(tx.get::<identity::Person>(id)?.map_or_else(|| id.to_string(), |it| it.email)) };
        Ok(match self {
            Action::Status(it) | Action::Tag(it) | Action::Untag(it) | Action::Reply(it) | Action::Note(it) => it.clone(),
            Action::Priority(it) => it.map_or_else(none, |it| priority_label(it).to_owned()),
            Action::Assign(Whom::Me) | Action::Watch(None) => "me".to_owned(),
            Action::Assign(Whom::Nobody) => none(),
            Action::Assign(Whom::Person(id)) | Action::Watch(Some(id)) => email(id)?,
            Action::Queue(None) | Action::Category(None) => none(),
            Action::Queue(Some(id)) => tx.get::<Queue>(id)?.map_or_else(|| id.to_string(), |it| it.name),
            Action::Team(id) => tx.get::<Team>(id)?.map_or_else(|| id.to_string(), |it| it.name),
            Action::Category(Some(id)) => match tx.get::<queues::Category>(id)? {
                Some(it) => match it.parent.map(|id| tx.get::<queues::Category>(&id)).transpose()?.flatten() {
                    Some(parent) => format!("{} / {}", parent.name, it.name),
                    None => it.name,
                },
                None => id.to_string(),
            },
            Action::Custom(key, value) => format!("{key} = {value}"),
            Action::Link(relation, number) => format!("{} {number}", relation.name()),
            Action::Checklist(id) => tx.get::<crate::desk::checklists::Checklist>(id)?.map_or_else(|| id.to_string(), |it| it.name),
        })
    }

    /// Reads a word and a value. `place` is the action's place, for the refusal.
    pub fn read(tx: &Tx, actor: &Actor, place: usize, kind: &str, value: &str) -> Result<Action> {
        let field = format!("actions[{place}]");
        let text = value.trim();
        let is_none = text.is_empty() || text.eq_ignore_ascii_case("none");
        let unknown = |what: &str| {
            let shown: String = text.chars().take(80).collect();
            Refusal::field(
                field.as_str(),
                "unknown",
                say!("refused-no-such-value", what = Sentence::of_family("thing-", what), shown = shown),
            )
        };
        let required = |what: Sentence| Refusal::field(field.as_str(), "required", say!("refused-say-value", what = what));
        let person = |text: &str| identity::named(tx, &field, text).map(|it| it.id);
        Ok(match kind.trim() {
            "status" if is_none => return Err(required(say!("macro-needs-status")).into()),
            "status" => Action::Status(text.to_owned()),
            "priority" if is_none => Action::Priority(None),
            "priority" => Action::Priority(Some(priority_named(text).ok_or_else(|| unknown("priority"))?)),
            "assignee" if is_none => Action::Assign(Whom::Nobody),
            "assignee" if text.eq_ignore_ascii_case("me") => Action::Assign(Whom::Me),
            "assignee" => Action::Assign(Whom::Person(person(text)?)),
            "queue" if is_none => Action::Queue(None),
            "queue" => Action::Queue(Some(queues::queue_named(tx, text)?.ok_or_else(|| unknown("queue"))?.id)),
            "team" => Action::Team(queues::team_named(tx, text)?.ok_or_else(|| unknown("team"))?.id),
            "category" if is_none => Action::Category(None),
            "category" => Action::Category(Some(category(tx, text)?.ok_or_else(|| unknown("category"))?)),
            "tag" | "untag" => {
                let tag = normal_tags(vec![text.to_owned()])?.pop().ok_or_else(|| required(say!("macro-needs-tag")))?;
                if kind.trim() == "tag" { Action::Tag(tag) } else { Action::Untag(tag) }
            }
            "custom" => {
                let (key, value) = text.split_once('=').ok_or_else(|| required(Sentence::from("`key = value`")))?;
                let (key, value) = (key.trim().to_owned(), value.trim().to_owned());
                if let Some(own) = custom::by_key(tx, &key)? {
                    let read = custom::read(tx, actor, &own, &Value::String(value.clone()))?;
                    read.map_err(|why| {
                        Refusal::field(field.as_str(), "invalid", say!("refused-field-wrong", label = own.label, wrong = why))
                    })?;
                } else if !custom::shared(tx)?.fields.is_empty() || key.is_empty() {
                    return Err(unknown("field").into());
                }
                Action::Custom(key, value)
            }
            "reply" | "note" => {
                placeholders::check(tx, &field, value)?;
                if kind.trim() == "reply" { Action::Reply(value.to_owned()) } else { Action::Note(value.to_owned()) }
            }
            "link" => {
                let (relation, number) = text.split_once(char::is_whitespace).unwrap_or(("relates_to", text));
                let relation = Relation::named(relation).ok_or_else(|| unknown("relation"))?;
                if number.trim().is_empty() || number.len() > limits::TAG_CHARS_MAX {
                    return Err(required(say!("macro-needs-number")).into());
                }
                Action::Link(relation, number.trim().to_owned())
            }
            "watch" if is_none || text.eq_ignore_ascii_case("me") => Action::Watch(None),
            "watch" => Action::Watch(Some(person(text)?)),
            "checklist" => {
                let wanted = text.to_lowercase();
                let all = crate::desk::checklists::lists(tx)?;
                let found = all.into_iter().find(|it| it.name.to_lowercase() == wanted || it.id.to_string() == wanted);
                Action::Checklist(found.ok_or_else(|| unknown("checklist"))?.id)
            }
            _ => return Err(Refusal::field(field.as_str(), "unknown", say!("refused-no-macro-action", what = kind.trim())).into()),
        })
    }
}

/// A category by id, by name, or by both levels: `Hardware / Laptop`.
pub(in crate::desk) fn category(tx: &Tx, text: &str) -> Result<Option<CategoryId>> {
    if let Some((above, below)) = text.split_once('/') {
        let Some(parent) = queues::category_named(tx, above.trim(), None)? else { return Ok(None) };
        return Ok(queues::category_named(tx, below.trim(), Some(parent.id))?.map(|it| it.id));
    }
    if let Ok(id) = text.trim().parse::<CategoryId>() {
        return Ok(tx.has::<queues::Category>(&id)?.then_some(id));
    }
    Ok(queues::category_named(tx, text, None)?.map(|it| it.id))
}
