//! What answers under `/account`: one's own profile, password and second factor.

pub mod profile;
pub mod second_factor;
