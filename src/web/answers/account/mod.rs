//! What answers for a person's own account.

pub mod profile;
pub mod second_factor;
pub mod sessions;
pub mod tokens;
