//! Names of IMAP folders in the server's spelling and in that of people: modified UTF-7 (RFC 3501 5.1.3). A name that is not well
//! spelled stays as it is, so that it can still be used.

use base64::{
    Engine,
    alphabet::IMAP_MUTF7,
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// As the server writes it.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut waiting: Vec<u8> = Vec::new();
    let flush = |waiting: &mut Vec<u8>, out: &mut String| {
        if !waiting.is_empty() {
            out.push('&');
            BASE64.encode_string(&*waiting, out);
            out.push('-');
            waiting.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut waiting, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            waiting.extend(c.encode_utf16(&mut units).iter().flat_map(|it| it.to_be_bytes()));
        }
    }
    flush(&mut waiting, &mut out);
    out
}

/// As people write it.
pub fn decode(name: &str) -> String {
    decoded(name).unwrap_or_else(|| name.to_owned())
}

fn decoded(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (coded, after) = after.split_once('-')?;
        if coded.is_empty() {
            out.push('&');
        } else {
            let bytes = BASE64.decode(coded).ok()?;
            let (units, odd) = bytes.as_chunks::<2>();
            if !odd.is_empty() {
                return None;
            }
            let units: Vec<u16> = units.iter().map(|it| u16::from_be_bytes(*it)).collect();
            out.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_folders() {
        for (people, server) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Jack & Jill", "Jack &- Jill"),
            ("😀", "&2D3eAA-"),
            ("", ""),
        ] {
            assert_eq!(encode(people), server);
            assert_eq!(decode(server), people);
        }
        for odd in ["&", "&x", "&!!-", "&AA-", "&2D0-"] {
            assert_eq!(decode(odd), odd);
        }
    }

    proptest! {
        #[test]
        fn there_and_back(name in "\\PC{0,40}") {
            let coded = encode(&name);
            prop_assert!(coded.bytes().all(|it| (b' '..=b'~').contains(&it)));
            prop_assert_eq!(decode(&coded), name);
        }

        #[test]
        fn garbage_is_a_name(name in "[ -~]{0,40}") {
            decode(&name);
        }
    }
}
