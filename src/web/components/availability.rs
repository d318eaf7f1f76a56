//! Whether somebody is there, and who stands in for them: the same fields in one's own account and in the settings.

use maud::{Markup, html};

use super::field::{Choice, checkbox, options};
use crate::web::tongue::{marked, t};

/// An absence in whole days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbsenceFields {
    /// `2026-05-04`.
    pub first: String,
    /// The last day that they are not there.
    pub last: String,
    /// An id; empty for nobody.
    pub substitute: String,
}

/// The fields `away`, and `first`, `last` and `substitute` as often as there are absences. A line without days is left out.
pub fn availability(away: bool, absences: &[AbsenceFields], people: &[Choice]) -> Markup {
    let nobody: Vec<Choice> = std::iter::once(Choice::new("", t!("word-nobody"))).chain(people.iter().cloned()).collect();
    html! {
        (checkbox("away", t!("availability-away"), Some(t!("availability-no-queue-gives-out")), away))
        @for (i, it) in absences.iter().enumerate() {
            @let id = |name: &str| format!("{name}-{i}");
            fieldset.field {
                legend { (marked!("availability-absence", i = i + 1)) }
                div.pairs {
                    div.field { label for=(id("first")) { (t!("availability-first-day")) } input.control type="date" id=(id("first")) name="first" value=(it.first); }
                    div.field { label for=(id("last")) { (t!("availability-last-day")) } input.control type="date" id=(id("last")) name="last" value=(it.last); }
                    div.field { label for=(id("substitute")) { (t!("availability-stands")) } select.control id=(id("substitute")) name="substitute" { (options(&nobody, &it.substitute)) } }
                }
            }
        }
        p.hint { (t!("availability-open-tickets-stay-where")) }
    }
}
