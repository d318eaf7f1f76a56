//! Parts that a page has once, since they carry an id that scripts know them by: they follow the theme of the page.

use maud::{Markup, html};

use super::sample;
use crate::web::{
    components::{
        alike::{AlikeRow, KnownRow, suggestions},
        announcement::{Announced, announced},
        article::ArticleLine,
        availability::{AbsenceFields, availability},
        badge::Tone,
        bell::bell,
        composer::{ComposerView, composer},
        delivery::{Delivery, MailState, delivery},
        field::{Choice, Field},
        own_field::{Control, OwnField, own_fields},
        status_pill::Category,
        template_picker::{Offered, template_picker},
        week_strip::week_strip,
        why::{WhyLine, why},
        zone_field::zone_field,
    },
    console::{
        open_tabs::{OpenTab, open_tabs},
        ticket::{Present, presence},
    },
    layout::Frame,
};

type Draw = fn(&Frame) -> Markup;

/// Name and drawing of each, in reading order.
pub(super) const SECTIONS: [(&str, Draw); 9] = [
    ("Composer", writing),
    ("Own fields", own),
    ("Bell and who is here", here),
    ("Open tickets", tabs),
    ("Templates", templates),
    ("What is known", known),
    ("On its way", on_its_way),
    ("Hours and absence", hours),
    ("Why", reasons),
];

fn writing(frame: &Frame) -> Markup {
    let it = ComposerView {
        body: "It is the token of your account. Please sign out and in again.".into(),
        error: Some("Ada answered while you were writing. Read her answer, then send yours if it is still needed.".into()),
        share: "#composer-section".into(),
        ..sample::ticket(frame.now).composer
    };
    composer(&it, "composer", &frame.csrf())
}

fn own(_: &Frame) -> Markup {
    let field = |key: &str, label: &str, control| OwnField {
        name: format!("custom.{key}"),
        label: label.into(),
        control,
        choices: vec![Choice::new("laptop", "Laptop"), Choice::new("phone", "Phone"), Choice::new("badge", "Badge")],
        ..OwnField::default()
    };
    let wrong = OwnField {
        error: Some("The tag has six digits, such as 004711.".into()),
        values: vec!["47".into()],
        ..field("tag", "Asset tag", Control::Line)
    };
    let several = OwnField { values: vec!["phone".into()], required: true, ..field("things", "Concerns", Control::Several) };
    own_fields(&[
        wrong,
        field("device", "Device", Control::One),
        several,
        field("count", "How many", Control::Number),
        field("loan", "On loan", Control::YesNo),
        field("since", "Since", Control::DateTime),
        OwnField { help: "Whatever may help whoever comes.".into(), ..field("cause", "Cause", Control::Lines) },
    ])
}

fn here(frame: &Frame) -> Markup {
    let all: Vec<Present> =
        sample::agents().into_iter().take(3).enumerate().map(|(at, face)| Present { face, replies: at == 0, notes: false }).collect();
    html! { div.rowed { @if let Some(viewer) = &frame.viewer { (bell(viewer)) } (presence("INC-004123", &all)) } }
}

fn tabs(frame: &Frame) -> Markup {
    let one = |number: &str, title: &str, draft, current| OpenTab { number: number.into(), title: title.into(), draft, current };
    open_tabs(
        frame,
        &[
            one("INC-004123", "VPN drops every hour since the update", false, true),
            one("REQ-000871", "A second screen for the ledger", true, false),
            one("INC-004060", "Please restore a folder I deleted on Monday", false, false),
        ],
    )
}

fn templates(_: &Frame) -> Markup {
    let one = |name: &str, chosen, waits| Offered {
        href: "#templates?template=1".into(),
        name: name.into(),
        about: String::new(),
        chosen,
        waits,
    };
    template_picker(&[one("New colleague", true, false), one("Lost badge", false, false), one("Move of a desk", false, true)])
}

fn known(frame: &Frame) -> Markup {
    let rows = [AlikeRow {
        number: "INC-004119".into(),
        title: "No connection from home".into(),
        category: Category::Active,
        href: "#what-is-known".into(),
        why: "vpn, gateway · same department · 12 minutes apart".into(),
    }];
    let outage = [KnownRow { message: "The gateway in Hamburg is down.".into(), since: sample::ago(frame.now, 1_800) }];
    let news = [Announced {
        title: "The desk is closed on Friday".into(),
        text_html: "<p>Call us if <em>nobody</em> can work.</p>".into(),
        urgent: false,
    }];
    let articles = [ArticleLine {
        title: "The VPN drops every few minutes".into(),
        about: "What to try before you call us.".into(),
        href: "#".into(),
        language: None,
    }];
    html! { (announced(&news)) (suggestions(&articles, &rows, &outage, frame.now)) }
}

fn on_its_way(frame: &Frame) -> Markup {
    let mail = |to: &str, state, tone, answer: &str, retry: Option<&str>| MailState {
        to: to.into(),
        state,
        tone,
        answer: answer.into(),
        retry: retry.map(str::to_owned),
    };
    let it = Delivery {
        addressed: "To mina.park@acme.example, Cc it@acme.example".into(),
        undo: Some(("#on-its-way".into(), sample::ago(frame.now, -8))),
        withdrawn: false,
        mails: vec![
            mail("mina.park@acme.example", "Sent", Tone::Ok, "", None),
            mail("it@acme.example", "Not delivered", Tone::Danger, "550 no such user", Some("#on-its-way")),
        ],
    };
    delivery(&it, &frame.csrf(), frame.now)
}

fn hours(_: &Frame) -> Markup {
    let nine = vec![(540, 1_020)];
    let days: Vec<Vec<(u32, u32)>> = (0..7).map(|day| if day < 5 { nine.clone() } else { Vec::new() }).collect();
    let absence = AbsenceFields { first: "2027-05-04".into(), last: "2027-05-15".into(), substitute: "bob".into() };
    html! {
        (week_strip(&days))
        (availability(true, &[absence], &[Choice::new("bob", "Bob Marsh")]))
        (zone_field(Field { name: "zone", label: "Time zone", value: "Europe/Berlin", required: true, ..Field::default() }))
    }
}

fn reasons(frame: &Frame) -> Markup {
    let line = |what: &str, why: &str| WhyLine { what: what.into(), why: why.into(), at: sample::ago(frame.now, 4_000) };
    why(
        &[
            line("Queue", "The rule VPN says so (version 3)."),
            line("Assignee", "Whoever has the fewest open tickets of those who know VPN."),
        ],
        frame.now,
    )
}
