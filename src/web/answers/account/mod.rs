//! What answers for a person's own account.

pub mod desks;
pub mod profile;
pub mod second_factor;
pub mod sessions;
pub mod tokens;

use super::site::Reader;
use crate::{desk::permission::Permission, error::Result, http::App, web::account::Parts};

/// Which parts of the account this reader has.
fn parts_of(app: &App, reader: &Reader) -> Result<Parts> {
    let desks = !app.appliance.other_desks(desks::member(reader))?.is_empty();
    Ok(Parts { tokens: reader.actor().may(Permission::TokensOwn), desks })
}
