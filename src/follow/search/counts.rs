//! How many documents have a fact: the index says it for each segment, deleted ones among them, and these are taken off. What was counted
//! once is not counted anew after each commit: only what was deleted since is looked at.
//!
//! Invariants: within a segment documents are only ever deleted, never added; `gone` has each deleted one once, in the order in which they
//! were seen to go, so a count is true of a beginning of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tantivy::{BitSet, DocId, DocSet, SegmentReader, TantivyError, Term, index::SegmentId, schema::IndexRecordOption};

/// Counts that are kept of one segment; of more, all are made anew.
const KEPT_MAX: usize = 1_000;

#[derive(Default)]
pub(super) struct Counts(Mutex<BTreeMap<SegmentId, Segment>>);

/// What is known of a segment.
struct Segment {
    /// Those that were alive when it was looked at last.
    alive: BitSet,
    gone: Vec<DocId>,
    facts: BTreeMap<Term, Count>,
}

#[derive(Clone, Copy)]
struct Count {
    count: usize,
    /// So many of those that are gone are taken off.
    seen: usize,
}

impl Counts {
    /// How many documents of a segment have a fact. Who holds an older state of the segment than others is told of the newer one.
    pub(super) fn of(&self, reader: &SegmentReader, fact: &Term) -> Result<usize, TantivyError> {
        let (known, mut gone) = {
            let mut segments = self.segments();
            let segment = segments.entry(reader.segment_id()).or_insert_with(|| Segment::new(reader));
            segment.look(reader);
            let known = segment.facts.get(fact).copied();
            (known, segment.gone[known.map_or(0, |it| it.seen)..].to_vec())
        };
        if let Some(it) = known.filter(|_| gone.is_empty()) {
            return Ok(it.count);
        }
        let seen = known.map_or(0, |it| it.seen) + gone.len();
        gone.sort_unstable();
        let index = reader.inverted_index(fact.field())?;
        let count = match index.get_term_info(fact)? {
            None => 0,
            Some(info) => {
                let mut having = index.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                let before = known.map_or(info.doc_freq as usize, |it| it.count);
                before.saturating_sub(gone.into_iter().filter(|doc| has(&mut having, *doc)).count())
            }
        };
        let mut segments = self.segments();
        // It may have been forgotten meanwhile, or counted by somebody who saw more.
        if let Some(segment) = segments.get_mut(&reader.segment_id()) {
            if segment.facts.len() >= KEPT_MAX {
                segment.facts.clear();
            }
            let kept = segment.facts.entry(fact.clone()).or_insert(Count { count, seen });
            if kept.seen < seen {
                *kept = Count { count, seen };
            }
        }
        Ok(count)
    }

    pub(super) fn forget_all_but(&self, live: &BTreeSet<SegmentId>) {
        self.segments().retain(|segment, _| live.contains(segment));
    }

    /// Each change of a segment is made in one step, or can be made again.
    fn segments(&self) -> MutexGuard<'_, BTreeMap<SegmentId, Segment>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has(docs: &mut impl DocSet, doc: DocId) -> bool {
    let at = docs.doc();
    (if at < doc { docs.seek(doc) } else { at }) == doc
}

/// Documents of one word of a bit set.
const WORD: u32 = 64;

impl Segment {
    fn new(reader: &SegmentReader) -> Segment {
        Segment { alive: BitSet::with_max_value_and_full(reader.max_doc()), gone: Vec::new(), facts: BTreeMap::new() }
    }

    /// Takes down which documents have gone.
    fn look(&mut self, reader: &SegmentReader) {
        if reader.num_deleted_docs() as usize <= self.gone.len() {
            return;
        }
        let Some(present) = reader.alive_bitset() else { return };
        let mut alive = self.alive.clone();
        alive.intersect_update(present.bitset());
        for word in 0..reader.max_doc().div_ceil(WORD) {
            let (before, now) = (self.alive.tinyset(word), alive.tinyset(word));
            self.gone.extend(before.into_iter().filter(|it| !now.contains(*it)).map(|it| word * WORD + it));
        }
        self.alive = alive;
    }
}
