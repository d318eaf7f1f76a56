//! `Authentication-Results` (RFC 8601): what a mail server says it found about SPF, DKIM and DMARC. Whose word counts is for the desk
//! to say; here the field is only read. Invariant: linear, and total: what is no result is skipped.

use super::header::Head;
use crate::{desk::mail::message::AuthResult, limits::MAIL_AUTH_RESULTS_MAX};

/// The results of a mail, those of the nearest server first.
pub fn results(head: &Head<'_>) -> Vec<AuthResult> {
    let mut found = Vec::new();
    for (field, value) in head.all("Authentication-Results").take(MAIL_AUTH_RESULTS_MAX).enumerate() {
        let text = without_comments(&String::from_utf8_lossy(value));
        let mut clauses = text.split(';');
        // The server's name may be followed by a version.
        let Some(server) = clauses.next().and_then(|it| it.split_whitespace().next()) else { continue };
        for clause in clauses {
            found.extend(result(field, server, clause));
            if found.len() == MAIL_AUTH_RESULTS_MAX {
                return found;
            }
        }
    }
    found
}

/// `dkim=pass header.d=example.com`.
fn result(field: usize, server: &str, clause: &str) -> Option<AuthResult> {
    let mut words = clause.split_whitespace();
    let (method, outcome) = words.next()?.split_once('=')?;
    let method = method.split('/').next().unwrap_or(method);
    let mut domain = None;
    for word in words {
        let Some((name, value)) = word.split_once('=') else { continue };
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "header.d" | "smtp.mailfrom" | "header.from" | "header.i" => {
                let value = value.rsplit('@').next().unwrap_or(value).trim_end_matches('.').to_ascii_lowercase();
                // `header.i` is the weaker word for the same.
                if domain.is_none() || !name.eq_ignore_ascii_case("header.i") {
                    domain = Some(value);
                }
            }
            _ => {}
        }
    }
    Some(AuthResult {
        field,
        server: server.to_ascii_lowercase(),
        method: method.to_ascii_lowercase(),
        result: outcome.to_ascii_lowercase(),
        domain,
    })
}

/// Comments in brackets may nest (RFC 5322, 3.2.2).
fn without_comments(text: &str) -> String {
    let (mut depth, mut escaped, mut kept) = (0_usize, false, String::with_capacity(text.len()));
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(field: &str) -> Vec<(String, String, String, Option<String>)> {
        let raw = format!("{field}\r\nSubject: x\r\n\r\n");
        results(&Head::read(raw.as_bytes())).into_iter().map(|it| (it.server, it.method, it.result, it.domain)).collect()
    }

    #[test]
    fn results_are_read_with_whose_word_they_are() {
        let one = |server: &str, method: &str, result: &str, domain: Option<&str>| {
            (server.to_owned(), method.to_owned(), result.to_owned(), domain.map(str::to_owned))
        };
        for (field, expected) in [
            ("Authentication-Results: mx.example.org; none", vec![]),
            (
                "Authentication-Results: MX.example.org 1;\r\n dkim=pass (good; key) header.d=Example.com header.i=@mail.example.com;\r\n spf=fail smtp.mailfrom=a@evil.example",
                vec![
                    one("mx.example.org", "dkim", "pass", Some("example.com")),
                    one("mx.example.org", "spf", "fail", Some("evil.example")),
                ],
            ),
            (
                "Authentication-Results: mx.example.org; dmarc=fail (p=REJECT sp=NONE) header.from=bank.example",
                vec![one("mx.example.org", "dmarc", "fail", Some("bank.example"))],
            ),
            ("Authentication-Results: ", vec![]),
            ("Authentication-Results: mx; spf", vec![]),
        ] {
            assert_eq!(read(field), expected, "{field}");
        }
    }

    proptest! {
        #[test]
        fn any_field_is_read(text in "[ -~]{0,300}") {
            read(&format!("Authentication-Results: {text}"));
        }
    }
}
