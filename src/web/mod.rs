//! The pages people see. Each page is a pure function from a plain view struct to HTML; the handlers in `answers` fill the structs.
//! No page decides, reads a store or knows a clock: the present instant is in the view's [`layout::Frame`].

pub mod account;
pub mod admin;
mod answers;
pub mod anywhere;
pub mod assets;
pub mod components;
pub mod console;
#[cfg(test)]
mod contrast;
pub mod keys;
pub mod layout;
pub mod notices;
pub mod portal;
pub mod sheet;
pub mod styleguide;
pub mod tongue;
pub mod trouble;

mod routes;

pub use routes::routes;
