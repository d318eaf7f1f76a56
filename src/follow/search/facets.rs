//! Counts what was found by the values of a fact: how many in each queue, of each state. What is counted is what the same question finds,
//! of very much the newest of it, so no count tells of what its asker may not see.
//!
//! The question marks what fits, once; then the documents of each value are counted among the marks. That needs no column of its own, and
//! where little fits, it costs little however long the lists of the values are.

use std::collections::BTreeMap;

use tantivy::{
    DocId, DocSet, Score, SegmentOrdinal, SegmentReader, TERMINATED, TantivyError, Term,
    collector::{Collector, SegmentCollector},
    postings::SegmentPostings,
    schema::IndexRecordOption,
};

use crate::{
    error::{Fault, Result},
    limits::FACET_VALUES_LOOKED_MAX,
};

use super::{
    facts::{SEPARATOR, fact, key},
    index::{FORGIVEN_BELOW, SearchIndex},
    newest::collect_newest,
    question::{SearchRequest, Spelling, asked, having_any},
};

/// What may be counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Facet {
    Status,
    Kind,
    Priority,
    Queue,
    Assignee,
    Category,
    Tag,
    /// What it is: `ticket`, `article`, `person`.
    Type,
}

impl Facet {
    pub const ALL: [Facet; 8] =
        [Facet::Status, Facet::Kind, Facet::Priority, Facet::Queue, Facet::Assignee, Facet::Category, Facet::Tag, Facet::Type];

    pub fn name(self) -> &'static str {
        match self {
            Facet::Status => key::STATUS,
            Facet::Kind => key::KIND,
            Facet::Priority => key::PRIORITY,
            Facet::Queue => key::QUEUE,
            Facet::Assignee => key::ASSIGNEE,
            Facet::Category => key::CATEGORY,
            Facet::Tag => key::TAG,
            Facet::Type => key::TYPE,
        }
    }

    pub fn named(text: &str) -> Option<Facet> {
        Facet::ALL.into_iter().find(|it| it.name() == text)
    }
}

/// A value as documents have it (a key, an id without marks, a word), and how many have it.
pub type Counted = (String, usize);

/// What was found, counted by each facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facets {
    pub counted: Vec<(Facet, Vec<Counted>)>,
    /// So much was found that the newest of it alone are counted: there may be more of each value, and other values.
    pub is_bound: bool,
}

impl SearchIndex {
    /// How many of what a question finds have each value, the most frequent first; at most `most` values of each facet.
    pub fn facets(&self, request: &SearchRequest<'_>, facets: &[Facet], most: usize) -> Result<Facets> {
        self.counted(request, facets, most).map_err(|cause| Fault::because("counting what was found", cause).into())
    }

    /// The values of a facet that begin with `start` and that something has which a question finds, the most frequent first. Of very many values,
    /// those are looked at that most documents have, whoever may see these.
    pub fn values(&self, request: &SearchRequest<'_>, facet: Facet, start: &str, most: usize) -> Result<Vec<Counted>> {
        self.used(request, facet, start, most).map_err(|cause| Fault::because("looking for values", cause).into())
    }

    fn counted(&self, request: &SearchRequest<'_>, facets: &[Facet], most: usize) -> Result<Facets, TantivyError> {
        let searcher = self.searcher();
        let ask = |spelling| {
            let request = SearchRequest { spelling, ..request.clone() };
            let asked = asked(self.fields(), &searcher, self.zones(), &request)?;
            collect_newest(&searcher, &asked, &Marking, self.zones())
        };
        let (mut marks, mut is_bound) = ask(request.spelling.min(Spelling::AsWritten))?;
        if request.spelling == Spelling::Forgiving && total(&marks) < FORGIVEN_BELOW {
            (marks, is_bound) = ask(Spelling::Forgiving)?;
        }
        let mut counted = Vec::with_capacity(facets.len());
        for &facet in facets {
            let mut values = BTreeMap::new();
            for marked in &marks {
                let each = |value: &str, mut docs: SegmentPostings| {
                    let count = marked.count_among(&mut docs);
                    if count > 0 {
                        *values.entry(value.to_owned()).or_default() += count;
                    }
                };
                self.each_value(searcher.segment_reader(marked.segment), facet, "", each)?;
            }
            if facet == Facet::Type {
                let tickets = total(&marks) - values.values().sum::<usize>();
                values.extend((tickets > 0).then(|| ("ticket".to_owned(), tickets)));
            }
            counted.push((facet, most_frequent(values, most)));
        }
        Ok(Facets { counted, is_bound })
    }

    fn used(&self, request: &SearchRequest<'_>, facet: Facet, start: &str, most: usize) -> Result<Vec<Counted>, TantivyError> {
        let searcher = self.searcher();
        let mut values = BTreeMap::new();
        for segment in searcher.segment_readers() {
            let each = |value: &str, docs: SegmentPostings| *values.entry(value.to_owned()).or_default() += docs.doc_freq() as usize;
            self.each_value(segment, facet, start, each)?;
        }
        let offered: Vec<String> = most_frequent(values, VALUES_OFFERED_MAX).into_iter().map(|it| it.0).collect();
        let asked = having_any(self.fields(), asked(self.fields(), &searcher, self.zones(), request)?, facet.name(), &offered);
        let (marks, _) = collect_newest(&searcher, &asked, &Marking, self.zones())?;
        let mut values = BTreeMap::new();
        for marked in &marks {
            for value in &offered {
                let term = Term::from_field_text(self.fields().facts, &fact(facet.name(), value));
                let index = searcher.segment_reader(marked.segment).inverted_index(self.fields().facts)?;
                let docs = index.read_postings(&term, IndexRecordOption::Basic)?;
                let count = docs.map_or(0, |mut docs| marked.count_among(&mut docs));
                if count > 0 {
                    *values.entry(value.clone()).or_default() += count;
                }
            }
        }
        Ok(most_frequent(values, most))
    }

    /// Gives each value of a facet that begins with `start`, and the documents of a segment that have it.
    fn each_value(
        &self,
        segment: &SegmentReader,
        facet: Facet,
        start: &str,
        mut each: impl FnMut(&str, SegmentPostings),
    ) -> Result<(), TantivyError> {
        let index = segment.inverted_index(self.fields().facts)?;
        let before = format!("{}{SEPARATOR}", facet.name());
        let from = format!("{before}{start}");
        let to = if start.is_empty() { format!("{} ", facet.name()) } else { format!("{from}{}", char::MAX) };
        let mut stream = index.terms().range().ge(&from).lt(&to).into_stream()?;
        let mut looked = 0;
        while looked < FACET_VALUES_LOOKED_MAX && stream.advance() {
            looked += 1;
            if let Some(value) = std::str::from_utf8(stream.key()).ok().and_then(|it| it.strip_prefix(&before)) {
                each(value, index.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?);
            }
        }
        Ok(())
    }
}

/// Values that are looked for among what a question finds, to be offered.
const VALUES_OFFERED_MAX: usize = 64;

fn most_frequent(values: BTreeMap<String, usize>, most: usize) -> Vec<Counted> {
    let mut values: Vec<Counted> = values.into_iter().collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    values.truncate(most);
    values
}

fn total(all: &[Marks]) -> usize {
    all.iter().map(|it| it.marked).sum()
}

/// To seek a document in a list of them costs about as much as going past so many.
const SEEK_COSTS: usize = 16;

/// Marks what fits: a bit for each document.
struct Marking;

struct Marks {
    segment: SegmentOrdinal,
    bits: Vec<u64>,
    /// How many bits are set.
    marked: usize,
    /// The first and the last document that is marked.
    span: Option<(DocId, DocId)>,
}

impl Marks {
    fn has(&self, doc: DocId) -> bool {
        self.bits.get(doc as usize / 64).is_some_and(|it| it >> (doc % 64) & 1 == 1)
    }

    /// How many of these documents are marked. The shorter of the two lists leads: the other is sought in, or looked up.
    fn count_among(&self, docs: &mut SegmentPostings) -> usize {
        let Some((first, last)) = self.span else { return 0 };
        if docs.doc() < first {
            docs.seek(first);
        }
        let mut count = 0;
        if self.marked.saturating_mul(SEEK_COSTS) < docs.doc_freq() as usize {
            for doc in self.docs() {
                if docs.doc() < doc {
                    docs.seek(doc);
                }
                if docs.doc() == TERMINATED {
                    break;
                }
                count += usize::from(docs.doc() == doc);
            }
            return count;
        }
        while docs.doc() <= last {
            count += usize::from(self.has(docs.doc()));
            docs.advance();
        }
        count
    }

    /// Those that are marked, in order.
    fn docs(&self) -> impl Iterator<Item = DocId> + '_ {
        let bits_of = |mut word: u64| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(bit)
            })
        };
        self.bits.iter().enumerate().flat_map(move |(at, word)| bits_of(*word).map(move |bit| at as DocId * 64 + bit))
    }
}

impl Collector for Marking {
    type Fruit = Vec<Marks>;
    type Child = Marks;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> Result<Marks, TantivyError> {
        Ok(Marks { segment, bits: vec![0; reader.max_doc() as usize / 64 + 1], marked: 0, span: None })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Marks>) -> Result<Vec<Marks>, TantivyError> {
        Ok(segments)
    }
}

impl SegmentCollector for Marks {
    type Fruit = Marks;

    fn collect(&mut self, doc: DocId, _: Score) {
        if let Some(bits) = self.bits.get_mut(doc as usize / 64) {
            // A document comes once, and in order.
            self.marked += 1;
            self.span = Some((self.span.map_or(doc, |it| it.0), doc));
            *bits |= 1 << (doc % 64);
        }
    }

    fn harvest(self) -> Marks {
        self
    }
}
