//! The sections of the style guide, one function each.

use maud::{Markup, html};

use super::{Stage, sample};
use crate::web::{
    components::{
        attachment::chips,
        avatar::{Face, avatar, avatar_large, nobody, stack},
        badge::{Tone, badge, removable_tag, tag},
        banner::{Banner, banner},
        button::Button,
        caller,
        countdown::{Clock, countdown},
        dialog::dialog,
        drawer::drawer,
        empty_state::empty_state,
        field::{Field, cards, checkbox, input, select, textarea},
        icon::{Icon, icon, mark, ridge},
        kbd,
        moment::moment,
        pagination::{Pages, pagination},
        priority::{Priority, priority_named, priority_picker},
        search_box::search_box,
        status_pill::{Category, status, status_pill},
        table::{Column, table},
        tabs::{Tab, tabs},
        thread::{Entry, happening, message},
        timeline::{Step, timeline},
        toast::{Toast, toast},
    },
    console::{dashboard, kanban},
    portal::incident_form::HURTS,
};

type Draw = fn(&Stage) -> Markup;

/// Name and drawing of each section, in reading order.
pub(super) const SECTIONS: [(&str, Draw); 21] = [
    ("Colours", colours),
    ("Sign and icons", icons),
    ("Type", type_scale),
    ("Buttons", buttons),
    ("Fields", fields),
    ("Choices", choices),
    ("Badges and tags", badges),
    ("Status and priority", statuses),
    ("Countdowns", countdowns),
    ("People", people),
    ("Messages", messages),
    ("Timeline", timelines),
    ("Files", files),
    ("Navigation", navigation),
    ("Table", tables),
    ("Banners and toasts", banners),
    ("Dialog and drawer", dialogs),
    ("For whom", callers),
    ("Numbers and lines", figures),
    ("Cards", cards_of_a_board),
    ("Empty", empty),
];

fn colours(_: &Stage) -> Markup {
    let tokens = ["ground", "paper", "sunken", "line", "ink", "accent", "accent-soft", "note", "danger", "warn", "ok", "info"];
    html! { ul.swatches { @for it in tokens { li data-token=(it) { i {} (it) } } } }
}

fn icons(_: &Stage) -> Markup {
    html! { div.rowed { (mark()) @for it in Icon::ALL { (icon(*it)) } } (ridge()) }
}

fn type_scale(_: &Stage) -> Markup {
    html! {
        div { h3 { "A heading says what this is" } p { "Text is set at a comfortable size, never wider than a line can be read. It says what happened and " a href="#type" { "what to do" } "." } small { "Small print carries times, numbers and hints." } }
        div.rowed { (kbd::keys("mod+k")) (kbd::keys("g i")) (kbd::keys("Enter")) code { "INC-000123" } }
    }
}

fn buttons(_: &Stage) -> Markup {
    html! {
        div.rowed { (Button::plain("Send").primary()) (Button::plain("Assign")) (Button::plain("Cancel").quiet()) (Button::plain("Delete").danger()) }
        div.rowed { (Button::plain("New ticket").icon(Icon::Plus)) (Button::plain("Search").only_icon(Icon::Search)) (Button::plain("More").only_icon(Icon::More).quiet()) (Button::link("A link", "#buttons")) }
        div.rowed { (Button::plain("Send").primary().disabled(true)) (Button::plain("Assign").disabled(true)) (Button::plain("Sign in").primary().large()) }
    }
}

fn fields(at: &Stage) -> Markup {
    let ids = ["text", "filled", "wrong", "long", "one-of"].map(|name| at.id(name));
    html! {
        (input("text", Field { name: &ids[0], label: "What is it?", hint: Some("A few words are enough."), placeholder: Some("The printer on floor 3"), required: true, ..Field::default() }))
        (input("text", Field { name: &ids[1], label: "Room", value: "3.14", ..Field::default() }))
        (input("email", Field { name: &ids[2], label: "Mail address", value: "ada@", error: Some("An address needs something after the @."), required: true, ..Field::default() }))
        (textarea(Field { name: &ids[3], label: "What happens?", required: true, ..Field::default() }))
        (select(Field { name: &ids[4], label: "Queue", value: "network", required: true, ..Field::default() }, &sample::vocabulary().queues))
        (checkbox(&at.id("check"), "Tell me about every answer", Some("By mail, at most one an hour."), true))
    }
}

fn choices(at: &Stage) -> Markup {
    let (hurt, chosen) = (at.id("hurt"), at.id("chosen"));
    html! {
        (cards(Field { name: &hurt, label: "How badly does it hurt?", value: "blocked", required: true, ..Field::default() }, "", &HURTS))
        (cards(Field { name: &chosen, label: "Nothing chosen yet", error: Some("Choose one of the three."), required: true, ..Field::default() }, "", &HURTS))
        form { (priority_picker(Some(Priority::P2))) }
    }
}

fn badges(_: &Stage) -> Markup {
    let tones = [
        (Tone::Plain, "Requester"),
        (Tone::Accent, "You"),
        (Tone::Ok, "done"),
        (Tone::Warn, "late"),
        (Tone::Danger, "breached"),
        (Tone::Info, "new"),
        (Tone::Note, "Internal note"),
    ];
    html! {
        div.rowed { @for (tone, text) in tones { (badge(tone, text)) } }
        form.rowed { (tag("vpn", "#badges-and-tags")) (tag("floor-3", "#badges-and-tags")) (removable_tag("laptop")) }
    }
}

fn statuses(_: &Stage) -> Markup {
    html! {
        div.rowed { @for (it, name) in Category::ALL.into_iter().zip(["New", "In progress", "Awaiting info", "Resolved", "Closed"]) { (status_pill(it, name)) } }
        div.rowed { @for it in Category::ALL { (status(it, it.plain())) } }
        div.rowed { @for it in Priority::ALL { (priority_named(it)) } }
    }
}

fn countdowns(at: &Stage) -> Markup {
    let now = at.frame.now;
    let running = |left: i64| Clock::Running { since: sample::ago(now, 14_400 - left), due: sample::ago(now, -left) };
    let all = [running(10_000), running(1800), running(-1900), Clock::Paused { left_secs: 7200 }, Clock::Met];
    html! { div.rowed { @for it in all { (countdown(it, "Resolve", now)) } } p { small { "Asked " (moment(sample::ago(now, 5000), now)) ", due " (moment(sample::ago(now, -90_000), now)) "." } } }
}

fn people(_: &Stage) -> Markup {
    let faces = sample::agents();
    html! { div.rowed { @for it in &faces { (avatar(it)) } (nobody()) (avatar_large(&faces[0])) (stack(&faces)) (avatar(&Face::named("Cher"))) } }
}

fn messages(at: &Stage) -> Markup {
    let csrf = at.frame.csrf();
    html! {
        div.thread {
            @for (index, entry) in sample::thread(at.frame.now).into_iter().enumerate() {
                @match entry {
                    Entry::Message(mut it) => { ({ it.id = at.id(&format!("message-{index}")); message(&it, &csrf, at.frame.now) }) },
                    Entry::Happening(it) => (happening(&it, at.frame.now)),
                }
            }
        }
    }
}

fn timelines(at: &Stage) -> Markup {
    let now = at.frame.now;
    let step =
        |text: &str, secs, current| Step { title: html! { (text) }, body: None, at: sample::ago(now, secs), mine: false, now: current };
    timeline(&[step("You asked", 90_000, false), step("Ada is looking into it", 7200, false), step("Ada ordered a part", 60, true)], now)
}

fn files(_: &Stage) -> Markup {
    html! {
        (chips(&sample::files()))
        div.uploader { (icon(Icon::Clip)) input type="file" aria-label="Files"; }
    }
}

fn navigation(at: &Stage) -> Markup {
    let pages =
        Pages { first: 51, last: 100, total: Some(214.into()), previous: Some("#navigation".into()), next: Some("#navigation".into()) };
    html! {
        (tabs(&at.id("Parts"), &[Tab::new("Conversation", "#navigation", Some(7), true), Tab::new("History", "#navigation", None, false), Tab::new("Files", "#navigation", Some(2), false)], None))
        (search_box("#navigation", &at.id("Search"), "", false))
        (pagination(&at.id("Pages"), &pages))
    }
}

fn tables(at: &Stage) -> Markup {
    let row = |name: &str, open: &str, late: &str| vec![html! { (name) }, html! { (open) }, html! { (late) }];
    let columns =
        [Column { heading: "Queue", numeric: false }, Column { heading: "Open", numeric: true }, Column { heading: "Late", numeric: true }];
    table(&at.id("Queues"), &columns, &[row("Network", "18", "2"), row("Workplace", "41", "0"), row("Accounts", "7", "1")])
}

fn banners(at: &Stage) -> Markup {
    let csrf = at.frame.csrf();
    let one = |tone, title: &str, text: &str| banner(&Banner { tone, title: title.into(), text: text.into() });
    html! {
        (one(Tone::Info, "Mail is slow this morning", "We know, and we are on it. There is no need to write."))
        (one(Tone::Warn, "Ada answered while you were writing", "Read her answer above, then send yours if it is still needed."))
        (one(Tone::Danger, "This was not saved", "Somebody else changed the status. Look again and choose anew."))
        (one(Tone::Ok, "The mailbox works", "A test mail arrived after 3 seconds."))
        (toast(&Toast { tone: Tone::Ok, text: "12 tickets went to Network".into(), undo: Some("#".into()) }, &csrf))
        (toast(&Toast { tone: Tone::Danger, text: "The desk cannot be reached. What you typed is still here.".into(), undo: None }, &csrf))
    }
}

fn dialogs(at: &Stage) -> Markup {
    let (shown, aside) = (at.id("dialog"), at.id("drawer"));
    html! {
        div.rowed { (Button::opens("Open the dialog", &shown)) (Button::opens("Open the drawer", &aside)) }
        (dialog(&shown, "Delete the queue “Printers”?", html! { p { "Its 3 tickets go to Workplace. The queue's name stays in their history." } div.actions { (Button::closes("Keep it", &shown).quiet()) (Button::closes("Delete the queue", &shown).danger()) } }))
        (drawer(&aside, "Mina Park", html! { dl.facts { dt { "Mail" } dd { "mina@acme.example" } dt { "Works in" } dd { "Finance" } } }))
    }
}

fn callers(at: &Stage) -> Markup {
    let [found, new] = [sample::caller(), sample::new_caller()];
    html! { @for (which, it) in [("found", found), ("new", new)] { form id=(at.id(which)) { (caller::parts(&it, &at.id(which))) } } }
}

fn figures(at: &Stage) -> Markup {
    html! { (dashboard::figures(&sample::figures())) ul.shift-lines { @for it in sample::lines(at.frame.now) { (dashboard::line(&it, at.frame.now)) } } }
}

fn cards_of_a_board(at: &Stage) -> Markup {
    html! { ul.cards { @for (nth, mut it) in sample::cards(at.frame.now).into_iter().enumerate() { ({ it.row.number = at.id(&format!("INC-00000{nth}")); kanban::card(at.frame, &it, at.frame.now) }) } } }
}

fn empty(_: &Stage) -> Markup {
    empty_state(
        Icon::Inbox,
        "Nothing is open",
        "When you write to us, you can follow here what happens.",
        Some(Button::link("New ticket", "#empty").primary().into_markup()),
    )
}
