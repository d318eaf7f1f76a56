//! Everybody of the desk, found by name, address or role.

use maud::{Markup, html};

use super::shell::{PEOPLE, shell};
use crate::web::{
    components::{
        avatar::{Face, avatar},
        badge::{Tone, badge},
        button::Button,
        empty_state::empty_state,
        field::{Choice, options},
        icon::Icon,
        page_header::page_header,
        pagination::{Pages, pagination},
        table::{Column, table},
        tabs::{Tab, tabs},
    },
    layout::Frame,
    tongue::t,
};

/// One person of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonRow {
    pub href: String,
    pub face: Face,
    pub email: String,
    /// Names of roles.
    pub roles: Vec<String>,
    pub organization: String,
    pub vip: bool,
    pub active: bool,
}

#[derive(Debug, Clone, Default)]
pub struct PeopleView {
    pub frame: Frame,
    pub people: Vec<PersonRow>,
    pub pages: Pages,
    pub query: String,
    /// The key of the role that is asked for; empty for any.
    pub role: String,
    pub roles: Vec<Choice>,
    /// `active`, `inactive` or `all`.
    pub show: &'static str,
    /// The reader may add people.
    pub may_add: bool,
}

/// The page at `/agent/admin/people`; `q`, `role`, `show` and `page` say which people.
pub fn page(view: &PeopleView) -> Markup {
    let add = html! { (Button::link(t!("people-add-person"), "/agent/admin/people/new").primary().icon(Icon::Plus)) };
    let about = t!("people-everybody-who-lodges-works");
    shell(
        &view.frame,
        PEOPLE,
        t!("word-people"),
        html! {
            (page_header(t!("word-people"), Some(about), view.may_add.then_some(add)))
            (filters(view))
            div id="list" {
                @if view.people.is_empty() {
                    (empty_state(Icon::Person, t!("people-nobody-called-so"), t!("people-look-part-name-mail"), None))
                } @else {
                    (table(t!("word-people"), &columns(), &view.people.iter().map(row).collect::<Vec<_>>()))
                    (pagination(t!("people-pages-people"), &view.pages))
                }
            }
        },
    )
}

fn columns() -> [Column<'static>; 4] {
    [
        Column { heading: t!("people-person"), numeric: false },
        Column { heading: t!("people-roles"), numeric: false },
        Column { heading: t!("word-organization"), numeric: false },
        Column { heading: t!("word-state"), numeric: false },
    ]
}

fn filters(view: &PeopleView) -> Markup {
    let tab = |label: &str, show: &str| {
        let query: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("show", show)
            .append_pair("q", &view.query)
            .append_pair("role", &view.role)
            .finish();
        Tab::new(label, format!("/agent/admin/people?{query}"), None, view.show == show)
    };
    html! {
        search {
            form.filters action="/agent/admin/people" method="get" {
                input type="hidden" name="show" value=(view.show);
                input.control type="search" name="q" value=(view.query) placeholder=(t!("people-name-mail-address")) aria-label=(t!("people-name-mail-address")) autocomplete="off";
                select.control name="role" aria-label=(t!("people-role")) { option value="" { (t!("people-any-role")) } (options(&view.roles, &view.role)) }
                (Button::submit(t!("people-look")))
            }
        }
        (tabs(t!("people-which-people"), &[tab(t!("people-active"), "active"), tab(t!("people-deactivated"), "inactive"), tab(t!("word-all"), "all")], None))
    }
}

fn row(it: &PersonRow) -> Vec<Markup> {
    vec![
        html! { div.person-cell { (avatar(&it.face)) a href=(it.href) { (it.face.name) } small { (it.email) } } },
        html! { (it.roles.join(", ")) },
        html! { (it.organization) },
        html! {
            @if it.vip { (badge(Tone::Accent, "VIP")) " " }
            @if it.active { (t!("people-active")) } @else { (badge(Tone::Plain, t!("people-deactivated"))) }
        },
    ]
}
