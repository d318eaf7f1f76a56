//! The portal: pages for people who need something. Plain words, one column, and every form works without a script.

pub mod account;
pub mod door;
pub mod home;
pub mod incident_form;
pub mod request_form;
pub mod second_factor;
pub mod sign_in;
pub mod ticket;
pub mod tickets;
