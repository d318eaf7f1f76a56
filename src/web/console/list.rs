//! A list of tickets: dense rows, one bar for what is selected, and a quiet word when new ones came.

use maud::{Markup, html};

use super::{
    checklist::progress,
    shell::{RailView, shell},
};
use crate::web::keys::Aim;
use crate::{
    time::Instant,
    web::{
        components::{
            avatar::{Face, avatar_alone, nobody},
            button::Button,
            countdown::{Clock, countdown},
            empty_state::empty_state,
            field::{Choice, options},
            icon::{Icon, icon},
            kbd,
            moment::short,
            pagination::{Pages, pagination},
            priority::{Priority, priority},
            status_pill::{Category, status},
        },
        layout::Frame,
        tongue::{Phrase, marked, phrase, t},
    },
};

/// One ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// `INC-000123`.
    pub number: String,
    pub title: String,
    pub priority: Priority,
    pub category: Category,
    /// The state's own name.
    pub status: String,
    pub requester: String,
    /// May be empty.
    pub organization: String,
    pub assignee: Option<Face>,
    /// The clock that is due first.
    pub clock: Clock,
    pub changed: Instant,
    /// The next word is ours: nobody has taken it, or the requester has answered.
    pub unread: bool,
    /// It is open beside the list.
    pub current: bool,
    /// How many steps of its checklist are done, and how many there are.
    pub steps: Option<(usize, usize)>,
    /// Columns besides the usual ones: what they are called, and what stands there.
    pub more: Vec<(String, String)>,
    /// What it is gathered under; empty where nothing is gathered.
    pub group: String,
    /// The reader has begun to write on it.
    pub draft: bool,
    /// It is put aside.
    pub aside: bool,
}

/// What can be chosen for many tickets at once, and for one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    pub statuses: Vec<Choice>,
    pub assignees: Vec<Choice>,
    pub queues: Vec<Choice>,
    pub categories: Vec<Choice>,
    /// Three levels, from the highest.
    pub levels: Vec<Choice>,
}

/// What the list shows.
#[derive(Debug, Clone, Default)]
pub struct ListView {
    /// The name of the view or queue.
    pub name: String,
    /// Its own address, without the place in it.
    pub href: String,
    /// The address of exactly these rows.
    pub here: String,
    /// How the rows are ordered, one of [`SORTS`].
    pub sort: String,
    pub rows: Vec<Row>,
    pub pages: Pages,
    pub vocabulary: Vocabulary,
    /// Of the usual columns, those that are left out: `requester`, `status`, `due`, `assignee`, `updated`.
    pub without: Vec<&'static str>,
    /// Macros that can be used on many at once.
    pub macros: Vec<Choice>,
    /// Where its condition is changed, if it is a saved view; where it is saved as one, if not.
    pub edit: String,
    /// Where it is made a file of.
    pub export: String,
}

/// The orders a list can have: the value of `?sort=` and its name.
pub const SORTS: [(&str, Phrase); 4] = [
    ("due", phrase!("list-due-first")),
    ("priority", phrase!("word-priority")),
    ("changed", phrase!("list-last-change")),
    ("created", phrase!("list-newest")),
];

/// What a page with a list needs.
#[derive(Debug, Clone, Default)]
pub struct ListPageView {
    pub frame: Frame,
    pub rail: RailView,
    pub list: ListView,
}

/// The page at `/agent/views/{view}` and `/agent/queues/{queue}`.
pub fn page(view: &ListPageView) -> Markup {
    shell(&view.frame, &view.rail, &view.list.name, pane(&view.frame, &view.list, true))
}

/// The list; `id="list"`. Exactly one pane of a page holds its first heading.
pub fn pane(frame: &Frame, list: &ListView, main_heading: bool) -> Markup {
    html! {
        section.pane-list id="list" data-beside[!main_heading] aria-label=(list.name) data-live="lists" data-live-mode="quiet" data-live-src=(list.here) {
            (head(list, main_heading))
            div.new-rows { button.button type="button" data-new-rows hidden {} }
            div.rows data-list {
                @if list.rows.is_empty() { (empty_state(Icon::Check, t!("list-all-clear"), t!("list-nothing-waiting-here-enjoy"), None)) }
                @else { ul data-without=[(!list.without.is_empty()).then(|| list.without.join(" "))] { @for (at, it) in list.rows.iter().enumerate() {
                    @if !it.group.is_empty() && (at == 0 || list.rows[at - 1].group != it.group) { li.row-group { (it.group) " " span.count { (list.rows.iter().filter(|other| other.group == it.group).count()) } } }
                    (row(it, frame.now))
                } } }
            }
            (foot(list))
            (bulk(frame, list))
        }
    }
}

fn head(list: &ListView, main_heading: bool) -> Markup {
    html! {
        div.list-head {
            @if main_heading { h1 { (list.name) } } @else { h2 { (list.name) } }
            @if let Some(total) = list.pages.total { span.count { (total.count) @if total.is_bound { "+" } } }
            div.head-tools {
                @if !list.edit.is_empty() { (Button::link(if list.edit.contains("/new?") { t!("tools-save-as-view") } else { t!("tools-change-view") }, &list.edit).only_icon(Icon::Gear).quiet()) }
                @if main_heading { (Button::link(t!("kanban-as-board"), &format!("{}?show=board", list.href)).only_icon(Icon::Board).quiet()) }
                (Button::pops(sort_name(&list.sort), "sort").icon(Icon::Down).quiet())
                div.menu id="sort" popover {
                    @for (value, name) in SORTS { a href={ (list.href) "?sort=" (value) } data-swap="list" data-push aria-current=[(value == list.sort).then_some("true")] { (name) } }
                    @if !list.export.is_empty() { hr; a href=(list.export) { (t!("export-link")) } }
                }
            }
        }
    }
}

fn sort_name(sort: &str) -> &'static str {
    match sort {
        "own" => t!("tools-own-order"),
        sort => SORTS.iter().find(|(value, _)| *value == sort).map_or(SORTS[0].1, |it| it.1).text(),
    }
}

/// One row; `id="row-{number}"`.
pub fn row(it: &Row, now: Instant) -> Markup {
    html! {
        li.row id={ "row-" (it.number) } data-priority=(it.priority.level()) data-unread[it.unread] {
            span.pick-hit { input.pick type="checkbox" form="bulk" name="ticket" value=(it.number) aria-label=(t!("list-select", number = it.number)); }
            (priority(it.priority))
            span.number { (it.number) }
            a.open href={ "/agent/tickets/" (it.number) } aria-current=[it.current.then_some("true")] data-swap="ticket" data-push data-row { @if it.draft { span.mark-draft title=(t!("live-has-draft")) { (icon(Icon::Pencil)) span.sr { (t!("live-has-draft")) ": " } } } @if it.aside { span.mark-aside title=(t!("live-is-aside")) { (icon(Icon::Moon)) span.sr { (t!("live-is-aside")) ": " } } } (it.title) @if it.unread { span.sr { " " (t!("list-answered")) } } }
            @if let Some((done, total)) = it.steps { (progress(done, total)) }
            @if !it.more.is_empty() { span.more { @for (name, value) in &it.more { span title=(name) { span.sr { (name) ": " } (value) } } } }
            span.from { (it.requester) @if !it.organization.is_empty() { " · " (it.organization) } }
            (status(it.category, &it.status))
            (countdown(it.clock, t!("list-due"), now))
            @if let Some(face) = &it.assignee { (avatar_alone(face)) } @else { (nobody()) }
            span.age { (short(it.changed, now)) }
        }
    }
}

fn foot(list: &ListView) -> Markup {
    let paged = list.pages.previous.is_some() || list.pages.next.is_some();
    html! {
        div.list-foot {
            @if paged { (pagination(t!("word-pages"), &list.pages)) } @else {
                span.hints.with-js {
                    span { (marked!("list-move", keys = kbd::keys("j"), keys2 = kbd::keys("k"))) }
                    span { (marked!("list-select-2", keys = kbd::keys("x"))) }
                    span { (marked!("list-all-keys", keys = kbd::keys("?"))) }
                }
            }
        }
    }
}

/// What is done to all that are picked on a page of its own: what is sent, and what people read.
const NEXT: [(&str, Phrase, Icon); 5] = [
    ("reply", phrase!("bulk-next-reply"), Icon::Reply),
    ("note", phrase!("bulk-next-note"), Icon::Note),
    ("merge", phrase!("bulk-next-merge"), Icon::Stack),
    ("link", phrase!("bulk-next-link"), Icon::Link),
    ("export", phrase!("bulk-next-export"), Icon::File),
];

fn bulk(frame: &Frame, list: &ListView) -> Markup {
    let words = &list.vocabulary;
    html! {
        form.bulk id="bulk" method="post" action="/agent/tickets/bulk" data-swap="list" aria-label=(t!("list-selected-tickets")) {
            (frame.csrf())
            span.picked aria-live="polite" { (marked!("list-selected", part = html! { span data-picked {} })) }
            (bulk_choice("assignee", t!("list-assign"), &words.assignees, Some(Aim::Assign)))
            (bulk_choice("status", t!("list-status"), &words.statuses, Some(Aim::Status)))
            select.control name="priority" aria-label=(t!("word-priority")) data-aim=(Aim::Priority.as_str()) { option value="" { (t!("word-priority")) } @for it in Priority::ALL { option value=(it.level()) { (it.code()) " " (it.name()) } } }
            (bulk_choice("queue", t!("word-queue"), &words.queues, None))
            @if !list.macros.is_empty() { (bulk_choice("macro", t!("tools-macro"), &list.macros, Some(Aim::Macro))) }
            input.control type="text" name="tag" data-aim=(Aim::Tags.as_str()) placeholder=(t!("list-tag")) aria-label=(t!("word-add-tag"));
            (Button::submit(t!("list-apply")).primary())
            (Button::pops(t!("bulk-more"), "bulk-more").icon(Icon::Down).quiet())
            div.menu id="bulk-more" popover {
                @for (value, name, which) in NEXT { button type="submit" name="next" value=(value) { (icon(which)) (name) } }
            }
            button.button.with-js type="button" data-look="quiet" data-only="icon" data-unpick aria-label=(t!("list-select-nothing")) title=(t!("list-select-nothing")) { (icon(Icon::Cross)) }
        }
    }
}

/// What is chosen for all that are picked; the key of the same choice on a ticket leads to it.
fn bulk_choice(name: &str, label: &str, choices: &[Choice], aim: Option<Aim>) -> Markup {
    html! { select.control name=(name) aria-label=(label) data-aim=[aim.map(Aim::as_str)] { option value="" { (label) } (options(choices, "")) } }
}
