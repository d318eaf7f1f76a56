//! A list as a board: a column for each state, assignee or priority, cards that are moved by dragging, by the keyboard, and without a
//! script by the choice on each. What a column has no room for is in the list behind it.

use maud::{Markup, html};

use super::{
    list::Row,
    shell::{RailView, shell},
};
use crate::{
    time::Instant,
    web::{
        components::{
            avatar::{Face, avatar_alone, nobody},
            badge::{Tone, badge},
            button::Button,
            countdown::countdown,
            field::{Choice, options},
            icon::Icon,
            priority::priority,
            status_pill::{Category, status},
        },
        layout::Frame,
        tongue::{Phrase, phrase, t},
    },
};

/// A ticket on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub row: Row,
    /// What changes when it is moved: the field of its form.
    pub property: &'static str,
    /// Where it stands.
    pub was: String,
    /// Where it may go.
    pub choices: Vec<Choice>,
    pub may_move: bool,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnView {
    /// What a card has that stands in it.
    pub value: String,
    pub name: String,
    /// Of an assignee.
    pub face: Option<Face>,
    /// Of a state.
    pub tone: Option<Category>,
    pub total: usize,
    pub cards: Vec<Card>,
    /// The list of all of it.
    pub href: String,
}

/// What the board shows.
#[derive(Debug, Clone, Default)]
pub struct KanbanView {
    pub name: String,
    /// The list's own address.
    pub href: String,
    /// The address of exactly this board.
    pub here: String,
    /// `status`, `assignee` or `priority`.
    pub by: String,
    pub total: usize,
    /// Only the first tickets of the list are on it.
    pub partial: bool,
    /// Of a queue with a limit: how many count, and how many there may be.
    pub limit: Option<(u64, u32)>,
    pub edit: String,
    pub columns: Vec<ColumnView>,
}

/// What a page with a board needs.
#[derive(Debug, Clone, Default)]
pub struct KanbanPageView {
    pub frame: Frame,
    pub rail: RailView,
    pub board: KanbanView,
}

/// What columns can be.
pub const BY: [(&str, Phrase); 3] =
    [("status", phrase!("ticket-status")), ("assignee", phrase!("word-assignee")), ("priority", phrase!("word-priority"))];

/// The page of a view or queue with `?show=board`.
pub fn page(view: &KanbanPageView) -> Markup {
    shell(&view.frame, &view.rail, &view.board.name, pane(&view.frame, &view.board))
}

/// The board; `id="list"`, in the place of the list.
pub fn pane(frame: &Frame, it: &KanbanView) -> Markup {
    html! {
        section.pane-list id="list" aria-label=(it.name) data-live="lists" data-live-src=(it.here) data-board {
            div.list-head {
                h1 { (it.name) }
                span.count { (it.total) }
                @if let Some((counted, limit)) = it.limit { (badge(if counted >= u64::from(limit) { Tone::Warn } else { Tone::Plain }, &t!("kanban-limit", counted = counted, limit = limit))) }
                div.head-tools {
                    @if !it.edit.is_empty() { (Button::link(if it.edit.contains("/new?") { t!("tools-save-as-view") } else { t!("tools-change-view") }, &it.edit).only_icon(Icon::Gear).quiet()) }
                    (Button::link(t!("kanban-as-list"), &it.href).only_icon(Icon::Queue).quiet())
                    (Button::pops(BY.iter().find(|(value, _)| *value == it.by).map_or(BY[0].1, |it| it.1).text(), "board-by").icon(Icon::Down).quiet())
                    div.menu id="board-by" popover { @for (value, name) in BY { a href={ (it.href) "?show=board&by=" (value) } aria-current=[(value == it.by).then_some("true")] { (name) } } }
                }
            }
            div.board tabindex="0" role="region" aria-label=(t!("kanban-columns")) data-list {
                @if it.partial { p.hint { (t!("kanban-partial")) } }
                @for (at, column) in it.columns.iter().enumerate() { (self::column(frame, column, at)) }
            }
        }
    }
}

fn column(frame: &Frame, it: &ColumnView, at: usize) -> Markup {
    let id = format!("column-{at}");
    html! {
        section.column data-column=(it.value) data-empty[it.cards.is_empty()] aria-labelledby=(id) {
            h2 id=(id) {
                @if let Some(face) = &it.face { (avatar_alone(face)) }
                @if let Some(tone) = it.tone { (status(tone, &it.name)) } @else { span { (it.name) } }
                " " span.count { (it.total) }
            }
            ul.cards { @for card in &it.cards { (self::card(frame, card, frame.now)) } }
            @if it.total > it.cards.len() { p.more-of { a href=(it.href) { (t!("kanban-more", count = it.total - it.cards.len())) } } }
        }
    }
}

/// One card; `id="card-{number}"`. Its form sends the property with `was` to `/agent/tickets/{number}/move`.
pub fn card(frame: &Frame, it: &Card, now: Instant) -> Markup {
    let row = &it.row;
    let field = format!("move-{}", row.number);
    html! {
        li.card id={ "card-" (row.number) } data-priority=(row.priority.level()) data-unread[row.unread] draggable=[it.may_move.then_some("true")] {
            a.open href={ "/agent/tickets/" (row.number) } data-row { (row.title) @if row.unread { span.sr { " " (t!("list-answered")) } } }
            div.facts { (priority(row.priority)) span.number { (row.number) } span.from { (row.requester) } (countdown(row.clock, t!("list-due"), now)) @if let Some(face) = &row.assignee { (avatar_alone(face)) } @else { (nobody()) } }
            @if it.may_move {
                form.move method="post" action={ "/agent/tickets/" (row.number) "/move" } data-swap="list rail" data-auto {
                    (frame.csrf())
                    input type="hidden" name="was" value=(it.was);
                    label.sr for=(field) { (t!("kanban-move", number = row.number.as_str())) }
                    select.control id=(field) name=(it.property) {
                        @if !it.choices.iter().any(|one| one.value == it.was) { option value=(it.was) selected { (row.status) } }
                        (options(&it.choices, &it.was))
                    }
                    button.button.without-js type="submit" { (t!("kanban-go")) }
                }
            }
        }
    }
}
