//! What a provider publishes about itself (OpenID Connect Discovery 1.0) and its keys, kept for an hour. A token that names an unknown
//! key makes us fetch the keys again, once in a while at most, so that nobody can make us ask without end.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Client;
use crate::{
    directory::jose::{self, Keys, Unbelieved},
    limits,
    reach::{
        Trouble, What,
        web::{Answer, Ask, ask},
    },
    time::Instant,
};

/// How long what was fetched is believed to be still so.
const KEPT: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Discovery {
    issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    jwks_uri: String,
    pub userinfo_endpoint: Option<String>,
    pub end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Discovery {
    /// Whether the secret goes into the form, because the provider does not take it in a header.
    pub fn wants_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        methods.iter().any(|it| it == "client_secret_post") && !methods.iter().any(|it| it == "client_secret_basic")
    }

    /// What the provider lacks that we need.
    pub fn shortcoming(&self) -> Option<Trouble> {
        let algorithms = self.id_token_signing_alg_values_supported.as_deref().unwrap_or_default();
        if !algorithms.is_empty() && !algorithms.iter().any(|it| it == "RS256" || it == "ES256") {
            let happened = format!("It signs with {} only; RS256 and ES256 are taken here.", algorithms.join(", "));
            return Some(Trouble::new(What::Answer, happened, "Choose one of them for this client there."));
        }
        let methods = self.code_challenge_methods_supported.as_deref()?;
        (!methods.iter().any(|it| it == "S256"))
            .then(|| Trouble::new(What::Answer, "It does not take PKCE with S256.", "Switch it on for this client there."))
    }

    /// Refuses a description of somebody else, and one that leads to plain connections from an encrypted one.
    fn check(self, issuer: &str) -> Result<Discovery, Trouble> {
        if self.issuer != issuer {
            let happened = format!("The provider calls itself `{}`, and the settings call it `{issuer}`.", self.issuer);
            return Err(Trouble::new(What::IssuerMismatch, happened, "Write the issuer exactly as the provider does."));
        }
        let ends = [Some(&self.authorization_endpoint), Some(&self.token_endpoint), Some(&self.jwks_uri)];
        let more = [self.userinfo_endpoint.as_ref(), self.end_session_endpoint.as_ref()];
        let is_plain_here = issuer.starts_with("http://");
        let is_fine = |it: &String| it.starts_with("https://") || (is_plain_here && it.starts_with("http://"));
        if let Some(it) = ends.into_iter().chain(more).flatten().find(|it| !is_fine(it)) {
            let happened = format!("The provider names an address that is not encrypted: {it}.");
            return Err(Trouble::new(What::Answer, happened, "Have it use https for all of its addresses."));
        }
        Ok(self)
    }
}

#[derive(Default)]
struct Kept {
    /// Of which issuer.
    issuer: String,
    discovery: Option<(Instant, Discovery)>,
    keys: Option<(Instant, Keys)>,
    /// When the keys were last fetched because a token named an unknown one.
    looked_again_at: Option<Instant>,
}

/// What one provider published, as far as it was asked for.
#[derive(Default)]
pub struct Published(Mutex<Kept>);

impl Published {
    fn kept(&self, client: &Client) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.issuer != client.settings.issuer {
            *kept = Kept { issuer: client.settings.issuer.clone(), ..Kept::default() };
        }
        kept
    }

    pub(super) async fn discovery(&self, client: &Client, now: Instant) -> Result<Discovery, Trouble> {
        if let Some((at, it)) = &self.kept(client).discovery
            && now.since(*at) < KEPT
        {
            return Ok(it.clone());
        }
        let issuer = &client.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let answer = get(client, &url).await?;
        let found: Discovery = answer.json("provider's description of itself")?;
        let found = found.check(issuer)?;
        self.kept(client).discovery = Some((now, found.clone()));
        Ok(found)
    }

    /// How many keys the provider has now.
    pub(super) async fn keys(&self, client: &Client, now: Instant) -> Result<usize, Trouble> {
        let discovery = self.discovery(client, now).await?;
        let raw: Map<String, Value> = get(client, &discovery.jwks_uri).await?.json("list of keys")?;
        match raw.get("keys").and_then(Value::as_array).map(Vec::len) {
            Some(count) if count > 0 => Ok(count),
            _ => Err(Trouble::new(What::Answer, "The provider publishes no key.", "Give it one to sign with.")),
        }
    }

    async fn fetch_keys(&self, client: &Client, now: Instant) -> Result<Keys, Trouble> {
        let discovery = self.discovery(client, now).await?;
        let keys: Keys = get(client, &discovery.jwks_uri).await?.json("list of keys")?;
        self.kept(client).keys = Some((now, keys.clone()));
        Ok(keys)
    }

    /// The claims of a token that the provider has signed.
    pub(super) async fn verified(&self, client: &Client, token: &str, now: Instant) -> Result<Map<String, Value>, Trouble> {
        let kept = self.kept(client).keys.as_ref().filter(|it| now.since(it.0) < KEPT).map(|it| it.1.clone());
        let was_kept = kept.is_some();
        let keys = match kept {
            Some(it) => it,
            None => self.fetch_keys(client, now).await?,
        };
        match jose::verified(token, &keys) {
            Err(Unbelieved::UnknownKey) if was_kept && self.may_look_again(client, now) => {
                let keys = self.fetch_keys(client, now).await?;
                jose::verified(token, &keys).map_err(unbelieved)
            }
            it => it.map_err(unbelieved),
        }
    }

    fn may_look_again(&self, client: &Client, now: Instant) -> bool {
        let mut kept = self.kept(client);
        let waits = Duration::from_secs(limits::OIDC_KEYS_SECS_MIN);
        if kept.looked_again_at.is_some_and(|it| now.since(it) < waits) {
            return false;
        }
        kept.looked_again_at = Some(now);
        true
    }
}

async fn get(client: &Client, url: &str) -> Result<Answer, Trouble> {
    let answer = ask(Ask { url, ca: client.settings.ca.as_deref(), authorization: None, form: Vec::new(), ..Ask::default() }).await?;
    if answer.status.is_success() {
        return Ok(answer);
    }
    let happened = format!("{url} answers {}.", answer.status.as_u16());
    Err(Trouble::new(What::Answer, happened, "Look at the issuer; what it describes itself with lies below it."))
}

fn unbelieved(it: Unbelieved) -> Trouble {
    let (happened, advice) = match it {
        Unbelieved::Malformed => ("The provider's token cannot be read.".to_owned(), "Look at its log."),
        Unbelieved::Algorithm(it) => {
            let it: String = it.chars().filter(|it| it.is_ascii_alphanumeric()).take(20).collect();
            (format!("The token is signed by `{it}`; RS256 and ES256 are taken here."), "Choose one of them for this client there.")
        }
        Unbelieved::UnknownKey => {
            ("The token is signed with a key that the provider does not publish.".to_owned(), "Try again in half a minute.")
        }
        Unbelieved::Signature => ("The token's signature is wrong.".to_owned(), "Somebody may have changed it on its way."),
    };
    Trouble::new(What::Token, happened, advice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn described(changes: Value) -> Discovery {
        let mut all = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/a", "token_endpoint": "https://id.example/t",
            "jwks_uri": "https://id.example/k",
        });
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn descriptions_that_are_taken() {
        for (changes, taken) in [
            (json!({}), true),
            (json!({ "issuer": "https://id.example/" }), false),
            (json!({ "token_endpoint": "http://id.example/t" }), false),
            (json!({ "end_session_endpoint": "javascript:alert(1)" }), false),
            (json!({ "userinfo_endpoint": "https://elsewhere.example/u" }), true),
        ] {
            assert_eq!(described(changes.clone()).check("https://id.example").is_ok(), taken, "{changes}");
        }
    }

    #[test]
    fn what_a_provider_lacks_and_wants() {
        for (changes, lacks, in_form) in [
            (json!({}), false, false),
            (json!({ "id_token_signing_alg_values_supported": ["HS256"] }), true, false),
            (json!({ "id_token_signing_alg_values_supported": ["HS256", "RS256"] }), false, false),
            (json!({ "code_challenge_methods_supported": ["plain"] }), true, false),
            (json!({ "token_endpoint_auth_methods_supported": ["client_secret_post"] }), false, true),
            (json!({ "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"] }), false, false),
        ] {
            let it = described(changes.clone());
            assert_eq!((it.shortcoming().is_some(), it.wants_secret_in_form()), (lacks, in_form), "{changes}");
        }
    }
}
