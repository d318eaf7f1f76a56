//! A person's feeds of due work: addresses that their calendar reads.

use maud::{Markup, html};

use super::{Entry, Part, Parts, entries, parts};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::Tone,
            banner::{Banner, banner},
            button::Button,
            empty_state::empty_state,
            field::{Choice, Field, checkbox, input, select},
            icon::Icon,
            moment::moment,
            page_header::page_header,
        },
        layout::{Frame, Room, portal},
        tongue::{marked, t},
    },
};

/// A feed without its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedRow {
    pub id: String,
    pub name: String,
    /// What it shows, in words.
    pub shows: String,
    pub created: Instant,
}

#[derive(Debug, Clone, Default)]
pub struct CalendarsView {
    pub frame: Frame,
    pub feeds: Vec<FeedRow>,
    /// The address of the feed that was just made, shown this once.
    pub made: Option<String>,
    /// Saved views that one may be of.
    pub views: Vec<Choice>,
    /// What was typed before a refusal.
    pub name: String,
    pub mine: bool,
    pub teams: bool,
    pub reminders: bool,
    pub view: String,
    pub error: Option<String>,
    pub parts: Parts,
}

/// The page at `/account/calendars`; its form sends `name`, `mine`, `teams`, `reminders` and `view`.
pub fn page(view: &CalendarsView) -> Markup {
    let shown: Vec<_> = view.feeds.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        t!("feeds-tab"),
        html! {
            (page_header(t!("word-your-account"), None, None))
            (parts(Part::Calendars, view.parts))
            @if let Some(address) = &view.made { (made(address)) }
            p.lede { (t!("feeds-about")) }
            @if shown.is_empty() { (empty_state(Icon::Clock, t!("feeds-none"), t!("feeds-none-hint"), None)) }
            @else { (entries(&shown)) }
            (new_feed(view))
        },
    )
}

fn made(address: &str) -> Markup {
    html! {
        (banner(&Banner { tone: Tone::Ok, title: t!("feeds-made").to_owned(), text: String::new() }))
        div.field { label for="made" { (t!("feeds-address")) } input.control type="text" id="made" readonly value=(address); }
    }
}

fn entry<'a>(view: &CalendarsView, it: &'a FeedRow) -> Entry<'a> {
    Entry {
        title: &it.name,
        mark: None,
        meta: html! { (it.shows) " · " (marked!("feeds-since", when = moment(it.created, view.frame.now))) },
        action: html! {
            form method="post" action={ "/account/calendars/" (it.id) "/revoke" } {
                (view.frame.csrf())
                (Button::submit(&t!("feeds-revoke", name = it.name)).quiet())
            }
        },
    }
}

fn new_feed(view: &CalendarsView) -> Markup {
    html! {
        form.form method="post" action="/account/calendars" {
            (view.frame.csrf())
            h2 { (t!("feeds-new")) }
            (input("text", Field {
                name: "name", label: t!("feeds-name"), value: &view.name, required: true, chars_max: Some(100),
                error: view.error.as_deref(), autocomplete: Some("off"), ..Field::default()
            }))
            (checkbox("mine", t!("feeds-mine"), None, view.mine))
            (checkbox("teams", t!("feeds-teams"), None, view.teams))
            (checkbox("reminders", t!("feeds-reminders"), None, view.reminders))
            (select(Field { name: "view", label: t!("feeds-view"), value: &view.view, ..Field::default() }, &view.views))
            p.hint { (t!("feeds-secret")) }
            (Button::submit(t!("feeds-make")).primary())
        }
    }
}
