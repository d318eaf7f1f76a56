//! Bodies of replies with the part that their sender wrote, from other projects: what Lodge shows unfolded is compared with it. They
//! lie beside the project, not in it; where they are missing this says so, and fails only where they must be there.

use std::fs;

use lodge::{
    mail::mime,
    text::{
        html::{Reader, Token},
        plain,
        quote::{self, Kind},
        sanitize,
    },
};
use serde_json::Value;

use crate::scores::{Score, cases, flat};

#[test]
fn replies_of_other_projects_are_folded() {
    let Some(names) = cases("reply") else { return };
    let mut score = Score::of("reply");
    for path in &names {
        let case = path.file_stem().unwrap().to_string_lossy().into_owned();
        let expected: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let source = expected["corpus"].as_str().unwrap_or("unknown");
        let strips = expected["strips_signature"].as_bool().unwrap_or(false);
        let Some(shown) = shown(path, strips) else { continue };
        let wanted = flat(expected["expect"].as_str().unwrap_or(""));
        let got = flat(&shown);
        let holds = match expected["match"].as_str() {
            Some("starts_with") => got.starts_with(&wanted) && (got.len() - wanted.len()) * 2 <= got.len().max(200),
            Some("contains") => got.contains(&wanted),
            _ => got == wanted,
        };
        score
            .note(source, "folding", &case, holds, || format!("{}\n        wanted {wanted:?}\n        got    {got:?}", expected["source"]));
    }
    score.settle();
}

/// What is shown unfolded, with signatures where the source counts them as written by hand.
fn shown(path: &std::path::Path, strips: bool) -> Option<String> {
    for (ending, html) in [("txt", false), ("html", true)] {
        if let Ok(raw) = fs::read(path.with_extension(ending)) {
            let text = String::from_utf8_lossy(&raw).into_owned();
            return Some(if html { open_html(&text) } else { open_text(&text, strips) });
        }
    }
    let raw = fs::read(path.with_extension("eml")).ok()?;
    Some(open_text(&mime::parse(&raw).text, strips))
}

fn open_text(text: &str, strips: bool) -> String {
    let open = |it: &quote::Fold| !it.folded || (!strips && it.kind == Kind::Signature);
    quote::folds(text).into_iter().filter(open).map(|it| &text[it.range]).collect()
}

fn open_html(html: &str) -> String {
    let folded = quote::html::fold(&sanitize::clean(html).html, &[]);
    let (mut out, mut depth) = (String::new(), 0);
    for token in Reader::new(&folded) {
        match token {
            Token::Open(tag) if tag.name == "details" => depth += 1,
            Token::Close("details") => depth -= 1,
            Token::Text(text) if depth == 0 => out.push_str(text),
            Token::Open(tag) if depth == 0 => out.push_str(&format!("<{}>", tag.name)),
            Token::Close(name) if depth == 0 => out.push_str(&format!("</{name}>")),
            _ => {}
        }
    }
    plain::from_html(&out)
}
