//! One-time links, sent by mail: whoever opens one has read the mail of that address, for that purpose. Kept by hash; a link works
//! once, for a while, and only as long as it is the newest of its purpose and address.
//!
//! Looking at a link does not use it up: programs that check mail open every link before people do.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};

use crate::{
    error::{Refusal, Result},
    id::{LinkId, PersonId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

const SECRET_BYTES: usize = 32;
const ID_BYTES: usize = 16;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// Finishes a registration.
    #[n(0)]
    Verify,
    /// Takes an invitation.
    #[n(1)]
    Invitation,
    /// Sets another password.
    #[n(2)]
    Reset,
}

impl Purpose {
    pub const ALL: [Purpose; 3] = [Purpose::Verify, Purpose::Invitation, Purpose::Reset];

    /// How long such a link works.
    pub fn lifetime(self) -> Duration {
        match self {
            Purpose::Verify => Duration::from_secs(limits::VERIFY_LINK_HOURS * 3600),
            Purpose::Invitation => Duration::from_secs(limits::INVITATION_HOURS * 3600),
            Purpose::Reset => Duration::from_secs(limits::RESET_LINK_MINUTES * 60),
        }
    }

    /// Where the page of such a link is, without the link's own text.
    pub fn path(self) -> &'static str {
        match self {
            Purpose::Verify => "/verify",
            Purpose::Invitation => "/invitation",
            Purpose::Reset => "/reset",
        }
    }

    fn number(self) -> u8 {
        self as u8
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Link {
    #[n(0)]
    pub id: LinkId,
    #[n(1)]
    pub purpose: Purpose,
    /// BLAKE3 of the secret.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    /// The address that it was sent to, in lower case.
    #[n(3)]
    pub email: String,
    /// Whose account it is about; none while there is no account.
    #[n(4)]
    pub person: Option<PersonId>,
    /// The name that was given with a registration.
    #[n(5)]
    pub name: String,
    #[n(6)]
    pub created_at: Instant,
    #[n(7)]
    pub expires_at: Instant,
}

/// By purpose and address.
pub const LINKS_FOR: Index<Link, (u8, String)> = Index::new(0xa0, "links_for");

impl Record for Link {
    type Key = LinkId;
    const TABLE: Table = Table::operational(0x30, "links");

    fn key(&self) -> LinkId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&LINKS_FOR, &(self.purpose.number(), self.email.clone()));
    }
}

/// For whom a link is made.
#[derive(Debug, Clone, Copy)]
pub struct Addressee<'a> {
    pub email: &'a str,
    pub person: Option<PersonId>,
    pub name: &'a str,
}

/// Makes a link and gives its text, which is never shown again. Earlier links for the same end here.
pub fn make(tx: &mut Tx, purpose: Purpose, to: Addressee) -> Result<String> {
    drop_of(tx, purpose, to.email)?;
    let (id, secret): (LinkId, [u8; SECRET_BYTES]) = (tx.new_id(), tx.random());
    let now = tx.now();
    tx.put(&Link {
        id,
        purpose,
        secret: *blake3::hash(&secret).as_bytes(),
        email: to.email.to_owned(),
        person: to.person,
        name: to.name.to_owned(),
        created_at: now,
        expires_at: now.plus(purpose.lifetime()),
    })?;
    Ok(BASE64URL_NOPAD.encode(&[id.0.as_bytes().as_slice(), &secret].concat()))
}

/// Whether somebody was sent such a link a moment ago.
pub fn was_just_made(tx: &Tx, purpose: Purpose, email: &str) -> Result<bool> {
    let last = tx.find_one(&LINKS_FOR, &(purpose.number(), email.to_owned()))?;
    Ok(last.is_some_and(|it| tx.now().since(it.created_at) < Duration::from_secs(limits::LINK_AGAIN_SECS)))
}

/// What is said of every link that does not work, whatever is wrong with it.
pub fn refused() -> Refusal {
    let message = say!("refused-link-does-not-work");
    Refusal::field("token", "invalid", message)
}

/// The link of this text, if it works; it is not used up.
pub fn find(tx: &Tx, purpose: Purpose, text: &str) -> Result<Link> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap_or_default();
    let parts = bytes.split_first_chunk::<ID_BYTES>().filter(|it| it.1.len() == SECRET_BYTES);
    let (id, secret) = parts.ok_or_else(refused)?;
    let link = tx.get::<Link>(&LinkId(uuid::Uuid::from_bytes(*id)))?.ok_or_else(refused)?;
    // Hashes compare in constant time.
    let fits = blake3::hash(secret) == blake3::Hash::from(link.secret) && link.purpose == purpose && link.expires_at > tx.now();
    if fits { Ok(link) } else { Err(refused().into()) }
}

/// The link of this text, which does not work again.
pub fn take(tx: &mut Tx, purpose: Purpose, text: &str) -> Result<Link> {
    let link = find(tx, purpose, text)?;
    tx.remove::<Link>(&link.id)?;
    Ok(link)
}

/// Ends the links of one purpose to an address.
fn drop_of(tx: &mut Tx, purpose: Purpose, email: &str) -> Result<()> {
    let ids: Vec<LinkId> = tx.find_keys(&LINKS_FOR, &(purpose.number(), email.to_owned()))?.collect::<Result<_, _>>()?;
    ids.iter().try_for_each(|id| tx.remove::<Link>(id))
}

/// Ends every link to an address, such as when its password was changed.
pub fn drop_all(tx: &mut Tx, email: &str) -> Result<()> {
    Purpose::ALL.into_iter().try_for_each(|it| drop_of(tx, it, email))
}

/// Removes links that are too old, at most `limit`; gives how many.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<usize> {
    let now = tx.now();
    let mut old = Vec::new();
    for link in tx.scan::<Link>(&())? {
        let link = link?;
        if link.expires_at <= now {
            old.push(link.id);
        }
        if old.len() >= limit {
            break;
        }
    }
    old.iter().try_for_each(|id| tx.remove::<Link>(id))?;
    Ok(old.len())
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    };

    use proptest::prelude::*;

    use super::*;
    use crate::store::{Store, engine::memory::MemoryEngine, writer::Options};

    const TO: Addressee = Addressee { email: "rosa@example.com", person: None, name: "Rosa" };

    fn store() -> (Store, Arc<AtomicI64>) {
        let clock = Arc::new(AtomicI64::new(1_000_000_000));
        let ticking = clock.clone();
        let options = Options::new(MemoryEngine::default());
        let options = Options { clock: Box::new(move || Instant::from_millis(ticking.load(Ordering::Relaxed))), ..options };
        (Store::open(options).unwrap(), clock)
    }

    #[test]
    fn a_link_works_once_for_its_purpose_and_its_time() {
        let (store, clock) = store();
        for purpose in Purpose::ALL {
            let made = || store.write(move |tx| make(tx, purpose, TO)).unwrap().0;
            let take = |text: String, purpose| store.write(move |tx| take(tx, purpose, &text)).map(|it| it.0);
            let first = made();
            let second = made();
            assert!(take(first, purpose).is_err(), "a newer one was made");
            for other in Purpose::ALL.into_iter().filter(|it| *it != purpose) {
                assert!(take(second.clone(), other).is_err());
            }
            assert!(store.read().map(|tx| find(&tx, purpose, &second).is_ok()).unwrap(), "looking does not use it up");
            assert_eq!(take(second.clone(), purpose).unwrap().email, TO.email);
            assert!(take(second, purpose).is_err(), "it was used");
            let third = made();
            clock.fetch_add(purpose.lifetime().as_millis() as i64, Ordering::Relaxed);
            assert!(take(third, purpose).is_err(), "it is too old");
            assert_eq!(store.write(|tx| sweep(tx, 10)).unwrap().0, 1);
        }
    }

    #[test]
    fn ending_all_leaves_none() {
        let (store, _) = store();
        let text = store.write(|tx| make(tx, Purpose::Reset, TO)).unwrap().0;
        assert!(store.read().map(|tx| was_just_made(&tx, Purpose::Reset, TO.email).unwrap()).unwrap());
        store.write(|tx| drop_all(tx, TO.email)).unwrap();
        assert!(find(&store.read().unwrap(), Purpose::Reset, &text).is_err());
    }

    proptest! {
        #[test]
        fn garbage_is_no_link(text: String, at in 0..64_usize, flip in 1..64_u8) {
            let (store, _) = store();
            let real = store.write(|tx| make(tx, Purpose::Reset, TO)).unwrap().0;
            let tx = store.read().unwrap();
            prop_assert!(find(&tx, Purpose::Reset, &text).is_err());
            // One letter of a real link is another.
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let mut bytes = real.into_bytes();
            let place = alphabet.iter().position(|it| *it == bytes[at]).unwrap();
            bytes[at] = alphabet[(place + usize::from(flip)) % 64];
            prop_assert!(find(&tx, Purpose::Reset, &String::from_utf8(bytes).unwrap()).is_err());
        }
    }
}
