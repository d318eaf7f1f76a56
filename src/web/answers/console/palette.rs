//! Where the palette leads besides the actions of the page: every list and every queue, by name.

use axum::{Json, response::IntoResponse};
use serde::Serialize;

use super::place::{VIEWS, queue_address, view_address};
use crate::{
    desk::queues,
    http::{Problem, features::is_away},
    web::{
        admin::shell::{GROUPS, mail_of},
        answers::{admin, site::Agent},
        tongue::t,
    },
};

#[derive(Serialize)]
struct Entry {
    name: String,
    hint: &'static str,
    href: String,
}

pub async fn entries(agent: Agent) -> Result<impl IntoResponse, Problem> {
    let views = VIEWS.iter().map(|it| Entry { name: it.name.into(), hint: t!("palette-view"), href: view_address(it.key) });
    let queues = agent.desk.read(queues::queues)?;
    let queues = queues.into_iter().map(|it| Entry { href: queue_address(&it), hint: t!("palette-queue"), name: it.name });
    let pages = [
        (t!("shift-title"), "/agent/dashboard"),
        (t!("time-report"), "/agent/reports/time"),
        (t!("word-new-ticket"), "/agent/tickets/new"),
        (t!("word-search"), "/agent/search"),
        (t!("palette-portal"), "/"),
        (t!("palette-style-guide"), "/styleguide"),
    ];
    let pages = pages.map(|(name, href)| Entry { name: name.to_owned(), hint: t!("palette-page"), href: href.to_owned() });
    let settings = if admin::may_enter(agent.actor()) { GROUPS.to_vec() } else { Vec::new() };
    let mail = agent.frame().viewer.as_ref().and_then(mail_of);
    let settings = settings.into_iter().chain(mail).flat_map(|it| it.1).filter(|it| !is_away(agent.off, it.href)).map(|it| Entry {
        name: it.name.into(),
        hint: t!("palette-settings"),
        href: it.href.to_owned(),
    });
    Ok(Json(views.chain(queues).chain(pages).chain(settings).collect::<Vec<_>>()))
}
