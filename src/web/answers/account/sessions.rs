//! Where the reader is signed in.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};

use super::parts_of;
use crate::{
    desk::identity::{self, Session},
    error::Result,
    http::{App, Problem, path::Path},
    id::SessionId,
    text::user_agent,
    web::{
        account::sessions::{SessionsView, SignedIn, page as sessions_page},
        answers::{
            form::Sent,
            said,
            site::{Reader, page, see},
        },
        tongue::t,
    },
};

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let current = reader.caller.via.session();
    let all = reader.desk.read(|tx| identity::sessions_of(tx, reader.person()))?;
    let view = SessionsView {
        frame: reader.frame(),
        sessions: all.into_iter().map(|it| signed_in(it, current)).collect(),
        parts: parts_of(&app, &reader)?,
    };
    Ok(page(StatusCode::OK, sessions_page(&view)))
}

fn signed_in(it: Session, current: Option<SessionId>) -> SignedIn {
    SignedIn {
        id: it.id.to_string(),
        device: user_agent::device(it.user_agent.as_deref().unwrap_or_default()),
        address: it.address,
        program: it.access_until.is_some(),
        current: Some(it.id) == current,
        started: it.started_at,
        last_used: it.seen_at,
    }
}

pub async fn end(reader: Reader, Path(id): Path<SessionId>, _: Sent) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(actor.person(), move |tx| identity::end_session_of(tx, &actor, id)).await?;
    Ok(back(t!("account-signed-out-there")))
}

pub async fn end_others(reader: Reader, _: Sent) -> Result<Response, Problem> {
    let (actor, me, but) = (reader.actor().clone(), reader.person(), reader.caller.via.session());
    reader.desk.write(Some(me), move |tx| identity::end_sessions_of(tx, &actor, me, but)).await?;
    Ok(back(t!("account-signed-out-everywhere-else")))
}

fn back(words: &str) -> Response {
    let mut response = see("/account/sessions");
    response.headers_mut().append(header::SET_COOKIE, said::remember(&said::done(words)));
    response
}
