//! Access tokens: signed, short-lived statements of who calls (RFC 7519, IAM-17, IAM-29), for programs and for whoever stands behind
//! us and wants to know the caller. They are signed with a key that each desk has for itself (HS256, RFC 7515), so one desk's token
//! means nothing to another.
//!
//! Invariant: what a token says is never more than a hint. Its session or personal token is looked up at each use, so that what was
//! ended is ended at once, and what the person may do is what they may do now.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Desk;
use crate::{
    desk::{identity::Person, settings::Settings},
    error::{Fault, Result},
    id::{DeskId, PersonId, SessionId, TokenId},
    time::Instant,
};

/// The only header that we write, and the only one that we take: a token cannot choose how it is checked.
const HEADER: &str = r#"{"alg":"HS256","typ":"at+jwt"}"#;
/// Longer texts are no token of ours.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// What a token stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stands {
    /// A session of somebody who signed in.
    #[serde(rename = "sid")]
    OnSession(SessionId),
    /// A personal token that was traded in as client credentials (RFC 6749 4.4).
    #[serde(rename = "tid")]
    OnToken(TokenId),
}

/// The claims (IAM-29).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// The person's id.
    pub sub: String,
    /// The desk's id.
    pub tenant: String,
    pub roles: Vec<String>,
    pub attrs: Attributes,
    pub email: String,
    /// The same as `sub` and the first of `roles`, for programs that look for them.
    pub user_id: String,
    pub role: String,
    /// Names of permissions, separated by spaces (RFC 8693 4.2); none if all of the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    #[serde(flatten)]
    pub stands: Stands,
    /// What the session knows the token by: its earlier tokens end when it is rotated.
    pub jti: String,
    /// Seconds since 1970.
    pub iat: i64,
    pub exp: i64,
}

/// What access is narrowed by beside roles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Attributes {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
}

/// Whom a token is about.
#[derive(Debug, Clone)]
pub struct Subject {
    pub person: PersonId,
    pub email: String,
    pub roles: Vec<String>,
    pub attrs: Attributes,
}

impl From<&Person> for Subject {
    fn from(it: &Person) -> Self {
        let attrs = Attributes {
            department: it.department.map(|it| it.to_string()),
            organization: it.organization.map(|it| it.to_string()),
            teams: it.teams.iter().map(ToString::to_string).collect(),
        };
        Subject { person: it.id, email: it.email.clone(), roles: it.all_roles(), attrs }
    }
}

/// What a token allows, on what, and until when.
#[derive(Debug, Clone)]
pub struct Grant {
    pub stands: Stands,
    pub jti: String,
    pub scope: Option<String>,
    pub until: Instant,
}

type Signer = Hmac<Sha256>;

/// The signing key of a desk.
pub struct Key([u8; 32]);

impl Key {
    pub fn of(desk: &Desk) -> Result<Key> {
        let secret = desk.read(|tx| Ok(Settings::of(tx)?.key))?;
        Ok(Key::derived(&secret, desk.id))
    }

    fn derived(secret: &[u8; 32], desk: DeskId) -> Key {
        Key(blake3::derive_key("lodge access tokens of a desk", &[secret.as_slice(), desk.0.as_bytes()].concat()))
    }

    fn signer(&self) -> Result<Signer> {
        Signer::new_from_slice(&self.0).map_err(|it| Fault::new(format!("the key of access tokens: {it}")).into())
    }

    /// Makes a token of this desk for a person.
    pub fn sign(&self, desk: DeskId, subject: Subject, grant: Grant, now: Instant) -> Result<String> {
        let claims = Claims {
            sub: subject.person.to_string(),
            tenant: desk.to_string(),
            user_id: subject.person.to_string(),
            role: subject.roles.first().cloned().unwrap_or_default(),
            roles: subject.roles,
            attrs: subject.attrs,
            email: subject.email,
            scope: grant.scope,
            stands: grant.stands,
            jti: grant.jti,
            iat: now.as_millis().div_euclid(1000),
            exp: grant.until.as_millis().div_euclid(1000),
        };
        let claims = serde_json::to_vec(&claims).map_err(|it| Fault::because("writing an access token", it))?;
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
        let mut signer = self.signer()?;
        signer.update(signed.as_bytes());
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signer.finalize().into_bytes())))
    }

    /// The claims of a token that this desk signed and whose time is not over; `None` for every other text.
    pub fn verify(&self, desk: DeskId, token: &str, now: Instant) -> Result<Option<Claims>> {
        if token.len() > TOKEN_BYTES_MAX {
            return Ok(None);
        }
        let Some((signed, signature)) = token.rsplit_once('.') else { return Ok(None) };
        let Some((header, claims)) = signed.split_once('.') else { return Ok(None) };
        let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return Ok(None) };
        let mut signer = self.signer()?;
        signer.update(signed.as_bytes());
        // Takes the same time whatever differs.
        if signer.verify_slice(&signature).is_err() || header != URL_SAFE_NO_PAD.encode(HEADER) {
            return Ok(None);
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).ok().and_then(|it| serde_json::from_slice::<Claims>(&it).ok());
        Ok(claims.filter(|it| it.tenant == desk.to_string() && it.exp > now.as_millis().div_euclid(1000)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DESK: DeskId = DeskId(uuid::Uuid::from_u128(7));

    fn now() -> Instant {
        Instant::from_millis(1_800_000_000_000)
    }

    fn ada() -> Subject {
        Subject {
            person: PersonId(uuid::Uuid::from_u128(1)),
            email: "ada@example.com".into(),
            roles: vec!["agent".into(), "manager".into()],
            attrs: Attributes { department: Some("IT".into()), ..Attributes::default() },
        }
    }

    fn signed() -> String {
        let stands = Stands::OnSession(SessionId(uuid::Uuid::from_u128(9)));
        let until = now().plus(std::time::Duration::from_secs(900));
        Key::derived(&[1; 32], DESK).sign(DESK, ada(), Grant { stands, jti: "x".into(), scope: None, until }, now()).unwrap()
    }

    fn read(key: &Key, desk: DeskId, token: &str, at: Instant) -> Option<Claims> {
        key.verify(desk, token, at).unwrap()
    }

    #[test]
    fn says_who_calls_to_this_desk_and_for_a_while() {
        let (key, token) = (Key::derived(&[1; 32], DESK), signed());
        let claims = read(&key, DESK, &token, now()).unwrap();
        assert_eq!((claims.role.as_str(), claims.email.as_str()), ("agent", "ada@example.com"));
        assert_eq!((&claims.sub, &claims.user_id), (&ada().person.to_string(), &ada().person.to_string()));
        assert_eq!(claims.roles, ["agent", "manager"]);
        assert_eq!(claims.exp - claims.iat, 900);
        let later = |seconds| now().plus(std::time::Duration::from_secs(seconds));
        assert!(read(&key, DESK, &token, later(899)).is_some() && read(&key, DESK, &token, later(900)).is_none());
        let other = DeskId(uuid::Uuid::from_u128(8));
        assert!(read(&key, other, &token, now()).is_none(), "another desk's");
        assert!(read(&Key::derived(&[1; 32], other), DESK, &token, now()).is_none(), "another desk's key");
        assert!(read(&Key::derived(&[2; 32], DESK), DESK, &token, now()).is_none(), "another key");
    }

    #[test]
    fn a_token_does_not_choose_how_it_is_checked() {
        let (key, token) = (Key::derived(&[1; 32], DESK), signed());
        let claims = token.split('.').nth(1).unwrap();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, r#"{"alg":"RS256","typ":"at+jwt"}"#] {
            let header = URL_SAFE_NO_PAD.encode(header);
            let mut signer = key.signer().unwrap();
            signer.update(format!("{header}.{claims}").as_bytes());
            let signature = URL_SAFE_NO_PAD.encode(signer.finalize().into_bytes());
            for signature in [signature.as_str(), ""] {
                assert!(read(&key, DESK, &format!("{header}.{claims}.{signature}"), now()).is_none());
            }
        }
    }

    proptest! {
        #[test]
        fn no_changed_byte_is_taken(at: prop::sample::Index, with: u8) {
            let token = signed();
            let mut bytes = token.clone().into_bytes();
            let at = at.index(bytes.len());
            prop_assume!(bytes[at] != with);
            bytes[at] = with;
            if let Ok(changed) = String::from_utf8(bytes) {
                prop_assert_eq!(read(&Key::derived(&[1; 32], DESK), DESK, &changed, now()), None);
            }
        }

        #[test]
        fn no_other_text_is_taken(text in "\\PC{0,300}") {
            prop_assert_eq!(read(&Key::derived(&[1; 32], DESK), DESK, &text, now()), None);
        }
    }
}
