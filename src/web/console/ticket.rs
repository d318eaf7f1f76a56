//! One ticket: a header that stays, the conversation, the composer, and what is known about it at the side, editable in place.

use maud::{Markup, html};

use super::{
    checklist::{self, ChecklistView},
    later::{self, LaterView},
    list::{ListView, Vocabulary, pane as list_pane},
    open_tabs::{OpenTab, keep_open, open_tabs},
    service_level::{self, ServiceLevelView},
    shared_drafts::{SharedDraftView, shared_drafts},
    shell::{RailView, shell},
    time_spent::{self, TimeView},
};
use crate::{
    desk::features::Feature,
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
            own_field::{OwnField, own_property},
            priority::{Priority, priority_named},
            status_pill::{Category, status_pill},
            tabs::{Tab, tabs},
            thread::{Entry, thread},
            timeline::{Step, timeline},
            why::{WhyLine, why},
        },
        keys::Aim,
        layout::Frame,
        tongue::{Phrase, marked, phrase, t},
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
    /// Their address, else their number.
    pub reached_by: String,
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
    pub here: Vec<Present>,
    /// What the reader has open side by side.
    pub open: Vec<OpenTab>,
    /// Answers that agents write together.
    pub shared: Vec<SharedDraftView>,
    pub later: LaterView,
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
    /// Fields of the desk's own.
    pub own: Vec<OwnField>,
    /// What is to be done on it, step by step.
    pub checklist: ChecklistView,
    /// What was worked on it.
    pub time: TimeView,
    /// What its properties can be.
    pub vocabulary: Vocabulary,
}

/// Somebody else who looks at the ticket, and what they write there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present {
    pub face: Face,
    pub replies: bool,
    pub notes: bool,
}

/// Who else is here; `id="presence"`, live on the ticket's topic for what is told of people alone.
pub fn presence(number: &str, here: &[Present]) -> Markup {
    let faces: Vec<Face> = here.iter().map(|it| it.face.clone()).collect();
    html! {
        span.presence id="presence" data-live={ "ticket:" (number) } data-live-only="presence.changed" data-live-src={ "/agent/tickets/" (number) "/presence" } {
            @if !here.is_empty() {
                (stack(&faces))
                @let writer = here.iter().find(|it| it.replies || it.notes);
                @match writer {
                    Some(it) if it.replies => span.words data-typing { (t!("live-replies", who = it.face.name.as_str())) },
                    Some(it) => span.words data-typing { (t!("live-writes-note", who = it.face.name.as_str())) },
                    None => span.words { (t!("live-also-here")) },
                }
            }
        }
    }
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
    html! { section.pane-ticket.nothing id="ticket" aria-label=(t!("word-ticket")) { (empty_state(Icon::Inbox, t!("ticket-choose-ticket"), t!("ticket-press-j-begin"), None)) } }
}

/// The pane; `id="ticket"`, live on `ticket:{number}`. `back` leads to the list.
pub fn pane(frame: &Frame, it: &TicketView, back: &str) -> Markup {
    html! {
        section.pane-ticket id="ticket" aria-label=(t!("ticket-ticket", number = it.number)) data-open data-live={ "ticket:" (it.number) } {
            (open_tabs(frame, &it.open))
            (head(frame, it, back))
            div.ticket-body {
                div.ticket-scroll {
                    div.scroll data-scroll=(it.number) tabindex="0" role="region" aria-label=(t!("ticket-conversation-history")) {
                        @if let Some(conflict) = &it.conflict { div data-stays { (banner(conflict)) } }
                        @if let Some(merged) = &it.merged { (goes_on(frame, it, merged)) }
                        (middle(frame, it))
                    }
                    @if it.may_change && it.merged.is_none() && matches!(it.tabbed, Tabbed::Conversation(_)) { div.dock { (shared_drafts(frame, &it.number, &it.shared)) (composer(&it.composer, "ticket list", &frame.csrf())) } }
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
                span.back { (Button::link(t!("ticket-back-list"), back).only_icon(Icon::Left).quiet().aim(Aim::Close)) }
                span.number { (it.number) }
                span.number { (it.kind) }
                (presence(&it.number, &it.here))
                @if it.may_change { (actions(frame, it, &base)) }
            }
            div.line { h1 { (it.title) } }
            div.line.wrap {
                (status_pill(it.category, &it.status_name))
                (priority_named(it.priority))
                @if !it.checklist.steps.is_empty() && frame.has(Feature::Checklists) { span.who-chip { (checklist::progress(it.checklist.progress().0, it.checklist.progress().1)) } }
                @for (name, clock) in &it.clocks { @if *clock != Clock::None { span.who-chip { (name) " " (countdown(*clock, name, frame.now)) } } }
            }
            (tabs(t!("ticket-parts-ticket"), &[
                Tab::new(t!("ticket-conversation"), base.as_str(), Some(it.messages), conversation),
                Tab::new(t!("ticket-history"), history, None, has_history),
                Tab::new(t!("word-files"), files, Some(it.files), has_files),
            ], Some("ticket")))
        }
    }
}

fn actions(frame: &Frame, it: &TicketView, base: &str) -> Markup {
    let open = !matches!(it.category, Category::Resolved | Category::Closed);
    html! {
        div.ticket-actions {
            @if it.merged.is_none() && frame.has(Feature::Macros) { (Button::link(t!("tools-macro"), &format!("{base}/macros")).icon(Icon::Bolt).quiet().aim(Aim::Macro)) }
            (keep_open(frame, &it.number, &it.open))
            (Button::link(t!("sheet-print"), &format!("/tickets/{}/print", it.number)).icon(Icon::File).quiet())
            form method="post" action={ (base) "/watch" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="watching" value=(if it.watching { "off" } else { "on" });
                (Button::submit(if it.watching { t!("ticket-stop-watching") } else { t!("ticket-watch") }).icon(Icon::Eye).quiet())
            }
            @if it.merged.is_none() { form method="post" action={ (base) "/status" } data-swap="ticket list" {
                (frame.csrf()) (was(&it.status))
                @if open { input type="hidden" name="status" value="resolved"; (Button::submit(t!("ticket-resolve")).icon(Icon::Check).aim(Aim::Resolve)) }
                @else { input type="hidden" name="status" value="open"; (Button::submit(t!("ticket-open-again")).icon(Icon::Reply)) }
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
                @if merged.number.is_empty() { strong { (t!("ticket-goes-another-ticket")) } }
                @else { strong { (marked!("ticket-goes", number = html! { a href={ "/agent/tickets/" (merged.number) } { (merged.number) " " (merged.title) } })) } }
                p { (t!("ticket-answers-mail-go-there")) }
            }
            @if it.may_change { form method="post" action={ "/agent/tickets/" (it.number) "/unmerge" } { (frame.csrf()) (Button::submit(t!("ticket-undo-merge"))) } }
        }
    }
}

fn middle(frame: &Frame, it: &TicketView) -> Markup {
    match &it.tabbed {
        Tabbed::Conversation(entries) => thread(entries, &frame.csrf(), frame.now),
        Tabbed::History(steps) => timeline(steps, frame.now),
        Tabbed::Files(files) if files.is_empty() => {
            empty_state(Icon::Clip, t!("ticket-no-files-yet"), t!("ticket-files-every-message-gather"), None)
        }
        Tabbed::Files(files) => chips(files),
    }
}

fn side(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        aside.side aria-label=(t!("ticket-about-ticket")) {
            (requester(it, frame))
            section aria-labelledby="properties" { h2 id="properties" { (t!("ticket-properties")) } div.properties { (properties(frame, it)) } (why(&it.why, frame.now)) }
            @if !it.own.is_empty() { section aria-labelledby="own-fields" { h2 id="own-fields" { (t!("fields-further")) } div.properties { @for own in &it.own { (own_property(own, &format!("/agent/tickets/{}/custom", it.number), &frame.csrf(), it.may_change)) } } } }
            @if frame.has(Feature::Checklists) { (checklist::section(frame, &it.number, &it.checklist, it.may_change)) }
            (service_level::section(frame, &it.number, &it.service_level))
            @if frame.has(Feature::TimeEntries) { (time_spent::section(frame, &it.number, &it.time)) }
            (later::section(frame, &it.number, &it.later))
            (beyond(frame, it))
            (tags(frame, it))
            (links(frame, it))
            (joined(frame, it))
            section aria-labelledby="watchers" { h2 id="watchers" { (t!("ticket-watchers")) } @if it.watchers.is_empty() { small { (t!("ticket-nobody-yet")) } } @else { (stack(&it.watchers)) } }
        }
    }
}

fn requester(it: &TicketView, frame: &Frame) -> Markup {
    let who = &it.requester;
    html! {
        section aria-labelledby="requester" {
            h2 id="requester" { (t!("ticket-requester")) }
            div.requester {
                (avatar_large(&who.face))
                a href=(who.href) { strong { (who.face.name) } @if who.vip { " " (badge(Tone::Accent, "VIP")) } }
                small { (who.reached_by) @if !who.organization.is_empty() { " · " (who.organization) } }
            }
            p { small {
                @match it.channel.as_str() {
                    "" => (marked!("ticket-asked", when = moment(it.created, frame.now))),
                    way => (marked!("ticket-asked-via", when = moment(it.created, frame.now), way = way)),
                }
                @if who.open_tickets > 0 { " " (t!("ticket-more-open", count = who.open_tickets)) }
            } }
        }
    }
}

fn beyond(frame: &Frame, it: &TicketView) -> Markup {
    let base = format!("/agent/tickets/{}", it.number);
    html! {
        @if let Some((score, word, at)) = &it.beyond.satisfaction {
            section aria-labelledby="how-it-was" { h2 id="how-it-was" { (t!("ticket-how")) } p { strong { (score) } " " small { (moment(*at, frame.now)) } } @if let Some(word) = word { p { (word) } } }
        }
        @if let Some(at) = it.beyond.closes_at { p.closes { small { (marked!("ticket-closed-itself-if-nobody", when = moment(at, frame.now))) } } }
        @if let Some((href, text)) = &it.beyond.outage {
            section aria-labelledby="outage" { h2 id="outage" { (t!("ticket-outage")) } p { a href=(href) { (text) } } }
        }
        @if !it.beyond.alike.is_empty() {
            section aria-labelledby="alike-tickets" {
                h2 id="alike-tickets" { (t!("ticket-may-same")) }
                ul.alike-list { @for other in &it.beyond.alike { li {
                    (alike::row(other))
                    @if it.may_change {
                        div.one-step {
                            form method="post" action={ (base) "/links" } data-swap="ticket" { (frame.csrf()) input type="hidden" name="kind" value="relates_to"; input type="hidden" name="number" value=(other.number); (Button::submit(t!("ticket-link")).quiet()) }
                            (Button::link(t!("ticket-merge"), &format!("{base}/merge?into={}", other.number)).quiet())
                        }
                    }
                } } }
            }
        }
        @if it.beyond.may_declare && it.beyond.outage.is_none() && frame.has(Feature::Outages) { p.closes { a href={ "/agent/outages/new?parent=" (it.number) } { (t!("ticket-declare-outage")) } } }
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
        (one("status", "status", t!("ticket-status"), &words.statuses, &it.status, Some(Aim::Status)))
        (one("priority", "priority", t!("word-priority"), &priorities, &level, Some(Aim::Priority)))
        (one("assignment", "assignee", t!("word-assignee"), &words.assignees, &it.assignee, Some(Aim::Assign)))
        (one("assignment", "queue", t!("word-queue"), &words.queues, &it.queue, None))
        (one("priority", "impact", t!("ticket-impact"), levels, &it.impact, None))
        (one("priority", "urgency", t!("ticket-urgency"), levels, &it.urgency, None))
        (one("category", "category", t!("word-category"), &words.categories, &it.subject, None))
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
                @if !known || EMPTIABLE.contains(&field) { option value="" selected[!known] { (t!("ticket-none")) } }
                (options(choices, chosen))
            }
            button.button.without-js type="submit" { (t!("word-save")) }
        }
    }
}

fn tags(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        section aria-labelledby="tags" {
            h2 id="tags" { (t!("word-tags")) }
            form method="post" action={ "/agent/tickets/" (it.number) "/tags" } data-swap="ticket" {
                (frame.csrf())
                @if !it.tags.is_empty() { div.tags { @for tag in &it.tags { (removable_tag(tag)) } } }
            }
            @if it.may_change {
                form.inline-form method="post" action={ "/agent/tickets/" (it.number) "/tags" } data-swap="ticket" {
                    (frame.csrf()) input.control type="text" name="add" placeholder=(t!("word-add-tag")) aria-label=(t!("word-add-tag")) required autocomplete="off" data-aim=(Aim::Tags.as_str());
                    button.button.without-js type="submit" { (t!("ticket-add")) }
                }
            }
        }
    }
}

/// How tickets can be tied: what is sent, and what people read.
const RELATIONS: [(&str, Phrase); 6] = [
    ("relates_to", phrase!("ticket-related")),
    ("blocks", phrase!("ticket-blocks")),
    ("blocked_by", phrase!("ticket-blocked")),
    ("duplicate", phrase!("ticket-duplicate")),
    ("causes", phrase!("ticket-causes")),
    ("caused_by", phrase!("ticket-caused")),
];

/// Tickets that are one matter with this one.
fn joined(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        @if !it.joined.is_empty() || (it.may_change && it.merged.is_none()) {
            section aria-labelledby="joined" {
                h2 id="joined" { (t!("ticket-merged")) }
                @if !it.joined.is_empty() {
                    ul.small-list { @for other in &it.joined {
                        li {
                            a href={ "/agent/tickets/" (other.number) } { (other.number) " " (other.title) }
                            @if it.may_change { form method="post" action={ "/agent/tickets/" (other.number) "/unmerge" } { (frame.csrf()) (Button::submit(t!("word-undo")).quiet()) } }
                        }
                    } }
                }
                @if it.may_change && it.merged.is_none() {
                    form.inline-form method="get" action={ "/agent/tickets/" (it.number) "/merge" } {
                        input.control type="text" name="into" placeholder="INC-…" aria-label=(t!("ticket-merge-ticket-into-number")) required autocomplete="off";
                        (Button::submit(t!("ticket-merge-into")))
                    }
                }
            }
        }
    }
}

fn links(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        section aria-labelledby="links" {
            h2 id="links" { (t!("ticket-links")) }
            @if !it.links.is_empty() {
                ul.small-list { @for link in &it.links { li { span.kind { (link.kind) } a href={ "/agent/tickets/" (link.number) } { (link.number) " " (link.title) } @if matches!(link.category, Category::Resolved | Category::Closed) { (badge(Tone::Ok, t!("alike-done"))) } } } }
            }
            @if it.may_change {
                form.inline-form method="post" action={ "/agent/tickets/" (it.number) "/links" } data-swap="ticket" {
                    (frame.csrf())
                    select.control name="kind" aria-label=(t!("ticket-how-tied")) { @for (value, label) in RELATIONS { option value=(value) { (label) } } }
                    input.control type="text" name="number" placeholder="INC-…" aria-label=(t!("ticket-other-tickets-number")) required autocomplete="off";
                    button.button type="submit" data-only="icon" aria-label=(t!("ticket-link")) title=(t!("ticket-link")) { (icon(Icon::Link)) }
                }
            }
        }
    }
}
