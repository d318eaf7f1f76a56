//! What both doors share: who calls and from where, how bodies are read, how refusals and faults are told, and what stands between
//! a caller and a handler. It knows no noun of the business and no page; the API and the web pages are made of it.

pub mod acme;
pub mod app;
pub mod attached;
pub mod attempts;
pub mod auth;
pub mod avatar;
pub mod body;
pub mod bytes;
pub mod cors;
pub mod credential_limit;
pub mod csrf;
pub mod drain;
pub mod etag;
pub mod features;
pub mod guard;
pub mod idempotency;
pub mod listen;
pub mod log;
pub mod multipart;
pub mod origin;
pub mod own_address;
pub mod own_link;
pub mod own_password;
pub mod page;
pub mod path;
pub mod problem;
pub mod query;
pub mod rate;
pub mod raw_mail;
pub mod request_id;
pub mod shares;
pub mod sign_in;
pub mod tls;

pub use app::{App, Options, router};
pub use auth::{Caller, OnDesk, Via};
pub use problem::Problem;
