//! How many requests one address, one person and one desk may make (SEC-01). Generous: whoever works is never slowed, a program that
//! runs wild is. Memory is bounded: a key that has rested is forgotten.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use super::{App, Problem, credential_limit::block, origin};
use crate::{
    error::{Code, Refusal},
    id::{DeskId, PersonId},
    language::say,
};

/// Requests between two looks for keys that can be forgotten.
const FORGET_EVERY: u32 = 4096;

/// A limit per key; none if it was switched off.
struct Rate<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    counted: AtomicU32,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    fn per_minute(limit: Option<NonZeroU32>) -> Self {
        Rate { limiter: limit.map(|it| RateLimiter::keyed(Quota::per_minute(it))), counted: AtomicU32::new(0) }
    }

    fn turn(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(key).map_err(|it| it.wait_time_from(DefaultClock::default().now()))
    }
}

pub struct Rates {
    addresses: Rate<IpAddr>,
    people: Rate<(DeskId, PersonId)>,
}

impl Rates {
    /// Requests per minute; `None` for no limit.
    pub fn new(per_address: Option<NonZeroU32>, per_person: Option<NonZeroU32>) -> Rates {
        Rates { addresses: Rate::per_minute(per_address), people: Rate::per_minute(per_person) }
    }

    /// Counts a request of this person, whatever it came by: more tokens are no more turns.
    pub fn person(&self, desk: DeskId, person: PersonId) -> Result<(), Problem> {
        self.people.turn(&(desk, person)).map_err(|it| too_many("You make", it))
    }
}

fn too_many(who: &str, wait: Duration) -> Problem {
    let seconds = wait.as_secs() + 1;
    let detail = say!("refused-more-requests-than-allowed", who = who, seconds = seconds);
    Problem { error: Refusal::new(Code::RateLimited, detail).into(), retry_after: Some(seconds) }
}

/// Middleware: each address and each desk in turn. Those who watch over the machine are not counted.
pub async fn in_turn(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/readyz" | "/metrics") {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    if let Some(address) = origin::address(&app, &parts)
        && let Err(wait) = app.rates.addresses.turn(&block(address))
    {
        return too_many("From your address come", wait).into_response();
    }
    if let Err(wait) = app.appliance.turn(origin::host_name(&parts)) {
        return too_many("This desk is asked", wait).into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_slowed_others_are_not_and_no_limit_is_none() {
        let rate = Rate::per_minute(NonZeroU32::new(2));
        assert!(rate.turn(&1).is_ok() && rate.turn(&1).is_ok());
        assert!(rate.turn(&1).is_err_and(|it| it <= Duration::from_secs(30)));
        assert!(rate.turn(&2).is_ok());
        let free = Rate::per_minute(None);
        assert!((0..10_000).all(|_| free.turn(&1).is_ok()));
    }
}
