//! A command on several tickets: all of them together, which costs one commit, and one by one if that fails, so that one ticket that
//! cannot be read or written keeps no other from it.
//!
//! What every ticket has in common, such as a full disk, fails for each; the caller decides when it is tried again.

use crate::{appliance::Desk, desk::Tx, error::Result, id::TicketId};

/// What came of it.
pub struct Done<T> {
    /// What the command gave: once for all, or once for each that it could be done to.
    pub gave: Vec<T>,
    /// Those to which it could not be done. It was logged why.
    pub failed: Vec<TicketId>,
}

/// Runs the command; `what` says in the log what it does to a ticket.
pub async fn on_each<T: Send + 'static>(
    desk: &Desk,
    what: &'static str,
    tickets: Vec<TicketId>,
    command: fn(&mut Tx, &[TicketId]) -> Result<T>,
) -> Done<T> {
    apart(what, tickets, |ids| desk.write(None, move |tx| command(tx, &ids))).await
}

async fn apart<T, F: Future<Output = Result<T>>>(what: &'static str, tickets: Vec<TicketId>, run: impl Fn(Vec<TicketId>) -> F) -> Done<T> {
    match run(tickets.clone()).await {
        Ok(it) => return Done { gave: vec![it], failed: Vec::new() },
        Err(error) => {
            tracing::warn!(%error, what, count = tickets.len(), "tickets could not be worked on together; it is tried one by one")
        }
    }
    let mut done = Done { gave: Vec::new(), failed: Vec::new() };
    for id in tickets {
        match run(vec![id]).await {
            Ok(it) => done.gave.push(it),
            Err(error) => {
                tracing::error!(ticket = %id, %error, what, "a ticket could not be worked on; it is tried again in a minute");
                done.failed.push(id);
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

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
            let done = apart("try it", tickets, run).await;
            assert_eq!((done.gave, done.failed), (gave, failed));
        }
    }
}
