//! A ticket that an agent takes down for somebody: at the desk, on the phone.

use maud::{Markup, html};

use super::{
    list::Vocabulary,
    shell::{RailView, shell},
};
use crate::{
    limits::TITLE_CHARS_MAX,
    web::{
        components::{
            alike::suggestions,
            badge::Tone,
            banner::{Banner, banner},
            button::Button,
            field::{Card, Choice, Field, cards, input, select, textarea},
            page_header::page_header,
            priority::{Priority, priority_picker},
        },
        keys::Aim,
        layout::Frame,
    },
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct NewTicketView {
    pub frame: Frame,
    pub rail: RailView,
    pub vocabulary: Vocabulary,
    /// `incident` or `request`.
    pub kind: String,
    /// A mail address; empty means the agent.
    pub requester: String,
    pub title: String,
    pub description: String,
    pub priority: Option<Priority>,
    /// Empty leaves it to the rules.
    pub queue: String,
    /// Empty means nobody yet.
    pub assignee: String,
    /// What is wrong with each field, as a sentence.
    pub requester_error: Option<String>,
    pub title_error: Option<String>,
    pub description_error: Option<String>,
    /// What is wrong with the whole.
    pub error: Option<String>,
    /// Makes sending twice harmless; sent back as `once`.
    pub once: String,
}

const KINDS: [Card<'static>; 2] = [("incident", "Incident", "Something is broken."), ("request", "Request", "Somebody needs something.")];

/// The page at `/agent/tickets/new`; sends `kind`, `requester`, `title`, `description`, `priority`, `queue`, `assignee`, `once` and `csrf`
/// to `/agent/tickets`.
pub fn page(view: &NewTicketView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        "New ticket",
        html! {
            div.found {
                (page_header("New ticket", Some("For somebody who called or came by. They get a mail with the number."), None))
                (form(view))
            }
        },
    )
}

fn form(view: &NewTicketView) -> Markup {
    let text = |name, label, value, error, required| Field { name, label, value, error, required, ..Field::default() };
    html! {
        form.form id="new-ticket" method="post" action="/agent/tickets" data-draft="new-ticket" data-alike="/agent/tickets/alike" {
            (view.frame.csrf())
            input type="hidden" name="once" value=(view.once);
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            (cards(text("kind", "What is it?", &view.kind, None, true), "hurt", &KINDS))
            (input("email", Field { hint: Some("Leave it empty if it is for yourself."), ..text("requester", "For whom?", &view.requester, view.requester_error.as_deref(), false) }))
            (input("text", Field { chars_max: Some(TITLE_CHARS_MAX), ..text("title", "Title", &view.title, view.title_error.as_deref(), true) }))
            (textarea(text("description", "What happened?", &view.description, view.description_error.as_deref(), false)))
            (suggestions(&[], &[], view.frame.now))
            div.field { span.label aria-hidden="true" { "Priority" } (priority_picker(view.priority)) }
            (select(text("queue", "Queue", &view.queue, None, false), &with_none("By the rules", &view.vocabulary.queues)))
            (select(text("assignee", "Assignee", &view.assignee, None, false), &with_none("Nobody yet", &view.vocabulary.assignees)))
            div.send { (Button::submit("Create the ticket").primary().large().aim(Aim::Send)) }
        }
    }
}

fn with_none(label: &str, choices: &[Choice]) -> Vec<Choice> {
    std::iter::once(Choice::new("", label)).chain(choices.iter().cloned()).collect()
}
