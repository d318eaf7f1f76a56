//! For whom something is that people make for their work, as bodies write it.

use utoipa::ToSchema;
use uuid::Uuid;

use crate::{desk::sharing::Sharing, error::Result, id::TeamId};

/// For whom it is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum SharedWith {
    Own,
    Teams,
    Everybody,
}

/// What a body says.
pub fn meant(sharing: &str, teams: Vec<Uuid>) -> Result<Sharing> {
    Sharing::named(sharing, teams.into_iter().map(TeamId).collect())
}

/// The teams with which something is shared.
pub fn teams_of(it: &Sharing) -> Vec<Uuid> {
    it.teams().iter().map(|it| it.0).collect()
}
