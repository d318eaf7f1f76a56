//! Who may read an article, and who may write.

use std::sync::Arc;

use super::{Article, Library, State, Visibility};
use crate::{
    desk::{actor::Actor, features, features::Feature, permission::Permission},
    error::{Refusal, Result},
    store::Tx,
};

/// What somebody, or nobody in particular, may read.
#[derive(Debug, Clone)]
pub struct Readership {
    library: Arc<Library>,
    signed_in: bool,
    agent: bool,
    writes: bool,
}

impl Readership {
    /// Of whoever acts; none is somebody who is not signed in.
    pub fn of(tx: &Tx, actor: Option<&Actor>) -> Result<Readership> {
        let may = |list: &[Permission]| actor.is_some_and(|it| list.iter().any(|permission| it.may(*permission)));
        Ok(Readership {
            library: Library::of(tx)?,
            signed_in: may(&[Permission::PortalUse, Permission::TicketsRead, Permission::KnowledgeWrite]),
            agent: may(&[Permission::TicketsRead, Permission::KnowledgeWrite]),
            writes: may(&[Permission::KnowledgeWrite]),
        })
    }

    /// Whether this one may be read. What is not published, or no longer, is for those who write.
    pub fn may_read(&self, it: &Article) -> bool {
        self.writes || it.state == State::Published && self.is_for(it.visibility)
    }

    /// Whether published articles of this visibility are read.
    pub fn is_for(&self, it: Visibility) -> bool {
        match it {
            Visibility::Public => self.signed_in || self.library.public,
            Visibility::Tenant => self.signed_in,
            Visibility::Agents => self.agent,
        }
    }

    /// Whether anything can be there for them.
    pub fn reads_any(&self) -> bool {
        self.signed_in || self.library.public
    }

    /// Whether drafts are read.
    pub fn writes(&self) -> bool {
        self.writes
    }

    pub fn library(&self) -> &Library {
        &self.library
    }
}

/// Whether the actor writes articles.
pub fn may_write(actor: &Actor) -> bool {
    actor.may(Permission::KnowledgeWrite)
}

/// Whether the actor may change what readers see.
pub fn may_publish(actor: &Actor) -> bool {
    may_write(actor) && actor.may(Permission::KnowledgePublish)
}

pub(super) fn need_write(tx: &Tx, actor: &Actor) -> Result<()> {
    features::need(tx, Feature::Knowledge)?;
    actor.need(Permission::KnowledgeWrite)
}

pub(super) fn need_publish(actor: &Actor) -> Result<()> {
    actor.need(Permission::KnowledgeWrite)?;
    actor.need(Permission::KnowledgePublish)
}

/// The article does not exist for whoever may not read it.
pub(super) fn hidden() -> Refusal {
    Refusal::not_found("article")
}
