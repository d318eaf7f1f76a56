//! A mail as it will be shown, with what it quotes folded. Comparing a long mail with all that was said takes time that the writer has not,
//! so it is done before, for the place where the mail most likely goes; the writer uses it if the mail goes there.
//!
//! What was said in the moment between cannot be quoted yet, so the outcome is the same.

use super::{ParsedMessage, judge::Verdict, quoted};
use crate::{
    desk::{settings::Settings, tickets::FoldMark},
    error::Result,
    id::TicketId,
    store::Tx,
    text::quote::head::is_forward,
};

/// HTML and text with their folds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded {
    /// The ticket whose texts it was compared with; none for a new one.
    answers: Option<TicketId>,
    pub html: Option<String>,
    pub folds: Vec<FoldMark>,
}

/// The ticket whose texts a mail may quote: the one that it was meant for, whatever that was merged into.
fn answers(verdict: &Verdict) -> Option<TicketId> {
    match verdict {
        Verdict::Append { ticket, merged } => Some(merged.unwrap_or(*ticket)),
        Verdict::AppendThirdParty { ticket } => Some(*ticket),
        Verdict::Create { .. } | Verdict::Duplicate { .. } | Verdict::Ignore | Verdict::Hold => None,
    }
}

/// Folds a mail for what was decided about it.
pub fn fold(tx: &Tx, message: &ParsedMessage, verdict: &Verdict) -> Result<Folded> {
    let html = message.html.as_deref();
    let Some(id) = answers(verdict) else {
        // A mail that is passed on is about what it quotes.
        let whole = is_forward(&message.subject);
        let html = html.map(|it| if whole { it.to_owned() } else { quoted::fold_html(it, &[]) });
        return Ok(Folded { html, ..Folded::default() });
    };
    let originals = quoted::originals(tx, &*Settings::of(tx)?, id)?;
    Ok(Folded {
        answers: Some(id),
        html: html.map(|it| quoted::fold_html(it, &originals)),
        folds: quoted::marks(&message.text, &originals),
    })
}

/// What was folded before, if it was for this; else it is folded now.
pub fn as_decided(tx: &Tx, before: Option<Folded>, message: &ParsedMessage, verdict: &Verdict) -> Result<Folded> {
    match before {
        Some(it) if it.answers == answers(verdict) => Ok(it),
        _ => fold(tx, message, verdict),
    }
}
