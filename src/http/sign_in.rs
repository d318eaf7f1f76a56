//! Signing in with mail address and password, for both doors: slowed per address, compared off the async threads, and answered the
//! same whether the address or the password was wrong.

use std::{net::IpAddr, sync::Arc};

use super::{App, Problem};
use crate::{
    appliance::{Desk, password},
    desk::{actor::Origin, identity, providers},
    error::{Code, Refusal},
    secret::Secret,
};

/// What somebody signs in with.
pub struct Credentials {
    pub email: String,
    pub password: Secret,
}

/// Starts a session. `refreshable` for programs, which get a refresh token beside the access token.
pub async fn sign_in(
    app: &App,
    desk: &Arc<Desk>,
    address: Option<IpAddr>,
    from: Origin,
    credentials: Credentials,
    refreshable: bool,
) -> Result<(identity::Person, identity::Started), Problem> {
    app.credentials.attempt(address)?;
    let Credentials { email, password } = credentials;
    let person = desk.read(|tx| identity::person_by_email(tx, &email))?.filter(|it| it.active);
    let hashed = person.as_ref().and_then(|it| it.password.clone());
    let fits = password::verify(password, hashed).await?;
    let outcome = desk.write(None, move |tx| match person.filter(|_| fits) {
        Some(person) if !providers::may_use_password(tx, &person)? => {
            let detail = "Passwords are not taken here; choose one of the other ways to sign in.";
            Err(Refusal::new(Code::Unauthenticated, detail).into())
        }
        Some(person) => {
            let started = identity::start_session(tx, person.id, &from, refreshable)?;
            Ok(Some((person, started)))
        }
        None => identity::sign_in_failed(tx, &email, &from).map(|()| None),
    });
    let wrong = || Refusal::new(Code::Unauthenticated, "The mail address or the password is wrong.").into();
    outcome.await?.ok_or_else(wrong)
}
