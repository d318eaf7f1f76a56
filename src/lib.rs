//! Lodge, the IT service desk in one file. The map of the house, in reading order; `docs/architecture.md` says why.

// floor 0: words. They name nothing above them.
pub mod error;
pub mod id;
pub mod limits;
pub mod secret;
pub mod text;
pub mod time;

// floor 5: the doors. Pages for people.
pub mod web;
