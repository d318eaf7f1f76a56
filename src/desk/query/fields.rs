//! The fields of the query language, in one table: what they are called, what values they take, and a sentence for the
//! documentation. Nothing else in the room knows a field's spelling.

use std::fmt;

/// A field that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Status,
    Kind,
    Priority,
    Impact,
    Urgency,
    Queue,
    Team,
    Assignee,
    Requester,
    Organization,
    Department,
    Tag,
    Category,
    Channel,
    Created,
    Updated,
    Resolved,
    Closed,
    Scheduled,
    Due,
    Response,
    Breach,
    Has,
    Is,
    Number,
    Title,
    Text,
    Author,
    Asset,
    Item,
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A state or a category of states.
    Status,
    /// A kind of ticket.
    Kind,
    /// P1 to P4, or their names.
    Priority,
    /// High, medium, low.
    Level,
    /// A name that the desk knows: a queue, a person, a team.
    Name,
    /// A word that is compared without regard to case.
    Keyword,
    /// A channel.
    Channel,
    /// A date, an instant, `today`, `-7d`.
    Instant,
    /// A state of the service-level targets.
    Breach,
    /// One of a fixed list of words.
    Word,
    /// `INC-000123` or `123`.
    Number,
    /// Words to search for.
    Text,
}

/// One line of the table.
#[derive(Debug)]
pub struct FieldRow {
    pub field: Field,
    pub name: &'static str,
    /// Other spellings that are taken on input (SCP-23).
    pub aliases: &'static [&'static str],
    pub values: ValueKind,
    /// Whether a ticket may lack it, so that `none` and `any` make sense.
    pub optional: bool,
    /// A sentence for the documentation.
    pub doc: &'static str,
}

const fn row(
    field: Field,
    name: &'static str,
    aliases: &'static [&'static str],
    values: ValueKind,
    optional: bool,
    doc: &'static str,
) -> FieldRow {
    FieldRow { field, name, aliases, values, optional, doc }
}

/// Every field, in the order of the documentation.
pub const FIELDS: &[FieldRow] = &[
    row(
        Field::Status,
        "status",
        &["state"],
        ValueKind::Status,
        false,
        "A state, or a category of states; `open` is everything neither resolved nor closed.",
    ),
    row(Field::Kind, "kind", &["type"], ValueKind::Kind, false, "Incident, request, problem, change or task."),
    row(Field::Priority, "priority", &["prio"], ValueKind::Priority, false, "1 to 4, P1 to P4, or critical, high, medium, low."),
    row(Field::Impact, "impact", &[], ValueKind::Level, true, "1 to 4, or critical, high, medium, low."),
    row(Field::Urgency, "urgency", &[], ValueKind::Level, true, "1 to 4, or critical, high, medium, low."),
    row(Field::Queue, "queue", &[], ValueKind::Name, true, "The queue it waits in."),
    row(Field::Team, "team", &["group"], ValueKind::Name, true, "The team that works its queue."),
    row(Field::Assignee, "assignee", &["agent", "owner"], ValueKind::Name, true, "Who works on it; `me`, `none`."),
    row(Field::Requester, "requester", &["customer", "from"], ValueKind::Name, false, "Who asked for it."),
    row(Field::Organization, "organization", &["company", "org"], ValueKind::Name, true, "The requester's organization."),
    row(Field::Department, "department", &[], ValueKind::Name, true, "The requester's department."),
    row(Field::Tag, "tag", &["tags"], ValueKind::Keyword, true, "A tag."),
    row(Field::Category, "category", &["subcategory"], ValueKind::Name, true, "Its category, or one above it."),
    row(Field::Channel, "channel", &["source", "via"], ValueKind::Channel, false, "How it came in."),
    row(Field::Created, "created", &["createdAt"], ValueKind::Instant, false, "When it was lodged."),
    row(Field::Updated, "updated", &["updatedAt"], ValueKind::Instant, false, "When it last changed."),
    row(Field::Resolved, "resolved", &["resolvedAt"], ValueKind::Instant, true, "When it was resolved."),
    row(Field::Closed, "closed", &["closedAt"], ValueKind::Instant, true, "When it was closed."),
    row(Field::Scheduled, "scheduled", &["scheduledAt"], ValueKind::Instant, true, "When work is planned."),
    row(Field::Due, "due", &["dueAt"], ValueKind::Instant, true, "When its next target is due."),
    row(Field::Response, "response", &["responseDueAt"], ValueKind::Instant, true, "When its first response is due."),
    row(Field::Breach, "breach", &["sla"], ValueKind::Breach, true, "Which targets were missed: response, resolution, any, none."),
    row(Field::Has, "has", &[], ValueKind::Word, false, "attachment, note, link, or a field that may be empty."),
    row(
        Field::Is,
        "is",
        &[],
        ValueKind::Word,
        false,
        "open, resolved, closed, new, active, waiting, overdue, breached, paused, snoozed, on-us, on-them, assigned, unassigned, mine, watched.",
    ),
    row(Field::Number, "number", &["id"], ValueKind::Number, false, "Its number, with or without prefix and zeroes."),
    row(Field::Title, "title", &["subject"], ValueKind::Text, false, "Words of its title."),
    row(Field::Text, "text", &["body", "content", "message"], ValueKind::Text, false, "Words of its description, comments and notes."),
    row(Field::Author, "author", &[], ValueKind::Name, false, "Who wrote something on it."),
    row(Field::Asset, "asset", &["ci"], ValueKind::Name, true, "An asset it is about."),
    row(Field::Item, "item", &["serviceItem"], ValueKind::Name, true, "The service item it asks for."),
];

impl Field {
    /// The field's line in the table.
    pub fn row(self) -> &'static FieldRow {
        // The table is in the order of the enum; a test holds it to that.
        &FIELDS[self as usize]
    }

    /// The field of this name or alias, without regard to case.
    pub fn named(name: &str) -> Option<Field> {
        FIELDS
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(name) || row.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name)))
            .map(|row| row.field)
    }
}

/// A field as a query names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldName {
    Known(Field),
    /// `custom.KEY`: a field of the desk's own.
    Custom(String),
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldName::Known(field) => f.write_str(field.row().name),
            FieldName::Custom(key) => write!(f, "custom.{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum_and_no_spelling_is_taken_twice() {
        let mut spellings = BTreeSet::new();
        for (at, row) in FIELDS.iter().enumerate() {
            assert_eq!(row.field as usize, at);
            for spelling in row.aliases.iter().chain([&row.name]) {
                assert!(spellings.insert(spelling.to_lowercase()), "{spelling} is taken twice");
                assert_eq!(Field::named(spelling), Some(row.field));
            }
        }
    }
}
