//! When a rule holds: always, or inside or outside working hours. The one place of routing that asks for calendars.

use minicbor::{Decode, Encode};

use crate::{
    desk::calendars::{self, Calendar},
    error::{Refusal, Result},
    id::CalendarId,
    language::say,
    store::Tx,
    time::Instant,
};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub enum When {
    #[default]
    #[n(0)]
    Always,
    /// In the working hours of this calendar; none: of the desk's.
    #[n(1)]
    Inside(#[n(0)] Option<CalendarId>),
    #[n(2)]
    Outside(#[n(0)] Option<CalendarId>),
}

impl When {
    pub fn name(self) -> &'static str {
        match self {
            When::Always => "always",
            When::Inside(_) => "inside",
            When::Outside(_) => "outside",
        }
    }

    /// The calendar that is named, if one is.
    pub fn calendar(self) -> Option<CalendarId> {
        match self {
            When::Always => None,
            When::Inside(it) | When::Outside(it) => it,
        }
    }

    /// Reads what `name` wrote, and the id or name of a calendar.
    pub fn named(tx: &Tx, text: &str, calendar: Option<&str>) -> Result<When> {
        let unknown = || Refusal::field("calendar", "unknown", say!("refused-there-no-such-calendar"));
        let calendar = match calendar.map(str::trim).filter(|it| !it.is_empty()) {
            Some(it) => Some(calendars::calendar_named(tx, it)?.ok_or_else(unknown)?.id),
            None => None,
        };
        match text.trim().to_lowercase().as_str() {
            "" | "always" => Ok(When::Always),
            "inside" => Ok(When::Inside(calendar)),
            "outside" => Ok(When::Outside(calendar)),
            _ => Err(Refusal::field("when", "unknown", say!("refused-rule-holds-always-inside")).into()),
        }
    }

    /// Whether it is then.
    pub fn holds(self, tx: &Tx, at: Instant) -> Result<bool> {
        match self {
            When::Always => Ok(true),
            When::Inside(it) => is_open(tx, it, at),
            When::Outside(it) => Ok(!is_open(tx, it, at)?),
        }
    }

    /// Refuses calendars that are not there.
    pub fn check(self, tx: &Tx) -> Result<()> {
        match self.calendar() {
            Some(it) if !tx.has::<Calendar>(&it)? => {
                Err(Refusal::field("calendar", "unknown", say!("refused-there-no-such-calendar")).into())
            }
            _ => Ok(()),
        }
    }
}

/// Whether people work then; a desk without a calendar works round the clock.
fn is_open(tx: &Tx, calendar: Option<CalendarId>, at: Instant) -> Result<bool> {
    Ok(calendars::in_force(tx, calendar, None)?.timetable(tx)?.is_open(at))
}
