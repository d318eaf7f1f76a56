//! A provider as an admin made it: its name, whether it is on, its settings, and its secret, sealed at the door. Who is known by it
//! is in `linked.rs`.

use minicbor::{Decode, Encode};
use serde_json::json;

use super::{
    linked,
    settings::{self, Admission, AttributeMap, ProviderKind, ProviderSettings},
    sync::SyncState,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::{self, Rank},
        permission::Permission,
    },
    error::{Refusal, Result},
    id::ProviderId,
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

const NAME_CHARS_MAX: usize = 60;

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Provider {
    #[n(0)]
    pub id: ProviderId,
    /// What its button says: "Acme", "Microsoft".
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub enabled: bool,
    #[n(3)]
    pub settings: ProviderSettings,
    #[n(4)]
    pub admission: Admission,
    #[n(5)]
    pub attributes: AttributeMap,
    /// The client's secret or the password of whoever searches, sealed. Never shown again.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub secret: Option<Vec<u8>>,
    #[n(7)]
    pub created_at: Instant,
    #[n(8)]
    pub updated_at: Instant,
    /// Of whoever said last whom to ask and whom to believe: nobody who may do more comes in by it.
    #[cbor(n(9), default)]
    pub rank: Rank,
}

impl Record for Provider {
    type Key = ProviderId;
    const TABLE: Table = Table::journalled(0x40, "sign_in_providers");

    fn key(&self) -> ProviderId {
        self.id
    }
}

impl Provider {
    pub fn kind(&self) -> ProviderKind {
        self.settings.kind()
    }

    pub(super) fn about(&self) -> About {
        About { entity_kind: "sign_in_provider", entity: self.id.0, subject: None }
    }
}

/// A provider to be. It begins switched off unless it says otherwise.
#[derive(Debug, Clone)]
pub struct NewProvider {
    pub name: String,
    pub enabled: bool,
    pub settings: ProviderSettings,
    pub admission: Admission,
    /// Those usual for the kind if absent.
    pub attributes: Option<AttributeMap>,
    /// Sealed.
    pub secret: Option<Vec<u8>>,
}

/// Changes to a provider; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ProviderChange {
    pub name: Option<String>,
    pub enabled: Option<bool>,
    /// Of the same kind as before.
    pub settings: Option<ProviderSettings>,
    pub admission: Option<Admission>,
    pub attributes: Option<AttributeMap>,
    /// Sealed; the inner `None` takes it away.
    pub secret: Option<Option<Vec<u8>>>,
}

/// Whoever decides who comes in, and as what, gives roles: so both permissions are asked for.
fn need(actor: &Actor) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    actor.need(Permission::PeopleWrite)
}

/// The providers, oldest first.
pub fn providers(tx: &Tx, actor: &Actor) -> Result<Vec<Provider>> {
    actor.need(Permission::SettingsRead)?;
    Ok(tx.scan::<Provider>(&())?.collect::<Result<_, _>>()?)
}

pub fn provider(tx: &Tx, actor: &Actor, id: ProviderId) -> Result<Provider> {
    actor.need(Permission::SettingsRead)?;
    tx.get::<Provider>(&id)?.ok_or_else(|| Refusal::not_found("way to sign in").into())
}

/// The providers that are on, oldest first: what the door shows to everybody.
pub fn enabled(tx: &Tx) -> Result<Vec<Provider>> {
    let all: Vec<Provider> = tx.scan::<Provider>(&())?.collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|it| it.enabled).collect())
}

/// The name of a provider one of whose groups gives this role.
pub fn gives_role(tx: &Tx, role: &str) -> Result<Option<String>> {
    let all: Vec<Provider> = tx.scan::<Provider>(&())?.collect::<Result<_, _>>()?;
    let gives = |it: &Provider| it.admission.group_roles.iter().any(|it| it.roles.iter().any(|it| it == role));
    Ok(all.into_iter().find(gives).map(|it| it.name))
}

pub fn create_provider(tx: &mut Tx, actor: &Actor, new: NewProvider) -> Result<Provider> {
    need(actor)?;
    let NewProvider { name, enabled, settings, admission, attributes, secret } = new;
    let settings = settings::checked(settings)?;
    let kind = settings.kind();
    if tx.scan::<Provider>(&())?.count() >= limits::PROVIDERS_MAX {
        return Err(Refusal::field("name", "too_many", say!("refused-desk-ways-sign-most", providers_max = limits::PROVIDERS_MAX)).into());
    }
    let provider = Provider {
        id: tx.new_id(),
        name: checked_name(tx, &name, None)?,
        enabled,
        admission: checked_admission(tx, actor, admission)?,
        attributes: settings::checked_attributes(kind, attributes.unwrap_or_else(|| kind.usual_attributes()))?,
        settings,
        secret,
        created_at: tx.now(),
        updated_at: tx.now(),
        rank: Rank::of(tx, actor)?,
    };
    tx.put(&provider)?;
    let changes = Changes::new()
        .set("name", provider.name.as_str())
        .set("kind", kind.name())
        .set("enabled", provider.enabled)
        .set("admission", admission_json(&provider.admission));
    event::record(tx, actor, EventKind::ProviderCreated, provider.about(), changes)?;
    Ok(provider)
}

pub fn change_provider(tx: &mut Tx, actor: &Actor, id: ProviderId, change: ProviderChange) -> Result<Provider> {
    need(actor)?;
    let before = provider(tx, actor, id)?;
    let mut after = before.clone();
    let ProviderChange { name, enabled, settings, admission, attributes, secret } = change;
    if let Some(it) = name {
        after.name = checked_name(tx, &it, Some(id))?;
    }
    after.enabled = enabled.unwrap_or(after.enabled);
    if let Some(it) = settings {
        if it.kind() != before.kind() {
            return Err(Refusal::field("kind", "invalid", say!("refused-way-sign-keeps-kind")).into());
        }
        after.settings = settings::checked(it)?;
    }
    if let Some(it) = admission.filter(|it| *it != before.admission) {
        after.admission = checked_admission(tx, actor, it)?;
    }
    if let Some(it) = attributes {
        after.attributes = settings::checked_attributes(before.kind(), it)?;
    }
    after.secret = secret.unwrap_or(after.secret);
    if is_elsewhere(&before, &after) && after.secret.is_some() && after.secret == before.secret {
        let message = say!("refused-sends-secret-another-place");
        return Err(Refusal::field("secret", "required", message).into());
    }
    let changes = diff(&before, &after);
    if changes.is_empty() {
        return Ok(after);
    }
    after.updated_at = tx.now();
    let believes = |it: &Provider| (it.settings.clone(), it.admission.clone(), it.attributes.clone(), it.secret.clone());
    if believes(&before) != believes(&after) {
        after.rank = Rank::of(tx, actor)?;
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::ProviderChanged, after.about(), changes)?;
    Ok(after)
}

/// Takes a provider away, with every identity known by it. The people stay; roles that only it gave do not.
pub fn delete_provider(tx: &mut Tx, actor: &Actor, id: ProviderId) -> Result<()> {
    need(actor)?;
    let provider = provider(tx, actor, id)?;
    linked::unlink_all(tx, actor, id)?;
    tx.remove::<SyncState>(&id)?;
    tx.remove::<Provider>(&id)?;
    event::record(tx, actor, EventKind::ProviderDeleted, provider.about(), Changes::new().set("name", provider.name.as_str()))?;
    Ok(())
}

fn checked_name(tx: &Tx, name: &str, own: Option<ProviderId>) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let message = say!("refused-needs-name-1-characters", NAME_CHARS_MAX = NAME_CHARS_MAX);
        return Err(Refusal::field("name", "required", message).into());
    }
    for it in tx.scan::<Provider>(&())? {
        let it = it?;
        if Some(it.id) != own && it.name.to_lowercase() == name.to_lowercase() {
            return Err(Refusal::field("name", "taken", say!("refused-there-way-sign-named", name = name)).into());
        }
    }
    Ok(name)
}

/// Nobody hands out through a directory what they may not do themselves.
fn checked_admission(tx: &Tx, actor: &Actor, admission: Admission) -> Result<Admission> {
    let mut admission = settings::checked_admission(admission)?;
    for rule in &mut admission.group_roles {
        for key in &mut rule.roles {
            let Some(found) = identity::any_role(tx, key)? else {
                return Err(Refusal::field("groupRoles", "unknown", say!("refused-there-no-role-2", key = key)).into());
            };
            identity::need_roles(tx, actor, &[], std::slice::from_ref(&found.key))?;
            *key = found.key;
        }
    }
    Ok(admission)
}

/// Whether the secret would go to somebody else than before, or where others can read it.
fn is_elsewhere(before: &Provider, after: &Provider) -> bool {
    match (&before.settings, &after.settings) {
        (ProviderSettings::Oidc(one), ProviderSettings::Oidc(other)) => (&one.issuer, &one.ca) != (&other.issuer, &other.ca),
        (ProviderSettings::Ldap(one), ProviderSettings::Ldap(other)) => {
            (&one.host, one.port, one.encryption, &one.ca) != (&other.host, other.port, other.encryption, &other.ca)
        }
        (ProviderSettings::Header(_), ProviderSettings::Header(_)) => false,
        _ => true,
    }
}

fn diff(before: &Provider, after: &Provider) -> Changes {
    // Destructured without `..`: a new field does not compile until somebody decides how it is logged.
    let Provider { id: _, name, enabled, settings, admission, attributes, secret, created_at: _, updated_at: _, rank: _ } = before;
    let mut changes = Changes::new();
    changes
        .field("name", name.as_str(), after.name.as_str())
        .field("enabled", *enabled, after.enabled)
        .field("settings", settings_json(settings), settings_json(&after.settings))
        .field("admission", admission_json(admission), admission_json(&after.admission))
        .field("attributes", attributes_json(attributes), attributes_json(&after.attributes));
    if *secret != after.secret {
        changes = changes.set("secret", if after.secret.is_some() { "changed" } else { "removed" });
    }
    changes
}

fn settings_json(it: &ProviderSettings) -> serde_json::Value {
    match it {
        ProviderSettings::Oidc(it) => json!({
            "issuer": it.issuer, "clientId": it.client_id, "scopes": it.scopes, "ca": it.ca, "signsOut": it.signs_out,
        }),
        ProviderSettings::Ldap(it) => json!({
            "host": it.host, "port": it.port, "encryption": it.encryption.name(), "ca": it.ca, "bindDn": it.bind_dn, "base": it.base,
            "loginFilter": it.login_filter, "peopleFilter": it.people_filter, "subject": it.subject, "pageSize": it.page_size,
            "syncMinutes": it.sync_minutes,
            "groups": match &it.groups {
                settings::Groups::Attribute => json!(null),
                settings::Groups::Search { base, filter } => json!({ "base": base, "filter": filter }),
            },
        }),
        ProviderSettings::Header(it) => json!({
            "networks": it.networks, "subject": it.subject, "separator": it.separator, "signOut": it.sign_out,
        }),
    }
}

fn admission_json(it: &Admission) -> serde_json::Value {
    let Admission { creates, domains, vouches, group_roles } = it;
    let rules: Vec<_> = group_roles.iter().map(|it| json!({ "group": it.group, "roles": it.roles })).collect();
    json!({ "creates": creates, "domains": domains, "vouches": vouches, "groupRoles": rules })
}

fn attributes_json(it: &AttributeMap) -> serde_json::Value {
    let AttributeMap { email, name, department, phone, locale, groups } = it;
    json!({ "email": email, "name": name, "department": department, "phone": phone, "locale": locale, "groups": groups })
}
