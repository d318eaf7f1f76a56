//! What was made of a file's bytes: a thumbnail, a preview, and its text, once for all attachments with the same bytes. Making it is not for
//! the desk, which says what waits, what may be taken apart at all, and what becomes of the result. Files in which a scanner found something
//! are left alone, and so are those that it has not looked at yet.
//!
//! Invariant: a picture that was made is a blob that counts one use for as long as its origin is not forgotten.

use minicbor::{Decode, Encode};

use super::{Attachment, BY_ID, Blob, Scan, blob, is_hidden, scan};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        tickets::Ticket,
    },
    error::Result,
    id::{ArticleId, AttachmentId, BlobHash, TicketId},
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum State {
    #[n(0)]
    Waiting,
    #[n(1)]
    Made,
    /// There is nothing to show and nothing to read.
    #[n(2)]
    Nothing,
    /// Its reader broke on it, as often as it was tried.
    #[n(3)]
    Failed,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub enum Format {
    #[n(0)]
    Jpeg,
    #[n(1)]
    Png,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
        }
    }
}

/// A picture that was made, whose bytes are a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Picture {
    #[n(0)]
    pub blob: BlobHash,
    #[n(1)]
    pub size: u64,
    #[n(2)]
    pub format: Format,
    #[n(3)]
    pub width: u32,
    #[n(4)]
    pub height: u32,
}

/// What was made of some bytes, or is to be.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Preview {
    #[n(0)]
    pub blob: BlobHash,
    #[n(1)]
    pub state: State,
    /// How often it was begun.
    #[n(2)]
    pub tries: u8,
    #[n(3)]
    pub since: Instant,
    #[n(4)]
    pub thumbnail: Option<Picture>,
    /// Larger than the thumbnail; none where that shows all there is.
    #[n(5)]
    pub preview: Option<Picture>,
    #[n(6)]
    pub has_text: bool,
    /// Whose tickets are told when it is there. Of very many, the last are not: their text is found when they are next changed.
    #[n(7)]
    pub waiters: Vec<Waiter>,
    /// Articles that are told, alike.
    #[n(8)]
    #[cbor(default)]
    pub articles: Vec<ArticleId>,
}

/// An attachment that waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Waiter {
    #[n(0)]
    pub ticket: TicketId,
    #[n(1)]
    pub attachment: AttachmentId,
}

/// Bytes that wait to be taken apart, oldest first.
pub const WAITING: Index<Preview, Instant> = Index::new(0xb6, "previews_waiting");

impl Record for Preview {
    type Key = BlobHash;
    /// It follows from the bytes, and can be made again.
    const TABLE: Table = Table::operational(0x8e, "previews");

    fn key(&self) -> BlobHash {
        self.blob
    }

    fn indexes(&self, entries: &mut Entries) {
        if self.state == State::Waiting {
            entries.add(&WAITING, &self.since);
        }
    }
}

/// The text of some bytes, packed. It stands apart, so that whoever looks at pictures does not read it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct FileText {
    #[n(0)]
    pub blob: BlobHash,
    #[cbor(n(1), with = "minicbor::bytes")]
    pub packed: Vec<u8>,
}

impl Record for FileText {
    type Key = BlobHash;
    const TABLE: Table = Table::operational(0x8f, "file_texts");

    fn key(&self) -> BlobHash {
        self.blob
    }
}

/// How far the attachments from before there were previews are taken up.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TakenUp {
    #[n(0)]
    pub ticket: TicketId,
    #[n(1)]
    pub attachment: AttachmentId,
    #[n(2)]
    pub all: bool,
}

impl Record for TakenUp {
    type Key = ();
    const TABLE: Table = Table::operational(0x7f, "previews_taken_up");

    fn key(&self) {}
}

/// What can be shown of an attachment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    pub thumbnail: Option<Picture>,
    pub preview: Option<Picture>,
}

impl Shown {
    /// The largest that there is.
    pub fn largest(&self) -> Option<Picture> {
        self.preview.or(self.thumbnail)
    }
}

/// What can be shown of some bytes.
pub fn shown(tx: &Tx, hash: BlobHash) -> Result<Shown> {
    let made = tx.get_shared::<Preview>(&hash)?;
    Ok(made.map_or_else(Shown::default, |it| Shown { thumbnail: it.thumbnail, preview: it.preview }))
}

/// An attachment came: what can be made of it is to be made, if it is not there.
pub fn want(tx: &mut Tx, attachment: &Attachment) -> Result<()> {
    let waiter = Waiter { ticket: attachment.ticket, attachment: attachment.id };
    wait(tx, attachment.blob, |it| add(&mut it.waiters, waiter))
}

/// A file of an article came: its text is to be read, if it is not there.
pub fn want_text(tx: &mut Tx, article: ArticleId, hash: BlobHash) -> Result<()> {
    wait(tx, hash, |it| add(&mut it.articles, article))
}

fn wait(tx: &mut Tx, hash: BlobHash, add: impl FnOnce(&mut Preview)) -> Result<()> {
    let mut it = match tx.get::<Preview>(&hash)? {
        Some(it) if it.state != State::Waiting => return Ok(()),
        Some(it) => it,
        None => Preview {
            blob: hash,
            state: State::Waiting,
            tries: 0,
            since: tx.now(),
            thumbnail: None,
            preview: None,
            has_text: false,
            waiters: Vec::new(),
            articles: Vec::new(),
        },
    };
    add(&mut it);
    tx.put(&it)
}

fn add<T: PartialEq>(waiting: &mut Vec<T>, one: T) {
    if waiting.len() < limits::PREVIEW_WAITERS_MAX && !waiting.contains(&one) {
        waiting.push(one);
    }
}

/// Takes up attachments from before there were previews, at most `limit`; gives how many, and zero when all are.
pub fn take_up(tx: &mut Tx, limit: usize) -> Result<usize> {
    let begun = tx.get::<TakenUp>(&())?;
    if begun.as_ref().is_some_and(|it| it.all) {
        return Ok(0);
    }
    let from = begun.map_or((TicketId::NIL, AttachmentId::NIL), |it| (it.ticket, it.attachment));
    let next: Vec<Attachment> = tx.scan_from::<Attachment>(&from)?.take(limit).collect::<Result<_, _>>()?;
    for it in &next {
        want(tx, it)?;
    }
    let last = next.last().map_or(from, Attachment::key);
    // The one that it went on from came again.
    let all = next.len() < limit;
    tx.put(&TakenUp { ticket: last.0, attachment: last.1, all })?;
    Ok(next.len())
}

/// What is to be taken apart next, and how large it is: the oldest whose bytes no scanner has to look at before.
pub fn next(tx: &Tx) -> Result<Option<(BlobHash, u64)>> {
    let end = Instant::from_millis(i64::MAX);
    for hash in tx.find_between(&WAITING, &Instant::EPOCH, &end)?.take(limits::PREVIEWS_LOOKED_AT) {
        let hash = hash?;
        if scan(tx, hash)? != Some(Scan::Waiting) {
            return Ok(Some((hash, tx.get::<Blob>(&hash)?.map_or(0, |it| it.size))));
        }
    }
    Ok(None)
}

/// How many wait, of those that are looked at.
pub fn waiting(tx: &Tx, limit: usize) -> Result<usize> {
    let end = Instant::from_millis(i64::MAX);
    Ok(tx.find_between(&WAITING, &Instant::EPOCH, &end)?.take(limit).count())
}

/// What is to be done with bytes that are next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    Whole,
    /// The last attempt, after one that broke: what is drawn is the most that can go wrong.
    TextAlone,
}

/// Begins to take bytes apart; none if they are not to be, which is then written down. Written before it is done: bytes that bring
/// everything down are not tried for ever.
pub fn begin(tx: &mut Tx, hash: BlobHash) -> Result<Option<Attempt>> {
    let Some(mut it) = tx.get::<Preview>(&hash)?.filter(|it| it.state == State::Waiting) else { return Ok(None) };
    match scan(tx, hash)? {
        Some(Scan::Waiting) => return Ok(None),
        _ if !tx.has::<Blob>(&hash)? => return end(tx, it, State::Nothing).map(|()| None),
        Some(Scan::Infected(_) | Scan::Unscannable(_)) => return end(tx, it, State::Nothing).map(|()| None),
        Some(Scan::Clean) | None => {}
    }
    if it.tries >= limits::PREVIEW_TRIES {
        return end(tx, it, State::Failed).map(|()| None);
    }
    it.tries += 1;
    let attempt = if it.tries > 1 { Attempt::TextAlone } else { Attempt::Whole };
    tx.put(&it)?;
    Ok(Some(attempt))
}

fn end(tx: &mut Tx, it: Preview, state: State) -> Result<()> {
    tx.put(&Preview { state, waiters: Vec::new(), articles: Vec::new(), ..it })
}

/// It was begun and could not be done, through no fault of the bytes: that does not count.
pub fn give_back(tx: &mut Tx, hash: BlobHash) -> Result<()> {
    match tx.get::<Preview>(&hash)?.filter(|it| it.state == State::Waiting) {
        Some(it) => tx.put(&Preview { tries: it.tries.saturating_sub(1), ..it }),
        None => Ok(()),
    }
}

/// The reader broke on it: it is tried once more, or given up.
pub fn broke(tx: &mut Tx, hash: BlobHash) -> Result<()> {
    match tx.get::<Preview>(&hash)?.filter(|it| it.state == State::Waiting) {
        Some(it) if it.tries >= limits::PREVIEW_TRIES => end(tx, it, State::Failed),
        _ => Ok(()),
    }
}

/// A picture that was made and lies in the blob store.
#[derive(Debug, Clone, Copy)]
pub struct StoredPicture {
    pub picture: Picture,
    pub sha256: [u8; 32],
}

/// What was made.
#[derive(Debug, Clone, Default)]
pub struct NewPreview {
    pub thumbnail: Option<StoredPicture>,
    pub preview: Option<StoredPicture>,
    pub text: Option<String>,
}

/// Keeps what was made, and says so on every ticket that waits for it. Gives the articles that wait for its text.
pub fn made(tx: &mut Tx, hash: BlobHash, new: NewPreview) -> Result<Vec<ArticleId>> {
    // Its bytes may have gone meanwhile, and with them whoever would look.
    let Some(mut it) = tx.get::<Preview>(&hash)?.filter(|it| it.state == State::Waiting) else { return Ok(Vec::new()) };
    for stored in [&new.thumbnail, &new.preview].into_iter().flatten() {
        refer(tx, hash, stored)?;
    }
    if let Some(text) = &new.text {
        tx.put(&FileText { blob: hash, packed: lz4_flex::compress_prepend_size(text.as_bytes()) })?;
    }
    it.thumbnail = new.thumbnail.map(|it| it.picture);
    it.preview = new.preview.map(|it| it.picture);
    it.has_text = new.text.is_some();
    let is_something = it.has_text || it.thumbnail.is_some();
    let (waiters, articles) = (std::mem::take(&mut it.waiters), std::mem::take(&mut it.articles));
    it.state = if is_something { State::Made } else { State::Nothing };
    tx.put(&it)?;
    if is_something {
        for waiter in waiters {
            tell(tx, waiter)?;
        }
    }
    Ok(if new.text.is_some() { articles } else { Vec::new() })
}

/// Says on a ticket that there is more to see of its file, so that the search reads it and pages show it.
fn tell(tx: &mut Tx, waiter: Waiter) -> Result<()> {
    let Some(attachment) = tx.find_one(&BY_ID, &waiter.attachment)? else { return Ok(()) };
    // Its message may have moved to another ticket meanwhile.
    let Some(ticket) = tx.get::<Ticket>(&attachment.ticket)? else { return Ok(()) };
    let changes = Changes::new().set("attachment", attachment.id.to_string()).set("isPrivate", is_hidden(tx, &attachment)?);
    event::record(tx, &Actor::system("previews"), EventKind::AttachmentRead, ticket.about(), changes).map(drop)
}

/// Counts the use of a picture. One that is its own origin, such as a small picture that was written the same way, counts once.
fn refer(tx: &mut Tx, origin: BlobHash, stored: &StoredPicture) -> Result<()> {
    let Picture { blob: hash, size, .. } = stored.picture;
    if hash == origin {
        return Ok(());
    }
    let is_new = !tx.has::<Blob>(&hash)?;
    blob::refer(tx, hash, size, stored.sha256)?;
    // We made it: no scanner has to look, unless somebody sends the same.
    if is_new { blob::scanned(tx, hash, Scan::Clean) } else { Ok(()) }
}

/// The bytes are forgotten: so is what was made of them, and its pictures go when nobody needs them.
pub fn forget(tx: &mut Tx, hash: BlobHash) -> Result<()> {
    let Some(it) = tx.get::<Preview>(&hash)? else { return Ok(()) };
    for picture in [it.thumbnail, it.preview].into_iter().flatten().filter(|it| it.blob != hash) {
        blob::release(tx, picture.blob)?;
    }
    if it.has_text {
        tx.remove::<FileText>(&hash)?;
    }
    tx.remove::<Preview>(&hash)
}

/// The text of some bytes, if it was read.
pub fn text(tx: &Tx, hash: BlobHash) -> Result<Option<String>> {
    let Some(it) = tx.get::<FileText>(&hash)? else { return Ok(None) };
    let size = it.packed.first_chunk::<4>().map_or(0, |it| u32::from_le_bytes(*it) as usize);
    if size > limits::PREVIEW_TEXT_BYTES_MAX {
        return Ok(None);
    }
    Ok(lz4_flex::decompress_size_prepended(&it.packed).ok().and_then(|it| String::from_utf8(it).ok()))
}

#[cfg(test)]
mod tests;
