//! What the demo's people have made for their work: fields of the desk's own, views, macros, ready-made texts, templates, a checklist. Made
//! with the commands that they would use.

use serde_json::{Map, Value, json};

use super::cast::{Cast, DOMAIN};
use crate::{
    desk::{
        actor::Actor,
        checklists::{self, NewStep},
        custom::{self, Audience, FieldDraft, FieldOption, FieldType, Need, When},
        macros::{self, MacroDraft},
        recurring::{self, RecurrenceDraft, Rhythm, Schedule},
        sharing::Sharing,
        snippets::{self, SnippetDraft},
        ticket_templates::{self, TemplateDraft},
        tickets::Kind,
        views::{self, Grouping, ViewDraft},
    },
    error::Result,
    id::TicketId,
    store::Tx,
};

/// Makes all of it, on a desk that has its queues and categories.
pub fn equip(tx: &mut Tx) -> Result<()> {
    let admin = Actor::system("demo");
    fields(tx, &admin)?;
    let laptop = checklist(tx, &admin)?;
    templates(tx, &admin, laptop)?;
    saved_views(tx, &admin)?;
    all_macros(tx, &admin)?;
    texts(tx, &admin)
}

fn options(all: &[(&str, &str)]) -> Vec<FieldOption> {
    all.iter().map(|(value, label)| FieldOption { value: (*value).into(), label: (*label).into() }).collect()
}

fn fields(tx: &mut Tx, admin: &Actor) -> Result<()> {
    let field =
        |label: &str, kind, audience, position| FieldDraft { label: label.into(), kind, audience, position, ..FieldDraft::default() };
    custom::create(
        tx,
        admin,
        FieldDraft {
            help: "Where the device is, or where you work today.".into(),
            options: options(&[("amsterdam", "Amsterdam"), ("hamburg", "Hamburg"), ("remote", "At home")]),
            ..field("Site", FieldType::OneOf, Audience::Asked, 10)
        },
    )?;
    custom::create(
        tx,
        admin,
        FieldDraft {
            options: options(&[("laptop", "Laptop"), ("phone", "Phone"), ("printer", "Printer"), ("other", "Something else")]),
            kinds: vec![Kind::Incident],
            ..field("Device", FieldType::OneOf, Audience::Asked, 20)
        },
    )?;
    custom::create(
        tx,
        admin,
        FieldDraft {
            help: "On the sticker, such as HW-10482.".into(),
            pattern: Some("HW-\\d{5}".into()),
            kinds: vec![Kind::Incident],
            when: Some(When { key: "device".into(), values: vec!["laptop".into(), "printer".into()] }),
            ..field("Asset tag", FieldType::Text, Audience::Asked, 30)
        },
    )?;
    custom::create(tx, admin, FieldDraft { kinds: vec![Kind::Request], ..field("Needed by", FieldType::Date, Audience::Asked, 40) })?;
    custom::create(
        tx,
        admin,
        FieldDraft {
            options: options(&[
                ("hardware", "Hardware"),
                ("software", "Software"),
                ("network", "Network"),
                ("people", "Somebody did not know"),
            ]),
            need: Need::Never,
            ..field("Cause", FieldType::OneOf, Audience::Agents, 50)
        },
    )?;
    Ok(())
}

fn checklist(tx: &mut Tx, admin: &Actor) -> Result<crate::id::ChecklistId> {
    let step = |text: &str, required| NewStep { text: text.into(), required };
    let steps = vec![
        step("Order the laptop", true),
        step("Install it and put it into the directory", true),
        step("Make the accounts", true),
        step("Hand it over with a signature", false),
        step("Ask after a week whether all is well", false),
    ];
    Ok(checklists::create_list(tx, admin, "New colleague", steps)?.id)
}

fn templates(tx: &mut Tx, admin: &Actor, laptop: crate::id::ChecklistId) -> Result<()> {
    let drafts = [
        TemplateDraft {
            name: "New colleague".into(),
            about: "Laptop, accounts and a place to sit".into(),
            in_portal: true,
            kind: Kind::Request,
            title: "New colleague: ".into(),
            description: "Name:\nFirst day:\nTeam:\nWhat they need besides a laptop and mail:".into(),
            tags: vec!["onboarding".into()],
            checklist: Some(laptop),
            position: 1,
            ..TemplateDraft::default()
        },
        TemplateDraft {
            name: "Broken phone".into(),
            about: "A work phone that has had enough".into(),
            in_portal: true,
            title: "Work phone: ".into(),
            description: "What happened to it?\nDoes it still ring?".into(),
            custom: values(&[("device", "phone")]),
            position: 2,
            ..TemplateDraft::default()
        },
        TemplateDraft {
            name: "Supplier is down".into(),
            about: "For the desk itself: somebody else's service does not answer".into(),
            title: "Outage at ".into(),
            description: "Since:\nTheir status page:\nWho is affected:".into(),
            priority: Some(2),
            tags: vec!["supplier".into()],
            custom: values(&[("cause", "network")]),
            position: 3,
            ..TemplateDraft::default()
        },
    ];
    for it in drafts {
        ticket_templates::create(tx, admin, it)?;
    }
    let backups = TemplateDraft {
        name: "Backups of the week".into(),
        about: "Lodged by itself each Monday".into(),
        kind: Kind::Request,
        title: "Check the backups of the week".into(),
        description: "Restore one file of each site and compare it.".into(),
        tags: vec!["routine".into()],
        position: 4,
        ..TemplateDraft::default()
    };
    let template = ticket_templates::create(tx, admin, backups)?.id;
    recur(tx, admin, template)
}

/// Work that comes again each Monday.
fn recur(tx: &mut Tx, admin: &Actor, template: crate::id::TicketTemplateId) -> Result<()> {
    let zone = super::house::ZONE;
    let schedule = Schedule {
        rhythm: Rhythm::Weekly(vec![0]),
        every: 1,
        at: 8 * 60,
        zone: zone.into(),
        from: recurring::today(tx, zone)?,
        until: None,
    };
    let draft = RecurrenceDraft {
        name: "Backups of the week".into(),
        template: Some(template),
        requester: format!("ben@{DOMAIN}"),
        schedule,
        working_days_of: String::new(),
        paused: false,
    };
    recurring::create(tx, admin, draft).map(drop)
}

fn values(all: &[(&str, &str)]) -> Map<String, Value> {
    all.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

fn saved_views(tx: &mut Tx, admin: &Actor) -> Result<()> {
    let view = |name: &str, query: &str, sort: &str, position| ViewDraft {
        name: name.into(),
        query: query.into(),
        sort: sort.into(),
        sharing: Sharing::Everybody,
        position,
        ..ViewDraft::default()
    };
    let columns = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let drafts = [
        view("Pressing, and ours to move", "status:open priority<=2 is:on-us", "dueAt:asc", 1),
        ViewDraft { group: Some(Grouping::Queue), ..view("VIPs", "status:open is:vip", "priority:asc", 2) },
        ViewDraft {
            columns: columns(&["requester", "status", "updated", "queue", "custom.device", "custom.site"]),
            ..view("Laptops and printers", "status:open custom.device:(laptop, printer)", "updatedAt:desc", 3)
        },
        ViewDraft {
            group: Some(Grouping::Assignee),
            ..view("Gone quiet", "status:open updated<-3d (is:on-them OR priority>=3)", "updatedAt:asc", 4)
        },
    ];
    drafts.into_iter().try_for_each(|it| views::create(tx, admin, it).map(drop))
}

fn all_macros(tx: &mut Tx, admin: &Actor) -> Result<()> {
    let draft = |name: &str, about: &str, when: &str, actions: &[(&str, &str)], position| MacroDraft {
        name: name.into(),
        about: about.into(),
        when: when.into(),
        actions: actions.iter().map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned())).collect(),
        sharing: Sharing::Everybody,
        position,
    };
    let drafts = [
        draft(
            "I am on it",
            "Takes it and says so",
            "status:open",
            &[
                ("assignee", "me"),
                (
                    "reply",
                    "Hello {{requester.firstName}},\n\nI am looking into {{ticket.number}} now and come back to you today.\n\n{{agent.firstName}}",
                ),
            ],
            1,
        ),
        draft(
            "Ask for the asset tag",
            "Asks, and waits for the answer",
            "status:open kind:incident",
            &[
                ("assignee", "me"),
                (
                    "reply",
                    "Hello {{requester.firstName}},\n\nplease tell me the number on the sticker of the device: it begins with HW. Then I can see what it is and whether it has a guarantee.\n\n{{agent.firstName}}",
                ),
                ("tag", "waits-for-tag"),
                ("status", "awaiting_info"),
            ],
            2,
        ),
        draft(
            "Solved by a restart",
            "Notes the cause, thanks and resolves",
            "status:open kind:incident",
            &[
                ("assignee", "me"),
                ("custom", "cause = software"),
                ("note", "Solved by a restart; if it comes back within a week, make it a problem."),
                (
                    "reply",
                    "Hello {{requester.firstName}},\n\ngood that it works again. Should “{{ticket.title}}” come back, just answer this mail.\n\n{{agent.firstName}}",
                ),
                ("status", "resolved"),
            ],
            3,
        ),
        draft(
            "Up to somebody who knows more",
            "Raises it and tells the team",
            "status:open",
            &[("priority", "P2"), ("tag", "second-line"), ("note", "Please have a look: {{ticket.number}} has been with us for a while.")],
            4,
        ),
    ];
    drafts.into_iter().try_for_each(|it| macros::create(tx, admin, it).map(drop))
}

fn texts(tx: &mut Tx, admin: &Actor) -> Result<()> {
    let all = [
        ("Greeting", "hello", "en", "Everyday", "Hello {{requester.firstName}},\n\nthank you for writing. "),
        ("Begrüßung", "hallo", "de", "Everyday", "Guten Tag {{requester.name}},\n\nvielen Dank für Ihre Nachricht. "),
        (
            "Restart first",
            "restart",
            "en",
            "Devices",
            "Please restart the device once: hold the power button for ten seconds, wait a moment, and switch it on again. Does it still happen then?",
        ),
        (
            "How to make a screenshot",
            "shot",
            "en",
            "Devices",
            "Press **Windows + Shift + S** (on a Mac: **⌘ + Shift + 4**), draw a frame around what you see, and paste it into your answer.",
        ),
        (
            "Set up the VPN anew",
            "vpn",
            "en",
            "Network",
            "1. Open the VPN client and choose *Profiles*.\n2. Delete the profile **Harbour**.\n3. Add it again from the portal, and sign in with your usual password.\n\nTell me if step 3 says anything else than *Connected*.",
        ),
        (
            "Closing words",
            "bye",
            "en",
            "Everyday",
            "If anything about {{ticket.number}} is still open, just answer this mail: it comes straight back to me.\n\nBest regards,\n{{agent.name}}\n{{desk.name}}",
        ),
    ];
    for (name, shortcut, language, category, body) in all {
        let draft = SnippetDraft {
            sharing: Sharing::Everybody,
            name: name.into(),
            shortcut: shortcut.into(),
            language: language.into(),
            category: category.into(),
            body: body.into(),
        };
        snippets::create(tx, admin, draft)?;
    }
    Ok(())
}

/// The values that a ticket of this category is lodged with, told apart by its place in the history.
pub fn values_of(kind: Kind, category: (&str, &str), place: usize) -> Option<String> {
    let device = match category {
        (_, it) if it.contains("Print") => Some("printer"),
        (_, it) if it.contains("Laptop") || it.contains("Monitor") => Some("laptop"),
        (_, it) if it.contains("Phone") => Some("phone"),
        _ => None,
    };
    let mut values = Map::new();
    if let Some(site) = ["amsterdam", "hamburg", "remote"].get(place % 5) {
        values.insert("site".into(), json!(site));
    }
    if let Some(device) = device.filter(|_| kind == Kind::Incident) {
        values.insert("device".into(), json!(device));
        if device != "phone" && place.is_multiple_of(2) {
            values.insert("asset_tag".into(), json!(format!("HW-{:05}", 10_000 + place * 37 % 80_000)));
        }
    }
    (!values.is_empty()).then(|| Value::Object(values).to_string())
}

/// Gives a few tickets steps, some of them done.
pub fn begin_checklists(tx: &mut Tx, cast: &Cast, tickets: &[TicketId]) -> Result<()> {
    let Some(list) = checklists::lists(tx)?.into_iter().next() else { return Ok(()) };
    for (at, id) in tickets.iter().enumerate() {
        let actor = super::story::person(cast.agents[at % cast.agents.len()]);
        let ticket = checklists::add_list(tx, &actor, *id, list.id)?;
        let steps: Vec<u32> = ticket.checklist.iter().flat_map(|it| it.steps.iter().map(|it| it.id)).collect();
        for step in steps.into_iter().take(at + 1) {
            let done = checklists::StepChange { done: Some(true), ..checklists::StepChange::default() };
            checklists::change(tx, &actor, *id, step, done)?;
        }
    }
    Ok(())
}
