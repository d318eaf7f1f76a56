//! Letters in the settings: what waits, what did not arrive and why; and the addresses that nothing more is sent to.

use maud::{Markup, html};

use super::{
    sending::{Part, head},
    shell::{SENDING, problem, shell},
};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            button::Button,
            empty_state::empty_state,
            field::{Field, input},
            icon::Icon,
            moment::moment,
            pagination::{Pages, pagination},
            table::{Column, table},
            tabs::{Tab, tabs},
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// A letter in the list.
#[derive(Debug, Clone)]
pub struct LetterRow {
    pub subject: String,
    /// Where its ticket is.
    pub href: Option<String>,
    pub to: String,
    pub state: &'static str,
    pub tone: Tone,
    /// What the server said.
    pub answer: String,
    pub created: Instant,
    /// When it is tried next.
    pub due: Option<Instant>,
    pub attempts: u32,
    /// Where forms are sent that try it again and take it back.
    pub retry: Option<String>,
    pub withdraw: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct LettersView {
    pub frame: Frame,
    /// The filter: its name, where it leads, whether it is the present one.
    pub filters: Vec<(String, String, bool)>,
    pub rows: Vec<LetterRow>,
    pub pages: Pages,
    pub letters: usize,
    pub addresses: usize,
    pub error: Option<String>,
}

/// The page at `/agent/admin/sending/letters`.
pub fn page(view: &LettersView) -> Markup {
    let columns = [t!("letters-to"), t!("word-subject"), t!("word-state"), t!("letters-since"), t!("letters-actions")]
        .map(|heading| Column { heading, numeric: false });
    let rows: Vec<Vec<Markup>> = view.rows.iter().map(|it| row(&view.frame, it)).collect();
    let filters: Vec<Tab> = view.filters.iter().map(|(name, href, current)| Tab::new(name, href.as_str(), None, *current)).collect();
    shell(
        &view.frame,
        SENDING,
        t!("letters-letters"),
        html! {
            (head(Part::Letters, Some(view.letters), Some(view.addresses)))
            (problem(view.error.as_deref()))
            (tabs(t!("letters-which-letters"), &filters, None))
            @if rows.is_empty() { (empty_state(Icon::Mail, t!("letters-nothing-here"), t!("letters-every-letter-way-arrived"), None)) }
            @else { (table(t!("letters-letters"), &columns, &rows)) (pagination(t!("letters-pages-letters"), &view.pages)) }
        },
    )
}

fn row(frame: &Frame, it: &LetterRow) -> Vec<Markup> {
    vec![
        html! { (it.to) },
        html! { @if let Some(href) = &it.href { a href=(href) { (it.subject) } } @else { (it.subject) } },
        html! {
            (badge(it.tone, it.state))
            @if !it.answer.is_empty() { " " (it.answer) }
            @if it.attempts > 1 { small { " " (marked!("letters-attempts", attempts = it.attempts)) } }
            @if let Some(due) = it.due { small { " " (marked!("letters-next", when = moment(due, frame.now))) } }
        },
        moment(it.created, frame.now),
        html! {
            @if let Some(to) = &it.retry { form method="post" action=(to) { (frame.csrf()) (Button::submit(t!("letters-try-again"))) } }
            @if let Some(to) = &it.withdraw { form method="post" action=(to) { (frame.csrf()) (Button::submit(t!("letters-take-back")).quiet()) } }
        },
    ]
}

/// An address that nothing more is sent to.
#[derive(Debug, Clone)]
pub struct AddressRow {
    pub address: String,
    pub reason: String,
    pub since: Instant,
}

#[derive(Debug, Clone, Default)]
pub struct AddressesView {
    pub frame: Frame,
    pub may_change: bool,
    pub rows: Vec<AddressRow>,
    pub letters: usize,
    /// What was typed before a refusal.
    pub typed: String,
    pub error: Option<String>,
}

/// The page at `/agent/admin/sending/addresses`.
pub fn addresses_page(view: &AddressesView) -> Markup {
    let columns = [t!("letters-address"), t!("letters-why"), t!("letters-since"), t!("letters-actions")]
        .map(|heading| Column { heading, numeric: false });
    let rows: Vec<Vec<Markup>> = view.rows.iter().map(|it| address(view, it)).collect();
    shell(
        &view.frame,
        SENDING,
        t!("word-suppressed-addresses"),
        html! {
            (head(Part::Addresses, Some(view.letters), Some(view.rows.len())))
            p { (t!("letters-nothing-more-sent-address")) }
            @if rows.is_empty() { (empty_state(Icon::Check, t!("letters-none"), t!("letters-every-address-written"), None)) }
            @else { (table(t!("word-suppressed-addresses"), &columns, &rows)) }
            @if view.may_change {
                form.form method="post" action="/agent/admin/sending/addresses" {
                    (view.frame.csrf())
                    h2 { (t!("letters-add-one")) }
                    (input("email", Field { name: "address", label: t!("letters-address"), value: &view.typed, error: view.error.as_deref(), required: true, ..Field::default() }))
                    (input("text", Field { name: "reason", label: t!("letters-why"), ..Field::default() }))
                    div.send { (Button::submit(t!("letters-send-nothing-more"))) }
                }
            }
        },
    )
}

fn address(view: &AddressesView, it: &AddressRow) -> Vec<Markup> {
    vec![
        html! { (it.address) },
        html! { (it.reason) },
        moment(it.since, view.frame.now),
        html! {
            @if view.may_change {
                form method="post" action="/agent/admin/sending/addresses/release" {
                    (view.frame.csrf())
                    input type="hidden" name="address" value=(it.address);
                    (Button::submit(t!("letters-release")))
                }
            }
        },
    ]
}
