//! The parameters behind the question mark, in order, a name possibly several times.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{App, Problem};
use crate::{
    error::{Refusal, Result},
    language::say,
    text::nearest::nearest,
};

#[derive(Debug, Clone, Default)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    pub fn of(text: &str) -> Query {
        Query(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The first value of this name that is not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|it| it.0 == name && !it.1.is_empty()).map(|it| it.1.as_str())
    }

    /// The first value of any of these names that is not empty.
    pub fn first_of(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|it| self.get(it))
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |it| it.0 == name).map(|it| it.1.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|it| it.0 == name)
    }

    /// Refuses a parameter that is not known, and names the one that was probably meant.
    pub fn only<'a>(&self, known: impl Iterator<Item = &'a str> + Clone) -> Result<()> {
        let Some((name, _)) = self.0.iter().find(|it| !known.clone().any(|known| known == it.0)) else { return Ok(()) };
        let shown: String = name.chars().take(80).collect();
        let message = match nearest(name, known.clone()) {
            Some(it) => format!("There is no parameter `{shown}`; did you mean `{it}`?"),
            None => format!("There is no parameter `{shown}`; there are {}.", known.collect::<Vec<_>>().join(", ")),
        };
        Err(Refusal::field(shown, "unknown", message).into())
    }

    /// A whole number within a range.
    pub fn number(&self, name: &str, range: std::ops::RangeInclusive<u64>) -> Result<Option<u64>> {
        // An empty value is told about, rather than taken for the default.
        let Some(text) = self.all(name).next() else { return Ok(None) };
        match text.parse::<u64>() {
            Ok(it) if range.contains(&it) => Ok(Some(it)),
            _ => {
                let message = say!("refused-whole-number", name = name, start = range.start(), end = range.end());
                Err(Refusal::field(name, "invalid", message).into())
            }
        }
    }

    /// `true` or `false`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>> {
        match self.all(name).next() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Refusal::field(name, "invalid", say!("refused-true-false", name = name)).into()),
        }
    }
}

impl FromRequestParts<App> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(Query::of(parts.uri.query().unwrap_or_default()))
    }
}
