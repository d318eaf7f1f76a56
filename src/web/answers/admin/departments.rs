//! Departments in the settings: the list, a new one, one department.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::{
    desk::{
        Tx,
        identity::{self, BY_DEPARTMENT, Department, DepartmentChange, Organization},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{DepartmentId, OrganizationId},
    language::say,
    web::{
        admin::{
            departments::{DepartmentFormView, DepartmentRow, DepartmentsView, form_page, page as departments_page},
            shell::DEPARTMENTS,
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

/// Names that a field suggests.
const NAMES_MAX: usize = 1_000;

fn organization_name(tx: &Tx, id: Option<OrganizationId>) -> Result<String> {
    let found = id.map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    Ok(found.map(|it| it.name).unwrap_or_default())
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: Department| -> Result<DepartmentRow> {
            Ok(DepartmentRow {
                href: address(it.id),
                organization: organization_name(tx, it.organization)?,
                members: tx.find_keys(&BY_DEPARTMENT, &it.id)?.count(),
                name: it.name,
            })
        };
        let mut all = identity::departments(tx)?;
        all.sort_by_cached_key(|it| it.name.to_lowercase());
        let departments = all.into_iter().map(row).collect::<Result<_>>()?;
        Ok(DepartmentsView { frame: admin.frame(), departments, may_make: admin.actor().may(Permission::PeopleWrite) })
    })?;
    Ok(page(StatusCode::OK, departments_page(&view)))
}

fn address(id: DepartmentId) -> String {
    format!("{}/{id}", DEPARTMENTS.href)
}

fn known(tx: &Tx, admin: &Admin, text: &str) -> Result<Department> {
    admin.actor().need(Permission::PeopleRead)?;
    let id: DepartmentId = text.parse().map_err(|_| Refusal::not_found("department"))?;
    tx.get(&id)?.ok_or_else(|| Refusal::not_found("department").into())
}

/// The form of this department, or of a new one.
fn filled(tx: &Tx, admin: &Admin, it: Option<&Department>) -> Result<DepartmentFormView> {
    Ok(DepartmentFormView {
        frame: admin.frame(),
        action: it.map_or_else(|| DEPARTMENTS.href.to_owned(), |it| address(it.id)),
        title: it.map(|it| it.name.clone()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::PeopleWrite),
        name: it.map(|it| it.name.clone()).unwrap_or_default(),
        organization: organization_name(tx, it.and_then(|it| it.organization))?,
        organizations: identity::organizations(tx)?.into_iter().take(NAMES_MAX).map(|it| it.name).collect(),
        changed: it.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..DepartmentFormView::default()
    })
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

fn organization(tx: &Tx, sent: &Sent) -> Result<Option<OrganizationId>> {
    let Some(name) = sent.get("organization") else { return Ok(None) };
    let unknown = || Refusal::field("organization", "unknown", say!("word-there-no-organization-name"));
    Ok(Some(identity::organization_named(tx, name)?.ok_or_else(unknown)?.id))
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, name) = (admin.actor().clone(), sent.text("name").to_owned());
    let made = match admin.desk.read(|tx| organization(tx, &sent)) {
        Err(error) => Err(error),
        Ok(it) => admin.desk.write(actor.person(), move |tx| identity::create_department(tx, &actor, &name, it)).await,
    };
    match made {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("word-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let (actor, id, name) = (admin.actor().clone(), before.id, sent.text("name").to_owned());
    let done = match admin.desk.read(|tx| organization(tx, &sent)) {
        Err(error) => Err(error),
        Ok(it) => {
            let change = DepartmentChange { name: Some(name), organization: Some(it) };
            admin.desk.write(actor.person(), move |tx| identity::change_department(tx, &actor, id, change)).await
        }
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("word-saved-2", name = it.name)))),
        Err(error) => again(&admin, Some(&before), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, it: Option<&Department>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = DepartmentFormView {
        name: sent.text("name").to_owned(),
        organization: sent.text("organization").to_owned(),
        name_error: message(&refusal, "name"),
        organization_error: message(&refusal, "organization"),
        error: whole(&refusal, &["name", "organization"]),
        ..admin.desk.read(|tx| filled(tx, admin, it))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

pub async fn delete(admin: Admin, Path(id): Path<String>, _sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let (actor, id) = (admin.actor().clone(), before.id);
    match admin.desk.write(actor.person(), move |tx| identity::delete_department(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(DEPARTMENTS.href, &said::done(t!("word-deleted", name = before.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, Some(&before)))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
