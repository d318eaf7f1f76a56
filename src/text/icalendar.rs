//! The lines of an iCalendar file (RFC 5545, 3.1): joined where they were folded, each taken apart into name, parameters and value; and
//! written again (`write`). What they mean is for those who read them. Total and bounded, as everything here.

pub mod write;

use std::collections::BTreeMap;

/// One property.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Property {
    pub name: String,
    /// Upper case names.
    pub parameters: BTreeMap<String, String>,
    pub value: String,
}

/// Lines joined again where they were folded (RFC 5545, 3.1), taken apart; the first so many of them.
pub fn properties(text: &str, lines_max: usize) -> Vec<Property> {
    let mut whole: Vec<String> = Vec::new();
    for line in text.lines().take(lines_max) {
        match line.strip_prefix([' ', '\t']) {
            Some(more) => {
                if let Some(last) = whole.last_mut() {
                    last.push_str(more);
                }
            }
            None => whole.push(line.to_owned()),
        }
    }
    whole.iter().filter_map(|it| property(it)).collect()
}

/// `NAME;PARAMETER="a:b";OTHER=c:value`
fn property(line: &str) -> Option<Property> {
    let mut quoted = false;
    let colon = line.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    let mut pieces = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (at, c) in head.char_indices() {
        quoted ^= c == '"';
        if c == ';' && !quoted {
            pieces.push(&head[from..at]);
            from = at + 1;
        }
    }
    pieces.push(&head[from..]);
    let mut pieces = pieces.into_iter();
    let name = pieces.next()?.trim().to_ascii_uppercase();
    // Some programs put a group before the name.
    let name = name.rsplit('.').next().unwrap_or(&name).to_owned();
    let parameters = pieces
        .filter_map(|it| it.split_once('='))
        .map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()))
        .collect();
    Some(Property { name, parameters, value: value.trim_end().to_owned() })
}

/// Text of RFC 5545, 3.3.11.
pub fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            it if it.is_control() && it != '\n' && it != '\t' => {}
            it => out.push(it),
        }
    }
    out.trim().to_owned()
}
