//! Paper: that it is a PDF, keeps its bounds, and says what it cannot show. What is read out of it is tried with another program, in
//! `tests/doors/lasting.rs`.

use proptest::prelude::*;

use super::*;

fn passage(text: &str) -> Paper {
    Paper {
        title: "INC-000001 VPN".into(),
        passages: vec![Passage { head: "Rosa".into(), inner: false, text: text.into() }],
        missing: "MISSING".into(),
        cut: "CUT".into(),
        ..Paper::default()
    }
}

#[test]
fn it_is_a_pdf_and_the_same_twice() {
    let made = pdf(&passage("Grüße, مرحبا بالعالم, שלום")).unwrap();
    assert!(made.starts_with(b"%PDF-") && made.trim_ascii_end().ends_with(b"%%EOF"));
    assert_eq!(made, pdf(&passage("Grüße, مرحبا بالعالم, שלום")).unwrap());
    // Only what is used is embedded.
    assert!(made.len() < 60_000, "{}", made.len());
}

#[test]
fn what_has_no_glyph_is_replaced_and_counted() {
    let fonts = Fonts::load().unwrap();
    for (text, shown, replaced) in [
        ("Müller", "Müller", 0),
        ("محمد", "محمد", 0),
        ("漢字 x", "\u{fffd}\u{fffd} x", 2),
        ("ok 👍\u{fe0f}", "ok \u{fffd}", 1),
        ("a\u{200d}b\u{7}\tc", "ab    c", 0),
    ] {
        assert_eq!(printable(&fonts, Face::Plain, text), (shown.to_owned(), replaced), "{text}");
    }
}

#[test]
fn lines_fit_and_lose_nothing() {
    let fonts = Fonts::load().unwrap();
    let long = "x".repeat(500);
    for text in ["one two three four five six seven eight", &long, "مرحبا بالعالم كيف حالك اليوم يا صديقي العزيز", "a  b   c"]
    {
        let (lines, rest) = lines::broken(&fonts, Face::Plain, 10.0, text, 100.0);
        assert!(rest.is_empty() && lines.len() > usize::from(text.len() > 10), "{text}");
        assert!(lines.iter().all(|it| it.width <= 101.0), "{text}");
        let letters = |it: &str| it.chars().filter(|it| *it != ' ').count();
        let set: usize = lines.iter().flat_map(|it| &it.runs).map(|it| letters(&it.text)).sum();
        assert_eq!(set, letters(text), "{text}");
    }
    assert!(lines::broken(&fonts, Face::Plain, 10.0, "مرحبا", 100.0).0[0].is_rtl);
}

#[test]
fn a_book_is_cut_and_says_so() {
    let book = "word ".repeat(400_000);
    let mut paper = passage(&book);
    paper.passages.push(Passage { text: "more".into(), ..Passage::default() });
    let fonts = Fonts::load().unwrap();
    let mut sheet = Sheet { pages: vec![Vec::new()], y: MARGIN, full: false, replaced: 0, fonts: &fonts };
    sheet.text(&book, BODY, None);
    assert!(sheet.full && sheet.pages.len() == crate::limits::PAPER_PAGES_MAX);
    assert!(pdf(&paper).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_text_can_be_printed(text in "\\PC{0,300}", label in "\\PC{0,40}") {
        let paper = Paper { facts: vec![(label, text.clone())], ..passage(&text) };
        prop_assert!(pdf(&paper).is_some());
    }
}
