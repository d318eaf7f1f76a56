//! The subscription of a calendar: an iCalendar file at an address, whose all-day events are holidays. Which of them count and what is
//! kept when it cannot be read is decided here; fetching is for the shell.
//!
//! Invariant: a file that cannot be read takes no day away.

use std::{collections::BTreeMap, time::Duration};

use minicbor::{Decode, Encode};

use super::{Calendar, Day, calendar, ics};
use crate::{
    desk::{actor::Actor, jobs, permission::Permission},
    error::{Refusal, Result},
    id::{CalendarId, JobId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

/// The kind of job.
pub const FETCH_HOLIDAYS: &str = "fetch_holidays";
/// How old what was read may become.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// How soon one that could not be read is read again.
const AGAIN_AFTER: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Feed {
    #[n(0)]
    pub url: String,
    /// What was read last, with what the days are called.
    #[n(1)]
    pub days: BTreeMap<Day, String>,
}

impl Feed {
    /// An address that can be read: `https` or `http`; calendars like to write `webcal`.
    pub fn address(text: &str) -> Result<String> {
        let text = text.trim();
        let wrong = |message: crate::language::Sentence| Refusal::field("subscription", "invalid", message);
        if text.len() > limits::FEED_URL_BYTES_MAX || text.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return Err(wrong(say!("refused-no-web-address")).into());
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong(say!("refused-whole-address")))?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" | "webcal" | "webcals" => "https",
            "http" => "http",
            _ => return Err(wrong(say!("refused-calendar-address")).into()),
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() || host.contains('@') {
            return Err(wrong(say!("refused-web-host")).into());
        }
        Ok(format!("{scheme}://{rest}"))
    }
}

/// How the last reading of a subscription went.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct FeedState {
    #[n(0)]
    pub calendar: CalendarId,
    /// When it was asked last, whatever came of it.
    #[n(1)]
    pub tried_at: Instant,
    /// When it was last read, or found to be the same.
    #[n(2)]
    pub read_at: Option<Instant>,
    /// Why the last try came to nothing.
    #[n(3)]
    pub trouble: Option<String>,
    /// The version of what was read.
    #[n(4)]
    pub etag: Option<String>,
    /// Entries that are no holidays or cannot be understood.
    #[n(5)]
    pub left_out: u32,
    /// The address that this is about.
    #[n(6)]
    pub url: String,
}

impl Record for FeedState {
    type Key = CalendarId;
    const TABLE: Table = Table::operational(0x62, "holiday_feeds");

    fn key(&self) -> CalendarId {
        self.calendar
    }
}

/// How the reading of this calendar's subscription went, if it was ever tried.
pub fn feed_state(tx: &Tx, it: &Calendar) -> Result<Option<FeedState>> {
    let state = tx.get::<FeedState>(&it.id)?;
    Ok(state.filter(|state| it.feed.as_ref().is_some_and(|feed| feed.url == state.url)))
}

/// Enqueues the reading of every subscription that is due for one; gives how many.
pub fn enqueue_due_feeds(tx: &mut Tx) -> Result<usize> {
    let now = tx.now();
    let mut enqueued = 0;
    for it in calendar::calendars(tx)?.into_iter().filter(|it| it.feed.is_some()) {
        let due = feed_state(tx, &it)?.is_none_or(|it| it.tried_at.plus(if it.trouble.is_some() { AGAIN_AFTER } else { EVERY }) <= now);
        if due {
            enqueue(tx, it.id)?;
            enqueued += 1;
        }
    }
    Ok(enqueued)
}

/// Enqueues the reading of a subscription now.
pub fn enqueue_feed(tx: &mut Tx, actor: &Actor, id: CalendarId) -> Result<JobId> {
    actor.need(Permission::SettingsWrite)?;
    let it = tx.get::<Calendar>(&id)?.ok_or_else(|| Refusal::not_found("calendar"))?;
    if it.feed.is_none() {
        return Err(Refusal::field("subscription", "required", say!("refused-calendar-no-subscription")).into());
    }
    enqueue(tx, id)
}

fn enqueue(tx: &mut Tx, id: CalendarId) -> Result<JobId> {
    let now = tx.now();
    jobs::enqueue(tx, FETCH_HOLIDAYS, &format!("{FETCH_HOLIDAYS}:{id}"), serde_json::json!({ "calendar": id.to_string() }).to_string(), now)
}

/// What came from the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The same as last time.
    Same,
    New {
        days: BTreeMap<Day, String>,
        /// Entries that are no holidays or cannot be understood.
        left_out: u32,
        etag: Option<String>,
    },
    /// Nothing, and why, in a sentence.
    Trouble(String),
}

impl Fetched {
    /// Reads a file: the days of the years about `now`. It can take long, so it is done before the command that takes it in.
    pub fn read(text: &str, etag: Option<String>, now: Instant) -> Fetched {
        let year = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).year();
        match ics::days_off(text, year - limits::FEED_YEARS_BACK..=year + limits::FEED_YEARS_AHEAD) {
            Ok(ics::DaysOff { days, left_out }) => Fetched::New { days, left_out, etag },
            Err(why) => Fetched::Trouble(why.to_owned()),
        }
    }
}

/// Takes in what came from `url`. What came for an address that the calendar no longer has is dropped.
pub fn take_in(tx: &mut Tx, actor: &Actor, id: CalendarId, url: &str, fetched: Fetched) -> Result<()> {
    let Some(before) = tx.get::<Calendar>(&id)? else { return Ok(()) };
    if before.retired_at.is_some() || before.feed.as_ref().is_none_or(|it| it.url != url) {
        return Ok(());
    }
    let now = tx.now();
    let known = feed_state(tx, &before)?;
    let fresh = FeedState { calendar: id, tried_at: now, read_at: None, trouble: None, etag: None, left_out: 0, url: url.to_owned() };
    let mut state = FeedState { tried_at: now, trouble: None, ..known.unwrap_or(fresh) };
    match fetched {
        Fetched::Same => state.read_at = Some(now),
        Fetched::Trouble(why) => state.trouble = Some(why.chars().take(500).collect()),
        Fetched::New { days, left_out, etag } => {
            state = FeedState { read_at: Some(now), etag, left_out, ..state };
            let feed = Some(Feed { url: url.to_owned(), days });
            calendar::put(tx, actor, &before, Calendar { feed, ..before.clone() })?;
        }
    }
    tx.put(&state)
}
