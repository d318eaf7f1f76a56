//! Everything that a question finds, in order, however much it is: a handful of places at a time. It stays with one state of the index, so
//! that nothing is met twice and nothing is left out while others write. Memory is bounded by the handful, and each of them costs one pass
//! over what fits, or over the zones that can hold it.

use std::sync::Arc;

use tantivy::{Searcher, TantivyError, query::Query};

use super::{
    answer::Answer,
    ordered,
    question::{SearchRequest, Spelling, question},
    schema::Fields,
    span::{Span, span},
    together::collect,
    zones::Zones,
};
use crate::{
    desk::query::{Sort, SortField, SortKey},
    error::{Fault, Result},
};

/// A walk over all that fits. It keeps files of the index open until it is dropped.
pub struct Walk {
    searcher: Searcher,
    query: Box<dyn Query>,
    zones: Arc<Zones>,
    sort: Sort,
    span: Option<Span>,
    after: Option<SortKey>,
    total: usize,
    is_over: bool,
}

impl Walk {
    pub(super) fn begin(
        fields: &Fields,
        searcher: Searcher,
        zones: Arc<Zones>,
        request: &SearchRequest<'_>,
    ) -> std::result::Result<Walk, TantivyError> {
        let exact = SearchRequest { spelling: Spelling::Exact, ..request.clone() };
        let query = question(fields, &searcher, &zones, &exact)?;
        let (_, total) = collect(&searcher, &*query, &Answer::counting())?;
        Ok(Walk {
            searcher,
            query,
            zones,
            sort: request.sort,
            span: span(request.cond, request.sort.field),
            after: None,
            total,
            is_over: total == 0,
        })
    }

    /// How many there are in all.
    pub fn total(&self) -> usize {
        self.total
    }

    /// The next places, at most `limit`; none at the end.
    pub fn next(&mut self, limit: usize) -> Result<Vec<SortKey>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let answer = Answer { sort: self.sort, after: self.after, rows: limit, span: self.span };
        let found = match self.sort.field {
            SortField::Relevance => collect(&self.searcher, &*self.query, &answer).map(|it| it.0),
            _ => ordered::rows(&self.searcher, &*self.query, &answer, &self.zones),
        };
        let rows = found.map_err(|cause| Fault::because("searching the index", cause))?;
        self.after = rows.last().map(|it| it.key);
        self.is_over = rows.len() < limit;
        Ok(rows.into_iter().map(|it| it.key).collect())
    }
}
