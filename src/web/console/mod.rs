//! The console: for people who work tickets all day. Rail, list and ticket stand side by side; each pane can be swapped alone.

pub mod forward;
pub mod list;
pub mod merge;
pub mod message;
pub mod new_ticket;
pub mod not_found;
pub mod outages;
pub mod satisfaction;
pub mod search;
pub mod service_level;
pub mod shell;
pub mod ticket;
