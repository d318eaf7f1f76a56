//! Placeholders filled in: bounded in steps and size, strict about names, and escaped for where the text goes. What somebody wrote is
//! put in as a block and is never read as a template.
//!
//! Invariant: nothing is parsed whose value could be much larger than its source and its values (`plain`).

use std::io;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, json};

use super::plain;
use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
    text::{markdown, nearest::nearest},
};

/// What placeholders stand for, by group: `ticket.number`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values(Map<String, serde_json::Value>);

impl Values {
    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        let value = serde_json::Value::String(value.into());
        match name.split_once('.') {
            None => drop(self.0.insert(name.to_owned(), value)),
            Some((group, name)) => {
                let group = self.0.entry(group).or_insert_with(|| json!({}));
                if let Some(group) = group.as_object_mut() {
                    group.insert(name.to_owned(), value);
                }
            }
        }
        self
    }
}

/// A rendered text, in both forms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    pub text: String,
    pub html: String,
}

/// Stands for the block of what somebody wrote while the text around it is made.
const BLOCK: &str = "\u{2}message\u{2}";

/// Where the link of a mail about an account leads, in a trial.
pub(super) const SAMPLE_LINK: &str = "https://desk.example.com/sample-link";

/// Values that try out every placeholder.
pub fn sample() -> Values {
    let mut values = Values::default();
    for (name, value) in [
        ("desk.name", "Example desk"),
        ("desk.url", "https://desk.example.com"),
        ("ticket.number", "INC-000123"),
        ("ticket.title", "The printer on the third floor jams & beeps"),
        ("ticket.status", "In progress"),
        ("ticket.priority", "P3"),
        ("ticket.url", "https://desk.example.com/tickets/INC-000123"),
        ("ticket.closes_on", "2026-03-05 at 09:41"),
        ("outage.message", "The mail server does not answer. We are working on it."),
        ("outage.solved", ", and your ticket is solved with it"),
        ("person.name", "Rosa Lee"),
        ("person.first_name", "Rosa"),
        ("agent.name", "Ada Lovelace"),
        ("agent.first_name", "Ada"),
        ("queue.name", "Service desk"),
        ("ticket.targets", "First response: due 2026-03-02 at 11:30"),
        ("ticket.escalation", "Nobody can print."),
        ("days", "3"),
        ("link", SAMPLE_LINK),
        ("event.time", "2026-03-02 09:41 UTC"),
        ("event.address", "192.0.2.4"),
        ("event.device", "Firefox on Linux"),
    ] {
        values.set(name, value);
    }
    values
}

/// What becomes of a value where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// For plain text.
    Nothing,
    /// For Markdown that nobody reads before it is sent.
    Everything,
    /// For Markdown that stands before its writer as text: what would mean something, and nothing else.
    Marks,
}

fn environment<'a>(escapes: Escape) -> Environment<'a> {
    let mut it = Environment::empty();
    it.set_undefined_behavior(UndefinedBehavior::Strict);
    it.set_fuel(Some(limits::MAIL_TEMPLATE_STEPS_MAX));
    it.add_filter("upper", |it: String| it.to_uppercase());
    it.add_filter("lower", |it: String| it.to_lowercase());
    it.add_filter("default", |it: String, other: String| if it.is_empty() { other } else { it });
    it.set_formatter(move |out, _, value| {
        if value.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        let text = value.to_string();
        let text = match escapes {
            Escape::Everything if text != BLOCK => escaped(&text),
            Escape::Marks => marks_escaped(&text),
            Escape::Everything | Escape::Nothing => text,
        };
        out.write_str(&text).map_err(Error::from)
    });
    it
}

/// Without a meaning in Markdown. An address stays as it is, so that it becomes a link.
fn escaped(text: &str) -> String {
    if (text.starts_with("https://") || text.starts_with("http://")) && !text.contains(char::is_whitespace) {
        let scheme = text.find("://").map_or(0, |it| it + 3);
        let path = text[scheme..].find('/').map_or(text.len(), |it| scheme + it);
        // The same address to a browser, and no emphasis to Markdown.
        return format!("{}{}", &text[..path], text[path..].replace('_', "%5F"));
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

/// Without what Markdown makes something of in the middle of a line.
fn marks_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}

fn filled(source: &str, values: &Values, escapes: Escape) -> Result<String, Error> {
    // Once more for texts that were kept before it was asked.
    plain::check(source).map_err(|it| Error::new(ErrorKind::SyntaxError, it.1))?;
    let environment = environment(escapes);
    let mut context = values.0.clone();
    context.insert("message".to_owned(), BLOCK.into());
    let mut out = Bounded(Vec::new());
    environment.template_from_str(source)?.render_captured_to(minijinja::value::Serde(&context), &mut out)?;
    String::from_utf8(out.0).map_err(|_| Error::from(ErrorKind::BadSerialization))
}

/// Takes as much as a text may have, and fails at the first byte beyond.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > limits::MAIL_TEMPLATE_OUTPUT_BYTES_MAX {
            return Err(io::Error::other("the text that comes out is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One line, for a subject.
pub fn line(source: &str, values: &Values) -> Option<String> {
    filled(source, values, Escape::Nothing).ok().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Both forms of a text, with the block where it stands; none if it cannot be written, or would say the block never or twice.
pub fn body(source: &str, values: &Values, block: Option<&Body>) -> Option<Body> {
    let text = filled(source, values, Escape::Nothing).ok()?;
    let html = filled(source, values, Escape::Everything).ok()?;
    if block.is_some() && [&text, &html].iter().any(|it| it.matches(BLOCK).count() != 1) {
        return None;
    }
    let block = block.cloned().unwrap_or_default();
    let parts: Vec<String> =
        html.split(BLOCK).map(|it| if it.trim().is_empty() { String::new() } else { markdown::to_html(it).html }).collect();
    Some(Body { text: text.replace(BLOCK, block.text.trim_end()), html: parts.join(&block.html) })
}

/// Refuses a template that names what there is not, or cannot be written; says where.
pub fn check(field: &str, source: &str, names: &[&str]) -> Result<()> {
    check_with(field, source, names, &sample())
}

/// The same for a text that its writer reads before it is sent, with names of its own.
pub(in crate::desk) fn check_for_a_writer(field: &str, source: &str, names: &[&str], sample: &Values) -> Result<()> {
    check_with(field, source, names, sample)
}

/// A text that its writer reads before it is sent; or why it cannot be filled in.
pub(in crate::desk) fn for_a_writer(source: &str, values: &Values) -> Result<String, String> {
    filled(source, values, Escape::Marks).map_err(|it| it.detail().map_or_else(|| it.kind().to_string(), str::to_owned))
}

fn check_with(field: &str, source: &str, names: &[&str], sample: &Values) -> Result<()> {
    if let Err((line, what)) = plain::check(source) {
        return Err(Refusal::field(field, "invalid", say!("refused-line", line = line, what = what)).into());
    }
    let environment = environment(Escape::Nothing);
    let template = match environment.template_from_str(source) {
        Ok(it) => it,
        Err(it) => return Err(refused(field, source, &it)),
    };
    let mut used: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    used.sort();
    if let Some(unknown) = used.iter().find(|it| !names.contains(&it.as_str())) {
        let at = line_of(source, unknown);
        let known = match nearest(unknown, names.iter().copied()) {
            Some(it) => format!("did you mean `{it}`?"),
            None => format!("there are {}.", names.join(", ")),
        };
        return Err(Refusal::field(
            field,
            "unknown_placeholder",
            say!("refused-line-there-no-placeholder", at = at, unknown = unknown, known = known),
        )
        .into());
    }
    filled(source, sample, Escape::Everything).map(drop).map_err(|it| refused(field, source, &it))
}

fn line_of(source: &str, name: &str) -> usize {
    source.lines().position(|it| it.contains(name)).map_or(1, |it| it + 1)
}

fn refused(field: &str, source: &str, error: &Error) -> crate::error::Error {
    let what = match error.kind() {
        ErrorKind::OutOfFuel => "it takes too many steps".to_owned(),
        ErrorKind::WriteFailure => "the text that comes out is too long".to_owned(),
        ErrorKind::UnknownFilter => "it uses a filter that there is not; there are upper, lower and default".to_owned(),
        ErrorKind::SyntaxError if source.matches("{{").count() != source.matches("}}").count() => {
            "a placeholder stands between `{{` and `}}`, and one of these is missing".to_owned()
        }
        _ => error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
    };
    Refusal::field(field, "invalid", say!("refused-line-2", unwrap_or = error.line().unwrap_or(1), what = what)).into()
}
