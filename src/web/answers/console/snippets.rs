//! Ready-made texts in the console: made and changed, and as JSON for whoever writes an answer.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::tools;
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx,
        permission::Permission,
        placeholders,
        sharing::Sharer,
        snippets::{self, Snippet, SnippetDraft},
        tickets::access,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::SnippetId,
    limits,
    web::{
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{Agent, page, see_and_say},
        },
        console::{
            snippet_form::{SnippetFormView, page as form_page},
            tools::{SharingView, TEXTS, ToolRow, ToolsView, page as tools_page},
        },
        tongue,
    },
};

fn address(id: SnippetId) -> String {
    format!("{}/{id}", TEXTS.href)
}

/// A text that is offered to whoever writes.
#[derive(Serialize)]
struct Offer {
    label: String,
    hint: String,
    /// Markdown, filled in for the ticket.
    insert: String,
}

/// The texts that fit what was typed after `::`, filled in for the ticket.
pub async fn offer(agent: Agent, query: Query) -> Result<Response, Problem> {
    let actor = agent.actor();
    let offers = agent.desk.read(|tx| {
        let values = match query.get("ticket") {
            Some(text) => Some(placeholders::values(tx, actor, &access::named(tx, actor, text)?)?),
            None => None,
        };
        let mut offers = Vec::new();
        for it in snippets::usable(tx, actor, query.get("q").unwrap_or_default())?.into_iter().take(limits::SNIPPETS_OFFERED_MAX) {
            // A text that names what has gone since stands there as it was written.
            let insert =
                values.as_ref().and_then(|it_values| placeholders::filled(&it.body, it_values).ok()).unwrap_or_else(|| it.body.clone());
            let hint = [it.shortcut.as_str(), it.category.as_str(), it.language.as_str()];
            let hint: Vec<&str> = hint.into_iter().filter(|it| !it.is_empty()).collect();
            offers.push(Offer { label: it.name, hint: hint.join(" · "), insert });
        }
        Ok(offers)
    })?;
    Ok(Json(offers).into_response())
}

pub async fn list(agent: Agent, query: Query) -> Result<Response, Problem> {
    let actor = agent.actor();
    let rows = agent.desk.read(|tx| {
        let row = |it: Snippet| {
            let first = it.body.lines().next().unwrap_or_default().chars().take(100).collect::<String>();
            let shortcut = if it.shortcut.is_empty() { String::new() } else { format!("::{} · ", it.shortcut) };
            Ok(ToolRow {
                id: it.id.to_string(),
                about: format!("{shortcut}{first}"),
                shared: tools::shared_with(tx, actor, it.owner, &it.sharing)?,
                href: address(it.id),
                name: it.name,
                ..ToolRow::default()
            })
        };
        snippets::usable(tx, actor, query.get("q").unwrap_or_default())?.into_iter().map(row).collect::<Result<Vec<_>>>()
    })?;
    let may_make = actor.may(Permission::TicketsWrite);
    let view = ToolsView { frame: agent.frame(), rail: tools::rail(&agent, TEXTS.href)?, shelf: TEXTS, rows, may_make };
    Ok(page(StatusCode::OK, tools_page(&view)))
}

fn filled(tx: &Tx, agent: &Agent, of: Option<&Snippet>, draft: &SnippetDraft, refusal: Option<&Refusal>) -> Result<SnippetFormView> {
    let actor = agent.actor();
    let sharer = Sharer::of(tx, actor)?;
    let said = |name: &str| refusal.and_then(|it| message(it, name));
    let sharing = tools::sharing_view(tx, actor, &draft.sharing, None)?;
    Ok(SnippetFormView {
        frame: agent.frame(),
        action: of.map_or_else(|| TEXTS.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: of.is_none_or(|it| sharer.may_change(it.owner, &it.sharing)),
        name: draft.name.clone(),
        shortcut: draft.shortcut.clone(),
        language: draft.language.clone(),
        category: draft.category.clone(),
        body: draft.body.clone(),
        placeholders: tools::placeholder_words(),
        sharing: SharingView { error: said("sharing").or_else(|| said("teams")), ..sharing },
        errors: refusal
            .map(|it| it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect())
            .unwrap_or_default(),
        error: refusal.filter(|it| it.fields.is_empty()).map(|it| tongue::sentence(&it.detail)),
        ..SnippetFormView::default()
    })
}

fn draw(agent: &Agent, of: Option<&Snippet>, draft: &SnippetDraft, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| filled(tx, agent, of, draft, refusal))?;
    let status = refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code));
    Ok(page(status, form_page(&SnippetFormView { rail: tools::rail(agent, TEXTS.href)?, ..view })))
}

pub async fn form(agent: Agent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    draw(&agent, None, &SnippetDraft::default(), None)
}

pub async fn show(agent: Agent, Path(id): Path<SnippetId>) -> Result<Response, Problem> {
    let it = agent.desk.read(|tx| snippets::known(tx, agent.actor(), id))?;
    let draft = SnippetDraft {
        sharing: it.sharing.clone(),
        name: it.name.clone(),
        shortcut: it.shortcut.clone(),
        language: it.language.clone(),
        category: it.category.clone(),
        body: it.body.clone(),
    };
    draw(&agent, Some(&it), &draft, None)
}

fn wanted(sent: &Sent) -> Result<SnippetDraft> {
    let text = |name: &str| sent.text(name).to_owned();
    Ok(SnippetDraft {
        sharing: tools::sharing_of(sent)?,
        name: text("name"),
        shortcut: text("shortcut"),
        language: text("language"),
        category: text("category"),
        body: sent.text("body").replace("\r\n", "\n"),
    })
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let draft = wanted(&sent)?;
    let (actor, kept) = (agent.actor().clone(), draft.clone());
    match agent.desk.write(Some(agent.person()), move |tx| snippets::create(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(TEXTS.href, &said::done(t!("tools-text-added", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, None, &draft, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn change(agent: Agent, Path(id): Path<SnippetId>, sent: Sent) -> Result<Response, Problem> {
    let present = agent.desk.read(|tx| snippets::known(tx, agent.actor(), id))?;
    let draft = wanted(&sent)?;
    let (actor, kept, version) = (agent.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match agent.desk.write(Some(agent.person()), move |tx| snippets::change(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(TEXTS.href, &said::done(t!("tools-text-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, Some(&present), &draft, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(agent: Agent, Path(id): Path<SnippetId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    agent.desk.write(Some(agent.person()), move |tx| snippets::delete(tx, &actor, id)).await?;
    Ok(see_and_say(TEXTS.href, &said::done(t!("tools-text-deleted"))))
}
