//! A word about what was just done, carried over a redirect in a cookie that lives for seconds and is read once. It is text and a
//! tone, never markup: the page escapes it like anything else.

use axum::http::{HeaderMap, HeaderValue};

use super::site::own_path;
use crate::{
    http::auth::cookie,
    web::components::{badge::Tone, toast::Toast},
};

const COOKIE: &str = "lodge_said";
/// Longer words belong on a page, in characters.
const CHARS_MAX: usize = 300;

const TONES: [(&str, Tone); 3] = [("ok", Tone::Ok), ("warn", Tone::Warn), ("danger", Tone::Danger)];

/// Something went as wished.
pub fn done(text: impl Into<String>) -> Toast {
    Toast { tone: Tone::Ok, text: text.into(), undo: None }
}

/// Something did not go as wished, elsewhere than on the page that is shown.
pub fn failed(text: impl Into<String>) -> Toast {
    Toast { tone: Tone::Danger, text: text.into(), undo: None }
}

/// The `Set-Cookie` value that makes the next page show it.
pub fn remember(toast: &Toast) -> HeaderValue {
    let tone = TONES.iter().find(|it| it.1 == toast.tone).map_or("ok", |it| it.0);
    let text: String = toast.text.chars().take(CHARS_MAX).collect();
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let undo: String = form_urlencoded::byte_serialize(toast.undo.as_deref().unwrap_or_default().replace('.', "").as_bytes()).collect();
    // Percent-encoded text is always a header value.
    HeaderValue::from_str(&format!("{COOKIE}={tone}.{undo}.{text}; Path=/; Max-Age=20; HttpOnly; SameSite=Lax")).unwrap_or(forget())
}

/// The `Set-Cookie` value once it was shown.
pub fn forget() -> HeaderValue {
    HeaderValue::from_static("lodge_said=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

/// What the page before wanted to say.
pub fn read(headers: &HeaderMap) -> Option<Toast> {
    let (tone, rest) = cookie(headers, COOKIE)?.split_once('.')?;
    let (undo, text) = rest.split_once('.')?;
    let tone = TONES.iter().find(|it| it.0 == tone)?.1;
    let decoded = |it: &str| form_urlencoded::parse(it.as_bytes()).next().map(|it| it.0.into_owned());
    // A cookie may have been set by somebody else: only a path of ours is offered.
    let undo = decoded(undo).filter(|it| own_path(it) == it && it.len() > 1);
    Some(Toast { tone, text: decoded(text)?.chars().take(CHARS_MAX).collect(), undo })
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn what_is_remembered_is_read_back() {
        for text in ["Resolved INC-000001.", "3 changed; 1 not: “needs an assignee” & more = 50%", "完成"] {
            let undo = text.starts_with("Resolved").then(|| "/agent/tickets/INC-000001/comments/1/withdraw".to_owned());
            let toast = Toast { tone: Tone::Warn, text: text.into(), undo };
            let set = remember(&toast);
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_str(set.to_str().unwrap().split(';').next().unwrap()).unwrap());
            assert_eq!(read(&headers), Some(toast));
        }
        assert_eq!(read(&HeaderMap::new()), None);
    }
}
