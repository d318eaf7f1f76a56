//! How what runs by itself went since the desk was opened: when it last did its work, and what last kept it from that. It is kept in memory,
//! since a row per look would cost a commit each; what failed for good stands in the store besides (`desk/jobs`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    desk::{
        calendars::FETCH_HOLIDAYS, exports::EXPORT_TICKETS, mail::outbox::SEND_MAIL, notices::push::SEND_PUSH,
        notify::account::SEND_ACCOUNT_MAIL, providers::SYNC_DIRECTORY, service_levels::RETIME,
    },
    time::Instant,
};

/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 500;

/// A work that the desk does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    MailIn,
    MailOut,
    AccountMail,
    Notify,
    Push,
    Clocks,
    Closing,
    Recurring,
    Later,
    Outages,
    Alike,
    Retime,
    Holidays,
    Directories,
    Scanning,
    Exports,
    Previews,
    Tidying,
}

impl Work {
    /// In the order in which people look for them.
    pub const ALL: [Work; 18] = [
        Work::MailIn,
        Work::MailOut,
        Work::AccountMail,
        Work::Notify,
        Work::Push,
        Work::Clocks,
        Work::Closing,
        Work::Recurring,
        Work::Later,
        Work::Outages,
        Work::Alike,
        Work::Retime,
        Work::Holidays,
        Work::Directories,
        Work::Scanning,
        Work::Exports,
        Work::Previews,
        Work::Tidying,
    ];

    /// The word that programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            Work::MailIn => "mail_in",
            Work::MailOut => "mail_out",
            Work::AccountMail => "account_mail",
            Work::Notify => "notify",
            Work::Push => "push",
            Work::Clocks => "clocks",
            Work::Closing => "closing",
            Work::Recurring => "recurring",
            Work::Later => "later",
            Work::Outages => "outages",
            Work::Alike => "alike",
            Work::Retime => "retime",
            Work::Holidays => "holidays",
            Work::Directories => "directories",
            Work::Scanning => "scanning",
            Work::Exports => "exports",
            Work::Previews => "previews",
            Work::Tidying => "tidying",
        }
    }

    /// The kind of durable job that does it, if one does.
    pub fn job(self) -> Option<&'static str> {
        match self {
            Work::MailOut => Some(SEND_MAIL),
            Work::AccountMail => Some(SEND_ACCOUNT_MAIL),
            Work::Push => Some(SEND_PUSH),
            Work::Retime => Some(RETIME),
            Work::Holidays => Some(FETCH_HOLIDAYS),
            Work::Directories => Some(SYNC_DIRECTORY),
            Work::Exports => Some(EXPORT_TICKETS),
            _ => None,
        }
    }

    /// The work that a kind of job does.
    pub fn of_job(kind: &str) -> Option<Work> {
        Work::ALL.into_iter().find(|it| it.job() == Some(kind))
    }
}

/// What is known of one work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    /// When it last did what there was to do, be it nothing.
    pub done: Option<Instant>,
    /// When something last kept it from that, and what.
    pub failed: Option<(Instant, String)>,
}

impl Pulse {
    /// Whether the last that is known of it is a failure.
    pub fn is_ill(&self) -> bool {
        self.failed.as_ref().is_some_and(|it| self.done.is_none_or(|done| it.0 > done))
    }
}

/// The pulses of one open desk.
pub struct Pulses {
    since: Instant,
    all: Mutex<[Pulse; Work::ALL.len()]>,
}

impl Pulses {
    pub(super) fn since(since: Instant) -> Self {
        Pulses { since, all: Mutex::default() }
    }

    /// When they began to be counted.
    pub fn begun(&self) -> Instant {
        self.since
    }

    /// It did what there was to do.
    pub fn well(&self, work: Work, now: Instant) {
        self.lock()[work as usize].done = Some(now);
    }

    /// Something kept it from its work.
    pub fn ill(&self, work: Work, now: Instant, why: &str) {
        self.lock()[work as usize].failed = Some((now, why.chars().take(ERROR_CHARS_MAX).collect()));
    }

    /// What is known of one.
    pub fn of(&self, work: Work) -> Pulse {
        self.lock()[work as usize].clone()
    }

    fn lock(&self) -> MutexGuard<'_, [Pulse; Work::ALL.len()]> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_last_word_counts() {
        let at = Instant::from_millis;
        let all = Pulses::since(at(0));
        assert!(!all.of(Work::Clocks).is_ill(), "nothing is known yet");
        all.ill(Work::Clocks, at(1), "the disk is full");
        assert!(all.of(Work::Clocks).is_ill());
        assert!(!all.of(Work::Closing).is_ill());
        all.well(Work::Clocks, at(2));
        let it = all.of(Work::Clocks);
        assert!(!it.is_ill());
        assert_eq!(it.failed, Some((at(1), "the disk is full".to_owned())), "what went wrong is not forgotten");
    }

    #[test]
    fn each_has_its_place_and_its_word() {
        for (place, it) in Work::ALL.into_iter().enumerate() {
            assert_eq!(it as usize, place);
            assert_eq!(it.job().and_then(Work::of_job), it.job().map(|_| it));
        }
        assert_eq!(Work::ALL.map(Work::name).into_iter().collect::<BTreeSet<_>>().len(), Work::ALL.len());
    }
}
