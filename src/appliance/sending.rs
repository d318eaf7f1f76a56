//! The way of a letter to a server: the desk's own server or the machine's, the keys that it is signed with, and the DNS that goes with
//! them. Which letter goes when is the desk's to say; how a server is spoken to is the wire's.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::watch, time::Instant as Deadline};

use super::{Desk, mailboxes};
pub use crate::mail::smtp::Finding;
use crate::{
    desk::{
        actor::Actor,
        mail::{
            compose::{self, Outgoing},
            dkim::{self, Algorithm, DkimKey, KeyState, NewKey},
            outbox::{self, Attempt, Letter, Pace, Said},
            sending::{SendingRules, ServerEncryption, ServerSettings},
            signature,
        },
        notify::account,
        permission::Permission,
        queues,
        settings::Settings,
    },
    error::{Fault, Refusal, Result},
    language::say,
    limits,
    mail::{
        dkim::{SigningKey, generate},
        dns::Resolver,
        smtp::{Encryption, File, Login, Route, Sender, Server, Until},
    },
    secret::Secret,
};

const FOR_SERVER: &str = "password of a mail server";
const FOR_KEYS: &str = "key that mail is signed with";

/// What a desk sends by, as far as it lasts.
#[derive(Default)]
pub struct Outbound {
    machine: OnceLock<(Sender, Pace)>,
    /// The desk's own server with its connections, until its settings change.
    own: Mutex<Option<(Server, Sender)>>,
    /// Whether a server was in use since it was last away.
    present: AtomicBool,
    /// Who answers questions to the DNS, if not whom the machine asks.
    dns: Option<SocketAddr>,
}

/// How long the desk's own server may take for a step.
const OWN_TIMEOUT: Duration = Duration::from_secs(30);

impl Outbound {
    /// The machine's server, and how soon a failure is tried again. Said once, before anything is sent.
    pub fn begin(&self, machine: Sender, pace: Pace) {
        // Saying it twice would be the same.
        let _ = self.machine.set((machine, pace));
    }

    /// Asks this server about the DNS; none: whom the machine asks.
    pub fn asking(dns: Option<SocketAddr>) -> Self {
        Outbound { dns, ..Outbound::default() }
    }

    pub fn pace(&self) -> Pace {
        self.machine.get().map_or_else(Pace::default, |it| it.1)
    }

    /// The machine's way out.
    pub fn machine(&self) -> Sender {
        self.machine.get().map_or_else(|| Sender::new(Route::None), |it| it.0.clone())
    }
}

/// A password of a mail server as it is kept; none if it is empty.
pub fn sealed(desk: &Desk, secret: &Secret) -> Result<Option<Vec<u8>>> {
    if secret.reveal().len() > limits::PROVIDER_SECRET_BYTES_MAX {
        let message = say!("refused-password-bytes-most", provider_secret_bytes_max = limits::PROVIDER_SECRET_BYTES_MAX);
        return Err(Refusal::field("password", "too_long", message).into());
    }
    if secret.is_empty() { Ok(None) } else { desk.seal.seal(FOR_SERVER, secret.reveal().as_bytes()).map(Some) }
}

async fn server(desk: &Arc<Desk>, it: &ServerSettings) -> Result<Server> {
    let ServerSettings { host, port, encryption, username, secret, mailbox, ca } = it;
    let login = match (mailbox, secret) {
        (Some(mailbox), _) => Login::Token { username: username.clone(), token: mailboxes::access_token(desk, *mailbox).await? },
        (None, Some(secret)) => {
            let text = desk.seal.open(FOR_SERVER, secret).and_then(|it| String::from_utf8(it).ok());
            let lost = || Fault::new("the password of the mail server cannot be opened: is `seal.key` the one it was sealed with?");
            Login::Password { username: username.clone(), password: Secret::new(text.ok_or_else(lost)?) }
        }
        (None, None) => Login::Nobody,
    };
    let encryption = match encryption {
        ServerEncryption::StartTls => Encryption::StartTls,
        ServerEncryption::Tls => Encryption::Tls,
        ServerEncryption::None => Encryption::None,
    };
    Ok(Server { host: host.clone(), port: *port, encryption, ca: ca.clone(), login, timeout: OWN_TIMEOUT })
}

/// The way out at present: the desk's own server, else the machine's.
pub async fn sender(desk: &Arc<Desk>) -> Result<Sender> {
    let rules = desk.read(SendingRules::of)?;
    let Some(settings) = &rules.server else { return Ok(desk.outbound.machine()) };
    let wanted = server(desk, settings).await?;
    let mut own = desk.outbound.own.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, sender)) = own.as_ref().filter(|it| it.0 == wanted) {
        return Ok(sender.clone());
    }
    let sender = Sender::new(Route::Server(wanted.clone()));
    *own = Some((wanted, sender.clone()));
    Ok(sender)
}

/// Whether mail can leave at all.
pub fn has_route(desk: &Desk) -> bool {
    desk.outbound.machine().has_route() || desk.read(SendingRules::of).is_ok_and(|it| it.server.is_some())
}

/// When an attempt that begins now must have handed its mail over but for the server's last word.
pub fn deadline() -> Deadline {
    Deadline::now() + outbox::ATTEMPT_BEFORE_LAST_WORD
}

/// Whether mail is meant to leave and cannot: it is known that there is no server.
pub fn lacks_route(desk: &Desk) -> bool {
    desk.outbound.machine.get().is_some() && !has_route(desk)
}

/// Sends one mail, signed with the keys of its sender's domain.
pub async fn send(desk: &Arc<Desk>, mail: &Outgoing, files: Vec<File>, until: Until) -> Attempt {
    let came = match (tokio::time::timeout_at(until.deadline, sender(desk)).await, keys(desk, &mail.from)) {
        (Ok(Ok(sender)), Ok(keys)) => sender.send(mail, files, &keys, until).await,
        (_, Err(it)) => Attempt::Later(it.to_string()),
        (Ok(Err(it)), _) => Attempt::NoServer(it.to_string()),
        (Err(_), _) => Attempt::NoServer("the way to the mail server could not be prepared in time".into()),
    };
    count(&came);
    came
}

/// Gives letters that wait without a job one again; gives how many that were.
pub async fn take_up(desk: &Desk) -> Result<usize> {
    let adrift = desk.read(outbox::adrift)?;
    if adrift.is_empty() {
        return Ok(0);
    }
    desk.write(None, move |tx| outbox::take_up(tx, &adrift)).await
}

fn count(came: &Attempt) {
    let mut outcomes: Vec<&'static str> = Vec::new();
    match came {
        Attempt::NoServer(_) => outcomes.push("no_server"),
        Attempt::Later(_) => outcomes.push("deferred"),
        Attempt::Never(_) => outcomes.push("refused"),
        Attempt::Moot => {}
        Attempt::Spoken(all) => outcomes.extend(all.iter().map(|(_, said)| match said {
            Said::Accepted(_) => "accepted",
            Said::Later(_) => "deferred",
            Said::Never(_) => "refused",
        })),
    }
    for outcome in outcomes {
        metrics::counter!("lodge_mail_out_total", "outcome" => outcome).increment(1);
    }
}

fn keys(desk: &Desk, from: &str) -> Result<Vec<SigningKey>> {
    let keys = desk.read(|tx| dkim::signing(tx, from))?;
    let lost = |it: &DkimKey| Fault::new(format!("the key {} cannot be opened: is `seal.key` the one it was sealed with?", it.selector));
    let opened = keys.into_iter().map(|it| {
        let private = desk.seal.open(FOR_KEYS, &it.private).and_then(|it| String::from_utf8(it).ok()).ok_or_else(|| lost(&it))?;
        Ok(SigningKey { domain: it.domain, selector: it.selector, algorithm: it.algorithm, private: Secret::new(private) })
    });
    opened.collect()
}

/// What a letter says at this attempt. One about an account gets its link now.
async fn written(desk: &Desk, letter: &Letter) -> Result<Option<Outgoing>> {
    if letter.account.is_none() {
        return desk.read(|tx| compose::compose(tx, letter));
    }
    let letter = letter.clone();
    desk.write(None, move |tx| account::write(tx, &letter)).await
}

/// One attempt at a letter, whose outcome is written down with all that follows from it.
pub async fn attempt(desk: &Arc<Desk>, letter: Letter, stopping: watch::Receiver<bool>) -> Result<crate::desk::jobs::Ended> {
    let deadline = deadline();
    let came = match written(desk, &letter).await {
        Ok(None) => Attempt::Moot,
        Err(it) => Attempt::Later(it.to_string()),
        Ok(Some(mail)) => match tokio::time::timeout_at(deadline, files(desk, &mail)).await {
            Ok(Ok(files)) => send(desk, &mail, files, Until { deadline, stopping }).await,
            Ok(Err(it)) => Attempt::Later(it.to_string()),
            Err(_) => Attempt::Later("its files could not be read in time".into()),
        },
    };
    if let Attempt::Later(why) = &came {
        tracing::warn!(letter = %letter.id, attempt = letter.attempts, error = why, "a mail could not be made ready to be sent");
    }
    let accepted = matches!(&came, Attempt::Spoken(all) if all.iter().any(|it| matches!(it.1, Said::Accepted(_))));
    let away = matches!(came, Attempt::NoServer(_));
    if let Attempt::NoServer(why) = &came {
        tracing::warn!(letter = %letter.id, attempt = letter.attempts, error = why, "a mail server could not be used");
    }
    let pace = desk.outbound.pace();
    let ended = note(desk, pace, &letter, came).await?;
    if away {
        desk.outbound.present.store(false, Ordering::Relaxed);
    } else if accepted && !desk.outbound.present.swap(true, Ordering::Relaxed) {
        desk.write(None, move |tx| outbox::server_is_back(tx, pace)).await?;
    }
    Ok(ended)
}

/// Times that an outcome is tried to be written down: forgetting it may send the mail again.
const NOTES_MAX: u32 = 20;

async fn note(desk: &Desk, pace: Pace, letter: &Letter, came: Attempt) -> Result<crate::desk::jobs::Ended> {
    let (id, attempt) = (letter.id, letter.attempts);
    let mut tried = 0;
    loop {
        let came = came.clone();
        tried += 1;
        match desk.write(None, move |tx| outbox::note(tx, pace, id, attempt, came)).await {
            Err(error) if tried < NOTES_MAX => {
                tracing::error!(letter = %id, %error, "what a mail server said could not be written down; it is tried again");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            done => return done,
        }
    }
}

async fn files(desk: &Desk, mail: &Outgoing) -> Result<Vec<File>> {
    let mut files = Vec::with_capacity(mail.files.len());
    for it in &mail.files {
        let (file, content_id) = (&it.file, it.content_id.clone());
        let bytes = desk.blobs.get(file.blob).await?.to_vec();
        files.push(File { filename: file.filename.clone(), content_type: file.content_type.clone(), bytes, content_id });
    }
    Ok(files)
}

/// Tries a server, as it would be used; the present way out if none is given.
pub async fn test(desk: &Arc<Desk>, settings: Option<&ServerSettings>) -> Result<Vec<Finding>> {
    let sender = match settings {
        Some(it) => Sender::new(Route::Server(server(desk, it).await?)),
        None => sender(desk).await?,
    };
    Ok(sender.test().await)
}

/// Makes a key for a domain and keeps it. It takes a moment.
pub async fn make_key(desk: &Desk, actor: &Actor, domain: &str, algorithm: Algorithm) -> Result<DkimKey> {
    actor.need(Permission::SettingsWrite)?;
    let domain = dkim::checked_domain(domain)?;
    let made = tokio::task::spawn_blocking(move || generate(algorithm)).await;
    let (private, public) = made.map_err(|it| Fault::because("making a key", it))??;
    let private = desk.seal.seal(FOR_KEYS, data_encoding::BASE64.encode(&private).as_bytes())?;
    let actor = actor.clone();
    desk.write(actor.person(), move |tx| dkim::create(tx, &actor, NewKey { domain, algorithm, public, private })).await
}

/// Domains that the desk or one of its queues sends from.
pub fn domains(desk: &Desk) -> Result<Vec<String>> {
    desk.read(|tx| {
        let settings = Settings::of(tx)?;
        let mut queues: Vec<_> = queues::queues(tx)?.into_iter().map(|it| Some(it.id)).collect();
        queues.insert(0, None);
        let mut domains = Vec::new();
        for queue in queues {
            let Some(voice) = signature::voice(tx, &settings, queue)? else { continue };
            let domain = voice.address.rsplit_once('@').map(|it| dkim::ascii(it.1)).unwrap_or_default();
            if !domains.contains(&domain) {
                domains.push(domain);
            }
        }
        Ok(domains)
    })
}

/// Whether the DNS can know of a domain: names for examples and for one's own network (RFC 2606, RFC 6761) it does not.
pub fn is_public(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    let example = ["example.com", "example.net", "example.org"].iter().any(|it| domain == *it || domain.ends_with(&format!(".{it}")));
    domain.contains('.') && !example && !matches!(last, "invalid" | "example" | "local" | "localhost" | "internal")
}

fn resolver(desk: &Desk) -> Result<Resolver> {
    Resolver::new(desk.outbound.dns)
}

/// What the DNS says about all that the desk sends from. A key whose record is seen comes into use.
pub async fn check_dns(desk: &Arc<Desk>) -> Result<Vec<(String, Vec<Finding>)>> {
    let resolver = resolver(desk)?;
    let server = sender(desk).await.ok().and_then(|it| it.host().map(str::to_owned));
    let all = desk.read(dkim::all)?;
    let mut checked = Vec::new();
    let mut domains = domains(desk)?;
    domains.extend(all.iter().map(|it| it.domain.clone()));
    domains.sort();
    domains.dedup();
    for domain in domains {
        let mut findings = Vec::new();
        let own: Vec<&DkimKey> = all.iter().filter(|it| it.domain == domain).collect();
        if own.is_empty() {
            findings.push(Finding::wrong(format!("Mail from {domain} is not signed."), "Make a key for it, and publish its record."));
        }
        for key in own {
            findings.push(look_for(desk, &resolver, key).await?);
        }
        findings.push(resolver.spf(&domain, server.as_deref()).await);
        findings.push(resolver.dmarc(&domain).await);
        checked.push((domain, findings));
    }
    Ok(checked)
}

async fn look_for(desk: &Desk, resolver: &Resolver, key: &DkimKey) -> Result<Finding> {
    let found = resolver.key(key).await;
    if found.fine && key.state == KeyState::Waiting {
        let id = key.id;
        desk.write(None, move |tx| dkim::seen(tx, &Actor::system("dns"), id)).await?;
    }
    Ok(found)
}

/// Looks for the records of keys that wait for them; gives how many came into use.
pub async fn look_for_keys(desk: &Desk) -> Result<usize> {
    let waiting: Vec<DkimKey> = desk.read(dkim::all)?.into_iter().filter(|it| it.state == KeyState::Waiting).collect();
    if waiting.is_empty() {
        return Ok(0);
    }
    let resolver = resolver(desk)?;
    let mut seen = 0;
    for key in waiting {
        seen += usize::from(look_for(desk, &resolver, &key).await?.fine);
    }
    Ok(seen)
}
