//! What is done to an article: written, changed, moved from state to state, taken away.

use jiff::civil::Date;

use super::{
    Article, BY_SLUG, Library, Readership, Reception, Revision, State, TRANSLATIONS, Visibility, access, counts, files, revision, words,
};
use crate::{
    desk::{
        actor::Actor,
        event::{self, EventKind},
        identity::Person,
        permission::Permission,
        settings::Settings,
        tickets::normal_tags,
        time_entries::day_of,
    },
    error::{Code, Refusal, Result},
    id::{ArticleCategoryId, ArticleId, PersonId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

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
