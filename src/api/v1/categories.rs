//! Categories: what tickets are about.

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{Level, Named, given, nullable, required},
    list::ListView,
    one,
    tickets::PriorityName,
};
use crate::{
    desk::{
        permission::Permission,
        queues::{self, Category, CategoryChange},
        tickets::priority_label,
    },
    error::Refusal,
    http::{
        Caller, Problem,
        body::RawJson,
        idempotency::{self, Key, Reply},
        page::Page,
        path::Path,
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
    /// What its tickets get, whatever their impact and urgency.
    #[schema(value_type = Option<PriorityName>)]
    pub priority: Option<&'static str>,
    /// Where its tickets go when no rule says otherwise.
    pub queue: Option<Uuid>,
    /// What one must know for its tickets, where a queue asks for that.
    pub skills: Vec<String>,
}

/// A category to be.
#[derive(Default, Deserialize, ToSchema)]
pub struct NewCategoryInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Id or name of the category above.
    pub parent: Option<Named>,
    /// What its tickets get, whatever their impact and urgency.
    pub priority: Option<Level>,
}

fn view(it: Category) -> CategoryView {
    CategoryView {
        id: it.id.0,
        name: it.name,
        parent: it.parent.map(|it| it.0),
        priority: it.priority.map(priority_label),
        queue: it.queue.map(|it| it.0),
        skills: it.skills,
    }
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

/// Changes to a category; what is absent stays, null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct CategoryPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Level>, required = false)]
    pub priority: Option<Option<Level>>,
    /// Id or name.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub queue: Option<Option<Named>>,
    /// All of them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<String>, required = false, max_items = 50)]
    pub skills: Option<Vec<String>>,
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: CategoryPatchInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = queues::category_named(tx, &id, None)?.ok_or_else(|| Refusal::not_found("category"))?;
        let unknown = || Refusal::field("queue", "unknown", "There is no such queue.");
        let queue = match input.queue {
            None => None,
            Some(None) => Some(None),
            Some(Some(it)) => Some(Some(queues::queue_named(tx, &it.text)?.ok_or_else(unknown)?.id)),
        };
        let priority = input.priority.map(|it| it.map(|it| it.0));
        let change = CategoryChange { name: input.name, priority, queue, skills: input.skills };
        let after = queues::change_category(tx, actor, before.id, change)?;
        Ok((view(before), view(after)))
    })
    .await
}
