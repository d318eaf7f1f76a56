//! The order of a list, and the place in it from which a list goes on. A cursor names the last row's sort key and id, so rows that
//! come or go meanwhile neither repeat nor hide others. It is opaque to callers, versioned, and good for the order it was made for.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::{error::Refusal, language::say, text::nearest::nearest};

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortField {
    Created,
    Updated,
    Priority,
    Due,
    Number,
    Relevance,
    /// By the last change that those know of who do not read notes. No text names it; [`Sort::without_notes`] puts it in.
    UpdatedPublicly,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    Ascending,
    Descending,
}

/// An order. Equal rows are ordered by id, in the same direction; rows without the value come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub field: SortField,
    pub direction: Direction,
}

const FIELDS: &[(&str, SortField, Direction)] = &[
    ("createdAt", SortField::Created, Direction::Descending),
    ("created", SortField::Created, Direction::Descending),
    ("updatedAt", SortField::Updated, Direction::Descending),
    ("updated", SortField::Updated, Direction::Descending),
    ("priority", SortField::Priority, Direction::Ascending),
    ("sla.dueAt", SortField::Due, Direction::Ascending),
    ("dueAt", SortField::Due, Direction::Ascending),
    ("due", SortField::Due, Direction::Ascending),
    ("number", SortField::Number, Direction::Descending),
    ("relevance", SortField::Relevance, Direction::Descending),
];

impl Sort {
    /// The newest first.
    pub const NEWEST: Sort = Sort { field: SortField::Created, direction: Direction::Descending };
    /// What fits best first.
    pub const RELEVANCE: Sort = Sort { field: SortField::Relevance, direction: Direction::Descending };

    /// Reads `field:asc` or `field:desc`; without a direction, the field's own (newest, most pressing, soonest first).
    pub fn parse(text: &str) -> Result<Sort, Refusal> {
        let (name, direction) = text.split_once(':').map_or((text, None), |(name, direction)| (name, Some(direction)));
        let Some(&(_, field, own)) = FIELDS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name)) else {
            let advice = match nearest(name, FIELDS.iter().map(|(known, ..)| *known)) {
                Some(known) => say!("query-did-you-mean", name = known),
                None => say!("query-orders"),
            };
            return Err(Refusal::field("sort", "unknown", say!("refused-lists-cannot-ordered", name = name, advice = advice)));
        };
        let direction = match direction {
            None => own,
            Some("asc") => Direction::Ascending,
            Some("desc") => Direction::Descending,
            Some(other) => {
                return Err(Refusal::field("sort", "invalid", say!("refused-no-direction-write-asc", other = other, name = name)));
            }
        };
        Ok(Sort { field, direction })
    }

    /// The same order for those who do not read notes: a note must not move a ticket in their lists.
    pub fn without_notes(self) -> Sort {
        match self.field {
            SortField::Updated => Sort { field: SortField::UpdatedPublicly, ..self },
            _ => self,
        }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = if self.field == SortField::UpdatedPublicly { SortField::Updated } else { self.field };
        let name = FIELDS.iter().find(|(_, field, _)| *field == asked).map_or("", |(name, ..)| name);
        write!(f, "{name}:{}", if self.direction == Direction::Ascending { "asc" } else { "desc" })
    }
}

/// The place of a row in an order: the value it is ordered by, made a number that grows with it, then its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey {
    /// The value; none comes after every value, whichever the direction.
    pub value: Option<u64>,
    pub id: Uuid,
}

impl SortKey {
    /// A signed number as one that orders alike.
    pub fn from_signed(value: i64) -> u64 {
        value.cast_unsigned() ^ (1 << 63)
    }

    /// A score as a number that orders alike. Scores are never negative.
    pub fn from_score(score: f32) -> u64 {
        u64::from(score.max(0.0).to_bits())
    }
}

impl Sort {
    /// Which of two rows comes first.
    pub fn compare(self, a: &SortKey, b: &SortKey) -> std::cmp::Ordering {
        let missing = a.value.is_none().cmp(&b.value.is_none());
        let order = (a.value, a.id).cmp(&(b.value, b.id));
        missing.then(if self.direction == Direction::Ascending { order } else { order.reverse() })
    }

    /// A cursor for what follows this row.
    pub fn cursor(self, key: &SortKey) -> String {
        let mut bytes = Vec::with_capacity(CURSOR_BYTES);
        bytes.extend([CURSOR_VERSION, self.field as u8, self.direction as u8, u8::from(key.value.is_some())]);
        bytes.extend(key.value.unwrap_or(0).to_be_bytes());
        bytes.extend(key.id.as_bytes());
        let check = blake3::hash(&bytes);
        bytes.extend(&check.as_bytes()[..CHECK_BYTES]);
        URL_SAFE_NO_PAD.encode(&bytes)
    }

    /// The row that a cursor names. A cursor of another order, version or source is refused.
    pub fn after(self, cursor: &str) -> Result<SortKey, Refusal> {
        let wrong = || Refusal::field("cursor", "invalid", say!("refused-no-cursor-list-start"));
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|bytes| bytes.len() == CURSOR_BYTES).ok_or_else(wrong)?;
        let (body, check) = bytes.split_at(CURSOR_BYTES - CHECK_BYTES);
        if body[0] != CURSOR_VERSION || &blake3::hash(body).as_bytes()[..CHECK_BYTES] != check || body[3] > 1 {
            return Err(wrong());
        }
        if body[1] != self.field as u8 || body[2] != self.direction as u8 {
            return Err(Refusal::field("cursor", "invalid", say!("refused-cursor-belongs-another-sort")));
        }
        let value = u64::from_be_bytes(body[4..12].try_into().map_err(|_| wrong())?);
        let id = Uuid::from_slice(&body[12..28]).map_err(|_| wrong())?;
        Ok(SortKey { value: (body[3] == 1).then_some(value), id })
    }
}

const CURSOR_VERSION: u8 = 1;
/// Enough to notice a cursor that was cut or mistyped; it guards no secret.
const CHECK_BYTES: usize = 4;
const CURSOR_BYTES: usize = 28 + CHECK_BYTES;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_orders() {
        for (text, expected) in [
            ("createdAt", Ok("createdAt:desc")),
            ("createdAt:asc", Ok("createdAt:asc")),
            ("priority", Ok("priority:asc")),
            ("sla.dueAt:desc", Ok("sla.dueAt:desc")),
            ("due", Ok("sla.dueAt:asc")),
            ("relevance", Ok("relevance:desc")),
            ("prioriti", Err("did you mean `priority`")),
            ("weather", Err("take createdAt")),
            ("number:up", Err("no direction")),
            ("", Err("take createdAt")),
        ] {
            match (Sort::parse(text), expected) {
                (Ok(sort), Ok(expected)) => assert_eq!(sort.to_string(), expected),
                (Err(refusal), Err(expected)) => assert!(refusal.detail.contains(expected), "{}", refusal.detail),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }

    #[test]
    fn rows_without_the_value_come_last_in_both_directions() {
        let key = |value| SortKey { value, id: Uuid::nil() };
        for direction in [Direction::Ascending, Direction::Descending] {
            let sort = Sort { field: SortField::Due, direction };
            assert!(sort.compare(&key(Some(5)), &key(None)).is_lt());
            assert!(sort.compare(&key(None), &key(Some(5))).is_gt());
        }
        assert!(SortKey::from_signed(-1) < SortKey::from_signed(0) && SortKey::from_score(0.1) < SortKey::from_score(7.0));
    }

    proptest! {
        #[test]
        fn a_cursor_is_read_back_and_nothing_else_is(value: Option<u64>, id: u128, at in 0usize..43, letter in "[A-Za-z0-9_-]") {
            let key = SortKey { value, id: Uuid::from_u128(id) };
            let cursor = Sort::NEWEST.cursor(&key);
            prop_assert_eq!(Sort::NEWEST.after(&cursor), Ok(key));
            prop_assert!(Sort::RELEVANCE.after(&cursor).is_err());
            prop_assert!(Sort::NEWEST.after(&cursor[..at.min(cursor.len() - 1)]).is_err());
            let mut other = cursor.clone();
            other.replace_range(at..=at, &letter);
            prop_assert!(other == cursor || Sort::NEWEST.after(&other).is_err());
        }

        #[test]
        fn no_text_upsets_the_reader(text: String) {
            prop_assert!(Sort::NEWEST.after(&text).is_err());
        }
    }
}
