//! An entry of a directory, read as what it says about a person: the attributes that an admin named, and whether the account is in
//! use, as OpenLDAP, 389 Directory Server and Active Directory say it.

use ldap3::SearchEntry;

use crate::{
    desk::providers::{AttributeMap, Attributes, Groups, LdapSettings, Said},
    limits,
    reach::{Trouble, What},
};

/// Attributes that say that an account is not in use.
const FLAGS: [&str; 4] = ["userAccountControl", "nsAccountLock", "pwdAccountLockedTime", "loginDisabled"];
/// ACCOUNTDISABLE of `userAccountControl` (MS-ADTS 2.2.16).
const ACCOUNT_DISABLED: u32 = 0x2;
/// An instant that is none: locked by an admin for good, and not by wrong passwords for a while.
const LOCKED_FOR_GOOD: &str = "000001010000Z";

/// The attributes to ask for.
pub(super) fn wanted(settings: &LdapSettings, map: &AttributeMap) -> Vec<String> {
    let AttributeMap { email, name, department, phone, locale, groups } = map;
    let mut all: Vec<String> = [email, name, department, phone, locale, &settings.subject].map(Clone::clone).into();
    if settings.groups == Groups::Attribute {
        all.push(groups.clone());
    }
    all.extend(FLAGS.map(str::to_owned));
    all.retain(|it| !it.is_empty());
    all.sort_unstable();
    all.dedup();
    all
}

/// The values of an attribute, whatever the case of its name.
fn values<'a>(entry: &'a SearchEntry, name: &str) -> &'a [String] {
    entry.attrs.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map_or(&[], |it| it.1.as_slice())
}

fn first(entry: &SearchEntry, name: &str) -> Option<String> {
    values(entry, name).first().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty() && !name.is_empty())
}

/// What the directory knows the person by. Bytes that are no text, such as an `objectGUID`, are written as hexadecimal.
fn subject(entry: &SearchEntry, name: &str) -> Option<String> {
    let hex = |bytes: &[u8]| bytes.iter().map(|it| format!("{it:02x}")).collect::<String>();
    let raw = entry.bin_attrs.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).and_then(|it| it.1.first());
    match (raw, first_raw(entry, name)) {
        (Some(bytes), _) => Some(hex(bytes)),
        // By chance the bytes may be text.
        (None, Some(text)) if name.eq_ignore_ascii_case("objectGUID") => Some(hex(text.as_bytes())),
        (None, text) => text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
    }
}

fn first_raw(entry: &SearchEntry, name: &str) -> Option<String> {
    values(entry, name).first().cloned()
}

/// Whether the account is in use, as far as the entry says.
fn is_active(entry: &SearchEntry) -> bool {
    let [control, lock, locked_at, login] = FLAGS.map(|it| first(entry, it));
    let is_true = |it: Option<String>| it.is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let disabled = control.and_then(|it| it.parse::<u32>().ok()).is_some_and(|it| it & ACCOUNT_DISABLED != 0);
    !disabled && !is_true(lock) && !is_true(login) && locked_at.as_deref() != Some(LOCKED_FOR_GOOD)
}

/// What the entry says. Groups are those of its own attribute; other ways to find them are the caller's.
pub(super) fn said(settings: &LdapSettings, map: &AttributeMap, entry: &SearchEntry) -> Result<Said, Trouble> {
    let Some(subject) = subject(entry, &settings.subject) else {
        return Err(Trouble::new(
            What::Settings,
            format!("The entry `{}` has no `{}`, by which a person is known for ever.", entry.dn, settings.subject),
            "Name an attribute that every person has and that whoever searches may read, such as `entryUUID` or `objectGUID`.",
        ));
    };
    let attributes = Attributes {
        email: first(entry, &map.email),
        name: first(entry, &map.name),
        department: first(entry, &map.department),
        phone: first(entry, &map.phone),
        locale: first(entry, &map.locale),
    };
    let own = settings.groups == Groups::Attribute && !map.groups.is_empty();
    let groups = own.then(|| values(entry, &map.groups).iter().take(limits::GROUPS_OF_PERSON_MAX).cloned().collect());
    Ok(Said { subject, attributes, email_verified: false, groups, active: is_active(entry) })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::desk::providers::ProviderKind;

    fn entry(attributes: &[(&str, &str)]) -> SearchEntry {
        let attrs: HashMap<_, _> = attributes.iter().map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()])).collect();
        SearchEntry { dn: "uid=rosa,dc=x".into(), attrs, bin_attrs: HashMap::new() }
    }

    #[test]
    fn accounts_that_are_not_in_use() {
        for (flag, value, active) in [
            ("userAccountControl", "512", true),
            ("userAccountControl", "514", false),
            ("useraccountcontrol", "66050", false),
            ("userAccountControl", "nonsense", true),
            ("nsAccountLock", "TRUE", false),
            ("nsAccountLock", "false", true),
            ("loginDisabled", "true", false),
            ("pwdAccountLockedTime", "000001010000Z", false),
            ("pwdAccountLockedTime", "20260101000000Z", true),
            ("description", "x", true),
        ] {
            assert_eq!(is_active(&entry(&[(flag, value)])), active, "{flag} {value}");
        }
    }

    #[test]
    fn an_entry_becomes_what_it_says() {
        let settings = LdapSettings { subject: "entryUUID".into(), ..LdapSettings::default() };
        let map = ProviderKind::Ldap.usual_attributes();
        let rosa = entry(&[("ENTRYUUID", "1-2"), ("mail", "rosa@example.com"), ("displayName", " Rosa "), ("memberOf", "cn=a,dc=x")]);
        let it = said(&settings, &map, &rosa).unwrap();
        assert_eq!((it.subject.as_str(), it.attributes.name.as_deref(), it.attributes.phone), ("1-2", Some("Rosa"), None));
        assert_eq!(it.groups, Some(vec!["cn=a,dc=x".to_owned()]));
        assert_eq!(said(&settings, &map, &entry(&[("mail", "a@b")])).unwrap_err().what, What::Settings);
    }

    #[test]
    fn an_object_guid_is_the_same_whether_or_not_it_reads_as_text() {
        let settings = LdapSettings { subject: "objectGUID".into(), ..LdapSettings::default() };
        let map = ProviderKind::Ldap.usual_attributes();
        let as_text = entry(&[("objectGUID", "abcd")]);
        let mut as_bytes = entry(&[]);
        as_bytes.bin_attrs.insert("objectGUID".into(), vec![b"abcd".to_vec()]);
        let [one, other] = [as_text, as_bytes].map(|it| said(&settings, &map, &it).unwrap().subject);
        assert_eq!((one.as_str(), other.as_str()), ("61626364", "61626364"));
    }
}
