//! Our side of encrypted connections: the certificate that is shown, kept true to its files while we serve, and how we speak (TLS 1.3,
//! and 1.2 where an operator asks for it; HTTP/2 and 1.1 by ALPN).

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use rustls::{
    ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use crate::{
    config::TlsVersion,
    error::{Fault, Refusal, Result},
    time::Instant,
};

/// HTTP/2 (RFC 9113 3.2).
pub const H2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";
/// The proof of an authority that a name is ours (RFC 8737).
pub const ACME: &[u8] = b"acme-tls/1";

/// A certificate and its key in two files, as they were when they last made sense.
#[derive(Debug)]
pub struct Files {
    certificate: PathBuf,
    key: PathBuf,
    shown: RwLock<Shown>,
}

#[derive(Debug, Clone)]
struct Shown {
    pair: Arc<CertifiedKey>,
    ends: Instant,
    /// When the files were last written, as they were read.
    written: [Option<SystemTime>; 2],
}

impl Files {
    /// Reads both.
    ///
    /// # Errors
    /// Refused if one cannot be read, is no PEM, or if they do not belong together.
    pub fn read(certificate: PathBuf, key: PathBuf) -> Result<Arc<Files>> {
        let shown = read(&certificate, &key)?;
        Ok(Arc::new(Files { certificate, key, shown: RwLock::new(shown) }))
    }

    /// Reads them again if they were written since, and says whether another certificate is shown from now on. If they make no sense, as
    /// when only one of two is written yet, the old one stays.
    pub fn refresh(&self) -> Result<bool> {
        let before = self.shown();
        if before.written == written(&self.certificate, &self.key) {
            return Ok(false);
        }
        let now = read(&self.certificate, &self.key)?;
        let differs = now.pair.cert != before.pair.cert;
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(differs)
    }

    /// When the certificate that is shown is no longer good.
    pub fn ends(&self) -> Instant {
        self.shown().ends
    }

    fn shown(&self) -> Shown {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello) -> Option<Arc<CertifiedKey>> {
        Some(self.shown().pair)
    }
}

fn written(certificate: &PathBuf, key: &PathBuf) -> [Option<SystemTime>; 2] {
    [certificate, key].map(|it| std::fs::metadata(it).and_then(|it| it.modified()).ok())
}

fn read(certificate: &PathBuf, key: &PathBuf) -> Result<Shown> {
    let refused = |field: &str, file: &PathBuf, why: String| {
        Refusal::field(field, "invalid", format!("`{field}` ({}) {why}. Both are files of PEM.", file.display()))
    };
    let of_certificate = |why: String| refused("tls.certificate", certificate, why);
    // Their times first: what is written while it is read is read once more.
    let times = written(certificate, key);
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|it| of_certificate(format!("cannot be read: {it}")))?;
    let leaf = chain.first().ok_or_else(|| of_certificate("holds no certificate".into()))?;
    let ends = ends(leaf).ok_or_else(|| of_certificate("holds something else than a certificate".into()))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|it| refused("tls.key", key, format!("cannot be read: {it}")))?;
    let pair = CertifiedKey::from_der(chain, private, &ring::default_provider())
        .map_err(|it| refused("tls.key", key, format!("is no key for {}: {it}", certificate.display())))?;
    Ok(Shown { pair: Arc::new(pair), ends, written: times })
}

/// Until when a certificate is good; none if it is none.
pub fn ends(certificate: &CertificateDer) -> Option<Instant> {
    let (_, read) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(Instant::from_millis(read.validity().not_after.timestamp().saturating_mul(1000)))
}

/// How we speak with whoever connects.
pub fn config(resolver: Arc<dyn ResolvesServerCert>, oldest: TlsVersion) -> Result<Arc<ServerConfig>> {
    let versions: &[&SupportedProtocolVersion] = match oldest {
        TlsVersion::Tls12 => &[&TLS13, &TLS12],
        TlsVersion::Tls13 => &[&TLS13],
    };
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(|it| Fault::because("setting up TLS", it))?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = vec![H2.to_vec(), HTTP1.to_vec(), ACME.to_vec()];
    Ok(Arc::new(config))
}
