//! A message to a device by way of its push service: sealed for the device alone (RFC 8291, in one record of RFC 8188), and signed so that
//! the service knows from whom it comes (RFC 8292). The service carries it and reads nothing.
//!
//! Invariant: each message has a key pair and a salt of its own, used once.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hyper::StatusCode;
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    hmac,
    rand::{SecureRandom, SystemRandom},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::json;

use super::{
    Trouble, What,
    web::{Ask, Body, Whom, ask},
};
use crate::{limits, time::Instant};

/// The size of a record: the one that all services must take (RFC 8030 7.2).
const RECORD: u32 = 4096;
/// How long a signed word to a service holds, in seconds; a day at most (RFC 8292 2).
const SIGNED_SECS: i64 = 12 * 3600;

/// A device.
#[derive(Debug, Clone)]
pub struct Device<'a> {
    pub endpoint: &'a str,
    /// Its public key: an uncompressed point of P-256.
    pub key: &'a [u8],
    /// What only it and we know, 16 bytes.
    pub auth: &'a [u8],
}

/// How soon a device that saves its battery is to be woken (RFC 8030 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Normal,
    High,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    Taken,
    /// The service knows the device no more: its subscription is over.
    Gone,
    /// It may be tried again later.
    Later(String),
    /// It will never be taken.
    Refused(String),
}

fn fault(what: &str) -> Trouble {
    Trouble::new(What::Settings, format!("A message to a device could not be written: {what}."), "")
}

/// A new key pair that services are to know us by: PKCS#8, and the public key.
pub fn new_key() -> Result<(Vec<u8>, Vec<u8>), Trouble> {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| fault("no key could be made"))?;
    let pair = pair_of(pkcs8.as_ref())?;
    Ok((pkcs8.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
}

fn pair_of(pkcs8: &[u8]) -> Result<EcdsaKeyPair, Trouble> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new()).map_err(|_| fault("the desk's key is none"))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|it| context.update(it));
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// Seals a text for a device.
pub fn sealed(device: &Device<'_>, text: &[u8]) -> Result<Vec<u8>, Trouble> {
    if text.len() > limits::PUSH_MESSAGE_BYTES_MAX {
        return Err(fault("it is too long"));
    }
    let random = SystemRandom::new();
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| fault("no key could be made"))?;
    let public = own.compute_public_key().map_err(|_| fault("no key could be made"))?;
    let mut salt = [0; 16];
    random.fill(&mut salt).map_err(|_| fault("there is no randomness"))?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, device.key);
    let input = agree_ephemeral(own, &theirs, |shared| {
        let key = mac(device.auth, &[shared]);
        mac(&key, &[b"WebPush: info\0", device.key, public.as_ref(), &[1]])
    });
    let input = input.map_err(|_| fault("the device's key is none"))?;
    let (key, nonce) = content_keys(&salt, &input);
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).map_err(|_| fault("its key is none"))?);
    // One record, the last: a byte 2 ends the text (RFC 8188 2).
    let mut record = [text, &[2]].concat();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .map_err(|_| fault("it cannot be sealed"))?;
    let length = u8::try_from(public.as_ref().len()).map_err(|_| fault("our key is too long"))?;
    Ok([salt.as_slice(), &RECORD.to_be_bytes(), &[length], public.as_ref(), &record].concat())
}

/// The key and the nonce of a record (RFC 8188 2.2, 2.3).
fn content_keys(salt: &[u8; 16], input: &[u8]) -> ([u8; 16], [u8; 12]) {
    let secret = mac(salt, &[input]);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    key.copy_from_slice(&mac(&secret, &[b"Content-Encoding: aes128gcm\0", &[1]])[..16]);
    nonce.copy_from_slice(&mac(&secret, &[b"Content-Encoding: nonce\0", &[1]])[..12]);
    (key, nonce)
}

/// What says to a service from whom a message comes: the value of `Authorization`. `contact` is where its people reach ours.
pub fn signed(pkcs8: &[u8], endpoint: &str, contact: &str, now: Instant) -> Result<String, Trouble> {
    let uri: hyper::Uri = endpoint.parse().map_err(|_| fault("the service has no address"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err(fault("the service has no address")) };
    let pair = pair_of(pkcs8)?;
    let claims = json!({ "aud": format!("{scheme}://{authority}"), "exp": now.as_secs() + SIGNED_SECS, "sub": contact });
    let head = URL_SAFE_NO_PAD.encode(br#"{"typ":"JWT","alg":"ES256"}"#);
    let text = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).map_err(|_| fault("it cannot be signed"))?;
    let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    Ok(format!("vapid t={text}.{}, k={public}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
}

/// Hands a sealed text over to the service of its device. `whom` says which services may be asked at all.
pub async fn send(device: &Device<'_>, authorization: String, sealed: Vec<u8>, urgency: Urgency, whom: Whom) -> Sent {
    if whom == Whom::Public && !device.endpoint.starts_with("https://") {
        return Sent::Refused("Only push services at https addresses are asked.".to_owned());
    }
    let headers = vec![
        ("ttl", limits::PUSH_TTL_SECS.to_string()),
        ("content-encoding", "aes128gcm".to_owned()),
        ("urgency", if urgency == Urgency::High { "high" } else { "normal" }.to_owned()),
    ];
    let question = Ask {
        url: device.endpoint,
        authorization: Some(authorization),
        body: Body::Bytes("application/octet-stream", sealed),
        headers,
        whom,
        accept: "*/*",
        bytes_max: limits::PUSH_ANSWER_BYTES_MAX,
        ..Ask::default()
    };
    let answer = match ask(question).await {
        Ok(it) => it,
        Err(it) if it.what == What::NotPublic => return Sent::Refused(it.to_string()),
        Err(it) => return Sent::Later(it.to_string()),
    };
    let said = || format!("The push service answered {}.", answer.status);
    match answer.status {
        it if it.is_success() => Sent::Taken,
        StatusCode::NOT_FOUND | StatusCode::GONE => Sent::Gone,
        StatusCode::TOO_MANY_REQUESTS => Sent::Later(said()),
        it if it.is_server_error() => Sent::Later(said()),
        // A wrong clock or an unusual answer is no reason to forget a device: the job tries again, and in the end says why.
        _ => Sent::Later(said()),
    }
}

#[cfg(test)]
mod tests;
