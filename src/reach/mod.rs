//! How another machine is reached: a connection, its encryption, one question over HTTP, and what can be wrong with each, in words.
//! Whom to reach and what for is said by the rooms that do (`directory`, `mail`).
//!
//! Invariant: everything here ends: each step has a time limit, each answer a size limit.

pub mod dial;
pub mod public;
pub mod push;
pub mod tls;
mod trouble;
pub mod web;

pub use trouble::{Finding, Trouble, What};
