//! Roles in the settings: the list, a new one (perhaps a copy), one role.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::{
    desk::{
        Tx,
        bounds::Reach,
        identity::{self, AnyRole, NewRole, RoleChange},
        permission::{Permission, Permissions},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    language::say,
    web::{
        admin::{
            roles::{PermissionGroup, RoleFormView, RoleRow, RolesView, form_page, page as roles_page},
            shell::{ROLES, Tick},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::PeopleRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: AnyRole| -> Result<RoleRow> {
            let holders = if it.built_in { None } else { Some(identity::holders(tx, &it.key)?.len()) };
            let href = address(&it.key);
            Ok(RoleRow {
                href,
                name: role_name(&it),
                description: role_about(&it),
                reach: reach_words(it.reach),
                built_in: it.built_in,
                holders,
            })
        };
        Ok(RolesView {
            frame: admin.frame(),
            roles: identity::all_roles(tx)?.into_iter().map(row).collect::<Result<_>>()?,
            may_make: admin.actor().may(Permission::RolesWrite),
        })
    })?;
    Ok(page(StatusCode::OK, roles_page(&view)))
}

/// A role's name for people; those that are built in are called what the reader calls them.
pub fn role_name(it: &AnyRole) -> String {
    tongue::built_in("role-", &it.key, &it.name).to_owned()
}

/// What it is for.
pub fn role_about(it: &AnyRole) -> String {
    tongue::built_in("role-about-", &it.key, &it.description).to_owned()
}

fn reach_words(it: Reach) -> &'static str {
    match it {
        Reach::All => t!("word-all"),
        Reach::Queues => t!("roles-their-teams-queues"),
        Reach::Organization => t!("roles-their-organization"),
        Reach::Department => t!("roles-their-department"),
        Reach::Assigned => t!("roles-assigned-them"),
    }
}

fn address(key: &str) -> String {
    let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
    format!("{}/{key}", ROLES.href)
}

/// The permissions by what they are about, in the order of the table.
fn groups(admin: &Admin, on: Permissions, may_change: bool) -> Vec<PermissionGroup> {
    let mut groups: Vec<PermissionGroup> = Vec::new();
    for it in Permission::ALL {
        let title = group_of(*it);
        let lacks = !admin.actor().everywhere().has(*it) && may_change;
        let hint = if lacks { t!("roles-you-do-not-yourself", permission = it.name()) } else { it.name().to_owned() };
        let tick = Tick {
            value: it.name().to_owned(),
            label: tongue::named("permission-", it.name()).unwrap_or(it.doc()).to_owned(),
            hint,
            on: on.has(*it),
            fixed: lacks,
        };
        match groups.iter_mut().find(|it| it.title == title) {
            Some(group) => group.ticks.push(tick),
            None => groups.push(PermissionGroup { title: title.to_owned(), ticks: vec![tick] }),
        }
    }
    groups
}

fn group_of(it: Permission) -> &'static str {
    match it.name().split(':').next() {
        Some("portal" | "tokens") => t!("roles-themselves"),
        Some("tickets" | "notes") => t!("word-tickets"),
        Some("people" | "roles") => t!("word-people"),
        _ => t!("word-desk"),
    }
}

fn known(tx: &Tx, admin: &Admin, key: &str) -> Result<AnyRole> {
    admin.actor().need(Permission::PeopleRead)?;
    identity::any_role(tx, key)?.filter(|it| it.key == key).ok_or_else(|| Refusal::not_found("role").into())
}

/// The form of a role that is there.
fn filled(tx: &Tx, admin: &Admin, it: &AnyRole) -> Result<RoleFormView> {
    let actor = admin.actor();
    let has_all = it.permissions.without(actor.everywhere()).without(identity::harmless()).is_empty();
    let may_change = !it.built_in && has_all && actor.may(Permission::RolesWrite);
    let entity = identity::custom_role(tx, &it.key)?.map(|it| it.id.0);
    let others = identity::all_roles(tx)?.into_iter().filter(|other| other.key != it.key);
    Ok(RoleFormView {
        frame: admin.frame(),
        action: address(&it.key),
        title: role_name(it),
        built_in: it.built_in,
        may_change,
        name: role_name(it),
        description: role_about(it),
        reach: it.reach.name().to_owned(),
        groups: groups(admin, it.permissions, may_change),
        holders: identity::holders(tx, &it.key)?.len(),
        instead: others.map(|it| Choice::new(it.key.as_str(), role_name(&it))).collect(),
        copy: if actor.may(Permission::RolesWrite) { format!("{}/new?copy={}", ROLES.href, it.key) } else { String::new() },
        changed: entity.map(|id| last_change(tx, id)).transpose()?.flatten(),
        ..RoleFormView::default()
    })
}

/// The form of a new role.
fn blank(admin: &Admin, on: Permissions, reach: Reach) -> RoleFormView {
    RoleFormView {
        frame: admin.frame(),
        action: ROLES.href.to_owned(),
        may_change: true,
        reach: reach.name().to_owned(),
        // What the maker lacks is not ticked: they could not make it.
        groups: groups(admin, on.intersection(admin.actor().everywhere()), true),
        ..RoleFormView::default()
    }
}

pub async fn form(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::RolesWrite)?;
    let view = match query.get("copy") {
        None => blank(&admin, identity::harmless(), Reach::All),
        Some(key) => {
            let of = admin.desk.read(|tx| known(tx, &admin, key))?;
            let name = t!("roles-copy-2", name = of.name);
            RoleFormView { name, description: of.description.clone(), ..blank(&admin, of.permissions, of.reach) }
        }
    };
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(key): Path<String>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let role = known(tx, &admin, &key)?;
        filled(tx, &admin, &role)
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

fn reach(sent: &Sent) -> Result<Reach> {
    Reach::named(sent.text("reach")).ok_or_else(|| Refusal::field("reach", "required", say!("roles-say-which-tickets")).into())
}

fn permissions(sent: &Sent) -> Vec<String> {
    sent.all("permission").map(str::to_owned).collect()
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let text = |name: &str| sent.text(name).to_owned();
    let made = match reach(&sent) {
        Err(error) => Err(error),
        Ok(reach) => {
            let new = NewRole { name: text("name"), description: text("description"), permissions: permissions(&sent), reach };
            admin.desk.write(actor.person(), move |tx| identity::create_role(tx, &actor, new)).await
        }
    };
    match made {
        Ok(it) => Ok(see_and_say(&address(&it.key), &said::done(t!("roles-role-made-give-people", name = it.name)))),
        Err(error) => again(blank(&admin, Permissions::NONE, Reach::All), &admin, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(key): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &key))?;
    let actor = admin.actor().clone();
    let text = |name: &str| Some(sent.text(name).to_owned());
    let done = match reach(&sent) {
        Err(error) => Err(error),
        Ok(reach) => {
            let (name, description, permissions) = (text("name"), text("description"), Some(permissions(&sent)));
            let change = RoleChange { name, description, permissions, reach: Some(reach) };
            admin.desk.write(actor.person(), move |tx| identity::change_role(tx, &actor, &key, change)).await
        }
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(&it.key), &said::done(t!("roles-role-saved-works-once", name = it.name)))),
        Err(error) => again(admin.desk.read(|tx| filled(tx, &admin, &before))?, &admin, &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(view: RoleFormView, admin: &Admin, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let on = Permissions::named(sent.all("permission")).unwrap_or_default();
    let text = |name: &str| sent.text(name).to_owned();
    let view = RoleFormView {
        name: text("name"),
        description: text("description"),
        reach: text("reach"),
        groups: groups(admin, on, view.may_change),
        name_error: message(&refusal, "name"),
        description_error: message(&refusal, "description"),
        error: whole(&refusal, &["name", "description"]),
        ..view
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

pub async fn delete(admin: Admin, Path(key): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let before = admin.desk.read(|tx| known(tx, &admin, &key))?;
    let (actor, instead) = (admin.actor().clone(), sent.get("instead").map(str::to_owned));
    match admin.desk.write(actor.person(), move |tx| identity::delete_role(tx, &actor, &key, instead.as_deref())).await {
        Ok(()) => Ok(see_and_say(ROLES.href, &said::done(t!("roles-role-deleted", name = before.name)))),
        Err(Error::Refused(refusal)) => {
            let mut view = admin.desk.read(|tx| filled(tx, &admin, &before))?;
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(page(problem::status_of(refusal.code), form_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
