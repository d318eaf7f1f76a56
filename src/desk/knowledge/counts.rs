//! Whether articles help: what people say, each once, what visitors say, and how often somebody who was about to lodge a ticket did not
//! need to. The last is counted only where somebody said so, and taken back if they lodge a ticket soon after all.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::{Article, Readership, Reception, access, article};
use crate::{
    desk::{
        actor::Actor,
        event::{self, Changes, EventKind},
        features::{self, Feature},
    },
    error::{Code, Refusal, Result},
    id::{ArticleId, PersonId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// A ticket that is lodged so soon after "that solved it" was not spared.
const TAKEN_BACK_WITHIN: Duration = Duration::from_secs(3600);
/// Somebody may be helped by the same article another time, on another day.
const SOLVED_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

/// What one person said of one article. Under no article (`ArticleId::NIL`) stands what last solved their matter.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Vote {
    #[n(0)]
    pub article: ArticleId,
    #[n(1)]
    pub person: PersonId,
    /// None: they said nothing yet.
    #[n(2)]
    pub helped: Option<bool>,
    #[n(3)]
    pub words: String,
    #[n(4)]
    pub at: Instant,
    /// When they said that it spared them a ticket.
    #[n(5)]
    pub solved_at: Option<Instant>,
    /// Under no article: which it was.
    #[n(6)]
    pub which: Option<ArticleId>,
}

impl Record for Vote {
    type Key = (ArticleId, PersonId);
    const TABLE: Table = Table::journalled(0x4f, "article_votes");

    fn key(&self) -> (ArticleId, PersonId) {
        (self.article, self.person)
    }
}

/// A vote with the article as it is after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Voted {
    pub article: Article,
    pub reception: Reception,
}

fn readable(tx: &Tx, actor: Option<&Actor>, id: ArticleId) -> Result<Article> {
    features::need(tx, Feature::Knowledge)?;
    let (it, _) = article::read(tx, &Readership::of(tx, actor)?, id)?;
    if it.is_published() { Ok(it) } else { Err(Refusal::new(Code::Conflict, say!("refused-article-unpublished")).into()) }
}

fn up(count: &mut u32) {
    *count = count.saturating_add(1);
}

fn down(count: &mut u32) {
    *count = count.saturating_sub(1);
}

/// Takes down whether an article helped. Somebody who is known says it once, and may change it; of whom nothing is known, an article
/// takes a number of votes a day, and no words.
pub fn rate(tx: &mut Tx, actor: Option<&Actor>, id: ArticleId, helped: bool, words: Option<&str>) -> Result<Voted> {
    let mut it = readable(tx, actor, id)?;
    match actor.and_then(|actor| Some((actor, actor.person()?))) {
        Some((actor, person)) => rate_as(tx, actor, person, &mut it, helped, words)?,
        None => rate_unknown(tx, &mut it, helped)?,
    }
    Ok(Voted { reception: it.reception, article: it })
}

fn rate_as(tx: &mut Tx, actor: &Actor, person: PersonId, it: &mut Article, helped: bool, words: Option<&str>) -> Result<()> {
    let before = tx.get::<Vote>(&(it.id, person))?;
    let words = words.map(|it| it.trim().to_owned()).or_else(|| before.as_ref().map(|it| it.words.clone())).unwrap_or_default();
    if words.chars().count() > limits::ARTICLE_WORDS_SAID_MAX {
        let detail = say!("refused-at-most-characters", most = limits::ARTICLE_WORDS_SAID_MAX);
        return Err(Refusal::field("comment", "too_long", detail).into());
    }
    let said = before.as_ref().and_then(|it| it.helped);
    let told = before.as_ref().map(|it| it.words.clone()).unwrap_or_default();
    if said == Some(helped) && told == words {
        return Ok(());
    }
    if said != Some(helped) {
        match said {
            Some(true) => down(&mut it.reception.helped),
            Some(false) => down(&mut it.reception.not_helped),
            None => {}
        }
        up(if helped { &mut it.reception.helped } else { &mut it.reception.not_helped });
        tx.put(&*it)?;
    }
    let solved_at = before.and_then(|it| it.solved_at);
    let mut changes = Changes::new();
    changes.field("helped", said, helped).field("comment", told, words.as_str());
    tx.put(&Vote { article: it.id, person, helped: Some(helped), words, at: tx.now(), solved_at, which: None })?;
    let about = event::About { subject: Some(person.0), ..it.about() };
    event::record(tx, actor, EventKind::ArticleRated, about, changes)?;
    Ok(())
}

fn rate_unknown(tx: &mut Tx, it: &mut Article, helped: bool) -> Result<()> {
    let day = tx.now().as_millis().div_euclid(86_400_000);
    let reception = &mut it.reception;
    if reception.day != day {
        (reception.day, reception.that_day) = (day, 0);
    }
    // What is too much to be believed is not counted, and nobody is told where the line is.
    if reception.that_day >= limits::ARTICLE_UNKNOWN_VOTES_A_DAY {
        return Ok(());
    }
    up(&mut reception.that_day);
    up(if helped { &mut reception.anonymous_helped } else { &mut reception.anonymous_not_helped });
    tx.put(&*it)?;
    event::record(tx, &Actor::system("visitor"), EventKind::ArticleRated, it.about(), Changes::new().set("helped", helped))?;
    Ok(())
}

/// Somebody who was about to lodge a ticket says that the article solved their matter.
pub fn solved(tx: &mut Tx, actor: &Actor, id: ArticleId) -> Result<Voted> {
    let mut it = readable(tx, Some(actor), id)?;
    let Some(person) = actor.person() else { return Ok(Voted { reception: it.reception, article: it }) };
    let now = tx.now();
    let empty = Vote { article: id, person, helped: None, words: String::new(), at: now, solved_at: None, which: None };
    let before = tx.get::<Vote>(&(id, person))?.unwrap_or(empty.clone());
    if before.solved_at.is_none_or(|at| at.plus(SOLVED_AGAIN_AFTER) <= now) {
        up(&mut it.reception.solved);
        tx.put(&it)?;
        tx.put(&Vote { solved_at: Some(now), ..before })?;
        tx.put(&Vote { article: ArticleId::NIL, solved_at: Some(now), which: Some(id), ..empty })?;
        let about = event::About { subject: Some(person.0), ..it.about() };
        event::record(tx, actor, EventKind::ArticleSolved, about, Changes::new().set("solved", true))?;
    }
    Ok(Voted { reception: it.reception, article: it })
}

/// Somebody lodged a ticket: what they said just before spared them none.
pub fn lodged(tx: &mut Tx, actor: &Actor, requester: PersonId) -> Result<()> {
    if !actor.is(requester) {
        return Ok(());
    }
    let Some(last) = tx.get::<Vote>(&(ArticleId::NIL, requester))? else { return Ok(()) };
    tx.remove::<Vote>(&(ArticleId::NIL, requester))?;
    let soon = last.at.plus(TAKEN_BACK_WITHIN) > tx.now();
    if let Some(mut it) = last.which.filter(|_| soon).map(|id| tx.get::<Article>(&id)).transpose()?.flatten() {
        down(&mut it.reception.solved);
        tx.put(&it)?;
        if let Some(vote) = tx.get::<Vote>(&(it.id, requester))? {
            tx.put(&Vote { solved_at: None, ..vote })?;
        }
        let mut changes = Changes::new();
        changes.field("solved", true, false);
        event::record(tx, actor, EventKind::ArticleSolved, event::About { subject: Some(requester.0), ..it.about() }, changes)?;
    }
    Ok(())
}

/// What somebody said of an article.
pub fn vote_of(tx: &Tx, person: PersonId, id: ArticleId) -> Result<Option<Vote>> {
    Ok(tx.get::<Vote>(&(id, person))?)
}

/// What people said of an article in words, the newest first, for those who write; as many as are asked for.
pub fn votes(tx: &Tx, actor: &Actor, id: ArticleId, most: usize) -> Result<Vec<Vote>> {
    article::writable(tx, actor, id)?;
    let mut found = Vec::new();
    for it in tx.scan::<Vote>(&id)?.take(limits::ARTICLE_VOTES_LOOKED_MAX) {
        found.extend(Some(it?).filter(|it| it.helped.is_some() && !it.words.is_empty()));
    }
    found.sort_by_key(|it| std::cmp::Reverse((it.at, it.person)));
    found.truncate(most);
    Ok(found)
}

/// Drops what was said of an article that goes.
pub(super) fn forget(tx: &mut Tx, id: ArticleId) -> Result<()> {
    if id == ArticleId::NIL {
        return Err(access::hidden().into());
    }
    let said = tx.scan::<Vote>(&id)?.collect::<Result<Vec<_>, _>>()?;
    for it in said {
        tx.remove::<Vote>(&it.key())?;
    }
    Ok(())
}
