//! Recurring tickets on a desk.

use super::*;
use crate::desk::{
    calendars::{CalendarChange, Override, Plan, WeekHours},
    identity::PersonChange,
    stage::{Stage, id_of},
    ticket_templates::TemplateDraft,
};

const DAY: i64 = 86_400;

fn template(stage: &Stage, change: impl FnOnce(&mut TemplateDraft)) -> TicketTemplateId {
    let mut draft = TemplateDraft { name: "Backups".into(), title: "Check the backups".into(), ..TemplateDraft::default() };
    change(&mut draft);
    let max = stage.max.clone();
    stage.write(move |tx| ticket_templates::create(tx, &max, draft)).unwrap().id
}

/// Each day at 09:00 UTC, from today on. The stage's clock stands at 08:00 of a Friday.
fn draft(stage: &Stage, template: TicketTemplateId) -> RecurrenceDraft {
    let today = calendars::Day::new(jiff::tz::TimeZone::UTC.to_datetime(stage.now().timestamp()).date()).unwrap();
    let schedule = Schedule { rhythm: Rhythm::Daily, every: 1, at: 9 * 60, zone: "UTC".into(), from: today, until: None };
    RecurrenceDraft {
        name: "Backups".into(),
        template: Some(template),
        requester: id_of(&stage.rosa).to_string(),
        schedule,
        working_days_of: String::new(),
        paused: false,
    }
}

fn made(stage: &Stage, change: impl FnOnce(&mut RecurrenceDraft)) -> Recurrence {
    let mut draft = draft(stage, template(stage, |_| {}));
    change(&mut draft);
    let max = stage.max.clone();
    stage.write(move |tx| create(tx, &max, draft)).unwrap()
}

/// What the job does; gives how many were lodged.
fn run(stage: &Stage) -> usize {
    let due = stage.read(|tx| due(tx, 100));
    due.into_iter().filter_map(|id| stage.write(move |tx| act(tx, id)).unwrap()).count()
}

#[test]
fn each_time_is_lodged_once_with_what_the_template_says() {
    let stage = Stage::new();
    let it = made(&stage, |_| {});
    assert_eq!(stage.now().to_string(), "2027-01-15T08:00:00.000Z");
    assert_eq!(run(&stage), 0);
    for at in ["2027-01-15T09:00:00.000Z", "2027-01-16T09:00:00.000Z"] {
        assert_eq!(stage.read(next_due).unwrap().to_string(), at);
        stage.pass(3600);
        assert_eq!(run(&stage), 1);
        assert_eq!(run(&stage), 0, "it is lodged once");
        stage.pass(DAY - 3600);
    }
    let it = stage.read(|tx| known(tx, &stage.max, it.id));
    let ticket = stage.stored(it.last.clone().unwrap().ticket);
    assert_eq!((ticket.title.as_str(), ticket.requester, ticket.recurrence), ("Check the backups", id_of(&stage.rosa), Some(it.id)));
    assert_eq!(stage.read(|tx| coming(tx, &it)).len(), limits::OCCURRENCES_SHOWN);
}

#[test]
fn one_ticket_makes_up_for_all_that_went_by() {
    let stage = Stage::new();
    made(&stage, |_| {});
    stage.pass(50 * DAY + 7200);
    assert_eq!(run(&stage), 1);
    assert_eq!(run(&stage), 0);
    assert_eq!(stage.read(next_due), Some(stage.now().plus(std::time::Duration::from_secs(23 * 3600))));
    // The clock set back brings nothing twice.
    stage.pass(-10 * DAY);
    assert_eq!(run(&stage), 0);
}

#[test]
fn a_pause_is_not_made_up_for_and_a_new_time_gives_no_second_ticket_on_a_day() {
    let stage = Stage::new();
    let it = made(&stage, |_| {});
    stage.pass(2 * 3600);
    assert_eq!(run(&stage), 1);
    let set = |change: &dyn Fn(&mut RecurrenceDraft)| {
        let mut new = draft(&stage, it.template);
        change(&mut new);
        let (max, id) = (stage.max.clone(), it.id);
        stage.write(move |tx| self::change(tx, &max, id, None, new)).unwrap().next.map(|it| it.to_string())
    };
    assert_eq!(set(&|it| it.schedule.at = 15 * 60).as_deref(), Some("2027-01-16T15:00:00.000Z"));
    assert_eq!(set(&|it| it.paused = true), None);
    stage.pass(5 * DAY);
    assert_eq!(run(&stage), 0);
    assert_eq!(set(&|_| {}).as_deref(), Some("2027-01-21T09:00:00.000Z"));
}

#[test]
fn days_off_move_it_also_when_they_are_told_later() {
    let stage = Stage::new();
    let max = stage.max.clone();
    let office = stage.write(move |tx| {
        let week = WeekHours::weekdays(&["09:00-17:00".parse().unwrap()]);
        calendars::create_calendar(tx, &max, "Office", Plan::new("UTC", week))
    });
    let office = office.unwrap();
    let it = made(&stage, |it| it.working_days_of = "Office".into());
    stage.pass(3600);
    assert_eq!(run(&stage), 1);
    assert_eq!(stage.read(next_due).unwrap().to_string(), "2027-01-18T09:00:00.000Z", "after the weekend");
    let max = stage.max.clone();
    let mut plan = office.plan.clone();
    plan.overrides.insert("2027-01-18".parse().unwrap(), Override { shifts: Vec::new(), label: "Move".into() });
    let change = CalendarChange { plan: Some(plan), ..CalendarChange::default() };
    stage.write(move |tx| calendars::change_calendar(tx, &max, office.id, change)).unwrap();
    assert_eq!(stage.read(next_due).unwrap().to_string(), "2027-01-19T09:00:00.000Z");
    let max = stage.max.clone();
    assert!(stage.write(move |tx| calendars::retire_calendar(tx, &max, office.id)).is_err(), "something goes by it");
    let max = stage.max.clone();
    assert!(stage.write(move |tx| ticket_templates::delete(tx, &max, it.template)).is_err(), "something is lodged by it");
}

#[test]
fn what_the_desk_refuses_is_said_and_the_schedule_goes_on() {
    let stage = Stage::new();
    let it = made(&stage, |_| {});
    let (max, rosa) = (stage.max.clone(), id_of(&stage.rosa));
    stage
        .write(move |tx| identity::change_person(tx, &max, rosa, PersonChange { active: Some(false), ..PersonChange::default() }))
        .unwrap();
    stage.pass(2 * 3600);
    let id = it.id;
    let why = stage.write(move |tx| act(tx, id)).unwrap_err().to_string();
    let said = why.clone();
    stage.write(move |tx| pass_over(tx, id, &said)).unwrap();
    let it = stage.read(|tx| known(tx, &stage.max, id));
    assert_eq!(it.trouble.unwrap().why, why);
    assert_eq!(it.next.unwrap().to_string(), "2027-01-16T09:00:00.000Z");
}

#[test]
fn who_may_not_set_the_desk_up_makes_none_and_nonsense_is_refused() {
    let stage = Stage::new();
    let bare = template(&stage, |it| it.title = String::new());
    let good = template(&stage, |_| {});
    for (by, draft) in [
        (&stage.ada, draft(&stage, good)),
        (&stage.rosa, draft(&stage, good)),
        (&stage.max, draft(&stage, bare)),
        (&stage.max, RecurrenceDraft { template: None, ..draft(&stage, good) }),
        (&stage.max, RecurrenceDraft { requester: "nobody@example.com".into(), ..draft(&stage, good) }),
        (&stage.max, RecurrenceDraft { working_days_of: "Nowhere".into(), ..draft(&stage, good) }),
        (&stage.max, RecurrenceDraft { name: " ".into(), ..draft(&stage, good) }),
    ] {
        let (by, shown) = (by.clone(), format!("{draft:?}"));
        assert!(stage.write(move |tx| create(tx, &by, draft)).is_err(), "{shown}");
    }
    let (max, draft) = (stage.max.clone(), draft(&stage, good));
    let it = stage.write(move |tx| create(tx, &max, draft)).unwrap();
    let (ada, max) = (stage.ada.clone(), stage.max.clone());
    assert!(stage.write(move |tx| lodge_now(tx, &ada, it.id)).is_err());
    assert_eq!(stage.write(move |tx| lodge_now(tx, &max, it.id)).unwrap().recurrence, Some(it.id));
    assert_eq!(stage.read(next_due), it.next, "the schedule goes on as it was");
}
