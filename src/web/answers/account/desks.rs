//! Going from one desk to another as the same person.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts as Head},
    response::Response,
};

use super::parts_of;
use crate::{
    appliance::Member,
    error::{Code, Fault, Refusal},
    http::{
        App, Problem, body, csrf, origin,
        own_address::address_on,
        path::Path,
        query::Query,
        sign_in::{self, Visit},
    },
    id::DeskId,
    language::say,
    web::{
        account::desks::{DesksView, OtherDesk, arriving_page, leaving_page, page as desks_page},
        answers::{
            form::Sent,
            sign_in::on,
            site::{Reader, Site, page},
        },
    },
};

pub(super) fn member(reader: &Reader) -> Member {
    Member { desk: reader.desk.id, person: reader.person() }
}

pub async fn show(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let desks = app.appliance.other_desks(member(&reader))?;
    let view = DesksView {
        frame: reader.frame(),
        desks: desks
            .into_iter()
            .map(|it| OtherDesk { id: it.id.to_string(), host: it.hosts.first().cloned().unwrap_or_default(), name: it.name })
            .collect(),
        parts: parts_of(&app, &reader)?,
    };
    Ok(page(StatusCode::OK, desks_page(&view)))
}

pub async fn leave(State(app): State<App>, reader: Reader, Path(to): Path<DeskId>, parts: Head, _: Sent) -> Result<Response, Problem> {
    let from = member(&reader);
    let desk = app.appliance.other_desks(from)?.into_iter().find(|it| it.id == to).ok_or_else(|| Refusal::not_found("desk"))?;
    let nowhere = || Refusal::new(Code::Conflict, say!("account-desk-no-host-name", name = desk.name));
    let host = desk.hosts.first().ok_or_else(nowhere)?;
    let appliance = app.appliance.clone();
    let pass = tokio::task::spawn_blocking(move || appliance.make_pass(from, to)).await;
    let pass = pass.map_err(|it| Fault::because("making a pass", it))??;
    let address = format!("{}/enter?pass={pass}", address_on(&app, &parts, host));
    let mut response = page(StatusCode::OK, leaving_page(&reader.frame(), &desk.name, &address));
    if let Ok(value) = HeaderValue::from_str(&format!("0; url={address}")) {
        response.headers_mut().insert(header::REFRESH, value);
    }
    Ok(private(response))
}

/// What holds a pass is neither kept nor passed on.
fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

pub async fn arrive(site: Site, query: Query) -> Response {
    private(page(StatusCode::OK, arriving_page(&site.frame(), query.get("pass").unwrap_or_default())))
}

pub async fn enter(State(app): State<App>, site: Site, request: Request) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    csrf::same_origin(&app, &parts)?;
    app.credentials.attempt(origin::address(&app, &parts))?;
    let visit = Visit::of(&app, &parts);
    let fields = body::form_fields(Request::from_parts(parts, content)).await?;
    let pass = fields.into_iter().find(|it| it.0 == "pass").map(|it| it.1).unwrap_or_default();
    let (appliance, desk) = (app.appliance.clone(), site.desk.id);
    let taken = tokio::task::spawn_blocking(move || appliance.take_pass(desk, &pass)).await;
    let person = taken.map_err(|it| Fault::because("taking a pass", it))??;
    let over = || Refusal::new(Code::Conflict, say!("account-way-works-once-minute"));
    let person = person.ok_or_else(over)?;
    Ok(on("/", sign_in::sign_in_by_pass(&app, &site.desk, visit, person).await?))
}
