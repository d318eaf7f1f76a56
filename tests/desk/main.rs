//! The desk, tried in process.

mod closing;
mod fuzz_mail;
mod loops;
mod mail_cases;
mod mail_fixtures;
mod printed;
mod reminders;
mod reply_cases;
mod scores;
mod security_walk;
mod sim;
