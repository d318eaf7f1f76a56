//! A raw mail, from its arrival to its outcome: stored, written down, and only then looked into (D12). The rules are the desk's;
//! here is the order of the steps, so that a crash between any two loses nothing: what was written down and not decided is decided
//! after the next start.

use bytes::Bytes;

use super::Desk;
use crate::{
    blobs::Stored,
    desk::permission::Permission,
    desk::{
        actor::Actor,
        attachments::StoredFile,
        mail::{
            ParsedAttachment, ParsedMessage,
            filter::{self, FilterDraft},
            intake::{self, Release, Understood},
            ledger::{self, Arrival, MailEntry, RawMail, Received},
        },
    },
    error::{Code, Error, Fault, Refusal, Result},
    id::{MailFilterId, MailId},
    language::say,
    limits,
    mail::mime,
    text::filename,
};

/// Takes a mail in.
pub async fn take_in(desk: &Desk, actor: &Actor, raw: Bytes, arrival: Arrival) -> Result<MailEntry> {
    if raw.len() > desk.mail_bytes_max {
        let detail = say!("refused-mail-may-kb-most", mail_bytes_max = desk.mail_bytes_max / 1024);
        return Err(Refusal::new(Code::TooLarge, detail).into());
    }
    let Stored { hash, size, sha256 } = desk.blobs.put(raw.clone()).await?;
    let mail = RawMail { arrival, raw: hash, size, sha256 };
    let received = {
        let actor = actor.clone();
        desk.write(None, move |tx| ledger::receive(tx, &actor, mail)).await?
    };
    match received {
        Received::Before(entry) => Ok(MailEntry { outcome: ledger::Outcome::Duplicate, ..entry }),
        Received::New(entry) => understand(desk, actor, entry, raw).await,
    }
}

/// Parses a mail that was written down, stores its files, and lets the desk decide.
async fn understand(desk: &Desk, actor: &Actor, entry: MailEntry, raw: Bytes) -> Result<MailEntry> {
    let understood = prepare(desk, &entry, raw).await?;
    let (by, id) = (actor.clone(), entry.id);
    let decided = match desk.write(None, move |tx| intake::decide(tx, &by, understood)).await {
        // A full disk or a stop is tried again; what the rules refuse once, they refuse again.
        Err(Error::Refused(why)) if why.code != Code::Unavailable => {
            let by = actor.clone();
            desk.write(None, move |tx| intake::hold(tx, &by, id, &why)).await?
        }
        decided => decided?,
    };
    metrics::counter!("lodge_mail_in_total", "outcome" => decided.outcome.name()).increment(1);
    Ok(decided)
}

async fn parsed(raw: Bytes) -> Result<(ParsedMessage, Bytes)> {
    let parsed = tokio::task::spawn_blocking(move || (mime::parse(&raw), raw)).await;
    parsed.map_err(|it| Fault::because("parsing a mail", it).into())
}

/// Takes a mail apart and stores its files, so that the desk can decide about it.
async fn prepare(desk: &Desk, entry: &MailEntry, raw: Bytes) -> Result<Understood> {
    let (mut message, raw) = parsed(raw).await?;
    let asked = desk.read(|tx| intake::asked(tx, entry, &message))?;
    let attachments = std::mem::take(&mut message.attachments);
    let mut files = Vec::with_capacity(attachments.len());
    for (i, attachment) in attachments.into_iter().enumerate() {
        files.push(keep(desk, attachment, i).await?);
    }
    keep_whole_text(desk, &mut message, &mut files).await?;
    if !message.flaws.is_empty() {
        // What could not be understood is there to be looked at.
        let Stored { hash, size, sha256 } = desk.blobs.put(raw).await?;
        let (filename, content_type) = ("original.eml".to_owned(), "message/rfc822".to_owned());
        files.push(StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None, by_mail: true, pixels: None });
    }
    let (reader, of) = (desk.reader().clone(), entry.clone());
    // Long quotes take their time, which neither the writer nor those who wait for others have.
    let folding = tokio::task::spawn_blocking(move || {
        let folded = intake::fold(&reader.read()?, &of, &message, &asked)?;
        Ok::<_, Error>((message, asked, folded))
    });
    let (message, asked, folded) = folding.await.map_err(|it| Fault::because("folding a mail", it))??;
    Ok(Understood { mail: entry.id, message, files, asked: Some(asked), folded: Some(folded) })
}

/// What a person does with a mail that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    JudgeAgain,
    Release(Release),
}

/// Lets the desk decide again about a mail that is held: by the present rules, or as a person says.
pub async fn decide_held(desk: &Desk, actor: &Actor, id: MailId, how: Held) -> Result<MailEntry> {
    actor.need(Permission::MailManage)?;
    let entry = desk.read(|tx| ledger::entry(tx, actor, id))?;
    let understood = prepare(desk, &entry, desk.blobs.get(entry.raw).await?).await?;
    let by = actor.clone();
    desk.write(actor.person(), move |tx| match how {
        Held::JudgeAgain => intake::decide_again(tx, &by, understood),
        Held::Release(release) => intake::release(tx, &by, understood, release),
    })
    .await
}

/// The bytes of a mail as they came. That somebody looks is written down first.
pub async fn raw(desk: &Desk, actor: &Actor, id: MailId) -> Result<Bytes> {
    let by = actor.clone();
    let entry = desk.write(actor.person(), move |tx| ledger::look(tx, &by, id)).await?;
    desk.blobs.get(entry.raw).await
}

/// A past mail that a filter fits, and what would become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tried {
    pub entry: MailEntry,
    pub would: ledger::Outcome,
}

/// Tries a filter on the newest mails of the ledger, in the place of `instead` if it is there already. Nothing is changed. Gives how many
/// mails were looked at, and those that it fits.
pub async fn try_filter(desk: &Desk, actor: &Actor, instead: Option<MailFilterId>, draft: FilterDraft) -> Result<(usize, Vec<Tried>)> {
    let (entries, filters) = desk.read(|tx| {
        let id = instead.unwrap_or(MailFilterId(uuid::Uuid::nil()));
        let tried = FilterDraft { enabled: true, ..draft }.checked(id, tx.now(), 1)?;
        let mut filters = filter::all(tx)?;
        filters.retain(|it| it.id != id);
        filters.push(tried);
        filters.sort_by_key(|it| (it.position, it.id));
        let (entries, _) = ledger::page(tx, actor, &ledger::LogQuery::default(), limits::MAIL_TRIED_MAX)?;
        Ok((entries, (id, filters)))
    })?;
    let (id, filters) = filters;
    let (looked, mut fits) = (entries.len(), Vec::new());
    for entry in entries {
        let (message, _) = parsed(desk.blobs.get(entry.raw).await?).await?;
        let Some(tried) = filters.iter().find(|it| it.id == id) else { continue };
        if tried.fits(&message, entry.mailbox, &entry.via) {
            let would = desk.read(|tx| intake::judged_by(tx, &entry, &message, &filters))?.verdict.outcome();
            fits.push(Tried { entry, would });
        }
    }
    Ok((looked, fits))
}

/// A mail of the ledger, taken apart anew.
pub async fn reread(desk: &Desk, actor: &Actor, id: MailId) -> Result<(MailEntry, ParsedMessage)> {
    let entry = desk.read(|tx| ledger::entry(tx, actor, id))?;
    let (message, _) = parsed(desk.blobs.get(entry.raw).await?).await?;
    Ok((entry, message))
}

async fn keep(desk: &Desk, attachment: ParsedAttachment, position: usize) -> Result<StoredFile> {
    let Stored { hash, size, sha256 } = desk.blobs.put(Bytes::from(attachment.bytes)).await?;
    let name = attachment.filename.map_or_else(|| format!("attachment-{}", position + 1), |it| filename::safe(&it));
    Ok(StoredFile {
        hash,
        size,
        sha256,
        filename: name,
        content_type: attachment.content_type,
        inline: attachment.inline,
        content_id: attachment.content_id,
        by_mail: true,
        pixels: None,
    })
}

/// A text over the limit of comments is kept whole as a file, and cut where it is shown.
async fn keep_whole_text(desk: &Desk, message: &mut ParsedMessage, files: &mut Vec<StoredFile>) -> Result<()> {
    if message.text.len() > limits::BODY_TEXT_BYTES_MAX {
        let Stored { hash, size, sha256 } = desk.blobs.put(Bytes::from(message.text.clone())).await?;
        let (filename, content_type) = ("message.txt".to_owned(), "text/plain; charset=utf-8".to_owned());
        files.push(StoredFile { hash, size, sha256, filename, content_type, inline: false, content_id: None, by_mail: true, pixels: None });
        let end = message.text.floor_char_boundary(limits::BODY_TEXT_BYTES_MAX);
        message.text.truncate(end);
        message.html = None;
    }
    Ok(())
}

/// Decides what was written down and never decided, such as before a crash; gives how many. A mail that fails again stays.
pub async fn take_up(desk: &Desk) -> Result<usize> {
    let left = desk.read(|tx| ledger::undecided(tx, limits::WRITER_BATCH_MAX))?;
    let mut done = 0;
    for entry in left {
        // A mail that is being decided right now is somebody else's; deciding twice is harmless.
        let understood = match desk.blobs.get(entry.raw).await {
            Ok(raw) => understand(desk, &Actor::system("mail"), entry.clone(), raw).await,
            Err(error) => Err(error),
        };
        match understood {
            Ok(_) => done += 1,
            Err(error) => {
                tracing::error!(mail = %entry.id, %error, "a mail that was written down could not be decided; it is kept and tried again")
            }
        }
    }
    Ok(done)
}
