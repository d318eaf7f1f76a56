//! Pictures of ours that come back: an answer quotes our mail, and mail programs send the pictures of a quote along, with our content
//! ids or with new ones. Such a picture is on the ticket already, so the answer shows that file instead of bringing a copy.
//!
//! Only the same bytes count. A picture that was drawn on, or made smaller by a program, is something new and stays; so does a file
//! that was attached beside the text, since somebody meant to send it.

use std::collections::BTreeMap;

use crate::{
    desk::{
        attachments::{
            Attachment, StoredFile,
            pictures::{is_drawn, mark},
        },
        tickets::Comment,
    },
    error::Result,
    id::{AttachmentId, BlobHash, CommentId, TicketId},
    store::Tx,
    text::html::escape,
};

/// The pictures of a ticket that went out with what was written here; those of notes only where a note comes back.
fn sent(tx: &Tx, ticket: TicketId, with_notes: bool) -> Result<BTreeMap<BlobHash, AttachmentId>> {
    let mut written_here: BTreeMap<CommentId, Vec<AttachmentId>> = BTreeMap::new();
    for it in tx.scan::<Comment>(&ticket)? {
        let it = it?;
        if it.mail.is_none() && it.withdrawn_at.is_none() && (with_notes || !it.is_private) {
            written_here.insert(it.id, it.addressed.map(|it| it.files).unwrap_or_default());
        }
    }
    let mut sent = BTreeMap::new();
    for it in tx.scan::<Attachment>(&ticket)? {
        let it = it?;
        // A file of the ticket itself that came by no mail was put there for somebody to show.
        let shown = it.comment.map_or(it.content_id.is_none(), |id| written_here.contains_key(&id));
        let chosen = written_here.values().any(|files| files.contains(&it.id));
        if (shown || chosen) && is_drawn(&it.content_type) && (with_notes || !it.is_private) {
            sent.entry(it.blob).or_insert(it.id);
        }
    }
    Ok(sent)
}

/// Leaves out the files that are pictures of ours, and lets the HTML show those that are on the ticket.
pub fn without_ours(
    tx: &Tx,
    ticket: TicketId,
    with_notes: bool,
    files: Vec<StoredFile>,
    html: Option<String>,
) -> Result<(Vec<StoredFile>, Option<String>)> {
    if files.iter().all(|it| it.content_id.is_none()) {
        return Ok((files, html));
    }
    let sent = sent(tx, ticket, with_notes)?;
    let (mut kept, mut html) = (Vec::with_capacity(files.len()), html);
    for file in files {
        let ours = sent.get(&file.hash).copied();
        let (Some(ours), Some(id)) = (ours, &file.content_id) else {
            kept.push(file);
            continue;
        };
        let id = id.trim_matches(['<', '>']);
        if !file.inline && id.split('@').next() != Some(&mark(ours)) {
            kept.push(file);
            continue;
        }
        html = html.map(|it| it.replace(&format!("data-cid=\"{}\"", escape(id)), &format!("data-cid=\"{}\"", mark(ours))));
    }
    Ok((kept, html))
}
