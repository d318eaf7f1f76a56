//! The form of a calendar, from its fields to a plan and back: shifts of a day in one line, dates one a line. What is wrong is said with its
//! line.

use std::collections::BTreeMap;

use crate::{
    desk::calendars::{self, Day, Holiday, HolidaySource, Override, Plan, Shift, WEEKDAYS, WeekHours},
    error::{Error, FieldError, Refusal, Result},
    web::{
        admin::calendars::{DayRow, Week},
        answers::form::Sent,
        tongue::{self, Phrase, phrase, t},
    },
};

const DAYS: [Phrase; 7] =
    [phrase!("day-1"), phrase!("day-2"), phrase!("day-3"), phrase!("day-4"), phrase!("day-5"), phrase!("day-6"), phrase!("day-7")];

/// The plan that the form asks for. Holidays of sets stay as they are in `before`.
pub fn plan(sent: &Sent, before: &Plan) -> Result<Plan> {
    let mut wrong: Vec<FieldError> = Vec::new();
    let mut week = WeekHours::default();
    for (day, name) in WEEKDAYS {
        match shifts(name, sent.text(name)) {
            Ok(it) => week.set(day, it),
            Err(it) => wrong.push(it),
        }
    }
    let overrides = lines(sent, "overrides", |date, rest| Ok((date, dated(rest)?)), &mut wrong);
    let mut holidays: BTreeMap<Day, Holiday> = before.holidays.clone().into_iter().filter(|it| it.1.source != HolidaySource::Own).collect();
    let own = |date, rest: &str| Ok((date, Holiday { label: rest.to_owned(), source: HolidaySource::Own }));
    holidays.extend(lines(sent, "holidays", own, &mut wrong));
    if let Some(first) = wrong.first() {
        return Err(Refusal { fields: wrong.clone(), ..Refusal::field("", first.code, first.message.clone()) }.into());
    }
    Ok(Plan { zone: sent.text("timeZone").trim().to_owned(), week, overrides, holidays })
}

/// `09:00-12:00, 13:00-17:00`
fn shifts(field: &str, text: &str) -> Result<Vec<Shift>, FieldError> {
    let error = |message: String| FieldError { field: field.to_owned(), code: "invalid", message: message.into() };
    let parts = text.split([',', ';']).map(str::trim).filter(|it| !it.is_empty() && !it.eq_ignore_ascii_case("closed"));
    let shifts = parts.map(|it| it.parse().map_err(error)).collect::<Result<Vec<Shift>, _>>()?;
    calendars::shifts_of_day(field, shifts).map_err(|it| error(it.to_string()))
}

/// `09:00-12:00, 13:00-15:00 Christmas Eve`, `closed Moving house`
fn dated(rest: &str) -> Result<Override, String> {
    // Commas may have spaces after them, and dashes around them: what looks like a time belongs to the hours.
    let is_hours =
        |it: &str| it.eq_ignore_ascii_case("closed") || it.starts_with(|c: char| c.is_ascii_digit()) || matches!(it, "-" | "–" | ",");
    let words: Vec<&str> = rest.split_whitespace().collect();
    let count = words.iter().take_while(|it| is_hours(it)).count();
    if count == 0 {
        return Err(t!("calendar-form-needs-hours-like-09").to_owned());
    }
    let hours = shifts("overrides", &words[..count].concat()).map_err(|it| it.message)?;
    Ok(Override { label: words[count..].join(" "), shifts: hours })
}

/// Reads a field of dates, one a line.
fn lines<T>(
    sent: &Sent,
    field: &str,
    read: impl Fn(Day, &str) -> Result<(Day, T), String>,
    wrong: &mut Vec<FieldError>,
) -> BTreeMap<Day, T> {
    let mut found = BTreeMap::new();
    for (at, line) in sent.text(field).lines().map(str::trim).enumerate().filter(|it| !it.1.is_empty()) {
        let (date, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match date.parse::<Day>().and_then(|date| read(date, rest.trim())) {
            Ok((day, it)) => drop(found.insert(day, it)),
            Err(why) => {
                wrong.push(FieldError {
                    field: field.to_owned(),
                    code: "invalid",
                    message: t!("calendar-form-line", at = at + 1, why = why).into(),
                });
                break;
            }
        }
    }
    found
}

/// The rows of a week.
pub fn rows(week: &WeekHours) -> Vec<DayRow> {
    let drawn = drawn(week);
    let row = |(((day, name), label), spans): (((_, &'static str), Phrase), Vec<_>)| {
        let value: Vec<String> = week.of(day).iter().map(|it| it.to_string().replace('–', "-")).collect();
        DayRow { name, label: label.text(), value: value.join(", "), spans, error: None }
    };
    WEEKDAYS.into_iter().zip(DAYS).zip(drawn).map(row).collect()
}

/// Open minutes of each day; a shift past midnight stands in both.
pub fn drawn(week: &WeekHours) -> Week {
    let mut days: Week = vec![Vec::new(); 7];
    for (at, (day, _)) in WEEKDAYS.into_iter().enumerate() {
        for shift in week.of(day) {
            let (from, to) = (shift.starts() / 60, shift.ends() / 60);
            days[at].push((from, to.min(1440)));
            if to > 1440 {
                days[(at + 1) % 7].push((0, to - 1440));
            }
        }
    }
    days
}

/// Dates with hours of their own, one a line.
pub fn overrides_text(plan: &Plan) -> String {
    let line = |(day, it): (&Day, &Override)| {
        let shifts: Vec<String> = it.shifts.iter().map(|it| it.to_string().replace('–', "-")).collect();
        let hours = if shifts.is_empty() { "closed".to_owned() } else { shifts.join(", ") };
        format!("{day} {hours} {}", it.label).trim_end().to_owned()
    };
    plan.overrides.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Holidays that somebody wrote, one a line.
pub fn holidays_text(plan: &Plan) -> String {
    let own = plan.holidays.iter().filter(|it| it.1.source == HolidaySource::Own);
    own.map(|(day, it)| format!("{day} {}", it.label).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The message of a field, if the refusal is about it.
pub fn at(error: &Error, field: &str) -> Option<String> {
    let Error::Refused(it) = error else { return None };
    it.fields.iter().find(|it| it.field == field).map(|it| tongue::sentence(&it.message))
}
