//! Where connections come in: by sockets that the manager of services, or we ourselves before a restart, opened; else by those that the
//! settings name. And what is shown at the encrypted one, and kept true while it is open.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use listenfd::ListenFd;
use rustls::server::ResolvesServerCert;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{
    appliance::{Appliance, Certificate},
    config::Config,
    error::{Fault, Refusal, Result},
    http::{acme, listen::Door, tls},
    reach,
};

/// How often it is looked whether the certificate's files were written; a hang-up signal (SIGHUP) has it done at once.
const LOOK_EVERY: Duration = Duration::from_secs(10);

const PLAIN: &str = "plain";
const ENCRYPTED: &str = "encrypted";

/// The sockets of the doors.
pub struct Sockets {
    plain: Vec<TcpListener>,
    encrypted: Vec<TcpListener>,
}

impl Sockets {
    /// Takes those that were handed to us, and opens those that are lacking.
    pub fn open(config: &Config) -> Result<Sockets> {
        let (mut plain, mut encrypted) = (Vec::new(), Vec::new());
        let mut handed = ListenFd::from_env();
        // Our own, after a restart, have names; those of systemd are told apart by their port.
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let names: Vec<&str> = names.split(':').collect();
        for place in 0..handed.len() {
            let doing = |it| Fault::because("taking a socket that was handed over (LISTEN_FDS)", it);
            let Some(socket) = handed.take_tcp_listener(place).map_err(doing)? else { continue };
            let port = socket.local_addr().map_err(doing)?.port();
            let is_encrypted = match names.get(place) {
                Some(it) if *it == ENCRYPTED => true,
                Some(it) if *it == PLAIN => false,
                _ => is_encrypting(config) && port == config.tls.listen.port(),
            };
            if is_encrypted && !is_encrypting(config) {
                // It was, before the settings changed.
                continue;
            }
            if is_encrypted { &mut encrypted } else { &mut plain }.push(socket);
        }
        if plain.is_empty() {
            plain.push(bound(config.listen)?);
        }
        if is_encrypting(config) && encrypted.is_empty() {
            encrypted.push(bound(config.tls.listen)?);
        }
        Ok(Sockets { plain, encrypted })
    }

    /// The same sockets once more with their names, for whoever comes after us. What connects in between waits in them.
    pub fn kept(&self) -> Result<Vec<(&'static str, TcpListener)>> {
        let doing = |it| Fault::because("keeping the sockets for a restart", it);
        let all = self.plain.iter().map(|it| (PLAIN, it)).chain(self.encrypted.iter().map(|it| (ENCRYPTED, it)));
        Ok(all.map(|(name, it)| Ok((name, it.try_clone()?))).collect::<std::io::Result<_>>().map_err(doing)?)
    }

    /// Where plain connections come in.
    pub fn address(&self) -> Result<SocketAddr> {
        let first = self.plain.first().ok_or_else(|| Fault::new("there is no plain socket"))?;
        Ok(first.local_addr().map_err(|it| Fault::because("asking for the address of a socket", it))?)
    }

    /// What is served at each.
    pub fn doors(self, config: &Config, appliance: &Arc<Appliance>, stopping: &watch::Receiver<bool>) -> Result<Vec<Door>> {
        let tls = resolver(config, appliance, stopping)?.map(|it| tls::config(it, config.tls.oldest)).transpose()?;
        let plain = self.plain.into_iter().map(|it| (it, None));
        let encrypted = self.encrypted.into_iter().map(|it| (it, tls.clone()));
        let of_tokio = |(socket, tls): (TcpListener, _)| {
            socket.set_nonblocking(true)?;
            Ok(Door { listener: tokio::net::TcpListener::from_std(socket)?, tls })
        };
        let doors: std::io::Result<_> = plain.chain(encrypted).map(of_tokio).collect();
        Ok(doors.map_err(|it| Fault::because("listening", it))?)
    }
}

pub fn is_encrypting(config: &Config) -> bool {
    config.tls.certificate.is_some() || !config.acme.domains.is_empty()
}

fn bound(address: SocketAddr) -> Result<TcpListener> {
    let open = || {
        // As tokio does it: an address that was just in use is free, and many may wait.
        let socket = if address.is_ipv4() { tokio::net::TcpSocket::new_v4() } else { tokio::net::TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(4096)?.into_std()
    };
    Ok(open().map_err(|it| Fault::because(format!("listening on {address}"), it))?)
}

/// Who chooses the certificate; none where nothing is encrypted here.
fn resolver(config: &Config, appliance: &Arc<Appliance>, stopping: &watch::Receiver<bool>) -> Result<Option<Arc<dyn ResolvesServerCert>>> {
    if let (Some(certificate), Some(key)) = (&config.tls.certificate, &config.tls.key) {
        let files = tls::Files::read(certificate.clone(), key.clone())?;
        appliance.shows(Certificate { ends: Some(files.ends()), trouble: None });
        tokio::spawn(keep_true(files.clone(), appliance.clone(), stopping.clone()));
        return Ok(Some(files));
    }
    if config.acme.domains.is_empty() {
        return Ok(None);
    }
    let unreadable = |why: String| Refusal::field("acme.ca", "invalid", format!("`acme.ca` cannot be used: {why}"));
    let ca = config.acme.ca.as_deref().map(std::fs::read_to_string).transpose().map_err(|it| unreadable(it.to_string()))?;
    let client = reach::tls::config(ca.as_deref()).map_err(|it| unreadable(it.happened))?;
    let fetching = acme::begin(&config.acme, &config.data_dir.join("acme"), client)?;
    appliance.shows(Certificate::default());
    tokio::spawn(tell(fetching.standing, appliance.clone(), stopping.clone()));
    Ok(Some(fetching.resolver))
}

/// Shows what the files hold, while they change.
async fn keep_true(files: Arc<tls::Files>, appliance: Arc<Appliance>, mut stopping: watch::Receiver<bool>) {
    let mut hung_up = signal(SignalKind::hangup()).ok();
    loop {
        let called = async {
            match hung_up.as_mut() {
                Some(it) => _ = it.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = called => {}
            _ = stopping.wait_for(|it| *it) => return,
        }
        let trouble = match files.refresh() {
            Ok(true) => {
                tracing::info!("another certificate is shown from now on");
                None
            }
            Ok(false) => None,
            Err(error) => {
                tracing::warn!(%error, "the certificate's files make no sense; the one from before is shown");
                Some(error.to_string())
            }
        };
        appliance.shows(Certificate { ends: Some(files.ends()), trouble });
    }
}

/// Passes on how the certificate stands.
async fn tell(mut standing: watch::Receiver<Certificate>, appliance: Arc<Appliance>, mut stopping: watch::Receiver<bool>) {
    loop {
        let now = standing.borrow_and_update().clone();
        appliance.shows(now);
        tokio::select! {
            changed = standing.changed() => if changed.is_err() { return },
            _ = stopping.wait_for(|it| *it) => return,
        }
    }
}
