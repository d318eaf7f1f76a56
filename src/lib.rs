//! Lodge, the IT service desk in one file. The map of the house, in reading order; `docs/architecture.md` says why.

// floor 0: words. They name nothing above them.
pub mod config;
pub mod error;
pub mod id;
pub mod limits;
pub mod secret;
pub mod text;
pub mod time;

// floor 2: every rule of the business.
pub mod desk;

// floor 3: what is made from the log.
pub mod follow;
