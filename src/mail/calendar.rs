//! Invitations (RFC 5545, RFC 5546), as far as somebody who reads a ticket wants to know: what, when, where, who, how often. It is no
//! calendar: nothing is expanded, accepted or kept. Invariant: total, one pass, bounded lists.

mod when;

use crate::{
    limits::{MAIL_ADDRESSES_MAX, MAIL_EVENTS_MAX},
    text::icalendar::{Property, properties, unescape},
};

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

/// What the event is about, as its organiser described it; for mails that say nothing else.
pub fn description(text: &str) -> Option<String> {
    events(properties(text)).iter().find_map(|it| it.text("DESCRIPTION"))
}

#[cfg(test)]
mod tests;
