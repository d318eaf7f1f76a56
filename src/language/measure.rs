//! Numbers as a language writes them. Digits are the Latin ones everywhere: tickets, addresses and codes are written with them too.

use super::{Language, filled};

/// What stands between thousands, and before decimals.
fn signs(language: Language) -> (char, char) {
    match language {
        Language::English | Language::Arabic => (',', '.'),
        Language::German => ('.', ','),
    }
}

/// `1,234,567`.
pub fn number(language: Language, value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(language, &digits))
}

/// A number with as many decimals as it has, three at most.
pub(super) fn decimal(language: Language, value: f64) -> String {
    let text = format!("{:.3}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = rest.trim_end_matches('0');
    let sign = if value < 0.0 && (whole != "0" || !rest.is_empty()) { "-" } else { "" };
    let whole = if whole.bytes().all(|it| it.is_ascii_digit()) { grouped(language, whole) } else { whole.to_owned() };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{}{rest}", signs(language).1) }
}

/// Four digits stand together, as in `2026` of either language's habit for short numbers.
fn grouped(language: Language, digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(signs(language).0);
        }
        text.push(digit);
    }
    text
}

/// A size of a file by its largest unit of 1,024: `3 B`, `14 KB`, `2.1 MB`.
pub fn bytes(language: Language, bytes: u64) -> String {
    let tenths = |unit: u64| decimal(language, (bytes / unit) as f64 + (bytes % unit * 10 / unit) as f64 / 10.0);
    match bytes {
        ..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        1_048_576..1_073_741_824 => format!("{} MB", tenths(1_048_576)),
        _ => format!("{} GB", tenths(1_073_741_824)),
    }
}

/// `87 %`, as the language sets the sign.
pub fn percent(language: Language, value: u32) -> String {
    filled(language, "measure-percent", &[("value", value.into())])
}

/// A length of working time: `1 h 30 min`.
pub fn hours(language: Language, minutes: u64) -> String {
    let id = match (minutes / 60, minutes % 60) {
        (0, _) => "measure-minutes",
        (_, 0) => "measure-hours",
        _ => "measure-hours-minutes",
    };
    filled(language, id, &[("hours", (minutes / 60).into()), ("minutes", (minutes % 60).into())])
}
