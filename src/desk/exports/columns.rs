//! What a ticket is as a row: its columns by name, and what stands in each. Files for spreadsheets and for analysis are made of the same
//! rows. Invariant: a row holds nothing that its reader could not see on the ticket itself.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde_json::Value;

use crate::{
    desk::{
        actor::Actor,
        custom::{self, FieldType},
        settings::Settings,
        tickets::{Cast, Kind, Ticket, access, lifecycle::Lifecycle, number, priority_label},
    },
    error::{Refusal, Result},
    language::{self, Language, say},
    limits,
    store::Tx,
    time::Instant,
};

/// A column of a ticket's row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Known(Known),
    /// A field of the desk's own, by its key.
    Own(String),
}

macro_rules! known {
    ($($name:ident = $text:literal, $phrase:literal, $sort:ident;)*) => {
        /// A column that every desk has.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Known { $($name),* }

        impl Known {
            /// In the order in which they are offered.
            pub const ALL: &'static [Known] = &[$(Known::$name),*];

            /// The name that programs know it by: that of the ticket's member in the API.
            pub fn name(self) -> &'static str {
                match self { $(Known::$name => $text),* }
            }

            /// The phrase that people know it by.
            pub fn phrase(self) -> &'static str {
                match self { $(Known::$name => $phrase),* }
            }

            /// What its cells are.
            pub fn sort(self) -> CellSort {
                match self { $(Known::$name => CellSort::$sort),* }
            }
        }
    };
}

known! {
    Number = "number", "export-number", Text;
    Title = "title", "new-ticket-title", Text;
    Status = "status", "ticket-status", Text;
    Priority = "priority", "word-priority", Text;
    Queue = "queue", "word-queue", Text;
    Assignee = "assignee", "word-assignee", Text;
    Requester = "requester", "ticket-requester", Text;
    Organization = "organization", "time-by-organization", Text;
    Created = "createdAt", "export-created", Time;
    Updated = "updatedAt", "export-updated", Time;
    Resolved = "resolvedAt", "export-resolved", Time;
    Due = "dueAt", "export-due", Time;
    Tags = "tags", "word-tags", Text;
    Kind = "kind", "export-kind", Text;
    Category = "category", "export-category", Text;
    Channel = "channel", "export-channel", Text;
    RequesterEmail = "requesterEmail", "export-requester-email", Text;
    Closed = "closedAt", "export-closed", Time;
    StatusCategory = "statusCategory", "export-status-category", Text;
    Impact = "impact", "export-impact", Whole;
    Urgency = "urgency", "export-urgency", Whole;
    Comments = "comments", "export-comments", Whole;
    Minutes = "minutesSpent", "export-minutes", Whole;
    Id = "id", "export-id", Text;
    Description = "description", "export-description", Text;
}

/// The columns of whoever asks for none in particular.
pub const USUAL: &[Known] = &[
    Known::Number,
    Known::Title,
    Known::Status,
    Known::Priority,
    Known::Queue,
    Known::Assignee,
    Known::Requester,
    Known::Organization,
    Known::Created,
    Known::Updated,
    Known::Resolved,
    Known::Due,
    Known::Tags,
];

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellSort {
    Text,
    Whole,
    Number,
    Time,
    Flag,
}

/// What stands in one column of one row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Whole(i64),
    Number(f64),
    Time(Instant),
    Flag(bool),
}

impl Cell {
    fn text(it: Option<impl Into<String>>) -> Cell {
        it.map_or(Cell::Empty, |it| Cell::Text(it.into()))
    }

    fn time(it: Option<Instant>) -> Cell {
        it.map_or(Cell::Empty, Cell::Time)
    }
}

/// The prefix of the desk's own fields, as in the query language.
const OWN: &str = "custom.";

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Column::Known(it) => f.write_str(it.name()),
            Column::Own(key) => write!(f, "{OWN}{key}"),
        }
    }
}

impl Column {
    /// Reads the names of columns; the usual ones if there are none. Refuses, under `columns`, what this desk does not have.
    pub fn read<'a>(tx: &Tx, names: impl IntoIterator<Item = &'a str>) -> Result<Vec<Column>> {
        let fields = custom::shared(tx)?;
        let mut columns: Vec<Column> = Vec::new();
        for name in names.into_iter().map(str::trim).filter(|it| !it.is_empty()) {
            let column = match name.strip_prefix(OWN) {
                Some(key) => fields.fields.iter().find(|it| it.key == key).map(|it| Column::Own(it.key.clone())),
                None => Known::ALL.iter().find(|it| it.name().eq_ignore_ascii_case(name)).map(|it| Column::Known(*it)),
            };
            let unknown = || Refusal::field("columns", "unknown", say!("refused-export-column", name = name));
            let column = column.ok_or_else(unknown)?;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        if columns.len() > limits::LIST_FILE_COLUMNS_MAX {
            let most = limits::LIST_FILE_COLUMNS_MAX;
            return Err(Refusal::field("columns", "too_many", say!("refused-export-columns", most = most)).into());
        }
        if columns.is_empty() {
            columns.extend(USUAL.iter().map(|it| Column::Known(*it)));
        }
        Ok(columns)
    }
}

/// What makes rows of tickets for one reader. It lives as long as one file, and is asked again with each handful of tickets, so that it is
/// never long out of date.
pub struct Rows {
    columns: Vec<Column>,
    /// Whose words are used; without, those that programs know.
    language: Option<Language>,
    fields: Arc<custom::Fields>,
    settings: Arc<Settings>,
    lifecycles: BTreeMap<Kind, Arc<Lifecycle>>,
}

impl Rows {
    pub fn of(tx: &Tx, columns: Vec<Column>, language: Option<Language>) -> Result<Rows> {
        let mut lifecycles = BTreeMap::new();
        for kind in Kind::ALL {
            lifecycles.insert(kind, Lifecycle::of(tx, kind)?);
        }
        Ok(Rows { columns, language, fields: custom::shared(tx)?, settings: Settings::of(tx)?, lifecycles })
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// What stands above each column.
    pub fn headings(&self) -> Vec<String> {
        let heading = |it: &Column| match (it, self.language) {
            (Column::Known(known), Some(language)) => language::find(language, known.phrase()).unwrap_or(known.name()).to_owned(),
            (Column::Own(key), Some(_)) => {
                self.fields.fields.iter().find(|it| it.key == *key).map_or_else(|| key.clone(), |it| it.label.clone())
            }
            (it, None) => it.to_string(),
        };
        self.columns.iter().map(heading).collect()
    }

    /// What the cells of each column are.
    pub fn sorts(&self) -> Vec<CellSort> {
        let sort = |it: &Column| match it {
            Column::Known(it) => it.sort(),
            Column::Own(key) => match self.fields.fields.iter().find(|it| it.key == *key).map(|it| it.kind) {
                Some(FieldType::Number) => CellSort::Number,
                Some(FieldType::YesNo) => CellSort::Flag,
                _ => CellSort::Text,
            },
        };
        self.columns.iter().map(sort).collect()
    }

    /// A handful of tickets as rows, for somebody who may see them.
    pub fn rows(&self, tx: &Tx, actor: &Actor, tickets: &[Ticket]) -> Result<Vec<Vec<Cell>>> {
        let cast = Cast::of(tx, tickets)?;
        let mut rows = Vec::with_capacity(tickets.len());
        for ticket in tickets {
            let own = custom::visible(&self.fields, access::works_on(actor, ticket), ticket);
            let mut row = Vec::with_capacity(self.columns.len());
            for column in &self.columns {
                row.push(match column {
                    Column::Known(it) => self.known(actor, &cast, ticket, *it),
                    Column::Own(key) => self.own(tx, key, own.get(key))?,
                });
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn known(&self, actor: &Actor, cast: &Cast, it: &Ticket, column: Known) -> Cell {
        let reads_notes = access::reads_notes(actor, it);
        match column {
            Known::Number => Cell::Text(number::text(&self.settings, it.kind, it.number)),
            Known::Title => Cell::Text(it.title.clone()),
            Known::Status => Cell::Text(self.status(it)),
            Known::Priority => Cell::Text(priority_label(it.priority).to_owned()),
            Known::Queue => Cell::text(it.queue.and_then(|it| cast.queue(it)).map(|it| it.name.as_str())),
            Known::Assignee => Cell::text(it.assignee.and_then(|it| cast.person(it)).map(|it| it.name.as_str())),
            Known::Requester => Cell::text(cast.person(it.requester).map(|it| it.name.as_str())),
            Known::RequesterEmail => Cell::text(cast.person(it.requester).map(|it| it.email.as_str()).filter(|it| !it.is_empty())),
            Known::Organization => Cell::text(it.organization.and_then(|it| cast.organization(it)).map(|it| it.name.as_str())),
            Known::Created => Cell::Time(it.created_at),
            Known::Updated => Cell::Time(it.updated_for(reads_notes)),
            Known::Resolved => Cell::time(it.resolved_at),
            Known::Closed => Cell::time(it.closed_at),
            Known::Due => Cell::time(it.next_due()),
            Known::Tags => Cell::text(Some(it.tags.join(", ")).filter(|it| !it.is_empty())),
            Known::Kind => self.word("kind-", it.kind.name()),
            Known::Category => Cell::text(category(cast, it)),
            Known::Channel => self.word("channel-", it.channel.name()),
            Known::StatusCategory => Cell::Text(it.category.name().to_owned()),
            Known::Impact => Cell::Whole(i64::from(it.impact)),
            Known::Urgency => Cell::Whole(i64::from(it.urgency)),
            Known::Comments if !reads_notes => Cell::Empty,
            Known::Comments => Cell::Whole(i64::from(it.comment_count)),
            Known::Minutes if !access::works_on(actor, it) => Cell::Empty,
            Known::Minutes => Cell::Whole(i64::from(it.minutes_spent)),
            Known::Id => Cell::Text(it.id.to_string()),
            Known::Description => Cell::Text(it.description.clone()),
        }
    }

    /// A state as its readers know it: by its name, in their language where it is one that every desk begins with.
    fn status(&self, it: &Ticket) -> String {
        let Some(language) = self.language else { return it.state.clone() };
        let Some(state) = self.lifecycles.get(&it.kind).and_then(|lifecycle| lifecycle.state(&it.state)) else {
            return it.state.replace('_', " ");
        };
        language::built_in(language, "state-", &it.state, &state.label).to_owned()
    }

    /// A word of ours, in the reader's language.
    fn word(&self, family: &str, key: &str) -> Cell {
        Cell::Text(self.language.and_then(|it| language::named(it, family, key)).unwrap_or(key).to_owned())
    }

    fn own(&self, tx: &Tx, key: &str, value: Option<&Value>) -> Result<Cell> {
        let Some(field) = self.fields.fields.iter().find(|it| it.key == key) else { return Ok(Cell::Empty) };
        Ok(match (field.kind, value) {
            (_, None | Some(Value::Null)) => Cell::Empty,
            (FieldType::Number, Some(Value::Number(it))) => it.as_f64().map_or(Cell::Empty, Cell::Number),
            (FieldType::YesNo, Some(Value::Bool(it))) => Cell::Flag(*it),
            (FieldType::Number | FieldType::YesNo, Some(_)) => Cell::Empty,
            (_, Some(it)) => Cell::Text(custom::in_words(tx, field, it)?),
        })
    }
}

/// `Hardware / Laptop`.
fn category(cast: &Cast, it: &Ticket) -> Option<String> {
    let named: Vec<&str> =
        [it.topic, it.subtopic].into_iter().flatten().filter_map(|it| cast.category(it)).map(|it| it.name.as_str()).collect();
    (!named.is_empty()).then(|| named.join(" / "))
}
