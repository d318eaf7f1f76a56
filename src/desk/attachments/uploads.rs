//! Files on their way in that can go on where they broke off (tus 1.0), and files that have come and belong to nothing yet. Whoever begins
//! one says how large it will be; the bytes go to `blobs`, which this room does not know. When all have come, the file hangs on the ticket
//! that it was begun for, or waits until its sender makes something of it. One that nobody goes on with ends.
//!
//! Invariant: `received` bytes of an upload are flushed. A finished one that waits counts as one use of its blob.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};

use super::{StoredFile, add, blob, file_rules::FileRules, need_add};
use crate::{
    desk::{
        actor::{Actor, Origin},
        identity::{self, Person},
        tickets::access,
    },
    error::{Code, Refusal, Result},
    id::{AttachmentId, BlobHash, PersonId, TicketId, UploadId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    text::{amount::amount, filename},
    time::Instant,
};

const SECRET_BYTES: usize = 24;

/// What all bytes of an upload are.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Came {
    #[n(0)]
    pub hash: BlobHash,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// What the bytes say that they are.
    #[n(2)]
    pub content_type: String,
    /// Of a picture: its width and height.
    #[n(3)]
    pub pixels: Option<(u32, u32)>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Upload {
    #[n(0)]
    pub id: UploadId,
    #[n(1)]
    pub person: PersonId,
    /// Where it will hang.
    #[n(2)]
    pub ticket: Option<TicketId>,
    /// Safe for display.
    #[n(3)]
    pub filename: String,
    /// What its sender says that it is.
    #[n(4)]
    pub content_type: Option<String>,
    #[n(5)]
    pub size: u64,
    /// Bytes that have come and are flushed.
    #[n(6)]
    pub received: u64,
    /// The hash of the secret in its address.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub secret: [u8; 32],
    #[n(8)]
    pub changed_at: Instant,
    #[n(9)]
    pub came: Option<Came>,
    /// What became of it on its ticket.
    #[n(10)]
    pub attachment: Option<AttachmentId>,
}

/// Uploads by when something last happened to them.
pub const BY_TIME: Index<Upload, Instant> = Index::new(0xb4, "uploads_by_time");
/// Of somebody, those that hang on nothing yet.
pub const UPLOADS_OF: Index<Upload, PersonId> = Index::new(0xb5, "uploads_of");

impl Record for Upload {
    type Key = UploadId;
    /// What it becomes is journalled.
    const TABLE: Table = Table::operational(0x7c, "uploads");

    fn key(&self) -> UploadId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_TIME, &self.changed_at);
        if self.attachment.is_none() {
            entries.add(&UPLOADS_OF, &self.person);
        }
    }
}

impl Upload {
    /// The name of its file while it is on its way.
    pub fn file(&self) -> String {
        file_of(self.id)
    }

    /// When it ends if nobody goes on with it.
    pub fn ends_at(&self) -> Instant {
        self.changed_at.plus(lasting())
    }
}

/// The name of an upload's file while it is on its way.
pub fn file_of(id: UploadId) -> String {
    id.0.simple().to_string()
}

fn lasting() -> Duration {
    Duration::from_secs(limits::UPLOAD_HOURS * 3600)
}

/// A file that is to come.
#[derive(Debug, Clone)]
pub struct NewUpload {
    pub ticket: Option<TicketId>,
    pub filename: String,
    pub content_type: Option<String>,
    pub size: u64,
}

fn me(actor: &Actor) -> Result<PersonId> {
    actor.person().ok_or_else(|| Refusal::new(Code::Forbidden, say!("refused-upload-person")).into())
}

/// Begins an upload; gives it, and the secret for its address. `most` is what the operator lets anybody send, in bytes.
pub fn begin(tx: &mut Tx, actor: &Actor, new: NewUpload, most: u64) -> Result<(Upload, String)> {
    let person = me(actor)?;
    match new.ticket {
        Some(id) => access::need_answer(actor, &access::ticket(tx, actor, id)?)?,
        None => need_add(actor)?,
    }
    let filename = filename::safe(&new.filename);
    if new.size > most {
        let what = filename.as_str();
        return Err(Refusal::new(Code::TooLarge, say!("refused-larger-than", what = what, amount = amount(most))).into());
    }
    FileRules::of(tx)?.check(actor, &filename, new.size)?;
    if tx.find_keys(&UPLOADS_OF, &person)?.count() >= limits::UPLOADS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-uploads-most", most = limits::UPLOADS_MAX)).into());
    }
    let secret: [u8; SECRET_BYTES] = tx.random();
    let upload = Upload {
        id: tx.new_id(),
        person,
        ticket: new.ticket,
        filename,
        content_type: new.content_type,
        size: new.size,
        received: 0,
        secret: *blake3::hash(&secret).as_bytes(),
        changed_at: tx.now(),
        came: None,
        attachment: None,
    };
    tx.put(&upload)?;
    Ok((upload, BASE64URL_NOPAD.encode(&secret)))
}

/// The upload of this id, for its sender, or for whoever has the secret of its address; with its sender as they may act now.
pub fn open(tx: &Tx, actor: Option<&Actor>, id: UploadId, secret: Option<&str>, origin: Origin) -> Result<(Upload, Actor)> {
    let missing = || Refusal::not_found("upload");
    let upload = tx.get::<Upload>(&id)?.ok_or_else(missing)?;
    if let Some(actor) = actor.filter(|it| it.is(upload.person)) {
        return Ok((upload, actor.clone()));
    }
    let said = secret.and_then(|it| BASE64URL_NOPAD.decode(it.as_bytes()).ok()).ok_or_else(missing)?;
    // Hashes compare in constant time.
    if blake3::hash(&said) != blake3::Hash::from(upload.secret) {
        return Err(missing().into());
    }
    let person = tx.get::<Person>(&upload.person)?.filter(|it| it.active).ok_or_else(missing)?;
    let actor = identity::actor_of(tx, &person, origin)?;
    Ok((upload, actor))
}

/// Writes down how much has come and is flushed.
pub fn received(tx: &mut Tx, id: UploadId, received: u64) -> Result<()> {
    let mut upload = tx.get::<Upload>(&id)?.ok_or_else(|| Refusal::not_found("upload"))?;
    upload.received = received;
    upload.changed_at = tx.now();
    tx.put(&upload)
}

/// All has come: the file hangs on its ticket, or waits to be used.
pub fn complete(tx: &mut Tx, actor: &Actor, id: UploadId, file: StoredFile) -> Result<Upload> {
    let mut upload = tx.get::<Upload>(&id)?.filter(|it| it.came.is_none()).ok_or_else(|| Refusal::not_found("upload"))?;
    upload.received = file.size;
    upload.changed_at = tx.now();
    upload.came = Some(Came { hash: file.hash, sha256: file.sha256, content_type: file.content_type.clone(), pixels: file.pixels });
    match upload.ticket {
        Some(ticket) => upload.attachment = add(tx, actor, ticket, vec![file])?.first().map(|it| it.id),
        None => {
            FileRules::of(tx)?.check_stored(actor, &file)?;
            blob::refer(tx, file.hash, file.size, file.sha256)?;
        }
    }
    tx.put(&upload)?;
    Ok(upload)
}

/// Keeps a file that came in one go until its sender makes something of it.
pub fn keep(tx: &mut Tx, actor: &Actor, file: StoredFile) -> Result<Upload> {
    let new = NewUpload { ticket: None, filename: file.filename.clone(), content_type: None, size: file.size };
    let (upload, _) = begin(tx, actor, new, u64::MAX)?;
    complete(tx, actor, upload.id, file)
}

/// Takes one's own finished uploads, to make something of them in the same command.
pub fn claim(tx: &mut Tx, actor: &Actor, ids: &[UploadId]) -> Result<Vec<StoredFile>> {
    if ids.len() > limits::UPLOAD_FILES_MAX {
        return Err(Refusal::new(Code::TooLarge, say!("refused-most-files-taken-once", upload_files_max = limits::UPLOAD_FILES_MAX)).into());
    }
    let mut files = Vec::with_capacity(ids.len());
    for id in ids {
        let upload = tx.get::<Upload>(id)?.filter(|it| actor.is(it.person) && it.attachment.is_none());
        let Some(Upload { came: Some(came), filename, size, .. }) = upload else {
            return Err(Refusal::field("uploads", "unknown", say!("refused-upload-unknown", id = id.to_string())).into());
        };
        tx.remove::<Upload>(id)?;
        blob::release(tx, came.hash)?;
        let Came { hash, sha256, content_type, pixels } = came;
        files.push(StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None, by_mail: false, pixels });
    }
    Ok(files)
}

/// Gives an upload up. What it became on a ticket stays there.
pub fn give_up(tx: &mut Tx, id: UploadId) -> Result<()> {
    let Some(upload) = tx.get::<Upload>(&id)? else { return Ok(()) };
    tx.remove::<Upload>(&id)?;
    match upload.came {
        Some(came) if upload.attachment.is_none() => blob::release(tx, came.hash),
        _ => Ok(()),
    }
}

/// Ends uploads that nobody goes on with, at most `limit`; gives them.
pub fn sweep(tx: &mut Tx, limit: usize) -> Result<Vec<UploadId>> {
    let until = tx.now().minus(lasting());
    let old: Vec<UploadId> = tx.find_between(&BY_TIME, &Instant::EPOCH, &until)?.take(limit).collect::<Result<_, _>>()?;
    for id in &old {
        give_up(tx, *id)?;
    }
    Ok(old)
}

/// Whether a file that lies among those on their way is that of an upload that goes on.
pub fn is_wanted(tx: &Tx, file: &str) -> Result<bool> {
    let Ok(id) = uuid::Uuid::try_parse(file) else { return Ok(false) };
    Ok(tx.get::<Upload>(&UploadId(id))?.is_some_and(|it| it.came.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::attachments::{Blob, of_ticket};

    use crate::desk::stage::Stage;

    fn new(ticket: Option<TicketId>, size: u64) -> NewUpload {
        NewUpload { ticket, filename: "log.txt".into(), content_type: None, size }
    }

    fn file(size: u64) -> StoredFile {
        StoredFile {
            hash: BlobHash([3; 32]),
            size,
            sha256: [0; 32],
            filename: "log.txt".into(),
            content_type: "text/plain".into(),
            inline: false,
            content_id: None,
            by_mail: false,
            pixels: None,
        }
    }

    fn begun(stage: &Stage, by: &Actor, new: NewUpload) -> Result<(Upload, String)> {
        let by = by.clone();
        stage.write(move |tx| begin(tx, &by, new, u64::MAX))
    }

    fn uses(stage: &Stage) -> u32 {
        stage.read(|tx| Ok(tx.get::<Blob>(&BlobHash([3; 32]))?.map_or(0, |it| it.references)))
    }

    #[test]
    fn a_finished_upload_hangs_on_its_ticket() {
        let stage = Stage::new();
        let ticket = stage.ticket(None);
        let (upload, _) = begun(&stage, &stage.ada, new(Some(ticket.id), 5)).unwrap();
        let ada = stage.ada.clone();
        let done = stage.write(move |tx| complete(tx, &ada, upload.id, file(5))).unwrap();
        let files = stage.read(|tx| of_ticket(tx, &stage.ada, &stage.stored(ticket.id)));
        assert_eq!((done.attachment, uses(&stage)), (files.first().map(|it| it.id), 1));
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| complete(tx, &ada, upload.id, file(5))).is_err(), "it came once");
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| claim(tx, &ada, &[upload.id])).is_err(), "it is used");
        stage.write(move |tx| give_up(tx, upload.id)).unwrap();
        assert_eq!(uses(&stage), 1, "what hangs on the ticket stays");
    }

    #[test]
    fn one_that_waits_is_taken_once_by_its_sender_or_ends() {
        let stage = Stage::new();
        let kept = |stage: &Stage| {
            let ada = stage.ada.clone();
            stage.write(move |tx| keep(tx, &ada, file(5))).unwrap().id
        };
        let id = kept(&stage);
        assert_eq!(uses(&stage), 1);
        let bob = stage.bob.clone();
        assert!(stage.write(move |tx| claim(tx, &bob, &[id])).is_err(), "it is not his");
        let ada = stage.ada.clone();
        assert_eq!(stage.write(move |tx| claim(tx, &ada, &[id])).unwrap().len(), 1);
        assert_eq!(uses(&stage), 0);
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| claim(tx, &ada, &[id])).is_err(), "it is taken");
        let id = kept(&stage);
        stage.pass(limits::UPLOAD_HOURS as i64 * 3600 - 1);
        assert_eq!(stage.write(|tx| sweep(tx, 10)).unwrap(), []);
        stage.pass(2);
        assert_eq!(stage.write(|tx| sweep(tx, 10)).unwrap(), [id]);
        assert_eq!(uses(&stage), 0);
    }

    #[test]
    fn an_address_opens_its_upload_and_no_other() {
        let stage = Stage::new();
        let (one, secret) = begun(&stage, &stage.rosa, new(None, 5)).unwrap();
        let (_, other) = begun(&stage, &stage.rosa, new(None, 5)).unwrap();
        let opens = |actor: Option<&Actor>, secret: Option<&str>| {
            stage.read(|tx| Ok(open(tx, actor, one.id, secret, Origin::default()).map(|it| it.1.person()).ok().flatten()))
        };
        let rosa = stage.rosa.person();
        for (actor, secret, who) in [
            (Some(&stage.rosa), None, rosa),
            (None, Some(secret.as_str()), rosa),
            (Some(&stage.otto), Some(secret.as_str()), rosa),
            (Some(&stage.max), None, None),
            (None, Some(other.as_str()), None),
            (None, Some(""), None),
            (None, None, None),
        ] {
            assert_eq!(opens(actor, secret), who);
        }
    }

    #[test]
    fn what_cannot_be_taken_is_refused_before_it_comes() {
        let stage = Stage::new();
        let ticket = stage.ticket(None);
        assert!(begun(&stage, &stage.otto, new(Some(ticket.id), 5)).is_err(), "it is not his ticket");
        assert!(begun(&stage, &stage.rosa, new(None, limits::REQUESTER_FILE_BYTES + 1)).is_err());
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| begin(tx, &ada, new(None, 11), 10)).is_err(), "the operator says so");
        for _ in 0..limits::UPLOADS_MAX {
            begun(&stage, &stage.ada, new(None, 5)).unwrap();
        }
        assert!(begun(&stage, &stage.ada, new(None, 5)).is_err());
        assert!(begun(&stage, &stage.bob, new(None, 5)).is_ok());
    }

    #[test]
    fn files_of_uploads_that_go_on_are_wanted() {
        let stage = Stage::new();
        let (upload, _) = begun(&stage, &stage.ada, new(None, 5)).unwrap();
        for (file, wanted) in [(upload.file(), true), (UploadId::NIL.0.simple().to_string(), false), ("x.part".into(), false)] {
            assert_eq!(stage.read(|tx| is_wanted(tx, &file)), wanted, "{file}");
        }
    }
}
