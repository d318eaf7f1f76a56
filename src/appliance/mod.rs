//! The appliance: the desks of this machine, opened, read and written from async code. It holds no rule of the business: it turns
//! "run this on that desk" into a command for the desk's writer, and wakes whoever follows.

pub mod access_token;
pub mod archive;
pub mod articles;
pub mod background;
pub mod completion;
mod desk;
pub mod directories;
pub mod entry;
pub mod export;
pub mod facets;
pub mod feeds;
pub mod files;
pub mod finding;
mod founding;
pub mod garbage;
pub mod holidays;
pub mod intake;
pub mod lists;
pub mod mailboxes;
mod membership;
mod node;
mod operator;
pub mod password;
pub mod people;
mod place;
pub mod previewing;
mod pulse;
pub mod push;
pub mod reindexing;
pub mod scanning;
mod seal;
pub mod sending;
pub mod shift;
pub mod ticket_files;
mod usage;

pub use desk::{Desk, DeskOptions};
pub use entry::{DeskChange, DeskEntry};
pub use founding::{Beginning, Founded, NewDesk, Owner, is_start_key, start_key};
pub use membership::Member;
pub use node::Appliance;
pub use operator::{By, refused as not_an_operator};
pub use place::Attend;
pub use pulse::{Pulse, Work};
pub use seal::Seal;
pub use usage::{Overview, Usage};
