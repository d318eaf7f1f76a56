//! The reader's access tokens.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::parts_of;
use crate::{
    desk::{
        identity::{self, NewToken, Token},
        permission::Permission,
    },
    error::{Code, Error, Result},
    http::{App, Problem, path::Path, problem::status_of},
    id::TokenId,
    web::{
        account::tokens::{LIFETIMES, TokenRow, TokensView, page as tokens_page},
        answers::{
            form::Sent,
            said,
            site::{Reader, page, see},
        },
        tongue::{self, t},
    },
};

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, tokens_page(&view(&app, &reader)?)))
}

fn view(app: &App, reader: &Reader) -> Result<TokensView> {
    reader.actor().need(Permission::TokensOwn)?;
    let tokens = reader.desk.read(|tx| identity::tokens_of(tx, reader.person()))?;
    Ok(TokensView {
        frame: reader.frame(),
        tokens: tokens.into_iter().map(row).collect(),
        scopes: reader
            .actor()
            .permissions
            .iter()
            .map(|it| (it.name(), tongue::named("permission-", it.name()).unwrap_or(it.doc())))
            .collect(),
        parts: parts_of(app, reader)?,
        ..TokensView::default()
    })
}

fn row(it: Token) -> TokenRow {
    TokenRow { id: it.id.to_string(), name: it.name, scopes: it.scopes, created: it.created_at, expires: it.expires_at }
}

/// Shows the page with the new token in it: it is shown this once, so there is no address to come back to.
pub async fn create(State(app): State<App>, reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let days = LIFETIMES.iter().find(|it| it.0 == sent.text("days")).and_then(|it| it.0.parse::<u64>().ok());
    let new = NewToken {
        name: sent.text("name").to_owned(),
        scopes: sent.all("scope").map(str::to_owned).collect(),
        expires_at: days.map(|it| reader.desk.now().plus(Duration::from_secs(it * 24 * 3600))),
    };
    let (actor, me) = (reader.actor().clone(), reader.person());
    let (status, made, error) = match reader.desk.write(Some(me), move |tx| identity::create_token(tx, &actor, me, new)).await {
        Ok((_, text)) => (StatusCode::OK, Some(text), None),
        Err(Error::Refused(it)) if it.code == Code::Validation => (status_of(it.code), None, Some(tongue::sentence(&it.detail))),
        Err(it) => return Err(it.into()),
    };
    let name = if error.is_some() { sent.text("name").to_owned() } else { String::new() };
    let mut response = page(status, tokens_page(&TokensView { made, name, error, ..view(&app, &reader)? }));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub async fn end(reader: Reader, Path(id): Path<TokenId>, _: Sent) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(actor.person(), move |tx| identity::end_token(tx, &actor, id)).await?;
    let mut response = see("/account/tokens");
    response.headers_mut().append(header::SET_COOKIE, said::remember(&said::done(t!("account-token-works-no-more"))));
    Ok(response)
}
