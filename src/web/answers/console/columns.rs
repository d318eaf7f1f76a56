//! The columns and groups of a saved view: what stands in a row besides the usual, and what rows are gathered under.

use std::sync::Arc;

use super::place::Saved;
use crate::web::tongue::{self, t};
use crate::{
    desk::{
        Tx, custom,
        tickets::{Cast, Ticket, priority_label},
        views::{COLUMNS, Grouping, USUAL_COLUMNS},
    },
    error::Result,
    web::{
        answers::{
            own_fields,
            site::Agent,
            words::{Words, face},
        },
        components::moment::exact,
        console::list::Row,
    },
};

/// What a column is called where people choose it, and in rows.
pub fn column_name(it: &(&'static str, &'static str)) -> &'static str {
    tongue::named("column-", it.0).unwrap_or(it.1)
}

/// What a list shows.
pub struct Shown<'a> {
    columns: Option<&'a [String]>,
    grouping: Option<Grouping>,
    fields: Arc<custom::Fields>,
    words: &'a Words,
}

impl<'a> Shown<'a> {
    pub fn of(tx: &Tx, saved: Option<&'a Saved>, words: &'a Words) -> Result<Shown<'a>> {
        let (columns, grouping) = saved.map(|it| (it.columns.as_slice(), it.group)).unzip();
        Ok(Shown { columns, grouping: grouping.flatten(), fields: custom::shared(tx)?, words })
    }

    /// The usual columns that are left out.
    pub fn without(&self) -> Vec<&'static str> {
        let Some(columns) = self.columns else { return Vec::new() };
        USUAL_COLUMNS.into_iter().filter(|usual| !columns.iter().any(|it| it == usual)).collect()
    }

    /// Columns besides the usual ones, where something stands in them.
    pub fn more(&self, tx: &Tx, agent: &Agent, cast: &Cast, it: &Ticket) -> Result<Vec<(String, String)>> {
        let mut more = Vec::new();
        for key in self.columns.unwrap_or_default().iter().filter(|it| !USUAL_COLUMNS.contains(&it.as_str())) {
            let name = COLUMNS.iter().find(|column| column.0 == key).map_or_else(|| key.clone(), |it| column_name(it).to_owned());
            let (name, value) = match key.as_str() {
                "created" => (name, exact(it.created_at)),
                "kind" => (name, tongue::word("kind-", it.kind.name()).to_owned()),
                "queue" => (name, self.queue(it)),
                "category" => (name, self.category(it)),
                "organization" => (name, organization(cast, it)),
                "tags" => (name, it.tags.join(", ")),
                "channel" => (name, tongue::word("channel-", it.channel.name()).to_owned()),
                // Its progress stands in every row that has steps.
                "checklist" => continue,
                own => {
                    let Some(field) = self.words.own_field(own) else { continue };
                    let values = custom::visible(&self.fields, agent.actor().may(crate::desk::permission::Permission::TicketsRead), it);
                    let value = values.get(&field.key).map(|it| own_fields::in_words(tx, field, it)).transpose()?;
                    (field.label.clone(), value.unwrap_or_default())
                }
            };
            if !value.is_empty() {
                more.push((name, value));
            }
        }
        Ok(more)
    }

    fn queue(&self, it: &Ticket) -> String {
        it.queue.and_then(|id| self.words.queue(&id.to_string()).map(str::to_owned)).unwrap_or_default()
    }

    fn category(&self, it: &Ticket) -> String {
        it.subtopic.or(it.topic).and_then(|id| self.words.category(id)).unwrap_or_default()
    }

    /// What a ticket is gathered under.
    pub fn group(&self, cast: &Cast, it: &Ticket) -> String {
        let or = |text: String, none: &str| if text.is_empty() { none.to_owned() } else { text };
        match self.grouping {
            None => String::new(),
            Some(Grouping::Status) => self.words.status(it.kind, &it.state),
            Some(Grouping::Priority) => priority_label(it.priority).to_owned(),
            Some(Grouping::Assignee) => it.assignee.map_or_else(|| t!("tools-nobody").to_owned(), |id| face(cast, id).name),
            Some(Grouping::Queue) => or(self.queue(it), t!("tools-no-queue")),
            Some(Grouping::Kind) => tongue::word("kind-", it.kind.name()).to_owned(),
            Some(Grouping::Category) => or(self.category(it), t!("tools-no-category")),
            Some(Grouping::Organization) => or(organization(cast, it), t!("tools-no-organization")),
        }
    }
}

fn organization(cast: &Cast, it: &Ticket) -> String {
    it.organization.and_then(|id| cast.organization(id)).map_or_else(String::new, |it| it.name.clone())
}

/// Puts the rows of a group together, groups in the order in which the list first comes to them. A group is one page's: what stands on
/// the next page is gathered there.
pub fn gather(rows: &mut [Row]) {
    let mut order: Vec<String> = Vec::new();
    for it in rows.iter() {
        if !order.contains(&it.group) {
            order.push(it.group.clone());
        }
    }
    rows.sort_by_key(|it| order.iter().position(|group| *group == it.group));
}
