//! The frame of the settings: sections in the rail, one page beside them; and the small parts that its pages share.

use maud::{Markup, html};

use crate::{
    time::Instant,
    web::{
        components::{
            avatar::avatar,
            badge::Tone,
            banner::{Banner, banner},
            button::Button,
            icon::{Icon, icon},
            moment::moment,
            toast::toasts,
        },
        layout::{Frame, Viewer, account_menu, brand, document},
    },
};

/// A page of the settings that the rail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    pub name: &'static str,
    pub href: &'static str,
    pub icon: Icon,
    /// Other words that an admin may look for it by.
    pub hint: &'static str,
}

const fn section(name: &'static str, href: &'static str, icon: Icon, hint: &'static str) -> Section {
    Section { name, href, icon, hint }
}

pub const PEOPLE: Section = section("People", "/agent/admin/people", Icon::Person, "users, accounts");
pub const ROLES: Section = section("Roles", "/agent/admin/roles", Icon::Key, "permissions");
pub const TEAMS: Section = section("Teams", "/agent/admin/teams", Icon::People, "members, queues");
pub const ORGANIZATIONS: Section = section("Organizations", "/agent/admin/organizations", Icon::Box, "companies, customers, mail domains");
pub const DEPARTMENTS: Section = section("Departments", "/agent/admin/departments", Icon::Stack, "parts of a house");

pub const SIGN_IN: Section = section("Sign-in methods", "/agent/admin/sign-in", Icon::Shield, "OIDC, LDAP, proxy, single sign-on");
pub const ACCOUNTS: Section = section("Local accounts", "/agent/admin/accounts", Icon::Laptop, "passwords, registration, second factor");
pub const ADDRESSES: Section = section("Addresses", "/agent/admin/addresses", Icon::Box, "networks, allow list, IP, firewall");

pub const SLA_POLICIES: Section =
    section("Service levels", "/agent/admin/service-levels", Icon::Clock, "SLA, policies, targets, response, resolution, escalation");

pub const MAILBOXES: Section = section("Mailboxes", "/agent/admin/mailboxes", Icon::Mail, "IMAP, POP3, fetching, incoming mail");
pub const MAIL_LOG: Section =
    section("Mail log", "/agent/admin/mail", Icon::History, "ledger, held mail, quarantine, spam, flight recorder");
pub const MAIL_FILTERS: Section = section("Filters", "/agent/admin/mail-filters", Icon::Tag, "rules for incoming mail, routing, spam");
pub const MAIL_RULES: Section =
    section("Trust and budgets", "/agent/admin/mail-rules", Icon::Shield, "loops, breakers, blocked senders, blocklist, SPF, DKIM, DMARC");
pub const SENDING: Section =
    section("Sending", "/agent/admin/sending", Icon::Mail, "SMTP, outbox, DKIM, SPF, DMARC, signature, reminders, bounces");
pub const TEMPLATES: Section =
    section("Templates", "/agent/admin/mail-templates", Icon::Note, "texts, languages, acknowledgement, notifications");

pub const CALENDARS: Section =
    section("Calendars", "/agent/admin/calendars", Icon::Clock, "working time, business hours, holidays, shifts, time zone, iCalendar");
pub const REGIONS: Section = section("Regions", "/agent/admin/regions", Icon::Box, "places, sites, countries");
pub const QUEUES: Section = section("Queues", "/agent/admin/queues", Icon::Queue, "assignment, round robin, WIP limit");
pub const ROUTING: Section = section("Routing rules", "/agent/admin/routing", Icon::Right, "rules, triage, VIP, after hours");
pub const ON_CALL: Section = section("On call", "/agent/admin/on-call", Icon::Clock, "rotation, duty, hand-over, swap");
pub const AGENTS: Section =
    section("Skills and absences", "/agent/admin/agents", Icon::People, "agents, capacity, holiday, substitute, workload");
pub const CATEGORIES: Section = section("Categories", "/agent/admin/categories", Icon::Tag, "subjects, topics");
pub const PRIORITIES: Section = section("Priorities", "/agent/admin/priorities", Icon::Flame, "impact, urgency, matrix, VIP");
pub const TICKET_RULES: Section =
    section("Closing, surveys, outages", "/agent/admin/ticket-rules", Icon::Check, "auto-close, CSAT, satisfaction, duplicates, reminders");

pub const DESKS: Section = section("Desks", "/operator/desks", Icon::Inbox, "tenants, customers, plans, host names");

/// What is above the desk, for operators only.
pub const SERVER: (&str, &[Section]) = ("This server", &[DESKS]);

/// Every section, by what the admin wants to do. A page of the settings begins with a line here.
pub const GROUPS: &[(&str, &[Section])] = &[
    ("People and access", &[PEOPLE, ROLES, TEAMS, ORGANIZATIONS, DEPARTMENTS, SIGN_IN, ACCOUNTS, ADDRESSES]),
    ("Queues and routing", &[QUEUES, ROUTING, ON_CALL, AGENTS, CATEGORIES, PRIORITIES]),
    ("Service levels", &[SLA_POLICIES, CALENDARS, REGIONS]),
    ("Mail", &[MAILBOXES, SENDING, TEMPLATES, MAIL_LOG, MAIL_FILTERS, MAIL_RULES]),
    ("Tickets", &[TICKET_RULES]),
];

/// A page of the settings.
pub fn shell(frame: &Frame, current: Section, title: &str, main: Markup) -> Markup {
    document(
        frame,
        title,
        &[],
        html! {
            body.console.settings {
                a.skip href="#main" { "Skip to the content" }
                nav.mobile-bar aria-label="Top" { (Button::pops("Menu", "rail").only_icon(Icon::Menu).quiet()) (brand(frame, "/agent")) }
                header.rail id="rail" popover {
                    div.top { (brand(frame, "/agent")) }
                    div.top { (back(frame)) }
                    @for (group, sections) in groups(frame) {
                        nav aria-label=(group) {
                            h2 { (group) }
                            ul { @for it in sections {
                                li { a href=(it.href) aria-current=[(it.href == current.href).then_some("page")] title=(it.name) { (icon(it.icon)) span { (it.name) } } }
                            } }
                        }
                    }
                    div.foot {
                        @if let Some(viewer) = &frame.viewer {
                            button.who type="button" popovertarget="me" { (avatar(&viewer.face)) span { (viewer.face.name) } }
                            (account_menu(frame, viewer))
                        }
                    }
                }
                main.desk id="main" tabindex="-1" {
                    @if let Some(it) = &frame.banner { (banner(it)) }
                    div.found { (main) }
                }
                (toasts(&frame.toasts, &frame.csrf()))
            }
        },
    )
}

/// The groups that this reader has: an operator need not be an admin of their desk, nor the other way round.
fn groups(frame: &Frame) -> Vec<(&'static str, &'static [Section])> {
    let Some(viewer) = &frame.viewer else { return Vec::new() };
    let mut groups = if viewer.admin { GROUPS.to_vec() } else { Vec::from_iter(mail_of(viewer)) };
    groups.extend(viewer.operator.then_some(SERVER));
    groups
}

/// The pages of mail that somebody may use who is no admin.
pub fn mail_of(viewer: &Viewer) -> Option<(&'static str, &'static [Section])> {
    let sections: &'static [Section] = match (viewer.mail.log, viewer.mail.rules) {
        _ if viewer.admin => return None,
        (true, true) => &[MAIL_LOG, MAIL_FILTERS, MAIL_RULES],
        (true, false) => &[MAIL_LOG],
        (false, true) => &[MAIL_FILTERS, MAIL_RULES],
        (false, false) => return None,
    };
    Some(("Mail", sections))
}

fn back(frame: &Frame) -> Markup {
    let works = frame.viewer.as_ref().is_some_and(|it| it.agent);
    let (label, href) = if works { ("Back to the console", "/agent") } else { ("Back to the portal", "/") };
    html! { (Button::link(label, href).icon(Icon::Left).quiet()) }
}

/// Who changed a thing last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    pub who: String,
    pub at: Instant,
}

/// "Last changed by Max, two days ago".
pub fn last_change(frame: &Frame, it: Option<&LastChange>) -> Markup {
    html! { @if let Some(it) = it { p.last-change { "Last changed by " (it.who) ", " (moment(it.at, frame.now)) "." } } }
}

/// What is wrong with the whole form.
pub fn problem(error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { (banner(&Banner { tone: Tone::Danger, title: error.to_owned(), text: String::new() })) } }
}

/// One of several things that can be ticked; `name` is shared, `value` is its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tick {
    pub value: String,
    pub label: String,
    pub hint: String,
    pub on: bool,
    /// It can be seen, not changed.
    pub fixed: bool,
}

/// A group of ticks under a heading.
pub fn ticks(name: &str, legend: &str, hint: Option<&str>, all: &[Tick]) -> Markup {
    html! {
        fieldset.field.ticks {
            legend { (legend) }
            @if let Some(hint) = hint { p.hint { (hint) } }
            div.tick-list {
                @for it in all {
                    label.check {
                        input type="checkbox" name=(name) value=(it.value) checked[it.on] disabled[it.fixed];
                        span { (it.label) @if !it.hint.is_empty() { span.hint { (it.hint) } } }
                    }
                    // A tick that is shown and cannot be changed is sent all the same.
                    @if it.fixed && it.on { input type="hidden" name=(name) value=(it.value); }
                }
            }
        }
    }
}

/// A list of names that a field of one line may be filled from.
pub fn names(id: &str, all: &[String]) -> Markup {
    html! { datalist id=(id) { @for it in all { option value=(it) {} } } }
}

/// A form of one button that takes something away, behind a line that says what happens.
pub fn removal(frame: &Frame, action: &str, about: &str, label: &str, besides: Markup) -> Markup {
    html! {
        details.removal {
            summary { (label) }
            form.form method="post" action=(action) {
                (frame.csrf())
                p { (about) }
                (besides)
                div.send { (Button::submit(label).danger()) }
            }
        }
    }
}
