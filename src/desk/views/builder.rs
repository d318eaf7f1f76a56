//! A condition as rows and groups that are clicked together. It is made from the syntax tree of a query and written back to text: both are
//! the same thing, and whatever can be written can be shown.
//!
//! It knows no meaning: what a row says is judged when its text is.

use crate::{
    desk::query::{self, FieldName, Node, Op, Value, Values},
    error::Refusal,
};

/// How the parts of a group go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    All,
    Any,
    None,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::All, Mode::Any, Mode::None];

    pub fn name(self) -> &'static str {
        match self {
            Mode::All => "all",
            Mode::Any => "any",
            Mode::None => "none",
        }
    }

    pub fn named(text: &str) -> Option<Mode> {
        Mode::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// Rows and groups of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    pub mode: Mode,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Group(Group),
    Row(Row),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// A field of the query language, `custom.KEY`, or [`WORDS`].
    pub field: String,
    /// As the query language writes it: `:`, `!=`, `<` ...
    pub op: String,
    /// As it was typed: `open`, `(a, b)`, `1..3`.
    pub value: String,
}

/// The field of a row that looks for words.
pub const WORDS: &str = "words";

impl Group {
    /// The rows and groups of a query. Refuses a text that does not parse.
    pub fn of(text: &str) -> Result<Group, Refusal> {
        Ok(match query::parse(text)?.root {
            None => Group::default(),
            Some(node) => match part(&node) {
                Part::Group(it) => it,
                row => Group { mode: Mode::All, parts: vec![row] },
            },
        })
    }

    /// The query that it says. Rows without a value and groups without rows say nothing.
    pub fn text(&self) -> String {
        let parts: Vec<String> = self.parts.iter().filter_map(written).collect();
        let joined = |by: &str| if parts.len() == 1 { parts[0].clone() } else { parts.join(by) };
        match self.mode {
            _ if parts.is_empty() => String::new(),
            Mode::All => joined(" "),
            Mode::Any => joined(" OR "),
            Mode::None => format!("NOT ({})", parts.join(" OR ")),
        }
    }
}

/// A part as text, so that it can stand beside others.
fn written(it: &Part) -> Option<String> {
    match it {
        Part::Row(row) => row_text(row),
        Part::Group(group) => {
            let text = group.text();
            let stands_alone = group.mode == Mode::None || group.parts.iter().filter_map(written).count() == 1;
            (!text.is_empty()).then(|| if stands_alone { text } else { format!("({text})") })
        }
    }
}

fn row_text(row: &Row) -> Option<String> {
    let value = row.value.trim();
    if value.is_empty() {
        return None;
    }
    if row.field == WORDS {
        let parsed = query::parse(value).ok().and_then(|it| it.root);
        let plain = matches!(parsed, Some(Node::Text(_)));
        return Some(if plain { value.to_owned() } else { quoted(value) });
    }
    let as_typed = format!("{}{}{value}", row.field, row.op);
    // What is no value of the language as it stands is meant literally.
    let whole = query::parse(&as_typed).ok().and_then(|it| it.root);
    let is_one = matches!(&whole, Some(Node::Test { at, .. }) if at.to == as_typed.len());
    Some(if is_one { as_typed } else { format!("{}{}{}", row.field, row.op, quoted(value)) })
}

fn quoted(text: &str) -> String {
    let plain = text.trim_matches('"');
    Value { text: plain.to_owned(), quoted: true, at: query::At::default() }.to_string()
}

fn part(node: &Node) -> Part {
    let all = |mode, nodes: &[Node]| Part::Group(Group { mode, parts: nodes.iter().map(part).collect() });
    match node {
        Node::And(nodes) => all(Mode::All, nodes),
        Node::Or(nodes) => all(Mode::Any, nodes),
        Node::Not(inner) => match &**inner {
            Node::Or(nodes) => all(Mode::None, nodes),
            Node::Test { field, op: Op::Is | Op::Equal, values, .. } => Part::Row(row(field, Op::NotEqual, values)),
            other => Part::Group(Group { mode: Mode::None, parts: vec![part(other)] }),
        },
        Node::Test { field, op, values, .. } => Part::Row(row(field, *op, values)),
        Node::Text(value) => Part::Row(Row { field: WORDS.to_owned(), op: Op::Is.as_str().to_owned(), value: value.to_string() }),
    }
}

fn row(field: &FieldName, op: Op, values: &Values) -> Row {
    // `=` and `:` say the same; the page offers one of them.
    let op = if op == Op::Equal { Op::Is } else { op };
    Row { field: field.to_string(), op: op.as_str().to_owned(), value: values.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn queries_become_rows_and_rows_queries() {
        for (text, expected) in [
            ("", ""),
            ("status:open", "status:open"),
            ("status:open assignee:me", "status:open assignee:me"),
            ("status:open (priority<=2 OR tag:vip)", "status:open (priority<=2 OR tag:vip)"),
            ("a:b OR c:d", "There is no field"),
            ("-tag:x", "tag!=x"),
            ("NOT (tag:x OR tag:y)", "NOT (tag:x OR tag:y)"),
            ("NOT (tag:x tag:y)", "NOT ((tag:x tag:y))"),
            ("priority=1", "priority:1"),
            ("queue:(\"Service desk\", Network) created:2026-01-01..", "queue:(\"Service desk\", Network) created:2026-01-01.."),
            ("\"paper jam\" printer", "\"paper jam\" printer"),
        ] {
            match Group::of(text) {
                Ok(group) => assert_eq!(group.text(), expected, "{text}"),
                Err(it) => assert!(it.detail.starts_with(expected), "{text}: {}", it.detail),
            }
        }
    }

    #[test]
    fn what_is_typed_into_a_row_is_meant_as_it_stands() {
        for (field, op, value, expected) in [
            ("queue", ":", "Service desk", "queue:\"Service desk\""),
            ("queue", ":", "\"Service desk\"", "queue:\"Service desk\""),
            ("tag", ":", "a, b", "tag:\"a, b\""),
            ("tag", ":", "(a, b)", "tag:(a, b)"),
            ("title", ":", "x) OR status:closed", "title:\"x) OR status:closed\""),
            ("title", ":", "it \"is\"", "title:\"it \\\"is\""),
            ("priority", "<=", "2", "priority<=2"),
            (WORDS, ":", "paper jam", "\"paper jam\""),
            (WORDS, ":", "status:open", "\"status:open\""),
            ("tag", ":", "  ", ""),
        ] {
            let row = Row { field: field.into(), op: op.into(), value: value.into() };
            let group = Group { mode: Mode::All, parts: vec![Part::Row(row)] };
            assert_eq!(group.text(), expected, "{field}{op}{value}");
        }
    }

    fn rows() -> impl Strategy<Value = Part> {
        let ops = prop::sample::select(vec![":", "!=", "<", ">="]);
        let fields = prop::sample::select(vec!["tag", "priority", "custom.site", WORDS]);
        (fields, ops, "[a-z0-9][a-z0-9 ()\":,.]{0,7}")
            .prop_map(|(field, op, value)| Part::Row(Row { field: field.into(), op: op.into(), value }))
    }

    fn groups() -> impl Strategy<Value = Group> {
        let mode = || prop::sample::select(Mode::ALL.to_vec());
        let leaf = (mode(), prop::collection::vec(rows(), 0..3)).prop_map(|(mode, parts)| Group { mode, parts });
        leaf.prop_recursive(3, 12, 3, move |inner| {
            let part = prop_oneof![rows(), inner.prop_map(Part::Group)];
            (mode(), prop::collection::vec(part, 1..3)).prop_map(|(mode, parts)| Group { mode, parts })
        })
    }

    proptest! {
        #[test]
        fn what_is_clicked_together_is_a_query_that_shows_as_itself(group in groups()) {
            let text = group.text();
            let parsed = query::parse(&text);
            prop_assert!(parsed.is_ok(), "{text}: {parsed:?}");
            let again = Group::of(&text).unwrap().text();
            prop_assert_eq!(query::parse(&again).unwrap(), query::parse(&Group::of(&again).unwrap().text()).unwrap(), "{}", text);
        }
    }
}
