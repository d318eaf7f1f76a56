//! How fast answers leave: a mail server that takes everything and keeps nothing but when each mail came, and an appliance that sends
//! to it over its outbox, one durable step after the other, as it does in earnest.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
};

use super::{
    appliance::{Child, number},
    client::{Ask, Client, Proof},
    report::Row,
};
use crate::{
    desk::tickets::Kind,
    error::{Fault, Result},
};

/// Answers that are written, each of which is one mail.
const LETTERS: u64 = 3000;
const CLIENTS: usize = 16;
/// How long the last mail may take after the last answer.
const PATIENCE: Duration = Duration::from_secs(600);

/// When mails came, by the serial number in their text.
#[derive(Default)]
struct Taken {
    at: Mutex<BTreeMap<u64, Instant>>,
    more: Notify,
}

impl Taken {
    fn note(&self, serial: u64) {
        self.at.lock().unwrap_or_else(PoisonError::into_inner).entry(serial).or_insert_with(Instant::now);
        self.more.notify_waiters();
    }

    fn count(&self) -> usize {
        self.at.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    async fn all(&self) -> Result<()> {
        let waiting = async {
            loop {
                let more = self.more.notified();
                if self.count() as u64 >= LETTERS {
                    return;
                }
                more.await;
            }
        };
        let late = |_| Fault::new(format!("of {LETTERS} mails only {} came", self.count())).into();
        tokio::time::timeout(PATIENCE, waiting).await.map_err(late)
    }
}

/// Takes mail until the caller goes away.
async fn server(listener: TcpListener, taken: Arc<Taken>) {
    let mut talks = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        talks.spawn(talk(stream, Arc::clone(&taken)));
    }
}

/// One connection (RFC 5321): everything is taken, and of the text only its serial number is looked at.
async fn talk(stream: TcpStream, taken: Arc<Taken>) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 bench.example ESMTP\r\n").await?;
    let (mut line, mut in_text) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        if in_text {
            if let Some(serial) = line.split("Letter-").nth(1).and_then(|it| it.split('.').next()).and_then(|it| it.parse().ok()) {
                taken.note(serial);
            }
            if line == ".\r\n" {
                in_text = false;
                stream.write_all(b"250 2.0.0 taken\r\n").await?;
            }
            continue;
        }
        let verb = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        let said: &[u8] = match verb.as_str() {
            "EHLO" => b"250-bench.example\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "DATA" => b"354 go on\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"250 2.0.0 well\r\n",
        };
        in_text = verb == "DATA";
        stream.write_all(said).await?;
        if verb == "QUIT" {
            return Ok(());
        }
    }
}

/// Answers many tickets at once and waits until the mail server has each answer: the time of one is from when the answer was taken.
pub async fn letters_leave(folder: &Path) -> Result<Row> {
    let doing = |it: std::io::Error| Fault::because("opening a mail server for the bench", it);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(doing)?;
    let port = listener.local_addr().map_err(doing)?.port().to_string();
    let taken = Arc::new(Taken::default());
    let serving = tokio::spawn(server(listener, Arc::clone(&taken)));
    let environment = [
        ("LODGE_SMTP__HOST", "127.0.0.1"),
        ("LODGE_SMTP__PORT", port.as_str()),
        ("LODGE_SMTP__TLS", "none"),
        ("LODGE_SMTP__FROM", "help@harbourworks.example"),
    ];
    let child = Child::start_with(folder, &environment).await?;
    let row = answer_and_wait(&child, &taken).await;
    serving.abort();
    child.stop().await?;
    row
}

async fn answer_and_wait(child: &Child, taken: &Arc<Taken>) -> Result<Row> {
    child.until_indexed().await?;
    let token = child.token().await?;
    let mut client = Client::open(child.address, Proof::Bearer(token.clone())).await?;
    // What can be taken back for a while is not what is measured.
    let no_hold = Ask { method: "PATCH", ..Ask::post("/v1/settings/sending", "application/merge-patch+json", r#"{"holdSeconds":0}"#) };
    let said = client.ask(&no_hold).await?;
    if !said.status.is_success() {
        return Err(Fault::new(format!("the hold could not be switched off: {}", said.status)).into());
    }
    let began = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(answers(child.address, token.clone(), Arc::clone(&next)));
    }
    let mut answered = BTreeMap::new();
    while let Some(it) = clients.join_next().await {
        answered.extend(it.map_err(|it| Fault::because("answering tickets", it))??);
    }
    taken.all().await?;
    let elapsed = began.elapsed();
    let came = taken.at.lock().unwrap_or_else(PoisonError::into_inner);
    let times = came.iter().filter_map(|(serial, at)| Some(at.saturating_duration_since(*answered.get(serial)?))).collect();
    Ok(Row::of("an answer leaves (outbox, SMTP, recorded)", CLIENTS, elapsed, times, 0))
}

/// When each answer was taken, by its serial number.
async fn answers(address: SocketAddr, token: String, next: Arc<AtomicU64>) -> Result<Vec<(u64, Instant)>> {
    let mut client = Client::open(address, Proof::Bearer(token)).await?;
    let mut answered = Vec::new();
    loop {
        let serial = next.fetch_add(1, Ordering::Relaxed);
        if serial >= LETTERS {
            return Ok(answered);
        }
        let path = format!("/v1/tickets/{}/comments", number(Kind::Incident, serial % 400 + 1));
        let body = format!(r#"{{"body":"Please restart it.\n\nLetter-{serial}."}}"#);
        let said = client.ask(&Ask::post(path, "application/json", body)).await?;
        if !said.status.is_success() {
            return Err(Fault::new(format!("an answer was refused with {}", said.status)).into());
        }
        answered.push((serial, Instant::now()));
    }
}
