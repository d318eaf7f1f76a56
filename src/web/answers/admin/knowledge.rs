//! The knowledge base in the settings.

use axum::{http::StatusCode, response::Response};

use super::{Admin, whole};
use crate::{
    desk::{
        knowledge::{self, Article, Library, LibraryChange},
        permission::Permission,
    },
    error::{Error, Result},
    http::{Problem, path::Path, problem},
    id::ArticleCategoryId,
    web::{
        admin::{
            knowledge::{CategoryRow, KnowledgeSettingsView, page as settings_page},
            shell::KNOWLEDGE,
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

fn view(admin: &Admin) -> Result<KnowledgeSettingsView> {
    admin.actor().need(Permission::SettingsRead)?;
    admin.desk.read(|tx| {
        let library = Library::of(tx)?;
        let mut rows: Vec<CategoryRow> = library
            .categories
            .iter()
            .map(|it| CategoryRow { id: it.id.to_string(), name: it.name.clone(), about: it.about.clone(), articles: 0 })
            .collect();
        for it in tx.scan::<Article>(&())? {
            let place = it?.category.and_then(|id| library.categories.iter().position(|it| it.id == id));
            if let Some(row) = place.and_then(|at| rows.get_mut(at)) {
                row.articles += 1;
            }
        }
        Ok(KnowledgeSettingsView {
            frame: admin.frame(),
            public: library.public,
            reviewed: library.reviewed,
            may_change: admin.actor().may(Permission::SettingsWrite),
            categories: rows,
            ..KnowledgeSettingsView::default()
        })
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, settings_page(&view(&admin)?)))
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let change = LibraryChange { public: Some(sent.has("public")), reviewed: Some(sent.has("reviewed")) };
    admin.desk.write(actor.person(), move |tx| knowledge::change_library(tx, &actor, change).map(drop)).await?;
    Ok(see_and_say(KNOWLEDGE.href, &said::done(t!("word-saved"))))
}

pub async fn add_category(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let (name, about) = (sent.text("name").to_owned(), sent.text("about").to_owned());
    let done = admin.desk.write(actor.person(), move |tx| knowledge::add_category(tx, &actor, &name, &about)).await;
    match done {
        Ok(it) => Ok(see_and_say(KNOWLEDGE.href, &said::done(t!("knowledge-category-added", name = it.name)))),
        Err(Error::Refused(refusal)) => {
            let view = KnowledgeSettingsView {
                name: sent.text("name").to_owned(),
                about: sent.text("about").to_owned(),
                name_error: message(&refusal, "name"),
                error: whole(&refusal, &["name"]),
                ..view(&admin)?
            };
            Ok(page(problem::status_of(refusal.code), settings_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn change_category(admin: Admin, Path(id): Path<ArticleCategoryId>, sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let (name, about) = (sent.text(&format!("name-{id}")).to_owned(), sent.text(&format!("about-{id}")).to_owned());
    let at: Option<usize> = sent.get("at").and_then(|it| it.parse().ok());
    let at = match sent.text("move") {
        "up" => at.map(|it| it.saturating_sub(1).max(1)),
        "down" => at.map(|it| it.saturating_add(1)),
        _ => None,
    };
    let done = admin.desk.write(actor.person(), move |tx| knowledge::change_category(tx, &actor, id, Some(&name), Some(&about), at)).await;
    told(done.map(drop), t!("word-saved"))
}

pub async fn delete_category(admin: Admin, Path(id): Path<ArticleCategoryId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    let done = admin.desk.write(actor.person(), move |tx| knowledge::delete_category(tx, &actor, id)).await;
    told(done.map(drop), t!("knowledge-category-deleted"))
}

fn told(done: Result<()>, text: &'static str) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(see_and_say(KNOWLEDGE.href, &said::done(text))),
        Err(Error::Refused(it)) if it.code != crate::error::Code::Forbidden && it.code != crate::error::Code::NotFound => {
            Ok(see_and_say(KNOWLEDGE.href, &said::failed(tongue::sentence(&it.detail))))
        }
        Err(error) => Err(error.into()),
    }
}
