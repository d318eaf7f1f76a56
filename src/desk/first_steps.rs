//! The first steps of a desk: five questions after which it works, each of which may be left for later, and what is still to be set up.
//! How far somebody came is operational; what they answer is a change of settings like any other.

use minicbor::{Decode, Encode};

use super::{
    actor::Actor,
    calendars::{self, CalendarChange, Plan},
    identity,
    mail::{ledger::MailEntry, mailbox::Mailbox},
    permission::Permission,
    settings::{self, Settings, SettingsChange},
};
use crate::{
    error::Result,
    store::{Record, Table, Tx},
};

/// One of the questions, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Question {
    /// What is the desk called, and in which language does it speak?
    #[n(0)]
    Desk,
    /// When do you work?
    #[n(1)]
    Hours,
    /// To which address do people write?
    #[n(2)]
    Mail,
    /// Who works here?
    #[n(3)]
    People,
    /// What do you promise?
    #[n(4)]
    Promise,
}

impl Question {
    pub const ALL: [Question; 5] = [Question::Desk, Question::Hours, Question::Mail, Question::People, Question::Promise];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Question::Desk => "desk",
            Question::Hours => "hours",
            Question::Mail => "mail",
            Question::People => "people",
            Question::Promise => "promise",
        }
    }

    pub fn named(text: &str) -> Option<Question> {
        Question::ALL.into_iter().find(|it| it.name() == text)
    }

    /// Its place, from 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The one behind it.
    pub fn next(self) -> Option<Question> {
        Question::ALL.get(self.number()).copied()
    }
}

/// How far somebody came. A desk that was set up in another way has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub struct FirstSteps {
    #[n(0)]
    pub answered: Vec<Question>,
    /// Somebody said that they are through.
    #[n(1)]
    pub is_over: bool,
}

impl Record for FirstSteps {
    type Key = ();
    const TABLE: Table = Table::operational(0x3e, "first_steps");

    fn key(&self) {}
}

impl FirstSteps {
    /// The first question that nobody has answered.
    pub fn next(&self) -> Option<Question> {
        Question::ALL.into_iter().find(|it| !self.answered.contains(it))
    }
}

/// The first steps, where somebody still takes them.
pub fn going_on(tx: &Tx) -> Result<Option<FirstSteps>> {
    Ok(tx.get::<FirstSteps>(&())?.filter(|it| !it.is_over))
}

/// A new desk begins with them; its founding has answered the first question.
pub fn begin(tx: &mut Tx) -> Result<()> {
    tx.put(&FirstSteps { answered: vec![Question::Desk], is_over: false })
}

/// A question is answered.
pub fn answered(tx: &mut Tx, actor: &Actor, it: Question) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let Some(mut steps) = going_on(tx)?.filter(|steps| !steps.answered.contains(&it)) else { return Ok(()) };
    steps.answered.push(it);
    steps.answered.sort_unstable();
    tx.put(&steps)
}

/// Somebody is through with them; what is still to be set up is said in the settings from then on.
pub fn end(tx: &mut Tx, actor: &Actor) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    match going_on(tx)? {
        Some(it) => tx.put(&FirstSteps { is_over: true, ..it }),
        None => Ok(()),
    }
}

/// Something without which a desk works worse than it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It has no mail address, so it tells nobody anything.
    Sender,
    /// It does not know its own address, so its mails have no links.
    Address,
    /// It fetches no mail, and no mail was handed to it.
    Mailbox,
    /// Nobody else works tickets.
    Colleagues,
    /// Its working hours know no holidays.
    Holidays,
}

impl Missing {
    pub const ALL: [Missing; 5] = [Missing::Sender, Missing::Address, Missing::Mailbox, Missing::Colleagues, Missing::Holidays];

    pub fn name(self) -> &'static str {
        match self {
            Missing::Sender => "sender",
            Missing::Address => "address",
            Missing::Mailbox => "mailbox",
            Missing::Colleagues => "colleagues",
            Missing::Holidays => "holidays",
        }
    }

    fn is_missing(self, tx: &Tx, settings: &Settings) -> Result<bool> {
        Ok(match self {
            Missing::Sender => settings.addresses.is_empty(),
            Missing::Address => settings.base_url.is_none(),
            Missing::Mailbox => tx.scan::<Mailbox>(&())?.next().is_none() && tx.scan::<MailEntry>(&())?.next().is_none(),
            Missing::Colleagues => identity::agents(tx)?.len() < 2,
            Missing::Holidays => match settings.calendar.map(|it| tx.get::<calendars::Calendar>(&it)).transpose()?.flatten() {
                Some(it) => it.plan.holidays.is_empty() && it.feed.is_none(),
                None => false,
            },
        })
    }
}

/// What is still to be set up.
pub fn missing(tx: &Tx) -> Result<Vec<Missing>> {
    let settings = Settings::of(tx)?;
    let mut found = Vec::new();
    for it in Missing::ALL {
        if it.is_missing(tx, &settings)? {
            found.push(it);
        }
    }
    Ok(found)
}

/// When the desk works: its zone, and the plan of its own calendar; none is round the clock. `country` is the code of a built-in set of
/// holidays, for this year and the two behind it.
pub fn work_hours(tx: &mut Tx, actor: &Actor, zone: &str, week: Option<calendars::WeekHours>, country: Option<&str>) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    settings::change(tx, actor, SettingsChange { time_zone: Some(zone.to_owned()), ..SettingsChange::default() })?;
    let Some(week) = week else {
        settings::change(tx, actor, SettingsChange { calendar: Some(None), ..SettingsChange::default() })?;
        return Ok(());
    };
    let own = Settings::of(tx)?.calendar.map(|it| tx.get::<calendars::Calendar>(&it)).transpose()?.flatten();
    let own = own.filter(|it| it.retired_at.is_none());
    let id = match own {
        Some(it) => {
            let plan = Plan { zone: zone.to_owned(), week, ..it.plan };
            calendars::change_calendar(tx, actor, it.id, CalendarChange { plan: Some(plan), ..CalendarChange::default() })?.id
        }
        None => {
            let id = match calendars::calendar_named(tx, OFFICE_HOURS)?.filter(|it| it.retired_at.is_none()) {
                Some(it) => {
                    let plan = Plan { zone: zone.to_owned(), week, ..it.plan };
                    calendars::change_calendar(tx, actor, it.id, CalendarChange { plan: Some(plan), ..CalendarChange::default() })?.id
                }
                None => calendars::create_calendar(tx, actor, OFFICE_HOURS, Plan::new(zone, week))?.id,
            };
            settings::change(tx, actor, SettingsChange { calendar: Some(Some(id)), ..SettingsChange::default() })?;
            id
        }
    };
    if let Some(code) = country {
        let year = tx.now().timestamp().to_zoned(jiff::tz::TimeZone::UTC).year();
        let known = calendars::holiday_years();
        let years: Vec<i16> = (year..=year + 2).filter(|it| known.contains(it)).collect();
        calendars::add_holidays(tx, actor, id, code, &years)?;
    }
    Ok(())
}

/// The calendar that every desk begins with.
const OFFICE_HOURS: &str = "Office hours";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::stage::Stage;

    #[test]
    fn questions_are_answered_in_any_order_and_come_back_where_one_was_left() {
        let stage = Stage::new();
        assert_eq!(stage.read(going_on), None, "a desk that was set up in another way is asked nothing");
        let max = stage.max.clone();
        stage.write(begin).unwrap();
        let who = max.clone();
        stage.write(move |tx| answered(tx, &who, Question::Mail)).unwrap();
        assert_eq!(stage.read(going_on).unwrap().next(), Some(Question::Hours));
        for it in Question::ALL {
            let who = max.clone();
            stage.write(move |tx| answered(tx, &who, it)).unwrap();
        }
        assert_eq!(stage.read(going_on).unwrap().next(), None);
        stage.write(move |tx| end(tx, &max)).unwrap();
        assert_eq!(stage.read(going_on), None);
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| answered(tx, &ada, Question::Desk)).is_err());
    }

    #[test]
    fn what_is_missing_goes_as_it_is_set_up() {
        let stage = Stage::new();
        assert_eq!(stage.read(missing), [Missing::Sender, Missing::Address, Missing::Mailbox, Missing::Holidays]);
        let max = stage.max.clone();
        let done = stage.write(move |tx| {
            let change = SettingsChange {
                addresses: Some(vec!["help@example.com".into()]),
                base_url: Some("https://help.example.com".into()),
                ..SettingsChange::default()
            };
            settings::change(tx, &max, change)?;
            let week = calendars::WeekHours::weekdays(&calendars::parse_shifts("hours", &[["08:00", "16:30"]])?);
            work_hours(tx, &max, "Europe/Berlin", Some(week), Some("DE"))
        });
        done.unwrap();
        assert_eq!(stage.read(missing), [Missing::Mailbox]);
        let (zone, hours) = stage.read(|tx| {
            let settings = Settings::of(tx)?;
            let plan = tx.get::<calendars::Calendar>(&settings.calendar.unwrap())?.unwrap().plan;
            Ok((settings.time_zone.clone(), (plan.zone, plan.week.of(jiff::civil::Weekday::Monday)[0].to_string())))
        });
        assert_eq!(
            (zone.as_str(), hours.0.as_str(), hours.1.replace('–', "-").as_str()),
            ("Europe/Berlin", "Europe/Berlin", "08:00-16:30")
        );
    }

    #[test]
    fn a_desk_may_work_round_the_clock_and_change_its_mind() {
        let stage = Stage::new();
        for week in [None, Some(calendars::WeekHours::default())] {
            let (max, has) = (stage.max.clone(), week.is_some());
            stage.write(move |tx| work_hours(tx, &max, "UTC", week, None)).unwrap();
            assert_eq!(stage.read(Settings::of).calendar.is_some(), has);
        }
    }
}
