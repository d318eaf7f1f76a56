//! A person's access tokens: what programs sign in with in their name.

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
            field::{Choice, Field, input, select},
            icon::Icon,
            moment::moment,
            page_header::page_header,
        },
        layout::{Frame, Room, portal},
        tongue::{Phrase, marked, phrase, t},
    },
};

/// A token without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub id: String,
    pub name: String,
    /// Names of permissions; all of the person's if empty.
    pub scopes: Vec<String>,
    pub created: Instant,
    pub expires: Option<Instant>,
}

/// A permission that a token may be given: its name, and a sentence.
pub type Scope = (&'static str, &'static str);

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TokensView {
    pub frame: Frame,
    pub tokens: Vec<TokenRow>,
    /// The text of the token that was just made, shown this once.
    pub made: Option<String>,
    pub scopes: Vec<Scope>,
    /// What was typed before a refusal.
    pub name: String,
    pub error: Option<String>,
    pub parts: Parts,
}

/// For how long a token may be made, in days; for ever if empty.
pub const LIFETIMES: [(&str, Phrase); 4] = [
    ("30", phrase!("account-30-days")),
    ("90", phrase!("account-90-days")),
    ("365", phrase!("account-one-year")),
    ("", phrase!("account-until-ended")),
];

/// The page at `/account/tokens`.
pub fn page(view: &TokensView) -> Markup {
    let shown: Vec<_> = view.tokens.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        t!("word-access-tokens"),
        html! {
            (page_header(t!("word-your-account"), None, None))
            (parts(Part::Tokens, view.parts))
            @if let Some(text) = &view.made { (made(text)) }
            p.lede { (t!("account-program-one-your-tokens")) }
            @if shown.is_empty() {
                (empty_state(Icon::Key, t!("account-no-access-tokens"), t!("account-make-one-below-program"), None))
            } @else { (entries(&shown)) }
            (new_token(view))
        },
    )
}

fn made(text: &str) -> Markup {
    let title = t!("account-here-token-copy-now").to_owned();
    html! {
        (banner(&Banner { tone: Tone::Ok, title, text: String::new() }))
        div.field { label for="made" { (t!("account-token")) } input.control type="text" id="made" readonly value=(text); }
    }
}

fn entry<'a>(view: &TokensView, it: &'a TokenRow) -> Entry<'a> {
    let now = view.frame.now;
    let is_over = it.expires.is_some_and(|it| it <= now);
    Entry {
        title: &it.name,
        mark: is_over.then_some(t!("account-over")),
        meta: html! {
            @if it.scopes.is_empty() { (t!("account-everything-you-may")) } @else { (it.scopes.join(", ")) }
            " · " (marked!("account-made", when = moment(it.created, now)))
            @if let Some(expires) = it.expires { " · " @if is_over { (marked!("account-ended", when = moment(expires, now))) } @else { (marked!("account-ends", when = moment(expires, now))) } }
        },
        action: html! {
            form method="post" action={ "/account/tokens/" (it.id) "/end" } {
                (view.frame.csrf())
                (Button::submit(&t!("account-end", name = it.name)).quiet())
            }
        },
    }
}

fn new_token(view: &TokensView) -> Markup {
    let lifetimes: Vec<Choice> = LIFETIMES.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    html! {
        form.form method="post" action="/account/tokens" {
            (view.frame.csrf())
            h2 { (t!("account-new-token")) }
            (input("text", Field {
                name: "name", label: t!("account-what"), value: &view.name, required: true, chars_max: Some(100),
                error: view.error.as_deref(), placeholder: Some(t!("account-monitoring")), ..Field::default()
            }))
            (select(Field { name: "days", label: t!("account-how-long-works"), value: "90", required: true, ..Field::default() }, &lifetimes))
            fieldset.ticks {
                legend { (t!("account-what-may-do")) }
                p.hint { (t!("account-everything-you-may-if")) }
                @for (name, about) in &view.scopes {
                    label { input type="checkbox" name="scope" value=(name); span { strong { (name) } " " (about) } }
                }
            }
            (Button::submit(t!("account-make-token")).primary())
        }
    }
}
