//! What the desk does with and without, one line each.

use maud::{Markup, html};

use super::shell::{FEATURES, Tick, shell, ticks};
use crate::web::{
    components::{button::Button, page_header::page_header},
    layout::Frame,
    tongue::t,
};

#[derive(Debug, Clone, Default)]
pub struct FeaturesView {
    pub frame: Frame,
    pub may_change: bool,
    pub all: Vec<Tick>,
}

/// The page at `/agent/admin/features`; sends `feature` once for each that is on, and `csrf`.
pub fn page(view: &FeaturesView) -> Markup {
    let name = FEATURES.name.text();
    shell(
        &view.frame,
        FEATURES,
        name,
        html! {
            (page_header(name, Some(t!("features-about")), None))
            form.form.wide id="features" method="post" action=(FEATURES.href) {
                (view.frame.csrf())
                fieldset.plain disabled[!view.may_change] {
                    (ticks("feature", t!("features-legend"), Some(t!("features-hint")), &view.all))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
