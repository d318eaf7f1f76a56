//! Watching the appliance: what is measured, whether it is well, and what to do when it is not.

pub mod doctor;
pub mod fill;
pub mod health;
pub mod metrics;
