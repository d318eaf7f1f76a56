//! What runs by itself: the runner of durable jobs, and everything periodic. The rules are the desk's; here is the waiting.

mod clocks;
mod fetch_holidays;
mod fetch_mail;
mod recurring;
mod retime;
mod runner;
mod send_account_mail;
mod send_mail;
mod sync_directory;

pub use clocks::watch_clocks;
pub use fetch_mail::fetch_mail;
pub use recurring::recur;
pub use runner::{Context, run};
