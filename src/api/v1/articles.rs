//! Articles of the knowledge base: read, written, moved from state to state; their revisions, and what people say of them.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    article_files,
    input::{Named, given, nullable},
    list::ListView,
    one,
    shown::NamedView,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        identity,
        knowledge::{self, Article, ArticleChange, Listed, Question, Readership, Revision, State, Visibility},
        permission::Permission,
        tickets::Cast,
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::ArticleId,
    limits,
    text::difference::{self, Fate},
    time::Instant,
};

/// Who reads a published article. `internal` is taken for `agents`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ArticleVisibilityName {
    /// Everybody, if the desk shows its knowledge base to everybody; else whoever is signed in.
    Public,
    /// Whoever is signed in.
    Tenant,
    Agents,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ArticleStatusName {
    Draft,
    Review,
    Published,
    Archived,
}

/// An article in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleRowView {
    pub id: Uuid,
    /// The last part of its address, `/knowledge/{slug}`.
    pub slug: String,
    pub title: String,
    pub summary: String,
    /// What it is about: its summary, else a line of its text.
    pub preview: String,
    pub tags: Vec<String>,
    pub category: Option<NamedView>,
    pub language: String,
    #[schema(value_type = ArticleVisibilityName)]
    pub visibility: &'static str,
    #[schema(value_type = ArticleStatusName)]
    pub status: &'static str,
    pub updated_at: Instant,
    pub published_at: Option<Instant>,
}

/// The same in another language.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleTranslationView {
    pub id: Uuid,
    pub slug: String,
    pub language: String,
    pub title: String,
}

/// An article.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleView {
    pub id: Uuid,
    pub slug: String,
    pub title: String,
    pub summary: String,
    /// Markdown.
    pub content: String,
    /// Safe HTML; its pictures are fetched with the same proof as the article.
    pub content_html: String,
    pub tags: Vec<String>,
    pub category: Option<NamedView>,
    pub language: String,
    /// The article that it was first a translation of.
    pub translation_of: Option<Uuid>,
    /// The same in other languages, as far as you may read it.
    pub translations: Vec<ArticleTranslationView>,
    #[schema(value_type = ArticleVisibilityName)]
    pub visibility: &'static str,
    #[schema(value_type = ArticleStatusName)]
    pub status: &'static str,
    /// Who keeps it right; for agents.
    pub owner: Option<NamedView>,
    /// Who wrote it first; for agents.
    pub author: Option<NamedView>,
    /// The day on which it should be looked at again; for agents.
    #[schema(format = Date)]
    pub review_on: Option<String>,
    /// Grows with each change.
    pub version: u64,
    /// The number of the revision that is read.
    pub revision: u64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub published_at: Option<Instant>,
}

/// An article to be, or changes to one: what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArticleInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    pub title: Option<String>,
    /// Made of the title, if absent; it stays when the title changes. Earlier ones go on leading to the article.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub slug: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 500)]
    pub summary: Option<String>,
    /// Markdown. `content_md`, `body` and `body_md` are taken too.
    #[serde(default, deserialize_with = "given", alias = "content_md", alias = "contentMd", alias = "body", alias = "body_md")]
    #[schema(value_type = String, required = false)]
    pub content: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub tags: Option<Vec<String>>,
    /// By id or name; null for none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub category: Option<Option<Named>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 10)]
    pub language: Option<String>,
    /// Id or slug of the article that it translates; null for none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    pub translation_of: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ArticleVisibilityName, required = false)]
    pub visibility: Option<String>,
    /// Publishing, and changing what is published, asks for `knowledge:publish`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = ArticleStatusName, required = false)]
    pub status: Option<String>,
    /// By id or mail address; null for nobody.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>)]
    pub owner: Option<Option<Named>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Option<String>>,
    /// What was changed, for the list of revisions.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 200)]
    pub note: Option<String>,
}

/// What an article said at a time.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevisionView {
    pub number: u64,
    pub author: Option<NamedView>,
    pub created_at: Instant,
    pub title: String,
    pub summary: String,
    pub tags: Vec<String>,
    /// Markdown.
    pub content: String,
    pub note: String,
    /// The revision that was restored by it.
    pub restored: Option<u64>,
    /// Whether it is the one that is read.
    pub current: bool,
}

/// A line of either of two revisions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevisionLineView {
    /// `stayed`, `added` or `removed`.
    pub fate: &'static str,
    pub text: String,
}

/// What differs between two revisions.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevisionDifferenceView {
    pub from: Option<u64>,
    pub to: u64,
    pub lines: Vec<RevisionLineView>,
}

/// Whether an article helped.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArticleFeedbackInput {
    pub helped: bool,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 1000)]
    pub comment: Option<String>,
}

/// What somebody said of an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleVoteView {
    pub person: NamedView,
    pub helped: bool,
    pub comment: String,
    pub created_at: Instant,
}

/// How an article was received.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleFeedbackView {
    /// People whom it helped, each once.
    pub helped: u32,
    pub not_helped: u32,
    /// What visitors said of whom nothing is known.
    pub anonymous_helped: u32,
    pub anonymous_not_helped: u32,
    /// Times that somebody who was about to lodge a ticket said that it solved their matter, and lodged none.
    pub solved: u32,
    /// What people wrote, the newest first; for those who write articles.
    pub comments: Vec<ArticleVoteView>,
}

/// Refuses whoever may read no article at all, before anything is looked at.
pub(super) fn need_read(caller: &Caller) -> Result<()> {
    let readers = caller.desk.read(|tx| Readership::of(tx, Some(&caller.actor)))?;
    if readers.is_for(Visibility::Tenant) { Ok(()) } else { caller.actor.need(Permission::PortalUse) }
}

pub(super) fn row(readers: &Readership, it: Listed) -> ArticleRowView {
    let Listed { article, preview } = it;
    ArticleRowView {
        id: article.id.0,
        category: place(readers, &article),
        visibility: article.visibility.name(),
        status: article.state.name(),
        slug: article.slug,
        title: article.title,
        summary: article.summary,
        preview,
        tags: article.tags,
        language: article.language,
        updated_at: article.updated_at,
        published_at: article.published_at,
    }
}

fn place(readers: &Readership, it: &Article) -> Option<NamedView> {
    let place = it.category.and_then(|id| readers.library().category(id));
    place.map(|it| NamedView { id: it.id.0, name: it.name.clone() })
}

fn view(tx: &Tx, actor: &Actor, (it, text): (Article, Revision)) -> Result<ArticleView> {
    let readers = Readership::of(tx, Some(actor))?;
    let inside = readers.is_for(Visibility::Agents);
    let mut cast = Cast::default();
    cast.meet(tx, it.owner.into_iter().chain(it.author))?;
    let named = |person: Option<_>| person.filter(|_| inside).map(|id| NamedView::person(&cast, id));
    let translations = knowledge::translations(tx, &readers, &it)?.into_iter();
    let files = knowledge::files(tx, it.id)?;
    Ok(ArticleView {
        id: it.id.0,
        content_html: knowledge::drawn(&text.content, &files, article_files::address).0,
        content: text.content,
        category: place(&readers, &it),
        translation_of: (it.original != it.id).then_some(it.original.0),
        translations: translations
            .map(|it| ArticleTranslationView { id: it.id.0, slug: it.slug, language: it.language, title: it.title })
            .collect(),
        visibility: it.visibility.name(),
        status: it.state.name(),
        owner: named(it.owner),
        author: named(it.author),
        review_on: it.review_on().filter(|_| inside).map(|it| it.to_string()),
        version: it.version,
        revision: it.revision,
        created_at: it.created_at,
        updated_at: it.updated_at,
        published_at: it.published_at,
        slug: it.slug,
        title: it.title,
        summary: it.summary,
        tags: it.tags,
        language: it.language,
    })
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<(Article, Revision)> {
    knowledge::known(tx, &Readership::of(tx, Some(actor))?, text)
}

fn shown(tx: &Tx, actor: &Actor, id: ArticleId) -> Result<ArticleView> {
    view(tx, actor, knowledge::read(tx, &Readership::of(tx, Some(actor))?, id)?)
}

fn state(text: &str) -> Result<State> {
    State::named(text).ok_or_else(|| Refusal::field("status", "unknown", "An article is draft, review, published or archived.").into())
}

/// What was sent, and the state that the article shall have.
fn change(tx: &Tx, actor: &Actor, it: ArticleInput) -> Result<(ArticleChange, Option<State>)> {
    let visibility = it
        .visibility
        .map(|it| Visibility::named(&it).ok_or_else(|| Refusal::field("visibility", "unknown", "Readers are public, tenant or agents.")));
    let day = |it: String| it.parse::<Date>().map_err(|_| Refusal::field("reviewOn", "invalid", "Write a day as 2026-03-31."));
    let category = |it: Named| -> Result<crate::id::ArticleCategoryId> {
        let library = knowledge::Library::of(tx)?;
        let found = library.named(&it.text).map(|it| it.id);
        found.ok_or_else(|| Refusal::field("category", "unknown", "There is no such category of articles.").into())
    };
    let original = |text: String| -> Result<ArticleId> {
        let wrong = |_| Refusal::field("translationOf", "unknown", "There is no such article.");
        Ok(known(tx, actor, &text).map_err(wrong)?.0.id)
    };
    let change = ArticleChange {
        title: it.title,
        slug: it.slug,
        summary: it.summary,
        content: it.content,
        tags: it.tags,
        category: it.category.map(|it| it.map(category).transpose()).transpose()?,
        language: it.language,
        translation_of: it.translation_of.map(|it| it.map(original).transpose()).transpose()?,
        visibility: visibility.transpose()?,
        owner: it.owner.map(|it| it.map(|it| identity::named(tx, "owner", &it.text).map(|it| it.id)).transpose()).transpose()?,
        review_on: it.review_on.map(|it| it.map(day).transpose()).transpose()?,
        note: it.note,
        ..ArticleChange::default()
    };
    Ok((change, it.status.as_deref().map(state).transpose()?))
}

/// The filters of a list of articles.
pub(super) fn question(tx: &Tx, query: &Query) -> Result<Question> {
    let category = query.get("category").map(|text| {
        let found = knowledge::Library::of(tx)?.named(text).map(|it| it.id);
        found.ok_or_else(|| crate::error::Error::from(Refusal::field("category", "unknown", "There is no such category of articles.")))
    });
    let tags = ["tag", "tags"].into_iter().flat_map(|name| query.all(name)).flat_map(|it| it.split(','));
    Ok(Question {
        text: query.first_of(&["q", "query"]).unwrap_or_default().to_owned(),
        state: query.first_of(&["status", "state"]).map(state).transpose()?,
        category: category.transpose()?,
        tags: tags.map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()).collect(),
        language: query.get("language").map(str::to_owned),
        ..Question::default()
    })
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<ArticleRowView>>, Problem> {
    need_read(&caller)?;
    let page = Page::of(&query, &["q", "status", "state", "category", "tag", "language"])?;
    let view = caller.desk.read(|tx| {
        let readers = Readership::of(tx, Some(&caller.actor))?;
        let question = question(tx, &query)?;
        let skip = if page.cursor.is_some() { 0 } else { page.skip() };
        let (items, total, next_cursor) = knowledge::list(tx, &readers, &question, page.cursor.as_deref(), skip, page.size)?;
        let items = items.into_iter().map(|it| row(&readers, it)).collect();
        Ok(ListView { items, page: page.number, page_size: page.size, total, next_cursor })
    })?;
    Ok(axum::Json(view))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<ArticleInput>()?;
    let make = move |tx: &mut Tx, actor: &Actor| {
        let (new, state) = change(tx, actor, input)?;
        let id = knowledge::create(tx, actor, new)?.id;
        if let Some(state) = state {
            knowledge::settle(tx, actor, id, None, state)?;
        }
        shown(tx, actor, id)
    };
    one::create(&caller, key, &raw, make, |it| format!("/v1/kb/articles/{}", it.id)).await
}

pub async fn read(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    need_read(&caller)?;
    one::read(&caller, &headers, |tx, actor| view(tx, actor, known(tx, actor, &id)?))
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    let input: ArticleInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(tx, actor, known(tx, actor, &id)?)?;
        let (wanted, state) = change(tx, actor, input)?;
        let id = ArticleId(before.id);
        if wanted != ArticleChange::default() {
            knowledge::change(tx, actor, id, None, wanted)?;
        }
        if let Some(state) = state {
            knowledge::settle(tx, actor, id, None, state)?;
        }
        Ok((before, shown(tx, actor, id)?))
    })
    .await
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    one::delete(&caller, &headers, move |tx, actor| {
        let before = view(tx, actor, known(tx, actor, &id)?)?;
        knowledge::delete(tx, actor, ArticleId(before.id))?;
        Ok(before)
    })
    .await
}

fn revision_view(cast: &Cast, it: Revision) -> RevisionView {
    let Revision { article: _, number, author, at, title, summary, tags, content, note, current, restored } = it;
    let author = author.map(|id| NamedView::person(cast, id));
    RevisionView { number, author, created_at: at, title, summary, tags, content, note, restored, current }
}

pub async fn revisions(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<RevisionView>>, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let all = knowledge::revisions(tx, &caller.actor, known(tx, &caller.actor, &id)?.0.id)?;
        let mut cast = Cast::default();
        cast.meet(tx, all.iter().filter_map(|it| it.author))?;
        Ok(all.into_iter().map(|it| revision_view(&cast, it)).collect())
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn revision(caller: Caller, Path((id, number)): Path<(String, u64)>) -> Result<axum::Json<RevisionView>, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    let view = caller.desk.read(|tx| {
        let it = knowledge::revision(tx, &caller.actor, known(tx, &caller.actor, &id)?.0.id, number)?;
        let mut cast = Cast::default();
        cast.meet(tx, it.author)?;
        Ok(revision_view(&cast, it))
    })?;
    Ok(axum::Json(view))
}

pub async fn difference(
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
    query: Query,
) -> Result<axum::Json<RevisionDifferenceView>, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    query.only(["from"].into_iter())?;
    let from = query.number("from", 1..=u64::MAX)?;
    let it = caller.desk.read(|tx| {
        let id = known(tx, &caller.actor, &id)?.0.id;
        knowledge::difference(tx, &caller.actor, id, from, number)
    })?;
    let (before, after) = it.texts();
    let lines = difference::lines(&before, &after).into_iter().map(|it| RevisionLineView {
        fate: match it.fate {
            Fate::Stayed => "stayed",
            Fate::Added => "added",
            Fate::Removed => "removed",
        },
        text: it.text.to_owned(),
    });
    Ok(axum::Json(RevisionDifferenceView { from: it.before.as_ref().map(|it| it.number), to: it.after.number, lines: lines.collect() }))
}

pub async fn restore(caller: Caller, Path((id, number)): Path<(String, u64)>, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = view(tx, actor, known(tx, actor, &id)?)?;
        let id = ArticleId(before.id);
        knowledge::restore(tx, actor, id, number)?;
        Ok((before, shown(tx, actor, id)?))
    })
    .await
}

fn feedback(tx: &Tx, actor: &Actor, it: &Article) -> Result<ArticleFeedbackView> {
    let votes = if knowledge::may_write(actor) { knowledge::votes(tx, actor, it.id, limits::PAGE_SIZE_MAX)? } else { Vec::new() };
    let mut cast = Cast::default();
    cast.meet(tx, votes.iter().map(|it| it.person))?;
    let comments = votes.into_iter().map(|it| ArticleVoteView {
        person: NamedView::person(&cast, it.person),
        helped: it.helped.unwrap_or_default(),
        comment: it.words,
        created_at: it.at,
    });
    let seen = it.reception;
    Ok(ArticleFeedbackView {
        helped: seen.helped,
        not_helped: seen.not_helped,
        anonymous_helped: seen.anonymous_helped,
        anonymous_not_helped: seen.anonymous_not_helped,
        solved: seen.solved,
        comments: comments.collect(),
    })
}

pub async fn read_feedback(caller: Caller, Path(id): Path<String>) -> Result<axum::Json<ArticleFeedbackView>, Problem> {
    need_read(&caller)?;
    Ok(axum::Json(caller.desk.read(|tx| feedback(tx, &caller.actor, &known(tx, &caller.actor, &id)?.0))?))
}

pub async fn give_feedback(caller: Caller, Path(id): Path<String>, json: RawJson) -> Result<axum::Json<ArticleFeedbackView>, Problem> {
    need_read(&caller)?;
    let input: ArticleFeedbackInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let view = caller.desk.write(actor.person(), move |tx| {
        let id = known(tx, &actor, &id)?.0.id;
        let it = knowledge::rate(tx, Some(&actor), id, input.helped, input.comment.as_deref())?.article;
        feedback(tx, &actor, &it)
    });
    Ok(axum::Json(view.await?))
}
