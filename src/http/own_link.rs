//! Links from mails, for both doors: asking for one, and using one to set a password. The order is the same everywhere: slowed per
//! address, looked at, the password checked, hashed off the async threads, and only then used up.

use std::sync::Arc;

use super::{App, Problem, sign_in::Visit};
use crate::{
    appliance::{Desk, password},
    desk::{
        identity::{
            self, Person,
            account::{self, Chosen},
            link::Purpose,
            password::Owner,
            rules::AccountRules,
        },
        settings::Settings,
    },
    error::Result,
    secret::Secret,
};

/// Sends a link to set another password, if the address is somebody's. The answer tells nothing of that.
pub async fn ask_reset(app: &App, desk: &Arc<Desk>, visit: &Visit, email: String) -> Result<(), Problem> {
    app.credentials.attempt(visit.address)?;
    Ok(desk.write(None, move |tx| account::ask_reset(tx, &email)).await?)
}

/// Sends a link to finish a registration. The answer tells nothing of who is registered.
pub async fn register(app: &App, desk: &Arc<Desk>, visit: &Visit, email: String, name: String) -> Result<(), Problem> {
    app.credentials.attempt(visit.address)?;
    Ok(desk.write(None, move |tx| account::register(tx, &email, &name)).await?)
}

/// What is set with a link.
pub struct Setting {
    pub name: Option<String>,
    pub password: Secret,
}

/// Uses a link: the account has this password from now on.
pub async fn take(app: &App, desk: &Arc<Desk>, visit: Visit, purpose: Purpose, token: String, setting: Setting) -> Result<Person, Problem> {
    app.credentials.attempt(visit.address)?;
    let Setting { name, password } = setting;
    desk.read(|tx| {
        let link = account::look(tx, purpose, &token)?;
        let owner = Owner { name: name.as_deref().unwrap_or(&link.name), email: &link.email, desk: &Settings::of(tx)?.name };
        identity::password::check(&*AccountRules::of(tx)?, owner, &password)
    })?;
    let chosen = Chosen { password: password::hashed(password).await?, name };
    Ok(desk.write(None, move |tx| account::take(tx, purpose, &token, chosen, &visit.origin)).await?)
}
