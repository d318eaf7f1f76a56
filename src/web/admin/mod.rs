//! The settings: for one person, once, without a manual. Sections by what the admin wants to do; every page works without a script.

pub mod account;
pub mod accounts;
pub mod addresses;
pub mod departments;
pub mod desks;
pub mod letters;
pub mod mail_filters;
pub mod mail_log;
pub mod mail_rules;
pub mod mail_templates;
pub mod mailboxes;
pub mod organizations;
pub mod people;
pub mod person;
pub mod roles;
pub mod sending;
pub mod shell;
pub mod sign_in_methods;
pub mod signing;
pub mod teams;
pub mod ticket_rules;
