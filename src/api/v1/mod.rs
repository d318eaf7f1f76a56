//! Version 1 of the API: one file per noun, each with its handlers and how it shows the noun.

pub mod attachments;
pub mod audit;
pub mod auth;
pub mod categories;
pub mod comments;
pub mod events;
pub mod filters;
pub mod health;
pub mod history;
pub mod input;
pub mod jobs;
pub mod lifecycles;
pub mod links;
pub mod list;
pub mod mail;
pub mod me;
pub mod people;
pub mod portal;
pub mod queues;
pub mod search;
pub mod sessions;
pub mod shown;
pub mod teams;
pub mod tickets;
pub mod tokens;
pub mod watchers;
