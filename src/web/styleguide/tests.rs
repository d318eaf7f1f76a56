//! What every page promises, checked on the sample desk: one heading, one main landmark, no inline code, unique ids, a token in each form.

use std::collections::BTreeSet;

use super::{page, sample, sample_account};
use crate::{
    time::Instant,
    web::{console, portal, trouble},
};

fn pages() -> Vec<(&'static str, String)> {
    let now = Instant::from_millis(1_777_627_800_000);
    let troubles =
        trouble::Trouble::ALL.map(|it| ("trouble", trouble::page(&sample::frame(now), it, Some("What happened."), Some("7f3a"))));
    let all = [
        ("styleguide", page(&sample::frame(now))),
        ("home", portal::home::page(&sample::home(now))),
        ("incident", portal::incident_form::page(&sample::incident_form(now))),
        ("request", portal::request_form::page(&sample::request_form(now))),
        ("my-tickets", portal::tickets::page(&sample::tickets(now))),
        ("my-ticket", portal::ticket::page(&sample::my_ticket(now))),
        ("sign-in", portal::sign_in::page(&sample::sign_in(now))),
        ("list", console::list::page(&sample::list_page(now))),
        ("ticket", console::ticket::page(&sample::ticket_page(now))),
        ("history", console::ticket::page(&sample::ticket_history(now))),
        ("new-ticket", console::new_ticket::page(&sample::new_ticket(now))),
        ("dashboard", console::dashboard::page(&sample::dashboard(now))),
        ("board", console::kanban::page(&sample::kanban_page(now))),
        ("search", console::search::page(&sample::search(now))),
        ("not-found", console::not_found::page(&sample::frame(now), &sample::rail())),
    ];
    all.into_iter().chain(troubles).chain(sample_account::pages(now)).map(|(name, it)| (name, it.into_string())).collect()
}

#[test]
fn every_page_has_its_landmarks() {
    for (name, html) in pages() {
        for (part, count) in [("<h1", 1), ("<main", 1), ("id=\"main\"", 1), ("class=\"skip\"", 1), ("<title>", 1), ("lang=\"en\"", 1)] {
            assert_eq!(html.matches(part).count(), count, "{part} in {name}");
        }
    }
}

#[test]
fn nothing_stands_inline() {
    for (name, html) in pages() {
        for part in [" style=", " onclick=", " onload=", " onchange=", "javascript:", "<style"] {
            assert!(!html.contains(part), "{part} in {name}");
        }
        let scripts = html.matches("<script").count();
        let allowed =
            html.matches("<script type=\"module\" src=\"/assets/").count() + html.matches("<script type=\"application/json\"").count();
        assert_eq!(scripts, allowed, "a script of {name} is inline");
    }
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    for (name, html) in pages() {
        let ids: Vec<_> = values(&html, " id=\"").collect();
        let set: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(
            ids.len(),
            set.len(),
            "an id of {name} stands twice: {:?}",
            ids.iter().filter(|it| ids.iter().filter(|id| id == it).count() > 1).collect::<Vec<_>>()
        );
        for attribute in [
            " for=\"",
            " aria-labelledby=\"",
            " aria-describedby=\"",
            " popovertarget=\"",
            " commandfor=\"",
            " aria-controls=\"",
            " form=\"",
        ] {
            for id in values(&html, attribute).flat_map(|it| it.split(' ')) {
                assert!(set.contains(id), "{attribute}{id} of {name} leads nowhere");
            }
        }
    }
}

#[test]
fn every_posted_form_carries_the_token() {
    for (name, html) in pages() {
        for form in html.split("<form").skip(1).filter_map(|it| it.split("</form>").next()) {
            let posts = form.split('>').next().is_some_and(|head| head.contains("method=\"post\""));
            assert!(!posts || form.contains("name=\"csrf\""), "a form of {name} has no token: {form}");
        }
    }
}

#[test]
fn an_internal_note_never_reaches_the_portal() {
    for (name, html) in pages().into_iter().filter(|(name, _)| name.starts_with("my-")) {
        assert!(!html.contains("Internal note"), "{name}");
    }
}

fn values<'a>(html: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(attribute).skip(1).filter_map(|it| it.split('"').next())
}
