//! An article: its record, and what is done to it.

use jiff::civil::Date;
use minicbor::{Decode, Encode};
use serde_json::Value;

use super::{Library, Readership, Revision, access, counts, files, revision, words};
use crate::{
    desk::{
        actor::Actor,
        event::{self, About, EventKind},
        identity::Person,
        permission::Permission,
        settings::Settings,
        tickets::normal_tags,
        time_entries::{date_of, day_of},
    },
    error::{Code, Refusal, Result},
    id::{ArticleCategoryId, ArticleId, PersonId},
    language::say,
    limits,
    store::{Index, Record, Table, Tx, record::Entries},
    time::Instant,
};

/// Who reads it once it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum Visibility {
    /// Everybody, if the desk shows its knowledge base to everybody; else whoever is signed in.
    #[n(0)]
    Public,
    /// Whoever is signed in.
    #[default]
    #[n(1)]
    Tenant,
    /// Those who work tickets.
    #[n(2)]
    Agents,
}

impl Visibility {
    pub const ALL: [Visibility; 3] = [Visibility::Public, Visibility::Tenant, Visibility::Agents];

    pub fn name(self) -> &'static str {
        match self {
            Visibility::Public => "public",
            Visibility::Tenant => "tenant",
            Visibility::Agents => "agents",
        }
    }

    pub fn named(text: &str) -> Option<Visibility> {
        match text {
            "internal" => Some(Visibility::Agents),
            _ => Visibility::ALL.into_iter().find(|it| it.name() == text),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Encode, Decode)]
#[cbor(index_only)]
pub enum State {
    #[default]
    #[n(0)]
    Draft,
    /// Somebody who publishes is to look at it.
    #[n(1)]
    Review,
    #[n(2)]
    Published,
    #[n(3)]
    Archived,
}

impl State {
    pub const ALL: [State; 4] = [State::Draft, State::Review, State::Published, State::Archived];

    pub fn name(self) -> &'static str {
        match self {
            State::Draft => "draft",
            State::Review => "review",
            State::Published => "published",
            State::Archived => "archived",
        }
    }

    pub fn named(text: &str) -> Option<State> {
        State::ALL.into_iter().find(|it| it.name() == text)
    }

    fn event(self) -> EventKind {
        match self {
            State::Draft => EventKind::ArticleWithdrawn,
            State::Review => EventKind::ArticleSubmitted,
            State::Published => EventKind::ArticlePublished,
            State::Archived => EventKind::ArticleArchived,
        }
    }
}

/// How it was received. It grows without making another version of the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Reception {
    /// People whom it helped, and whom it did not.
    #[n(0)]
    pub helped: u32,
    #[n(1)]
    pub not_helped: u32,
    /// What visitors said of whom nothing is known; one of them may have said it twice.
    #[n(2)]
    pub anonymous_helped: u32,
    #[n(3)]
    pub anonymous_not_helped: u32,
    /// Times that somebody was about to lodge a ticket, read it, said that it solved their matter, and lodged none.
    #[n(4)]
    pub solved: u32,
    /// The day on which a visitor last said something, and how often on that day.
    #[n(5)]
    pub day: i64,
    #[n(6)]
    pub that_day: u32,
}

impl Reception {
    /// Of those who are known and those who are not.
    pub fn all_helped(&self) -> u32 {
        self.helped.saturating_add(self.anonymous_helped)
    }

    pub fn all_not_helped(&self) -> u32 {
        self.not_helped.saturating_add(self.anonymous_not_helped)
    }
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Article {
    #[n(0)]
    pub id: ArticleId,
    /// Its address, which stays when the title changes.
    #[n(1)]
    pub slug: String,
    /// Addresses that it had before; they go on leading to it.
    #[n(2)]
    pub old_slugs: Vec<String>,
    #[n(3)]
    pub title: String,
    #[n(4)]
    pub summary: String,
    #[n(5)]
    pub tags: Vec<String>,
    #[n(6)]
    pub category: Option<ArticleCategoryId>,
    /// `en`, `de-AT`.
    #[n(7)]
    pub language: String,
    /// The article of which all with the same are translations; its own id if it was the first.
    #[n(8)]
    pub original: ArticleId,
    #[n(9)]
    pub visibility: Visibility,
    #[n(10)]
    pub state: State,
    /// Who keeps it right.
    #[n(11)]
    pub owner: Option<PersonId>,
    /// Who wrote it first; none: the desk itself.
    #[n(12)]
    pub author: Option<PersonId>,
    /// The day on which it should be looked at again, from 1970-01-01.
    #[n(13)]
    pub review_day: Option<i32>,
    /// Grows by one with each change.
    #[n(14)]
    pub version: u64,
    /// The number of its newest revision, which holds its text.
    #[n(15)]
    pub revision: u64,
    #[n(16)]
    pub created_at: Instant,
    #[n(17)]
    pub updated_at: Instant,
    /// When it was first published, or published again after it had been taken back.
    #[n(18)]
    pub published_at: Option<Instant>,
    #[n(19)]
    #[cbor(default)]
    pub reception: Reception,
}

/// Articles by their addresses, those of before among them.
pub const BY_SLUG: Index<Article, String> = Index::new(0xea, "articles_by_slug");
/// Articles by the one that they translate.
pub const TRANSLATIONS: Index<Article, ArticleId> = Index::new(0xec, "article_translations");

impl Record for Article {
    type Key = ArticleId;
    const TABLE: Table = Table::journalled(0x4c, "articles");

    fn key(&self) -> ArticleId {
        self.id
    }

    fn indexes(&self, entries: &mut Entries) {
        entries.add(&BY_SLUG, &self.slug);
        for it in &self.old_slugs {
            entries.add(&BY_SLUG, it);
        }
        entries.add(&TRANSLATIONS, &self.original);
    }
}

impl Article {
    /// The day on which it should be looked at again.
    pub fn review_on(&self) -> Option<Date> {
        self.review_day.map(date_of)
    }

    /// Whether readers see it.
    pub fn is_published(&self) -> bool {
        self.state == State::Published
    }

    pub(super) fn about(&self) -> About {
        About { entity_kind: "article", entity: self.id.0, subject: None }
    }

    /// What the log tells of it. Its texts stand in its revisions, each as it was, so the log names their numbers.
    fn facts(&self) -> Vec<(&'static str, Value)> {
        let id = |it: Option<uuid::Uuid>| it.map(|it| it.to_string()).into();
        vec![
            ("title", self.title.as_str().into()),
            ("slug", self.slug.as_str().into()),
            ("summary", self.summary.as_str().into()),
            ("tags", self.tags.clone().into()),
            ("category", id(self.category.map(|it| it.0))),
            ("language", self.language.as_str().into()),
            ("translationOf", id((self.original != self.id).then_some(self.original.0))),
            ("visibility", self.visibility.name().into()),
            ("status", self.state.name().into()),
            ("owner", id(self.owner.map(|it| it.0))),
            ("reviewOn", self.review_on().map(|it| it.to_string()).into()),
            ("revision", self.revision.into()),
        ]
    }
}

/// What an article says, and how it is kept; what is `None` stays, or is the usual for a new one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ArticleChange {
    pub title: Option<String>,
    /// Made of the title of a new one, if none.
    pub slug: Option<String>,
    pub summary: Option<String>,
    pub content: Option<String>,
    pub tags: Option<Vec<String>>,
    pub category: Option<Option<ArticleCategoryId>>,
    pub language: Option<String>,
    pub translation_of: Option<Option<ArticleId>>,
    pub visibility: Option<Visibility>,
    pub owner: Option<Option<PersonId>>,
    pub review_on: Option<Option<Date>>,
    /// What was changed, in its author's words.
    pub note: Option<String>,
    /// The revision that is restored.
    pub restored: Option<u64>,
}

fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > most {
        return Err(Refusal::field(field, "too_long", say!("refused-at-most-characters", most = most)).into());
    }
    Ok(text)
}

fn language(text: &str) -> Result<String> {
    let text = line("language", text, 10)?;
    if text.is_empty() || !text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-') {
        return Err(Refusal::field("language", "invalid", say!("refused-language-tag")).into());
    }
    Ok(text)
}

impl ArticleChange {
    /// Puts what was said into an article and its text.
    fn put_into(self, tx: &Tx, it: &mut Article, text: &mut Revision) -> Result<()> {
        let ArticleChange { title, slug, summary, content, tags, category, language: tag, translation_of, .. } = self;
        if let Some(title) = title {
            it.title = line("title", &title, limits::TITLE_CHARS_MAX)?;
        }
        if it.title.is_empty() {
            return Err(Refusal::field("title", "required", say!("refused-article-title")).into());
        }
        if let Some(summary) = summary {
            it.summary = line("summary", &summary, limits::ARTICLE_SUMMARY_CHARS_MAX)?;
        }
        if let Some(content) = content {
            text.content = content.replace("\r\n", "\n").trim_end().to_owned();
            if text.content.len() > limits::ARTICLE_BYTES_MAX {
                let detail = say!("refused-article-too-long", most = limits::ARTICLE_BYTES_MAX / 1024);
                return Err(Refusal::field("content", "too_long", detail).into());
            }
        }
        if let Some(tags) = tags {
            it.tags = normal_tags(tags)?;
        }
        if let Some(category) = category {
            if category.is_some_and(|id| Library::of(tx).is_ok_and(|it| it.category(id).is_none())) {
                return Err(Refusal::field("category", "unknown", say!("refused-article-category")).into());
            }
            it.category = category;
        }
        if let Some(tag) = tag {
            it.language = language(&tag)?;
        }
        it.visibility = self.visibility.unwrap_or(it.visibility);
        if let Some(owner) = self.owner {
            it.owner = owner.map(|id| self::owner(tx, id)).transpose()?;
        }
        if let Some(day) = self.review_on {
            it.review_day = day.map(day_of);
        }
        if let Some(original) = translation_of {
            it.original = match original {
                Some(id) => tx.get::<Article>(&id)?.ok_or_else(no_original)?.original,
                None => it.id,
            };
        }
        one_of_its_language(tx, it)?;
        match slug {
            Some(slug) => rename(tx, it, &slug)?,
            None if it.slug.is_empty() => it.slug = free_slug(tx, &it.title)?,
            None => {}
        }
        let note = self.note.map(|it| line("note", &it, limits::ARTICLE_NOTE_CHARS_MAX)).transpose()?;
        text.note = note.unwrap_or_default();
        text.restored = self.restored;
        (text.title, text.summary, text.tags) = (it.title.clone(), it.summary.clone(), it.tags.clone());
        Ok(())
    }
}

fn no_original() -> Refusal {
    Refusal::field("translationOf", "unknown", say!("refused-no-such-article"))
}

/// Somebody who keeps an article is there and works here.
fn owner(tx: &Tx, id: PersonId) -> Result<PersonId> {
    match tx.get::<Person>(&id)? {
        Some(it) if it.active => Ok(id),
        _ => Err(Refusal::field("owner", "unknown", say!("refused-article-owner")).into()),
    }
}

/// Translations of one matter are each in another language.
fn one_of_its_language(tx: &Tx, it: &Article) -> Result<()> {
    let same = |other: &Article| other.id != it.id && other.language.eq_ignore_ascii_case(&it.language);
    if tx.find(&TRANSLATIONS, &it.original)?.iter().any(same) {
        let detail = say!("refused-article-translated", language = it.language);
        return Err(Refusal::field("language", "taken", detail).into());
    }
    Ok(())
}

/// Gives the article another address; the one that it had goes on leading to it.
fn rename(tx: &Tx, it: &mut Article, wanted: &str) -> Result<()> {
    let slug = words::slug(wanted);
    if slug.is_empty() {
        return Err(Refusal::field("slug", "invalid", say!("refused-article-slug")).into());
    }
    if slug == it.slug {
        return Ok(());
    }
    if tx.find_one(&BY_SLUG, &slug)?.is_some_and(|other| other.id != it.id && other.slug == slug) {
        return Err(Refusal::field("slug", "taken", say!("refused-article-slug-taken", slug = slug)).into());
    }
    it.old_slugs.retain(|old| *old != slug);
    if !it.slug.is_empty() {
        it.old_slugs.push(std::mem::take(&mut it.slug));
    }
    let many = it.old_slugs.len().saturating_sub(limits::ARTICLE_OLD_SLUGS_MAX);
    it.old_slugs.drain(..many);
    it.slug = slug;
    Ok(())
}

/// An address of the title that no article has or had.
fn free_slug(tx: &Tx, title: &str) -> Result<String> {
    let slug = Some(words::slug(title)).filter(|it| !it.is_empty()).unwrap_or_else(|| "article".to_owned());
    for nth in 1..=limits::ARTICLES_MAX {
        let it = if nth == 1 { slug.clone() } else { format!("{slug}-{nth}") };
        if tx.find_keys(&BY_SLUG, &it)?.next().is_none() {
            return Ok(it);
        }
    }
    Err(Refusal::field("slug", "taken", say!("refused-article-slug-taken", slug = slug)).into())
}

/// The article of this address, or of one that it had before, if it may be read.
pub fn by_slug(tx: &Tx, readers: &Readership, slug: &str) -> Result<(Article, Revision)> {
    let all = tx.find(&BY_SLUG, &slug.to_lowercase())?;
    let found = all.iter().find(|it| it.slug == slug).or_else(|| all.iter().max_by_key(|it| it.updated_at));
    let it = found.cloned().ok_or_else(access::hidden)?;
    let text = revision::read(tx, readers, &it)?;
    Ok((it, text))
}

/// The article of this id, if it may be read.
pub fn read(tx: &Tx, readers: &Readership, id: ArticleId) -> Result<(Article, Revision)> {
    let it = tx.get::<Article>(&id)?.ok_or_else(access::hidden)?;
    let text = revision::read(tx, readers, &it)?;
    Ok((it, text))
}

/// The same by id or address, as callers of the API name it.
pub fn known(tx: &Tx, readers: &Readership, text: &str) -> Result<(Article, Revision)> {
    match text.parse::<ArticleId>() {
        Ok(id) => read(tx, readers, id),
        Err(_) => by_slug(tx, readers, text),
    }
}

/// The other articles that say the same in another language, as far as they may be read.
pub fn translations(tx: &Tx, readers: &Readership, it: &Article) -> Result<Vec<Article>> {
    let mut found = tx.find(&TRANSLATIONS, &it.original)?;
    found.retain(|other| other.id != it.id && readers.may_read(other));
    found.sort_by(|a, b| a.language.cmp(&b.language));
    Ok(found)
}

/// The article for somebody who writes.
pub(super) fn writable(tx: &Tx, actor: &Actor, id: ArticleId) -> Result<Article> {
    let it = tx.get::<Article>(&id)?.ok_or_else(access::hidden)?;
    if !Readership::of(tx, Some(actor))?.may_read(&it) {
        return Err(access::hidden().into());
    }
    access::need_write(tx, actor)?;
    Ok(it)
}

/// Writes an article down, as a draft.
pub fn create(tx: &mut Tx, actor: &Actor, new: ArticleChange) -> Result<Article> {
    access::need_write(tx, actor)?;
    if tx.count::<Article>()? >= limits::ARTICLES_MAX as u64 {
        return Err(Refusal::new(Code::Conflict, say!("refused-articles", most = limits::ARTICLES_MAX)).into());
    }
    let (id, now) = (tx.new_id(), tx.now());
    let mut it = Article {
        id,
        slug: String::new(),
        old_slugs: Vec::new(),
        title: String::new(),
        summary: String::new(),
        tags: Vec::new(),
        category: None,
        language: Settings::of(tx)?.language.clone().unwrap_or_else(|| "en".to_owned()),
        original: id,
        visibility: Visibility::default(),
        state: State::Draft,
        owner: actor.person(),
        author: actor.person(),
        review_day: None,
        version: 1,
        revision: 1,
        created_at: now,
        updated_at: now,
        published_at: None,
        reception: Reception::default(),
    };
    let mut text = empty(&it, actor, now);
    new.put_into(tx, &mut it, &mut text)?;
    tx.put(&it)?;
    revision::add(tx, &text)?;
    event::record(tx, actor, EventKind::ArticleCreated, it.about(), event::between(&[], &it.facts()))?;
    Ok(it)
}

fn empty(it: &Article, actor: &Actor, at: Instant) -> Revision {
    Revision {
        article: it.id,
        number: it.revision,
        author: actor.person(),
        at,
        title: String::new(),
        summary: String::new(),
        tags: Vec::new(),
        content: String::new(),
        note: String::new(),
        current: true,
        restored: None,
    }
}

/// Changes an article. `version`, if given, is the one that was read; another one is refused. What readers see already is changed by
/// whoever publishes.
pub fn change(tx: &mut Tx, actor: &Actor, id: ArticleId, version: Option<u64>, change: ArticleChange) -> Result<Article> {
    let before = writable(tx, actor, id)?;
    if before.is_published() {
        access::need_publish(actor)?;
    }
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-article-changed")).into());
    }
    let said = revision::current(tx, &before)?;
    let (mut after, mut text) = (before.clone(), said.clone());
    change.put_into(tx, &mut after, &mut text)?;
    let is_said_anew = !text.says(&said);
    if is_said_anew {
        after.revision += 1;
    }
    let mut changes = event::between(&before.facts(), &after.facts());
    if changes.is_empty() {
        return Ok(before);
    }
    if let Some(it) = text.restored.filter(|_| is_said_anew) {
        changes = changes.set("restored", it);
    }
    after.version += 1;
    after.updated_at = tx.now();
    tx.put(&after)?;
    if is_said_anew {
        let next = Revision { number: after.revision, author: actor.person(), at: tx.now(), current: true, ..text };
        revision::add(tx, &next)?;
    }
    event::record(tx, actor, EventKind::ArticleChanged, after.about(), changes)?;
    Ok(after)
}

/// Moves an article to another state.
pub fn settle(tx: &mut Tx, actor: &Actor, id: ArticleId, version: Option<u64>, state: State) -> Result<Article> {
    let before = writable(tx, actor, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-article-changed")).into());
    }
    if before.state == state {
        return Ok(before);
    }
    if before.is_published() || state == State::Published {
        access::need_publish(actor)?;
    }
    match (before.state, state) {
        (State::Draft, State::Published) if Library::of(tx)?.reviewed => {
            return Err(Refusal::new(Code::Conflict, say!("refused-article-unreviewed")).into());
        }
        (State::Published | State::Archived, State::Review) => {
            return Err(Refusal::new(Code::Conflict, say!("refused-article-review")).into());
        }
        _ => {}
    }
    let mut after = before.clone();
    after.state = state;
    if state == State::Published {
        if revision::current(tx, &after)?.content.is_empty() {
            return Err(Refusal::field("content", "required", say!("refused-article-empty")).into());
        }
        after.published_at = Some(tx.now());
    }
    after.version += 1;
    after.updated_at = tx.now();
    tx.put(&after)?;
    event::record(
        tx,
        actor,
        state.event(),
        after.about(),
        event::between(&before.facts(), &after.facts()).set("title", after.title.as_str()),
    )?;
    Ok(after)
}

/// Takes an article away, with all that it said. What readers saw once is taken away by whoever publishes.
pub fn delete(tx: &mut Tx, actor: &Actor, id: ArticleId) -> Result<Article> {
    let it = writable(tx, actor, id)?;
    if it.published_at.is_some() {
        actor.need(Permission::KnowledgePublish)?;
    }
    let said = tx.scan::<Revision>(&id)?.collect::<Result<Vec<_>, _>>()?;
    for text in said {
        tx.remove::<Revision>(&(id, text.number))?;
    }
    counts::forget(tx, id)?;
    files::forget_files(tx, id)?;
    let others: Vec<Article> = tx.find(&TRANSLATIONS, &id)?.into_iter().filter(|other| other.id != id).collect();
    tx.remove::<Article>(&id)?;
    // The next eldest is the one that the others translate from now on.
    if it.original == id
        && let Some(next) = others.iter().map(|it| it.id).min()
    {
        for other in others {
            tx.put(&Article { original: next, ..other })?;
        }
    }
    event::record(tx, actor, EventKind::ArticleDeleted, it.about(), event::between(&it.facts(), &[]))?;
    Ok(it)
}
