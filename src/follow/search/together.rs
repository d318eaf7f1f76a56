//! Collecting on several threads: segments of a large index are looked through side by side. A small one is not worth the way to another
//! thread. The threads are few, and those of all desks together, so that many searches at once wait for each other and not for everything
//! else.

use std::sync::OnceLock;

use tantivy::{
    Executor, Searcher, SegmentOrdinal, TantivyError,
    collector::Collector,
    query::{EnableScoring, Query},
};

/// From so many documents on, more than one thread looks.
const MANY: u64 = 100_000;
/// More threads have little to share: most documents are in a few segments.
const THREADS_MAX: usize = 4;

/// What a collector makes of the documents that fit.
pub(super) fn collect<C: Collector>(searcher: &Searcher, query: &dyn Query, collector: &C) -> Result<C::Fruit, TantivyError> {
    let scoring = match collector.requires_scoring() {
        true => EnableScoring::enabled_from_searcher(searcher),
        false => EnableScoring::disabled_from_searcher(searcher),
    };
    searcher.search_with_executor(query, collector, executor(searcher), scoring)
}

/// A segment by its place among those of a searcher.
pub(super) fn ordinal(at: usize) -> SegmentOrdinal {
    SegmentOrdinal::try_from(at).unwrap_or(SegmentOrdinal::MAX)
}

/// Where the segments of an index are looked through.
pub(super) fn executor(searcher: &Searcher) -> &'static Executor {
    static ONE: Executor = Executor::SingleThread;
    if searcher.num_docs() < MANY { &ONE } else { threads() }
}

fn threads() -> &'static Executor {
    static THREADS: OnceLock<Executor> = OnceLock::new();
    THREADS.get_or_init(|| {
        let count = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        Executor::multi_thread(count, "search-").unwrap_or_else(|error| {
            tracing::warn!(%error, "searches run on one thread each");
            Executor::SingleThread
        })
    })
}
