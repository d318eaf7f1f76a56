//! What was changed, in the settings: the newest part of the log, and what is before it.

use axum::{http::StatusCode, response::Response};

use super::{Admin, who};
use crate::{
    desk::{
        Tx,
        audit::{self, Entry},
        custom,
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

/// What a field is called; one of the desk's own by its label.
fn name(tx: &Tx, field: &str) -> Result<String> {
    if let Some(key) = field.strip_prefix("custom.") {
        let own = custom::shared(tx)?.fields.iter().find(|it| it.key == key).map(|it| it.label.clone());
        return Ok(own.unwrap_or_else(|| key.to_owned()));
    }
    let key = field.to_lowercase();
    let known = tongue::named("setting-", &key).or_else(|| tongue::named("field-name-", &key));
    Ok(known.map_or_else(|| field.to_owned(), str::to_owned))
}

fn row(tx: &Tx, it: &Entry) -> Result<AuditRow> {
    Ok(AuditRow {
        at: it.at,
        who: who(tx, &it.actor)?,
        what: tongue::named("event-", &it.kind).map_or_else(|| it.kind.replace(['.', '_'], " "), str::to_owned),
        fields: it.changes.keys().map(|it| name(tx, it)).collect::<Result<Vec<_>>>()?.join(", "),
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

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::{Path, PathBuf},
    };

    use crate::{
        desk::routing::Question,
        language::{self, Language},
    };

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                sources(&path, into);
            } else if path.extension().is_some_and(|it| it == "rs") && !FILLED.iter().any(|it| path.ends_with(it)) {
                into.push(path);
            }
        }
    }

    /// What is filled into mails is no change of anything.
    const FILLED: [&str; 5] = ["tests.rs", "placeholders.rs", "mail/compose.rs", "mail/gathered.rs", "notify/account.rs"];

    /// The names between quotes that follow a mark.
    fn after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
        let found =
            text.match_indices(mark).filter_map(move |(at, _)| text[at + mark.len()..].trim_start().strip_prefix('"')?.split('"').next());
        found.filter(|it| it.chars().all(char::is_alphanumeric) && it.starts_with(char::is_lowercase))
    }

    /// The bodies of functions that give facts of a thing as pairs.
    fn facts(text: &str) -> impl Iterator<Item = &str> {
        let heads = ["fn facts(", "fn changes(", "fn changes_since(", "fn for_log("];
        heads
            .into_iter()
            .flat_map(move |head| text.match_indices(head).map(|(at, _)| text[at..].split("\n    }\n").next().unwrap_or_default()))
    }

    #[test]
    fn every_field_that_can_be_recorded_has_a_word() {
        let mut all = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/desk"), &mut all);
        let mut names = BTreeSet::new();
        for path in all {
            let text = fs::read_to_string(path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines: Vec<&str> = text.lines().filter(|it| !it.trim_start().starts_with("//")).collect();
            let text = lines.join("\n");
            for mark in [".set(", ".field("] {
                names.extend(after(&text, mark).map(str::to_owned));
            }
            for it in facts(&text) {
                names.extend(after(it, "(").map(str::to_owned));
            }
        }
        names.extend(Question::ALL.map(|it| it.reason_field().to_owned()));
        assert!(names.len() > 200, "the desk records its changes in another way: {}", names.len());
        let known = |language, name: &str| {
            let key = name.to_lowercase();
            ["setting-", "field-name-"].iter().any(|it| language::find(language, &format!("{it}{key}")).is_some())
        };
        for language in [Language::English, Language::German] {
            let nameless: Vec<&String> = names.iter().filter(|it| !known(language, it)).collect();
            assert!(nameless.is_empty(), "without a word in {language:?}: {nameless:?}");
        }
    }
}
