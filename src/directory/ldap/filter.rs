//! Filters with a place for what somebody typed (RFC 4515). What goes into it is escaped, so that it can never be more than a value.

/// Puts values into the places of a filter. Places are `{name}`.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut filter = String::with_capacity(template.len() + 64);
    let mut rest = template;
    // One pass over the template, so that a value that looks like a place is not filled again.
    while let Some(at) = rest.find('{') {
        filter.push_str(&rest[..at]);
        rest = &rest[at..];
        match values.iter().find(|(name, _)| rest[1..].strip_prefix(name).is_some_and(|it| it.starts_with('}'))) {
            Some((name, value)) => {
                filter.push_str(&escaped(value));
                rest = &rest[name.len() + 2..];
            }
            None => {
                filter.push('{');
                rest = &rest[1..];
            }
        }
    }
    filter + rest
}

/// A value as it may stand in a filter (RFC 4515 section 3).
pub(super) fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '*' | '(' | ')' | '\\' | '\0' => text.push_str(&format!("\\{:02x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_fill_their_places() {
        for (template, login, expected) in [
            ("(uid={login})", "rosa", "(uid=rosa)"),
            ("(|(uid={login})(mail={login}))", "a", "(|(uid=a)(mail=a))"),
            ("(uid={login})", "*", "(uid=\\2a)"),
            ("(uid={login})", "x)(uid=*", "(uid=x\\29\\28uid=\\2a)"),
            ("(uid={login})", "{dn}", "(uid={dn})"),
            ("(x={other}{login)", "a", "(x={other}{login)"),
        ] {
            assert_eq!(filled(template, &[("login", login), ("dn", "cn=x")]), expected);
        }
    }

    proptest! {
        #[test]
        fn a_value_stays_a_value(value in ".*") {
            let filter = filled("(&(objectClass=person)(uid={login}))", &[("login", &value)]);
            prop_assert!(filter.matches('(').count() == 3 && filter.matches(')').count() == 3 && !filter.contains('*'));
            prop_assert!(!filter.contains('\0'));
            if !value.is_empty() {
                prop_assert!(ldap3::parse_filter(&filter).is_ok(), "{filter}");
            }
            prop_assert_eq!(ldap3::ldap_unescape(escaped(&value)).unwrap(), value);
        }
    }
}
