//! People in the settings: the list, somebody new, one person.

use axum::{http::StatusCode, response::Response};

use super::{
    Admin, account, last_change, page_number, paged,
    roles::{role_about, role_name},
    whole,
};
use crate::{
    desk::{
        Tx,
        identity::{self, Department, NewPerson, Organization, PeopleFilter, Person, PersonChange},
        permission::Permission,
        queues,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::{DepartmentId, OrganizationId, PersonId, TeamId},
    language::say,
    web::{
        admin::{
            people::{PeopleView, PersonRow, page as people_page},
            person::{PersonFormView, page as person_page},
            shell::{PEOPLE, Tick},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
            words::face_of,
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

/// Rows of a page.
const ROWS: usize = 50;
/// Names that a field suggests.
const NAMES_MAX: usize = 1_000;

pub async fn list(admin: Admin, query: Query) -> Result<Response, Problem> {
    let show = match query.get("show") {
        Some("inactive") => "inactive",
        Some("all") => "all",
        _ => "active",
    };
    let text = query.get("q").unwrap_or_default().to_owned();
    let role = query.get("role").unwrap_or_default().to_owned();
    let filter = PeopleFilter {
        text: text.clone(),
        role: Some(role.clone()).filter(|it| !it.is_empty()),
        organization: query.get("organization").and_then(|it| it.parse().ok()),
        team: None,
        active: match show {
            "active" => Some(true),
            "inactive" => Some(false),
            _ => None,
        },
    };
    let address = |at: usize| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("show", show).append_pair("q", &text).append_pair("role", &role);
        if let Some(id) = filter.organization {
            query.append_pair("organization", &id.to_string());
        }
        format!("{}?{}", PEOPLE.href, query.append_pair("page", &at.to_string()).finish())
    };
    let view = admin.desk.read(|tx| {
        let mut found = identity::people(tx, admin.actor(), &filter)?;
        found.sort_by_cached_key(|it| it.name.to_lowercase());
        let (found, pages) = paged(found, ROWS, page_number(query.get("page")), address);
        Ok(PeopleView {
            frame: admin.frame(),
            people: found.iter().map(|it| row(tx, it)).collect::<Result<_>>()?,
            pages,
            query: text.clone(),
            role: role.clone(),
            roles: identity::all_roles(tx)?.into_iter().map(|it| Choice::new(it.key.as_str(), role_name(&it))).collect(),
            show,
            may_add: admin.actor().may(Permission::PeopleWrite),
        })
    })?;
    Ok(page(StatusCode::OK, people_page(&view)))
}

fn row(tx: &Tx, it: &Person) -> Result<PersonRow> {
    let organization = it.organization.map(|id| tx.get_shared::<Organization>(&id)).transpose()?.flatten();
    Ok(PersonRow {
        href: address(it.id),
        face: face_of(it),
        email: it.email.clone(),
        roles: it
            .all_roles()
            .iter()
            .map(|key| Ok(identity::any_role(tx, key)?.map_or_else(|| key.clone(), |it| role_name(&it))))
            .collect::<Result<_>>()?,
        organization: organization.map(|it| it.name.clone()).unwrap_or_default(),
        vip: it.vip,
        active: it.active,
    })
}

pub fn address(id: PersonId) -> String {
    format!("{}/{id}", PEOPLE.href)
}

fn known(tx: &Tx, admin: &Admin, text: &str) -> Result<Person> {
    admin.actor().need(Permission::PeopleRead)?;
    let id: PersonId = text.parse().map_err(|_| Refusal::not_found("person"))?;
    tx.get(&id)?.ok_or_else(|| Refusal::not_found("person").into())
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, person_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<String>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let person = known(tx, &admin, &id)?;
        filled(tx, &admin, Some(&person))
    })?;
    Ok(page(StatusCode::OK, person_page(&view)))
}

/// The form of this person, or of somebody new.
fn filled(tx: &Tx, admin: &Admin, person: Option<&Person>) -> Result<PersonFormView> {
    let actor = admin.actor();
    let organization = person.and_then(|it| it.organization).map(|id| tx.get::<Organization>(&id)).transpose()?.flatten();
    let department = person.and_then(|it| it.department).map(|id| tx.get::<Department>(&id)).transpose()?.flatten();
    let blank = Vec::new();
    let (roles, teams) = person.map_or((&blank, Vec::new()), |it| (&it.roles, it.teams.clone()));
    let role = |it: identity::AnyRole| {
        let on = roles.contains(&it.key) || (person.is_none() && it.key == "requester");
        let own = [it.key.clone()];
        let fixed = identity::need_roles(tx, actor, &[], &own).is_err();
        Tick { label: role_name(&it), hint: role_about(&it), value: it.key, on, fixed }
    };
    let may_change = actor.may(Permission::PeopleWrite) && person.is_none_or(|it| identity::need_rank(tx, actor, it).is_ok());
    Ok(PersonFormView {
        frame: admin.frame(),
        action: person.map_or_else(|| PEOPLE.href.to_owned(), |it| address(it.id)),
        title: person.map(|it| it.name.clone()).unwrap_or_default(),
        active: person.is_none_or(|it| it.active),
        name: person.map(|it| it.name.clone()).unwrap_or_default(),
        email: person.map(|it| it.email.clone()).unwrap_or_default(),
        phone: person.and_then(|it| it.phone.clone()).unwrap_or_default(),
        organization: organization.map(|it| it.name).unwrap_or_default(),
        department: department.map(|it| it.name).unwrap_or_default(),
        organizations: identity::organizations(tx)?.into_iter().take(NAMES_MAX).map(|it| it.name).collect(),
        departments: identity::departments(tx)?.into_iter().take(NAMES_MAX).map(|it| it.name).collect(),
        vip: person.is_some_and(|it| it.vip),
        roles: identity::all_roles(tx)?.into_iter().map(role).collect(),
        teams: queues::teams(tx)?
            .into_iter()
            .map(|it| Tick { value: it.id.to_string(), on: teams.contains(&it.id), label: it.name, ..Tick::default() })
            .collect(),
        changed: person.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        may_change,
        panels: person.map(|it| account::panels(tx, admin, it)).transpose()?.unwrap_or_default(),
        ..PersonFormView::default()
    })
}

/// What the form asks for.
struct Wanted {
    organization: Option<OrganizationId>,
    department: Option<DepartmentId>,
    roles: Vec<String>,
    teams: Vec<TeamId>,
}

fn wanted(tx: &Tx, sent: &Sent) -> Result<Wanted> {
    let organization = match sent.get("organization") {
        None => None,
        Some(it) => {
            let unknown = || Refusal::field("organization", "unknown", say!("word-there-no-organization-name"));
            Some(identity::organization_named(tx, it)?.ok_or_else(unknown)?.id)
        }
    };
    let department = match sent.get("department") {
        None => None,
        Some(it) => {
            let unknown = || Refusal::field("department", "unknown", say!("people-there-no-department-name"));
            Some(identity::department_named(tx, it)?.ok_or_else(unknown)?.id)
        }
    };
    let roles: Vec<String> = sent.all("role").map(str::to_owned).collect();
    if roles.is_empty() {
        return Err(Refusal::field("roles", "required", say!("people-everybody-role-tick-one")).into());
    }
    Ok(Wanted { organization, department, roles, teams: sent.all("team").filter_map(|it| it.parse().ok()).collect() })
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let (actor, text) = (admin.actor().clone(), |name: &str| sent.get(name).map(str::to_owned));
    let (name, email, phone, vip) = (text("name"), text("email"), text("phone"), sent.has("vip"));
    let wants = admin.desk.read(|tx| wanted(tx, &sent));
    let made = match wants {
        Err(error) => Err(error),
        Ok(it) => {
            let run = move |tx: &mut Tx| {
                let new = NewPerson {
                    email: email.unwrap_or_default(),
                    name: name.unwrap_or_default(),
                    roles: it.roles,
                    organization: it.organization,
                    department: it.department,
                    phone,
                    password: None,
                };
                let person = identity::create_person(tx, &actor, new)?;
                let rest = PersonChange { teams: Some(it.teams), vip: Some(vip), ..PersonChange::default() };
                identity::change_person(tx, &actor, person.id, rest)
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
    let person = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let (actor, text) = (admin.actor().clone(), |name: &str| sent.get(name).map(str::to_owned));
    let (name, email, phone, vip) = (text("name"), text("email"), text("phone"), sent.has("vip"));
    let wants = admin.desk.read(|tx| wanted(tx, &sent));
    let done = match wants {
        Err(error) => Err(error),
        Ok(it) => {
            let change = PersonChange {
                email,
                name,
                phone: Some(phone),
                roles: Some(it.roles),
                organization: Some(it.organization),
                department: Some(it.department),
                teams: Some(it.teams),
                vip: Some(vip),
                ..PersonChange::default()
            };
            let id = person.id;
            admin.desk.write(actor.person(), move |tx| identity::change_person(tx, &actor, id, change)).await
        }
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("word-saved-2", name = it.name)))),
        Err(error) => again(&admin, Some(&person), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, person: Option<&Person>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let text = |name: &str| sent.text(name).to_owned();
    let mut view = admin.desk.read(|tx| filled(tx, admin, person))?;
    let ticked = |all: &mut Vec<Tick>, name: &str| {
        for it in all {
            it.on = sent.all(name).any(|value| value == it.value);
        }
    };
    ticked(&mut view.roles, "role");
    ticked(&mut view.teams, "team");
    let view = PersonFormView {
        name: text("name"),
        email: text("email"),
        phone: text("phone"),
        organization: text("organization"),
        department: text("department"),
        vip: sent.has("vip"),
        name_error: message(&refusal, "name"),
        email_error: message(&refusal, "email"),
        organization_error: message(&refusal, "organization"),
        department_error: message(&refusal, "department"),
        error: whole(&refusal, &["name", "email", "organization", "department"]),
        ..view
    };
    Ok(page(problem::status_of(refusal.code), person_page(&view)))
}

pub async fn activity(admin: Admin, Path(id): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, active) = (admin.actor().clone(), sent.get("active") == Some("yes"));
    let person = admin.desk.read(|tx| known(tx, &admin, &id))?;
    let id = person.id;
    let change = PersonChange { active: Some(active), ..PersonChange::default() };
    match admin.desk.write(actor.person(), move |tx| identity::change_person(tx, &actor, id, change)).await {
        Ok(it) => {
            let said = match it.active {
                true => t!("people-may-sign-again", name = it.name),
                false => t!("people-deactivated-signed-out-everywhere", name = it.name),
            };
            Ok(see_and_say(&address(id), &said::done(said)))
        }
        Err(Error::Refused(refusal)) => refused(&admin, id, &refusal),
        Err(error) => Err(error.into()),
    }
}

/// The person's page with what was refused.
pub fn refused(admin: &Admin, id: PersonId, refusal: &Refusal) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let person = known(tx, admin, &id.to_string())?;
        Ok(PersonFormView { error: Some(tongue::sentence(&refusal.detail)), ..filled(tx, admin, Some(&person))? })
    })?;
    Ok(page(problem::status_of(refusal.code), person_page(&view)))
}
