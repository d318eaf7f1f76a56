//! Secrets that must be read back (a second factor's seed): sealed with the desk's own key, with which it moves, so that a
//! copy of one record, a log line or a memory of the page tells nothing. XChaCha20-Poly1305 with a fresh nonce.
//!
//! Not for what is only compared: that is kept by its hash. Whoever has the whole store has the key too; the seal is against
//! everything less than that, and ties a sealed text to its purpose and owner: moved elsewhere, it does not open.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use crate::{
    desk::settings::Settings,
    error::{Fault, Result},
    store::Tx,
};

const NONCE_BYTES: usize = 24;

fn cipher(settings: &Settings, purpose: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&blake3::derive_key(&format!("lodge desk seal 1 {purpose}"), &settings.key).into())
}

/// Seals a text for a purpose and an owner, such as `totp` and a person's id.
pub fn seal(tx: &mut Tx, purpose: &str, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let settings = Settings::of(tx)?;
    let nonce: [u8; NONCE_BYTES] = tx.random();
    let sealed = cipher(&settings, purpose).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: owner });
    let sealed = sealed.map_err(|_| Fault::new(format!("sealing a secret ({purpose})")))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what was sealed for this purpose and owner on this desk.
pub fn open(settings: &Settings, purpose: &str, owner: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let fault = || Fault::new(format!("a sealed secret ({purpose}) does not open: it was changed, or sealed elsewhere"));
    let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(fault)?;
    let opened = cipher(settings, purpose).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: owner });
    Ok(opened.map_err(|_| fault())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{actor::Actor, settings},
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    #[test]
    fn a_seal_opens_for_its_purpose_and_owner_only() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let (sealed, _) = store
            .write(|tx| {
                settings::found(tx, &Actor::system("setup"), "Test")?;
                Ok([seal(tx, "totp", b"ada", b"secret")?, seal(tx, "totp", b"ada", b"secret")?])
            })
            .unwrap();
        assert_ne!(sealed[0], sealed[1], "a nonce is used once");
        let settings = Settings::of(&store.read().unwrap()).unwrap();
        for (purpose, owner, fits) in [("totp", "ada", true), ("totp", "rosa", false), ("ldap", "ada", false)] {
            assert_eq!(open(&settings, purpose, owner.as_bytes(), &sealed[0]).ok().is_some_and(|it| it == b"secret"), fits, "{purpose}");
        }
        for at in [0, 30, sealed[0].len() - 1] {
            let mut changed = sealed[0].clone();
            changed[at] ^= 1;
            assert!(open(&settings, "totp", b"ada", &changed).is_err());
        }
        assert!(open(&settings, "totp", b"ada", b"short").is_err());
    }
}
