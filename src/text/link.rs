//! Links that say one address and lead to another: the oldest trick of mail. It compares what a link shows with where it leads, and
//! judges nothing else. Invariant: linear, and silent where the text names no host.

use super::html::{Reader, Token, decode};

/// The class of a link whose text names another host than its target.
pub const ELSEWHERE: &str = "link-elsewhere";

/// Marks the links of clean HTML that lead elsewhere. Not before it is clean: only then texts and targets are what a reader gets.
pub fn marked(clean: String) -> String {
    let mut reader = Reader::new(&clean);
    // Of each open link: where its name ends, where it leads, and its text.
    let mut open: Vec<(usize, String, String)> = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    loop {
        let begins = reader.position();
        match reader.next() {
            Some(Token::Open(tag)) if tag.name == "a" && clean[begins..].starts_with("<a") => {
                open.push((begins + 2, tag.attribute("href").unwrap_or_default(), String::new()));
            }
            Some(Token::Text(text)) => {
                if let Some(link) = open.last_mut() {
                    link.2.push_str(&decode(text));
                }
            }
            Some(Token::Close("a")) => {
                places.extend(open.pop().filter(|it| leads_elsewhere(&it.2, &it.1)).map(|it| it.0));
            }
            Some(_) => {}
            None => break,
        }
    }
    places.sort_unstable();
    let mut out = String::with_capacity(clean.len() + places.len() * (ELSEWHERE.len() + 10));
    let mut done = 0;
    for place in places {
        out.push_str(&clean[done..place]);
        out.push_str(&format!(" class=\"{ELSEWHERE}\""));
        done = place;
    }
    out.push_str(&clean[done..]);
    out
}

/// Whether the text of a link names a host that its target does not belong to.
fn leads_elsewhere(text: &str, target: &str) -> bool {
    let (Some(shown), Some(real)) = (host_in(text), host_of(target)) else { return false };
    let within = |a: &str, b: &str| a == b || a.strip_suffix(b).is_some_and(|rest| rest.ends_with('.'));
    !within(&shown, &real) && !within(&real, &shown)
}

/// The host of an address with a scheme.
fn host_of(address: &str) -> Option<String> {
    let address = address.trim();
    if let Some(mailbox) = address.get(..7).filter(|it| it.eq_ignore_ascii_case("mailto:")).map(|_| &address[7..]) {
        return plain(mailbox.split(['?', ',']).next()?.rsplit_once('@')?.1);
    }
    let (scheme, rest) = address.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    // A name and password before the host are part of the trick.
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    plain(authority.rsplit('@').next()?)
}

/// The host that a text names, if it is an address and no sentence.
fn host_in(text: &str) -> Option<String> {
    // What nobody sees would hide a host from us and from no reader.
    let seen: String = text.chars().filter(|it| !is_unseen(*it)).collect();
    let text = seen.trim().trim_matches(['<', '>', '"', '(', ')', '[', ']', '.', ',']);
    if text.is_empty() || text.len() > 2000 || text.contains(char::is_whitespace) {
        return None;
    }
    if text.contains("://") {
        return host_of(text);
    }
    let name = text.split(['/', '?', '#']).next()?;
    let name = name.rsplit('@').next()?;
    let last = name.split(':').next()?.rsplit('.').next()?;
    // `report.pdf` and `e.g.` are no hosts; `bank.example` and `www.bank.example/x` are.
    let is_host = name.contains('.') && last.len() >= 2 && last.chars().all(char::is_alphabetic);
    let is_file = [
        "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv", "jpg", "jpeg", "png", "gif", "exe", "msi", "html", "htm", "eml",
        "ics", "js", "json", "xml", "md", "rs", "py", "sh", "log", "net",
    ]
    .contains(&last.to_ascii_lowercase().as_str());
    let addressed = text.starts_with("www.") || text.contains('/') || text.contains('@') || !is_file;
    (is_host && addressed).then(|| plain(name)).flatten()
}

/// Controls, soft hyphens and characters without a width.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A host without port, `www.` and case.
fn plain(host: &str) -> Option<String> {
    let host = host.split(':').next()?.trim_matches(['.', '>', ' ']).to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
    host.contains('.').then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_lie_are_told() {
        for (text, target, expected) in [
            ("https://bank.example/login", "https://evil.example/x", true),
            ("bank.example", "https://evil.example", true),
            ("www.bank.example", "https://bank.example.evil.example/", true),
            ("bank.example", "https://bank.example@evil.example/", true),
            ("ann@bank.example", "mailto:eve@evil.example", true),
            ("bank.example", "https://www.bank.example/x", false),
            ("https://login.bank.example", "https://bank.example/x", false),
            ("ban\u{ad}k.exam\u{200b}ple\u{11}", "https://evil.example", true),
            ("here", "https://evil.example", false),
            ("see bank.example for more", "https://evil.example", false),
            ("report.pdf", "https://files.example/report.pdf", false),
            ("", "https://evil.example", false),
        ] {
            assert_eq!(leads_elsewhere(text, target), expected, "{text} {target}");
        }
    }
}
