//! Devices that a person is told on while no page is open: subscriptions of browsers (RFC 8030), and the desk's own key that their push
//! services know it by (RFC 8292). What is sent is sealed for the device (RFC 8291) and written when it is sent; here is who gets it.
//!
//! Invariant: a subscription belongs to one person; a device that is signed in as somebody else moves over.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    desk::{actor::Actor, jobs, permission::Permission, seal, settings::Settings},
    error::{Fault, Refusal, Result},
    id::{NotificationId, PersonId, SubscriptionId},
    language::{Sentence, say},
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// The kind of job that sends one message to one device.
pub const SEND_PUSH: &str = "send_push";

/// What the seal of the key is for.
const PURPOSE: &str = "web push key";

/// A browser, or an installed app, of a person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushSubscription {
    #[n(0)]
    pub person: PersonId,
    #[n(1)]
    pub id: SubscriptionId,
    /// The address at the push service: whoever knows it can wake the device, so it is shown to nobody.
    #[n(2)]
    pub endpoint: String,
    /// The device's public key: an uncompressed point of P-256.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub key: Vec<u8>,
    /// The secret that only this desk and the device share.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub auth: Vec<u8>,
    /// What device it is, in words.
    #[n(5)]
    pub device: String,
    #[n(6)]
    pub created_at: Instant,
}

/// By the digest of its address.
pub const BY_ENDPOINT: Index<PushSubscription, [u8; 32]> = Index::new(0xe2, "push_subscriptions_by_endpoint");

impl Record for PushSubscription {
    type Key = (PersonId, SubscriptionId);
    const TABLE: Table = Table::operational(0x8b, "push_subscriptions");

    fn key(&self) -> (PersonId, SubscriptionId) {
        (self.person, self.id)
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_ENDPOINT, blake3::hash(self.endpoint.as_bytes()).as_bytes());
    }
}

/// The desk's key pair for push services: made once, since browsers remember by which key they subscribed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PushKey {
    /// PKCS#8, sealed with the desk's key.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub sealed: Vec<u8>,
    /// An uncompressed point of P-256.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub public: Vec<u8>,
}

impl Record for PushKey {
    type Key = ();
    const TABLE: Table = Table::operational(0x8c, "push_key");

    fn key(&self) {}
}

/// The desk's public key, if there is one yet.
pub fn public_key(tx: &Tx) -> Result<Option<Vec<u8>>> {
    Ok(tx.get_shared::<PushKey>(&())?.map(|it| it.public.clone()))
}

/// The desk's private key, as PKCS#8.
pub fn private_key(tx: &Tx) -> Result<Vec<u8>> {
    let key = tx.get_shared::<PushKey>(&())?.ok_or_else(|| Fault::new("the desk has no key for push services"))?;
    seal::open(&*Settings::of(tx)?, PURPOSE, &[], &key.sealed)
}

/// Keeps a key that was just made, unless there is one; gives the public one that holds.
pub fn found_key(tx: &mut Tx, pkcs8: &[u8], public: Vec<u8>) -> Result<Vec<u8>> {
    if let Some(it) = public_key(tx)? {
        return Ok(it);
    }
    let sealed = seal::seal(tx, PURPOSE, &[], pkcs8)?;
    tx.put(&PushKey { sealed, public: public.clone() })?;
    Ok(public)
}

/// A device to be.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    pub endpoint: String,
    pub key: Vec<u8>,
    pub auth: Vec<u8>,
    pub device: String,
}

impl NewSubscription {
    fn checked(self) -> Result<NewSubscription> {
        let invalid = |field: &'static str, text: Sentence| Err(Refusal::field(field, "invalid", text).into());
        if self.endpoint.len() > limits::PUSH_ENDPOINT_BYTES_MAX || !self.endpoint.bytes().all(|it| it.is_ascii_graphic()) {
            return invalid("endpoint", say!("device-endpoint"));
        }
        if self.key.len() != 65 || self.key[0] != 4 {
            return invalid("p256dh", say!("device-key"));
        }
        if self.auth.len() != 16 {
            return invalid("auth", say!("device-secret"));
        }
        Ok(self)
    }
}

/// Lets a device be told. The same address again is the same device.
pub fn subscribe(tx: &mut Tx, actor: &Actor, new: NewSubscription) -> Result<PushSubscription> {
    actor.need(Permission::PortalUse)?;
    let person = actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()))?;
    let NewSubscription { endpoint, key, auth, device } = new.checked()?;
    let known = tx.find_one(&BY_ENDPOINT, blake3::hash(endpoint.as_bytes()).as_bytes())?;
    let (id, created_at) = match known {
        Some(it) => {
            tx.remove::<PushSubscription>(&it.key())?;
            (it.id, it.created_at)
        }
        None => (tx.new_id(), tx.now()),
    };
    let mut mine = of(tx, person)?;
    mine.sort_by_key(|it| it.created_at);
    let over = (mine.len() + 1).saturating_sub(limits::PUSH_DEVICES_MAX);
    for it in mine.iter().take(over) {
        tx.remove::<PushSubscription>(&it.key())?;
    }
    let device = device.chars().take(limits::PUSH_DEVICE_CHARS_MAX).collect();
    let subscription = PushSubscription { person, id, endpoint, key, auth, device, created_at };
    tx.put(&subscription)?;
    Ok(subscription)
}

/// The devices of a person.
pub fn of(tx: &Tx, person: PersonId) -> Result<Vec<PushSubscription>> {
    Ok(tx.scan::<PushSubscription>(&person)?.collect::<Result<_, _>>()?)
}

/// Tells one of one's own devices no more.
pub fn unsubscribe(tx: &mut Tx, actor: &Actor, id: SubscriptionId) -> Result<PushSubscription> {
    let person = actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()))?;
    let it = tx.get::<PushSubscription>(&(person, id))?.ok_or_else(|| Refusal::not_found("device"))?;
    tx.remove::<PushSubscription>(&(person, id))?;
    Ok(it)
}

/// The push service knows the device no more.
pub fn gone(tx: &mut Tx, person: PersonId, id: SubscriptionId) -> Result<()> {
    if tx.has::<PushSubscription>(&(person, id))? { tx.remove::<PushSubscription>(&(person, id)) } else { Ok(()) }
}

/// One message to one device, as its job holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendPush {
    pub person: PersonId,
    pub subscription: SubscriptionId,
    pub notification: NotificationId,
}

/// Has every device of a person told of a notification, not before an instant.
pub(super) fn enqueue(tx: &mut Tx, person: PersonId, notification: NotificationId, at: Instant) -> Result<usize> {
    let devices = of(tx, person)?;
    for it in &devices {
        let what = SendPush { person, subscription: it.id, notification };
        let payload = serde_json::to_string(&what).map_err(|it| Fault::because("writing a job", it))?;
        jobs::enqueue(tx, SEND_PUSH, &format!("push {notification} {}", it.id), payload, at)?;
    }
    Ok(devices.len())
}
