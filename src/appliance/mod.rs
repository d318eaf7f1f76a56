//! The appliance: the desks of this machine, opened, read and written from async code. It holds no rule of the business: it turns
//! "run this on that desk" into a command for the desk's writer, and wakes whoever follows.

pub mod access_token;
mod desk;
pub mod directories;
pub mod entry;
pub mod export;
pub mod intake;
pub mod lists;
mod node;
pub mod password;
mod place;
mod seal;

pub use desk::{Desk, DeskOptions};
pub use entry::{DeskChange, DeskEntry};
pub use node::Appliance;
pub use place::Attend;
pub use seal::Seal;
