//! What working time costs: a due instant near and far, the time between two instants, a calendar made ready. Each beside a walk over
//! the days as a plain program does it, so that the result is a ratio that holds on any machine.
//!
//! `cargo bench --bench calendars`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{Span, civil::Date};
use lodge::{
    desk::calendars::{Hours, SpecialDay, Timetable, WeekHours, named_zone, public_holidays},
    time::Instant,
};

const ZONE: &str = "Europe/Berlin";

/// A split day with the holidays of ten years.
fn office() -> Timetable {
    let shifts = ["08:30-12:00", "13:00-17:15"].map(|it| it.parse().unwrap());
    let of_year = |year| public_holidays("DE-BY", year).unwrap();
    let holidays = (2026..=2035).flat_map(of_year);
    let special = holidays.map(|(day, label)| SpecialDay { day, label: label.to_owned(), is_holiday: true, shifts: Vec::new() });
    Timetable::new(named_zone(ZONE).unwrap(), Hours::new(WeekHours::weekdays(&shifts), special))
}

/// The same without holidays, day by day.
fn walked(start: Instant, seconds: i64) -> Instant {
    let zone = named_zone(ZONE).unwrap();
    let first = zone.to_datetime(start.timestamp()).date();
    let mut left = seconds;
    for ahead in 0.. {
        let day: Date = first.checked_add(Span::new().days(ahead)).unwrap();
        if day.weekday().to_monday_zero_offset() > 4 {
            continue;
        }
        for ((from, from_minute), (to, to_minute)) in [((8, 30), (12, 0)), ((13, 0), (17, 15))] {
            let at = |hour, minute| zone.to_timestamp(day.at(hour, minute, 0, 0)).unwrap().as_second();
            let (from, to) = (at(from, from_minute).max(start.as_secs()), at(to, to_minute));
            if to - from >= left {
                return Instant::from_millis((from + left) * 1000);
            }
            left -= (to - from).max(0);
        }
    }
    unreachable!("days do not end")
}

fn working_time(c: &mut Criterion) {
    let start: Instant = "2026-05-04T07:12:31Z".parse().unwrap();
    let table = office();
    for (name, seconds) in [("in four hours", 4 * 3600), ("in two weeks", 80 * 3600), ("in ten years", 20_000 * 3600)] {
        table.due(start, seconds);
        c.bench_function(&format!("due {name}"), |it| it.iter(|| table.due(black_box(start), black_box(seconds))));
        let walk = i64::try_from(seconds).unwrap();
        c.bench_function(&format!("due {name}, walked"), |it| it.iter(|| walked(black_box(start), black_box(walk))));
    }
    for (name, until) in [("a day", "2026-05-05T10:00:00Z"), ("a century", "2126-05-05T10:00:00Z")] {
        let until: Instant = until.parse().unwrap();
        table.elapsed(start, until);
        c.bench_function(&format!("time within {name}"), |it| it.iter(|| table.elapsed(black_box(start), black_box(until))));
    }
    let pauses: Vec<_> = (0..20)
        .map(|it| {
            (Instant::from_millis(start.as_millis() + it * 9_000_000), Instant::from_millis(start.as_millis() + it * 9_000_000 + 3_600_000))
        })
        .collect();
    c.bench_function("due in two weeks around twenty pauses", |it| it.iter(|| table.due_with_pauses(black_box(start), 80 * 3600, &pauses)));
    c.bench_function("a calendar made ready, and its first answer", |it| it.iter(|| office().due(black_box(start), 4 * 3600)));
    c.bench_function("a calendar made ready for a century", |it| {
        it.iter(|| office().elapsed(start, "2126-05-05T10:00:00Z".parse().unwrap()))
    });
}

criterion_group!(benches, working_time);
criterion_main!(benches);
