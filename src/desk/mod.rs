//! The desk: every rule of the business. Sync, and pure of I/O: it reads no clock, draws no randomness and waits for nothing; time
//! and ids come from the transaction. Every command takes the transaction and who acts, and gives a value or a refusal.

pub mod actor;
pub mod address_rules;
pub mod announcements;
pub mod appearance;
pub mod attachments;
pub mod audit;
pub mod board;
pub mod bounds;
pub mod brand;
pub mod bulk;
pub mod calendar_feeds;
pub mod calendars;
pub mod checklists;
pub mod closing;
pub mod custom;
pub mod drafts;
pub mod duplicates;
pub mod event;
pub mod features;
pub mod first_steps;
pub mod idempotency;
pub mod identity;
pub mod jobs;
pub mod knowledge;
pub mod macros;
pub mod mail;
pub mod mentions;
pub mod migrations;
pub mod notices;
pub mod notify;
pub mod open_tabs;
pub mod permission;
pub mod placeholders;
pub mod providers;
pub mod query;
pub mod query_names;
pub mod queues;
mod raster;
pub mod recurring;
pub mod reminders;
pub mod routing;
pub mod rules;
pub mod satisfaction;
pub mod seal;
pub mod search_words;
pub mod service_levels;
pub mod settings;
pub mod sharing;
pub mod snippets;
pub mod snooze;
#[cfg(test)]
pub(crate) mod stage;
pub mod tables;
pub mod ticket_templates;
pub mod tickets;
pub mod time_entries;
pub mod time_report;
pub mod undo;
pub mod views;

/// What every command takes: the state it decides on. Named here so that the doors need not know the store.
pub use crate::store::Tx;
