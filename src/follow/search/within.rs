//! A query for what lies between two values of a column. Zones that lie outside are passed over, and those that lie within are taken whole, so
//! that a month of ten million tickets costs what a month costs; only where a zone lies across a bound its values are read.

use std::sync::Arc;

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError,
    columnar::Column,
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

use super::zones::{DOCUMENTS, Part, Zone, Zones};

/// Both bounds are within.
#[derive(Clone)]
pub(super) struct Within {
    pub column: &'static str,
    pub from: u64,
    pub to: u64,
    pub zones: Arc<Zones>,
}

impl std::fmt::Debug for Within {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Within({} {}..={})", self.column, self.from, self.to)
    }
}

impl Query for Within {
    fn weight(&self, _: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Within {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        if self.from > self.to {
            return Ok(Box::new(EmptyScorer));
        }
        let zones = self.zones.of(reader, self.column)?;
        let part = |it: &Zone| match it.within(self.from, self.to) {
            Part::Nothing => 0,
            Part::Some => DOCUMENTS / 2,
            Part::All => DOCUMENTS,
        };
        let mut found = Found {
            values: reader.fast_fields().u64(self.column)?,
            about: zones.iter().map(part).sum(),
            from: self.from,
            to: self.to,
            end: reader.max_doc(),
            zones,
            read: None,
            within: Vec::new(),
            doc: 0,
            boost,
        };
        found.doc = found.next(0);
        Ok(Box::new(found))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> Result<Explanation, TantivyError> {
        Ok(Explanation::new("within", 1.0))
    }
}

struct Found {
    zones: Arc<Vec<Zone>>,
    values: Column<u64>,
    from: u64,
    to: u64,
    /// Behind the last document of the segment.
    end: DocId,
    /// The zone whose values were read last, and which of its documents lie within.
    read: Option<usize>,
    within: Vec<bool>,
    doc: DocId,
    /// How many they are, about.
    about: u32,
    boost: Score,
}

impl Found {
    /// The first document that lies within, from this one on.
    fn next(&mut self, mut doc: DocId) -> DocId {
        while doc < self.end {
            let at = (doc / DOCUMENTS) as usize;
            let begin = doc - doc % DOCUMENTS;
            match self.zones.get(at).map_or(Part::Some, |it| it.within(self.from, self.to)) {
                Part::All => return doc,
                Part::Nothing => doc = begin.saturating_add(DOCUMENTS),
                Part::Some => {
                    self.read(at, begin);
                    match self.within.iter().skip((doc - begin) as usize).position(|it| *it) {
                        Some(further) => return doc + further as DocId,
                        None => doc = begin.saturating_add(DOCUMENTS),
                    }
                }
            }
        }
        TERMINATED
    }

    fn read(&mut self, at: usize, begin: DocId) {
        if self.read.replace(at) == Some(at) {
            return;
        }
        let docs: Vec<DocId> = (begin..begin.saturating_add(DOCUMENTS).min(self.end)).collect();
        let mut values = vec![None; docs.len()];
        self.values.first_vals(&docs, &mut values);
        self.within.clear();
        self.within.extend(values.into_iter().map(|it| it.is_some_and(|it| (self.from..=self.to).contains(&it))));
    }
}

impl DocSet for Found {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.next(self.doc + 1);
        }
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.next(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.about.min(self.end)
    }
}

impl Scorer for Found {
    fn score(&mut self) -> Score {
        self.boost
    }
}
