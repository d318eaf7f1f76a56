//! The content of an opaque-signed S/MIME mail (RFC 5652, 5): taken out of its envelope, so that it can be read. It checks no
//! signature and opens nothing that is encrypted. BER and DER, definite and indefinite lengths.
//! Invariant: one pass over the bytes, bounded nesting, nothing refused loudly.

/// Nesting that is followed; real mails have less than ten.
const DEPTH_MAX: usize = 24;
/// Pieces of one constructed string.
const PIECES_MAX: usize = 100_000;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.7.3 and 1.2.840.113549.1.9.16.1.23
const ENVELOPED: [&[u8]; 2] =
    [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03], &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17]];

/// What an envelope holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Signed, and readable: a MIME entity.
    Signed(Vec<u8>),
    /// For somebody's key only.
    Encrypted,
    /// Not understood, such as certificates alone.
    Other,
}

/// Looks into an envelope.
pub fn open(bytes: &[u8]) -> Content {
    let mut outer = Reader { rest: bytes };
    let Some(mut info) = outer.enter(0x30) else { return Content::Other };
    let Some(kind) = info.value(0x06) else { return Content::Other };
    if ENVELOPED.contains(&kind) {
        return Content::Encrypted;
    }
    if kind != SIGNED_DATA {
        return Content::Other;
    }
    signed(&mut info).map_or(Content::Other, Content::Signed)
}

fn signed(info: &mut Reader<'_>) -> Option<Vec<u8>> {
    let mut data = info.enter(0xa0)?.enter(0x30)?;
    data.value(0x02)?;
    // The digests that were used.
    data.skip()?;
    let mut content = data.enter(0x30)?;
    content.value(0x06)?;
    let mut wrapped = content.enter(0xa0)?;
    let mut out = Vec::new();
    wrapped.string(&mut out, 0, &mut 0)?;
    (!out.is_empty()).then_some(out)
}

/// Elements, one after another.
struct Reader<'a> {
    rest: &'a [u8],
}

/// One element.
struct Element<'a> {
    tag: u8,
    /// Its content; with an indefinite length, everything up to the end of what surrounds it.
    content: &'a [u8],
    indefinite: bool,
    /// What follows, if that is known already.
    after: &'a [u8],
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.rest.split_first()?;
        // Tags of several bytes do not occur in what is looked for.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        if first == 0x80 {
            return Some(Element { tag, content: rest, indefinite: true, after: rest });
        }
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            let (digits, rest) = rest.split_at_checked(count).filter(|_| count <= 8)?;
            let length = digits.iter().try_fold(0usize, |sum, it| sum.checked_mul(256)?.checked_add(usize::from(*it)))?;
            (length, rest)
        };
        // Cut off on the way: what is there is read.
        let (content, after) = rest.split_at(length.min(rest.len()));
        Some(Element { tag, content, indefinite: false, after })
    }

    /// Into an element with this tag.
    fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        let element = self.next().filter(|it| it.tag == tag)?;
        self.rest = element.after;
        Some(Reader { rest: element.content })
    }

    /// The content of a primitive element.
    fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let element = self.next().filter(|it| it.tag == tag && !it.indefinite)?;
        self.rest = element.after;
        Some(element.content)
    }

    /// Over one element, whatever it is.
    fn skip(&mut self) -> Option<()> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Option<()> {
        let element = self.next().filter(|_| depth < DEPTH_MAX)?;
        self.rest = element.after;
        if element.indefinite {
            while !self.at_end() {
                self.skip_at(depth + 1)?;
            }
        }
        Some(())
    }

    /// Whether the end of an indefinite length stands here; passes over it.
    fn at_end(&mut self) -> bool {
        match self.rest.strip_prefix(&[0, 0]) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => self.rest.is_empty(),
        }
    }

    /// An octet string, in one piece or in many.
    fn string(&mut self, out: &mut Vec<u8>, depth: usize, pieces: &mut usize) -> Option<()> {
        let element = self.next().filter(|_| depth < DEPTH_MAX && *pieces < PIECES_MAX)?;
        *pieces += 1;
        match (element.tag, element.indefinite) {
            (0x04, false) => {
                out.extend_from_slice(element.content);
                self.rest = element.after;
            }
            (0x24, true) => {
                self.rest = element.after;
                while !self.at_end() {
                    self.string(out, depth + 1, pieces)?;
                }
            }
            (0x24, false) => {
                let mut inner = Reader { rest: element.content };
                while !inner.rest.is_empty() {
                    inner.string(out, depth + 1, pieces)?;
                }
                self.rest = element.after;
            }
            _ => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An element with a definite length.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        match content.len() {
            it @ 0..0x80 => out.push(u8::try_from(it).unwrap()),
            it => {
                out.push(0x84);
                out.extend(u32::try_from(it).unwrap().to_be_bytes());
            }
        }
        out.extend(content);
        out
    }

    /// An element with an indefinite length.
    fn ber(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, 0x80], content, &[0, 0]].concat()
    }

    fn envelope(wrap: fn(u8, &[u8]) -> Vec<u8>, content: &[u8]) -> Vec<u8> {
        let data = der(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        let inner = wrap(0x30, &[data, wrap(0xa0, content)].concat());
        let signed = wrap(0x30, &[der(0x02, &[1]), wrap(0x31, &der(0x30, &der(0x06, &[1]))), inner, der(0x31, &[])].concat());
        wrap(0x30, &[der(0x06, SIGNED_DATA), wrap(0xa0, &signed)].concat())
    }

    #[test]
    fn signed_content_is_taken_out() {
        let whole = der(0x04, b"Content-Type: text/plain\r\n\r\nHello");
        let pieces = ber(0x24, &[der(0x04, b"Content-Type: text/plain\r\n"), der(0x04, b"\r\nHello")].concat());
        let expected = Content::Signed(b"Content-Type: text/plain\r\n\r\nHello".to_vec());
        assert_eq!(open(&envelope(der, &whole)), expected);
        assert_eq!(open(&envelope(ber, &pieces)), expected);
        assert_eq!(open(&der(0x30, &der(0x06, ENVELOPED[0]))), Content::Encrypted);
        assert_eq!(open(b"nothing of the kind"), Content::Other);
    }

    proptest! {
        #[test]
        fn damage_does_no_harm(damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..10), raw in any::<Vec<u8>>()) {
            let mut bytes = envelope(ber, &ber(0x24, &der(0x04, b"Hello")));
            for (place, byte) in damage {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
            open(&bytes);
            open(&raw);
        }
    }
}
