//! What one argon2id hash costs: memory, passes, lanes. Measured once at start, so that a hash takes about a tenth of a second on the
//! machine it runs on; never less than OWASP asks (19 MiB, two passes), never so much that signing in becomes a burden.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, Version};

use crate::{
    error::{Refusal, Result},
    language::say,
};

/// How long a hash is to take.
const AIM: Duration = Duration::from_millis(100);
/// Measurements; the quickest counts, because whatever else the machine does only makes one slower.
const MEASUREMENTS: usize = 3;
/// The dearest hash that is computed although somebody else made it.
const BEARABLE: Cost = Cost { memory_kib: 256 * 1024, passes: 32, lanes: 16 };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

static PRESENT: OnceLock<Cost> = OnceLock::new();

/// The cost of new hashes.
pub fn present() -> Cost {
    *PRESENT.get().unwrap_or(&Cost::LEAST)
}

/// Sets the cost of new hashes, once; a second call changes nothing.
pub fn set(cost: Cost) {
    let _ = PRESENT.set(cost);
}

impl Cost {
    /// What OWASP asks at least.
    pub const LEAST: Cost = Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// What measuring chooses at most.
    pub const MOST: Cost = Cost { memory_kib: 64 * 1024, passes: 10, lanes: 1 };

    /// The cost of a PHC string of argon2id.
    pub fn of(phc: &str) -> Option<Cost> {
        let mut parts = phc.strip_prefix("$argon2id$")?.split('$');
        let first = parts.next()?;
        let named = if first.starts_with("v=") { parts.next()? } else { first };
        Cost::read(named)
    }

    /// `m=19456,t=2,p=1`, as in a PHC string.
    fn read(text: &str) -> Option<Cost> {
        let mut values = text.split(',');
        let mut next = |name: &str| values.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let cost = Cost { memory_kib: next("m=")?, passes: next("t=")?, lanes: next("p=")? };
        values.next().is_none().then_some(cost)
    }

    /// The value of the setting `sign_in.password_cost`, if it is no `auto`: refused below the least and beyond what can be borne.
    pub fn of_setting(text: &str) -> Result<Cost> {
        let cost = Cost::read(text).filter(|it| it.is_at_least(Cost::LEAST) && it.is_bearable());
        cost.ok_or_else(|| {
            let Cost { memory_kib, passes, lanes } = Cost::LEAST;
            let message = say!("refused-does-not-fit-write", text = text, memory_kib = memory_kib, passes = passes, lanes = lanes);
            Refusal::field("sign_in.password_cost", "invalid", message).into()
        })
    }

    pub fn is_at_least(self, other: Cost) -> bool {
        self.memory_kib >= other.memory_kib && self.passes >= other.passes
    }

    pub fn is_bearable(self) -> bool {
        BEARABLE.is_at_least(self) && self.lanes <= BEARABLE.lanes
    }

    /// The cost that takes as long as we aim for, where the least takes so long. Memory is raised first: it costs attackers most.
    fn aimed(least_takes: Duration) -> Cost {
        let times = (AIM.as_secs_f64() / least_takes.as_secs_f64().max(1e-4)).max(1.0);
        let (least, most) = (Cost::LEAST, Cost::MOST);
        let memory = (f64::from(least.memory_kib) * times).min(f64::from(most.memory_kib));
        let left = times * f64::from(least.memory_kib) / memory;
        let passes = (f64::from(least.passes) * left).round().clamp(f64::from(least.passes), f64::from(most.passes));
        Cost { memory_kib: memory as u32, passes: passes as u32, lanes: 1 }
    }
}

/// Measures this machine, for some tenths of a second.
pub fn calibrate() -> Cost {
    let Cost { memory_kib, passes, lanes } = Cost::LEAST;
    let Ok(params) = Params::new(memory_kib, passes, lanes, Some(32)) else { return Cost::LEAST };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let once = || {
        let (began, mut out) = (Instant::now(), [0; 32]);
        argon2.hash_password_into(b"how long does it take", b"sixteen bytes of", &mut out).ok().map(|()| began.elapsed())
    };
    (0..MEASUREMENTS).filter_map(|_| once()).min().map_or(Cost::LEAST, Cost::aimed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_machines_pay_more_and_nobody_pays_less_than_the_least() {
        for (millis, memory_kib, passes) in
            [(1, 64 * 1024, 10), (10, 64 * 1024, 6), (25, 64 * 1024, 2), (50, 38 * 1024, 2), (100, 19 * 1024, 2), (900, 19 * 1024, 2)]
        {
            assert_eq!(Cost::aimed(Duration::from_millis(millis)), Cost { memory_kib, passes, lanes: 1 }, "{millis}");
        }
        let measured = calibrate();
        assert!(measured.is_at_least(Cost::LEAST) && Cost::MOST.is_at_least(measured));
    }

    #[test]
    fn settings_are_read_strictly() {
        for (text, fits) in [
            ("m=19456,t=2,p=1", true),
            ("m=65536,t=3,p=4", true),
            ("m=19455,t=2,p=1", false),
            ("m=19456,t=1,p=1", false),
            ("m=99999999,t=2,p=1", false),
            ("m=19456,t=2", false),
            ("m=19456,t=2,p=1,x=1", false),
            ("t=2,m=19456,p=1", false),
            ("automatic", false),
            ("", false),
        ] {
            assert_eq!(Cost::of_setting(text).is_ok(), fits, "{text}");
        }
    }
}
