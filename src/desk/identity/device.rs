//! The device from which somebody has signed in before, by a cookie that lives long (after OWASP's "device cookies"): failed sign-ins
//! from elsewhere do not slow it. It opens nothing by itself, and what fails on it slows only it.
//!
//! A value is a few marks, one per person who uses the device: `<person>-<nonce>-<tag>`, joined by `.`, the newest first.

use crate::id::PersonId;

/// People whose marks one device keeps.
const MARKS_MAX: usize = 4;
const NONCE_CHARS: usize = 16;

/// What tells a person's device from their other ones.
pub type Nonce = [u8; 8];

/// The value with a mark for this person, in place of an older one of theirs.
pub fn with_mark(desk_key: &[u8; 32], value: &str, person: PersonId, nonce: Nonce) -> String {
    let nonce: String = nonce.iter().map(|it| format!("{it:02x}")).collect();
    let own = format!("{}-", person.0.simple());
    let mark = format!("{own}{nonce}-{}", tag(desk_key, person, &nonce));
    let others = value.split('.').filter(|it| !it.is_empty() && !it.starts_with(&own) && is_plain(it));
    std::iter::once(mark.as_str()).chain(others.take(MARKS_MAX - 1)).collect::<Vec<_>>().join(".")
}

/// Whether the value has a mark of this person that we made; gives which.
pub fn mark_of(desk_key: &[u8; 32], value: &str, person: PersonId) -> Option<Nonce> {
    let own = format!("{}-", person.0.simple());
    let mark = value.split('.').take(MARKS_MAX).find_map(|it| it.strip_prefix(&own))?;
    let (nonce, given) = mark.split_once('-')?;
    if nonce.len() != NONCE_CHARS || blake3::hash(given.as_bytes()) != blake3::hash(tag(desk_key, person, nonce).as_bytes()) {
        return None;
    }
    u64::from_str_radix(nonce, 16).ok().map(u64::to_be_bytes)
}

fn tag(desk_key: &[u8; 32], person: PersonId, nonce: &str) -> String {
    let key = blake3::derive_key("lodge device mark 1", desk_key);
    blake3::keyed_hash(&key, &[person.0.as_bytes().as_slice(), nonce.as_bytes()].concat()).to_hex()[..32].to_owned()
}

fn is_plain(mark: &str) -> bool {
    mark.len() <= 128 && mark.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn person(n: u128) -> PersonId {
        PersonId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_device_knows_the_last_few_people() {
        let mut value = String::new();
        for n in 0..5 {
            value = with_mark(&KEY, &value, person(n), [n as u8; 8]);
        }
        for n in 0..5 {
            assert_eq!(mark_of(&KEY, &value, person(n)), (n > 0).then_some([n as u8; 8]), "{n}");
            assert_eq!(mark_of(&[8; 32], &value, person(n)), None, "another desk's");
        }
        let again = with_mark(&KEY, &value, person(2), [9; 8]);
        assert_eq!((mark_of(&KEY, &again, person(2)), again.len()), (Some([9; 8]), value.len()));
        let swapped = value.replace(&person(4).0.simple().to_string(), &person(5).0.simple().to_string());
        assert_eq!(mark_of(&KEY, &swapped, person(5)), None, "a mark is one person's");
    }

    proptest! {
        #[test]
        fn garbage_marks_nobody(value: String, rest in "[0-9a-f]{0,20}-[0-9a-f]{0,40}") {
            prop_assert_eq!(mark_of(&KEY, &value, person(1)), None);
            prop_assert_eq!(mark_of(&KEY, &format!("{}-{rest}", person(1).0.simple()), person(1)), None);
            let cookie = with_mark(&KEY, &value, person(1), [1; 8]);
            prop_assert!(cookie.bytes().all(|it| it.is_ascii_graphic() && it != b';' && it != b','));
        }
    }
}
