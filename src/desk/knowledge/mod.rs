//! The knowledge base: articles that answer what is asked again and again, for everybody, for those who are signed in, or for agents.
//!
//! An article is a light record; its text stands in its revisions, of which the newest is the one that is read. So lists read no texts,
//! every saved text is kept, and a change of what is no text (category, owner, who reads it) makes no revision.
//! Categories are the base's own and not those of tickets: a reader looks for a place on a shelf ("Getting started"), a ticket's category
//! routes and sets priorities; one list for both would bend either to the other. They stand in the one record of the base's settings,
//! because they are few and their order is a part of them.
//!
//! Invariant: who may read an article is decided by `Readership`, and by nothing else.

mod access;
mod article;
mod counts;
mod difference;
mod exchange;
mod file_texts;
mod files;
mod find;
mod library;
mod links;
mod record;
mod revision;
#[cfg(test)]
mod tests;
mod words;

pub use access::{Readership, may_publish, may_write};
pub use article::{ArticleChange, by_slug, change, create, delete, known, read, settle, translations};
pub use counts::{Vote, Voted, lodged, rate, solved, vote_of, votes};
pub use difference::{Difference, difference};
pub use exchange::{Exported, Imported, Taken, export, import};
pub use file_texts::{FilesTakenUp, take_up_files, text_read};
pub use files::{ArticleFile, add_files, drawn, files, need_add_files, of_tickets, open_file, remove_file, searched_files};
pub use find::{Listed, Question, Shelf, count_by_state, find, list, listed, popular, public, searched, shelves, suggest};
pub use library::{Library, LibraryChange, Place, add_category, change_category, change_library, delete_category};
pub use links::{ArticleLink, How, OF_ARTICLE, answered, create_from, draft_of, link, unlink};
pub use record::{Article, BY_SLUG, Reception, State, TRANSLATIONS, Visibility};
pub use revision::{BY_WORD, Revision, restore, revision, revisions};
