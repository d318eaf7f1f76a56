//! Who is told what, by which way, and when not.

use std::time::Duration;

use super::{
    preferences::{Choice, Gathering, NotificationRulesChange, PreferencesChange, QuietHours, change, change_rules, mute, next_at},
    *,
};
use crate::desk::{
    mail::{occasion::Occasion, outbox::Letter},
    routing::{Absence, StandingChange, change_standing},
    settings::{self, SettingsChange},
    stage::{Stage, id_of},
    tickets::{self, Channel as Via, NewComment, TicketChange},
};

fn prefer(stage: &Stage, who: &Actor, wanted: PreferencesChange) -> Result<()> {
    let who = who.clone();
    stage.write(move |tx| change(tx, &who, wanted).map(drop))
}

fn choice(happening: Happening, channel: Channel, on: bool) -> PreferencesChange {
    PreferencesChange { choices: vec![Choice { happening, channel, on }], ..PreferencesChange::default() }
}

fn write_on(stage: &Stage, who: &Actor, ticket: TicketId, private: bool) {
    let who = who.clone();
    stage.pass(1);
    stage.write(move |tx| tickets::add_comment(tx, &who, ticket, NewComment::new("Hello", private, Via::Portal))).unwrap();
    stage.notify();
}

fn told(stage: &Stage, who: &Actor) -> Vec<Happening> {
    stage.read(|tx| list(tx, who, &Filter::default(), None, 100)).into_iter().map(|it| it.happening).collect()
}

fn with_mail(stage: &Stage) {
    let change = SettingsChange { addresses: Some(vec!["desk@example.com".into()]), ..SettingsChange::default() };
    stage.write(move |tx| settings::change(tx, &Actor::system("test"), change)).unwrap();
}

fn letters(stage: &Stage) -> Vec<Letter> {
    stage.read(|tx| Ok(tx.scan::<Letter>(&())?.collect::<Result<_, _>>()?))
}

#[test]
fn whom_a_message_concerns_is_told_and_its_writer_is_not() {
    let stage = Stage::new();
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    assert_eq!(told(&stage, &stage.ada), [Happening::Assigned]);
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(told(&stage, &stage.ada), [Happening::Replied, Happening::Assigned]);
    write_on(&stage, &stage.ada, id, false);
    assert_eq!(told(&stage, &stage.rosa), [Happening::Lodged], "an answer is held for some seconds");
    stage.pass(60);
    assert_eq!(told(&stage, &stage.rosa)[0], Happening::Answered);
    assert_eq!(told(&stage, &stage.ada).len(), 2, "nobody is told of what they did");
    write_on(&stage, &stage.bob, id, true);
    assert_eq!(told(&stage, &stage.ada)[0], Happening::Noted);
    assert!(!told(&stage, &stage.rosa).contains(&Happening::Noted), "a note is none of the requester's business");
}

#[test]
fn what_one_may_not_see_any_more_is_not_shown() {
    let stage = Stage::new();
    let id = stage.ticket(None).id;
    write_on(&stage, &stage.ada, id, false);
    assert_eq!(told(&stage, &stage.rosa).len(), 1);
    let max = stage.max.clone();
    stage
        .write(move |tx| {
            tickets::change(tx, &max, id, TicketChange { requester: Some("other@example.com".into()), ..TicketChange::default() })
        })
        .unwrap();
    assert!(told(&stage, &stage.rosa).is_empty());
}

#[test]
fn reading_counts_down_by_one_by_all_and_by_looking() {
    let stage = Stage::new();
    let (one, two) = (stage.ticket(Some(&stage.ada)).id, stage.ticket(Some(&stage.ada)).id);
    write_on(&stage, &stage.rosa, one, false);
    let ada = id_of(&stage.ada);
    let unread = |stage: &Stage| stage.read(|tx| unread(tx, ada));
    assert_eq!(unread(&stage), 3);
    let all = stage.read(|tx| list(tx, &stage.ada, &Filter::default(), None, 10));
    let (me, first) = (stage.ada.clone(), all.iter().find(|it| it.ticket == one).unwrap().id);
    stage.write(move |tx| mark(tx, &me, first, true)).unwrap();
    assert_eq!(unread(&stage), 2);
    let (bob, me) = (stage.bob.clone(), stage.ada.clone());
    assert!(stage.write(move |tx| mark(tx, &bob, first, false)).is_err(), "they are one's own");
    assert_eq!(stage.write(move |tx| seen(tx, &me, two)).unwrap(), 1);
    let me = stage.ada.clone();
    assert_eq!(stage.write(move |tx| mark_all(tx, &me)).unwrap(), 1);
    assert_eq!(unread(&stage), 0);
}

#[test]
fn choices_defaults_and_locks_decide_the_way() {
    let stage = Stage::new();
    with_mail(&stage);
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    let before = letters(&stage).len();
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(letters(&stage).len(), before, "an assignee is not written unless they want that");
    prefer(&stage, &stage.ada, choice(Happening::Replied, Channel::Email, true)).unwrap();
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(letters(&stage).len(), before + 1);
    let lock = NotificationRulesChange {
        locks: vec![Choice { happening: Happening::Replied, channel: Channel::Email, on: true }],
        ..NotificationRulesChange::default()
    };
    let max = stage.max.clone();
    stage.write(move |tx| change_rules(tx, &max, lock)).unwrap();
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(letters(&stage).len(), before + 1, "what the desk fixes holds");
    assert!(prefer(&stage, &stage.ada, choice(Happening::Replied, Channel::Email, true)).is_err());
    assert!(prefer(&stage, &stage.ada, choice(Happening::Noted, Channel::Slack, true)).is_err(), "there is no such way yet");
    prefer(&stage, &stage.ada, choice(Happening::Noted, Channel::InApp, false)).unwrap();
    let count = told(&stage, &stage.ada).len();
    write_on(&stage, &stage.bob, id, true);
    assert_eq!(told(&stage, &stage.ada).len(), count);
    let bob = stage.bob.clone();
    assert!(stage.write(move |tx| change_rules(tx, &bob, NotificationRulesChange::default())).is_err());
}

#[test]
fn a_muted_ticket_is_silent_but_for_ones_own_name() {
    let stage = Stage::new();
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    let ada = stage.ada.clone();
    stage.write(move |tx| mute(tx, &ada, id, true)).unwrap();
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(told(&stage, &stage.ada), [Happening::Assigned]);
    let bob = stage.bob.clone();
    stage.write(move |tx| tickets::add_comment(tx, &bob, id, NewComment::new("@ada look", true, Via::Portal))).unwrap();
    stage.notify();
    assert_eq!(told(&stage, &stage.ada)[0], Happening::Mentioned);
}

#[test]
fn quiet_hours_hold_mail_until_they_end_and_let_what_is_urgent_pass() {
    let stage = Stage::new();
    with_mail(&stage);
    // The stage's clock shows 2027-01-15 08:00 in UTC.
    let quiet = PreferencesChange { quiet: Some(Some(QuietHours { from: 22 * 60, until: 9 * 60 })), ..PreferencesChange::default() };
    prefer(&stage, &stage.rosa, quiet).unwrap();
    let id = stage.ticket(None).id;
    stage.notify();
    let before = letters(&stage).len();
    write_on(&stage, &stage.ada, id, false);
    let held = letters(&stage).into_iter().nth(before).unwrap().held_until;
    assert_eq!(held.unwrap().to_string(), "2027-01-15T09:00:00.000Z");
    let preferences = stage.read(|tx| Preferences::of(tx, id_of(&stage.rosa)));
    let utc = jiff::tz::TimeZone::UTC;
    for (hours, quiet) in [(0, true), (1, false), (13, false), (14, true), (16, true)] {
        let at = stage.now().plus(Duration::from_secs(hours * 3600));
        assert_eq!(quiet_until(&preferences, &utc, at).is_some(), quiet, "{hours} hours on");
    }
    assert!(Happening::TargetMissed.is_urgent() && !Happening::Answered.is_urgent());
}

#[test]
fn quiet_hours_hold_mails_about_notes_and_gathered_ones_too() {
    let stage = Stage::new();
    with_mail(&stage);
    let to = |stage: &Stage, who: &Actor| letters(stage).into_iter().filter(|it| it.person == who.person()).collect::<Vec<_>>();
    let quiet = Some(Some(QuietHours { from: 22 * 60, until: 10 * 60 }));
    prefer(&stage, &stage.ada, PreferencesChange { quiet, ..choice(Happening::Noted, Channel::Email, true) }).unwrap();
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    let before = to(&stage, &stage.ada).len();
    write_on(&stage, &stage.bob, id, true);
    let held = to(&stage, &stage.ada)[before..].iter().map(|it| it.held_until.unwrap().to_string()).collect::<Vec<_>>();
    assert_eq!(held, ["2027-01-15T10:00:00.000Z"]);
    // The hour of what is gathered ends at nine, when she is left in peace still.
    prefer(&stage, &stage.ada, PreferencesChange { gathering: Some(Gathering::Hourly), ..PreferencesChange::default() }).unwrap();
    write_on(&stage, &stage.bob, id, true);
    assert_eq!(stage.read(next_digest).unwrap().to_string(), "2027-01-15T10:00:00.000Z");
}

#[test]
fn what_is_hidden_when_the_gathered_mail_goes_comes_with_the_next_one() {
    let stage = Stage::new();
    with_mail(&stage);
    let answers = choice(Happening::Lodged, Channel::Email, false);
    prefer(&stage, &stage.rosa, PreferencesChange { gathering: Some(Gathering::Hourly), ..answers }).unwrap();
    let (one, two) = (stage.ticket(None).id, stage.ticket(None).id);
    write_on(&stage, &stage.ada, one, false);
    // The second answer is written just before the mail goes, so that it can still be taken back.
    stage.pass(3597);
    write_on(&stage, &stage.ada, two, false);
    let told = |stage: &Stage| {
        let all = letters(stage).into_iter().filter(|it| it.occasion == Occasion::Digest);
        all.filter_map(|it| it.gathered).map(|it| it.tickets).collect::<Vec<_>>()
    };
    for (passed, expected) in [(2, vec![vec![one]]), (60, vec![vec![one], vec![two]]), (7200, vec![vec![one], vec![two]])] {
        stage.pass(passed);
        stage.write(|tx| send_digests(tx, 10)).unwrap();
        let mut written = told(&stage);
        written.sort_by_key(|it| it[0] == two);
        assert_eq!(written, expected, "{passed} seconds on");
    }
}

#[test]
fn a_device_is_told_of_what_the_centre_is_not_to_show() {
    let stage = Stage::new();
    let new = push::NewSubscription {
        endpoint: "https://push.example/1".into(),
        key: [&[4u8][..], &[7; 64]].concat(),
        auth: vec![1; 16],
        device: "Firefox".into(),
    };
    let ada = stage.ada.clone();
    stage.write(move |tx| push::subscribe(tx, &ada, new)).unwrap();
    prefer(&stage, &stage.ada, choice(Happening::Replied, Channel::InApp, false)).unwrap();
    prefer(&stage, &stage.ada, choice(Happening::Replied, Channel::Push, true)).unwrap();
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    let pushed = |stage: &Stage| {
        let all = stage.read(|tx| Ok(tx.scan::<crate::desk::jobs::Job>(&())?.collect::<std::result::Result<Vec<_>, _>>()?));
        all.into_iter().filter(|it| it.kind == push::SEND_PUSH).count()
    };
    let (shown, before) = (told(&stage, &stage.ada), pushed(&stage));
    let unread_before = stage.read(|tx| unread(tx, id_of(&stage.ada)));
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(pushed(&stage), before + 1);
    assert_eq!(told(&stage, &stage.ada), shown);
    assert_eq!(stage.read(|tx| unread(tx, id_of(&stage.ada))), unread_before);
    assert_eq!(stage.read(|tx| made_since(tx, stage.now(), 10)), []);
}

#[test]
fn gathered_mails_go_once_with_what_was_not_read() {
    let stage = Stage::new();
    with_mail(&stage);
    let wanted = PreferencesChange { gathering: Some(Gathering::Hourly), ..choice(Happening::Replied, Channel::Email, true) };
    prefer(&stage, &stage.ada, wanted).unwrap();
    let (one, two) = (stage.ticket(Some(&stage.ada)).id, stage.ticket(Some(&stage.ada)).id);
    stage.notify();
    for id in [one, two, two] {
        write_on(&stage, &stage.rosa, id, false);
    }
    let to_ada = |stage: &Stage| letters(stage).into_iter().filter(|it| it.person == stage.ada.person()).collect::<Vec<_>>();
    assert!(to_ada(&stage).is_empty());
    let ada = stage.ada.clone();
    stage.write(move |tx| seen(tx, &ada, one)).unwrap();
    stage.pass(3600);
    assert_eq!(stage.write(|tx| send_digests(tx, 10)).unwrap(), 1);
    let written = to_ada(&stage);
    assert_eq!(written.len(), 1);
    let gathered = written[0].gathered.clone().unwrap();
    assert_eq!((written[0].occasion, gathered.tickets), (Occasion::Digest, vec![two]));
    assert_eq!(stage.write(|tx| send_digests(tx, 10)).unwrap(), 0);
}

#[test]
fn whoever_stands_in_hears_of_it_too() {
    let stage = Stage::new();
    let id = stage.ticket(Some(&stage.ada)).id;
    stage.notify();
    let (ada, bob, from) = (stage.ada.clone(), id_of(&stage.bob), stage.now());
    let absences = Some(vec![Absence { from, until: from.plus(Duration::from_secs(86_400)), substitute: Some(bob) }]);
    stage.write(move |tx| change_standing(tx, &ada, id_of(&ada), StandingChange { absences, ..StandingChange::default() })).unwrap();
    write_on(&stage, &stage.rosa, id, false);
    assert_eq!(told(&stage, &stage.bob), [Happening::Replied]);
    assert_eq!(told(&stage, &stage.ada)[0], Happening::Replied, "they read it when they are back");
}

#[test]
fn the_next_time_of_day_is_found_across_the_change_of_clocks() {
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    for (now, minute, expected) in [
        ("2026-03-28T22:00:00Z", 150, "2026-03-29T01:30:00.000Z"),
        ("2026-10-24T22:00:00Z", 8 * 60, "2026-10-25T07:00:00.000Z"),
        ("2026-06-01T06:00:00Z", 8 * 60, "2026-06-02T06:00:00.000Z"),
    ] {
        assert_eq!(next_at(&berlin, now.parse().unwrap(), minute).to_string(), expected, "{now}");
    }
}

#[test]
fn a_device_is_told_once_and_belongs_to_one_person() {
    let stage = Stage::new();
    let new = push::NewSubscription {
        endpoint: "https://push.example/1".into(),
        key: [&[4u8][..], &[7; 64]].concat(),
        auth: vec![1; 16],
        device: "Firefox".into(),
    };
    for who in [&stage.ada, &stage.bob, &stage.bob] {
        let (who, new) = (who.clone(), new.clone());
        stage.write(move |tx| push::subscribe(tx, &who, new)).unwrap();
    }
    let of = |who: &Actor| stage.read(|tx| push::of(tx, id_of(who))).len();
    assert_eq!((of(&stage.ada), of(&stage.bob)), (0, 1));
    let jobs = |stage: &Stage| {
        stage.read(|tx| Ok(tx.scan::<crate::desk::jobs::Job>(&())?.filter(|it| it.as_ref().unwrap().kind == push::SEND_PUSH).count()))
    };
    let id = stage.ticket(Some(&stage.bob)).id;
    stage.notify();
    assert_eq!(jobs(&stage), 1);
    write_on(&stage, &stage.max, id, true);
    assert_eq!(jobs(&stage), 1, "a note wakes nobody by default");
    for wrong in [push::NewSubscription { key: vec![4; 64], ..new.clone() }, push::NewSubscription { auth: vec![1; 15], ..new.clone() }] {
        let ada = stage.ada.clone();
        assert!(stage.write(move |tx| push::subscribe(tx, &ada, wrong)).is_err());
    }
}

#[test]
fn they_are_bounded_and_go_with_time() {
    let stage = Stage::new();
    let ticket = stage.ticket(None);
    let ada = id_of(&stage.ada);
    stage
        .write(move |tx| (0..limits::NOTIFICATIONS_UNREAD_MAX + 5).try_for_each(|_| tell_one(tx, ada, Happening::Reminder, &ticket, None)))
        .unwrap();
    assert_eq!(stage.read(|tx| list(tx, &stage.ada, &Filter::default(), None, 10_000)).len(), limits::NOTIFICATIONS_UNREAD_MAX);
    assert_eq!(stage.read(|tx| unread(tx, ada)), limits::NOTIFICATIONS_COUNTED_MAX);
    stage.pass(limits::NOTIFICATION_DAYS as i64 * 86_400 + 1);
    assert_eq!(stage.write(|tx| sweep(tx, 10_000)).unwrap(), limits::NOTIFICATIONS_UNREAD_MAX);
}
