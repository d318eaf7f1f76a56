//! Live notices: that something changed, never what. Over server-sent events and over WebSocket, with the same topics and texts. After a
//! cut line, whoever names the last event that they heard of is told of each one since. Over the WebSocket a page also says who looks
//! and who types; for the others there is `POST /v1/presence`.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{
        FromRequestParts, Request, State,
        ws::{Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderName},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;
use uuid::Uuid;

use super::presence::{self, PresenceInput};
use crate::{
    desk::{
        permission::Permission,
        tickets::{access, number},
    },
    error::{Code, Refusal, Result},
    follow::{
        catch_up::{Line, Wanted},
        live::{NOTIFICATION, Notice, PRESENCE, RESET, Topic},
    },
    http::{App, Caller, Problem, Via, csrf, query::Query},
    limits,
};

/// That something changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticeView {
    /// The number of the change; it grows.
    #[schema(minimum = 0)]
    pub seq: u64,
    /// What sort of notice it is.
    #[serde(rename = "type")]
    #[schema(value_type = NoticeType)]
    pub sort: &'static str,
    /// What happened, such as `comment.added`; `reset` if some was missed and everything is to be read anew.
    pub kind: String,
    /// The ticket that it happened to; null for a reset.
    pub ticket: Option<Uuid>,
    /// The same, as shown.
    pub number: Option<String>,
    /// What waits in one's own centre; null for anything else.
    pub notification: Option<Uuid>,
    /// It is of no event: `seq` only says how far the log is, and it is not told again after a cut.
    pub aside: bool,
}

/// Sorts of notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
pub enum NoticeType {
    TicketCreated,
    TicketUpdated,
    CommentAdded,
    NotificationCreated,
    PresenceChanged,
    Reset,
}

/// The sort of a kind of event, or of another notice (NTF-09).
fn sort_of(kind: &str) -> &'static str {
    match kind {
        RESET => "Reset",
        PRESENCE => "PresenceChanged",
        NOTIFICATION => "NotificationCreated",
        "comment.added" => "CommentAdded",
        "ticket.created" => "TicketCreated",
        _ => "TicketUpdated",
    }
}

impl NoticeView {
    fn text(it: &Notice) -> String {
        let Notice { seq, kind, ticket, number, notification, aside } = it.clone();
        let (ticket, notification) = (ticket.map(|it| it.0), notification.map(|it| it.0));
        serde_json::to_string(&NoticeView { seq, sort: sort_of(&kind), kind, ticket, number, notification, aside }).unwrap_or_default()
    }
}

/// A comment or ping this often keeps proxies from hanging up.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The topics of a connection, each one that the caller may hear of.
fn topics(caller: &Caller, query: &Query) -> Result<Vec<Topic>> {
    let names: Vec<&str> = query.all("topics").flat_map(|it| it.split(',')).map(str::trim).filter(|it| !it.is_empty()).collect();
    if names.len() > limits::LIVE_TOPICS_MAX {
        let message = format!("At most {} topics per connection.", limits::LIVE_TOPICS_MAX);
        return Err(Refusal::field("topics", "too_many", message).into());
    }
    let everything = if caller.actor.may(Permission::TicketsRead) { vec!["me", "lists"] } else { vec!["me"] };
    let names = if names.is_empty() { everything } else { names };
    names.into_iter().map(|it| topic(caller, it)).collect()
}

fn topic(caller: &Caller, name: &str) -> Result<Topic> {
    match name {
        "me" => Ok(Topic::Person(caller.person.id)),
        "lists" => caller.actor.need(Permission::TicketsRead).map(|()| Topic::Lists),
        _ => match name.strip_prefix("ticket:") {
            Some(id) => caller.desk.read(|tx| Ok(Topic::Ticket(access::named(tx, &caller.actor, id)?.id))),
            None => Err(Refusal::field("topics", "unknown", "Topics are `me`, `lists` and `ticket:NUMBER`.").into()),
        },
    }
}

/// The last event that the caller heard of, if they were connected before. One that cannot be read is too far off to go on from.
fn heard_last(headers: &HeaderMap, query: &Query) -> Option<u64> {
    let named = headers.get(HeaderName::from_static("last-event-id")).map(|it| it.to_str().unwrap_or_default());
    let text = named.filter(|it| !it.is_empty()).or_else(|| query.get("lastEventId"))?;
    Some(text.trim().parse().unwrap_or(u64::MAX))
}

fn line(app: &App, caller: &Caller, headers: &HeaderMap, query: &Query) -> Result<Line> {
    let wanted = Wanted { actor: caller.actor.clone(), topics: topics(caller, query)?, after: heard_last(headers, query) };
    Line::open(&caller.desk.live, caller.desk.reader(), wanted, app.options.live_connections_max, number::shown)
}

/// The notices of a line; it ends when the process does.
fn notices(line: Line, stopping: watch::Receiver<bool>) -> impl Stream<Item = Notice> {
    stream::unfold((line, stopping), |(mut line, mut stopping)| async move {
        let next = tokio::select! {
            it = line.next() => it?,
            _ = stopping.wait_for(|it| *it) => return None,
        };
        Some((next, (line, stopping)))
    })
}

pub async fn sse(State(app): State<App>, caller: Caller, headers: HeaderMap, query: Query) -> Result<Response, Problem> {
    let line = line(&app, &caller, &headers, &query)?;
    // An id without data is heard by nobody and remembered by the browser, which names it when the line was cut.
    let hello = Event::default().comment("connected");
    let hello = if line.is_ahead() { hello } else { hello.id(line.upto().to_string()) };
    let events = notices(line, app.stopping.clone()).map(|notice| {
        let event = Event::default().event(notice.kind.clone()).data(NoticeView::text(&notice));
        Ok::<_, Infallible>(if notice.aside { event } else { event.id(notice.seq.to_string()) })
    });
    let body = Sse::new(stream::once(async { Ok(hello) }).chain(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], body).into_response())
}

pub async fn ws(State(app): State<App>, caller: Caller, headers: HeaderMap, query: Query, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    // A page of another site can open a WebSocket with our cookie, and read from it.
    if matches!(caller.via, Via::Cookie { .. }) {
        csrf::same_origin(&app, &parts)?;
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await.map_err(no_upgrade)?;
    let line = line(&app, &caller, &headers, &query)?;
    Ok(upgrade.max_message_size(limits::QUERY_BYTES_MAX).on_upgrade(move |socket| talk(socket, line, app.stopping.clone(), caller)))
}

fn no_upgrade(it: WebSocketUpgradeRejection) -> Problem {
    Refusal::new(Code::Malformed, format!("This address speaks WebSocket: {}.", it.body_text())).into()
}

async fn talk(mut socket: WebSocket, line: Line, stopping: watch::Receiver<bool>, caller: Caller) {
    let mut notices = std::pin::pin!(notices(line, stopping));
    let mut beat = tokio::time::interval(KEEP_ALIVE);
    loop {
        let message = tokio::select! {
            notice = notices.next() => match notice {
                Some(it) => Message::text(NoticeView::text(&it)),
                None => break,
            },
            _ = beat.tick() => Message::Ping(Vec::new().into()),
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                // It is advice: what cannot be understood is not answered.
                Some(Ok(Message::Text(text))) => {
                    if let Ok(input) = serde_json::from_str::<PresenceInput>(&text) && let Err(error) = presence::say(&caller, input) {
                        tracing::debug!(%error, "what a page said of its reader was not taken");
                    }
                    continue;
                }
                Some(Ok(_)) => continue,
            },
        };
        if socket.send(message).await.is_err() {
            return;
        }
    }
    // The process ends; whoever went away first does not mind.
    let _ = socket.send(Message::Close(None)).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TicketId;

    #[test]
    fn a_notice_holds_every_key() {
        let ticket = Notice {
            seq: 7,
            kind: "comment.added".into(),
            ticket: Some(TicketId(Uuid::nil())),
            number: Some("INC-000001".into()),
            notification: None,
            aside: false,
        };
        let reset = Notice { seq: 9, kind: "reset".into(), ticket: None, number: None, notification: None, aside: false };
        for (notice, expected) in [
            (
                ticket,
                r#"{"seq":7,"type":"CommentAdded","kind":"comment.added","ticket":"00000000-0000-0000-0000-000000000000","number":"INC-000001","notification":null,"aside":false}"#,
            ),
            (reset, r#"{"seq":9,"type":"Reset","kind":"reset","ticket":null,"number":null,"notification":null,"aside":false}"#),
        ] {
            assert_eq!(NoticeView::text(&notice), expected);
        }
    }
}
