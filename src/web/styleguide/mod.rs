//! Every component in every state, in both themes, filled from `sample`. What is not here does not exist; what looks wrong here is wrong.

mod gallery;
mod once;
pub mod sample;
#[cfg(test)]
mod sample_account;

use maud::{Markup, html};

use super::{
    components::{breadcrumb::breadcrumb, page_header::page_header, toast::toasts},
    layout::{Frame, Side, document},
};
use crate::desk::appearance::Theme;

/// The page at `/styleguide`.
pub fn page(frame: &Frame) -> Markup {
    document(
        frame,
        "Style guide",
        Side::Console,
        &["keys.js", "palette.js"],
        html! {
            body {
                a.skip href="#main" { "Skip to the content" }
                main.guide id="main" tabindex="-1" {
                    (breadcrumb(&[("Home", "/")], "Style guide"))
                    (page_header("Style guide", Some("Every part of every page, in all its states, light and dark."), None))
                    @for (name, draw) in gallery::SECTIONS {
                        section id=(name.to_lowercase().replace(' ', "-")) {
                            h2 { (name) }
                            div.pair {
                                @for theme in [Theme::Light, Theme::Dark] {
                                    div.stage data-theme=(theme.name()) { (draw(&Stage { frame, theme })) }
                                }
                            }
                        }
                    }
                    @for (name, draw) in once::SECTIONS {
                        section id={ (name.to_lowercase().replace(' ', "-")) "-section" } {
                            h2 { (name) }
                            div.stage { (draw(frame)) }
                        }
                    }
                }
                (toasts(&[], &frame.csrf()))
            }
        },
    )
}

/// Where a section is drawn: everything stands there twice, so ids carry the theme.
struct Stage<'a> {
    frame: &'a Frame,
    theme: Theme,
}

impl Stage<'_> {
    fn id(&self, name: &str) -> String {
        format!("{name}-{}", self.theme.name())
    }
}

#[cfg(test)]
mod tests;
