//! What the claims of a token must say to be taken (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6), and what they say about a
//! person. The signature was checked before.

use serde_json::{Map, Value};

use super::{SignedOut, is_same};
use crate::{
    desk::providers::{AttributeMap, Attributes, OidcSettings, Said},
    limits,
    reach::{Trouble, What},
    time::Instant,
};

type Claims = Map<String, Value>;

const BACK_CHANNEL: &str = "http://schemas.openid.net/event/backchannel-logout";

fn refused<T>(happened: &str, advice: &str) -> Result<T, Trouble> {
    Err(Trouble::new(What::Token, happened, advice))
}

/// Issuer, audience and time, which every token must have right.
fn check_common(claims: &Claims, settings: &OidcSettings, now: Instant) -> Result<(), Trouble> {
    if claims.get("iss").and_then(Value::as_str) != Some(&settings.issuer) {
        let advice = "The issuer in the settings must be exactly what the provider writes into its tokens.";
        return Err(Trouble::new(What::IssuerMismatch, "The token comes from another issuer.", advice));
    }
    let ours = settings.client_id.as_str();
    let (is_for_us, alone) = match claims.get("aud") {
        Some(Value::String(it)) => (it == ours, true),
        Some(Value::Array(all)) => (all.iter().any(|it| it.as_str() == Some(ours)), all.len() == 1),
        _ => (false, false),
    };
    let party = claims.get("azp").and_then(Value::as_str);
    if !is_for_us || party.is_some_and(|it| it != ours) || (!alone && party.is_none()) {
        return refused("The token is meant for another application.", "Look at the client id.");
    }
    let second = |name: &str| claims.get(name).and_then(Value::as_f64).map(|it| it as i64);
    let skew = limits::OIDC_SKEW_SECS_MAX;
    let advice = "If the person was quick, look at the clocks of both machines.";
    if second("exp").is_none_or(|it| it.saturating_add(skew) <= now.as_secs()) {
        return refused("The token has expired.", advice);
    }
    if second("iat").is_none_or(|it| it.saturating_sub(skew) > now.as_secs())
        || second("nbf").is_some_and(|it| it.saturating_sub(skew) > now.as_secs())
    {
        return refused("The token is from the future.", advice);
    }
    Ok(())
}

/// Whether an ID token answers the question with this nonce.
pub(super) fn check_id_token(claims: &Claims, settings: &OidcSettings, nonce: &str, now: Instant) -> Result<(), Trouble> {
    check_common(claims, settings, now)?;
    if !claims.get("nonce").and_then(Value::as_str).is_some_and(|it| is_same(it, nonce)) {
        return refused("The token belongs to another sign-in.", "Begin again at the sign-in page.");
    }
    if claims.get("sub").and_then(Value::as_str).is_none_or(str::is_empty) {
        return refused("The token says nobody's name.", "");
    }
    Ok(())
}

/// Whom a logout token names.
pub(super) fn check_logout_token(claims: &Claims, settings: &OidcSettings, now: Instant) -> Result<SignedOut, Trouble> {
    check_common(claims, settings, now)?;
    if !claims.get("events").and_then(Value::as_object).is_some_and(|it| it.contains_key(BACK_CHANNEL)) || claims.contains_key("nonce") {
        return refused("This is no logout token.", "");
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|it| !it.is_empty()).map(str::to_owned);
    let it = SignedOut { subject: text("sub"), sid: text("sid") };
    if it.subject.is_none() && it.sid.is_none() { refused("The logout token names nobody.", "") } else { Ok(it) }
}

/// The claim of this name; with dots, a claim inside of others (`realm_access.roles`).
pub(super) fn at<'a>(claims: &'a Claims, name: &str) -> Option<&'a Value> {
    if let Some(it) = claims.get(name) {
        return Some(it);
    }
    let (first, rest) = name.split_once('.')?;
    at(claims.get(first)?.as_object()?, rest)
}

fn text(claims: &Claims, name: &str) -> Option<String> {
    match at(claims, name)? {
        Value::String(it) => Some(it.trim().to_owned()).filter(|it| !it.is_empty()),
        Value::Number(it) => Some(it.to_string()),
        _ => None,
    }
}

/// What the claims say about the person.
pub(super) fn said(claims: &Claims, map: &AttributeMap) -> Said {
    // Microsoft says it by a claim of its own, and only if it is asked for.
    let is_true = |name: &str| match claims.get(name) {
        Some(Value::Bool(it)) => *it,
        Some(Value::String(it)) => it == "true" || it == "1",
        Some(Value::Number(it)) => it.as_u64() == Some(1),
        _ => false,
    };
    let groups = match at(claims, &map.groups) {
        _ if map.groups.is_empty() => None,
        Some(Value::Array(all)) => {
            Some(all.iter().filter_map(Value::as_str).take(limits::GROUPS_OF_PERSON_MAX).map(str::to_owned).collect())
        }
        Some(Value::String(it)) => Some(vec![it.clone()]),
        // Providers leave the claim out for whoever is in no group.
        _ => Some(Vec::new()),
    };
    Said {
        subject: claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned(),
        attributes: Attributes {
            email: text(claims, &map.email),
            name: text(claims, &map.name),
            department: text(claims, &map.department),
            phone: text(claims, &map.phone),
            locale: text(claims, &map.locale),
        },
        // Said of the claim `email` alone, and of no other that might hold an address.
        email_verified: map.email == "email" && (is_true("email_verified") || is_true("xms_edov")),
        groups,
        active: true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::desk::providers::ProviderKind;

    const NOW: i64 = 1_800_000_000;

    fn settings() -> OidcSettings {
        OidcSettings { issuer: "https://id.example".into(), client_id: "desk".into(), ..OidcSettings::default() }
    }

    fn token(changes: Value) -> Claims {
        let mut all = json!({
            "iss": "https://id.example", "aud": "desk", "sub": "rosa", "nonce": "n", "exp": NOW + 300, "iat": NOW,
        });
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        all.as_object().unwrap().clone()
    }

    #[test]
    fn id_tokens_that_are_taken() {
        for (changes, taken) in [
            (json!({}), true),
            (json!({ "aud": ["desk"] }), true),
            (json!({ "aud": ["desk", "other"], "azp": "desk" }), true),
            (json!({ "aud": ["desk", "other"] }), false),
            (json!({ "aud": ["desk", "other"], "azp": "other" }), false),
            (json!({ "aud": "other" }), false),
            (json!({ "aud": [] }), false),
            (json!({ "aud": null }), false),
            (json!({ "azp": "other" }), false),
            (json!({ "iss": "https://id.example/" }), false),
            (json!({ "iss": "https://evil.example" }), false),
            (json!({ "nonce": "m" }), false),
            (json!({ "nonce": "" }), false),
            (json!({ "nonce": null }), false),
            (json!({ "sub": "" }), false),
            (json!({ "sub": 7 }), false),
            (json!({ "exp": NOW - 59 }), true),
            (json!({ "exp": NOW - 61 }), false),
            (json!({ "exp": null }), false),
            (json!({ "exp": "soon" }), false),
            (json!({ "iat": NOW + 59 }), true),
            (json!({ "iat": NOW + 61 }), false),
            (json!({ "iat": 1e300, "exp": 1e300 }), false),
            (json!({ "nbf": NOW + 61 }), false),
        ] {
            let checked = check_id_token(&token(changes.clone()), &settings(), "n", Instant::from_millis(NOW * 1000));
            assert_eq!(checked.is_ok(), taken, "{changes}: {checked:?}");
        }
    }

    #[test]
    fn logout_tokens_are_no_id_tokens() {
        let events = json!({ BACK_CHANNEL: {} });
        for (changes, taken) in [(json!({ "nonce": null, "events": events }), false), (json!({ "events": {} }), false), (json!({}), false)]
        {
            assert_eq!(
                check_logout_token(&token(changes.clone()), &settings(), Instant::from_millis(NOW * 1000)).is_ok(),
                taken,
                "{changes}"
            );
        }
        let mut good = token(json!({ "events": events, "sid": "s" }));
        good.remove("nonce");
        let out = check_logout_token(&good, &settings(), Instant::from_millis(NOW * 1000)).unwrap();
        assert_eq!(out, SignedOut { subject: Some("rosa".into()), sid: Some("s".into()) });
        good.remove("sub");
        good.remove("sid");
        assert!(check_logout_token(&good, &settings(), Instant::from_millis(NOW * 1000)).is_err());
    }

    #[test]
    fn claims_become_what_is_said() {
        let usual = ProviderKind::Oidc.usual_attributes();
        for (claims, verified, groups) in [
            (json!({ "email_verified": true }), true, vec![]),
            (json!({ "email_verified": "true", "groups": ["a", 1, "b"] }), true, vec!["a", "b"]),
            (json!({ "email_verified": false, "groups": "a" }), false, vec!["a"]),
            (json!({ "email_verified": "yes" }), false, vec![]),
            (json!({ "xms_edov": 1 }), true, vec![]),
            (json!({}), false, vec![]),
        ] {
            let it = said(&token(claims.clone()), &usual);
            assert_eq!((it.email_verified, it.groups.unwrap()), (verified, groups.into_iter().map(str::to_owned).collect()), "{claims}");
        }
        let map = AttributeMap { email: "upn".into(), groups: "realm_access.roles".into(), ..AttributeMap::default() };
        let it = said(&token(json!({ "upn": "a@b.c", "email_verified": true, "realm_access": { "roles": ["x"] } })), &map);
        assert_eq!((it.attributes.email.as_deref(), it.email_verified, it.groups), (Some("a@b.c"), false, Some(vec!["x".to_owned()])));
    }
}
