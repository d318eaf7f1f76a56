//! The working-time cases that other calendars' tests state, where their file lies beside the project. A due instant on a closing time may
//! be stated as that or as the next opening: ours is always the closing time.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde::Deserialize;

use super::{Day, Hours, SpecialDay, Timetable, WEEKDAYS, WeekHours, named_zone, parse_shifts};
use crate::time::Instant;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    kind: String,
    tz: String,
    business_hours: BTreeMap<String, Vec<[String; 2]>>,
    holidays: Vec<String>,
    #[serde(default)]
    date_overrides: BTreeMap<String, Vec<[String; 2]>>,
    pauses: Vec<Span>,
    start: Option<Instant>,
    end: Option<Instant>,
    at: Option<Instant>,
    target_seconds: Option<u64>,
    boundary: Option<String>,
    expect_due: Option<Instant>,
    expect_business_seconds: Option<u64>,
    expect_open: Option<bool>,
    expect_next_open: Option<Instant>,
}

#[derive(Deserialize)]
struct Span {
    from: Instant,
    to: Instant,
}

impl Case {
    fn timetable(&self) -> Timetable {
        let mut week = WeekHours::default();
        for (day, name) in WEEKDAYS {
            week.set(day, parse_shifts(name, self.business_hours.get(name).map_or(&[], Vec::as_slice)).unwrap());
        }
        let special = |day: &String, is_holiday: bool, shifts: &[[String; 2]]| SpecialDay {
            day: day.parse::<Day>().unwrap(),
            label: String::new(),
            is_holiday,
            shifts: parse_shifts(day, shifts).unwrap(),
        };
        let holidays = self.holidays.iter().map(|it| special(it, true, &[]));
        let overrides = self.date_overrides.iter().map(|(day, shifts)| special(day, false, shifts));
        Timetable::new(named_zone(&self.tz).unwrap(), Hours::new(week, overrides.chain(holidays)))
    }

    /// What is wrong, if anything.
    fn flaw(&self) -> Option<String> {
        let table = self.timetable();
        let pauses: Vec<_> = self.pauses.iter().map(|it| (it.from, it.to)).collect();
        let (found, expected) = match self.kind.as_str() {
            "due" => {
                let due = table.due_with_pauses(self.start.unwrap(), self.target_seconds.unwrap(), &pauses);
                let at_opening = self.boundary.as_deref() == Some("next_period_start");
                let found = if at_opening { table.next_open_with_pauses(due.unwrap(), &pauses) } else { due };
                (format!("{found:?}"), format!("{:?}", self.expect_due))
            }
            "elapsed" => {
                let found = table.elapsed_with_pauses(self.start.unwrap(), self.end.unwrap(), &pauses);
                (format!("{found:?}"), format!("{:?}", self.expect_business_seconds.unwrap()))
            }
            "open" => {
                let at = self.at.unwrap();
                let found = table.is_open(at) && !pauses.iter().any(|it| it.0 <= at && at < it.1);
                (format!("{found:?}"), format!("{:?}", self.expect_open.unwrap()))
            }
            "next_open" => {
                (format!("{:?}", table.next_open_with_pauses(self.start.unwrap(), &pauses)), format!("{:?}", self.expect_next_open))
            }
            other => (other.to_owned(), "a kind of case".to_owned()),
        };
        (found != expected).then(|| format!("{}: {found}, not {expected}", self.id))
    }
}

#[test]
fn answers_every_stated_case() {
    // Sought upwards from the project: a worktree may lie deeper than the project itself.
    let places = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(3);
    let Some(text) = places.filter_map(|it| fs::read_to_string(it.join("shared/cases/working-time.json")).ok()).next() else {
        assert!(env::var_os("CI").is_none(), "the shared cases must be there in CI");
        println!("skipped: the shared cases of working time are not beside the project");
        return;
    };
    let Cases { cases } = serde_json::from_str(&text).unwrap();
    let flaws: Vec<String> = cases.iter().filter_map(Case::flaw).collect();
    println!("{} cases", cases.len());
    assert!(flaws.is_empty(), "{} of {}:\n{}", flaws.len(), cases.len(), flaws.join("\n"));
}
