//! Something is broken: the form, and the ticket that it becomes.

use axum::{http::StatusCode, response::Response};

use super::lodge::{fresh, lodge, message};
use crate::{
    desk::tickets::{Channel, Kind, NewTicket},
    error::{Error, Refusal},
    http::{Problem, problem, query::Query},
    web::{
        answers::{
            alike, drafts,
            form::Sent,
            own_fields::{self, Door},
            said,
            site::{Reader, page, see_and_say},
            templates,
        },
        portal::incident_form::{IncidentFormView, page as form_page},
        tongue::{self, t},
    },
};

/// What a requester's words mean to the matrix: how badly it hurts, its impact, its urgency.
const HURTS: [(&str, u8, u8); 3] = [("annoying", 4, 3), ("blocked", 3, 2), ("everybody", 1, 1)];

pub async fn form(reader: Reader, query: Query) -> Result<Response, Problem> {
    let view = reader.desk.read(|tx| {
        let (kept, draft) = drafts::of_form(tx, reader.actor(), "incident")?;
        let chosen = templates::chosen(tx, reader.actor(), &query, Some(Kind::Incident), draft.as_ref())?;
        let by = chosen.template.as_ref();
        let values = by.map(|it| it.values()).unwrap_or_default();
        let text = |name: &str| draft.as_ref().map_or_else(String::new, |it| it.text(name).to_owned());
        Ok(IncidentFormView {
            kept,
            hurt: text("hurt"),
            once: fresh(),
            known: alike::known(tx, &reader)?,
            own: own_fields::of_form(tx, Door::Portal(Kind::Incident), &values, None)?,
            templates: templates::offered(tx, reader.actor(), "/incidents/new", Some(Kind::Incident), &chosen)?,
            template: chosen.id().map(|it| it.to_string()).unwrap_or_default(),
            title: by.map_or_else(|| templates::title(&query, draft.as_ref()), |it| it.title.clone()),
            description: by.map_or_else(|| text("description"), |it| it.description.clone()),
            ..IncidentFormView::default()
        })
    })?;
    Ok(draw(&reader, view, StatusCode::OK))
}

fn draw(reader: &Reader, view: IncidentFormView, status: StatusCode) -> Response {
    page(status, form_page(&IncidentFormView { frame: reader.frame(), ..view }))
}

pub async fn create(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let (values, custom) = reader.desk.read(|tx| own_fields::sent_at_birth(tx, &sent))?;
    let own = |refusal: Option<&Refusal>| reader.desk.read(|tx| own_fields::of_form(tx, Door::Portal(Kind::Incident), &values, refusal));
    let again = || IncidentFormView {
        title: sent.text("title").to_owned(),
        description: sent.text("description").to_owned(),
        hurt: sent.text("hurt").to_owned(),
        once: fresh(),
        template: sent.text("template").to_owned(),
        ..IncidentFormView::default()
    };
    if sent.has("look") {
        let (articles, alike, known) = alike::below(&reader, &sent, Kind::Incident)?;
        return Ok(draw(&reader, IncidentFormView { articles, alike, known, own: own(None)?, ..again() }, StatusCode::OK));
    }
    let Some((_, impact, urgency)) = HURTS.iter().find(|it| it.0 == sent.text("hurt")) else {
        let view = IncidentFormView { hurt_error: Some(t!("portal-choose-how-badly-hurts").to_owned()), own: own(None)?, ..again() };
        return Ok(draw(&reader, view, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let template = templates::sent(&sent);
    let by = reader.desk.read(|tx| templates::unseen(tx, reader.actor(), template))?;
    let templates::Unseen { tags, category, subcategory } = by;
    let new = NewTicket {
        description: sent.text("description").to_owned(),
        custom,
        template,
        tags,
        category,
        subcategory,
        impact: Some(*impact),
        urgency: Some(*urgency),
        ..NewTicket::new(Kind::Incident, sent.text("title"), Channel::Portal)
    };
    match lodge(&reader, &sent, "/incidents/new", "incident", new).await {
        Ok(it) => Ok(see_and_say(&format!("/tickets/{}", it.number), &said::done(t!("portal-thank-you", number = it.number)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let status = problem::status_of(refusal.code);
            let own = own(Some(&refusal))?;
            Ok(draw(&reader, IncidentFormView { own, ..with_errors(again(), &refusal) }, status))
        }
        Err(error) => Err(error.into()),
    }
}

fn with_errors(view: IncidentFormView, refusal: &Refusal) -> IncidentFormView {
    let (title_error, description_error) = (message(refusal, "title"), message(refusal, "description"));
    let stands_below = title_error.is_some() || description_error.is_some() || own_fields::is_about(refusal);
    let error = (!stands_below).then(|| tongue::sentence(&refusal.detail));
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
