//! What answers in the portal.

pub mod home;
pub mod incident;
pub mod knowledge;
pub mod lodge;
pub mod pictures;
pub mod request;
pub mod ticket;
pub mod tickets;
