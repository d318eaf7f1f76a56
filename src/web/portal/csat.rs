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
        tongue::{marked, t},
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
    let title = if view.done { t!("csat-thank-you") } else { t!("csat-how") };
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
        "good" => t!("csat-good").to_owned(),
        "bad" => t!("csat-not-good").to_owned(),
        stars => t!("csat-stars", count = stars.parse::<u8>().unwrap_or_default()),
    }
}

fn scores(view: &CsatView) -> &'static [&'static str] {
    if view.stars { &["1", "2", "3", "4", "5"] } else { &["good", "bad"] }
}

fn question(view: &CsatView) -> Markup {
    let others: Vec<&str> = scores(view).iter().copied().filter(|it| *it != view.chosen).collect();
    html! {
        div {
            h1 { (t!("csat-how")) }
            p.lede { (marked!("csat-we-believe-solved-tell", number = view.number)) @if let Some(it) = &view.answered { " " (marked!("csat-so-far-you-said", label = label(it).to_lowercase())) } }
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
        "bad" | "1" | "2" => t!("csat-what-should-been-better"),
        _ => t!("csat-there-anything-add"),
    };
    html! {
        div {
            h1 { (t!("csat-thank-you")) }
            p.lede { (marked!("csat-you-said-you-can", label = label(score).to_lowercase())) }
            @if matches!(score, "bad" | "1" | "2") { p { (marked!("csat-if-not-solved-answer", number = view.number)) } }
        }
        form.form method="post" {
            input type="hidden" name="score" value=(score);
            (textarea(Field {
                name: "comment", label: about, value: &view.comment, error: view.error.as_deref(), chars_max: Some(SURVEY_COMMENT_CHARS_MAX), ..Field::default()
            }))
            div.send { (Button::submit(t!("word-send"))) }
        }
    }
}
