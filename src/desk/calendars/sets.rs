//! A built-in set of holidays in a calendar: copied when an admin chooses it, with where each day is from, and taken out again as a whole.

use super::{Calendar, CalendarChange, Holiday, HolidaySource, change_calendar, holiday_place, public_holidays};
use crate::{
    desk::actor::Actor,
    error::{Refusal, Result},
    id::CalendarId,
    store::Tx,
};

/// Puts the holidays of a country or region, for these years, into a calendar. Days that stand there already stay as they are.
pub fn add_holidays(tx: &mut Tx, actor: &Actor, id: CalendarId, code: &str, years: &[i16]) -> Result<Calendar> {
    let before = tx.get::<Calendar>(&id)?.ok_or_else(|| Refusal::not_found("calendar"))?;
    let mut plan = before.plan;
    for year in years {
        let place = holiday_place(code).map_or_else(String::new, |it| it.code.to_owned());
        for (day, label) in public_holidays(code, *year)? {
            let holiday = || Holiday { label: label.to_owned(), source: HolidaySource::Set(place.clone()) };
            plan.holidays.entry(day).or_insert_with(holiday);
        }
    }
    change_calendar(tx, actor, id, CalendarChange { plan: Some(plan), ..CalendarChange::default() })
}

/// Takes every day of a set out of a calendar.
pub fn drop_holidays(tx: &mut Tx, actor: &Actor, id: CalendarId, code: &str) -> Result<Calendar> {
    let before = tx.get::<Calendar>(&id)?.ok_or_else(|| Refusal::not_found("calendar"))?;
    let mut plan = before.plan;
    plan.holidays.retain(|_, it| !matches!(&it.source, HolidaySource::Set(of) if of.eq_ignore_ascii_case(code)));
    change_calendar(tx, actor, id, CalendarChange { plan: Some(plan), ..CalendarChange::default() })
}
