//! A text as a picture for a telephone's camera (ISO/IEC 18004), drawn as SVG of one path. Dark on light in every theme: cameras
//! expect it so.

use maud::{Markup, html};
use qrcode::{Color, QrCode};

/// Empty modules around the code, as the standard asks.
const MARGIN: usize = 4;

/// The picture; nothing if the text is too long for one, and then it must be typed. `about` says what it is to whoever cannot see it.
pub fn qr_code(text: &str, about: &str) -> Markup {
    let Ok(code) = QrCode::new(text) else { return html! {} };
    let width = code.width();
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN));
        }
    }
    let side = width + 2 * MARGIN;
    html! {
        svg.qr-code viewBox=(format!("0 0 {side} {side}")) role="img" aria-label=(about) shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_no_code_is_no_trouble() {
        let drawn = qr_code("otpauth://totp/a?secret=b", "A code").into_string();
        assert!(drawn.contains("M4 4h1") && drawn.contains("viewBox=\"0 0 33 33\"") && drawn.contains("aria-label=\"A code\""), "{drawn}");
        assert_eq!(qr_code(&"x".repeat(10_000), "").into_string(), "");
    }
}
