//! How it was: the page that the link in a mail leads to. One press answers, looking does not; a word may be added afterwards.

use maud::{Markup, html};

use crate::{
    limits::SURVEY_COMMENT_CHARS_MAX,
    web::{
        components::{
            button::Button,
            field::{Field, textarea},
        },
        layout::{Frame, Room, portal},
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct CsatView {
    pub frame: Frame,
    /// The number of the ticket.
    pub number: String,
    /// Asked for one to five stars, rather than good or bad.
    pub stars: bool,
    /// What the link in the mail says: `good`, `bad`, `1` to `5`; empty if it says nothing.
    pub chosen: String,
    /// What was answered already, in the same words.
    pub answered: Option<String>,
    pub comment: String,
    /// The answer was taken just now.
    pub done: bool,
    pub error: Option<String>,
}

/// The page at `/csat/TOKEN`; its forms send `score` and `comment`, and need no more than the address.
pub fn page(view: &CsatView) -> Markup {
    let title = if view.done { "Thank you" } else { "How was it?" };
    portal(
        &view.frame,
        Room::Door,
        title,
        html! {
            div.panel.survey {
                @if view.done { (thanks(view)) } @else { (question(view)) }
            }
        },
    )
}

fn label(score: &str) -> String {
    match score {
        "good" => "It was good".to_owned(),
        "bad" => "It was not good".to_owned(),
        "1" => "1 star".to_owned(),
        stars => format!("{stars} stars"),
    }
}

fn scores(view: &CsatView) -> &'static [&'static str] {
    if view.stars { &["1", "2", "3", "4", "5"] } else { &["good", "bad"] }
}

fn question(view: &CsatView) -> Markup {
    let others: Vec<&str> = scores(view).iter().copied().filter(|it| *it != view.chosen).collect();
    html! {
        div {
            h1 { "How was it?" }
            p.lede { "We believe that " (view.number) " is solved. Tell us how it was for you." @if let Some(it) = &view.answered { " So far you said: " (label(it).to_lowercase()) "." } }
        }
        @if !view.chosen.is_empty() {
            form method="post" { (Button::submit_as(&label(&view.chosen), "score", &view.chosen).primary().large()) }
        }
        form.choices-row method="post" {
            @for it in others { (answer(it, view.chosen.is_empty())) }
        }
    }
}

fn answer(score: &str, large: bool) -> Markup {
    let label = label(score);
    let button = Button::submit_as(&label, "score", score);
    html! { @if large { (button.large()) } @else { (button.quiet()) } }
}

fn thanks(view: &CsatView) -> Markup {
    let score = view.answered.as_deref().unwrap_or_default();
    let about = match score {
        "bad" | "1" | "2" => "What should have been better?",
        _ => "Is there anything to add?",
    };
    html! {
        div {
            h1 { "Thank you" }
            p.lede { "You said: " (label(score).to_lowercase()) ". You can change it with the link in the mail for thirty days." }
            @if matches!(score, "bad" | "1" | "2") { p { "If it is not solved, answer to that mail: that opens " (view.number) " again." } }
        }
        form.form method="post" {
            input type="hidden" name="score" value=(score);
            (textarea(Field {
                name: "comment", label: about, value: &view.comment, error: view.error.as_deref(), chars_max: Some(SURVEY_COMMENT_CHARS_MAX), ..Field::default()
            }))
            div.send { (Button::submit("Send")) }
        }
    }
}
