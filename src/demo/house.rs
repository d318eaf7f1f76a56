//! How the demo's desk works before its first ticket: hours and holidays of three places, who is on call, where tickets go, what is
//! promised. Made with the commands that an admin uses; it knows no ticket.

use std::time::Duration;

use jiff::{ToSpan, civil::Weekday, tz::TimeZone};

use super::{cast::Cast, words};
use crate::{
    desk::{
        actor::Actor,
        calendars::{self, CalendarChange, Day, Plan, RegionChange, Shift, WeekHours},
        identity::{self, PersonChange},
        queues::{self, CategoryChange, TeamChange},
        routing::{
            self, Absence, Assign, Fallback, QueueRulesChange, RuleDraft, StandingChange, Strategy, Takes, Then, When,
            on_call::{self, Handover, Layer, Override, RotationDraft},
        },
        service_levels::{self, Level, Operational, PolicyChange, Step, StepAct, TargetRow, Window},
        settings::{self, SettingsChange},
    },
    error::{Fault, Refusal, Result},
    id::{CalendarId, PersonId, QueueId, RotationId, TeamId},
    limits,
    store::Tx,
    time::Instant,
};

/// The zone of the desk and of its first place.
pub const ZONE: &str = "Europe/Amsterdam";

/// Every so many requesters one is a VIP.
const VIP_EVERY: usize = 12;

/// Sets up everything that decides about tickets. `until` is the present, on which today's absence and tonight's turn depend.
pub fn furnish(tx: &mut Tx, cast: &Cast, tickets: usize, until: Instant) -> Result<()> {
    let admin = Actor::system("demo");
    let hours = Hours::keep(tx, &admin, until)?;
    seat(tx, &admin, cast, &hours)?;
    sort(tx, &admin)?;
    let on_call = take_turns(tx, &admin, cast, until)?;
    share_out(tx, &admin, tickets)?;
    route(tx, &admin, cast, &hours, on_call)?;
    promise(tx, &admin, &hours)?;
    stand(tx, &admin, cast, until)
}

fn shift(text: &str) -> Result<Shift> {
    text.parse().map_err(|it: String| Fault::new(it).into())
}

/// The beginning of the next day on the wall.
fn tomorrow(at: Instant) -> Result<Instant> {
    let local = at.timestamp().to_zoned(TimeZone::get(ZONE).unwrap_or(TimeZone::UTC));
    let begin = local.tomorrow().and_then(|it| it.start_of_day()).map_err(|it| Fault::because("a day of the demo", it))?;
    Ok(Instant::from(begin.timestamp()))
}

fn queue(tx: &Tx, name: &str) -> Result<QueueId> {
    Ok(queues::queue_named(tx, name)?.ok_or_else(|| Refusal::not_found("queue"))?.id)
}

fn team(tx: &Tx, name: &str) -> Result<TeamId> {
    Ok(queues::team_named(tx, name)?.ok_or_else(|| Refusal::not_found("team"))?.id)
}

/// The calendars of the desk.
struct Hours {
    office: CalendarId,
    lisbon: CalendarId,
    hamburg: CalendarId,
    always: CalendarId,
}

impl Hours {
    /// Makes the calendars, with the holidays of last year, this one and the next.
    fn keep(tx: &mut Tx, admin: &Actor, until: Instant) -> Result<Hours> {
        let this_year = until.timestamp().to_zoned(TimeZone::UTC).year();
        let known = calendars::holiday_years();
        let years: Vec<i16> = (this_year - 1..=this_year + 1).filter(|it| known.contains(it)).collect();
        let mut make = |name: &str, zone: &str, week: WeekHours, holidays: Option<&str>| -> Result<CalendarId> {
            let plan = Plan::new(zone, week);
            // Every desk begins with some office hours.
            let id = match calendars::calendar_named(tx, name)? {
                Some(it) => {
                    let change = CalendarChange { plan: Some(plan), ..CalendarChange::default() };
                    calendars::change_calendar(tx, admin, it.id, change)?.id
                }
                None => calendars::create_calendar(tx, admin, name, plan)?.id,
            };
            if let Some(code) = holidays {
                calendars::add_holidays(tx, admin, id, code, &years)?;
            }
            Ok(id)
        };
        let office = make("Office hours", ZONE, WeekHours::weekdays(&[shift("08:00-18:00")?]), Some("NL"))?;
        let siesta = WeekHours::weekdays(&[shift("09:00-13:00")?, shift("14:00-18:00")?]);
        let lisbon = make("Lisbon office", "Europe/Lisbon", siesta, Some("PT"))?;
        let mut quay = WeekHours::weekdays(&[shift("06:00-22:00")?]);
        quay.set(Weekday::Saturday, vec![shift("22:00-06:00")?]);
        let hamburg = make("Hamburg quay", "Europe/Berlin", quay, Some("DE-HH"))?;
        let always = make("Around the clock", "UTC", WeekHours::always(), None)?;
        let mut plan = tx.get::<calendars::Calendar>(&office)?.ok_or_else(|| Refusal::not_found("calendar"))?.plan;
        for year in &years {
            let eve: Day = format!("{year}-12-24").parse().map_err(|it: String| Fault::new(it))?;
            let short = calendars::Override { label: "Christmas Eve".into(), shifts: vec![shift("08:00-12:00")?] };
            plan.overrides.insert(eve, short);
        }
        calendars::change_calendar(tx, admin, office, CalendarChange { plan: Some(plan), ..CalendarChange::default() })?;
        let desk = SettingsChange { calendar: Some(Some(office)), ..SettingsChange::default() };
        settings::change(tx, admin, desk)?;
        Ok(Hours { office, lisbon, hamburg, always })
    }
}

/// Puts each team into its place, with its lead and manager.
fn seat(tx: &mut Tx, admin: &Actor, cast: &Cast, hours: &Hours) -> Result<()> {
    let places = [
        ("Field team", "Amsterdam", hours.office, cast.leads[0]),
        ("Infrastructure", "Hamburg", hours.hamburg, cast.leads[0]),
        ("Applications", "Lisbon", hours.lisbon, cast.leads[1]),
    ];
    for (name, place, calendar, lead) in places {
        let region = calendars::find_or_create_region(tx, admin, place)?.id;
        calendars::change_region(tx, admin, region, RegionChange { calendar: Some(Some(calendar)), ..RegionChange::default() })?;
        let change = TeamChange {
            region: Some(Some(place.to_owned())),
            lead: Some(Some(lead)),
            manager: Some(Some(cast.manager)),
            ..TeamChange::default()
        };
        let id = team(tx, name)?;
        queues::change_team(tx, admin, id, change)?;
    }
    Ok(())
}

/// The tree of categories, each with its queue, and what one must know for some.
fn sort(tx: &mut Tx, admin: &Actor) -> Result<()> {
    for template in words::INCIDENTS.iter().chain(words::REQUESTS) {
        let above = queues::find_or_create_category(tx, admin, "category", template.category.0, None)?;
        let beneath = queues::find_or_create_category(tx, admin, "subcategory", template.category.1, Some(above.id))?;
        let home = queue(tx, template.queue)?;
        for it in [above, beneath].into_iter().filter(|it| it.queue.is_none()) {
            let skill = SKILLS.iter().find(|skill| skill.0 == it.name).map(|skill| vec![skill.1.to_owned()]);
            let change = CategoryChange { queue: Some(Some(home)), skills: skill, ..CategoryChange::default() };
            queues::change_category(tx, admin, it.id, change)?;
        }
    }
    Ok(())
}

/// Categories that want somebody who knows something.
const SKILLS: &[(&str, &str)] = &[("VPN", "vpn"), ("Wi-Fi", "wi-fi"), ("File share", "storage"), ("Restore", "storage")];

/// Who has the telephone at night, and who has it tonight instead.
fn take_turns(tx: &mut Tx, admin: &Actor, cast: &Cast, until: Instant) -> Result<RotationId> {
    let today = until.timestamp().to_zoned(TimeZone::UTC).date();
    let back = i64::from(today.weekday().to_monday_zero_offset()) + 7 * 52;
    let monday = on_call::number_of(today.saturating_sub(back.days()));
    let layer = |people: Vec<PersonId>, handover, minute| Layer { people, handover, minute, first_day: monday };
    let [_, ben, _, dmitri, emeka, _] = cast.agents[..] else {
        return Err(Fault::new("the demo has six agents").into());
    };
    let draft = RotationDraft {
        name: "Nights and weekends".into(),
        zone: ZONE.into(),
        layers: vec![
            layer(vec![ben, dmitri, cast.leads[0]], Handover::Weekly, 9 * 60),
            layer(vec![emeka, cast.leads[1]], Handover::Daily, 18 * 60),
        ],
    };
    let rotation = on_call::create_rotation(tx, admin, draft)?.id;
    let from = tomorrow(until)?;
    let swap = Override { from, until: from.plus(Duration::from_secs(24 * 3600)), person: emeka };
    on_call::add_override(tx, admin, rotation, swap)?;
    Ok(rotation)
}

/// How each queue gives its tickets to people, and how many it takes.
fn share_out(tx: &mut Tx, admin: &Actor, tickets: usize) -> Result<()> {
    let room = u32::try_from(tickets / 25).unwrap_or(u32::MAX).clamp(12, limits::WIP_LIMIT_MAX);
    let spare = queue(tx, "Service desk")?;
    let none = QueueRulesChange::default();
    let rules = [
        ("Workplace", QueueRulesChange { strategy: Some(Strategy::RoundRobin), fallback: Some(Fallback::Lead), ..none.clone() }),
        (
            "Network",
            QueueRulesChange {
                strategy: Some(Strategy::SkillBased),
                wip_limit: Some(Some(room)),
                wip_active_only: Some(true),
                ..none.clone()
            },
        ),
        (
            "Business apps",
            QueueRulesChange {
                strategy: Some(Strategy::LeastLoaded),
                wip_limit: Some(Some(room)),
                wip_refuses: Some(true),
                overflow: Some(Some(spare)),
                ..none.clone()
            },
        ),
        ("Access", QueueRulesChange { takes: Some(Takes::OnReply), ..none }),
    ];
    for (name, change) in rules {
        let id = queue(tx, name)?;
        routing::change_queue_rules(tx, admin, id, change)?;
    }
    Ok(())
}

/// The rules that new tickets meet, in their order.
fn route(tx: &mut Tx, admin: &Actor, cast: &Cast, hours: &Hours, on_call: RotationId) -> Result<()> {
    let access = queue(tx, "Access")?;
    let network = queue(tx, "Network")?;
    let none = RuleDraft { enabled: true, ..RuleDraft::default() };
    let tagged = |tag: &str| Then { tags: vec![tag.to_owned()], ..Then::default() };
    let rules = [
        RuleDraft {
            name: "VIPs: nobody waits for long".into(),
            condition: "is:vip kind:incident".into(),
            then: Then { priority: Some(2), at_least: true, watchers: vec![cast.manager], ..tagged("vip") },
            goes_on: true,
            ..none.clone()
        },
        RuleDraft {
            name: "Suspicious mail goes to security".into(),
            condition: "suspicious OR phishing".into(),
            then: Then { queue: Some(access), priority: Some(2), at_least: true, ..tagged("security") },
            goes_on: true,
            ..none.clone()
        },
        RuleDraft {
            name: "File shares at month-end".into(),
            condition: "category:Network \"shared drive\"".into(),
            then: Then { queue: Some(network), priority: Some(2), at_least: true, ..tagged("month-end") },
            goes_on: true,
            ..none.clone()
        },
        RuleDraft {
            name: "After hours: whoever is on call".into(),
            condition: "kind:incident priority:P1".into(),
            when: When::Outside(Some(hours.office)),
            then: Then { assignee: Some(Assign::OnCall(on_call)), ..tagged("after-hours") },
            ..none.clone()
        },
        RuleDraft {
            name: "Tideline writes to their own people".into(),
            condition: "organization:\"Tideline Shipping\" channel:email".into(),
            then: Then { assignee: Some(Assign::Person(cast.leads[1])), ..Then::default() },
            enabled: false,
            ..none
        },
    ];
    for (position, draft) in (1_u32..).zip(rules) {
        routing::create_rule(tx, admin, RuleDraft { position: position * 10, ..draft })?;
    }
    Ok(())
}

/// Two promises beside those that every desk begins with.
fn promise(tx: &mut Tx, admin: &Actor, hours: &Hours) -> Result<()> {
    let row = |response, resolution, update| TargetRow { response: Some(response), resolution: Some(resolution), update };
    let later = row(240, 1_440, None);
    let step = |share, tell: &[Level], acts: &[StepAct]| Step {
        target: None,
        share,
        tell: tell.to_vec(),
        window: if share < 75 { Window::WorkingHours } else { Window::Always },
        acts: acts.to_vec(),
    };
    let critical = PolicyChange {
        name: Some("Critical incidents".into()),
        condition: Some("kind:incident priority:P1".into()),
        calendar: Some(Some(hours.always)),
        targets: Some([row(30, 240, Some(90)), later, later, later]),
        operational: Some(vec![Operational { team: None, minutes: [Some(180), None, None, None] }]),
        steps: Some(vec![
            step(50, &[Level::Assignee], &[]),
            step(75, &[Level::Assignee, Level::Queue], &[]),
            step(100, &[Level::Assignee, Level::Lead], &[StepAct::Tag("breached".into())]),
            step(150, &[Level::Lead, Level::Manager], &[StepAct::Tag("escalated".into())]),
        ]),
        ..PolicyChange::default()
    };
    let vips = PolicyChange {
        name: Some("VIPs".into()),
        condition: Some("is:vip kind:incident".into()),
        targets: Some([row(15, 240, Some(60)), row(30, 480, Some(240)), row(120, 960, None), row(240, 1_440, None)]),
        ..PolicyChange::default()
    };
    let mut order = Vec::new();
    for it in [critical, vips] {
        order.push(service_levels::add_policy(tx, admin, it)?.id);
    }
    let behind: Vec<_> = service_levels::Policies::of(tx)?.list.iter().map(|it| it.id).filter(|it| !order.contains(it)).collect();
    order.extend(behind);
    service_levels::order_policies(tx, admin, &order)?;
    // No ticket is there yet, so that this is over at once.
    while service_levels::retime_some(tx, limits::RETIMED_AT_ONCE)? {}
    Ok(())
}

/// What people know, who is away, and whose requests come first.
fn stand(tx: &mut Tx, admin: &Actor, cast: &Cast, until: Instant) -> Result<()> {
    let [ada, ben, _, dmitri, _, freya] = cast.agents[..] else {
        return Err(Fault::new("the demo has six agents").into());
    };
    let skills = [(ben, ["vpn", "wi-fi"].as_slice()), (dmitri, &["vpn", "wi-fi", "storage"]), (cast.leads[0], &["storage"])];
    for (who, skills) in skills {
        let skills = Some(skills.iter().map(|it| (*it).to_owned()).collect());
        routing::change_standing(tx, admin, who, StandingChange { skills, capacity: Some(Some(40)), ..StandingChange::default() })?;
    }
    let day = Duration::from_secs(24 * 3600);
    let absence = Absence { from: until.minus(day), until: until.plus(day * 5), substitute: Some(ada) };
    routing::change_standing(tx, admin, freya, StandingChange { absences: Some(vec![absence]), ..StandingChange::default() })?;
    for who in cast.requesters.iter().skip(VIP_EVERY / 2).step_by(VIP_EVERY) {
        identity::change_person(tx, admin, *who, PersonChange { vip: Some(true), ..PersonChange::default() })?;
    }
    Ok(())
}
