//! The knowledge base as a whole: what fits a question, its categories, what holds for all of it, and the articles on a ticket.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    articles::{ArticleRowView, need_read, question, row},
    input::{given, required},
    list::ListView,
    one,
    search::{HitView, SearchView},
    tickets,
};
use crate::{
    appliance::{
        articles as reading,
        lists::{self, Filter},
    },
    desk::{
        Tx,
        actor::Actor,
        knowledge::{self, How, Library, LibraryChange, Listed, Place, Question, Readership, State},
        permission::Permission,
        query::{Field, Op, Sort, Total},
        settings::Settings,
        tickets::{access, number},
    },
    error::{Refusal, Result},
    follow::search::Spelling,
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::ArticleCategoryId,
    limits,
    text::html,
};

/// A category of articles.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleCategoryView {
    pub id: Uuid,
    pub name: String,
    pub description: String,
    /// Its place among all, from 1.
    #[schema(minimum = 1)]
    pub order: usize,
}

/// A category to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArticleCategoryInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 500)]
    pub description: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = usize, required = false, minimum = 1)]
    pub order: Option<usize>,
}

/// What holds for the whole knowledge base.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnowledgeSettingsView {
    /// Public articles are shown to everybody, signed in or not.
    pub public: bool,
    /// What was not sent to review is not published.
    pub reviewed: bool,
}

/// Changes to it: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KnowledgeSettingsInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub public: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub reviewed: Option<bool>,
}

/// What an article has to do with a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ArticleLinkType {
    AnsweredWith,
    MadeFrom,
}

/// An article on a ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketArticleView {
    #[serde(rename = "type")]
    #[schema(value_type = ArticleLinkType)]
    pub kind: &'static str,
    pub id: Uuid,
    pub slug: String,
    pub title: String,
}

/// An article to be put on a ticket.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketArticleInput {
    /// Id or slug.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true)]
    pub article: Option<String>,
    /// `answered_with` if absent.
    #[serde(rename = "type", default, deserialize_with = "given")]
    #[schema(value_type = ArticleLinkType, required = false)]
    pub kind: Option<String>,
}

/// What fits, the best first; without a question, all that is published.
pub async fn front(caller: Caller, query: Query) -> Result<axum::Json<ListView<ArticleRowView>>, Problem> {
    need_read(&caller)?;
    let page = Page::of(&query, &["query", "q", "category", "tag", "tags", "language"])?;
    let all = caller.desk.read(|tx| {
        let readers = Readership::of(tx, Some(&caller.actor))?;
        let asked = Question { state: Some(State::Published), ..question(tx, &query)? };
        let found = reading::find(&caller.desk, tx, &readers, &asked, limits::ARTICLES_MAX)?;
        Ok(found.into_iter().map(|it| row(&readers, it)).collect())
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

/// Articles, and behind them tickets, about some words or with some tags.
pub async fn search(caller: Caller, query: Query) -> Result<axum::Json<SearchView>, Problem> {
    need_read(&caller)?;
    let page = Page::of(&query, &["q", "query", "tags", "tag"])?;
    let asked = caller.desk.read(|tx| question(tx, &query))?;
    if asked.text.trim().is_empty() && asked.tags.is_empty() {
        return Err(Refusal::field("q", "required", "Say what to search for in `q` or `tags`.").into());
    }
    let wrong = || Refusal::field("cursor", "invalid", "This is no cursor of this list; start again without one.");
    let skip = page.cursor.as_deref().map_or(Ok(page.skip()), |it| it.parse::<u32>().map(|it| it as usize).map_err(|_| wrong()))?;
    caller.desk.index_hears_of_others().await;
    let articles = caller.desk.read(|tx| {
        let readers = Readership::of(tx, Some(&caller.actor))?;
        let asked = Question { state: Some(State::Published), ..asked.clone() };
        reading::find(&caller.desk, tx, &readers, &asked, limits::ARTICLES_MAX)
    })?;
    let known = articles.len();
    let mut items: Vec<HitView> = articles.into_iter().skip(skip).take(page.size).map(hit).collect();
    let (mut total, mut stale) = (Total::from(known), false);
    if access::need_list(&caller.actor).is_ok() {
        let tag = |it: &String| Filter { field: Field::Tag, op: Op::Is, values: vec![it.clone()], named: "tags".into() };
        let words = asked.text.split(|it: char| it.is_whitespace() || "\"():<>=!*?,".contains(it));
        let words = words.map(|it| it.trim_start_matches(['-', '+'])).filter(|it| !it.is_empty()).take(12);
        let question = lists::Question {
            text: Some(words.map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" ")),
            filters: asked.tags.iter().map(tag).collect(),
            sort: Sort::RELEVANCE,
            cursor: None,
            skip: skip.saturating_sub(known),
            limit: (page.size - items.len()).max(1),
            spelling: Spelling::Forgiving,
        };
        let found = lists::list(&caller.desk, &caller.actor, question).await?;
        (total, stale) = (found.total + known.into(), found.stale);
        let settings = caller.desk.read(Settings::of)?;
        let room = page.size - items.len();
        items.extend(found.tickets.into_iter().take(room).map(|it| HitView {
            kind: "ticket",
            id: it.id.0,
            number: Some(number::text(&settings, it.kind, it.number)),
            title: it.title,
            highlights: Vec::new(),
        }));
    }
    let end = skip + items.len();
    let next_cursor = (end < total.count && !items.is_empty()).then(|| end.to_string());
    let Total { count: total, is_bound: total_is_bound } = total;
    Ok(axum::Json(SearchView {
        items,
        page: page.number,
        page_size: page.size,
        total,
        total_is_bound,
        next_cursor,
        stale,
        facets: None,
        facets_are_bound: false,
    }))
}

fn hit(it: Listed) -> HitView {
    let highlights = Some(html::escape(&it.preview)).filter(|it| !it.is_empty()).into_iter().collect();
    HitView { kind: "article", id: it.article.id.0, number: None, title: it.article.title, highlights }
}

fn category_view(library: &Library, it: &Place) -> ArticleCategoryView {
    let at = library.categories.iter().position(|other| other.id == it.id).unwrap_or_default();
    ArticleCategoryView { id: it.id.0, name: it.name.clone(), description: it.about.clone(), order: at + 1 }
}

fn category(tx: &Tx, id: ArticleCategoryId) -> Result<ArticleCategoryView> {
    let library = Library::of(tx)?;
    let found = library.category(id).map(|it| category_view(&library, it));
    found.ok_or_else(|| Refusal::not_found("category").into())
}

pub async fn categories(caller: Caller, query: Query) -> Result<axum::Json<ListView<ArticleCategoryView>>, Problem> {
    need_read(&caller)?;
    let page = Page::of(&query, &[])?;
    let library = caller.desk.read(Library::of)?;
    Ok(axum::Json(ListView::of_whole(library.categories.iter().map(|it| category_view(&library, it)).collect(), &page)?))
}

fn need_keep(caller: &Caller) -> Result<()> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    caller.actor.need(Permission::KnowledgePublish)
}

pub async fn create_category(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    need_keep(&caller)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<ArticleCategoryInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let name = required("name", input.name)?;
        let it = knowledge::add_category(tx, actor, &name, input.description.as_deref().unwrap_or_default())?;
        if input.order.is_some() {
            knowledge::change_category(tx, actor, it.id, None, None, input.order)?;
        }
        category(tx, it.id)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/kb/categories/{}", it.id)).await
}

pub async fn patch_category(
    caller: Caller,
    Path(id): Path<ArticleCategoryId>,
    headers: HeaderMap,
    json: RawJson,
) -> Result<Response, Problem> {
    need_keep(&caller)?;
    let input: ArticleCategoryInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = category(tx, id)?;
        knowledge::change_category(tx, actor, id, input.name.as_deref(), input.description.as_deref(), input.order)?;
        Ok((before, category(tx, id)?))
    })
    .await
}

pub async fn delete_category(caller: Caller, Path(id): Path<ArticleCategoryId>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    need_keep(&caller)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = category(tx, id)?;
        knowledge::delete_category(tx, actor, id)?;
        Ok(before)
    })
    .await
}

fn settings_view(it: &Library) -> KnowledgeSettingsView {
    KnowledgeSettingsView { public: it.public, reviewed: it.reviewed }
}

pub async fn read_settings(caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| Ok(settings_view(&*Library::of(tx)?)))
}

pub async fn patch_settings(caller: Caller, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: KnowledgeSettingsInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = settings_view(&*Library::of(tx)?);
        let change = LibraryChange { public: input.public, reviewed: input.reviewed };
        Ok((before, settings_view(&*knowledge::change_library(tx, actor, change)?)))
    })
    .await
}

fn on_ticket(tx: &Tx, actor: &Actor, text: &str) -> Result<Vec<TicketArticleView>> {
    let ticket = access::named(tx, actor, text)?;
    access::need(actor, Permission::TicketsRead, &ticket)?;
    let found = knowledge::answered(tx, actor, &ticket)?.into_iter();
    Ok(found.map(|(how, it)| TicketArticleView { kind: how.name(), id: it.id.0, slug: it.slug, title: it.title }).collect())
}

pub async fn of_ticket(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<TicketArticleView>>, Problem> {
    tickets::known(&caller, &id)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| on_ticket(tx, &caller.actor, &id))?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn link(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    tickets::known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<TicketArticleInput>()?;
    let place = format!("/v1/tickets/{id}/articles");
    let make = move |tx: &mut Tx, actor: &Actor| {
        let ticket = access::named(tx, actor, &id)?;
        let text = required("article", input.article)?;
        let unknown = || Refusal::field("type", "unknown", "An article is on a ticket because it is `answered_with` it or `made_from` it.");
        let how = input.kind.as_deref().map_or(Ok(How::Answers), |it| How::named(it).ok_or_else(unknown))?;
        let found = knowledge::known(tx, &Readership::of(tx, Some(actor))?, &text);
        let (it, _) = found.map_err(|_| Refusal::field("article", "unknown", "There is no such article."))?;
        knowledge::link(tx, actor, ticket.id, it.id, how)?;
        let on = on_ticket(tx, actor, &id)?.into_iter().find(|on| on.id == it.id.0);
        on.ok_or_else(|| Refusal::not_found("article").into())
    };
    one::create(&caller, key, &raw, make, move |it| format!("{place}/{}", it.id)).await
}

pub async fn unlink(caller: Caller, Path((id, article)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    tickets::known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let (it, _) = knowledge::known(tx, &Readership::of(tx, Some(&actor))?, &article)?;
        knowledge::unlink(tx, &actor, ticket.id, it.id).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
