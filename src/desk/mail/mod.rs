//! Mail as the desk sees it: what a message says, where it belongs, and what the desk writes. Bytes, servers and protocols are in
//! `crate::mail`; here is every rule and no I/O.

pub mod authenticity;
pub mod blocklist;
pub mod breaker;
pub mod compose;
pub mod dkim;
pub mod filter;
pub mod folded;
pub mod forwarded;
pub mod frame;
pub(in crate::desk) mod gathered;
pub mod intake;
pub mod judge;
pub mod ledger;
pub mod mailbox;
pub mod message;
pub mod moving;
pub mod occasion;
pub mod outbox;
pub mod quoted;
pub mod recipients;
pub mod recorder;
pub mod reminder;
pub mod returned;
pub mod rules;
pub mod sending;
pub mod signature;
pub mod statement;
pub mod stop;
pub mod suppression;
pub mod templates;
pub mod third_party;
pub mod thread;
pub mod token;
pub mod watch;

pub use message::{Automatic, BounceAction, BounceReport, FailedRecipient, Mailbox, ParsedAttachment, ParsedMessage, ReturnPath};

#[cfg(test)]
mod tests;
