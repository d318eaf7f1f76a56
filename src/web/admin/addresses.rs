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
    tongue::{marked, t},
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
    let about = t!("addresses-pages-programs-live-connections");
    let everybody = Field {
        name: "everybody",
        label: t!("addresses-everybody"),
        value: &view.everybody,
        hint: Some(t!("addresses-one-range-line-such")),
        error: view.everybody_error.as_deref(),
        ..Field::default()
    };
    let staff = Field {
        name: "staff",
        label: t!("addresses-those-who-work-tickets"),
        value: &view.staff,
        hint: Some(t!("addresses-they-need-list-above")),
        error: view.staff_error.as_deref(),
        ..Field::default()
    };
    shell(
        &view.frame,
        ADDRESSES,
        ADDRESSES.name.text(),
        html! {
            (page_header(ADDRESSES.name.text(), Some(about), None))
            form.form id="addresses" method="post" action=(ADDRESSES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                @if let Some(own) = &view.own { p { (marked!("addresses-you", own = html! { code { (own) } })) } }
                fieldset.plain disabled[!view.may_change] {
                    (textarea(everybody))
                    (textarea(staff))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
        },
    )
}
