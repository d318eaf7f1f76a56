//! What answers at the addresses of the pages: each handler extracts, calls the desk, and renders a page of `portal` or `console`.
//! No rule of the business is here, and no HTML: views are filled from records, and pages are drawn from views.

pub mod account;
pub mod admin;
pub mod alike;
pub mod assets;
pub mod console;
pub mod csat;
pub mod door;
pub mod form;
pub mod happened;
pub mod operator;
pub mod pictures;
pub mod portal;
pub mod said;
pub mod sign_in;
pub mod site;
pub mod stop;
pub mod styleguide;
pub mod trouble;
pub mod words;
pub mod written;
