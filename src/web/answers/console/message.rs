//! One message of a ticket: how it came, and putting it where it belongs.

use axum::{http::StatusCode, response::Response};

use super::{place::Place, rail};
use crate::{
    appliance::intake,
    desk::{
        Tx,
        mail::{
            ledger::{self, MailEntry},
            moving::{self, Moved, Way},
            recorder,
            thread::Rule,
        },
        tickets::{self, Comment, Ticket, access, number},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, raw_mail::handed_out},
    id::{CommentId, MailId, MoveId, TicketId},
    web::{
        answers::{
            form::Sent,
            pictures::DESCRIPTION,
            said,
            site::{Agent, page, see_and_say},
        },
        console::message::{MessageView, MoveRow, page as message_page},
    },
};

/// Moves that the page offers to undo.
const MOVES_MAX: usize = 10;

/// A message by the name that the thread gives it.
enum Which {
    First,
    Comment(Box<Comment>),
}

impl Which {
    fn mail(&self, ticket: &Ticket) -> Option<MailId> {
        match self {
            Which::First => ticket.mail,
            Which::Comment(it) => it.mail,
        }
    }
}

fn found(tx: &Tx, agent: &Agent, ticket: &str, message: &str) -> Result<(Ticket, Which)> {
    let ticket = access::named(tx, agent.actor(), ticket)?;
    if message == DESCRIPTION {
        return Ok((ticket, Which::First));
    }
    let missing = || Refusal::not_found("message");
    let id: CommentId = message.parse().map_err(|_| missing())?;
    let comments = tickets::comments(tx, agent.actor(), &ticket)?;
    let comment = comments.into_iter().find(|it| it.id == id).ok_or_else(missing)?;
    Ok((ticket, Which::Comment(Box::new(comment))))
}

fn facts(which: &Which, ticket: &Ticket, entry: Option<&MailEntry>) -> Vec<(&'static str, String)> {
    let (via, rule) = match which {
        Which::First => (ticket.channel, None),
        Which::Comment(it) => (it.via, it.rule.clone()),
    };
    let because = rule.map(|name| Rule::named(&name).map_or_else(|| name.clone(), |it| format!("{name}: {}", it.doc())));
    let mut facts = vec![("Came by", via.name().replace('_', " ")), ("Rule", because.unwrap_or_default())];
    if let Some(it) = entry {
        facts.extend([
            ("From", it.from.clone().unwrap_or_default()),
            ("To", it.to.join(", ")),
            ("Cc", it.cc.join(", ")),
            ("Subject", it.subject.clone().unwrap_or_default()),
            ("Message-ID", it.message_id.clone().unwrap_or_default()),
            ("Doubt", it.doubt.clone().unwrap_or_default()),
            ("Machine", it.reason.clone().filter(|_| it.automatic).unwrap_or_default()),
        ]);
    }
    facts
}

fn undoable(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<MoveRow>> {
    let name = |id: TicketId| -> Result<String> {
        Ok(tx.get::<Ticket>(&id)?.map(|it| number::text(&agent.settings, it.kind, it.number)).unwrap_or_default())
    };
    let row = |it: Moved| -> Result<MoveRow> {
        let (from, to) = (name(it.from)?, name(it.to)?);
        let what = match it.way {
            Way::Message => format!("A message went from {from} to {to}."),
            Way::Split => format!("A message of {from} became {to}."),
            Way::Whole => format!("The text of {from} went to {to}."),
        };
        Ok(MoveRow { action: format!("/agent/moves/{}/undo", it.id), what, at: it.at })
    };
    moving::undoable(tx, agent.actor(), ticket)?.into_iter().take(MOVES_MAX).map(row).collect()
}

fn view(agent: &Agent, ticket: &str, message: &str) -> Result<MessageView> {
    agent.desk.read(|tx| {
        let (ticket, which) = found(tx, agent, ticket, message)?;
        let place = Place::remembered(tx, agent.last_list.as_deref())?;
        let mail = which.mail(&ticket);
        let entry = mail.map(|it| tx.get::<MailEntry>(&it)).transpose()?.flatten();
        let notes = access::reads_notes(agent.actor(), &ticket);
        let works = access::works_on(agent.actor(), &ticket);
        let number = number::text(&agent.settings, ticket.kind, ticket.number);
        let steps = match mail.filter(|_| notes) {
            Some(id) => recorder::rounds(tx, id)?.pop().map(|it| it.steps).unwrap_or_default(),
            None => Vec::new(),
        };
        Ok(MessageView {
            frame: agent.frame(),
            rail: rail::view(tx, agent, &place.href)?,
            ticket: format!("/agent/tickets/{number}"),
            address: format!("/agent/tickets/{number}/messages/{message}"),
            facts: facts(&which, &ticket, entry.as_ref().filter(|_| notes)),
            steps: steps.into_iter().map(|it| (it.question, it.answer)).collect(),
            has_raw: entry.is_some() && notes,
            may_move: works,
            may_split: works && matches!(&which, Which::Comment(it) if !it.is_private),
            first: matches!(which, Which::First),
            moves: undoable(tx, agent, &ticket)?,
            number,
            ..MessageView::default()
        })
    })
}

pub async fn show(agent: Agent, Path((ticket, message)): Path<(String, String)>) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, message_page(&view(&agent, &ticket, &message)?)))
}

pub async fn raw(agent: Agent, Path((ticket, message)): Path<(String, String)>) -> Result<Response, Problem> {
    let id = agent.desk.read(|tx| {
        let (ticket, which) = found(tx, &agent, &ticket, &message)?;
        let id = which.mail(&ticket).ok_or_else(|| Refusal::not_found("mail"))?;
        Ok(ledger::entry(tx, agent.actor(), id)?.id)
    })?;
    let bytes = intake::raw(&agent.desk, agent.actor(), id).await?;
    Ok(handed_out(id, bytes))
}

/// Back to the ticket with word of what was done, or the page again with why it was not.
async fn done(
    agent: &Agent,
    at: (&str, &str),
    sent: &Sent,
    run: impl FnOnce(&mut Tx) -> Result<(TicketId, String)> + Send + 'static,
) -> Result<Response, Problem> {
    match agent.desk.write(Some(agent.person()), run).await {
        Ok((id, words)) => {
            let ticket = agent.desk.read(|tx| access::ticket(tx, agent.actor(), id))?;
            let number = number::text(&agent.settings, ticket.kind, ticket.number);
            Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(words)))
        }
        Err(Error::Refused(refusal)) => {
            let shown = MessageView { to: sent.text("ticket").to_owned(), error: Some(refusal.detail.clone()), ..view(agent, at.0, at.1)? };
            Ok(page(problem::status_of(refusal.code), message_page(&shown)))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn move_on(agent: Agent, Path((ticket, message)): Path<(String, String)>, sent: Sent) -> Result<Response, Problem> {
    let (from, which) = agent.desk.read(|tx| found(tx, &agent, &ticket, &message))?;
    let (actor, to) = (agent.actor().clone(), sent.text("ticket").trim().to_owned());
    let run = move |tx: &mut Tx| {
        let to = access::named(tx, &actor, &to)?;
        match which {
            Which::First => moving::move_whole(tx, &actor, from.id, to.id)?,
            Which::Comment(it) => moving::move_message(tx, &actor, from.id, it.id, to.id)?,
        };
        Ok((to.id, "The message is here now. “About this message” undoes it.".to_owned()))
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn split(agent: Agent, Path((ticket, message)): Path<(String, String)>, sent: Sent) -> Result<Response, Problem> {
    let (from, which) = agent.desk.read(|tx| found(tx, &agent, &ticket, &message))?;
    let actor = agent.actor().clone();
    let run = move |tx: &mut Tx| match which {
        Which::First => Err(Refusal::new(crate::error::Code::Conflict, "This is the ticket's own text already.").into()),
        Which::Comment(it) => {
            let (made, _) = moving::split(tx, &actor, from.id, it.id)?;
            Ok((made.id, "The message is a ticket of its own now.".to_owned()))
        }
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn undo(agent: Agent, Path(id): Path<MoveId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let moved = agent.desk.write(Some(agent.person()), move |tx| moving::undo(tx, &actor, id)).await?;
    let ticket = agent.desk.read(|tx| access::ticket(tx, agent.actor(), moved.from))?;
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done("The message is back where it was.")))
}
