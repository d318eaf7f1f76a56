//! Where the palette leads besides the actions of the page: every list, queue, report and page that the reader may open, by name; the
//! macros of the ticket that is open; the tickets that have the number that is typed; and articles and people of that name.

use axum::{Json, extract::State, response::IntoResponse};
use serde::Serialize;

use super::place::{VIEWS, queue_address, view_address};
use crate::{
    appliance::{articles, people},
    desk::{
        Tx,
        features::Feature,
        identity::{PeopleFilter, Person},
        knowledge::{self, Readership},
        macros,
        permission::Permission,
        queues,
        tickets::{Ticket, access, number},
        views,
    },
    error::Result,
    http::{App, Problem, features::is_away, query::Query},
    web::{
        account,
        admin::shell::{groups, mail_of},
        answers::{account::parts_of, site::Agent},
        console::{shell::REPORTS, tools::SHELVES},
        tongue::t,
    },
};

/// What an entry is, for the script: it can be asked for those of one kind only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Sort {
    Ticket,
    Article,
    Person,
    Macro,
    View,
    Queue,
    Report,
    Page,
    Account,
    Settings,
    Action,
}

impl Sort {
    fn hint(self) -> &'static str {
        match self {
            Sort::Ticket => t!("palette-ticket"),
            Sort::Article => t!("search-kind-article"),
            Sort::Person => t!("search-kind-person"),
            Sort::Macro => t!("palette-macro"),
            Sort::View => t!("palette-view"),
            Sort::Queue => t!("palette-queue"),
            Sort::Report => t!("palette-report"),
            Sort::Page => t!("palette-page"),
            Sort::Account => t!("palette-account"),
            Sort::Settings => t!("palette-settings"),
            Sort::Action => t!("palette-action"),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    kind: Sort,
    name: String,
    hint: &'static str,
    /// Other words that it is found by.
    #[serde(skip_serializing_if = "str::is_empty")]
    words: &'static str,
    /// Where it leads.
    #[serde(skip_serializing_if = "String::is_empty")]
    href: String,
    /// Or what it presses, as `palette.js` knows it.
    #[serde(skip_serializing_if = "str::is_empty")]
    press: &'static str,
}

fn entry(kind: Sort, name: impl Into<String>, href: impl Into<String>) -> Entry {
    Entry { kind, name: name.into(), hint: kind.hint(), words: "", href: href.into(), press: "" }
}

/// Everything by name; with `ticket` its macros as well, and with `number` only the tickets that have it, with `find`
/// only articles and people.
pub async fn entries(State(app): State<App>, agent: Agent, query: Query) -> Result<impl IntoResponse, Problem> {
    if let Some(text) = query.get("number") {
        return Ok(Json(agent.desk.read(|tx| numbered(tx, &agent, text))?));
    }
    if let Some(text) = query.get("find") {
        agent.desk.index_hears_of_others().await;
        return Ok(Json(agent.desk.read(|tx| named(tx, &agent, text))?));
    }
    let mut all = Vec::new();
    if let Some(text) = query.get("ticket") {
        all.extend(agent.desk.read(|tx| macros_for(tx, &agent, text))?);
    }
    all.extend(VIEWS.iter().map(|it| entry(Sort::View, it.name, view_address(it.key))));
    all.extend(agent.desk.read(|tx| own_places(tx, &agent))?);
    let is_here = |href: &str| !is_away(agent.off, href);
    all.extend(REPORTS.into_iter().filter(|it| is_here(it.1)).map(|(name, href, _)| entry(Sort::Report, name, href)));
    let pages = [
        (t!("shift-title"), "/agent/dashboard"),
        (t!("word-new-ticket"), "/agent/tickets/new"),
        (t!("word-search"), "/agent/search"),
        (t!("live-show-all"), "/notifications"),
        (t!("palette-portal"), "/"),
        (t!("palette-style-guide"), "/styleguide"),
    ];
    all.extend(pages.map(|(name, href)| entry(Sort::Page, name, href)));
    all.extend(SHELVES.iter().filter(|it| is_here(it.href)).map(|it| entry(Sort::Page, it.name, it.href)));
    let parts = account::all(parts_of(&app, &agent)?);
    all.extend(parts.into_iter().map(|(_, name, href)| entry(Sort::Account, name, href)));
    all.push(entry(Sort::Account, t!("account-second-factor"), "/account/second-factor"));
    all.extend(settings(&agent));
    for (name, press) in [(t!("layout-light-dark"), "theme"), (t!("layout-sign-out"), "sign-out")] {
        all.push(Entry { press, ..entry(Sort::Action, name, "") });
    }
    Ok(Json(all))
}

/// Saved views and queues.
fn own_places(tx: &Tx, agent: &Agent) -> Result<Vec<Entry>> {
    let saved = views::usable(tx, agent.actor())?.into_iter().map(|it| entry(Sort::View, it.name, view_address(&it.id.to_string())));
    let queues = queues::queues(tx)?.into_iter().map(|it| {
        let href = queue_address(&it);
        entry(Sort::Queue, it.name, href)
    });
    Ok(saved.chain(queues).collect())
}

/// The pages of settings, of mail and of the server that the reader may open.
fn settings(agent: &Agent) -> Vec<Entry> {
    let frame = agent.frame();
    let mut all = groups(&frame);
    // Who looks after mail only has these in the rail of the console as well; an admin has them among the others.
    if all.is_empty() {
        all.extend(frame.viewer.as_ref().and_then(mail_of).map(|(name, of)| (name, of.to_vec())));
    }
    let sections = all.into_iter().flat_map(|it| it.1);
    sections.map(|it| Entry { words: it.hint.text(), ..entry(Sort::Settings, it.name, it.href) }).collect()
}

/// The macros that may be used on a ticket; none on one that the reader may not change.
fn macros_for(tx: &Tx, agent: &Agent, text: &str) -> Result<Vec<Entry>> {
    let Some(ticket) = seen(tx, agent, text)?.into_iter().next() else { return Ok(Vec::new()) };
    if agent.off.has(Feature::Macros) || access::need(agent.actor(), Permission::TicketsWrite, &ticket).is_err() {
        return Ok(Vec::new());
    }
    let at = number::text(&agent.settings, ticket.kind, ticket.number);
    let offered = macros::offered(tx, agent.actor(), &ticket)?;
    Ok(offered.into_iter().map(|it| entry(Sort::Macro, it.name, format!("/agent/tickets/{at}/macros?macro={}", it.id))).collect())
}

/// The tickets of a number that the reader may see.
fn numbered(tx: &Tx, agent: &Agent, text: &str) -> Result<Vec<Entry>> {
    let found = seen(tx, agent, text)?.into_iter().map(|it| {
        let number = number::text(&agent.settings, it.kind, it.number);
        let href = format!("/agent/tickets/{number}");
        entry(Sort::Ticket, t!("palette-go-to", number = number, title = it.title), href)
    });
    Ok(found.collect())
}

/// The articles and the people that a text may mean, as far as the reader may see them.
fn named(tx: &Tx, agent: &Agent, text: &str) -> Result<Vec<Entry>> {
    let mut all = Vec::new();
    if !agent.off.has(Feature::Knowledge) {
        let readers = Readership::of(tx, Some(agent.actor()))?;
        let question =
            knowledge::Question { text: text.to_owned(), state: Some(knowledge::State::Published), ..knowledge::Question::default() };
        let found = articles::find(&agent.desk, tx, &readers, &question, NAMED_MAX)?;
        all.extend(found.into_iter().map(|it| entry(Sort::Article, it.article.title, format!("/agent/knowledge/{}", it.article.id))));
    }
    if agent.actor().may(Permission::PeopleRead) {
        let filter = PeopleFilter { text: text.to_owned(), active: Some(true), ..PeopleFilter::default() };
        let (found, _) = people::list(&agent.desk, tx, agent.actor(), &filter, 0, NAMED_MAX)?;
        let of = |it: Person| {
            let asked: String = form_urlencoded::byte_serialize(format!("requester:{}", it.email).as_bytes()).collect();
            entry(Sort::Person, it.name, format!("/agent/search?q={asked}"))
        };
        all.extend(found.into_iter().map(of));
    }
    Ok(all)
}

/// Articles and people that are offered.
const NAMED_MAX: usize = 5;

fn seen(tx: &Tx, agent: &Agent, text: &str) -> Result<Vec<Ticket>> {
    let mut found = Vec::new();
    for id in number::meant(tx, text)? {
        found.extend(tx.get::<Ticket>(&id)?.filter(|it| access::may_see(agent.actor(), it)));
    }
    Ok(found)
}
