//! A ticket as its requester sees it: where it stands in plain words, what happened, and one box to answer in.

use maud::{Markup, PreEscaped, html};

use crate::{
    time::Instant,
    web::{
        components::{
            alike::{KnownRow, part_of},
            attachment::{FileView, chips, uploader},
            avatar::Face,
            badge::Tone,
            banner::{Banner, banner},
            breadcrumb::breadcrumb,
            button::Button,
            field::{Field, input, textarea},
            icon::Icon,
            kept::{Kept, keep, kept},
            moment::moment,
            status_pill::Category,
            thread::blocked,
            timeline::{Step, timeline},
        },
        layout::{Frame, Room, portal},
        tongue::{marked, t},
    },
};

/// Something that happened, as a requester may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// Who did it; the reader's own name is shown as "You".
    pub who: Face,
    pub mine: bool,
    pub at: Instant,
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody wrote.
    Said(Said),
    /// A sentence without the name, such as "is looking into it".
    Did(String),
}

/// What somebody wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Sanitised.
    pub html: String,
    /// It came as an HTML mail.
    pub mail: bool,
    /// It brings its own colours, made for white paper.
    pub paper: bool,
    /// Pictures of other servers that were not fetched.
    pub blocked_pictures: usize,
    /// Where a form is sent to show them.
    pub show_pictures: String,
    pub files: Vec<FileView>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct MyTicketView {
    pub frame: Frame,
    pub number: String,
    pub title: String,
    pub category: Category,
    /// A sentence about what happens next, such as "Ada is looking into it. We answer by 14:00 today."
    pub next: String,
    /// The outage of which it is a part.
    pub outage: Option<KnownRow>,
    /// What was promised: a sentence that ends with the instant, or one without.
    pub promise: Option<(String, Option<Instant>)>,
    /// May ask for more attention: a promise is in danger or was missed.
    pub may_escalate: bool,
    /// Fields of the desk's own, in words.
    pub own: Vec<(String, String)>,
    /// Oldest first.
    pub happened: Vec<Happened>,
    /// May be answered.
    pub may_reply: bool,
    /// May be called solved by the requester.
    pub may_solve: bool,
    /// May be opened again.
    pub may_reopen: bool,
    /// The number of the ticket that this one goes on in.
    pub goes_on: Option<String>,
    /// What is written already, after a refusal, or was kept.
    pub draft: String,
    /// How it is kept.
    pub kept: Kept,
    pub error: Option<String>,
}

/// The page at `/tickets/{number}`. The reply sends `body`, `files` and `csrf` to `/tickets/{number}/comments`;
/// the two buttons send `status` (`resolved`, `open`) to `/tickets/{number}/status`.
pub fn page(view: &MyTicketView) -> Markup {
    portal(
        &view.frame,
        Room::Tickets,
        &view.title,
        html! {
            div {
                (breadcrumb(&[(t!("word-home"), "/"), (t!("word-my-tickets"), "/tickets")], &view.number))
                h1 { (view.title) }
                (Button::link(t!("sheet-print"), &format!("/tickets/{}/print", view.number)).icon(Icon::File).quiet())
            }
            div.form id="ticket" data-live={ "ticket:" (view.number) } {
                @if let Some(it) = &view.outage { (part_of(it, view.frame.now)) }
                (standing(view))
                @if !view.own.is_empty() { dl.facts { @for (label, value) in &view.own { dt { (label) } dd { (value) } } } }
                (timeline(&steps(view), view.frame.now))
                @if view.may_reply { (reply(view)) }
            }
        },
    )
}

fn standing(view: &MyTicketView) -> Markup {
    html! {
        section.standing data-category=(view.category.as_str()) aria-label=(t!("portal-where-stands")) {
            div { strong { (view.category.plain()) } @if !view.next.is_empty() { p { (view.next) @if let Some(other) = &view.goes_on { " " a href={ "/tickets/" (other) } { (marked!("portal-go", other = other)) } } } } }
            @if let Some((text, at)) = &view.promise { p.promise { (text) @if let Some(at) = at { " " (moment(*at, view.frame.now)) } "." } }
            @if view.may_escalate {
                details.fold {
                    summary { (t!("portal-taking-too-long")) }
                    form.form method="post" action={ "/tickets/" (view.number) "/escalate" } data-swap="ticket" {
                        (view.frame.csrf())
                        (input("text", Field { name: "reason", label: t!("portal-what-changed-why-urgent"), value: "", chars_max: Some(2000), autocomplete: Some("off"), ..Field::default() }))
                        div.send { (Button::submit(t!("portal-ask-attention"))) }
                    }
                }
            }
            @if view.may_solve { (status_form(view, "resolved", Button::submit(t!("portal-solved")).icon(Icon::Check))) }
            @if view.may_reopen { (status_form(view, "open", Button::submit(t!("portal-i-still-need-help")).icon(Icon::Reply))) }
        }
    }
}

fn status_form(view: &MyTicketView, status: &str, button: Button) -> Markup {
    html! {
        form method="post" action={ "/tickets/" (view.number) "/status" } data-swap="ticket" { (view.frame.csrf()) input type="hidden" name="status" value=(status); (button) }
    }
}

fn steps(view: &MyTicketView) -> Vec<Step> {
    let last = view.happened.len().saturating_sub(1);
    let step = |(index, it): (usize, &Happened)| {
        let name = if it.mine { t!("portal-you") } else { it.who.name.as_str() };
        let (title, body) = match &it.what {
            What::Did(text) => (html! { strong { (name) } " " (text) }, None),
            What::Said(words) => {
                let name = html! { strong { (name) } };
                let title = if it.mine { marked!("portal-you-wrote", name = name) } else { marked!("portal-wrote", name = name) };
                (title, Some(said(words, &view.frame.csrf())))
            }
        };
        Step { title, body, at: it.at, mine: it.mine, now: index == last && view.category != Category::Closed }
    };
    view.happened.iter().enumerate().map(step).collect()
}

fn said(it: &Said, csrf: &Markup) -> Markup {
    html! {
        div.said {
            div class={ "prose" @if it.mail { " mail" } @if it.paper { " paper" } } { (PreEscaped(&it.html)) }
            (chips(&it.files))
            @if it.blocked_pictures > 0 { (blocked(it.blocked_pictures, &it.show_pictures, csrf)) }
        }
    }
}

fn reply(view: &MyTicketView) -> Markup {
    html! {
        form.form.panel id="reply" method="post" action={ "/tickets/" (view.number) "/comments" } enctype="multipart/form-data" data-swap="ticket" data-draft=(view.number) {
            (view.frame.csrf())
            (kept(&view.kept))
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (textarea(Field { name: "body", label: t!("portal-your-answer"), value: &view.draft, required: true, formatted: true, ..Field::default() }))
            (uploader(t!("word-files"), view.frame.upload_bytes_max))
            div.send { (Button::submit(t!("word-send")).primary()) (keep(&view.kept)) }
        }
    }
}
