//! Whether the sender of a mail is who From says, as far as a server that we trust has checked it (SPF, DKIM, DMARC by RFC 8601). It
//! decides what a forged sender may not do: join a ticket because of who they say they are, act as somebody who works tickets, or have mail sent
//! to whom they pretend to be.

use super::message::{AuthResult, ParsedMessage};
use crate::language::say;

/// What is known of the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authenticity {
    /// Nobody whom we trust has looked.
    Unknown,
    /// By what it was confirmed.
    Confirmed(String),
    /// What speaks against it, in a sentence.
    Doubtful(String),
}

impl Authenticity {
    pub fn doubt(&self) -> Option<&str> {
        match self {
            Authenticity::Doubtful(why) => Some(why),
            Authenticity::Unknown | Authenticity::Confirmed(_) => None,
        }
    }
}

/// Reads the results of the servers that are trusted, by their names (authserv-id). DMARC says it all; without it, a signature or an
/// envelope counts if its domain is that of From (RFC 7489, 3.1: relaxed alignment, by the ending of the name).
pub fn of(message: &ParsedMessage, trusted: &[String]) -> Authenticity {
    if message.from_wrapped {
        return Authenticity::Doubtful(say!("judge-wrapped").into());
    }
    let is_trusted = |server: &str| trusted.iter().any(|it| it.eq_ignore_ascii_case(server));
    let Some(from) = message.from.as_ref().and_then(|it| it.address.rsplit_once('@')).map(|it| it.1.to_ascii_lowercase()) else {
        return Authenticity::Unknown;
    };
    let results: Vec<_> = message.authentication.iter().filter(|it| is_trusted(&it.server)).collect();
    // Where a server speaks twice of one thing, its nearest word counts: what lies below it may have come with the mail.
    let nearest_all = |method: &str| -> Vec<&AuthResult> {
        let of_method = results.iter().copied().filter(|it| it.method == method);
        let first = of_method.clone().next().map(|it| it.field);
        of_method.filter(|it| Some(it.field) == first).collect()
    };
    let nearest = |method: &str| nearest_all(method).into_iter().next();
    match nearest("dmarc").map(|it| it.result.as_str()) {
        Some("pass") => return Authenticity::Confirmed("dmarc".into()),
        Some("fail") => {
            return Authenticity::Doubtful(say!("judge-dmarc", from = from).into());
        }
        _ => {}
    }
    let aligned = |domain: &Option<String>| domain.as_deref().is_some_and(|it| is_same_house(it, &from));
    if nearest_all("dkim").iter().any(|it| it.result == "pass" && aligned(&it.domain)) {
        return Authenticity::Confirmed("dkim".into());
    }
    match nearest("spf").map(|it| (it.result.as_str(), aligned(&it.domain))) {
        Some(("pass", true)) => Authenticity::Confirmed("spf".into()),
        Some(("fail" | "softfail", true)) => Authenticity::Doubtful(say!("judge-spf", from = from).into()),
        _ if nearest_all("dkim").iter().any(|it| it.result == "fail" && aligned(&it.domain)) => {
            Authenticity::Doubtful(say!("judge-dkim", from = from).into())
        }
        _ => Authenticity::Unknown,
    }
}

/// `mail.example.com` and `example.com`, in either order. Two names that only share a public ending are different houses.
fn is_same_house(one: &str, other: &str) -> bool {
    let under = |a: &str, b: &str| a == b || a.strip_suffix(b).is_some_and(|it| it.ends_with('.')) && b.contains('.');
    under(one, other) || under(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::mail::message::Mailbox;

    fn said(results: &[(&str, &str, &str, &str)]) -> ParsedMessage {
        let result = |(field, it): (usize, &(&str, &str, &str, &str))| AuthResult {
            field,
            server: it.0.into(),
            method: it.1.into(),
            result: it.2.into(),
            domain: Some(it.3.into()),
        };
        ParsedMessage {
            from: Some(Mailbox { name: String::new(), address: "rosa@example.com".into() }),
            authentication: results.iter().enumerate().map(result).collect(),
            ..ParsedMessage::default()
        }
    }

    #[test]
    fn only_the_word_of_a_trusted_server_counts() {
        type Said = (&'static str, &'static str, &'static str, &'static str);
        let cases: [(&[Said], &str); 11] = [
            (&[], "unknown"),
            (&[("mx", "dmarc", "pass", "example.com")], "confirmed"),
            (&[("elsewhere", "dmarc", "pass", "example.com")], "unknown"),
            (&[("elsewhere", "dmarc", "fail", "example.com")], "unknown"),
            (&[("mx", "dmarc", "fail", "example.com"), ("mx", "dmarc", "pass", "example.com")], "doubtful"),
            (&[("mx", "dkim", "pass", "evil.example")], "unknown"),
            (&[("mx", "dkim", "pass", "mail.example.com"), ("mx", "spf", "fail", "example.com")], "confirmed"),
            (&[("mx", "spf", "fail", "example.com")], "doubtful"),
            (&[("mx", "dkim", "none", ""), ("mx", "dkim", "pass", "example.com")], "unknown"),
            (&[("mx", "spf", "pass", "notexample.com")], "unknown"),
            (&[("mx", "dkim", "fail", "example.com"), ("mx", "dmarc", "none", "example.com")], "doubtful"),
        ];
        for (results, expected) in cases {
            let name = match of(&said(results), &["MX".into()]) {
                Authenticity::Unknown => "unknown",
                Authenticity::Confirmed(_) => "confirmed",
                Authenticity::Doubtful(_) => "doubtful",
            };
            assert_eq!(name, expected, "{results:?}");
        }
    }
}
