//! How every list looks (API-06).

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::{Refusal, Result},
    http::page::Page,
};

/// A part of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListView<T> {
    pub items: Vec<T>,
    /// The number of this page, from 1.
    #[schema(minimum = 1)]
    pub page: usize,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: usize,
    /// All that there are.
    #[schema(minimum = 0)]
    pub total: usize,
    /// Give it as `cursor` for what follows; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> ListView<T> {
    /// A page of a list that is known whole. Its cursor is the number of rows before.
    pub fn of_whole(all: Vec<T>, page: &Page) -> Result<ListView<T>> {
        let skip = ListView::<T>::begin(page)?;
        let total = all.len();
        Ok(ListView::of_part(all.into_iter().skip(skip).take(page.size).collect(), skip, total, page))
    }

    /// How many rows stand before the page.
    pub fn begin(page: &Page) -> Result<usize> {
        let wrong = || Refusal::field("cursor", "invalid", "This is no cursor of this list; start again without one.");
        Ok(page.cursor.as_deref().map_or(Ok(page.skip()), |it| it.parse::<u32>().map(|it| it as usize).map_err(|_| wrong()))?)
    }

    /// One page of a list of which the rest was not read.
    pub fn of_part(items: Vec<T>, skip: usize, total: usize, page: &Page) -> ListView<T> {
        let end = skip + items.len();
        let next_cursor = (end < total && !items.is_empty()).then(|| end.to_string());
        ListView { items, page: page.number, page_size: page.size, total, next_cursor }
    }

    pub fn map<U>(self, show: impl FnMut(T) -> U) -> ListView<U> {
        let ListView { items, page, page_size, total, next_cursor } = self;
        ListView { items: items.into_iter().map(show).collect(), page, page_size, total, next_cursor }
    }
}
