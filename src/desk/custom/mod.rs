//! The desk's own fields (TKT-12, ADM-05): what they are, what a value must be, and on which tickets they are asked. Values stand in the
//! ticket's record; every door (portal, console, API, mail rules, macros) changes them through `tickets`, which asks here.
//!
//! A desk that has declared no field keeps whatever object a program writes. As soon as it has declared one, only declared keys are taken;
//! what older tickets hold stays.

mod field;
mod settle;
mod shown;
mod value;

pub use field::{
    Audience, CustomField, FieldDraft, FieldOption, FieldType, Fields, Need, When, by_key, change, create, delete, known, retire, shared,
    unretire,
};
pub use settle::{Birth, changed, check, depends, is_met, need_for_resolving, of_ticket};
pub use shown::{in_words, searched, visible};
pub use value::read;

#[cfg(test)]
mod tests;
