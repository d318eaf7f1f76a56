//! Pictures and files of an article: put to it, and taken off.

use axum::response::Response;

use super::knowledge::{address, told};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        attachments::{StoredFile, uploads},
        knowledge,
    },
    error::{Refusal, Result},
    http::{Problem, path::Path},
    id::{ArticleFileId, ArticleId, UploadId},
    language::say,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
        },
        tongue::t,
    },
};

/// What came with a form: at once, or in pieces before.
pub struct Files {
    files: Vec<StoredFile>,
    uploads: Vec<UploadId>,
}

impl Files {
    /// Takes the files out of a form.
    pub fn of(sent: &mut Sent) -> Files {
        Files { uploads: sent.uploads(), files: std::mem::take(&mut sent.files) }
    }

    /// Puts them to an article; gives how many they are.
    pub fn put(self, tx: &mut Tx, actor: &Actor, id: ArticleId) -> Result<usize> {
        let uploads = uploads::claim(tx, actor, &self.uploads)?;
        let files: Vec<_> = self.files.into_iter().chain(uploads).collect();
        if files.is_empty() { Ok(0) } else { Ok(knowledge::add_files(tx, actor, id, files)?.len()) }
    }
}

pub async fn add(agent: Agent, Path(id): Path<ArticleId>, mut sent: Sent) -> Result<Response, Problem> {
    let (actor, files) = (agent.actor().clone(), Files::of(&mut sent));
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        knowledge::need_add_files(tx, &actor, id)?;
        match files.put(tx, &actor, id)? {
            0 => Err(Refusal::field("files", "required", say!("refused-send-least-one-file")).into()),
            count => Ok(count),
        }
    });
    match done.await {
        Ok(count) => Ok(see_and_say(&address(id), &said::done(t!("knowledge-files-added", count = count)))),
        Err(error) => told(id, error),
    }
}

pub async fn remove(agent: Agent, Path((id, file)): Path<(ArticleId, ArticleFileId)>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    match agent.desk.write(Some(agent.person()), move |tx| knowledge::remove_file(tx, &actor, id, file)).await {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(t!("knowledge-file-removed", name = it.filename)))),
        Err(error) => told(id, error),
    }
}
