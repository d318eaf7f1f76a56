//! The reader's feeds of due work.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header, request},
    response::Response,
};

use super::parts_of;
use crate::{
    desk::{
        calendar_feeds::{self, CalendarFeed, Shows},
        views,
    },
    error::{Code, Error, Result},
    http::{App, Problem, own_address::own_address, path::Path, problem::status_of},
    id::CalendarFeedId,
    web::{
        account::calendars::{CalendarsView, FeedRow, page as calendars_page},
        answers::{
            form::Sent,
            said,
            site::{Reader, page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

const HERE: &str = "/account/calendars";

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    Ok(page(StatusCode::OK, calendars_page(&CalendarsView { mine: true, reminders: true, ..view(&app, &reader)? })))
}

fn view(app: &App, reader: &Reader) -> Result<CalendarsView> {
    let (feeds, views) = reader.desk.read(|tx| {
        let feeds = calendar_feeds::mine(tx, reader.actor())?;
        Ok((feeds, views::usable(tx, reader.actor())?))
    })?;
    let name = |id| views.iter().find(|it| it.id == id).map(|it| it.name.clone());
    let row = |it: CalendarFeed| FeedRow {
        id: it.id.to_string(),
        shows: shows(&it.shows, it.shows.view.and_then(name)),
        name: it.name,
        created: it.created_at,
    };
    Ok(CalendarsView {
        frame: reader.frame(),
        feeds: feeds.into_iter().map(row).collect(),
        views: std::iter::once(Choice::new("", t!("feeds-no-saved-view")))
            .chain(views.iter().map(|it| Choice::new(it.id.to_string(), it.name.as_str())))
            .collect(),
        parts: parts_of(app, reader)?,
        ..CalendarsView::default()
    })
}

fn shows(it: &Shows, view: Option<String>) -> String {
    let parts = [(it.mine, t!("feeds-mine")), (it.teams, t!("feeds-teams")), (it.reminders, t!("feeds-reminders"))];
    let mut all: Vec<String> = parts.into_iter().filter(|it| it.0).map(|it| it.1.to_owned()).collect();
    all.extend(view);
    all.join(" · ")
}

/// Shows the page with the new address in it: it is shown this once, so there is no address to come back to.
pub async fn make(State(app): State<App>, reader: Reader, parts: request::Parts, sent: Sent) -> Result<Response, Problem> {
    let shows = Shows {
        mine: sent.has("mine"),
        teams: sent.has("teams"),
        reminders: sent.has("reminders"),
        view: sent.get("view").and_then(|it| it.parse().ok()),
    };
    let (actor, name, wanted) = (reader.actor().clone(), sent.text("name").to_owned(), shows.clone());
    let done = reader.desk.write(Some(reader.person()), move |tx| calendar_feeds::make(tx, &actor, &name, wanted)).await;
    let (status, made, error) = match done {
        Ok((_, secret)) => (StatusCode::OK, Some(format!("{}/feeds/{secret}.ics", own_address(&app, &parts))), None),
        Err(Error::Refused(it)) if matches!(it.code, Code::Validation | Code::Conflict) => {
            (status_of(it.code), None, Some(tongue::sentence(&it.detail)))
        }
        Err(it) => return Err(it.into()),
    };
    let again = made.is_none();
    let view = CalendarsView {
        made,
        name: if again { sent.text("name").to_owned() } else { String::new() },
        mine: !again || shows.mine,
        teams: again && shows.teams,
        reminders: !again || shows.reminders,
        view: if again { sent.text("view").to_owned() } else { String::new() },
        error,
        ..view(&app, &reader)?
    };
    let mut response = page(status, calendars_page(&view));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub async fn revoke(reader: Reader, Path(id): Path<CalendarFeedId>, _: Sent) -> Result<Response, Problem> {
    let actor = reader.actor().clone();
    reader.desk.write(Some(reader.person()), move |tx| calendar_feeds::revoke(tx, &actor, id)).await?;
    Ok(see_and_say(HERE, &said::done(t!("feeds-revoked"))))
}
