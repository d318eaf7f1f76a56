//! Passwords to PHC strings and back: argon2id with the parameters that OWASP and RFC 9106 name for interactive sign-in. It takes tens
//! of milliseconds and 19 MB by design, so it runs on a blocking thread and only a few at a time.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordVerifier, Version, password_hash::PasswordHasher};
use tokio::sync::Semaphore;

use crate::{
    error::{Code, Fault, Refusal, Result},
    secret::Secret,
};

/// A password has at least this many characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// And at most this many bytes: longer ones cost time and add nothing.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Hashes that are computed side by side, each of which holds 19 MB.
const HASHES_AT_ONCE: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// What an unknown address is compared with, so that the answer takes as long as for a known one.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash(&Secret::new("nobody has this password")).ok());

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|it| Fault::new(format!("argon2 parameters: {it}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses a password that is too short or too long.
pub fn check(password: &Secret) -> Result<()> {
    let text = password.reveal();
    if text.chars().count() < PASSWORD_CHARS_MIN {
        return Err(Refusal::field("password", "too_short", format!("A password has at least {PASSWORD_CHARS_MIN} characters.")).into());
    }
    if text.len() > PASSWORD_BYTES_MAX {
        return Err(Refusal::field("password", "too_long", format!("A password has at most {PASSWORD_BYTES_MAX} bytes.")).into());
    }
    Ok(())
}

/// The PHC string of a password. Slow on purpose.
pub fn hash(password: &Secret) -> Result<String> {
    let hash = argon2()?.hash_password(password.reveal().as_bytes()).map_err(|it| Fault::new(format!("hashing a password: {it}")))?;
    Ok(hash.to_string())
}

/// Whether the password is the one of the PHC string; without a string, takes as long and says no. Refused when too many wait.
pub async fn verify(password: Secret, phc: Option<String>) -> Result<bool> {
    if password.reveal().len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    let turn = TURNS.acquire().await.map_err(|_| Refusal::new(Code::Unavailable, "The appliance is stopping."))?;
    let fits = tokio::task::spawn_blocking(move || {
        let known = phc.is_some();
        let Some(text) = phc.or_else(|| NOBODY.clone()) else { return false };
        let Ok(stored) = PasswordHash::new(&text) else { return false };
        Argon2::default().verify_password(password.reveal().as_bytes(), &stored).is_ok() && known
    })
    .await
    .map_err(|it| Fault::because("verifying a password", it))?;
    drop(turn);
    Ok(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let phc = hash(&Secret::new("correct horse")).unwrap();
        assert!(phc.starts_with("$argon2id$"));
        for (password, stored, fits) in
            [("correct horse", Some(phc.clone()), true), ("wrong horse", Some(phc), false), ("nobody has this password", None, false)]
        {
            assert_eq!(verify(Secret::new(password), stored).await.unwrap(), fits, "{password}");
        }
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(check(&Secret::new("1234567")).is_err());
        assert!(check(&Secret::new("x".repeat(2000))).is_err());
        assert!(check(&Secret::new("12345678")).is_ok());
    }
}
