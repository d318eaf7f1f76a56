//! What an article said, each time it was saved. The newest is what is read, and the one that search knows.

use minicbor::{Decode, Encode};

use super::{Article, ArticleChange, Readership, access, article, words};
use crate::{
    desk::actor::Actor,
    error::{Refusal, Result},
    id::{ArticleId, PersonId},
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Revision {
    #[n(0)]
    pub article: ArticleId,
    /// From 1; none is given twice.
    #[n(1)]
    pub number: u64,
    /// Who saved it; none: the desk itself.
    #[n(2)]
    pub author: Option<PersonId>,
    #[n(3)]
    pub at: Instant,
    #[n(4)]
    pub title: String,
    #[n(5)]
    pub summary: String,
    #[n(6)]
    pub tags: Vec<String>,
    /// Markdown.
    #[n(7)]
    pub content: String,
    /// What its author said about the change; may be empty.
    #[n(8)]
    pub note: String,
    /// Whether it is the newest.
    #[n(9)]
    pub current: bool,
    /// The revision that was restored by it.
    #[n(10)]
    pub restored: Option<u64>,
}

/// Newest revisions by the words of their text.
pub const BY_WORD: Index<Revision, String> = Index::new(0xeb, "articles_by_word");

impl Record for Revision {
    type Key = (ArticleId, u64);
    const TABLE: Table = Table::journalled(0x4d, "article_revisions");

    fn key(&self) -> (ArticleId, u64) {
        (self.article, self.number)
    }

    fn indexes(&self, entries: &mut Entries) {
        if self.current {
            for word in words::of_revision(self) {
                entries.add(&BY_WORD, &word);
            }
        }
    }
}

impl Revision {
    /// Whether it says the same.
    pub(super) fn says(&self, other: &Revision) -> bool {
        (&self.title, &self.summary, &self.tags, &self.content) == (&other.title, &other.summary, &other.tags, &other.content)
    }
}

/// The text of an article as it is read.
pub(super) fn current(tx: &Tx, article: &Article) -> Result<Revision> {
    let found = tx.get::<Revision>(&(article.id, article.revision))?;
    found.ok_or_else(|| Refusal::not_found("revision").into())
}

/// Puts a revision in the place of the newest, and drops the oldest where there are too many.
pub(super) fn add(tx: &mut Tx, revision: &Revision) -> Result<()> {
    let last = tx.scan_back::<Revision>(&revision.article)?.next().transpose()?;
    if let Some(before) = last {
        tx.put(&Revision { current: false, ..before })?;
    }
    tx.put(revision)?;
    let oldest = revision.number.saturating_sub(limits::ARTICLE_REVISIONS_MAX as u64);
    if oldest > 0 && tx.has::<Revision>(&(revision.article, oldest))? {
        tx.remove::<Revision>(&(revision.article, oldest))?;
    }
    Ok(())
}

/// What the article said, the newest first. For those who write.
pub fn revisions(tx: &Tx, actor: &Actor, id: ArticleId) -> Result<Vec<Revision>> {
    article::writable(tx, actor, id)?;
    Ok(tx.scan_back::<Revision>(&id)?.collect::<Result<_, _>>()?)
}

/// One of them.
pub fn revision(tx: &Tx, actor: &Actor, id: ArticleId, number: u64) -> Result<Revision> {
    article::writable(tx, actor, id)?;
    tx.get::<Revision>(&(id, number))?.ok_or_else(|| Refusal::not_found("revision").into())
}

/// Lets the article say again what it said then; that is a new revision.
pub fn restore(tx: &mut Tx, actor: &Actor, id: ArticleId, number: u64) -> Result<Article> {
    let then = revision(tx, actor, id, number)?;
    let Revision { title, summary, tags, content, .. } = then;
    let change = ArticleChange {
        title: Some(title),
        summary: Some(summary),
        tags: Some(tags),
        content: Some(content),
        restored: Some(number),
        ..ArticleChange::default()
    };
    article::change(tx, actor, id, None, change)
}

/// The text of an article for whoever may read it.
pub(super) fn read(tx: &Tx, readers: &Readership, article: &Article) -> Result<Revision> {
    if !readers.may_read(article) {
        return Err(access::hidden().into());
    }
    current(tx, article)
}
