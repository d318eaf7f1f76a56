//! Versions of single things (API-03, RFC 9110 8.8.3 and 13.1). A tag is `"<id>-<version>"`, compared weakly.

use axum::http::{HeaderMap, HeaderName, header};

use crate::{
    error::{Code, Refusal, Result},
    language::say,
};

/// A tag, with its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ETag(pub String);

impl ETag {
    pub fn of(id: impl std::fmt::Display, version: u64) -> ETag {
        ETag(format!("\"{id}-{version}\""))
    }
}

/// The tags of a header, or any.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    These(Vec<String>),
}

impl Tags {
    fn of(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
        let mut values = headers.get_all(&name).iter().peekable();
        values.peek()?;
        let text = values.map(|it| String::from_utf8_lossy(it.as_bytes())).collect::<Vec<_>>().join(",");
        if text.trim() == "*" {
            return Some(Tags::Any);
        }
        // A weak tag and one whose quotes a client dropped mean the same version.
        let plain = |it: &str| it.trim().trim_start_matches("W/").trim_matches('"').to_owned();
        Some(Tags::These(text.split(',').map(plain).collect()))
    }

    fn have(&self, tag: &ETag) -> bool {
        match self {
            Tags::Any => true,
            Tags::These(all) => all.iter().any(|it| it == tag.0.trim_matches('"')),
        }
    }
}

/// Whether the caller has this version already (`If-None-Match`): answer 304.
pub fn is_known(headers: &HeaderMap, tag: &ETag) -> bool {
    Tags::of(headers, header::IF_NONE_MATCH).is_some_and(|it| it.have(tag))
}

/// The versions that a change is meant for (`If-Match`); any if the caller does not say.
#[derive(Debug, Clone)]
pub struct IfMatch(Option<Tags>);

impl IfMatch {
    pub fn of(headers: &HeaderMap) -> IfMatch {
        IfMatch(Tags::of(headers, header::IF_MATCH))
    }

    /// Refuses the change if the present version is another. To be asked inside the transaction that changes.
    pub fn check(&self, present: &ETag) -> Result<()> {
        match &self.0 {
            Some(tags) if !tags.have(present) => {
                let detail = say!("refused-changed-meanwhile-etag-now", present = present.0);
                Err(Refusal::new(Code::Stale, detail).into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = ETag::of("abc", 3);
        for (value, known) in [
            ("\"abc-3\"", true),
            ("W/\"abc-3\"", true),
            ("abc-3", true),
            ("\"x\", \"abc-3\"", true),
            ("*", true),
            ("\"abc-4\"", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().unwrap());
            headers.insert(header::IF_MATCH, value.parse().unwrap());
            assert_eq!(is_known(&headers, &tag), known, "{value}");
            assert_eq!(IfMatch::of(&headers).check(&tag).is_ok(), known, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), &tag));
        assert!(IfMatch::of(&HeaderMap::new()).check(&tag).is_ok());
    }
}
