//! Regions in the settings: where teams work, and by which calendar.

use maud::{Markup, html};

use super::shell::{REGIONS, problem, shell};
use crate::web::{
    components::{
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, input, options, select},
        icon::Icon,
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// One region of the list, with the form that changes it.
#[derive(Debug, Clone, Default)]
pub struct RegionRow {
    pub id: String,
    pub href: String,
    pub name: String,
    /// The id of its calendar; empty for none.
    pub calendar: String,
    pub teams: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct RegionsView {
    pub frame: Frame,
    pub regions: Vec<RegionRow>,
    pub calendars: Vec<Choice>,
    pub may_change: bool,
    /// What was typed into the form of a new one.
    pub name: String,
    pub name_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/regions`; each of its forms sends `name` and `calendar`.
pub fn page(view: &RegionsView) -> Markup {
    let about = t!("regions-where-teams-work-team");
    shell(
        &view.frame,
        REGIONS,
        t!("regions-regions"),
        html! {
            (page_header(t!("regions-regions"), Some(about), None))
            (problem(view.error.as_deref()))
            @if view.regions.is_empty() { (empty_state(Icon::Box, t!("regions-no-region-yet"), t!("regions-add-one-below-name"), None)) }
            @for it in &view.regions { (region(view, it)) }
            @if view.may_change {
                form.form.panel method="post" action=(REGIONS.href) {
                    (view.frame.csrf())
                    h2 { (t!("regions-add-region")) }
                    (input("text", Field { name: "name", label: t!("word-name"), value: &view.name, error: view.name_error.as_deref(), required: true, chars_max: Some(100), autocomplete: Some("off"), ..Field::default() }))
                    (select(Field { name: "calendar", label: t!("word-calendar"), ..Field::default() }, &view.calendars))
                    div.send { (Button::submit(t!("regions-add-region-2")).primary()) }
                }
            }
        },
    )
}

fn region(view: &RegionsView, it: &RegionRow) -> Markup {
    let teams = if it.teams.is_empty() { t!("regions-no-team-works-here").to_owned() } else { it.teams.join(", ") };
    html! {
        section.panel {
            h2 { (it.name) }
            p.hint { (teams) }
            form.asked method="post" action=(it.href) {
                (view.frame.csrf())
                div.field {
                    label for={ "name-" (it.id) } { (t!("word-name")) }
                    input.control type="text" id={ "name-" (it.id) } name="name" value=(it.name) required maxlength="100" autocomplete="off" disabled[!view.may_change];
                }
                div.field {
                    label for={ "calendar-" (it.id) } { (t!("word-calendar")) }
                    select.control id={ "calendar-" (it.id) } name="calendar" disabled[!view.may_change] { (options(&view.calendars, &it.calendar)) }
                }
                @if view.may_change {
                    div.send {
                        (Button::submit(t!("word-save")))
                        @if it.teams.is_empty() { button.button.quiet.danger type="submit" formaction={ (it.href) "/delete" } formnovalidate { (t!("regions-delete")) } }
                    }
                }
            }
        }
    }
}
