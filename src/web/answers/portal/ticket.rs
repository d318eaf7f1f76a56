//! A ticket as its requester sees it: what happened in plain words, their answer, and the two things that they may decide.

use axum::{http::StatusCode, response::Response};

use crate::{
    desk::{
        Tx,
        attachments::uploads,
        attachments::{self, Attachment},
        closing,
        drafts::Place,
        notices,
        service_levels::{self, Target},
        tickets::{self, Cast, Category, Channel, Comment, HistoryEntry, NewComment, NewTicket, Ticket, TicketChange, access, number},
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::CommentId,
    time::Instant,
    web::{
        answers::{
            alike, drafts,
            form::Sent,
            happened::{self, Telling},
            notices::count_changed,
            own_fields,
            pictures::{DESCRIPTION, Side},
            said,
            site::{Reader, page, see, see_and_say, with_mail},
            words::{Words, category, face, first_name},
            written::{Source, beside, written},
        },
        components::avatar::Face,
        portal::ticket::{Happened, MyTicketView, Said, What, page as ticket_page},
        tongue::{self, Phrase, phrase, t},
    },
};

/// Events that the page tells of.
const EVENTS_SHOWN_MAX: usize = 200;

pub async fn show(reader: Reader, Path(text): Path<String>) -> Result<Response, Problem> {
    let unread = reader.desk.read(|tx| {
        let ticket = access::named(tx, reader.actor(), &text)?;
        Ok(notices::has_unread(tx, reader.actor(), ticket.id)?.then_some(ticket.id))
    })?;
    // Whoever looks at it has read what they were told of it.
    if let Some(id) = unread {
        let actor = reader.actor().clone();
        reader.desk.write(Some(reader.person()), move |tx| notices::seen(tx, &actor, id).map(drop)).await?;
        count_changed(&reader);
    }
    draw(&reader, &text, String::new(), None, StatusCode::OK)
}

fn draw(reader: &Reader, text: &str, draft: String, error: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let view = reader.desk.read(|tx| view(tx, reader, text))?;
    let draft = if draft.is_empty() && error.is_none() { view.draft.clone() } else { draft };
    Ok(with_mail(page(status, ticket_page(&MyTicketView { draft, error, ..view }))))
}

pub async fn reply(reader: Reader, Path(text): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let body = sent.text("body").to_owned();
    let uploaded = sent.uploads();
    let mut comment = NewComment { files: sent.files, ..NewComment::new(body.as_str(), false, Channel::Portal) };
    let (actor, named) = (reader.actor().clone(), text.clone());
    let done = reader.desk.write(Some(reader.person()), move |tx| {
        let ticket = access::named(tx, &actor, &named)?;
        comment.files.extend(uploads::claim(tx, &actor, &uploaded)?);
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
            Ok(see_and_say(&address(&reader, &ticket), &said::done(t!("portal-thank-you-goes", number = number))))
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
            let text = if ticket.category.is_open() { t!("portal-we-look-again") } else { t!("portal-good-hear-thank-you") };
            Ok(see_and_say(&address(&reader, &ticket), &said::done(text)))
        }
        Err(error) => refused(&reader, &text, String::new(), error),
    }
}

/// The page with what was written and why it was not taken.
fn refused(reader: &Reader, text: &str, draft: String, error: Error) -> Result<Response, Problem> {
    match error {
        Error::Refused(Refusal { code: code @ (Code::Validation | Code::Conflict), detail, .. }) => {
            draw(reader, text, draft, Some(tongue::sentence(&detail)), problem::status_of(code))
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
    let number = number::text(&reader.settings, ticket.kind, ticket.number);
    let (kept, draft) = drafts::kept(tx, actor, &number, Place::Ticket(ticket.id))?;
    let assignee = ticket.assignee.and_then(|it| cast.person(it)).map(|it| first_name(&it.name));
    Ok(MyTicketView {
        frame: reader.frame(),
        number: number::text(&reader.settings, ticket.kind, ticket.number),
        title: ticket.title.clone(),
        category: category(ticket.category),
        outage: alike::outage_of(tx, &ticket)?,
        own: own_fields::told(tx, &ticket)?,
        promise: promise(&ticket, tx.now()),
        may_escalate: service_levels::may_escalate(actor, &ticket, tx.now()),
        next: if over { OVER.into() } else { next(&ticket, assignee) },
        happened: story(reader, &ticket, &comments, &files, &history, &telling),
        may_reply: ticket.merged.is_none(),
        may_solve: ticket.category.is_open(),
        may_reopen: !ticket.category.is_open() && ticket.merged.is_none() && !over,
        goes_on: goes_on(tx, reader, &ticket)?,
        draft: draft.map_or_else(String::new, |it| it.text("body").to_owned()),
        kept,
        error: None,
    })
}

/// The number of the ticket on which the matter of this one goes on.
fn goes_on(tx: &Tx, reader: &Reader, ticket: &Ticket) -> Result<Option<String>> {
    let Some(merged) = &ticket.merged else { return Ok(None) };
    let other = tx.get::<Ticket>(&merged.into)?.filter(|it| access::may_see(reader.actor(), it));
    Ok(other.map(|it| number::text(&reader.settings, it.kind, it.number)))
}

const OVER: Phrase = phrase!("portal-over");

/// What happens next, in a sentence.
fn next(ticket: &Ticket, assignee: Option<&str>) -> String {
    if ticket.merged.is_some() {
        return t!("portal-one-matter-another-ticket").to_owned();
    }
    match (ticket.category, assignee) {
        (Category::New, None) => t!("portal-somebody-will-look-soon").to_owned(),
        (Category::New | Category::Active, Some(name)) => t!("portal-looking-into", name = name),
        (Category::Active, None) => t!("portal-we-looking-into").to_owned(),
        (Category::Waiting, _) if ticket.state.starts_with("awaiting_info") => t!("portal-we-need-your-answer").to_owned(),
        (Category::Waiting, _) => t!("portal-goes-soon-what-we").to_owned(),
        (Category::Resolved, _) => t!("portal-if-not-solved-you").to_owned(),
        (Category::Closed, _) => String::new(),
    }
}

/// What was promised, for the person who was promised it. The clock that stands still is said to stand still.
fn promise(ticket: &Ticket, now: Instant) -> Option<(String, Option<Instant>)> {
    let targets = ticket.targets.as_ref().filter(|_| ticket.category.is_open() && ticket.merged.is_none())?;
    if targets.is_paused() {
        return Some((t!("portal-our-clock-stands-still").to_owned(), None));
    }
    let open = |target| targets.clock(target).filter(|it| it.is_open()).and_then(|it| it.due_at);
    let (due, kept, missed) = match (open(Target::Response), open(Target::Resolution)) {
        (Some(due), _) => (due, t!("portal-we-answer"), t!("portal-we-wanted-answer")),
        (None, Some(due)) => (due, t!("portal-we-aim-solved"), t!("portal-we-wanted-solved")),
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
        Ok(ticket) => Ok(see_and_say(&address(&reader, &ticket), &said::done(t!("portal-we-told-people-charge")))),
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
        let (who, text) = telling.for_requester(it, me)?;
        let face = who.map_or_else(|| Face::named(reader.settings.name.as_str()), |it| face(telling.cast, it));
        let mine = who == Some(me);
        Some(Happened { mine, who: face, at: it.at, what: What::Did(text.to_owned()) })
    }));
    // Stable: what happened in one moment stays in the order in which it was told.
    story.sort_by_key(|it| it.at);
    story
}
