//! The appliance: the desks of this machine, opened, read and written from async code. It holds no rule of the business: it turns
//! "run this on that desk" into a command for the desk's writer, and wakes whoever follows.

mod desk;
pub mod directories;
pub mod intake;
pub mod lists;
mod node;
pub mod password;
mod seal;

pub use desk::{Desk, DeskOptions};
pub use node::{Appliance, DeskEntry};
pub use seal::Seal;
