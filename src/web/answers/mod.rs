//! What answers at the addresses of the pages: each handler extracts, calls the desk, and renders a page of `portal` or `console`.
//! No rule of the business is here, and no HTML: views are filled from records, and pages are drawn from views.

pub mod account;
pub mod admin;
pub mod alike;
pub mod assets;
pub mod brand;
pub mod console;
pub mod csat;
pub mod door;
pub mod drafts;
pub mod feeds;
pub mod form;
pub mod happened;
pub mod install;
pub mod language;
pub mod notices;
pub mod operator;
pub mod own_fields;
pub mod pictures;
pub mod portal;
pub mod said;
pub mod sheet;
pub mod sign_in;
pub mod site;
pub mod start;
pub mod stop;
pub mod styleguide;
pub mod templates;
pub mod trouble;
pub mod words;
pub mod written;
