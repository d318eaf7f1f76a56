//! What an admin says about a provider: a typed set of settings for each kind, so that a new kind (SAML, SCIM) is one more case and
//! old records stay as they are. Checked here; secrets are not here.

use minicbor::{Decode, Encode};

use super::said::GroupRoles;
use crate::{
    config::IpRange,
    error::{Refusal, Result},
    language::Sentence,
    language::say,
    limits,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProviderKind {
    Oidc,
    Ldap,
    Header,
}

impl ProviderKind {
    pub const ALL: [ProviderKind; 3] = [ProviderKind::Oidc, ProviderKind::Ldap, ProviderKind::Header];

    /// The name on the wire (IAM-11).
    pub fn name(self) -> &'static str {
        match self {
            ProviderKind::Oidc => "oidc",
            ProviderKind::Ldap => "ldap",
            ProviderKind::Header => "trusted_header",
        }
    }

    pub fn named(text: &str) -> Option<ProviderKind> {
        ProviderKind::ALL.into_iter().find(|it| it.name() == text)
    }

    /// Names of attributes as most providers of this kind use them.
    pub fn usual_attributes(self) -> AttributeMap {
        let [email, name, department, phone, locale, groups] = match self {
            ProviderKind::Oidc => ["email", "name", "department", "phone_number", "locale", "groups"],
            ProviderKind::Ldap => ["mail", "displayName", "departmentNumber", "telephoneNumber", "preferredLanguage", "memberOf"],
            ProviderKind::Header => ["X-Auth-Request-Email", "X-Auth-Request-Preferred-Username", "", "", "", "X-Auth-Request-Groups"],
        }
        .map(str::to_owned);
        AttributeMap { email, name, department, phone, locale, groups }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ProviderSettings {
    #[n(0)]
    Oidc(#[n(0)] OidcSettings),
    #[n(1)]
    Ldap(#[n(0)] LdapSettings),
    #[n(2)]
    Header(#[n(0)] HeaderSettings),
}

impl ProviderSettings {
    pub fn kind(&self) -> ProviderKind {
        match self {
            ProviderSettings::Oidc(_) => ProviderKind::Oidc,
            ProviderSettings::Ldap(_) => ProviderKind::Ldap,
            ProviderSettings::Header(_) => ProviderKind::Header,
        }
    }
}

/// OpenID Connect, code flow with PKCE.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct OidcSettings {
    /// Exactly as the provider writes it; its discovery document lies below.
    #[n(0)]
    pub issuer: String,
    #[n(1)]
    pub client_id: String,
    /// Besides `openid`.
    #[n(2)]
    pub scopes: Vec<String>,
    /// Certificates that are trusted besides the system's, as PEM.
    #[n(3)]
    pub ca: Option<String>,
    /// Whether signing out here signs out there too.
    #[n(4)]
    pub signs_out: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Encryption {
    /// From the start (`ldaps`).
    #[n(0)]
    #[default]
    Tls,
    /// After asking for it on a plain connection.
    #[n(1)]
    StartTls,
    /// Not at all: passwords can be read on the way.
    #[n(2)]
    None,
}

impl Encryption {
    pub const ALL: [Encryption; 3] = [Encryption::Tls, Encryption::StartTls, Encryption::None];

    pub fn name(self) -> &'static str {
        match self {
            Encryption::Tls => "tls",
            Encryption::StartTls => "start_tls",
            Encryption::None => "none",
        }
    }

    pub fn named(text: &str) -> Option<Encryption> {
        Encryption::ALL.into_iter().find(|it| it.name() == text)
    }

    pub fn usual_port(self) -> u16 {
        if self == Encryption::Tls { 636 } else { 389 }
    }
}

/// How a directory says who is in which group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub enum Groups {
    /// In the person's own entry, by the attribute of the attribute map.
    #[n(0)]
    #[default]
    Attribute,
    /// By entries of groups below `base`; in the filter, `{dn}` and `{login}` stand for the person's.
    #[n(1)]
    Search {
        #[n(0)]
        base: String,
        #[n(1)]
        filter: String,
    },
}

/// LDAP, also in the way of Active Directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct LdapSettings {
    #[n(0)]
    pub host: String,
    #[n(1)]
    pub port: u16,
    #[n(2)]
    pub encryption: Encryption,
    /// Certificates that are trusted besides the system's, as PEM.
    #[n(3)]
    pub ca: Option<String>,
    /// Who searches; empty: nobody in particular. The password is sealed apart.
    #[n(4)]
    pub bind_dn: String,
    #[n(5)]
    pub base: String,
    /// Finds one person; `{login}` stands for what was typed.
    #[n(6)]
    pub login_filter: String,
    /// Finds everybody, for the sync.
    #[n(7)]
    pub people_filter: String,
    /// Stays the same for a person for ever, such as `entryUUID` or `objectGUID`.
    #[n(8)]
    pub subject: String,
    #[n(9)]
    pub groups: Groups,
    /// Entries per page of a search (RFC 2696).
    #[n(10)]
    pub page_size: u16,
    /// Minutes between two syncs; none: people come only by signing in.
    #[n(11)]
    pub sync_minutes: Option<u32>,
}

/// A proxy in front that has signed people in (IAM-08).
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct HeaderSettings {
    /// Ranges of addresses of the proxy, such as `10.0.0.0/8`. Nobody else is believed.
    #[n(0)]
    pub networks: Vec<String>,
    /// The header with what the proxy knows the person by.
    #[n(1)]
    pub subject: String,
    /// Between groups in their header.
    #[n(2)]
    pub separator: String,
    /// Where signing out leads, such as `/oauth2/sign_out`.
    #[n(3)]
    pub sign_out: Option<String>,
}

impl HeaderSettings {
    /// The networks; what does not parse was refused when it was said.
    pub fn ranges(&self) -> impl Iterator<Item = IpRange> {
        self.networks.iter().filter_map(|it| it.parse().ok())
    }
}

/// Names of what is taken over, as the provider calls it; empty: not taken over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct AttributeMap {
    #[n(0)]
    pub email: String,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub department: String,
    #[n(3)]
    pub phone: String,
    #[n(4)]
    pub locale: String,
    #[n(5)]
    pub groups: String,
}

/// Who may come in by a provider, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Admission {
    /// Whether somebody new gets an account; else only who is known comes in.
    #[n(0)]
    pub creates: bool,
    /// Mail domains of those who come this way. With none, any address gets an account, and nobody is known by their address.
    #[n(1)]
    pub domains: Vec<String>,
    /// Whether every address in the directory counts as verified, though it does not say so.
    #[n(2)]
    pub vouches: bool,
    #[n(3)]
    pub group_roles: Vec<GroupRoles>,
}

fn required(field: &str, value: &str, what: Sentence) -> Result<()> {
    if value.trim().is_empty() { Err(Refusal::field(field, "required", say!("refused-required", what = what)).into()) } else { Ok(()) }
}

fn invalid<T>(field: &str, message: impl Into<Sentence>) -> Result<T> {
    Err(Refusal::field(field, "invalid", message).into())
}

/// Checks the settings and brings them into the form in which they are kept.
pub(super) fn checked(settings: ProviderSettings) -> Result<ProviderSettings> {
    Ok(match settings {
        ProviderSettings::Oidc(it) => ProviderSettings::Oidc(checked_oidc(it)?),
        ProviderSettings::Ldap(it) => ProviderSettings::Ldap(checked_ldap(it)?),
        ProviderSettings::Header(it) => ProviderSettings::Header(checked_header(it)?),
    })
}

fn checked_oidc(mut it: OidcSettings) -> Result<OidcSettings> {
    it.issuer = it.issuer.trim().to_owned();
    it.client_id = it.client_id.trim().to_owned();
    required("issuer", &it.issuer, say!("provider-what-issuer"))?;
    required("clientId", &it.client_id, say!("provider-what-client"))?;
    if !is_web_address(&it.issuer) {
        return invalid("issuer", say!("provider-issuer"));
    }
    it.scopes = words(it.scopes);
    it.scopes.retain(|it| it != "openid");
    if let Some(bad) = it.scopes.iter().find(|it| !it.bytes().all(|it| it.is_ascii_graphic() && it != b'"' && it != b'\\')) {
        return invalid("scopes", say!("provider-scope", text = bad));
    }
    it.ca = pem(it.ca)?;
    Ok(it)
}

fn checked_ldap(mut it: LdapSettings) -> Result<LdapSettings> {
    it.host = it.host.trim().to_owned();
    required("host", &it.host, say!("provider-what-host"))?;
    if it.host.contains(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | ':' | '_')) {
        return invalid("host", say!("provider-host"));
    }
    if it.port == 0 {
        it.port = it.encryption.usual_port();
    }
    it.base = it.base.trim().to_owned();
    required("base", &it.base, say!("provider-what-base"))?;
    it.subject = it.subject.trim().to_owned();
    required("subject", &it.subject, say!("provider-what-subject"))?;
    if !it.login_filter.contains("{login}") {
        return invalid("loginFilter", say!("provider-login-filter"));
    }
    for (field, filter) in [("loginFilter", &it.login_filter), ("peopleFilter", &it.people_filter)] {
        if !looks_like_a_filter(filter) {
            return invalid(field, say!("provider-filter"));
        }
    }
    if let Groups::Search { base, filter } = &it.groups {
        required("groupBase", base, say!("provider-what-group-base"))?;
        if !looks_like_a_filter(filter) || !(filter.contains("{dn}") || filter.contains("{login}")) {
            return invalid("groupFilter", say!("provider-group-filter"));
        }
    }
    it.page_size = it.page_size.clamp(1, limits::LDAP_PAGE_MAX);
    if it.sync_minutes.is_some_and(|it| !(5..=7 * 24 * 60).contains(&it)) {
        return invalid("syncMinutes", say!("provider-sync"));
    }
    it.ca = pem(it.ca)?;
    Ok(it)
}

fn checked_header(mut it: HeaderSettings) -> Result<HeaderSettings> {
    it.networks = words(it.networks);
    if it.networks.is_empty() {
        return invalid("networks", say!("provider-networks"));
    }
    for text in &it.networks {
        let range: IpRange = text.parse().or_else(|why: String| invalid("networks", why))?;
        if range.bits == 0 {
            return invalid("networks", say!("provider-everybody"));
        }
    }
    it.subject = it.subject.trim().to_owned();
    required("subject", &it.subject, say!("provider-what-header"))?;
    check_header_name("subject", &it.subject)?;
    if it.separator.is_empty() {
        it.separator = ",".into();
    }
    it.sign_out = it.sign_out.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    if it.sign_out.as_ref().is_some_and(|it| !is_own_path(it) && !is_web_address(it)) {
        return invalid("signOut", say!("provider-sign-out"));
    }
    Ok(it)
}

fn check_header_name(field: &str, name: &str) -> Result<()> {
    let fine = name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_') && name.len() <= 100;
    let taken = ["authorization", "cookie", "host"].iter().any(|it| name.eq_ignore_ascii_case(it));
    if fine && !taken { Ok(()) } else { invalid(field, say!("provider-header", name = name)) }
}

pub(super) fn checked_attributes(kind: ProviderKind, mut it: AttributeMap) -> Result<AttributeMap> {
    let AttributeMap { email, name, department, phone, locale, groups } = &mut it;
    for (field, value) in [
        ("attributes.email", email),
        ("attributes.name", name),
        ("attributes.department", department),
        ("attributes.phone", phone),
        ("attributes.locale", locale),
        ("attributes.groups", groups),
    ] {
        *value = value.trim().to_owned();
        if value.len() > 100 || value.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return invalid(field, say!("provider-attribute"));
        }
        if kind == ProviderKind::Header && !value.is_empty() {
            check_header_name(field, value)?;
        }
    }
    Ok(it)
}

pub(super) fn checked_admission(mut it: Admission) -> Result<Admission> {
    it.domains = words(it.domains).iter().map(|it| it.trim_start_matches('@').to_lowercase()).collect();
    if let Some(bad) = it.domains.iter().find(|it| !it.contains('.') || it.contains(['@', '*', '/'])) {
        return invalid("domains", say!("provider-domain", text = bad));
    }
    it.group_roles.retain(|it| !it.group.trim().is_empty() && !it.roles.is_empty());
    for rule in &mut it.group_roles {
        rule.group = rule.group.trim().to_owned();
    }
    if it.group_roles.len() > limits::GROUP_RULES_MAX {
        return invalid("groupRoles", say!("provider-groups", most = limits::GROUP_RULES_MAX));
    }
    Ok(it)
}

fn words(list: Vec<String>) -> Vec<String> {
    list.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

pub(in crate::desk) fn pem(text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match &text {
        Some(it) if !it.contains("-----BEGIN CERTIFICATE-----") => invalid("ca", say!("provider-certificates")),
        Some(it) if it.contains("PRIVATE KEY") => invalid("ca", say!("provider-private-key")),
        Some(it) if it.len() > limits::CA_BYTES_MAX => invalid("ca", say!("provider-ca-size", most = limits::CA_BYTES_MAX / 1024)),
        _ => Ok(text),
    }
}

fn is_own_path(text: &str) -> bool {
    text.starts_with('/') && !text.starts_with("//") && text.bytes().all(|it| it.is_ascii_graphic() && it != b'\\')
}

/// `https` anywhere, `http` on this machine; no name and password, no question mark, nothing behind a hash.
pub(in crate::desk) fn is_web_address(text: &str) -> bool {
    let (rest, encrypted) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(it), _) => (it, true),
        (None, Some(it)) => (it, false),
        (None, None) => return false,
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').filter(|it| it.1.bytes().all(|it| it.is_ascii_digit())).map_or(host, |it| it.0);
    let is_here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    !name.is_empty() && (encrypted || is_here) && text.bytes().all(|it| it.is_ascii_graphic() && !b"@?#\\\"<>".contains(&it))
}

fn looks_like_a_filter(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0 && text.starts_with('(') && text.ends_with(')') && text.len() <= 4096
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn addresses_of_issuers() {
        for (text, fits) in [
            ("https://login.example.com", true),
            ("https://login.example.com/tenant/v2.0", true),
            ("http://127.0.0.1:3000/x", true),
            ("http://localhost", true),
            ("http://login.example.com", false),
            ("http://localhost.evil.example", false),
            ("https://user@login.example.com", false),
            ("https://x/?a=b", false),
            ("https://x#y", false),
            ("https://", false),
            ("ftp://x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_web_address(text), fits, "{text}");
        }
    }

    #[test]
    fn networks_are_named() {
        for (networks, fits) in [
            (vec!["10.0.0.0/8", "::1"], true),
            (vec![], false),
            (vec!["0.0.0.0/0"], false),
            (vec!["::/0"], false),
            (vec!["10.0.0.0/33"], false),
            (vec!["proxy"], false),
        ] {
            let it = HeaderSettings {
                networks: networks.iter().map(|it| (*it).to_owned()).collect(),
                subject: "X-Forwarded-User".into(),
                ..Default::default()
            };
            assert_eq!(checked_header(it).is_ok(), fits, "{networks:?}");
        }
    }

    #[test]
    fn filters_need_what_was_typed() {
        for (login, fits) in [
            ("(uid={login})", true),
            ("(&(a=b)(|(mail={login})(uid={login})))", true),
            ("(uid=*)", false),
            ("uid={login}", false),
            ("(uid={login}", false),
            (")(uid={login})(", false),
        ] {
            let it = LdapSettings {
                host: "ldap".into(),
                base: "dc=x".into(),
                subject: "entryUUID".into(),
                login_filter: login.into(),
                people_filter: "(a=*)".into(),
                ..LdapSettings::default()
            };
            assert_eq!(checked_ldap(it).is_ok(), fits, "{login}");
        }
    }
}
