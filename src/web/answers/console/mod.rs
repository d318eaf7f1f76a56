//! What answers in the console.

pub mod bulk;
pub mod comments;
pub mod forward;
pub mod links;
pub mod list;
pub mod merge;
pub mod message;
pub mod new_ticket;
pub mod outages;
pub mod palette;
pub mod pictures;
pub mod place;
pub mod property;
pub mod rail;
pub mod satisfaction;
pub mod search;
pub mod service_level;
pub mod tags;
pub mod thread;
pub mod ticket;
pub mod watch;
