//! Text as people write it: Markdown, HTML of mails, quotes, names of files. Pure functions over strings; all of them
//! take any input, end in time linear to it, and never fail.

pub mod amount;
pub mod csv;
pub mod difference;
pub mod filename;
pub mod html;
pub mod icalendar;
pub mod letters;
pub mod link;
pub mod markdown;
pub mod nearest;
pub mod outline;
pub mod paper;
pub mod plain;
pub mod quote;
pub mod sanitize;
pub mod sniff;
pub mod user_agent;
