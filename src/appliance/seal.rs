//! Secrets that must be read back, such as the password with which a directory is searched: encrypted with a key that lies in a file of
//! its own beside the store (ChaCha20-Poly1305, RFC 8439). Whoever gets the store alone, as a copy or an export, gets no secret.
//!
//! Invariant: what is sealed for one purpose opens for no other.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};

use crate::error::{Fault, Result};

const KEY_BYTES: usize = 32;

/// Seals and opens with one key.
pub struct Seal {
    key: LessSafeKey,
    random: SystemRandom,
}

impl Seal {
    /// With the key in the folder; one is made if there is none.
    pub fn in_folder(folder: &Path) -> Result<Seal> {
        let path = folder.join("seal.key");
        let failed = |doing: &str, it: std::io::Error| Fault::because(format!("{doing} {}", path.display()), it);
        let bytes = match fs::read(&path) {
            Ok(it) => it,
            Err(it) if it.kind() == ErrorKind::NotFound => make(folder, &path).map_err(|it| failed("writing", it))?,
            Err(it) => return Err(failed("reading", it).into()),
        };
        let wrong = || Fault::new(format!("{} is not a key of {KEY_BYTES} bytes; restore it from a copy", path.display()));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| wrong())?;
        Ok(Seal { key: LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// Fresh random bytes, for what is not decided in the desk.
    pub fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| Fault::new("the system gives no random bytes"))?;
        Ok(bytes)
    }

    /// Seals a text for a purpose.
    pub fn seal(&self, purpose: &str, text: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut sealed = text.to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut sealed)
            .map_err(|_| Fault::new("a secret is too long to be sealed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for this purpose; `None` if it was not, or with another key.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let opened = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(purpose), &mut rest).ok()?;
        Some(opened.to_vec())
    }
}

/// Writes a new key, whole or not at all.
fn make(folder: &Path, path: &Path) -> std::io::Result<Vec<u8>> {
    let mut key = vec![0; KEY_BYTES];
    SystemRandom::new().fill(&mut key).map_err(|_| std::io::Error::other("the system gives no random bytes"))?;
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension("new");
    let mut file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(&key)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    fs::File::open(folder)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = Seal::in_folder(folder.path()).unwrap().seal("one", b"secret").unwrap();
        let again = Seal::in_folder(folder.path()).unwrap();
        assert_eq!(again.open("one", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(again.open("other", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(again.open("one", &changed), None, "byte {at}");
            assert_eq!(again.open("one", &sealed[..at]), None, "the first {at} bytes");
        }
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(Seal::in_folder(elsewhere.path()).unwrap().open("one", &sealed), None);
        let mode = fs::metadata(folder.path().join("seal.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_broken_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("seal.key"), b"short").unwrap();
        assert!(Seal::in_folder(folder.path()).is_err());
        assert_eq!(fs::read(folder.path().join("seal.key")).unwrap(), b"short");
    }
}
