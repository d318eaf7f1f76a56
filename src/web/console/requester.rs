//! Another requester for a ticket, with what follows from that.

use maud::{Markup, html};

use super::shell::{RailView, shell};
use crate::web::{
    admin::shell::problem,
    components::{
        breadcrumb::breadcrumb,
        button::Button,
        caller::{CallerView, caller},
        field::checkbox,
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

#[derive(Debug, Clone, Default)]
pub struct RequesterFormView {
    pub frame: Frame,
    pub rail: RailView,
    pub number: String,
    pub title: String,
    /// Whose it is now.
    pub present: String,
    pub caller: CallerView,
    /// Whose it is now follows it from then on.
    pub keeps: bool,
    pub error: Option<String>,
}

/// The page at `/agent/tickets/{number}/requester`; sends what `caller` sends, and `keeps`, to the same address.
pub fn page(view: &RequesterFormView) -> Markup {
    let back = format!("/agent/tickets/{}", view.number);
    let title = t!("requester-change");
    shell(
        &view.frame,
        &view.rail,
        title,
        html! {
            section.pane-list.forward aria-label=(title) {
                div.found {
                    div { (breadcrumb(&[(&view.number, &back)], title)) (page_header(title, Some(&view.title), None)) }
                    (problem(view.error.as_deref()))
                    form.form method="post" action={ (back) "/requester" } novalidate {
                        (view.frame.csrf())
                        p { (t!("requester-follows", name = view.present.as_str())) }
                        (caller(&view.caller))
                        (checkbox("keeps", &t!("requester-keeps", name = view.present.as_str()), Some(t!("requester-keeps-hint")), view.keeps))
                        div.send { (Button::submit(t!("requester-change")).primary()) (Button::link(t!("requester-leave"), &back).quiet()) }
                    }
                }
            }
        },
    )
}
