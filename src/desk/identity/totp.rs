//! Codes that change with the time (RFC 6238): HMAC-SHA-1, six digits, steps of thirty seconds, which is what every app speaks.
//! Pure arithmetic; what was used before is remembered by `factor`.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use sha1::Sha1;

use crate::time::Instant;

/// As long as the hash, as RFC 4226 section 4 recommends.
pub const SECRET_BYTES: usize = 20;
const STEP_SECS: i64 = 30;
/// A code of the step before or after is taken too: clocks differ, and people type slowly.
const STEPS_AROUND: u64 = 1;
const DIGITS: usize = 6;

/// The step in which an instant lies.
fn step_of(at: Instant) -> u64 {
    u64::try_from(at.as_secs().div_euclid(STEP_SECS)).unwrap_or(0)
}

/// The code of one step (RFC 4226 section 5.3).
fn code(secret: &[u8], step: u64) -> u32 {
    // HMAC takes a key of any length, so the empty code of an impossible error is never reached.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return u32::MAX };
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(hash[19] & 0x0f);
    let word = u32::from_be_bytes([hash[at], hash[at + 1], hash[at + 2], hash[at + 3]]);
    (word & 0x7fff_ffff) % 10_u32.pow(DIGITS as u32)
}

/// The code that an app shows at this instant, for tests and for whoever must show one.
pub fn code_at(secret: &[u8], at: Instant) -> String {
    format!("{:06}", code(secret, step_of(at)))
}

/// The step of a code, if it is right at this instant and later than the step of the last one that was used.
pub fn step(secret: &[u8], given: &str, at: Instant, last_used: u64) -> Option<u64> {
    let digits: String = given.chars().filter(|it| !it.is_whitespace()).collect();
    if digits.len() != DIGITS || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let given: u32 = digits.parse().ok()?;
    let now = step_of(at);
    let mut found = None;
    for step in now.saturating_sub(STEPS_AROUND)..=now + STEPS_AROUND {
        // Every step is computed and compared, so that the time it takes does not tell which one it was.
        let fits = code(secret, step) ^ given == 0;
        if fits && step > last_used {
            found = Some(step);
        }
    }
    found
}

/// The secret as people type it where they cannot scan it.
pub fn typed(secret: &[u8]) -> String {
    let text = BASE32_NOPAD.encode(secret);
    let groups: Vec<&str> = (0..text.len()).step_by(4).filter_map(|at| text.get(at..(at + 4).min(text.len()))).collect();
    groups.join(" ")
}

/// What the picture says to the app: who issues the code, for whom, and the secret.
pub fn uri(secret: &[u8], issuer: &str, account: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    let (issuer, account) = (encoded(&issuer.replace(':', " ")), encoded(&account.replace(':', " ")));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30", BASE32_NOPAD.encode(secret))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    /// The last six digits of the table in RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (secs, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_at(SECRET, Instant::from_millis(secs * 1000)), expected, "{secs}");
        }
    }

    #[test]
    fn a_code_fits_around_its_step_and_once() {
        let at = |secs: i64| Instant::from_millis((1_234_567_890 + secs) * 1000);
        let now = step_of(at(0));
        for (later, last, expected) in [
            (0, 0, Some(now)),
            (30, 0, Some(now)),
            (-30, 0, Some(now)),
            (60, 0, None),
            (-60, 0, None),
            (0, now, None),
            (0, now - 1, Some(now)),
            (0, now + 1, None),
        ] {
            assert_eq!(step(SECRET, "005924", at(later), last), expected, "{later} {last}");
        }
        for (given, fits) in [(" 005 924", true), ("5924", false), ("+05924", false), ("00592４", false), ("", false), ("0059240", false)]
        {
            assert_eq!(step(SECRET, given, at(0), 0).is_some(), fits, "{given}");
        }
    }

    #[test]
    fn what_apps_read() {
        assert_eq!(typed(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let uri = uri(SECRET, "Pine: Street & Co", "ada@example.com");
        assert!(uri.starts_with("otpauth://totp/Pine%20%20Street%20%26%20Co:ada%40example.com?secret=GEZDGNBVGY3TQOJQ"), "{uri}");
    }

    proptest! {
        #[test]
        fn garbage_is_no_code(given in "[^0-9]*|[0-9]{0,5}|[0-9]{7,}") {
            prop_assert_eq!(step(SECRET, &given, Instant::from_millis(1_234_567_890_000), 0), None);
        }
    }
}
