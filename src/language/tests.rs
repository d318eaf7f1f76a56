//! Tables of numbers, dates, plurals and relative times per language, and the law that writing one never fails.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::time::Instant;

const NOW: i64 = 1_777_627_800_000;

use Language::{Arabic, English, German};

#[test]
fn the_most_wanted_language_is_taken() {
    for (header, expected) in [
        ("de-DE,de;q=0.9,en;q=0.8", Some(German)),
        ("fr, en;q=0.4, de;q=0.7", Some(German)),
        ("fr;q=1, en-GB;q=0.3", Some(English)),
        ("ar", Some(Arabic)),
        ("DE_at", Some(German)),
        ("de;q=0, en;q=0.1", Some(English)),
        ("de;q=0", None),
        ("de;q=much", None),
        ("fr, *", None),
        ("", None),
    ] {
        assert_eq!(Language::wanted(header), expected, "{header}");
    }
}

#[test]
fn numbers_are_written_as_each_language_does() {
    for (value, in_english, in_german) in
        [(0, "0", "0"), (999, "999", "999"), (2026, "2026", "2026"), (12_345, "12,345", "12.345"), (-1_234_567, "-1,234,567", "-1.234.567")]
    {
        assert_eq!(number(English, value), in_english);
        assert_eq!(number(German, value), in_german);
        assert_eq!(number(Arabic, value), in_english);
    }
    for (size, in_english, in_german) in
        [(1, "1 B", "1 B"), (1_440, "2 KB", "2 KB"), (1_500_000, "1.4 MB", "1,4 MB"), (1 << 30, "1 GB", "1 GB")]
    {
        assert_eq!(bytes(English, size), in_english);
        assert_eq!(bytes(German, size), in_german);
    }
    assert_eq!((percent(English, 87), percent(German, 87)), ("87 %".to_owned(), "87 %".to_owned()));
    assert_eq!((hours(English, 90), hours(German, 120)), ("1 h 30 min".to_owned(), "2 Std.".to_owned()));
}

#[test]
fn instants_are_shown_in_their_zone_and_language() {
    let at = Instant::from_millis(NOW);
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    for (language, zone, expected) in [
        (English, &TimeZone::UTC, "1 May 2026, 09:30 UTC"),
        (English, &berlin, "1 May 2026, 11:30 CEST"),
        (German, &berlin, "1. Mai 2026, 11:30 Uhr MESZ"),
        (Arabic, &TimeZone::UTC, "1 مايو 2026، 09:30 UTC"),
    ] {
        assert_eq!(exact(language, at, zone), expected);
    }
    let date = jiff::civil::date(2026, 3, 3);
    assert_eq!((day(English, date), day(German, date)), ("3 March 2026".to_owned(), "3. März 2026".to_owned()));
    assert_eq!((day_short(English, date), day_short(German, date)), ("Tue 3 Mar".to_owned(), "Di. 3. März".to_owned()));
}

#[test]
fn times_relative_to_now_read_as_a_person_says_them() {
    let now = Instant::from_millis(NOW);
    for (ago, in_english, in_german, in_arabic) in [
        (10, "just now", "gerade eben", "الآن"),
        (60, "1 minute ago", "vor 1 Minute", "قبل دقيقة"),
        (3599, "1 hour ago", "vor 1 Stunde", "قبل ساعة"),
        (7200, "2 hours ago", "vor 2 Stunden", "قبل ساعتين"),
        (86_400, "yesterday", "gestern", "أمس"),
        (-86_400, "tomorrow", "morgen", "غدًا"),
        (-5400, "in 2 hours", "in 2 Stunden", "بعد ساعتين"),
        (5 * 86_400, "5 days ago", "vor 5 Tagen", "قبل 5 أيام"),
        (11 * 86_400, "11 days ago", "vor 11 Tagen", "قبل 11 يومًا"),
        (400 * 86_400, "1 year ago", "vor 1 Jahr", "قبل سنة"),
    ] {
        let at = Instant::from_millis(NOW - ago * 1000);
        assert_eq!(relative(English, at, now), in_english);
        assert_eq!(relative(German, at, now), in_german);
        assert_eq!(relative(Arabic, at, now), in_arabic);
    }
    for (secs, in_english, in_german) in
        [(59, "now", "jetzt"), (60, "1m", "1 Min."), (86_399, "23h", "23 Std."), (86_400, "1d", "1 T."), (40 * 86_400, "1mo", "1 Mon.")]
    {
        assert_eq!(span(English, secs), in_english);
        assert_eq!(span(German, secs), in_german);
    }
}

#[test]
fn what_nobody_wrote_is_shown_as_its_id() {
    assert_eq!(plain(German, "no-such-phrase"), "no-such-phrase");
    assert_eq!(filled(Arabic, "no-such-phrase", &[("count", 1.into())]), "no-such-phrase");
    assert_eq!(find(English, "no-such-phrase"), None);
}

proptest! {
    /// Whatever the value, there is something to read, and nothing of Fluent's own in it.
    #[test]
    fn writing_never_fails(value in any::<i64>(), millis in any::<i64>(), secs in any::<i32>(), size in any::<u64>()) {
        let (at, now) = (Instant::from_millis(millis), Instant::from_millis(value));
        for language in Language::ALL {
            for text in [
                number(language, value),
                bytes(language, size),
                exact(language, at, &TimeZone::UTC),
                relative(language, at, now),
                span(language, i64::from(secs)),
                hours(language, size),
            ] {
                prop_assert!(!text.is_empty() && !text.contains(['{', '}', '$']), "{text}");
            }
        }
    }
}
