//! Charsets of seven bits that browsers gave up and old mail kept: ISO-2022-KR (RFC 1557) and HZ (RFC 1843). Invariant: total, linear.

use encoding_rs::{EUC_KR, GBK};

/// The text, if the label names one of them.
pub fn decode(bytes: &[u8], label: &str) -> Option<String> {
    match label.trim().to_ascii_lowercase().as_str() {
        "iso-2022-kr" | "csiso2022kr" => Some(korean(bytes)),
        "hz-gb-2312" | "hz" => Some(hz(bytes)),
        _ => None,
    }
}

/// Between shift-out and shift-in, each byte stands for one of EUC-KR without its highest bit.
fn korean(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b if after.starts_with(b"$)C") => rest = &after[3..],
            0x0e => shifted = true,
            0x0f => shifted = false,
            it @ 0x21..=0x7e if shifted => out.push(it | 0x80),
            // A line end ends the shift, whoever forgot to.
            b'\n' => {
                shifted = false;
                out.push(byte);
            }
            it => out.push(it),
        }
    }
    EUC_KR.decode_without_bom_handling(&out).0.into_owned()
}

/// Between `~{` and `~}`, each byte stands for one of GB 2312 without its highest bit.
fn hz(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len());
    let mut shifted = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.first()) {
            (b'~', Some(b'{')) => (shifted, rest) = (true, &after[1..]),
            (b'~', Some(b'}')) => (shifted, rest) = (false, &after[1..]),
            (b'~', Some(b'~')) if !shifted => {
                out.push(b'~');
                rest = &after[1..];
            }
            (b'~', Some(b'\n')) => rest = &after[1..],
            (b'\n', _) => {
                shifted = false;
                out.push(byte);
            }
            (it @ 0x21..=0x7e, _) if shifted => out.push(it | 0x80),
            (it, _) => out.push(it),
        }
    }
    GBK.decode_without_bom_handling(&out).0.into_owned()
}
