//! What stands on the desk as the demo opens: tickets whose clocks run, pause, come near their end, ran out, were escalated or spoken
//! for, and an outage with its parts. They end in the present, whenever that is; their promises hold around the clock.

use std::time::Duration;

use super::{
    cast::Cast,
    story::{Act, Birth, By, Story, person},
};
use crate::{
    desk::tickets::{Channel, Kind, NewTicket},
    id::PersonId,
    time::Instant,
};

/// One ticket: its place in the list is its place in the history.
struct Scene {
    title: &'static str,
    text: &'static str,
    category: (&'static str, &'static str),
    /// Minutes before the present.
    lodged: u64,
    /// Which of the requesters.
    requester: usize,
    critical: bool,
    acts: Vec<(u64, Act)>,
}

/// The tickets with the instants at which they are lodged.
pub fn of(cast: &Cast, until: Instant) -> Vec<(Instant, Story)> {
    let before = |minutes: u64| until.minus(Duration::from_secs(60 * minutes));
    let mut scenes = promises(cast);
    let parent = scenes.len();
    scenes.extend(outage(cast, parent));
    let story = |it: Scene| {
        let requester = cast.requesters[it.requester % cast.requesters.len()];
        let mut new = NewTicket::new(Kind::Incident, it.title.to_owned(), Channel::Portal);
        new.description = it.text.to_owned();
        new.requester = Some(requester.to_string());
        new.category = Some(it.category.0.to_owned());
        new.subcategory = Some(it.category.1.to_owned());
        (new.impact, new.urgency) = if it.critical { (Some(1), Some(1)) } else { (Some(3), Some(2)) };
        let acts = it.acts.into_iter().map(|(minutes, act)| (before(minutes), act)).collect();
        (before(it.lodged), Story { birth: Birth { actor: person(requester), new }, acts })
    };
    scenes.into_iter().map(story).collect()
}

fn say(by: By, body: &str) -> Act {
    Act::Say { by, body: body.to_owned(), private: false, mail: false }
}

/// Somebody takes it, says so, and begins.
fn taken(by: PersonId, at: u64) -> Vec<(u64, Act)> {
    let holder = By::Holder(by);
    vec![
        (at, Act::Assign { by, to: by }),
        (at, Act::Move { by: holder, to: "in_progress" }),
        (at - 1, say(holder, "I am on it and will write again within the hour.")),
    ]
}

/// A ticket that everything depends on: its clocks run at any hour.
fn critical(title: &'static str, text: &'static str, category: (&'static str, &'static str), lodged: u64, requester: usize) -> Scene {
    Scene { title, text, category, lodged, requester, critical: true, acts: Vec::new() }
}

impl Scene {
    fn then(mut self, acts: Vec<(u64, Act)>) -> Scene {
        self.acts.extend(acts);
        self
    }
}

/// One ticket for each thing that can happen to a promise.
fn promises(cast: &Cast) -> Vec<Scene> {
    kept(cast).into_iter().chain(missed(cast)).collect()
}

/// Nobody has looked, somebody is on it, it is nearly over, it waits.
fn kept(cast: &Cast) -> Vec<Scene> {
    let [ada, ben, chiara, _, emeka, _] = cast.agents[..] else { return Vec::new() };
    vec![
        critical(
            "Gate scanners at berth 7 read no badges",
            "Since ten minutes no scanner at berth 7 reads a badge. The guards open by hand, and the queue of lorries grows.",
            ("Hardware", "Peripherals"),
            3,
            3,
        ),
        critical(
            "Crane planning shows yesterday's ships",
            "Planwise shows the ships of yesterday in both control rooms. We plan on paper.",
            ("Software", "Business application"),
            55,
            5,
        )
        .then(taken(chiara, 48)),
        critical(
            "Telephones of the control room are dead",
            "All four telephones of the control room are silent since the power cut. We use our own mobiles.",
            ("Network", "VPN"),
            205,
            8,
        )
        .then(taken(ben, 190))
        .then(vec![(70, say(By::Holder(ben), "The switch is back; two of four telephones ring again."))]),
        critical(
            "Reefer alarms arrive an hour late",
            "Alarms of cooled containers arrive an hour late, at night too. The cargo is at risk.",
            ("Software", "Mail"),
            180,
            28,
        )
        .then(taken(emeka, 170))
        .then(vec![
            (95, say(By::Holder(emeka), "Which of the two gateways shows in the header of such an alarm? A copy of one would do.")),
            (94, Act::Move { by: By::Holder(emeka), to: "awaiting_info" }),
        ]),
        Scene {
            title: "Badge printer wants a new ribbon",
            text: "The badge printer at the reception asks for a ribbon. There is one left in the drawer, for today.",
            category: ("Hardware", "Printer"),
            lodged: 100,
            requester: 0,
            critical: false,
            acts: vec![(80, Act::Assign { by: ada, to: ada }), (79, say(By::Own(cast.manager), "A box of ribbons is on its way to you."))],
        },
    ]
}

/// It ran out; its requester asks for more; a lead has it in hand.
fn missed(cast: &Cast) -> Vec<Scene> {
    let [_, _, chiara, dmitri, emeka, _] = cast.agents[..] else { return Vec::new() };
    let lead = cast.leads[0];
    let aside = "I am with the crew. No more calls to the night shift, please.";
    vec![
        critical(
            "Customs declarations are refused",
            "Every declaration since this morning is refused with a signature error. Eleven containers wait.",
            ("Software", "Business application"),
            290,
            13,
        )
        .then(taken(emeka, 270))
        .then(vec![
            (150, say(By::Holder(emeka), "The certificate of the gateway has ended. A new one is ordered.")),
            (30, say(By::Holder(emeka), "The new certificate is there; we install it now.")),
        ]),
        critical(
            "Payroll export stops halfway",
            "The export to the bank stops at employee 412 of 900, each time. It has to be out today.",
            ("Software", "Reporting"),
            420,
            20,
        )
        .then(taken(chiara, 400))
        .then(vec![(40, Act::Escalate { reason: "The bank closes at four. Without the export nobody is paid on time." })]),
        critical(
            "Weighbridge sends no weights",
            "The weighbridge shows weights but Cargo Desk gets none. Drivers wait for their papers.",
            ("Network", "Wi-Fi"),
            265,
            23,
        )
        .then(taken(dmitri, 250))
        .then(vec![
            (100, say(By::Holder(dmitri), "The line to the weighbridge is cut; a crew digs it out.")),
            (12, Act::Acknowledge { by: lead }),
            (11, Act::Say { by: By::Own(lead), body: aside.to_owned(), private: true, mail: false }),
        ]),
    ]
}

/// One trouble that many have: who lodges it first has the parent.
fn outage(cast: &Cast, first: usize) -> Vec<Scene> {
    let Some(dmitri) = cast.agents.get(3).copied() else { return Vec::new() };
    let words = [
        ("Timesheet says service unavailable", "Timesheet shows \"service unavailable\" on every page, in every browser."),
        ("Timesheet service unavailable for all of us", "Nobody in our office gets into Timesheet: service unavailable on every page."),
        ("Timesheet is unavailable", "I want to book my hours in Timesheet. Every page says service unavailable."),
        ("Cannot open Timesheet: service unavailable", "Timesheet says service unavailable in every browser I tried."),
        ("Timesheet unavailable again", "Every page of Timesheet says service unavailable since this morning."),
    ];
    let scene = |(i, (title, text)): (usize, (&'static str, &'static str))| Scene {
        title,
        text,
        category: ("Software", "Business application"),
        lodged: 52 - 3 * i as u64,
        // The requester whom the demo introduces has one of them.
        requester: if i == 2 { 0 } else { 31 + i },
        critical: false,
        acts: Vec::new(),
    };
    let mut scenes: Vec<Scene> = words.into_iter().enumerate().map(scene).collect();
    let parts = (first + 1..first + scenes.len()).collect();
    let declare = Act::Declare {
        by: dmitri,
        message: "Timesheet is down since this morning. We are bringing it back, and write again by the full hour.",
        parts,
    };
    scenes[0].acts =
        vec![(36, Act::Assign { by: dmitri, to: dmitri }), (35, declare), (34, Act::Move { by: By::Holder(dmitri), to: "in_progress" })];
    scenes
}
