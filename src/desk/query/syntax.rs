//! A query as it was written: the syntax tree, and its printing. A printed query parses to an equal tree.
//! It knows places and spellings, but not what a name or a date means; that is `bind`'s.

use std::fmt::{self, Write};

use super::fields::FieldName;

/// Where something was written, in bytes from the start of the query. Places never make two trees different, so that
/// a query equals itself however it was spaced.
#[derive(Debug, Clone, Copy, Default)]
pub struct At {
    pub from: usize,
    pub to: usize,
}

impl PartialEq for At {
    fn eq(&self, _: &At) -> bool {
        true
    }
}

impl Eq for At {}

/// A whole query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Nothing was asked for: everything matches.
    pub root: Option<Node>,
    /// The length of the text, by which the word that is still being typed is known.
    pub length: At,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// At least two.
    And(Vec<Node>),
    /// At least two.
    Or(Vec<Node>),
    Not(Box<Node>),
    Test {
        field: FieldName,
        op: Op,
        values: Values,
        at: At,
    },
    /// A word or phrase alone.
    Text(Value),
}

/// How a field is compared. `:` is `Is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Is,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Op {
    pub fn as_str(self) -> &'static str {
        match self {
            Op::Is => ":",
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
        }
    }
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Values {
    One(Value),
    /// `(a, b)`: any of them.
    List(Vec<Value>),
    /// `a..b`, both ends included; an end may be left open, but not both.
    Range(Option<Value>, Option<Value>),
}

/// One value. What stands in quotes is never a keyword: `assignee:"me"` is somebody of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub text: String,
    pub quoted: bool,
    pub at: At,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |node| node.fmt(f))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Or(nodes) => separated(f, nodes, " OR ", |node| matches!(node, Node::Or(_))),
            Node::And(nodes) => separated(f, nodes, " ", |node| matches!(node, Node::Or(_) | Node::And(_))),
            Node::Not(node) if matches!(**node, Node::And(_) | Node::Or(_) | Node::Not(_)) => write!(f, "NOT ({node})"),
            Node::Not(node) => write!(f, "NOT {node}"),
            Node::Test { field, op, values, at: _ } => write!(f, "{field}{}{values}", op.as_str()),
            Node::Text(value) => value.fmt(f),
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, nodes: &[Node], by: &str, in_brackets: fn(&Node) -> bool) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(by)?;
        }
        if in_brackets(node) { write!(f, "({node})")? } else { write!(f, "{node}")? }
    }
    Ok(())
}

impl fmt::Display for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Values::One(value) => value.fmt(f),
            Values::List(values) => {
                f.write_char('(')?;
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    value.fmt(f)?;
                }
                f.write_char(')')
            }
            Values::Range(from, to) => {
                from.as_ref().map_or(Ok(()), |value| value.fmt(f))?;
                f.write_str("..")?;
                to.as_ref().map_or(Ok(()), |value| value.fmt(f))
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.quoted {
            return f.write_str(&self.text);
        }
        f.write_char('"')?;
        for letter in self.text.chars() {
            if matches!(letter, '"' | '\\') {
                f.write_char('\\')?;
            }
            f.write_char(letter)?;
        }
        f.write_char('"')
    }
}
