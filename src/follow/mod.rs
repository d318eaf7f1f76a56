//! What follows the log. Everything here can be deleted and is made anew from the events.

pub mod search;
