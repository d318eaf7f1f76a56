//! Hashes that other systems made, so that imported people keep their passwords (IAM-28): bcrypt (`$2a$`, `$2b$`, `$2y$`) and PBKDF2
//! in its PHC form (`$pbkdf2-sha256$`, `$pbkdf2-sha512$`, with base64 or passlib's alphabet) and in Django's. They are compared and
//! never made. One that would take too long to compute is nobody's password.

use data_encoding::{BASE64, BASE64_NOPAD};
use sha2::{Sha256, Sha512};

use crate::secret::Secret;

const BCRYPT_COST_MAX: u32 = 15;
const ROUNDS_MAX: u32 = 5_000_000;
const SALT_BYTES_MAX: usize = 256;
/// Shorter results are too easy to meet by chance.
const RESULT_BYTES: std::ops::RangeInclusive<usize> = 16..=64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digest {
    Sha256,
    Sha512,
}

/// A hash of a kind that we read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    Bcrypt(String),
    Pbkdf2 {
        digest: Digest,
        rounds: u32,
        salt: Vec<u8>,
        result: Vec<u8>,
    },
    /// Of a kind that we know, and not to be computed: broken, or too dear.
    Refused,
}

/// The foreign hash that a stored text is; none if it is of no such kind.
pub fn read(stored: &str) -> Option<Foreign> {
    if ["$2a$", "$2b$", "$2y$"].iter().any(|it| stored.starts_with(it)) {
        let cost = stored.get(4..6).and_then(|it| it.parse::<u32>().ok());
        let fine = stored.len() == 60 && cost.is_some_and(|it| (4..=BCRYPT_COST_MAX).contains(&it));
        return Some(if fine { Foreign::Bcrypt(stored.to_owned()) } else { Foreign::Refused });
    }
    for (prefix, digest) in [("$pbkdf2-sha256$", Digest::Sha256), ("$pbkdf2-sha512$", Digest::Sha512)] {
        if let Some(rest) = stored.strip_prefix(prefix) {
            return Some(phc(digest, rest).unwrap_or(Foreign::Refused));
        }
    }
    for (prefix, digest) in [("pbkdf2_sha256$", Digest::Sha256), ("pbkdf2_sha512$", Digest::Sha512)] {
        if let Some(rest) = stored.strip_prefix(prefix) {
            return Some(django(digest, rest).unwrap_or(Foreign::Refused));
        }
    }
    None
}

/// `i=600000,l=32$salt$result`, or passlib's `600000$salt$result`.
fn phc(digest: Digest, rest: &str) -> Option<Foreign> {
    let (cost, salt, result) = three(rest)?;
    let rounds = match cost.strip_prefix("i=") {
        Some(it) => it.split(',').next()?.parse().ok()?,
        None => cost.parse().ok()?,
    };
    bounded(digest, rounds, unpadded(salt)?, unpadded(result)?)
}

/// `600000$salt$result`, where the salt is text.
fn django(digest: Digest, rest: &str) -> Option<Foreign> {
    let (rounds, salt, result) = three(rest)?;
    bounded(digest, rounds.parse().ok()?, salt.as_bytes().to_vec(), BASE64.decode(result.as_bytes()).ok()?)
}

fn three(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.split('$');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(found)
}

/// Base64 without padding; passlib writes `.` for `+`.
fn unpadded(text: &str) -> Option<Vec<u8>> {
    BASE64_NOPAD.decode(text.replace('.', "+").as_bytes()).ok()
}

fn bounded(digest: Digest, rounds: u32, salt: Vec<u8>, result: Vec<u8>) -> Option<Foreign> {
    let fine = (1..=ROUNDS_MAX).contains(&rounds) && salt.len() <= SALT_BYTES_MAX && RESULT_BYTES.contains(&result.len());
    fine.then_some(Foreign::Pbkdf2 { digest, rounds, salt, result })
}

impl Foreign {
    /// Whether the password is the one that was hashed.
    pub fn fits(&self, password: &Secret) -> bool {
        match self {
            Foreign::Bcrypt(hash) => bcrypt::verify(password.reveal(), hash).unwrap_or(false),
            Foreign::Pbkdf2 { digest, rounds, salt, result } => {
                let mut computed = vec![0; result.len()];
                let text = password.reveal().as_bytes();
                match digest {
                    Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(text, salt, *rounds, &mut computed),
                    Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(text, salt, *rounds, &mut computed),
                }
                // Compared as hashes, which compare in constant time.
                blake3::hash(&computed) == blake3::hash(result)
            }
            Foreign::Refused => false,
        }
    }
}
