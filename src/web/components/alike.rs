//! Tickets that may be about the same, with the reason of each; and what is known to be broken.

use maud::{Markup, html};

use super::{
    article::{ArticleLine, answers},
    badge::{Tone, badge},
    icon::{Icon, icon},
    moment::moment,
    status_pill::Category,
};
use crate::{
    time::Instant,
    web::tongue::{marked, t},
};

/// A ticket that may be about the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeRow {
    pub number: String,
    pub title: String,
    pub category: Category,
    /// Where it is read.
    pub href: String,
    /// Why it is shown, such as "vpn, gateway · same department · 12 minutes apart".
    pub why: String,
}

/// Something that is known to be broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    pub message: String,
    pub since: Instant,
}

/// One line: its number, title and reason.
pub fn row(it: &AlikeRow) -> Markup {
    html! {
        a href=(it.href) { (it.number) " " (it.title) }
        @if matches!(it.category, Category::Resolved | Category::Closed) { " " (badge(Tone::Ok, t!("alike-done"))) }
        small { (it.why) }
    }
}

/// What stands below a form while somebody writes; `id="alike"`. Empty until there is something.
pub fn suggestions(articles: &[ArticleLine], rows: &[AlikeRow], known: &[KnownRow], now: Instant) -> Markup {
    html! {
        div.alike id="alike" aria-live="polite" {
            (self::known(known, now))
            (answers(articles))
            @if !rows.is_empty() {
                div.panel { h2 { (t!("alike-may-one-these")) } ul { @for it in rows { li { (row(it)) } } } }
            }
        }
    }
}

/// Without a script: a button that shows the same, with what is typed kept.
pub fn look_first() -> Markup {
    html! {
        noscript { button.button type="submit" name="look" value="1" formnovalidate { span.words { (t!("alike-see-whether-known-already")) } } }
    }
}

/// On a ticket that is a part of an outage.
pub fn part_of(it: &KnownRow, now: Instant) -> Markup {
    html! {
        div.banner data-tone=(Tone::Warn.as_str()) role="status" {
            (icon(Icon::Alert))
            div { strong { (it.message) } p { (marked!("alike-many-since-you-hear", when = moment(it.since, now))) } }
        }
    }
}

/// What is known to be broken, each with since when.
pub fn known(all: &[KnownRow], now: Instant) -> Markup {
    html! {
        @for it in all {
            div.banner data-tone=(Tone::Warn.as_str()) role="status" {
                (icon(Icon::Alert))
                div { strong { (it.message) } p { (marked!("alike-since-if-concerns-you", when = moment(it.since, now))) } }
            }
        }
    }
}
