//! The portal: pages for people who need something. Plain words, one column, and every form works without a script.

pub mod answers;
pub mod csat;
pub mod door;
pub mod home;
pub mod incident_form;
pub mod knowledge;
pub mod request_form;
pub mod sign_in;
pub mod start;
pub mod stop;
pub mod ticket;
pub mod tickets;
