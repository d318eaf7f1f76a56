//! Mail as the desk sees it: what a message says, where it belongs, and what the desk writes. Bytes, servers and protocols are in
//! `crate::mail`; here is every rule and no I/O.

pub mod compose;
pub mod intake;
pub mod ledger;
pub mod mailbox;
pub mod message;
pub mod statement;
pub mod thread;
pub mod token;
pub mod watch;

pub use message::{Automatic, BounceAction, BounceReport, FailedRecipient, Mailbox, ParsedAttachment, ParsedMessage, ReturnPath};
