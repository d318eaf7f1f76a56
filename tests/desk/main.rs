//! The desk, tried in process.

mod mail_cases;
mod mail_fixtures;
mod printed;
mod security_walk;
mod sim;
