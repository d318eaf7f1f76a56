//! How commands reach the data (D14): through the socket of a running appliance, or by opening the data themselves. Either way the same
//! function answers. The socket lies in `data_dir` and is open to its owner only.
//!
//! A call is one line of JSON and then, if it has one, a body until the caller stops writing. Answers are lines of JSON.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
};

use super::{
    audit,
    desk::{self, DeskCommand},
    kb, mailbox,
    operator::{self, OperatorCommand},
    snapshot,
};
use crate::{
    appliance::{Appliance, By, DeskOptions, Member, instance::Held, intake, journal::Tap, password},
    config::Config,
    desk::{
        actor::Actor,
        identity::{self, NewPerson, NewToken, Person, PersonChange, password::Owner, rules::AccountRules},
        mail::ledger::{Arrival, Outcome},
        settings::{self, SettingsChange},
        tickets::{Ticket, number},
    },
    error::{Code, Error, Fault, Refusal, Result},
    id::ArticleId,
    ops::doctor,
    previews::Maker,
    scan::Scanner,
    secret::Secret,
    store::log,
};

/// What a command asks for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    Setup {
        email: String,
        name: String,
        password: String,
        desk_name: String,
        address: Option<String>,
    },
    TokenCreate {
        user: String,
        name: String,
        scopes: Vec<String>,
    },
    UserList,
    UserCreate {
        email: String,
        name: String,
        roles: Vec<String>,
        password: Option<String>,
    },
    UserActive {
        email: String,
        active: bool,
    },
    UserPassword {
        email: String,
        password: String,
    },
    UserRoles {
        email: String,
        roles: Vec<String>,
    },
    /// For tests: the appliance's wall clock goes forward.
    ClockAhead {
        seconds: u64,
    },
    Desk(DeskCommand),
    Operator(OperatorCommand),
    /// The body is one raw message.
    MailIngest {
        name: String,
        /// Nobody is told of it.
        #[serde(default)]
        quiet: bool,
    },
    Mailboxes,
    MailStatement {
        mailbox: Option<String>,
    },
    MailPoll {
        mailbox: String,
    },
    AuditVerify,
    AuditExport,
    SnapshotCreate(snapshot::Place),
    Release,
    Restart,
    KbExport,
    KbImport {
        name: String,
    },
    KbImportFile {
        article: ArticleId,
        name: String,
    },
    Reindex,
    Doctor,
}

#[derive(Serialize, Deserialize)]
struct Asked {
    desk: Option<String>,
    #[serde(flatten)]
    call: Call,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Line(String),
    Done,
    Failed(String),
}

/// Where lines of an answer go.
pub type Out = mpsc::Sender<String>;

/// How the data is reached.
pub enum Line {
    Socket { path: PathBuf, desk: Option<String> },
    Direct { appliance: Arc<Appliance>, desk: Option<String> },
}

pub fn socket_path(data_dir: &Path) -> PathBuf {
    data_dir.join("lodge.sock")
}

pub fn desk_options(config: &Config) -> DeskOptions {
    let bytes = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    DeskOptions {
        blobs: config.blobs.clone(),
        scanner: config.scanner.as_deref().and_then(Scanner::at),
        previews: config.previews.then(|| Maker::in_folder(&config.data_dir.join("apart"))),
        store_cache_bytes: bytes(config.store.cache_bytes),
        index_memory_bytes: bytes(config.search.memory_bytes),
        mail_bytes_max: bytes(config.limits.mail_bytes),
        idle: config.limits.desk_idle,
        dns_server: config.mail.dns_server,
        private_push: config.push.private_services,
        held: Held::never(),
        tap: Tap::default(),
    }
}

impl Line {
    /// The socket if somebody answers there; the data itself otherwise.
    pub async fn open(config: &Config, desk: Option<String>) -> Result<Line> {
        let path = socket_path(&config.data_dir);
        if UnixStream::connect(&path).await.is_ok() {
            return Ok(Line::Socket { path, desk });
        }
        let appliance = Appliance::open(&config.data_dir, desk_options(config))?;
        Ok(Line::Direct { appliance: Arc::new(appliance), desk })
    }

    /// Asks, and prints the answer line by line.
    pub async fn call(&mut self, call: Call, body: Vec<u8>, print: &mut (dyn FnMut(&str) -> Result<()> + Send)) -> Result<()> {
        match self {
            Line::Socket { path, desk } => ask(path, Asked { desk: desk.clone(), call }, &body, print).await,
            Line::Direct { .. } if matches!(call, Call::Restart) => {
                let said = "Nothing runs on this data folder that could begin anew: start it with `lodge serve`.";
                Err(Refusal::new(Code::Conflict, said).into())
            }
            Line::Direct { appliance, desk } => {
                let (out, mut lines) = mpsc::channel(64);
                let (appliance, desk) = (Arc::clone(appliance), desk.clone());
                let answering = tokio::spawn(async move { answer(&appliance, desk.as_deref(), call, body, out).await });
                while let Some(line) = lines.recv().await {
                    print(&line)?;
                }
                answering.await.map_err(|it| Fault::because("running the command", it))?
            }
        }
    }
}

async fn ask(path: &Path, asked: Asked, body: &[u8], print: &mut (dyn FnMut(&str) -> Result<()> + Send)) -> Result<()> {
    let lost = |it: std::io::Error| Fault::because(format!("talking to the appliance through {}", path.display()), it);
    let mut stream = UnixStream::connect(path).await.map_err(lost)?;
    let mut head = serde_json::to_string(&asked).map_err(|it| Fault::because("writing the call", it))?;
    head.push('\n');
    stream.write_all(head.as_bytes()).await.map_err(lost)?;
    stream.write_all(body).await.map_err(lost)?;
    stream.shutdown().await.map_err(lost)?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await.map_err(lost)? {
        match serde_json::from_str(&line).map_err(|it| Fault::because("reading the answer", it))? {
            Answer::Line(it) => print(&it)?,
            Answer::Done => return Ok(()),
            Answer::Failed(why) => return Err(Refusal::new(Code::Conflict, why).into()),
        }
    }
    Err(Fault::new("the appliance stopped before it had answered").into())
}

/// Answers calls at the socket until `stop` is dropped.
pub async fn listen(appliance: Arc<Appliance>) -> Result<()> {
    let path = socket_path(&appliance.data_dir);
    let doing = |it: std::io::Error| Fault::because(format!("opening the local socket {}", path.display()), it);
    if path.exists() {
        // We hold the lock of the folder, so whoever made it is gone.
        std::fs::remove_file(&path).map_err(doing)?;
    }
    let listener = UnixListener::bind(&path).map_err(doing)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(doing)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let appliance = appliance.clone();
                tokio::spawn(async move {
                    if let Err(error) = serve(&appliance, stream).await {
                        tracing::warn!(%error, "a local command was not answered");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "the local socket could not take a call"),
        }
    }
}

async fn serve(appliance: &Arc<Appliance>, stream: UnixStream) -> Result<()> {
    let lost = |it: std::io::Error| Fault::because("talking to a local command", it);
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    let mut head = String::new();
    (&mut read).take(1024 * 1024).read_line(&mut head).await.map_err(lost)?;
    if head.is_empty() {
        // Somebody only looked whether we are here.
        return Ok(());
    }
    let mut body = Vec::new();
    // One more than the desk takes, so that it refuses what is longer.
    let longest = appliance.mail_bytes_max();
    read.take(longest as u64 + 1).read_to_end(&mut body).await.map_err(lost)?;
    let (out, mut lines) = mpsc::channel(64);
    let appliance = appliance.clone();
    let answering = tokio::spawn(async move {
        let asked: Asked = serde_json::from_str(&head).map_err(|it| Refusal::new(Code::Malformed, it.to_string()))?;
        answer(&appliance, asked.desk.as_deref(), asked.call, body, out).await
    });
    while let Some(line) = lines.recv().await {
        send(&mut write, &Answer::Line(line)).await?;
    }
    let last = match answering.await {
        Ok(Ok(())) => Answer::Done,
        Ok(Err(error)) => Answer::Failed(in_full(&error)),
        Err(error) => Answer::Failed(error.to_string()),
    };
    send(&mut write, &last).await
}

fn in_full(error: &Error) -> String {
    match error {
        Error::Refused(it) if it.fields.len() > 1 => {
            let fields: Vec<_> = it.fields.iter().map(|it| format!("{}: {}", it.field, it.message)).collect();
            format!("{} {}", it.detail, fields.join(" "))
        }
        it => it.to_string(),
    }
}

async fn send(write: &mut tokio::net::unix::OwnedWriteHalf, answer: &Answer) -> Result<()> {
    let mut line = serde_json::to_string(answer).map_err(|it| Fault::because("writing an answer", it))?;
    line.push('\n');
    write.write_all(line.as_bytes()).await.map_err(|it| Fault::because("talking to a local command", it).into())
}

/// The variable under which an appliance lets its clock be set: in tests of the whole, which wait over weekends.
const TEST_CLOCK: &str = "LODGE_TEST_CLOCK";

fn set_clock(seconds: u64) -> Result<()> {
    if std::env::var_os(TEST_CLOCK).is_none() {
        let said = format!("The clock is the machine's. Only an appliance that was started with {TEST_CLOCK} lets it be set, for tests.");
        return Err(Refusal::new(Code::Forbidden, said).into());
    }
    crate::time::set_ahead(std::time::Duration::from_secs(seconds));
    Ok(())
}

/// Does what is asked. The operator of the machine may do everything.
async fn answer(appliance: &Arc<Appliance>, desk: Option<&str>, call: Call, body: Vec<u8>, out: Out) -> Result<()> {
    let call = match call {
        Call::ClockAhead { seconds } => return set_clock(seconds),
        Call::Desk(command) => return desk::answer(appliance, command, &out).await,
        Call::Operator(command) => return operator::answer(appliance, desk, command, &out).await,
        Call::SnapshotCreate(place) => return snapshot::create(appliance, desk, &place, &out).await,
        Call::Release => {
            appliance.release(By::CommandLine)?;
            say_to(&out, "It sends and fetches again.".into()).await;
            return Ok(());
        }
        Call::Restart => {
            appliance.restart.notify_one();
            say_to(&out, "It begins anew.".into()).await;
            return Ok(());
        }
        call => call,
    };
    let desk = appliance.desk(desk)?;
    let actor = Actor::system("operator");
    match call {
        Call::Desk(_) | Call::Operator(_) | Call::ClockAhead { .. } | Call::SnapshotCreate(_) | Call::Release | Call::Restart => {}
        Call::Setup { email, name, password, desk_name, address } => {
            let phc = hashed(&desk, Owner { name: &name, email: &email, desk: &desk_name }, password).await?;
            let founding = desk.write(None, move |tx| {
                settings::found(tx, &actor, &desk_name)?;
                let new = NewPerson { email, name, roles: vec!["admin".into()], password: Some(phc), ..NewPerson::default() };
                let admin = identity::create_person(tx, &actor, new)?;
                if let Some(address) = address {
                    settings::change(tx, &actor, SettingsChange { addresses: Some(vec![address]), ..SettingsChange::default() })?;
                }
                Ok(admin.id)
            });
            let admin = founding.await?;
            operator::first(appliance, Member { desk: desk.id, person: admin })?;
            say_to(&out, "The desk is set up. Run `lodge serve`, and sign in with the admin's address and password.".into()).await;
        }
        Call::TokenCreate { user, name, scopes } => {
            let text = desk
                .write(None, move |tx| {
                    let owner = identity::named(tx, "user", &user)?;
                    identity::create_token(tx, &actor, owner.id, NewToken { name, scopes, expires_at: None }).map(|it| it.1)
                })
                .await?;
            say_to(&out, text).await;
        }
        Call::MailIngest { name, quiet } => {
            let arrival = Arrival { quiet, ..Arrival::by("file") };
            let entry = intake::take_in(&desk, &actor, Bytes::from(body), arrival).await?;
            let ticket = desk.read(|tx| {
                let Some(ticket) = entry.ticket else { return Ok(None) };
                let Some(ticket) = tx.get::<Ticket>(&ticket)? else { return Ok(None) };
                Ok(Some(number::text(settings::Settings::of(tx)?.as_ref(), ticket.kind, ticket.number)))
            })?;
            let reason = entry.reason.filter(|_| entry.outcome != Outcome::Created).map(|it| format!("\t{it}")).unwrap_or_default();
            say_to(&out, format!("{name}\t{}\t{}\t{}{reason}", entry.outcome.name(), ticket.unwrap_or_else(|| "-".into()), entry.rule))
                .await;
        }
        Call::Mailboxes => mailbox::list(&desk, &out).await?,
        Call::MailStatement { mailbox } => mailbox::statement(&desk, mailbox.as_deref(), &out).await?,
        Call::MailPoll { mailbox } => mailbox::poll(&desk, &mailbox, &out).await?,
        Call::AuditVerify => {
            let said = blocking(move || desk.read(|tx| Ok(audit::said(&log::verify(tx)?)))).await?;
            say_to(&out, said).await;
        }
        Call::AuditExport => blocking(move || desk.read(|tx| export(tx, &out))).await?,
        Call::KbExport => kb::give(&desk, &actor, &out).await?,
        Call::KbImport { name } => kb::take(&desk, actor, name, body, &out).await?,
        Call::KbImportFile { article, name } => kb::take_file(&desk, actor, article, &name, body, appliance.mail_bytes_max()).await?,
        Call::Reindex => reindex(&desk, &out).await,
        Call::Doctor => {
            let report = doctor::examine(appliance, &desk).await?;
            for line in &report.lines {
                say_to(&out, line.to_string()).await;
            }
            if report.is_ill() {
                return Err(Refusal::new(Code::Conflict, "Something needs attention; see above.").into());
            }
        }
        call => people(&desk, actor, call, &out).await?,
    }
    Ok(())
}

async fn people(desk: &crate::appliance::Desk, actor: Actor, call: Call, out: &Out) -> Result<()> {
    let change = |email: String, change: PersonChange, actor: Actor| {
        desk.write(None, move |tx| {
            let person = identity::named(tx, "email", &email)?;
            identity::change_person(tx, &actor, person.id, change)
        })
    };
    let person = match call {
        Call::UserList => {
            let lines = desk.read(|tx| {
                let mut lines = Vec::new();
                for person in tx.scan::<Person>(&())? {
                    let it = person?;
                    let state = if it.active { "" } else { "\tdisabled" };
                    lines.push(format!("{}\t{}\t{}{state}", it.email, it.name, it.roles.join(",")));
                }
                Ok(lines)
            })?;
            for line in lines {
                say_to(out, line).await;
            }
            return Ok(());
        }
        Call::UserCreate { email, name, roles, password } => {
            let password = match password {
                Some(it) => Some(hashed(desk, Owner { name: &name, email: &email, desk: "" }, it).await?),
                None => None,
            };
            let new = NewPerson { email, name, roles, password, ..NewPerson::default() };
            desk.write(None, move |tx| identity::create_person(tx, &actor, new)).await?
        }
        Call::UserActive { email, active } => {
            change(email, PersonChange { active: Some(active), ..PersonChange::default() }, actor).await?
        }
        Call::UserRoles { email, roles } => change(email, PersonChange { roles: Some(roles), ..PersonChange::default() }, actor).await?,
        Call::UserPassword { email, password } => {
            let phc = hashed(desk, Owner { email: &email, ..Owner::default() }, password).await?;
            desk.write(None, move |tx| {
                let person = identity::named(tx, "email", &email)?;
                identity::set_password(tx, &actor, person.id, Some(phc))?;
                Ok(person)
            })
            .await?
        }
        _ => return Err(Fault::new("a call that is not about people").into()),
    };
    let state = if person.active { "active" } else { "disabled" };
    say_to(out, format!("{}\t{}\t{}\t{state}", person.email, person.name, person.roles.join(","))).await;
    Ok(())
}

/// The hash of a new password, if it is one that the desk takes.
async fn hashed(desk: &crate::appliance::Desk, owner: Owner<'_>, password: String) -> Result<String> {
    let password = Secret::new(password);
    let rules = desk.read(AccountRules::of)?;
    identity::password::check(&rules, owner, &password)?;
    password::hashed(password).await
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(|it| Fault::because("running a command", it))?
}

/// A caller that went away wants no more lines.
pub async fn say_to(out: &Out, line: String) {
    let _ = out.send(line).await;
}

fn export(tx: &crate::store::Tx, out: &Out) -> Result<()> {
    log::export(tx, 0, |mut exported, event| {
        let changes = crate::desk::event::Changes::of(&event).into_json();
        exported.readable = serde_json::json!({
            "at": event.at, "kind": event.kind, "actor": event.actor.kind, "entity": event.entity_kind, "id": event.entity, "changes": changes,
        });
        let line = serde_json::to_string(&exported).map_err(|it| Fault::because("writing an event", it))?;
        out.blocking_send(line).map_err(|_| Fault::new("the reader of the export went away").into())
    })?;
    Ok(())
}

async fn reindex(desk: &crate::appliance::Desk, out: &Out) {
    let before = desk.index.builds();
    desk.index.reindex();
    let mut beat = tokio::time::interval(std::time::Duration::from_millis(500));
    while desk.index.builds() == before {
        beat.tick().await;
    }
    say_to(out, format!("The search index was built anew and holds everything up to event {}.", desk.index.position().seq)).await;
}
