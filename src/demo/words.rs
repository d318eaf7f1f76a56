//! What people write to a service desk, with gaps that are filled anew each time, so that searches have something to find.

use rand::{Rng, RngCore, SeedableRng, rngs::StdRng, seq::IndexedRandom};

/// One sort of trouble or wish.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    pub title: &'static str,
    pub description: &'static str,
    /// Category and subcategory.
    pub category: (&'static str, &'static str),
    pub queue: &'static str,
    pub tags: &'static [&'static str],
    pub solutions: &'static [&'static str],
}

/// One of a list that is never empty.
pub fn pick<T: Copy>(rng: &mut StdRng, list: &[T]) -> T {
    list.choose(rng).copied().unwrap_or(list[0])
}

/// Fills gaps such as `{host}`; within one ticket the same gap has the same filling.
pub struct Fill {
    filled: Vec<(&'static str, String)>,
}

impl Fill {
    pub fn new(rng: &mut StdRng) -> Fill {
        let mut rng = StdRng::seed_from_u64(rng.next_u64());
        let rng = &mut rng;
        let site = pick(rng, SITES);
        let filled = vec![
            ("{host}", format!("{}-{}{:03}", site.to_lowercase(), pick(rng, &["ws", "nb", "srv", "prn"]), rng.random_range(1..400))),
            ("{site}", (*site).to_owned()),
            ("{floor}", rng.random_range(1..9).to_string()),
            ("{room}", format!("{}.{:02}", rng.random_range(1..9), rng.random_range(1..40))),
            ("{app}", (*pick(rng, APPS)).to_owned()),
            ("{code}", format!("0x{:08X}", rng.random_range(0x8000_0000_u32..0x8007_FFFF))),
            ("{minutes}", rng.random_range(5..55).to_string()),
            ("{person}", format!("{} {}", pick(rng, FIRST_NAMES), pick(rng, LAST_NAMES))),
            ("{team}", (*pick(rng, DEPARTMENTS)).to_owned()),
            ("{time}", format!("{:02}:{:02}", rng.random_range(7..18), rng.random_range(0..60))),
            ("{order}", format!("PO-{:05}", rng.random_range(1..99_999))),
        ];
        Fill { filled }
    }

    /// A number of its own, for what must not draw from the seed.
    pub fn place(&self) -> usize {
        let order = self.filled.iter().find(|it| it.0 == "{order}").map_or("", |it| it.1.as_str());
        order.trim_start_matches("PO-").parse().unwrap_or(0)
    }

    pub fn text(&self, template: &str) -> String {
        self.filled.iter().fold(template.to_owned(), |text, (gap, value)| text.replace(gap, value))
    }
}

pub const INCIDENTS: &[Template] = &[
    Template {
        title: "VPN drops every {minutes} minutes",
        description: "Since this morning the VPN disconnects about every {minutes} minutes. It asks me to sign in again and then works for a while.\n\nI am working from home, the rest of the internet is fine. My machine is {host}.",
        category: ("Network", "VPN"),
        queue: "Network",
        tags: &["vpn", "remote-work"],
        solutions: &[
            "The gateway in {site} had run out of addresses. We enlarged the pool; please reconnect once and tell us if it drops again.",
            "Your client was two versions behind and renegotiated wrongly. It is updated on {host} now.",
        ],
    },
    Template {
        title: "Printer on floor {floor} prints blank pages",
        description: "The big printer on floor {floor} in {site} takes jobs but every page comes out empty. We changed the toner already.",
        category: ("Hardware", "Printer"),
        queue: "Workplace",
        tags: &["printer"],
        solutions: &[
            "The protective strip was still on the new cartridge. Removed, cleaned and tested.",
            "The transfer belt was worn; we replaced it.",
        ],
    },
    Template {
        title: "{app} says \"{code}\" when I save",
        description: "When I save an entry in {app} I get the message \"Unexpected error {code}\" and the entry is gone. It happened three times, the last time at {time}.\n\nSteps:\n1. open any record\n2. change the date\n3. save",
        category: ("Software", "Business application"),
        queue: "Business apps",
        tags: &["application-error"],
        solutions: &[
            "The vendor confirmed a fault with dates in the past. A fix was installed at {time}; your three entries were restored from the journal.",
            "The disk of the application server was full. There is room again and we now watch it.",
        ],
    },
    Template {
        title: "Cannot sign in: account locked",
        description: "I typed my password wrong after the holiday and now my account is locked. I need to get into {app} before {time}.",
        category: ("Access", "Password"),
        queue: "Access",
        tags: &["password", "lockout"],
        solutions: &["Unlocked. An old password was still stored on your phone, which locked the account again; please update it there."],
    },
    Template {
        title: "Laptop {host} very slow after update",
        description: "Since last night's update my laptop takes ten minutes to start and the fan never stops. Opening a document takes forever.",
        category: ("Hardware", "Laptop"),
        queue: "Workplace",
        tags: &["performance", "update"],
        solutions: &[
            "The search index was being rebuilt and kept failing on one mail archive. We repaired the archive, and {host} is quick again.",
        ],
    },
    Template {
        title: "No Wi-Fi in meeting room {room}",
        description: "In {room} nobody gets Wi-Fi today. The network name shows up, but connecting fails. Other rooms on the floor are fine.",
        category: ("Network", "Wi-Fi"),
        queue: "Network",
        tags: &["wifi"],
        solutions: &["The access point above {room} had lost its power feed. Port reset, and a spare is ordered ({order})."],
    },
    Template {
        title: "Mails to customers come back",
        description: "Since {time} all my mails to one customer come back with a long error text about policy and reputation. I attached nothing, just plain text.",
        category: ("Software", "Mail"),
        queue: "Business apps",
        tags: &["mail", "bounce"],
        solutions: &["Our sending address was on a block list by mistake. We were taken off at {time}; please send them again."],
    },
    Template {
        title: "Screen flickers when docked",
        description: "The left monitor flickers as soon as I dock {host}. Without the dock it is fine. Tried another cable.",
        category: ("Hardware", "Monitor"),
        queue: "Workplace",
        tags: &["docking-station"],
        solutions: &["The dock's firmware was updated, and the refresh rate is set to 60 Hz. No flicker in an hour of watching."],
    },
    Template {
        title: "Shared drive of {team} not reachable",
        description: "The whole {team} team cannot open the shared drive. Windows says the network path was not found. Month-end closing is today!",
        category: ("Network", "File share"),
        queue: "Network",
        tags: &["file-share", "month-end"],
        solutions: &["The file server's certificate had expired overnight. It is renewed, and renewal is automatic from now on."],
    },
    Template {
        title: "Headset microphone not working in calls",
        description: "In calls nobody hears me. The headset works on my phone. I restarted twice.",
        category: ("Hardware", "Peripherals"),
        queue: "Workplace",
        tags: &["headset"],
        solutions: &["Another program held the microphone. We switched exclusive use off on {host}."],
    },
    Template {
        title: "Suspicious mail asking for my password",
        description: "I got a mail that looks like it is from IT and asks me to confirm my password on a page I do not know. I did not click. Forwarding the details: sender \"IT Support\", subject \"Mailbox almost full\", received {time}.",
        category: ("Security", "Phishing"),
        queue: "Access",
        tags: &["phishing", "security"],
        solutions: &["Well spotted, thank you. The sender is blocked, and the same mail was removed from 41 other mailboxes."],
    },
    Template {
        title: "{app} report shows wrong totals for {team}",
        description: "The monthly report in {app} shows totals for {team} that are about a third too low. The raw list underneath is right, so something is wrong with the summing.",
        category: ("Software", "Reporting"),
        queue: "Business apps",
        tags: &["report"],
        solutions: &["A filter on cost centres had been saved for everybody. It is removed, and the totals agree with the list again."],
    },
];

pub const REQUESTS: &[Template] = &[
    Template {
        title: "New laptop for {person}",
        description: "{person} starts in {team} on the first of next month and needs a laptop, a monitor and a headset. Place: {site}, room {room}.",
        category: ("Onboarding", "Equipment"),
        queue: "Workplace",
        tags: &["onboarding", "hardware"],
        solutions: &[
            "Laptop, monitor and headset are set up in {room} ({order}). The welcome note with the first password is with the team lead.",
        ],
    },
    Template {
        title: "Access to {app} for {person}",
        description: "Please give {person} from {team} read access to {app}. Approved by me as the owner.",
        category: ("Access", "Application access"),
        queue: "Access",
        tags: &["access"],
        solutions: &["{person} has read access to {app} from now on; it takes effect with the next sign-in."],
    },
    Template {
        title: "Install {app} on {host}",
        description: "I need {app} for a project that begins next week. There should be a free licence in {team}.",
        category: ("Software", "Installation"),
        queue: "Workplace",
        tags: &["software", "licence"],
        solutions: &["{app} is installed on {host}. You find it in the start menu; the licence is booked on {team}."],
    },
    Template {
        title: "Mailing list for {team}",
        description: "Could we have a mailing list for {team}? Members: everybody in the department, and {person} as its owner.",
        category: ("Software", "Mail"),
        queue: "Business apps",
        tags: &["mailing-list"],
        solutions: &["The list exists and {person} can manage its members."],
    },
    Template {
        title: "Phone number moves with me to {site}",
        description: "I move to {site}, room {room}, next Monday. Please let my phone number move with me.",
        category: ("Telephony", "Move"),
        queue: "Network",
        tags: &["move", "telephony"],
        solutions: &["Your number rings in {room} from Monday at seven. The old line is off."],
    },
    Template {
        title: "Restore a folder deleted yesterday",
        description: "Somebody in {team} deleted the folder \"Contracts\" from the shared drive, probably around {time} yesterday. Please restore it.",
        category: ("Data", "Restore"),
        queue: "Network",
        tags: &["restore", "file-share"],
        solutions: &[
            "The folder is back as it was yesterday at {time}. Two files that were changed later lie beside it with today's date.",
        ],
    },
    Template {
        title: "Second monitor for home office",
        description: "I work from home three days a week and would like a second monitor. My lead in {team} agrees.",
        category: ("Hardware", "Monitor"),
        queue: "Workplace",
        tags: &["hardware", "remote-work"],
        solutions: &["A 27-inch monitor is on its way to you ({order}); it should arrive within three days."],
    },
];

pub const QUESTIONS: &[&str] = &[
    "Thank you for telling us. Could you say:\n\n- when it last happened,\n- whether colleagues have it too,\n- what it says exactly?\n\nA screenshot helps.",
    "I tried to repeat this on a machine like **{host}** and could not. Are you on the cable or on Wi-Fi when it happens?",
    "May I look at your screen for five minutes this afternoon, around {time}?",
    "Just to be sure: is this about the machine `{host}`, or another one?",
];

pub const REPLIES: &[&str] = &[
    "It is {host}, and it happened again at {time}. Two colleagues have it too.",
    "On the cable. I am at my desk until four.",
    "Yes please, {time} is fine.",
    "It says {code}, nothing else. Sorry, I forgot to make a screenshot.\n\nBest regards",
    "No, only me as far as I know. It began after the last update.",
];

pub const NOTES: &[&str] = &[
    "Same pattern as last month in {site}. Check the lease times on the gateway before anything else.",
    "Spoke to {person} on the phone, very patient. Promised an answer before {time}.",
    "The vendor has a case open for this ({order}). Do not reinstall, we need the logs from `{host}`.",
    "User is in {team}, month-end is tomorrow: please keep an eye on it.",
];

pub const THANKS: &[&str] =
    &["Works again, thank you!", "Perfect, thanks for the quick help.", "All good now. Thank you, and have a nice weekend."];

/// What people add to a vote, good or bad; most add nothing.
pub const PRAISE: &[&str] =
    &["", "", "", "Quick and friendly.", "I could go on working within the hour.", "Explained so that I understood it."];

pub const BLAME: &[&str] = &["", "It took three days and two reminders.", "Solved, but nobody told me for how long it would last."];

pub const AGAIN: &[&str] = &["Sorry to say: it is back, since {time}.", "It worked for an hour, now I see {code} again."];

pub const APPS: &[&str] = &["Ledgerline", "Cargo Desk", "Atlas CRM", "Timesheet", "Papertrail", "Stockroom", "Planwise", "Meridian"];

pub const SITES: &[&str] = &["AMS", "RTM", "HAM", "LIS", "GDN"];

pub const DEPARTMENTS: &[&str] = &["Finance", "Sales", "Logistics", "Legal", "Marketing", "Operations", "Research", "People"];

pub const ORGANIZATIONS: &[&str] = &["Harbour Works", "Northquay Logistics", "Tideline Shipping", "Pilot & Daughters"];

pub const FIRST_NAMES: &[&str] = &[
    "Amira", "Bruno", "Clara", "Daan", "Elif", "Farid", "Greta", "Hugo", "Isla", "Jonas", "Kaia", "Levi", "Mila", "Noor", "Oscar", "Priya",
    "Quinn", "Rafael", "Sofia", "Tariq", "Uma", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoe",
];

pub const LAST_NAMES: &[&str] = &[
    "Almeida", "Bakker", "Cohen", "Dekker", "Eriksen", "Fischer", "Gomes", "Hansen", "Ivanova", "Jansen", "Kowalski", "Larsen", "Moreau",
    "Nowak", "Oliveira", "Petrov", "Quist", "Rossi", "Schmidt", "Tanaka", "Ueda", "Visser", "Weber", "Yilmaz", "Zhang",
];
