//! Ways to sign in that belong to somebody else (IAM-11), their test and their sync. Secrets go in and never come out.

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::nullable, list::ListView};
use crate::{
    appliance::directories::{self, Trial},
    desk::{
        Tx,
        permission::Permission,
        providers::{
            self, Admission, AttributeMap, Encryption, GroupRoles, Groups, HeaderSettings, LdapSettings, NewProvider, OidcSettings,
            Provider, ProviderChange, ProviderSettings, SyncState,
        },
    },
    error::{Fault, Refusal, Result},
    http::{
        App, Caller, Problem,
        body::{self, RawJson},
        idempotency::Reply,
        own_address,
        page::Page,
        path::Path,
        query::Query,
    },
    id::ProviderId,
    limits,
    secret::Secret,
    time::Instant,
};

/// OpenID Connect.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct OidcView {
    pub issuer: String,
    pub client_id: String,
    /// Besides `openid`.
    pub scopes: Vec<String>,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
    /// Whether signing out here signs out there too.
    pub signs_out: bool,
}

/// A search for groups.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct GroupSearchView {
    pub base: String,
    /// `{dn}` and `{login}` stand for the person's.
    pub filter: String,
}

/// LDAP, also in the way of Active Directory.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LdapView {
    pub host: String,
    /// The usual one if 0.
    pub port: u16,
    /// `tls`, `start_tls` or `none`.
    pub encryption: String,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
    /// Who searches; empty: nobody in particular.
    pub bind_dn: String,
    pub base: String,
    /// Finds one person; `{login}` stands for what was typed.
    pub login_filter: String,
    /// Finds everybody, for the sync.
    pub people_filter: String,
    /// The attribute that stays the same for a person for ever.
    pub subject: String,
    /// Null: groups stand in the person's own entry.
    pub group_search: Option<GroupSearchView>,
    #[schema(minimum = 1, maximum = 1000)]
    pub page_size: u16,
    /// Minutes between two syncs; null: people come only by signing in.
    #[schema(minimum = 5, maximum = 10080)]
    pub sync_minutes: Option<u32>,
}

impl Default for LdapView {
    fn default() -> Self {
        LdapView {
            host: String::new(),
            port: 0,
            encryption: Encryption::Tls.name().into(),
            ca: None,
            bind_dn: String::new(),
            base: String::new(),
            login_filter: "(&(objectClass=person)(|(uid={login})(mail={login})))".into(),
            people_filter: "(objectClass=person)".into(),
            subject: "entryUUID".into(),
            group_search: None,
            page_size: 500,
            sync_minutes: None,
        }
    }
}

/// A proxy in front that has signed people in.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TrustedHeaderView {
    /// Ranges of addresses of the proxy; nobody else is believed.
    pub networks: Vec<String>,
    /// The header with what the proxy knows the person by.
    pub subject: String,
    /// Between groups in their header; a comma if empty.
    pub separator: String,
    /// Where signing out leads.
    pub sign_out: Option<String>,
}

/// A group and the roles that it gives.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GroupRolesView {
    /// Its name, or its whole distinguished name.
    pub group: String,
    /// Keys of roles.
    pub roles: Vec<String>,
}

/// What each attribute is called there; empty: not taken over.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AttributesView {
    pub email: String,
    pub name: String,
    pub department: String,
    pub phone: String,
    pub locale: String,
    pub groups: String,
}

/// How the last sync went.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SyncView {
    pub began_at: Instant,
    /// When the last one ended, whole or not; null or before `beganAt`: one is under way.
    pub ended_at: Option<Instant>,
    /// When the last whole one ended.
    pub whole_at: Option<Instant>,
    #[schema(minimum = 0)]
    pub found: u32,
    #[schema(minimum = 0)]
    pub created: u32,
    #[schema(minimum = 0)]
    pub changed: u32,
    #[schema(minimum = 0)]
    pub disabled: u32,
    #[schema(minimum = 0)]
    pub left_out: u32,
    /// What is wrong, in a sentence.
    pub trouble: Option<String>,
    pub trouble_since: Option<Instant>,
}

/// A way to sign in. One of `oidc`, `ldap` and `trustedHeader` says how.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProviderView {
    pub id: Uuid,
    pub name: String,
    pub kind: String,
    pub enabled: bool,
    pub oidc: Option<OidcView>,
    pub ldap: Option<LdapView>,
    pub trusted_header: Option<TrustedHeaderView>,
    /// Whether somebody new gets an account.
    pub creates_people: bool,
    /// Mail domains of those who come this way.
    pub domains: Vec<String>,
    /// Whether every mail address there counts as verified.
    pub vouches_for_mail: bool,
    pub group_roles: Vec<GroupRolesView>,
    pub attributes: AttributesView,
    /// The secret itself is never shown.
    pub has_secret: bool,
    pub sync: Option<SyncView>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A way to sign in to be, or what is to change about one. Exactly one of `oidc`, `ldap` and `trustedHeader` says how.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderInput {
    #[schema(value_type = String, min_length = 1, max_length = 60)]
    pub name: Option<String>,
    pub enabled: Option<bool>,
    pub oidc: Option<OidcView>,
    pub ldap: Option<LdapView>,
    pub trusted_header: Option<TrustedHeaderView>,
    pub creates_people: Option<bool>,
    pub domains: Option<Vec<String>>,
    pub vouches_for_mail: Option<bool>,
    pub group_roles: Option<Vec<GroupRolesView>>,
    pub attributes: Option<AttributesView>,
    /// The client's secret, or the password of whoever searches; null takes it away.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub secret: Option<Option<Secret>>,
}

/// The part of a patch that is sealed before the desk sees it.
#[derive(Default, Deserialize)]
struct SecretInput {
    #[serde(default, deserialize_with = "nullable")]
    secret: Option<Option<Secret>>,
}

/// Who else to look for in a test.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct TestInput {
    /// Somebody to look for in the directory.
    pub login: Option<String>,
}

/// One thing that a test found.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingView {
    pub ok: bool,
    /// `ok`, or a stable word for what is wrong.
    pub code: String,
    pub text: String,
    /// What to do about it; may be empty.
    pub advice: String,
}

/// What a test found, in the order of its steps; the first that is wrong ends it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestView {
    pub ok: bool,
    pub findings: Vec<FindingView>,
}

fn view(tx: &Tx, it: Provider) -> Result<ProviderView> {
    let sync = providers::sync_state(tx, it.id)?.map(sync_view);
    let kind = it.kind().name().to_owned();
    let (mut oidc, mut ldap, mut trusted_header) = (None, None, None);
    match it.settings {
        ProviderSettings::Oidc(it) => oidc = Some(oidc_view(it)),
        ProviderSettings::Ldap(it) => ldap = Some(ldap_view(it)),
        ProviderSettings::Header(it) => trusted_header = Some(header_view(it)),
    }
    let Admission { creates, domains, vouches, group_roles } = it.admission;
    let AttributeMap { email, name, department, phone, locale, groups } = it.attributes;
    Ok(ProviderView {
        id: it.id.0,
        name: it.name,
        kind,
        enabled: it.enabled,
        oidc,
        ldap,
        trusted_header,
        creates_people: creates,
        domains,
        vouches_for_mail: vouches,
        group_roles: group_roles.into_iter().map(|it| GroupRolesView { group: it.group, roles: it.roles }).collect(),
        attributes: AttributesView { email, name, department, phone, locale, groups },
        has_secret: it.secret.is_some(),
        sync,
        created_at: it.created_at,
        updated_at: it.updated_at,
    })
}

fn sync_view(it: SyncState) -> SyncView {
    let counts = it.counts;
    SyncView {
        began_at: it.began_at,
        ended_at: it.ended_at,
        whole_at: it.whole_at,
        found: counts.found,
        created: counts.created,
        changed: counts.changed,
        disabled: counts.disabled,
        left_out: counts.left_out,
        trouble: it.trouble,
        trouble_since: it.trouble_since,
    }
}

fn oidc_view(it: OidcSettings) -> OidcView {
    let OidcSettings { issuer, client_id, scopes, ca, signs_out } = it;
    OidcView { issuer, client_id, scopes, ca, signs_out }
}

fn ldap_view(it: LdapSettings) -> LdapView {
    let LdapSettings { host, port, encryption, ca, bind_dn, base, login_filter, people_filter, subject, groups, page_size, sync_minutes } =
        it;
    let group_search = match groups {
        Groups::Attribute => None,
        Groups::Search { base, filter } => Some(GroupSearchView { base, filter }),
    };
    let encryption = encryption.name().to_owned();
    LdapView { host, port, encryption, ca, bind_dn, base, login_filter, people_filter, subject, group_search, page_size, sync_minutes }
}

fn header_view(it: HeaderSettings) -> TrustedHeaderView {
    let HeaderSettings { networks, subject, separator, sign_out } = it;
    TrustedHeaderView { networks, subject, separator, sign_out }
}

impl LdapView {
    fn meant(self) -> Result<LdapSettings> {
        let unknown = || Refusal::field("ldap.encryption", "unknown", "The encryption is `tls`, `start_tls` or `none`.");
        let encryption = Encryption::named(&self.encryption).ok_or_else(unknown)?;
        let groups = match self.group_search {
            None => Groups::Attribute,
            Some(GroupSearchView { base, filter }) => Groups::Search { base, filter },
        };
        let LdapView { host, port, ca, bind_dn, base, login_filter, people_filter, subject, page_size, sync_minutes, .. } = self;
        Ok(LdapSettings {
            host,
            port,
            encryption,
            ca,
            bind_dn,
            base,
            login_filter,
            people_filter,
            subject,
            groups,
            page_size,
            sync_minutes,
        })
    }
}

impl ProviderInput {
    /// The settings that it gives, of which there may be one.
    fn settings(&mut self) -> Result<Option<ProviderSettings>> {
        let one = match (self.oidc.take(), self.ldap.take(), self.trusted_header.take()) {
            (None, None, None) => return Ok(None),
            (Some(OidcView { issuer, client_id, scopes, ca, signs_out }), None, None) => {
                ProviderSettings::Oidc(OidcSettings { issuer, client_id, scopes, ca, signs_out })
            }
            (None, Some(it), None) => ProviderSettings::Ldap(it.meant()?),
            (None, None, Some(TrustedHeaderView { networks, subject, separator, sign_out })) => {
                ProviderSettings::Header(HeaderSettings { networks, subject, separator, sign_out })
            }
            _ => return Err(Refusal::field("oidc", "invalid", "Give one of `oidc`, `ldap` and `trustedHeader`.").into()),
        };
        Ok(Some(one))
    }

    /// What of the admission it gives; the rest is as before.
    fn admission(&mut self, before: Admission) -> Admission {
        let rules = self.group_roles.take().map(|all| all.into_iter().map(|it| GroupRoles { group: it.group, roles: it.roles }).collect());
        Admission {
            creates: self.creates_people.unwrap_or(before.creates),
            domains: self.domains.take().unwrap_or(before.domains),
            vouches: self.vouches_for_mail.unwrap_or(before.vouches),
            group_roles: rules.unwrap_or(before.group_roles),
        }
    }

    fn attributes(&mut self) -> Option<AttributeMap> {
        let AttributesView { email, name, department, phone, locale, groups } = self.attributes.take()?;
        Some(AttributeMap { email, name, department, phone, locale, groups })
    }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<ProviderView>>, Problem> {
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let all = providers::providers(tx, &caller.actor)?;
        all.into_iter().map(|it| view(tx, it)).collect::<Result<Vec<_>>>()
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn read(caller: Caller, Path(id): Path<ProviderId>) -> Result<axum::Json<ProviderView>, Problem> {
    Ok(axum::Json(caller.desk.read(|tx| view(tx, providers::provider(tx, &caller.actor, id)?))?))
}

/// Not repeatable by an idempotency key: the body may hold a secret, and secrets are not kept.
pub async fn create(caller: Caller, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let mut input: ProviderInput = body::value(Value::Object(json.parse()?.object))?;
    let settings = input.settings()?;
    let settings = settings.ok_or_else(|| Refusal::field("oidc", "required", "One of `oidc`, `ldap` and `trustedHeader` is required."))?;
    let new = NewProvider {
        name: input.name.take().ok_or_else(|| Refusal::field("name", "required", "`name` is required."))?,
        enabled: input.enabled.unwrap_or(false),
        admission: input.admission(Admission::default()),
        attributes: input.attributes(),
        secret: input.secret.take().flatten().map(|it| directories::sealed(&caller.desk, &it)).transpose()?.flatten(),
        settings,
    };
    let actor = caller.actor.clone();
    let made = caller.desk.write(actor.person(), move |tx| {
        let made = providers::create_provider(tx, &actor, new)?;
        view(tx, made)
    });
    Ok(Reply::json(StatusCode::CREATED, &made.await?)?.into_response())
}

/// A merge patch (RFC 7396) of what is shown.
pub async fn patch(caller: Caller, Path(id): Path<ProviderId>, json: RawJson) -> Result<axum::Json<ProviderView>, Problem> {
    caller.desk.read(|tx| providers::provider(tx, &caller.actor, id))?;
    caller.actor.need(Permission::SettingsWrite)?;
    let patch = json.parse()?.object;
    let secret = match body::value::<SecretInput>(Value::Object(patch.clone()))?.secret {
        None => None,
        Some(None) => Some(None),
        Some(Some(it)) => Some(directories::sealed(&caller.desk, &it)?),
    };
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let before = providers::provider(tx, &actor, id)?;
        let mut input = patched(&view(tx, before.clone())?, patch)?;
        let change = ProviderChange {
            name: input.name.clone(),
            enabled: input.enabled,
            settings: input.settings()?,
            attributes: input.attributes(),
            admission: Some(input.admission(before.admission)),
            secret,
        };
        let it = providers::change_provider(tx, &actor, id, change)?;
        view(tx, it)
    });
    Ok(axum::Json(done.await?))
}

/// What is left of a provider that is patched: the parts that are named, merged with what is shown of them now.
fn patched(shown: &ProviderView, mut patch: Map<String, Value>) -> Result<ProviderInput> {
    let shown = serde_json::to_value(shown).map_err(|it| Fault::because("showing a provider", it))?;
    for kind in ["oidc", "ldap", "trustedHeader", "attributes"] {
        let (Some(Value::Object(wanted)), Some(Value::Object(present))) = (patch.get(kind), shown.get(kind)) else { continue };
        let merged = merged(present, wanted);
        patch.insert(kind.to_owned(), Value::Object(merged));
    }
    body::value(Value::Object(patch))
}

fn merged(present: &Map<String, Value>, wanted: &Map<String, Value>) -> Map<String, Value> {
    let mut all = present.clone();
    for (name, value) in wanted {
        let both = (all.get(name).and_then(Value::as_object), value.as_object());
        let value = if let (Some(present), Some(wanted)) = both { Value::Object(merged(present, wanted)) } else { value.clone() };
        all.insert(name.clone(), value);
    }
    all
}

pub async fn delete(caller: Caller, Path(id): Path<ProviderId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| providers::delete_provider(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<ProviderId>,
    parts: Parts,
    json: RawJson,
) -> Result<axum::Json<TestView>, Problem> {
    let provider = caller.desk.read(|tx| providers::provider(tx, &caller.actor, id))?;
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TestInput = body::value(Value::Object(json.parse()?.object))?;
    if input.login.as_ref().is_some_and(|it| it.len() > limits::SUBJECT_BYTES_MAX) {
        return Err(Refusal::field("login", "too_long", "Nobody types that much.").into());
    }
    let callback = own_address::callback(&app, &parts, id);
    let trial = Trial { callback: &callback, login: input.login.as_deref().filter(|it| !it.is_empty()), peer: own_address::peer(&parts) };
    let findings = directories::test(&caller.desk, &provider, trial).await?;
    let findings: Vec<_> =
        findings.into_iter().map(|it| FindingView { ok: it.fine, code: it.code.to_owned(), text: it.text, advice: it.advice }).collect();
    Ok(axum::Json(TestView { ok: findings.iter().all(|it| it.ok), findings }))
}

pub async fn sync(caller: Caller, Path(id): Path<ProviderId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(actor.person(), move |tx| providers::enqueue_sync(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
