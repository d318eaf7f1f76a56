//! How every list looks (API-06).

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::page::Page;

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
    pub fn of_whole(all: Vec<T>, page: &Page) -> ListView<T> {
        let skip = page.cursor.as_deref().and_then(|it| it.parse().ok()).unwrap_or_else(|| page.skip());
        let total = all.len();
        let items: Vec<T> = all.into_iter().skip(skip).take(page.size).collect();
        let end = skip + items.len();
        ListView { items, page: page.number, page_size: page.size, total, next_cursor: (end < total).then(|| end.to_string()) }
    }

    pub fn map<U>(self, show: impl FnMut(T) -> U) -> ListView<U> {
        let ListView { items, page, page_size, total, next_cursor } = self;
        ListView { items: items.into_iter().map(show).collect(), page, page_size, total, next_cursor }
    }
}
