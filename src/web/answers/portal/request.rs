//! I need something: the form, and the request that it becomes.

use axum::{http::StatusCode, response::Response};

use super::lodge::{fresh, lodge, message};
use crate::{
    desk::tickets::{Channel, Kind, NewTicket},
    error::Error,
    http::{Problem, problem},
    web::{
        answers::{
            alike,
            form::Sent,
            said,
            site::{Reader, page, see_and_say},
        },
        portal::request_form::{RequestFormView, page as form_page},
    },
};

pub async fn form(reader: Reader) -> Result<Response, Problem> {
    let known = reader.desk.read(|tx| alike::known(tx, &reader))?;
    Ok(draw(&reader, RequestFormView { once: fresh(), known, ..RequestFormView::default() }, StatusCode::OK))
}

fn draw(reader: &Reader, view: RequestFormView, status: StatusCode) -> Response {
    page(status, form_page(&RequestFormView { frame: reader.frame(), ..view }))
}

pub async fn create(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let again = || RequestFormView {
        title: sent.text("title").to_owned(),
        description: sent.text("description").to_owned(),
        once: fresh(),
        ..RequestFormView::default()
    };
    if sent.has("look") {
        let (alike, known) = alike::below(&reader, &sent, Kind::Request)?;
        return Ok(draw(&reader, RequestFormView { alike, known, ..again() }, StatusCode::OK));
    }
    let new = NewTicket {
        description: sent.text("description").to_owned(),
        ..NewTicket::new(Kind::Request, sent.text("title"), Channel::Portal)
    };
    match lodge(&reader, &sent, "/requests/new", new).await {
        Ok(it) => Ok(see_and_say(&format!("/tickets/{}", it.number), &said::done(format!("Thank you. It is {}.", it.number)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let (title_error, description_error) = (message(&refusal, "title"), message(&refusal, "description"));
            let error = (title_error.is_none() && description_error.is_none()).then(|| refusal.detail.clone());
            let view = RequestFormView { error, title_error, description_error, ..again() };
            Ok(draw(&reader, view, problem::status_of(refusal.code)))
        }
        Err(error) => Err(error.into()),
    }
}
