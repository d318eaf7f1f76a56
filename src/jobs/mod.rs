//! What runs by itself: the runner of durable jobs, and everything periodic. The rules are the desk's; here is the waiting.

mod apart;
mod clocks;
mod closing;
mod export_tickets;
mod fetch_holidays;
mod fetch_mail;
mod find_alike;
mod lodge_recurring;
mod make_previews;
mod outages;
mod presence;
mod recurring;
mod retime;
mod rounds;
mod runner;
mod scan_files;
mod send_account_mail;
mod send_mail;
mod send_push;
mod snoozes;
mod sync_directory;
mod take_snapshots;

pub use clocks::watch_clocks;
pub use closing::close_tickets;
pub use fetch_mail::fetch_mail;
pub use find_alike::find_alike;
pub use lodge_recurring::lodge_recurring;
pub use make_previews::make_previews;
pub use outages::carry_on_outages;
pub use presence::watch_presence;
pub use recurring::recur;
pub use runner::{Context, run};
pub use scan_files::scan_files;
pub use snoozes::wake_snoozed;
pub use take_snapshots::take_snapshots;
