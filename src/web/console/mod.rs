//! The console: for people who work tickets all day. Rail, list and ticket stand side by side; each pane can be swapped alone.

pub mod checklist;
pub mod dashboard;
pub mod forward;
pub mod kanban;
pub mod later;
pub mod list;
pub mod macro_form;
pub mod macro_use;
pub mod merge;
pub mod message;
pub mod new_ticket;
pub mod not_found;
pub mod open_tabs;
pub mod outages;
pub mod satisfaction;
pub mod search;
pub mod service_level;
pub mod shared_drafts;
pub mod shell;
pub mod snippet_form;
pub mod ticket;
pub mod time_report;
pub mod time_spent;
pub mod tools;
pub mod view_form;
