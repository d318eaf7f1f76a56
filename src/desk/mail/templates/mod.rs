//! What the desk says in its mails: a text per occasion and language, built in, and changed by admins where they like. A text is
//! Markdown with placeholders; the mail's plain text and its HTML both come from it.
//!
//! Invariant: a text that was saved can be written. What it names is checked when it is saved, with the line and the nearest name.

mod account_texts;
mod plain;
mod render;
mod target_texts;
mod texts;

use minicbor::{Decode, Encode};
use uuid::Uuid;

use super::occasion::Occasion;
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

pub use render::{Body, Values, body, line, sample};
pub(in crate::desk) use render::{check_for_a_writer, for_a_writer};
pub(in crate::desk) use target_texts::{Gathered as GatheredTexts, due as due_word, gathered, target as target_name};
pub use texts::{LANGUAGES, Words, words};

/// Subject and body of one occasion in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateText {
    pub subject: String,
    pub body: String,
}

/// A text that an admin has written.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OwnText {
    #[n(0)]
    pub occasion: Occasion,
    #[n(1)]
    pub language: String,
    #[n(2)]
    pub subject: String,
    #[n(3)]
    pub body: String,
    #[n(4)]
    pub updated_at: Instant,
}

impl Record for OwnText {
    type Key = (u8, String);
    const TABLE: Table = Table::journalled(0x53, "mail_templates");

    fn key(&self) -> (u8, String) {
        (self.occasion.code(), self.language.clone())
    }
}

/// The language of this name among those with texts: `de-AT` is `de`.
pub fn language(text: &str) -> Option<&'static str> {
    let first = text.trim().split(['-', '_']).next().unwrap_or_default().to_lowercase();
    LANGUAGES.into_iter().map(|it| it.0).find(|it| *it == first)
}

/// The text that comes with Lodge.
pub fn built_in(occasion: Occasion, language: &str) -> TemplateText {
    let (subject, body) = texts::built_in(occasion, language);
    TemplateText { subject: subject.to_owned(), body: body.to_owned() }
}

/// The text in force, and whether it is the desk's own.
pub fn text(tx: &Tx, occasion: Occasion, language: &str) -> Result<(TemplateText, bool)> {
    let own = tx.get_shared::<OwnText>(&(occasion.code(), language.to_owned()))?;
    Ok(match own {
        Some(it) => (TemplateText { subject: it.subject.clone(), body: it.body.clone() }, true),
        None => (built_in(occasion, language), false),
    })
}

/// A text as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub occasion: Occasion,
    pub language: &'static str,
    pub text: TemplateText,
    pub is_own: bool,
}

/// Every text, by occasion and language.
pub fn templates(tx: &Tx, actor: &Actor) -> Result<Vec<Listed>> {
    actor.need(Permission::SettingsRead)?;
    let mut all = Vec::new();
    for occasion in Occasion::ALL {
        for (language, _) in LANGUAGES {
            let (text, is_own) = text(tx, occasion, language)?;
            all.push(Listed { occasion, language, text, is_own });
        }
    }
    Ok(all)
}

fn known(language: &str) -> Result<&'static str> {
    let found = LANGUAGES.into_iter().map(|it| it.0).find(|it| *it == language);
    found.ok_or_else(|| Refusal::not_found("language of templates").into())
}

/// Refuses a text that could not be written.
pub fn check(occasion: Occasion, text: &TemplateText) -> Result<()> {
    if text.subject.trim().is_empty() || text.subject.contains('\n') {
        return Err(Refusal::field("subject", "invalid", say!("refused-subject-one-line")).into());
    }
    if text.subject.chars().count() > limits::TITLE_CHARS_MAX {
        let message = say!("refused-subject-characters-most", title_chars_max = limits::TITLE_CHARS_MAX);
        return Err(Refusal::field("subject", "too_long", message).into());
    }
    if text.body.trim().is_empty() {
        return Err(Refusal::field("body", "required", say!("refused-mail-says-something")).into());
    }
    if text.body.len() > limits::MAIL_TEMPLATE_BYTES_MAX {
        let message = say!("refused-text-kib-most", mail_template_bytes_max = limits::MAIL_TEMPLATE_BYTES_MAX / 1024);
        return Err(Refusal::field("body", "too_long", message).into());
    }
    let names = occasion.placeholders();
    let in_subject: Vec<_> = names.iter().copied().filter(|it| !matches!(*it, "message" | "link")).collect();
    render::check("subject", &text.subject, &in_subject)?;
    render::check("body", &text.body, &names)?;
    if occasion.has_message() && body(&text.body, &sample(), Some(&Body::default())).is_none() {
        let message = say!("refused-needs-message-once-without");
        return Err(Refusal::field("body", "invalid", message).into());
    }
    if occasion.is_account() && !body(&text.body, &sample(), None).is_some_and(|it| it.text.contains(render::SAMPLE_LINK)) {
        let message = say!("refused-needs-link-without-filter");
        return Err(Refusal::field("body", "invalid", message).into());
    }
    Ok(())
}

/// Placeholders of a signature.
pub const SIGNATURE_PLACEHOLDERS: [&str; 5] = ["agent.name", "agent.first_name", "queue.name", "desk.name", "desk.url"];

/// Refuses a signature that could not be written.
pub(super) fn check_signature(text: &str) -> Result<()> {
    if text.len() > limits::SIGNATURE_BYTES_MAX {
        let message = say!("refused-signature-kib-most", signature_bytes_max = limits::SIGNATURE_BYTES_MAX / 1024);
        return Err(Refusal::field("signature", "too_long", message).into());
    }
    render::check("signature", text, &SIGNATURE_PLACEHOLDERS)
}

fn about(occasion: Occasion, language: &str) -> About {
    let hash = blake3::hash(format!("mail template {} {language}", occasion.name()).as_bytes());
    About { entity_kind: "mail_template", entity: Uuid::from_slice(&hash.as_bytes()[..16]).unwrap_or_default(), subject: None }
}

fn record(tx: &mut Tx, actor: &Actor, occasion: Occasion, language: &str, before: &TemplateText, after: &TemplateText) -> Result<()> {
    let mut changes = Changes::new().set("occasion", occasion.name()).set("language", language);
    changes.field("subject", before.subject.as_str(), after.subject.as_str()).field("body", before.body.as_str(), after.body.as_str());
    event::record(tx, actor, EventKind::MailTemplateChanged, about(occasion, language), changes)?;
    Ok(())
}

/// Keeps the desk's own text; one that is the built-in one is none of its own.
pub fn save(tx: &mut Tx, actor: &Actor, occasion: Occasion, language: &str, new: TemplateText) -> Result<TemplateText> {
    actor.need(Permission::SettingsWrite)?;
    let language = known(language)?;
    let new = TemplateText { subject: new.subject.trim().to_owned(), body: new.body.replace("\r\n", "\n").trim_end().to_owned() };
    check(occasion, &new)?;
    let (before, _) = text(tx, occasion, language)?;
    if before == new {
        return Ok(new);
    }
    if new == built_in(occasion, language) {
        tx.remove::<OwnText>(&(occasion.code(), language.to_owned()))?;
    } else {
        let now = tx.now();
        let TemplateText { subject, body } = new.clone();
        tx.put(&OwnText { occasion, language: language.to_owned(), subject, body, updated_at: now })?;
    }
    record(tx, actor, occasion, language, &before, &new)?;
    Ok(new)
}

/// Goes back to the built-in text.
pub fn reset(tx: &mut Tx, actor: &Actor, occasion: Occasion, language: &str) -> Result<TemplateText> {
    let text = built_in(occasion, known(language)?);
    save(tx, actor, occasion, language, text)
}

#[cfg(test)]
mod tests;
