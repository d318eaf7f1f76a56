//! One person: who they are, where they belong, what they may do; and what other rooms add about their account.

use maud::{Markup, html};

use super::shell::{LastChange, PEOPLE, Tick, last_change, names, problem, removal, shell, ticks};
use crate::web::{
    components::{
        badge::{Tone, badge},
        breadcrumb::breadcrumb,
        button::Button,
        field::{Field, checkbox, input},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// What stands on a person's page besides the form, such as their sessions; other rooms fill these.
#[derive(Debug, Clone)]
pub struct Panel {
    pub title: String,
    pub body: Markup,
}

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct PersonFormView {
    pub frame: Frame,
    /// Where the form goes; also the page's own address, if there is somebody already.
    pub action: String,
    /// The person's present name; empty for somebody new.
    pub title: String,
    pub active: bool,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub organization: String,
    pub department: String,
    pub organizations: Vec<String>,
    pub departments: Vec<String>,
    pub vip: bool,
    pub roles: Vec<Tick>,
    pub teams: Vec<Tick>,
    /// What is wrong with each field, as a sentence.
    pub name_error: Option<String>,
    pub email_error: Option<String>,
    pub organization_error: Option<String>,
    pub department_error: Option<String>,
    pub error: Option<String>,
    pub changed: Option<LastChange>,
    /// The reader may change this person.
    pub may_change: bool,
    pub panels: Vec<Panel>,
}

/// The pages at `/agent/admin/people/new` and `/agent/admin/people/{id}`; sends `name`, `email`, `phone`, `organization`, `department`,
/// `vip`, `role` and `team` (each several times) and `csrf`.
pub fn page(view: &PersonFormView) -> Markup {
    let is_new = view.title.is_empty();
    let title = if is_new { t!("person-add-person") } else { &view.title };
    let state = (!is_new && !view.active).then(|| badge(Tone::Warn, t!("person-deactivated")));
    shell(
        &view.frame,
        PEOPLE,
        title,
        html! {
            div { (breadcrumb(&[(t!("word-people"), PEOPLE.href)], title)) (page_header(title, None, state)) (last_change(&view.frame, view.changed.as_ref())) }
            @if !is_new && !view.may_change { p.hint { (t!("person-person-may-do-more")) } }
            (form(view, is_new))
            @for it in &view.panels { section.panel { h2 { (it.title) } (it.body) } }
            @if !is_new && view.may_change { (activity(view)) }
        },
    )
}

fn form(view: &PersonFormView, is_new: bool) -> Markup {
    let text = |name, label, value, error, required| Field { name, label, value, error, required, ..Field::default() };
    html! {
        form.form id="person" method="post" action=(view.action) {
            (view.frame.csrf())
            (problem(view.error.as_deref()))
            fieldset.plain disabled[!is_new && !view.may_change] {
                (input("text", Field { chars_max: Some(200), autocomplete: Some("off"), ..text("name", t!("word-name"), &view.name, view.name_error.as_deref(), !is_new) }))
                (input("email", Field { autocomplete: Some("off"), hint: Some(t!("person-they-sign-mail-goes")), ..text("email", t!("word-mail-address"), &view.email, view.email_error.as_deref(), true) }))
                (input("tel", Field { autocomplete: Some("off"), ..text("phone", t!("person-phone"), &view.phone, None, false) }))
                (listed("organization", t!("word-organization"), &view.organization, view.organization_error.as_deref(), &view.organizations))
                (listed("department", t!("person-department"), &view.department, view.department_error.as_deref(), &view.departments))
                (checkbox("vip", "VIP", Some(t!("person-marked-wherever-their-tickets")), view.vip))
                (ticks("role", t!("person-roles"), Some(t!("person-what-they-may-do")), &view.roles))
                @if !view.teams.is_empty() { (ticks("team", t!("person-teams"), Some(t!("person-which-queues-theirs")), &view.teams)) }
                div.send { (Button::submit(if is_new { t!("person-add-person-2") } else { t!("word-save") }).primary()) }
            }
        }
    }
}

/// A field of one line that suggests names.
fn listed(name: &str, label: &str, value: &str, error: Option<&str>, all: &[String]) -> Markup {
    let list = format!("{name}-list");
    let about = error.map(|_| format!("{name}-error"));
    html! {
        div.field {
            label for=(name) { (label) span.optional { " " (t!("person-optional")) } }
            input.control type="text" id=(name) name=(name) value=(value) list=(list) autocomplete="off" aria-describedby=[about.as_deref()] aria-invalid=[error.map(|_| "true")];
            (names(&list, all))
            @if let Some(error) = error { p.error id={ (name) "-error" } { (error) } }
        }
    }
}

fn activity(view: &PersonFormView) -> Markup {
    let action = format!("{}/active", view.action);
    if view.active {
        let about = t!("person-they-signed-out-everywhere");
        let field = html! { input type="hidden" name="active" value="no"; };
        return removal(&view.frame, &action, about, t!("person-deactivate"), field);
    }
    html! {
        form.form method="post" action=(action) {
            (view.frame.csrf())
            input type="hidden" name="active" value="yes";
            div.send { (Button::submit(t!("person-activate-again"))) }
        }
    }
}
