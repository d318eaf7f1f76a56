//! A person's own account, for everybody who is signed in, agents and requesters alike: it stands in the portal's frame.

pub mod availability;
pub mod calendars;
pub mod desks;
pub mod notifications;
pub mod profile;
pub mod second_factor;
pub mod sessions;
pub mod tokens;

use maud::{Markup, html};

use super::{
    components::tabs::{Tab, tabs},
    tongue::t,
};

/// Which part of the account is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Profile,
    Sessions,
    Notifications,
    Availability,
    Calendars,
    Tokens,
    Desks,
}

/// Which parts there are for this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// For those who work tickets.
    pub availability: bool,
    pub calendars: bool,
    pub tokens: bool,
    pub desks: bool,
}

/// The parts that somebody has, with their names and addresses.
pub fn all(has: Parts) -> Vec<(Part, &'static str, &'static str)> {
    let all = [
        (true, Part::Profile, t!("word-profile-security"), "/account"),
        (true, Part::Sessions, t!("account-where-you-signed"), "/account/sessions"),
        (true, Part::Notifications, t!("live-notifications"), "/account/notifications"),
        (has.availability, Part::Availability, t!("account-availability"), "/account/availability"),
        (has.availability && has.calendars, Part::Calendars, t!("feeds-tab"), "/account/calendars"),
        (has.tokens, Part::Tokens, t!("word-access-tokens"), "/account/tokens"),
        (has.desks, Part::Desks, t!("account-your-other-desks"), "/account/desks"),
    ];
    all.into_iter().filter(|it| it.0).map(|(_, part, name, href)| (part, name, href)).collect()
}

/// The way from one part to the others.
pub fn parts(at: Part, has: Parts) -> Markup {
    let all: Vec<Tab> = all(has).into_iter().map(|(part, name, href)| Tab::new(name, href, None, at == part)).collect();
    tabs(t!("word-your-account"), &all, None)
}

/// One line of a list of things that can be ended: what it is, what is known of it, and the button.
struct Entry<'a> {
    title: &'a str,
    /// A word beside the title.
    mark: Option<&'a str>,
    meta: Markup,
    action: Markup,
}

fn entries(all: &[Entry<'_>]) -> Markup {
    html! {
        ul.entries {
            @for it in all {
                li {
                    div {
                        strong { (it.title) @if let Some(mark) = it.mark { " " span.badge { (mark) } } }
                        p.meta { (it.meta) }
                    }
                    (it.action)
                }
            }
        }
    }
}
