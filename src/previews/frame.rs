//! What the process answers, as bytes: so simple that reading it can do no harm, since what wrote it may have been turned by the file that
//! it read. Everything is looked at again here.

use super::{Format, Made, Picture};
use crate::{
    limits::{PREVIEW_PICTURE_BYTES_MAX, PREVIEW_SIDE, PREVIEW_TEXT_BYTES_MAX, THUMBNAIL_SIDE},
    text::sniff::{Kind, sniff},
};

const BEGIN: &[u8] = b"lodge1";
const THUMBNAIL: u8 = b't';
const PREVIEW: u8 = b'p';
const TEXT: u8 = b'x';
const END: u8 = b'.';
/// A tag, two sides and a length.
const HEAD_BYTES: usize = 13;
/// No answer is longer, in bytes.
pub const BYTES_MAX: usize = BEGIN.len() + 3 * HEAD_BYTES + 1 + 2 * PREVIEW_PICTURE_BYTES_MAX + PREVIEW_TEXT_BYTES_MAX;

fn part(into: &mut Vec<u8>, tag: u8, (width, height): (u32, u32), bytes: &[u8]) {
    into.push(tag);
    into.extend(width.to_be_bytes());
    into.extend(height.to_be_bytes());
    into.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    into.extend_from_slice(bytes);
}

pub fn encode(made: &Made) -> Vec<u8> {
    let mut bytes = BEGIN.to_vec();
    for (tag, picture) in [(THUMBNAIL, &made.thumbnail), (PREVIEW, &made.preview)] {
        if let Some(it) = picture {
            part(&mut bytes, tag, (it.width, it.height), &it.bytes);
        }
    }
    if let Some(it) = &made.text {
        part(&mut bytes, TEXT, (0, 0), it.as_bytes());
    }
    bytes.push(END);
    bytes
}

/// The answer, if it is whole and holds what it may.
pub fn decode(bytes: &[u8]) -> Option<Made> {
    let mut rest = bytes.strip_prefix(BEGIN)?;
    let mut made = Made::default();
    loop {
        let (tag, after) = rest.split_first()?;
        if *tag == END {
            return after.is_empty().then_some(made);
        }
        let (head, after) = after.split_at_checked(HEAD_BYTES - 1)?;
        let number = |at: usize| head.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
        let (width, height, length) = (number(0)?, number(4)?, usize::try_from(number(8)?).ok()?);
        let (content, after) = after.split_at_checked(length)?;
        match *tag {
            THUMBNAIL => made.thumbnail = Some(picture(content, (width, height), THUMBNAIL_SIDE)?),
            PREVIEW => made.preview = Some(picture(content, (width, height), PREVIEW_SIDE)?),
            TEXT if length <= PREVIEW_TEXT_BYTES_MAX => made.text = Some(std::str::from_utf8(content).ok()?.to_owned()),
            _ => return None,
        }
        rest = after;
    }
}

/// A picture that is what it says, and no larger than it may be.
fn picture(bytes: &[u8], (width, height): (u32, u32), side: u32) -> Option<Picture> {
    let format = match sniff(bytes) {
        Kind::Jpeg => Format::Jpeg,
        Kind::Png => Format::Png,
        _ => return None,
    };
    let fits = (1..=side).contains(&width) && (1..=side).contains(&height) && bytes.len() <= PREVIEW_PICTURE_BYTES_MAX;
    fits.then(|| Picture { format, width, height, bytes: bytes.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> Made {
        let picture = |side| Picture { format: Format::Png, width: side, height: 7, bytes: b"\x89PNG\r\n\x1a\nrest".to_vec() };
        Made { thumbnail: Some(picture(320)), preview: Some(picture(1600)), text: Some("Grüße".into()) }
    }

    #[test]
    fn an_answer_comes_back_as_it_was_and_no_part_of_it_does() {
        let bytes = encode(&made());
        assert_eq!(decode(&bytes), Some(made()));
        assert_eq!(decode(&encode(&Made::default())), Some(Made::default()));
        for end in 0..bytes.len() {
            assert_eq!(decode(&bytes[..end]), None, "{end}");
        }
        assert_eq!(decode(&[bytes, vec![0]].concat()), None);
    }

    #[test]
    fn what_a_turned_process_may_say_is_refused() {
        let thumbnail = |width, bytes: &[u8]| {
            let picture = Picture { format: Format::Png, width, height: 7, bytes: bytes.to_vec() };
            decode(&encode(&Made { thumbnail: Some(picture), ..Made::default() }))
        };
        assert!(thumbnail(320, b"\x89PNG\r\n\x1a\n").is_some());
        assert!(thumbnail(321, b"\x89PNG\r\n\x1a\n").is_none());
        assert!(thumbnail(0, b"\x89PNG\r\n\x1a\n").is_none());
        assert!(thumbnail(10, b"<svg onload=").is_none());
        let mut text = encode(&Made { text: Some("ab".into()), ..Made::default() });
        let at = text.len() - 2;
        text[at] = 0xff;
        assert_eq!(decode(&text), None, "it is no UTF-8");
    }
}
