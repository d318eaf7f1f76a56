//! Counts what was found by the values of a fact: how many in each queue, of each state. What is counted is what the same question finds,
//! so no count tells of what its asker may not see.
//!
//! The question marks what fits, once; then the documents of each value are counted among the marks. That needs no column of its own, and
//! where little fits, it costs little however long the lists of the values are.

use tantivy::{
    DocId, DocSet, Score, SegmentOrdinal, SegmentReader, TERMINATED, TantivyError,
    collector::{Collector, SegmentCollector},
    postings::SegmentPostings,
    schema::IndexRecordOption,
};

use crate::{
    error::{Fault, Result},
    limits::FACET_VALUES_LOOKED_MAX,
};

use super::{
    facts::{SEPARATOR, key},
    index::{FORGIVEN_BELOW, SearchIndex},
    newest::collect_newest,
    question::{SearchRequest, Spelling, asked},
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

impl SearchIndex {
    /// How many of what a question finds, of the newest where that is very much, have each value that begins with `start`, the most frequent first; at most `most` values each.
    pub fn facets(&self, request: &SearchRequest<'_>, facets: &[Facet], start: &str, most: usize) -> Result<Vec<(Facet, Vec<Counted>)>> {
        self.counted(request, facets, start, most).map_err(|cause| Fault::because("counting what was found", cause).into())
    }

    fn counted(
        &self,
        request: &SearchRequest<'_>,
        facets: &[Facet],
        start: &str,
        most: usize,
    ) -> Result<Vec<(Facet, Vec<Counted>)>, TantivyError> {
        let searcher = self.searcher();
        let ask = |spelling| {
            let request = SearchRequest { spelling, ..request.clone() };
            let asked = asked(self.fields(), &searcher, self.zones(), &request)?;
            collect_newest(&searcher, &asked, &Marking, self.zones(), |it| it.marked).map(|it| it.0)
        };
        let total = |all: &[Marks]| all.iter().map(|it| it.marked).sum::<usize>();
        let mut marks = ask(request.spelling.min(Spelling::AsWritten))?;
        if request.spelling == Spelling::Forgiving && total(&marks) < FORGIVEN_BELOW {
            marks = ask(Spelling::Forgiving)?;
        }
        let mut counted = Vec::with_capacity(facets.len());
        for &facet in facets {
            let mut values: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
            for marked in &marks {
                let segment = searcher.segment_reader(marked.segment);
                let index = segment.inverted_index(self.fields().facts)?;
                let before = format!("{}{SEPARATOR}", facet.name());
                let from = format!("{before}{start}");
                let to = if start.is_empty() { format!("{} ", facet.name()) } else { format!("{from}{}", char::MAX) };
                let mut stream = index.terms().range().ge(&from).lt(&to).into_stream()?;
                let mut looked = 0;
                while looked < FACET_VALUES_LOOKED_MAX && stream.advance() {
                    looked += 1;
                    let Some(value) = std::str::from_utf8(stream.key()).ok().and_then(|it| it.strip_prefix(&before)).map(str::to_owned)
                    else {
                        continue;
                    };
                    let mut postings = index.read_postings_from_terminfo(stream.value(), IndexRecordOption::Basic)?;
                    let count = marked.count_among(&mut postings);
                    if count > 0 {
                        *values.entry(value).or_default() += count;
                    }
                }
            }
            if facet == Facet::Type {
                let tickets = total(&marks) - values.values().sum::<usize>();
                values.extend((tickets > 0).then(|| ("ticket".to_owned(), tickets)));
            }
            let mut values: Vec<Counted> = values.into_iter().collect();
            values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            values.truncate(most);
            counted.push((facet, values));
        }
        Ok(counted)
    }
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
