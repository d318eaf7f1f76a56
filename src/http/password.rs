//! Passwords, hashed and compared at the door, because it costs time and randomness that the desk does not have (argon2id).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::error::{Fault, Refusal, Result};

/// The fewest characters of a new password.
pub const CHARS_MIN: usize = 10;
/// The most bytes of any password; longer ones only cost time.
pub const BYTES_MAX: usize = 1024;

/// A new password as a PHC string. Slow on purpose: for a blocking thread.
pub fn hash(password: &str) -> Result<String> {
    if password.chars().count() < CHARS_MIN || password.len() > BYTES_MAX {
        return Err(Refusal::field("password", "length", format!("A password has at least {CHARS_MIN} characters.")).into());
    }
    let hashed: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|it| Fault::new(format!("hashing a password: {it}")))?;
    Ok(hashed.to_string())
}

/// Whether the password is the one of this hash. Takes as long when there is no hash, so that nobody learns which addresses exist.
pub fn verify(password: &str, hashed: Option<&str>) -> bool {
    /// Of a password that nobody has.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$2j1Yq7hW8n0mQ3oY7t6o2e0Yx5v5y8m0b1c2d3e4f5g";
    let password = &password.as_bytes()[..password.len().min(BYTES_MAX)];
    let fits = PasswordHash::new(hashed.unwrap_or(NOBODY)).is_ok_and(|it| Argon2::default().verify_password(password, &it).is_ok());
    fits && hashed.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        for (password, against, fits) in [
            ("correct horse battery", Some(hashed.as_str()), true),
            ("correct horse batterx", Some(hashed.as_str()), false),
            ("correct horse battery", None, false),
            ("correct horse battery", Some("nonsense"), false),
            ("", Some(hashed.as_str()), false),
        ] {
            assert_eq!(verify(password, against), fits, "{password} {against:?}");
        }
        assert!(hash("short").is_err() && hash(&"x".repeat(BYTES_MAX + 1)).is_err());
        assert!(
            PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlz$2j1Yq7hW8n0mQ3oY7t6o2e0Yx5v5y8m0b1c2d3e4f5g").is_ok()
        );
    }
}
