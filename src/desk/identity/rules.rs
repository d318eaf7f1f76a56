//! What the desk asks of local accounts: who may register, how long a password is, whose role needs a second factor. One record,
//! changed by admins; a desk that never changed it has the defaults.

use std::sync::Arc;

use minicbor::{Decode, Encode};

use super::any_role;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct AccountRules {
    /// Characters that a new password has at least.
    #[n(0)]
    pub password_chars_min: u32,
    /// Whether anybody may register.
    #[n(1)]
    pub registration: bool,
    /// Domains of mail addresses that may register, in lower case; any if empty.
    #[n(2)]
    pub registration_domains: Vec<String>,
    /// Whether a person is told by mail of a sign-in from a device that was not seen before.
    #[n(3)]
    pub tell_new_device: bool,
    /// Keys of roles that need a second factor.
    #[n(4)]
    pub second_factor_roles: Vec<String>,
}

impl Default for AccountRules {
    fn default() -> Self {
        AccountRules {
            password_chars_min: limits::PASSWORD_CHARS_DEFAULT,
            registration: false,
            registration_domains: Vec::new(),
            tell_new_device: true,
            second_factor_roles: Vec::new(),
        }
    }
}

impl Record for AccountRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x34, "account_rules");

    fn key(&self) {}
}

impl AccountRules {
    pub fn of(tx: &Tx) -> Result<Arc<AccountRules>> {
        Ok(tx.get_shared::<AccountRules>(&())?.unwrap_or_default())
    }

    /// Whether an address may register here.
    pub fn takes(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |it| it.1);
        self.registration && (self.registration_domains.is_empty() || self.registration_domains.iter().any(|it| it == domain))
    }
}

/// Changes to the rules; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AccountRulesChange {
    pub password_chars_min: Option<u32>,
    pub registration: Option<bool>,
    pub registration_domains: Option<Vec<String>>,
    pub tell_new_device: Option<bool>,
    pub second_factor_roles: Option<Vec<String>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, change: AccountRulesChange) -> Result<AccountRules> {
    actor.need(Permission::SettingsWrite)?;
    let before = AccountRules::of(tx)?;
    let mut after = AccountRules::clone(&before);
    let AccountRulesChange { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles } = change;
    if let Some(it) = password_chars_min {
        let (least, most) = (limits::PASSWORD_CHARS_MIN, limits::PASSWORD_CHARS_ASKED_MAX);
        if !(least..=most).contains(&it) {
            let message = say!("refused-ask-characters-fewer-guessed", least = least, most = most);
            return Err(Refusal::field("passwordCharsMin", "invalid", message).into());
        }
        after.password_chars_min = it;
    }
    if let Some(it) = registration_domains {
        after.registration_domains = it.iter().map(|it| domain(it)).collect::<Result<_>>()?;
    }
    if let Some(it) = second_factor_roles {
        after.second_factor_roles = it.iter().map(|it| known_role(tx, it)).collect::<Result<_>>()?;
    }
    after.registration = registration.unwrap_or(after.registration);
    after.tell_new_device = tell_new_device.unwrap_or(after.tell_new_device);
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SettingsChanged, about, changes)?;
    Ok(after)
}

fn domain(text: &str) -> Result<String> {
    let domain = text.trim().trim_start_matches('@').to_lowercase();
    let fine = !domain.is_empty() && domain.len() <= 253 && domain.chars().all(|it| it.is_alphanumeric() || matches!(it, '.' | '-'));
    if fine {
        return Ok(domain);
    }
    let shown: String = text.chars().take(80).collect();
    Err(Refusal::field("registrationDomains", "invalid", say!("refused-no-domain-write-what", shown = shown)).into())
}

fn known_role(tx: &Tx, text: &str) -> Result<String> {
    let shown: String = text.chars().take(80).collect();
    any_role(tx, text)?
        .map(|it| it.key)
        .ok_or_else(|| Refusal::field("secondFactorRoles", "unknown", say!("refused-there-no-role", shown = shown)).into())
}

fn diff(before: &AccountRules, after: &AccountRules) -> Changes {
    // Destructured without `..`, so that a new rule does not compile until somebody decides how it is logged.
    let AccountRules { password_chars_min, registration, registration_domains, tell_new_device, second_factor_roles } = before;
    let mut changes = Changes::new();
    changes
        .field("passwordCharsMin", *password_chars_min, after.password_chars_min)
        .field("registration", *registration, after.registration)
        .field("registrationDomains", registration_domains.clone(), after.registration_domains.clone())
        .field("tellNewDevice", *tell_new_device, after.tell_new_device)
        .field("secondFactorRoles", second_factor_roles.clone(), after.second_factor_roles.clone());
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    #[test]
    fn changes_are_checked_and_kept() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let with = |given: AccountRulesChange| store.write(move |tx| change(tx, &Actor::system("test"), given)).map(|it| it.0);
        let texts = |it: &[&str]| Some(it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        for (given, fits) in [
            (AccountRulesChange { password_chars_min: Some(7), ..Default::default() }, false),
            (AccountRulesChange { password_chars_min: Some(65), ..Default::default() }, false),
            (AccountRulesChange { password_chars_min: Some(8), ..Default::default() }, true),
            (AccountRulesChange { registration_domains: texts(&["@Example.COM "]), registration: Some(true), ..Default::default() }, true),
            (AccountRulesChange { registration_domains: texts(&["a b"]), ..Default::default() }, false),
            (AccountRulesChange { second_factor_roles: texts(&["owner"]), ..Default::default() }, true),
            (AccountRulesChange { second_factor_roles: texts(&["king"]), ..Default::default() }, false),
        ] {
            assert_eq!(with(given.clone()).is_ok(), fits, "{given:?}");
        }
        let rules = AccountRules::of(&store.read().unwrap()).unwrap();
        assert_eq!((rules.password_chars_min, rules.second_factor_roles[0].as_str()), (8, "tenant_owner"));
        for (email, takes) in [("a@example.com", true), ("a@sub.example.com", false), ("a@evilexample.com", false), ("nothing", false)] {
            assert_eq!(rules.takes(email), takes, "{email}");
        }
        let closed = AccountRules { registration: false, ..AccountRules::clone(&rules) };
        assert!(!closed.takes("a@example.com"));
    }
}
