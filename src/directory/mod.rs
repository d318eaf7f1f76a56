//! Directories and identity providers as they are spoken to: LDAP, OpenID Connect, headers of a proxy. Each asks one outside party
//! and gives back what it says about a person (`desk::providers::Said`), or what is wrong in words. No rule about who comes in.
//!
//! Invariant: everything here ends: each step has a time limit, each answer a size limit.

pub mod header;
mod jose;
pub mod ldap;
pub mod oidc;
