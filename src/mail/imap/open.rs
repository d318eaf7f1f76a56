//! Beginning a conversation with an IMAP server: greeting, encryption, signing in.

use async_imap::{
    Authenticator, Client,
    error::Error,
    imap_proto::{Capability, Response, Status},
};
use tokio::time::timeout;

use super::{
    Imap,
    guard::{Bounds, Guard},
};
use crate::{
    desk::mail::mailbox::Encryption,
    limits,
    mail::stream::{self, Credentials, Server, Stream},
    reach::{Trouble, What},
};

/// How many bytes a mail may have for us to read it; a line more is granted for what stands around it.
fn bounds(mail_bytes_max: usize) -> Bounds {
    Bounds { line_bytes: limits::MAILBOX_LINE_BYTES_MAX, literal_bytes: mail_bytes_max as u64 }
}

/// In upper case, such as `AUTH=PLAIN`.
pub(super) fn capability(it: &Capability<'_>) -> String {
    match it {
        Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
        Capability::Auth(it) => format!("AUTH={}", it.to_ascii_uppercase()),
        Capability::Atom(it) => it.to_ascii_uppercase(),
    }
}

/// What a failure of the library means.
pub(super) fn trouble(host: &str, error: &Error) -> Trouble {
    match error {
        Error::Io(it) => stream::broken(host, it),
        Error::ConnectionLost => stream::hung_up(host),
        Error::Bad(it) | Error::No(it) => {
            Trouble::new(What::Answer, format!("{host} refuses what it is asked: {}.", words(it)), "Look at its log.")
        }
        it => stream::nonsense(host, &it.to_string()),
    }
}

/// The server's own words in a message of the library.
fn words(message: &str) -> String {
    let inner = message.split_once("info: Some(\"").and_then(|it| it.1.rsplit_once("\")")).map_or(message, |it| it.0);
    stream::said(&inner.replace("\\\"", "\""))
}

/// Answers the challenges of a SASL mechanism: with what there is to say, then with nothing.
struct Sasl {
    said: Option<String>,
    /// What the server said when it did not like it (XOAUTH2 gives its reason as a challenge).
    heard: std::sync::Arc<std::sync::Mutex<String>>,
}

impl Authenticator for Sasl {
    type Response = Vec<u8>;

    fn process(&mut self, challenge: &[u8]) -> Vec<u8> {
        match self.said.take() {
            Some(it) => it.into_bytes(),
            None => {
                let mut heard = self.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                *heard = String::from_utf8_lossy(challenge).into_owned();
                Vec::new()
            }
        }
    }
}

impl Imap {
    /// Connects, encrypts and signs in.
    pub async fn open(server: &Server, credentials: &Credentials, mail_bytes_max: usize) -> Result<Imap, Trouble> {
        let host = server.host.clone();
        let stream = Stream::open(server).await?;
        let mut client = Client::new(Guard::new(stream, bounds(mail_bytes_max)));
        greeted(&host, &mut client).await?;
        if server.encryption == Encryption::StartTls {
            let asked = timeout(stream::ANSWER, client.run_command_and_check_ok("STARTTLS", None)).await;
            match asked {
                Ok(Ok(())) => {}
                Ok(Err(Error::No(_) | Error::Bad(_))) => {
                    let happened = format!("{host} does not offer encryption on this port (STARTTLS).");
                    return Err(Trouble::new(What::TlsOther, happened, "Use its port for TLS, or have it offered there."));
                }
                Ok(Err(error)) => return Err(trouble(&host, &error)),
                Err(_) => return Err(stream::slow(&host)),
            }
            // Whatever the library had read ahead in the clear is dropped with it.
            let stream = client.into_inner().into_inner().encrypted(server).await?;
            client = Client::new(Guard::new(stream, bounds(mail_bytes_max)));
        }
        let meter = meter_of(&client);
        let heard = std::sync::Arc::default();
        let session = match timeout(stream::ANSWER, sign_in(client, credentials, &heard)).await {
            Ok(Ok(it)) => it,
            Ok(Err(error)) => return Err(not_let_in(&host, credentials, &error, &heard)),
            Err(_) => return Err(stream::slow(&host)),
        };
        let mut imap = Imap { session, host, meter, capabilities: Default::default(), has_news: false };
        imap.learn_capabilities().await?;
        Ok(imap)
    }
}

fn meter_of(client: &Client<Guard<Stream>>) -> stream::Meter {
    client.get_ref().inner().meter()
}

async fn greeted(host: &str, client: &mut Client<Guard<Stream>>) -> Result<(), Trouble> {
    let read = timeout(stream::ANSWER, client.read_response()).await.map_err(|_| stream::slow(host))?;
    let greeting = read.map_err(|it| stream::broken(host, &it))?.ok_or_else(|| stream::hung_up(host))?;
    match greeting.parsed() {
        Response::Data { status: Status::Ok | Status::PreAuth, .. } => Ok(()),
        Response::Data { outcome, .. } => {
            let said = stream::said(outcome.information.as_deref().unwrap_or_default());
            Err(Trouble::new(What::Refused, format!("{host} wants no conversation: {said}."), "It is tried again."))
        }
        _ => Err(stream::nonsense(host, "its greeting is not IMAP")),
    }
}

type Heard = std::sync::Arc<std::sync::Mutex<String>>;

async fn sign_in(
    client: Client<Guard<Stream>>,
    credentials: &Credentials,
    heard: &Heard,
) -> Result<async_imap::Session<Guard<Stream>>, Error> {
    match credentials {
        Credentials::Bearer { user, token } => {
            let sasl = Sasl { said: Some(Credentials::xoauth2(user, token)), heard: heard.clone() };
            client.authenticate("XOAUTH2", sasl).await.map_err(|it| it.0)
        }
        Credentials::Password { user, password } if user.is_ascii() && password.reveal().is_ascii() => {
            client.login(user, password.reveal()).await.map_err(|it| it.0)
        }
        // A quoted string is ASCII (RFC 3501 4.3); SASL is UTF-8 (RFC 4616).
        Credentials::Password { user, password } => {
            let sasl = Sasl { said: Some(format!("\0{user}\0{}", password.reveal())), heard: heard.clone() };
            client.authenticate("PLAIN", sasl).await.map_err(|it| it.0)
        }
    }
}

fn not_let_in(host: &str, credentials: &Credentials, error: &Error, heard: &Heard) -> Trouble {
    let answer = match error {
        Error::No(it) | Error::Bad(it) => words(it),
        it => return trouble(host, it),
    };
    match credentials {
        // Servers that are busy or in maintenance say no, too (RFC 5530).
        _ if answer.to_ascii_lowercase().contains("unavailable") || answer.to_ascii_lowercase().contains("try again") => {
            Trouble::new(What::Refused, format!("{host} lets nobody in at present: {answer}."), "It is tried again.")
        }
        Credentials::Password { .. } => stream::refused(host, &answer),
        Credentials::Bearer { .. } => {
            let heard = heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            stream::refused_token(host, if heard.is_empty() { &answer } else { &heard })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server() {
        for (message, expected) in [
            (r#"code: Some(Alert), info: Some("[AUTH] No \"such\" user.")"#, r#"[AUTH] No "such" user"#),
            ("code: None, info: None", "code: None, info: None"),
        ] {
            assert_eq!(words(message), expected);
        }
    }
}
