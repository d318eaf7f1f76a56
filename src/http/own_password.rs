//! Changing one's own password, and using up a code of one's second factor, while signed in: for both doors, and slowed like signing
//! in, so that a session that was left open is no way to guess.

use super::{
    App, Caller, Problem, Via,
    sign_in::{self, Visit},
};
use crate::{
    appliance::password::{self, Verdict},
    desk::{
        Tx,
        actor::Actor,
        identity::{self, Person, Started, account, password::Owner, rules::AccountRules},
        settings::Settings,
    },
    error::{Code, Error, Refusal, Result},
    language::say,
    secret::Secret,
};

/// Changes the caller's password. Every session ends; another begins for a caller at a browser.
pub async fn change(app: &App, caller: &Caller, visit: Visit, current: Secret, wanted: Secret) -> Result<Option<Started>, Problem> {
    app.credentials.attempt(visit.address)?;
    let id = caller.person.id;
    let (person, attempt) = begin(app, caller, &visit)?;
    let Some(stored) = person.password.clone() else {
        return Err(Refusal::new(Code::Conflict, say!("refused-you-no-password-here")).into());
    };
    if password::verify(current, Some(stored)).await? == Verdict::Wrong {
        return Err(Refusal::field("current", "wrong", say!("refused-not-your-password")).into());
    }
    app.attempts.succeeded(attempt);
    caller.desk.read(|tx| {
        let owner = Owner { name: &person.name, email: &person.email, desk: &Settings::of(tx)?.name };
        identity::password::check(&*AccountRules::of(tx)?, owner, &wanted)
    })?;
    let hashed = password::hashed(wanted).await?;
    let (actor, goes_on) = (caller.actor.clone(), matches!(caller.via, Via::Cookie { .. }));
    let done = caller.desk.write(Some(id), move |tx| {
        account::change_password(tx, &actor, hashed)?;
        goes_on.then(|| identity::start_session(tx, id, &visit.origin, false)).transpose()
    });
    Ok(done.await?)
}

/// Runs what needs a code of the caller's second factor. A code that is not right counts as a failed sign-in.
pub async fn with_code<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    visit: &Visit,
    run: impl FnOnce(&mut Tx, &Actor) -> Result<T> + Send + 'static,
) -> Result<T, Problem> {
    app.credentials.attempt(visit.address)?;
    let (_, attempt) = begin(app, caller, visit)?;
    let actor = caller.actor.clone();
    match caller.desk.write(Some(caller.person.id), move |tx| run(tx, &actor)).await {
        Ok(it) => {
            app.attempts.succeeded(attempt);
            Ok(it)
        }
        Err(error) => {
            let is_guess = matches!(&error, Error::Refused(it) if it.code == Code::Validation);
            if !is_guess {
                app.attempts.withdrawn(attempt);
            }
            Err(error.into())
        }
    }
}

fn begin(app: &App, caller: &Caller, visit: &Visit) -> Result<(Person, super::attempts::Attempt), Problem> {
    let id = caller.person.id;
    let person = caller.desk.read(|tx| Ok(tx.get::<Person>(&id)?))?.ok_or_else(|| Refusal::not_found("person"))?;
    let attempt = sign_in::begin(app, &caller.desk, visit, &person.email, Some(&person))?;
    Ok((person, attempt))
}
