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
            breadcrumb::breadcrumb,
            button::Button,
            caller::{CallerView, caller},
            field::{Card, Choice, Field, cards, input, select, textarea},
            kept::{Kept, keep, kept},
            own_field::{OwnField, own_fields},
            page_header::page_header,
            priority::{Priority, priority_picker},
            template_picker::{Offered, template_field, template_picker},
        },
        keys::Aim,
        layout::Frame,
        tongue::{phrase, t},
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
    /// For whom; nobody means the agent.
    pub caller: CallerView,
    /// How they came: `phone` or `walk_in`.
    pub channel: String,
    pub title: String,
    pub description: String,
    pub priority: Option<Priority>,
    /// Empty leaves it to the rules.
    pub queue: String,
    /// Empty means nobody yet.
    pub assignee: String,
    /// Empty leaves it to the rules.
    pub category: String,
    /// Templates that can fill it in, and the one that did.
    pub templates: Vec<Offered>,
    pub template: String,
    /// The ticket that it is to be a part of: number and title.
    pub parent: Option<(String, String)>,
    /// With commas between them.
    pub tags: String,
    /// Fields of the desk's own.
    pub own: Vec<OwnField>,
    /// What is wrong with each field, as a sentence.
    pub title_error: Option<String>,
    pub description_error: Option<String>,
    /// What is wrong with the whole.
    pub error: Option<String>,
    /// Makes sending twice harmless; sent back as `once`.
    pub once: String,
    /// How its words are kept.
    pub kept: Kept,
}

const KINDS: [Card; 2] = [
    ("incident", phrase!("new-ticket-incident"), phrase!("new-ticket-something-broken")),
    ("request", phrase!("new-ticket-request"), phrase!("new-ticket-somebody-needs-something")),
];

/// What a part of another ticket can be.
const PART_KINDS: [Card; 3] = [
    ("task", phrase!("new-ticket-task"), phrase!("new-ticket-piece-work")),
    ("incident", phrase!("new-ticket-incident"), phrase!("new-ticket-something-broken")),
    ("request", phrase!("new-ticket-request"), phrase!("new-ticket-somebody-needs-something")),
];

const CHANNELS: [Card; 2] = [
    ("phone", phrase!("caller-phoned"), phrase!("caller-phoned-about")),
    ("walk_in", phrase!("caller-walked-in"), phrase!("caller-walked-in-about")),
];

/// The page at `/agent/tickets/new`; sends `kind`, `channel`, `requester`, `person`, `newName`, `newEmail`, `newPhone`, `title`, `description`, `priority`, `category`, `queue`, `assignee`,
/// `custom.KEY`, `once` and `csrf` to `/agent/tickets`.
pub fn page(view: &NewTicketView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        t!("word-new-ticket"),
        html! {
            div.found {
                @match &view.parent {
                    Some((number, title)) => div { (breadcrumb(&[(number.as_str(), &format!("/agent/tickets/{number}/tasks"))], t!("ticket-new-part"))) (page_header(t!("ticket-new-part"), Some(title), None)) },
                    None => (page_header(t!("word-new-ticket"), Some(t!("new-ticket-somebody-who-called-came")), None)),
                }
                @if view.parent.is_none() { (template_picker(&view.templates)) }
                (form(view))
            }
        },
    )
}

fn form(view: &NewTicketView) -> Markup {
    let text = |name, label, value, error, required| Field { name, label, value, error, required, ..Field::default() };
    html! {
        form.form id="new-ticket" method="post" action="/agent/tickets" data-draft=[view.parent.is_none().then_some("new-ticket")] data-alike="/agent/tickets/alike" {
            (view.frame.csrf())
            input type="hidden" name="once" value=(view.once);
            (template_field(&view.template))
            (kept(&view.kept))
            @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
            @match &view.parent {
                Some((number, _)) => {
                    input type="hidden" name="parent" value=(number);
                    (cards(text("kind", t!("new-ticket-what"), &view.kind, None, true), "hurt", &PART_KINDS))
                    p.hint { (t!("new-ticket-part-hint")) }
                },
                None => {
                    (cards(text("kind", t!("new-ticket-what"), &view.kind, None, true), "hurt", &KINDS))
                    (cards(text("channel", t!("caller-channel"), &view.channel, None, true), "hurt", &CHANNELS))
                },
            }
            (caller(&view.caller))
            (input("text", Field { chars_max: Some(TITLE_CHARS_MAX), ..text("title", t!("new-ticket-title"), &view.title, view.title_error.as_deref(), true) }))
            (textarea(Field { formatted: true, ..text("description", if view.parent.is_some() { t!("new-ticket-part-what") } else { t!("new-ticket-what-happened") }, &view.description, view.description_error.as_deref(), false) }))
            (suggestions(&[], &[], &[], view.frame.now))
            div.field { span.label aria-hidden="true" { (t!("word-priority")) } (priority_picker(view.priority)) }
            (select(text("category", t!("word-category"), &view.category, None, false), &with_none(t!("new-ticket-rules"), &view.vocabulary.categories)))
            (select(text("queue", t!("word-queue"), &view.queue, None, false), &with_none(t!("new-ticket-rules"), &view.vocabulary.queues)))
            (select(text("assignee", t!("word-assignee"), &view.assignee, None, false), &with_none(t!("new-ticket-nobody-yet"), &view.vocabulary.assignees)))
            @if !view.tags.is_empty() { (input("text", Field { hint: Some(t!("tools-commas")), ..text("tags", t!("tools-tags"), &view.tags, None, false) })) }
            (own_fields(&view.own))
            div.send { (Button::submit(t!("new-ticket-create-ticket")).primary().large().aim(Aim::Send)) (keep(&view.kept)) }
        }
    }
}

fn with_none(label: &str, choices: &[Choice]) -> Vec<Choice> {
    std::iter::once(Choice::new("", label)).chain(choices.iter().cloned()).collect()
}
