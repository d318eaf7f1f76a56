//! Collects an answer: counts all that match and keeps the rows of one page. One pass, memory bounded by the page and what comes
//! before it. Rows are ordered by the value and then the id, the same way in every segment, so that pages never overlap.
//!
//! Most of what matches is not on the page: where rows are ordered by a column, its values are read many at once, and compared with the worst
//! row that is kept, before anything else is read.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};
use uuid::Uuid;

use crate::desk::query::{Direction, Sort, SortField, SortKey};

use super::{
    schema::{column, sort_column},
    span::Span,
};

/// A row: its place in the order, its score, and where it lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub key: SortKey,
    pub score: Score,
    pub address: DocAddress,
}

/// What is to be collected: the first `rows` rows of an order, behind `after`.
pub(super) struct Answer {
    pub sort: Sort,
    pub after: Option<SortKey>,
    pub rows: usize,
    /// Where in the column of the order all lies that fits, if that is known.
    pub span: Option<Span>,
}

impl Answer {
    /// No rows, only how many fit.
    pub(super) fn counting() -> Answer {
        Answer { sort: Sort::NEWEST, after: None, rows: 0, span: None }
    }
}

impl Collector for Answer {
    /// The rows in order, and how many match in all.
    type Fruit = (Vec<Row>, usize);
    type Child = SegmentAnswer;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> Result<SegmentAnswer, TantivyError> {
        let columns = reader.fast_fields();
        Ok(SegmentAnswer {
            sort: self.sort,
            after: self.after,
            rows: self.rows,
            segment,
            value: sort_column(self.sort.field).map(|name| columns.u64(name)).transpose()?,
            id_high: columns.u64(column::ID_HIGH)?,
            id_low: columns.u64(column::ID_LOW)?,
            kept: BinaryHeap::new(),
            total: 0,
            waiting: Vec::with_capacity(AT_ONCE),
            values: [None; AT_ONCE],
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort.field == SortField::Relevance
    }

    fn merge_fruits(&self, segments: Vec<(Vec<Row>, usize)>) -> Result<(Vec<Row>, usize), TantivyError> {
        let total = segments.iter().map(|(_, total)| total).sum();
        let mut rows: Vec<Row> = segments.into_iter().flat_map(|(rows, _)| rows).collect();
        rows.sort_by(|a, b| self.sort.compare(&a.key, &b.key));
        rows.truncate(self.rows);
        Ok((rows, total))
    }
}

pub(super) struct SegmentAnswer {
    sort: Sort,
    after: Option<SortKey>,
    rows: usize,
    segment: SegmentOrdinal,
    value: Option<Column<u64>>,
    id_high: Column<u64>,
    id_low: Column<u64>,
    /// The worst row on top, so that a better one takes its place.
    pub(super) kept: BinaryHeap<Ranked>,
    total: usize,
    /// Documents whose values are not read yet.
    waiting: Vec<DocId>,
    /// Room for their values.
    values: [Option<u64>; AT_ONCE],
}

/// Values that are read at once.
const AT_ONCE: usize = 64;

pub(super) struct Ranked {
    sort: Sort,
    pub(super) row: Row,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort.compare(&self.row.key, &other.row.key)
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

impl SegmentAnswer {
    /// Whether a row with this value surely comes after the worst that is kept, whatever its id, or whatever the rest of its id.
    fn too_late(&self, value: Option<u64>, high: Option<u64>) -> bool {
        self.kept.len() == self.rows
            && self.kept.peek().is_none_or(|worst| {
                let (worst_high, worst_low) = worst.row.key.id.as_u64_pair();
                let id = Uuid::from_u64_pair(high.unwrap_or(worst_high), worst_low);
                self.sort.compare(&SortKey { value, id }, &worst.row.key) == Ordering::Greater
            })
    }

    /// Takes documents, each of which comes once and in order, by the values of their column.
    fn take_all(&mut self, docs: &[DocId]) {
        let Some(column) = self.value.take_if(|_| self.rows > 0) else { return };
        let mut values = std::mem::replace(&mut self.values, [None; AT_ONCE]);
        for docs in docs.chunks(AT_ONCE) {
            let values = &mut values[..docs.len()];
            values.fill(None);
            column.first_vals(docs, values);
            let mut bounds = self.bounds();
            for (doc, value) in docs.iter().zip(values) {
                if bounds.let_in(*value) && self.take(*doc, *value, 0.0) {
                    bounds = self.bounds();
                }
            }
        }
        self.values = values;
        self.value = Some(column);
    }

    /// What values a row must have that has a chance.
    fn bounds(&self) -> Bounds {
        let worst = self.kept.peek().filter(|_| self.kept.len() == self.rows).map(|it| it.row.key.value);
        Bounds { direction: self.sort.direction, after: self.after.map(|it| it.value), worst }
    }

    /// Looks at one row; whether it is kept.
    fn take(&mut self, doc: DocId, value: Option<u64>, score: Score) -> bool {
        if self.too_late(value, None) {
            return false;
        }
        // Reading a column costs more than anything else here, and many rows have the same score.
        let half = |column: &Column<u64>| column.first(doc).unwrap_or(0);
        let high = half(&self.id_high);
        if self.too_late(value, Some(high)) {
            return false;
        }
        let key = SortKey { value, id: Uuid::from_u64_pair(high, half(&self.id_low)) };
        if self.after.is_some_and(|after| self.sort.compare(&key, &after) != Ordering::Greater) {
            return false;
        }
        let ranked = Ranked { sort: self.sort, row: Row { key, score, address: DocAddress::new(self.segment, doc) } };
        if self.kept.len() < self.rows {
            self.kept.push(ranked);
            return true;
        }
        match self.kept.peek_mut() {
            Some(mut worst) if ranked < *worst => {
                *worst = ranked;
                true
            }
            _ => false,
        }
    }
}

/// Between which values a row may still find a place; what has none comes last.
struct Bounds {
    direction: Direction,
    /// Of the row behind which the page begins.
    after: Option<Option<u64>>,
    /// Of the worst row that is kept, once there are enough.
    worst: Option<Option<u64>>,
}

impl Bounds {
    /// Whether the ids have to be looked at, of a row with this value.
    fn let_in(&self, value: Option<u64>) -> bool {
        let before = |a: u64, b: u64| if self.direction == Direction::Ascending { a < b } else { a > b };
        let too_early = match (value, self.after) {
            (Some(value), Some(Some(after))) => before(value, after),
            (Some(_), Some(None)) => true,
            (None, _) | (_, None) => false,
        };
        let too_late = match (value, self.worst) {
            (Some(value), Some(Some(worst))) => before(worst, value),
            (None, Some(Some(_))) => true,
            (_, Some(None) | None) => false,
        };
        !too_early && !too_late
    }
}

impl SegmentCollector for SegmentAnswer {
    type Fruit = (Vec<Row>, usize);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        if self.value.is_none() {
            self.take(doc, Some(SortKey::from_score(score)), score);
            return;
        }
        self.waiting.push(doc);
        if self.waiting.len() == AT_ONCE {
            self.catch_up();
        }
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.total += docs.len();
        self.take_all(docs);
    }

    fn harvest(mut self) -> (Vec<Row>, usize) {
        self.catch_up();
        (self.kept.into_iter().map(|it| it.row).collect(), self.total)
    }
}

impl SegmentAnswer {
    fn catch_up(&mut self) {
        let docs = std::mem::take(&mut self.waiting);
        self.take_all(&docs);
        self.waiting = docs;
        self.waiting.clear();
    }
}
