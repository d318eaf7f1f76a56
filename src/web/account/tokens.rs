//! A person's access tokens: what programs sign in with in their name.

use maud::{Markup, html};

use super::{Entry, Part, entries, parts};
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
}

/// For how long a token may be made, in days; for ever if empty.
pub const LIFETIMES: [(&str, &str); 4] = [("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Until it is ended")];

/// The page at `/account/tokens`.
pub fn page(view: &TokensView) -> Markup {
    let shown: Vec<_> = view.tokens.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        "Access tokens",
        html! {
            (page_header("Your account", None, None))
            (parts(Part::Tokens, true))
            @if let Some(text) = &view.made { (made(text)) }
            p.lede { "A program that has one of your tokens acts in your name. Give each program its own, with no more than it needs." }
            @if shown.is_empty() {
                (empty_state(Icon::Key, "No access tokens", "Make one below for a program that is to work with this desk.", None))
            } @else { (entries(&shown)) }
            (new_token(view))
        },
    )
}

fn made(text: &str) -> Markup {
    let title = "Here is the token. Copy it now: it is not shown again.".to_owned();
    html! {
        (banner(&Banner { tone: Tone::Ok, title, text: String::new() }))
        div.field { label for="made" { "The token" } input.control type="text" id="made" readonly value=(text); }
    }
}

fn entry<'a>(view: &TokensView, it: &'a TokenRow) -> Entry<'a> {
    let now = view.frame.now;
    let is_over = it.expires.is_some_and(|it| it <= now);
    Entry {
        title: &it.name,
        mark: is_over.then_some("over"),
        meta: html! {
            @if it.scopes.is_empty() { "everything you may" } @else { (it.scopes.join(", ")) }
            " · made " (moment(it.created, now))
            @if let Some(expires) = it.expires { " · " (if is_over { "ended " } else { "ends " }) (moment(expires, now)) }
        },
        action: html! {
            form method="post" action={ "/account/tokens/" (it.id) "/end" } {
                (view.frame.csrf())
                (Button::submit(&format!("End {}", it.name)).quiet())
            }
        },
    }
}

fn new_token(view: &TokensView) -> Markup {
    let lifetimes: Vec<Choice> = LIFETIMES.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
    html! {
        form.form method="post" action="/account/tokens" {
            (view.frame.csrf())
            h2 { "New token" }
            (input("text", Field {
                name: "name", label: "What it is for", value: &view.name, required: true, chars_max: Some(100),
                error: view.error.as_deref(), placeholder: Some("Monitoring"), ..Field::default()
            }))
            (select(Field { name: "days", label: "How long it works", value: "90", required: true, ..Field::default() }, &lifetimes))
            fieldset.ticks {
                legend { "What it may do" }
                p.hint { "Everything you may, if nothing is ticked." }
                @for (name, about) in &view.scopes {
                    label { input type="checkbox" name="scope" value=(name); span { strong { (name) } " " (about) } }
                }
            }
            (Button::submit("Make token").primary())
        }
    }
}
