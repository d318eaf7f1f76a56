//! The frame of the settings: sections in the rail, one page beside them; and the small parts that its pages share.

use maud::{Markup, html};

use super::first_steps::still;
use crate::{
    http::features::is_away,
    time::Instant,
    web::{
        anywhere,
        components::{
            avatar::avatar,
            badge::Tone,
            banner::{Banner, banner},
            bell::bell,
            button::Button,
            icon::{Icon, icon},
            moment::moment,
            toast::toasts,
        },
        keys::Aim,
        layout::{Frame, Side, Viewer, account_menu, brand, document},
        tongue::{Phrase, marked, phrase, t},
    },
};

/// A page of the settings that the rail leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    pub name: Phrase,
    pub href: &'static str,
    pub icon: Icon,
    /// Other words that an admin may look for it by.
    pub hint: Phrase,
}

const fn section(name: Phrase, href: &'static str, icon: Icon, hint: Phrase) -> Section {
    Section { name, href, icon, hint }
}

pub const PEOPLE: Section = section(phrase!("word-people"), "/agent/admin/people", Icon::Person, phrase!("settings-users-accounts"));
pub const ROLES: Section = section(phrase!("settings-roles"), "/agent/admin/roles", Icon::Key, phrase!("settings-roles-hint"));
pub const TEAMS: Section = section(phrase!("settings-teams"), "/agent/admin/teams", Icon::People, phrase!("settings-members-queues"));
pub const ORGANIZATIONS: Section = section(
    phrase!("settings-organizations"),
    "/agent/admin/organizations",
    Icon::Box,
    phrase!("settings-companies-customers-mail-domains"),
);
pub const DEPARTMENTS: Section =
    section(phrase!("settings-departments"), "/agent/admin/departments", Icon::Stack, phrase!("settings-parts-house"));

pub const SIGN_IN: Section =
    section(phrase!("settings-sign-methods"), "/agent/admin/sign-in", Icon::Shield, phrase!("settings-oidc-ldap-proxy-single"));
pub const ACCOUNTS: Section = section(
    phrase!("settings-local-accounts"),
    "/agent/admin/accounts",
    Icon::Laptop,
    phrase!("settings-passwords-registration-second-factor"),
);
pub const ADDRESSES: Section =
    section(phrase!("settings-addresses"), "/agent/admin/addresses", Icon::Box, phrase!("settings-networks-allow-list-ip"));

pub const LANGUAGE: Section = section(phrase!("settings-language"), "/agent/admin/language", Icon::Gear, phrase!("settings-language-hint"));

pub const SLA_POLICIES: Section = section(
    phrase!("settings-service-levels"),
    "/agent/admin/service-levels",
    Icon::Clock,
    phrase!("settings-sla-policies-targets-response"),
);

pub const MAILBOXES: Section =
    section(phrase!("settings-mailboxes"), "/agent/admin/mailboxes", Icon::Mail, phrase!("settings-imap-pop3-fetching-incoming"));
pub const MAIL_LOG: Section =
    section(phrase!("settings-mail-log"), "/agent/admin/mail", Icon::History, phrase!("settings-ledger-held-mail-quarantine"));
pub const MAIL_FILTERS: Section =
    section(phrase!("settings-filters"), "/agent/admin/mail-filters", Icon::Tag, phrase!("settings-rules-incoming-mail-routing"));
pub const MAIL_RULES: Section =
    section(phrase!("settings-trust-budgets"), "/agent/admin/mail-rules", Icon::Shield, phrase!("settings-loops-breakers-blocked-senders"));
pub const SENDING: Section =
    section(phrase!("settings-sending"), "/agent/admin/sending", Icon::Mail, phrase!("settings-smtp-outbox-dkim-spf"));
pub const TEMPLATES: Section = section(
    phrase!("settings-templates"),
    "/agent/admin/mail-templates",
    Icon::Note,
    phrase!("settings-texts-languages-acknowledgement-noti"),
);

pub const CALENDARS: Section =
    section(phrase!("settings-calendars"), "/agent/admin/calendars", Icon::Clock, phrase!("settings-working-time-business-hours"));
pub const REGIONS: Section =
    section(phrase!("settings-regions"), "/agent/admin/regions", Icon::Box, phrase!("settings-places-sites-countries"));
pub const QUEUES: Section =
    section(phrase!("word-queues"), "/agent/admin/queues", Icon::Queue, phrase!("settings-assignment-round-robin-wip"));
pub const ROUTING: Section =
    section(phrase!("settings-routing-rules"), "/agent/admin/routing", Icon::Right, phrase!("settings-rules-triage-vip-after"));
pub const ON_CALL: Section =
    section(phrase!("settings-call"), "/agent/admin/on-call", Icon::Clock, phrase!("settings-rotation-duty-hand-over"));
pub const AGENTS: Section = section(
    phrase!("settings-skills-absences"),
    "/agent/admin/agents",
    Icon::People,
    phrase!("settings-agents-capacity-holiday-substitute"),
);
pub const CATEGORIES: Section =
    section(phrase!("settings-categories"), "/agent/admin/categories", Icon::Tag, phrase!("settings-subjects-topics"));
pub const PRIORITIES: Section =
    section(phrase!("settings-priorities"), "/agent/admin/priorities", Icon::Flame, phrase!("settings-impact-urgency-matrix-vip"));
pub const TICKET_RULES: Section = section(
    phrase!("settings-closing-surveys-outages"),
    "/agent/admin/ticket-rules",
    Icon::Check,
    phrase!("settings-auto-close-csat-satisfaction"),
);

pub const NOTIFICATIONS: Section =
    section(phrase!("live-notifications"), "/agent/admin/notifications", Icon::Bell, phrase!("live-section-hint"));

pub const CUSTOM_FIELDS: Section = section(phrase!("fields-section"), "/agent/admin/fields", Icon::Stack, phrase!("fields-section-hint"));

pub const TICKET_TEMPLATES: Section =
    section(phrase!("tools-ticket-templates"), "/agent/admin/ticket-templates", Icon::File, phrase!("tools-ticket-templates-hint"));
pub const RECURRING: Section =
    section(phrase!("recurring-section"), "/agent/admin/recurring-tickets", Icon::History, phrase!("recurring-section-hint"));
pub const TIME_CATEGORIES: Section =
    section(phrase!("time-categories"), "/agent/admin/time-categories", Icon::Clock, phrase!("time-categories-hint"));
pub const ANNOUNCEMENTS: Section =
    section(phrase!("announcements-section"), "/agent/admin/announcements", Icon::Note, phrase!("announcements-section-hint"));
pub const LOOK: Section = section(phrase!("look-section"), "/agent/admin/look", Icon::Eye, phrase!("look-section-hint"));
pub const KNOWLEDGE: Section = section(phrase!("knowledge-title"), "/agent/admin/knowledge", Icon::Book, phrase!("knowledge-section-hint"));
pub const FEATURES: Section = section(phrase!("features-section"), "/agent/admin/features", Icon::Panel, phrase!("features-section-hint"));
pub const CHECKLISTS: Section =
    section(phrase!("tools-checklists"), "/agent/admin/checklists", Icon::Check, phrase!("tools-checklists-hint"));

pub const JOBS: Section = section(phrase!("jobs-section"), "/agent/admin/jobs", Icon::Bolt, phrase!("jobs-section-hint"));

pub const SEARCH: Section = section(phrase!("search-section"), "/agent/admin/search", Icon::Search, phrase!("search-section-hint"));

pub const FILES: Section = section(phrase!("files-section"), "/agent/admin/files", Icon::Clip, phrase!("files-section-hint"));

pub const AUDIT: Section = section(phrase!("audit-section"), "/agent/admin/audit", Icon::History, phrase!("audit-section-hint"));

/// Stands in the rail for as long as somebody takes them.
pub const FIRST_STEPS: Section =
    section(phrase!("first-steps-section"), "/agent/admin/start", Icon::Right, phrase!("first-steps-section-hint"));

pub const DESKS: Section =
    section(phrase!("settings-desks"), "/operator/desks", Icon::Inbox, phrase!("settings-tenants-customers-plans-host"));

/// What is above the desk, for operators only.
pub const SERVER: (Phrase, &[Section]) = (phrase!("settings-server"), &[DESKS]);

/// Every section, by what the admin wants to do. A page of the settings begins with a line here.
pub const GROUPS: &[(Phrase, &[Section])] = &[
    (phrase!("settings-mail"), &[MAILBOXES, SENDING, TEMPLATES, MAIL_LOG, MAIL_FILTERS, MAIL_RULES]),
    (phrase!("settings-people-sign-in"), &[PEOPLE, ROLES, TEAMS, ORGANIZATIONS, DEPARTMENTS, SIGN_IN, ACCOUNTS, ADDRESSES]),
    (phrase!("settings-queues-routing"), &[QUEUES, ROUTING, ON_CALL, AGENTS, CATEGORIES, PRIORITIES, CUSTOM_FIELDS, TIME_CATEGORIES]),
    (phrase!("settings-service-levels"), &[SLA_POLICIES, CALENDARS, REGIONS]),
    (phrase!("settings-automation"), &[TICKET_RULES, FILES, NOTIFICATIONS, RECURRING, TICKET_TEMPLATES, CHECKLISTS]),
    (phrase!("settings-branding"), &[LOOK, LANGUAGE, ANNOUNCEMENTS, KNOWLEDGE]),
    (phrase!("settings-privacy"), &[AUDIT]),
    (phrase!("settings-system"), &[JOBS, SEARCH, FEATURES]),
];

/// A page of the settings.
pub fn shell(frame: &Frame, current: Section, title: &str, main: Markup) -> Markup {
    let mut scripts = vec!["live.js", "notify.js"];
    let tooled = anywhere::are_for(frame);
    if tooled {
        scripts.extend(anywhere::SCRIPTS);
    }
    document(
        frame,
        title,
        Side::Console,
        &scripts,
        html! {
            body.console.settings {
                a.skip href="#main" { (t!("word-skip-content")) }
                nav.mobile-bar aria-label=(t!("settings-top")) { (Button::pops(t!("settings-menu"), "rail").only_icon(Icon::Menu).quiet()) (brand(frame, "/agent")) }
                header.rail id="rail" popover {
                    div.top { (brand(frame, "/agent")) }
                    div.top { (back(frame)) }
                    @if tooled { (anywhere::finder()) }
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
                            (bell(viewer))
                        }
                        @if tooled { (Button::opens(t!("rail-keys"), "keys").only_icon(Icon::Info).quiet().aim(Aim::Keys)) }
                    }
                }
                main.desk id="main" tabindex="-1" {
                    @if let Some(it) = &frame.banner { (banner(it)) }
                    div.found { @if !frame.still.is_empty() { (still(&frame.still)) } (main) (last_change(frame, frame.touched.as_ref())) }
                }
                @if tooled { (anywhere::tools(frame)) }
                (toasts(&frame.toasts, &frame.csrf()))
            }
        },
    )
}

/// The groups that this reader has, each with what of it they may open: an operator need not be an admin of their desk, nor the other way
/// round.
pub fn groups(frame: &Frame) -> Vec<(Phrase, Vec<Section>)> {
    let Some(viewer) = &frame.viewer else { return Vec::new() };
    let mut groups: Vec<(Phrase, &'static [Section])> = if viewer.admin {
        let begins = frame.begins.then_some((phrase!("first-steps-group"), &[FIRST_STEPS][..]));
        begins.into_iter().chain(GROUPS.iter().copied()).collect()
    } else {
        Vec::from_iter(mail_of(viewer))
    };
    groups.extend(viewer.operator.then_some(SERVER));
    let opens = |it: &Section| !is_away(frame.off, it.href) && (frame.audits || *it != AUDIT) && (frame.runs_jobs || *it != JOBS);
    let groups = groups.into_iter().map(|(name, all)| (name, all.iter().copied().filter(opens).collect::<Vec<_>>()));
    groups.filter(|it| !it.1.is_empty()).collect()
}

/// The pages of mail that somebody may use who is no admin.
pub fn mail_of(viewer: &Viewer) -> Option<(Phrase, &'static [Section])> {
    let sections: &'static [Section] = match (viewer.mail.log, viewer.mail.rules) {
        _ if viewer.admin => return None,
        (true, true) => &[MAIL_LOG, MAIL_FILTERS, MAIL_RULES],
        (true, false) => &[MAIL_LOG],
        (false, true) => &[MAIL_FILTERS, MAIL_RULES],
        (false, false) => return None,
    };
    Some((phrase!("settings-mail"), sections))
}

fn back(frame: &Frame) -> Markup {
    let works = frame.viewer.as_ref().is_some_and(|it| it.agent);
    let (label, href) = if works { (t!("settings-back-console"), "/agent") } else { (t!("settings-back-portal"), "/") };
    html! { (Button::link(label, href).icon(Icon::Left).quiet()) }
}

/// Who changed a thing last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastChange {
    pub who: String,
    pub at: Instant,
    /// The fields, in words; empty if there are none to name.
    pub what: String,
}

/// "Last changed by Max, two days ago".
pub fn last_change(frame: &Frame, it: Option<&LastChange>) -> Markup {
    html! { @if let Some(it) = it { p.last-change {
        @if it.what.is_empty() { (marked!("settings-last-changed", who = it.who, when = moment(it.at, frame.now))) }
        @else { (marked!("settings-last-changed-what", who = it.who, when = moment(it.at, frame.now), what = it.what)) }
        @if frame.audits { " " a href="/agent/admin/audit" { (t!("audit-all")) } }
    } } }
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
