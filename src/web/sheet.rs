//! A ticket as a sheet: everything about it on one page without anything to press, for paper, and for how it was at an earlier time.

use maud::{Markup, PreEscaped, html};

use super::{
    components::{
        badge::{Tone, badge},
        banner::{Banner, banner},
        button::Button,
        icon::Icon,
        toast::toasts,
    },
    layout::{Frame, Side, brand, document},
    tongue::t,
};

/// A message on a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    pub who: String,
    /// When, and how it came.
    pub about: String,
    /// For those who work tickets only.
    pub inner: bool,
    /// Sanitised.
    pub html: String,
    /// It came as an HTML mail.
    pub mail: bool,
    /// What a reader must know to judge it.
    pub notes: Vec<String>,
    /// Names of files.
    pub files: Vec<String>,
}

/// What the sheet shows.
#[derive(Debug, Clone, Default)]
pub struct SheetView {
    pub frame: Frame,
    pub number: String,
    pub title: String,
    /// When it was printed, or as of when it is.
    pub about: String,
    pub facts: Vec<(String, String)>,
    /// Oldest first.
    pub said: Vec<Said>,
    /// The way back to the ticket.
    pub back: String,
    /// For paper: the address of the PDF, and of the sheet with and without notes where there is the choice.
    pub paper: Option<PaperLinks>,
    /// As it was: what cannot be known.
    pub gaps: Vec<&'static str>,
    /// As it was: the events before and after, and what happened.
    pub then: Option<Then>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperLinks {
    pub pdf: String,
    /// Whether notes are on it, and the address of the other way; none for whoever reads no notes.
    pub notes: Option<(bool, String)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Then {
    /// "Ada changed the priority", as a sentence.
    pub what: String,
    pub earlier: Option<String>,
    pub later: Option<String>,
}

/// The pages at `/tickets/{number}/print` and `/agent/tickets/{number}/history/{event}`.
pub fn page(view: &SheetView) -> Markup {
    let title = format!("{} {}", view.number, view.title);
    document(
        &view.frame,
        &title,
        Side::Portal,
        &[],
        html! {
            body.sheet {
                a.skip href="#main" { (t!("word-skip-content")) }
                nav.sheet-tools aria-label=(t!("sheet-tools")) { (tools(view)) }
                main id="main" tabindex="-1" {
                    header { (brand(&view.frame, "/")) p.meta { (view.about) } }
                    h1 { span.number { (view.number) } " " (view.title) }
                    @if let Some(it) = &view.then {
                        (banner(&Banner { tone: Tone::Info, title: t!("as-of-banner", what = it.what.as_str()), text: String::new() }))
                    }
                    @if !view.gaps.is_empty() {
                        section.gaps aria-labelledby="gaps" { h2 id="gaps" { (t!("as-of-gaps")) } ul { @for it in &view.gaps { li { (it) } } } }
                    }
                    dl.facts { @for (label, value) in &view.facts { dt { (label) } dd { (value) } } }
                    @for it in &view.said { (said(it)) }
                }
                (toasts(&view.frame.toasts, &view.frame.csrf()))
            }
        },
    )
}

fn tools(view: &SheetView) -> Markup {
    html! {
        (Button::link(t!("sheet-back"), &view.back).icon(Icon::Left).quiet())
        @if let Some(it) = &view.paper {
            button.button.with-js type="button" data-print { (t!("sheet-print")) }
            (Button::link(t!("sheet-pdf"), &it.pdf).icon(Icon::File))
            @if let Some((on, other)) = &it.notes {
                (Button::link(if *on { t!("sheet-without-notes") } else { t!("sheet-with-notes") }, other).quiet())
            }
        }
        @if let Some(it) = &view.then {
            @if let Some(href) = &it.earlier { (Button::link(t!("as-of-earlier"), href).icon(Icon::Left)) }
            @if let Some(href) = &it.later { (Button::link(t!("as-of-later"), href).icon(Icon::Right)) }
        }
    }
}

fn said(it: &Said) -> Markup {
    html! {
        article.sheet-said data-kind=[it.inner.then_some("note")] {
            header { strong { (it.who) } " " @if it.inner { (badge(Tone::Note, t!("thread-internal-note"))) " " } span.meta { (it.about) } }
            @for note in &it.notes { p.meta { (note) } }
            div class={ "prose" @if it.mail { " mail paper" } } { (PreEscaped(&it.html)) }
            @if !it.files.is_empty() { p.meta { (t!("word-files")) ": " (it.files.join(", ")) } }
        }
    }
}
