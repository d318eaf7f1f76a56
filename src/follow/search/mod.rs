//! Search: one index document per ticket (D9), open and closed, answering every condition of the query language; and beside them, in the
//! same index, articles and people, so that one commit, one cursor, one ranking and one total hold for all that is found.
//! The only room that knows tantivy. It reads no record: the follower hands it plain [`TicketDocument`]s, and the cursor it
//! has reached travels in the index's own commit. The folder can be deleted at any time and is filled anew from the log.
//!
//! Invariants: private text is named by no query of somebody who may not read it; who may see a ticket is decided inside the
//! query, so totals, pages and highlights never tell of what is hidden; contents and cursor are always those of one commit.

mod answer;
mod counts;
mod directory;
mod disk;
mod document;
mod facets;
mod facts;
mod highlight;
mod index;
mod newest;
mod ordered;
mod question;
mod schema;
mod span;
mod steady;
mod together;
mod tried;
mod vocabulary;
mod walk;
mod within;
mod wording;
mod words;
mod zones;

#[cfg(test)]
mod faults;
#[cfg(test)]
mod large;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wider;

pub use disk::Disk;
pub use document::{ArticleDocument, Change, Found, PersonDocument, TicketDocument};
pub use facets::{Counted, Facet, Facets};
pub use highlight::{Highlighter, Snippet};
pub use index::{OpenOutcome, SearchIndex};
pub use question::{Among, Articles, Hit, Page, People, SearchPage, SearchRequest, Spelling};
pub use tried::{Tried, TriedWord};
pub use vocabulary::Vocabulary;
pub use walk::Walk;
