//! Collects an answer: counts all that match and keeps the rows of one page. One pass, memory bounded by the page and what comes
//! before it. Rows are ordered by the value and then the id, the same way in every segment, so that pages never overlap.

use std::{cmp::Ordering, collections::BinaryHeap};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};
use uuid::Uuid;

use crate::desk::query::{Sort, SortField, SortKey};

use super::schema::{column, sort_column};

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
    kept: BinaryHeap<Ranked>,
    total: usize,
}

struct Ranked {
    sort: Sort,
    row: Row,
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
}

impl SegmentCollector for SegmentAnswer {
    type Fruit = (Vec<Row>, usize);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let value = match &self.value {
            Some(column) => column.first(doc),
            None => Some(SortKey::from_score(score)),
        };
        if self.too_late(value, None) {
            return;
        }
        // Reading a column costs more than anything else here, and many rows have the same score.
        let half = |column: &Column<u64>| column.first(doc).unwrap_or(0);
        let high = half(&self.id_high);
        if self.too_late(value, Some(high)) {
            return;
        }
        let key = SortKey { value, id: Uuid::from_u64_pair(high, half(&self.id_low)) };
        if self.after.is_some_and(|after| self.sort.compare(&key, &after) != Ordering::Greater) {
            return;
        }
        let ranked = Ranked { sort: self.sort, row: Row { key, score, address: DocAddress::new(self.segment, doc) } };
        if self.kept.len() < self.rows {
            self.kept.push(ranked);
        } else if let Some(mut worst) = self.kept.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    fn harvest(self) -> (Vec<Row>, usize) {
        (self.kept.into_iter().map(|it| it.row).collect(), self.total)
    }
}
