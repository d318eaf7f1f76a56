//! Which part of a list is wanted: `page` and `pageSize`, or `cursor` and `limit`, and in what order (API-05, API-06).

use super::query::Query;
use crate::{
    desk::query::Sort,
    error::{Refusal, Result},
    language::say,
    limits,
};

/// What every list takes.
const PARAMETERS: &[&str] = &["page", "pageSize", "limit", "cursor", "sort"];

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// From 1. With a cursor, 1.
    pub number: usize,
    /// Rows per page.
    pub size: usize,
    pub cursor: Option<String>,
    /// The order that was asked for.
    pub sort: Option<Sort>,
}

impl Page {
    /// Of a list that has these parameters `besides`; any other is refused, rather than a filter that does not filter.
    pub fn of(query: &Query, besides: &[&str]) -> Result<Page> {
        query.only(PARAMETERS.iter().chain(besides).copied())?;
        let most = limits::PAGE_SIZE_MAX as u64;
        let size = query.number("pageSize", 1..=most)?.or(query.number("limit", 1..=most)?);
        let number = query.number("page", 1..=limits::PAGE_ROWS_MAX as u64)?;
        let cursor = query.get("cursor").map(str::to_owned);
        if cursor.is_some() && number.is_some_and(|it| it > 1) {
            return Err(Refusal::field("page", "conflict", say!("refused-take-either-page-cursor")).into());
        }
        let (number, size) = (number.unwrap_or(1) as usize, size.map_or(limits::PAGE_SIZE_DEFAULT, |it| it as usize));
        if number.saturating_mul(size) > limits::PAGE_ROWS_MAX {
            let message = say!("refused-beyond-first-rows-go", page_rows_max = limits::PAGE_ROWS_MAX);
            return Err(Refusal::field("page", "too_deep", message).into());
        }
        let sort = query.get("sort").map(Sort::parse).transpose()?;
        Ok(Page { number, size, cursor, sort })
    }

    /// Rows before this page.
    pub fn skip(&self) -> usize {
        (self.number - 1) * self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_lists() {
        for (text, expected) in [
            ("", Ok((1, 25))),
            ("page=3&pageSize=10", Ok((3, 10))),
            ("limit=7", Ok((1, 7))),
            ("cursor=abc&limit=7", Ok((1, 7))),
            ("page=0", Err("page")),
            ("page=x", Err("page")),
            ("page=", Err("page")),
            ("pageSize=101", Err("pageSize")),
            ("limit=0", Err("limit")),
            ("page=2&cursor=abc", Err("page")),
            ("page=100000&pageSize=2", Err("page")),
            ("sort=weather", Err("sort")),
            ("pagesize=3", Err("pagesize")),
            ("mine=true", Ok((1, 25))),
        ] {
            match (Page::of(&Query::of(text), &["mine"]), expected) {
                (Ok(it), Ok(expected)) => assert_eq!((it.number, it.size), expected, "{text}"),
                (Err(crate::error::Error::Refused(it)), Err(field)) => assert_eq!(it.fields[0].field, field, "{text}"),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }
}
