//! Sending: a composed mail to bytes, and the bytes to a server (RFC 5321) or, where there is none, to a folder that people can look
//! into. It knows no ticket; who is told what was decided before.

use std::{path::PathBuf, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::Envelope,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use crate::{desk::mail::compose::Outgoing, error::Result, secret::Secret};

/// How a mail leaves.
#[derive(Debug, Clone)]
pub enum Route {
    /// No server is configured: mails wait.
    None,
    /// One file per mail, for a demo or a test.
    Folder(PathBuf),
    Server(Server),
}

#[derive(Debug, Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub username: String,
    pub password: Secret,
    pub timeout: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Only for a server on the same machine.
    None,
    /// Refused if the server does not offer it (RFC 3207).
    StartTls,
    /// From the first byte (RFC 8314).
    Tls,
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// It may work later.
    Later(String),
    /// The server will never take it.
    Never(String),
}

/// A file of a mail, with its bytes.
#[derive(Debug, Clone)]
pub struct File {
    pub filename: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// Sends mails by one route. Clones share its connections.
#[derive(Clone)]
pub struct Sender {
    route: Route,
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Sender {
    /// Prepares the route; a server is spoken to with the first mail.
    pub fn new(route: Route) -> Result<Sender> {
        let transport = match &route {
            Route::Server(server) => Some(transport(server)?),
            Route::None | Route::Folder(_) => None,
        };
        Ok(Sender { route, transport })
    }

    pub fn has_route(&self) -> bool {
        !matches!(self.route, Route::None)
    }

    /// Hands one mail over. `Ok` means that the far side has taken responsibility for it.
    pub async fn send(&self, mail: &Outgoing, files: Vec<File>) -> Result<(), Unsent> {
        let message = build(mail, files)?;
        match (&self.route, &self.transport) {
            (Route::Server(_), Some(transport)) => match transport.send(message).await {
                Ok(_) => Ok(()),
                Err(it) if it.is_permanent() => Err(Unsent::Never(it.to_string())),
                Err(it) => Err(Unsent::Later(said(&it))),
            },
            (Route::Folder(folder), _) => into_folder(folder, mail, &message).await.map_err(|it| Unsent::Later(it.to_string())),
            (Route::None | Route::Server(_), _) => Err(Unsent::Later("no mail server is configured: set [smtp] host".into())),
        }
    }
}

/// The error with its causes: lettre's own text leaves them out.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(it) = cause {
        text = format!("{text}: {it}");
        cause = it.source();
    }
    text
}

fn transport(server: &Server) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let fault = |it: lettre::transport::smtp::Error| crate::error::Fault::because("preparing the mail server", it);
    let tls = match server.encryption {
        Encryption::None => Tls::None,
        Encryption::StartTls => Tls::Required(TlsParameters::new(server.host.clone()).map_err(fault)?),
        Encryption::Tls => Tls::Wrapper(TlsParameters::new(server.host.clone()).map_err(fault)?),
    };
    let mut builder =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host).port(server.port).tls(tls).timeout(Some(server.timeout));
    if !server.username.is_empty() {
        builder = builder.credentials(Credentials::new(server.username.clone(), server.password.reveal().to_owned()));
    }
    Ok(builder.build())
}

async fn into_folder(folder: &std::path::Path, mail: &Outgoing, message: &Message) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let name: String = mail.message_id.chars().map(|it| if it.is_ascii_alphanumeric() || it == '-' { it } else { '_' }).take(100).collect();
    // A repeat has the same name, so it is the same file.
    let path = folder.join(format!("{name}.eml"));
    let partial = folder.join(format!("{name}.part"));
    tokio::fs::write(&partial, message.formatted()).await?;
    tokio::fs::rename(partial, path).await
}

/// `Auto-Submitted` of RFC 3834.
#[derive(Clone)]
struct AutoSubmitted(String);

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted(text.to_owned()))
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// `X-Auto-Response-Suppress`, which Exchange heeds: our mail asks for no automatic answer.
#[derive(Clone)]
struct NoAutoResponse;

impl Header for NoAutoResponse {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(NoAutoResponse)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".to_owned())
    }
}

/// The mail as bytes: text and HTML side by side, files after them. An address that cannot be written will never work.
pub fn build(mail: &Outgoing, files: Vec<File>) -> Result<Message, Unsent> {
    let address = |text: &str| text.parse::<Address>().map_err(|it| Unsent::Never(format!("`{text}` is not an address to send to: {it}")));
    let named = |name: &str, it: Address| Mailbox::new(Some(name.to_owned()).filter(|it| !it.is_empty()), it);
    let (from, to) = (address(&mail.from)?, address(&mail.to)?);
    let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(|it| Unsent::Never(it.to_string()))?;
    let mut message = Message::builder()
        .envelope(envelope)
        .from(named(&mail.from_name, from))
        .to(named(&mail.to_name, to))
        .subject(&mail.subject)
        .message_id(Some(format!("<{}>", mail.message_id)))
        .header(NoAutoResponse);
    if let Some(it) = &mail.reply_to {
        message = message.reply_to(named(&mail.from_name, address(it)?));
    }
    if let Some(it) = &mail.in_reply_to {
        message = message.in_reply_to(format!("<{it}>"));
    }
    if !mail.references.is_empty() {
        let list: Vec<_> = mail.references.iter().map(|it| format!("<{it}>")).collect();
        message = message.references(list.join(" "));
    }
    if let Some(it) = mail.auto_submitted {
        message = message.header(AutoSubmitted(it.to_owned()));
    }
    let both = MultiPart::alternative().singlepart(SinglePart::plain(mail.text.clone())).singlepart(SinglePart::html(mail.html.clone()));
    let built = if files.is_empty() {
        message.multipart(both)
    } else {
        let mut mixed = MultiPart::mixed().multipart(both);
        for file in files {
            let kind = ContentType::parse(&file.content_type).or_else(|_| ContentType::parse("application/octet-stream"));
            let kind = kind.map_err(|it| Unsent::Never(it.to_string()))?;
            mixed = mixed.singlepart(Attachment::new(file.filename).body(file.bytes, kind));
        }
        message.multipart(mixed)
    };
    built.map_err(|it| Unsent::Never(it.to_string()))
}
