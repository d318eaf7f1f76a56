//! Signed tokens of an identity provider (RFC 7515, 7517, 7519): taken apart and believed only if one of its keys has signed them, by
//! one of two algorithms, RS256 and ES256. `none` and shared secrets (HS256) are not among them, whatever a token says of itself.
//!
//! Invariant: claims come out of here only after their signature was verified.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::limits;

/// The keys of a provider (RFC 7517).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Keys {
    #[serde(default)]
    keys: Vec<Key>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unbelieved {
    /// No token at all.
    Malformed,
    Algorithm(String),
    /// Signed with a key that is not among those known: they may have changed.
    UnknownKey,
    Signature,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    fn named(text: &str) -> Option<Algorithm> {
        match text {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Algorithm::Rs256 => "RS256",
            Algorithm::Es256 => "ES256",
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 4.1.11); we know none.
    crit: Option<Value>,
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The claims of a token that one of the keys has signed.
pub(super) fn verified(token: &str, keys: &Keys) -> Result<Map<String, Value>, Unbelieved> {
    if token.len() > limits::OIDC_TOKEN_BYTES_MAX {
        return Err(Unbelieved::Malformed);
    }
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Unbelieved::Malformed);
    };
    let parsed: Header = decoded(header).and_then(|it| serde_json::from_slice(&it).ok()).ok_or(Unbelieved::Malformed)?;
    let algorithm = Algorithm::named(&parsed.alg).ok_or(Unbelieved::Algorithm(parsed.alg))?;
    if parsed.crit.is_some() {
        return Err(Unbelieved::Malformed);
    }
    let signature = decoded(signature).ok_or(Unbelieved::Malformed)?;
    let signed = &token.as_bytes()[..header.len() + 1 + claims.len()];
    let mut fitting = keys.keys.iter().filter(|it| it.fits(algorithm, parsed.kid.as_deref())).peekable();
    if fitting.peek().is_none() {
        return Err(Unbelieved::UnknownKey);
    }
    if !fitting.any(|it| it.has_signed(algorithm, signed, &signature)) {
        return Err(Unbelieved::Signature);
    }
    let claims = decoded(claims).and_then(|it| serde_json::from_slice(&it).ok());
    claims.ok_or(Unbelieved::Malformed)
}

impl Key {
    /// Whether the key is meant for such a signature.
    fn fits(&self, algorithm: Algorithm, kid: Option<&str>) -> bool {
        let kind = match algorithm {
            Algorithm::Rs256 => self.kty == "RSA",
            Algorithm::Es256 => self.kty == "EC" && self.crv.as_deref() == Some("P-256"),
        };
        let is_named = kid.is_none() || self.kid.as_deref() == kid;
        let signs = self.usage.as_deref().is_none_or(|it| it == "sig");
        kind && is_named && signs && self.alg.as_deref().is_none_or(|it| it == algorithm.name())
    }

    fn has_signed(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let field = |it: &Option<String>| it.as_deref().and_then(decoded);
        match algorithm {
            Algorithm::Rs256 => {
                let (Some(n), Some(e)) = (field(&self.n), field(&self.e)) else { return false };
                let key = RsaPublicKeyComponents { n: without_zeroes(&n), e: without_zeroes(&e) };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
            }
            Algorithm::Es256 => {
                let (Some(x), Some(y)) = (field(&self.x), field(&self.y)) else { return false };
                if x.len() != 32 || y.len() != 32 {
                    return false;
                }
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature).is_ok()
            }
        }
    }
}

/// Some providers write numbers with a zero in front, which is one byte too many.
fn without_zeroes(number: &[u8]) -> &[u8] {
    let zeroes = number.iter().take_while(|it| **it == 0).count();
    &number[zeroes..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use serde_json::json;

    use super::*;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Signer {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            Signer(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap())
        }

        fn key(&self) -> Value {
            let point = self.0.public_key().as_ref();
            let text = |it: &[u8]| URL_SAFE_NO_PAD.encode(it);
            json!({ "kty": "EC", "crv": "P-256", "kid": "one", "x": text(&point[1..33]), "y": text(&point[33..]) })
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let [header, claims] = [header, claims].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
            let signed = format!("{header}.{claims}");
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn keys(list: Value) -> Keys {
        serde_json::from_value(json!({ "keys": list })).unwrap()
    }

    #[test]
    fn only_what_a_known_key_has_signed_is_believed() {
        let (signer, other) = (Signer::new(), Signer::new());
        let known = keys(json!([signer.key(), { "kty": "oct", "k": "c2VjcmV0" }]));
        let claims = json!({ "sub": "rosa" });
        let with = |header: Value| signer.sign(&header, &claims);
        let good = with(json!({ "alg": "ES256", "kid": "one" }));
        let parts: Vec<&str> = good.split('.').collect();
        let forged_claims = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(r#"{"sub":"max"}"#), parts[2]);
        let unsigned = format!("{}.{}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#), parts[1]);
        let algorithm = |it: &str| Err(Unbelieved::Algorithm(it.into()));
        for (token, expected) in [
            (good.clone(), Ok(())),
            (with(json!({ "alg": "ES256" })), Ok(())),
            (with(json!({ "alg": "ES256", "kid": "two" })), Err(Unbelieved::UnknownKey)),
            (with(json!({ "alg": "RS256", "kid": "one" })), Err(Unbelieved::UnknownKey)),
            (with(json!({ "alg": "HS256", "kid": "one" })), algorithm("HS256")),
            (with(json!({ "alg": "none" })), algorithm("none")),
            (with(json!({ "alg": "es256" })), algorithm("es256")),
            (with(json!({ "alg": "ES256", "kid": "one", "crit": ["x"] })), Err(Unbelieved::Malformed)),
            (other.sign(&json!({ "alg": "ES256", "kid": "one" }), &claims), Err(Unbelieved::Signature)),
            (forged_claims, Err(Unbelieved::Signature)),
            (unsigned, algorithm("none")),
            (format!("{good}."), Err(Unbelieved::Malformed)),
            (format!("{good}="), Err(Unbelieved::Malformed)),
            (String::new(), Err(Unbelieved::Malformed)),
            ("..".into(), Err(Unbelieved::Malformed)),
        ] {
            assert_eq!(verified(&token, &known).map(drop), expected, "{token}");
        }
    }

    #[test]
    fn a_key_for_encryption_signs_nothing() {
        let signer = Signer::new();
        let mut key = signer.key();
        key["use"] = json!("enc");
        let token = signer.sign(&json!({ "alg": "ES256", "kid": "one" }), &json!({}));
        assert_eq!(verified(&token, &keys(json!([key]))), Err(Unbelieved::UnknownKey));
    }

    proptest! {
        #[test]
        fn garbage_is_never_believed(token in ".{0,300}", key in "[A-Za-z0-9_-]{0,90}") {
            let all = keys(json!([{ "kty": "RSA", "n": key, "e": "AQAB" }, { "kty": "EC", "crv": "P-256", "x": key, "y": key }]));
            prop_assert!(verified(&token, &all).is_err());
        }

        #[test]
        fn a_changed_token_is_never_believed(at in 0_usize..400, with in "[A-Za-z0-9._-]") {
            let signer = Signer::new();
            let good = signer.sign(&json!({ "alg": "ES256", "kid": "one" }), &json!({ "sub": "rosa", "aud": "desk" }));
            let at = at % good.len();
            let changed = format!("{}{with}{}", &good[..at], &good[at + 1..]);
            let claims = verified(&changed, &keys(json!([signer.key()])));
            prop_assert!(changed == good || claims.is_err(), "{changed}");
        }

        #[test]
        fn parts_that_look_like_a_token_do_not_stop_us(header in "\\PC{0,60}", claims in "\\PC{0,60}", signature in proptest::collection::vec(any::<u8>(), 0..100)) {
            let token = format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(signature));
            prop_assert!(verified(&token, &Keys::default()).is_err());
        }
    }
}
