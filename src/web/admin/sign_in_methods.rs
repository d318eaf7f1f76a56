//! Settings of the ways to sign in: the list, and the form of one, drawn from a table of fields for each kind. What a field means is
//! decided elsewhere; here it has a name, a label and a shape.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::shell::{SIGN_IN, removal, shell};
use crate::web::{
    components::{
        badge::{Tone, badge},
        banner::{Banner, banner},
        breadcrumb::breadcrumb,
        button::Button,
        empty_state::empty_state,
        field::{Choice, Field, checkbox, input, select, textarea},
        icon::Icon,
        page_header::page_header,
        table::{Column, table},
    },
    layout::Frame,
    tongue::{Phrase, marked, phrase, t},
};

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Line,
    /// Several lines, or several values with a line each.
    Lines,
    /// Never shown again.
    Secret,
    Switch,
    /// One of these: what is sent, and what people read.
    OneOf(&'static [(&'static str, Phrase)]),
}

/// A field of the form.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// As it is sent, and as refusals name it.
    pub name: &'static str,
    pub label: Phrase,
    pub hint: Phrase,
    pub shape: Shape,
    pub required: bool,
}

const fn line(name: &'static str, label: Phrase, hint: Phrase) -> Spec {
    Spec { name, label, hint, shape: Shape::Line, required: false }
}

const fn must(it: Spec) -> Spec {
    Spec { required: true, ..it }
}

const fn shaped(shape: Shape, it: Spec) -> Spec {
    Spec { shape, ..it }
}

const CA: Spec =
    shaped(Shape::Lines, line("ca", phrase!("sign-in-methods-certificate-authority"), phrase!("sign-in-methods-pem-if-system-does")));

const OIDC: &[Spec] = &[
    must(line("issuer", phrase!("sign-in-methods-issuer"), phrase!("sign-in-methods-exactly-provider-writes-such"))),
    must(line("clientId", phrase!("sign-in-methods-client-id"), Phrase::NONE)),
    shaped(Shape::Secret, line("secret", phrase!("sign-in-methods-client-secret"), phrase!("sign-in-methods-leave-empty-keep-one"))),
    line("scopes", phrase!("sign-in-methods-scopes"), phrase!("sign-in-methods-besides-openid-spaces-between")),
    CA,
    shaped(Shape::Switch, line("signsOut", phrase!("sign-in-methods-signing-out-here-signs"), Phrase::NONE)),
];

const ENCRYPTIONS: &[(&str, Phrase)] = &[
    ("tls", phrase!("sign-in-methods-tls-start-ldaps-636")),
    ("start_tls", phrase!("sign-in-methods-starttls-389")),
    ("none", phrase!("sign-in-methods-none-passwords-can-read")),
];

const LDAP: &[Spec] = &[
    must(line("host", phrase!("sign-in-methods-host"), phrase!("sign-in-methods-name-stands-servers-certificate"))),
    line("port", phrase!("sign-in-methods-port"), phrase!("sign-in-methods-empty-usual-one")),
    shaped(Shape::OneOf(ENCRYPTIONS), must(line("encryption", phrase!("sign-in-methods-encryption"), Phrase::NONE))),
    CA,
    line("bindDn", phrase!("sign-in-methods-who-searches"), phrase!("sign-in-methods-distinguished-name-name-domain")),
    shaped(Shape::Secret, line("secret", phrase!("sign-in-methods-password"), phrase!("sign-in-methods-leave-empty-keep-one"))),
    must(line("base", phrase!("sign-in-methods-base"), phrase!("sign-in-methods-where-people-such-ou"))),
    must(line("loginFilter", phrase!("sign-in-methods-filter-signing"), phrase!("sign-in-methods-login-stands-what-people"))),
    must(line("peopleFilter", phrase!("sign-in-methods-filter-everybody"), phrase!("sign-in-methods-sync-test"))),
    must(line(
        "subject",
        phrase!("sign-in-methods-attribute-never-changes"),
        phrase!("sign-in-methods-entryuuid-openldap-objectguid-active"),
    )),
    line("groupBase", phrase!("sign-in-methods-base-groups"), phrase!("sign-in-methods-only-if-groups-do")),
    line("groupFilter", phrase!("sign-in-methods-filter-persons-groups"), phrase!("sign-in-methods-such-member-dn")),
    line("pageSize", phrase!("sign-in-methods-people-per-page"), Phrase::NONE),
    line("syncMinutes", phrase!("sign-in-methods-minutes-between-two-syncs"), phrase!("sign-in-methods-empty-people-come-only")),
];

const HEADER: &[Spec] = &[
    shaped(
        Shape::Lines,
        must(line("networks", phrase!("sign-in-methods-addresses-proxy"), phrase!("sign-in-methods-one-range-line-such"))),
    ),
    must(line("subject", phrase!("sign-in-methods-header-user"), phrase!("sign-in-methods-such-x-forwarded-user"))),
    line("separator", phrase!("sign-in-methods-between-groups"), phrase!("sign-in-methods-comma-if-empty")),
    line("signOut", phrase!("sign-in-methods-where-signing-out-leads"), phrase!("sign-in-methods-such-oauth2-sign-out")),
];

/// Who comes in, for every kind.
pub const ADMISSION: &[Spec] = &[
    shaped(
        Shape::Switch,
        line("creates", phrase!("sign-in-methods-somebody-new-gets-account"), phrase!("sign-in-methods-else-only-who-known")),
    ),
    shaped(Shape::Lines, line("domains", phrase!("sign-in-methods-mail-domains"), phrase!("sign-in-methods-one-line-people-account"))),
    shaped(
        Shape::Switch,
        line("vouches", phrase!("sign-in-methods-every-mail-address-there"), phrase!("sign-in-methods-only-if-nobody-can")),
    ),
    shaped(Shape::Lines, line("groupRoles", phrase!("sign-in-methods-groups-give-roles"), phrase!("sign-in-methods-one-line-group-role"))),
];

/// What is taken over, for every kind.
pub const ATTRIBUTES: &[Spec] = &[
    line("attributes.email", phrase!("word-mail-address"), Phrase::NONE),
    line("attributes.name", phrase!("word-name"), Phrase::NONE),
    line("attributes.department", phrase!("sign-in-methods-department"), Phrase::NONE),
    line("attributes.phone", phrase!("sign-in-methods-phone"), Phrase::NONE),
    line("attributes.locale", phrase!("sign-in-methods-language"), Phrase::NONE),
    line("attributes.groups", phrase!("sign-in-methods-groups"), Phrase::NONE),
];

/// A kind of provider: its word on the wire, its name, a line about it, and its fields.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    pub kind: &'static str,
    pub name: Phrase,
    about: Phrase,
    pub fields: &'static [Spec],
}

pub const KINDS: [KindSpec; 3] = [
    KindSpec {
        kind: "oidc",
        name: phrase!("sign-in-methods-openid-connect"),
        about: phrase!("sign-in-methods-entra-id-authentik-keycloak"),
        fields: OIDC,
    },
    KindSpec {
        kind: "ldap",
        name: phrase!("sign-in-methods-directory-ldap"),
        about: phrase!("sign-in-methods-active-directory-openldap-389"),
        fields: LDAP,
    },
    KindSpec {
        kind: "trusted_header",
        name: phrase!("sign-in-methods-proxy-front"),
        about: phrase!("sign-in-methods-oauth2-proxy-traefik-forwardauth"),
        fields: HEADER,
    },
];

/// One way in the list.
#[derive(Debug, Clone, Default)]
pub struct RowView {
    pub name: String,
    pub kind: String,
    pub href: String,
    pub enabled: bool,
    /// What is wrong with it, as far as is known.
    pub trouble: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct MethodsView {
    pub frame: Frame,
    pub rows: Vec<RowView>,
    /// Whether everybody may use a password of this desk.
    pub local: bool,
    pub error: Option<String>,
}

/// The page at `/agent/admin/sign-in`.
pub fn methods_page(view: &MethodsView) -> Markup {
    let columns = [
        Column { heading: t!("word-name"), numeric: false },
        Column { heading: t!("sign-in-methods-kind"), numeric: false },
        Column { heading: t!("word-state"), numeric: false },
    ];
    let rows: Vec<Vec<Markup>> =
        view.rows.iter().map(|it| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.kind) }, state(it)]).collect();
    shell(
        &view.frame,
        SIGN_IN,
        t!("sign-in-methods-sign-methods"),
        html! {
                (page_header(t!("sign-in-methods-sign-methods"), Some(t!("sign-in-methods-how-people-prove-who")), None))
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                section.form aria-labelledby="by-others" {
                    h2 id="by-others" { (t!("sign-in-methods-somebody-elses-word")) }
                    @if rows.is_empty() { (empty_state(Icon::Key, t!("sign-in-methods-none-yet"), t!("sign-in-methods-add-your-identity-provider"), None)) }
                    @else { (table(t!("sign-in-methods-ways-sign"), &columns, &rows)) }
                    div.send { @for it in KINDS { (Button::link(&t!("sign-in-methods-add", name = it.name), &format!("/agent/admin/sign-in/new?kind={}", it.kind)).icon(Icon::Plus)) } }
                }
                section.form aria-labelledby="by-password" {
                    h2 id="by-password" { (t!("sign-in-methods-password-2")) }
                    form.form method="post" action="/agent/admin/sign-in/passwords" {
                        (view.frame.csrf())
                        (checkbox("local", t!("sign-in-methods-everybody-may-sign-password"), Some(t!("sign-in-methods-if-not-only-those")), view.local))
                        div.send { (Button::submit(t!("word-save"))) }
                    }
                }
        },
    )
}

fn state(it: &RowView) -> Markup {
    html! {
        @if it.enabled { (badge(Tone::Ok, t!("sign-in-methods-on"))) } @else { (badge(Tone::Plain, t!("word-off"))) }
        @if let Some(trouble) = &it.trouble { " " (badge(Tone::Warn, t!("sign-in-methods-trouble"))) " " (trouble) }
    }
}

/// One thing that a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundView {
    pub fine: bool,
    pub text: String,
    pub advice: String,
}

/// The form of one way to sign in.
#[derive(Debug, Clone)]
pub struct MethodView {
    pub frame: Frame,
    pub spec: KindSpec,
    /// Where it is, if it is there already.
    pub address: Option<String>,
    /// By the names of fields; a switch that is on has `on`.
    pub values: BTreeMap<String, String>,
    pub errors: BTreeMap<String, String>,
    pub error: Option<String>,
    /// What a test has found.
    pub findings: Vec<FoundView>,
    /// How the last sync went, in a sentence.
    pub sync: Option<String>,
    pub callback: Option<String>,
}

impl MethodView {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

/// The page at `/agent/admin/sign-in/new` and `/agent/admin/sign-in/ID`.
pub fn method_page(view: &MethodView) -> Markup {
    let is_new = view.address.is_none();
    let title = if is_new { t!("sign-in-methods-add", name = view.spec.name) } else { view.value("name").to_owned() };
    shell(
        &view.frame,
        SIGN_IN,
        &title,
        html! {
                div { (breadcrumb(&[(SIGN_IN.name.text(), SIGN_IN.href)], &title)) (page_header(&title, Some(view.spec.about.text()), None)) }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                (findings(view))
                @if let Some(address) = &view.address { (tools(view, address)) }
                form.form method="post" action=(view.address.as_deref().unwrap_or("/agent/admin/sign-in")) {
                    (view.frame.csrf())
                    input type="hidden" name="kind" value=(view.spec.kind);
                    (field(view, &must(line("name", phrase!("word-name"), phrase!("sign-in-methods-stands-button-door")))))
                    (field(view, &shaped(Shape::Switch, line("enabled", phrase!("word-it-is-on"), phrase!("sign-in-methods-people-see-door")))))
                    @if let Some(callback) = &view.callback { p { (marked!("sign-in-methods-register-address-there-coming", callback = html! { code { (callback) } })) } }
                    h2 { (view.spec.name) }
                    @for it in view.spec.fields { (field(view, it)) }
                    h2 { (t!("sign-in-methods-who-comes")) }
                    @for it in ADMISSION { (field(view, it)) }
                    h2 { (t!("sign-in-methods-what-each-called-there")) }
                    @for it in ATTRIBUTES { (field(view, it)) }
                    div.send { (Button::submit(if is_new { t!("sign-in-methods-add-2") } else { t!("word-save") }).primary()) }
                }
                @if let Some(address) = &view.address {
                    (removal(&view.frame, &format!("{address}/delete"), t!("sign-in-methods-nobody-signs-any-more"), t!("word-take-away"), html! {}))
                }
        },
    )
}

fn findings(view: &MethodView) -> Markup {
    html! {
        @if !view.findings.is_empty() {
            section.form id="findings" aria-labelledby="findings-head" {
                h2 id="findings-head" { (t!("word-what-test-found")) }
                @for it in &view.findings {
                    (banner(&Banner { tone: if it.fine { Tone::Ok } else { Tone::Danger }, title: it.text.clone(), text: it.advice.clone() }))
                }
            }
        }
    }
}

fn tools(view: &MethodView, address: &str) -> Markup {
    let is_directory = view.spec.kind == "ldap";
    html! {
        section.form aria-label=(t!("sign-in-methods-test")) {
            form.form method="post" action={ (address) "/test" } {
                (view.frame.csrf())
                @if is_directory { (input("text", Field { name: "login", label: t!("sign-in-methods-look-somebody"), hint: Some(t!("sign-in-methods-user-name-see-what")), ..Field::default() })) }
                div.send { (Button::submit(t!("word-test-connection"))) }
            }
            @if is_directory {
                @if let Some(sync) = &view.sync { p { (sync) } }
                form method="post" action={ (address) "/sync" } { (view.frame.csrf()) (Button::submit(t!("sign-in-methods-read-directory-now"))) }
            }
        }
    }
}

fn field(view: &MethodView, it: &Spec) -> Markup {
    let about = Field {
        name: it.name,
        label: it.label.text(),
        value: view.value(it.name),
        hint: Some(it.hint.text()).filter(|it| !it.is_empty()),
        error: view.errors.get(it.name).map(String::as_str),
        required: it.required,
        ..Field::default()
    };
    match it.shape {
        Shape::Line => input("text", about),
        Shape::Lines => textarea(about),
        Shape::Secret => input("password", Field { value: "", autocomplete: Some("new-password"), ..about }),
        Shape::Switch => checkbox(it.name, it.label.text(), about.hint, view.value(it.name) == "on"),
        Shape::OneOf(choices) => {
            let choices: Vec<_> = choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
            select(about, &choices)
        }
    }
}
