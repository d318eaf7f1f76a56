//! A certificate that is fetched and renewed by itself (RFC 8555), proven by a connection to our own encrypted door (RFC 8737). What the
//! authority gave is kept in a folder of ours, so that a restart asks for nothing.

use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use futures_util::StreamExt;
use rustls::{
    ClientConfig,
    pki_types::{CertificateDer, pem::PemObject},
    server::ResolvesServerCert,
};
use rustls_acme::{AccountCache, AcmeConfig, CertCache, EventError};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::tls;
use crate::{
    appliance::Certificate,
    config::Acme,
    error::{Fault, Result},
};

/// Between two tries of the library no less time passes, whatever it does: authorities shut those out who ask too often.
const BETWEEN_EVENTS: Duration = Duration::from_millis(100);

/// What is fetched, and how it stands.
pub struct Fetching {
    pub resolver: Arc<dyn ResolvesServerCert>,
    pub standing: watch::Receiver<Certificate>,
}

/// Begins to fetch, and to renew when it is time; the work goes on for as long as somebody watches how it stands.
pub fn begin(acme: &Acme, folder: &Path, client: Arc<ClientConfig>) -> Result<Fetching> {
    std::fs::create_dir_all(folder).map_err(|it| Fault::because(format!("making the folder {}", folder.display()), it))?;
    let (stands, standing) = watch::channel(Certificate::default());
    let kept = Kept { folder: folder.to_owned(), stands: stands.clone() };
    let mut state = AcmeConfig::new_with_client_config(&acme.domains, client)
        .contact(acme.contact.iter().map(|it| format!("mailto:{it}")))
        .directory(&acme.directory)
        .cache(kept)
        .state();
    let resolver = state.resolver();
    let domains = acme.domains.join(", ");
    tokio::spawn(async move {
        while let Some(event) = state.next().await {
            match event {
                Ok(it) => {
                    tracing::info!(domains, event = ?it, "the certificate");
                    stands.send_modify(|it| it.trouble = None);
                }
                Err(EventError::CertCacheStore(error) | EventError::AccountCacheStore(error)) => {
                    let trouble = format!("it was given and could not be kept: {error}.");
                    tracing::error!(domains, "the certificate: {trouble}");
                    stands.send_modify(|it| it.trouble = Some(trouble));
                }
                Err(error) => {
                    tracing::warn!(domains, %error, "a certificate could not be fetched; it is tried again");
                    stands.send_modify(|it| it.trouble = Some(format!("{error}. The names must lead here, and port 443 must be open.")));
                }
            }
            if stands.receiver_count() == 0 {
                return;
            }
            tokio::time::sleep(BETWEEN_EVENTS).await;
        }
    });
    Ok(Fetching { resolver, standing })
}

/// The folder with what was given. Its files are for us alone.
struct Kept {
    folder: PathBuf,
    stands: watch::Sender<Certificate>,
}

impl Kept {
    /// One file for each authority and set of names.
    fn file(&self, what: &str, names: &[String], directory: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for it in names.iter().map(String::as_str).chain([directory]) {
            hash.update((it.len() as u64).to_le_bytes());
            hash.update(it);
        }
        let hash = data_encoding::HEXLOWER.encode(&hash.finalize()[..12]);
        self.folder.join(format!("{what}-{hash}.pem"))
    }

    fn read(&self, file: &Path) -> std::io::Result<Option<Vec<u8>>> {
        match std::fs::read(file) {
            Ok(it) => Ok(Some(it)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All of it, or what was there before.
    fn write(&self, file: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let aside = file.with_extension("new");
        let mut out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        out.write_all(bytes)?;
        out.sync_all()?;
        std::fs::rename(&aside, file)?;
        std::fs::File::open(&self.folder)?.sync_all()
    }

    fn seen(&self, pem: &[u8]) {
        let ends = CertificateDer::pem_slice_iter(pem).next().and_then(|it| tls::ends(&it.ok()?));
        self.stands.send_modify(|it| it.ends = ends);
    }
}

#[async_trait]
impl CertCache for Kept {
    type EC = std::io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> std::io::Result<Option<Vec<u8>>> {
        let found = self.read(&self.file("certificate", domains, directory))?;
        if let Some(pem) = &found {
            self.seen(pem);
        }
        Ok(found)
    }

    async fn store_cert(&self, domains: &[String], directory: &str, pem: &[u8]) -> std::io::Result<()> {
        self.seen(pem);
        self.write(&self.file("certificate", domains, directory), pem)
    }
}

#[async_trait]
impl AccountCache for Kept {
    type EA = std::io::Error;

    async fn load_account(&self, contact: &[String], directory: &str) -> std::io::Result<Option<Vec<u8>>> {
        self.read(&self.file("account", contact, directory))
    }

    async fn store_account(&self, contact: &[String], directory: &str, account: &[u8]) -> std::io::Result<()> {
        self.write(&self.file("account", contact, directory), account)
    }
}
