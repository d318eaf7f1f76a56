//! What a directory says about somebody, in one shape for all kinds, and what follows from it by itself. Nothing here reads or writes.

use minicbor::{Decode, Encode};

/// What is taken over into a person's data. `None`: the directory does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Attributes {
    #[n(0)]
    pub email: Option<String>,
    #[n(1)]
    pub name: Option<String>,
    #[n(2)]
    pub department: Option<String>,
    #[n(3)]
    pub phone: Option<String>,
    #[n(4)]
    pub locale: Option<String>,
}

/// What a directory says about one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What it knows the person by: stays the same when name and address change.
    pub subject: String,
    pub attributes: Attributes,
    /// Whether it says that the mail address was verified.
    pub email_verified: bool,
    /// `None`: it says nothing about groups, and roles stay as they are.
    pub groups: Option<Vec<String>>,
    pub active: bool,
}

/// Who is in the group gets the roles.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GroupRoles {
    /// The group's name, or its whole distinguished name.
    #[n(0)]
    pub group: String,
    /// Keys of roles.
    #[n(1)]
    pub roles: Vec<String>,
}

/// The roles that membership in these groups gives, each once, in the order of the rules.
pub fn roles_of(groups: &[String], rules: &[GroupRoles]) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for rule in rules.iter().filter(|rule| groups.iter().any(|it| is_group(it, &rule.group))) {
        for role in &rule.roles {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
    }
    roles
}

/// Whether a group is the one that a rule names. A rule with a whole distinguished name means that group alone.
fn is_group(group: &str, wanted: &str) -> bool {
    if same(group, wanted) {
        return true;
    }
    let first = || group.split_once('=').map(|it| it.1.split(',').next().unwrap_or_default());
    !wanted.contains('=') && first().is_some_and(|it| same(it, wanted))
}

fn same(one: &str, other: &str) -> bool {
    // Directories put or leave out a space after a comma as they like.
    let plain = |it: &str| it.to_lowercase().split(',').map(str::trim).collect::<Vec<_>>().join(",");
    plain(one) == plain(other)
}

/// Whether an address belongs to one of the domains.
pub(super) fn is_in_domain(email: &str, domains: &[String]) -> bool {
    email.rsplit_once('@').is_some_and(|(_, domain)| domains.iter().any(|it| it.eq_ignore_ascii_case(domain)))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn groups_give_roles() {
        let rule = |group: &str, roles: &[&str]| GroupRoles { group: group.into(), roles: roles.iter().map(|it| (*it).into()).collect() };
        let rules = [rule("helpdesk", &["agent"]), rule("cn=boss,ou=groups,dc=x", &["manager", "agent"])];
        for (groups, expected) in [
            (vec!["helpdesk"], vec!["agent"]),
            (vec!["HelpDesk"], vec!["agent"]),
            (vec!["cn=helpdesk,ou=groups,dc=x"], vec!["agent"]),
            (vec!["CN=Boss, OU=Groups, DC=x", "helpdesk"], vec!["agent", "manager"]),
            (vec!["cn=boss,ou=others,dc=x"], vec![]),
            (vec!["helpdesk2", "xhelpdesk", "cn=x,ou=helpdesk"], vec![]),
            (vec![], vec![]),
        ] {
            let groups: Vec<String> = groups.into_iter().map(str::to_owned).collect();
            assert_eq!(roles_of(&groups, &rules), expected, "{groups:?}");
        }
    }

    #[test]
    fn a_domain_is_the_whole_of_what_follows_the_last_at() {
        let domains = ["example.com".to_owned()];
        for (email, fits) in
            [("a@example.com", true), ("a@EXAMPLE.com", true), ("a@sub.example.com", false), ("a@example.com@evil", false), ("x", false)]
        {
            assert_eq!(is_in_domain(email, &domains), fits, "{email}");
        }
    }
}
