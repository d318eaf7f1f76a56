//! Speaking to one server: connections that are kept for the next mail, one transaction for all recipients of a mail that
//! share a return path with each one's own answer, and a bound on every wait.

use std::{
    error::Error as _,
    future::Future,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::AsyncSmtpConnection,
        commands::{Data, Ehlo, Mail, Rcpt, Rset},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};

use tokio::{sync::watch, time::Instant as Deadline};

use super::{Login, Server, Until, message::wire_address, opening};
use crate::{
    desk::mail::{
        compose::{Envelope, Outgoing},
        outbox::{Attempt, Said},
    },
    limits,
};

/// Mails that one connection carries before it is left.
const MAILS_MAX: u32 = 100;
/// How long a test of a server may take.
const TEST_MAX: Duration = Duration::from_secs(120);

/// One thing that a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub fine: bool,
    pub text: String,
    /// What to do about it; may be empty.
    pub advice: String,
}

impl Finding {
    pub fn fine(text: impl Into<String>) -> Self {
        Finding { fine: true, text: text.into(), advice: String::new() }
    }

    pub fn wrong(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Finding { fine: false, text: text.into(), advice: advice.into() }
    }
}

/// A connection with what is known of its server.
struct Session {
    connection: AsyncSmtpConnection,
    is_encrypted: bool,
    /// The largest mail that it takes (RFC 1870), in bytes.
    size_max: Option<usize>,
    takes_utf8: bool,
    mails: u32,
    used: Instant,
}

/// The connections to one server that wait for the next mail.
pub(super) struct Pool {
    server: Server,
    idle: Mutex<Vec<Session>>,
}

/// Why a server could not be used.
struct NoServer {
    text: String,
    advice: String,
}

impl Pool {
    pub(super) fn new(server: Server) -> Self {
        Pool { server, idle: Mutex::default() }
    }

    /// One mail, to all of its recipients.
    pub(super) async fn send(&self, mail: &Outgoing, bytes: &[u8], until: Until) -> Attempt {
        let patience = Patience { step: self.server.timeout, deadline: until.deadline, stopping: Some(until.stopping) };
        let mut session = match self.session(&patience).await {
            Ok(it) => it,
            Err(it) => return Attempt::NoServer(it.text),
        };
        if let Some(max) = session.size_max.filter(|it| *it > 0 && *it < bytes.len()) {
            self.keep(session);
            let mib = |it: usize| it as f64 / (1024.0 * 1024.0);
            return Attempt::Never(format!(
                "The mail has {:.1} MiB with its files; the server takes {:.1} MiB.",
                mib(bytes.len()),
                mib(max)
            ));
        }
        let (came, usable) = session.deliver(&patience, &mail.recipients, bytes).await;
        if usable {
            self.keep(session);
        } else {
            // Whatever it says to that does not matter any more.
            let _ = tokio::time::timeout(Duration::from_secs(1), session.connection.abort()).await;
        }
        came
    }

    /// A connection that is known to work.
    async fn session(&self, patience: &Patience) -> Result<Session, NoServer> {
        loop {
            let kept = self.lock().pop();
            let Some(mut it) = kept else { break };
            let fresh = it.used.elapsed() < Duration::from_secs(limits::SMTP_IDLE_SECS_MAX);
            let alive = fresh && tokio::time::timeout(Duration::from_secs(5), it.connection.test_connected()).await.unwrap_or(false);
            if alive {
                return Ok(it);
            }
        }
        open(&self.server, patience).await
    }

    fn keep(&self, mut it: Session) {
        it.used = Instant::now();
        let mut idle = self.lock();
        if idle.len() < limits::SMTP_POOL_MAX && it.mails < MAILS_MAX && !it.connection.has_broken() {
            idle.push(it);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn test(&self) -> Vec<Finding> {
        let at = format!("{}:{}", self.server.host, self.server.port);
        let patience = Patience { step: self.server.timeout, deadline: Deadline::now() + TEST_MAX, stopping: None };
        match open(&self.server, &patience).await {
            Ok(mut it) => {
                let encrypted = it.is_encrypted;
                let mut found =
                    vec![Finding::fine(format!("{at} answers{}.", if encrypted { ", and the connection is encrypted" } else { "" }))];
                if !encrypted && !matches!(self.server.host.as_str(), "localhost" | "127.0.0.1" | "::1") {
                    found.push(Finding::wrong(
                        "The connection is not encrypted.",
                        "Everybody on the way can read the mails. Use StartTLS or TLS.",
                    ));
                }
                match &self.server.login {
                    Login::Nobody => found.push(Finding::fine("It asks for no sign-in from us.")),
                    Login::Password { username, .. } => found.push(Finding::fine(format!("It lets {username} in."))),
                    Login::Token { username, .. } => found.push(Finding::fine(format!("It lets {username} in by a token."))),
                }
                if let Some(size) = it.size_max.filter(|it| *it > 0) {
                    found.push(Finding::fine(format!("It takes mails of up to {} MiB.", size / 1024 / 1024)));
                }
                let _ = tokio::time::timeout(Duration::from_secs(2), it.connection.quit()).await;
                found
            }
            Err(it) => vec![Finding::wrong(it.text, it.advice)],
        }
    }
}

/// How long is waited: for each step, and for all of them but the last.
struct Patience {
    step: Duration,
    deadline: Deadline,
    /// Whether the desk is about to stop; none for what is no attempt at a letter.
    stopping: Option<watch::Receiver<bool>>,
}

impl Patience {
    /// Whether nothing further is to be begun.
    fn is_over(&self) -> bool {
        self.deadline <= Deadline::now() || self.stopping.as_ref().is_some_and(|it| *it.borrow())
    }

    fn step(&self) -> Duration {
        self.step.min(self.deadline.saturating_duration_since(Deadline::now()))
    }
}

/// Bounds a step.
async fn within<T>(limit: Duration, what: &str, step: impl Future<Output = Result<T, Error>>) -> Result<T, Step> {
    match tokio::time::timeout(limit, step).await {
        Ok(Ok(it)) => Ok(it),
        Ok(Err(it)) => Err(Step::Failed(it)),
        Err(_) => Err(Step::Hangs(format!("the server did not answer within {} seconds ({what})", limit.as_secs()))),
    }
}

/// How a step failed.
enum Step {
    Failed(Error),
    Hangs(String),
}

impl Step {
    /// Whether the server said this, and the connection still stands.
    fn is_spoken(&self) -> bool {
        matches!(self, Step::Failed(it) if (it.is_transient() || it.is_permanent()) && self.code() != Some(421))
    }

    fn is_permanent(&self) -> bool {
        matches!(self, Step::Failed(it) if it.is_permanent())
    }

    fn code(&self) -> Option<u16> {
        match self {
            Step::Failed(it) => it.status().map(Into::into),
            Step::Hangs(_) => None,
        }
    }

    /// The server's words with their code, or what went wrong, with its causes: lettre's own text leaves them out.
    fn text(&self) -> String {
        let error = match self {
            Step::Hangs(it) => return it.clone(),
            Step::Failed(it) => it,
        };
        let mut words = Vec::new();
        let mut cause = error.source();
        while let Some(it) = cause {
            words.push(it.to_string());
            cause = it.source();
        }
        match self.code() {
            Some(code) => format!("{code} {}", words.join(" ")),
            None if words.is_empty() => error.to_string(),
            None => format!("{error}: {}", words.join(": ")),
        }
    }
}

async fn open(server: &Server, patience: &Patience) -> Result<Session, NoServer> {
    let at = format!("{}:{}", server.host, server.port);
    let name = ClientId::default();
    let opened = match tokio::time::timeout(patience.step(), opening::open(server, &name)).await {
        Ok(opened) => opened.map_err(|it| NoServer { text: it.happened, advice: it.advice })?,
        Err(_) => {
            return Err(NoServer {
                text: format!("{at} did not answer within {} seconds (greeting).", patience.step.as_secs()),
                advice: "Check the host, the port and the kind of encryption, and whether a firewall is in between.".into(),
            });
        }
    };
    let is_encrypted = opened.is_encrypted;
    let greeting = AsyncSmtpConnection::connect_with_transport(Box::new(opened), &name);
    let mut connection = within(patience.step(), "greeting", greeting).await.map_err(|it| NoServer {
        text: format!("{at} wants no conversation: {}", it.text()),
        advice: "Check the host, the port and the kind of encryption.".into(),
    })?;
    let (mechanisms, credentials) = match &server.login {
        Login::Nobody => (Vec::new(), None),
        Login::Password { username, password } => {
            (vec![Mechanism::Plain, Mechanism::Login], Some(Credentials::new(username.clone(), password.reveal().to_owned())))
        }
        Login::Token { username, token } => (vec![Mechanism::Xoauth2], Some(Credentials::new(username.clone(), token.reveal().to_owned()))),
    };
    if let Some(credentials) = credentials {
        within(patience.step(), "signing in", connection.auth(&mechanisms, &credentials)).await.map_err(|it| NoServer {
            text: format!("{at} does not let us in: {}", it.text()),
            advice: "Check the user and the password; many providers want an app password, or a token.".into(),
        })?;
    }
    // Said once more for its answer, which tells the size that it takes.
    let said = within(patience.step(), "EHLO", connection.command(Ehlo::new(name)))
        .await
        .map_err(|it| NoServer { text: format!("{at}: {}", it.text()), advice: String::new() })?;
    let size_max = said.message().find_map(|it| it.strip_prefix("SIZE ")?.trim().parse().ok());
    let takes_utf8 = connection.server_info().supports_feature(Extension::SmtpUtfEight);
    Ok(Session { connection, is_encrypted, size_max, takes_utf8, mails: 0, used: Instant::now() })
}

fn words(said: &Response) -> String {
    format!("{} {}", said.code(), said.message().collect::<Vec<_>>().join(" "))
}

/// These are tried again.
fn later(envelopes: &[Envelope], why: &str) -> impl Iterator<Item = (String, Said)> {
    envelopes.iter().map(move |it| (it.address.clone(), Said::Later(why.to_owned())))
}

impl Session {
    /// One transaction for each return path, one after the other; and whether the connection can be used for another mail. What is
    /// known of some holds, whatever becomes of the rest.
    async fn deliver(&mut self, patience: &Patience, envelopes: &[Envelope], bytes: &[u8]) -> (Attempt, bool) {
        let mut answers: Vec<(String, Said)> = Vec::new();
        let mut rest = envelopes.chunk_by(|one, other| one.return_path == other.return_path);
        while let Some(group) = rest.next() {
            let is_first = answers.is_empty();
            let (came, usable) = if is_first || !patience.is_over() {
                self.transaction(patience, group, bytes).await
            } else {
                // It could outlast the lease of the attempt, or the process, and be sent once more.
                (Attempt::Later("there was no time left for this address".into()), true)
            };
            let why = match came {
                Attempt::Spoken(said) => {
                    answers.extend(said);
                    if usable {
                        continue;
                    }
                    "the connection ended before this address was asked for".into()
                }
                other if is_first => return (other, usable),
                Attempt::NoServer(why) | Attempt::Later(why) | Attempt::Never(why) => {
                    answers.extend(later(group, &why));
                    why
                }
                Attempt::Moot => continue,
            };
            answers.extend(rest.flat_map(|group| later(group, &why)));
            return (Attempt::Spoken(answers), usable);
        }
        (Attempt::Spoken(answers), true)
    }

    /// One transaction; and whether the connection can be used for another.
    async fn transaction(&mut self, patience: &Patience, envelopes: &[Envelope], bytes: &[u8]) -> (Attempt, bool) {
        self.mails += 1;
        let from = envelopes.first().and_then(|it| it.return_path.as_deref());
        let from: Option<Address> = match from.map(wire_address).transpose() {
            Ok(it) => it,
            Err(why) => return (Attempt::Never(why), true),
        };
        let mut answers: Vec<(String, Said)> = Vec::new();
        let mut to: Vec<(&String, Address)> = Vec::new();
        for text in envelopes.iter().map(|it| &it.address) {
            match wire_address(text) {
                Ok(it) if it.to_string().is_ascii() || self.takes_utf8 => to.push((text, it)),
                Ok(_) => {
                    let why = "550 5.6.7 The address has letters beyond ASCII before the @, and the mail server does not take such addresses (SMTPUTF8).";
                    answers.push((text.clone(), Said::Never(why.into())));
                }
                Err(why) => answers.push((text.clone(), Said::Never(why))),
            }
        }
        if to.is_empty() {
            return (Attempt::Spoken(answers), true);
        }
        let utf8 = to.iter().any(|it| !it.1.to_string().is_ascii());
        let parameters = if utf8 { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        if let Err(it) = within(patience.step(), "MAIL", self.connection.command(Mail::new(from, parameters))).await {
            let usable = it.is_spoken();
            // 530 and its kin, and a server that has lost its place: it is about us and not about the mail.
            let ours = matches!(it.code(), Some(503 | 530 | 534 | 535 | 538 | 454));
            return match (usable && !ours, it.is_permanent()) {
                (false, _) => (Attempt::NoServer(it.text()), false),
                (true, true) => (Attempt::Never(it.text()), self.reset(patience).await),
                (true, false) => {
                    answers.extend(to.iter().map(|(text, _)| ((*text).clone(), Said::Later(it.text()))));
                    (Attempt::Spoken(answers), self.reset(patience).await)
                }
            };
        }
        let mut taken: Vec<String> = Vec::new();
        for (text, address) in to {
            match within(patience.step(), "RCPT", self.connection.command(Rcpt::new(address, Vec::new()))).await {
                Ok(_) => taken.push(text.clone()),
                Err(it) if it.is_spoken() && it.is_permanent() => answers.push((text.clone(), Said::Never(it.text()))),
                Err(it) if it.is_spoken() => answers.push((text.clone(), Said::Later(it.text()))),
                // Nothing was handed over yet, so what was said of others is said again the next time.
                Err(it) => return (Attempt::NoServer(it.text()), false),
            }
        }
        if taken.is_empty() {
            return (Attempt::Spoken(answers), self.reset(patience).await);
        }
        let (said, usable) = match self.data(patience, bytes).await {
            Ok(said) => (Said::Accepted(words(&said)), true),
            // A refused DATA leaves the transaction open (RFC 5321 4.1.1.4), and the next mail would be refused because of this one.
            Err(it) if it.is_spoken() && it.is_permanent() => (Said::Never(it.text()), self.reset(patience).await),
            Err(it) if it.is_spoken() => (Said::Later(it.text()), self.reset(patience).await),
            // Those that were refused for good stay refused; the rest is asked again.
            Err(it) if answers.iter().any(|it| matches!(it.1, Said::Never(_))) => (Said::Later(it.text()), false),
            Err(it) => return (Attempt::NoServer(it.text()), false),
        };
        answers.extend(taken.into_iter().map(|it| (it, said.clone())));
        (Attempt::Spoken(answers), usable)
    }

    async fn data(&mut self, patience: &Patience, bytes: &[u8]) -> Result<Response, Step> {
        within(patience.step(), "DATA", self.connection.command(Data)).await?;
        // Whoever hangs up early on a server that is still thinking sends the mail twice.
        let last_word = Duration::from_secs(limits::SMTP_DATA_SECS_MAX);
        within(last_word, "the end of the mail", self.connection.message(bytes)).await
    }

    /// Ends a transaction that came to nothing.
    async fn reset(&mut self, patience: &Patience) -> bool {
        within(patience.step(), "RSET", self.connection.command(Rset)).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
        net::TcpListener,
    };

    use super::*;
    use crate::mail::smtp::{Encryption, Route, Sender};

    /// A server that takes all, and by whose first mail the desk is about to stop.
    async fn takes_and_stops(listener: TcpListener, stop: watch::Sender<bool>) {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 x\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|it| it > 0) {
            let said: &[u8] = match line.split([' ', '\r']).next().unwrap_or_default() {
                "DATA" => b"354 go on\r\n",
                "." => {
                    stop.send_replace(true);
                    b"250 taken\r\n"
                }
                "EHLO" | "MAIL" | "RCPT" | "RSET" => b"250 fine\r\n",
                _ => b"",
            };
            stream.write_all(said).await.unwrap();
            line.clear();
        }
    }

    #[tokio::test]
    async fn a_stop_leaves_further_copies_for_later_and_keeps_what_was_said() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopping) = watch::channel(false);
        tokio::spawn(takes_and_stops(listener, stop));
        let (host, login, timeout) = ("127.0.0.1".to_owned(), Login::Nobody, Duration::from_secs(20));
        let sender = Sender::new(Route::Server(Server { host, port, encryption: Encryption::None, ca: None, login, timeout }));
        let copy = |n: u8| Envelope { address: format!("p{n}@example.org"), return_path: Some(format!("desk+{n}@example.com")) };
        let mail = Outgoing {
            message_id: "one@example.com".into(),
            from: "desk@example.com".into(),
            recipients: vec![copy(1), copy(2), copy(3)],
            ..Outgoing::default()
        };
        let until = Until { deadline: Deadline::now() + Duration::from_secs(20), stopping };
        let Attempt::Spoken(said) = sender.send(&mail, Vec::new(), &[], until).await else { panic!("the server spoke") };
        let accepted = said.iter().map(|(to, said)| (to.as_str(), matches!(said, Said::Accepted(_)))).collect::<Vec<_>>();
        assert_eq!(accepted, [("p1@example.org", true), ("p2@example.org", false), ("p3@example.org", false)]);
        assert!(said[1..].iter().all(|it| matches!(it.1, Said::Later(_))), "{said:?}");
    }
}
