//! Passwords to PHC strings and back: argon2id (RFC 9106), at a cost that is measured once at start. Slow and large by design, so it
//! runs on blocking threads, a few at a time, and a bounded number waits; the next is told to come back, so that a flood of sign-ins
//! costs neither memory nor the speed of tickets.
//!
//! Hashes that other systems made are compared too (`foreign`), and made anew at the first sign-in that proves the password. What a
//! password must be is the desk's (`desk::identity::password`).

mod cost;
mod foreign;

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier, Version, password_hash::PasswordHasher};
use tokio::sync::{Semaphore, SemaphorePermit};

pub use cost::{Cost, calibrate};

use crate::{
    error::{Code, Fault, Refusal, Result},
    language::say,
    limits::{PASSWORD_BYTES_MAX, PASSWORD_HASHES_AT_ONCE, PASSWORD_HASHES_WAITING_MAX},
    secret::Secret,
};

/// Whose turn it is.
static TURNS: Semaphore = Semaphore::const_new(PASSWORD_HASHES_AT_ONCE);
/// Who may stand in the queue, or have their turn.
static PLACES: Semaphore = Semaphore::const_new(PASSWORD_HASHES_AT_ONCE + PASSWORD_HASHES_WAITING_MAX);

/// What an unknown address is compared with, so that the answer takes as long as for a known one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash(&Secret::new("nobody has this password")).ok());

/// Whether a password is the one that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// It is, and was kept in an old way: this is how it is to be kept from now on.
    RightButOld(String),
}

/// Sets the cost of new hashes, once, before the first is made.
pub fn begin(cost: Cost) {
    cost::set(cost);
    LazyLock::force(&NOBODY);
}

fn argon2(cost: Cost) -> Result<Argon2<'static>> {
    let params =
        Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(|it| Fault::new(format!("argon2 parameters: {it}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string of a password, at once and on this thread. Slow on purpose; async code calls `hashed`.
pub fn hash(password: &Secret) -> Result<String> {
    let hash = argon2(cost::present())?.hash_password(password.reveal().as_bytes());
    Ok(hash.map_err(|it| Fault::new(format!("hashing a password: {it}")))?.to_string())
}

/// A place in the queue and then a turn; refused when too many wait.
async fn turn() -> Result<(SemaphorePermit<'static>, SemaphorePermit<'static>)> {
    let full = || {
        metrics::counter!("lodge_password_hashes_refused_total").increment(1);
        Refusal::new(Code::Unavailable, say!("refused-too-many-people-signing"))
    };
    let place = PLACES.try_acquire().map_err(|_| full())?;
    let turn = TURNS.acquire().await.map_err(|_| Refusal::new(Code::Unavailable, say!("refused-appliance-stopping")))?;
    Ok((place, turn))
}

/// The PHC string of a password, when its turn comes. Refused when too many wait.
pub async fn hashed(password: Secret) -> Result<String> {
    let turn = turn().await?;
    let hashed = tokio::task::spawn_blocking(move || (hash(&password), turn).0).await;
    hashed.map_err(|it| Fault::because("hashing a password", it))?
}

/// Whether the password is the one of the stored text; without one, takes as long and says no. Refused when too many wait.
pub async fn verify(password: Secret, stored: Option<String>) -> Result<Verdict> {
    if password.reveal().len() > PASSWORD_BYTES_MAX {
        return Ok(Verdict::Wrong);
    }
    let turn = turn().await?;
    // The turn goes with the work: a caller that gives up does not make room for another while it is still being done.
    let verdict = tokio::task::spawn_blocking(move || (compare(&password, stored.as_deref()), turn).0).await;
    Ok(verdict.map_err(|it| Fault::because("verifying a password", it))?)
}

fn compare(password: &Secret, stored: Option<&str>) -> Verdict {
    let Some(stored) = stored else {
        if let Some(nobody) = NOBODY.as_deref() {
            let _ = is_argon2_of(password, nobody);
        }
        return Verdict::Wrong;
    };
    let (right, old) = match foreign::read(stored) {
        Some(foreign) => (foreign.fits(password), true),
        None => (is_argon2_of(password, stored), !Cost::of(stored).is_some_and(|it| it.is_at_least(cost::present()))),
    };
    match (right, old) {
        (false, _) => Verdict::Wrong,
        (true, false) => Verdict::Right,
        // What cannot be made anew now stays as it is until the next time.
        (true, true) => hash(password).map_or(Verdict::Right, Verdict::RightButOld),
    }
}

fn is_argon2_of(password: &Secret, stored: &str) -> bool {
    // A stored text may come from elsewhere: one that asks for more than we would ever spend is nobody's password.
    if !Cost::of(stored).is_some_and(Cost::is_bearable) {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    Argon2::default().verify_password(password.reveal().as_bytes(), &parsed).is_ok()
}

#[cfg(test)]
mod tests;
