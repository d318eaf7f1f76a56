//! Tests of calendars as records: versions, what may be retired, which calendar counts, what a subscription changes, old regions.

use std::sync::Arc;

use minicbor::Encode;

use super::*;
use crate::{
    desk::{
        actor::Actor,
        queues::{self, TeamChange},
        settings::{self, SettingsChange},
    },
    error::{Code, Error, Result},
    id::{CalendarId, TeamId},
    store::{Record, Store, Table, Tx, engine::memory::MemoryEngine, writer::Options},
    time::Instant,
};

fn system() -> Actor {
    Actor::system("test")
}

/// A desk without any calendar.
fn world() -> Store {
    let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
    run(&store, |tx| {
        settings::found(tx, &system(), "Test")?;
        settings::change(tx, &system(), SettingsChange { calendar: Some(None), ..SettingsChange::default() })?;
        for it in calendars(tx)? {
            retire_calendar(tx, &system(), it.id)?;
        }
        Ok(())
    });
    store
}

fn run<T: Send + 'static>(store: &Store, what: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> T {
    store.write(what).unwrap().0
}

fn code_of<T: Send + 'static>(store: &Store, what: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Option<Code> {
    store.write(what).err().and_then(|it| it.code())
}

fn office() -> Plan {
    Plan::new("Europe/Berlin", WeekHours::weekdays(&["09:00-17:00".parse().unwrap()]))
}

fn made(store: &Store, name: &'static str) -> CalendarId {
    run(store, move |tx| create_calendar(tx, &system(), name, office())).id
}

#[test]
fn the_version_grows_with_what_can_move_an_instant_and_with_nothing_else() {
    let store = world();
    let id = made(&store, "Office");
    let change = |change: CalendarChange| run(&store, move |tx| change_calendar(tx, &system(), id, change)).version;
    assert_eq!(change(CalendarChange { name: Some("Harbour office".into()), ..CalendarChange::default() }), 1);
    assert_eq!(change(CalendarChange { plan: Some(office()), ..CalendarChange::default() }), 1, "nothing changed");
    let mut plan = office();
    plan.holidays.insert("2026-12-25".parse().unwrap(), Holiday::default());
    assert_eq!(change(CalendarChange { plan: Some(plan), ..CalendarChange::default() }), 2);
    assert_eq!(change(CalendarChange { feed: Some(Some("webcal://example.com/a.ics".into())), ..CalendarChange::default() }), 2);
    let table = |store: &Store| timetable(&store.read().unwrap(), id).unwrap();
    assert!(Arc::ptr_eq(&table(&store), &table(&store)), "made once");
    let before = table(&store);
    run(&store, move |tx| add_holidays(tx, &system(), id, "DE-BY", &[2026, 2027]));
    let after = table(&store);
    let epiphany: Instant = "2027-01-06T10:00:00Z".parse().unwrap();
    assert!(before.is_open(epiphany) && !after.is_open(epiphany));
    assert_eq!(run(&store, move |tx| drop_holidays(tx, &system(), id, "de-by")).plan.holidays.len(), 1, "its own stays");
    assert_eq!(version(&store.read().unwrap(), id).unwrap(), 4);
}

#[test]
fn a_calendar_that_something_goes_by_stays_in_use() {
    let store = world();
    let id = made(&store, "Office");
    run(&store, move |tx| settings::change(tx, &system(), SettingsChange { calendar: Some(Some(id)), ..SettingsChange::default() }));
    let Error::Refused(refusal) = store.write(move |tx| retire_calendar(tx, &system(), id)).unwrap_err() else { panic!("refused") };
    assert_eq!((refusal.code, refusal.detail.starts_with("The desk goes by")), (Code::Conflict, true), "{}", refusal.detail);
    run(&store, |tx| settings::change(tx, &system(), SettingsChange { calendar: Some(None), ..SettingsChange::default() }));
    run(&store, move |tx| retire_calendar(tx, &system(), id));
    assert!(calendars(&store.read().unwrap()).unwrap().is_empty());
    assert!(timetable(&store.read().unwrap(), id).is_ok(), "what was due by it stays explained");
    assert_eq!(code_of(&store, move |tx| change_calendar(tx, &system(), id, CalendarChange::default())), Some(Code::Conflict));
    let to_it =
        move |tx: &mut Tx| settings::change(tx, &system(), SettingsChange { calendar: Some(Some(id)), ..SettingsChange::default() });
    assert_eq!(code_of(&store, to_it), Some(Code::Validation), "nothing goes by it any more");
    made(&store, "Office");
}

#[test]
fn what_does_not_fit_is_refused() {
    let store = world();
    made(&store, "Office");
    let mut long = office();
    let day = |number: usize| format!("{}-{:02}-{:02}", 2000 + number / 336, number / 28 % 12 + 1, number % 28 + 1).parse::<Day>().unwrap();
    long.holidays = (0..=crate::limits::CALENDAR_HOLIDAYS_MAX).map(|it| (day(it), Holiday::default())).collect();
    for (name, plan) in
        [("office", office()), (" ", office()), ("Moon", Plan::new("Luna/Tranquility", WeekHours::always())), ("Long", long)]
    {
        assert_eq!(code_of(&store, move |tx| create_calendar(tx, &system(), name, plan)), Some(Code::Validation), "{name}");
    }
    for url in ["", "ftp://example.com/a", "https://", "https://a b", "https://me:secret@example.com/x", "file:///etc/passwd"] {
        assert!(Feed::address(url).is_err(), "{url}");
    }
    assert_eq!(Feed::address(" webcal://example.com/a.ics ").unwrap(), "https://example.com/a.ics");
}

#[test]
fn the_policy_counts_before_the_team_before_the_region_before_the_desk() {
    let store = world();
    let [policy, team, region, desk] = ["Policy", "Team", "Region", "Desk"].map(|it| made(&store, it));
    let queue = run(&store, |tx| Ok(queues::queue_named(tx, "Service desk")?.unwrap().id));
    let owner: TeamId = run(&store, |tx| Ok(queues::team_named(tx, "Service desk")?.unwrap().id));
    let now = |policy: Option<CalendarId>| in_force(&store.read().unwrap(), policy, Some(queue)).unwrap();
    assert_eq!(now(None), InForce { calendar: None, from: Origin::Nobody });
    assert!(now(None).timetable(&store.read().unwrap()).unwrap().is_open(Instant::EPOCH), "round the clock");
    run(&store, move |tx| settings::change(tx, &system(), SettingsChange { calendar: Some(Some(desk)), ..SettingsChange::default() }));
    assert_eq!(now(None), InForce { calendar: Some(desk), from: Origin::Desk });
    let place = TeamChange { region: Some(Some("Harbour".into())), ..TeamChange::default() };
    run(&store, move |tx| queues::change_team(tx, &system(), owner, place));
    assert_eq!(now(None).from, Origin::Desk, "a region without a calendar says nothing");
    run(&store, move |tx| {
        let it = region_named(tx, "harbour")?.unwrap().id;
        change_region(tx, &system(), it, RegionChange { calendar: Some(Some(region)), ..RegionChange::default() })
    });
    assert_eq!(now(None), InForce { calendar: Some(region), from: Origin::Region("Harbour".into()) });
    run(&store, move |tx| queues::change_team(tx, &system(), owner, TeamChange { calendar: Some(Some(team)), ..TeamChange::default() }));
    assert_eq!(now(None), InForce { calendar: Some(team), from: Origin::Team("Service desk".into()) });
    assert_eq!(now(Some(policy)), InForce { calendar: Some(policy), from: Origin::Policy });
    assert_eq!(in_force(&store.read().unwrap(), None, None).unwrap().from, Origin::Desk, "a ticket in no queue");
    let users = users(&store.read().unwrap(), region).unwrap();
    assert_eq!(users, ["the region Harbour"]);
    let harbour = run(&store, |tx| Ok(region_named(tx, "Harbour")?.unwrap().id));
    assert_eq!(code_of(&store, move |tx| delete_region(tx, &system(), harbour)), Some(Code::Conflict), "a team works there");
}

#[test]
fn a_subscription_that_cannot_be_read_takes_no_day_away() {
    let store = world();
    let id = made(&store, "Office");
    let url = "https://example.com/a.ics";
    let to = |to: &str| CalendarChange { feed: Some(Some(to.to_owned())), ..CalendarChange::default() };
    let change = to(url);
    run(&store, move |tx| change_calendar(tx, &system(), id, change));
    let year = run(&store, |tx| Ok(tx.now())).to_string()[..4].to_owned();
    let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:{year}0704\nSUMMARY:Harbour day\nEND:VEVENT\nEND:VCALENDAR");
    let came = |fetched: Fetched, url: &'static str| {
        run(&store, move |tx| take_in(tx, &system(), id, url, fetched));
        let tx = store.read().unwrap();
        let it = tx.get::<Calendar>(&id).unwrap().unwrap();
        let state = feed_state(&tx, &it).unwrap();
        (it.feed.unwrap().days.len(), it.version, state.and_then(|it| it.trouble).is_some())
    };
    let new = |text: &str| Fetched::read(text, Some("\"1\"".into()), store.read().unwrap().now());
    assert_eq!(came(new(&text), url), (1, 2, false));
    assert_eq!(came(Fetched::Same, url), (1, 2, false));
    assert_eq!(came(Fetched::Trouble("It is away.".into()), url), (1, 2, true));
    assert_eq!(came(new("<html>"), url), (1, 2, true));
    assert_eq!(came(new(&text), url), (1, 2, false), "the same days are no change");
    assert_eq!(came(new("BEGIN:VCALENDAR\nEND:VCALENDAR"), "https://example.com/old.ics"), (1, 2, false), "of an address of before");
    let etag = feed_state(&store.read().unwrap(), &store.read().unwrap().get(&id).unwrap().unwrap()).unwrap().unwrap().etag;
    assert_eq!(etag.as_deref(), Some("\"1\""));
    let change = to("https://example.com/b.ics");
    run(&store, move |tx| change_calendar(tx, &system(), id, change));
    assert_eq!(version(&store.read().unwrap(), id).unwrap(), 3, "its days went with it");
    assert_eq!(run(&store, enqueue_due_feeds), 1);
}

#[test]
fn regions_are_made_of_what_teams_had_as_text() {
    /// A team as releases before wrote it.
    #[derive(Encode, minicbor::Decode)]
    struct Old {
        #[n(0)]
        id: TeamId,
        #[n(1)]
        name: String,
        #[n(2)]
        created_at: Instant,
        #[n(4)]
        region: Option<String>,
    }
    impl Record for Old {
        type Key = TeamId;
        const TABLE: Table = queues::Team::TABLE;

        fn key(&self) -> TeamId {
            self.id
        }
    }
    let store = world();
    run(&store, |tx| {
        for (name, region) in [("A", Some("North")), ("B", Some("north")), ("C", None)] {
            let it = Old { id: tx.new_id(), name: name.into(), created_at: tx.now(), region: region.map(Into::into) };
            tx.put(&it)?;
        }
        // What a migration does is told by the one event of its step.
        create_region(tx, &system(), "South", None)?;
        Ok(())
    });
    run(&store, |tx| {
        region_texts::into_regions(tx)?;
        create_region(tx, &system(), "West", None).map(drop)
    });
    let tx = store.read().unwrap();
    let regions: Vec<_> = regions(&tx).unwrap().into_iter().map(|it| (it.id, it.name)).collect();
    assert_eq!(regions.iter().filter(|it| it.1.eq_ignore_ascii_case("North")).count(), 1);
    let of = |name: &str| queues::team_named(&tx, name).unwrap().unwrap().region;
    assert_eq!((of("A"), of("B"), of("C")), (region_named(&tx, "North").unwrap().map(|it| it.id), of("A"), None));
}
