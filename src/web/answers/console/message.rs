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
    language::say,
    web::{
        answers::{
            form::Sent,
            pictures::DESCRIPTION,
            said,
            site::{Agent, page, see_and_say},
        },
        console::message::{MessageView, MoveRow, page as message_page},
        tongue::{self, t},
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
    let because = rule.map(|name| {
        Rule::named(&name).map_or_else(|| name.clone(), |it| format!("{name}: {}", tongue::named("mail-rule-", &name).unwrap_or(it.doc())))
    });
    let mut facts =
        vec![(t!("message-came"), tongue::word("channel-", via.name()).to_owned()), (t!("word-rule"), because.unwrap_or_default())];
    if let Some(it) = entry {
        facts.extend([
            (t!("message-from"), it.from.clone().unwrap_or_default()),
            (t!("message-to"), it.to.join(", ")),
            (t!("word-cc"), it.cc.join(", ")),
            (t!("word-subject"), it.subject.clone().unwrap_or_default()),
            ("Message-ID", it.message_id.clone().unwrap_or_default()),
            (t!("message-doubt"), it.doubt.clone().unwrap_or_default()),
            (
                t!("message-machine"),
                it.reason.as_deref().filter(|_| it.automatic).map(|it| tongue::retold("judge-", it)).unwrap_or_default(),
            ),
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
            Way::Message => t!("message-message-went", from = from, to = to),
            Way::Split => t!("message-message-became", from = from, to = to),
            Way::Whole => t!("message-text-went", from = from, to = to),
        };
        Ok(MoveRow { action: format!("/agent/moves/{}/undo", it.id), what, at: it.at })
    };
    moving::undoable(tx, agent.actor(), ticket)?.into_iter().take(MOVES_MAX).map(row).collect()
}

fn view(agent: &Agent, ticket: &str, message: &str) -> Result<MessageView> {
    agent.desk.read(|tx| {
        let (ticket, which) = found(tx, agent, ticket, message)?;
        let place = Place::remembered(tx, agent.actor(), agent.last_list.as_deref())?;
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
            steps: steps.iter().map(|it| (tongue::retold("judge-", &it.question), tongue::retold("judge-", &it.answer))).collect(),
            has_raw: entry.is_some() && notes,
            may_move: works,
            may_split: works && matches!(&which, Which::Comment(it) if !it.is_private),
            first: matches!(which, Which::First),
            text: match &which {
                Which::Comment(it) if works && it.mail.is_none() && it.html.is_none() && it.author.is_some() => Some(it.body.clone()),
                _ => None,
            },
            may_redact: works,
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
            let shown = MessageView {
                to: sent.text("ticket").to_owned(),
                error: Some(tongue::sentence(&refusal.detail)),
                ..view(agent, at.0, at.1)?
            };
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
        Ok((to.id, t!("message-message-here-now-about").to_owned()))
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn edit(agent: Agent, Path((ticket, message)): Path<(String, String)>, sent: Sent) -> Result<Response, Problem> {
    let (at, which) = agent.desk.read(|tx| found(tx, &agent, &ticket, &message))?;
    let (actor, text) = (agent.actor().clone(), sent.text("body").to_owned());
    let said = t!("amend-saved").to_owned();
    let run = move |tx: &mut Tx| match which {
        Which::First => Err(Refusal::not_found("message").into()),
        Which::Comment(it) => {
            tickets::edit_comment(tx, &actor, at.id, it.id, &text)?;
            Ok((at.id, said))
        }
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn redact(agent: Agent, Path((ticket, message)): Path<(String, String)>, sent: Sent) -> Result<Response, Problem> {
    let (at, which) = agent.desk.read(|tx| found(tx, &agent, &ticket, &message))?;
    let comment = match &which {
        Which::First => None,
        Which::Comment(it) => Some(it.id),
    };
    let how = tickets::Redaction {
        words: sent.text("words").lines().map(|it| it.trim().to_owned()).collect(),
        whole: sent.has("whole"),
        everywhere: sent.has("everywhere"),
        reason: sent.text("reason").to_owned(),
    };
    let (actor, reading) = (agent.actor().clone(), tongue::Reading::ambient());
    let run = move |tx: &mut Tx| {
        let places = tickets::redact(tx, &actor, at.id, comment, how)?.1;
        // The command runs on the writer's thread, where nobody reads.
        Ok((at.id, reading.within(|| t!("amend-redacted", places = places))))
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn split(agent: Agent, Path((ticket, message)): Path<(String, String)>, sent: Sent) -> Result<Response, Problem> {
    let (from, which) = agent.desk.read(|tx| found(tx, &agent, &ticket, &message))?;
    let actor = agent.actor().clone();
    let run = move |tx: &mut Tx| match which {
        Which::First => Err(Refusal::new(crate::error::Code::Conflict, say!("message-tickets-own-text-already")).into()),
        Which::Comment(it) => {
            let (made, _) = moving::split(tx, &actor, from.id, it.id)?;
            Ok((made.id, t!("message-message-ticket-own-now").to_owned()))
        }
    };
    done(&agent, (&ticket, &message), &sent, run).await
}

pub async fn undo(agent: Agent, Path(id): Path<MoveId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    let moved = agent.desk.write(Some(agent.person()), move |tx| moving::undo(tx, &actor, id)).await?;
    let ticket = agent.desk.read(|tx| access::ticket(tx, agent.actor(), moved.from))?;
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(t!("message-message-back-where"))))
}
