//! Adding, changing and testing ways to sign in. A form becomes the desk's own input; a refusal goes back to the field it is about.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::Response,
};

use super::Admin;
use crate::{
    appliance::directories::{self, Trial},
    desk::{
        permission::Permission,
        providers::{
            self, Admission, AttributeMap, Encryption, GroupRoles, Groups, HeaderSettings, LdapSettings, NewProvider, OidcSettings,
            Provider, ProviderChange, ProviderKind, ProviderSettings, SignInMethods, SyncState,
        },
    },
    error::{Error, Refusal, Result},
    http::{
        App, Problem,
        own_address::{callback, peer},
        path::Path,
        problem,
        query::Query,
    },
    id::ProviderId,
    language::say,
    secret::Secret,
    web::{
        admin::sign_in_methods::{
            ADMISSION, ATTRIBUTES, FoundView, KINDS, KindSpec, MethodView, MethodsView, RowView, method_page, methods_page,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

const HOME: &str = "/agent/admin/sign-in";

fn address(id: ProviderId) -> String {
    format!("{HOME}/{id}")
}

fn spec_of(kind: &str) -> Result<KindSpec> {
    KINDS.into_iter().find(|it| it.kind == kind).ok_or_else(|| Refusal::not_found("kind of sign-in").into())
}

/// Whoever may change people and settings sees these pages; others are told so before anything is read.
fn need(admin: &Admin) -> Result<()> {
    admin.actor().need(Permission::SettingsWrite)?;
    admin.actor().need(Permission::PeopleWrite)
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    need(&admin)?;
    draw_list(&admin, StatusCode::OK, None)
}

fn draw_list(admin: &Admin, status: StatusCode, error: Option<String>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let mut rows = Vec::new();
        for it in providers::providers(tx, admin.actor())? {
            let trouble = providers::sync_state(tx, it.id)?.and_then(|it| it.trouble);
            let kind = spec_of(it.kind().name())?.name.into();
            rows.push(RowView { name: it.name, kind, href: address(it.id), enabled: it.enabled, trouble });
        }
        let local = SignInMethods::of(tx)?.local;
        Ok(MethodsView { frame: admin.frame(), rows, local, error })
    })?;
    Ok(page(status, methods_page(&view)))
}

pub async fn passwords(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let (actor, local) = (admin.actor().clone(), sent.has("local"));
    match admin.desk.write(actor.person(), move |tx| providers::allow_local(tx, &actor, local)).await {
        Ok(()) => Ok(see_and_say(HOME, &said::done(t!("word-saved")))),
        Err(Error::Refused(it)) => draw_list(&admin, problem::status_of(it.code), Some(tongue::sentence(&it.detail))),
        Err(it) => Err(it.into()),
    }
}

/// What a form is drawn with besides its values.
#[derive(Default)]
struct Drawn {
    errors: BTreeMap<String, String>,
    error: Option<String>,
    findings: Vec<FoundView>,
    sync: Option<String>,
    callback: Option<String>,
}

fn draw(
    admin: &Admin,
    status: StatusCode,
    spec: KindSpec,
    id: Option<ProviderId>,
    values: BTreeMap<String, String>,
    drawn: Drawn,
) -> Result<Response, Problem> {
    let Drawn { errors, error, findings, sync, callback } = drawn;
    let frame = admin.frame();
    let view = MethodView { frame, spec, address: id.map(address), values, errors, error, findings, sync, callback };
    Ok(page(status, method_page(&view)))
}

pub async fn fresh(admin: Admin, query: Query) -> Result<Response, Problem> {
    need(&admin)?;
    let spec = spec_of(query.get("kind").unwrap_or("oidc"))?;
    let kind = ProviderKind::named(spec.kind).ok_or_else(|| Refusal::not_found("kind of sign-in"))?;
    draw(&admin, StatusCode::OK, spec, None, usual(kind), Drawn::default())
}

/// What a new one begins with.
fn usual(kind: ProviderKind) -> BTreeMap<String, String> {
    let mut values = attribute_values(&kind.usual_attributes());
    let more: &[(&str, &str)] = match kind {
        ProviderKind::Oidc => &[("scopes", "email profile")],
        ProviderKind::Ldap => &[
            ("encryption", "tls"),
            ("loginFilter", "(&(objectClass=person)(|(uid={login})(mail={login})))"),
            ("peopleFilter", "(objectClass=person)"),
            ("subject", "entryUUID"),
            ("pageSize", "500"),
            ("vouches", "on"),
        ],
        ProviderKind::Header => &[("subject", "X-Forwarded-User"), ("separator", ","), ("vouches", "on")],
    };
    values.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    values
}

pub async fn show(State(app): State<App>, admin: Admin, Path(id): Path<ProviderId>, parts: Parts) -> Result<Response, Problem> {
    need(&admin)?;
    shown(&app, &admin, id, &parts, Vec::new())
}

fn shown(app: &App, admin: &Admin, id: ProviderId, parts: &Parts, findings: Vec<FoundView>) -> Result<Response, Problem> {
    let (provider, sync) = admin.desk.read(|tx| Ok((providers::provider(tx, admin.actor(), id)?, providers::sync_state(tx, id)?)))?;
    let spec = spec_of(provider.kind().name())?;
    let callback = (provider.kind() == ProviderKind::Oidc).then(|| callback(app, parts, id));
    let drawn = Drawn { findings, sync: sync.as_ref().map(sync_words), callback, ..Drawn::default() };
    draw(admin, StatusCode::OK, spec, Some(id), values_of(&provider), drawn)
}

fn sync_words(it: &SyncState) -> String {
    let counts = it.counts;
    let whole = it.whole_at.map(|at| {
        t!(
            "sign-in-methods-read-whole-people-whom",
            at = tongue::exact(at),
            found = counts.found,
            created = counts.created,
            changed = counts.changed,
            disabled = counts.disabled,
            left_out = counts.left_out
        )
    });
    let trouble = it.trouble.as_ref().map(|why| t!("sign-in-methods-last-try-did-not", why = why));
    [whole, trouble].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let spec = spec_of(sent.text("kind"))?;
    let made = match read(&sent, spec) {
        Ok((settings, admission, attributes)) => {
            let new = NewProvider {
                name: sent.text("name").to_owned(),
                enabled: sent.has("enabled"),
                settings,
                admission,
                attributes: Some(attributes),
                secret: directories::sealed(&admin.desk, &Secret::new(sent.text("secret")))?,
            };
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| providers::create_provider(tx, &actor, new)).await
        }
        Err(it) => Err(it),
    };
    match made {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("sign-in-methods-added-test-before-people", name = it.name)))),
        Err(it) => again(&admin, spec, None, &sent, it),
    }
}

pub async fn change(admin: Admin, Path(id): Path<ProviderId>, sent: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let before = admin.desk.read(|tx| providers::provider(tx, admin.actor(), id))?;
    let spec = spec_of(before.kind().name())?;
    let done = match read(&sent, spec) {
        Ok((settings, admission, attributes)) => {
            let secret = Secret::new(sent.text("secret"));
            let secret = if secret.is_empty() { None } else { Some(directories::sealed(&admin.desk, &secret)?) };
            let change = ProviderChange {
                name: Some(sent.text("name").to_owned()),
                enabled: Some(sent.has("enabled")),
                settings: Some(settings),
                admission: Some(admission),
                attributes: Some(attributes),
                secret,
            };
            let actor = admin.actor().clone();
            admin.desk.write(actor.person(), move |tx| providers::change_provider(tx, &actor, id, change)).await
        }
        Err(it) => Err(it),
    };
    match done {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(t!("word-saved")))),
        Err(it) => again(&admin, spec, Some(id), &sent, it),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, spec: KindSpec, id: Option<ProviderId>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let names = ["name", "enabled"].into_iter().chain(spec.fields.iter().map(|it| it.name));
    let more = ADMISSION.iter().chain(ATTRIBUTES);
    let names = names.chain(more.map(|it| it.name)).filter(|it| *it != "secret");
    let values = names.map(|it| (it.to_owned(), sent.text(it).to_owned())).collect();
    let errors = refusal.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect();
    let drawn = Drawn { errors, error: Some(tongue::sentence(&refusal.detail)), ..Drawn::default() };
    draw(admin, problem::status_of(refusal.code), spec, id, values, drawn)
}

pub async fn test(State(app): State<App>, admin: Admin, Path(id): Path<ProviderId>, parts: Parts, sent: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let provider = admin.desk.read(|tx| providers::provider(tx, admin.actor(), id))?;
    let callback = callback(&app, &parts, id);
    let trial = Trial { callback: &callback, login: sent.get("login"), peer: peer(&parts) };
    let found = directories::test(&admin.desk, &provider, trial).await?;
    let findings = found.into_iter().map(|it| FoundView { fine: it.fine, text: it.text, advice: it.advice }).collect();
    shown(&app, &admin, id, &parts, findings)
}

pub async fn sync(admin: Admin, Path(id): Path<ProviderId>, _: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| providers::enqueue_sync(tx, &actor, id)).await?;
    Ok(see_and_say(&address(id), &said::done(t!("sign-in-methods-directory-being-read"))))
}

pub async fn delete(admin: Admin, Path(id): Path<ProviderId>, _: Sent) -> Result<Response, Problem> {
    need(&admin)?;
    let actor = admin.actor().clone();
    admin.desk.write(actor.person(), move |tx| providers::delete_provider(tx, &actor, id)).await?;
    Ok(see_and_say(HOME, &said::done(t!("sign-in-methods-taken-away"))))
}

fn attribute_values(it: &AttributeMap) -> BTreeMap<String, String> {
    let AttributeMap { email, name, department, phone, locale, groups } = it;
    [("email", email), ("name", name), ("department", department), ("phone", phone), ("locale", locale), ("groups", groups)]
        .into_iter()
        .map(|(name, value)| (format!("attributes.{name}"), value.clone()))
        .collect()
}

/// A provider as its form shows it.
fn values_of(it: &Provider) -> BTreeMap<String, String> {
    let on = |is: bool| if is { "on" } else { "" }.to_owned();
    let mut values = attribute_values(&it.attributes);
    let mut put = |name: &str, value: String| drop(values.insert(name.to_owned(), value));
    put("name", it.name.clone());
    put("enabled", on(it.enabled));
    let Admission { creates, domains, vouches, group_roles } = &it.admission;
    put("creates", on(*creates));
    put("domains", domains.join("\n"));
    put("vouches", on(*vouches));
    let rules: Vec<_> = group_roles.iter().map(|it| format!("{} = {}", it.group, it.roles.join(", "))).collect();
    put("groupRoles", rules.join("\n"));
    match &it.settings {
        ProviderSettings::Oidc(it) => {
            put("issuer", it.issuer.clone());
            put("clientId", it.client_id.clone());
            put("scopes", it.scopes.join(" "));
            put("ca", it.ca.clone().unwrap_or_default());
            put("signsOut", on(it.signs_out));
        }
        ProviderSettings::Ldap(it) => {
            put("host", it.host.clone());
            put("port", it.port.to_string());
            put("encryption", it.encryption.name().to_owned());
            put("ca", it.ca.clone().unwrap_or_default());
            put("bindDn", it.bind_dn.clone());
            put("base", it.base.clone());
            put("loginFilter", it.login_filter.clone());
            put("peopleFilter", it.people_filter.clone());
            put("subject", it.subject.clone());
            put("pageSize", it.page_size.to_string());
            put("syncMinutes", it.sync_minutes.map(|it| it.to_string()).unwrap_or_default());
            if let Groups::Search { base, filter } = &it.groups {
                put("groupBase", base.clone());
                put("groupFilter", filter.clone());
            }
        }
        ProviderSettings::Header(it) => {
            put("networks", it.networks.join("\n"));
            put("subject", it.subject.clone());
            put("separator", it.separator.clone());
            put("signOut", it.sign_out.clone().unwrap_or_default());
        }
    }
    values
}

/// A form as the desk takes it.
fn read(sent: &Sent, spec: KindSpec) -> Result<(ProviderSettings, Admission, AttributeMap)> {
    let text = |name: &str| sent.text(name).trim().to_owned();
    let words =
        |name: &str| sent.text(name).split([',', ' ', '\n', '\r']).filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let settings = match spec.kind {
        "ldap" => ProviderSettings::Ldap(read_ldap(sent)?),
        "trusted_header" => ProviderSettings::Header(HeaderSettings {
            networks: words("networks"),
            subject: text("subject"),
            separator: text("separator"),
            sign_out: sent.get("signOut").map(str::to_owned),
        }),
        _ => ProviderSettings::Oidc(OidcSettings {
            issuer: text("issuer"),
            client_id: text("clientId"),
            scopes: words("scopes"),
            ca: sent.get("ca").map(str::to_owned),
            signs_out: sent.has("signsOut"),
        }),
    };
    let admission = Admission {
        creates: sent.has("creates"),
        domains: words("domains"),
        vouches: sent.has("vouches"),
        group_roles: sent.text("groupRoles").lines().map(str::trim).filter(|it| !it.is_empty()).map(rule).collect::<Result<_>>()?,
    };
    let attribute = |name: &str| text(&format!("attributes.{name}"));
    let attributes = AttributeMap {
        email: attribute("email"),
        name: attribute("name"),
        department: attribute("department"),
        phone: attribute("phone"),
        locale: attribute("locale"),
        groups: attribute("groups"),
    };
    Ok((settings, admission, attributes))
}

/// `group = role, role`. The last `=` parts them, since a distinguished name has some of its own.
fn rule(line: &str) -> Result<GroupRoles> {
    let wrong = || Refusal::field("groupRoles", "invalid", say!("sign-in-methods-not-like-group-role", line = line));
    let (group, roles) = line.rsplit_once('=').ok_or_else(wrong)?;
    let roles: Vec<_> = roles.split([',', ' ']).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    if roles.is_empty() || group.trim().is_empty() { Err(wrong().into()) } else { Ok(GroupRoles { group: group.trim().to_owned(), roles }) }
}

fn read_ldap(sent: &Sent) -> Result<LdapSettings> {
    let text = |name: &str| sent.text(name).trim().to_owned();
    fn number<T: std::str::FromStr>(sent: &Sent, name: &'static str) -> Result<Option<T>> {
        let wrong = |_| Refusal::field(name, "invalid", say!("sign-in-methods-number-empty")).into();
        sent.get(name).map(|it| it.parse::<T>().map_err(wrong)).transpose()
    }
    let groups = match (sent.get("groupBase"), sent.get("groupFilter")) {
        (None, None) => Groups::Attribute,
        (base, filter) => Groups::Search { base: base.unwrap_or_default().to_owned(), filter: filter.unwrap_or_default().to_owned() },
    };
    let unknown = || Refusal::field("encryption", "unknown", say!("sign-in-methods-choose-one-them"));
    Ok(LdapSettings {
        host: text("host"),
        port: number(sent, "port")?.unwrap_or(0),
        encryption: Encryption::named(sent.text("encryption")).ok_or_else(unknown)?,
        ca: sent.get("ca").map(str::to_owned),
        bind_dn: text("bindDn"),
        base: text("base"),
        login_filter: text("loginFilter"),
        people_filter: text("peopleFilter"),
        subject: text("subject"),
        groups,
        page_size: number(sent, "pageSize")?.unwrap_or(500),
        sync_minutes: number(sent, "syncMinutes")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_as_people_write_them() {
        for (line, expected) in [
            ("helpdesk = agent", Some(("helpdesk", vec!["agent"]))),
            ("cn=boss,ou=groups,dc=x = manager, agent", Some(("cn=boss,ou=groups,dc=x", vec!["manager", "agent"]))),
            ("helpdesk", None),
            ("= agent", None),
            ("helpdesk =", None),
        ] {
            let read = rule(line).ok();
            let read = read.as_ref().map(|it| (it.group.as_str(), it.roles.iter().map(String::as_str).collect::<Vec<_>>()));
            assert_eq!(read, expected, "{line}");
        }
    }
}
