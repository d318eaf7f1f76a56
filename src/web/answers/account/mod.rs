//! What answers for a person's own account.

pub mod sessions;
pub mod tokens;
