//! What the desk does by itself: how each work stands, what waits, what failed, and another round for that.

use maud::{Markup, html};

use super::shell::{JOBS, problem, shell};
use crate::{
    time::Instant,
    web::{
        components::{
            badge::{Tone, badge},
            button::Button,
            icon::{Icon, icon},
            moment::moment,
            page_header::page_header,
        },
        layout::Frame,
        tongue::{marked, t},
    },
};

/// One work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    pub name: String,
    /// What it does.
    pub about: String,
    pub state: &'static str,
    pub tone: Tone,
    pub done: Option<Instant>,
    pub failed: Option<(Instant, String)>,
    /// The failure is the last that is known of it.
    pub is_ill: bool,
    pub waiting: usize,
    pub running: usize,
    pub next: Option<Instant>,
    /// Where more of it is told.
    pub href: Option<&'static str>,
}

/// A job that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRow {
    pub id: String,
    pub name: String,
    pub why: String,
    pub since: Instant,
    pub attempts: u32,
    /// When it is tried again by itself; none if it failed for good.
    pub next: Option<Instant>,
}

#[derive(Debug, Clone, Default)]
pub struct JobsView {
    pub frame: Frame,
    pub since: Instant,
    pub works: Vec<WorkRow>,
    pub failed: Vec<FailedRow>,
    pub is_part: bool,
    /// Events that the search does not know of yet.
    pub unsearched: u64,
    pub error: Option<String>,
}

/// The page at `/agent/admin/jobs`.
pub fn page(view: &JobsView) -> Markup {
    let name = JOBS.name.text();
    shell(
        &view.frame,
        JOBS,
        name,
        html! {
            (page_header(name, Some(t!("jobs-about")), None))
            (problem(view.error.as_deref()))
            (failed(view))
            section aria-labelledby="works" {
                h2 id="works" { (t!("jobs-works")) }
                p.hint { (marked!("jobs-since", when = moment(view.since, view.frame.now))) @if view.is_part { " " (t!("jobs-part")) } }
                ul.entries.works { @for it in &view.works { (work(view, it)) } (search(view)) }
            }
        },
    )
}

fn failed(view: &JobsView) -> Markup {
    html! {
        section aria-labelledby="failed" {
            h2 id="failed" { (t!("jobs-failed")) }
            @if view.failed.is_empty() { p.all-well { (icon(Icon::Check)) (t!("jobs-none-failed")) } }
            @else {
                ul.entries { @for it in &view.failed {
                    li {
                        div {
                            strong { (it.name) } " "
                            @if it.next.is_none() { (badge(Tone::Danger, t!("jobs-gave-up"))) } @else { (badge(Tone::Warn, t!("jobs-tries-on"))) }
                            p { (it.why) }
                            p.meta {
                                (marked!("jobs-failed-since", when = moment(it.since, view.frame.now), attempts = it.attempts))
                                @if let Some(next) = it.next { " · " (marked!("jobs-next", when = moment(next, view.frame.now))) }
                            }
                        }
                        div.moves-on {
                            form method="post" action={ (JOBS.href) "/" (it.id) "/retry" } { (view.frame.csrf()) (Button::submit(t!("jobs-retry"))) }
                            @if it.next.is_none() { form method="post" action={ (JOBS.href) "/" (it.id) "/discard" } { (view.frame.csrf()) (Button::submit(t!("jobs-discard")).quiet()) } }
                        }
                    }
                } }
                @if view.failed.len() > 1 {
                    form method="post" action={ (JOBS.href) "/retry" } { (view.frame.csrf()) (Button::submit(t!("jobs-retry-all"))) }
                }
            }
        }
    }
}

fn work(view: &JobsView, it: &WorkRow) -> Markup {
    let now = view.frame.now;
    html! {
        li {
            div {
                strong { @if let Some(href) = it.href { a href=(href) { (it.name) } } @else { (it.name) } }
                p.meta { (it.about) }
                @if let Some((at, why)) = &it.failed { p.meta data-tone=[it.is_ill.then_some("danger")] { (marked!("jobs-last-failure", when = moment(*at, now), why = why)) } }
            }
            div.work-state {
                (badge(it.tone, it.state))
                p.meta {
                    @if let Some(at) = it.done { span { (marked!("jobs-done", when = moment(at, now))) } }
                    @if it.running > 0 { span { (t!("jobs-running", count = it.running)) } }
                    @if it.waiting > 0 { span { (t!("jobs-waiting", count = it.waiting)) } }
                    @if let Some(at) = it.next { span { (marked!("jobs-next", when = moment(at, now))) } }
                }
            }
        }
    }
}

fn search(view: &JobsView) -> Markup {
    html! {
        li {
            div { strong { (t!("jobs-search")) } p.meta { (t!("jobs-search-about")) } }
            div.work-state {
                @if view.unsearched == 0 { (badge(Tone::Ok, t!("jobs-state-fine"))) } @else { (badge(Tone::Plain, &t!("jobs-behind", count = view.unsearched))) }
            }
        }
    }
}
