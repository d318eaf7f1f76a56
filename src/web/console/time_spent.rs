//! The time that was worked on a ticket: a section at its side with the sum, what it is made of, and room for more.

use maud::{Markup, html};

use crate::{
    limits,
    web::{
        components::{
            badge::{Tone, badge},
            button::Button,
            field::{Choice, options},
            icon::Icon,
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// One piece of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryView {
    pub id: String,
    pub who: String,
    /// `1 h 30 min`.
    pub length: String,
    /// The same as it is typed.
    pub typed: String,
    /// The day as people read it, and as a form sends it.
    pub day: String,
    pub date: String,
    /// The id of its category; empty for none.
    pub category: String,
    pub category_name: String,
    pub billable: bool,
    pub note: String,
    /// The reader may put it right.
    pub may_change: bool,
}

/// The section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeView {
    /// Whether the reader sees it at all.
    pub shown: bool,
    /// The sum, and how much of it is paid for; empty for nothing.
    pub total: String,
    pub billable: String,
    /// The newest first.
    pub entries: Vec<EntryView>,
    /// Categories in use.
    pub categories: Vec<Choice>,
    /// Today in the desk's zone, as a form sends it.
    pub today: String,
    pub may_add: bool,
}

/// The section; sends `time`, `category`, `day` and `note` to `/agent/tickets/{number}/time`, and below that to the entry, where `do` may
/// be `remove`.
pub fn section(frame: &Frame, number: &str, it: &TimeView) -> Markup {
    let action = format!("/agent/tickets/{number}/time");
    html! {
        @if it.shown && (it.may_add || !it.entries.is_empty()) {
            section.time-spent aria-labelledby="time-spent" {
                h2 id="time-spent" { (t!("time-spent")) }
                @if !it.total.is_empty() {
                    p { strong { (it.total) } @if !it.billable.is_empty() { " " small { (marked!("time-of-it-billable", length = it.billable.as_str())) } } }
                }
                @if !it.entries.is_empty() {
                    ul.time-entries { @for one in &it.entries { li { (entry(frame, &action, it, one)) } } }
                }
                @if it.may_add {
                    details.fold {
                        summary { (t!("time-add")) }
                        form.form method="post" action=(action) data-swap="ticket" {
                            (frame.csrf())
                            (fields("time-new", it, &EntryView { date: it.today.clone(), ..EntryView::default() }))
                            (Button::submit(t!("time-book")).icon(Icon::Clock))
                        }
                    }
                }
            }
        }
    }
}

fn entry(frame: &Frame, action: &str, view: &TimeView, it: &EntryView) -> Markup {
    let facts = html! {
        span.length { (it.length) }
        span.about { (it.who) " · " (it.day) @if !it.category_name.is_empty() { " · " (it.category_name) } @if it.billable { " " (badge(Tone::Ok, t!("time-billable"))) } @if !it.note.is_empty() { br; (it.note) } }
    };
    html! {
        @if !it.may_change { div.time-entry { (facts) } }
        @else {
            details {
                summary.time-entry { (facts) }
                form.form method="post" action={ (action) "/" (it.id) } data-swap="ticket" {
                    (frame.csrf())
                    (fields(&format!("time-{}", it.id), view, it))
                    div.send {
                        (Button::submit(t!("word-save")))
                        button.button type="submit" data-look="quiet" name="do" value="remove" formnovalidate { (t!("time-remove")) }
                    }
                }
            }
        }
    }
}

fn fields(prefix: &str, view: &TimeView, it: &EntryView) -> Markup {
    let known = it.category.is_empty() || view.categories.iter().any(|one| one.value == it.category);
    html! {
        div.pair {
            div.field { label for={ (prefix) "-length" } { (t!("time-how-long")) } input.control type="text" id={ (prefix) "-length" } name="time" value=(it.typed) required placeholder="1h 30m" maxlength="20" autocomplete="off"; }
            div.field { label for={ (prefix) "-day" } { (t!("time-day")) } input.control type="date" id={ (prefix) "-day" } name="day" value=(it.date) required; }
        }
        @if !view.categories.is_empty() || !it.category.is_empty() {
            div.field { label for={ (prefix) "-category" } { (t!("time-category")) } select.control id={ (prefix) "-category" } name="category" {
                option value="" { (t!("time-no-category")) }
                // What is offered no longer stays what it was.
                @if !known { option value=(it.category) selected { (it.category_name) } }
                (options(&view.categories, &it.category))
            } }
        }
        div.field { label for={ (prefix) "-note" } { (t!("time-note")) span.optional { " " (t!("field-optional")) } } input.control type="text" id={ (prefix) "-note" } name="note" value=(it.note) maxlength=(limits::TIME_NOTE_CHARS_MAX) autocomplete="off"; }
    }
}
