//! Organizations in the settings: the list, a new one, one organization.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, page_number, paged, whole};
use crate::{
    desk::{
        Tx,
        identity::{self, MailDomain, Organization, OrganizationChange, Person, Sharing},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::OrganizationId,
    language::say,
    web::{
        admin::{
            organizations::{DomainField, OrganizationFormView, OrganizationRow, OrganizationsView, form_page, page as organizations_page},
            shell::{ORGANIZATIONS, PEOPLE},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::{self, t},
    },
};

/// Rows of a page.
const ROWS: usize = 50;
/// Names that a field suggests.
const NAMES_MAX: usize = 1_000;

pub async fn list(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleRead)?;
    let text = query.get("q").unwrap_or_default().to_owned();
    let wanted = text.to_lowercase();
    let address = |at: usize| {
        let query: String =
            form_urlencoded::Serializer::new(String::new()).append_pair("q", &text).append_pair("page", &at.to_string()).finish();
        format!("{}?{query}", ORGANIZATIONS.href)
    };
    let view = admin.desk.read(|tx| {
        let mut all = identity::organizations(tx)?;
        all.retain(|it| it.name.to_lowercase().contains(&wanted));
        all.sort_by_cached_key(|it| it.name.to_lowercase());
        let (all, pages) = paged(all, ROWS, page_number(query.get("page")), address);
        Ok(OrganizationsView {
            frame: admin.frame(),
            organizations: all.into_iter().map(|it| row(tx, it)).collect::<Result<_>>()?,
            pages,
            query: text.clone(),
            may_make: admin.actor().may(Permission::PeopleWrite),
        })
    })?;
    Ok(page(StatusCode::OK, organizations_page(&view)))
}

fn row(tx: &Tx, it: Organization) -> Result<OrganizationRow> {
    Ok(OrganizationRow {
        href: address(it.id),
        parent: parent_name(tx, &it)?,
        members: identity::count_members(tx, it.id)?,
        domains: it
            .domains
            .into_iter()
            .map(|it| if it.verified { it.name } else { t!("organizations-not-verified", name = it.name) })
            .collect(),
        name: it.name,
    })
}

fn parent_name(tx: &Tx, it: &Organization) -> Result<String> {
    let parent = it.parent.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    Ok(parent.map(|it| it.name).unwrap_or_default())
}

fn address(id: OrganizationId) -> String {
    format!("{}/{id}", ORGANIZATIONS.href)
}

fn known(tx: &Tx, admin: &Admin, text: &str) -> Result<Organization> {
    admin.actor().need(Permission::PeopleRead)?;
    let id: OrganizationId = text.parse().map_err(|_| Refusal::not_found("organization"))?;
    tx.get(&id)?.ok_or_else(|| Refusal::not_found("organization").into())
}

/// The form of this organization, or of a new one.
fn filled(tx: &Tx, admin: &Admin, it: Option<&Organization>) -> Result<OrganizationFormView> {
    let names = identity::organizations(tx)?.into_iter().filter(|other| it.is_none_or(|it| it.id != other.id));
    let mut view = OrganizationFormView {
        frame: admin.frame(),
        action: ORGANIZATIONS.href.to_owned(),
        may_change: admin.actor().may(Permission::PeopleWrite),
        others: names.take(NAMES_MAX).map(|it| it.name).collect(),
        sharing: Sharing::Nobody.name().to_owned(),
        ..OrganizationFormView::default()
    };
    let Some(it) = it else { return Ok(view) };
    let mut viewers = Vec::new();
    for id in &it.viewers {
        viewers.extend(tx.get::<Person>(id)?.map(|it| it.email));
    }
    view.action = address(it.id);
    view.title = it.name.clone();
    view.name = it.name.clone();
    view.parent = parent_name(tx, it)?;
    view.domains = it.domains.iter().map(|it| DomainField { name: it.name.clone(), verified: it.verified }).collect();
    view.sharing = it.sharing.name().to_owned();
    view.viewers = viewers.join("\n");
    view.viewers_answer = it.viewers_answer;
    view.vip = it.vip;
    view.metadata = it.metadata.clone().unwrap_or_default();
    view.members = identity::count_members(tx, it.id)?;
    view.members_href = format!("{}?show=all&organization={}", PEOPLE.href, it.id);
    view.changed = last_change(tx, it.id.0)?;
    Ok(view)
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<String>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| filled(tx, &admin, Some(&known(tx, &admin, &id)?)))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// The domains as they stand in the form: a tick names its line.
fn domains(sent: &Sent) -> Vec<DomainField> {
    let is_ticked = |i: usize| sent.all("verified").any(|it| it.parse() == Ok(i));
    let all = sent.all("domain").enumerate().map(|(i, it)| DomainField { name: it.trim().to_owned(), verified: is_ticked(i) });
    all.filter(|it| !it.name.is_empty()).collect()
}

fn wanted(tx: &Tx, sent: &Sent) -> Result<OrganizationChange> {
    let parent = match sent.get("parent") {
        None => None,
        Some(it) => {
            let unknown = || Refusal::field("parent", "unknown", say!("word-there-no-organization-name"));
            Some(identity::organization_named(tx, it)?.ok_or_else(unknown)?.id)
        }
    };
    let sharing = Sharing::named(sent.text("sharing"));
    let lines = sent.text("viewers").lines().map(str::trim).filter(|it| !it.is_empty());
    Ok(OrganizationChange {
        name: Some(sent.text("name").to_owned()),
        parent: Some(parent),
        domains: Some(domains(sent).into_iter().map(|it| MailDomain { name: it.name, verified: it.verified }).collect()),
        metadata: Some(sent.get("metadata").map(str::to_owned)),
        sharing: Some(sharing.ok_or_else(|| Refusal::field("sharing", "required", say!("organizations-say-who-sees-tickets")))?),
        viewers: Some(lines.map(|it| identity::named(tx, "viewers", it).map(|it| it.id)).collect::<Result<_>>()?),
        viewers_answer: Some(sent.has("viewers_answer")),
        vip: Some(sent.has("vip")),
    })
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, name) = (admin.actor().clone(), sent.text("name").to_owned());
    let made = match admin.desk.read(|tx| wanted(tx, &sent)) {
        Err(error) => Err(error),
        Ok(change) => {
            let run = move |tx: &mut Tx| {
                let made = identity::create_organization(tx, &actor, &name)?;
                identity::change_organization(tx, &actor, made.id, change)
            };
            admin.desk.write(admin.actor().person(), run).await
        }
    };
    match made {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("word-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let (actor, id) = (admin.actor().clone(), before.id);
    let done = match admin.desk.read(|tx| wanted(tx, &sent)) {
        Err(error) => Err(error),
        Ok(change) => admin.desk.write(actor.person(), move |tx| identity::change_organization(tx, &actor, id, change)).await,
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("word-saved-2", name = it.name)))),
        Err(error) => again(&admin, Some(&before), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, it: Option<&Organization>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let text = |name: &str| sent.text(name).to_owned();
    let view = OrganizationFormView {
        name: text("name"),
        parent: text("parent"),
        domains: domains(sent),
        sharing: text("sharing"),
        viewers: text("viewers"),
        viewers_answer: sent.has("viewers_answer"),
        vip: sent.has("vip"),
        metadata: text("metadata"),
        name_error: message(&refusal, "name"),
        parent_error: message(&refusal, "parent"),
        domains_error: message(&refusal, "domains"),
        viewers_error: message(&refusal, "viewers"),
        metadata_error: message(&refusal, "metadata"),
        error: whole(&refusal, &["name", "parent", "domains", "viewers", "metadata"]),
        ..admin.desk.read(|tx| filled(tx, admin, it))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

pub async fn delete(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let (actor, id) = (admin.actor().clone(), before.id);
    match admin.desk.write(actor.person(), move |tx| identity::delete_organization(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(ORGANIZATIONS.href, &said::done(t!("word-deleted", name = before.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&before)))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
