//! People, looked up by those who work tickets.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::ListView;
use crate::{
    desk::identity::{self, Person},
    http::{Caller, Problem, page::Page, query::Query},
};

/// A person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonView {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub roles: Vec<String>,
    pub department: Option<String>,
    pub active: bool,
}

impl PersonView {
    pub fn of(it: Person) -> PersonView {
        PersonView { id: it.id.0, name: it.name, email: it.email, roles: it.roles, department: it.department, active: it.active }
    }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<PersonView>>, Problem> {
    let page = Page::of(&query, &["q"])?;
    let people = caller.desk.read(|tx| identity::look_up(tx, &caller.actor, query.get("q").unwrap_or_default()))?;
    Ok(axum::Json(ListView::of_whole(people, &page)?.map(PersonView::of)))
}
