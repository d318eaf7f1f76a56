//! Pictures that pages of the desk show: its logo, people's own. What is taken is what every browser draws and none runs, small enough in
//! bytes for where it is shown, and in pixels so that drawing it costs little.

use bytes::Bytes;
use img_parts::DynImage;

use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
    text::sniff,
};

/// Markers of a JPEG's segments (ITU-T T.81 B.1.1.3): APP1, APP13, COM.
const EXIF_OR_XMP: u8 = 0xe1;
const PHOTOSHOP: u8 = 0xed;
const COMMENT: u8 = 0xfe;
const PNG_ASIDE: [[u8; 4]; 5] = [*b"eXIf", *b"tEXt", *b"zTXt", *b"iTXt", *b"tIME"];
const WEBP_ASIDE: [[u8; 4]; 2] = [*b"EXIF", *b"XMP "];

/// The content type of a picture, found in its bytes; refused, as the field of this name, if it is no picture or too large.
pub fn checked(field: &'static str, bytes: &[u8], bytes_max: usize) -> Result<String> {
    if bytes.len() > bytes_max {
        return Err(Refusal::field(field, "too_large", say!("refused-picture-size", most = bytes_max / 1024)).into());
    }
    let content_type = sniff::content_type(bytes, None);
    let is_drawn = matches!(content_type.as_str(), "image/png" | "image/jpeg" | "image/webp" | "image/gif");
    let size = imagesize::blob_size(bytes).ok().filter(|_| is_drawn);
    let size = size.ok_or_else(|| Refusal::field(field, "invalid", say!("refused-picture-kind")))?;
    if size.width.max(size.height) > limits::PICTURE_PIXELS_MAX {
        return Err(Refusal::field(field, "too_large", say!("refused-picture-pixels", most = limits::PICTURE_PIXELS_MAX)).into());
    }
    Ok(content_type)
}

/// The picture without what a camera or a program wrote beside it: when and where it was taken, by what, of whom. A GIF stays as it is:
/// no camera takes one.
pub fn bare(field: &'static str, bytes: Vec<u8>) -> Result<Vec<u8>> {
    let bytes = Bytes::from(bytes);
    let parsed = DynImage::from_bytes(bytes.clone());
    let mut image = match parsed {
        Ok(Some(it)) => it,
        Ok(None) => return Ok(bytes.to_vec()),
        Err(_) => return Err(Refusal::field(field, "invalid", say!("refused-picture-kind")).into()),
    };
    match &mut image {
        DynImage::Jpeg(it) => it.segments_mut().retain(|it| !matches!(it.marker(), EXIF_OR_XMP | PHOTOSHOP | COMMENT)),
        DynImage::Png(it) => it.chunks_mut().retain(|it| !PNG_ASIDE.contains(&it.kind())),
        DynImage::WebP(it) => it.chunks_mut().retain(|it| !WEBP_ASIDE.contains(&it.id())),
    }
    Ok(image.encoder().bytes().to_vec())
}

/// The first letters of the BLAKE3 of its bytes, by which its address changes.
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..16].to_owned()
}

/// A picture of so many pixels for tests: what says how large it is, and nothing to draw.
#[cfg(test)]
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [&b"\x89PNG\r\n\x1a\n"[..], &chunk(*b"IHDR", &[&size[..], &[8, 6, 0, 0, 0]].concat())].concat()
}

/// A part of a PNG.
#[cfg(test)]
fn chunk(kind: [u8; 4], contents: &[u8]) -> Vec<u8> {
    img_parts::png::PngChunk::new(kind, Bytes::copy_from_slice(contents)).encoder().bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beside_a_picture_stays_behind() {
        let png = |more: &[u8]| [&png(64, 64)[..], more, &chunk(*b"IEND", b"")].concat();
        let jpeg = |more: &[u8]| [b"\xff\xd8", more, b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0", b"\xff\xd9"].concat();
        for (with, without) in [
            (png(&chunk(*b"eXIf", b"GPS!")), png(b"")),
            (png(&chunk(*b"tEXt", b"GPS!")), png(b"")),
            (jpeg(b"\xff\xe1\0\x06GPS!"), jpeg(b"")),
            (jpeg(b"\xff\xfe\0\x06GPS!"), jpeg(b"")),
            (jpeg(b"\xff\xe0\0\x06JFIF"), jpeg(b"\xff\xe0\0\x06JFIF")),
            (b"GIF89a\x01\0\x01\0\0\0\0".to_vec(), b"GIF89a\x01\0\x01\0\0\0\0".to_vec()),
        ] {
            let bare = super::bare("picture", with).unwrap();
            assert!(!bare.windows(4).any(|it| it == b"GPS!"));
            assert_eq!(bare, without);
        }
        let webp = b"RIFF\x1a\0\0\0WEBPVP8 \x02\0\0\0abEXIF\x04\0\0\0GPS!".to_vec();
        assert_eq!(bare("picture", webp).unwrap(), b"RIFF\x0e\0\0\0WEBPVP8 \x02\0\0\0ab");
    }

    #[test]
    fn a_picture_is_drawn_everywhere_and_is_not_too_large() {
        let most = u32::try_from(limits::PICTURE_PIXELS_MAX).unwrap();
        for (bytes, expected) in [
            (png(1, 1), Some("image/png")),
            (png(most, most), Some("image/png")),
            (png(most + 1, 1), None),
            (png(1, most + 1), None),
            (b"GIF89a\x01\0\x01\0\0\0\0".to_vec(), Some("image/gif")),
            (b"\x89PNG\r\n\x1a\n".to_vec(), None),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>".to_vec(), None),
            (b"%PDF-1.7".to_vec(), None),
            (Vec::new(), None),
            ([png(1, 1), vec![0; 999]].concat(), None),
        ] {
            assert_eq!(checked("picture", &bytes, 999).ok().as_deref(), expected, "{bytes:?}");
        }
    }
}
