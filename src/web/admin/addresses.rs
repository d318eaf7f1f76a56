//! From which addresses the desk is open.

use maud::{Markup, html};

use super::shell::{ADDRESSES, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Field, textarea},
        page_header::page_header,
    },
    layout::Frame,
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct AddressRulesView {
    pub frame: Frame,
    pub may_change: bool,
    /// One range a line.
    pub everybody: String,
    pub staff: String,
    /// Where whoever looks at it is.
    pub own: Option<String>,
    pub everybody_error: Option<String>,
    pub staff_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/addresses`; sends `everybody`, `staff` and `csrf`.
pub fn page(view: &AddressRulesView) -> Markup {
    let about = "Pages, programs and live connections are open from these addresses only. Mail comes in from anywhere.";
    let everybody = Field {
        name: "everybody",
        label: "For everybody",
        value: &view.everybody,
        hint: Some("One range a line, such as 203.0.113.7 or 10.0.0.0/8. Empty: from anywhere."),
        error: view.everybody_error.as_deref(),
        ..Field::default()
    };
    let staff = Field {
        name: "staff",
        label: "For those who work tickets or change settings",
        value: &view.staff,
        hint: Some("They need to be in the list above as well. Empty: no further rule."),
        error: view.staff_error.as_deref(),
        ..Field::default()
    };
    shell(
        &view.frame,
        ADDRESSES,
        ADDRESSES.name,
        html! {
            (page_header(ADDRESSES.name, Some(about), None))
            form.form id="addresses" method="post" action=(ADDRESSES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                @if let Some(own) = &view.own { p { "You are at " code { (own) } "." } }
                fieldset.plain disabled[!view.may_change] {
                    (textarea(everybody))
                    (textarea(staff))
                    @if view.may_change { div.send { (Button::submit("Save").primary()) } }
                }
            }
        },
    )
}
