//! Macros in the console: made and changed, looked at on a ticket and used there, and what was done at once undone as one.

use axum::{http::StatusCode, response::Response};

use super::{property::address_of, tools};
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx,
        event::Changes,
        macros::{self, Effect, KINDS, Macro, MacroDraft},
        permission::Permission,
        tickets::{Cast, HistoryEntry, Ticket, access, number},
        undo,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::{MacroId, PersonId, UndoId},
    text::markdown,
    web::{
        answers::{
            form::Sent,
            happened::{Telling, undone},
            portal::lodge::message,
            said,
            site::{Agent, page, see_and_say},
            words::Words,
        },
        components::{badge::Tone, field::Choice, toast::Toast},
        console::{
            macro_form::{ActionRow, MacroFormView, page as form_page},
            macro_use::{EffectView, MacroUseView, OfferedRow, page as use_page},
            tools::{MACROS, SharingView, ToolRow, ToolsView, page as tools_page},
        },
        tongue,
    },
};

/// Empty actions that the form offers besides those that are there.
const SPARE: usize = 4;

fn address(id: MacroId) -> String {
    format!("{}/{id}", MACROS.href)
}

/// What an action is called where people choose.
fn action_name(it: &(&'static str, &'static str, &'static str)) -> &'static str {
    tongue::named("macro-does-", it.0).unwrap_or(it.1)
}

pub async fn list(agent: Agent) -> Result<Response, Problem> {
    let actor = agent.actor();
    let rows = agent.desk.read(|tx| {
        let row = |it: Macro| {
            let does: Vec<&str> =
                it.actions.iter().filter_map(|it| KINDS.iter().find(|kind| kind.0 == it.kind()).map(|it| action_name(it))).collect();
            Ok(ToolRow {
                id: it.id.to_string(),
                about: if it.about.is_empty() { does.join(", ") } else { it.about.clone() },
                shared: tools::shared_with(tx, actor, it.owner, &it.sharing)?,
                href: address(it.id),
                name: it.name,
                ..ToolRow::default()
            })
        };
        macros::usable(tx, actor)?.into_iter().map(row).collect::<Result<Vec<_>>>()
    })?;
    let may_make = actor.may(Permission::TicketsWrite);
    let view = ToolsView { frame: agent.frame(), rail: tools::rail(&agent, MACROS.href)?, shelf: MACROS, rows, may_make };
    Ok(page(StatusCode::OK, tools_page(&view)))
}

fn filled(tx: &Tx, agent: &Agent, of: Option<&Macro>, draft: &MacroDraft, refusal: Option<&Refusal>) -> Result<MacroFormView> {
    let said = |name: &str| refusal.and_then(|it| message(it, name));
    let own = ["name", "when", "sharing", "teams"];
    let stands_below = |it: &Refusal| it.fields.iter().any(|it| own.contains(&it.field.as_str()) || it.field.starts_with("actions["));
    let row = |(at, (kind, value)): (usize, &(String, String))| ActionRow {
        kind: kind.clone(),
        value: value.clone(),
        error: said(&format!("actions[{at}]")),
    };
    let mut actions: Vec<ActionRow> = draft.actions.iter().enumerate().map(row).collect();
    actions.extend(std::iter::repeat_n(ActionRow::default(), SPARE));
    let sharing = tools::sharing_view(tx, agent.actor(), &draft.sharing, None)?;
    Ok(MacroFormView {
        frame: agent.frame(),
        action: of.map_or_else(|| MACROS.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: of.map_or(Ok(true), |it| macros::may_change(tx, agent.actor(), it))?,
        name: draft.name.clone(),
        name_error: said("name"),
        about: draft.about.clone(),
        when: draft.when.clone(),
        when_error: said("when"),
        actions,
        kinds: KINDS.iter().map(|it| Choice::new(it.0, action_name(it))).collect(),
        hints: KINDS
            .iter()
            .map(|it| (action_name(it).to_owned(), tongue::named("macro-value-", it.0).unwrap_or(it.2).to_owned()))
            .collect(),
        placeholders: tools::placeholder_words(),
        position: draft.position.to_string(),
        sharing: SharingView { error: said("sharing").or_else(|| said("teams")), ..sharing },
        error: refusal.filter(|it| !stands_below(it)).map(|it| tongue::sentence(&it.detail)),
        ..MacroFormView::default()
    })
}

fn draw(agent: &Agent, of: Option<&Macro>, draft: &MacroDraft, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| filled(tx, agent, of, draft, refusal))?;
    let status = refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code));
    Ok(page(status, form_page(&MacroFormView { rail: tools::rail(agent, MACROS.href)?, ..view })))
}

pub async fn form(agent: Agent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    draw(&agent, None, &MacroDraft { position: 10, ..MacroDraft::default() }, None)
}

pub async fn show(agent: Agent, Path(id): Path<MacroId>) -> Result<Response, Problem> {
    let (it, draft) = agent.desk.read(|tx| {
        let it = macros::known(tx, agent.actor(), id)?;
        let actions = it.actions.iter().map(|it| Ok((it.kind().to_owned(), it.value(tx)?))).collect::<Result<_>>()?;
        let draft = MacroDraft {
            sharing: it.sharing.clone(),
            name: it.name.clone(),
            about: it.about.clone(),
            when: it.when.text().to_owned(),
            actions,
            position: it.position,
        };
        Ok((it, draft))
    })?;
    draw(&agent, Some(&it), &draft, None)
}

fn wanted(sent: &Sent) -> Result<MacroDraft> {
    let actions = sent.all("kind").zip(sent.all("value")).filter(|it| !it.0.is_empty()).map(|it| (it.0.to_owned(), it.1.to_owned()));
    Ok(MacroDraft {
        sharing: tools::sharing_of(sent)?,
        name: sent.text("name").to_owned(),
        about: sent.text("about").to_owned(),
        when: sent.text("when").to_owned(),
        actions: actions.collect(),
        position: sent.get("position").and_then(|it| it.parse().ok()).unwrap_or(10),
    })
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let draft = wanted(&sent)?;
    let (actor, kept) = (agent.actor().clone(), draft.clone());
    match agent.desk.write(Some(agent.person()), move |tx| macros::create(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(MACROS.href, &said::done(t!("tools-macro-added", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, None, &draft, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn change(agent: Agent, Path(id): Path<MacroId>, sent: Sent) -> Result<Response, Problem> {
    let present = agent.desk.read(|tx| macros::known(tx, agent.actor(), id))?;
    let draft = wanted(&sent)?;
    let (actor, kept, version) = (agent.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match agent.desk.write(Some(agent.person()), move |tx| macros::change(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(MACROS.href, &said::done(t!("tools-macro-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, Some(&present), &draft, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(agent: Agent, Path(id): Path<MacroId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    agent.desk.write(Some(agent.person()), move |tx| macros::delete(tx, &actor, id)).await?;
    Ok(see_and_say(MACROS.href, &said::done(t!("tools-macro-deleted"))))
}

// --- on a ticket ---

/// The macros that are offered on a ticket, and what the chosen one would do.
pub async fn offer(agent: Agent, Path(text): Path<String>, query: Query) -> Result<Response, Problem> {
    let chosen = query.get("macro").and_then(|it| it.parse::<MacroId>().ok());
    draw_use(&agent, &text, chosen, None)
}

fn draw_use(agent: &Agent, text: &str, chosen: Option<MacroId>, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let actor = agent.actor();
    let ticket = agent.desk.read(|tx| {
        let ticket = access::named(tx, actor, text)?;
        access::need(actor, Permission::TicketsWrite, &ticket)?;
        Ok(ticket)
    })?;
    let offered = agent.desk.read(|tx| macros::offered(tx, actor, &ticket))?;
    // Only one that is offered is looked at: what is not meant for this ticket has nothing to show.
    let chosen = chosen.filter(|id| offered.iter().any(|it| it.id == *id)).or_else(|| offered.first().map(|it| it.id));
    let effect = chosen.map(|id| effect(agent, &ticket, id)).transpose()?;
    let row = |it: Macro| OfferedRow { id: it.id.to_string(), chosen: chosen == Some(it.id), name: it.name, about: it.about };
    let view = MacroUseView {
        frame: agent.frame(),
        rail: tools::rail(agent, MACROS.href)?,
        number: number::text(&agent.settings, ticket.kind, ticket.number),
        title: ticket.title.clone(),
        offered: offered.into_iter().map(row).collect(),
        effect,
        error: refusal.map(|it| tongue::sentence(&it.detail)),
    };
    Ok(page(refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code)), use_page(&view)))
}

fn effect(agent: &Agent, ticket: &Ticket, id: MacroId) -> Result<EffectView> {
    match agent.desk.rehearse(|tx| macros::preview(tx, agent.actor(), id, &ticket.id.to_string())) {
        Ok(it) => agent.desk.read(|tx| shown(tx, agent, ticket, it)),
        Err(Error::Refused(it)) => Ok(EffectView { refused: Some(tongue::sentence(&it.detail)), ..EffectView::default() }),
        Err(error) => Err(error),
    }
}

/// What a macro would do, in the sentences of the history.
fn shown(tx: &Tx, agent: &Agent, ticket: &Ticket, it: Effect) -> Result<EffectView> {
    let words = Words::of(tx)?;
    let mut cast = Cast::of(tx, [ticket])?;
    let ids = ["assignee", "requester"].iter().filter_map(|name| it.changes.after(name)?.as_str()?.parse::<PersonId>().ok());
    cast.meet(tx, ids.collect::<Vec<_>>())?;
    let telling = Telling { words: &words, cast: &cast, kind: ticket.kind };
    let html = |text: &String| markdown::to_html(text).html;
    let mut changes = telling.one_by_one(&entry(agent, it.changes));
    changes.extend(it.besides.iter().map(tongue::sentence));
    Ok(EffectView { changes, reply: it.reply.as_ref().map(html), note: it.note.as_ref().map(html), refused: None })
}

fn entry(agent: &Agent, changes: Changes) -> HistoryEntry {
    let changes = match changes.into_json() {
        serde_json::Value::Object(it) => it,
        _ => serde_json::Map::new(),
    };
    HistoryEntry { seq: 0, at: agent.desk.now(), kind: String::new(), actor: agent.actor().for_log(), changes }
}

/// Uses a macro on one ticket.
pub async fn apply(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let id = sent.get("macro").and_then(|it| it.parse::<MacroId>().ok()).ok_or_else(|| Refusal::not_found("macro"))?;
    let (actor, named) = (agent.actor().clone(), vec![text.clone()]);
    match agent.desk.write(Some(agent.person()), move |tx| macros::apply(tx, &actor, id, &named)).await {
        Ok(it) => {
            let to = it.tickets.first().map_or_else(|| format!("/agent/tickets/{text}"), |it| address_of(&agent, it));
            Ok(see_and_say(&to, &used(&it)))
        }
        Err(Error::Refused(refusal)) if !matches!(refusal.code, crate::error::Code::NotFound | crate::error::Code::Forbidden) => {
            draw_use(&agent, &text, Some(id), Some(&refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// The word after a macro was used, with the way back.
pub fn used(it: &macros::Applied) -> Toast {
    let text = match it.tickets.len() {
        1 => t!("tools-macro-used", name = it.name.as_str()),
        count => t!("tools-macro-used-many", name = it.name.as_str(), count = count as i64),
    };
    Toast { tone: Tone::Ok, text, undo: it.undo.map(undo_address) }
}

/// Where a form is sent to undo something as one.
pub fn undo_address(id: UndoId) -> String {
    format!("/agent/undo/{id}")
}

/// Undoes as one what was done as one, and goes back to where the reader was.
pub async fn undo(agent: Agent, Path(id): Path<UndoId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let done = agent.desk.write(Some(agent.person()), move |tx| undo::undo(tx, &actor, id)).await;
    let place = agent.desk.read(|tx| super::place::Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let (to, toast) = match done {
        Ok(it) => {
            let to = match it.tickets.as_slice() {
                [one] => address_of(&agent, one),
                _ => place.address(),
            };
            let text = match it.left.as_slice() {
                [] => t!("tools-undone", what = undone(&it.what)),
                left => {
                    t!("tools-undone-left", what = undone(&it.what), left = left.iter().map(tongue::sentence).collect::<Vec<_>>().join(" "))
                }
            };
            let tone = if it.left.is_empty() { Tone::Ok } else { Tone::Warn };
            (to, Toast { tone, text, undo: None })
        }
        Err(Error::Refused(it)) if it.code == crate::error::Code::Conflict => (place.address(), said::failed(tongue::sentence(&it.detail))),
        Err(error) => return Err(error.into()),
    };
    Ok(see_and_say(&to, &toast))
}
