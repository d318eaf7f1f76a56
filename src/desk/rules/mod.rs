//! Conditions that are kept: what a policy, a router or another rule says of tickets, in the query language, with the names as they
//! were meant when it was written. Whoever keeps one asks it of one ticket at a time; lists of tickets are asked of the board and the index.

mod condition;
mod holds;
mod words;

pub use condition::Condition;

#[cfg(test)]
mod tests;
