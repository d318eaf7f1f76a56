//! Something is broken: the form, and the ticket that it becomes.

use axum::{http::StatusCode, response::Response};

use super::lodge::{fresh, lodge, message};
use crate::{
    desk::tickets::{Channel, Kind, NewTicket},
    error::{Error, Refusal},
    http::{Problem, problem},
    web::{
        answers::{
            alike,
            form::Sent,
            said,
            site::{Reader, page, see_and_say},
        },
        portal::incident_form::{IncidentFormView, page as form_page},
    },
};

/// What a requester's words mean to the matrix: how badly it hurts, its impact, its urgency.
const HURTS: [(&str, u8, u8); 3] = [("annoying", 4, 3), ("blocked", 3, 2), ("everybody", 1, 1)];

pub async fn form(reader: Reader) -> Result<Response, Problem> {
    let known = reader.desk.read(|tx| alike::known(tx, &reader))?;
    Ok(draw(&reader, IncidentFormView { once: fresh(), known, ..IncidentFormView::default() }, StatusCode::OK))
}

fn draw(reader: &Reader, view: IncidentFormView, status: StatusCode) -> Response {
    page(status, form_page(&IncidentFormView { frame: reader.frame(), ..view }))
}

pub async fn create(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let again = || IncidentFormView {
        title: sent.text("title").to_owned(),
        description: sent.text("description").to_owned(),
        hurt: sent.text("hurt").to_owned(),
        once: fresh(),
        ..IncidentFormView::default()
    };
    if sent.has("look") {
        let (alike, known) = alike::below(&reader, &sent, Kind::Incident)?;
        return Ok(draw(&reader, IncidentFormView { alike, known, ..again() }, StatusCode::OK));
    }
    let Some((_, impact, urgency)) = HURTS.iter().find(|it| it.0 == sent.text("hurt")) else {
        let view = IncidentFormView { hurt_error: Some("Choose how badly it hurts.".to_owned()), ..again() };
        return Ok(draw(&reader, view, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let new = NewTicket {
        description: sent.text("description").to_owned(),
        impact: Some(*impact),
        urgency: Some(*urgency),
        ..NewTicket::new(Kind::Incident, sent.text("title"), Channel::Portal)
    };
    match lodge(&reader, &sent, "/incidents/new", new).await {
        Ok(it) => Ok(see_and_say(&format!("/tickets/{}", it.number), &said::done(format!("Thank you. It is {}.", it.number)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let status = problem::status_of(refusal.code);
            Ok(draw(&reader, with_errors(again(), &refusal), status))
        }
        Err(error) => Err(error.into()),
    }
}

fn with_errors(view: IncidentFormView, refusal: &Refusal) -> IncidentFormView {
    let (title_error, description_error) = (message(refusal, "title"), message(refusal, "description"));
    let error = (title_error.is_none() && description_error.is_none()).then(|| refusal.detail.clone());
    IncidentFormView { title_error, description_error, error, ..view }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{desk::settings::Settings, web::portal::incident_form};

    #[test]
    fn every_choice_of_the_form_has_a_meaning_and_worse_is_more_urgent() {
        let settings = Settings::new("A desk", [0; 32]);
        assert_eq!(HURTS.map(|it| it.0), incident_form::HURTS.map(|it| it.0));
        assert_eq!(HURTS.map(|it| settings.priority(it.1, it.2)), [4, 3, 1]);
    }
}
