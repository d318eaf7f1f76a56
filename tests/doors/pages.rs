//! Every address of the pages with its method, read from the source of their table, so that no test forgets one.

use std::collections::BTreeSet;

/// All of them, as `("get", "/agent/tickets/{number}")`.
pub fn all() -> BTreeSet<(&'static str, String)> {
    let source = include_str!("../../src/web/routes.rs");
    let mut found = BTreeSet::new();
    let mut prefix = None;
    for line in source.lines() {
        if line.starts_with("fn ") || line.starts_with("pub fn ") {
            let name = line.split("fn ").nth(1).and_then(|it| it.split('(').next()).unwrap();
            prefix = match name {
                "portal" | "doors" | "own_account" => Some(""),
                "console" => Some("/agent"),
                "settings" | "mail" => Some("/agent/admin"),
                "server" => Some("/operator"),
                "routes" => None,
                other => panic!("say where the pages of `{other}` lie"),
            };
        }
        let Some((path, handlers)) = line.trim().strip_prefix(".route(\"").and_then(|it| it.split_once("\", ")) else { continue };
        let Some(prefix) = prefix else { continue };
        let path = if path == "/" && !prefix.is_empty() { prefix.to_owned() } else { format!("{prefix}{path}") };
        for method in ["get", "post"] {
            if handlers.contains(&format!("{method}(")) {
                found.insert((method, path.clone()));
            }
        }
    }
    assert!(found.len() > 80 && found.contains(&("post", "/agent/tickets".to_owned())), "the table is written in another way");
    found
}
