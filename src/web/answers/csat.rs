//! How it was, said with the link from a mail. Looking says nothing: scanners and mail programs follow links by themselves; only a form
//! that is sent does.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use serde::Deserialize;

use super::site::{Site, page};
use crate::{
    desk::{
        Tx,
        satisfaction::{self, Satisfaction, Vote},
    },
    error::{Error, Refusal, Result},
    http::{App, Problem, body, path::Path, problem, query::Query, sign_in::Visit},
    language::say,
    web::{
        portal::csat::{CsatView, page as csat_page},
        tongue,
    },
};

fn name(it: &Satisfaction) -> String {
    Vote { good: it.good, stars: it.stars, comment: None }.name()
}

fn view(tx: &Tx, site: &Site, token: &str) -> Result<CsatView> {
    let (link, ticket) = satisfaction::asked(tx, token)?;
    let said = ticket.satisfaction.as_ref().filter(|it| it.by == link.person);
    Ok(CsatView {
        frame: site.frame(),
        number: satisfaction::number(tx, ticket.id)?,
        stars: site.settings.survey.stars,
        answered: said.map(name),
        comment: said.and_then(|it| it.comment.clone()).unwrap_or_default(),
        ..CsatView::default()
    })
}

/// The address of such a page is a secret: it goes to nobody, and stays in no cache.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

pub async fn show(State(app): State<App>, site: Site, Path(token): Path<String>, query: Query, parts: Parts) -> Result<Response, Problem> {
    app.credentials.attempt(Visit::of(&app, &parts).address)?;
    let mut view = site.desk.read(|tx| view(tx, &site, &token))?;
    let fits = |it: &Vote| it.stars.is_some() == view.stars;
    let chosen = query.get("score").and_then(Vote::named).filter(fits);
    view.chosen = chosen.map(|it| it.name()).unwrap_or_default();
    Ok(private(page(StatusCode::OK, csat_page(&view))))
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    score: String,
    comment: Option<String>,
}

pub async fn rate(State(app): State<App>, site: Site, Path(token): Path<String>, request: Request) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    let visit = Visit::of(&app, &parts);
    app.credentials.attempt(visit.address)?;
    site.desk.read(|tx| satisfaction::asked(tx, &token).map(drop))?;
    let sent: Sent = body::form_value(&body::form_fields(Request::from_parts(parts, content)).await?)?;
    let vote = Vote::named(&sent.score).ok_or_else(|| Refusal::field("score", "invalid", say!("csat-choose-how")))?;
    let vote = Vote { comment: sent.comment.clone(), ..vote };
    let said = token.clone();
    let done = site.desk.write(None, move |tx| satisfaction::rate(tx, &said, vote, visit.origin)).await;
    let mut view = site.desk.read(|tx| view(tx, &site, &token))?;
    view.done = true;
    match done {
        Ok(_) => Ok(private(page(StatusCode::OK, csat_page(&view)))),
        Err(Error::Refused(refusal)) if refusal.fields.iter().any(|it| it.field == "comment") => {
            view.comment = sent.comment.unwrap_or_default();
            view.error = Some(tongue::sentence(&refusal.detail));
            Ok(private(page(problem::status_of(refusal.code), csat_page(&view))))
        }
        Err(error) => Err(error.into()),
    }
}
