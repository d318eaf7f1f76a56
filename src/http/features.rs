//! Where features live: the addresses that are away while a desk does without one. Both doors ask here before a handler runs, so no handler
//! has to; what happens by itself, and what stands on other pages, asks the desk (`desk::features`).
//!
//! A new feature does not compile until its places stand here.

use crate::{
    desk::features::{Feature, Off, refused},
    error::Refusal,
};

/// Addresses of the API without its prefix, and of pages. `*` is one part of an address; what goes on behind it is meant as well.
struct Places {
    api: &'static [&'static str],
    pages: &'static [&'static str],
}

fn places(it: Feature) -> Places {
    let (api, pages): (&[&str], &[&str]) = match it {
        Feature::Satisfaction => (&["/satisfaction"], &["/agent/satisfaction", "/csat"]),
        Feature::Outages => (&["/outages"], &["/agent/outages"]),
        Feature::Announcements => (&["/announcements"], &["/agent/admin/announcements"]),
        Feature::TimeEntries => (
            &["/tickets/*/time-entries", "/time-categories", "/reports/time"],
            &["/agent/tickets/*/time", "/agent/admin/time-categories", "/agent/reports/time", "/agent/reports/time.csv"],
        ),
        Feature::Checklists => (&["/checklists", "/tickets/*/checklist"], &["/agent/admin/checklists", "/agent/tickets/*/checklist"]),
        Feature::Macros => (&["/macros"], &["/agent/macros", "/agent/tickets/*/macros"]),
        Feature::Snippets => (&["/snippets"], &["/agent/texts", "/agent/snippets"]),
        Feature::TicketTemplates => (&["/ticket-templates"], &["/agent/admin/ticket-templates"]),
        Feature::RecurringTickets => (&["/recurring-tickets"], &["/agent/admin/recurring-tickets"]),
        Feature::CalendarFeeds => (&["/calendar-feeds"], &["/account/calendars", "/feeds"]),
        Feature::OnCall => (&["/on-call"], &["/agent/admin/on-call"]),
        Feature::Push => (&["/me/push-subscriptions"], &[]),
        Feature::Knowledge => (
            &["/kb", "/settings/knowledge", "/tickets/*/articles"],
            &["/knowledge", "/sitemap.xml", "/agent/knowledge", "/agent/tickets/*/articles", "/agent/admin/knowledge"],
        ),
        Feature::AccessTokens => (&["/tokens"], &["/account/tokens"]),
    };
    Places { api, pages }
}

/// Whether an address begins with the parts of a pattern.
fn begins(path: &str, pattern: &str) -> bool {
    let mut parts = path.split('/');
    pattern.split('/').all(|wanted| parts.next().is_some_and(|it| wanted == "*" || wanted == it))
}

/// Refuses an address of the API, given without its prefix, that belongs to something the desk does without.
pub fn need_api(off: Off, path: &str) -> Result<(), Refusal> {
    need(off, |it| it.api, path)
}

/// Refuses a page that belongs to something the desk does without.
pub fn need_page(off: Off, path: &str) -> Result<(), Refusal> {
    need(off, |it| it.pages, path)
}

fn need(off: Off, of: impl Fn(Places) -> &'static [&'static str], path: &str) -> Result<(), Refusal> {
    if off.is_empty() {
        return Ok(());
    }
    let mut away = Feature::ALL.iter().filter(|it| off.has(**it));
    match away.find(|it| of(places(**it)).iter().any(|pattern| begins(path, pattern))) {
        Some(it) => Err(refused(*it)),
        None => Ok(()),
    }
}

/// Whether a page belongs to something the desk does without, for what leads there.
pub fn is_away(off: Off, path: &str) -> bool {
    need_page(off, path).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_belongs_to_it_is_away() {
        let off = Off::of(&[Feature::Checklists]);
        for (path, away) in [
            ("/checklists", true),
            ("/checklists/x", true),
            ("/checklists-of-mine", false),
            ("/tickets/INC-000001/checklist", true),
            ("/tickets/INC-000001/checklist/3", true),
            ("/tickets/INC-000001", false),
            ("/macros", false),
        ] {
            assert_eq!(need_api(off, path).is_err(), away, "{path}");
        }
        assert!(need_page(off, "/agent/tickets/INC-000001/checklist").is_err());
        assert!(need_page(Off::default(), "/agent/admin/checklists").is_ok());
    }
}
