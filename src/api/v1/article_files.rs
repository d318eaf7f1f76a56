//! Pictures and files of articles: put there as a form, handed out in a way that no browser runs them.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{articles::need_read, attachments, list::ListView};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        attachments::Scan,
        knowledge::{self, Article, ArticleFile, Readership},
        permission::Permission,
    },
    error::{Refusal, Result},
    http::{
        App, Caller, Problem,
        bytes::{self, Bytes},
        idempotency::{self, Key, Reply},
        multipart,
        page::Page,
        path::Path,
        query::Query,
    },
    id::ArticleFileId,
    time::Instant,
};

/// A file of an article.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleFileView {
    pub id: Uuid,
    /// A text shows a picture by it: `![The display](display.png)`.
    pub filename: String,
    /// In bytes.
    #[schema(minimum = 0)]
    pub size: u64,
    pub content_type: String,
    /// What a virus scanner said: `clean`, `infected`, `unscannable`, `pending`, or `unscanned` where there is none.
    pub scan: String,
    /// Where its bytes are.
    pub url: String,
    pub created_at: Instant,
}

/// The files that were put there.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArticleFilesView {
    pub items: Vec<ArticleFileView>,
}

/// Where the API gives a file.
pub fn address(it: &ArticleFile) -> String {
    format!("/v1/kb/articles/{}/files/{}", it.article, it.id)
}

impl ArticleFileView {
    fn of(it: ArticleFile) -> ArticleFileView {
        ArticleFileView {
            url: address(&it),
            id: it.id.0,
            scan: it.scan.as_ref().map_or("unscanned", Scan::name).to_owned(),
            filename: it.filename,
            size: it.size,
            content_type: it.content_type,
            created_at: it.created_at,
        }
    }
}

fn known(tx: &Tx, actor: &Actor, text: &str) -> Result<(Readership, Article)> {
    let readers = Readership::of(tx, Some(actor))?;
    let it = knowledge::known(tx, &readers, text)?.0;
    Ok((readers, it))
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<ArticleFileView>>, Problem> {
    need_read(&caller)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| knowledge::files(tx, known(tx, &caller.actor, &id)?.1.id))?;
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(ArticleFileView::of).collect(), &page)?))
}

/// Files of a form; one that has the name of another takes its place.
pub async fn add(State(app): State<App>, caller: Caller, Path(id): Path<String>, key: Key, request: Request) -> Result<Response, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    // Before the body, which may be long.
    let article = caller.desk.read(|tx| {
        let it = known(tx, &caller.actor, &id)?.1;
        knowledge::need_add_files(tx, &caller.actor, it.id)?;
        Ok(it.id)
    })?;
    if !multipart::is_multipart(request.headers()) {
        return Err(Refusal::field("file", "required", "Send files as a form (multipart/form-data).").into());
    }
    let files = attachments::files(&app, &caller, request).await?;
    let (actor, raw) = (caller.actor.clone(), attachments::digest(&files));
    idempotency::once(&caller, key, &raw, move |tx| {
        let items = knowledge::add_files(tx, &actor, article, files)?.into_iter().map(ArticleFileView::of).collect();
        Reply::json(StatusCode::CREATED, &ArticleFilesView { items })
    })
    .await
}

/// The bytes of a file, by its id or name.
pub async fn read(caller: Caller, Path((id, file)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Problem> {
    need_read(&caller)?;
    let it = caller.desk.read(|tx| {
        let (readers, article) = known(tx, &caller.actor, &id)?;
        knowledge::open_file(tx, &readers, &article, &file)
    })?;
    let bytes = Bytes { hash: it.blob, size: it.size, filename: &it.filename, content_type: &it.content_type };
    bytes::hand_out(&caller.desk, bytes, &headers).await
}

pub async fn remove(caller: Caller, Path((id, file)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    caller.actor.need(Permission::KnowledgeWrite)?;
    let file: ArticleFileId = file.parse().map_err(|_| Refusal::not_found("file"))?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let article = known(tx, &actor, &id)?.1.id;
        knowledge::remove_file(tx, &actor, article, file)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
