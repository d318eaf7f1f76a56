//! The form in which articles are written: new, from a ticket, as a translation, or changed.

use std::collections::BTreeMap;

use axum::{http::StatusCode, response::Response};

use super::{
    article_files::Files,
    knowledge::{address, side},
};
use crate::{
    desk::{
        Tx,
        drafts::{self as kept_words, Place},
        identity::{self, Person},
        knowledge::{self, Article, ArticleChange, Library, Readership, Visibility},
        permission::Permission,
        tickets::{access, number},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::{ArticleId, TicketId},
    language::Language,
    web::{
        answers::{
            drafts,
            form::Sent,
            portal::knowledge::file_address,
            said,
            site::{Agent, page, see_and_say},
        },
        components::field::Choice,
        console::{
            article_form::{ArticleFormView, page as form_page},
            knowledge::HREF,
        },
        tongue::{self, t},
    },
};

/// What the form offers, whatever stands in it.
fn offers(tx: &Tx, chosen: &str) -> Result<ArticleFormView> {
    let nothing = || Choice::new("", "–");
    let library = Library::of(tx)?;
    let mut owners = vec![nothing()];
    let mut people = identity::agents(tx)?;
    if let Some(it) = chosen.parse().ok().filter(|id| !people.iter().any(|it| it.id == *id)) {
        people.extend(tx.get::<Person>(&it)?);
    }
    people.sort_by_cached_key(|it| it.name.to_lowercase());
    owners.extend(people.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)));
    Ok(ArticleFormView {
        categories: std::iter::once(nothing())
            .chain(library.categories.iter().map(|it| Choice::new(it.id.to_string(), it.name.clone())))
            .collect(),
        languages: Language::ALL.into_iter().map(|it| Choice::new(it.tag(), it.own_name())).collect(),
        owners,
        ..ArticleFormView::default()
    })
}

fn draw(agent: &Agent, view: ArticleFormView, status: StatusCode) -> Result<Response, Problem> {
    let offered = agent.desk.read(|tx| offers(tx, &view.owner))?;
    let (categories, languages, owners) = (offered.categories, offered.languages, offered.owners);
    let view = ArticleFormView { frame: agent.frame(), rail: side(agent)?, categories, languages, owners, ..view };
    Ok(page(status, form_page(&view)))
}

/// What was typed and not sent takes the place of what the form begins with.
fn with_draft(view: ArticleFormView, draft: Option<kept_words::Draft>) -> ArticleFormView {
    let Some(it) = draft else { return view };
    let text = |name: &str| it.text(name).to_owned();
    ArticleFormView {
        title: text("title"),
        summary: text("summary"),
        body: text("body"),
        tags: text("tags"),
        visibility: Some(text("visibility")).filter(|it| !it.is_empty()).unwrap_or(view.visibility),
        category: text("category"),
        language: text("language"),
        owner: text("owner"),
        review_on: text("reviewOn"),
        slug: text("slug"),
        note: text("note"),
        ..view
    }
}

/// The article that a new one translates, and the ticket that it is made from.
type Behind = (Option<Article>, Option<(TicketId, String)>);

fn behind(tx: &Tx, agent: &Agent, translates: Option<&str>, ticket: Option<&str>) -> Result<Behind> {
    let actor = agent.actor();
    let original = match translates {
        Some(text) => Some(knowledge::known(tx, &Readership::of(tx, Some(actor))?, text)?.0),
        None => None,
    };
    let ticket = match ticket {
        Some(text) => {
            let it = access::named(tx, actor, text)?;
            Some((it.id, number::text(&agent.settings, it.kind, it.number)))
        }
        None => None,
    };
    Ok((original, ticket))
}

pub async fn form(agent: Agent, query: Query) -> Result<Response, Problem> {
    agent.actor().need(Permission::KnowledgeWrite)?;
    let view = agent.desk.read(|tx| {
        let actor = agent.actor();
        let (original, ticket) = behind(tx, &agent, query.get("translates"), query.get("ticket"))?;
        let begun = match &ticket {
            Some((id, _)) => knowledge::draft_of(tx, actor, *id)?,
            None => ArticleChange::default(),
        };
        let view = ArticleFormView {
            pictures: of_tickets(begun.content.as_deref().unwrap_or_default()),
            title: begun.title.unwrap_or_default(),
            body: begun.content.unwrap_or_default(),
            tags: begun.tags.unwrap_or_default().join(", "),
            visibility: original.as_ref().map_or(Visibility::Tenant, |it| it.visibility).name().to_owned(),
            category: original.as_ref().and_then(|it| it.category).map(|it| it.to_string()).unwrap_or_default(),
            language: if original.is_some() { String::new() } else { tongue::language().tag().to_owned() },
            owner: agent.person().to_string(),
            translates: original.as_ref().map(|it| (it.id.to_string(), it.title.clone())),
            ticket: ticket.as_ref().map(|it| it.1.clone()),
            ..ArticleFormView::default()
        };
        // What begins with something else is not what was typed into the empty form.
        if original.is_some() || ticket.is_some() {
            return Ok(view);
        }
        let (kept, draft) = drafts::of_form(tx, actor, "article")?;
        Ok(ArticleFormView { kept, ..with_draft(view, draft) })
    })?;
    draw(&agent, view, StatusCode::OK)
}

/// Pictures of a ticket that the text of an article begins with, by how they are named there and where they are.
fn of_tickets(content: &str) -> BTreeMap<String, String> {
    knowledge::of_tickets(content).into_iter().map(|it| (it.clone(), it)).collect()
}

fn filled(tx: &Tx, it: &Article, content: &str) -> Result<ArticleFormView> {
    let files = knowledge::files(tx, it.id)?;
    Ok(ArticleFormView {
        pictures: files.iter().map(|file| (file.filename.clone(), file_address(it, file))).collect(),
        id: it.id.to_string(),
        heading: it.title.clone(),
        version: it.version.to_string(),
        title: it.title.clone(),
        summary: it.summary.clone(),
        body: content.to_owned(),
        tags: it.tags.join(", "),
        category: it.category.map(|it| it.to_string()).unwrap_or_default(),
        language: it.language.clone(),
        visibility: it.visibility.name().to_owned(),
        owner: it.owner.map(|it| it.to_string()).unwrap_or_default(),
        review_on: it.review_on().map(|it| it.to_string()).unwrap_or_default(),
        slug: it.slug.clone(),
        published: it.is_published(),
        ..ArticleFormView::default()
    })
}

pub async fn edit(agent: Agent, Path(id): Path<ArticleId>) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        let actor = agent.actor();
        let (it, text) = knowledge::read(tx, &Readership::of(tx, Some(actor))?, id)?;
        actor.need(Permission::KnowledgeWrite)?;
        if it.is_published() {
            actor.need(Permission::KnowledgePublish)?;
        }
        let (kept, draft) = drafts::kept(tx, actor, &format!("article-{id}"), Place::Article(id))?;
        Ok(ArticleFormView { kept, ..with_draft(filled(tx, &it, &text.content)?, draft) })
    })?;
    draw(&agent, view, StatusCode::OK)
}

/// What the form says.
fn wanted(sent: &Sent) -> Result<ArticleChange> {
    let text = |name: &str| Some(sent.text(name).to_owned());
    let wrong = |field: &'static str| move |_| Refusal::field(field, "invalid", t!("knowledge-wrong-day").to_owned());
    let unknown = |field: &'static str| move |_| Refusal::field(field, "unknown", t!("knowledge-choose-again").to_owned());
    Ok(ArticleChange {
        title: text("title"),
        summary: text("summary"),
        content: Some(sent.text("body").to_owned()),
        tags: Some(sent.text("tags").split(',').map(str::to_owned).collect()),
        category: Some(sent.get("category").map(|it| it.parse().map_err(unknown("category"))).transpose()?),
        language: sent.get("language").map(str::to_owned),
        visibility: Visibility::named(sent.text("visibility")),
        owner: Some(sent.get("owner").map(|it| it.parse().map_err(unknown("owner"))).transpose()?),
        review_on: Some(sent.get("reviewOn").map(|it| it.parse().map_err(wrong("reviewOn"))).transpose()?),
        slug: sent.get("slug").map(str::to_owned),
        note: text("note"),
        ..ArticleChange::default()
    })
}

/// The form with what was sent, and why that does not do.
fn again(sent: &Sent, refusal: &Refusal, base: ArticleFormView) -> ArticleFormView {
    let text = |name: &str| sent.text(name).to_owned();
    let shown = |field: &str| if field == "content" { "body".to_owned() } else { field.to_owned() };
    ArticleFormView {
        title: text("title"),
        summary: text("summary"),
        body: text("body"),
        tags: text("tags"),
        category: text("category"),
        language: text("language"),
        visibility: text("visibility"),
        owner: text("owner"),
        review_on: text("reviewOn"),
        slug: text("slug"),
        note: text("note"),
        errors: refusal.fields.iter().map(|it| (shown(&it.field), tongue::sentence(&it.message))).collect(),
        error: refusal.fields.is_empty().then(|| tongue::sentence(&refusal.detail)),
        ..base
    }
}

pub async fn create(agent: Agent, mut sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::KnowledgeWrite)?;
    let (original, ticket) = agent.desk.read(|tx| behind(tx, &agent, sent.get("translates"), sent.get("ticket")))?;
    let (actor, translates) = (agent.actor().clone(), original.as_ref().map(|it| it.id));
    let from = ticket.as_ref().map(|it| it.0);
    let done = match wanted(&sent) {
        Ok(new) => {
            let files = Files::of(&mut sent);
            let write = agent.desk.write(Some(agent.person()), move |tx| {
                let new = ArticleChange { translation_of: translates.map(Some), ..new };
                let it = match from {
                    Some(ticket) => knowledge::create_from(tx, &actor, ticket, new)?,
                    None => knowledge::create(tx, &actor, new)?,
                };
                files.put(tx, &actor, it.id)?;
                if let (None, None, Some(place)) = (from, translates, Place::form("article")) {
                    kept_words::discard(tx, &actor, place)?;
                }
                Ok(it)
            });
            write.await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("knowledge-drafted")))),
        Err(Error::Refused(refusal)) => {
            let base = ArticleFormView {
                pictures: of_tickets(sent.text("body")),
                translates: original.map(|it| (it.id.to_string(), it.title)),
                ticket: ticket.map(|it| it.1),
                ..ArticleFormView::default()
            };
            draw(&agent, again(&sent, &refusal, base), problem::status_of(refusal.code))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn change(agent: Agent, Path(id): Path<ArticleId>, mut sent: Sent) -> Result<Response, Problem> {
    let present = agent.desk.read(|tx| {
        let (it, text) = knowledge::read(tx, &Readership::of(tx, Some(agent.actor()))?, id)?;
        filled(tx, &it, &text.content)
    })?;
    agent.actor().need(Permission::KnowledgeWrite)?;
    let (actor, version) = (agent.actor().clone(), sent.get("version").and_then(|it| it.parse().ok()));
    let done = match wanted(&sent) {
        Ok(change) => {
            let files = Files::of(&mut sent);
            let write = agent.desk.write(Some(agent.person()), move |tx| {
                let it = knowledge::change(tx, &actor, id, version, change)?;
                files.put(tx, &actor, id)?;
                kept_words::discard(tx, &actor, Place::Article(id))?;
                Ok(it)
            });
            write.await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(it) => Ok(see_and_say(&address(it.id), &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => draw(&agent, again(&sent, &refusal, present), problem::status_of(refusal.code)),
        Err(error) => Err(error.into()),
    }
}

/// Where an article that was kept unsent is written on.
pub fn written_on(place: &str) -> Option<String> {
    match place.strip_prefix("article-") {
        Some(id) => id.parse::<ArticleId>().ok().map(|id| format!("{}/edit", address(id))),
        None => (place == "article").then(|| format!("{HREF}/new")),
    }
}
