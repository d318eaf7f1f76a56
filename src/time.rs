//! Instants. Stored as milliseconds since 1970 in UTC; shown as RFC 3339. Working time lives in `desk/calendars`, not here.

use std::{
    fmt,
    str::FromStr,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use jiff::Timestamp;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How far the wall clock is set ahead, in milliseconds: for tests of a whole appliance that wait over a weekend. Nothing else sets it.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// Sets this process' wall clock ahead of where it is.
pub fn set_ahead(by: Duration) {
    AHEAD.fetch_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
}

/// A point in time with millisecond precision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Instant = Instant(0);

    /// Milliseconds since 1970. Values that no calendar can show are brought to the nearest that it can.
    pub fn from_millis(millis: i64) -> Self {
        Instant(millis.clamp(-62_135_596_800_000, 253_370_764_799_000))
    }

    pub fn as_millis(self) -> i64 {
        self.0
    }

    pub fn as_secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The wall clock. Only the shell and the store's writer may ask; the desk is told.
    pub fn now() -> Self {
        Instant::from_millis(Timestamp::now().as_millisecond().saturating_add(AHEAD.load(Ordering::Relaxed)))
    }

    pub fn timestamp(self) -> Timestamp {
        // The constructor clamps to what jiff can show, so the fallback is never taken.
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn plus(self, by: Duration) -> Self {
        Instant::from_millis(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    pub fn minus(self, by: Duration) -> Self {
        Instant::from_millis(self.0.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to `self`; nothing if `earlier` is later.
    pub fn since(self, earlier: Instant) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<Timestamp> for Instant {
    fn from(it: Timestamp) -> Self {
        Instant::from_millis(it.as_millisecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Instant {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<Timestamp>().map(Instant::from)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom(format!("`{text}` is not an RFC 3339 instant like 2026-05-01T09:30:00Z")))
    }
}

impl<C> Encode<C> for Instant {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.i64(self.0)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Instant {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.i64().map(Instant::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_rfc_3339() {
        for (text, millis) in [("2026-05-01T09:30:00Z", 1_777_627_800_000), ("2026-05-01T09:30:00.250+02:00", 1_777_620_600_250)] {
            assert_eq!(text.parse::<Instant>().unwrap().as_millis(), millis);
        }
        assert_eq!(Instant::from_millis(1_777_627_800_000).to_string(), "2026-05-01T09:30:00.000Z");
        assert!("yesterday".parse::<Instant>().is_err());
    }

    #[test]
    fn never_leaves_the_calendar() {
        for millis in [i64::MIN, i64::MAX] {
            let it = Instant::from_millis(millis);
            assert_eq!(it.to_string().parse::<Instant>().unwrap(), it);
            assert_eq!(it.plus(Duration::MAX).minus(Duration::ZERO), Instant::from_millis(i64::MAX));
        }
    }
}
