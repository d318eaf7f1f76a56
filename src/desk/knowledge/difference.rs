//! What differs between two revisions of an article.

use super::{Revision, revision};
use crate::{desk::actor::Actor, error::Result, id::ArticleId, store::Tx};

/// Two revisions, the earlier first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// None: there was nothing before.
    pub before: Option<Revision>,
    pub after: Revision,
}

/// Two revisions to be compared; without the first, the one before the second. For those who write.
pub fn difference(tx: &Tx, actor: &Actor, id: ArticleId, from: Option<u64>, to: u64) -> Result<Difference> {
    let after = revision(tx, actor, id, to)?;
    let before = match from {
        Some(it) => Some(revision(tx, actor, id, it)?),
        None if to > 1 => tx.get::<Revision>(&(id, to - 1))?,
        None => None,
    };
    Ok(match before {
        Some(it) if it.number > after.number => Difference { before: Some(after), after: it },
        before => Difference { before, after },
    })
}

impl Difference {
    /// Title, summary, tags and text as one text, so that one comparison shows all that differs.
    pub fn texts(&self) -> (String, String) {
        (self.before.as_ref().map(whole).unwrap_or_default(), whole(&self.after))
    }
}

fn whole(it: &Revision) -> String {
    let mut text = format!("# {}\n", it.title);
    if !it.summary.is_empty() {
        text.push_str(&it.summary);
        text.push('\n');
    }
    if !it.tags.is_empty() {
        text.push_str(&it.tags.iter().map(|it| format!("#{it}")).collect::<Vec<_>>().join(" "));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&it.content);
    text
}
