//! The pages of `docs/` that are printed from tables in the code: fresh, or the test says how to print them anew.

use std::fmt::Write;

use lodge::{
    desk::{event::EventKind, identity::ROLES, permission::Permission},
    error::Code,
};

fn is_fresh(path: &str, printed: &str) {
    if std::env::var_os("LODGE_BLESS").is_some() {
        std::fs::write(path, printed).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(stored == printed, "{path} is stale: run LODGE_BLESS=1 cargo test --test desk printed");
}

#[test]
fn errors() {
    let mut page = "# Errors\n\nPrinted from `src/error.rs`. Every problem carries one of these codes.\n\n| code | meaning | what to do |\n| --- | --- | --- |\n".to_owned();
    for code in Code::ALL {
        writeln!(page, "| `{}` | {} | {} |", code.as_str(), code.title(), code.advice()).unwrap();
    }
    is_fresh("docs/errors.md", &page);
}

#[test]
fn events() {
    let mut page =
        "# Events\n\nPrinted from `src/desk/event.rs`. The log holds nothing else.\n\n| kind | what happened |\n| --- | --- |\n".to_owned();
    for kind in EventKind::ALL {
        writeln!(page, "| `{}` | {} |", kind.name(), kind.doc()).unwrap();
    }
    is_fresh("docs/events.md", &page);
}

#[test]
fn permissions() {
    let mut page =
        "# Permissions\n\nPrinted from `src/desk/permission.rs` and `role.rs`. Names are scopes of tokens too.\n\n| permission | allows |"
            .to_owned();
    for role in ROLES {
        write!(page, " {} |", role.label).unwrap();
    }
    write!(page, "\n| --- | --- |{}", " --- |".repeat(ROLES.len())).unwrap();
    for permission in Permission::ALL {
        write!(page, "\n| `{}` | {} |", permission.name(), permission.doc()).unwrap();
        for role in ROLES {
            write!(page, " {} |", if role.permissions.has(*permission) { "✓" } else { "" }).unwrap();
        }
    }
    page.push('\n');
    is_fresh("docs/permissions.md", &page);
}

/// The limits as the source states them: the doc comment is the sentence.
#[test]
fn limits() {
    let source = std::fs::read_to_string("src/limits.rs").unwrap();
    let mut page = "# Limits\n\nPrinted from `src/limits.rs`. Each has a clear error when it is reached.\n\n| limit | value | of what |\n| --- | --- | --- |\n".to_owned();
    let mut said = String::new();
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("/// ") {
            said = if said.is_empty() { text.to_owned() } else { format!("{said} {text}") };
        } else if let Some(rest) = line.strip_prefix("pub const ") {
            let (name, value) = rest.split_once(':').unwrap();
            let value = value.split_once('=').unwrap().1.trim().trim_end_matches(';');
            writeln!(page, "| `{name}` | {value} | {said} |").unwrap();
            said.clear();
        } else {
            said.clear();
        }
    }
    is_fresh("docs/limits.md", &page);
}

#[test]
fn metrics() {
    let mut page = "# Metrics\n\nPrinted from `src/ops/metrics.rs`; served at `/metrics` as Prometheus text.\n\n| metric | sort | what |\n| --- | --- | --- |\n".to_owned();
    for it in lodge::ops::metrics::METRICS {
        writeln!(page, "| `{}` | {} | {} |", it.name, format!("{:?}", it.sort).to_lowercase(), it.doc).unwrap();
    }
    is_fresh("docs/metrics.md", &page);
}

/// Every link of the README and of `docs/` to a file of ours leads to one.
#[test]
fn links_lead_somewhere() {
    let mut pages = vec!["README.md".to_owned()];
    pages.extend(std::fs::read_dir("docs").unwrap().map(|it| it.unwrap().path().display().to_string()).filter(|it| it.ends_with(".md")));
    let mut broken = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let folder = std::path::Path::new(&page).parent().unwrap();
        for link in text.split("](").skip(1).filter_map(|it| it.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") && !folder.join(target).exists() {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:?}");
}
