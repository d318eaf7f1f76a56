//! Keys that mail is signed with, in the settings: the records to publish, and what the DNS says of them.

use maud::{Markup, html};

use super::{
    sending::{FindingView, Part, findings, head},
    shell::{SENDING, problem, removal, shell},
};
use crate::web::{
    components::{
        badge::{Tone, badge},
        button::Button,
        field::{Choice, Field, input, select},
    },
    layout::Frame,
    tongue::t,
};

/// A record to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordView {
    pub what: String,
    pub name: String,
    pub value: String,
    /// As a zone file has it, where that differs.
    pub zone: Option<String>,
}

#[derive(Debug, Clone)]
pub struct KeyView {
    pub id: String,
    pub title: String,
    pub state: &'static str,
    pub tone: Tone,
    pub about: &'static str,
    pub record: RecordView,
}

/// A domain that the desk sends from.
#[derive(Debug, Clone, Default)]
pub struct DomainView {
    pub domain: String,
    pub keys: Vec<KeyView>,
    /// What is suggested besides.
    pub records: Vec<RecordView>,
    pub findings: Vec<FindingView>,
}

#[derive(Debug, Clone, Default)]
pub struct SigningView {
    pub frame: Frame,
    pub may_change: bool,
    pub domains: Vec<DomainView>,
    pub letters: usize,
    pub addresses: usize,
    pub typed: String,
    pub domain_error: Option<String>,
    pub error: Option<String>,
}

/// The page at `/agent/admin/sending/signing`.
pub fn page(view: &SigningView) -> Markup {
    shell(
        &view.frame,
        SENDING,
        t!("signing-signing-dns"),
        html! {
            (head(Part::Signing, Some(view.letters), Some(view.addresses)))
            (problem(view.error.as_deref()))
            p { (t!("signing-receivers-believe-mail-signed")) }
            @if view.may_change {
                form method="post" action="/agent/admin/sending/signing/check" { (view.frame.csrf()) div.send { (Button::submit(t!("signing-check-dns")).primary()) } }
            }
            @for it in &view.domains { (domain(view, it)) }
            @if view.may_change { (make(view)) }
        },
    )
}

fn domain(view: &SigningView, it: &DomainView) -> Markup {
    let id = format!("domain-{}", it.domain);
    html! {
        section.form aria-labelledby=(id) {
            h2 id=(id) { (it.domain) }
            (findings(&it.findings))
            @if it.keys.is_empty() { p { (t!("signing-mail-domain-not-signed")) } }
            @for key in &it.keys {
                div.key {
                    h3 { (key.title) " " (badge(key.tone, key.state)) }
                    p { (key.about) }
                    (record(&key.record))
                    @if view.may_change {
                        (removal(&view.frame, &format!("/agent/admin/sending/signing/{}/delete", key.id), t!("signing-nothing-signed-any-more"), t!("signing-take-key-away"), html! {}))
                    }
                }
            }
            @if !it.records.is_empty() {
                h3 { (t!("signing-besides-keys")) }
                @for it in &it.records { p { (it.what) } (record(it)) }
            }
        }
    }
}

fn record(it: &RecordView) -> Markup {
    html! {
        dl.record {
            dt { (t!("word-name")) } dd { code { (it.name) } }
            dt { (t!("signing-type")) } dd { code { (t!("signing-txt")) } }
            dt { (t!("signing-value")) } dd { code { (it.value) } }
            @if let Some(zone) = &it.zone { dt { (t!("signing-zone-file")) } dd { code { (zone) } } }
        }
    }
}

fn make(view: &SigningView) -> Markup {
    let kinds = [Choice::new("rsa", t!("signing-rsa-2048-bits-known")), Choice::new("ed25519", t!("signing-ed25519-small-not-known"))];
    let first = view.domains.first().map_or("", |it| it.domain.as_str());
    let value = if view.typed.is_empty() { first } else { &view.typed };
    html! {
        form.form method="post" action="/agent/admin/sending/signing" {
            (view.frame.csrf())
            h2 { (t!("signing-make-key")) }
            p { (t!("signing-new-key-signs-soon")) }
            (input("text", Field { name: "domain", label: t!("signing-domain"), value, error: view.domain_error.as_deref(), required: true, ..Field::default() }))
            (select(Field { name: "algorithm", label: t!("signing-kind"), value: "rsa", required: true, ..Field::default() }, &kinds))
            div.send { (Button::submit(t!("signing-make-key"))) }
        }
    }
}
