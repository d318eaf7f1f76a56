//! What happens after and beside the work: resolved tickets are closed, arrivals compared, outages declared and ended, votes given. Each
//! act says by its own understanding of the rules what must hold then.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use lodge::{
    desk::{
        actor::Actor,
        closing,
        duplicates::{self, Window, outage},
        mail::outbox::Letter,
        recurring::{self, Recurrence, RecurrenceDraft, Rhythm, Schedule},
        satisfaction::{self, SatisfactionDay, SurveyLink, Vote},
        settings::Settings,
        ticket_templates::{self, TemplateDraft},
        tickets::{Category, Ticket},
    },
    error::{Error, Result},
    id::{LetterId, TicketId},
    store::Tx,
};
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};

use super::{
    acts::{Act, Complaints},
    model::Told,
};

/// One of them, on some of these tickets.
pub fn act(rng: &mut StdRng, recent: Arc<Mutex<Window>>, complaints: &Complaints, crowd: &[TicketId]) -> Option<Act> {
    let complaints = complaints.clone();
    let some: Vec<TicketId> = crowd.choose_multiple(rng, 4).copied().collect();
    let first = *some.first()?;
    let (resolve, score) = (rng.random_bool(0.5), ["good", "bad", "1", "5"][rng.random_range(0..4)]);
    let (minute, passes) = (rng.random_range(0..24 * 60), rng.random_bool(0.3));
    Some(match rng.random_range(0..6) {
        0 => told_after(move |tx| close(tx, &complaints)),
        1 => told_after(move |tx| {
            let arrived = duplicates::consider(tx, &recent.lock().unwrap(), first)?;
            arrived.map_or(Ok(()), |it| duplicates::keep(tx, it))
        }),
        2 => told_after(move |tx| declare(tx, &complaints, some)),
        3 => told_after(move |tx| end(tx, &complaints, resolve)),
        4 => told_after(move |tx| recur(tx, &complaints, minute, passes)),
        _ => told_after(move |tx| rate(tx, &complaints, first, score)),
    })
}

/// Runs it, and tells all that may have changed: these acts are few, and so are the tickets of an episode.
fn told_after(run: impl FnOnce(&mut Tx) -> Result<()> + Send + 'static) -> Act {
    Box::new(move |tx| {
        let before = letters(tx)?;
        run(tx)?;
        let mut enqueued = Vec::new();
        for it in tx.scan::<Letter>(&())? {
            let it = it?;
            if !before.contains(&it.id) {
                enqueued.push(it.message_id);
            }
        }
        Ok(Told { tickets: tx.scan::<Ticket>(&())?.collect::<Result<_, _>>()?, enqueued, ..Told::default() })
    })
}

fn letters(tx: &Tx) -> Result<BTreeSet<LetterId>> {
    Ok(tx.scan::<Letter>(&())?.map(|it| it.map(|it| it.id)).collect::<Result<_, _>>()?)
}

const DAYS: Duration = Duration::from_secs(3 * 24 * 3600);

fn close(tx: &mut Tx, complaints: &Complaints) -> Result<()> {
    let resolved: Vec<Ticket> = tx.scan::<Ticket>(&())?.collect::<Result<_, _>>()?;
    closing::act(tx, 3)?;
    for before in resolved {
        let after = tx.get::<Ticket>(&before.id)?.expect("tickets stay");
        if after.state == before.state {
            continue;
        }
        let silent = before.resolved_at.is_some_and(|it| tx.now().since(it) >= DAYS);
        if before.category != Category::Resolved || after.category != Category::Closed || before.merged.is_some() || !silent {
            complaints.say(format!("closed by itself: {before:?} {after:?} at {}", tx.now()));
        }
    }
    Ok(())
}

fn declare(tx: &mut Tx, complaints: &Complaints, some: Vec<TicketId>) -> Result<()> {
    // One ticket may be drawn twice while there are few; a parent is no part of itself.
    let parts: Vec<TicketId> = some[1..].iter().copied().filter(|it| *it != some[0]).collect();
    let new = outage::Declaration { parts: parts.clone(), ..outage::Declaration::of(some[0]) };
    let it = outage::declare(tx, &Actor::system("test"), new)?;
    for part in &parts {
        let ticket = tx.get::<Ticket>(part)?.expect("tickets stay");
        if ticket.parent != it.parent {
            complaints.say(format!("no part of its outage: {ticket:?} {it:?}"));
        }
    }
    Ok(())
}

fn end(tx: &mut Tx, complaints: &Complaints, resolve: bool) -> Result<()> {
    let Some(it) = outage::live(tx)?.into_iter().next() else { return Ok(()) };
    match outage::end(tx, &Actor::system("test"), it.id, resolve, None) {
        // Its lifecycle may refuse the way: then a person ends it.
        Err(Error::Refused(_)) => return Ok(()),
        other => other?,
    };
    while let Some(waiting) = outage::waiting(tx)?.first() {
        outage::carry_on(tx, *waiting, 2)?;
    }
    if outage::live(tx)?.iter().any(|live| live.id == it.id) {
        complaints.say(format!("it goes on although it has ended: {it:?}"));
    }
    Ok(())
}

/// Lodges what is due, or has something come again. However often it is looked at and however long the desk was off, each time is lodged
/// once, and the next lies ahead.
fn recur(tx: &mut Tx, complaints: &Complaints, minute: u16, passes: bool) -> Result<()> {
    let system = Actor::system("test");
    let due = recurring::due(tx, 3)?;
    if due.is_empty() && recurring::all(tx, &system)?.len() < 3 {
        let draft = TemplateDraft { name: "Routine".into(), title: "Routine".into(), ..TemplateDraft::default() };
        let template = ticket_templates::create(tx, &system, draft)?.id;
        let (rhythm, zone) = (Rhythm::Daily, "Europe/Berlin".to_owned());
        let schedule =
            Schedule { rhythm, every: 1 + u32::from(minute) % 3, at: minute, from: recurring::today(tx, &zone)?, zone, until: None };
        let draft = RecurrenceDraft {
            name: "Routine".into(),
            template: Some(template),
            requester: "requester0@lodge.example".into(),
            schedule,
            working_days_of: String::new(),
            paused: false,
        };
        recurring::create(tx, &system, draft)?;
    }
    for id in due {
        let before = recurring::known(tx, &system, id)?;
        if passes {
            recurring::pass_over(tx, id, "at random")?;
        } else {
            let count = tx.count::<Ticket>()?;
            recurring::act(tx, id)?;
            if recurring::act(tx, id)?.is_some() || tx.count::<Ticket>()? != count + 1 {
                complaints.say(format!("lodged other than once: {before:?}"));
            }
        }
        let after = recurring::known(tx, &system, id)?;
        let last = |it: &Recurrence| it.last.as_ref().map(|it| it.due);
        if after.next.is_some_and(|it| it <= tx.now()) || (!passes && last(&after) != before.next) || last(&after) < last(&before) {
            complaints.say(format!("its schedule does not go on: {before:?} {after:?} at {}", tx.now()));
        }
    }
    Ok(())
}

fn rate(tx: &mut Tx, complaints: &Complaints, ticket: TicketId, score: &str) -> Result<()> {
    let ticket = tx.get::<Ticket>(&ticket)?.expect("tickets stay");
    let link = SurveyLink::of(ticket.id, ticket.requester, tx.now());
    let token = link.token(&*Settings::of(tx)?);
    let got = satisfaction::rate(tx, &token, Vote::named(score).expect("a score"), Default::default());
    let is_asked = ticket.deleted_at.is_none() && !ticket.category.is_open() && matches!(score, "good" | "bad");
    if got.is_ok() != is_asked {
        complaints.say(format!("a vote on {ticket:?} is {got:?}"));
    }
    got?;
    let mut counted = 0;
    for row in tx.scan::<SatisfactionDay>(&())? {
        counted += row?.votes.count();
    }
    let mut given = 0;
    for ticket in tx.scan::<Ticket>(&())? {
        given += u32::from(ticket?.satisfaction.is_some());
    }
    if counted != given {
        complaints.say(format!("{given} votes are counted as {counted}"));
    }
    Ok(())
}
