//! Reads the holidays that a calendar is subscribed to: asks their address, and gives the desk what came or why nothing did. Which days
//! they are is decided by the desk.

use hyper::StatusCode;

use super::Desk;
use crate::{
    desk::{
        actor::Actor,
        calendars::{self, Calendar, Fetched},
    },
    error::{Fault, Result},
    id::CalendarId,
    limits,
    reach::web::{Answer, Ask, ask},
    time::Instant,
};

/// Reads the subscription of a calendar. A calendar without one, or one that cannot be reached, is no error here.
pub async fn fetch(desk: &Desk, id: CalendarId) -> Result<()> {
    let known = desk.read(|tx| {
        let Some(it) = tx.get::<Calendar>(&id)? else { return Ok(None) };
        let etag = calendars::feed_state(tx, &it)?.and_then(|it| it.etag);
        Ok(it.feed.map(|it| (it.url, etag)))
    })?;
    let Some((url, etag)) = known else { return Ok(()) };
    let question = Ask { url: &url, accept: "text/calendar", known: etag.as_deref(), bytes_max: limits::FEED_BYTES_MAX, ..Ask::default() };
    let fetched = match ask(question).await {
        Ok(it) => {
            let now = desk.now();
            // A big file takes long; neither the writer nor whoever shares this thread waits for it.
            tokio::task::spawn_blocking(move || read(it, now)).await.map_err(|it| Fault::because("reading a calendar", it))?
        }
        Err(it) => Fetched::Trouble(it.to_string()),
    };
    desk.write(None, move |tx| calendars::take_in(tx, &Actor::system("calendars"), id, &url, fetched)).await
}

fn read(answer: Answer, now: Instant) -> Fetched {
    match answer.status {
        StatusCode::OK => Fetched::read(&String::from_utf8_lossy(&answer.body), answer.etag, now),
        StatusCode::NOT_MODIFIED => Fetched::Same,
        it if it.is_redirection() => {
            Fetched::Trouble("The address leads to another one, which is not followed: give the address that it leads to.".to_owned())
        }
        it => Fetched::Trouble(format!("The address answered “{it}” in place of a calendar.")),
    }
}
