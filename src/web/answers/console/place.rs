//! The lists of the console: the seven views that everybody has, and one per queue; each a query with an address.

use crate::{
    desk::{
        Tx,
        actor::Actor,
        board::By,
        query::Sort,
        queues,
        views::{self, Grouping},
    },
    error::{Refusal, Result},
    http::query::Query,
    id::{QueueId, ViewId},
    web::{
        console::list::SORTS,
        tongue::{Phrase, phrase},
    },
};

/// One of the views that everybody has.
pub struct View {
    pub key: &'static str,
    pub name: Phrase,
    /// In the query language.
    pub query: &'static str,
}

const fn view(key: &'static str, name: Phrase, query: &'static str) -> View {
    View { key, name, query }
}

/// In the order of the rail.
pub const VIEWS: [View; 8] = [
    view("mine", phrase!("rail-my-work"), "assignee:me status:open -is:snoozed"),
    view("unassigned", phrase!("rail-unassigned"), "assignee:none status:open"),
    view("breaching", phrase!("rail-breaching-soon"), "status:open due>=now due<+4h"),
    view("breached", phrase!("rail-breached"), "status:open is:breached"),
    view("on-us", phrase!("rail-waiting-us"), "status:open is:on-us"),
    view("waiting", phrase!("rail-waiting-them"), "status:open is:on-them"),
    view("aside", phrase!("live-put-aside"), "assignee:me status:open is:snoozed"),
    view("all", phrase!("rail-all-tickets"), "status:open"),
];

/// The address of a view.
pub fn view_address(key: &str) -> String {
    format!("/agent/views/{key}")
}

/// The address of a queue.
pub fn queue_address(queue: &queues::Queue) -> String {
    format!("/agent/queues/{}", queue.id)
}

/// A list and where in it somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub name: String,
    /// Without sort and page.
    pub href: String,
    /// In the query language.
    pub query: String,
    /// One of `SORTS`.
    pub sort: &'static str,
    /// From 1.
    pub page: usize,
    /// The saved view that it is.
    pub saved: Option<Saved>,
    /// It is shown as a board, in columns of this.
    pub by: Option<By>,
    /// The queue that it is.
    pub queue: Option<QueueId>,
}

/// What a saved view says besides its condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub id: ViewId,
    pub order: Sort,
    pub columns: Vec<String>,
    pub group: Option<Grouping>,
}

/// The order that a saved view has by itself.
pub const OWN_SORT: &str = "own";

/// Pages of a list that have an address; what is further down is found by search.
const PAGES_MAX: usize = 2_000;
/// The order of a list that nobody has ordered: what hurts most first.
const SORT: &str = "priority";

impl Place {
    /// A view by its key.
    pub fn view(tx: &Tx, actor: &Actor, key: &str, query: &Query) -> Result<Place> {
        let Ok(id) = key.parse::<ViewId>() else { return Place::built_in(key, query) };
        let it = views::known(tx, actor, id)?;
        let order = it.order();
        let place = Place::new(it.name, view_address(key), it.query, query);
        let sort = if query.get("sort").is_some_and(|it| it == place.sort) { place.sort } else { OWN_SORT };
        Ok(Place { sort, saved: Some(Saved { id, order, columns: it.columns, group: it.group }), ..place })
    }

    fn built_in(key: &str, query: &Query) -> Result<Place> {
        let view = VIEWS.iter().find(|it| it.key == key).ok_or_else(|| Refusal::not_found("view"))?;
        Ok(Place::new(view.name.into(), view_address(view.key), view.query.to_owned(), query))
    }

    /// A queue by its id or name.
    pub fn queue(tx: &Tx, text: &str, query: &Query) -> Result<Place> {
        let queue = queues::queue_named(tx, text)?.ok_or_else(|| Refusal::not_found("queue"))?;
        let place = Place::new(queue.name.clone(), queue_address(&queue), format!("queue:{} status:open", queue.id), query);
        Ok(Place { queue: Some(queue.id), ..place })
    }

    fn new(name: String, href: String, text: String, query: &Query) -> Place {
        let wanted = query.get("sort").unwrap_or(SORT);
        let sort = SORTS.iter().find(|it| it.0 == wanted).map_or(SORT, |it| it.0);
        let page = query.get("page").and_then(|it| it.parse().ok()).unwrap_or(1).clamp(1, PAGES_MAX);
        let by = query.get("by").and_then(By::named).unwrap_or(By::Status);
        let by = query.get("show").filter(|it| *it == "board").map(|_| by);
        Place { name, href, query: text, sort, page, saved: None, by, queue: None }
    }

    /// The place that a browser remembers, as `address` wrote it; one's own work if it names none.
    pub fn remembered(tx: &Tx, actor: &Actor, address: Option<&str>) -> Result<Place> {
        let found = address.and_then(|it| {
            let (path, query) = it.split_once('?').unwrap_or((it, ""));
            let query = Query::of(query);
            match path.strip_prefix("/agent/")?.split_once('/')? {
                ("views", key) => Place::view(tx, actor, key, &query).ok(),
                ("queues", queue) => Place::queue(tx, queue, &query).ok(),
                _ => None,
            }
        });
        found.map_or_else(|| Place::built_in(VIEWS[0].key, &Query::default()), Ok)
    }

    /// Its address, on another page of the list.
    pub fn on_page(&self, page: usize) -> String {
        let usual = if self.saved.is_some() { OWN_SORT } else { SORT };
        let sort = if self.sort == usual { None } else { Some(format!("sort={}", self.sort)) };
        let page = if page == 1 { None } else { Some(format!("page={page}")) };
        let board = self.by.map(|it| if it == By::Status { "show=board".to_owned() } else { format!("show=board&by={}", it.name()) });
        let query: Vec<String> = board.into_iter().chain(sort).chain(page).collect();
        if query.is_empty() { self.href.clone() } else { format!("{}?{}", self.href, query.join("&")) }
    }

    /// Its address.
    pub fn address(&self) -> String {
        self.on_page(self.page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_its_place() {
        for (address, expected) in [
            ("/agent/views/all", "/agent/views/all"),
            ("/agent/views/all?sort=changed&page=3", "/agent/views/all?sort=changed&page=3"),
            ("/agent/views/all?page=0", "/agent/views/all"),
            ("/agent/views/all?show=board", "/agent/views/all?show=board"),
            ("/agent/views/all?show=board&by=assignee&sort=due", "/agent/views/all?show=board&by=assignee&sort=due"),
            ("/agent/views/all?show=wall&by=assignee", "/agent/views/all"),
            ("/agent/views/all?sort=weather&page=x", "/agent/views/all"),
            ("/agent/views/all?sort=priority&page=999999999", "/agent/views/all?page=2000"),
        ] {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            let key = path.rsplit('/').next().unwrap();
            assert_eq!(Place::built_in(key, &Query::of(query)).unwrap().address(), expected);
        }
        assert!(Place::built_in("nowhere", &Query::default()).is_err());
    }
}
