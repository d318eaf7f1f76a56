//! One desk: every rule of the business. Sync, without I/O, clock or randomness.

pub mod mail;
