//! Categories: what tickets are about.

use axum::{http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Level, Named, given, required},
    list::ListView,
    tickets::PriorityName,
};
use crate::{
    desk::{
        permission::Permission,
        queues::{self, Category},
        tickets::priority_label,
    },
    error::Refusal,
    http::{
        Caller, Problem,
        body::RawJson,
        idempotency::{self, Key, Reply},
        page::Page,
        query::Query,
    },
};

/// A category.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryView {
    pub id: Uuid,
    pub name: String,
    /// The category that this one refines.
    pub parent: Option<Uuid>,
    /// What its tickets get if nobody says how much it hurts.
    #[schema(value_type = Option<PriorityName>)]
    pub priority: Option<&'static str>,
}

/// A category to be.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewCategoryInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Id or name of the category above.
    pub parent: Option<Named>,
    /// What its tickets get if nobody says how much it hurts.
    pub priority: Option<Level>,
}

fn view(it: Category) -> CategoryView {
    CategoryView { id: it.id.0, name: it.name, parent: it.parent.map(|it| it.0), priority: it.priority.map(priority_label) }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<CategoryView>>, Problem> {
    caller.actor.need(Permission::PortalUse)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(queues::categories)?.into_iter().map(view).collect();
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let (input, raw) = json.parse()?.into_value_and_raw::<NewCategoryInput>()?;
    let name = required("name", input.name)?;
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, &raw, move |tx| {
        let unknown = || Refusal::field("parent", "unknown", "There is no such category.");
        let parent = match &input.parent {
            Some(it) => Some(queues::category_named(tx, &it.text, None)?.ok_or_else(unknown)?.id),
            None => None,
        };
        Reply::json(StatusCode::CREATED, &view(queues::create_category(tx, &actor, &name, parent, input.priority.map(|it| it.0))?))
    })
    .await
}
