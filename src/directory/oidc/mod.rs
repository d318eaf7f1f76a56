//! OpenID Connect Core 1.0 as a relying party: the code flow with PKCE (RFC 7636), signing out (RP-Initiated and Back-Channel Logout
//! 1.0). What a provider publishes about itself is kept for a while; its keys are fetched again when a token names one that is new.
//!
//! Invariant: nobody is said to be anybody before state, issuer, audience, nonce, time and signature were all checked.

mod claims;
mod published;

use ring::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use published::Published;

use crate::{
    desk::providers::{AttributeMap, OidcSettings, Said},
    reach::{
        Finding, Trouble, What,
        web::{Ask, ask},
    },
    secret::Secret,
    time::Instant,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What is needed to speak with a provider as its client.
#[derive(Debug, Clone)]
pub struct Client {
    pub settings: OidcSettings,
    pub attributes: AttributeMap,
    /// Empty for a client that has none.
    pub secret: Secret,
}

/// What is remembered of somebody who was sent to the provider, until they come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub state: String,
    pub nonce: String,
    /// Of PKCE.
    pub verifier: String,
}

impl Pending {
    /// From 96 random bytes.
    pub fn of(random: [u8; 96]) -> Pending {
        let [state, nonce, verifier] = [0, 32, 64].map(|at| URL_SAFE_NO_PAD.encode(&random[at..at + 32]));
        Pending { state, nonce, verifier }
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.verifier.as_bytes()))
    }
}

/// What came back with somebody.
#[derive(Debug, Clone, Default)]
pub struct CameBack {
    pub state: String,
    pub code: String,
    pub error: String,
    pub error_description: String,
    /// Who says that it answers (RFC 9207).
    pub iss: Option<String>,
}

/// Somebody who came back and is believed.
#[derive(Debug, Clone)]
pub struct Believed {
    pub said: Said,
    /// What the provider calls its session.
    pub sid: Option<String>,
    pub id_token: String,
}

/// Whom a provider wants signed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    pub subject: Option<String>,
    pub sid: Option<String>,
}

impl Client {
    /// Where to send somebody to sign in.
    pub async fn address(&self, published: &Published, pending: &Pending, callback: &str, now: Instant) -> Result<String, Trouble> {
        let discovery = published.discovery(self, now).await?;
        let mut scopes = vec!["openid"];
        scopes.extend(self.settings.scopes.iter().map(String::as_str));
        Ok(with_query(
            &discovery.authorization_endpoint,
            &[
                ("response_type", "code"),
                ("client_id", &self.settings.client_id),
                ("redirect_uri", callback),
                ("scope", &scopes.join(" ")),
                ("state", &pending.state),
                ("nonce", &pending.nonce),
                ("code_challenge", &pending.challenge()),
                ("code_challenge_method", "S256"),
            ],
        ))
    }

    /// Who came back.
    pub async fn believe(
        &self,
        published: &Published,
        pending: &Pending,
        back: &CameBack,
        callback: &str,
        now: Instant,
    ) -> Result<Believed, Trouble> {
        if !is_same(&back.state, &pending.state) {
            return Err(Trouble::new(What::Token, "This answer belongs to another sign-in.", "Begin again at the sign-in page."));
        }
        if back.iss.as_ref().is_some_and(|it| *it != self.settings.issuer) {
            return Err(Trouble::new(What::IssuerMismatch, "The answer comes from another provider than was asked.", ""));
        }
        if !back.error.is_empty() {
            return Err(declined(&back.error, &back.error_description));
        }
        let tokens = self.trade(published, pending, &back.code, callback, now).await?;
        let claims = published.verified(self, &tokens.id_token, now).await?;
        claims::check_id_token(&claims, &self.settings, &pending.nonce, now)?;
        let claims = self.with_user_info(published, claims, tokens.access_token.as_deref(), now).await?;
        let sid = claims.get("sid").and_then(Value::as_str).map(str::to_owned);
        Ok(Believed { said: claims::said(&claims, &self.attributes), sid, id_token: tokens.id_token })
    }

    /// Trades the code for tokens (RFC 6749 4.1.3).
    async fn trade(&self, published: &Published, pending: &Pending, code: &str, callback: &str, now: Instant) -> Result<Tokens, Trouble> {
        let discovery = published.discovery(self, now).await?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback),
            ("code_verifier", pending.verifier.as_str()),
            ("client_id", self.settings.client_id.as_str()),
        ];
        let mut authorization = None;
        if !self.secret.is_empty() {
            if discovery.wants_secret_in_form() {
                form.push(("client_secret", self.secret.reveal()));
            } else {
                authorization = Some(basic(&self.settings.client_id, self.secret.reveal()));
            }
        }
        let ca = self.settings.ca.as_deref();
        let answer = ask(Ask { url: &discovery.token_endpoint, ca, authorization, form, ..Ask::default() }).await?;
        if !answer.status.is_success() {
            let refused: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
            return Err(code_refused(answer.status.as_u16(), &refused));
        }
        answer.json("answer to the code")
    }

    /// Adds what the provider says only when asked for it, if something is missing.
    async fn with_user_info(
        &self,
        published: &Published,
        mut claims: Map<String, Value>,
        access_token: Option<&str>,
        now: Instant,
    ) -> Result<Map<String, Value>, Trouble> {
        let AttributeMap { email, name, groups, .. } = &self.attributes;
        let is_whole = [email, name, groups].into_iter().all(|it| it.is_empty() || claims::at(&claims, it).is_some());
        let discovery = published.discovery(self, now).await?;
        let (Some(url), Some(token), false) = (&discovery.userinfo_endpoint, access_token, is_whole) else { return Ok(claims) };
        let ca = self.settings.ca.as_deref();
        let answer = ask(Ask { url, ca, authorization: Some(format!("Bearer {token}")), form: Vec::new(), ..Ask::default() }).await?;
        if !answer.status.is_success() {
            return Ok(claims);
        }
        let more: Map<String, Value> = answer.json("user info")?;
        // It is not signed, so it counts only for the one whom the signed token is about (OpenID Connect Core 5.3.2).
        if more.get("sub") != claims.get("sub") {
            return Err(Trouble::new(What::Token, "The provider's user info is about somebody else.", "Look at its log."));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(claims)
    }

    /// Where to send somebody who signs out, if the provider takes part in it.
    pub async fn sign_out_address(&self, published: &Published, id_token: Option<&str>, back_to: &str, now: Instant) -> Option<String> {
        let discovery = published.discovery(self, now).await.ok()?;
        let endpoint = discovery.end_session_endpoint.as_ref()?;
        let mut query = vec![("client_id", self.settings.client_id.as_str()), ("post_logout_redirect_uri", back_to)];
        query.extend(id_token.map(|it| ("id_token_hint", it)));
        Some(with_query(endpoint, &query))
    }

    /// Whom a logout token names (Back-Channel Logout 1.0 section 2.6).
    pub async fn signed_out(&self, published: &Published, token: &str, now: Instant) -> Result<SignedOut, Trouble> {
        let claims = published.verified(self, token, now).await?;
        claims::check_logout_token(&claims, &self.settings, now)
    }

    /// Tries what can be tried without anybody signing in.
    pub async fn check(&self, callback: &str, now: Instant) -> Vec<Finding> {
        let published = Published::default();
        let mut findings = Vec::new();
        let discovery = match published.discovery(self, now).await {
            Ok(it) => it,
            Err(it) => return vec![it.into()],
        };
        findings.push(Finding::fine(format!("{} describes itself, and is the issuer that it says.", self.settings.issuer)));
        match published.keys(self, now).await {
            Ok(count) => findings.push(Finding::fine(format!("It publishes its keys ({count})."))),
            Err(it) => {
                findings.push(it.into());
                return findings;
            }
        }
        if let Some(it) = discovery.shortcoming() {
            findings.push(it.into());
            return findings;
        }
        match self.try_client(&discovery.token_endpoint, discovery.wants_secret_in_form(), callback).await {
            Ok(()) => findings.push(Finding::fine("It knows this client and its secret.")),
            Err(it) => findings.push(it.into()),
        }
        findings.push(Finding::fine(format!("Register this address there for coming back: {callback}")));
        findings
    }

    /// Sends a code that is none: a provider that knows the client refuses the code, one that does not refuses the client.
    async fn try_client(&self, endpoint: &str, in_form: bool, callback: &str) -> Result<(), Trouble> {
        let verifier = "0".repeat(43);
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", "lodge-tries-the-connection"),
            ("redirect_uri", callback),
            ("code_verifier", verifier.as_str()),
            ("client_id", self.settings.client_id.as_str()),
        ];
        let mut authorization = None;
        if !self.secret.is_empty() {
            if in_form {
                form.push(("client_secret", self.secret.reveal()));
            } else {
                authorization = Some(basic(&self.settings.client_id, self.secret.reveal()));
            }
        }
        let answer = ask(Ask { url: endpoint, ca: self.settings.ca.as_deref(), authorization, form, ..Ask::default() }).await?;
        let refused: Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
        if matches!(refused.error.as_str(), "invalid_client" | "unauthorized_client") || answer.status.as_u16() == 401 {
            return Err(code_refused(answer.status.as_u16(), &refused));
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

fn code_refused(status: u16, it: &Refused) -> Trouble {
    let said = if it.error_description.is_empty() { it.error.clone() } else { it.error_description.clone() };
    let said: String = said.chars().filter(|it| !it.is_control()).take(200).collect();
    match it.error.as_str() {
        "invalid_client" | "unauthorized_client" => Trouble::new(
            What::ClientRefused,
            format!("The provider refuses this client: {said}."),
            "Look at the client id and its secret, and whether the secret has expired.",
        ),
        "invalid_grant" => Trouble::new(What::Declined, format!("The provider does not take its own code back: {said}."), "Sign in again."),
        _ => Trouble::new(What::Answer, format!("The provider answers {status} to the code: {said}."), "Its log says why."),
    }
}

fn declined(error: &str, description: &str) -> Trouble {
    let clean = |it: &str| it.chars().filter(|it| !it.is_control()).take(200).collect::<String>();
    match error {
        "access_denied" => Trouble::new(What::Declined, "Signing in was declined there.", "Try again, or ask your admin."),
        _ => Trouble::new(What::Declined, format!("The provider says: {} {}", clean(error), clean(description)), "Ask your admin."),
    }
}

/// RFC 6749 2.3.1: both parts are form-encoded first.
fn basic(id: &str, secret: &str) -> String {
    let encoded = |it: &str| form_urlencoded::byte_serialize(it.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret));
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn with_query(endpoint: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{endpoint}{}{query}", if endpoint.contains('?') { '&' } else { '?' })
}

/// Compared as hashes, so that the time it takes tells nothing.
fn is_same(one: &str, other: &str) -> bool {
    !one.is_empty() && blake3::hash(one.as_bytes()) == blake3::hash(other.as_bytes())
}
