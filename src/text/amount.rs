//! Amounts of bytes as people say them.

const KB: u64 = 1024;
const MB: u64 = 1024 * KB;
const GB: u64 = 1024 * MB;

/// A limit: whole kilobytes or more, never less than it is.
pub fn amount(bytes: u64) -> String {
    match bytes {
        it if it >= GB && it.is_multiple_of(GB) => format!("{} GB", it / GB),
        it if it >= MB && it.is_multiple_of(MB) => format!("{} MB", it / MB),
        it => format!("{} KB", it.div_ceil(KB)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn limits_are_said_in_whole_units() {
        for (bytes, text) in [(1, "1 KB"), (65_536, "64 KB"), (25 << 20, "25 MB"), ((1 << 20) + 1, "1025 KB"), (2 << 30, "2 GB")] {
            assert_eq!(super::amount(bytes), text);
        }
    }
}
