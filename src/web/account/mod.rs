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

/// The way from one part to the others.
pub fn parts(at: Part, has: Parts) -> Markup {
    let mut all = vec![
        Tab::new(t!("word-profile-security"), "/account", None, at == Part::Profile),
        Tab::new(t!("account-where-you-signed"), "/account/sessions", None, at == Part::Sessions),
    ];
    all.push(Tab::new(t!("live-notifications"), "/account/notifications", None, at == Part::Notifications));
    if has.availability {
        all.push(Tab::new(t!("account-availability"), "/account/availability", None, at == Part::Availability));
        if has.calendars {
            all.push(Tab::new(t!("feeds-tab"), "/account/calendars", None, at == Part::Calendars));
        }
    }
    if has.tokens {
        all.push(Tab::new(t!("word-access-tokens"), "/account/tokens", None, at == Part::Tokens));
    }
    if has.desks {
        all.push(Tab::new(t!("account-your-other-desks"), "/account/desks", None, at == Part::Desks));
    }
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
