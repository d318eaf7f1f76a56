//! When an event is: in the zone that the invitation states, and in UTC. Zones are found by their IANA name, by the name that Windows
//! gives them, or by what the invitation itself says of them. Invariant: a time whose zone is unknown is told as it stands.

use std::collections::BTreeMap;

use jiff::{
    Span, Timestamp, Zoned,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

/// A time as it is written: `20210503T100000`, and the name of its zone.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    pub value: &'a str,
    pub zone: Option<&'a str>,
}

/// The zones that an invitation describes, by name, with the one offset they have, if it is one.
#[derive(Debug, Default)]
pub struct Zones {
    fixed: BTreeMap<String, Option<Offset>>,
}

/// Names of Windows, and the zones that are meant (CLDR, windowsZones).
const WINDOWS: [(&str, &str); 44] = [
    ("w. europe standard time", "Europe/Berlin"),
    ("central europe standard time", "Europe/Budapest"),
    ("central european standard time", "Europe/Warsaw"),
    ("romance standard time", "Europe/Paris"),
    ("gmt standard time", "Europe/London"),
    ("greenwich standard time", "Atlantic/Reykjavik"),
    ("e. europe standard time", "Europe/Chisinau"),
    ("fle standard time", "Europe/Kyiv"),
    ("gtb standard time", "Europe/Bucharest"),
    ("russian standard time", "Europe/Moscow"),
    ("turkey standard time", "Europe/Istanbul"),
    ("israel standard time", "Asia/Jerusalem"),
    ("egypt standard time", "Africa/Cairo"),
    ("south africa standard time", "Africa/Johannesburg"),
    ("w. central africa standard time", "Africa/Lagos"),
    ("e. africa standard time", "Africa/Nairobi"),
    ("arab standard time", "Asia/Riyadh"),
    ("arabian standard time", "Asia/Dubai"),
    ("pakistan standard time", "Asia/Karachi"),
    ("india standard time", "Asia/Kolkata"),
    ("se asia standard time", "Asia/Bangkok"),
    ("china standard time", "Asia/Shanghai"),
    ("singapore standard time", "Asia/Singapore"),
    ("taipei standard time", "Asia/Taipei"),
    ("tokyo standard time", "Asia/Tokyo"),
    ("korea standard time", "Asia/Seoul"),
    ("aus eastern standard time", "Australia/Sydney"),
    ("e. australia standard time", "Australia/Brisbane"),
    ("cen. australia standard time", "Australia/Adelaide"),
    ("w. australia standard time", "Australia/Perth"),
    ("new zealand standard time", "Pacific/Auckland"),
    ("hawaiian standard time", "Pacific/Honolulu"),
    ("alaskan standard time", "America/Anchorage"),
    ("pacific standard time", "America/Los_Angeles"),
    ("mountain standard time", "America/Denver"),
    ("us mountain standard time", "America/Phoenix"),
    ("central standard time", "America/Chicago"),
    ("canada central standard time", "America/Regina"),
    ("eastern standard time", "America/New_York"),
    ("atlantic standard time", "America/Halifax"),
    ("newfoundland standard time", "America/St_Johns"),
    ("sa pacific standard time", "America/Bogota"),
    ("argentina standard time", "America/Argentina/Buenos_Aires"),
    ("e. south america standard time", "America/Sao_Paulo"),
];

impl Zones {
    /// From the lines of the whole calendar: the name of each zone, and its offsets.
    pub fn read(lines: &[(&str, &str)]) -> Zones {
        let mut zones = Zones::default();
        let mut name: Option<&str> = None;
        for (property, value) in lines {
            match *property {
                "TZID" => name = Some(value),
                "END" if value.eq_ignore_ascii_case("VTIMEZONE") => name = None,
                "TZOFFSETTO" => {
                    if let Some(name) = name.filter(|_| zones.fixed.len() < 50) {
                        let stated = offset(value);
                        // Two different ones change with the season: the name must tell.
                        zones.fixed.entry(name.to_owned()).and_modify(|it| *it = it.filter(|it| Some(*it) == stated)).or_insert(stated);
                    }
                }
                _ => {}
            }
        }
        zones
    }

    fn find(&self, name: &str) -> Option<TimeZone> {
        let bare = name.trim_matches(['"', ' ']);
        // `/freeassociation.sourceforge.net/Europe/Berlin` and the like.
        let parts: Vec<&str> = bare.trim_start_matches('/').split('/').collect();
        let tail = parts.iter().rev().take(2).rev().copied().collect::<Vec<_>>().join("/");
        let windows = WINDOWS.iter().find(|(it, _)| bare.eq_ignore_ascii_case(it)).map(|(_, it)| *it);
        [Some(bare), windows, Some(tail.as_str())]
            .into_iter()
            .flatten()
            .filter(|it| it.len() <= 60)
            .find_map(|it| TimeZone::get(it).ok())
            .or_else(|| self.fixed.get(name).copied().flatten().map(TimeZone::fixed))
    }
}

fn offset(value: &str) -> Option<Offset> {
    let (sign, digits) = match value.trim().split_at_checked(1)? {
        ("-", digits) => (-1, digits),
        ("+", digits) => (1, digits),
        _ => return None,
    };
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4)?.parse().ok()?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A time, read.
enum Moment {
    Day(Date),
    /// Without a zone that is known.
    Local(DateTime),
    Zoned(Zoned),
}

fn read(stated: Stated<'_>, zones: &Zones) -> Option<Moment> {
    let value = stated.value;
    if !value.is_ascii() {
        return None;
    }
    let number = |from: usize, to: usize| value.get(from..to).and_then(|it| it.parse::<i16>().ok());
    let date = Date::new(number(0, 4)?, i8::try_from(number(4, 6)?).ok()?, i8::try_from(number(6, 8)?).ok()?).ok()?;
    let Some(time) = value.get(8..).filter(|it| it.len() >= 7 && it.starts_with(['T', 't'])) else { return Some(Moment::Day(date)) };
    let part = |from: usize| time.get(from..from + 2).and_then(|it| it.parse::<i8>().ok());
    // A leap second is told as the one before it.
    let at = date.at(part(1)?, part(3)?, part(5)?.min(59), 0);
    if !(0..24).contains(&at.hour()) {
        return None;
    }
    let zone = if value.ends_with(['Z', 'z']) { Some(TimeZone::UTC) } else { stated.zone.and_then(|it| zones.find(it)) };
    Some(match zone.and_then(|it| at.to_zoned(it).ok()) {
        Some(zoned) => Moment::Zoned(zoned),
        None => Moment::Local(at),
    })
}

/// The time of an event in a sentence; none if it states none that can be read.
pub fn tell(start: Option<Stated<'_>>, end: Option<Stated<'_>>, duration: Option<&str>, zones: &Zones) -> Option<String> {
    let stated = start.or(end)?;
    let from = read(stated, zones)?;
    let to = end.filter(|_| start.is_some()).and_then(|it| read(it, zones));
    let length = duration.and_then(|it| it.parse::<Span>().ok());
    Some(match from {
        Moment::Day(day) => days(day, to),
        Moment::Local(at) => {
            let to = match to {
                Some(Moment::Local(to)) => Some(to),
                _ => length.and_then(|it| at.checked_add(it).ok()),
            };
            let zone = stated.zone.map_or_else(|| "no zone stated".to_owned(), |it| it.chars().take(60).collect());
            format!("{} ({zone})", span(at, to))
        }
        Moment::Zoned(at) => {
            let to = match to {
                Some(Moment::Zoned(to)) => Some(to.with_time_zone(at.time_zone().clone())),
                _ => length.and_then(|it| at.checked_add(it).ok()),
            };
            zoned(&at, to.as_ref())
        }
    })
}

fn zoned(at: &Zoned, to: Option<&Zoned>) -> String {
    let utc = |it: &Zoned| it.with_time_zone(TimeZone::UTC).datetime();
    let in_utc = span(utc(at), to.map(utc));
    if at.time_zone() == &TimeZone::UTC {
        return format!("{in_utc} UTC");
    }
    let zone = at.time_zone().iana_name().map_or_else(|| format!("UTC{}", at.offset()), str::to_owned);
    let same_day = utc(at).date() == at.date() && to.is_none_or(|it| utc(it).date() == at.date() && it.date() == at.date());
    // The day is told once where it is the same.
    let in_utc = if same_day { in_utc.split_once(", ").map_or(in_utc.clone(), |(_, it)| it.to_owned()) } else { in_utc };
    format!("{} ({zone}), {in_utc} UTC", span(at.datetime(), to.map(|it| it.datetime())))
}

fn span(at: DateTime, to: Option<DateTime>) -> String {
    let begins = at.strftime("%a %-d %b %Y, %H:%M").to_string();
    match to {
        Some(to) if to.date() == at.date() && to > at => format!("{begins}–{}", to.strftime("%H:%M")),
        Some(to) if to > at => format!("{begins} – {}", to.strftime("%a %-d %b %Y, %H:%M")),
        _ => begins,
    }
}

/// Whole days; the end is the first day that is not part of it.
fn days(day: Date, to: Option<Moment>) -> String {
    let last = match to {
        Some(Moment::Day(end)) => end.yesterday().ok().filter(|it| *it > day),
        _ => None,
    };
    let begins = day.strftime("%a %-d %b %Y").to_string();
    last.map_or_else(|| format!("{begins}, the whole day"), |it| format!("{begins} – {}, whole days", it.strftime("%a %-d %b %Y")))
}

/// A rule of RFC 5545, 3.3.10, in words as far as they are common; else the rule itself.
pub fn repeated(rule: &str) -> String {
    let parts: BTreeMap<String, &str> =
        rule.split(';').filter_map(|it| it.split_once('=')).map(|(name, value)| (name.trim().to_ascii_uppercase(), value.trim())).collect();
    let get = |name: &str| parts.get(name).copied();
    let unit = match get("FREQ").map(str::to_ascii_uppercase).as_deref() {
        Some("DAILY") => "day",
        Some("WEEKLY") => "week",
        Some("MONTHLY") => "month",
        Some("YEARLY") => "year",
        _ => return rule.chars().take(200).collect(),
    };
    let every = get("INTERVAL").and_then(|it| it.parse::<u32>().ok()).filter(|it| *it > 1);
    let mut told = every.map_or_else(|| format!("every {unit}"), |it| format!("every {it} {unit}s"));
    if let Some(days) = get("BYDAY") {
        let named: Vec<String> = days.split(',').take(7).map(weekday).collect();
        told.push_str(&format!(" on {}", named.join(", ")));
    }
    if let Some(days) = get("BYMONTHDAY").filter(|it| it.len() < 40) {
        told.push_str(&format!(" on day {days}"));
    }
    if let Some(count) = get("COUNT").filter(|it| it.len() < 10) {
        told.push_str(&format!(", {count} times"));
    }
    let until = get("UNTIL").and_then(|it| read(Stated { value: it, zone: None }, &Zones::default()));
    match until {
        Some(Moment::Day(day)) => told.push_str(&format!(", until {}", day.strftime("%-d %b %Y"))),
        Some(Moment::Zoned(at)) => told.push_str(&format!(", until {}", Timestamp::strftime(&at.timestamp(), "%-d %b %Y"))),
        Some(Moment::Local(at)) => told.push_str(&format!(", until {}", at.strftime("%-d %b %Y"))),
        None => {}
    }
    told
}

fn weekday(code: &str) -> String {
    let code = code.trim();
    let (count, day) = code.split_at_checked(code.len().saturating_sub(2)).unwrap_or(("", code));
    let day = match day.to_ascii_uppercase().as_str() {
        "MO" => "Monday",
        "TU" => "Tuesday",
        "WE" => "Wednesday",
        "TH" => "Thursday",
        "FR" => "Friday",
        "SA" => "Saturday",
        "SU" => "Sunday",
        _ => return code.chars().take(10).collect(),
    };
    match count.trim_start_matches('+') {
        "" => day.to_owned(),
        "1" => format!("the first {day}"),
        "2" => format!("the second {day}"),
        "3" => format!("the third {day}"),
        "4" => format!("the fourth {day}"),
        "-1" => format!("the last {day}"),
        it => format!("{it} {day}"),
    }
}
