//! Sending: a composed mail to bytes, and the bytes to a server (RFC 5321) or, where there is none, to a folder that people can look
//! into. It knows no ticket; who is told what was decided before.

mod message;
mod opening;
mod session;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub use message::{File, build};
pub use session::Finding;
use session::Pool;

use tokio::{sync::watch, time::Instant as Deadline};

use super::dkim::{SigningKey, sign};
use crate::{
    desk::mail::{
        compose::{Envelope, Outgoing},
        outbox::{Attempt, Said},
    },
    secret::Secret,
};

/// How a mail leaves.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// No server is configured: mails wait.
    None,
    /// One file per mail, for a demo or a test.
    Folder(PathBuf),
    Server(Server),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    /// Certificates that are trusted besides the system's, as PEM.
    pub ca: Option<String>,
    pub login: Login,
    /// How long it may take to be reached, and for each step but the last.
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

/// As whom we send.
#[derive(Debug, Clone, PartialEq)]
pub enum Login {
    Nobody,
    Password {
        username: String,
        password: Secret,
    },
    /// XOAUTH2, with an access token that is good for now.
    Token {
        username: String,
        token: Secret,
    },
}

/// How long an attempt goes on.
#[derive(Debug, Clone)]
pub struct Until {
    /// By then all is said but the mail itself, for which the server has the time of RFC 5321 4.5.3.2.6.
    pub deadline: Deadline,
    /// Once it is true, no further copy is begun: what was taken is to be written down before the process ends.
    pub stopping: watch::Receiver<bool>,
}

/// Sends mails by one route. Clones share its connections.
#[derive(Clone)]
pub struct Sender {
    route: Route,
    pool: Option<Arc<Pool>>,
}

impl Sender {
    /// Prepares the route; a server is spoken to with the first mail.
    pub fn new(route: Route) -> Sender {
        let pool = match &route {
            Route::Server(server) => Some(Arc::new(Pool::new(server.clone()))),
            Route::None | Route::Folder(_) => None,
        };
        Sender { route, pool }
    }

    pub fn has_route(&self) -> bool {
        !matches!(self.route, Route::None)
    }

    pub fn route(&self) -> &Route {
        &self.route
    }

    /// The name of the route for people.
    pub fn name(&self) -> String {
        match &self.route {
            Route::None => "no server".to_owned(),
            Route::Folder(it) => format!("the folder {}", it.display()),
            Route::Server(it) => format!("{}:{}", it.host, it.port),
        }
    }

    /// The server's host, where it is one.
    pub fn host(&self) -> Option<&str> {
        match &self.route {
            Route::Server(it) if it.host.parse::<IpAddr>().is_err() => Some(&it.host),
            _ => None,
        }
    }

    /// Hands one mail over, signed with these keys. What was accepted is the far side's responsibility.
    pub async fn send(&self, mail: &Outgoing, files: Vec<File>, keys: &[SigningKey], until: Until) -> Attempt {
        let message = match build(mail, files) {
            Ok(it) => it,
            Err(why) => return Attempt::Never(why),
        };
        let bytes = match sign(&message, keys) {
            Ok(it) => it,
            Err(it) => return Attempt::Later(format!("the mail could not be signed: {it}")),
        };
        match (&self.route, &self.pool) {
            (Route::Server(_), Some(pool)) => pool.send(mail, &bytes, until).await,
            (Route::Folder(folder), _) => match into_folder(folder, mail, &bytes).await {
                Ok(()) => {
                    let said = |it: &Envelope| (it.address.clone(), Said::Accepted(format!("written to {}", folder.display())));
                    Attempt::Spoken(mail.recipients.iter().map(said).collect())
                }
                Err(it) => Attempt::NoServer(it.to_string()),
            },
            (Route::None | Route::Server(_), _) => Attempt::NoServer("no mail server is configured: set [smtp] host".into()),
        }
    }

    /// Tries to reach the server and to sign in, and says what it found, step by step.
    pub async fn test(&self) -> Vec<Finding> {
        match (&self.route, &self.pool) {
            (_, Some(pool)) => pool.test().await,
            (Route::Folder(folder), _) => vec![Finding::fine(format!("Mails are written to {}, and go nowhere.", folder.display()))],
            _ => vec![Finding::wrong("No mail server is set.", "Name one below, or in the server's configuration as `smtp.host`.")],
        }
    }
}

async fn into_folder(folder: &Path, mail: &Outgoing, bytes: &[u8]) -> std::io::Result<()> {
    tokio::fs::create_dir_all(folder).await?;
    let name: String = mail.message_id.chars().map(|it| if it.is_ascii_alphanumeric() || it == '-' { it } else { '_' }).take(100).collect();
    // A repeat has the same name, so it is the same file.
    let path = folder.join(format!("{name}.eml"));
    let partial = folder.join(format!("{name}.part"));
    tokio::fs::write(&partial, bytes).await?;
    tokio::fs::rename(partial, path).await
}
