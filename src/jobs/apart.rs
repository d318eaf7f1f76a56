//! A command on several tickets: all of them together, which costs one commit, and one by one if that fails, so that one ticket that
//! cannot be read or written keeps no other from it.
//!
//! What is no fault of a ticket, such as a full disk, is given back at once: it would fail for each.

use crate::{
    appliance::{Desk, Work},
    desk::Tx,
    error::Result,
    id::TicketId,
};

/// What came of it.
pub struct Done<T> {
    /// What the command gave: once for all, or once for each that it could be done to.
    pub gave: Vec<T>,
    /// Those to which it could not be done, for the caller to try again in a minute. It was logged why.
    pub failed: Vec<TicketId>,
}

/// Runs the command; `what` says in the log what it does to a ticket.
pub async fn on_each<T: Send + 'static>(
    desk: &Desk,
    work: Work,
    what: &'static str,
    tickets: Vec<TicketId>,
    command: fn(&mut Tx, &[TicketId]) -> Result<T>,
) -> Result<Done<T>> {
    let done = apart(what, tickets, |ids| desk.write(None, move |tx| command(tx, &ids))).await?;
    if let Some(first) = done.failed.first() {
        let why = format!("{} of the tickets could not be worked on, the first of them {first}", done.failed.len());
        desk.pulses.ill(work, desk.now(), &why);
    }
    Ok(done)
}

async fn apart<T, F: Future<Output = Result<T>>>(
    what: &'static str,
    tickets: Vec<TicketId>,
    run: impl Fn(Vec<TicketId>) -> F,
) -> Result<Done<T>> {
    match run(tickets.clone()).await {
        Ok(it) => return Ok(Done { gave: vec![it], failed: Vec::new() }),
        Err(error) if error.is_unavailable() => return Err(error),
        Err(error) => {
            tracing::warn!(%error, what, count = tickets.len(), "tickets could not be worked on together; it is tried one by one")
        }
    }
    let mut done = Done { gave: Vec::new(), failed: Vec::new() };
    for id in tickets {
        match run(vec![id]).await {
            Ok(it) => done.gave.push(it),
            Err(error) if error.is_unavailable() => return Err(error),
            Err(error) => {
                tracing::error!(ticket = %id, %error, what, "a ticket could not be worked on; it is tried again in a minute");
                done.failed.push(id);
            }
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Code, Refusal};

    #[tokio::test]
    async fn one_that_fails_keeps_no_other_from_it() {
        let [one, bad, two] = [1, 2, 3].map(|it| TicketId(uuid::Uuid::from_u128(it)));
        let run = |ids: Vec<TicketId>| async move {
            match ids.contains(&bad) {
                true => Err(Refusal::not_found("ticket").into()),
                false => Ok(ids),
            }
        };
        for (tickets, gave, failed) in [
            (vec![one, two], vec![vec![one, two]], vec![]),
            (vec![one, bad, two], vec![vec![one], vec![two]], vec![bad]),
            (vec![bad], vec![], vec![bad]),
        ] {
            let done = apart("try it", tickets, run).await.unwrap();
            assert_eq!((done.gave, done.failed), (gave, failed));
        }
    }

    #[tokio::test]
    async fn what_is_no_fault_of_a_ticket_is_given_back() {
        let [one, two] = [1, 2].map(|it| TicketId(uuid::Uuid::from_u128(it)));
        for (together, tried) in [(Code::Unavailable, 1), (Code::NotFound, 2)] {
            let count = std::cell::Cell::new(0);
            let run = |ids: Vec<TicketId>| {
                count.set(count.get() + 1);
                let code = if ids.len() == 2 { together } else { Code::Unavailable };
                async move { Err::<(), _>(Refusal::new(code, "Not now.").into()) }
            };
            let error = apart("try it", vec![one, two], run).await.err().unwrap();
            assert_eq!((error.code(), count.get()), (Some(Code::Unavailable), tried));
        }
    }
}
