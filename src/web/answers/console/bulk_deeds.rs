//! One text for all picked tickets, all of them into one, all tied to one: the page that asks, and what became of each.

use axum::{http::StatusCode, response::Response};
use futures_util::future::join_all;

use super::{bulk, place::Place, rail, tools};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        bulk as deeds,
        idempotency::Call,
        permission::Permission,
        tickets::{Cast, Comment, Relation, Ticket, access, number},
        undo::Done,
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    language::say,
    web::{
        answers::{
            form::Sent,
            portal::lodge::fresh,
            said,
            site::{Agent, page, see_and_say},
            words::{Words, category, face},
        },
        components::{badge::Tone, toast::Toast},
        console::bulk::{BulkView, Deed, PickedRow, page as bulk_page},
        tongue::{self, t},
    },
};

fn deed_named(text: &str) -> Result<Deed> {
    Deed::named(text).ok_or_else(|| Refusal::not_found("page").into())
}

/// Refuses the page to whoever could do nothing with it.
fn need(actor: &Actor, deed: Deed) -> Result<()> {
    match deed {
        Deed::Comment => access::need_comment(actor),
        Deed::Merge | Deed::Link => actor.need(Permission::TicketsWrite),
    }
}

/// What somebody chose and typed.
#[derive(Debug, Clone, Default)]
struct Typed {
    mode: String,
    body: String,
    into: String,
    other: String,
    relation: String,
}

impl Typed {
    fn of(sent: &Sent) -> Typed {
        let text = |name: &str| sent.text(name).trim().to_owned();
        Typed { mode: text("mode"), body: text("body"), into: text("into"), other: text("other"), relation: text("relation") }
    }
}

/// What became of it, if something was done or refused already.
#[derive(Default)]
struct Before {
    /// Numbers and why nothing was done to them.
    refused: Vec<(String, String)>,
    done: Option<(String, Option<String>)>,
    error: Option<String>,
}

fn draw(agent: &Agent, deed: Deed, tickets: &[Ticket], typed: Typed, before: Before, status: StatusCode) -> Result<Response, Problem> {
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let view = agent.desk.read(|tx| {
        let words = Words::of(tx)?;
        let cast = Cast::of(tx, tickets)?;
        let row = |it: &Ticket| {
            let number = number::text(&agent.settings, it.kind, it.number);
            PickedRow {
                title: it.title.clone(),
                requester: face(&cast, it.requester).name,
                category: category(it.category),
                status: words.status(it.kind, &it.state),
                why_not: before.refused.iter().find(|(other, _)| *other == number).map(|it| it.1.clone()),
                number,
            }
        };
        let oldest = || deeds::oldest(tickets).map(|it| number::text(&agent.settings, it.kind, it.number)).unwrap_or_default();
        Ok(BulkView {
            frame: agent.frame(),
            rail: rail::view(tx, agent, &place.href)?,
            deed,
            list: (place.name.clone(), place.address()),
            rows: tickets.iter().map(row).collect(),
            mode: typed.mode.clone(),
            body: typed.body.clone(),
            placeholders: if deed == Deed::Comment { tools::placeholder_words() } else { Vec::new() },
            into: if typed.into.is_empty() { oldest() } else { typed.into.clone() },
            other: typed.other.clone(),
            relation: typed.relation.clone(),
            once: fresh(),
            error: before.error.clone(),
            done: before.done.clone(),
        })
    })?;
    Ok(page(status, bulk_page(&view)))
}

pub async fn form(agent: Agent, Path(deed): Path<String>, query: Query) -> Result<Response, Problem> {
    let deed = deed_named(&deed)?;
    need(agent.actor(), deed)?;
    let tickets = bulk::named_in(&agent, &query)?;
    if tickets.is_empty() {
        return bulk::nothing_picked(&agent);
    }
    let mode = query.get("mode").filter(|it| ["reply", "note"].contains(it)).unwrap_or_default().to_owned();
    draw(&agent, deed, &tickets, Typed { mode, ..Typed::default() }, Before::default(), StatusCode::OK)
}

pub async fn carry_out(agent: Agent, Path(deed): Path<String>, sent: Sent) -> Result<Response, Problem> {
    let deed = deed_named(&deed)?;
    need(agent.actor(), deed)?;
    let numbers = bulk::numbers(sent.all("ticket"))?;
    let tickets = agent.desk.read(|tx| bulk::seen(tx, agent.actor(), &numbers))?;
    if tickets.is_empty() {
        return bulk::nothing_picked(&agent);
    }
    let typed = Typed::of(&sent);
    let once = sent.get("once").map(|it| format!("{}.{}", it.chars().take(64).collect::<String>(), sent.digest()));
    let wanted = match wanted(&agent, deed, &typed, once) {
        Ok(it) => it,
        Err(Error::Refused(it)) if it.code == Code::Validation => {
            let said = it.fields.first().map_or_else(|| tongue::sentence(&it.detail), |it| tongue::sentence(&it.message));
            let before = Before { error: Some(said), ..Before::default() };
            return draw(&agent, deed, &tickets, typed, before, problem::status_of(it.code));
        }
        Err(error) => return Err(error.into()),
    };
    let (tickets, target): (Vec<Ticket>, Option<Ticket>) = match &wanted {
        // What all go on in stays where it is.
        Wanted::Merge(into) => (tickets.into_iter().filter(|it| it.id != into.id).collect(), Some(into.clone())),
        Wanted::Link(_, to) => (tickets.into_iter().filter(|it| it.id != to.id).collect(), Some(to.clone())),
        Wanted::Comment { .. } => (tickets, None),
    };
    if tickets.is_empty() {
        let before = Before { error: Some(t!("bulk-only-itself").to_owned()), ..Before::default() };
        return draw(&agent, deed, target.as_slice(), typed, before, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (toast, left) = each(&agent, &tickets, &wanted).await?;
    if left.is_empty() {
        let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
        let to = match (&wanted, &target) {
            (Wanted::Merge(_), Some(it)) => format!("/agent/tickets/{}", number::text(&agent.settings, it.kind, it.number)),
            _ => place.address(),
        };
        return Ok(see_and_say(&to, &toast));
    }
    let numbers: Vec<String> = left.iter().map(|it| it.0.clone()).collect();
    let tickets = agent.desk.read(|tx| bulk::seen(tx, agent.actor(), &numbers))?;
    // Those that are left go on there as well, so the one that was chosen is named as another.
    let other = target.map(|it| number::text(&agent.settings, it.kind, it.number)).unwrap_or_default();
    let typed = Typed { other, into: String::new(), ..typed };
    let before = Before { refused: left, done: Some((toast.text, toast.undo)), error: None };
    draw(&agent, deed, &tickets, typed, before, StatusCode::OK)
}

/// What is to be done to each of them.
#[derive(Clone)]
enum Wanted {
    Comment { body: String, is_note: bool, once: Option<String> },
    Merge(Ticket),
    Link(Relation, Ticket),
}

fn wanted(agent: &Agent, deed: Deed, typed: &Typed, once: Option<String>) -> Result<Wanted> {
    let named = |text: &str| {
        agent.desk.read(|tx| {
            access::named(tx, agent.actor(), text).map_err(|it| match it.code() {
                Some(Code::NotFound) => Refusal::field("other", "unknown", say!("links-there-no-ticket-write", number = text)).into(),
                _ => it,
            })
        })
    };
    match deed {
        Deed::Comment => {
            let is_note = match typed.mode.as_str() {
                "note" => true,
                "reply" => false,
                // Who reads it is never guessed.
                _ => return Err(Refusal::field("mode", "required", say!("thread-say-whether-reply-internal")).into()),
            };
            if typed.body.is_empty() {
                return Err(Refusal::field("body", "required", say!("refused-write-something-attach-file")).into());
            }
            Ok(Wanted::Comment { body: typed.body.clone(), is_note, once })
        }
        Deed::Merge => Ok(Wanted::Merge(named(if typed.other.is_empty() { &typed.into } else { &typed.other })?)),
        Deed::Link => {
            let relation = Relation::named(&typed.relation);
            let relation = relation.ok_or_else(|| Refusal::field("relation", "unknown", say!("links-tickets-not-tied-way")))?;
            Ok(Wanted::Link(relation, named(&typed.other)?))
        }
    }
}

fn one(tx: &mut Tx, actor: &Actor, named: &str, wanted: &Wanted) -> Result<Option<Done>> {
    match wanted {
        Wanted::Merge(into) => deeds::merge(tx, actor, named, into.id).map(Some),
        Wanted::Link(relation, to) => deeds::link(tx, actor, named, *relation, to.id).map(Some),
        Wanted::Comment { body, is_note, once } => {
            let route = format!("/agent/tickets/bulk/comment {named}");
            let call = once.as_ref().map(|it| Call::new(actor.person(), &route, it, b"")).transpose()?;
            deeds::comment(tx, actor, named, body, *is_note, call)
        }
    }
}

/// Does it to each, one command a ticket; gives the word about it, with the way back, and which were left, and why.
async fn each(agent: &Agent, tickets: &[Ticket], wanted: &Wanted) -> Result<(Toast, Vec<(String, String)>)> {
    let commands = tickets.iter().map(|it| {
        let (actor, named, wanted) = (agent.actor().clone(), it.id.to_string(), wanted.clone());
        agent.desk.write(Some(agent.person()), move |tx| one(tx, &actor, &named, &wanted))
    });
    let (mut done, mut fine, mut left) = (Vec::new(), 0, Vec::new());
    for (ticket, outcome) in tickets.iter().zip(join_all(commands).await) {
        match outcome {
            Ok(it) => {
                fine += 1;
                done.extend(it);
            }
            Err(Error::Refused(it)) => {
                left.push((number::text(&agent.settings, ticket.kind, ticket.number), tongue::sentence(&it.detail)));
            }
            Err(broken) => return Err(broken),
        }
    }
    let text = told(agent, wanted, fine, &done)?;
    let what = match wanted {
        Wanted::Comment { is_note: true, .. } => format!("the notes on {fine} tickets"),
        Wanted::Comment { .. } => format!("the replies to {fine} tickets"),
        Wanted::Merge(_) => format!("the merge of {fine} tickets"),
        Wanted::Link(..) => format!("the links of {fine} tickets"),
    };
    let tone = if left.is_empty() { Tone::Ok } else { Tone::Warn };
    Ok((Toast { tone, undo: bulk::way_back(agent, what, done).await, ..said::done(text) }, left))
}

fn told(agent: &Agent, wanted: &Wanted, fine: usize, done: &[Done]) -> Result<String> {
    Ok(match wanted {
        Wanted::Merge(into) => t!("bulk-merged", count = fine, into = number::text(&agent.settings, into.kind, into.number)),
        Wanted::Link(_, to) => t!("bulk-linked", count = fine, to = number::text(&agent.settings, to.kind, to.number)),
        Wanted::Comment { is_note: true, .. } => t!("bulk-noted", count = fine),
        Wanted::Comment { .. } => {
            let first = done.first().and_then(|it| Some((it.after.id, *it.comments.first()?)));
            let comment = first.map(|it| agent.desk.read(|tx| Ok(tx.get::<Comment>(&it)?))).transpose()?.flatten();
            let held = comment.and_then(|it| Some(it.held_until?.since(it.created_at).as_secs()));
            match held {
                Some(seconds) => t!("bulk-replied-held", count = fine, seconds = seconds),
                None => t!("bulk-replied", count = fine),
            }
        }
    })
}
