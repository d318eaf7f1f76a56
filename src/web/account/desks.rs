//! The other desks of a person, and the way there.

use maud::{Markup, html};

use super::{Entry, Part, Parts, entries, parts};
use crate::web::{
    components::{button::Button, page_header::page_header},
    layout::{Frame, Room, portal},
    tongue::{marked, t},
};

/// A desk that the person may go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherDesk {
    pub id: String,
    pub name: String,
    pub host: String,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct DesksView {
    pub frame: Frame,
    pub desks: Vec<OtherDesk>,
    pub parts: Parts,
}

/// The page at `/account/desks`.
pub fn page(view: &DesksView) -> Markup {
    let shown: Vec<_> = view.desks.iter().map(|it| entry(view, it)).collect();
    portal(
        &view.frame,
        Room::Wide,
        t!("account-your-other-desks"),
        html! {
            (page_header(t!("word-your-account"), None, None))
            (parts(Part::Desks, view.parts))
            p.lede { (t!("account-you-known-these-desks")) }
            (entries(&shown))
        },
    )
}

fn entry<'a>(view: &DesksView, it: &'a OtherDesk) -> Entry<'a> {
    Entry {
        title: &it.name,
        mark: None,
        meta: html! { (it.host) },
        action: html! {
            form method="post" action={ "/account/desks/" (it.id) } { (view.frame.csrf()) (Button::submit(&t!("account-go", name = it.name))) }
        },
    }
}

/// Between two desks: a form of one may not lead to the other, so a link does.
pub fn leaving_page(frame: &Frame, name: &str, address: &str) -> Markup {
    portal(
        frame,
        Room::Door,
        t!("account-going-there"),
        html! { div.panel { div { h1 { (marked!("account-on-to", name = name)) } p.lede { (t!("account-opens-itself")) } } (Button::link(&t!("account-go", name = name), address).primary()) } },
    )
}

/// At the other desk: nothing happens before somebody says so, since a link may come from anybody.
pub fn arriving_page(frame: &Frame, pass: &str) -> Markup {
    portal(
        frame,
        Room::Door,
        t!("account-welcome"),
        html! {
            div.panel {
                div { h1 { (marked!("account-welcome-2", desk = frame.desk)) } p.lede { (t!("account-you-come-another-desk")) } }
                form.form method="post" action="/enter" {
                    (frame.csrf())
                    input type="hidden" name="pass" value=(pass);
                    (Button::submit(t!("account-sign-here")).primary().large())
                }
            }
        },
    )
}
