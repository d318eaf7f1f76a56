//! The first steps: five questions, each on a page of its own, and what is still to be set up.

use maud::{Markup, html};

use super::shell::{FIRST_STEPS, problem, shell};
use crate::{
    desk::first_steps::Question,
    web::{
        components::{
            badge::{Tone, badge},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Card, Choice, Field, cards, checkbox, input, select, textarea},
            icon::Icon,
            page_header::page_header,
            zone_field::zone_field,
        },
        layout::Frame,
        tongue::{self, phrase, t},
    },
};

/// A question of the overview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionRow {
    pub question: Question,
    pub answered: bool,
}

/// Something that is still to be set up: a sentence, and where it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StillRow {
    pub text: String,
    pub href: String,
}

#[derive(Debug, Clone, Default)]
pub struct FirstStepsView {
    pub frame: Frame,
    pub questions: Vec<QuestionRow>,
    pub still: Vec<StillRow>,
    /// Where the first question is that nobody has answered; empty if all are.
    pub next: String,
    /// Nobody has said yet that they are through.
    pub goes_on: bool,
}

/// Where a question is asked.
pub fn address(it: Question) -> String {
    format!("{}/{}", FIRST_STEPS.href, it.name())
}

/// What it is called.
pub fn title(it: Question) -> &'static str {
    tongue::word("first-steps-title-", it.name())
}

/// The page at `/agent/admin/start`.
pub fn page(view: &FirstStepsView) -> Markup {
    let name = FIRST_STEPS.name.text();
    let about = if view.next.is_empty() { t!("first-steps-through") } else { t!("first-steps-about") };
    shell(
        &view.frame,
        FIRST_STEPS,
        name,
        html! {
            (page_header(name, Some(about), None))
            ol.first-steps {
                @for it in &view.questions {
                    li {
                        a href=(address(it.question)) { (title(it.question)) }
                        @if it.answered { (badge(Tone::Ok, t!("first-steps-answered"))) } @else { (badge(Tone::Plain, t!("first-steps-open"))) }
                    }
                }
            }
            section aria-labelledby="still" {
                h2 id="still" { (t!("first-steps-still")) }
                @if view.still.is_empty() { p { (t!("first-steps-nothing-left")) } }
                @else { ul.small-list { @for it in &view.still { li { a href=(it.href) { (it.text) } } } } }
            }
            div.send {
                @if !view.next.is_empty() { (Button::link(t!("first-steps-go-on"), &view.next).primary()) }
                @if view.goes_on {
                    form method="post" action={ (FIRST_STEPS.href) "/end" } { (view.frame.csrf()) (if view.next.is_empty() { Button::submit(t!("first-steps-end")).primary() } else { Button::submit(t!("first-steps-end")).quiet() }) }
                }
            }
        },
    )
}

/// What a question shows; each uses what is its own.
#[derive(Debug, Clone, Default)]
pub struct QuestionView {
    pub frame: Frame,
    pub name: String,
    pub language: String,
    pub languages: Vec<Choice>,
    pub base_url: String,
    pub zone: String,
    pub from: String,
    pub until: String,
    pub weekend: bool,
    pub always: bool,
    pub country: String,
    pub countries: Vec<Choice>,
    pub address: String,
    /// Mail addresses, one a line.
    pub people: String,
    pub role: String,
    pub roles: Vec<Choice>,
    /// Links that somebody hands over, where the desk writes no mail: whose, and the link.
    pub links: Vec<(String, String)>,
    pub promise: String,
    /// What each promise means at P1 and P3: name, first word, end.
    pub promises: Vec<(String, String, String)>,
    /// What is wrong, by the name of the field.
    pub errors: Vec<(String, String)>,
    pub error: Option<String>,
}

impl QuestionView {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|it| it.0 == field).map(|it| it.1.as_str())
    }

    fn text<'a>(&'a self, name: &'a str, label: &'a str, value: &'a str, hint: Option<&'a str>) -> Field<'a> {
        Field { name, label, value, hint, error: self.error_of(name), autocomplete: Some("off"), ..Field::default() }
    }
}

/// The pages at `/agent/admin/start/{question}`; each sends its fields to its own address.
pub fn question_page(it: Question, view: &QuestionView) -> Markup {
    let of = Question::ALL.len();
    let step = t!("first-steps-step", number = it.number(), of = of);
    let later = it.next().map_or_else(|| FIRST_STEPS.href.to_owned(), address);
    shell(
        &view.frame,
        FIRST_STEPS,
        title(it),
        html! {
            div {
                (breadcrumb(&[(FIRST_STEPS.name.text(), FIRST_STEPS.href)], title(it)))
                (page_header(title(it), Some(tongue::word("first-steps-about-", it.name())), None))
            }
            p.hint { progress max=(of) value=(it.number()) aria-label=(step) {} " " (step) }
            (problem(view.error.as_deref()))
            @if view.links.is_empty() {
                form.form id="question" method="post" action=(address(it)) {
                    (view.frame.csrf())
                    (fields(it, view))
                    div.send { (Button::submit(t!("first-steps-save")).primary()) (Button::link(t!("first-steps-later"), &later).quiet()) }
                }
            } @else {
                (links(view))
                div.send { (Button::link(t!("first-steps-go-on"), &later).primary()) }
            }
        },
    )
}

fn links(view: &QuestionView) -> Markup {
    html! {
        section.panel aria-labelledby="links" {
            h2 id="links" { (t!("first-steps-links")) }
            p { (t!("first-steps-links-hint")) }
            dl.facts { @for (who, link) in &view.links { dt { (who) } dd { code { (link) } } } }
        }
    }
}

const PROMISES: [Card; 4] = [
    ("relaxed", phrase!("promise-relaxed"), phrase!("promise-relaxed-hint")),
    ("usual", phrase!("promise-usual"), phrase!("promise-usual-hint")),
    ("strict", phrase!("promise-strict"), phrase!("promise-strict-hint")),
    ("none", phrase!("promise-none"), phrase!("promise-none-hint")),
];

fn fields(it: Question, view: &QuestionView) -> Markup {
    match it {
        Question::Desk => html! {
            (input("text", Field { required: true, chars_max: Some(100), ..view.text("name", t!("first-steps-desk-name"), &view.name, Some(t!("first-steps-desk-name-hint"))) }))
            (select(view.text("language", t!("desk-language-language"), &view.language, Some(t!("desk-language-language-hint"))), &view.languages))
            (input("url", Field { chars_max: Some(200), placeholder: Some("https://help.example.com"), ..view.text("baseUrl", t!("first-steps-base-url"), &view.base_url, Some(t!("first-steps-base-url-hint"))) }))
        },
        Question::Hours => html! {
            (zone_field(Field { required: true, ..view.text("timeZone", t!("word-time-zone"), &view.zone, Some(t!("desk-language-zone-hint"))) }))
            div.two {
                (input("time", view.text("from", t!("first-steps-from"), &view.from, None)))
                (input("time", view.text("until", t!("first-steps-until"), &view.until, None)))
            }
            (checkbox("weekend", t!("first-steps-weekend"), None, view.weekend))
            (checkbox("always", t!("first-steps-always"), Some(t!("first-steps-always-hint")), view.always))
            (select(view.text("country", t!("first-steps-country"), &view.country, Some(t!("first-steps-country-hint"))), &view.countries))
        },
        Question::Mail => html! {
            (input("email", Field { chars_max: Some(254), placeholder: Some("help@example.com"), ..view.text("address", t!("word-mail-address"), &view.address, Some(t!("first-steps-mail-hint"))) }))
        },
        Question::People => html! {
            (textarea(view.text("people", t!("first-steps-people-addresses"), &view.people, Some(t!("first-steps-people-hint")))))
            (select(Field { required: true, ..view.text("role", t!("first-steps-role"), &view.role, None) }, &view.roles))
        },
        Question::Promise => html! {
            (cards(Field { required: true, ..view.text("promise", t!("first-steps-promise"), &view.promise, Some(t!("first-steps-promise-hint"))) }, "plain", &PROMISES))
            table.table {
                caption.sr { (t!("first-steps-promise")) }
                thead { tr { th scope="col" { (t!("first-steps-promise")) } th scope="col" { (t!("first-steps-first-word")) } th scope="col" { (t!("first-steps-solved")) } } }
                tbody { @for (name, first, end) in &view.promises { tr { th scope="row" { (name) } td { (first) } td { (end) } } } }
            }
        },
    }
}

/// What is still to be set up on a page of the settings, at its head.
pub fn still(text: &str) -> Markup {
    html! { p.still { (crate::web::components::icon::icon(Icon::Info)) " " (text) } }
}
