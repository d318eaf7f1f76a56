//! What holds for the whole knowledge base: who may read it, whether articles are reviewed, and its categories in their order.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use serde_json::Value;
use uuid::Uuid;

use super::{Article, access};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues,
    },
    error::{Code, Refusal, Result},
    id::ArticleCategoryId,
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// A category: where an article stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Place {
    #[n(0)]
    pub id: ArticleCategoryId,
    #[n(1)]
    pub name: String,
    /// What is found there, in a sentence; may be empty.
    #[n(2)]
    pub about: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct Library {
    /// Public articles are shown to everybody, signed in or not.
    #[n(0)]
    pub public: bool,
    /// What was not sent to review is not published.
    #[n(1)]
    pub reviewed: bool,
    /// The categories, in the order in which they are shown.
    #[n(2)]
    pub categories: Vec<Place>,
}

impl Record for Library {
    type Key = ();
    const TABLE: Table = Table::journalled(0x4e, "knowledge");

    fn key(&self) {}
}

impl Library {
    /// What the desk has chosen; nothing but the usual, if it never chose.
    pub fn of(tx: &Tx) -> Result<Arc<Library>> {
        Ok(tx.get_shared::<Library>(&())?.unwrap_or_default())
    }

    pub fn category(&self, id: ArticleCategoryId) -> Option<&Place> {
        self.categories.iter().find(|it| it.id == id)
    }

    /// The category of this id or name, whatever its case.
    pub fn named(&self, text: &str) -> Option<&Place> {
        let (id, wanted) = (text.parse::<ArticleCategoryId>().ok(), text.trim().to_lowercase());
        self.categories.iter().find(|it| Some(it.id) == id || it.name.to_lowercase() == wanted)
    }

    fn changes(&self, before: &Library) -> Changes {
        let names = |it: &Library| -> Value { it.categories.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().into() };
        let abouts = |it: &Library| -> Value { it.categories.iter().map(|it| it.about.as_str()).collect::<Vec<_>>().into() };
        let mut changes = Changes::new();
        changes
            .field("public", before.public, self.public)
            .field("reviewed", before.reviewed, self.reviewed)
            .field("categories", names(before), names(self))
            .field("descriptions", abouts(before), abouts(self));
        changes
    }
}

/// Changes to what holds for the whole; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct LibraryChange {
    pub public: Option<bool>,
    pub reviewed: Option<bool>,
}

pub fn change_library(tx: &mut Tx, actor: &Actor, change: LibraryChange) -> Result<Arc<Library>> {
    actor.need(Permission::SettingsWrite)?;
    save(tx, actor, |it| {
        it.public = change.public.unwrap_or(it.public);
        it.reviewed = change.reviewed.unwrap_or(it.reviewed);
        Ok(())
    })
}

fn save(tx: &mut Tx, actor: &Actor, run: impl FnOnce(&mut Library) -> Result<()>) -> Result<Arc<Library>> {
    let before = Library::of(tx)?;
    let mut after = Library::clone(&before);
    run(&mut after)?;
    let changes = after.changes(&before);
    if !changes.is_empty() {
        tx.put(&after)?;
        let about = About { entity_kind: "knowledge", entity: Uuid::nil(), subject: None };
        event::record(tx, actor, EventKind::KnowledgeChanged, about, changes)?;
    }
    Ok(Arc::new(after))
}

fn about(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > limits::ARTICLE_SUMMARY_CHARS_MAX {
        let detail = say!("refused-at-most-characters", most = limits::ARTICLE_SUMMARY_CHARS_MAX);
        return Err(Refusal::field("description", "too_long", detail).into());
    }
    Ok(text)
}

/// Adds a category at the end. Whoever publishes may: those who keep the shelves keep their names.
pub fn add_category(tx: &mut Tx, actor: &Actor, name: &str, said: &str) -> Result<Place> {
    access::need_publish(actor)?;
    let id = tx.new_id();
    let library = save(tx, actor, |it| {
        if it.categories.len() >= limits::ARTICLE_CATEGORIES_MAX {
            let detail = say!("refused-article-categories", most = limits::ARTICLE_CATEGORIES_MAX);
            return Err(Refusal::new(Code::Conflict, detail).into());
        }
        let name = queues::fresh_name(name, it.named(name).is_some())?;
        it.categories.push(Place { id, name, about: about(said)? });
        Ok(())
    })?;
    Ok(of(&library, id)?.clone())
}

fn of(library: &Library, id: ArticleCategoryId) -> Result<&Place> {
    library.category(id).ok_or_else(|| Refusal::not_found("category").into())
}

/// Changes to a category; what is `None` stays. `at` is its place among all, from 1.
pub fn change_category(
    tx: &mut Tx,
    actor: &Actor,
    id: ArticleCategoryId,
    name: Option<&str>,
    said: Option<&str>,
    at: Option<usize>,
) -> Result<Place> {
    access::need_publish(actor)?;
    let library = save(tx, actor, |it| {
        let mut place = of(it, id)?.clone();
        if let Some(name) = name {
            place.name = queues::fresh_name(name, it.named(name).is_some_and(|it| it.id != id))?;
        }
        if let Some(said) = said {
            place.about = about(said)?;
        }
        let present = it.categories.iter().position(|it| it.id == id).unwrap_or_default();
        it.categories.remove(present);
        let at = at.map_or(present, |it| it.saturating_sub(1)).min(it.categories.len());
        it.categories.insert(at, place);
        Ok(())
    })?;
    Ok(of(&library, id)?.clone())
}

/// Takes a category away in which nothing stands.
pub fn delete_category(tx: &mut Tx, actor: &Actor, id: ArticleCategoryId) -> Result<Place> {
    access::need_publish(actor)?;
    let gone = of(&*Library::of(tx)?, id)?.clone();
    for it in tx.scan::<Article>(&())? {
        if it?.category == Some(id) {
            return Err(Refusal::new(Code::Conflict, say!("refused-article-category-in-use", name = gone.name)).into());
        }
    }
    save(tx, actor, |it| {
        it.categories.retain(|it| it.id != id);
        Ok(())
    })?;
    Ok(gone)
}
