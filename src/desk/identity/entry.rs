//! The moment of signing in, once the password was found right at the door: the second factor, the session, what is remembered of
//! the device, and who is told. Sessions themselves are `session`'s.

use super::{Person, Started, factor, place, rules::AccountRules, session};
use crate::{
    desk::{
        actor::{Actor, Origin},
        event::{self, About, Changes, EventKind},
        notify::account::{self, AccountMail},
        providers,
    },
    error::Result,
    id::PersonId,
    store::Tx,
};

/// Somebody whose password was right.
#[derive(Debug, Clone)]
pub struct Entry {
    pub person: PersonId,
    /// The hash with which the password was compared: if it is another by now, so is the password.
    pub compared: Option<String>,
    /// The password's hash as it is to be kept from now on, if that changed.
    pub rehashed: Option<String>,
    /// The code of the second factor, if one was sent.
    pub code: Option<String>,
    /// The block of addresses from which it comes.
    pub block: Option<String>,
    /// Whether the browser has the mark of an earlier sign-in.
    pub marked: bool,
    pub origin: Origin,
    /// For programs, which get a refresh token.
    pub refreshable: bool,
    /// Whether it was a password that was proved, rather than a pass of another desk.
    pub by_password: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Entered {
    In(Box<Started>),
    /// There is a second factor, and no code was sent.
    NeedsCode,
    /// The code was not right; it is written down as a failure.
    WrongCode,
    /// The password was changed meanwhile.
    Outdated,
    /// Passwords are not taken from this person; there are other ways to sign in.
    Elsewhere,
}

pub fn enter(tx: &mut Tx, entry: Entry) -> Result<Entered> {
    let Some(mut person) = tx.get::<Person>(&entry.person)? else { return Ok(Entered::Outdated) };
    if person.password != entry.compared || !person.active {
        return Ok(Entered::Outdated);
    }
    if entry.by_password && !providers::may_use_password(tx, &person)? {
        return Ok(Entered::Elsewhere);
    }
    if factor::has_second(tx, person.id)? {
        let Some(code) = &entry.code else { return Ok(Entered::NeedsCode) };
        if !factor::use_code(tx, person.id, code)? {
            session::sign_in_failed(tx, &person.email, &entry.origin)?;
            return Ok(Entered::WrongCode);
        }
    }
    if let Some(it) = entry.rehashed {
        // The same password, kept better: sessions go on.
        person.password = Some(it);
        tx.put(&person)?;
    }
    let is_new = !entry.marked && is_new_place(tx, person.id, entry.block.as_deref())?;
    if let Some(block) = &entry.block {
        place::remember(tx, person.id, block)?;
    }
    let started = session::start_session(tx, person.id, &entry.origin, entry.refreshable)?;
    if is_new && AccountRules::of(tx)?.tell_new_device {
        account::send(tx, &AccountMail::new_device(person.id, tx.now(), &entry.origin))?;
    }
    Ok(Entered::In(Box::new(started)))
}

/// Whether this is not the first sign-in, and from somewhere else than before. Whoever has no address is on this machine.
fn is_new_place(tx: &Tx, person: PersonId, block: Option<&str>) -> Result<bool> {
    match block {
        Some(block) => Ok(place::has_any(tx, person)? && !place::is_known(tx, person, block)?),
        None => Ok(false),
    }
}

/// Writes down that sign-ins of this account are slowed; nothing about addresses that nobody here has.
pub fn slowed(tx: &mut Tx, email: &str, origin: &Origin, seconds: u64, everybody: bool) -> Result<()> {
    let Some(person) = super::person_by_email(tx, email)? else { return Ok(()) };
    let actor = Actor { origin: origin.clone(), ..Actor::system("sign_in") };
    let about = About { entity_kind: "person", entity: person.id.0, subject: Some(person.id.0) };
    let changes = Changes::new().set("seconds", seconds).set("allStrangers", everybody);
    event::record(tx, &actor, EventKind::SignInSlowed, about, changes)?;
    Ok(())
}
