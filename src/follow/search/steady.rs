//! A query whose matches may be asked for in any state of its reader. tantivy asks whatever is excluded whether it holds a document
//! with `seek_danger`, also when that reader stands behind the document already or has ended, which phrases and intersections do not
//! allow (they assert against it). This one takes the careful way: it looks where the reader stands before it moves it.
//!
//! Invariant: the same documents with the same scores as the query within, and its reader is never moved backwards.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TantivyError, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

#[derive(Debug)]
pub(super) struct Steady(pub Box<dyn Query>);

impl Clone for Steady {
    fn clone(&self) -> Self {
        Steady(self.0.box_clone())
    }
}

impl Query for Steady {
    fn weight(&self, scoring: EnableScoring<'_>) -> Result<Box<dyn Weight>, TantivyError> {
        Ok(Box::new(SteadyWeight(self.0.weight(scoring)?)))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.0.query_terms(visitor);
    }
}

struct SteadyWeight(Box<dyn Weight>);

impl Weight for SteadyWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>, TantivyError> {
        Ok(Box::new(SteadyScorer(self.0.scorer(reader, boost)?)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> Result<Explanation, TantivyError> {
        self.0.explain(reader, doc)
    }
}

struct SteadyScorer(Box<dyn Scorer>);

// `seek_danger` is left to the trait: it asks for `doc` first, and goes on only from before the target.
impl DocSet for SteadyScorer {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.0.doc() < target { self.0.seek(target) } else { self.0.doc() }
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }

    fn cost(&self) -> u64 {
        self.0.cost()
    }
}

impl Scorer for SteadyScorer {
    fn score(&mut self) -> Score {
        self.0.score()
    }
}
