//! A page of what fits, ordered by a column, and how many fit: a plan for each size. A small index, and a question that little fits, are
//! looked through whole. Of a question that much fits, the page is found in the zones that can hold it, and the total is counted by what is
//! cheap, or said to be "at least": nobody reads a list to its end that has more rows than that.

use std::{
    collections::BinaryHeap,
    sync::atomic::{AtomicUsize, Ordering},
};

use tantivy::{
    DocId, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
    collector::{Collector, SegmentCollector},
    query::{EnableScoring, Query, Scorer, Weight},
};

use crate::{
    desk::query::{SortKey, Total},
    limits,
};

use super::{
    answer::{Answer, Ranked, Row},
    schema::sort_column,
    together::{collect, executor, ordinal},
    zones::{self, Zone, Zones},
};

/// A total that is known without a look at what fits.
pub(super) enum Known {
    /// Whatever is not one of these fits.
    AllBut(Box<dyn Query>),
    /// What has this fact fits.
    Fact(Term),
}

/// So many are counted one by one; few in tests, so that they come to the end of it.
pub(super) const COUNTED_MAX: usize = if cfg!(test) { 64 } else { limits::LIST_COUNTED_MAX };
/// How many zones are looked into before it is asked whether that was enough.
const ROUNDS: [usize; 4] = if cfg!(test) { [2, 6, 20, usize::MAX] } else { [16, 256, 4_096, usize::MAX] };
/// Of more zones than this, the segments are looked into beside each other.
const ALONE_MAX: usize = ROUNDS[1];

/// The page that an answer wants, and how many fit.
pub(super) fn page(
    searcher: &Searcher,
    query: &dyn Query,
    answer: &Answer,
    known: Option<&Known>,
    zones: &Zones,
) -> Result<(Vec<Row>, Total), TantivyError> {
    if searcher.num_docs() <= COUNTED_MAX as u64 {
        let (rows, total) = collect(searcher, query, answer)?;
        return Ok((rows, Total::from(total)));
    }
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let total = match known {
        Some(known) => Some(Total::from(counted(searcher, known, zones)?)),
        None => None,
    };
    // What is known to be much needs no second count.
    let total = match total.filter(|it| it.count > COUNTED_MAX) {
        Some(total) => total,
        None => {
            let (rows, total) = whole(searcher, &*weight, answer)?;
            if !total.is_bound {
                return Ok((rows, total));
            }
            total
        }
    };
    Ok((by_zones(searcher, &*weight, answer, zones)?, total))
}

/// The rows of an answer alone, however many fit.
pub(super) fn rows(searcher: &Searcher, query: &dyn Query, answer: &Answer, zones: &Zones) -> Result<Vec<Row>, TantivyError> {
    if searcher.num_docs() <= COUNTED_MAX as u64 {
        return Ok(collect(searcher, query, answer)?.0);
    }
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    by_zones(searcher, &*weight, answer, zones)
}

fn counted(searcher: &Searcher, known: &Known, zones: &Zones) -> Result<usize, TantivyError> {
    match known {
        Known::AllBut(query) => {
            let (_, others) = collect(searcher, &**query, &Answer::counting())?;
            Ok(usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX).saturating_sub(others))
        }
        Known::Fact(term) => {
            let counts = executor(searcher).map(|reader| zones.counts.of(reader, term), searcher.segment_readers().iter())?;
            Ok(counts.into_iter().sum())
        }
    }
}

/// Looks through everything that fits, unless it is too much.
fn whole(searcher: &Searcher, weight: &dyn Weight, answer: &Answer) -> Result<(Vec<Row>, Total), TantivyError> {
    let found = AtomicUsize::new(0);
    let segments = searcher.segment_readers().iter().enumerate();
    let fruits = executor(searcher).map(|(at, reader)| until_too_many(weight, at, reader, answer, &found), segments)?;
    let (rows, count) = answer.merge_fruits(fruits)?;
    Ok((rows, Total { count: count.min(COUNTED_MAX), is_bound: count > COUNTED_MAX }))
}

fn until_too_many(
    weight: &dyn Weight,
    at: usize,
    reader: &SegmentReader,
    answer: &Answer,
    found: &AtomicUsize,
) -> Result<(Vec<Row>, usize), TantivyError> {
    let mut collector = answer.for_segment(ordinal(at), reader)?;
    let mut scorer = weight.scorer(reader, 1.0)?;
    let mut handful = Vec::with_capacity(HANDFUL);
    while take_handful(&mut handful, &mut *scorer, TERMINATED, reader) {
        collector.collect_block(&handful);
        if found.fetch_add(handful.len(), Ordering::Relaxed) + handful.len() > COUNTED_MAX {
            break;
        }
    }
    Ok(collector.harvest())
}

/// Documents that are taken at once.
const HANDFUL: usize = 256;

/// Takes the next documents before `end` that are not deleted; whether there were any.
fn take_handful(handful: &mut Vec<DocId>, scorer: &mut dyn Scorer, end: DocId, reader: &SegmentReader) -> bool {
    handful.clear();
    let alive = reader.alive_bitset();
    let mut doc = scorer.doc();
    while doc < end && handful.len() < HANDFUL {
        if alive.is_none_or(|it| it.is_alive(doc)) {
            handful.push(doc);
        }
        doc = scorer.advance();
    }
    !handful.is_empty()
}

/// A zone that may hold rows of the page.
struct Candidate {
    /// No row of it comes before this place.
    first: SortKey,
    segment: usize,
    zone: usize,
}

fn by_zones(searcher: &Searcher, weight: &dyn Weight, answer: &Answer, zones: &Zones) -> Result<Vec<Row>, TantivyError> {
    let sort = answer.sort;
    let mut candidates = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let Some(column) = sort_column(sort.field) else { continue };
        for (zone, bounds) in zones.of(reader, column)?.iter().enumerate() {
            let bounds = match answer.span {
                None => Some(*bounds),
                Some(span) => bounds.between(span),
            };
            let behind = |it: &Zone| answer.after.is_none_or(|after| sort.compare(&it.last(sort.direction), &after).is_gt());
            if let Some(bounds) = bounds.filter(behind) {
                candidates.push(Candidate { first: bounds.first(sort.direction), segment, zone });
            }
        }
    }
    let mut kept = BinaryHeap::new();
    for at_once in ROUNDS {
        candidates.retain(|it| !is_late(&kept, answer, it));
        if candidates.is_empty() {
            break;
        }
        let best = at_once.min(candidates.len());
        if best < candidates.len() {
            candidates.select_nth_unstable_by(best, |a, b| sort.compare(&a.first, &b.first));
        }
        let rest = candidates.split_off(best);
        let mut now = std::mem::replace(&mut candidates, rest);
        now.sort_unstable_by_key(|it| (it.segment, it.zone));
        let of_segments = now.chunk_by(|a, b| a.segment == b.segment);
        if now.len() <= ALONE_MAX {
            for zones in of_segments {
                kept = look_into(searcher, weight, answer, zones, kept)?;
            }
        } else {
            let look = |zones| look_into(searcher, weight, answer, zones, BinaryHeap::new());
            let others = executor(searcher).map(look, of_segments)?;
            others.into_iter().flatten().for_each(|it| keep(&mut kept, answer, it));
        }
    }
    let mut rows: Vec<Row> = kept.into_iter().map(|it: Ranked| it.row).collect();
    rows.sort_by(|a, b| sort.compare(&a.key, &b.key));
    Ok(rows)
}

/// Keeps a row if it is among the first.
fn keep(kept: &mut BinaryHeap<Ranked>, answer: &Answer, it: Ranked) {
    kept.push(it);
    if kept.len() > answer.rows {
        kept.pop();
    }
}

/// Whether all of a zone comes after the worst row of a full page.
fn is_late(kept: &BinaryHeap<Ranked>, answer: &Answer, it: &Candidate) -> bool {
    kept.len() >= answer.rows && kept.peek().is_none_or(|worst| answer.sort.compare(&it.first, &worst.row.key).is_gt())
}

/// Looks into some zones of one segment, and gives the best rows of these and of those that are kept.
fn look_into(
    searcher: &Searcher,
    weight: &dyn Weight,
    answer: &Answer,
    zones: &[Candidate],
    kept: BinaryHeap<Ranked>,
) -> Result<BinaryHeap<Ranked>, TantivyError> {
    let Some(segment) = zones.first().map(|it| it.segment) else { return Ok(kept) };
    let reader = searcher.segment_reader(ordinal(segment));
    let mut collector = answer.for_segment(ordinal(segment), reader)?;
    collector.kept = kept;
    let mut scorer = weight.scorer(reader, 1.0)?;
    let mut handful = Vec::with_capacity(HANDFUL);
    for zone in zones {
        if is_late(&collector.kept, answer, zone) {
            continue;
        }
        let docs = zones::documents(zone.zone);
        if scorer.doc() < docs.start {
            scorer.seek(docs.start);
        }
        while take_handful(&mut handful, &mut *scorer, docs.end, reader) {
            collector.collect_block(&handful);
        }
    }
    Ok(collector.kept)
}
