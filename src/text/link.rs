//! Links that say one address and lead to another: the oldest trick of mail. It compares what a link shows with where it leads, and
//! judges nothing else. Invariant: linear, and silent where the text names no host.

/// The class of a link whose text names another host than its target.
pub const ELSEWHERE: &str = "link-elsewhere";

/// Whether the text of a link names a host that its target does not belong to.
pub fn leads_elsewhere(text: &str, target: &str) -> bool {
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
    let text = text.trim().trim_matches(['<', '>', '"', '(', ')', '[', ']', '.', ',']);
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
            ("here", "https://evil.example", false),
            ("see bank.example for more", "https://evil.example", false),
            ("report.pdf", "https://files.example/report.pdf", false),
            ("", "https://evil.example", false),
        ] {
            assert_eq!(leads_elsewhere(text, target), expected, "{text} {target}");
        }
    }
}
