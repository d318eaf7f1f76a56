//! Messages that are put where they belong: moved to another ticket, split off, and back.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{input::Named, mail::TicketRefView};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        mail::moving::{self, Moved},
        settings::Settings,
        tickets::{Ticket, access, number},
    },
    error::Result,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        path::Path,
    },
    id::{CommentId, MoveId, TicketId},
};

/// Where a message goes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MoveInput {
    /// By id or number.
    pub ticket: Named,
}

/// A move that was made; `POST /v1/moves/{id}/undo` undoes it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveView {
    pub id: Uuid,
    pub from: TicketRefView,
    pub to: TicketRefView,
}

fn named(tx: &Tx, id: TicketId) -> Result<TicketRefView> {
    let settings = Settings::of(tx)?;
    let number = tx.get::<Ticket>(&id)?.map(|it| number::text(&settings, it.kind, it.number)).unwrap_or_default();
    Ok(TicketRefView { id: id.0, number })
}

fn view(tx: &Tx, it: &Moved) -> Result<MoveView> {
    Ok(MoveView { id: it.id.0, from: named(tx, it.from)?, to: named(tx, it.to)? })
}

async fn done(
    caller: &Caller,
    run: impl FnOnce(&mut Tx, &Actor) -> Result<Moved> + Send + 'static,
) -> Result<axum::Json<MoveView>, Problem> {
    let actor = caller.actor.clone();
    let shown = caller.desk.write(caller.actor.person(), move |tx| {
        let moved = run(tx, &actor)?;
        view(tx, &moved)
    });
    Ok(axum::Json(shown.await?))
}

fn target(json: RawJson) -> Result<String, Problem> {
    let input: MoveInput = body::value(Value::Object(json.parse()?.object))?;
    Ok(input.ticket.text)
}

pub async fn message(
    caller: Caller,
    Path((ticket, comment)): Path<(String, CommentId)>,
    json: RawJson,
) -> Result<axum::Json<MoveView>, Problem> {
    access::need_lodge(&caller.actor)?;
    let to = target(json)?;
    done(&caller, move |tx, actor| {
        let (from, to) = (access::named(tx, actor, &ticket)?, access::named(tx, actor, &to)?);
        moving::move_message(tx, actor, from.id, comment, to.id)
    })
    .await
}

pub async fn split(caller: Caller, Path((ticket, comment)): Path<(String, CommentId)>) -> Result<axum::Json<MoveView>, Problem> {
    done(&caller, move |tx, actor| {
        let from = access::named(tx, actor, &ticket)?;
        Ok(moving::split(tx, actor, from.id, comment)?.1)
    })
    .await
}

pub async fn whole(caller: Caller, Path(ticket): Path<String>, json: RawJson) -> Result<axum::Json<MoveView>, Problem> {
    access::need_lodge(&caller.actor)?;
    let to = target(json)?;
    done(&caller, move |tx, actor| {
        let (from, to) = (access::named(tx, actor, &ticket)?, access::named(tx, actor, &to)?);
        moving::move_whole(tx, actor, from.id, to.id)
    })
    .await
}

pub async fn undo(caller: Caller, Path(id): Path<MoveId>) -> Result<StatusCode, Problem> {
    let actor = caller.actor.clone();
    caller.desk.write(caller.actor.person(), move |tx| moving::undo(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
