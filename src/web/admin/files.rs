//! Which files people may send, and whether a virus scanner looks at them.

use maud::{Markup, html};

use super::shell::{FILES, problem, shell};
use crate::web::{
    components::{
        button::Button,
        field::{Field, checkbox, input},
        page_header::page_header,
    },
    layout::Frame,
    tongue::t,
};

/// What the form shows, and shows again after a refusal.
#[derive(Debug, Clone, Default)]
pub struct FilesView {
    pub frame: Frame,
    pub may_change: bool,
    /// In megabytes, as somebody types them.
    pub requester: String,
    pub agent: String,
    /// Endings with commas between.
    pub refused: String,
    pub allowed: String,
    pub programs: bool,
    /// Where the scanner listens; empty without one.
    pub scanner: String,
    pub requester_error: Option<String>,
    pub agent_error: Option<String>,
    pub refused_error: Option<String>,
    pub allowed_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/files`; sends `requester`, `agent`, `refused`, `allowed`, `programs` and `csrf`.
pub fn page(view: &FilesView) -> Markup {
    let name = FILES.name.text();
    let field = |name, label, value, hint, error| Field { name, label, value, hint: Some(hint), error, ..Field::default() };
    let number = |name, label, value, hint, error| Field { required: true, ..field(name, label, value, hint, error) };
    let error = |it: &'static str| match it {
        "requester" => view.requester_error.as_deref(),
        "agent" => view.agent_error.as_deref(),
        "refused" => view.refused_error.as_deref(),
        _ => view.allowed_error.as_deref(),
    };
    shell(
        &view.frame,
        FILES,
        name,
        html! {
            (page_header(name, Some(t!("files-about")), None))
            form.form id="files-form" method="post" action=(FILES.href) {
                (view.frame.csrf())
                (problem(view.error.as_deref()))
                fieldset.plain disabled[!view.may_change] {
                    h2 { (t!("files-size")) }
                    (input("text", number("requester", t!("files-requester"), &view.requester, t!("files-requester-hint"), error("requester"))))
                    (input("text", number("agent", t!("files-agent"), &view.agent, t!("files-agent-hint"), error("agent"))))
                    h2 { (t!("files-kinds")) }
                    (input("text", field("refused", t!("files-refused"), &view.refused, t!("files-refused-hint"), error("refused"))))
                    (input("text", field("allowed", t!("files-allowed"), &view.allowed, t!("files-allowed-hint"), error("allowed"))))
                    (checkbox("programs", t!("files-programs"), Some(t!("files-programs-hint")), view.programs))
                    @if view.may_change { div.send { (Button::submit(t!("word-save")).primary()) } }
                }
            }
            section.panel aria-labelledby="scanner-title" {
                h2 id="scanner-title" { (t!("files-scanner")) }
                @if view.scanner.is_empty() {
                    p { (t!("files-scanner-none")) }
                } @else {
                    p { (t!("files-scanner-at", address = view.scanner.as_str())) }
                    @if view.may_change {
                        form method="post" action="/agent/admin/files/test" { (view.frame.csrf()) (Button::submit(t!("files-scanner-test"))) }
                    }
                }
            }
        },
    )
}
