//! Saved views in the console: listed and put into the rail, made and changed by rows or by text, counted before they are kept.

use axum::{http::StatusCode, response::Response};

use super::{columns::column_name, tools};
use crate::language::say;
use crate::web::tongue::{Phrase, phrase, t};
use crate::{
    appliance::ticket_files,
    desk::{
        Tx, custom,
        permission::Permission,
        query::{self, FIELDS, Field, Total},
        queues,
        views::{
            self, COLUMNS, Grouping, SavedView, USUAL_COLUMNS, ViewDraft,
            builder::{Group, Mode, Part, Row, WORDS},
        },
    },
    error::{Code, Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::ViewId,
    limits,
    text::letters::capitalized,
    web::{
        admin::shell::Tick,
        answers::{
            form::Sent,
            portal::lodge::message,
            said,
            site::{Agent, page, see, see_and_say},
        },
        components::field::Choice,
        console::{
            tools::{ToolRow, ToolsView, VIEWS, page as tools_page},
            view_form::{PartView, ViewFormView, page as form_page},
        },
        tongue,
    },
};

/// Orders that the form offers, and what people call them.
const SORTS: [(&str, Phrase); 7] = [
    ("priority:asc", phrase!("tools-sort-priority")),
    ("sla.dueAt:asc", phrase!("tools-sort-due")),
    ("updatedAt:desc", phrase!("tools-sort-changed")),
    ("updatedAt:asc", phrase!("tools-sort-quiet")),
    ("createdAt:desc", phrase!("tools-sort-new")),
    ("createdAt:asc", phrase!("tools-sort-old")),
    ("number:asc", phrase!("tools-sort-number")),
];

fn address(id: ViewId) -> String {
    format!("{}/{id}", VIEWS.href)
}

pub async fn list(agent: Agent) -> Result<Response, Problem> {
    let (rows, rail) = (agent.desk.read(|tx| rows(tx, &agent))?, tools::rail(&agent, VIEWS.href)?);
    let view = ToolsView { frame: agent.frame(), rail, shelf: VIEWS, rows, may_make: agent.actor().may(Permission::TicketsRead) };
    Ok(page(StatusCode::OK, tools_page(&view)))
}

/// What stands in the rail comes first, in its order.
fn rows(tx: &Tx, agent: &Agent) -> Result<Vec<ToolRow>> {
    let actor = agent.actor();
    let pinned = views::in_rail(tx, actor)?;
    let others = views::usable(tx, actor)?.into_iter().filter(|it| !pinned.iter().any(|known| known.id == it.id));
    let is_pinned = pinned.len();
    let row = |(at, it): (usize, SavedView)| {
        Ok(ToolRow {
            id: it.id.to_string(),
            about: if it.query.is_empty() { t!("tools-all-tickets").to_owned() } else { it.query.clone() },
            shared: tools::shared_with(tx, actor, it.owner, &it.sharing)?,
            href: address(it.id),
            open: Some(format!("/agent/views/{}", it.id)),
            pinned: Some(at < is_pinned),
            name: it.name,
        })
    };
    pinned.clone().into_iter().chain(others).enumerate().map(row).collect()
}

/// What stands in the rail, and in which order.
pub async fn pin(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let mut ids: Vec<ViewId> = sent.all("pinned").filter_map(|it| it.parse().ok()).collect();
    for (name, by) in [("up", -1_isize), ("down", 1)] {
        let at = sent.get(name).and_then(|it| it.parse().ok()).and_then(|id: ViewId| ids.iter().position(|it| *it == id));
        let to = at.and_then(|at| at.checked_add_signed(by)).filter(|to| *to < ids.len());
        if let (Some(at), Some(to)) = (at, to) {
            ids.swap(at, to);
        }
    }
    let actor = agent.actor().clone();
    agent.desk.write(Some(agent.person()), move |tx| views::pin(tx, &actor, ids)).await?;
    Ok(see_and_say(VIEWS.href, &said::done(t!("tools-rail-saved"))))
}

// --- the form ---

/// A condition as the form draws it, every part with its place.
fn drawn(group: &Group) -> PartView {
    fn walk(group: &Group, groups: &mut usize, rows: &mut usize) -> PartView {
        let at = *groups;
        *groups += 1;
        let parts = group.parts.iter().map(|it| match it {
            Part::Group(it) => walk(it, groups, rows),
            Part::Row(it) => {
                *rows += 1;
                PartView::Row { at: *rows - 1, field: it.field.clone(), op: it.op.clone(), value: it.value.clone() }
            }
        });
        PartView::Group { at, mode: group.mode.name().to_owned(), parts: parts.collect() }
    }
    walk(group, &mut 0, &mut 0)
}

/// The condition of a form, as it was clicked together.
fn clicked(sent: &Sent) -> Result<Group> {
    let broken = || Refusal::new(Code::Malformed, say!("refused-conditions-broken"));
    let tokens: Vec<&str> = sent.all("part").take(limits::VIEW_PARTS_MAX * 6).collect();
    fn read<'a>(tokens: &mut impl Iterator<Item = &'a str>, depth: usize) -> Option<Group> {
        if depth > limits::QUERY_DEPTH_MAX {
            return None;
        }
        let mut group = Group { mode: Mode::named(tokens.next()?)?, parts: Vec::new() };
        loop {
            match tokens.next()? {
                ")" => return Some(group),
                "(" => group.parts.push(Part::Group(read(tokens, depth + 1)?)),
                "row" => {
                    let (field, op, value) = (tokens.next()?, tokens.next()?, tokens.next()?);
                    group.parts.push(Part::Row(Row { field: field.to_owned(), op: op.to_owned(), value: value.to_owned() }));
                }
                _ => return None,
            }
        }
    }
    let mut tokens = tokens.into_iter();
    match tokens.next() {
        None => Ok(Group::default()),
        Some("(") => Ok(read(&mut tokens, 0).ok_or_else(broken)?),
        Some(_) => Err(broken().into()),
    }
}

/// Does what a button wants to a condition: one row or group more or less.
fn edit(group: &mut Group, wish: &str) {
    let Some((what, at)) = wish.split_once(':') else { return };
    let Ok(at) = at.parse::<usize>() else { return };
    let fresh = || Row { field: "status".to_owned(), op: ":".to_owned(), value: String::new() };
    fn walk(group: &mut Group, what: &str, at: usize, groups: &mut usize, rows: &mut usize, fresh: &dyn Fn() -> Row) {
        let own = *groups;
        *groups += 1;
        let (mut kept, is_here) = (Vec::new(), own == at);
        for part in std::mem::take(&mut group.parts) {
            match part {
                Part::Row(it) => {
                    *rows += 1;
                    if !(what == "drop-row" && *rows - 1 == at) {
                        kept.push(Part::Row(it));
                    }
                }
                Part::Group(mut it) => {
                    let its = *groups;
                    walk(&mut it, what, at, groups, rows, fresh);
                    if !(what == "drop-group" && its == at) {
                        kept.push(Part::Group(it));
                    }
                }
            }
        }
        match what {
            "row" if is_here => kept.push(Part::Row(fresh())),
            "group" if is_here => kept.push(Part::Group(Group { mode: Mode::Any, parts: vec![Part::Row(fresh())] })),
            _ => {}
        }
        group.parts = kept;
    }
    walk(group, what, at, &mut 0, &mut 0, &fresh);
}

/// What the form asks for, and its condition. Whoever changed the text meant the text.
fn wanted(sent: &Sent) -> Result<(ViewDraft, Option<Group>)> {
    let text = sent.text("query").trim().to_owned();
    let by_text = text != sent.text("was").trim();
    let mut group = if by_text { None } else { Some(clicked(sent)?) };
    if let Some(group) = &mut group {
        edit(group, sent.text("do"));
    }
    let query = group.as_ref().map_or(text, Group::text);
    let draft = ViewDraft {
        sharing: tools::sharing_of(sent)?,
        name: sent.text("name").to_owned(),
        query,
        sort: sent.text("sort").to_owned(),
        columns: sent.all("column").map(str::to_owned).collect(),
        group: Grouping::named(sent.text("group")),
        position: sent.get("position").and_then(|it| it.parse().ok()).unwrap_or(10),
    };
    Ok((draft, group))
}

fn filled(tx: &Tx, agent: &Agent, of: Option<&SavedView>, draft: &ViewDraft, group: Option<Group>) -> Result<ViewFormView> {
    let actor = agent.actor();
    let own = custom::shared(tx)?;
    let mut fields = vec![Choice::new(WORDS, t!("tools-words"))];
    fields.extend(
        FIELDS
            .iter()
            .map(|it| Choice::new(it.name, tongue::named("query-field-", it.name).map_or_else(|| capitalized(it.name), str::to_owned))),
    );
    let in_use = || own.fields.iter().filter(|it| it.retired_at.is_none());
    fields.extend(in_use().map(|it| Choice::new(format!("custom.{}", it.key), it.label.as_str())));
    let mut values: Vec<(&str, Vec<String>)> =
        FIELDS.iter().map(|it| (it.name, query::usual_values(it.field).into_iter().map(str::to_owned).collect())).collect();
    values.push((Field::Queue.row().name, queues::queues(tx)?.into_iter().map(|it| it.name).collect()));
    values.retain(|it| !it.1.is_empty());
    let on = |key: &str| if draft.columns.is_empty() { USUAL_COLUMNS.contains(&key) } else { draft.columns.iter().any(|it| it == key) };
    let tick = |key: String, label: String| Tick { on: on(&key), value: key, label, ..Tick::default() };
    let columns = COLUMNS.iter().map(|it| tick(it.0.to_owned(), column_name(it).to_owned()));
    let own_columns = in_use().map(|it| tick(format!("custom.{}", it.key), it.label.clone()));
    let mut sorts: Vec<Choice> = SORTS.iter().map(|(value, label)| Choice::new(*value, label.text())).collect();
    let sort = if draft.sort.is_empty() { SORTS[0].0.to_owned() } else { draft.sort.clone() };
    if !sorts.iter().any(|it| it.value == sort) {
        sorts.push(Choice::new(sort.as_str(), sort.as_str()));
    }
    let mut groups = vec![Choice::new("", t!("tools-nothing"))];
    groups.extend(
        Grouping::ALL
            .iter()
            .map(|it| Choice::new(it.name(), tongue::named("column-", it.name()).map_or_else(|| capitalized(it.name()), str::to_owned))),
    );
    let group_of = group.or_else(|| Group::of(&draft.query).ok());
    Ok(ViewFormView {
        frame: agent.frame(),
        action: of.map_or_else(|| VIEWS.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: of.map_or(Ok(true), |it| views::may_change(tx, actor, it))?,
        name: draft.name.clone(),
        query: draft.query.clone(),
        root: group_of.as_ref().map(drawn),
        fields,
        values,
        sort,
        sorts,
        group: draft.group.map_or("", Grouping::name).to_owned(),
        groups,
        columns: columns.chain(own_columns).collect(),
        position: draft.position.to_string(),
        sharing: tools::sharing_view(tx, actor, &draft.sharing, None)?,
        ..ViewFormView::default()
    })
}

/// How many tickets a condition finds; or what is wrong with it.
async fn count(agent: &Agent, text: &str) -> Result<std::result::Result<Total, String>> {
    let meant = agent.desk.read(|tx| views::meant(tx, agent.actor(), text).map(drop));
    match meant {
        Err(Error::Refused(it)) => return Ok(Err(tongue::sentence(&it.detail))),
        Err(error) => return Err(error),
        Ok(()) => {}
    }
    Ok(Ok(ticket_files::count(&agent.desk, agent.actor(), text).await?))
}

/// The form with a count of what it finds.
async fn draw(
    agent: &Agent,
    of: Option<&SavedView>,
    draft: &ViewDraft,
    group: Option<Group>,
    refusal: Option<Refusal>,
) -> Result<Response, Problem> {
    let view = agent.desk.read(|tx| filled(tx, agent, of, draft, group))?;
    let counted = count(agent, &draft.query).await?;
    let status = refusal.as_ref().map_or(StatusCode::OK, |it| problem::status_of(it.code));
    let said = |name: &str| refusal.as_ref().and_then(|it| message(it, name));
    let own = ["name", "query", "sharing", "teams"];
    let rest = refusal.as_ref().filter(|it| !it.fields.iter().any(|it| own.contains(&it.field.as_str())));
    let view = ViewFormView {
        rail: tools::rail(agent, VIEWS.href)?,
        name_error: said("name"),
        query_error: said("query").or_else(|| counted.as_ref().err().cloned()),
        count: counted.ok(),
        error: rest.map(|it| tongue::sentence(&it.detail)),
        ..view
    };
    let sharing = crate::web::console::tools::SharingView { error: said("sharing").or_else(|| said("teams")), ..view.sharing.clone() };
    Ok(page(status, form_page(&ViewFormView { sharing, ..view })))
}

pub async fn form(agent: Agent, query: crate::http::query::Query) -> Result<Response, Problem> {
    let text = query.get("q").unwrap_or("status:open").chars().take(limits::CONDITION_BYTES_MAX).collect();
    let draft = ViewDraft { query: text, position: 10, ..ViewDraft::default() };
    draw(&agent, None, &draft, None, None).await
}

pub async fn show(agent: Agent, Path(id): Path<ViewId>) -> Result<Response, Problem> {
    let it = agent.desk.read(|tx| views::known(tx, agent.actor(), id))?;
    let draft = draft_of(&it);
    draw(&agent, Some(&it), &draft, None, None).await
}

fn draft_of(it: &SavedView) -> ViewDraft {
    ViewDraft {
        sharing: it.sharing.clone(),
        name: it.name.clone(),
        query: it.query.clone(),
        sort: it.sort.clone(),
        columns: it.columns.clone(),
        group: it.group,
        position: it.position,
    }
}

pub async fn create(agent: Agent, sent: Sent) -> Result<Response, Problem> {
    let (draft, group) = wanted(&sent)?;
    if sent.text("do") != "save" {
        return draw(&agent, None, &draft, group, None).await;
    }
    let (actor, kept) = (agent.actor().clone(), draft.clone());
    match agent.desk.write(Some(agent.person()), move |tx| views::create(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(&format!("/agent/views/{}", it.id), &said::done(t!("tools-view-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, None, &draft, group, Some(refusal)).await,
        Err(error) => Err(error.into()),
    }
}

pub async fn change(agent: Agent, Path(id): Path<ViewId>, sent: Sent) -> Result<Response, Problem> {
    let present = agent.desk.read(|tx| views::known(tx, agent.actor(), id))?;
    let (draft, group) = wanted(&sent)?;
    if sent.text("do") != "save" {
        return draw(&agent, Some(&present), &draft, group, None).await;
    }
    let (actor, kept, version) = (agent.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match agent.desk.write(Some(agent.person()), move |tx| views::change(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(&format!("/agent/views/{}", it.id), &said::done(t!("tools-view-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&agent, Some(&present), &draft, group, Some(refusal)).await,
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(agent: Agent, Path(id): Path<ViewId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = agent.actor().clone();
    agent.desk.write(Some(agent.person()), move |tx| views::delete(tx, &actor, id)).await?;
    Ok(see(VIEWS.href))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_form_draws_it_reads_again_and_buttons_change_one_part() {
        let group = Group::of("status:open (priority<=2 OR (tag:vip assignee:none)) NOT (tag:a OR tag:b)").unwrap();
        fn fields(it: &PartView, into: &mut Vec<String>) {
            match it {
                PartView::Group { mode, parts, .. } => {
                    into.extend(["(".to_owned(), mode.clone()]);
                    parts.iter().for_each(|it| fields(it, into));
                    into.push(")".to_owned());
                }
                PartView::Row { field, op, value, .. } => into.extend(["row".to_owned(), field.clone(), op.clone(), value.clone()]),
            }
        }
        let mut tokens = Vec::new();
        fields(&drawn(&group), &mut tokens);
        let sent = Sent::of_fields(tokens.iter().map(|it| ("part", it.as_str())));
        assert_eq!(clicked(&sent).unwrap(), group);
        for (wish, expected) in [
            ("drop-row:0", "(priority<=2 OR (tag:vip assignee:none)) NOT (tag:a OR tag:b)"),
            ("drop-row:2", "status:open (priority<=2 OR assignee:none) NOT (tag:a OR tag:b)"),
            ("drop-group:1", "status:open NOT (tag:a OR tag:b)"),
            ("drop-group:3", "status:open (priority<=2 OR (tag:vip assignee:none))"),
            ("row:0", "status:open (priority<=2 OR (tag:vip assignee:none)) NOT (tag:a OR tag:b)"),
            ("nonsense", "status:open (priority<=2 OR (tag:vip assignee:none)) NOT (tag:a OR tag:b)"),
        ] {
            let mut edited = group.clone();
            edit(&mut edited, wish);
            assert_eq!(edited.text(), expected, "{wish}");
        }
        for broken in [vec!["row"], vec!["("], vec!["(", "all", "row", "status"], vec!["(", "sometimes", ")"]] {
            assert!(clicked(&Sent::of_fields(broken.iter().map(|it| ("part", *it)))).is_err(), "{broken:?}");
        }
    }
}
