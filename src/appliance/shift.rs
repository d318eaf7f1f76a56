//! What somebody finds at the start of a shift (AUI-13): their own work by when it is due, who has answered, what is about to be late or
//! lies with nobody in their queues, what comes back, where they are named, and how much their team has.
//!
//! Each number is a condition of the query language, counted by the board, and the same condition is the list behind it: so a number is
//! always as true as its list. Nothing looks at tickets that are not asked for.

use std::collections::BTreeSet;

use super::{Desk, lists::in_scope};
use crate::{
    desk::{
        Tx,
        actor::Actor,
        board::Board,
        identity::{self, Person},
        notices::{self, Happening, Notification},
        permission::Permission,
        query::{Category, Cond, Presence, Sort, StatusTest, Test},
        queues::{self, Queue},
        reminders::{self, Reminder},
        routing,
        settings::Settings,
        tickets::{
            Ticket,
            access::{self, Scope},
        },
        views,
    },
    error::{Refusal, Result},
    id::{PersonId, QueueId, TicketId},
    limits,
};

/// A number, and the condition behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    pub key: &'static str,
    pub query: String,
    pub count: usize,
}

/// A queue of one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueLine {
    pub queue: Queue,
    pub open: usize,
    pub unassigned: usize,
}

/// Somebody of one's teams.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamLine {
    pub person: Person,
    pub open: usize,
    /// How much they take, if anybody said.
    pub capacity: Option<u32>,
    /// They are not there today, or said so.
    pub away: bool,
}

/// A ticket that comes back, or of which one is reminded.
#[derive(Debug, Clone, PartialEq)]
pub enum Back {
    Reminder(Reminder, Ticket),
    Aside(Ticket),
}

#[derive(Debug, Clone, Default)]
pub struct Shift {
    pub figures: Vec<Figure>,
    /// One's own open work, what is due first first.
    pub work: Vec<Ticket>,
    /// One's own whose requester has spoken last.
    pub answered: Vec<Ticket>,
    /// In one's queues: due within some hours.
    pub soon: Vec<Ticket>,
    pub queues: Vec<QueueLine>,
    /// By the instant at which they come.
    pub back: Vec<Back>,
    /// Where one is named and has not looked, the newest first.
    pub mentions: Vec<Notification>,
    pub team: Vec<TeamLine>,
}

const MINE: &str = "assignee:me status:open -is:snoozed";
const ANSWERED: &str = "assignee:me status:open is:on-us -is:snoozed";

/// Rows of each list.
pub const ROWS: usize = 8;

/// What the actor finds.
pub fn of(desk: &Desk, actor: &Actor) -> Result<Shift> {
    actor.need(Permission::TicketsRead)?;
    let me = actor.person().ok_or_else(|| Refusal::forbidden(Permission::TicketsRead.name()))?;
    desk.read(|tx| {
        let person = tx.get::<Person>(&me)?.ok_or_else(|| Refusal::not_found("person"))?;
        let mine = own_queues(tx, actor, &person)?;
        let within = among(&mine);
        let questions = [
            ("mine", MINE.to_owned()),
            ("overdue", format!("{MINE} due<now")),
            ("today", format!("{MINE} due:today")),
            ("answered", ANSWERED.to_owned()),
            ("unassigned", format!("assignee:none status:open{within}")),
            ("breaching", format!("status:open due>=now due<+4h{within}")),
        ];
        let mut asked = Vec::with_capacity(questions.len());
        for (key, query) in questions {
            let cond = in_scope(actor, views::meant(tx, actor, &query)?);
            asked.push((key, query, cond));
        }
        let team = team(tx, &person)?;
        let by_due = Sort::parse("dueAt:asc")?;
        let of_queue = |id: QueueId, more: &str| views::meant(tx, actor, &format!("queue:{id} status:open{more}"));
        let mut queue_conds = Vec::new();
        for it in &mine {
            queue_conds.push((in_scope(actor, of_queue(it.id, "")?), in_scope(actor, of_queue(it.id, " assignee:none")?)));
        }
        let mut team_conds = Vec::new();
        for it in &team {
            team_conds.push(in_scope(actor, open_work_of(it.id)));
        }
        // All that the board is asked, while it is held once.
        let (figures, ids, queue_counts, team_counts) = {
            let board = desk.board();
            let list = |key: &str| rows(&board, &asked, key, by_due);
            let ids = [list("mine"), list("answered"), list("breaching")];
            let queue_counts: Vec<(usize, usize)> =
                queue_conds.iter().map(|(open, nobodys)| (board.count(open), board.count(nobodys))).collect();
            let team_counts: Vec<usize> = team_conds.iter().map(|it| board.count(it)).collect();
            let figures: Vec<Figure> =
                asked.iter().map(|(key, query, cond)| Figure { key, query: query.clone(), count: board.count(cond) }).collect();
            (figures, ids, queue_counts, team_counts)
        };
        let [work, answered, soon] = ids.map(|it| read(tx, actor, it));
        let settings = Settings::of(tx)?;
        let lines = mine.into_iter().zip(queue_counts);
        let now = tx.now();
        let members = team.into_iter().zip(team_counts);
        let mut team: Vec<TeamLine> = members
            .map(|(person, open)| TeamLine {
                open,
                capacity: person.standing.capacity.or(settings.routing.capacity),
                away: person.standing.away || routing::is_absent(&person, now),
                person,
            })
            .collect();
        team.sort_by(|a, b| b.open.cmp(&a.open).then_with(|| a.person.name.cmp(&b.person.name)));
        Ok(Shift {
            figures,
            work: work?,
            answered: answered?,
            soon: soon?,
            queues: lines.map(|(queue, (open, unassigned))| QueueLine { queue, open, unassigned }).collect(),
            back: back(tx, actor, desk)?,
            mentions: notices::unread_of(tx, actor, Happening::Mentioned, ROWS)?,
            team,
        })
    })
}

/// Somebody's open tickets. Not from a text: whoever looks nobody up may still count what lies with a colleague.
fn open_work_of(person: PersonId) -> Cond {
    let to = Presence::OneOf { ids: BTreeSet::from([person.0]), or_none: false };
    Cond::And(vec![Cond::Test(Test::Status(Category::OPEN.map(StatusTest::Category).to_vec())), Cond::Test(Test::Assignee(to))])
}

type Asked = (&'static str, String, Cond);

fn rows(board: &Board, asked: &[Asked], key: &str, sort: Sort) -> Vec<TicketId> {
    let found = asked.iter().find(|it| it.0 == key);
    found.map_or_else(Vec::new, |it| board.list(&it.2, sort, None, 0, ROWS).ids)
}

fn read(tx: &Tx, actor: &Actor, ids: Vec<TicketId>) -> Result<Vec<Ticket>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(tx.get::<Ticket>(&id)?.filter(|it| access::may_see(actor, it)));
    }
    Ok(found)
}

/// The queues that one's teams work; all that one sees, if they work none.
fn own_queues(tx: &Tx, actor: &Actor, person: &Person) -> Result<Vec<Queue>> {
    let mut all = queues::queues(tx)?;
    if let Some(bounds) = actor.bounds.as_ref().filter(|_| access::scope(actor) != Scope::All) {
        let only = &bounds.queues.of;
        all.retain(|it| only.is_empty() || only.contains(&it.id));
    }
    let is_own = |it: &Queue| it.team.is_some_and(|it| person.teams.contains(&it));
    if all.iter().any(is_own) {
        all.retain(is_own);
    }
    all.truncate(limits::SHIFT_QUEUES_MAX);
    Ok(all)
}

/// The part of a query that says "in one of these".
fn among(queues: &[Queue]) -> String {
    match queues {
        [] => String::new(),
        [one] => format!(" queue:{}", one.id),
        many => format!(" queue:({})", many.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().join(", ")),
    }
}

/// Who works with them: the people of their teams; everybody who works tickets, if they are in none.
fn team(tx: &Tx, person: &Person) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    if person.teams.is_empty() {
        found = identity::agents(tx)?;
    }
    let mut seen = BTreeSet::new();
    for id in &person.teams {
        found.extend(queues::team_members(tx, *id)?);
    }
    found.retain(|it| it.is_agent() && seen.insert(it.id));
    found.truncate(limits::SHIFT_TEAM_MAX);
    Ok(found)
}

/// Reminders and what one has put aside until an instant, whichever comes first.
fn back(tx: &Tx, actor: &Actor, desk: &Desk) -> Result<Vec<Back>> {
    let mut found = Vec::new();
    for it in reminders::mine(tx, actor)?.into_iter().take(ROWS) {
        if let Some(ticket) = tx.get::<Ticket>(&it.ticket)?.filter(|it| access::may_see(actor, it)) {
            found.push((it.at, Back::Reminder(it, ticket)));
        }
    }
    let aside = in_scope(actor, views::meant(tx, actor, "assignee:me status:open is:snoozed")?);
    let ids = desk.board().list(&aside, Sort::parse("dueAt:asc")?, None, 0, limits::SHIFT_ASIDE_MAX).ids;
    for ticket in read(tx, actor, ids)? {
        if let Some(until) = ticket.snoozed.as_ref().and_then(|it| it.until) {
            found.push((until, Back::Aside(ticket)));
        }
    }
    found.sort_by_key(|it| it.0);
    Ok(found.into_iter().map(|it| it.1).take(ROWS).collect())
}
