//! Lodge, the IT service desk in one file. The map of the house, in reading order; `docs/architecture.md` says why.

// floor 0: words. They name nothing above them.
pub mod config;
pub mod error;
pub mod id;
pub mod language;
pub mod limits;
pub mod scan;
pub mod secret;
pub mod text;
pub mod time;

// floor 1: the store. Sync. It knows bytes, not tickets.
pub mod store;

// floor 2: the desk. Sync, no I/O, no clock: every rule of the business.
pub mod desk;

// floor 3: what follows the log, and the history that tests and demos live in.
pub mod demo;
pub mod follow;

// floor 4: the shell. Async; it does all waiting.
pub mod appliance;
pub mod blobs;
pub mod directory;
pub mod jobs;
pub mod mail;
pub mod ops;
pub mod previews;
pub mod reach;
pub mod snapshot;

// floor 5: the doors. What both share, JSON for programs, and pages for people.
pub mod api;
pub mod http;
pub mod web;

// floor 6: the command line, the only place that wires everything.
pub mod bench;
pub mod cli;
