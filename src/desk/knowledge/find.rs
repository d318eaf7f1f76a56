//! Finding articles. `find` is the one place where it is decided what fits: the pages, the API and the suggestions ask it.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use super::{Article, BY_WORD, Library, Place, Readership, Revision, State, revision, words};
use crate::{
    desk::duplicates,
    error::{Refusal, Result},
    id::{ArticleCategoryId, ArticleId},
    language::say,
    limits,
    store::Tx,
    text::{markdown, plain},
    time::Instant,
};

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Words; the last one may go on. Empty: all that the rest lets through.
    pub text: String,
    /// None: any.
    pub state: Option<State>,
    pub category: Option<ArticleCategoryId>,
    /// All of them.
    pub tags: Vec<String>,
    /// Those of this language alone.
    pub language: Option<String>,
    /// Those of this language first, and of what is translated into it only those.
    pub preferred: Option<String>,
    /// One word is enough; without it, those with all words are the answer wherever there are any.
    pub loosely: bool,
}

/// An article that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub article: Article,
    /// What it is about: its summary, else the beginning of its text.
    pub preview: String,
}

/// How many articles a category has for a reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelf {
    pub place: Place,
    pub articles: Vec<Article>,
}

impl Question {
    fn fits(&self, readers: &Readership, it: &Article) -> bool {
        readers.may_read(it)
            && self.state.is_none_or(|state| it.state == state)
            && self.category.is_none_or(|id| it.category == Some(id))
            && self.tags.iter().all(|tag| it.tags.contains(tag))
            && self.language.as_ref().is_none_or(|tag| same_language(tag, &it.language))
    }
}

/// Whether two tags are of the same language, whatever its region.
fn same_language(a: &str, b: &str) -> bool {
    let primary = |it: &str| it.split('-').next().unwrap_or_default().to_ascii_lowercase();
    primary(a) == primary(b)
}

/// The articles that fit, the best first; at most `most`. Title before tags before summary before text, and those with all words before
/// those with some.
pub fn find(tx: &Tx, readers: &Readership, question: &Question, most: usize) -> Result<Vec<Listed>> {
    let asked = words::asked(&question.text);
    let mut found: Vec<(u32, Article)> = Vec::new();
    if asked.is_empty() {
        for it in tx.scan::<Article>(&())? {
            let it = it?;
            if question.fits(readers, &it) {
                found.push((0, it));
            }
        }
    } else {
        for (id, hit) in candidates(tx, &asked)? {
            let Some(it) = tx.get::<Article>(&id)?.filter(|it| question.fits(readers, it)) else { continue };
            found.push((rank(&it, &asked, hit), it));
        }
        let all = |it: &(u32, Article)| it.0 >= ALL_WORDS;
        if !question.loosely && found.iter().any(all) {
            found.retain(all);
        }
    }
    if let Some(preferred) = &question.preferred {
        found = in_language(found, preferred);
    }
    found.sort_by(|a, b| {
        Reverse(a.0).cmp(&Reverse(b.0)).then_with(|| b.1.updated_at.cmp(&a.1.updated_at)).then_with(|| a.1.id.cmp(&b.1.id))
    });
    found.truncate(most);
    found.into_iter().map(|(_, article)| Ok(Listed { preview: preview(tx, &article, &asked)?, article })).collect()
}

/// Of these articles, which somebody else found, those that fit, in their order.
pub fn listed(tx: &Tx, readers: &Readership, question: &Question, found: &[ArticleId], most: usize) -> Result<Vec<Listed>> {
    let mut all: Vec<(u32, Article)> = Vec::new();
    for id in found {
        let it = tx.get::<Article>(id)?.filter(|it| question.fits(readers, it));
        all.extend(it.map(|it| (0, it)));
    }
    if let Some(preferred) = &question.preferred {
        all = in_language(all, preferred);
    }
    let asked = words::asked(&question.text);
    let shown = all.into_iter().take(most);
    shown.map(|(_, article)| Ok(Listed { preview: preview(tx, &article, &asked)?, article })).collect()
}

/// Of articles that say the same in several languages, the one in the reader's.
fn in_language(mut found: Vec<(u32, Article)>, preferred: &str) -> Vec<(u32, Article)> {
    let own = |it: &Article| same_language(&it.language, preferred);
    let spoken: Vec<ArticleId> = found.iter().filter(|it| own(&it.1)).map(|it| it.1.original).collect();
    found.retain(|it| own(&it.1) || !spoken.contains(&it.1.original));
    for it in &mut found {
        it.0 += u32::from(own(&it.1));
    }
    found
}

/// More than all that single words give.
const ALL_WORDS: u32 = 1 << 16;

/// By article, which of the asked words it has: one bit each.
fn candidates(tx: &Tx, asked: &[(String, bool)]) -> Result<BTreeMap<ArticleId, u32>> {
    let mut found: BTreeMap<ArticleId, u32> = BTreeMap::new();
    for (nth, (word, goes_on)) in asked.iter().enumerate() {
        let mut keys: Vec<(ArticleId, u64)> = Vec::new();
        if *goes_on {
            let (from, to) = (word.to_owned(), format!("{word}{}", char::MAX));
            for key in tx.find_between(&BY_WORD, &from, &to)?.take(limits::ARTICLES_LOOKED_MAX) {
                keys.push(key?);
            }
        }
        // A whole word is found by its root, also while it may go on.
        let root = if *goes_on { words::of(word).next().unwrap_or_default() } else { word.clone() };
        for key in tx.find_keys(&BY_WORD, &root)?.take(limits::ARTICLES_LOOKED_MAX) {
            keys.push(key?);
        }
        for (id, _) in keys {
            *found.entry(id).or_default() |= 1 << nth;
        }
    }
    Ok(found)
}

fn rank(it: &Article, asked: &[(String, bool)], hit: u32) -> u32 {
    let of = |text: &str| words::of(text).collect::<Vec<_>>();
    let parts = [(of(&it.title), 40), (of(&it.tags.join(" ")), 20), (of(&it.summary), 10)];
    let mut rank = if hit.count_ones() as usize == asked.len() { ALL_WORDS } else { 0 };
    for word in asked.iter().enumerate().filter(|it| hit & 1 << it.0 != 0).map(|it| it.1) {
        let best = parts.iter().filter(|it| it.0.iter().any(|it| words::answers(it, word))).map(|it| it.1).max();
        rank += best.unwrap_or(1);
    }
    rank
}

/// What stands below a title in a list.
fn preview(tx: &Tx, it: &Article, asked: &[(String, bool)]) -> Result<String> {
    if !it.summary.is_empty() {
        return Ok(it.summary.clone());
    }
    let text = plain_text(&revision::current(tx, it)?);
    // The first line in which something of what was asked stands, else the first of all.
    let lines = || text.lines().map(str::trim).filter(|it| !it.is_empty());
    let said = lines().find(|line| words::of(line).any(|word| asked.iter().any(|it| words::answers(&word, it))));
    let line = said.or_else(|| lines().next()).unwrap_or_default();
    let short: String = line.chars().take(limits::ARTICLE_PREVIEW_CHARS_MAX).collect();
    Ok(if short.len() < line.len() { format!("{short}…") } else { short })
}

/// The text of an article as it is searched.
pub fn searched(tx: &Tx, it: &Article) -> Result<String> {
    Ok(plain_text(&revision::current(tx, it)?))
}

fn plain_text(it: &Revision) -> String {
    plain::from_html(&markdown::to_html(&it.content).html)
}

/// Those that fit, the last changed first, from behind the one at which a list ended before; how many fit in all; and where this part ends.
pub fn list(
    tx: &Tx,
    readers: &Readership,
    question: &Question,
    after: Option<&str>,
    skip: usize,
    most: usize,
) -> Result<(Vec<Listed>, usize, Option<String>)> {
    let mut all = find(tx, readers, question, limits::ARTICLES_MAX)?;
    all.sort_by_key(|it| Reverse(mark(&it.article)));
    let total = all.len();
    if let Some(text) = after {
        let end = read_mark(text).ok_or_else(|| Refusal::field("cursor", "invalid", say!("refused-no-cursor-list-start")))?;
        all.retain(|it| mark(&it.article) < end);
    }
    let rest = all.len().saturating_sub(skip);
    let shown: Vec<Listed> = all.into_iter().skip(skip).take(most).collect();
    let next = shown.last().filter(|_| rest > shown.len()).map(|it| mark(&it.article)).map(|(at, id)| format!("{}.{id}", at.as_millis()));
    Ok((shown, total, next))
}

fn mark(it: &Article) -> (Instant, ArticleId) {
    (it.updated_at, it.id)
}

fn read_mark(text: &str) -> Option<(Instant, ArticleId)> {
    let (at, id) = text.split_once('.')?;
    Some((Instant::from_millis(at.parse().ok()?), id.parse().ok()?))
}

/// How many articles are in each state, in the order of `State::ALL`.
pub fn count_by_state(tx: &Tx, readers: &Readership) -> Result<[usize; 4]> {
    let mut counts = [0; 4];
    for it in tx.scan::<Article>(&())? {
        let it = it?;
        if readers.may_read(&it) {
            counts[it.state as usize] += 1;
        }
    }
    Ok(counts)
}

fn published(preferred: &str) -> Question {
    Question { state: Some(State::Published), preferred: Some(preferred.to_owned()), ..Question::default() }
}

fn articles(tx: &Tx, readers: &Readership, preferred: &str) -> Result<Vec<Article>> {
    let question = published(preferred);
    let mut found = Vec::new();
    for it in tx.scan::<Article>(&())? {
        let it = it?;
        if question.fits(readers, &it) {
            found.push((0, it));
        }
    }
    Ok(in_language(found, preferred).into_iter().map(|it| it.1).collect())
}

/// The published articles by category, in the order of the categories and by title; those without one come last. Each in the reader's
/// language where it is there.
pub fn shelves(tx: &Tx, readers: &Readership, preferred: &str) -> Result<(Vec<Shelf>, Vec<Article>)> {
    let library: &Library = readers.library();
    let mut all = articles(tx, readers, preferred)?;
    all.sort_by_cached_key(|it| (words::folded(&it.title), it.id));
    let mut shelves: Vec<Shelf> = library.categories.iter().map(|it| Shelf { place: it.clone(), articles: Vec::new() }).collect();
    let mut rest = Vec::new();
    for it in all {
        match shelves.iter_mut().find(|shelf| it.category == Some(shelf.place.id)) {
            Some(shelf) => shelf.articles.push(it),
            None => rest.push(it),
        }
    }
    shelves.retain(|it| !it.articles.is_empty());
    Ok((shelves, rest))
}

/// The published articles that helped most, as far as people said so.
pub fn popular(tx: &Tx, readers: &Readership, preferred: &str, most: usize) -> Result<Vec<Article>> {
    let helped =
        |it: &Article| i64::from(it.reception.all_helped()) - i64::from(it.reception.all_not_helped()) + i64::from(it.reception.solved);
    let mut all = articles(tx, readers, preferred)?;
    all.retain(|it| helped(it) > 0);
    all.sort_by_key(|it| (Reverse(helped(it)), it.id));
    all.truncate(most);
    Ok(all)
}

/// What everybody may read who is not signed in, for a map of the site; nothing, if the desk shows them nothing.
pub fn public(tx: &Tx) -> Result<Vec<Article>> {
    let readers = Readership::of(tx, None)?;
    let mut found = Vec::new();
    for it in tx.scan::<Article>(&())? {
        found.extend(Some(it?).filter(|it| readers.may_read(it)));
    }
    Ok(found)
}

/// Published articles that may answer what somebody begins to write: those with all words of the title, else those that share with it, or
/// with what else was typed, more than one word that few have. `find` answers a question.
pub fn suggest(
    title: &str,
    typed: &str,
    preferred: &str,
    most: usize,
    find: impl Fn(&Question) -> Result<Vec<Listed>>,
) -> Result<Vec<Listed>> {
    let asked = |text: &str, loosely: bool| Question { text: text.to_owned(), loosely, ..published(preferred) };
    let mut found = find(&asked(&strong(title), false))?;
    found.retain(|it| shares(&it.article, title));
    for it in find(&asked(&strong(typed), true))? {
        if found.len() < most && shares(&it.article, typed) && !found.iter().any(|other| other.article.id == it.article.id) {
            found.push(it);
        }
    }
    Ok(found)
}

/// The words of a text that name something.
fn strong(text: &str) -> String {
    duplicates::strong_words(text, limits::ARTICLE_SUGGESTED_WORDS).join(" ") + " "
}

/// Whether an article is about something that the text names: its title or a tag says so with one word, its summary with two. A word in the
/// depth of its own text is none, and one in a sentence may be no more than `every`.
fn shares(it: &Article, text: &str) -> bool {
    let strong = strong(text);
    let named: BTreeSet<String> = words::of(&strong).collect();
    let shared = |own: &str| words::of(own).filter(|word| named.contains(word)).collect::<BTreeSet<_>>().len();
    shared(&format!("{} {}", it.title, it.tags.join(" "))) > 0 || shared(&it.summary) > 1
}
