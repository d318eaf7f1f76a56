//! What a mail may answer: the texts of its ticket, newest first, and what our mails say around them. The mail is compared with it,
//! so that what its sender wrote inside the quote is told from what is only quoted (BEY-05). It decides nothing else.

use super::{compose, occasion::Occasion, outbox};
use crate::{
    desk::{
        identity::Person,
        settings::Settings,
        tickets::{self, Comment, FoldMark, Ticket},
    },
    error::{Error, Result},
    id::TicketId,
    store::Tx,
    text::quote::{self, Fold, Kind},
};

/// Texts of one ticket that are looked at: what is quoted is seldom older.
const TEXTS_MAX: usize = 50;

/// What stands on the ticket for everybody, newest first.
pub fn originals(tx: &Tx, settings: &Settings, id: TicketId) -> Result<Vec<String>> {
    let Some(ticket) = tx.get::<Ticket>(&id)? else { return Ok(Vec::new()) };
    let mut said: Vec<Comment> = Vec::new();
    for comment in tx.scan::<Comment>(&id)? {
        let comment = comment?;
        if !comment.is_private {
            said.push(comment);
        }
    }
    let mut texts = Vec::new();
    let mut around = around(settings, &ticket);
    for comment in said.into_iter().rev().take(TEXTS_MAX) {
        if let Some(author) = comment.author.and_then(|it| tx.get::<Person>(&it).transpose()).transpose()? {
            around.push(author.name);
        }
        texts.push(comment.body);
    }
    texts.extend(sent(tx, &ticket)?);
    texts.push(ticket.description);
    texts.push(around.join("\n"));
    Ok(texts)
}

/// What our newest mails on the ticket say, one of each occasion, with all that templates and signatures put around an answer.
fn sent(tx: &Tx, ticket: &Ticket) -> Result<Vec<String>> {
    let mut texts: Vec<(Occasion, String)> = Vec::new();
    for letter in outbox::of_ticket(tx, ticket.id)?.into_iter().rev() {
        let known = texts.iter().any(|it| it.0 == letter.occasion);
        if known || letter.occasion == Occasion::Forward || letter.sent_at.is_none() {
            continue;
        }
        match compose::compose(tx, &letter) {
            Ok(it) => texts.extend(it.map(|it| (letter.occasion, it.text))),
            // A desk that cannot write at present can read all the same.
            Err(Error::Refused(_)) => {}
            Err(it) => return Err(it),
        }
    }
    Ok(texts.into_iter().map(|it| it.1).collect())
}

/// Lines that our mails put around what somebody said.
fn around(settings: &Settings, ticket: &Ticket) -> Vec<String> {
    let number = tickets::number::text(settings, ticket.kind, ticket.number);
    let desk = &settings.name;
    let lines = [ticket.title.as_str(), number.as_str(), desk.as_str(), "You can follow it here:"];
    let mut around: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    around.extend([format!("{desk} · {number}"), format!("{desk} {number}"), format!("[{number}]")]);
    around
}

/// How the text of a mail is folded, for its comment.
pub fn marks(text: &str, originals: &[String]) -> Vec<FoldMark> {
    let originals: Vec<&str> = originals.iter().map(String::as_str).collect();
    quote::folds_against(text, &originals).iter().filter_map(mark).collect()
}

fn mark(it: &Fold) -> Option<FoldMark> {
    Some(FoldMark {
        end: u32::try_from(it.range.end).ok()?,
        folded: it.folded,
        signature: it.kind == Kind::Signature,
        quoted: it.kind == Kind::Quote,
    })
}

/// HTML with what it quotes folded.
pub fn fold_html(html: &str, originals: &[String]) -> String {
    let originals: Vec<&str> = originals.iter().map(String::as_str).collect();
    quote::html::fold(html, &originals)
}
