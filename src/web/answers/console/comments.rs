//! Replies and internal notes. A reply that would talk over a newer one is shown again with a warning first.

use axum::{http::StatusCode, response::Response};

use super::{
    property::back_to,
    ticket::{Part, Undone, newest, show},
    time_spent,
};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        attachments::uploads,
        mail::{
            outbox,
            recipients::{self, Addressed},
        },
        tickets::{self, Channel, Comment, NewComment, Ticket, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::{CommentId, LetterId},
    language::say,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, see_and_say},
            words::{face, first_name},
        },
        components::{badge::Tone, banner::Banner, toast::Toast},
        tongue::{self, t},
    },
};

/// What of a newer message stands in the warning, in characters.
const EXCERPT_CHARS: usize = 200;

pub async fn add(agent: Agent, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let note = match sent.text("mode") {
        "note" => true,
        "reply" => false,
        // Who reads it is never guessed.
        _ => return Err(Refusal::field("mode", "required", say!("thread-say-whether-reply-internal")).into()),
    };
    let (body, had_files) = (sent.text("body").to_owned(), !sent.files.is_empty() || sent.has("uploads"));
    // A note talks over nobody.
    let seen = sent.get("seen").filter(|_| !note).map(str::to_owned);
    let addresses = ["to", "cc", "bcc"].map(|it| sent.text(it).to_owned());
    let addressed = Some(sent_addresses(&sent)).filter(|it| !note && !it.is_plain());
    let uploaded = sent.uploads();
    let mut comment = NewComment { files: sent.files.clone(), addressed, ..NewComment::new(body.as_str(), note, Channel::Portal) };
    let (actor, named) = (agent.actor().clone(), text.clone());
    let time = ["time", "timeCategory"].map(|it| sent.text(it).to_owned());
    let worked = sent.get("time").map(|_| time_spent::typed_in(&sent, "timeCategory")).transpose();
    let done = match worked {
        Ok(worked) => {
            let run = move |tx: &mut Tx| {
                let ticket = access::named(tx, &actor, &named)?;
                if let Some(seen) = seen {
                    unless_answered(tx, &actor, &ticket, &seen)?;
                }
                comment.files.extend(uploads::claim(tx, &actor, &uploaded)?);
                let (ticket, comment) = tickets::add_comment(tx, &actor, ticket.id, comment)?;
                match worked {
                    Some(it) => Ok((time_spent::book(tx, &actor, ticket.id, it)?.0, comment)),
                    None => Ok((ticket, comment)),
                }
            };
            agent.desk.write(Some(agent.person()), run).await
        }
        Err(error) => Err(error),
    };
    let refusal = match done {
        Ok((ticket, comment)) => return Ok(said_of(&agent, &ticket, &comment)),
        Err(Error::Refused(it)) if matches!(it.code, Code::Validation | Code::Conflict) => it,
        Err(error) => return Err(error.into()),
    };
    let error = if had_files {
        t!("thread-attach-files-again", detail = tongue::sentence(&refusal.detail))
    } else {
        tongue::sentence(&refusal.detail)
    };
    let status: StatusCode = problem::status_of(refusal.code);
    show(&agent, &text, Part::Conversation, Undone { body, note, addresses, time, error: Some(error), conflict: None }, status).await
}

/// Back to the ticket; a reply that is held can be taken back from there.
fn said_of(agent: &Agent, ticket: &Ticket, comment: &Comment) -> Response {
    let Some(until) = comment.held_until else { return back_to(agent, ticket) };
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    let address = format!("/agent/tickets/{number}");
    let seconds = until.since(comment.created_at).as_secs();
    let undo = Some(format!("{address}/comments/{}/withdraw", comment.id));
    see_and_say(&address, &Toast { undo, ..said::done(t!("thread-your-reply-leaves-seconds", seconds = seconds)) })
}

/// To, Cc and Bcc of a form, and the files of the ticket that go along.
pub fn sent_addresses(sent: &Sent) -> Addressed {
    let list = |name: &str| recipients::split(sent.text(name));
    let mut cc = list("cc");
    cc.extend(list("everybody"));
    let files = sent.all("attach").filter_map(|it| it.parse().ok()).collect();
    Addressed { to: list("to"), cc, bcc: list("bcc"), files, ..Addressed::default() }
}

/// Takes a reply back that is still held; its text stands in the composer again.
pub async fn withdraw(agent: Agent, Path((text, comment)): Path<(String, CommentId)>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        tickets::withdraw_comment(tx, &actor, ticket.id, comment)
    });
    match done.await {
        Ok((_, comment)) => {
            let note = comment.addressed.as_ref().is_some_and(|it| it.forward);
            let list = |of: fn(&Addressed) -> &Vec<String>| comment.addressed.as_ref().map_or_else(String::new, |it| of(it).join(", "));
            let addresses = if note { Default::default() } else { [list(|it| &it.to), list(|it| &it.cc), list(|it| &it.bcc)] };
            let undone = Undone { body: comment.body, note, addresses, ..Undone::default() };
            show(&agent, &text, Part::Conversation, undone, StatusCode::OK).await
        }
        Err(Error::Refused(it)) if it.code == Code::Conflict => {
            let conflict = Some(Banner { tone: Tone::Warn, title: tongue::sentence(&it.detail), text: String::new() });
            show(&agent, &text, Part::Conversation, Undone { conflict, ..Undone::default() }, StatusCode::CONFLICT).await
        }
        Err(it) => Err(it.into()),
    }
}

/// Sends a mail of the ticket on its way again.
pub async fn retry(agent: Agent, Path((text, letter)): Path<(String, LetterId)>, _sent: Sent) -> Result<Response, Problem> {
    let (actor, named) = (agent.actor().clone(), text.clone());
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        outbox::retry(tx, &actor, letter)?;
        Ok(ticket)
    });
    match done.await {
        Ok(ticket) => Ok(back_to(&agent, &ticket)),
        Err(Error::Refused(it)) if it.code == Code::Conflict => {
            let conflict = Some(Banner { tone: Tone::Warn, title: tongue::sentence(&it.detail), text: String::new() });
            show(&agent, &text, Part::Conversation, Undone { conflict, ..Undone::default() }, StatusCode::CONFLICT).await
        }
        Err(it) => Err(it.into()),
    }
}

/// Refuses an answer if somebody else wrote since its writer looked; it stands above, and the next press sends.
fn unless_answered(tx: &Tx, actor: &Actor, ticket: &Ticket, seen: &str) -> Result<()> {
    let comments = tickets::comments(tx, actor, ticket)?;
    if newest(&comments) == seen {
        return Ok(());
    }
    let mut news = comments.iter().rev().take_while(|it| it.id.to_string() != seen);
    let Some(it) = news.find(|it| it.author.is_some_and(|it| !actor.is(it))) else { return Ok(()) };
    let mut cast = tickets::Cast::default();
    cast.meet(tx, it.author)?;
    let name = it.author.map_or_else(String::new, |it| face(&cast, it).name);
    let words: String = it.own_words_first().split_whitespace().collect::<Vec<_>>().join(" ").chars().take(EXCERPT_CHARS).collect();
    let detail = match it.is_private {
        true => t!("live-noted-meanwhile", who = first_name(&name), words = words.as_str()),
        false => t!("live-wrote-meanwhile", who = first_name(&name), words = words.as_str()),
    };
    Err(Refusal::new(Code::Conflict, detail).into())
}
