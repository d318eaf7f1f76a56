//! I need something: the form, and the request that it becomes.

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
        portal::request_form::{RequestFormView, page as form_page},
        tongue::{self, t},
    },
};

pub async fn form(reader: Reader, query: Query) -> Result<Response, Problem> {
    let view = reader.desk.read(|tx| {
        let (kept, draft) = drafts::of_form(tx, reader.actor(), "request")?;
        let chosen = templates::chosen(tx, reader.actor(), &query, Some(Kind::Request), draft.as_ref())?;
        let by = chosen.template.as_ref();
        let values = by.map(|it| it.values()).unwrap_or_default();
        let text = |name: &str| draft.as_ref().map_or_else(String::new, |it| it.text(name).to_owned());
        Ok(RequestFormView {
            kept,
            once: fresh(),
            known: alike::known(tx, &reader)?,
            own: own_fields::of_form(tx, Door::Portal(Kind::Request), &values, None)?,
            templates: templates::offered(tx, reader.actor(), "/requests/new", Some(Kind::Request), &chosen)?,
            template: chosen.id().map(|it| it.to_string()).unwrap_or_default(),
            title: by.map_or_else(|| templates::title(&query, draft.as_ref()), |it| it.title.clone()),
            description: by.map_or_else(|| text("description"), |it| it.description.clone()),
            ..RequestFormView::default()
        })
    })?;
    Ok(draw(&reader, view, StatusCode::OK))
}

fn draw(reader: &Reader, view: RequestFormView, status: StatusCode) -> Response {
    page(status, form_page(&RequestFormView { frame: reader.frame(), ..view }))
}

pub async fn create(reader: Reader, sent: Sent) -> Result<Response, Problem> {
    let (values, custom) = reader.desk.read(|tx| own_fields::sent_at_birth(tx, &sent))?;
    let own = |refusal: Option<&Refusal>| reader.desk.read(|tx| own_fields::of_form(tx, Door::Portal(Kind::Request), &values, refusal));
    let again = || RequestFormView {
        title: sent.text("title").to_owned(),
        description: sent.text("description").to_owned(),
        once: fresh(),
        template: sent.text("template").to_owned(),
        ..RequestFormView::default()
    };
    if sent.has("look") {
        let (articles, alike, known) = alike::below(&reader, &sent, Kind::Request)?;
        return Ok(draw(&reader, RequestFormView { articles, alike, known, own: own(None)?, ..again() }, StatusCode::OK));
    }
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
        ..NewTicket::new(Kind::Request, sent.text("title"), Channel::Portal)
    };
    match lodge(&reader, &sent, "/requests/new", "request", new).await {
        Ok(it) => Ok(see_and_say(&format!("/tickets/{}", it.number), &said::done(t!("portal-thank-you", number = it.number)))),
        Err(Error::Refused(refusal)) if !refusal.fields.is_empty() => {
            let (title_error, description_error) = (message(&refusal, "title"), message(&refusal, "description"));
            let stands_below = title_error.is_some() || description_error.is_some() || own_fields::is_about(&refusal);
            let error = (!stands_below).then(|| tongue::sentence(&refusal.detail));
            let view = RequestFormView { error, title_error, description_error, own: own(Some(&refusal))?, ..again() };
            Ok(draw(&reader, view, problem::status_of(refusal.code)))
        }
        Err(error) => Err(error.into()),
    }
}
