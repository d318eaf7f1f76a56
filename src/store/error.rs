//! What the store can fail with. Small on purpose: above the store, a failed commit is "unavailable", and everything else is our fault.

use std::fmt;

use crate::error::{Code, Error, Fault, Refusal};

#[derive(Debug, Clone)]
pub enum StoreError {
    /// The disk is full, or so nearly full that a commit is not begun.
    Full(String),
    /// The engine failed to read, write or flush.
    Io(String),
    /// Bytes that do not decode, or a chain that does not hold.
    Corrupt(String),
    /// This store is not to be written now: another appliance may write in its place.
    Fenced(String),
    /// The writer has stopped, or its queue is full.
    Closed(&'static str),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full(it) => write!(f, "the data disk is full: {it}"),
            StoreError::Io(it) => write!(f, "the data disk failed: {it}"),
            StoreError::Corrupt(it) => write!(f, "stored bytes are not what they should be: {it}"),
            StoreError::Fenced(it) => f.write_str(it),
            StoreError::Closed(it) => f.write_str(it),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for Error {
    fn from(it: StoreError) -> Self {
        match it {
            StoreError::Full(_) => {
                Refusal::new(Code::Unavailable, "The data disk is full, so nothing was saved. Free some space; the desk goes on by itself.")
                    .into()
            }
            StoreError::Io(_) => Refusal::new(
                Code::Unavailable,
                "The data disk failed, so nothing was saved. Try again; an operator finds the cause in the log.",
            )
            .into(),
            StoreError::Fenced(why) => Refusal::new(Code::Unavailable, format!("Nothing was saved: {why}.")).into(),
            StoreError::Closed(why) => Refusal::new(Code::Unavailable, format!("Nothing was saved: {why}.")).into(),
            StoreError::Corrupt(_) => Fault::because("reading the store", it).into(),
        }
    }
}
