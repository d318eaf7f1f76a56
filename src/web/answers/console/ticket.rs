//! One ticket in the console: conversation, history and files, each with an address, and the answer to every change of it.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use maud::html;

use super::{
    callers, checklist, later, list, people, place::Place, presence, property, rail, service_level, shared_drafts, side_by_side,
    thread::Spoken, time_spent,
};
use crate::{
    appliance::lists::in_scope,
    desk::{
        Tx, attachments, closing,
        drafts::{Draft, Place as At},
        duplicates::outage::{self, Outage, State},
        features::Feature,
        identity::Person,
        knowledge::{Article, How},
        mail::{
            outbox, recipients,
            suppression::{self, Suppression},
        },
        notices,
        permission::Permission,
        routing::{self, Decision, Takes},
        satisfaction,
        tickets::{self, Cast, Comment, Kind, Ticket, access, number},
    },
    error::Result,
    http::{Problem, path::Path},
    web::{
        answers::{
            admin::letters::ADDRESSES,
            alike, drafts,
            happened::{self, Telling, via},
            notices::count_changed,
            own_fields,
            pictures::DESCRIPTION,
            portal::knowledge,
            site::{Agent, fragment, page, with_mail},
            words::{Words, category, face, first_name, priority},
            written,
        },
        components::{
            article::ArticleLine,
            banner::Banner,
            composer::{ComposerView, TimeField, Unreached},
            timeline::Step,
            why::WhyLine,
        },
        console::{
            list::{Vocabulary, pane as list_pane},
            shell,
            ticket::{Beyond, LinkView, MergedView, PartRow, RequesterView, Tabbed, TicketPageView, TicketView, page as ticket_page, pane},
            time_spent::TimeView,
        },
        tongue::{self, t},
    },
};

/// Events of a ticket that a page shows; older ones are in the audit log.
const EVENTS_SHOWN_MAX: usize = 500;
/// Links whose titles are shown.
const LINKS_SHOWN_MAX: usize = 50;

/// What the middle of the pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Conversation,
    Tasks,
    Files,
    Links,
    History,
}

impl Part {
    /// By the last part of its address.
    pub fn named(name: &str) -> Part {
        match name {
            "tasks" => Part::Tasks,
            "files" => Part::Files,
            "links" => Part::Links,
            "history" => Part::History,
            _ => Part::Conversation,
        }
    }
}

/// What somebody wrote or wanted that was not done, so that it stands on the page again.
#[derive(Debug, Clone, Default)]
pub struct Undone {
    pub body: String,
    pub note: bool,
    /// To, Cc and Bcc, as they were typed.
    pub addresses: [String; 3],
    /// How long it took, and on what, as they were sent.
    pub time: [String; 2],
    /// About what was written.
    pub error: Option<String>,
    /// About anything else.
    pub conflict: Option<Banner>,
}

impl Undone {
    /// With what is kept of an answer, where nothing was just typed.
    fn or_kept(mut self, draft: Option<&Draft>) -> Undone {
        if let Some(it) = draft.filter(|_| self.body.is_empty() && self.error.is_none()) {
            self.body = it.text("body").to_owned();
            self.note = it.text("mode") == "note";
            self.addresses = ["to", "cc", "bcc"].map(|name| it.text(name).to_owned());
            self.time = ["time", "timeCategory"].map(|name| it.text(name).to_owned());
        }
        self
    }
}

pub async fn conversation(agent: Agent, Path(text): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    // A browser that fetches ahead has nobody who reads.
    let is_ahead = headers.get("sec-purpose").and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains("prefetch"));
    if !is_ahead {
        take(&agent, &text).await?;
        look(&agent, &text).await?;
    }
    show(&agent, &text, Part::Conversation, Undone::default(), StatusCode::OK).await
}

/// Whoever opens what nobody has gets it, where its queue wants that.
async fn take(agent: &Agent, text: &str) -> Result<(), Problem> {
    let actor = agent.actor().clone();
    let wanted = agent.desk.read(|tx| {
        let ticket = access::named(tx, &actor, text)?;
        Ok(routing::would_take(tx, &actor, &ticket, Takes::OnOpen)?.then_some(ticket.id))
    })?;
    if let Some(id) = wanted {
        agent.desk.write(Some(agent.person()), move |tx| routing::opened(tx, &actor, id)).await?;
    }
    Ok(())
}

/// Whoever looks at a ticket is shown to the others on it, and has read what they were told of it.
async fn look(agent: &Agent, text: &str) -> Result<(), Problem> {
    let (ticket, unread) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        let unread = notices::has_unread(tx, agent.actor(), ticket.id)?;
        Ok((ticket, unread))
    })?;
    presence::looks(agent, &ticket)?;
    if unread {
        let (actor, id) = (agent.actor().clone(), ticket.id);
        agent.desk.write(Some(agent.person()), move |tx| notices::seen(tx, &actor, id).map(drop)).await?;
        count_changed(agent);
    }
    Ok(())
}

pub async fn history(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    show(&agent, &text, Part::History, Undone::default(), StatusCode::OK).await
}

pub async fn files(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    show(&agent, &text, Part::Files, Undone::default(), StatusCode::OK).await
}

pub async fn tasks(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    show(&agent, &text, Part::Tasks, Undone::default(), StatusCode::OK).await
}

pub async fn links_of(agent: Agent, Path(text): Path<String>) -> Result<Response, Problem> {
    show(&agent, &text, Part::Links, Undone::default(), StatusCode::OK).await
}

/// The page of a ticket, or the parts of it that are wanted.
pub async fn show(agent: &Agent, text: &str, part: Part, undone: Undone, status: StatusCode) -> Result<Response, Problem> {
    let frame = agent.frame();
    let (ticket, view) = agent.desk.read(|tx| {
        let ticket = access::named(tx, agent.actor(), text)?;
        let view = view(tx, agent, &ticket, part, undone)?;
        Ok((ticket, view))
    })?;
    let place = agent.desk.read(|tx| Place::remembered(tx, agent.actor(), agent.last_list.as_deref()))?;
    let list = if agent.wants("list") { Some(list::list(agent, &place, Some(ticket.id)).await?) } else { None };
    let rail = if agent.wants("rail") { Some(agent.desk.read(|tx| rail::view(tx, agent, &place.href))?) } else { None };
    if let (false, Some(list), Some(rail)) = (agent.is_fragment(), &list, &rail) {
        let view = TicketPageView { frame, rail: rail.clone(), list: list.clone(), ticket: view };
        return Ok(with_mail(page(status, ticket_page(&view))));
    }
    let title = format!("{} {}", view.number, view.title);
    let parts = html! {
        @if let Some(rail) = &rail { (shell::rail(&frame, rail)) }
        @if let Some(list) = &list { (list_pane(&frame, list, false)) }
        @if agent.wants("ticket") { (pane(&frame, &view, &place.address())) }
    };
    Ok(with_mail(page(status, fragment(&frame, &title, parts))))
}

fn view(tx: &Tx, agent: &Agent, ticket: &Ticket, part: Part, undone: Undone) -> Result<TicketView> {
    let actor = agent.actor();
    let words = Words::of(tx)?;
    let comments = tickets::comments(tx, actor, ticket)?;
    let files = if ticket.has_attachments { attachments::of_ticket(tx, actor, ticket)? } else { Vec::new() };
    let history = tickets::history(tx, actor, ticket, None, 0, EVENTS_SHOWN_MAX)?.entries;
    let mut cast = Cast::of(tx, [ticket])?;
    cast.meet(tx, comments.iter().filter_map(|it| it.author).chain(ticket.watchers.iter().copied()))?;
    cast.meet(tx, happened::people(&history))?;
    let attention =
        ticket.targets.as_ref().map(|it| it.escalated.as_ref().map(|it| it.by).into_iter().chain(it.acknowledged.map(|it| it.by)));
    cast.meet(tx, attention.into_iter().flatten())?;
    let steps = checklist::view(tx, actor, ticket, &mut cast)?;
    let time = time_spent::view(tx, actor, ticket, &mut cast)?;
    cast.meet(tx, ticket.snoozed.as_ref().map(|it| it.by))?;
    let letters = if access::reads_notes(actor, ticket) { outbox::of_ticket(tx, ticket.id)? } else { Vec::new() };
    let number = number::text(&agent.settings, ticket.kind, ticket.number);
    let telling = Telling { words: &words, cast: &cast, kind: ticket.kind };
    let tabbed = match part {
        Part::Conversation => {
            let spoken = Spoken {
                ticket,
                number: &number,
                comments: &comments,
                files: &files,
                history: &history,
                telling,
                letters: &letters,
                now: agent.desk.now(),
            };
            Tabbed::Conversation(spoken.entries())
        }
        Part::History => Tabbed::History(history.iter().rev().map(|it| step(&telling, &number, it)).collect()),
        Part::Files => Tabbed::Files(files.iter().map(written::file).collect()),
        Part::Tasks => Tabbed::Tasks(parts(tx, agent, &words, ticket)?),
        Part::Links => Tabbed::Links,
    };
    let requester = cast.person(ticket.requester);
    let (kept, draft) = drafts::kept(tx, actor, &number, At::Ticket(ticket.id))?;
    let undone = undone.or_kept(draft.as_ref());
    let shares = access::works_on(actor, ticket) && access::reads_notes(actor, ticket);
    Ok(TicketView {
        title: ticket.title.clone(),
        kind: tongue::word("kind-", ticket.kind.name()).to_owned(),
        category: category(ticket.category),
        status_name: words.status(ticket.kind, &ticket.state),
        status: ticket.state.clone(),
        priority: priority(ticket.priority),
        impact: ticket.impact.to_string(),
        urgency: ticket.urgency.to_string(),
        assignee: ticket.assignee.map_or_else(String::new, |it| it.to_string()),
        queue: ticket.queue.map_or_else(String::new, |it| it.to_string()),
        subject: ticket.subtopic.or(ticket.topic).map_or_else(String::new, |it| it.to_string()),
        tags: ticket.tags.clone(),
        clocks: service_level::of_head(ticket),
        service_level: service_level::view(tx, agent, &words, &cast, ticket)?,
        created: ticket.created_at,
        channel: via(ticket.channel.name()).to_owned(),
        requester: requester_view(agent, ticket, &cast),
        watchers: ticket.watchers.iter().map(|it| (it.to_string(), face(&cast, *it))).collect(),
        people: callers::source(agent),
        due: property::due_typed(ticket),
        due_shown: ticket.due_at.map(tongue::exact).unwrap_or_default(),
        parts: tickets::children(tx, ticket)?.iter().filter(|it| access::may_see(actor, it)).count(),
        may_delete: access::may(actor, Permission::TicketsDelete, ticket),
        watching: ticket.watchers.contains(&agent.person()),
        links: links(tx, agent, ticket)?,
        merged: merged(tx, agent, ticket)?,
        may_write_articles: crate::desk::knowledge::may_write(actor),
        joined: joined(tx, agent, ticket)?,
        beyond: beyond(tx, agent, ticket)?,
        here: presence::others(tx, agent, ticket)?,
        open: side_by_side::tabs(tx, agent, ticket.id)?,
        shared: shared_drafts::views(tx, agent, ticket)?,
        later: later::view(tx, agent, ticket, &cast)?,
        messages: comments.len() + 1,
        files: files.len(),
        tabbed,
        composer: ComposerView {
            addresses: undone.addresses,
            unreached: unreached(tx, ticket, &cast)?,
            release: if actor.may(Permission::SettingsWrite) { ADDRESSES.to_owned() } else { String::new() },
            offered: recipients::offered(tx, ticket, &comments)?,
            attachable: files.iter().filter(|it| !it.is_private).map(|it| (it.id.to_string(), it.filename.clone())).collect(),
            kept,
            texts: !agent.off.has(Feature::Snippets),
            articles: !agent.off.has(Feature::Knowledge),
            share: if shares { format!("/agent/tickets/{number}/drafts") } else { String::new() },
            people: format!("/agent/people?ticket={number}"),
            time: time_field(&time, undone.time).filter(|_| !agent.off.has(Feature::TimeEntries)),
            ..composer(&number, requester, &comments, undone.body, undone.note, undone.error)
        },
        conflict: undone.conflict,
        why: reasons(tx, agent, ticket)?,
        may_change: access::works_on(actor, ticket),
        own: own_fields::of_ticket(tx, ticket)?,
        checklist: steps,
        time,
        vocabulary: with_standing(tx, agent, words.for_one(ticket))?,
        number,
    })
}

/// Where the composer asks how long it took.
fn time_field(it: &TimeView, sent: [String; 2]) -> Option<TimeField> {
    let [text, chosen] = sent;
    it.may_add.then(|| TimeField { text, chosen, categories: it.categories.clone() })
}

/// Names of colleagues with a word on whether they are there.
fn with_standing(tx: &Tx, agent: &Agent, mut words: Vocabulary) -> Result<Vocabulary> {
    for it in &mut words.assignees {
        let id = it.value.parse().ok();
        if let Some(word) = id.map(|it| people::standing(tx, agent, it)).transpose()?.flatten() {
            it.label = format!("{} · {word}", it.label);
        }
    }
    Ok(words)
}

/// The decisions that stand, for those who work it.
fn reasons(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<WhyLine>> {
    if !access::works_on(agent.actor(), ticket) {
        return Ok(Vec::new());
    }
    let line = |it: &Decision| {
        Ok(WhyLine {
            what: tongue::word("question-", it.question.name()).to_owned(),
            why: tongue::sentence(&routing::why(tx, it)?),
            at: it.at,
        })
    };
    ticket.routed.decisions.iter().map(line).collect()
}

/// Of those who hear of a reply: addresses that nothing is sent to.
fn unreached(tx: &Tx, ticket: &Ticket, cast: &Cast) -> Result<Vec<Unreached>> {
    let mut found = Vec::new();
    for person in std::iter::once(ticket.requester).chain(ticket.watchers.iter().copied()) {
        let Some(it) = cast.person(person) else { continue };
        if let Some(Suppression { address, reason, since, letter, .. }) = suppression::of(tx, &it.email)? {
            found.push(Unreached { address, reason, since, by_hand: letter.is_none() });
        }
    }
    Ok(found)
}

fn step(telling: &Telling<'_>, number: &str, it: &tickets::HistoryEntry) -> Step {
    let (who, text) = (telling.who(it), telling.in_full(it));
    let then = html! { a.as-of href={ "/agent/tickets/" (number) "/history/" (it.seq) } { (t!("as-of-link")) } };
    Step { title: html! { strong { (who) } " " (text) " " (then) }, body: None, at: it.at, mine: false, now: false }
}

fn requester_view(agent: &Agent, ticket: &Ticket, cast: &Cast) -> RequesterView {
    let person = cast.person(ticket.requester);
    let email = person.map_or_else(String::new, |it| it.email.clone());
    let query: String = form_urlencoded::byte_serialize(format!("requester:{email}").as_bytes()).collect();
    let theirs = requested_by(ticket.requester);
    let open = agent.desk.board().count(&in_scope(agent.actor(), theirs));
    RequesterView {
        face: face(cast, ticket.requester),
        organization: ticket.organization.and_then(|it| cast.organization(it)).map_or_else(String::new, |it| it.name.clone()),
        // This one is not one of their others.
        open_tickets: open.saturating_sub(usize::from(ticket.category.is_open())),
        href: format!("/agent/search?q={query}"),
        reached_by: person.map_or_else(String::new, |it| it.reached_by().to_owned()),
        vip: cast.person(ticket.requester).is_some_and(|it| it.vip),
    }
}

/// The open tickets of a person.
fn requested_by(person: crate::id::PersonId) -> crate::desk::query::Cond {
    use crate::desk::query::{Category, Cond, Presence, StatusTest, Test};
    Cond::And(vec![
        Cond::Test(Test::Status(Category::OPEN.map(StatusTest::Category).to_vec())),
        Cond::Test(Test::Requester(Presence::OneOf { ids: [person.0].into(), or_none: false })),
    ])
}

fn links(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<LinkView>> {
    let mut links = Vec::new();
    for link in ticket.links.iter().take(LINKS_SHOWN_MAX) {
        let Some(other) = tx.get::<Ticket>(&link.ticket)?.filter(|it| access::may_see(agent.actor(), it)) else { continue };
        links.push(LinkView {
            kind: tongue::word("relation-", link.relation.name()).to_owned(),
            relation: link.relation.name().to_owned(),
            number: number::text(&agent.settings, other.kind, other.number),
            title: other.title,
            category: category(other.category),
        });
    }
    Ok(links)
}

/// Its sub-tickets, as far as the reader may see them.
fn parts(tx: &Tx, agent: &Agent, words: &Words, ticket: &Ticket) -> Result<Vec<PartRow>> {
    let mut parts = tickets::children(tx, ticket)?;
    parts.retain(|it| access::may_see(agent.actor(), it));
    let cast = Cast::of(tx, &parts)?;
    let row = |it: &Ticket| PartRow {
        number: number::text(&agent.settings, it.kind, it.number),
        title: it.title.clone(),
        category: category(it.category),
        status: words.status(it.kind, &it.state),
        assignee: it.assignee.map(|it| face(&cast, it)),
    };
    Ok(parts.iter().map(row).collect())
}

fn merged(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Option<MergedView>> {
    let Some(merged) = &ticket.merged else { return Ok(None) };
    let other = tx.get::<Ticket>(&merged.into)?.filter(|it| access::may_see(agent.actor(), it));
    let view = |it: Ticket| MergedView { number: number::text(&agent.settings, it.kind, it.number), title: it.title };
    Ok(Some(other.map(view).unwrap_or_default()))
}

fn joined(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Vec<LinkView>> {
    let others = tickets::merge::merged_into(tx, agent.actor(), ticket.id, LINKS_SHOWN_MAX)?;
    let view = |it: Ticket| LinkView {
        kind: "merged".to_owned(),
        relation: String::new(),
        number: number::text(&agent.settings, it.kind, it.number),
        title: it.title,
        category: category(it.category),
    };
    Ok(others.into_iter().map(view).collect())
}

/// What it has to do with others, and how its requester found it.
fn beyond(tx: &Tx, agent: &Agent, ticket: &Ticket) -> Result<Beyond> {
    let works = access::works_on(agent.actor(), ticket);
    let outage = outage::of_ticket(tx, ticket)?.filter(|_| works);
    let on_it = |(how, it): (How, Article)| {
        let (id, href) = (it.id.to_string(), super::knowledge::address(it.id));
        let line = ArticleLine { href, ..knowledge::line(it, String::new()) };
        (id, line, tongue::word("knowledge-how-", how.name()))
    };
    let articles: Vec<_> = crate::desk::knowledge::answered(tx, agent.actor(), ticket)?.into_iter().map(on_it).collect();
    let said = satisfaction::shown(agent.actor(), ticket).map(|it| {
        let score = match it.stars {
            Some(stars) => t!("ticket-5-stars", stars = stars),
            None => if it.good { t!("ticket-good") } else { t!("ticket-not-good") }.to_owned(),
        };
        (score, it.comment.clone(), it.at)
    });
    Ok(Beyond {
        alike: if works { alike::of_ticket(tx, agent, ticket)? } else { Vec::new() },
        may_declare: works
            && ticket.kind == Kind::Incident
            && ticket.category.is_open()
            && ticket.parent.is_none()
            && ticket.merged.is_none(),
        outage: outage.map(|it| (format!("/agent/outages/{}", it.id), standing(&it, ticket))),
        satisfaction: said,
        closes_at: closing::closes_at(tx, ticket.id)?,
        answers: if works && articles.is_empty() && ticket.category.is_open() {
            alike::beside(tx, agent, &ticket.title)?
        } else {
            Vec::new()
        },
        articles,
    })
}

/// What a ticket is to its outage, in a sentence.
fn standing(it: &Outage, ticket: &Ticket) -> String {
    let is_parent = it.parent == Some(ticket.id);
    match (it.state, is_parent) {
        (State::Declared, true) if !ticket.category.is_open() => t!("ticket-solved-outage-still-announced").to_owned(),
        (State::Declared, true) => t!("ticket-ticket-outage-announced-resolving").to_owned(),
        (State::Declared, false) => t!("ticket-part-outage-announced").to_owned(),
        (_, true) => t!("ticket-ticket-outage").to_owned(),
        (_, false) => t!("ticket-part-outage-over").to_owned(),
    }
}

fn composer(
    number: &str,
    requester: Option<&Person>,
    comments: &[Comment],
    body: String,
    note: bool,
    error: Option<String>,
) -> ComposerView {
    ComposerView {
        action: format!("/agent/tickets/{number}/comments"),
        draft: number.to_owned(),
        to: requester.map_or_else(String::new, |it| first_name(&it.name).to_owned()),
        body,
        note,
        seen: newest(comments),
        error,
        forward: format!("/agent/tickets/{number}/forward"),
        ..ComposerView::default()
    }
}

/// The newest message, or note, of the thread as its reader sees it, as the composer names it.
pub fn newest(comments: &[Comment]) -> String {
    comments.last().map_or_else(|| DESCRIPTION.to_owned(), |it| it.id.to_string())
}
