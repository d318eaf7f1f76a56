//! PDF: the first page as a picture, and the text of all. Text in pictures of pages (scans) is not read.

use std::sync::Arc;

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint, PathDrawMode, SoftMask,
        font::Glyph, hayro_cmap::BfString, interpret_page,
    },
    hayro_syntax::Pdf,
    vello_cpu::{
        color::palette::css::WHITE,
        kurbo::{Affine, BezPath, Point, Rect},
    },
};
use image::{DynamicImage, RgbaImage};

use super::{Made, child::Words, picture};
use crate::limits::{PREVIEW_PAGES_MAX, PREVIEW_SIDE};

/// A page that is a stamp is not made a poster.
const SCALE_MAX: f32 = 4.0;
/// Units of a glyph's own measure to its height.
const UNITS: f64 = 1000.0;

pub fn made(bytes: Vec<u8>, pictures: bool) -> Made {
    let Ok(pdf) = Pdf::new(bytes) else { return Made::default() };
    let text = text(&pdf);
    let page = if pictures { first_page(&pdf) } else { None };
    let Made { thumbnail, preview, .. } = page.map_or_else(Made::default, |it| picture::of(&it));
    Made { thumbnail, preview, text }
}

fn first_page(pdf: &Pdf) -> Option<DynamicImage> {
    let page = pdf.pages().first()?;
    let (width, height) = page.render_dimensions();
    let longest = width.max(height);
    if !longest.is_finite() || width <= 0.0 || height <= 0.0 {
        return None;
    }
    let scale = (PREVIEW_SIDE as f32 / longest).min(SCALE_MAX);
    // No side is longer than the longest of a preview.
    let side = |it: f32| (it * scale).round().clamp(1.0, PREVIEW_SIDE as f32) as u16;
    let settings = RenderSettings { x_scale: scale, y_scale: scale, width: Some(side(width)), height: Some(side(height)), bg_color: WHITE };
    let drawn = hayro::render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    Some(DynamicImage::ImageRgba8(RgbaImage::from_raw(width, height, drawn.data_as_u8_slice().to_vec())?))
}

fn text(pdf: &Pdf) -> Option<String> {
    let mut reading = Reading { words: Words::default(), last: None };
    let settings = InterpreterSettings { warning_sink: Arc::new(|_| {}), ..InterpreterSettings::default() };
    let cache = InterpreterCache::new();
    for page in pdf.pages().iter().take(PREVIEW_PAGES_MAX) {
        if reading.words.is_full() {
            break;
        }
        let (width, height) = page.render_dimensions();
        let all = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(Affine::IDENTITY, all, &cache, page.xref(), settings.clone());
        interpret_page(page, &mut context, &mut reading);
        reading.words.line();
        reading.last = None;
    }
    reading.words.whole()
}

/// Follows what a page draws and keeps its letters.
struct Reading {
    words: Words,
    last: Option<Drawn>,
}

/// The letter before.
struct Drawn {
    from: Point,
    end: Point,
    height: f64,
}

impl Reading {
    fn letter(&mut self, glyph: &Glyph<'_>, transform: Affine) {
        if self.words.is_full() {
            return;
        }
        let advance = match glyph {
            Glyph::Outline(it) => it.advance_width().map_or(UNITS / 2.0, f64::from),
            Glyph::Type3(_) => UNITS / 2.0,
        };
        let from = transform * Point::ZERO;
        let end = transform * Point::new(advance, 0.0);
        let height = from.distance(transform * Point::new(0.0, UNITS)).max(f64::EPSILON);
        if let Some(last) = &self.last {
            // What the text runs along, and across it.
            let along = (last.end - last.from).normalize();
            let gap = from - last.end;
            let (ahead, aside) = if along.is_finite() { (gap.dot(along), gap.cross(along).abs()) } else { (gap.x, gap.y.abs()) };
            let size = height.max(last.height);
            if aside > size * 0.6 || ahead < -size * 2.0 {
                self.words.line();
            } else if ahead > size * 0.15 {
                self.words.space();
            }
        }
        match glyph.as_unicode() {
            Some(BfString::Char(it)) => self.words.push(it.encode_utf8(&mut [0; 4])),
            Some(BfString::String(it)) => self.words.push(&it),
            None => {}
        }
        self.last = Some(Drawn { from, end, height });
    }
}

impl<'a> Device<'a> for Reading {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph(&mut self, glyph: &Glyph<'a>, transform: Affine, glyph_transform: Affine, _: &Paint<'a>, _: &GlyphDrawMode) {
        self.letter(glyph, transform * glyph_transform);
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}

    fn pop_clip_path(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
