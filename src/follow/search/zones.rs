//! Zones: between which places of an order the documents of a segment lie, some thousand at a time. A segment holds its documents roughly
//! as they were lodged, so most zones have nothing that can be on a page, and nobody has to look into them.
//!
//! Invariants: a segment's columns never change, so its zones do not either; bounds are never narrower than what is in the zone, deleted
//! documents among them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tantivy::{DocId, Searcher, SegmentReader, TantivyError, index::SegmentId};
use uuid::Uuid;

use crate::desk::query::{Direction, SortKey, TimeField};

use super::{counts::Counts, facts::time_name, ordered::COUNTED_MAX, schema::column, span::Span};

/// Documents of a zone; few in tests, so that there are several.
pub(super) const DOCUMENTS: u32 = if cfg!(test) { 4 } else { 1024 };

/// A value and the upper half of an id.
type Place = (u64, u64);

/// The bounds of one zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Zone {
    /// The least and the greatest place of those that have the value.
    present: Option<(Place, Place)>,
    /// The least and the greatest upper half of an id of those that have none.
    absent: Option<(u64, u64)>,
}

impl Zone {
    fn take(&mut self, value: Option<u64>, high: u64) {
        match value {
            Some(value) => {
                let place = (value, high);
                self.present = Some(self.present.map_or((place, place), |(least, greatest)| (least.min(place), greatest.max(place))));
            }
            None => self.absent = Some(self.absent.map_or((high, high), |(least, greatest)| (least.min(high), greatest.max(high)))),
        }
    }

    /// No row of the zone comes before this place.
    pub(super) fn first(&self, direction: Direction) -> SortKey {
        let ascending = direction == Direction::Ascending;
        let present = self.present.map(|(least, greatest)| if ascending { least } else { greatest });
        let absent = self.absent.map_or(0, |(least, greatest)| if ascending { least } else { greatest });
        let low = if ascending { 0 } else { u64::MAX };
        key(present.map(|it| it.0), present.map_or(absent, |it| it.1), low)
    }

    /// No row of the zone comes after this place.
    pub(super) fn last(&self, direction: Direction) -> SortKey {
        let ascending = direction == Direction::Ascending;
        let low = if ascending { u64::MAX } else { 0 };
        match (self.absent, self.present) {
            (None, Some((least, greatest))) => {
                let (value, high) = if ascending { greatest } else { least };
                key(Some(value), high, low)
            }
            (absent, _) => key(None, absent.map_or(0, |(least, greatest)| if ascending { greatest } else { least }), low),
        }
    }
}

impl Zone {
    /// The bounds of what lies between two values, both of which count as between; none if nothing does.
    pub(super) fn between(&self, (from, to): Span) -> Option<Zone> {
        let (least, greatest) = self.present?;
        let present = (least.max((from, 0)), greatest.min((to, u64::MAX)));
        (present.0 <= present.1).then_some(Zone { present: Some(present), absent: None })
    }
}

/// How much of a zone lies within some bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Nothing,
    Some,
    All,
}

impl Zone {
    /// How many of the documents may have a value within these bounds, both of which count as within.
    pub(super) fn within(&self, from: u64, to: u64) -> Part {
        match (self.present, self.absent) {
            (Some((least, greatest)), None) if from <= least.0 && greatest.0 <= to => Part::All,
            (Some((least, greatest)), _) if least.0 <= to && from <= greatest.0 => Part::Some,
            _ => Part::Nothing,
        }
    }
}

fn key(value: Option<u64>, high: u64, low: u64) -> SortKey {
    SortKey { value, id: Uuid::from_u64_pair(high, low) }
}

/// The documents of the zone at a place of its segment.
pub(super) fn documents(at: usize) -> Range<DocId> {
    let begin = u32::try_from(at).unwrap_or(u32::MAX).saturating_mul(DOCUMENTS);
    begin..begin.saturating_add(DOCUMENTS)
}

/// The zones of a segment by a column, once somebody made them; others wait meanwhile.
type Cell = Arc<Mutex<Option<Arc<Vec<Zone>>>>>;
type Known = BTreeMap<(SegmentId, &'static str), Cell>;

/// The zones of all segments, as far as somebody asked for them.
#[derive(Default)]
pub(super) struct Zones {
    known: Mutex<Known>,
    pub(super) counts: Counts,
}

/// Every desk is asked by these, so they are ready before.
const USUAL: [TimeField; 2] = [TimeField::Created, TimeField::Updated];

impl Zones {
    /// The zones of a segment by a column.
    pub(super) fn of(&self, reader: &SegmentReader, column: &'static str) -> Result<Arc<Vec<Zone>>, TantivyError> {
        let cell = self.known().entry((reader.segment_id(), column)).or_default().clone();
        // It is set in one step, when it is whole.
        let mut cell = cell.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*cell {
            return Ok(made.clone());
        }
        Ok(cell.insert(Arc::new(look(reader, column)?)).clone())
    }

    /// Makes the zones of new segments ready that are of columns which are asked for, and forgets segments that are no more.
    pub(super) fn follow(&self, searcher: &Searcher) -> Result<(), TantivyError> {
        let live: BTreeSet<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        let mut columns: BTreeSet<&'static str> = {
            let mut known = self.known();
            let columns = known.keys().map(|(_, column)| *column).collect();
            known.retain(|(segment, _), _| live.contains(segment));
            columns
        };
        if searcher.num_docs() > COUNTED_MAX as u64 {
            columns.extend(USUAL.map(time_name));
        }
        self.counts.forget_all_but(&live);
        for reader in searcher.segment_readers() {
            for column in &columns {
                self.of(reader, column)?;
            }
        }
        Ok(())
    }

    /// The map is changed in one step each time.
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look(reader: &SegmentReader, column: &str) -> Result<Vec<Zone>, TantivyError> {
    let columns = reader.fast_fields();
    let (value, high) = (columns.u64(column)?, columns.u64(column::ID_HIGH)?);
    let mut zones = vec![Zone::default(); reader.max_doc().div_ceil(DOCUMENTS) as usize];
    let (mut docs, mut values, mut highs) = (Vec::new(), Vec::new(), Vec::new());
    for (at, zone) in zones.iter_mut().enumerate() {
        docs.clear();
        docs.extend(documents(at).take_while(|doc| *doc < reader.max_doc()));
        for (column, found) in [(&value, &mut values), (&high, &mut highs)] {
            found.clear();
            found.resize(docs.len(), None);
            column.first_vals(&docs, found);
        }
        for (value, high) in values.iter().zip(&highs) {
            zone.take(*value, high.unwrap_or(0));
        }
    }
    Ok(zones)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::query::{Sort, SortField};

    proptest! {
        #[test]
        fn whatever_is_in_a_zone_lies_between_its_bounds(rows: Vec<(Option<u8>, u8, u8)>, ascending: bool) {
            let direction = if ascending { Direction::Ascending } else { Direction::Descending };
            let sort = Sort { field: SortField::Created, direction };
            let mut zone = Zone::default();
            for (value, high, _) in &rows {
                zone.take(value.map(u64::from), u64::from(*high));
            }
            for (value, high, low) in rows {
                let row = key(value.map(u64::from), u64::from(high), u64::from(low));
                prop_assert!(sort.compare(&zone.first(direction), &row).is_le());
                prop_assert!(sort.compare(&row, &zone.last(direction)).is_le());
            }
        }
    }
}
