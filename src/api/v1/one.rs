//! One thing as an answer: with an `ETag` that is the digest of what is shown, so that a change of anything shown is another version,
//! and changes that are compared with what their sender saw (API-03).

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    desk::{Tx, actor::Actor},
    error::{Fault, Result},
    http::{
        Caller, Problem,
        etag::{self, ETag, IfMatch},
        idempotency::{self, Key, Reply},
    },
};

/// The version of what is shown.
pub fn tag_of(view: &impl Serialize) -> Result<ETag> {
    let text = serde_json::to_vec(view).map_err(|it| Fault::because("writing an answer", it))?;
    Ok(ETag(format!("\"{}\"", &blake3::hash(&text).to_hex()[..32])))
}

/// The thing, or 304 if the caller has this version.
pub fn read<V: Serialize>(caller: &Caller, headers: &HeaderMap, run: impl FnOnce(&Tx, &Actor) -> Result<V>) -> Result<Response, Problem> {
    let view = caller.desk.read(|tx| run(tx, &caller.actor))?;
    let tag = tag_of(&view)?;
    if etag::is_known(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.0)]).into_response());
    }
    Ok(Reply::json(StatusCode::OK, &view)?.with(header::ETAG, tag.0).into_response())
}

/// Makes a thing, once per idempotency key. `place` gives its address.
pub async fn create<V: Serialize>(
    caller: &Caller,
    key: Key,
    raw: &[u8],
    run: impl FnOnce(&mut Tx, &Actor) -> Result<V> + Send + 'static,
    place: impl FnOnce(&V) -> String + Send + 'static,
) -> Result<Response, Problem> {
    let actor = caller.actor.clone();
    idempotency::once(caller, key, raw, move |tx| {
        let view = run(tx, &actor)?;
        let reply = Reply::json(StatusCode::CREATED, &view)?;
        Ok(reply.with(header::ETAG, tag_of(&view)?.0).with(header::LOCATION, place(&view)))
    })
    .await
}

/// Changes a thing. `run` gives it as it was and as it is.
pub async fn change<V: Serialize + Send + 'static>(
    caller: &Caller,
    headers: &HeaderMap,
    run: impl FnOnce(&mut Tx, &Actor) -> Result<(V, V)> + Send + 'static,
) -> Result<Response, Problem> {
    let (actor, wanted) = (caller.actor.clone(), IfMatch::of(headers));
    let done = caller.desk.write(actor.person(), move |tx| {
        let (before, after) = run(tx, &actor)?;
        // A precondition comes last (RFC 9110 13.2.1); a stale change leaves no trace.
        wanted.check(&tag_of(&before)?)?;
        Ok(after)
    });
    let view = done.await?;
    Ok(Reply::json(StatusCode::OK, &view)?.with(header::ETAG, tag_of(&view)?.0).into_response())
}

/// Takes a thing away. `run` gives it as it was.
pub async fn delete<V: Serialize + 'static>(
    caller: &Caller,
    headers: &HeaderMap,
    run: impl FnOnce(&mut Tx, &Actor) -> Result<V> + Send + 'static,
) -> Result<StatusCode, Problem> {
    let (actor, wanted) = (caller.actor.clone(), IfMatch::of(headers));
    let done = caller.desk.write(actor.person(), move |tx| {
        let before = run(tx, &actor)?;
        wanted.check(&tag_of(&before)?)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}
