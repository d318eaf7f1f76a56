//! How priorities are found: read and changed.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, queues::number, whole};
use crate::{
    desk::{
        permission::Permission,
        routing::{self, RoutingRulesChange},
        settings::Settings,
    },
    error::{Error, Refusal, Result},
    http::{Problem, problem},
    language::say,
    web::{
        admin::{
            priorities::{PrioritiesView, page as priorities_page},
            shell::PRIORITIES,
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        tongue::t,
    },
};

fn filled(admin: &Admin) -> Result<PrioritiesView> {
    admin.desk.read(|tx| {
        let settings = Settings::of(tx)?;
        let routing = &settings.routing;
        Ok(PrioritiesView {
            frame: admin.frame(),
            may_change: admin.actor().may(Permission::SettingsWrite),
            matrix: settings.matrix.map(|row| row.map(|it| it.to_string())),
            vip: routing.vip_priority.to_string(),
            default: routing.default_priority.to_string(),
            weights: routing.weights.map(|it| it.to_string()),
            capacity: routing.capacity.map(|it| it.to_string()).unwrap_or_default(),
            error: None,
            changed: last_change(tx, uuid::Uuid::nil())?,
        })
    })
}

pub async fn show(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    Ok(page(StatusCode::OK, priorities_page(&filled(&admin)?)))
}

fn wanted(sent: &Sent) -> Result<RoutingRulesChange> {
    let level = |text: &str| text.trim().parse::<u8>().map_err(|_| Refusal::field("matrix", "invalid", say!("priorities-priorities-1-4")));
    let cells = sent.all("cell").map(level).collect::<Result<Vec<u8>, _>>()?;
    let mut matrix = [[0; 4]; 4];
    for (i, it) in cells.iter().take(16).enumerate() {
        matrix[i / 4][i % 4] = *it;
    }
    let mut weights = [0; 4];
    for (i, it) in sent.all("weight").take(4).enumerate() {
        weights[i] = it.trim().parse().map_err(|_| Refusal::field("weights", "invalid", say!("priorities-weight-whole-number")))?;
    }
    Ok(RoutingRulesChange {
        matrix: Some(matrix),
        vip_priority: Some(level(sent.text("vip"))?),
        default_priority: Some(level(sent.text("default"))?),
        weights: Some(weights),
        capacity: Some(number(sent, "capacity", "capacity")?),
    })
}

pub async fn change(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let actor = admin.actor().clone();
    let done = match wanted(&sent) {
        Err(error) => Err(error),
        Ok(change) => admin.desk.write(actor.person(), move |tx| routing::change_routing(tx, &actor, change)).await,
    };
    match done {
        Ok(_) => Ok(see_and_say(PRIORITIES.href, &said::done(t!("word-saved")))),
        Err(Error::Refused(refusal)) => {
            let mut view = PrioritiesView { error: whole(&refusal, &[]), ..filled(&admin)? };
            for (i, it) in sent.all("cell").take(16).enumerate() {
                view.matrix[i / 4][i % 4] = it.to_owned();
            }
            for (i, it) in sent.all("weight").take(4).enumerate() {
                view.weights[i] = it.to_owned();
            }
            (view.vip, view.default, view.capacity) =
                (sent.text("vip").to_owned(), sent.text("default").to_owned(), sent.text("capacity").to_owned());
            Ok(page(problem::status_of(refusal.code), priorities_page(&view)))
        }
        Err(error) => Err(error.into()),
    }
}
