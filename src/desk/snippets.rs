//! Ready-made texts (AUI-09, AUI-10): put into an answer with a shortcut, and read by whoever uses them before they are sent.

use minicbor::{Decode, Encode};
use serde_json::Value;

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, EventKind},
        permission::Permission,
        placeholders,
        sharing::{self, Sharer, Sharing},
        tickets::Ticket,
    },
    error::{Code, Refusal, Result},
    id::{PersonId, SnippetId},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Snippet {
    #[n(0)]
    pub id: SnippetId,
    #[n(1)]
    pub owner: Option<PersonId>,
    #[n(2)]
    pub sharing: Sharing,
    #[n(3)]
    pub name: String,
    /// What is typed after `::`; may be empty.
    #[n(4)]
    pub shortcut: String,
    /// `en`, `de-AT`; empty: of no language in particular.
    #[n(5)]
    pub language: String,
    /// Under which it stands in menus; may be empty.
    #[n(6)]
    pub category: String,
    /// Markdown, with placeholders.
    #[n(7)]
    pub body: String,
    /// Grows by one with each change.
    #[n(8)]
    pub version: u64,
}

impl Record for Snippet {
    type Key = SnippetId;
    const TABLE: Table = Table::journalled(0x78, "snippets");

    fn key(&self) -> SnippetId {
        self.id
    }
}

/// A text as it is made or changed: as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnippetDraft {
    pub sharing: Sharing,
    pub name: String,
    pub shortcut: String,
    pub language: String,
    pub category: String,
    pub body: String,
}

impl Snippet {
    fn about(&self) -> About {
        About { entity_kind: "snippet", entity: self.id.0, subject: None }
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("name", self.name.as_str().into()),
            ("sharing", self.sharing.logged().into()),
            ("shortcut", self.shortcut.as_str().into()),
            ("language", self.language.as_str().into()),
            ("category", self.category.as_str().into()),
            ("body", self.body.as_str().into()),
        ]
    }

    /// How well it fits what was typed: the less, the better; none: not at all.
    fn rank(&self, wanted: &str) -> Option<u8> {
        let (shortcut, name) = (self.shortcut.to_lowercase(), self.name.to_lowercase());
        if wanted.is_empty() || shortcut == wanted {
            Some(0)
        } else if shortcut.starts_with(wanted) {
            Some(1)
        } else if name.starts_with(wanted) {
            Some(2)
        } else if name.contains(wanted) || self.category.to_lowercase().contains(wanted) {
            Some(3)
        } else if self.body.to_lowercase().contains(wanted) {
            Some(4)
        } else {
            None
        }
    }
}

fn short(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Refusal::field(field, "too_long", say!("refused-at-most-characters", most = most)).into());
    }
    Ok(text)
}

impl SnippetDraft {
    fn checked(self, tx: &Tx, sharer: &Sharer, id: SnippetId, owner: Option<PersonId>, version: u64) -> Result<Snippet> {
        sharer.need_to_share(tx, &self.sharing)?;
        placeholders::check(tx, "body", &self.body)?;
        let shortcut = short("shortcut", &self.shortcut, 40)?.trim_start_matches(':').to_lowercase();
        if !shortcut.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.')) {
            return Err(Refusal::field("shortcut", "invalid", say!("refused-shortcut")).into());
        }
        let language = short("language", &self.language, 10)?;
        if !language.chars().all(|it| it.is_ascii_alphanumeric() || it == '-') {
            return Err(Refusal::field("language", "invalid", say!("refused-language-tag")).into());
        }
        Ok(Snippet {
            id,
            owner,
            sharing: self.sharing,
            name: sharing::name("name", &self.name)?,
            shortcut,
            language,
            category: short("category", &self.category, 60)?,
            body: self.body.trim_end().to_owned(),
            version,
        })
    }
}

/// The texts that the actor may use, by name; of those that fit what was typed, the nearest first.
pub fn usable(tx: &Tx, actor: &Actor, typed: &str) -> Result<Vec<Snippet>> {
    let (sharer, wanted) = (Sharer::of(tx, actor)?, typed.trim().to_lowercase());
    let mut found = Vec::new();
    for it in tx.scan::<Snippet>(&())? {
        let it = it?;
        if sharer.may_use(it.owner, &it.sharing)
            && let Some(rank) = it.rank(&wanted)
        {
            found.push((rank, it));
        }
    }
    found.sort_by_cached_key(|(rank, it)| (*rank, it.category.to_lowercase(), it.name.to_lowercase(), it.id));
    Ok(found.into_iter().map(|it| it.1).collect())
}

/// A text that the actor may use.
pub fn known(tx: &Tx, actor: &Actor, id: SnippetId) -> Result<Snippet> {
    let sharer = Sharer::of(tx, actor)?;
    let found = tx.get::<Snippet>(&id)?.filter(|it| sharer.may_use(it.owner, &it.sharing));
    found.ok_or_else(|| Refusal::not_found("snippet").into())
}

/// The text as it goes into an answer on this ticket.
pub fn filled(tx: &Tx, actor: &Actor, it: &Snippet, ticket: &Ticket) -> Result<String> {
    placeholders::filled(&it.body, &placeholders::values(tx, actor, ticket)?)
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: SnippetDraft) -> Result<Snippet> {
    actor.need(Permission::TicketsWrite)?;
    if tx.count::<Snippet>()? >= limits::SNIPPETS_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-texts", most = limits::SNIPPETS_MAX)).into());
    }
    let sharer = Sharer::of(tx, actor)?;
    let id = tx.new_id();
    let it = draft.checked(tx, &sharer, id, actor.person(), 1)?;
    tx.put(&it)?;
    event::record(tx, actor, EventKind::SnippetCreated, it.about(), event::between(&[], &it.facts()))?;
    Ok(it)
}

/// Changes a text as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: SnippetId, version: Option<u64>, draft: SnippetDraft) -> Result<Snippet> {
    let before = changeable(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-text-changed")).into());
    }
    let sharer = Sharer::of(tx, actor)?;
    // What becomes one's own again is whose it was.
    let after = draft.checked(tx, &sharer, id, before.owner, before.version + 1)?;
    let changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    tx.put(&after)?;
    event::record(tx, actor, EventKind::SnippetChanged, after.about(), changes)?;
    Ok(after)
}

pub fn delete(tx: &mut Tx, actor: &Actor, id: SnippetId) -> Result<()> {
    let before = changeable(tx, actor, id)?;
    tx.remove::<Snippet>(&id)?;
    event::record(tx, actor, EventKind::SnippetDeleted, before.about(), event::between(&before.facts()[..1], &[]))?;
    Ok(())
}

fn changeable(tx: &Tx, actor: &Actor, id: SnippetId) -> Result<Snippet> {
    let it = known(tx, actor, id)?;
    if Sharer::of(tx, actor)?.may_change(it.owner, &it.sharing) {
        return Ok(it);
    }
    Err(Refusal::new(Code::Forbidden, say!("refused-shared-text")).into())
}
