//! Mails that somebody need not have, stopped with the link that stands in them: a page for people, one click for mail programs
//! (RFC 8058). The link is all the proof that is asked for: it does this one thing, for one person and one ticket.

use axum::{http::StatusCode, response::Response};

use super::site::{Site, page};
use crate::{
    desk::mail::stop::{Stop, What},
    error::Refusal,
    http::{Problem, path::Path},
    web::portal::stop::{StopView, page as stop_page},
};

fn read(site: &Site, token: &str) -> Result<Stop, Problem> {
    Ok(Stop::read(&site.settings, token).ok_or_else(|| Refusal::not_found("link"))?)
}

fn view(site: &Site, stop: &Stop, done: bool) -> Result<StopView, Problem> {
    let number = site.desk.read(|tx| stop.number(tx))?;
    Ok(StopView { frame: site.frame(), number, reminders: stop.what == What::Reminders, done })
}

/// Looking stops nothing: mail programs and scanners follow links by themselves.
pub async fn show(site: Site, Path(token): Path<String>) -> Result<Response, Problem> {
    let stop = read(&site, &token)?;
    Ok(page(StatusCode::OK, stop_page(&view(&site, &stop, false)?)))
}

pub async fn stop(site: Site, Path(token): Path<String>) -> Result<Response, Problem> {
    let stop = read(&site, &token)?;
    let it = stop.clone();
    site.desk.write(None, move |tx| it.take_effect(tx)).await?;
    Ok(page(StatusCode::OK, stop_page(&view(&site, &stop, true)?)))
}
