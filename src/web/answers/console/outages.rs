//! Outages in the console: the list, one of them, and what is done with it.

use axum::{http::StatusCode, response::Response};

use super::rail;
use crate::{
    desk::{
        Tx,
        actor::Actor,
        duplicates::outage::{self, Declaration, Outage, State},
        identity,
        permission::Permission,
        tickets::{Cast, Kind, Ticket, access, number},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem, query::Query},
    id::{OrganizationId, OutageId, TicketId},
    language::say,
    limits,
    web::{
        answers::{
            form::Sent,
            said,
            site::{Agent, page, see_and_say},
            words::face,
        },
        console::{
            outages::{AudienceRow, OutageRow, OutageView, OutagesView, PartRow, TICKED_BEFORE, list as list_page, page as outage_page},
            shell::RailView,
        },
        tongue::{self, t},
    },
};

/// Outages that the list shows.
const LISTED_MAX: usize = 100;

fn rail(agent: &Agent) -> Result<RailView> {
    agent.desk.read(|tx| rail::view(tx, agent, "/agent/outages"))
}

fn address(id: OutageId) -> String {
    format!("/agent/outages/{id}")
}

/// What the desk has noticed, in a sentence.
pub fn noticed(it: &Outage) -> String {
    let count = it.proposed.len();
    let minutes = (it.updated_at.since(it.began_at).as_secs() / 60).max(1);
    t!("outages-noticed", count = count, minutes = minutes)
}

fn says(it: &Outage) -> String {
    match it.state {
        State::Proposed => noticed(it),
        State::Dismissed => t!("outages-tickets-were-no-outage", count = it.proposed.len()),
        State::Declared | State::Ended => it.message.clone(),
    }
}

pub async fn list(agent: Agent) -> Result<Response, Problem> {
    let all = agent.desk.read(|tx| outage::newest(tx, agent.actor(), LISTED_MAX))?;
    let row = |it: Outage| OutageRow { href: address(it.id), state: it.state.name(), says: says(&it), began: it.began_at };
    let view = OutagesView { frame: agent.frame(), rail: rail(&agent)?, rows: all.into_iter().map(row).collect() };
    Ok(page(StatusCode::OK, list_page(&view)))
}

fn rows(tx: &Tx, agent: &Agent, tickets: &[Ticket]) -> Result<Vec<PartRow>> {
    let cast = Cast::of(tx, tickets)?;
    let row = |it: &Ticket| PartRow {
        number: number::text(&agent.settings, it.kind, it.number),
        title: it.title.clone(),
        who: face(&cast, it.requester).name,
        at: it.created_at,
    };
    Ok(tickets.iter().map(row).collect())
}

/// Organizations that the page offers besides those that are chosen.
const ORGANIZATIONS_SHOWN_MAX: usize = 200;

/// The organizations to choose from, by name, those that are told always among them; none for whoever may not know of them.
fn audience(tx: &Tx, actor: &Actor, told: &[OrganizationId]) -> Result<Vec<AudienceRow>> {
    if !actor.may(Permission::PeopleRead) {
        return Ok(Vec::new());
    }
    let mut all = identity::organizations(tx)?;
    all.sort_by_key(|it| (!told.contains(&it.id), it.name.to_lowercase()));
    all.truncate(ORGANIZATIONS_SHOWN_MAX.max(told.len()));
    all.sort_by_key(|it| it.name.to_lowercase());
    Ok(all.into_iter().map(|it| AudienceRow { told: told.contains(&it.id), id: it.id.to_string(), name: it.name }).collect())
}

/// Whom a form has chosen to tell: the organizations that are ticked, or everybody if none is. It has chosen nothing if it did not offer
/// that, or comes back as it went out: nobody has unticked an organization that is gone since.
fn ticked(actor: &Actor, sent: &Sent) -> Result<Option<Option<Vec<OrganizationId>>>> {
    let ids: Vec<&str> = sent.all("organization").collect();
    if !actor.may(Permission::PeopleRead) || !sent.has(TICKED_BEFORE) || ids.join(" ") == sent.text(TICKED_BEFORE) {
        return Ok(None);
    }
    let unknown = || Refusal::field("organizations", "unknown", say!("outages-there-no-such-organization"));
    let ids: Vec<OrganizationId> = ids.into_iter().map(|it| it.parse().map_err(|_| unknown())).collect::<Result<_, Refusal>>()?;
    Ok(Some(Some(ids).filter(|it| !it.is_empty())))
}

fn view(tx: &Tx, agent: &Agent, it: &Outage) -> Result<OutageView> {
    let actor = agent.actor();
    let parent = it.parent.map(|id| tx.get::<Ticket>(&id)).transpose()?.flatten().filter(|it| access::may_see(actor, it));
    let parts = it.parent.map(|id| outage::parts(tx, actor, id, limits::OUTAGE_AT_ONCE)).transpose()?.unwrap_or_default();
    let may_change = match &parent {
        Some(parent) => access::works_on(actor, parent),
        None => actor.may(Permission::TicketsWrite),
    };
    Ok(OutageView {
        frame: agent.frame(),
        href: address(it.id),
        state: it.state.name(),
        says: says(it),
        message: it.message.clone(),
        parent: rows(tx, agent, parent.as_slice())?.pop(),
        parts: rows(tx, agent, &parts)?,
        part_count: it.parent.map(|id| outage::count_parts(tx, id)).transpose()?.unwrap_or(0),
        proposed: rows(tx, agent, &outage::proposed(tx, actor, it)?)?,
        audience: audience(tx, actor, it.audience.as_deref().unwrap_or_default())?,
        may_change,
        ..OutageView::default()
    })
}

pub async fn show(agent: Agent, Path(id): Path<OutageId>) -> Result<Response, Problem> {
    draw(&agent, id, None, StatusCode::OK)
}

fn draw(agent: &Agent, id: OutageId, error: Option<String>, status: StatusCode) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| outage::outage(tx, agent.actor(), id).and_then(|it| view(tx, agent, &it)))?;
    Ok(page(status, outage_page(&OutageView { rail: rail(agent)?, error, ..view })))
}

/// The form for an outage that nobody proposed.
pub async fn fresh(agent: Agent, query: Query) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let view = agent.desk.read(|tx| {
        let parent = access::named(tx, agent.actor(), query.get("parent").unwrap_or_default())?;
        let found = crate::desk::duplicates::for_ticket(tx, &agent.desk.recent(), agent.actor(), &parent)?;
        let alike: Vec<Ticket> =
            found.into_iter().map(|it| it.ticket).filter(|it| it.kind == Kind::Incident && it.parent.is_none()).collect();
        Ok(OutageView {
            frame: agent.frame(),
            says: t!("outages-one-ticket-others-parts").to_owned(),
            parent: rows(tx, &agent, std::slice::from_ref(&parent))?.pop(),
            proposed: rows(tx, &agent, &alike)?,
            audience: audience(tx, agent.actor(), &[])?,
            may_change: true,
            ..OutageView::default()
        })
    })?;
    Ok(page(StatusCode::OK, outage_page(&OutageView { rail: rail(&agent)?, ..view })))
}

fn chosen(tx: &Tx, actor: &Actor, sent: &Sent) -> Result<Vec<TicketId>> {
    sent.all("part").take(limits::OUTAGE_AT_ONCE).map(|it| Ok(access::named(tx, actor, it)?.id)).collect()
}

async fn declared(agent: &Agent, sent: Sent, proposal: Option<OutageId>) -> Result<Outage> {
    let actor = agent.actor().clone();
    let done = agent.desk.write(Some(agent.person()), move |tx| {
        let parent = access::named(tx, &actor, sent.text("parent"))?.id;
        let new = Declaration {
            proposal,
            parts: chosen(tx, &actor, &sent)?.into_iter().filter(|it| *it != parent).collect(),
            message: sent.text("message").to_owned(),
            audience: ticked(&actor, &sent)?.flatten(),
            ..Declaration::of(parent)
        };
        outage::declare(tx, &actor, new)
    });
    done.await
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let it = declared(&agent, sent, None).await?;
    Ok(see_and_say(&address(it.id), &said::done(t!("outages-outage-declared-whoever-asked"))))
}

pub async fn declare(agent: Agent, Path(id): Path<OutageId>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    done(&agent, id, declared(&agent, sent, Some(id)).await, t!("outages-outage-declared-whoever-asked"))
}

pub async fn join(agent: Agent, Path(id): Path<OutageId>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let actor = agent.actor().clone();
    let result = agent.desk.write(Some(agent.person()), move |tx| {
        let parts = chosen(tx, &actor, &sent)?;
        outage::join(tx, &actor, id, &parts)
    });
    done(&agent, id, result.await, t!("outages-they-parts-now"))
}

pub async fn leave(agent: Agent, Path(id): Path<OutageId>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let actor = agent.actor().clone();
    let result = agent.desk.write(Some(agent.person()), move |tx| {
        let ticket = access::named(tx, &actor, sent.text("part"))?;
        outage::leave(tx, &actor, id, ticket.id)
    });
    done(&agent, id, result.await, t!("outages-no-part-any-more"))
}

pub async fn message(agent: Agent, Path(id): Path<OutageId>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let (actor, said) = (agent.actor().clone(), sent.text("message").to_owned());
    let result = agent.desk.write(Some(agent.person()), move |tx| outage::change(tx, &actor, id, Some(said), ticked(&actor, &sent)?));
    done(&agent, id, result.await, t!("word-saved"))
}

pub async fn end(agent: Agent, Path(id): Path<OutageId>, sent: Sent) -> Result<Response, Problem> {
    agent.actor().need(Permission::TicketsWrite)?;
    let actor = agent.actor().clone();
    let result = agent
        .desk
        .write(Some(agent.person()), move |tx| outage::end(tx, &actor, id, sent.has("resolve"), sent.get("said").map(str::to_owned)));
    done(&agent, id, result.await, t!("outages-over"))
}

fn done(agent: &Agent, id: OutageId, result: Result<Outage>, word: &str) -> Result<Response, Problem> {
    match result {
        Ok(_) => Ok(see_and_say(&address(id), &said::done(word))),
        Err(Error::Refused(refusal)) if matches!(problem::status_of(refusal.code).as_u16(), 409 | 422) => {
            let word = refusal.fields.first().map_or_else(|| tongue::sentence(&refusal.detail), |it| tongue::sentence(&it.message));
            draw(agent, id, Some(word), problem::status_of(refusal.code))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::permission::Permissions;

    #[test]
    fn whom_a_form_has_chosen_to_tell() {
        let [one, two] = ["01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"];
        let id = |it: &str| it.parse::<OrganizationId>().unwrap();
        let knows = Actor::system("test");
        let knows_not = Actor { permissions: Permissions::of(&[Permission::TicketsRead, Permission::TicketsWrite]), ..knows.clone() };
        for (actor, before, ticks, expected) in [
            (&knows, Some(""), vec![one, two], Some(Some(vec![id(one), id(two)]))),
            (&knows, Some(one), vec![], Some(None)),
            (&knows, Some(one), vec![one], None),
            // Whom it was told to alone is gone.
            (&knows, Some(""), vec![], None),
            (&knows, None, vec![one], None),
            (&knows_not, Some(""), vec![one], None),
        ] {
            let ticks = ticks.iter().map(|it| ("organization", *it));
            let sent = Sent::of_fields(before.map(|it| (TICKED_BEFORE, it)).into_iter().chain(ticks));
            assert_eq!(ticked(actor, &sent).unwrap(), expected, "{sent:?}");
        }
        assert!(ticked(&knows, &Sent::of_fields([(TICKED_BEFORE, ""), ("organization", "x")])).is_err());
    }
}
