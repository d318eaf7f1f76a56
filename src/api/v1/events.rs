//! Live notices: that something changed, never what. Over server-sent events and over WebSocket, with the same topics and texts. A
//! burst becomes one message per ticket and moment, so that a busy desk does not flood its viewers.

use std::{collections::BTreeMap, convert::Infallible, time::Duration};

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
use tokio::{sync::watch, time::Instant};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    desk::{permission::Permission, tickets::access},
    error::{Code, Refusal, Result},
    follow::live::{Notice, Topic, Viewing},
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
    /// What happened, such as `comment.added`; `reset` if some was missed and everything is to be read anew.
    pub kind: String,
    /// The ticket that it happened to; null for a reset.
    pub ticket: Option<Uuid>,
    /// The same, as shown.
    pub number: Option<String>,
}

impl NoticeView {
    fn text(it: &Notice) -> String {
        let Notice { seq, kind, ticket, number } = it.clone();
        serde_json::to_string(&NoticeView { seq, kind, ticket: ticket.map(|it| it.0), number }).unwrap_or_default()
    }
}

/// After a message, what comes meanwhile is gathered for this long: at most a few messages per second and connection.
const GATHER: Duration = Duration::from_millis(250);
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

/// Whether the caller was connected before and may have missed something.
fn was_here(headers: &HeaderMap, query: &Query) -> bool {
    headers.contains_key(HeaderName::from_static("last-event-id")) || query.has("lastEventId")
}

fn view(app: &App, caller: &Caller, query: &Query) -> Result<Viewing> {
    let topics = topics(caller, query)?;
    caller.desk.live.view(caller.actor.clone(), topics, app.options.live_connections_max)
}

struct Connection {
    viewing: Viewing,
    stopping: watch::Receiver<bool>,
    quiet_until: Instant,
    /// What is still to be told of the last burst.
    gathered: Vec<Notice>,
}

/// The notices of a connection, gathered; it ends when the process does.
fn notices(viewing: Viewing, stopping: watch::Receiver<bool>, first: Option<Notice>) -> impl Stream<Item = Notice> {
    let connection = Connection { viewing, stopping, quiet_until: Instant::now(), gathered: first.into_iter().collect() };
    stream::unfold(connection, |mut it| async move {
        if it.gathered.is_empty() {
            it.gathered = it.next_burst().await?;
        }
        let next = it.gathered.pop()?;
        Some((next, it))
    })
}

impl Connection {
    /// Waits for a notice, and for what comes with it; the last one first. None once the process ends.
    async fn next_burst(&mut self) -> Option<Vec<Notice>> {
        let mut latest: BTreeMap<Option<crate::id::TicketId>, Vec<Notice>> = BTreeMap::new();
        let first = tokio::select! {
            it = self.viewing.notices.recv() => it?,
            _ = self.stopping.wait_for(|it| *it) => return None,
        };
        gather(&mut latest, first);
        while let Ok(Some(more)) = tokio::time::timeout_at(self.quiet_until, self.viewing.notices.recv()).await {
            gather(&mut latest, more);
        }
        self.quiet_until = Instant::now() + GATHER;
        let mut burst: Vec<Notice> = latest.into_values().flatten().collect();
        burst.sort_by_key(|it| std::cmp::Reverse(it.seq));
        Some(burst)
    }
}

/// Keeps the newest notice of each kind about each ticket.
fn gather(latest: &mut BTreeMap<Option<crate::id::TicketId>, Vec<Notice>>, notice: Notice) {
    let about = latest.entry(notice.ticket).or_default();
    about.retain(|it| it.kind != notice.kind);
    about.push(notice);
}

fn reset(caller: &Caller) -> Notice {
    Notice { seq: caller.desk.reader().last_seq(), kind: "reset".into(), ticket: None, number: None }
}

pub async fn sse(State(app): State<App>, caller: Caller, headers: HeaderMap, query: Query) -> Result<Response, Problem> {
    let viewing = view(&app, &caller, &query)?;
    let first = was_here(&headers, &query).then(|| reset(&caller));
    let events = notices(viewing, app.stopping.clone(), first).map(|notice| {
        let text = NoticeView::text(&notice);
        Ok::<_, Infallible>(Event::default().id(notice.seq.to_string()).event(notice.kind).data(text))
    });
    let hello = stream::once(async { Ok(Event::default().comment("connected")) });
    let body = Sse::new(hello.chain(events)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([(HeaderName::from_static("x-accel-buffering"), "no")], body).into_response())
}

pub async fn ws(State(app): State<App>, caller: Caller, headers: HeaderMap, query: Query, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    // A page of another site can open a WebSocket with our cookie, and read from it.
    if matches!(caller.via, Via::Cookie { .. }) {
        csrf::same_origin(&app, &parts)?;
    }
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await.map_err(no_upgrade)?;
    let viewing = view(&app, &caller, &query)?;
    let first = was_here(&headers, &query).then(|| reset(&caller));
    Ok(upgrade.max_message_size(limits::QUERY_BYTES_MAX).on_upgrade(move |socket| talk(socket, viewing, app.stopping.clone(), first)))
}

fn no_upgrade(it: WebSocketUpgradeRejection) -> Problem {
    Refusal::new(Code::Malformed, format!("This address speaks WebSocket: {}.", it.body_text())).into()
}

async fn talk(mut socket: WebSocket, viewing: Viewing, stopping: watch::Receiver<bool>, first: Option<Notice>) {
    let mut notices = std::pin::pin!(notices(viewing, stopping, first));
    let mut beat = tokio::time::interval(KEEP_ALIVE);
    loop {
        let message = tokio::select! {
            notice = notices.next() => match notice {
                Some(it) => Message::text(NoticeView::text(&it)),
                None => break,
            },
            _ = beat.tick() => Message::Ping(Vec::new().into()),
            // Nothing is expected from the other side but that it goes away.
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
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
        let ticket =
            Notice { seq: 7, kind: "comment.added".into(), ticket: Some(TicketId(Uuid::nil())), number: Some("INC-000001".into()) };
        let reset = Notice { seq: 9, kind: "reset".into(), ticket: None, number: None };
        for (notice, expected) in [
            (ticket, r#"{"seq":7,"kind":"comment.added","ticket":"00000000-0000-0000-0000-000000000000","number":"INC-000001"}"#),
            (reset, r#"{"seq":9,"kind":"reset","ticket":null,"number":null}"#),
        ] {
            assert_eq!(NoticeView::text(&notice), expected);
        }
    }

    #[test]
    fn a_burst_is_told_once_per_ticket_and_kind() {
        let mut latest = BTreeMap::new();
        let about = |seq, kind: &str, ticket: u128| Notice {
            seq,
            kind: kind.into(),
            ticket: Some(TicketId(uuid::Uuid::from_u128(ticket))),
            number: None,
        };
        for notice in [about(1, "a", 1), about(2, "a", 1), about(3, "b", 1), about(4, "a", 2)] {
            gather(&mut latest, notice);
        }
        let mut told: Vec<u64> = latest.into_values().flatten().map(|it| it.seq).collect();
        told.sort();
        assert_eq!(told, [2, 3, 4]);
    }
}
