//! Pictures that pages of the desk show: its logo, people's own. What is taken is what every browser draws and none runs, small enough in
//! bytes for where it is shown, and in pixels so that drawing it costs little.

use crate::{
    error::{Refusal, Result},
    language::say,
    limits,
    text::sniff,
};

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

/// The first letters of the BLAKE3 of its bytes, by which its address changes.
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..16].to_owned()
}

/// A picture of so many pixels for tests: what says how large it is, and nothing to draw.
#[cfg(test)]
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes().into_iter().chain(height.to_be_bytes()));
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

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
