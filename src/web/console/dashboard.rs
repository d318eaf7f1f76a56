//! The start of a shift: some calm numbers that lead to their lists, and beneath them what is next, who has answered, what is late soon,
//! what lies with nobody, what comes back, where one is named, and how much the team has. A part with nothing in it is not there.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            avatar::{Face, avatar_alone},
            badge::{Tone, badge},
            countdown::{Clock, countdown},
            empty_state::empty_state,
            icon::{Icon, icon},
            moment::moment,
            page_header::page_header,
            priority::{Priority, priority},
        },
        layout::Frame,
        tongue::t,
    },
};

/// A number that leads to what it counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureView {
    pub name: String,
    pub count: usize,
    pub href: String,
    /// Something in it is late.
    pub late: bool,
}

/// A ticket in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: String,
    pub title: String,
    pub priority: Priority,
    pub clock: Clock,
    /// Whom or what it is about: the requester, a reminder's words.
    pub about: String,
    /// When it comes, or came.
    pub at: Option<Instant>,
}

/// A list of tickets under a heading, with the whole behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    pub lines: Vec<Line>,
    pub total: usize,
    /// Where all of them are.
    pub href: String,
}

/// A queue, or a colleague, with how much there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadView {
    pub name: String,
    /// Of a colleague.
    pub face: Option<Face>,
    pub href: String,
    pub open: usize,
    /// Of a queue: what lies with nobody, and where that is.
    pub unassigned: Option<(usize, String)>,
    /// How much there may be.
    pub limit: Option<u32>,
    pub away: bool,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct DashboardView {
    pub frame: Frame,
    pub rail: RailView,
    /// "Good morning, Ada".
    pub greeting: String,
    pub figures: Vec<FigureView>,
    pub parts: Vec<Part>,
    pub queues: Vec<LoadView>,
    pub team: Vec<LoadView>,
}

/// The page at `/agent/dashboard`.
pub fn page(view: &DashboardView) -> Markup {
    shell(
        &view.frame,
        &view.rail,
        t!("shift-title"),
        html! { section.pane-list.forward.shift aria-label=(t!("shift-title")) { (board(view)) } },
    )
}

/// What changes with the work; `id="shift"`, live on the topic `lists`.
pub fn board(view: &DashboardView) -> Markup {
    let is_empty = view.parts.iter().all(|it| it.lines.is_empty());
    html! {
        div.found.shift-page id="shift" data-live="lists" {
            (page_header(&view.greeting, Some(t!("shift-about")), None))
            (figures(&view.figures))
            @if is_empty { (empty_state(Icon::Check, t!("shift-nothing"), t!("shift-nothing-hint"), None)) }
            div.shift-parts {
                @for (at, it) in view.parts.iter().enumerate().filter(|(_, it)| !it.lines.is_empty()) { (part(it, at, view.frame.now)) }
                @if !view.queues.is_empty() { (loads(t!("shift-my-queues"), "shift-queues", &view.queues)) }
                @if view.team.len() > 1 { (loads(t!("shift-team"), "shift-team", &view.team)) }
            }
        }
    }
}

/// The numbers.
pub fn figures(all: &[FigureView]) -> Markup {
    html! {
        ul.figures { @for it in all {
            li { a href=(it.href) data-late[it.late && it.count > 0] data-none[it.count == 0] { strong { (it.count) } span { (it.name) } } }
        } }
    }
}

fn part(it: &Part, at: usize, now: Instant) -> Markup {
    let id = format!("part-{at}");
    html! {
        section.panel aria-labelledby=(id) {
            h2 id=(id) { (it.name) }
            ul.shift-lines { @for line in &it.lines { (self::line(line, now)) } }
            @if it.total > it.lines.len() { p.more-of { a href=(it.href) { (t!("shift-all", count = it.total)) } } }
        }
    }
}

/// One ticket.
pub fn line(it: &Line, now: Instant) -> Markup {
    html! {
        li {
            a href={ "/agent/tickets/" (it.number) } {
                (priority(it.priority))
                span.what { span.title { (it.title) } small { (it.number) @if !it.about.is_empty() { " · " (it.about) } } }
                @if let Some(at) = it.at { small.when { (moment(at, now)) } } @else { (countdown(it.clock, t!("list-due"), now)) }
            }
        }
    }
}

fn loads(name: &str, id: &str, all: &[LoadView]) -> Markup {
    // Bars are told apart by the largest, where nobody said how much is enough.
    let most = all.iter().map(|it| it.open).max().unwrap_or(0).max(1);
    html! {
        section.panel aria-labelledby=(id) {
            h2 id=(id) { (name) }
            ul.loads { @for it in all { li {
                span.who { @if let Some(face) = &it.face { (avatar_alone(face)) } @else { (icon(Icon::Queue)) } a href=(it.href) { (it.name) } @if it.away { " " (badge(Tone::Plain, t!("live-away"))) } }
                @let top = it.limit.map_or(most, |it| it as usize);
                meter min="0" max=(top.max(1)) value=(it.open.min(top)) data-full[it.limit.is_some_and(|limit| it.open > limit as usize)] aria-label=(t!("shift-open-of", name = it.name.as_str())) {}
                span.much { (it.open) @if let Some(limit) = it.limit { span.of { "/" (limit) } } }
                @if let Some((count, href)) = &it.unassigned { @if *count > 0 { a.nobodys href=(href) { (t!("shift-unassigned", count = *count)) } } }
            } } }
        }
    }
}
