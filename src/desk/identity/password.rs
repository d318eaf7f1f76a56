//! What a new password must be (IAM-04, after NIST SP 800-63B): long enough, not one that everybody tries first, and not the person's
//! own name. No rule about capitals, digits or signs, and no expiry: both make passwords worse. Hashing is the door's.

use std::{collections::BTreeSet, sync::LazyLock};

use super::rules::AccountRules;
use crate::{
    error::{Refusal, Result},
    language::{Sentence, say},
    limits,
    secret::Secret,
};

/// Passwords and words that guessing begins with, in lower case, one a line. Made from public lists of leaked passwords, rows of the
/// keyboard, months, seasons and names.
static COMMON: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("common-passwords.txt").lines().collect());

/// Digits and signs around a common word that make it no less common.
const DRESS_CHARS_MAX: usize = 5;
/// Shorter words of a name are part of too many others.
const NAME_CHARS_MIN: usize = 4;

/// Whose password it is to be, as far as is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owner<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub desk: &'a str,
}

/// Refuses a password that would be guessed. Says what to do.
pub fn check(rules: &AccountRules, owner: Owner, password: &Secret) -> Result<()> {
    let refused = |code, message: Sentence| Err(Refusal::field("password", code, message).into());
    let text = password.reveal();
    let least = rules.password_chars_min as usize;
    if text.chars().count() < least {
        return refused("too_short", say!("refused-password-short", least = least));
    }
    if text.len() > limits::PASSWORD_BYTES_MAX {
        return refused("too_long", say!("refused-password-long", most = limits::PASSWORD_BYTES_MAX));
    }
    let plain = text.to_lowercase();
    if is_common(&plain) {
        let message = say!("refused-password-among-those-tried");
        return refused("too_common", message);
    }
    if without(&plain, owner).chars().count() < least {
        let message = say!("refused-beside-your-name-your", least = least);
        return refused("too_personal", message);
    }
    Ok(())
}

/// Whether a text in lower case is common, also with a few digits and signs around it.
fn is_common(text: &str) -> bool {
    let one = text.chars().next();
    if COMMON.contains(text) || text.chars().all(|it| Some(it) == one) {
        return true;
    }
    let word = text.trim_matches(|it: char| !it.is_alphabetic());
    text.chars().count() - word.chars().count() <= DRESS_CHARS_MAX && COMMON.contains(word)
}

/// What is left of a text in lower case when the owner's names are taken out.
fn without(text: &str, owner: Owner) -> String {
    let mut names: Vec<String> = Vec::new();
    for source in [owner.name, owner.email, owner.desk] {
        let source = source.to_lowercase();
        names.push(source.split_whitespace().collect());
        names.extend(source.split(|it: char| !it.is_alphanumeric()).map(str::to_owned));
        names.push(source);
    }
    names.retain(|it| it.chars().count() >= NAME_CHARS_MIN);
    // The longest first, so that a whole address goes before a part of it.
    names.sort_by_key(|it| std::cmp::Reverse(it.len()));
    names.iter().fold(text.to_owned(), |left, it| left.replace(it.as_str(), ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWNER: Owner = Owner { name: "Rosa Lindqvist", email: "rosa.l@birchwood.example", desk: "Pine Street IT" };

    fn verdict(text: &str) -> &'static str {
        match check(&AccountRules::default(), OWNER, &Secret::new(text)) {
            Ok(()) => "",
            Err(crate::error::Error::Refused(it)) => it.fields[0].code,
            Err(it) => panic!("{it}"),
        }
    }

    #[test]
    fn what_is_taken_and_why_not() {
        for (text, expected) in [
            ("kettle orbit mango", ""),
            ("xk7vq2pwzt", ""),
            ("zwölf Boxkämpfer", ""),
            ("日本語のパスワード長い", ""),
            ("ninechars", "too_short"),
            ("", "too_short"),
            ("password123", "too_common"),
            ("PassWord2026!", "too_common"),
            ("1234567890", "too_common"),
            ("!!!!!!!!!!!!!", "too_common"),
            ("qwertyuiop", "too_common"),
            ("September26", "too_common"),
            ("rosalindqvist", "too_personal"),
            ("Rosa-Lindqvist-1", "too_personal"),
            ("birchwood99", "too_personal"),
            ("rosa.l@birchwood.example", "too_personal"),
            ("pinestreetit!", "too_personal"),
            ("rosa likes green apples", ""),
        ] {
            assert_eq!(verdict(text), expected, "{text}");
        }
        assert_eq!(verdict(&"long ".repeat(300)), "too_long");
    }

    #[test]
    fn the_list_is_as_the_code_reads_it() {
        assert!(COMMON.len() > 10_000);
        assert!(COMMON.iter().all(|it| *it == it.to_lowercase() && !it.contains(' ') && it.len() >= 5));
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(text: String, name: String) {
            let _ = check(&AccountRules::default(), Owner { name: &name, ..OWNER }, &Secret::new(text));
        }
    }
}
