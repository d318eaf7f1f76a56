//! A ticket that an agent takes down for somebody.

use axum::{http::StatusCode, response::Response};
use serde_json::Map;

use super::{
    callers::{self, Meant, Whom},
    rail,
};
use crate::{
    desk::{
        Tx,
        permission::Permission,
        queues,
        tickets::{Channel, Kind, NewTicket, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, problem, query::Query},
    id::CategoryId,
    web::{
        answers::{
            drafts,
            form::Sent,
            own_fields::{self, Door},
            portal::lodge::{Lodged, fresh, lodge, message},
            said,
            site::{Agent, page, see_and_say},
            templates,
            words::{self, Words},
        },
        console::new_ticket::{NewTicketView, page as form_page},
        tongue::{self, t},
    },
};

pub async fn form(agent: Agent, query: Query) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        if let Some(text) = query.get("parent") {
            let ticket = access::named(tx, agent.actor(), text)?;
            access::need(agent.actor(), Permission::TicketsWrite, &ticket)?;
            return Ok(part_of(&agent, &ticket));
        }
        let (kept, draft) = drafts::of_form(tx, agent.actor(), "new-ticket")?;
        let chosen = templates::chosen(tx, agent.actor(), &query, None, draft.as_ref())?;
        let text = |name: &str| draft.as_ref().map_or_else(String::new, |it| it.text(name).to_owned());
        let kind = Some(text("kind")).filter(|it| !it.is_empty()).unwrap_or_else(|| "incident".to_owned());
        let blank = NewTicketView {
            kind,
            channel: Some(text("channel")).filter(|it| !it.is_empty()).unwrap_or_else(|| Channel::Phone.name().to_owned()),
            caller: callers::of_draft(&agent, draft.as_ref()),
            title: templates::title(&query, draft.as_ref()),
            description: text("description"),
            once: fresh(),
            kept,
            templates: templates::offered(tx, agent.actor(), "/agent/tickets/new", None, &chosen)?,
            ..NewTicketView::default()
        };
        let Some(it) = chosen.template else { return Ok(blank) };
        Ok(NewTicketView {
            kind: it.kind.name().to_owned(),
            template: it.id.to_string(),
            own: own_fields::of_form(tx, Door::Console, &it.values(), None)?,
            title: it.title,
            description: it.description,
            priority: it.priority.map(words::priority),
            category: it.category.map(|it| it.to_string()).unwrap_or_default(),
            queue: it.queue.map(|it| it.to_string()).unwrap_or_default(),
            tags: it.tags.join(", "),
            ..blank
        })
    })?;
    draw(&agent, view, StatusCode::OK)
}

/// The form of a sub-ticket: work for whoever takes it, in the queue of the whole, and nobody's but the agent's unless they say so.
fn part_of(agent: &Agent, ticket: &Ticket) -> NewTicketView {
    NewTicketView {
        kind: Kind::Task.name().to_owned(),
        channel: Channel::Portal.name().to_owned(),
        caller: callers::of_draft(agent, None),
        queue: ticket.queue.map(|it| it.to_string()).unwrap_or_default(),
        category: ticket.subtopic.or(ticket.topic).map(|it| it.to_string()).unwrap_or_default(),
        priority: Some(words::priority(ticket.priority)),
        parent: Some((number::text(&agent.settings, ticket.kind, ticket.number), ticket.title.clone())),
        once: fresh(),
        ..NewTicketView::default()
    }
}

fn draw(agent: &Agent, view: NewTicketView, status: StatusCode) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| {
        let own = if view.own.is_empty() { own_fields::of_form(tx, Door::Console, &Map::new(), None)? } else { view.own.clone() };
        let (rail, vocabulary) = (rail::view(tx, agent, "")?, Words::of(tx)?.for_many());
        Ok(NewTicketView { frame: agent.frame(), rail, vocabulary, own, ..view.clone() })
    })?;
    Ok(page(status, form_page(&view)))
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let text = |name: &str| sent.get(name).map(str::to_owned);
    let (asked, caller) = match callers::meant(&agent, &sent)? {
        Meant::Somebody(it) => (it, None),
        // Nobody yet: the form comes again, with whom it may be.
        Meant::Ask(view) => (Whom::default(), Some(view)),
    };
    let (values, custom) = agent.desk.read(|tx| own_fields::sent_at_birth(tx, &sent))?;
    let (category, subcategory) = agent.desk.read(|tx| categories(tx, sent.get("category")))?;
    let level = sent.get("priority").and_then(|it| it.parse::<u8>().ok());
    if let Some(caller) = caller {
        let own = agent.desk.read(|tx| own_fields::of_form(tx, Door::Console, &values, None))?;
        let nothing = Refusal::new(Code::Validation, "");
        return draw(
            &agent,
            NewTicketView { own, caller, error: None, ..again(&agent, &sent, &nothing, level) },
            StatusCode::UNPROCESSABLE_ENTITY,
        );
    }
    let new = NewTicket {
        description: sent.text("description").to_owned(),
        requester: asked.requester,
        requester_name: asked.name,
        requester_phone: asked.phone,
        priority: level,
        queue: text("queue"),
        assignee: text("assignee"),
        category,
        subcategory,
        custom,
        tags: sent.text("tags").split(',').map(str::to_owned).collect(),
        template: templates::sent(&sent),
        child_of: text("parent"),
        ..NewTicket::new(Kind::named(sent.text("kind")).unwrap_or(Kind::Incident), sent.text("title"), channel(&sent))
    };
    // What is kept of the usual form stays where a sub-ticket is lodged meanwhile.
    let draft = if new.child_of.is_some() { "" } else { "new-ticket" };
    match lodge(&agent, &sent, "/agent/tickets", draft, new).await {
        Ok(Lodged { number }) => {
            Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(t!("new-ticket-lodged", number = number))))
        }
        // Whatever is wrong, what was typed is not lost.
        Err(Error::Refused(refusal)) => {
            let status = problem::status_of(refusal.code);
            let own = agent.desk.read(|tx| own_fields::of_form(tx, Door::Console, &values, Some(&refusal)))?;
            draw(&agent, NewTicketView { own, ..again(&agent, &sent, &refusal, level) }, status)
        }
        Err(error) => Err(error.into()),
    }
}

/// How whoever asks came; the telephone, if the form does not say.
fn channel(sent: &Sent) -> Channel {
    if sent.get("parent").is_some() {
        return Channel::Portal;
    }
    let said = Channel::named(sent.text("channel"));
    said.filter(|it| matches!(it, Channel::Phone | Channel::WalkIn)).unwrap_or(Channel::Phone)
}

/// Category and subcategory, as a form names the lower of the two.
fn categories(tx: &Tx, text: Option<&str>) -> Result<(Option<String>, Option<String>)> {
    let id = text.and_then(|it| it.parse::<CategoryId>().ok());
    Ok(match id.map(|id| queues::place_in_tree(tx, id)).transpose()?.flatten() {
        Some((top, sub)) => (Some(top.to_string()), sub.map(|it| it.to_string())),
        None => (text.map(str::to_owned), None),
    })
}

/// The form with what was typed and what is wrong with it.
fn again(agent: &Agent, sent: &Sent, refusal: &Refusal, level: Option<u8>) -> NewTicketView {
    let own = ["requester", "title", "description", "email", "phone", "name"];
    let text = |name: &str| sent.text(name).to_owned();
    NewTicketView {
        kind: text("kind"),
        channel: channel(sent).name().to_owned(),
        caller: callers::again(agent, sent, refusal),
        title: text("title"),
        description: text("description"),
        priority: level.map(words::priority),
        queue: text("queue"),
        assignee: text("assignee"),
        category: text("category"),
        template: text("template"),
        parent: parent(agent, sent),
        tags: text("tags"),
        title_error: message(refusal, "title"),
        description_error: message(refusal, "description"),
        error: (!own_fields::is_about(refusal) && !refusal.fields.iter().any(|it| own.contains(&it.field.as_str())))
            .then(|| tongue::sentence(&refusal.detail)),
        once: fresh(),
        ..NewTicketView::default()
    }
}

/// The ticket that the form names as the whole, if the reader may see it.
fn parent(agent: &Agent, sent: &Sent) -> Option<(String, String)> {
    let named = sent.get("parent")?;
    let ticket = agent.desk.read(|tx| access::named(tx, agent.actor(), named)).ok()?;
    Some((number::text(&agent.settings, ticket.kind, ticket.number), ticket.title))
}
