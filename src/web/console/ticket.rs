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
    limits::TITLE_CHARS_MAX,
    time::Instant,
    web::{
        components::{
            alike::{self, AlikeRow},
            article::{self, ArticleLine},
            attachment::{FileView, chip},
            avatar::{Face, avatar_alone, avatar_large, nobody, stack},
            badge::{Tone, badge, removable_tag},
            banner::{Banner, banner},
            button::Button,
            caller::pick,
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
    /// What is to be done on it, and its sub-tickets.
    Tasks(Vec<PartRow>),
    /// All files of the ticket.
    Files(Vec<FileView>),
    /// Everything that it is tied to.
    Links,
}

/// A ticket that is a part of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    pub number: String,
    pub title: String,
    pub category: Category,
    pub status: String,
    pub assignee: Option<Face>,
}

/// Another ticket that this one is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// "blocks", "duplicate of".
    pub kind: String,
    /// The same, as a form names it.
    pub relation: String,
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
    /// Who follows it: id and face.
    pub watchers: Vec<(String, Face)>,
    /// The reader is one of them.
    pub watching: bool,
    /// Where people are looked up; empty for readers who may not.
    pub people: String,
    /// When it is due because somebody said so, as a form writes it; empty if nobody did.
    pub due: String,
    /// The same for people.
    pub due_shown: String,
    /// How many sub-tickets it has.
    pub parts: usize,
    pub may_delete: bool,
    pub links: Vec<LinkView>,
    /// The ticket on which its matter goes on.
    pub merged: Option<MergedView>,
    /// The reader may make an article from it.
    pub may_write_articles: bool,
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
    /// Articles that it has to do with: id, line, how.
    pub articles: Vec<(String, ArticleLine, &'static str)>,
    /// Articles that may answer it: id and line.
    pub answers: Vec<(String, ArticleLine)>,
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
    let (tasks, links) = (format!("{base}/tasks"), format!("{base}/links"));
    let steps = if frame.has(Feature::Checklists) { it.checklist.steps.len() } else { 0 };
    let tied = it.links.len() + it.joined.len();
    let parent = it.links.iter().find(|it| it.relation == CHILD_OF);
    html! {
        header.ticket-head {
            div.line {
                span.back { (Button::link(t!("ticket-back-list"), back).only_icon(Icon::Left).quiet().aim(Aim::Close)) }
                span.number { (it.number) }
                span.number { (it.kind) }
                @if let Some(parent) = parent { span.part-of { (marked!("ticket-part-of", number = html! { a href={ "/agent/tickets/" (parent.number) } title=(parent.title) { (parent.number) } })) } }
                (presence(&it.number, &it.here))
                @if it.may_change { (actions(frame, it, &base)) }
            }
            div.line.titled { h1 { (it.title) } @if it.may_change { (title_form(frame, it, &base)) } }
            div.line.wrap {
                (status_pill(it.category, &it.status_name))
                (priority_named(it.priority))
                @if !it.checklist.steps.is_empty() && frame.has(Feature::Checklists) { span.who-chip { (checklist::progress(it.checklist.progress().0, it.checklist.progress().1)) } }
                @for (name, clock) in &it.clocks { @if *clock != Clock::None { span.who-chip { (name) " " (countdown(*clock, name, frame.now)) } } }
            }
            (tabs(t!("ticket-parts-ticket"), &[
                Tab::new(t!("ticket-conversation"), base.as_str(), Some(it.messages), matches!(it.tabbed, Tabbed::Conversation(_))),
                Tab::new(t!("ticket-tasks"), tasks, Some(steps + it.parts), matches!(it.tabbed, Tabbed::Tasks(_))),
                Tab::new(t!("word-files"), files, Some(it.files), matches!(it.tabbed, Tabbed::Files(_))),
                Tab::new(t!("ticket-links"), links, Some(tied), matches!(it.tabbed, Tabbed::Links)),
                Tab::new(t!("ticket-history"), history, None, matches!(it.tabbed, Tabbed::History(_))),
            ], Some("ticket")))
        }
    }
}

/// The title, changed where it stands.
fn title_form(frame: &Frame, it: &TicketView, base: &str) -> Markup {
    html! {
        (Button::pops(t!("ticket-change-title"), "edit-title").only_icon(Icon::Pencil).quiet())
        form.menu.menu-form id="edit-title" popover method="post" action={ (base) "/title" } data-swap="ticket list" {
            (frame.csrf()) (was(&it.title))
            input.control type="text" name="title" value=(it.title) required maxlength=(TITLE_CHARS_MAX) aria-label=(t!("new-ticket-title")) autocomplete="off";
            (Button::submit(t!("word-save")).primary())
        }
    }
}

fn actions(frame: &Frame, it: &TicketView, base: &str) -> Markup {
    let open = !matches!(it.category, Category::Resolved | Category::Closed);
    html! {
        div.ticket-actions {
            @if it.merged.is_none() && frame.has(Feature::Macros) { (Button::link(t!("tools-macro"), &format!("{base}/macros")).icon(Icon::Bolt).quiet().aim(Aim::Macro)) }
            (keep_open(frame, &it.number, &it.open))
            (Button::pops(t!("ticket-more"), "ticket-more").only_icon(Icon::More).quiet())
            (more(frame, it, base))
            @if it.merged.is_none() { form method="post" action={ (base) "/status" } data-swap="ticket list" {
                (frame.csrf()) (was(&it.status))
                @if open { input type="hidden" name="status" value="resolved"; (Button::submit(t!("ticket-resolve")).icon(Icon::Check).aim(Aim::Resolve)) }
                @else { input type="hidden" name="status" value="open"; (Button::submit(t!("ticket-open-again")).icon(Icon::Reply)) }
            } }
        }
    }
}

/// What is rarely done to a ticket.
fn more(frame: &Frame, it: &TicketView, base: &str) -> Markup {
    let go = |href: String, label: &str, which: Icon| html! { a href=(href) { (icon(which)) (label) } };
    html! {
        div.menu id="ticket-more" popover {
            form method="post" action={ (base) "/watch" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="watching" value=(if it.watching { "off" } else { "on" });
                button type="submit" { (icon(Icon::Eye)) (if it.watching { t!("ticket-stop-watching") } else { t!("ticket-watch") }) }
            }
            (go(format!("/tickets/{}/print", it.number), t!("sheet-print"), Icon::File))
            @if it.merged.is_none() {
                (go(format!("/agent/tickets/new?parent={}", it.number), t!("ticket-new-part"), Icon::Plus))
                (go(format!("{base}/requester"), t!("requester-change"), Icon::Person))
                (go(format!("{base}/merge"), t!("ticket-merge-other"), Icon::Stack))
                @if frame.has(Feature::Knowledge) {
                    @if it.may_change { (go(format!("/agent/knowledge?ticket={}", it.number), t!("knowledge-link-one"), Icon::Book)) }
                    @if it.may_write_articles { (go(format!("/agent/knowledge/new?ticket={}", it.number), t!("knowledge-make-from"), Icon::Pencil)) }
                }
            }
            @if it.may_delete { hr; (go(format!("{base}/delete"), t!("delete-delete"), Icon::Cross)) }
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
        Tabbed::Files(files) => html! {
            ul.files.in-tab {
                @for file in files {
                    li.pictured[file.thumbnail.is_some()] {
                        (chip(file))
                        @if it.may_change {
                            form method="post" action={ "/agent/tickets/" (it.number) "/files/" (file.id) "/remove" } data-swap="ticket list" {
                                (frame.csrf())
                                (Button::submit(t!("files-remove")).only_icon(Icon::Cross).quiet())
                            }
                        }
                    }
                }
            }
        },
        Tabbed::Tasks(parts) => tasks(frame, it, parts),
        Tabbed::Links => ties(frame, it),
    }
}

/// Its checklist and its sub-tickets.
fn tasks(frame: &Frame, it: &TicketView, parts: &[PartRow]) -> Markup {
    let over = |it: &&PartRow| matches!(it.category, Category::Resolved | Category::Closed);
    html! {
        div.tab-page {
            @if frame.has(Feature::Checklists) { (checklist::section(frame, &it.number, &it.checklist, it.may_change)) }
            section aria-labelledby="parts" {
                h2 id="parts" { (t!("ticket-sub-tickets")) @if !parts.is_empty() { " " (checklist::progress(parts.iter().filter(over).count(), parts.len())) } }
                @if parts.is_empty() { p.hint { (t!("ticket-no-parts")) } }
                @else {
                    ul.part-list { @for part in parts {
                        li {
                            span.number { (part.number) }
                            a href={ "/agent/tickets/" (part.number) } { (part.title) }
                            (status_pill(part.category, &part.status))
                            @if let Some(face) = &part.assignee { (avatar_alone(face)) } @else { (nobody()) }
                        }
                    } }
                }
                @if it.may_change && it.merged.is_none() { p { (Button::link(t!("ticket-new-part"), &format!("/agent/tickets/new?parent={}", it.number)).icon(Icon::Plus)) } }
            }
        }
    }
}

/// Everything that it is tied to, and the ways to tie it.
fn ties(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        div.tab-page {
            section aria-labelledby="links-all" {
                h2 id="links-all" { (t!("ticket-links")) }
                @if it.links.is_empty() { p.hint { (t!("ticket-no-links")) } }
                @else { ul.part-list { @for link in &it.links { li { (tie(frame, it, link)) } } } }
                @if it.may_change {
                    form.inline-form method="post" action={ "/agent/tickets/" (it.number) "/links" } data-swap="ticket" {
                        (frame.csrf())
                        select.control name="kind" aria-label=(t!("ticket-how-tied")) { @for (value, label) in RELATIONS { option value=(value) { (label) } } }
                        input.control type="text" name="number" placeholder="INC-…" aria-label=(t!("ticket-other-tickets-number")) required autocomplete="off";
                        (Button::submit(t!("ticket-link")).icon(Icon::Link))
                    }
                }
            }
            (joined(frame, it, true))
        }
    }
}

fn tie(frame: &Frame, it: &TicketView, link: &LinkView) -> Markup {
    html! {
        span.kind { (link.kind) }
        span.number { (link.number) }
        a href={ "/agent/tickets/" (link.number) } { (link.title) }
        @if matches!(link.category, Category::Resolved | Category::Closed) { (badge(Tone::Ok, t!("alike-done"))) }
        @if it.may_change {
            form method="post" action={ "/agent/tickets/" (it.number) "/links/remove" } data-swap="ticket" {
                (frame.csrf())
                input type="hidden" name="kind" value=(link.relation);
                input type="hidden" name="number" value=(link.number);
                @let label = t!("ticket-unlink", number = link.number.as_str());
                (Button::submit(&label).only_icon(Icon::Cross).quiet())
            }
        }
    }
}

fn side(frame: &Frame, it: &TicketView) -> Markup {
    html! {
        aside.side aria-label=(t!("ticket-about-ticket")) {
            (requester(it, frame))
            section aria-labelledby="properties" { h2 id="properties" { (t!("ticket-properties")) } div.properties { (properties(frame, it)) } (why(&it.why, frame.now)) }
            @if !it.own.is_empty() { section aria-labelledby="own-fields" { h2 id="own-fields" { (t!("fields-further")) } div.properties { @for own in &it.own { (own_property(own, &format!("/agent/tickets/{}/custom", it.number), &frame.csrf(), it.may_change)) } } } }
            @if frame.has(Feature::Checklists) && !matches!(it.tabbed, Tabbed::Tasks(_)) { (checklist::section(frame, &it.number, &it.checklist, it.may_change)) }
            (service_level::section(frame, &it.number, &it.service_level))
            @if frame.has(Feature::TimeEntries) { (time_spent::section(frame, &it.number, &it.time)) }
            (later::section(frame, &it.number, &it.later))
            (beyond(frame, it))
            (tags(frame, it))
            @if !matches!(it.tabbed, Tabbed::Links) { (links(it)) (joined(frame, it, false)) }
            (watchers(frame, it))
        }
    }
}

fn requester(it: &TicketView, frame: &Frame) -> Markup {
    let who = &it.requester;
    html! {
        section aria-labelledby="requester" {
            h2 id="requester" { (t!("ticket-requester")) @if it.may_change && it.merged.is_none() { a.change href={ "/agent/tickets/" (it.number) "/requester" } aria-label=(t!("requester-change")) { (t!("tools-change")) } } }
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
        @if frame.has(Feature::Knowledge) { (articles(frame, it)) }
        @if it.beyond.may_declare && it.beyond.outage.is_none() && frame.has(Feature::Outages) { p.closes { a href={ "/agent/outages/new?parent=" (it.number) } { (t!("ticket-declare-outage")) } } }
    }
}

/// Articles that answer it, and those that may.
fn articles(frame: &Frame, it: &TicketView) -> Markup {
    let button = |id: &str, off: bool, label: &str, title: &str| {
        html! {
            form method="post" action={ "/agent/tickets/" (it.number) "/articles" } {
                (frame.csrf())
                input type="hidden" name="article" value=(id);
                @if off { input type="hidden" name="off" value="on"; }
                button.button type="submit" data-look="quiet" aria-label={ (label) ": " (title) } { span.words { (label) } }
            }
        }
    };
    html! {
        @if !it.beyond.articles.is_empty() || !it.beyond.answers.is_empty() {
            section aria-labelledby="articles" {
                h2 id="articles" { (t!("knowledge-title")) }
                ul.alike-list {
                    @for (id, line, how) in &it.beyond.articles { li { small.kind { (how) } " " (article::line(line)) @if it.may_change { div.one-step { (button(id, true, t!("knowledge-take-off"), &line.title)) } } } }
                    @for (id, line) in &it.beyond.answers { li { (article::line(line)) @if it.may_change { div.one-step { (button(id, false, t!("knowledge-answers-it"), &line.title)) } } } }
                }
            }
        }
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
        @if it.may_change || !it.due.is_empty() { (due(frame, it)) }
    }
}

/// When it is due because somebody said so.
fn due(frame: &Frame, it: &TicketView) -> Markup {
    let shown = if it.due_shown.is_empty() { t!("ticket-none") } else { &it.due_shown };
    html! {
        div.property {
            span.name { (t!("ticket-due")) }
            @if it.may_change {
                button.control type="button" popovertarget="edit-due" aria-label={ (t!("ticket-due")) ": " (shown) } { (shown) }
                form.menu.menu-form id="edit-due" popover method="post" action={ "/agent/tickets/" (it.number) "/due" } data-swap="ticket list" {
                    (frame.csrf()) (was(&it.due))
                    label for="property-dueAt" { (t!("ticket-due-hint")) }
                    input.control type="datetime-local" id="property-dueAt" name="dueAt" value=(it.due);
                    (Button::submit(t!("word-save")).primary())
                }
            } @else { span { (shown) } }
        }
    }
}

/// Who follows it, and who is to.
fn watchers(frame: &Frame, it: &TicketView) -> Markup {
    let faces: Vec<Face> = it.watchers.iter().map(|it| it.1.clone()).collect();
    let action = format!("/agent/tickets/{}/watch", it.number);
    html! {
        section.watchers aria-labelledby="watchers" {
            h2 id="watchers" { (t!("ticket-watchers")) }
            @if it.watchers.is_empty() { small { (t!("ticket-nobody-yet")) } } @else { (stack(&faces)) }
            @if it.may_change {
                details.fold {
                    summary { (t!("watch-change")) }
                    @if !it.watchers.is_empty() {
                        ul.small-list { @for (id, face) in &it.watchers {
                            li {
                                span.who { (face.name) }
                                form method="post" action=(action) data-swap="ticket" {
                                    (frame.csrf())
                                    @let label = t!("watch-remove", name = face.name.as_str());
                                    button.button type="submit" name="remove" value=(id) data-look="quiet" data-only="icon" aria-label=(label) title=(label) { (icon(Icon::Cross)) }
                                }
                            }
                        } }
                    }
                    form.inline-form method="post" action=(action) data-swap="ticket" {
                        (frame.csrf())
                        (pick(&it.people, if it.people.is_empty() { t!("watch-by-address") } else { t!("watch-add") }))
                        button.button type="submit" data-only="icon" aria-label=(t!("watch-add")) title=(t!("watch-add")) { (icon(Icon::Plus)) }
                    }
                }
            }
        }
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

/// How a sub-ticket names its parent, and a parent its sub-tickets.
const CHILD_OF: &str = "child_of";
const PARENT_OF: &str = "parent_of";

/// How tickets can be tied: what is sent, and what people read.
const RELATIONS: [(&str, Phrase); 8] = [
    ("relates_to", phrase!("ticket-related")),
    ("blocks", phrase!("ticket-blocks")),
    ("blocked_by", phrase!("ticket-blocked")),
    ("duplicate", phrase!("ticket-duplicate")),
    ("causes", phrase!("ticket-causes")),
    ("caused_by", phrase!("ticket-caused")),
    (CHILD_OF, phrase!("ticket-child")),
    (PARENT_OF, phrase!("ticket-parent")),
];

/// The same, as a field offers them.
pub fn relations() -> Vec<Choice> {
    RELATIONS.iter().map(|(value, label)| Choice::new(*value, label.text())).collect()
}

/// Tickets that are one matter with this one; `in_full` with the way to make it one with another.
fn joined(frame: &Frame, it: &TicketView, in_full: bool) -> Markup {
    let asks = in_full && it.may_change && it.merged.is_none();
    html! {
        @if !it.joined.is_empty() || asks {
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
                @if asks {
                    form.inline-form method="get" action={ "/agent/tickets/" (it.number) "/merge" } {
                        input.control type="text" name="into" placeholder="INC-…" aria-label=(t!("ticket-merge-ticket-into-number")) required autocomplete="off";
                        (Button::submit(t!("ticket-merge-into")))
                    }
                }
            }
        }
    }
}

/// What it is tied to, at a glance; its sub-tickets are among its tasks.
fn links(it: &TicketView) -> Markup {
    let shown: Vec<&LinkView> = it.links.iter().filter(|it| it.relation != PARENT_OF).collect();
    html! {
        @if !shown.is_empty() {
            section aria-labelledby="links" {
                h2 id="links" { (t!("ticket-links")) }
                ul.small-list { @for link in shown { li { span.kind { (link.kind) } a href={ "/agent/tickets/" (link.number) } { (link.number) " " (link.title) } @if matches!(link.category, Category::Resolved | Category::Closed) { (badge(Tone::Ok, t!("alike-done"))) } } } }
            }
        }
    }
}
