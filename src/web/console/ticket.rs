//! One ticket: a header that stays, the conversation, the composer, and what is known about it at the side, editable in place.

use maud::{Markup, html};

use super::{
    list::{ListView, Vocabulary, pane as list_pane},
    service_level::{self, ServiceLevelView},
    shell::{RailView, shell},
};
use crate::{
    time::Instant,
    web::{
        components::{
            alike::{self, AlikeRow},
            attachment::{FileView, chips},
            avatar::{Face, avatar_large, stack},
            badge::{Tone, badge, removable_tag},
            banner::{Banner, banner},
            button::Button,
            composer::{ComposerView, composer},
            countdown::{Clock, countdown},
            empty_state::empty_state,
            field::{Choice, options},
            icon::{Icon, icon},
            moment::moment,
            priority::{Priority, priority_named},
            status_pill::{Category, status_pill},
            tabs::{Tab, tabs},
            thread::{Entry, thread},
            timeline::{Step, timeline},
            why::{WhyLine, why},
        },
        keys::Aim,
        layout::Frame,
    },
};

/// What the middle of the pane shows. Each has its own address.
#[derive(Debug, Clone)]
pub enum Tabbed {
    /// The conversation with its composer.
    Conversation(Vec<Entry>),
    /// Everything that happened, with before and after.
    History(Vec<Step>),
    /// All files of the ticket.
    Files(Vec<FileView>),
}

/// Another ticket that this one is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// "blocks", "duplicate of".
    pub kind: String,
    pub number: String,
    pub title: String,
    pub category: Category,
}

/// The ticket that this one was merged into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergedView {
    /// Empty if the reader may not see it.
    pub number: String,
    pub title: String,
}

/// Who asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequesterView {
    pub face: Face,
    pub email: String,
    /// May be empty.
    pub organization: String,
    /// Their other tickets that are open.
    pub open_tickets: usize,
    /// Where all their tickets are.
    pub href: String,
    /// Somebody whose tickets deserve a second look.
    pub vip: bool,
}

/// What the pane shows. Values of properties are those of its vocabulary; empty means none.
#[derive(Debug, Clone)]
pub struct TicketView {
    pub number: String,
    pub title: String,
    /// "Incident", "Request".
    pub kind: String,
    pub category: Category,
    /// The state's own name.
    pub status_name: String,
    pub status: String,
    pub priority: Priority,
    pub impact: String,
    pub urgency: String,
    pub assignee: String,
    pub queue: String,
    pub subject: String,
    pub tags: Vec<String>,
    /// The name of a clock and how it stands, such as ("Resolve", ...).
    pub clocks: Vec<(String, Clock)>,
    pub service_level: ServiceLevelView,
    pub created: Instant,
    /// "by mail", "in the portal".
    pub channel: String,
    pub requester: RequesterView,
    pub watchers: Vec<Face>,
    /// The reader is one of them.
    pub watching: bool,
    pub links: Vec<LinkView>,
    /// The ticket on which its matter goes on.
    pub merged: Option<MergedView>,
    /// Tickets that were merged into it.
    pub joined: Vec<LinkView>,
    /// What it has to do with other tickets and with what its requester said.
    pub beyond: Beyond,
    /// Other agents who look at it now.
    pub here: Vec<Face>,
    /// How much is behind each tab.
    pub messages: usize,
    pub files: usize,
    pub tabbed: Tabbed,
    pub composer: ComposerView,
    /// A change was refused or came too late: what happened and what to do.
    pub conflict: Option<Banner>,
    /// Why it is as it is.
    pub why: Vec<WhyLine>,
    /// The reader may change it.
    pub may_change: bool,
    /// What its properties can be.
    pub vocabulary: Vocabulary,
}

/// What a ticket has to do with others, and how its requester found it.
#[derive(Debug, Clone, Default)]
pub struct Beyond {
    /// Tickets that may be about the same.
    pub alike: Vec<AlikeRow>,
    /// Its outage: where it stands, and a sentence.
    pub outage: Option<(String, String)>,
    /// An outage may be declared with it as its parent.
    pub may_declare: bool,
    /// What its requester said: "Good", a word of theirs, and when.
    pub satisfaction: Option<(String, Option<String>, Instant)>,
    /// When it is closed by itself.
    pub closes_at: Option<Instant>,
}

/// What the page needs.
#[derive(Debug, Clone)]
pub struct TicketPageView {
    pub frame: Frame,
    pub rail: RailView,
    /// The list that the reader came from.
    pub list: ListView,
    pub ticket: TicketView,
}

/// The page at `/agent/tickets/{number}`, and `/history` and `/files` below it.
pub fn page(view: &TicketPageView) -> Markup {
    let title = format!("{} {}", view.ticket.number, view.ticket.title);
    shell(
        &view.frame,
        &view.rail,
        &title,
        html! { (list_pane(&view.frame, &view.list, false)) (pane(&view.frame, &view.ticket, &view.list.here)) },
    )
}

/// The pane where no ticket is chosen yet; `id="ticket"`.
pub fn nothing() -> Markup {
    html! { section.pane-ticket.nothing id="ticket" aria-label="Ticket" { (empty_state(Icon::Inbox, "Choose a ticket", "Press J to begin.", None)) } }
}

/// The pane; `id="ticket"`, live on `ticket:{number}`. `back` leads to the list.
pub fn pane(frame: &Frame, it: &TicketView, back: &str) -> Markup {
    html! {
        section.pane-ticket id="ticket" aria-label={ "Ticket " (it.number) } data-open data-live={ "ticket:" (it.number) } {
            (head(frame, it, back))
            div.ticket-body {
                div.ticket-scroll {
                    div.scroll data-scroll=(it.number) tabindex="0" role="region" aria-label="Conversation and history" {
                        @if let Some(conflict) = &it.conflict { div data-stays { (banner(conflict)) } }
                        @if let Some(merged) = &it.merged { (goes_on(frame, it, merged)) }
                        (middle(frame, it))
                    }
                    @if it.may_change && it.merged.is_none() && matches!(it.tabbed, Tabbed::Conversation(_)) { div.dock { (composer(&it.composer, "ticket list", &frame.csrf())) } }
                }
                (side(frame, it))
            }
        }
    }
}

fn head(frame: &Frame, it: &TicketView, back: &str) -> Markup {
    let base = format!("/agent/tickets/{}", it.number);
    let history = format!("{base}/history");
    let files = format!("{base}/files");
    let (conversation, has_history, has_files) = match it.tabbed {
        Tabbed::Conversation(_) => (true, false, false),
        Tabbed::History(_) => (false, true, false),
        Tabbed::Files(_) => (false, false, true),
    };
    html! {
        header.ticket-head {
            div.line {
                span.back { (Button::link("Back to the list", back).only_icon(Icon::Left).quiet().aim(Aim::Close)) }
                span.number { (it.number) }
                span.number { (it.kind) }
                @if !it.here.is_empty() { span.presence { (stack(&it.here)) span.words { "also here" } } }
                @if it.may_change { (actions(frame, it, &base)) }
            }
            div.line { h1 { (it.title) } }
            div.line.wrap {
                (status_pill(it.category, &it.status_name))
                (priority_named(it.priority))
                @for (name, clock) in &it.clocks { @if *clock != Clock::None { span.who-chip { (name) " " (countdown(*clock, name, frame.now)) } } }
            }
            (tabs("Parts of the ticket", &[
                Tab::new("Conversation", base.as_str(), Some(it.messages), conversation),
                Tab::new("History", history, None, has_history),
                Tab::new("Files", files, Some(it.files), has_files),
            ], Some("ticket")))
        }
    }
}

fn actions(frame: &Frame, it: &TicketView, base: &str) -> Markup {
    let open = !matches!(it.category, Category::Resolved | Category::Closed);
    html! {
        div.ticket-actions {
            form method="post" action={ (base) "/watch" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="watching" value=(if it.watching { "off" } else { "on" });
                (Button::submit(if it.watching { "Stop watching" } else { "Watch" }).icon(Icon::Eye).quiet())
            }
            @if it.merged.is_none() { form method="post" action={ (base) "/status" } data-swap="ticket list" {
                (frame.csrf()) (was(&it.status))
                @if open { input type="hidden" name="status" value="resolved"; (Button::submit("Resolve").icon(Icon::Check).aim(Aim::Resolve)) }
                @else { input type="hidden" name="status" value="open"; (Button::submit("Open again").icon(Icon::Reply)) }
            } }
        }
    }
}

/// What the reader saw, sent back with a change, so that another's change is never overwritten unseen.
fn was(value: &str) -> Markup {
    html! { input type="hidden" name="was" value=(value); }
}

/// Where the matter of a merged ticket goes on, and the way back.
fn goes_on(frame: &Frame, it: &TicketView, merged: &MergedView) -> Markup {
    html! {
        div.banner data-tone=(Tone::Info.as_str()) role="status" {
            (icon(Icon::Info))
            div {
                @if merged.number.is_empty() { strong { "This goes on in another ticket" } }
                @else { strong { "This goes on in " a href={ "/agent/tickets/" (merged.number) } { (merged.number) " " (merged.title) } } }
                p { "Answers by mail go there, and whoever takes part here follows it." }
            }
            @if it.may_change { form method="post" action={ "/agent/tickets/" (it.number) "/unmerge" } { (frame.csrf()) (Button::submit("Undo the merge")) } }
        }
    }
}

fn middle(frame: &Frame, it: &TicketView) -> Markup {
    match &it.tabbed {
        Tabbed::Conversation(entries) => thread(entries, &frame.csrf(), frame.now),
        Tabbed::History(steps) => timeline(steps, frame.now),
        Tabbed::Files(files) if files.is_empty() => empty_state(Icon::Clip, "No files yet", "Files of every message gather here.", None),
        Tabbed::Files(files) => chips(files),
    }
}

fn side(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        aside.side aria-label="About this ticket" {
            (requester(it, frame))
            section aria-labelledby="properties" { h2 id="properties" { "Properties" } div.properties { (properties(frame, it)) } (why(&it.why, frame.now)) }
            (service_level::section(frame, &it.number, &it.service_level))
            (beyond(frame, it))
            (tags(frame, it))
            (links(frame, it))
            (joined(frame, it))
            section aria-labelledby="watchers" { h2 id="watchers" { "Watchers" } @if it.watchers.is_empty() { small { "Nobody yet." } } @else { (stack(&it.watchers)) } }
        }
    }
}

fn requester(it: &TicketView, frame: &Frame) -> Markup {
    let who = &it.requester;
    html! {
        section aria-labelledby="requester" {
            h2 id="requester" { "Requester" }
            div.requester {
                (avatar_large(&who.face))
                a href=(who.href) { strong { (who.face.name) } @if who.vip { " " (badge(Tone::Accent, "VIP")) } }
                small { (who.email) @if !who.organization.is_empty() { " · " (who.organization) } }
            }
            p { small { "Asked " (moment(it.created, frame.now)) @if !it.channel.is_empty() { " " (it.channel) } @if who.open_tickets > 0 { ", has " (who.open_tickets) " more open" } "." } }
        }
    }
}

fn beyond(frame: &Frame, it: &TicketView) -> Markup {
    let base = format!("/agent/tickets/{}", it.number);
    html! {
        @if let Some((score, word, at)) = &it.beyond.satisfaction {
            section aria-labelledby="how-it-was" { h2 id="how-it-was" { "How it was" } p { strong { (score) } " " small { (moment(*at, frame.now)) } } @if let Some(word) = word { p { (word) } } }
        }
        @if let Some(at) = it.beyond.closes_at { p.closes { small { "Closed by itself " (moment(at, frame.now)) " if nobody writes." } } }
        @if let Some((href, text)) = &it.beyond.outage {
            section aria-labelledby="outage" { h2 id="outage" { "Outage" } p { a href=(href) { (text) } } }
        }
        @if !it.beyond.alike.is_empty() {
            section aria-labelledby="alike-tickets" {
                h2 id="alike-tickets" { "May be the same" }
                ul.alike-list { @for other in &it.beyond.alike { li {
                    (alike::row(other))
                    @if it.may_change {
                        div.one-step {
                            form method="post" action={ (base) "/links" } data-swap="ticket" { (frame.csrf()) input type="hidden" name="kind" value="relates_to"; input type="hidden" name="number" value=(other.number); (Button::submit("Link").quiet()) }
                            (Button::link("Merge", &format!("{base}/merge?into={}", other.number)).quiet())
                        }
                    }
                } } }
            }
        }
        @if it.beyond.may_declare && it.beyond.outage.is_none() { p.closes { a href={ "/agent/outages/new?parent=" (it.number) } { "Declare an outage" } } }
    }
}

/// Properties that may be nothing.
const EMPTIABLE: [&str; 3] = ["assignee", "queue", "category"];

/// Each property is a form of its own, sent as soon as another value is chosen.
fn properties(frame: &Frame, it: &TicketView) -> Markup {
    let words = &it.vocabulary;
    let levels = &words.levels;
    let priorities: Vec<_> =
        Priority::ALL.iter().map(|it| Choice::new(it.level().to_string(), format!("{} {}", it.code(), it.name()))).collect();
    let level = it.priority.level().to_string();
    let one = |noun: &str, field: &str, label: &str, choices: &[Choice], chosen: &str, aim| {
        property(frame, it, noun, field, label, choices, chosen, aim)
    };
    html! {
        (one("status", "status", "Status", &words.statuses, &it.status, Some(Aim::Status)))
        (one("priority", "priority", "Priority", &priorities, &level, Some(Aim::Priority)))
        (one("assignment", "assignee", "Assignee", &words.assignees, &it.assignee, Some(Aim::Assign)))
        (one("assignment", "queue", "Queue", &words.queues, &it.queue, None))
        (one("priority", "impact", "Impact", levels, &it.impact, None))
        (one("priority", "urgency", "Urgency", levels, &it.urgency, None))
        (one("category", "category", "Category", &words.categories, &it.subject, None))
    }
}

#[expect(clippy::too_many_arguments, reason = "a property is exactly these; its one caller binds the first two")]
fn property(
    frame: &Frame,
    it: &TicketView,
    noun: &str,
    field: &str,
    label: &str,
    choices: &[Choice],
    chosen: &str,
    aim: Option<Aim>,
) -> Markup {
    let known = choices.iter().any(|choice| choice.value == chosen);
    html! {
        form.property method="post" action={ "/agent/tickets/" (it.number) "/" (noun) } data-swap="ticket list" data-auto {
            (frame.csrf()) (was(chosen))
            label for={ "property-" (field) } { (label) }
            select.control id={ "property-" (field) } name=(field) disabled[!it.may_change] data-aim=[aim.map(Aim::as_str)] aria-keyshortcuts=[aim.and_then(Aim::aria)] {
                @if !known || EMPTIABLE.contains(&field) { option value="" selected[!known] { "None" } }
                (options(choices, chosen))
            }
            button.button.without-js type="submit" { "Save" }
        }
    }
}

fn tags(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        section aria-labelledby="tags" {
            h2 id="tags" { "Tags" }
            form method="post" action={ "/agent/tickets/" (it.number) "/tags" } data-swap="ticket" {
                (frame.csrf())
                @if !it.tags.is_empty() { div.tags { @for tag in &it.tags { (removable_tag(tag)) } } }
            }
            @if it.may_change {
                form.inline-form method="post" action={ "/agent/tickets/" (it.number) "/tags" } data-swap="ticket" {
                    (frame.csrf()) input.control type="text" name="add" placeholder="Add a tag" aria-label="Add a tag" required autocomplete="off" data-aim=(Aim::Tags.as_str());
                    button.button.without-js type="submit" { "Add" }
                }
            }
        }
    }
}

/// How tickets can be tied: what is sent, and what people read.
const RELATIONS: [(&str, &str); 6] = [
    ("relates_to", "Related to"),
    ("blocks", "Blocks"),
    ("blocked_by", "Blocked by"),
    ("duplicate", "Duplicate of"),
    ("causes", "Causes"),
    ("caused_by", "Caused by"),
];

/// Tickets that are one matter with this one.
fn joined(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        @if !it.joined.is_empty() || (it.may_change && it.merged.is_none()) {
            section aria-labelledby="joined" {
                h2 id="joined" { "Merged" }
                @if !it.joined.is_empty() {
                    ul.small-list { @for other in &it.joined {
                        li {
                            a href={ "/agent/tickets/" (other.number) } { (other.number) " " (other.title) }
                            @if it.may_change { form method="post" action={ "/agent/tickets/" (other.number) "/unmerge" } { (frame.csrf()) (Button::submit("Undo").quiet()) } }
                        }
                    } }
                }
                @if it.may_change && it.merged.is_none() {
                    form.inline-form method="get" action={ "/agent/tickets/" (it.number) "/merge" } {
                        input.control type="text" name="into" placeholder="INC-…" aria-label="Merge this ticket into, by number" required autocomplete="off";
                        (Button::submit("Merge into"))
                    }
                }
            }
        }
    }
}

fn links(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        section aria-labelledby="links" {
            h2 id="links" { "Links" }
            @if !it.links.is_empty() {
                ul.small-list { @for link in &it.links { li { span.kind { (link.kind) } a href={ "/agent/tickets/" (link.number) } { (link.number) " " (link.title) } @if matches!(link.category, Category::Resolved | Category::Closed) { (badge(Tone::Ok, "done")) } } } }
            }
            @if it.may_change {
                form.inline-form method="post" action={ "/agent/tickets/" (it.number) "/links" } data-swap="ticket" {
                    (frame.csrf())
                    select.control name="kind" aria-label="How it is tied" { @for (value, label) in RELATIONS { option value=(value) { (label) } } }
                    input.control type="text" name="number" placeholder="INC-…" aria-label="The other ticket's number" required autocomplete="off";
                    button.button type="submit" data-only="icon" aria-label="Link" title="Link" { (icon(Icon::Link)) }
                }
            }
        }
    }
}
