//! Mail, as the desk sees it: parsed messages in, outcomes out. How bytes become a message is in `crate::mail`.

pub mod message;
