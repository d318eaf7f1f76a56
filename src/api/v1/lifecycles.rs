//! Lifecycles: the states of each kind of ticket and the ways between them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    list::ListView,
    tickets::{CategoryName, KindName},
};
use crate::{
    desk::{
        permission::Permission,
        tickets::{Kind, lifecycle::Lifecycle},
    },
    error::Result,
    http::{Caller, Problem, page::Page, query::Query},
};

/// The lifecycle of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleView {
    #[schema(value_type = KindName)]
    pub kind: &'static str,
    /// In the order in which they are offered; a ticket begins in the first.
    pub states: Vec<StateView>,
}

/// A state.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StateView {
    pub key: String,
    pub label: String,
    #[schema(value_type = CategoryName)]
    pub category: &'static str,
    /// Keys of the states that may follow.
    pub next: Vec<String>,
}

fn view(it: &Lifecycle) -> LifecycleView {
    let state = |state: &crate::desk::tickets::lifecycle::State| StateView {
        key: state.key.clone(),
        label: state.label.clone(),
        category: state.category.name(),
        next: it.next_of(&state.key).map(|it| it.key.clone()).collect(),
    };
    LifecycleView { kind: it.kind.name(), states: it.states.iter().map(state).collect() }
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<ListView<LifecycleView>>, Problem> {
    caller.actor.need(Permission::PortalUse)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| Kind::ALL.iter().map(|it| Ok(view(Lifecycle::of(tx, *it)?.as_ref()))).collect::<Result<Vec<_>>>())?;
    Ok(axum::Json(ListView::of_whole(all, &page)?))
}
