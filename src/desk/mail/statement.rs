//! The statement of a folder (BEY-07): how many mails lie on the server, how many of these the ledger has, and which it lacks. It
//! compares UIDs, so it says something about every single mail; what is lacking is named, and taken in by whoever asked.

use minicbor::{Decode, Encode};

use super::ledger::{BY_UID, ServerPlace, TOO_LARGE};
use crate::{error::Result, store::Tx, time::Instant};

/// UIDs that a statement names; it counts all of them.
const NAMED_MAX: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Statement {
    #[n(0)]
    pub at: Instant,
    #[n(1)]
    pub on_server: u64,
    /// Of those on the server.
    #[n(2)]
    pub in_ledger: u64,
    /// On the server and not in the ledger, also after they were asked for.
    #[n(3)]
    pub lost: u64,
    /// Found to be lacking and then taken in, or lost.
    #[n(4)]
    pub lacking: u64,
    /// UIDs of those that were lacking, the first of them.
    #[n(5)]
    pub named: Vec<String>,
    /// In the ledger and no longer on the server: moved or deleted there.
    #[n(6)]
    pub gone: u64,
}

impl Statement {
    /// The statement as people read it.
    pub fn said(&self) -> String {
        let Statement { on_server, in_ledger, lost, lacking, gone, .. } = self;
        let mut said = format!("{on_server} on the server, {in_ledger} in the ledger, {lost} lost");
        let later = lacking - lost.min(lacking);
        if later > 0 {
            said += &format!("; {later} had been missed and are in now");
        }
        if *gone > 0 {
            said += &format!("; {gone} in the ledger were since moved or deleted there");
        }
        said
    }
}

/// What comparing found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compared {
    pub on_server: u64,
    pub in_ledger: u64,
    /// Mails of the ledger that lay in this folder, whether or not they still do.
    pub known: u64,
    /// Places that the ledger does not have.
    pub lacking: Vec<ServerPlace>,
}

impl Compared {
    /// The statement, where `lost` of the mails that were lacking could not be taken in.
    pub fn statement(&self, at: Instant, lost: u64) -> Statement {
        let lacking = self.lacking.len() as u64;
        Statement {
            at,
            on_server: self.on_server,
            in_ledger: self.on_server.saturating_sub(lost),
            lost,
            lacking,
            named: self.lacking.iter().take(NAMED_MAX).map(|it| it.key().1.2).collect(),
            gone: self.known.saturating_sub(self.in_ledger),
        }
    }
}

/// Compares all that lies in one folder with the ledger.
pub fn compare(tx: &Tx, lying: &[ServerPlace]) -> Result<Compared> {
    let mut found = Compared { on_server: lying.len() as u64, ..Compared::default() };
    if let Some(first) = lying.first() {
        let (folder, (account, validity, _)) = first.key();
        for it in tx.find_keys(&BY_UID, &(folder, (account, validity)))? {
            it?;
            found.known += 1;
        }
    }
    for place in lying {
        match tx.find_keys(&BY_UID, &place.key())?.next().transpose()? {
            Some(_) => found.in_ledger += 1,
            None => found.lacking.push(place.clone()),
        }
    }
    Ok(found)
}

/// Those of these places that the ledger does not have.
pub fn lacking(tx: &Tx, lying: impl IntoIterator<Item = ServerPlace>) -> Result<Vec<ServerPlace>> {
    let mut found = Vec::new();
    for place in lying {
        if tx.find_keys(&BY_UID, &place.key())?.next().transpose()?.is_none() {
            found.push(place);
        }
    }
    Ok(found)
}

/// Those of these places whose mail the ledger has in full. Of one that was too large it has the head, and the server alone the rest.
pub fn in_full(tx: &Tx, lying: impl IntoIterator<Item = ServerPlace>) -> Result<Vec<ServerPlace>> {
    let mut found = Vec::new();
    for place in lying {
        if tx.find_one(&BY_UID, &place.key())?.is_some_and(|it| it.rule != TOO_LARGE) {
            found.push(place);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{
            actor::Actor,
            mail::ledger::{self, Arrival, RawMail, ServerUid},
            settings,
        },
        id::{BlobHash, MailboxId},
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    fn place(mailbox: MailboxId, folder: &str, validity: u32, uid: u32) -> ServerPlace {
        ServerPlace { mailbox, folder: folder.into(), account: 0, uid: ServerUid::Imap { validity, uid } }
    }

    #[test]
    fn every_mail_is_accounted_for() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let id = MailboxId(uuid::Uuid::from_u128(1));
        store
            .write(move |tx| {
                settings::found(tx, &Actor::system("setup"), "Test")?;
                for (folder, validity, uid) in [("INBOX", 7, 1), ("INBOX", 7, 2), ("INBOX", 7, 12), ("INBOX", 6, 3), ("INBOX.x", 7, 3)] {
                    let raw = BlobHash::of(format!("{folder}{validity}{uid}").as_bytes());
                    let place = Some(place(id, folder, validity, uid));
                    ledger::receive(
                        tx,
                        &Actor::system("mail"),
                        RawMail { arrival: Arrival { place, ..Arrival::by("box") }, raw, size: 1, sha256: [0; 32] },
                    )?;
                }
                Ok(())
            })
            .unwrap();
        let tx = store.read().unwrap();
        let lying: Vec<_> = [1, 2, 3, 120].map(|uid| place(id, "INBOX", 7, uid)).into();
        let found = compare(&tx, &lying).unwrap();
        assert_eq!((found.on_server, found.in_ledger, found.known), (4, 2, 3), "neither another folder nor another UIDVALIDITY counts");
        assert_eq!(found.lacking, &lying[2..]);
        let said = found.statement(Instant::EPOCH, 1);
        assert_eq!(said.named, ["3", "120"]);
        assert_eq!(
            said.said(),
            "4 on the server, 3 in the ledger, 1 lost; 1 had been missed and are in now; 1 in the ledger were since moved or deleted there"
        );
        assert_eq!(compare(&tx, &[]).unwrap().statement(Instant::EPOCH, 0).said(), "0 on the server, 0 in the ledger, 0 lost");
    }

    #[test]
    fn a_head_is_not_a_mail() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let id = MailboxId(uuid::Uuid::from_u128(1));
        store
            .write(move |tx| {
                settings::found(tx, &Actor::system("setup"), "Test")?;
                let raw = |uid| {
                    let arrival = Arrival { place: Some(place(id, "INBOX", 7, uid)), ..Arrival::by("box") };
                    RawMail { arrival, raw: BlobHash::of(&[1]), size: 1, sha256: [0; 32] }
                };
                ledger::receive(tx, &Actor::system("mail"), raw(1))?;
                ledger::set_aside(tx, &Actor::system("mail"), raw(2), 1 << 30, None, "Large")
            })
            .unwrap();
        let tx = store.read().unwrap();
        let lying = [1, 2, 3].map(|uid| place(id, "INBOX", 7, uid));
        assert_eq!(lacking(&tx, lying.clone()).unwrap(), &lying[2..]);
        assert_eq!(in_full(&tx, lying.clone()).unwrap(), &lying[..1], "what is owed to the server is owed to the first alone");
    }
}
