//! The real binary as a process of its own, on a free port and a folder of its own, asked from outside.

mod after;
mod appliance;
mod authority;
mod bad_input;
mod clamd;
mod courier;
mod crash;
mod directory;
mod disk;
mod dovecot;
mod envelopes;
mod faults;
mod fetch;
mod fetch_courier;
mod fetch_oauth;
mod fetch_odd;
mod files;
mod life;
mod mail;
mod oidc;
mod postfix;
mod previews;
mod sending;
mod sending_tls;
mod service_levels;
mod slapd;
