//! What people and programs do all day, played by many at once.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http_body_util::BodyExt;
use tokio::{sync::Barrier, task::JoinSet};

use super::{
    appliance::{Child, number},
    client::{Ask, Client, Proof},
    pages::{PAGES, Who},
    report::{Live, Row},
};
use crate::{
    demo::PASSWORD,
    desk::tickets::Kind,
    error::{Fault, Result},
};

/// One thing that is done over and over.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    what: What,
    clients: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Create,
    Mail,
    ReadTicket,
    TicketPage,
    ListOpen,
    ListAll,
    ListPage,
    Search,
    SearchTyped,
    SearchRare,
    SearchNumber,
    SearchFacets,
    /// One of [`LISTS`].
    List(usize),
    SignIn,
    /// One of [`PAGES`].
    Page(usize),
}

impl What {
    fn name(self) -> &'static str {
        match self {
            What::Create => "create a ticket",
            What::Mail => "take a mail in",
            What::ReadTicket => "read a ticket (API)",
            What::TicketPage => "ticket page",
            What::ListOpen => "open tickets, first page (API)",
            What::ListAll => "all tickets, first page (API)",
            What::ListPage => "list page",
            What::Search => "search, two words",
            What::SearchTyped => "search as typed",
            What::SearchRare => "search, a rare word",
            What::SearchNumber => "search, a number",
            What::SearchFacets => "search, with facets",
            What::List(at) => LISTS[at].0,
            What::SignIn => "sign in",
            What::Page(at) => PAGES[at].1,
        }
    }
}

impl Scene {
    pub fn name(&self) -> &'static str {
        self.what.name()
    }
}

const READING: &[Scene] = &[
    Scene { what: What::ReadTicket, clients: 1 },
    Scene { what: What::TicketPage, clients: 1 },
    Scene { what: What::ListOpen, clients: 1 },
    Scene { what: What::ListAll, clients: 1 },
    Scene { what: What::ListPage, clients: 1 },
    Scene { what: What::Search, clients: 1 },
    Scene { what: What::SearchTyped, clients: 1 },
];

/// Lists by other facts and in other orders than those of every day.
const LISTS: &[(&str, &str)] = &[
    ("all, by creation", "/v1/tickets?sort=createdAt:desc"),
    ("all, by priority", "/v1/tickets?sort=priority:asc"),
    ("closed, by last change", "/v1/tickets?q=status:closed&sort=updatedAt:desc"),
    ("closed, of a priority, the oldest first", "/v1/tickets?q=status:closed+priority:P2&sort=createdAt:asc"),
    ("of a requester", "/v1/tickets?q=requester:rosa@harbourworks.example&sort=updatedAt:desc"),
    ("of a category, not of a tag", "/v1/tickets?q=category:hardware+-tag:vpn&sort=updatedAt:desc"),
    ("of a month", "/v1/tickets?q=created%3E%3D2026-03-01+created%3C2026-04-01&sort=updatedAt:desc"),
];

const SEARCHING: &[Scene] = &[
    Scene { what: What::SearchRare, clients: 1 },
    Scene { what: What::SearchNumber, clients: 1 },
    Scene { what: What::SearchFacets, clients: 1 },
    Scene { what: What::List(0), clients: 1 },
    Scene { what: What::List(1), clients: 1 },
    Scene { what: What::List(2), clients: 1 },
    Scene { what: What::List(3), clients: 1 },
    Scene { what: What::List(4), clients: 1 },
    Scene { what: What::List(5), clients: 1 },
    Scene { what: What::List(6), clients: 1 },
];

const WRITING: &[Scene] = &[
    Scene { what: What::Create, clients: 1 },
    Scene { what: What::Create, clients: 16 },
    Scene { what: What::Create, clients: 64 },
    Scene { what: What::Mail, clients: 16 },
];

const SIGNING_IN: &[Scene] = &[Scene { what: What::SignIn, clients: 1 }, Scene { what: What::SignIn, clients: 3 }];

/// What people do while many others come to work at once.
const BESIDE_SIGN_IN: &[Scene] = &[Scene { what: What::TicketPage, clients: 1 }, Scene { what: What::Create, clients: 1 }];

const WORDS: &[&str] = &[
    "vpn gateway",
    "printer blank",
    "month-end closing",
    "password locked",
    "monitor dock",
    "wi-fi room",
    "restore folder",
    "laptop slow",
];

pub struct Scenes {
    address: SocketAddr,
    token: String,
    /// One for each of [`Who::ALL`].
    cookies: Vec<String>,
    /// Incidents of the desk, for numbers to ask for.
    incidents: u64,
    /// Makes every created thing another one.
    serial: AtomicU64,
}

impl Scenes {
    pub async fn prepare(child: &Child) -> Result<Arc<Scenes>> {
        let token = child.token().await?;
        let mut client = Client::open(child.address, Proof::Bearer(token.clone())).await?;
        let list = client.ask(&Ask::get("/v1/tickets?q=kind:incident&pageSize=1")).await?;
        let said: serde_json::Value = serde_json::from_slice(&list.body).unwrap_or_default();
        let incidents = said["total"].as_u64().filter(|it| *it > 0).ok_or_else(|| Fault::new("the desk has no incidents"))?;
        let mut cookies = Vec::new();
        for who in Who::ALL {
            cookies.push(sign_in(child.address, who).await?);
        }
        Ok(Arc::new(Scenes { address: child.address, token, cookies, incidents, serial: AtomicU64::new(0) }))
    }

    pub fn reading(&self) -> &'static [Scene] {
        READING
    }

    /// Searches and lists of all sorts.
    pub fn searching(&self) -> &'static [Scene] {
        SEARCHING
    }

    /// Every kind of page, one after the other.
    pub fn pages(&self) -> impl Iterator<Item = Scene> {
        (0..PAGES.len()).map(|at| Scene { what: What::Page(at), clients: 1 })
    }

    pub fn signing_in(&self) -> &'static [Scene] {
        SIGNING_IN
    }

    pub fn beside_sign_in(&self) -> &'static [Scene] {
        BESIDE_SIGN_IN
    }

    pub fn writing(&self) -> &'static [Scene] {
        WRITING
    }

    fn proof(&self, what: What) -> Proof {
        match what {
            What::TicketPage | What::ListPage => self.cookie(Who::Agent),
            What::Page(at) => self.cookie(PAGES[at].0),
            _ => Proof::Bearer(self.token.clone()),
        }
    }

    fn cookie(&self, who: Who) -> Proof {
        Proof::Cookie(self.cookies[who as usize].clone())
    }

    fn ask(&self, what: What) -> Ask {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        // A step that visits all places in an order that looks random.
        let any = serial.wrapping_mul(2_654_435_761) % self.incidents + 1;
        let words = WORDS[(serial % WORDS.len() as u64) as usize].replace(' ', "%20");
        match what {
            What::Create => {
                let body = format!(
                    r#"{{"kind":"incident","title":"VPN drops every hour ({serial})","description":"Since this morning the VPN disconnects about every {} minutes. My machine is ams-nb{}.","requester":"rosa@harbourworks.example","impact":3,"urgency":2,"tags":["vpn"]}}"#,
                    serial % 50,
                    serial % 400
                );
                Ask::post("/v1/tickets", "application/json", body)
            }
            What::Mail => {
                let mail = format!(
                    "From: Rosa Delgado <rosa@harbourworks.example>\r\nTo: help@harbourworks.example\r\nSubject: Printer {serial} is out of toner\r\nMessage-ID: <bench-{serial}-{}@harbourworks.example>\r\nDate: Mon, 4 May 2026 09:00:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\nthe printer in room {serial} is out of toner again.\r\nThanks, Rosa\r\n",
                    std::process::id()
                );
                Ask::post("/v1/webhooks/email-inbound", "message/rfc822", mail)
            }
            What::ReadTicket => Ask::get(format!("/v1/tickets/{}", number(Kind::Incident, any))),
            What::TicketPage => Ask::get(format!("/agent/tickets/{}", number(Kind::Incident, any))),
            What::ListOpen => Ask::get("/v1/tickets?q=status:open&sort=priority:asc"),
            What::ListAll => Ask::get("/v1/tickets?sort=updatedAt:desc"),
            What::ListPage => Ask::get("/agent/views/unassigned"),
            What::Page(at) => Ask::get(PAGES[at].1.replace("INCIDENT", &number(Kind::Incident, any))),
            What::Search => Ask::get(format!("/v1/search?q={words}")),
            // Of a made-up desk's machines, one is in a few of a hundred thousand tickets.
            What::SearchRare => Ask::get(format!("/v1/search?q=ams-nb{:03}", serial % 399 + 1)),
            What::SearchNumber => Ask::get(format!("/v1/search?q={}", number(Kind::Incident, any))),
            What::SearchFacets => Ask::get(format!("/v1/search?q={words}&facets=status,queue,category,tag")),
            What::List(at) => Ask::get(LISTS[at].1),
            What::SignIn => {
                // Several, since many attempts on one account at once look like guessing.
                let who = ["ada", "max", "rosa"][(serial % 3) as usize];
                let body = format!(r#"{{"email":"{who}@harbourworks.example","password":"{PASSWORD}"}}"#);
                Ask::post("/v1/auth/login", "application/json", body)
            }
            What::SearchTyped => {
                let cut = words.len() - 2;
                Ask::get(format!("/v1/search?q={}", &words[..cut]))
            }
        }
    }

    /// Plays a scene with its clients for a while.
    pub async fn play(self: &Arc<Self>, scene: &Scene, each: Duration) -> Result<Row> {
        let until = Instant::now() + each;
        let began = Instant::now();
        let mut players = JoinSet::new();
        for _ in 0..scene.clients {
            let scenes = Arc::clone(self);
            let what = scene.what;
            players.spawn(async move {
                let mut client = Client::open(scenes.address, scenes.proof(what)).await?;
                let (mut times, mut errors) = (Vec::new(), 0);
                while Instant::now() < until {
                    let answer = client.ask(&scenes.ask(what)).await?;
                    errors += usize::from(!answer.status.is_success());
                    times.push(answer.took);
                }
                Ok::<_, crate::error::Error>((times, errors))
            });
        }
        let (mut times, mut errors) = (Vec::new(), 0);
        while let Some(played) = players.join_next().await {
            let (more, wrong) = played.map_err(|it| Fault::because("playing a scene", it))??;
            times.extend(more);
            errors += wrong;
        }
        Ok(Row::of(scene.name(), scene.clients, began.elapsed(), times, errors))
    }

    /// Plays a scene while three others sign in all the time, which is more than hashes are computed at once; a row for the scene.
    pub async fn while_signing_in(self: &Arc<Self>, scene: &Scene, each: Duration) -> Result<Row> {
        let others = Scene { what: What::SignIn, clients: 3 };
        let (row, beside) = tokio::join!(self.play(scene, each), self.play(&others, each));
        let (row, beside) = (row?, beside?);
        Ok(Row { name: format!("{} while 3 sign in", scene.name()), errors: row.errors + beside.errors, ..row })
    }

    /// 500 requests a second of all sorts, begun on time whether or not earlier ones have been answered; the time counts from when
    /// each should have begun (PERF-11, TST-09). A row for all of them, then one for each sort.
    pub async fn mixed(self: &Arc<Self>, during: Duration) -> Result<Vec<Row>> {
        const PER_SECOND: u64 = 500;
        const CLIENTS: usize = 64;
        const MIX: &[What] = &[
            What::ReadTicket,
            What::ListOpen,
            What::TicketPage,
            What::ReadTicket,
            What::Search,
            What::Create,
            What::ListPage,
            What::ReadTicket,
            What::ListOpen,
            What::SearchTyped,
        ];
        let next = Arc::new(AtomicU64::new(0));
        let total = during.as_secs() * PER_SECOND;
        let began = Instant::now();
        let mut players = JoinSet::new();
        for _ in 0..CLIENTS {
            let (scenes, next) = (Arc::clone(self), Arc::clone(&next));
            players.spawn(async move {
                let mut bearer = Client::open(scenes.address, Proof::Bearer(scenes.token.clone())).await?;
                let mut cookie = Client::open(scenes.address, scenes.cookie(Who::Agent)).await?;
                let mut played = Vec::new();
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= total {
                        return Ok::<_, crate::error::Error>(played);
                    }
                    let due = began + Duration::from_micros(turn * 1_000_000 / PER_SECOND);
                    tokio::time::sleep_until(due.into()).await;
                    let what = MIX[(turn % MIX.len() as u64) as usize];
                    let client = match scenes.proof(what) {
                        Proof::Bearer(_) => &mut bearer,
                        Proof::Cookie(_) => &mut cookie,
                    };
                    let answer = client.ask(&scenes.ask(what)).await?;
                    played.push((what, due.elapsed(), answer.status.is_success()));
                }
            });
        }
        let mut played = Vec::new();
        while let Some(of_one) = players.join_next().await {
            played.extend(of_one.map_err(|it| Fault::because("playing mixed requests", it))??);
        }
        Ok(rows(&played, CLIENTS, began.elapsed()))
    }

    /// Opens live connections that all watch one ticket, changes it, and waits until everybody has seen it.
    pub async fn live(self: &Arc<Self>, child: &Child, connections: usize) -> Result<Live> {
        let ticket = number(Kind::Incident, 1);
        let before = child.memory()?.own_mb;
        let ready = Arc::new(Barrier::new(connections + 1));
        let seen = Arc::new(AtomicUsize::new(0));
        let mut viewers = JoinSet::new();
        for i in 0..connections {
            let (scenes, ready, seen, ticket) = (Arc::clone(self), Arc::clone(&ready), Arc::clone(&seen), ticket.clone());
            // Connections come in waves: a backlog of ten thousand at once is not what is measured.
            if i % 100 == 99 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            viewers.spawn(async move {
                let client = Client::open(scenes.address, Proof::Bearer(scenes.token.clone())).await?;
                let mut body = client.stream(&Ask::get(format!("/v1/events?topics=ticket:{ticket}"))).await?;
                ready.wait().await;
                while let Some(frame) = body.frame().await {
                    let frame = frame.map_err(|it| Fault::because("reading the live stream", it))?;
                    let told = frame.data_ref().is_some_and(|it| it.windows(13).any(|it| it == b"comment.added"));
                    if told {
                        seen.fetch_add(1, Ordering::Relaxed);
                        return Ok::<_, crate::error::Error>((Instant::now(), body));
                    }
                }
                Err(Fault::new("a live stream ended early").into())
            });
        }
        ready.wait().await;
        // The last streams are given to their connections.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let memory_mb = (child.memory()?.own_mb - before).max(0.0);
        let mut client = Client::open(self.address, Proof::Bearer(self.token.clone())).await?;
        let said = client
            .ask(&Ask::post(format!("/v1/tickets/{ticket}/comments"), "application/json", r#"{"body":"Seen by everybody?"}"#))
            .await?;
        if !said.status.is_success() {
            return Err(Fault::new(format!("the comment was answered with {}", said.status)).into());
        }
        let changed = Instant::now();
        let (mut first, mut last) = (f64::MAX, 0.0_f64);
        while let Some(viewer) = viewers.join_next().await {
            let (at, _body) = viewer.map_err(|it| Fault::because("watching", it))??;
            let after = at.saturating_duration_since(changed).as_secs_f64() * 1000.0;
            first = first.min(after);
            last = last.max(after);
        }
        Ok(Live { connections, memory_mb, first_ms: first, last_ms: last })
    }
}

/// The rows of mixed requests: all of them, then each sort.
fn rows(played: &[(What, Duration, bool)], clients: usize, elapsed: Duration) -> Vec<Row> {
    let row = |name: &str, wanted: Option<What>| {
        let these = || played.iter().filter(|it| wanted.is_none_or(|what| it.0 == what));
        Row::of(name, clients, elapsed, these().map(|it| it.1).collect(), these().filter(|it| !it.2).count())
    };
    let sorts: BTreeSet<What> = played.iter().map(|it| it.0).collect();
    let each = sorts.into_iter().map(|what| row(&format!("of these: {}", what.name()), Some(what)));
    std::iter::once(row("500 mixed requests a second", None)).chain(each).collect()
}

/// Signs somebody of the made-up desk in and gives the cookie's value.
async fn sign_in(address: SocketAddr, who: Who) -> Result<String> {
    let stream = tokio::net::TcpStream::connect(address).await.map_err(|it| Fault::because("connecting to the appliance", it))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(hyper_util::rt::TokioIo::new(stream)).await.map_err(|it| Fault::because("signing in", it))?;
    tokio::spawn(connection);
    let form = format!("email={}%40harbourworks.example&password={PASSWORD}", who.mailbox());
    let request = hyper::Request::post("/sign-in")
        .header("host", address.to_string())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(http_body_util::Full::new(bytes::Bytes::from(form)))
        .map_err(|it| Fault::because("signing in", it))?;
    let response = sender.send_request(request).await.map_err(|it| Fault::because("signing in", it))?;
    let cookies = response.headers().get_all("set-cookie").iter().filter_map(|it| it.to_str().ok());
    let session = cookies.filter_map(|it| it.strip_prefix("lodge_session=")?.split(';').next()).find(|it| !it.is_empty());
    session.map(str::to_owned).ok_or_else(|| Fault::new(format!("nobody could sign in: {}", response.status())).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_requests_are_told_together_and_by_sort() {
        let ms = Duration::from_millis;
        let played = [(What::Search, ms(40), true), (What::ReadTicket, ms(1), true), (What::Search, ms(20), false)];
        let rows = rows(&played, 2, Duration::from_secs(1));
        let told: Vec<_> = rows.iter().map(|it| (it.name.as_str(), it.count, it.p99_ms, it.errors)).collect();
        assert_eq!(
            told,
            [
                ("500 mixed requests a second", 3, 40.0, 1),
                ("of these: read a ticket (API)", 1, 1.0, 0),
                ("of these: search, two words", 2, 40.0, 1)
            ]
        );
    }
}
