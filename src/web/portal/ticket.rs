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
            moment::moment,
            status_pill::Category,
            thread::blocked,
            timeline::{Step, timeline},
        },
        layout::{Frame, Room, portal},
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
    /// What is written already, after a refusal.
    pub draft: String,
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
                (breadcrumb(&[("Home", "/"), ("My tickets", "/tickets")], &view.number))
                h1 { (view.title) }
            }
            div.form id="ticket" data-live={ "ticket:" (view.number) } {
                @if let Some(it) = &view.outage { (part_of(it, view.frame.now)) }
                (standing(view))
                (timeline(&steps(view), view.frame.now))
                @if view.may_reply { (reply(view)) }
            }
        },
    )
}

fn standing(view: &MyTicketView) -> Markup {
    html! {
        section.standing data-category=(view.category.as_str()) aria-label="Where it stands" {
            div { strong { (view.category.plain()) } @if !view.next.is_empty() { p { (view.next) @if let Some(other) = &view.goes_on { " " a href={ "/tickets/" (other) } { "Go on in " (other) } } } } }
            @if let Some((text, at)) = &view.promise { p.promise { (text) @if let Some(at) = at { " " (moment(*at, view.frame.now)) } "." } }
            @if view.may_escalate {
                details.fold {
                    summary { "This is taking too long" }
                    form.form method="post" action={ "/tickets/" (view.number) "/escalate" } data-swap="ticket" {
                        (view.frame.csrf())
                        (input("text", Field { name: "reason", label: "What has changed, or why it is urgent", value: "", chars_max: Some(2000), autocomplete: Some("off"), ..Field::default() }))
                        div.send { (Button::submit("Ask for attention")) }
                    }
                }
            }
            @if view.may_solve { (status_form(view, "resolved", Button::submit("This is solved").icon(Icon::Check))) }
            @if view.may_reopen { (status_form(view, "open", Button::submit("I still need help").icon(Icon::Reply))) }
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
        let name = if it.mine { "You" } else { it.who.name.as_str() };
        let (title, body) = match &it.what {
            What::Did(text) => (html! { strong { (name) } " " (text) }, None),
            What::Said(it) => (html! { strong { (name) } " wrote" }, Some(said(it, &view.frame.csrf()))),
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
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (textarea(Field { name: "body", label: "Your answer", value: &view.draft, required: true, ..Field::default() }))
            (uploader("Files", view.frame.upload_bytes_max))
            div.send { (Button::submit("Send").primary()) }
        }
    }
}
