//! Mail as the desk sees it: what a message says, where it belongs, and what the desk writes. Bytes, servers and protocols are in
//! `crate::mail`; here is every rule and no I/O.

pub mod compose;
pub mod intake;
pub mod ledger;
pub mod message;
pub mod quoted;
pub mod thread;

pub use message::{Automatic, BounceAction, BounceReport, FailedRecipient, Mailbox, ParsedAttachment, ParsedMessage, ReturnPath};
