//! Categories of time in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        permission::Permission,
        time_entries::{self, CategoryChange, TimeCategory},
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem},
    id::TimeCategoryId,
    web::{
        admin::{
            shell::TIME_CATEGORIES,
            time_categories::{TimeCategoriesView, TimeCategoryRow, page as categories_page},
        },
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{page, see_and_say},
        },
        tongue::t,
    },
};

fn listed(admin: &Admin) -> Result<TimeCategoriesView> {
    let row = |it: TimeCategory| TimeCategoryRow {
        href: format!("{}/{}", TIME_CATEGORIES.href, it.id),
        id: it.id.to_string(),
        name: it.name,
        billable: it.billable,
        retired: it.retired,
    };
    let mut rows: Vec<TimeCategoryRow> = admin.desk.read(time_entries::categories)?.into_iter().map(row).collect();
    rows.sort_by_cached_key(|it| (it.retired, it.name.to_lowercase()));
    Ok(TimeCategoriesView {
        frame: admin.frame(),
        rows,
        may_change: admin.actor().may(Permission::SettingsWrite),
        ..TimeCategoriesView::default()
    })
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, categories_page(&listed(&admin)?)))
}

fn wanted(sent: &Sent) -> CategoryChange {
    CategoryChange { name: Some(sent.text("name").to_owned()), billable: Some(sent.has("billable")), retired: Some(sent.has("retired")) }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, new) = (admin.actor().clone(), wanted(&sent));
    match admin.desk.write(actor.person(), move |tx| time_entries::create_category(tx, &actor, new)).await {
        Ok(it) => Ok(see_and_say(TIME_CATEGORIES.href, &said::done(t!("time-categories-added", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let view = TimeCategoriesView {
                name: sent.text("name").to_owned(),
                billable: sent.has("billable"),
                name_error: message(&refusal, "name"),
                error: whole(&refusal, &["name"]),
                ..listed(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), categories_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn change(admin: Admin, Path(id): Path<TimeCategoryId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, change) = (admin.actor().clone(), wanted(&sent));
    match admin.desk.write(actor.person(), move |tx| time_entries::change_category(tx, &actor, id, change)).await {
        Ok(it) => Ok(see_and_say(TIME_CATEGORIES.href, &said::done(t!("time-categories-saved", name = it.name)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let view = TimeCategoriesView { error: message(&refusal, "name").or_else(|| whole(&refusal, &[])), ..listed(&admin)? };
            Ok(page(problem::status_of(refusal.code), categories_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
