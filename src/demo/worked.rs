//! What the people of the demo have worked: sorts of work, and time on the newest tickets. It comes after the history, since nobody is told
//! of it.

use jiff::{Span, tz::TimeZone};

use crate::{
    desk::{
        actor::Actor,
        tickets::Ticket,
        time_entries::{self, CategoryChange, NewTimeEntry, TimeCategory},
    },
    error::Result,
    store::Tx,
};

/// Newest tickets that time is booked on.
const TICKETS_MAX: usize = 240;

const SORTS: [(&str, bool); 4] = [("Support", false), ("On site", true), ("Project work", true), ("Travel", true)];
const NOTES: [&str; 5] = ["", "", "Remote session with the requester", "Looked through the logs", "Call with the supplier"];

pub(super) fn book(tx: &mut Tx) -> Result<()> {
    let admin = Actor::system("demo");
    let mut sorts: Vec<TimeCategory> = Vec::new();
    for (name, billable) in SORTS {
        let new = CategoryChange { name: Some(name.into()), billable: Some(billable), retired: None };
        sorts.push(time_entries::create_category(tx, &admin, new)?);
    }
    let tickets: Vec<Ticket> = tx.scan_back::<Ticket>(&())?.take(TICKETS_MAX).collect::<std::result::Result<_, _>>()?;
    for ticket in tickets.into_iter().filter(|it| it.deleted_at.is_none()) {
        let Some(person) = ticket.assignee else { continue };
        // Nothing here is drawn: the same history has the same work.
        let seed = ticket.number.wrapping_mul(2_654_435_761);
        for nth in 0..seed % 3 {
            let turn = seed.rotate_left(7 * (1 + nth as u32));
            let day = TimeZone::UTC.to_datetime(ticket.created_at.timestamp()).date().saturating_add(Span::new().days(nth as i64));
            let today = time_entries::today(tx)?;
            let sort = &sorts[(turn / 11 % sorts.len() as u64) as usize];
            let new = NewTimeEntry {
                minutes: 5 * (1 + (turn / 7 % 24) as u32),
                category: (turn % 6 > 0).then_some(sort.id),
                note: NOTES[(turn / 13 % NOTES.len() as u64) as usize].to_owned(),
                day: Some(day.min(today)),
                person: Some(person),
            };
            time_entries::add(tx, &admin, ticket.id, new)?;
        }
    }
    Ok(())
}
