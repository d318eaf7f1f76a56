//! Writes a calendar (RFC 5545): instants in UTC, texts escaped, lines folded at 75 octets and never within a character.

use jiff::tz::TimeZone;

use crate::time::Instant;

/// One event of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same for the same thing, whenever it is written.
    pub uid: String,
    pub at: Instant,
    pub minutes: u32,
    pub summary: String,
    pub description: String,
    pub categories: Vec<String>,
    pub url: Option<String>,
    /// Grows with each change.
    pub sequence: u64,
    pub changed: Instant,
}

/// A whole calendar. The same entries give the same text.
pub fn calendar(name: &str, entries: &[Entry]) -> String {
    let mut out = Writer(String::new());
    out.raw("BEGIN", "VCALENDAR");
    out.raw("VERSION", "2.0");
    out.raw("PRODID", "-//Lodge//Due work//EN");
    out.raw("CALSCALE", "GREGORIAN");
    out.raw("METHOD", "PUBLISH");
    out.text("NAME", name);
    out.text("X-WR-CALNAME", name);
    out.raw("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    out.raw("X-PUBLISHED-TTL", "PT15M");
    for it in entries {
        out.raw("BEGIN", "VEVENT");
        out.text("UID", &it.uid);
        // Of what is published, the stamp is that of the last revision (RFC 5545, 3.8.7.2).
        out.raw("DTSTAMP", &utc(it.changed));
        out.raw("DTSTART", &utc(it.at));
        out.raw("DTEND", &utc(it.at.plus(std::time::Duration::from_secs(u64::from(it.minutes) * 60))));
        out.raw("SEQUENCE", &(it.sequence % (1 << 31)).to_string());
        out.raw("LAST-MODIFIED", &utc(it.changed));
        out.text("SUMMARY", &it.summary);
        if !it.description.is_empty() {
            out.text("DESCRIPTION", &it.description);
        }
        if !it.categories.is_empty() {
            let all: Vec<String> = it.categories.iter().map(|it| escaped(it)).collect();
            out.raw("CATEGORIES", &all.join(","));
        }
        if let Some(url) = &it.url {
            out.raw("URL", url);
        }
        // Due work keeps nobody from meeting others.
        out.raw("TRANSP", "TRANSPARENT");
        out.raw("END", "VEVENT");
    }
    out.raw("END", "VCALENDAR");
    out.0
}

struct Writer(String);

impl Writer {
    fn text(&mut self, name: &str, value: &str) {
        self.raw(name, &escaped(value));
    }

    /// A line whose value is written as it is. What would end the line is left out.
    fn raw(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for it in name.chars().chain([':']).chain(value.chars().filter(|it| !it.is_control())) {
            if octets + it.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(it);
            octets += it.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '\\' | ';' | ',' => out.extend(['\\', it]),
            '\n' => out.push_str("\\n"),
            it if it.is_control() => {}
            it => out.push(it),
        }
    }
    out
}

fn utc(at: Instant) -> String {
    TimeZone::UTC.to_datetime(at.timestamp()).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::icalendar::{properties, unescape};

    fn entry(summary: &str) -> Entry {
        Entry {
            uid: "due-1@lodge".into(),
            at: "2026-05-04T09:30:00.250Z".parse().unwrap(),
            minutes: 15,
            summary: summary.into(),
            description: String::new(),
            categories: Vec::new(),
            url: None,
            sequence: 7,
            changed: "2026-05-01T08:00:00Z".parse().unwrap(),
        }
    }

    fn value(calendar: &str, name: &str) -> Option<String> {
        properties(calendar, 10_000).into_iter().find(|it| it.name == name).map(|it| it.value)
    }

    #[test]
    fn an_event_has_what_the_standard_wants() {
        let made = calendar("Due", &[entry("INC-1")]);
        for (name, expected) in [
            ("VERSION", "2.0"),
            ("UID", "due-1@lodge"),
            ("DTSTAMP", "20260501T080000Z"),
            ("DTSTART", "20260504T093000Z"),
            ("DTEND", "20260504T094500Z"),
            ("SEQUENCE", "7"),
            ("LAST-MODIFIED", "20260501T080000Z"),
            ("TRANSP", "TRANSPARENT"),
        ] {
            assert_eq!(value(&made, name).as_deref(), Some(expected), "{name}");
        }
        assert!(made.starts_with("BEGIN:VCALENDAR\r\n") && made.ends_with("END:VCALENDAR\r\n"));
    }

    proptest! {
        #[test]
        fn lines_are_short_and_texts_come_back(summary in "[a-z,;:\\\\\nßé漢😀\u{7}\r ]{0,200}", categories in prop::collection::vec("[a-z,;\\\\ö]{1,9}", 0..4)) {
            let made = calendar("Due", &[Entry { categories, ..entry(&summary) }]);
            for line in made.split("\r\n") {
                prop_assert!(line.len() <= 75, "{line}");
                prop_assert!(!line.contains(['\n', '\r']));
            }
            prop_assert_eq!(made.matches("BEGIN:VEVENT").count(), 1);
            let expected: String = summary.chars().filter(|it| *it == '\n' || !it.is_control()).collect();
            prop_assert_eq!(unescape(&value(&made, "SUMMARY").unwrap()), expected.trim());
        }
    }
}
