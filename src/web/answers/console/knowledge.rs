//! Articles in the console: the list, one of them, what is done with it, and what it said before.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::rail;
use crate::{
    appliance::articles,
    desk::{
        Tx,
        knowledge::{self, Article, ArticleFile, How, Listed, Question, Readership, State as Standing},
        tickets::{Cast, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{App, Problem, own_address, path::Path, query::Query},
    id::ArticleId,
    language::say,
    limits,
    text::{difference, outline},
    web::{
        answers::{
            form::Sent,
            portal::knowledge::{file_address, file_view, foreign, language_name},
            said,
            site::{Agent, page, see, see_and_say},
        },
        components::{badge::Tone, pagination::Pages, tabs::Tab},
        console::{
            knowledge::{
                ArticleRow, ArticleView, ArticlesView, FileRow, HREF, RevisionRow, RevisionsView, SaidRow, list as list_page,
                page as article_page, revisions as revisions_page,
            },
            shell::RailView,
        },
        tongue::{self, t},
    },
};

const ROWS: usize = 50;
/// Articles that are offered while somebody writes.
const OFFERED: usize = 8;
const PAGES_MAX: usize = 200;
/// Tickets that stand beside an article.
const TICKETS_SHOWN: usize = 10;
/// What people said that stands there.
const SAID_SHOWN: usize = 10;

pub fn side(agent: &Agent) -> Result<RailView> {
    agent.desk.read(|tx| rail::view(tx, agent, HREF))
}

pub fn address(id: ArticleId) -> String {
    format!("{HREF}/{id}")
}

pub fn tone(it: Standing) -> Tone {
    match it {
        Standing::Draft => Tone::Plain,
        Standing::Review => Tone::Accent,
        Standing::Published => Tone::Ok,
        Standing::Archived => Tone::Warn,
    }
}

pub fn state_name(it: Standing) -> &'static str {
    tongue::word("knowledge-state-", it.name())
}

fn readers_name(it: knowledge::Visibility) -> &'static str {
    tongue::word("knowledge-readers-", it.name())
}

fn today(tx: &Tx) -> jiff::civil::Date {
    tx.now().timestamp().to_zoned(tongue::zone()).date()
}

fn is_due(tx: &Tx, it: &Article) -> bool {
    it.state == Standing::Published && it.review_on().is_some_and(|day| day <= today(tx))
}

fn row(tx: &Tx, readers: &Readership, it: Listed, with_state: bool) -> ArticleRow {
    let Listed { article, preview } = it;
    let place = article.category.and_then(|id| readers.library().category(id)).map(|it| it.name.clone());
    let about: Vec<String> =
        place.into_iter().chain([readers_name(article.visibility).to_owned()]).chain(foreign(&article.language)).collect();
    ArticleRow {
        id: article.id.to_string(),
        href: address(article.id),
        preview,
        about: about.join(" · "),
        changed: article.updated_at,
        due: is_due(tx, &article),
        state: with_state.then(|| (tone(article.state), state_name(article.state))),
        title: article.title,
    }
}

pub async fn list(agent: Agent, query: Query) -> Result<Response, Problem> {
    let typed = query.get("q").unwrap_or_default().trim().to_owned();
    let wanted = query.get("state").unwrap_or_default();
    let at = query.get("page").and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX);
    let rail = side(&agent)?;
    let view = agent.desk.read(|tx| {
        let actor = agent.actor();
        let readers = Readership::of(tx, Some(actor))?;
        let ticket = match query.get("ticket") {
            Some(text) => {
                let it = access::named(tx, actor, text)?;
                Some((number::text(&agent.settings, it.kind, it.number), it.title))
            }
            None => None,
        };
        let counts = knowledge::count_by_state(tx, &readers)?;
        let due_only = wanted == "due";
        let state = if due_only { Standing::Published } else { Standing::named(wanted).unwrap_or(Standing::Published) };
        let state = if ticket.is_some() { Standing::Published } else { state };
        // Looked for everywhere; a state is only where one leafs.
        let question = Question { text: typed.clone(), state: typed.is_empty().then_some(state), ..Question::default() };
        let mut all = match &ticket {
            Some((_, title)) if typed.is_empty() => {
                let near = articles::suggest(&agent.desk, tx, &readers, title, title, tongue::language().tag(), ROWS)?;
                if near.is_empty() { knowledge::list(tx, &readers, &question, None, 0, limits::ARTICLES_MAX)?.0 } else { near }
            }
            _ if typed.is_empty() => knowledge::list(tx, &readers, &question, None, 0, limits::ARTICLES_MAX)?.0,
            _ => articles::find(&agent.desk, tx, &readers, &question, limits::ARTICLES_MAX)?,
        };
        let due = all.iter().filter(|it| is_due(tx, &it.article)).count();
        if due_only {
            all.retain(|it| is_due(tx, &it.article));
        }
        if ticket.is_some() {
            all.retain(|it| it.article.is_published());
        }
        let tab = |it: Standing| {
            let current = !due_only && typed.is_empty() && it == state;
            Tab::new(tongue::word("knowledge-tab-", it.name()), format!("{HREF}?state={}", it.name()), Some(counts[it as usize]), current)
        };
        let mut tabs: Vec<Tab> = [Standing::Published].into_iter().map(tab).collect();
        if readers.writes() {
            tabs.extend([Standing::Draft, Standing::Review, Standing::Archived].map(tab));
        }
        if due_only || due > 0 {
            tabs.push(Tab::new(t!("knowledge-review-due"), format!("{HREF}?state=due"), Some(due), due_only));
        }
        let (total, first) = (all.len(), (at - 1) * ROWS);
        let rows: Vec<ArticleRow> = all.into_iter().skip(first).take(ROWS).map(|it| row(tx, &readers, it, !typed.is_empty())).collect();
        let mut asked = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", typed.as_str()), ("state", wanted), ("ticket", query.get("ticket").unwrap_or_default())] {
            if !value.is_empty() {
                asked.append_pair(name, value);
            }
        }
        let asked = asked.finish();
        let on_page = |at: usize| format!("{HREF}?{asked}{}page={at}", if asked.is_empty() { "" } else { "&" });
        Ok(ArticlesView {
            pages: Pages {
                first: if rows.is_empty() { 0 } else { first + 1 },
                last: first + rows.len(),
                total: Some(total.into()),
                previous: (at > 1).then(|| on_page(at - 1)),
                next: (first + rows.len() < total).then(|| on_page(at + 1)),
            },
            tabs,
            state: wanted.to_owned(),
            query: typed.clone(),
            rows,
            may_write: knowledge::may_write(actor),
            ticket: ticket.map(|it| it.0),
            ..ArticlesView::default()
        })
    })?;
    Ok(page(StatusCode::OK, list_page(&ArticlesView { frame: agent.frame(), rail, ..view })))
}

pub async fn show(agent: Agent, Path(id): Path<ArticleId>) -> Result<Response, Problem> {
    let rail = side(&agent)?;
    let view = agent.desk.read(|tx| {
        let actor = agent.actor();
        let readers = Readership::of(tx, Some(actor))?;
        let (it, text) = knowledge::read(tx, &readers, id)?;
        let writes = knowledge::may_write(actor);
        let publishes = knowledge::may_publish(actor);
        let votes = if writes { knowledge::votes(tx, actor, id, SAID_SHOWN)? } else { Vec::new() };
        let mut cast = Cast::default();
        cast.meet(tx, it.owner.into_iter().chain(it.author).chain(votes.iter().map(|it| it.person)))?;
        let name = |id: crate::id::PersonId| cast.person(id).map(|it| it.name.clone()).unwrap_or_else(|| t!("word-somebody").to_owned());
        let place = it.category.and_then(|id| readers.library().category(id)).map(|it| it.name.clone());
        let mut facts = vec![
            (t!("knowledge-readers"), readers_name(it.visibility).to_owned()),
            (t!("knowledge-category"), place.unwrap_or_else(|| "–".to_owned())),
            (t!("knowledge-language"), language_name(&it.language)),
            (t!("knowledge-owner"), it.owner.map(name).unwrap_or_else(|| "–".to_owned())),
            (t!("knowledge-author"), it.author.map(name).unwrap_or_else(|| "–".to_owned())),
            (t!("knowledge-slug"), format!("/knowledge/{}", it.slug)),
        ];
        facts.extend(it.review_on().map(|day| (t!("knowledge-review-on"), tongue::date(day))));
        facts.extend(it.published_at.map(|at| (t!("knowledge-published-on"), tongue::day(at))));
        let mut tickets = Vec::new();
        for key in tx.find_keys(&knowledge::OF_ARTICLE, &id)?.take(TICKETS_SHOWN * 5) {
            let Some(ticket) = tx.get::<Ticket>(&key?)?.filter(|it| access::may_see(actor, it)) else { continue };
            let how = ticket.articles.iter().find(|it| it.article == id).map_or(How::Answers, |it| it.how);
            tickets.push((
                number::text(&agent.settings, ticket.kind, ticket.number),
                ticket.title,
                tongue::word("knowledge-how-", how.name()),
            ));
        }
        tickets.truncate(TICKETS_SHOWN);
        let seen = it.reception;
        let translations = knowledge::translations(tx, &readers, &it)?.into_iter();
        let files = knowledge::files(tx, id)?;
        let (html, beside) = knowledge::drawn(&text.content, &files, |file| file_address(&it, file));
        let may_change = writes && (publishes || !it.is_published());
        let is_beside = |file: &ArticleFile| beside.iter().any(|it| it.id == file.id);
        Ok(ArticleView {
            id: it.id.to_string(),
            html: outline::outlined(&html).0,
            files: files.iter().map(|file| FileRow { file: file_view(&it, file), shown: !is_beside(file) }).collect(),
            language: foreign(&it.language),
            state: it.state.name(),
            state_name: state_name(it.state),
            tone: tone(it.state),
            version: it.version,
            facts,
            tags: it.tags.clone(),
            translations: translations.map(|it| (it.language.clone(), language_name(&it.language), address(it.id))).collect(),
            may_write: writes,
            may_publish: publishes,
            may_change,
            may_delete: writes && (publishes || it.published_at.is_none()),
            reviewed: readers.library().reviewed,
            changed: it.updated_at,
            reception: (seen.helped, seen.not_helped, seen.anonymous_helped, seen.anonymous_not_helped, seen.solved),
            said: votes
                .into_iter()
                .map(|it| SaidRow { who: name(it.person), helped: it.helped.unwrap_or_default(), words: it.words, at: it.at })
                .collect(),
            tickets,
            slug: it.slug,
            title: it.title,
            summary: it.summary,
            ..ArticleView::default()
        })
    })?;
    Ok(page(StatusCode::OK, article_page(&ArticleView { frame: agent.frame(), rail, ..view })))
}

/// What a change that could not be made says, back on the article.
pub fn told(id: ArticleId, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(it) if matches!(it.code, Code::Conflict | Code::Stale | Code::Validation) => {
            Ok(see_and_say(&address(id), &said::failed(tongue::sentence(&it.detail))))
        }
        error => Err(error.into()),
    }
}

pub async fn state(agent: Agent, Path(id): Path<ArticleId>, sent: Sent) -> Result<Response, Problem> {
    let state = Standing::named(sent.text("state")).ok_or_else(|| Refusal::field("state", "unknown", say!("refused-article-state")))?;
    let (actor, version) = (agent.actor().clone(), sent.get("version").and_then(|it| it.parse().ok()));
    match agent.desk.write(Some(agent.person()), move |tx| knowledge::settle(tx, &actor, id, version, state)).await {
        Ok(it) => Ok(see_and_say(&address(id), &said::done(tongue::word("knowledge-now-", it.state.name())))),
        Err(error) => told(id, error),
    }
}

pub async fn delete(agent: Agent, Path(id): Path<ArticleId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    agent.desk.write(Some(agent.person()), move |tx| knowledge::delete(tx, &actor, id)).await?;
    Ok(see_and_say(HREF, &said::done(t!("knowledge-deleted"))))
}

pub async fn revisions(agent: Agent, Path(id): Path<ArticleId>, query: Query) -> Result<Response, Problem> {
    let rail = side(&agent)?;
    let number = |name: &str| query.get(name).and_then(|it| it.parse::<u64>().ok());
    let view = agent.desk.read(|tx| {
        let actor = agent.actor();
        let all = knowledge::revisions(tx, actor, id)?;
        let (it, _) = knowledge::read(tx, &Readership::of(tx, Some(actor))?, id)?;
        let mut cast = Cast::default();
        cast.meet(tx, all.iter().filter_map(|it| it.author))?;
        let shown = knowledge::difference(tx, actor, id, number("from"), number("to").unwrap_or(it.revision))?;
        let (before, after) = shown.texts();
        let note = |it: &knowledge::Revision| match it.restored {
            Some(number) => t!("knowledge-restored-from", number = number),
            None => it.note.clone(),
        };
        let who = |it: &knowledge::Revision| {
            it.author.and_then(|id| cast.person(id)).map_or_else(|| t!("settings-desk").to_owned(), |it| it.name.clone())
        };
        Ok(RevisionsView {
            id: id.to_string(),
            rows: all
                .iter()
                .map(|it| RevisionRow { number: it.number, who: who(it), at: it.at, note: note(it), current: it.current })
                .collect(),
            from: shown.before.as_ref().map(|it| it.number),
            to: shown.after.number,
            lines: difference::lines(&before, &after).into_iter().map(|it| (it.fate, it.text.to_owned())).collect(),
            may_restore: !it.is_published() || knowledge::may_publish(actor),
            title: it.title,
            ..RevisionsView::default()
        })
    })?;
    Ok(page(StatusCode::OK, revisions_page(&RevisionsView { frame: agent.frame(), rail, ..view })))
}

pub async fn restore(agent: Agent, Path((id, number)): Path<(ArticleId, u64)>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    match agent.desk.write(Some(agent.person()), move |tx| knowledge::restore(tx, &actor, id, number)).await {
        Ok(_) => Ok(see_and_say(&format!("{}/revisions", address(id)), &said::done(t!("knowledge-restored", number = number)))),
        Err(error) => told(id, error),
    }
}

/// An article that is offered to whoever writes `??`.
#[derive(Serialize)]
struct Offer {
    label: String,
    hint: String,
    /// A link, whole, since an answer goes out by mail.
    insert: String,
}

/// The articles that fit what was typed after `??`.
pub async fn offer(State(app): State<App>, agent: Agent, query: Query, parts: Parts) -> Result<Response, Problem> {
    let here = own_address::own_address(&app, &parts);
    let offers = agent.desk.read(|tx| {
        let readers = Readership::of(tx, Some(agent.actor()))?;
        let question = Question {
            text: query.get("q").unwrap_or_default().to_owned(),
            state: Some(Standing::Published),
            preferred: Some(tongue::language().tag().to_owned()),
            ..Question::default()
        };
        let found = articles::find(&agent.desk, tx, &readers, &question, OFFERED)?.into_iter();
        Ok(found
            .map(|it| {
                let hint = Some(readers_name(it.article.visibility).to_owned()).into_iter().chain(foreign(&it.article.language));
                let slug: String = form_urlencoded::byte_serialize(it.article.slug.as_bytes()).collect();
                let title: String = it.article.title.chars().filter(|it| !matches!(it, '[' | ']' | '\\')).collect();
                Offer {
                    hint: hint.collect::<Vec<_>>().join(" · "),
                    insert: format!("[{title}]({here}/knowledge/{slug})"),
                    label: it.article.title,
                }
            })
            .collect::<Vec<_>>())
    })?;
    Ok(Json(offers).into_response())
}

/// Puts an article on a ticket, or takes it off.
pub async fn on_ticket(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let (named, off, article) = (text.clone(), sent.text("off") == "on", sent.text("article").to_owned());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        let (it, _) = knowledge::known(tx, &Readership::of(tx, Some(&actor))?, &article)?;
        if off { knowledge::unlink(tx, &actor, ticket.id, it.id) } else { knowledge::link(tx, &actor, ticket.id, it.id, How::Answers) }
    });
    let ticket = match done.await {
        Ok(it) => it,
        Err(Error::Refused(it)) if it.code == Code::Conflict => {
            return Ok(see_and_say(&format!("/agent/tickets/{text}"), &said::failed(tongue::sentence(&it.detail))));
        }
        // Somebody was quicker.
        Err(it) if off && it.code() == Some(Code::NotFound) => return Ok(see(&format!("/agent/tickets/{text}"))),
        Err(error) => return Err(error.into()),
    };
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    let text = if sent.text("off") == "on" { t!("knowledge-taken-off") } else { t!("knowledge-is-on") };
    Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(text)))
}
