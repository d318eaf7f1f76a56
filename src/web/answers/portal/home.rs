//! The first page: for whoever is signed in with their open tickets, for everybody else the two doors.

use axum::{http::StatusCode, response::Response};

use super::tickets;
use crate::{
    desk::notices,
    http::Problem,
    web::{
        answers::{
            alike,
            site::{Reader, Site, page},
            words::first_name,
        },
        portal::home::{HomeView, page as home_page},
    },
};

/// Open tickets that the page has room for.
const SHOWN: usize = 5;

pub async fn show(site: Site) -> Result<Response, Problem> {
    let Some(caller) = site.caller.clone() else {
        return Ok(page(StatusCode::OK, home_page(&HomeView { frame: site.frame(), ..HomeView::default() })));
    };
    let reader = Reader { site, caller };
    let answer = tickets::mine(&reader, "status:open", 0, SHOWN).await?;
    let unread = reader.desk.read(|tx| notices::unread_tickets(tx, reader.actor()))?;
    let view = HomeView {
        frame: reader.frame(),
        first_name: first_name(&reader.caller.person.name).to_owned(),
        open: answer.tickets.iter().map(|it| tickets::view(&reader, it, &unread)).collect(),
        open_total: answer.total.count,
        known: reader.desk.read(|tx| alike::known(tx, &reader))?,
    };
    Ok(page(StatusCode::OK, home_page(&view)))
}
