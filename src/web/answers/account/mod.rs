//! What answers for a person's own account.

pub mod appearance;
pub mod availability;
pub mod calendars;
pub mod desks;
pub mod notifications;
pub mod profile;
pub mod second_factor;
pub mod sessions;
pub mod tokens;

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::site::{Reader, Site};
use crate::{
    desk::{features::Feature, identity::Person, permission::Permission},
    error::{Code, Refusal, Result},
    http::{App, Problem, Via},
    language::say,
    web::account::Parts,
};

/// The middleware of these pages: a personal access token does nothing here, so that a token that was found never becomes an account.
pub async fn in_person(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Site>().and_then(|it| it.caller.as_ref());
    if caller.is_some_and(|it| it.via == Via::PersonalToken) {
        let refusal = Refusal::new(Code::Forbidden, say!("account-sign-personal-access-token"));
        return Problem::from(refusal).into_response();
    }
    next.run(request).await
}

/// Which parts of the account this reader has.
pub(in crate::web::answers) fn parts_of(app: &App, reader: &Reader) -> Result<Parts> {
    let desks = !app.appliance.other_desks(desks::member(reader))?.is_empty();
    let me = reader.desk.read(|tx| Ok(tx.get::<Person>(&reader.person())?))?;
    let availability = reader.actor().may(Permission::TicketsRead) && me.is_some_and(|it| it.is_agent());
    let makes_tokens = reader.actor().may(Permission::TokensOwn);
    let has = |it| makes_tokens && !reader.off.has(it);
    Ok(Parts { availability, calendars: has(Feature::CalendarFeeds), tokens: has(Feature::AccessTokens), desks })
}
