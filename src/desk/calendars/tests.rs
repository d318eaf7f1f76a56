//! Tests of the arithmetic: its laws, and its answers beside those of a slow, obvious model that knows no years, no sums and no sharing.

use std::time::Duration;

use jiff::{Span, civil::Date};
use proptest::{collection::vec, prelude::*, sample::select};

use super::{Day, Hours, Shift, SpecialDay, Timetable, WEEKDAYS, WeekHours, named_zone};
use crate::time::Instant;

const ZONES: [&str; 13] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
    "America/St_Johns",
    "Europe/Dublin",
    "America/Sao_Paulo",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
    "Asia/Gaza",
];

/// Days on which clocks or dates jumped somewhere, a turn of the year, and leap days.
const ANCHORS: [&str; 16] = [
    "2026-03-29",
    "2026-10-25",
    "2026-03-08",
    "2026-11-01",
    "2026-04-05",
    "2026-10-04",
    "2011-12-30",
    "1994-12-31",
    "1985-12-31",
    "2024-02-29",
    "2100-02-28",
    "2087-04-20",
    "2018-11-04",
    "1996-10-27",
    "2149-12-31",
    "1970-01-01",
];

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn shifts(texts: &[&str]) -> Vec<Shift> {
    texts.iter().map(|it| it.parse().unwrap()).collect()
}

fn special(date: &str, is_holiday: bool, times: &[&str]) -> SpecialDay {
    SpecialDay { day: day(date), label: date.to_owned(), is_holiday, shifts: shifts(times) }
}

fn table(zone: &str, week: WeekHours, days: Vec<SpecialDay>) -> Timetable {
    Timetable::new(named_zone(zone).unwrap(), Hours::new(week, days))
}

fn every_day(times: &[&str]) -> WeekHours {
    let mut week = WeekHours::default();
    WEEKDAYS.into_iter().for_each(|(day, _)| week.set(day, shifts(times)));
    week
}

fn nine_to_five(zone: &str, days: Vec<SpecialDay>) -> Timetable {
    table(zone, WeekHours::weekdays(&shifts(&["09:00-17:00"])), days)
}

/// A calendar as drawn by chance, and a date around which it is asked.
#[derive(Debug, Clone)]
struct Drawn {
    zone: &'static str,
    week: WeekHours,
    special: Vec<SpecialDay>,
    anchor: Date,
}

impl Drawn {
    fn table(&self) -> Timetable {
        table(self.zone, self.week.clone(), self.special.clone())
    }

    fn instant(&self, minutes: i64) -> Instant {
        let midnight = named_zone("UTC").unwrap().to_timestamp(self.anchor.at(0, 0, 0, 0)).unwrap();
        Instant::from_millis(midnight.as_millisecond() + minutes * 60_000)
    }

    /// Every shift around the anchor as jiff maps its ends to instants; unmerged.
    fn spans(&self, days: i32) -> Vec<(i64, i64)> {
        let zone = named_zone(self.zone).unwrap();
        let second = |date: Date, seconds: u32| {
            let wall = date.at(0, 0, 0, 0).checked_add(Span::new().seconds(i64::from(seconds))).unwrap();
            zone.to_timestamp(wall).unwrap().as_second()
        };
        let mut spans = Vec::new();
        for date in (-5..=days).map(|it| self.anchor.checked_add(Span::new().days(it)).unwrap()) {
            let exists = second(date, 0) < second(date.tomorrow().unwrap(), 0);
            let found = self.special.iter().find(|it| it.day.date() == date && !it.is_holiday);
            let found = found.or_else(|| self.special.iter().find(|it| it.day.date() == date));
            let shifts = found.map_or_else(|| self.week.of(date.weekday()), |it| it.shifts.as_slice());
            spans.extend(shifts.iter().filter(|_| exists).map(|it| (second(date, it.starts()), second(date, it.ends()))));
        }
        spans
    }
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let time = (0u32..96).prop_map(|it| format!("{:02}:{:02}", it / 4, it % 4 * 15));
    let shift = (time.clone(), prop_oneof![time, Just("24:00".to_owned())]).prop_map(|(from, to)| Shift::parse(&from, &to).unwrap());
    let week = prop_oneof![
        8 => vec(vec(shift.clone(), 0..3), 7).prop_map(|days| {
            let mut week = WeekHours::default();
            WEEKDAYS.into_iter().zip(days).for_each(|((day, _), shifts)| week.set(day, shifts));
            week
        }),
        1 => Just(WeekHours::always()),
        1 => Just(WeekHours::default()),
    ];
    let special = vec((-3i64..9, vec(shift, 0..3), any::<bool>()), 0..4);
    (select(&ZONES[..]), week, special, select(&ANCHORS[..]), -6i64..4).prop_map(|(zone, week, special, anchor, back)| {
        let anchor = anchor.parse::<Date>().unwrap().checked_add(Span::new().days(back)).unwrap();
        let mut special: Vec<SpecialDay> = special
            .into_iter()
            .map(|(days, shifts, is_holiday)| SpecialDay {
                day: Day::new(anchor.checked_add(Span::new().days(days)).unwrap()).unwrap(),
                label: String::new(),
                is_holiday,
                shifts: if is_holiday { Vec::new() } else { shifts },
            })
            .collect();
        special.sort_by_key(|it| (it.day, it.is_holiday));
        special.dedup_by_key(|it| (it.day, it.is_holiday));
        Drawn { zone, week, special, anchor }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Minute by minute over ten days.
    #[test]
    fn agrees_with_a_model_that_counts_minutes(it in drawn(), start in 0i64..2880, target in 0u64..6000) {
        let (table, spans) = (it.table(), it.spans(14));
        let open = |at: Instant| spans.iter().any(|it| it.0 <= at.as_secs() && at.as_secs() < it.1);
        let (mut worked, mut due) = (0, None);
        let from = it.instant(start);
        for minute in start..start + 10 * 1440 {
            let now = it.instant(minute);
            if due.is_none() && worked >= target {
                due = Some(now);
            }
            prop_assert_eq!(table.is_open(now), open(now), "open at {}", now);
            if minute % 97 == 0 {
                prop_assert_eq!(table.elapsed(from, now), worked * 60, "elapsed until {}", now);
                let next = (minute..start + 10 * 1440).map(|it_| it.instant(it_)).find(|at| open(*at));
                if next.is_some() {
                    prop_assert_eq!(table.next_open(now), next, "next open after {}", now);
                }
            }
            worked += u64::from(open(now));
        }
        if due.is_some() {
            prop_assert_eq!(table.due(from, target * 60), due);
        }
    }

    #[test]
    fn due_is_the_inverse_of_elapsed(it in drawn(), start in 0i64..14_400, millis in 0i64..60_000, seconds in 1u64..5_000_000) {
        let table = it.table();
        let start = Instant::from_millis(it.instant(start).as_millis() + millis);
        if let Some(due) = table.due(start, seconds) {
            prop_assert_eq!(table.elapsed_millis(start, due), seconds * 1000);
            prop_assert_eq!(table.elapsed_millis(start, due.minus(Duration::from_millis(1))), seconds * 1000 - 1, "no earlier instant will do");
            prop_assert_eq!(table.due_with_pauses(start, seconds, &[]), Some(due));
        } else {
            prop_assert!(it.week.is_never());
        }
    }

    #[test]
    fn elapsed_adds_up(it in drawn(), mut cuts in vec(-500_000i64..500_000, 3)) {
        let table = it.table();
        cuts.sort_unstable();
        let [a, b, c] = [cuts[0], cuts[1], cuts[2]].map(|minutes| it.instant(minutes));
        prop_assert_eq!(table.elapsed_millis(a, b) + table.elapsed_millis(b, c), table.elapsed_millis(a, c));
        prop_assert_eq!(table.elapsed(c, a), 0);
        // The order in which years are first asked for changes nothing.
        let other = it.table();
        other.elapsed(c, c.plus(Duration::from_secs(1)));
        prop_assert_eq!(other.elapsed_millis(a, c), table.elapsed_millis(a, c));
    }

    #[test]
    fn periods_are_what_is_open(it in drawn(), from in -20_000i64..20_000, length in 0i64..40_000) {
        let table = it.table();
        let (from, to) = (it.instant(from), it.instant(from + length));
        let periods = table.periods(from, to);
        let sum: u64 = periods.iter().map(|it| u64::try_from(it.1.since(it.0).as_secs()).unwrap()).sum();
        prop_assert_eq!(sum, table.elapsed(from, to));
        prop_assert!(periods.windows(2).all(|it| it[0].1 < it[1].0), "in order, and none touches the next");
        for (begins, ends) in periods {
            prop_assert!(table.is_open(begins));
            prop_assert_eq!(table.next_open(begins), Some(begins));
            if ends < to {
                prop_assert!(!table.is_open(ends));
                prop_assert_eq!(table.next_close(begins), Some(ends));
            }
        }
    }

    #[test]
    fn cutting_a_pause_in_two_moves_nothing(
        it in drawn(), start in 0i64..10_000, seconds in 0u64..400_000, pauses in vec((0i64..20_000, 0i64..4000, 0i64..4000), 0..5)
    ) {
        let (table, start) = (it.table(), it.instant(start));
        let span = |from: i64, minutes: i64| (it.instant(from), it.instant(from + minutes));
        let whole: Vec<_> = pauses.iter().map(|(from, length, _)| span(*from, *length)).collect();
        let mut cut = Vec::new();
        for (from, length, part) in &pauses {
            let part = part.min(length);
            cut.push(span(from + part, length - part));
            cut.push(span(*from, *part));
        }
        let due = table.due_with_pauses(start, seconds, &whole);
        prop_assert_eq!(due, table.due_with_pauses(start, seconds, &cut));
        let end = it.instant(25_000);
        prop_assert_eq!(table.elapsed_millis_with_pauses(start, end, &whole), table.elapsed_millis_with_pauses(start, end, &cut));
        if let Some(due) = due {
            prop_assert_eq!(table.elapsed_with_pauses(start, due, &whole), seconds);
        }
    }

    /// Across centuries, where years share their layout, beside the sum of the model's spans.
    #[test]
    fn far_distances_are_exact(zone in select(&ZONES[..]), from in 1875i16..2150, years in 1i16..40) {
        let week = WeekHours::weekdays(&shifts(&["08:30-12:00", "13:00-17:15"]));
        let anchor = Date::constant(from, 1, 3);
        let drawn = Drawn { zone, week, special: Vec::new(), anchor };
        let end = Instant::from(named_zone("UTC").unwrap().to_timestamp(Date::constant(from + years, 7, 2).at(13, 7, 0, 0)).unwrap());
        let start = drawn.instant(0);
        let expected: i64 = drawn.spans(i32::from(years) * 366 + 366).iter().map(|(from, to)| (*to).min(end.as_secs()).max(start.as_secs()) - (*from).max(start.as_secs()).min(end.as_secs())).map(|it| it.max(0)).sum();
        prop_assert_eq!(drawn.table().elapsed(start, end), u64::try_from(expected).unwrap());
    }
}

#[test]
fn clocks_that_jump_count_real_seconds() {
    let night = || every_day(&["22:00-06:00"]);
    let whole = WeekHours::always;
    for (zone, week, from, to, hours) in [
        ("Europe/Berlin", night(), "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", 7.0),
        ("Europe/Berlin", night(), "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", 9.0),
        ("Europe/Berlin", whole(), "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25.0),
        ("Australia/Lord_Howe", night(), "2026-04-04T03:00:00Z", "2026-04-05T03:00:00Z", 8.5),
        ("Australia/Lord_Howe", night(), "2026-10-03T03:00:00Z", "2026-10-04T03:00:00Z", 7.5),
        ("Asia/Kathmandu", every_day(&["00:00-24:00"]), "1985-12-31T00:00:00Z", "1986-01-01T00:00:00Z", 24.0),
    ] {
        let it = table(zone, week, Vec::new());
        assert_eq!(it.elapsed(at(from), at(to)) as f64 / 3600.0, hours, "{zone} {from}");
    }
}

#[test]
fn a_date_that_a_zone_left_out_has_no_hours() {
    let it = nine_to_five("Pacific/Apia", Vec::new());
    // Thursday the 29th was followed by Saturday the 31st.
    assert_eq!(it.elapsed(at("2011-12-29T10:00:00Z"), at("2012-01-01T19:00:00Z")), 8 * 3600);
    assert_eq!(it.next_open(at("2011-12-30T03:00:00Z")), Some(at("2012-01-01T19:00:00Z")));
    let it = Timetable::new(named_zone("Pacific/Apia").unwrap(), Hours::new(WeekHours::always(), []));
    assert_eq!(it.elapsed(at("2011-12-29T10:00:00Z"), at("2011-12-30T10:00:00Z")), 24 * 3600);
}

#[test]
fn a_shift_belongs_to_the_day_on_which_it_begins() {
    let mut week = WeekHours::default();
    week.set(jiff::civil::Weekday::Monday, shifts(&["22:00-06:00"]));
    week.set(jiff::civil::Weekday::Tuesday, shifts(&["05:00-08:00"]));
    let plain = table("UTC", week.clone(), Vec::new());
    let night = (at("2026-05-04T22:00:00Z"), at("2026-05-05T08:00:00Z"));
    assert_eq!(plain.periods(at("2026-05-04T00:00:00Z"), at("2026-05-06T00:00:00Z")), [night], "shifts that overlap count once");
    for (holiday, opens, closes) in
        [("2026-05-04", "2026-05-05T05:00:00Z", "2026-05-05T08:00:00Z"), ("2026-05-05", "2026-05-04T22:00:00Z", "2026-05-05T06:00:00Z")]
    {
        let it = table("UTC", week.clone(), vec![special(holiday, true, &[])]);
        assert_eq!(it.periods(at("2026-05-04T00:00:00Z"), at("2026-05-06T00:00:00Z")), [(at(opens), at(closes))], "{holiday}");
    }
}

#[test]
fn an_override_beats_a_holiday_in_any_order() {
    let days = [special("2026-12-24", true, &[]), special("2026-12-24", false, &["09:00-12:00"])];
    for days in [days.to_vec(), days.iter().rev().cloned().collect()] {
        let it = nine_to_five("UTC", days);
        assert_eq!(it.elapsed(at("2026-12-24T00:00:00Z"), at("2026-12-25T00:00:00Z")), 3 * 3600);
        let shown: Vec<_> = it.special_days(at("2026-12-20T00:00:00Z"), at("2026-12-31T00:00:00Z")).map(|it| it.is_holiday).collect();
        assert_eq!(shown, [false]);
    }
}

#[test]
fn due_at_a_closing_time_is_the_closing_time() {
    let it = nine_to_five("UTC", Vec::new());
    let monday = at("2026-05-04T09:00:00Z");
    assert_eq!(it.due(monday, 8 * 3600), Some(at("2026-05-04T17:00:00Z")));
    assert_eq!(it.due(monday, 8 * 3600 + 1), Some(at("2026-05-05T09:00:01Z")));
    assert_eq!(it.due(at("2026-05-03T12:00:00.250Z"), 0), Some(at("2026-05-03T12:00:00.250Z")), "no time at all is due at once");
    assert_eq!(it.due(at("2026-05-04T16:59:59.250Z"), 1), Some(at("2026-05-05T09:00:00.250Z")));
    let pause = [(at("2026-05-04T10:00:00Z"), at("2026-05-04T12:00:00Z"))];
    assert_eq!(it.due_with_pauses(monday, 3600, &pause), Some(at("2026-05-04T10:00:00Z")), "the beginning of a pause too");
    assert_eq!(it.due_with_pauses(monday, 3601, &pause), Some(at("2026-05-04T12:00:01Z")));
}

#[test]
fn what_never_opens_or_never_closes_says_so() {
    let never = table("Europe/Berlin", WeekHours::default(), vec![special("2026-05-04", false, &["09:00-10:00"])]);
    let start = at("2026-01-01T00:00:00Z");
    assert_eq!(never.due(start, 3600), Some(at("2026-05-04T08:00:00Z")));
    assert_eq!(never.due(start, 3601), None);
    assert_eq!(never.next_open(at("2026-05-04T08:00:00Z")), None);
    assert_eq!(never.next_close(start), Some(at("2026-05-04T08:00:00Z")));
    assert_eq!(never.elapsed(at("1970-01-01T00:00:00Z"), at("9990-01-01T00:00:00Z")), 3600);
    let always = Timetable::always();
    assert_eq!(always.next_close(start), None);
    assert_eq!(always.next_open(start), Some(start));
    assert_eq!(always.elapsed(at("0001-01-01T00:00:00Z"), at("9998-12-31T00:00:00Z")), 315_506_275_200);
    assert_eq!(always.due(start, u64::MAX), None);
    assert_eq!(always.due(start, 1 << 60), None);
    let holiday = Timetable::new(named_zone("UTC").unwrap(), Hours::new(WeekHours::always(), [special("2030-01-01", true, &[])]));
    assert_eq!(holiday.next_close(start), Some(at("2030-01-01T00:00:00Z")), "open through four turns of the year");
    assert_eq!(holiday.periods(start, at("2031-01-01T00:00:00Z")).len(), 2);
}

#[test]
fn special_days_of_a_span_are_by_the_wall_of_the_zone() {
    let it = nine_to_five("Asia/Tokyo", vec![special("2026-05-04", true, &[]), special("2026-05-06", false, &["10:00-11:00"])]);
    let found = |from: &str, to: &str| it.special_days(at(from), at(to)).map(|it| it.label.clone()).collect::<Vec<_>>();
    assert_eq!(found("2026-05-03T14:59:59Z", "2026-05-03T14:59:59Z"), [""; 0]);
    assert_eq!(found("2026-05-03T14:59:59Z", "2026-05-03T15:00:00Z"), ["2026-05-04"]);
    assert_eq!(found("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"), ["2026-05-04", "2026-05-06"]);
}

/// A timetable is asked from many threads at once.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Timetable>();
};
