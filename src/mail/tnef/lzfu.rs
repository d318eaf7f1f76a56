//! Compressed RTF (MS-OXRTFCP): a ring of 4096 bytes that begins with what every document of Outlook begins with.
//! Invariant: total; at most `MAIL_UNPACKED_BYTES_MAX` come out, whatever the head promises.

use crate::limits::MAIL_UNPACKED_BYTES_MAX;

const RING: usize = 4096;
/// What the ring holds at first.
const BEGINNING: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/// The document; none if it is not in this form.
pub fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let raw_size = usize::try_from(u32::from_le_bytes(packed.get(4..8)?.try_into().ok()?)).ok()?;
    let most = raw_size.min(MAIL_UNPACKED_BYTES_MAX);
    let data = packed.get(16..)?;
    match packed.get(8..12)? {
        b"MELA" => Some(data[..data.len().min(most)].to_vec()),
        b"LZFu" => Some(inflate(data, most)),
        _ => None,
    }
}

fn inflate(data: &[u8], most: usize) -> Vec<u8> {
    let mut ring = [b' '; RING];
    ring[..BEGINNING.len()].copy_from_slice(BEGINNING);
    let mut write = BEGINNING.len();
    let mut out = Vec::with_capacity(most.min(data.len().saturating_mul(4)));
    let mut bytes = data.iter().copied();
    while let Some(control) = bytes.next() {
        for bit in 0..8 {
            if out.len() >= most {
                return out;
            }
            let Some(first) = bytes.next() else { return out };
            if control & (1 << bit) == 0 {
                ring[write] = first;
                write = (write + 1) % RING;
                out.push(first);
                continue;
            }
            let Some(second) = bytes.next() else { return out };
            let (offset, length) = (usize::from(first) << 4 | usize::from(second >> 4), usize::from(second & 15) + 2);
            if offset == write {
                return out;
            }
            for step in 0..length {
                let byte = ring[(offset + step) % RING];
                ring[write] = byte;
                write = (write + 1) % RING;
                out.push(byte);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_unpack() {
        // MS-OXRTFCP, 3.1 and 3.2.
        let simple = b"\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x422\x0a\xf3 hel\x09\x00 bw\x05\xb0ld}\x0a\x80\x0f\xa0";
        assert_eq!(unpack(simple).as_deref(), Some(&b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"[..]));
        let crossing = b"\x1a\x00\x00\x00\x1c\x00\x00\x00LZFu\xe2\xd4KQA\x00\x04 WXYZ\x0dn}\x01\x0e\xb0";
        assert_eq!(unpack(crossing).as_deref(), Some(&b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"[..]));
        assert_eq!(unpack(b"\x00\x00\x00\x00\x03\x00\x00\x00MELA\x00\x00\x00\x00abcdef").as_deref(), Some(&b"abc"[..]));
        assert_eq!(unpack(b"short"), None);
    }
}
