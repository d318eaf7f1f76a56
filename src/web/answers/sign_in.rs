//! In and out of the desk, by mail address and password.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Deserialize;

use super::site::{Site, own_path, page, see};
use crate::{
    desk::identity,
    error::{Code, Error},
    http::{
        App, Problem, Via, auth, body,
        csrf::{self, Form},
        origin,
        query::Query,
        sign_in::{Credentials, sign_in},
    },
    secret::Secret,
    web::portal::sign_in as door,
};

/// Where somebody goes after signing in.
fn next_of(text: Option<&str>) -> String {
    own_path(text.unwrap_or("/")).to_owned()
}

pub async fn show(site: Site, query: Query) -> Response {
    let next = next_of(query.get("next"));
    if site.caller.is_some() {
        return see(&next);
    }
    page(StatusCode::OK, door::page(&door::SignInView { frame: site.frame(), next, ..Default::default() }))
}

#[derive(Deserialize)]
struct Sent {
    email: String,
    password: String,
    next: Option<String>,
}

pub async fn enter(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    // There is no session yet whose token could be asked for; that the form is ours is told by the browser.
    csrf::same_origin(&app, &parts)?;
    let fields = body::form_fields(Request::from_parts(parts.clone(), content)).await?;
    let sent: Sent = body::form_value(&fields)?;
    let next = next_of(sent.next.as_deref());
    let credentials = Credentials { email: sent.email.clone(), password: Secret::new(sent.password) };
    let entered = sign_in(&app, &site.desk, origin::address(&app, &parts), origin::of(&app, &parts), credentials, false).await;
    match entered {
        Ok((_, started)) => {
            let mut response = see(&next);
            response.headers_mut().append(header::SET_COOKIE, cookie_value(&app, Some(&started.secret)));
            Ok(response)
        }
        Err(Problem { error: Error::Refused(refusal), .. }) if matches!(refusal.code, Code::Unauthenticated | Code::RateLimited) => {
            let status = crate::http::problem::status_of(refusal.code);
            let view = door::SignInView { frame: site.frame(), email: sent.email, error: Some(refusal.detail), next, ..Default::default() };
            Ok(page(status, door::page(&view)))
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

pub async fn leave(State(app): State<App>, site: Site, _: Form<Nothing>) -> Result<Response, Problem> {
    if let Some(Via::Cookie { secret, .. }) = site.caller.as_ref().map(|it| it.via.clone()) {
        let origin = site.caller.as_ref().map(|it| it.actor.origin.clone()).unwrap_or_default();
        site.desk.write(None, move |tx| identity::end_session(tx, &secret, &origin)).await?;
    }
    let mut response = see("/");
    response.headers_mut().append(header::SET_COOKIE, cookie_value(&app, None));
    Ok(response)
}

fn cookie_value(app: &App, secret: Option<&str>) -> HeaderValue {
    // Secrets are hexadecimal; what is no header value signs nobody in.
    HeaderValue::from_str(&auth::session_cookie(app, secret)).unwrap_or(HeaderValue::from_static(""))
}
