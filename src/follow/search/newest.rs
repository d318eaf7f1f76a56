//! Collecting where more fits than is worth a look at each: the newest come first, until they are enough. Whoever searches ten million
//! tickets for a word that half a million of them hold sees the best of the newest, is told that there are more, and adds a word.
//!
//! The plan: all that fits is looked through until it is too much. Then the zones that are newest by creation are looked into a round at a
//! time, and each round tells how dense what fits lies, and so how many zones the next one needs; a round that finds too much is begun again
//! with fewer. What is little and must not be missed, whatever is no ticket and a ticket's own number, is looked at before.
//!
//! Invariant: at most twice `RANKED_MAX` of the newest are taken, and once as many of the little, however the words lie in time.

use std::{
    ops::Range,
    sync::atomic::{AtomicUsize, Ordering},
};

use tantivy::{
    DocId, Searcher, SegmentReader, TERMINATED, TantivyError,
    collector::{Collector, SegmentCollector},
    query::{BooleanQuery, EnableScoring, Occur, Query, Scorer, Weight},
};

use crate::{
    desk::query::{Direction, Sort, TimeField},
    limits,
};

use super::{
    facts::time_name,
    ordered::COUNTED_MAX,
    question::all_of,
    steady::Steady,
    together::{collect, executor, ordinal},
    zones::{self, Zones},
};

/// So many are ranked and counted by their values; few in tests, so that they come to the end of it.
pub(super) const RANKED_MAX: usize = if cfg!(test) { 64 } else { limits::SEARCH_RANKED_MAX };
/// Zones of the first round.
const FIRST_ROUND: usize = if cfg!(test) { 2 } else { 64 };
/// One zone is never too much.
const _: () = assert!(zones::DOCUMENTS as usize <= RANKED_MAX);

/// What a collector makes of the newest that fit, and whether there may be more.
pub(super) fn collect_newest<C: Collector>(
    searcher: &Searcher,
    asked: &Asked,
    collector: &C,
    zones: &Zones,
) -> Result<(C::Fruit, bool), TantivyError> {
    if searcher.num_docs() <= COUNTED_MAX as u64 {
        return Ok((collect(searcher, &*asked.whole, collector)?, false));
    }
    let weight_of = |query: &dyn Query| match collector.requires_scoring() {
        true => query.weight(EnableScoring::enabled_from_searcher(searcher)),
        false => query.weight(EnableScoring::disabled_from_searcher(searcher)),
    };
    let weight = weight_of(&*asked.whole)?;
    let (all, too_many) = until_too_many(searcher, &*weight, collector)?;
    if !too_many {
        return Ok((collector.merge_fruits(all)?, false));
    }
    let (mut fruits, is_cut, weight) = match &asked.little {
        None => (Vec::new(), false, weight),
        Some(little) => {
            let whole = || asked.whole.box_clone();
            let (fruits, is_cut) = until_too_many(searcher, &*weight_of(&*all_of(vec![whole(), little.box_clone()]))?, collector)?;
            let masses = vec![(Occur::Must, whole()), (Occur::MustNot, Box::new(Steady(little.box_clone())) as Box<dyn Query>)];
            (fruits, is_cut, weight_of(&BooleanQuery::new(masses))?)
        }
    };
    let mut rest = by_age(searcher, zones)?;
    let (mut found, mut round) = (0, FIRST_ROUND);
    while !rest.is_empty() && found < RANKED_MAX {
        let begin = rest.len().saturating_sub(round);
        let mut places = rest[begin..].to_vec();
        places.sort_unstable();
        let of_segments: Vec<&[Place]> = places.chunk_by(|a, b| a.0 == b.0).collect();
        let taken = AtomicUsize::new(0);
        let enough = || taken.fetch_add(1, Ordering::Relaxed) >= RANKED_MAX;
        let look = |places| look_into(searcher, &*weight, collector, places, enough);
        let some = executor(searcher).map(look, of_segments.into_iter())?;
        let taken = taken.load(Ordering::Relaxed);
        if taken > RANKED_MAX && places.len() > 1 {
            // It lies denser here than before. What was taken is not the newest of it, so it is left, and fewer zones are looked into.
            round = places.len().div_ceil(4);
            continue;
        }
        fruits.extend(some);
        rest.truncate(begin);
        found += taken;
        // A tenth more than the density tells, so that it is seldom not quite enough; and never more than twice as many as before.
        let enough = RANKED_MAX.saturating_sub(found).saturating_mul(places.len() * 11) / (taken.max(1) * 10) + 1;
        round = enough.min(places.len() * 2);
    }
    Ok((collector.merge_fruits(fruits)?, is_cut || !rest.is_empty()))
}

/// Collects what fits, until it is too much; whether it was.
fn until_too_many<C: Collector>(searcher: &Searcher, weight: &dyn Weight, collector: &C) -> Result<(Fruits<C>, bool), TantivyError> {
    let found = AtomicUsize::new(0);
    let enough = || found.fetch_add(1, Ordering::Relaxed) >= RANKED_MAX;
    let look = |(at, reader): (usize, &SegmentReader)| {
        let mut child = collector.for_segment(ordinal(at), reader)?;
        if found.load(Ordering::Relaxed) <= RANKED_MAX {
            let mut scorer = weight.scorer(reader, 1.0)?;
            collect_from(collector, reader, &mut child, &mut *scorer, std::iter::once(0..TERMINATED), enough);
        }
        Ok(child.harvest())
    };
    let all = executor(searcher).map(look, searcher.segment_readers().iter().enumerate())?;
    Ok((all, found.load(Ordering::Relaxed) > RANKED_MAX))
}

/// What a collector makes of each segment.
type Fruits<C> = Vec<<<C as Collector>::Child as SegmentCollector>::Fruit>;

/// A question, and what of it is always looked at.
pub(super) struct Asked {
    pub whole: Box<dyn Query>,
    pub little: Option<Box<dyn Query>>,
}

/// A segment and a zone of it.
type Place = (usize, usize);

/// All zones, the newest last.
fn by_age(searcher: &Searcher, zones: &Zones) -> Result<Vec<Place>, TantivyError> {
    let sort = Sort { direction: Direction::Ascending, ..Sort::NEWEST };
    let mut all = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        all.extend(
            zones
                .of(reader, time_name(TimeField::Created))?
                .iter()
                .enumerate()
                .map(|(zone, it)| (it.first(Direction::Descending), (segment, zone))),
        );
    }
    all.sort_unstable_by(|a, b| sort.compare(&a.0, &b.0));
    Ok(all.into_iter().map(|it| it.1).collect())
}

/// Collects from some zones of one segment.
fn look_into<C: Collector>(
    searcher: &Searcher,
    weight: &dyn Weight,
    collector: &C,
    places: &[Place],
    enough: impl Fn() -> bool,
) -> Result<<C::Child as SegmentCollector>::Fruit, TantivyError> {
    let segment = ordinal(places.first().map_or(0, |it| it.0));
    let reader = searcher.segment_reader(segment);
    let mut child = collector.for_segment(segment, reader)?;
    let mut scorer = weight.scorer(reader, 1.0)?;
    collect_from(collector, reader, &mut child, &mut *scorer, places.iter().map(|it| zones::documents(it.1)), enough);
    Ok(child.harvest())
}

/// Collects what a scorer finds in some ranges of documents, which are in order, until it is enough.
fn collect_from<C: Collector>(
    collector: &C,
    reader: &SegmentReader,
    child: &mut C::Child,
    scorer: &mut dyn Scorer,
    ranges: impl Iterator<Item = Range<DocId>>,
    enough: impl Fn() -> bool,
) {
    let (alive, scored) = (reader.alive_bitset(), collector.requires_scoring());
    for docs in ranges {
        let mut doc = scorer.doc();
        if doc < docs.start {
            doc = scorer.seek(docs.start);
        }
        while doc < docs.end {
            if alive.is_none_or(|it| it.is_alive(doc)) {
                child.collect(doc, if scored { scorer.score() } else { 0.0 });
                if enough() {
                    return;
                }
            }
            doc = scorer.advance();
        }
    }
}
