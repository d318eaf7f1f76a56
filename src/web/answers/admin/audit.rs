//! What was changed, in the settings: the newest part of the log, and what is before it.

use axum::{http::StatusCode, response::Response};

use super::{Admin, who};
use crate::{
    desk::{
        Tx,
        audit::{self, Entry},
        permission::Permission,
    },
    error::Result,
    http::{Problem, query::Query},
    web::{
        admin::{
            audit::{AuditRow, AuditView, page as audit_page},
            shell::AUDIT,
        },
        answers::site::page,
        tongue,
    },
};

/// Entries of a page.
const ROWS: usize = 50;

fn row(tx: &Tx, it: &Entry) -> Result<AuditRow> {
    let name = |field: &String| {
        let key = field.to_lowercase();
        tongue::named("setting-", &key).or_else(|| tongue::named("field-name-", &key)).map_or_else(|| field.clone(), str::to_owned)
    };
    Ok(AuditRow {
        at: it.at,
        who: who(tx, &it.actor)?,
        what: tongue::named("event-", &it.kind).map_or_else(|| it.kind.replace(['.', '_'], " "), str::to_owned),
        fields: it.changes.keys().map(name).collect::<Vec<_>>().join(", "),
        from: it.origin.address.clone().unwrap_or_default(),
    })
}

pub async fn show(admin: Admin, query: Query) -> Result<Response, Problem> {
    admin.actor().need(Permission::AuditRead)?;
    let all = query.get("show") == Some("all");
    let before = query.get("before").and_then(|it| it.parse().ok());
    let view = admin.desk.read(|tx| {
        let part = audit::part(tx, admin.actor(), before, !all, ROWS)?;
        let older = part.next.map(|it| format!("{}?{}before={it}", AUDIT.href, if all { "show=all&" } else { "" }));
        let rows = part.entries.iter().map(|it| row(tx, it)).collect::<Result<_>>()?;
        Ok(AuditView { frame: admin.frame(), rows, all, older })
    })?;
    Ok(page(StatusCode::OK, audit_page(&view)))
}
