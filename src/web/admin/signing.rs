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
        "Signing and DNS",
        html! {
            (head(Part::Signing, Some(view.letters), Some(view.addresses)))
            (problem(view.error.as_deref()))
            p { "Receivers believe mail that is signed, and that comes from where its domain says. Make a key, publish the records, then check." }
            @if view.may_change {
                form method="post" action="/agent/admin/sending/signing/check" { (view.frame.csrf()) div.send { (Button::submit("Check the DNS").primary()) } }
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
            @if it.keys.is_empty() { p { "Mail from this domain is not signed yet." } }
            @for key in &it.keys {
                div.key {
                    h3 { (key.title) " " (badge(key.tone, key.state)) }
                    p { (key.about) }
                    (record(&key.record))
                    @if view.may_change {
                        (removal(&view.frame, &format!("/agent/admin/sending/signing/{}/delete", key.id), "Nothing is signed with it any more, and its private half is gone. Mail that is under way may fail its check if the record goes, too.", "Take the key away", html! {}))
                    }
                }
            }
            @if !it.records.is_empty() {
                h3 { "Besides the keys" }
                @for it in &it.records { p { (it.what) } (record(it)) }
            }
        }
    }
}

fn record(it: &RecordView) -> Markup {
    html! {
        dl.record {
            dt { "Name" } dd { code { (it.name) } }
            dt { "Type" } dd { code { "TXT" } }
            dt { "Value" } dd { code { (it.value) } }
            @if let Some(zone) = &it.zone { dt { "In a zone file" } dd { code { (zone) } } }
        }
    }
}

fn make(view: &SigningView) -> Markup {
    let kinds = [
        Choice::new("rsa", "RSA, 2048 bits: known everywhere"),
        Choice::new("ed25519", "Ed25519: small, and not known everywhere; besides RSA"),
    ];
    let first = view.domains.first().map_or("", |it| it.domain.as_str());
    let value = if view.typed.is_empty() { first } else { &view.typed };
    html! {
        form.form method="post" action="/agent/admin/sending/signing" {
            (view.frame.csrf())
            h2 { "Make a key" }
            p { "A new key signs as soon as its record is seen, which is looked for every few minutes. Until then the one before it signs." }
            (input("text", Field { name: "domain", label: "Domain", value, error: view.domain_error.as_deref(), required: true, ..Field::default() }))
            (select(Field { name: "algorithm", label: "Kind", value: "rsa", required: true, ..Field::default() }, &kinds))
            div.send { (Button::submit("Make a key")) }
        }
    }
}
