//! OAuth 2.0 as a client of mail (RFC 6749): where somebody is sent to sign in, with PKCE (RFC 7636), and what the authorization server
//! gives for the code they bring back or for a refresh token. It keeps nothing.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use serde::{Deserialize, Serialize};

use crate::{
    desk::mail::mailbox::{Authority, OAuthClient},
    reach::{
        Trouble, What,
        web::{Ask, ask},
    },
    secret::Secret,
};

/// What a browser carries while its person signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub state: String,
    verifier: String,
}

impl Pending {
    pub fn of(random: [u8; 64]) -> Pending {
        let [state, verifier] = [0, 32].map(|at| URL_SAFE_NO_PAD.encode(&random[at..at + 32]));
        Pending { state, verifier }
    }
}

/// What the server gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: Secret,
    pub access_secs: u64,
    pub refresh: Option<Secret>,
    /// Not of the standard, and said by some.
    pub refresh_secs: Option<u64>,
}

/// Why there are no tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untaken {
    /// The server takes this code or refresh token never again.
    Refused(Trouble),
    /// It may work later.
    Later(Trouble),
}

impl Untaken {
    pub fn trouble(&self) -> &Trouble {
        match self {
            Untaken::Refused(it) | Untaken::Later(it) => it,
        }
    }
}

/// Without a word about it, an access token is taken for good for this long.
const ACCESS_SECS_USUAL: u64 = 3600;
/// No access token is believed to last longer.
const ACCESS_SECS_MAX: u64 = 24 * 3600;

/// Where somebody is sent to sign in. `login` is whom they are to sign in as.
pub fn address(client: &OAuthClient, pending: &Pending, callback: &str, login: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, pending.verifier.as_bytes()));
    let scopes = client.scopes.join(" ");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", callback)
        .append_pair("scope", &scopes)
        .append_pair("state", &pending.state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("login_hint", login);
    match client.authority {
        // Google gives a refresh token only to whoever asks for offline access, and only with a fresh consent.
        Authority::Google => query.append_pair("access_type", "offline").append_pair("prompt", "consent"),
        Authority::Microsoft => query.append_pair("prompt", "select_account"),
        Authority::Custom => query.append_pair("prompt", "consent"),
    };
    let query = query.finish();
    format!("{}?{query}", client.authorization_endpoint)
}

/// Trades the code that somebody brought back.
pub async fn trade(
    client: &OAuthClient,
    secret: &Secret,
    ca: Option<&str>,
    pending: &Pending,
    code: &str,
    callback: &str,
) -> Result<Tokens, Untaken> {
    let form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", callback),
        ("code_verifier", pending.verifier.as_str()),
    ];
    tokens(client, secret, ca, form).await
}

/// Uses a refresh token.
pub async fn refresh(client: &OAuthClient, secret: &Secret, ca: Option<&str>, token: &Secret) -> Result<Tokens, Untaken> {
    let scopes = client.scopes.join(" ");
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token.reveal())];
    if !scopes.is_empty() {
        form.push(("scope", &scopes));
    }
    tokens(client, secret, ca, form).await
}

#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    token_type: Option<String>,
    expires_in: Option<Seconds>,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<Seconds>,
    error: Option<String>,
    error_description: Option<String>,
}

/// A number, which some servers write as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

impl Seconds {
    fn get(&self) -> Option<u64> {
        match self {
            Seconds::Number(it) => Some(*it),
            Seconds::Text(it) => it.parse().ok(),
        }
    }
}

async fn tokens<'a>(
    client: &'a OAuthClient,
    secret: &'a Secret,
    ca: Option<&'a str>,
    mut form: Vec<(&'a str, &'a str)>,
) -> Result<Tokens, Untaken> {
    form.push(("client_id", &client.client_id));
    if !secret.is_empty() {
        form.push(("client_secret", secret.reveal()));
    }
    let answer = ask(Ask { url: &client.token_endpoint, ca, authorization: None, form, ..Ask::default() }).await.map_err(Untaken::Later)?;
    read(answer.status.as_u16(), &answer.body)
}

fn read(status: u16, body: &[u8]) -> Result<Tokens, Untaken> {
    let answer: Answer = serde_json::from_slice(body).map_err(|_| {
        let happened = format!("The authorization server answers {status} with something that is no JSON.");
        Untaken::Later(Trouble::new(What::Answer, happened, "Look at the token endpoint."))
    })?;
    if let Some(error) = &answer.error {
        let why = answer.error_description.as_deref().unwrap_or(error);
        let why: String = why.chars().map(|it| if it.is_control() { ' ' } else { it }).take(300).collect();
        let happened = format!("The authorization server says {error}: {why}");
        return Err(match error.as_str() {
            "invalid_grant" | "interaction_required" | "consent_required" => {
                Untaken::Refused(Trouble::new(What::Declined, happened, "Sign in again for this mailbox."))
            }
            "invalid_client" | "unauthorized_client" => {
                Untaken::Later(Trouble::new(What::ClientRefused, happened, "Look at the client's id and secret; secrets run out."))
            }
            _ => Untaken::Later(Trouble::new(What::Answer, happened, "It is tried again.")),
        });
    }
    let is_bearer = answer.token_type.as_deref().is_none_or(|it| it.eq_ignore_ascii_case("bearer"));
    let access = answer.access_token.filter(|it| !it.is_empty() && is_bearer && it.bytes().all(|it| it.is_ascii_graphic()));
    let Some(access) = access.filter(|_| (200..300).contains(&status)) else {
        let happened = format!("The authorization server answers {status} without an access token.");
        return Err(Untaken::Later(Trouble::new(What::Answer, happened, "Look at the token endpoint.")));
    };
    Ok(Tokens {
        access: Secret::new(access),
        access_secs: answer.expires_in.and_then(|it| it.get()).unwrap_or(ACCESS_SECS_USUAL).min(ACCESS_SECS_MAX),
        refresh: answer.refresh_token.filter(|it| !it.is_empty()).map(Secret::new),
        refresh_secs: answer.refresh_token_expires_in.and_then(|it| it.get()).filter(|it| *it > 0),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn answers_of_a_token_endpoint() {
        let taken = read(200, br#"{"access_token":"a","token_type":"Bearer","expires_in":"60","refresh_token":"r","x":1}"#).unwrap();
        assert_eq!((taken.access.reveal(), taken.access_secs, taken.refresh.unwrap().reveal()), ("a", 60, "r"));
        for (status, body, is_refused) in [
            (400, r#"{"error":"invalid_grant","error_description":"expired\nnow"}"#, true),
            (401, r#"{"error":"invalid_client"}"#, false),
            (503, "<html>", false),
            (500, r#"{"access_token":"a"}"#, false),
            (200, r#"{"access_token":""}"#, false),
            (200, r#"{"access_token":"a b"}"#, false),
            (200, r#"{"access_token":"a","token_type":"mac"}"#, false),
            (200, "{}", false),
        ] {
            assert_eq!(matches!(read(status, body.as_bytes()), Err(Untaken::Refused(_))), is_refused, "{body}");
            assert!(read(status, body.as_bytes()).is_err(), "{body}");
        }
    }

    /// RFC 7636 appendix B has the pair of verifier and challenge.
    #[test]
    fn the_challenge_is_that_of_the_verifier() {
        let pending = Pending { state: "s".into(), verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into() };
        let client =
            OAuthClient { authorization_endpoint: "https://x/auth".into(), authority: Authority::Google, ..OAuthClient::default() };
        let address = address(&client, &pending, "https://desk/back", "help@example.com");
        assert!(address.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"), "{address}");
        assert!(address.contains("access_type=offline") && !address.contains(&pending.verifier));
    }

    proptest! {
        #[test]
        fn garbage_gives_no_token(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(status, &body).is_err());
        }
    }
}
