//! The query language: one for lists, search, saved views, exports, rules and the API (D9).
//! A text is parsed into a [`Query`] (what was written), which is bound to a desk, a person and an instant as a [`Cond`]
//! (what is meant). Whoever answers a condition, the board, the index or a rule, sees only the second.
//!
//! It reads no clock and no record: names are looked up through [`Names`], instants against the `now` it is given.

mod bind;
pub mod complete;
mod cond;
mod fields;
mod levels;
mod moments;
mod parse;
pub mod sort;
mod syntax;
mod total;

#[cfg(test)]
mod tests;

pub use bind::{Binding, NameKind, Names, Typing, bind, ticket_number, usual_values};
pub use cond::{
    Breach, Cond, CustomMatch, CustomTest, Flag, NumberTest, Part, Presence, StatusTest, Test, TextQuery, TextScope, TimeField, TimeRange,
    TimeTest,
};
pub use fields::{FIELDS, Field, FieldName, FieldRow, ValueKind};
pub use parse::parse;
pub use sort::{Direction, Sort, SortField, SortKey};
pub use syntax::{At, Node, Op, Query, Value, Values};
pub use total::Total;

pub use crate::desk::tickets::{Category, Kind};
