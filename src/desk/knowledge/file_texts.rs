//! The text of articles' files, which is read in the background, and what follows from it: an article is found by it, also where the file came
//! before texts were read.

use minicbor::{Decode, Encode};

use super::{Article, ArticleFile};
use crate::{
    desk::{
        actor::Actor,
        attachments::preview,
        event::{self, Changes, EventKind},
    },
    error::Result,
    id::{ArticleFileId, ArticleId, BlobHash},
    store::{Record, Table, Tx},
};

/// The text of a file was read: says so on the articles that waited for it and still have it, so that the search takes it up.
pub fn text_read(tx: &mut Tx, hash: BlobHash, waited: Vec<ArticleId>) -> Result<()> {
    for id in waited {
        let Some(it) = tx.get::<Article>(&id)? else { continue };
        let has = tx.scan::<ArticleFile>(&id)?.find(|it| it.as_ref().map_or(true, |it| it.blob == hash)).transpose()?;
        if has.is_some() {
            let changes = Changes::new().set("blob", hash.to_string());
            event::record(tx, &Actor::system("previews"), EventKind::ArticleFileRead, it.about(), changes)?;
        }
    }
    Ok(())
}

/// How far the files from before their text was searched are taken up.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FilesTakenUp {
    #[n(0)]
    pub article: ArticleId,
    #[n(1)]
    pub file: ArticleFileId,
    #[n(2)]
    pub all: bool,
}

impl Record for FilesTakenUp {
    type Key = ();
    const TABLE: Table = Table::operational(0x2c, "article_files_taken_up");

    fn key(&self) {}
}

/// Takes up files from before their text was searched, at most `limit`; gives how many, and zero when all are.
pub fn take_up_files(tx: &mut Tx, limit: usize) -> Result<usize> {
    let begun = tx.get::<FilesTakenUp>(&())?;
    if begun.as_ref().is_some_and(|it| it.all) {
        return Ok(0);
    }
    let from = begun.map_or((ArticleId::NIL, ArticleFileId::NIL), |it| (it.article, it.file));
    let next: Vec<ArticleFile> = tx.scan_from::<ArticleFile>(&from)?.take(limit).collect::<Result<_, _>>()?;
    for it in &next {
        preview::want_text(tx, it.article, it.blob)?;
    }
    let last = next.last().map_or(from, Record::key);
    // The one that it went on from came again.
    tx.put(&FilesTakenUp { article: last.0, file: last.1, all: next.len() < limit })?;
    Ok(next.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        attachments::StoredFile,
        attachments::preview::{NewPreview, Preview, WAITING},
        knowledge::{self, ArticleChange, add_files, remove_file},
        stage::Stage,
    };
    use crate::time::Instant;

    const HASH: BlobHash = BlobHash([7; 32]);

    fn with_file(stage: &Stage) -> (ArticleId, ArticleFileId) {
        let max = stage.max.clone();
        let form = StoredFile {
            hash: HASH,
            size: 5,
            sha256: [0; 32],
            filename: "form.pdf".into(),
            content_type: "application/pdf".into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        };
        let new = ArticleChange { title: Some("Paper".into()), content: Some(String::new()), ..ArticleChange::default() };
        let made = stage.write(move |tx| {
            let it = knowledge::create(tx, &max, new)?;
            Ok((it.id, add_files(tx, &max, it.id, vec![form])?[0].id))
        });
        made.unwrap()
    }

    fn read(stage: &Stage) {
        let new = NewPreview { text: Some("form 27b".into()), ..NewPreview::default() };
        stage.write(move |tx| preview::made(tx, HASH, new).and_then(|waited| text_read(tx, HASH, waited))).unwrap();
    }

    fn told(stage: &Stage, article: ArticleId) -> usize {
        let kinds = stage.read(|tx| Ok(tx.history(article.0, None, 50)?));
        kinds.iter().filter(|it| it.kind == EventKind::ArticleFileRead.name()).count()
    }

    #[test]
    fn an_article_is_told_of_the_text_of_a_file_that_it_has() {
        let stage = Stage::new();
        let (article, _) = with_file(&stage);
        read(&stage);
        assert_eq!(told(&stage, article), 1);
    }

    #[test]
    fn what_lost_the_file_meanwhile_is_told_nothing() {
        let stage = Stage::new();
        let (article, file) = with_file(&stage);
        let max = stage.max.clone();
        stage.write(move |tx| remove_file(tx, &max, article, file)).unwrap();
        read(&stage);
        assert_eq!(told(&stage, article), 0);
    }

    #[test]
    fn files_from_before_their_text_was_searched_are_taken_up_once() {
        let stage = Stage::new();
        let (article, _) = with_file(&stage);
        stage.write(|tx| tx.remove::<Preview>(&HASH)).unwrap();
        assert_eq!(stage.write(|tx| take_up_files(tx, 1)).unwrap(), 1);
        while stage.write(|tx| take_up_files(tx, 9)).unwrap() > 0 {}
        let end = Instant::from_millis(i64::MAX);
        assert_eq!(stage.read(|tx| Ok(tx.find_between(&WAITING, &Instant::EPOCH, &end)?.count())), 1);
        read(&stage);
        assert_eq!(told(&stage, article), 1);
    }
}
