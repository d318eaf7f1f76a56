//! Checks that text can be read: every pair of ink and surface in `tokens.css`, in both themes, whatever hue a desk picks (WCAG 2.2, 1.4.3).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../assets/css/tokens.css");
/// AA for text.
const TEXT: f64 = 4.5;
/// AA for the edges of controls.
const EDGE: f64 = 3.0;

const PAIRS: &[(&str, &[&str], f64)] = &[
    (
        "ink",
        &["ground", "paper", "raised", "sunken", "pressed", "accent-soft", "note", "warn-soft", "danger-soft", "ok-soft", "info-soft"],
        TEXT,
    ),
    ("ink-2", &["ground", "paper", "raised", "sunken", "pressed", "accent-soft", "warn-soft", "danger-soft", "ok-soft", "info-soft"], TEXT),
    ("ink-3", &["ground", "paper", "raised", "sunken", "pressed", "accent-soft"], TEXT),
    ("accent", &["ground", "paper", "raised", "sunken", "accent-soft"], TEXT),
    ("accent-strong", &["paper", "accent-soft"], TEXT),
    ("on-accent", &["accent", "accent-strong"], TEXT),
    ("danger", &["paper", "raised", "sunken", "danger-soft", "accent-soft"], TEXT),
    ("warn", &["paper", "raised", "sunken", "warn-soft", "accent-soft"], TEXT),
    ("ok", &["paper", "raised", "ok-soft"], TEXT),
    ("info", &["paper", "raised", "sunken", "info-soft", "accent-soft"], TEXT),
    ("note-ink", &["note", "note-line"], TEXT),
    ("edge", &["ground", "paper", "raised"], EDGE),
];

#[test]
fn every_pair_reads_in_both_themes_and_every_hue() {
    let mut failed = Vec::new();
    for dark in [false, true] {
        for hue in (0..360).step_by(15).map(f64::from).chain([163.0]) {
            let colours = colours(dark, hue);
            for (ink, surfaces, least) in PAIRS {
                for surface in *surfaces {
                    let ratio = ratio(colours[*ink], colours[*surface]);
                    if ratio < *least {
                        failed.push(format!("{ink} on {surface}: {ratio:.2} (dark {dark}, hue {hue})"));
                    }
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn luminance_is_that_of_the_standard() {
    assert!((ratio(luminance(1.0, 0.0, 0.0), luminance(0.0, 0.0, 0.0)) - 21.0).abs() < 0.05);
    assert!((luminance(0.627_96, 0.257_68, 29.23) - 0.2126).abs() < 0.002, "pure red");
}

/// Name to relative luminance, for every token that is one `light-dark(oklch(..), oklch(..))`.
fn colours(dark: bool, accent_hue: f64) -> BTreeMap<&'static str, f64> {
    let chroma =
        TOKENS.split("--accent-chroma:").nth(1).and_then(|it| it.split(';').next()).and_then(|it| it.trim().parse::<f64>().ok()).unwrap();
    let line = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": light-dark(")?;
        let colour = value.split("oklch(").nth(1 + usize::from(dark))?;
        let mut parts = colour.replace("var(--accent-hue)", &accent_hue.to_string()).replace("var(--accent-chroma)", &chroma.to_string());
        while let Some((before, rest)) = parts.clone().split_once("calc(") {
            let (sum, after) = rest.split_once(')')?;
            let product: f64 = sum.split('*').filter_map(|it| it.trim().parse::<f64>().ok()).product();
            parts = format!("{before}{product}{after}");
        }
        let numbers: Vec<f64> = parts.split([' ', ')', ',', ';']).filter_map(|it| it.trim_end_matches('%').parse().ok()).collect();
        let [lightness, chroma, hue, ..] = numbers[..] else { return None };
        Some((name, luminance(lightness / 100.0, chroma, hue)))
    };
    TOKENS.lines().filter_map(line).collect()
}

fn ratio(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance of an OKLCH colour, cut to what a screen can show.
fn luminance(lightness: f64, chroma: f64, hue: f64) -> f64 {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s;
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}
