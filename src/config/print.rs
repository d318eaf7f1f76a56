//! What is printed from the table: the values in force, the commented example, the page of documentation.

use std::fmt::Write;

use super::{
    keys::{KEYS, Key, ValueKind},
    load::Loaded,
};

/// The values in force as TOML, each with where it came from; secrets are masked, and what is not set stands as a comment.
pub fn show(loaded: &Loaded) -> String {
    let mut lines: Vec<(Option<&str>, String, String)> = Vec::new();
    for key in KEYS {
        let (section, name) = key.place();
        let (text, origin) = match loaded.values.get(key.name) {
            Some(held) => (format!("{name} = {}", held.setting.to_toml()), held.origin.to_string()),
            None => (format!("# {name} ="), "not set".to_owned()),
        };
        lines.push((Some(section), text, origin));
    }
    let width = lines.iter().map(|(_, text, _)| text.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    let mut current = "";
    for (section, text, origin) in lines {
        heading(&mut out, &mut current, section.unwrap_or(""));
        let _ = writeln!(out, "{text:width$}  # {origin}");
    }
    out
}

/// The example file: every key with its sentence and its default, all commented out, so that it changes nothing.
pub fn example() -> String {
    let mut out = String::from(
        "# Settings of Lodge. Everything here is optional: without this file it listens on 127.0.0.1:8080 and keeps its data in ./data.\n\
         # It is looked for as --config FILE, ./lodge.toml, /etc/lodge/lodge.toml. A variable beats the file: LODGE_SMTP__HOST for host in [smtp].\n\
         # Sizes are powers of 1024 (KB, MB, GB). What is not in this list is refused.\n\n",
    );
    let mut current = "";
    for key in KEYS {
        let (section, name) = key.place();
        heading(&mut out, &mut current, section);
        let _ = writeln!(out, "# {} ({})", key.doc, key.kind.words());
        let _ = writeln!(out, "# {name} = {}", sample(key));
        if key.kind == ValueKind::Secret {
            let _ = writeln!(out, "# {name}_file = \"/run/secrets/{}\"", key.name.replace('.', "_"));
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// `docs/config.md`.
pub fn docs() -> String {
    let mut out = String::from(
        "# Settings\n\n\
         Printed from `src/config/keys.rs`; do not edit. Lodge starts without any of these.\n\n\
         A value comes from the environment, else from the file (`--config FILE`, else `./lodge.toml`, else `/etc/lodge/lodge.toml`), else it is the\n\
         default. `lodge config show` prints the values in force and where each came from, `lodge config check` says what does not fit, and\n\
         `lodge config example` prints a commented file. In the environment, lists have commas between their items. A secret may also be read from\n\
         a file: the same key with `_file` behind it. Sizes are powers of 1024.\n\n\
         | key | variable | value | default | since | |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for key in KEYS {
        let default = default_toml(key).map_or("not set".to_owned(), |it| format!("`{it}`"));
        let _ = writeln!(out, "| `{}` | `{}` | {} | {default} | {} | {} |", key.name, key.variable(), key.kind.words(), key.since, key.doc);
    }
    out
}

fn heading<'a>(out: &mut String, current: &mut &'a str, section: &'a str) {
    if *current != section {
        if !out.ends_with("\n\n") {
            out.push('\n');
        }
        let _ = writeln!(out, "[{section}]");
        *current = section;
    }
}

/// The default as TOML.
fn default_toml(key: &Key) -> Option<String> {
    key.kind.read_text(&key.default_text()?).ok().map(|setting| setting.to_toml())
}

/// The default, or a made-up value of the right kind.
fn sample(key: &Key) -> String {
    default_toml(key).unwrap_or_else(|| {
        match (key.name, key.kind) {
            (_, ValueKind::Url) => "\"https://desk.example.org\"",
            (_, ValueKind::SocketAddress) => "\"192.0.2.53:53\"",
            (_, ValueKind::IpRanges) => "[\"10.0.0.0/8\"]",
            ("smtp.host", _) => "\"mail.example.org\"",
            ("smtp.from", _) => "\"Service Desk <desk@example.org>\"",
            (_, ValueKind::List) => "[\"desk@example.org\"]",
            (_, ValueKind::Origins) => "[\"https://intranet.example.org\"]",
            _ => "\"...\"",
        }
        .to_owned()
    })
}
