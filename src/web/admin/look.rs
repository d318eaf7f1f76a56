//! The desk's look in the settings: its colour and its logo, with a sample of both.

use maud::{Markup, html};

use super::shell::{LOOK, problem, shell};
use crate::{
    desk::brand,
    limits,
    web::{
        components::{
            badge::{Tone, badge},
            button::Button,
            field::{Field, checkbox, picture, slider},
            page_header::page_header,
        },
        layout::{self, Frame},
        tongue::t,
    },
};

#[derive(Debug, Clone, Default)]
pub struct LookView {
    pub frame: Frame,
    pub may_change: bool,
    pub hue: String,
    pub chroma: String,
    pub has_logo: bool,
    pub hue_error: Option<String>,
    pub chroma_error: Option<String>,
    pub logo_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/look`; sends `hue`, `chroma`, the file `logo` and `noLogo`.
pub fn page(view: &LookView) -> Markup {
    let size = limits::LOGO_BYTES_MAX / 1024;
    let logo_hint = t!("look-logo-hint", size = size);
    let number =
        |name, label, value, hint, error| Field { name, label, value, hint: Some(hint), error, required: true, ..Field::default() };
    shell(
        &view.frame,
        LOOK,
        LOOK.name.text(),
        html! {
            (page_header(LOOK.name.text(), Some(t!("look-about")), None))
            form.form id="look" method="post" action=(LOOK.href) enctype="multipart/form-data" {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    (slider(number("hue", t!("look-hue"), &view.hue, t!("look-hue-hint"), view.hue_error.as_deref()), brand::HUE_MAX.into(), "hue"))
                    (slider(number("chroma", t!("look-chroma"), &view.chroma, t!("look-chroma-hint"), view.chroma_error.as_deref()), brand::CHROMA_MAX.into(), "chroma"))
                    (picture(Field { name: "logo", label: t!("look-logo"), hint: Some(&logo_hint), error: view.logo_error.as_deref(), ..Field::default() }, false))
                    @if view.has_logo { (checkbox("noLogo", t!("look-no-logo"), None, false)) }
                    @if view.may_change { div.send { (Button::submit(t!("look-save")).primary()) } }
                }
            }
            section.panel aria-labelledby="sample" {
                h2 id="sample" { (t!("look-sample")) }
                p { (layout::brand(&view.frame, LOOK.href)) }
                p.look-sample { (Button::submit(t!("look-sample-button")).primary()) (badge(Tone::Accent, t!("look-sample-badge"))) a href=(LOOK.href) { (t!("look-sample-link")) } }
            }
        },
    )
}
