//! When a rule holds: always, or inside or outside working hours. The one place of routing that asks for calendars.

use minicbor::{Decode, Encode};

use crate::{
    error::{Refusal, Result},
    store::Tx,
    time::Instant,
};

#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub enum When {
    #[default]
    #[n(0)]
    Always,
    /// In the working hours of the calendar of this id; none: of the desk's.
    #[n(1)]
    Inside(#[n(0)] Option<String>),
    #[n(2)]
    Outside(#[n(0)] Option<String>),
}

impl When {
    pub fn name(&self) -> &'static str {
        match self {
            When::Always => "always",
            When::Inside(_) => "inside",
            When::Outside(_) => "outside",
        }
    }

    /// The calendar that is named, if one is.
    pub fn calendar(&self) -> Option<&str> {
        match self {
            When::Always => None,
            When::Inside(it) | When::Outside(it) => it.as_deref(),
        }
    }

    pub fn named(text: &str, calendar: Option<String>) -> Result<When> {
        match text.trim().to_lowercase().as_str() {
            "" | "always" => Ok(When::Always),
            "inside" => Ok(When::Inside(calendar)),
            "outside" => Ok(When::Outside(calendar)),
            _ => Err(Refusal::field("when", "unknown", "A rule holds `always`, `inside` or `outside` working hours.").into()),
        }
    }

    /// Whether it is then.
    pub fn holds(&self, tx: &Tx, at: Instant) -> Result<bool> {
        match self {
            When::Always => Ok(true),
            When::Inside(it) => is_open(tx, it.as_deref(), at),
            When::Outside(it) => Ok(!is_open(tx, it.as_deref(), at)?),
        }
    }

    /// Refuses calendars that are not there.
    pub fn check(&self, tx: &Tx) -> Result<()> {
        match self {
            When::Always => Ok(()),
            _ => is_open(tx, self.calendar(), tx.now()).map(|_| ()),
        }
    }
}

/// Whether people work then.
fn is_open(_tx: &Tx, _calendar: Option<&str>, _at: Instant) -> Result<bool> {
    Err(Refusal::field("when", "unknown", "There is no such calendar.").into())
}
