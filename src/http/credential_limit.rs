//! How often one address may try credentials (sign-in, reset, registration). Never asked for bearer traffic. Memory is bounded: an
//! address that has rested is forgotten.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use super::Problem;
use crate::{
    desk::identity::place,
    error::{Code, Refusal},
    language::say,
};

/// Attempts between two looks for addresses that can be forgotten.
const FORGET_EVERY: u32 = 1024;

pub struct CredentialLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    attempts: AtomicU32,
}

/// Too many attempts; how long to wait, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany(pub u64);

impl From<TooMany> for Problem {
    fn from(it: TooMany) -> Problem {
        let detail = say!("refused-too-many-attempts-your", it = it.0);
        Problem { error: Refusal::new(Code::RateLimited, detail).into(), retry_after: Some(it.0) }
    }
}

impl CredentialLimit {
    pub fn new(per_minute: NonZeroU32) -> CredentialLimit {
        CredentialLimit { limiter: RateLimiter::keyed(Quota::per_minute(per_minute)), attempts: AtomicU32::new(0) }
    }

    /// Counts one attempt. Whoever has no address (a test, a local socket) is not limited.
    pub fn attempt(&self, address: Option<IpAddr>) -> Result<(), TooMany> {
        let Some(address) = address else { return Ok(()) };
        if self.attempts.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&block(address)).map_err(|it| {
            let wait = it.wait_time_from(DefaultClock::default().now());
            TooMany(wait.as_secs() + 1)
        })
    }
}

/// One household or office has a whole block of IPv6 addresses: they count as one.
pub(super) fn block(address: IpAddr) -> IpAddr {
    place::network(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_slowed_and_others_are_not() {
        let limit = CredentialLimit::new(NonZeroU32::new(3).unwrap());
        let (one, other): (IpAddr, IpAddr) = ("2001:db8::1".parse().unwrap(), "2001:db8:0:1::1".parse().unwrap());
        assert!((0..3).all(|_| limit.attempt(Some(one)).is_ok()));
        let TooMany(seconds) = limit.attempt(Some("2001:db8::2".parse().unwrap())).unwrap_err();
        assert!((1..=60).contains(&seconds));
        assert!(limit.attempt(Some(other)).is_ok() && limit.attempt(None).is_ok());
    }
}
