//! Whom we trust on the other side of an encrypted connection: the system's authorities and an admin's own; and what a refusal means.

use std::sync::{Arc, LazyLock};

use rustls::{
    CertificateError, ClientConfig, Error, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::trouble::{Trouble, What};

/// The system's authorities, read once.
static SYSTEM: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut store = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    if let Some(error) = found.errors.first() {
        tracing::warn!(%error, "some of the system's certificates cannot be read");
    }
    store.add_parsable_certificates(found.certs);
    store
});

/// How to speak TLS with a server that the system's authorities vouch for, or one of these certificates (PEM).
pub fn config(ca: Option<&str>) -> Result<Arc<ClientConfig>, Trouble> {
    let unreadable = |why: String| {
        Trouble::new(What::Settings, format!("The certificates of the authority cannot be read: {why}."), "Paste them anew, as PEM.")
    };
    let mut roots = SYSTEM.clone();
    if let Some(pem) = ca {
        for it in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = it.map_err(|it| unreadable(it.to_string()))?;
            roots.add(certificate).map_err(|it| unreadable(it.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|it| Trouble::new(What::TlsOther, format!("TLS cannot be set up: {it}."), ""))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// What a failed handshake means.
pub fn trouble(host: &str, error: &std::io::Error) -> Trouble {
    match error.get_ref().and_then(|it| it.downcast_ref::<Error>()) {
        Some(it) => explained(host, it),
        None => Trouble::new(
            What::TlsOther,
            format!("{host} ended the connection while it was being encrypted: {error}."),
            "Look whether it speaks TLS on this port; plain and encrypted ports differ.",
        ),
    }
}

pub fn explained(host: &str, error: &Error) -> Trouble {
    match error {
        Error::InvalidCertificate(it) => certificate_trouble(host, it),
        Error::InvalidMessage(_) => Trouble::new(
            What::TlsOther,
            format!("What {host} answers is not TLS."),
            "Look at the port: this one may be for plain connections.",
        ),
        it => Trouble::new(What::TlsOther, format!("{host} and we cannot agree on encryption: {it}."), "It must offer TLS 1.2 or 1.3."),
    }
}

fn certificate_trouble(host: &str, error: &CertificateError) -> Trouble {
    use CertificateError as It;
    match error {
        It::UnknownIssuer => Trouble::new(
            What::TlsUnknownAuthority,
            format!("The certificate of {host} comes from an authority that is not trusted here."),
            "Paste the authority's certificate into the field for it.",
        ),
        It::NotValidForName | It::NotValidForNameContext { .. } => Trouble::new(
            What::TlsName,
            format!("The certificate is for another name than {host}."),
            "Use the name that stands in the certificate, or give the server a certificate for this name.",
        ),
        It::Expired | It::ExpiredContext { .. } | It::NotValidYet | It::NotValidYetContext { .. } => Trouble::new(
            What::TlsExpired,
            format!("The certificate of {host} is not valid at this time."),
            "Renew it there; if it is new, look at the clocks of both machines.",
        ),
        it => Trouble::new(What::TlsOther, format!("The certificate of {host} is refused: {it}."), "Give the server another certificate."),
    }
}
