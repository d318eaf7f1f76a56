//! DKIM (RFC 6376, RFC 8463): making keys and signing. Which keys there are is the desk's to say; the DNS is `dns`'s.

use mail_auth::{
    common::{
        crypto::{Ed25519Key, RsaKey, Sha256},
        headers::HeaderWriter,
    },
    dkim::{DkimSigner, generate::DkimKeyPair},
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer};

use crate::{
    desk::mail::dkim::Algorithm,
    error::{Fault, Result},
    secret::Secret,
};

/// Header fields that are signed (RFC 6376 5.4.1; List-Unsubscribe by RFC 8058 4), and their absence where they are not there. Those that
/// people go by are signed once more than they are there, so that nobody can put a second one above (8.15).
const SIGNED: [&str; 18] = [
    "From",
    "To",
    "Subject",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];
const RSA_BITS: usize = 2048;

/// A key that is ready to sign.
#[derive(Debug, Clone)]
pub struct SigningKey {
    pub domain: String,
    pub selector: String,
    pub algorithm: Algorithm,
    /// PKCS #1 (RSA) or PKCS #8 (Ed25519), as base64.
    pub private: Secret,
}

/// A new key pair: the private half, and the public one as its record holds it. RSA takes a moment.
pub fn generate(algorithm: Algorithm) -> Result<(Vec<u8>, Vec<u8>)> {
    let made = match algorithm {
        Algorithm::Rsa => DkimKeyPair::generate_rsa(RSA_BITS),
        Algorithm::Ed25519 => DkimKeyPair::generate_ed25519(),
    };
    Ok(made.map_err(|it| Fault::because("making a key to sign mail with", it))?.into_inner())
}

/// The message with a signature of each key above it.
pub fn sign(message: &[u8], keys: &[SigningKey]) -> Result<Vec<u8>> {
    let mut signed = Vec::with_capacity(message.len() + keys.len() * 800);
    for key in keys {
        signed.extend_from_slice(signature(message, key)?.as_bytes());
    }
    signed.extend_from_slice(message);
    Ok(signed)
}

fn signature(message: &[u8], key: &SigningKey) -> Result<String> {
    let doing = |it: mail_auth::Error| Fault::because(format!("signing with the key {} of {}", key.selector, key.domain), it);
    let unreadable = || Fault::new(format!("the key {} of {} cannot be read", key.selector, key.domain));
    let der = data_encoding::BASE64.decode(key.private.reveal().as_bytes()).map_err(|_| unreadable())?;
    let header = match key.algorithm {
        Algorithm::Rsa => {
            let rsa = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der))).map_err(doing)?;
            let signer = DkimSigner::from_key(rsa).domain(key.domain.as_str()).selector(key.selector.as_str()).headers(SIGNED);
            signer.sign(message).map_err(doing)?.to_header()
        }
        Algorithm::Ed25519 => {
            let ed = Ed25519Key::from_pkcs8_der(&der).map_err(doing)?;
            let signer = DkimSigner::from_key(ed).domain(key.domain.as_str()).selector(key.selector.as_str()).headers(SIGNED);
            signer.sign(message).map_err(doing)?.to_header()
        }
    };
    Ok(header)
}
