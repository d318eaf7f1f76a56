//! Values of settings: reading them from text or TOML, and writing them as TOML. Every refusal says what would fit.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use crate::secret::Secret;

use super::keys::ValueKind;

/// A value that fits its key.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    Bool(bool),
    Integer(u64),
    Bytes(u64),
    Duration(Duration),
    Path(PathBuf),
    SocketAddress(SocketAddr),
    /// A text, an address, a choice.
    Text(String),
    List(Vec<String>),
    IpRanges(Vec<IpRange>),
    Secret(Secret),
}

/// A range of addresses, `10.0.0.0/8`; a single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange {
    pub address: IpAddr,
    /// How many leading bits count.
    pub bits: u8,
}

impl IpRange {
    /// Whether an address lies in it. An IPv4 address in IPv6 clothes counts as what it is.
    pub fn contains(self, address: IpAddr) -> bool {
        fn shifted(address: IpAddr) -> (u128, u8) {
            match address.to_canonical() {
                IpAddr::V4(it) => (u128::from(it.to_bits()) << 96, 32),
                IpAddr::V6(it) => (it.to_bits(), 128),
            }
        }
        let ((own, own_length), (other, other_length)) = (shifted(self.address), shifted(address));
        let mask = if self.bits == 0 { 0 } else { u128::MAX << (128 - u32::from(self.bits)) };
        own_length == other_length && own & mask == other & mask
    }
}

impl FromStr for IpRange {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no range of addresses; write 10.0.0.0/8 or 127.0.0.1");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let length = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(length), |it| it.trim().parse::<u8>().map_err(|_| wrong()))?;
        if bits > length { Err(wrong()) } else { Ok(IpRange { address, bits }) }
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Setting {
    /// The value as TOML; secrets are masked.
    pub fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        match self {
            Setting::Bool(it) => it.to_string(),
            Setting::Integer(it) => it.to_string(),
            Setting::Bytes(it) => quoted(&bytes_text(*it)),
            Setting::Duration(it) => quoted(&duration_text(*it)),
            Setting::Path(it) => quoted(&it.to_string_lossy()),
            Setting::SocketAddress(it) => quoted(&it.to_string()),
            Setting::Text(it) => quoted(it),
            Setting::List(texts) => format!("[{}]", texts.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ")),
            Setting::IpRanges(ranges) => format!("[{}]", ranges.iter().map(|it| quoted(&it.to_string())).collect::<Vec<_>>().join(", ")),
            Setting::Secret(it) => quoted(&it.to_string()),
        }
    }
}

impl ValueKind {
    /// What the kind is called in documentation.
    pub fn words(self) -> String {
        match self {
            ValueKind::Bool => "true or false".to_owned(),
            ValueKind::Integer { min, max } => format!("number, {min} to {max}"),
            ValueKind::Bytes { min, max } => format!("size, {} to {}", bytes_text(min), bytes_text(max)),
            ValueKind::Duration { min_secs, max_secs } => {
                format!("time, {} to {}", duration_text(Duration::from_secs(min_secs)), duration_text(Duration::from_secs(max_secs)))
            }
            ValueKind::Path => "path".to_owned(),
            ValueKind::SocketAddress => "address:port".to_owned(),
            ValueKind::Url => "http(s) address".to_owned(),
            ValueKind::Text => "text".to_owned(),
            ValueKind::Choice(choices) => choices.join(", "),
            ValueKind::List => "list of texts".to_owned(),
            ValueKind::Origins => "list of addresses".to_owned(),
            ValueKind::IpRanges => "list of address ranges".to_owned(),
            ValueKind::Secret => "secret".to_owned(),
        }
    }

    /// Reads a value of TOML. The message never repeats a secret.
    pub(super) fn read_toml(self, value: &toml::Value) -> Result<Setting, String> {
        match (self, value) {
            (_, toml::Value::String(text)) if !matches!(self, ValueKind::List | ValueKind::Origins | ValueKind::IpRanges) => {
                self.read_text(text)
            }
            (ValueKind::Bool, toml::Value::Boolean(it)) => Ok(Setting::Bool(*it)),
            (ValueKind::Integer { .. } | ValueKind::Bytes { .. }, toml::Value::Integer(it)) => self.read_text(&it.to_string()),
            (ValueKind::List | ValueKind::Origins | ValueKind::IpRanges, toml::Value::Array(items)) => {
                let texts = items.iter().map(|it| it.as_str().map(str::to_owned).ok_or("every item must be a text in quotes".to_owned()));
                self.read_list(texts.collect::<Result<_, _>>()?)
            }
            _ => Err(format!("a {} does not fit; {}", value.type_str(), self.advice())),
        }
    }

    /// Reads a value as the environment holds it.
    pub(super) fn read_text(self, text: &str) -> Result<Setting, String> {
        let text = if self == ValueKind::Secret { text } else { text.trim() };
        let wrong = || format!("`{text}` does not fit; {}", self.advice());
        Ok(match self {
            ValueKind::Bool => Setting::Bool(text.parse().map_err(|_| wrong())?),
            ValueKind::Integer { min, max } => Setting::Integer(text.parse().ok().filter(|it| (min..=max).contains(it)).ok_or_else(wrong)?),
            ValueKind::Bytes { min, max } => Setting::Bytes(bytes(text).filter(|it| (min..=max).contains(it)).ok_or_else(wrong)?),
            ValueKind::Duration { min_secs, max_secs } => {
                let fits = |it: &Duration| (Duration::from_secs(min_secs)..=Duration::from_secs(max_secs)).contains(it);
                Setting::Duration(duration(text).filter(fits).ok_or_else(wrong)?)
            }
            ValueKind::Path if !text.is_empty() => Setting::Path(PathBuf::from(text)),
            ValueKind::SocketAddress => Setting::SocketAddress(text.parse().map_err(|_| wrong())?),
            ValueKind::Url => Setting::Text(url(text).ok_or_else(wrong)?),
            ValueKind::Text if !text.is_empty() => Setting::Text(text.to_owned()),
            ValueKind::Choice(choices) if choices.contains(&text) => Setting::Text(text.to_owned()),
            ValueKind::List | ValueKind::Origins | ValueKind::IpRanges => {
                return self.read_list(text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect());
            }
            ValueKind::Secret if !text.is_empty() => Setting::Secret(Secret::new(text)),
            ValueKind::Secret => return Err("an empty secret is none; leave the key out".to_owned()),
            ValueKind::Path | ValueKind::Text | ValueKind::Choice(_) => return Err(wrong()),
        })
    }

    fn read_list(self, texts: Vec<String>) -> Result<Setting, String> {
        if self == ValueKind::IpRanges {
            return Ok(Setting::IpRanges(texts.iter().map(|it| it.parse()).collect::<Result<_, _>>()?));
        }
        if self == ValueKind::Origins {
            let one = |it: &String| {
                url(it).filter(|it| it.matches('/').count() == 2).ok_or_else(|| format!("`{it}` does not fit; {}", self.advice()))
            };
            return Ok(Setting::List(texts.iter().map(one).collect::<Result<_, _>>()?));
        }
        Ok(Setting::List(texts))
    }

    fn advice(self) -> String {
        match self {
            ValueKind::Bool => "write true or false".to_owned(),
            ValueKind::Integer { min, max } => format!("write a number from {min} to {max}"),
            ValueKind::Bytes { min, max } => format!("write a size like \"25MB\", from {} to {}", bytes_text(min), bytes_text(max)),
            ValueKind::Duration { .. } => format!("write a time like \"30s\", \"5m\" or \"2h\" ({})", self.words()),
            ValueKind::Path => "write a path".to_owned(),
            ValueKind::SocketAddress => "write an address and a port like \"127.0.0.1:8080\" or \"[::]:8080\"".to_owned(),
            ValueKind::Url => {
                "write an address like \"https://desk.example.org\", without a path's closing slash, query or account".to_owned()
            }
            ValueKind::Text | ValueKind::Secret => "write a text in quotes, or leave the key out".to_owned(),
            ValueKind::Choice(choices) => format!("write one of {}", choices.join(", ")),
            ValueKind::List => "write a list like [\"a\", \"b\"]".to_owned(),
            ValueKind::Origins => "write a list like [\"https://intranet.example.org\"], each without a path".to_owned(),
            ValueKind::IpRanges => "write a list like [\"10.0.0.0/8\"]".to_owned(),
        }
    }
}

/// Units of a size, the largest first. They are powers of 1024, with or without the `i`.
const SIZES: [(&str, &str, u64); 4] = [("GB", "GIB", 1 << 30), ("MB", "MIB", 1 << 20), ("KB", "KIB", 1 << 10), ("B", "B", 1)];

fn bytes(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let (amount, unit) = text.split_at(digits);
    let unit = unit.trim().to_ascii_uppercase();
    let (.., factor) = SIZES.iter().find(|(short, long, _)| unit.is_empty() && *short == "B" || unit == *short || unit == *long)?;
    amount.parse::<u64>().ok()?.checked_mul(*factor)
}

fn bytes_text(bytes: u64) -> String {
    let fits = SIZES.iter().find(|(.., factor)| bytes >= *factor && bytes.is_multiple_of(*factor));
    fits.map_or("0B".to_owned(), |(short, _, factor)| format!("{}{short}", bytes / factor))
}

/// Units of a time, the largest first, in milliseconds.
const TIMES: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

fn duration(text: &str) -> Option<Duration> {
    let digits = text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let (amount, unit) = text.split_at(digits);
    let (_, factor) = TIMES.iter().find(|(name, _)| *name == unit.trim())?;
    amount.parse::<u64>().ok()?.checked_mul(*factor).map(Duration::from_millis)
}

fn duration_text(it: Duration) -> String {
    let millis = u64::try_from(it.as_millis()).unwrap_or(u64::MAX);
    let fits = TIMES.iter().find(|(_, factor)| millis >= *factor && millis.is_multiple_of(*factor));
    fits.map_or("0s".to_owned(), |(unit, factor)| format!("{}{unit}", millis / factor))
}

/// An address to build links on: a scheme, a host, perhaps a port and a path; without a slash at its end.
fn url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let odd = |it: char| it.is_whitespace() || it.is_control() || "?#@\\\"<>".contains(it);
    let named = !host.is_empty() || rest.starts_with('[');
    (named && !rest.contains(odd)).then(|| text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_sizes_times_and_addresses() {
        for (text, expected) in [
            ("25MB", Some(25 << 20)),
            ("25 MiB", Some(25 << 20)),
            ("1gb", Some(1 << 30)),
            ("12", Some(12)),
            ("2.5MB", None),
            ("MB", None),
            ("99999999999GB", None),
        ] {
            assert_eq!(bytes(text), expected, "{text}");
        }
        for (text, expected) in
            [("30s", Some(30_000)), ("500ms", Some(500)), ("2 h", Some(7_200_000)), ("1d", Some(86_400_000)), ("30", None), ("-1s", None)]
        {
            assert_eq!(duration(text), expected.map(Duration::from_millis), "{text}");
        }
        for (text, expected) in [
            ("https://desk.example.org/", Some("https://desk.example.org")),
            ("http://localhost:8080/it", Some("http://localhost:8080/it")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("desk.example.org", None),
            ("ftp://desk.example.org", None),
            ("https://", None),
            ("https://a:b@desk.example.org", None),
            ("https://desk.example.org/?a", None),
        ] {
            assert_eq!(url(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn ranges_hold_their_addresses() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fd12::1", true),
            ("::/0", "1.2.3.4", false),
        ] {
            assert_eq!(range.parse::<IpRange>().unwrap().contains(address.parse().unwrap()), expected, "{range} {address}");
        }
        for text in ["10.0.0.0/33", "10.0.0/8", "", "a/8", "::/129"] {
            assert!(text.parse::<IpRange>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(size: u64, millis in 0u64..u64::MAX / 86_400_000) {
            prop_assert_eq!(bytes(&bytes_text(size)), Some(size));
            prop_assert_eq!(duration(&duration_text(Duration::from_millis(millis))), Some(Duration::from_millis(millis)));
        }
    }
}
