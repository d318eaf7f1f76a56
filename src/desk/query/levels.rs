//! Priorities, impacts and urgencies: small numbers with names. Comparing goes by number, also where names are written:
//! `priority<=2` and `priority<=high` are P1 and P2.

use std::collections::BTreeSet;

use crate::{
    error::Refusal,
    language::{Sentence, say},
};

use super::{
    parse::refusal,
    syntax::{Op, Value, Values},
};

/// A scale: its names, and how far it goes.
pub(super) struct Scale {
    pub names: &'static [(&'static str, u8)],
    pub last: u8,
    /// Whether `none` and `any` make sense.
    pub optional: bool,
}

pub(super) const PRIORITY: Scale =
    Scale { names: &[("critical", 1), ("high", 2), ("medium", 3), ("normal", 3), ("low", 4)], last: 4, optional: false };

pub(super) const LEVEL: Scale =
    Scale { names: &[("critical", 1), ("high", 2), ("medium", 3), ("normal", 3), ("low", 4)], last: 4, optional: true };

enum Level {
    Number(u8),
    Any,
}

impl Scale {
    /// The levels that a comparison lets through.
    pub(super) fn levels(&self, op: Op, values: &Values) -> Result<BTreeSet<u8>, Refusal> {
        match values {
            Values::One(value) => self.compared(op, value),
            Values::List(values) => {
                let mut levels = BTreeSet::new();
                for value in values {
                    levels.append(&mut self.compared(Op::Is, value)?);
                }
                Ok(levels)
            }
            Values::Range(from, to) => {
                let from = from.as_ref().map_or(Ok(1), |value| self.number(value))?;
                let to = to.as_ref().map_or(Ok(self.last), |value| self.number(value))?;
                Ok((from..=to).collect())
            }
        }
    }

    fn compared(&self, op: Op, value: &Value) -> Result<BTreeSet<u8>, Refusal> {
        if matches!(op, Op::Is | Op::Equal | Op::NotEqual) {
            return Ok(match self.level(value)? {
                Level::Any => (1..=self.last).collect(),
                Level::Number(it) => BTreeSet::from([it]),
            });
        }
        let bound = self.number(value)?;
        Ok((1..=self.last)
            .filter(|level| match op {
                Op::Less => *level < bound,
                Op::LessOrEqual => *level <= bound,
                Op::Greater => *level > bound,
                Op::GreaterOrEqual => *level >= bound,
                Op::Is | Op::Equal | Op::NotEqual => false,
            })
            .collect())
    }

    fn number(&self, value: &Value) -> Result<u8, Refusal> {
        match self.level(value)? {
            Level::Number(it) if it > 0 => Ok(it),
            _ => Err(refusal(value.at.from, say!("query-by-number", text = value.text, last = self.last))),
        }
    }

    fn is_none(&self, text: &str) -> Sentence {
        if self.optional { say!("query-no-level", text = text) } else { say!("query-no-priority", text = text) }
    }

    fn level(&self, value: &Value) -> Result<Level, Refusal> {
        let text = value.text.to_lowercase();
        match text.as_str() {
            "none" if self.optional && !value.quoted => return Ok(Level::Number(0)),
            "any" if self.optional && !value.quoted => return Ok(Level::Any),
            _ => {}
        }
        if let Some((_, level)) = self.names.iter().find(|(name, _)| *name == text) {
            return Ok(Level::Number(*level));
        }
        let digits = text.strip_prefix('p').unwrap_or(&text);
        match digits.parse() {
            Ok(level) if (1..=self.last).contains(&level) => Ok(Level::Number(level)),
            _ => Err(refusal(value.at.from, self.is_none(&value.text))),
        }
    }
}
