//! Pictures made smaller. What a camera wrote into them besides the picture, such as the place, is not in what comes out.

use std::io::Cursor;

use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageReader, Limits, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};

use super::{Format, Made, Picture};
use crate::limits::{PREVIEW_MEMORY_BYTES, PREVIEW_PICTURE_BYTES_MAX, PREVIEW_PIXELS_MAX, PREVIEW_SIDE, THUMBNAIL_SIDE};

const QUALITY: u8 = 82;
/// No side is longer, in pixels.
const SIDE_MAX: u32 = 60_000;

/// A thumbnail and a preview of a picture, as it is to be held; nothing if it cannot be shown.
pub fn made(bytes: &[u8]) -> Made {
    decoded(bytes).map_or_else(Made::default, |it| of(&it))
}

/// The picture, if it is not too large: that is asked before any of it is unpacked.
pub fn decoded(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(PREVIEW_MEMORY_BYTES / 2);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PREVIEW_PIXELS_MAX {
        return None;
    }
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(it) = orientation {
        // Turned when it is small: turning all of it would take the memory twice.
        image = shrunk(image, PREVIEW_SIDE);
        image.apply_orientation(it);
    }
    Some(image)
}

/// A thumbnail and a preview of what was decoded.
pub fn of(image: &DynamicImage) -> Made {
    let larger = shrunk(image.clone(), PREVIEW_SIDE);
    let smaller = shrunk(larger.clone(), THUMBNAIL_SIDE);
    let is_small = larger.width() <= THUMBNAIL_SIDE && larger.height() <= THUMBNAIL_SIDE;
    Made { thumbnail: written(&smaller), preview: if is_small { None } else { written(&larger) }, text: None }
}

/// The picture with no side longer than this.
fn shrunk(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width() <= side && image.height() <= side {
        return image;
    }
    let longest = image.width().max(image.height());
    // What is far too large is brought near by the quick way first, which takes little memory.
    let near = if longest > side.saturating_mul(3) { image.thumbnail(side * 2, side * 2) } else { image };
    near.resize(side, side, FilterType::CatmullRom)
}

fn written(image: &DynamicImage) -> Option<Picture> {
    let (width, height) = (image.width(), image.height());
    let fits = |it: &Vec<u8>| it.len() <= PREVIEW_PICTURE_BYTES_MAX;
    let rgba = image.to_rgba8();
    if rgba.pixels().any(|it| it.0[3] != u8::MAX) {
        let mut bytes = Vec::new();
        let done = PngEncoder::new(&mut bytes).write_image(&rgba, width, height, ExtendedColorType::Rgba8);
        if done.is_ok() && fits(&bytes) {
            return Some(Picture { format: Format::Png, width, height, bytes });
        }
    }
    let over_white = |it: &image::Rgba<u8>| {
        let [red, green, blue, alpha] = it.0.map(u32::from);
        // Each is 255 at most.
        Rgb([red, green, blue].map(|it| u8::try_from((it * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)))
    };
    let mut rgb = RgbImage::new(width, height);
    rgb.pixels_mut().zip(rgba.pixels()).for_each(|(to, from)| *to = over_white(from));
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).write_image(&rgb, width, height, ExtendedColorType::Rgb8).ok()?;
    fits(&bytes).then_some(Picture { format: Format::Jpeg, width, height, bytes })
}
