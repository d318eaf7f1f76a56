//! Categories in the settings: the list, a new one, and what follows from one.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::{
    desk::{
        Tx,
        permission::Permission,
        queues::{self, Category, CategoryChange},
        tickets::priority_label,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::CategoryId,
    web::{
        admin::{
            categories::{CategoriesView, CategoryFormView, CategoryRow, form_page, page as categories_page},
            shell::CATEGORIES,
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::t,
    },
};

fn address(id: CategoryId) -> String {
    format!("{}/{id}", CATEGORIES.href)
}

fn known(tx: &Tx, id: CategoryId) -> Result<Category> {
    tx.get::<Category>(&id)?.ok_or_else(|| Refusal::not_found("category").into())
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let mut all = queues::categories(tx)?;
        let name_of = |id: Option<CategoryId>| id.and_then(|id| all.iter().find(|it| it.id == id)).map(|it| it.name.clone());
        let above: std::collections::BTreeMap<CategoryId, String> =
            all.iter().filter_map(|it| name_of(it.parent).map(|name| (it.id, name))).collect();
        all.sort_by_cached_key(|it| (above.get(&it.id).unwrap_or(&it.name).to_lowercase(), it.parent.is_some(), it.name.to_lowercase()));
        let queues = queues::queues(tx)?;
        let row = |it: Category| CategoryRow {
            href: address(it.id),
            above: above.get(&it.id).map(|it| t!("categories-of", it = it)).unwrap_or_default(),
            priority: it.priority.map(priority_label).unwrap_or_default().to_owned(),
            queue: it.queue.and_then(|id| queues.iter().find(|it| it.id == id)).map(|it| it.name.clone()).unwrap_or_default(),
            skills: it.skills.join(", "),
            name: it.name,
        };
        let categories = all.into_iter().map(row).collect();
        Ok(CategoriesView { frame: admin.frame(), categories, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, categories_page(&view)))
}

fn filled(tx: &Tx, admin: &Admin, category: Option<&Category>) -> Result<CategoryFormView> {
    let mut parents = vec![Choice::new("", t!("categories-nothing"))];
    parents.extend(queues::categories(tx)?.into_iter().filter(|it| it.parent.is_none()).map(|it| Choice::new(it.id.to_string(), it.name)));
    let mut queues_of = vec![Choice::new("", t!("word-usual"))];
    queues_of.extend(queues::queues(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    Ok(CategoryFormView {
        frame: admin.frame(),
        action: category.map_or_else(|| CATEGORIES.href.to_owned(), |it| address(it.id)),
        title: category.map(|it| it.name.clone()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: category.map(|it| it.name.clone()).unwrap_or_default(),
        parents,
        priority: category.and_then(|it| it.priority).map(|it| it.to_string()).unwrap_or_default(),
        queue: category.and_then(|it| it.queue).map(|it| it.to_string()).unwrap_or_default(),
        queues: queues_of,
        skills: category.map(|it| it.skills.join(", ")).unwrap_or_default(),
        changed: category.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..CategoryFormView::default()
    })
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<CategoryId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, Some(&known(tx, id)?)))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// What stands between commas.
pub(super) fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn wanted(sent: &Sent) -> CategoryChange {
    CategoryChange {
        name: Some(sent.text("name").to_owned()),
        priority: Some(sent.get("priority").and_then(|it| it.parse().ok())),
        queue: Some(sent.get("queue").and_then(|it| it.parse().ok())),
        skills: Some(listed(sent.text("skills"))),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, change) = (admin.actor().clone(), wanted(&sent));
    let (name, parent) = (sent.text("name").to_owned(), sent.get("parent").and_then(|it| it.parse().ok()));
    let run = move |tx: &mut Tx| {
        let made = queues::create_category(tx, &actor, &name, parent, None)?;
        queues::change_category(tx, &actor, made.id, CategoryChange { name: None, ..change })
    };
    match admin.desk.write(admin.actor().person(), run).await {
        Ok(it) => Ok(see_and_say(CATEGORIES.href, &said::done(t!("categories-category-added", name = it.name)))),
        Err(error) => again(&admin, None, &sent, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<CategoryId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let category = admin.desk.read(|tx| known(tx, id))?;
    let (actor, change) = (admin.actor().clone(), wanted(&sent));
    match admin.desk.write(actor.person(), move |tx| queues::change_category(tx, &actor, id, change)).await {
        Ok(it) => Ok(see_and_say(CATEGORIES.href, &said::done(t!("categories-category-saved", name = it.name)))),
        Err(error) => again(&admin, Some(&category), &sent, error),
    }
}

/// The form with what was typed and what is wrong with it.
fn again(admin: &Admin, category: Option<&Category>, sent: &Sent, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = CategoryFormView {
        name: sent.text("name").to_owned(),
        parent: sent.text("parent").to_owned(),
        priority: sent.text("priority").to_owned(),
        queue: sent.text("queue").to_owned(),
        skills: sent.text("skills").to_owned(),
        name_error: message(&refusal, "name"),
        error: whole(&refusal, &["name"]),
        ..admin.desk.read(|tx| filled(tx, admin, category))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}
