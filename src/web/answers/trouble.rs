//! Problems as pages. The doors tell a problem once, as `Told`; here it is drawn for people, with the same status. Whoever is not
//! signed in is sent to the door and comes back afterwards.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::html;

use super::{
    console::rail,
    site::{Site, page, see},
};
use crate::{
    desk::permission::Permission,
    error::Code,
    http::problem::Told,
    time::Instant,
    web::{
        console,
        layout::{Frame, Room, portal},
        tongue::{self, t},
        trouble::{self, Trouble},
    },
};

/// Draws the answer's problem, if it has one.
pub fn as_page(site: &Site, response: Response) -> Response {
    let Some(Told(view, said)) = response.extensions().get::<Told>() else { return response };
    let status = StatusCode::from_u16(view.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status == StatusCode::UNAUTHORIZED {
        // A script is told by the status and goes to the door itself.
        if site.is_fragment() {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let next: String = form_urlencoded::byte_serialize(site.address.as_bytes()).collect();
        return see(&format!("/sign-in?next={next}"));
    }
    let works = site.caller.as_ref().is_some_and(|it| it.actor.may(Permission::TicketsRead));
    let markup = match status {
        _ if view.code == Code::FeatureOff.as_str() => trouble::page(&site.frame(), Trouble::Away, Some(&tongue::sentence(said)), None),
        StatusCode::NOT_FOUND if works && site.address.starts_with("/agent") => {
            let rail = site.desk.read(|tx| rail::view(tx, site, "")).unwrap_or_default();
            console::not_found::page(&site.frame(), &rail)
        }
        StatusCode::NOT_FOUND => trouble::page(&site.frame(), Trouble::NotFound, None, None),
        StatusCode::FORBIDDEN => trouble::page(&site.frame(), Trouble::Forbidden, None, None),
        StatusCode::SERVICE_UNAVAILABLE => trouble::page(&site.frame(), Trouble::Unavailable, None, None),
        it if it.is_server_error() => trouble::page(&site.frame(), Trouble::Broken, Some(&tongue::sentence(said)), None),
        _ => trouble::page(&site.frame(), Trouble::Refused, Some(&tongue::sentence(said)), None),
    };
    let mut drawn = page(status, markup);
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        drawn.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    drawn
}

/// There is no page at this address.
pub fn not_found() -> crate::http::Problem {
    crate::error::Refusal::not_found("page").into()
}

/// The page of a desk that nobody has set up.
pub fn not_set_up(now: Instant) -> maud::Markup {
    let frame = Frame { now, desk: "Lodge".into(), ..Frame::default() };
    let main = html! {
        div.trouble {
            (crate::web::components::icon::ridge())
            div {
                h1 { (t!("frame-desk-not-set-up")) }
                p.lede { (t!("frame-lodge-runs-desk-still")) }
            }
            p { (t!("frame-start-link")) }
        }
    };
    portal(&frame, Room::Door, t!("frame-not-set-up-yet"), main)
}
