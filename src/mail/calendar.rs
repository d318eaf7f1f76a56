//! Invitations (RFC 5545, RFC 5546), as far as somebody who reads a ticket wants to know: what, when, where, who, how often. It is no
//! calendar: nothing is expanded, accepted or kept. Invariant: total, one pass, bounded lists.

use std::collections::BTreeMap;

mod when;

use crate::limits::{MAIL_ADDRESSES_MAX, MAIL_EVENTS_MAX};

/// One property.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Property {
    name: String,
    /// Upper case names.
    parameters: BTreeMap<String, String>,
    value: String,
}

/// One event or task.
#[derive(Debug, Clone, Default)]
struct Event {
    properties: Vec<Property>,
}

impl Event {
    fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|it| it.name == name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|it| unescape(&it.value)).filter(|it| !it.is_empty())
    }
}

/// What an invitation says, as lines for people; none if there is no event in it.
pub fn describe(text: &str) -> Option<String> {
    let lines = properties(text);
    let method = lines.iter().find(|it| it.name == "METHOD").map(|it| it.value.trim().to_uppercase()).unwrap_or_default();
    let zones = when::Zones::read(&lines.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect::<Vec<_>>());
    let events = events(lines);
    let told: Vec<String> = events.iter().map(|it| tell(it, &method, &zones)).collect();
    (!told.is_empty()).then(|| told.join("\n\n"))
}

/// Lines joined again where they were folded (RFC 5545, 3.1), taken apart.
fn properties(text: &str) -> Vec<Property> {
    let mut whole: Vec<String> = Vec::new();
    for line in text.lines().take(PROPERTIES_MAX) {
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

/// Lines of one calendar that are read.
const PROPERTIES_MAX: usize = 50_000;

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

/// The events and tasks, without what lies inside them.
fn events(lines: Vec<Property>) -> Vec<Event> {
    let mut found: Vec<Event> = Vec::new();
    let mut open: Option<Event> = None;
    let mut inner = 0;
    for line in lines {
        let value = line.value.to_ascii_uppercase();
        match (line.name.as_str(), value.as_str()) {
            ("BEGIN", "VEVENT" | "VTODO") if open.is_none() => open = Some(Event::default()),
            ("END", "VEVENT" | "VTODO") => {
                found.extend(open.take().filter(|_| found.len() < MAIL_EVENTS_MAX));
                inner = 0;
            }
            ("BEGIN", _) if open.is_some() => inner += 1,
            ("END", _) if open.is_some() => inner = usize::max(inner, 1) - 1,
            _ => {
                if let Some(event) = open.as_mut().filter(|_| inner == 0) {
                    event.properties.push(line);
                }
            }
        }
    }
    // Cut off on the way: what is there is told.
    found.extend(open.filter(|_| found.is_empty()));
    found
}

fn tell(event: &Event, method: &str, zones: &when::Zones) -> String {
    let title = event.text("SUMMARY").unwrap_or_else(|| "(no title)".to_owned());
    let cancelled = method == "CANCEL" || event.get("STATUS").is_some_and(|it| it.value.eq_ignore_ascii_case("CANCELLED"));
    let mut lines = vec![match method {
        _ if cancelled => format!("Cancelled: {title}"),
        "REPLY" => format!("Answer to an invitation: {title}"),
        "COUNTER" => format!("Another time is proposed: {title}"),
        "REQUEST" | "" => format!("Invitation: {title}"),
        _ => format!("Calendar entry: {title}"),
    }];
    if let Some(when) = when::tell(
        event_time(event, "DTSTART"),
        event_time(event, "DTEND").or(event_time(event, "DUE")),
        event.get("DURATION").map(|it| it.value.as_str()),
        zones,
    ) {
        lines.push(format!("When: {when}"));
    }
    if let Some(rule) = event.get("RRULE") {
        lines.push(format!("Repeated: {}", when::repeated(&rule.value)));
    }
    lines.extend(event.text("LOCATION").map(|it| format!("Where: {}", it.replace('\n', ", "))));
    lines.extend(event.get("ORGANIZER").map(|it| format!("Organiser: {}", person(it))));
    let asked: Vec<&Property> = event.properties.iter().filter(|it| it.name == "ATTENDEE").collect();
    if method == "REPLY" {
        lines.extend(asked.iter().take(MAIL_ADDRESSES_MAX).map(|it| format!("{}: {}", person(it), answer(it))));
    } else if !asked.is_empty() {
        let mut names: Vec<String> = asked.iter().take(ASKED_MAX).map(|it| person(it)).collect();
        if asked.len() > ASKED_MAX {
            names.push(format!("and {} more", asked.len() - ASKED_MAX));
        }
        lines.push(format!("Asked: {}", names.join(", ")));
    }
    if method == "REPLY" {
        lines.extend(event.text("COMMENT").map(|it| format!("Comment: {it}")));
    }
    lines.join("\n")
}

/// People that are named; more are counted.
const ASKED_MAX: usize = 20;

fn event_time<'e>(event: &'e Event, name: &str) -> Option<when::Stated<'e>> {
    let it = event.get(name)?;
    Some(when::Stated { value: it.value.trim(), zone: it.parameters.get("TZID").map(String::as_str) })
}

/// `Ann Bee <ann@x.example>`
fn person(it: &Property) -> String {
    let value = it.value.trim();
    let address = value.get(..7).filter(|it| it.eq_ignore_ascii_case("mailto:")).map_or(value, |_| &value[7..]);
    match it.parameters.get("CN").map(|it| it.trim_matches(['\'', '"', ' '])).filter(|it| !it.is_empty() && *it != address) {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}

fn answer(it: &Property) -> &'static str {
    match it.parameters.get("PARTSTAT").map(|it| it.to_ascii_uppercase()).as_deref() {
        Some("ACCEPTED") => "accepts",
        Some("DECLINED") => "declines",
        Some("TENTATIVE") => "may come",
        Some("DELEGATED") => "sends somebody else",
        _ => "has not decided",
    }
}

/// Text of RFC 5545, 3.3.11.
fn unescape(value: &str) -> String {
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

/// What the event is about, as its organiser described it; for mails that say nothing else.
pub fn description(text: &str) -> Option<String> {
    events(properties(text)).iter().find_map(|it| it.text("DESCRIPTION"))
}

#[cfg(test)]
mod tests;
