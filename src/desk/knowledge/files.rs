//! Pictures and files of an article. A text names one by its name (`![The display](display.png)`); what no text names is offered beside
//! it. Whoever may read the article may have them. Of one name there is one file: another takes its place, also in what was said before.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::{Article, Readership, access, article};
use crate::{
    desk::{
        actor::Actor,
        attachments::{
            self, Attachment, Scan, StoredFile, blob,
            file_rules::FileRules,
            pictures::{self, Picture},
            preview,
        },
        event::{self, Changes, EventKind},
        tickets::access as ticket_access,
    },
    error::{Code, Refusal, Result},
    id::{ArticleFileId, ArticleId, AttachmentId, BlobHash, PersonId, TicketId},
    language::say,
    limits,
    store::{Record, Table, Tx, record::Entries},
    text::markdown,
    time::Instant,
};

/// A file of an article.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct ArticleFile {
    #[n(0)]
    pub article: ArticleId,
    #[n(1)]
    pub id: ArticleFileId,
    #[n(2)]
    pub blob: BlobHash,
    /// Safe for display; no other file of the article has it.
    #[n(3)]
    pub filename: String,
    #[n(4)]
    pub content_type: String,
    #[n(5)]
    pub size: u64,
    #[n(6)]
    pub added_by: Option<PersonId>,
    #[n(7)]
    pub created_at: Instant,
    /// Of a picture: its width and height, so that its place on a page is there before it is.
    #[n(8)]
    pub pixels: Option<(u32, u32)>,
    /// What a scanner said of its bytes, as it was when this was read.
    #[cbor(skip)]
    pub scan: Option<Scan>,
}

impl Record for ArticleFile {
    type Key = (ArticleId, ArticleFileId);
    const TABLE: Table = Table::journalled(0x47, "article_files");

    fn key(&self) -> (ArticleId, ArticleFileId) {
        (self.article, self.id)
    }

    fn indexes(&self, _: &mut Entries) {}
}

impl ArticleFile {
    fn is_picture(&self) -> bool {
        self.content_type.starts_with("image/")
    }

    fn facts(&self) -> Changes {
        Changes::new()
            .set("attachment", self.id.to_string())
            .set("filename", self.filename.as_str())
            .set("size", self.size)
            .set("blob", self.blob.to_string())
    }
}

/// The article for somebody who may change its files: what readers see already is changed by whoever publishes.
fn changeable(tx: &Tx, actor: &Actor, id: ArticleId) -> Result<Article> {
    let it = article::writable(tx, actor, id)?;
    if it.is_published() {
        access::need_publish(actor)?;
    }
    Ok(it)
}

/// Refuses files to whoever may add none, before a byte of them is read.
pub fn need_add_files(tx: &Tx, actor: &Actor, id: ArticleId) -> Result<()> {
    changeable(tx, actor, id).map(drop)
}

/// The files of an article that the caller has read already, by name.
pub fn files(tx: &Tx, article: ArticleId) -> Result<Vec<ArticleFile>> {
    let mut found = Vec::new();
    for it in tx.scan::<ArticleFile>(&article)? {
        let it = it?;
        found.push(ArticleFile { scan: attachments::scan(tx, it.blob)?, ..it });
    }
    found.sort_by(|a, b| a.filename.cmp(&b.filename));
    Ok(found)
}

/// Names and texts of the files of an article, for the search: at most so many bytes.
pub fn searched_files(tx: &Tx, article: ArticleId, mut room: usize) -> Result<String> {
    let mut all = String::new();
    for it in tx.scan::<ArticleFile>(&article)? {
        let it = it?;
        for mut text in [Some(it.filename), preview::text(tx, it.blob)?].into_iter().flatten() {
            text.truncate(text.floor_char_boundary(room));
            room -= text.len();
            all.push_str(&text);
            all.push('\n');
        }
    }
    Ok(all)
}

/// One of them, by id or name, whose bytes may be had.
pub fn open_file(tx: &Tx, readers: &Readership, article: &Article, named: &str) -> Result<ArticleFile> {
    if !readers.may_read(article) {
        return Err(access::hidden().into());
    }
    let id = named.parse::<ArticleFileId>().ok();
    let found = files(tx, article.id)?.into_iter().find(|it| Some(it.id) == id || it.filename == named);
    let it = found.ok_or_else(|| Refusal::not_found("file"))?;
    attachments::need_openable(&it.filename, it.scan.as_ref())?;
    Ok(it)
}

/// Puts files to an article. One that has the name of another takes its place.
pub fn add_files(tx: &mut Tx, actor: &Actor, id: ArticleId, new: Vec<StoredFile>) -> Result<Vec<ArticleFile>> {
    let rules = FileRules::of(tx)?;
    for file in new.iter().filter(|_| actor.person().is_some()) {
        rules.check_stored(actor, file)?;
    }
    put_files(tx, actor, id, new)
}

/// The same with files that the desk has let in before, whatever may be sent by now.
pub(super) fn put_files(tx: &mut Tx, actor: &Actor, id: ArticleId, new: Vec<StoredFile>) -> Result<Vec<ArticleFile>> {
    let it = changeable(tx, actor, id)?;
    let mut added = Vec::with_capacity(new.len());
    for file in new {
        let present = files(tx, id)?;
        if let Some(before) = present.iter().find(|it| it.filename == file.filename) {
            if before.blob == file.hash {
                added.push(before.clone());
                continue;
            }
            forget_one(tx, before)?;
        } else if present.len() >= limits::ARTICLE_FILES_MAX {
            return Err(Refusal::new(Code::Conflict, say!("refused-article-files", most = limits::ARTICLE_FILES_MAX)).into());
        }
        blob::refer(tx, file.hash, file.size, file.sha256)?;
        let kept = ArticleFile {
            article: id,
            id: tx.new_id(),
            blob: file.hash,
            filename: file.filename,
            content_type: file.content_type,
            size: file.size,
            added_by: actor.person(),
            created_at: tx.now(),
            pixels: file.pixels,
            scan: attachments::scan(tx, file.hash)?,
        };
        tx.put(&kept)?;
        preview::want_text(tx, id, kept.blob)?;
        event::record(tx, actor, EventKind::ArticleFileAdded, it.about(), kept.facts())?;
        added.push(kept);
    }
    Ok(added)
}

/// Takes a file off an article.
pub fn remove_file(tx: &mut Tx, actor: &Actor, id: ArticleId, file: ArticleFileId) -> Result<ArticleFile> {
    let it = changeable(tx, actor, id)?;
    let gone = tx.get::<ArticleFile>(&(id, file))?.ok_or_else(|| Refusal::not_found("file"))?;
    forget_one(tx, &gone)?;
    event::record(tx, actor, EventKind::ArticleFileRemoved, it.about(), gone.facts())?;
    Ok(gone)
}

fn forget_one(tx: &mut Tx, file: &ArticleFile) -> Result<()> {
    tx.remove::<ArticleFile>(&file.key())?;
    blob::release(tx, file.blob)
}

/// An article goes, and its files with it.
pub(super) fn forget_files(tx: &mut Tx, article: ArticleId) -> Result<()> {
    for it in files(tx, article)? {
        forget_one(tx, &it)?;
    }
    Ok(())
}

/// The text of an article that is made from a ticket, whose pictures of the ticket have names of their own, and these pictures. They are
/// the same bytes, stored once. Pictures of notes do not come along, nor what a scanner found something in.
pub(super) fn take_pictures(tx: &Tx, actor: &Actor, ticket: TicketId, content: &str) -> Result<(String, Vec<StoredFile>)> {
    let ticket = ticket_access::ticket(tx, actor, ticket)?;
    let all = attachments::of_ticket(tx, actor, &ticket)?;
    let may_go = |it: &&Attachment| !it.is_private && it.content_type.starts_with("image/") && !matches!(it.scan, Some(Scan::Infected(_)));
    // Whoever writes chooses how many pictures the text has, so each is looked up.
    let all: BTreeMap<AttachmentId, &Attachment> = all.iter().filter(may_go).map(|it| (it.id, it)).collect();
    let mut taken: BTreeMap<AttachmentId, &Attachment> = BTreeMap::new();
    let text = markdown::with_addresses(content, |address| {
        let it = *all.get(&pictures::id_of(address)?)?;
        if taken.len() >= limits::ARTICLE_FILES_MAX && !taken.contains_key(&it.id) {
            return None;
        }
        taken.insert(it.id, it);
        Some(own_name(it))
    });
    let mut files = Vec::with_capacity(taken.len());
    for it in taken.into_values() {
        let Some(blob) = tx.get::<attachments::Blob>(&it.blob)? else { continue };
        files.push(StoredFile {
            hash: it.blob,
            size: it.size,
            sha256: blob.sha256,
            filename: own_name(it),
            content_type: it.content_type.clone(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: it.shown.preview.map(|it| (it.width, it.height)),
        });
    }
    Ok((text, files))
}

/// Every message may have a `picture-1.png`, and whoever writes the article pastes another: the end of its id tells them apart. No sign that
/// Markdown would take for one of its own.
fn own_name(it: &Attachment) -> String {
    let (stem, ending) = it.filename.rsplit_once('.').unwrap_or((&it.filename, "img"));
    let plain = |text: &str| text.chars().map(|it| if it.is_alphanumeric() || it == '_' { it } else { '-' }).collect::<String>();
    let id = it.id.0.simple().to_string();
    format!("{}-{}.{}", plain(stem), &id[id.len() - 8..], plain(ending))
}

/// The addresses in a text that are files of tickets.
pub fn of_tickets(content: &str) -> Vec<String> {
    named_in(content).into_iter().filter(|it| pictures::id_of(it).is_some()).collect()
}

/// The addresses of the pictures in a text, as they stand there.
pub(super) fn named_in(content: &str) -> Vec<String> {
    let seen = std::cell::RefCell::new(Vec::new());
    markdown::with_pictures(content, &|address| {
        seen.borrow_mut().push(address.to_owned());
        None
    });
    seen.into_inner()
}

/// The name of a file in an address of a text, which may stand in a folder, as in what other programs wrote.
fn name_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

/// A text as safe HTML with its pictures, each at the `address` that is given for it, and the files that it does not show.
pub fn drawn<'a>(content: &str, files: &'a [ArticleFile], address: impl Fn(&ArticleFile) -> String) -> (String, Vec<&'a ArticleFile>) {
    let shown = std::cell::RefCell::new(Vec::new());
    let by_name = |text: &str| files.iter().find(|it| it.is_picture() && it.filename == name_of(text));
    let clean = markdown::with_pictures(content, &|text| {
        // What lies on another server is not ours, whatever it is called.
        let it = by_name(text).filter(|_| !text.contains("://"))?;
        shown.borrow_mut().push(it.id);
        Some(it.id.to_string())
    });
    let html = pictures::placed_by(&clean.html, |id| {
        let it = files.iter().find(|it| it.id.to_string() == id)?;
        Some(Picture { address: address(it), pixels: it.pixels })
    });
    let shown = shown.into_inner();
    (html, files.iter().filter(|it| !shown.contains(&it.id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{
        attachments::Blob,
        knowledge::{self, ArticleChange, State},
        stage::Stage,
        tickets::{self, Channel, Kind, NewComment, NewTicket},
    };

    fn file(name: &str, content_type: &str, number: u8) -> StoredFile {
        StoredFile {
            hash: BlobHash([number; 32]),
            size: 5,
            sha256: [0; 32],
            filename: name.into(),
            content_type: content_type.into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        }
    }

    fn written(stage: &Stage, content: &str) -> Article {
        let (max, content) = (stage.max.clone(), content.to_owned());
        let new = ArticleChange { title: Some("Paper".into()), content: Some(content), ..ArticleChange::default() };
        stage.write(move |tx| knowledge::create(tx, &max, new)).unwrap()
    }

    fn add(stage: &Stage, by: &Actor, id: ArticleId, new: StoredFile) -> Result<Vec<ArticleFile>> {
        let by = by.clone();
        stage.write(move |tx| add_files(tx, &by, id, vec![new]))
    }

    fn uses(stage: &Stage, number: u8) -> u32 {
        stage.read(|tx| Ok(tx.get::<Blob>(&BlobHash([number; 32]))?.map_or(0, |it| it.references)))
    }

    #[test]
    fn a_text_shows_its_pictures_and_the_rest_stands_beside_it() {
        let stage = Stage::new();
        let it = written(&stage, "");
        for (name, kind, number) in [("lid.png", "image/png", 1), ("form.pdf", "application/pdf", 2), ("a b.png", "image/png", 3)] {
            add(&stage, &stage.max, it.id, file(name, kind, number)).unwrap();
        }
        let all = stage.read(|tx| files(tx, it.id));
        for (content, shown, beside) in [
            ("![The lid](lid.png)", vec!["/f/lid.png"], vec!["a b.png", "form.pdf"]),
            ("![](images/lid.png) ![](a%20b.png)", vec!["/f/lid.png", "/f/a b.png"], vec!["form.pdf"]),
            ("![](https://elsewhere.example/lid.png)", vec![], vec!["a b.png", "form.pdf", "lid.png"]),
            ("![](form.pdf) ![](gone.png) lid.png", vec![], vec!["a b.png", "form.pdf", "lid.png"]),
        ] {
            let (html, rest) = drawn(content, &all, |it| format!("/f/{}", it.filename));
            let expected: Vec<String> = shown.iter().map(|it| format!("src=\"{it}\"")).collect();
            assert!(expected.iter().all(|it| html.contains(it.as_str())), "{content}: {html}");
            assert_eq!(html.matches("src=\"/f/").count(), shown.len(), "{content}: {html}");
            assert_eq!(rest.iter().map(|it| it.filename.as_str()).collect::<Vec<_>>(), beside, "{content}");
        }
    }

    #[test]
    fn bytes_are_counted_for_as_long_as_the_article_has_them() {
        let stage = Stage::new();
        let it = written(&stage, "Text.");
        let first = add(&stage, &stage.max, it.id, file("lid.png", "image/png", 1)).unwrap()[0].id;
        assert_eq!(add(&stage, &stage.max, it.id, file("lid.png", "image/png", 1)).unwrap()[0].id, first, "it is there");
        assert_eq!(uses(&stage, 1), 1);
        let second = add(&stage, &stage.max, it.id, file("lid.png", "image/png", 2)).unwrap()[0].id;
        assert_eq!((uses(&stage, 1), uses(&stage, 2), second == first), (0, 1, false), "it took the other's place");
        let max = stage.max.clone();
        assert!(stage.write(move |tx| remove_file(tx, &max, it.id, first)).is_err(), "it is gone");
        let max = stage.max.clone();
        stage.write(move |tx| remove_file(tx, &max, it.id, second)).unwrap();
        assert_eq!(uses(&stage, 2), 0);
        add(&stage, &stage.max, it.id, file("lid.png", "image/png", 3)).unwrap();
        let max = stage.max.clone();
        stage.write(move |tx| knowledge::delete(tx, &max, it.id)).unwrap();
        assert_eq!((uses(&stage, 3), stage.read(|tx| Ok(tx.count::<ArticleFile>()?))), (0, 0));
    }

    #[test]
    fn whoever_reads_the_article_has_its_files_and_nobody_else() {
        let stage = Stage::new();
        let it = written(&stage, "Text.");
        assert!(add(&stage, &stage.rosa, it.id, file("lid.png", "image/png", 1)).is_err());
        add(&stage, &stage.max, it.id, file("lid.png", "image/png", 1)).unwrap();
        let opens = |actor: Option<&Actor>| {
            stage.read(|tx| {
                let article = tx.get::<Article>(&it.id)?.unwrap();
                Ok(open_file(tx, &Readership::of(tx, actor)?, &article, "lid.png").is_ok())
            })
        };
        assert_eq!((opens(Some(&stage.max)), opens(Some(&stage.rosa)), opens(None)), (true, false, false), "a draft");
        let max = stage.max.clone();
        stage.write(move |tx| knowledge::settle(tx, &max, it.id, None, State::Published)).unwrap();
        assert_eq!((opens(Some(&stage.max)), opens(Some(&stage.rosa)), opens(None)), (true, true, false), "for those who are signed in");
    }

    #[test]
    fn an_article_from_a_ticket_has_the_pictures_of_the_words_it_took() {
        let stage = Stage::new();
        let (rosa, max) = (stage.rosa.clone(), stage.max.clone());
        let id = stage
            .write(move |tx| {
                let told = "![What I see](picture-1.png)";
                let mut new = NewTicket { description: told.into(), ..NewTicket::new(Kind::Incident, "VPN drops", Channel::Portal) };
                new.files = vec![file("picture-1.png", "image/png", 1)];
                let it = tickets::create(tx, &rosa, new)?;
                for (actor, body, is_private, number) in [
                    (&rosa, "My bank ![](picture-1.png)", false, 2),
                    (&max, "Press ![picture-1.png](picture-1.png)", false, 3),
                    (&max, "Or ![](picture-1.png) and ![](gone.png) and `![](picture-1.png)`", false, 4),
                    (&max, "Between us ![](picture-1.png)", true, 5),
                ] {
                    let new = NewComment {
                        files: vec![file("picture-1.png", "image/png", number)],
                        ..NewComment::new(body, is_private, Channel::Portal)
                    };
                    tickets::add_comment(tx, actor, it.id, new)?;
                }
                Ok(it.id)
            })
            .unwrap();
        let begun = stage.read(|tx| knowledge::draft_of(tx, &stage.max, id)).content.unwrap();
        assert_eq!(of_tickets(&begun).len(), 3, "{begun}");
        let (text, pictures) = stage.read(|tx| take_pictures(tx, &stage.max, id, &begun));
        let mut numbers: Vec<u8> = pictures.iter().map(|it| it.hash.0[0]).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 3, 4]);
        assert!(!text.contains("bank") && text.contains("![](gone.png) and `![](picture-1.png)`"), "{text}");
        let it = written(&stage, &text);
        let max = stage.max.clone();
        stage.write(move |tx| put_files(tx, &max, it.id, pictures)).unwrap();
        let all = stage.read(|tx| files(tx, it.id));
        let (html, beside) = drawn(&text, &all, |it| format!("/f/{}", it.blob.0[0]));
        for number in [1, 3, 4] {
            assert_eq!(html.matches(&format!("src=\"/f/{number}\"")).count(), 1, "{html}");
        }
        assert!(beside.is_empty());
        // What somebody writes into the text by hand brings no other picture along.
        let foreign = stage.read(|tx| attachments::of_ticket(tx, &stage.max, &stage.stored(id)));
        let private = foreign.iter().find(|it| it.is_private).unwrap().id;
        let (text, pictures) = stage.read(|tx| take_pictures(tx, &stage.max, id, &format!("![](/v1/attachments/{private})")));
        assert_eq!((pictures.len(), text), (0, format!("![](/v1/attachments/{private})")));
    }

    #[test]
    fn there_is_an_end_to_them() {
        let stage = Stage::new();
        let it = written(&stage, "Text.");
        for number in 0..limits::ARTICLE_FILES_MAX {
            add(&stage, &stage.max, it.id, file(&format!("{number}.png"), "image/png", 1)).unwrap();
        }
        assert!(add(&stage, &stage.max, it.id, file("more.png", "image/png", 1)).is_err());
        assert!(add(&stage, &stage.max, it.id, file("0.png", "image/png", 2)).is_ok(), "one takes the place of another");
        assert_eq!(uses(&stage, 1) as usize, limits::ARTICLE_FILES_MAX - 1);
    }
}
