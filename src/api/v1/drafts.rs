//! What one is writing and has not sent, and what agents write together on a ticket.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    comments::{CommentView, views},
    input::{given, required},
    list::ListView,
    one,
    shown::NamedView,
    tickets::known,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        drafts::{
            self, ARTICLE, Draft, FORMS, Field, Place,
            shared::{self, SharedDraft, Written},
        },
        knowledge::{self, Readership},
        permission::Permission,
        tickets::{Cast, Channel, Ticket, access, number},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::DraftId,
    time::Instant,
};

/// One field of a form as it was typed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftFieldView {
    #[schema(max_length = 100)]
    pub name: String,
    pub value: String,
}

/// What one is writing.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DraftView {
    /// The number of a ticket, or the name of a form: `new-ticket`, `incident`, `request`.
    pub place: String,
    pub fields: Vec<DraftFieldView>,
    /// Send it back with the next change.
    #[schema(minimum = 0)]
    pub version: u64,
    pub updated_at: Instant,
}

/// What one is writing now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<DraftFieldView>, required = true, max_items = 20)]
    pub fields: Option<Vec<DraftFieldView>>,
    /// The version that was seen, 0 if there was none: another one is not overwritten. Absent: whatever is there.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub version: Option<u64>,
}

fn place_name(tx: &Tx, place: Place) -> Result<Option<String>> {
    Ok(match place {
        Place::Form(it) => FORMS.get(usize::from(it)).map(|it| (*it).to_owned()),
        Place::Article(id) => Some(format!("{ARTICLE}{id}")),
        Place::Ticket(id) => tx.get::<Ticket>(&id)?.map(|it| number::shown(tx, &it)),
    })
}

fn view(tx: &Tx, it: Draft) -> Result<Option<DraftView>> {
    let Draft { place, fields, version, updated_at, .. } = it;
    let fields = fields.into_iter().map(|it| DraftFieldView { name: it.name, value: it.value }).collect();
    Ok(place_name(tx, place)?.map(|place| DraftView { place, fields, version, updated_at }))
}

/// The caller, and that they may lodge or work at all.
fn writer(caller: &Caller) -> Result<crate::id::PersonId> {
    access::need_comment(&caller.actor)?;
    caller.actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()).into())
}

pub async fn mine(caller: Caller, query: Query) -> Result<axum::Json<ListView<DraftView>>, Problem> {
    let me = writer(&caller)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let mut all = Vec::new();
        for it in drafts::all(tx, me)? {
            let seen = match it.place {
                Place::Form(_) => true,
                Place::Article(id) => knowledge::read(tx, &Readership::of(tx, Some(&caller.actor))?, id).is_ok(),
                Place::Ticket(id) => tx.get::<Ticket>(&id)?.is_some_and(|it| access::may_see(&caller.actor, &it)),
            };
            if seen {
                all.extend(view(tx, it)?);
            }
        }
        Ok(all)
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn read(caller: Caller, Path(place): Path<String>) -> Result<axum::Json<DraftView>, Problem> {
    let me = writer(&caller)?;
    let found = caller.desk.read(|tx| {
        let place = Place::named(tx, &caller.actor, &place)?;
        let draft = drafts::of(tx, me, place)?.ok_or_else(|| Refusal::not_found("draft"))?;
        view(tx, draft)?.ok_or_else(|| Refusal::not_found("draft").into())
    })?;
    Ok(axum::Json(found))
}

/// Keeps what was typed; gives it as it is kept. Empty fields are no draft, and give one of version 0.
pub async fn put(caller: Caller, Path(place): Path<String>, json: RawJson) -> Result<axum::Json<DraftView>, Problem> {
    let me = writer(&caller)?;
    let input: DraftInput = json.parse()?.into_value()?;
    let fields: Vec<Field> = required("fields", input.fields)?.into_iter().map(|it| Field { name: it.name, value: it.value }).collect();
    let actor = caller.actor.clone();
    let done = caller.desk.write(Some(me), move |tx| {
        let at = Place::named(tx, &actor, &place)?;
        match drafts::keep(tx, &actor, at, fields, input.version)? {
            Some(it) => view(tx, it)?.ok_or_else(|| Refusal::not_found("draft").into()),
            None => Ok(DraftView { place, fields: Vec::new(), version: 0, updated_at: tx.now() }),
        }
    });
    Ok(axum::Json(done.await?))
}

pub async fn delete(caller: Caller, Path(place): Path<String>) -> Result<StatusCode, Problem> {
    let me = writer(&caller)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(Some(me), move |tx| {
        let place = Place::named(tx, &actor, &place)?;
        drafts::discard(tx, &actor, place)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An answer that agents write together.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedDraftView {
    pub id: Uuid,
    pub body: String,
    /// Whom it is to go to; empty: the requester, and whoever follows.
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub bcc: Vec<String>,
    /// Everybody who wrote on it; whoever did last stands last.
    pub writers: Vec<NamedView>,
    /// Send it back with a change: another one is not overwritten.
    #[schema(minimum = 1)]
    pub version: u64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl SharedDraftView {
    fn of(tx: &Tx, it: SharedDraft) -> Result<SharedDraftView> {
        let SharedDraft { ticket: _, id, body, to, cc, bcc, writers, created_at, updated_at, version } = it;
        let mut cast = Cast::default();
        cast.meet(tx, writers.iter().copied())?;
        let writers = writers.into_iter().map(|it| NamedView::person(&cast, it)).collect();
        Ok(SharedDraftView { id: id.0, body, to, cc, bcc, writers, version, created_at, updated_at })
    }
}

/// An answer in the making.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedDraftInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, pattern = r"\S")]
    pub body: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub to: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub cc: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false)]
    pub bcc: Option<Vec<String>>,
    /// The version that was read. Absent: whatever is there.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub version: Option<u64>,
}

impl SharedDraftInput {
    fn written(self) -> Result<Written> {
        let lists = [self.to, self.cc, self.bcc].map(Option::unwrap_or_default);
        let [to, cc, bcc] = lists;
        Ok(Written { body: required("body", self.body)?, to, cc, bcc })
    }
}

/// Which version is meant.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DraftVersionInput {
    /// The version that was read. Absent: whatever is there.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub version: Option<u64>,
}

fn need(caller: &Caller, id: &str) -> Result<()> {
    known(caller, id)?;
    caller.actor.need(Permission::TicketsWrite)
}

pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<axum::Json<ListView<SharedDraftView>>, Problem> {
    need(&caller, &id)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        access::need(&caller.actor, Permission::TicketsWrite, &ticket)?;
        let all = shared::of_ticket(tx, &caller.actor, &ticket)?;
        all.into_iter().map(|it| SharedDraftView::of(tx, it)).collect::<Result<Vec<_>>>()
    })?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn share(caller: Caller, Path(id): Path<String>, key: Key, json: RawJson) -> Result<Response, Problem> {
    need(&caller, &id)?;
    let json = json.parse()?;
    let raw = json.raw.clone();
    let input: SharedDraftInput = json.into_value()?;
    let written = input.written()?;
    let address = format!("/v1/tickets/{id}/drafts/");
    let run = move |tx: &mut Tx, actor: &Actor| {
        let ticket = access::named(tx, actor, &id)?;
        let draft = shared::share(tx, actor, ticket.id, written)?;
        SharedDraftView::of(tx, draft)
    };
    one::create(&caller, key, &raw, run, move |it| format!("{address}{}", it.id)).await
}

pub async fn change(
    caller: Caller,
    Path((id, draft)): Path<(String, DraftId)>,
    json: RawJson,
) -> Result<axum::Json<SharedDraftView>, Problem> {
    need(&caller, &id)?;
    let input: SharedDraftInput = json.parse()?.into_value()?;
    let (actor, version) = (caller.actor.clone(), input.version);
    let written = input.written()?;
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let it = shared::change(tx, &actor, ticket.id, draft, version, written)?;
        SharedDraftView::of(tx, it)
    });
    Ok(axum::Json(done.await?))
}

pub async fn discard(caller: Caller, Path((id, draft)): Path<(String, DraftId)>) -> Result<StatusCode, Problem> {
    need(&caller, &id)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        shared::discard(tx, &actor, ticket.id, draft, None).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends it as the caller's answer.
pub async fn send(caller: Caller, Path((id, draft)): Path<(String, DraftId)>, json: RawJson) -> Result<axum::Json<CommentView>, Problem> {
    need(&caller, &id)?;
    let input: DraftVersionInput = json.parse()?.into_value()?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        let (ticket, comment) = shared::send(tx, &actor, ticket.id, draft, input.version, Channel::Api)?;
        views(tx, &actor, &ticket, &[comment])
    });
    let view = done.await?.pop().ok_or_else(|| Refusal::not_found("draft"))?;
    Ok(axum::Json(view))
}
