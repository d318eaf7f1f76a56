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
        satisfaction::{self, SatisfactionDay, SurveyLink, Vote},
        settings::Settings,
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
    Some(match rng.random_range(0..5) {
        0 => told_after(move |tx| close(tx, &complaints)),
        1 => told_after(move |tx| {
            let arrived = duplicates::consider(tx, &recent.lock().unwrap(), first)?;
            arrived.map_or(Ok(()), |it| duplicates::keep(tx, it))
        }),
        2 => told_after(move |tx| declare(tx, &complaints, some)),
        3 => told_after(move |tx| end(tx, &complaints, resolve)),
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
