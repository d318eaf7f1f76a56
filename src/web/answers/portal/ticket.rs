//! A ticket as its requester sees it: what happened in plain words, their answer, and the two things that they may decide.

use axum::{http::StatusCode, response::Response};

use crate::{
    desk::{
        Tx,
        attachments::{self, Attachment},
        closing,
        service_levels::{self, Target},
        tickets::{self, Cast, Category, Channel, Comment, HistoryEntry, NewComment, NewTicket, Ticket, TicketChange, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::CommentId,
    time::Instant,
    web::{
        answers::{
            alike,
            form::Sent,
            happened::{self, Telling},
            pictures::{DESCRIPTION, Side},
            said,
            site::{Reader, page, see, see_and_say, with_mail},
            words::{Words, category, face, first_name},
            written::{Source, beside, written},
        },
        components::avatar::Face,
        portal::ticket::{Happened, MyTicketView, Said, What, page as ticket_page},
    },
};

/// Events that the page tells of.
const EVENTS_SHOWN_MAX: usize = 200;

pub async fn show(reader: Reader, Path(text): Path<String>) -> Result<Response, Problem> {
    draw(&reader, &text, String::new(), None, StatusCode::OK)
}

fn draw(reader: &Reader, text: &str, draft: String, error: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let view = reader.desk.read(|tx| view(tx, reader, text))?;
    Ok(with_mail(page(status, ticket_page(&MyTicketView { draft, error, ..view }))))
}

pub async fn reply(reader: Reader, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let body = sent.text("body").to_owned();
    let comment = NewComment { files: sent.files, ..NewComment::new(body.as_str(), false, Channel::Portal) };
    let (actor, named) = (reader.actor().clone(), text.clone());
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        if closing::must_go_on_anew(tx, &actor, &ticket)? {
            let new =
                NewTicket { description: comment.body, files: comment.files, ..NewTicket::new(ticket.kind, ticket.title, Channel::Portal) };
            return Ok((closing::follow_up(tx, &actor, &named, new)?, true));
        }
        Ok((tickets::add_comment(tx, &actor, ticket.id, comment)?.0, false))
    });
    match done.await {
        Ok((ticket, false)) => Ok(see(&address(&reader, &ticket))),
        Ok((ticket, true)) => {
            let number = number::text(&reader.settings, ticket.kind, ticket.number);
            Ok(see_and_say(&address(&reader, &ticket), &said::done(format!("Thank you. It goes on as {number}."))))
        }
        Err(error) => refused(&reader, &text, body, error),
    }
}

pub async fn status(reader: Reader, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let wanted = sent.get("status").map(str::to_owned);
    let (actor, named) = (reader.actor().clone(), text.clone());
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        tickets::change(tx, &actor, ticket.id, TicketChange { status: wanted, ..TicketChange::default() })
    });
    match done.await {
        Ok(ticket) => {
            let text = if ticket.category.is_open() { "We look at it again." } else { "Good to hear. Thank you for telling us." };
            Ok(see_and_say(&address(&reader, &ticket), &said::done(text)))
        }
        Err(error) => refused(&reader, &text, String::new(), error),
    }
}

/// The page with what was written and why it was not taken.
fn refused(reader: &Reader, text: &str, draft: String, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(Refusal { code: code @ (Code::Validation | Code::Conflict), detail, .. }) => {
            draw(reader, text, draft, Some(detail), problem::status_of(code))
        }
        error => Err(error.into()),
    }
}

fn address(reader: &Reader, ticket: &Ticket) -> String {
    format!("/tickets/{}", number::text(&reader.settings, ticket.kind, ticket.number))
}

fn view(tx: &Tx, reader: &Reader, text: &str) -> Result<MyTicketView> {
    let actor = reader.actor();
    let ticket = access::named(tx, actor, text)?;
    let words = Words::of(tx)?;
    // Whoever works tickets reads notes elsewhere: here is what its requester sees.
    let comments: Vec<_> = tickets::comments(tx, actor, &ticket)?.into_iter().filter(|it| !it.is_private).collect();
    let files: Vec<_> = match ticket.has_attachments {
        true => attachments::of_ticket(tx, actor, &ticket)?.into_iter().filter(|it| !it.is_private).collect(),
        false => Vec::new(),
    };
    let history = tickets::history(tx, actor, &ticket, None, 0, EVENTS_SHOWN_MAX)?.entries;
    let mut cast = Cast::of(tx, [&ticket])?;
    cast.meet(tx, comments.iter().filter_map(|it| it.author).chain(happened::people(&history)))?;
    let telling = Telling { words: &words, cast: &cast, kind: ticket.kind };
    let over = closing::must_go_on_anew(tx, actor, &ticket)?;
    let assignee = ticket.assignee.and_then(|it| cast.person(it)).map(|it| first_name(&it.name));
    Ok(MyTicketView {
        frame: reader.frame(),
        number: number::text(&reader.settings, ticket.kind, ticket.number),
        title: ticket.title.clone(),
        category: category(ticket.category),
        outage: alike::outage_of(tx, &ticket)?,
        promise: promise(&ticket, tx.now()),
        may_escalate: service_levels::may_escalate(actor, &ticket, tx.now()),
        next: if over { OVER.to_owned() } else { next(&ticket, assignee) },
        happened: story(reader, &ticket, &comments, &files, &history, &telling),
        may_reply: ticket.merged.is_none(),
        may_solve: ticket.category.is_open(),
        may_reopen: !ticket.category.is_open() && ticket.merged.is_none() && !over,
        goes_on: goes_on(tx, reader, &ticket)?,
        draft: String::new(),
        error: None,
    })
}

/// The number of the ticket on which the matter of this one goes on.
fn goes_on(tx: &Tx, reader: &Reader, ticket: &Ticket) -> Result<Option<String>> {
    let Some(merged) = &ticket.merged else { return Ok(None) };
    let other = tx.get::<Ticket>(&merged.into)?.filter(|it| access::may_see(reader.actor(), it));
    Ok(other.map(|it| number::text(&reader.settings, it.kind, it.number)))
}

const OVER: &str = "It was closed a while ago. If you write below, it goes on as a new ticket that is tied to this one.";

/// What happens next, in a sentence.
fn next(ticket: &Ticket, assignee: Option<&str>) -> String {
    if ticket.merged.is_some() {
        return "It is one matter with another ticket, where it goes on.".to_owned();
    }
    match (ticket.category, assignee) {
        (Category::New, None) => "Somebody will look at it soon.".to_owned(),
        (Category::New | Category::Active, Some(name)) => format!("{name} is looking into it."),
        (Category::Active, None) => "We are looking into it.".to_owned(),
        (Category::Waiting, _) if ticket.state.starts_with("awaiting_info") => "We need your answer to go on.".to_owned(),
        (Category::Waiting, _) => "It goes on as soon as what we wait for is here.".to_owned(),
        (Category::Resolved, _) => "If it is not solved for you, say so and we go on.".to_owned(),
        (Category::Closed, _) => String::new(),
    }
}

/// What was promised, for the person who was promised it. The clock that stands still is said to stand still.
fn promise(ticket: &Ticket, now: Instant) -> Option<(String, Option<Instant>)> {
    let targets = ticket.targets.as_ref().filter(|_| ticket.category.is_open() && ticket.merged.is_none())?;
    if targets.is_paused() {
        return Some(("Our clock stands still until then".to_owned(), None));
    }
    let open = |target| targets.clock(target).filter(|it| it.is_open()).and_then(|it| it.due_at);
    let (due, kept, missed) = match (open(Target::Response), open(Target::Resolution)) {
        (Some(due), _) => (due, "We answer", "We wanted to answer"),
        (None, Some(due)) => (due, "We aim to have it solved", "We wanted to have it solved"),
        (None, None) => return None,
    };
    Some((if due > now { kept } else { missed }.to_owned(), Some(due)))
}

pub async fn escalate(reader: Reader, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let (actor, named, reason) = (reader.actor().clone(), text.clone(), sent.text("reason").to_owned());
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        service_levels::escalate(tx, &actor, ticket.id, &reason)
    });
    match done.await {
        Ok(ticket) => Ok(see_and_say(&address(&reader, &ticket), &said::done("We have told the people in charge."))),
        Err(error) => refused(&reader, &text, String::new(), error),
    }
}

/// What was said and what happened, oldest first.
fn story(
    reader: &Reader,
    ticket: &Ticket,
    comments: &[Comment],
    files: &[Attachment],
    history: &[HistoryEntry],
    telling: &Telling<'_>,
) -> Vec<Happened> {
    let me = reader.person();
    let number = number::text(&reader.settings, ticket.kind, ticket.number);
    let shown: Vec<_> = files.iter().collect();
    let said = |at: Instant, who: Option<_>, comment: Option<CommentId>, source: &Source<'_>| {
        let message = comment.map_or_else(|| DESCRIPTION.to_owned(), |it| it.to_string());
        let own: Vec<_> = files.iter().filter(|it| it.comment == comment).collect();
        let text = written(source, &shown);
        let files = beside(&own, &text);
        Happened {
            who: who.map_or_else(|| Face::named(reader.settings.name.as_str()), |it| face(telling.cast, it)),
            mine: who == Some(me),
            at,
            what: What::Said(Said {
                html: text.html,
                mail: text.mail,
                paper: text.paper,
                blocked_pictures: text.remote_pictures,
                show_pictures: Side::Requesters.address(&number, &message),
                files,
            }),
        }
    };
    let first = said(ticket.created_at, Some(ticket.requester), None, &Source::of_ticket(ticket));
    let mut story = vec![first];
    story.extend(comments.iter().map(|it| said(it.created_at, it.author, Some(it.id), &Source::of_comment(it))));
    story.extend(history.iter().rev().filter_map(|it| {
        let (who, text) = telling.for_requester(it)?;
        let face = who.map_or_else(|| Face::named(reader.settings.name.as_str()), |it| face(telling.cast, it));
        let mine = who == Some(me);
        // "You" goes with another form of the verb.
        let text = if mine { text.replacen("is ", "are ", 1) } else { text };
        Some(Happened { mine, who: face, at: it.at, what: What::Did(text) })
    }));
    // Stable: what happened in one moment stays in the order in which it was told.
    story.sort_by_key(|it| it.at);
    story
}
