//! Checklists in the settings: listed, made, changed.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change};
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx,
        checklists::{self, Checklist, NewStep},
        permission::Permission,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::ChecklistId,
    web::{
        admin::{
            checklists::{ChecklistFormView, ChecklistRow, ChecklistsView, form_page, page as list_page},
            shell::CHECKLISTS,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue,
    },
};

fn address(id: ChecklistId) -> String {
    format!("{}/{id}", CHECKLISTS.href)
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let row = |it: Checklist| ChecklistRow {
        href: address(it.id),
        steps: it.steps.len(),
        about: it.steps.iter().take(3).map(|it| it.text.as_str()).collect::<Vec<_>>().join(", "),
        name: it.name,
    };
    let rows = admin.desk.read(checklists::lists)?.into_iter().map(row).collect();
    let view = ChecklistsView { frame: admin.frame(), rows, may_make: admin.actor().may(Permission::SettingsWrite) };
    Ok(page(StatusCode::OK, list_page(&view)))
}

fn draw(admin: &Admin, of: Option<&Checklist>, name: &str, steps: &str, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        Ok(ChecklistFormView {
            frame: admin.frame(),
            action: of.map_or_else(|| CHECKLISTS.href.to_owned(), |it| address(it.id)),
            title: of.map(|it| it.name.clone()).unwrap_or_default(),
            version: of.map(|it| it.version.to_string()).unwrap_or_default(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            name: name.to_owned(),
            steps: steps.to_owned(),
            errors: refusal
                .map(|it| it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect())
                .unwrap_or_default(),
            error: refusal.filter(|it| it.fields.is_empty()).map(|it| tongue::sentence(&it.detail)),
            changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        })
    })?;
    Ok(page(refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code)), form_page(&view)))
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    draw(&admin, None, "", "", None)
}

pub async fn show(admin: Admin, Path(id): Path<ChecklistId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let it = admin.desk.read(|tx| checklists::list(tx, id))?;
    let line = |it: &NewStep| format!("{}{}", if it.required { "! " } else { "" }, it.text);
    let steps = it.steps.iter().map(line).collect::<Vec<_>>().join("\n");
    draw(&admin, Some(&it), &it.name, &steps, None)
}

/// The steps of a form, one a line.
fn steps(text: &str) -> Vec<NewStep> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let step = |it: &str| match it.strip_prefix('!') {
        Some(text) => NewStep { text: text.trim().to_owned(), required: true },
        None => NewStep { text: it.to_owned(), required: false },
    };
    lines.map(step).collect()
}

async fn save(admin: Admin, of: Option<Checklist>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let (actor, name, text) = (admin.actor().clone(), sent.text("name").to_owned(), sent.text("steps").to_owned());
    let (id, version) = (of.as_ref().map(|it| it.id), sent.text("version").parse().ok());
    let (kept, wanted) = (name.clone(), steps(&text));
    let run = move |tx: &mut Tx| match id {
        None => checklists::create_list(tx, &actor, &kept, wanted),
        Some(id) => checklists::change_list(tx, &actor, id, version, &kept, wanted),
    };
    match admin.desk.write(Some(admin.person()), run).await {
        Ok(it) => Ok(see_and_say(CHECKLISTS.href, &said::done(t!("tools-checklist-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&admin, of.as_ref(), &name, &text, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    save(admin, None, sent).await
}

pub async fn change(admin: Admin, Path(id): Path<ChecklistId>, sent: Sent) -> Result<Response, Problem> {
    let present = admin.desk.read(|tx| checklists::list(tx, id))?;
    save(admin, Some(present), sent).await
}

pub async fn delete(admin: Admin, Path(id): Path<ChecklistId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(Some(admin.person()), move |tx| checklists::delete_list(tx, &actor, id)).await?;
    Ok(see_and_say(CHECKLISTS.href, &said::done(t!("tools-checklist-deleted"))))
}
