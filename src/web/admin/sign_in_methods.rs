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
    OneOf(&'static [(&'static str, &'static str)]),
}

/// A field of the form.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// As it is sent, and as refusals name it.
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub shape: Shape,
    pub required: bool,
}

const fn line(name: &'static str, label: &'static str, hint: &'static str) -> Spec {
    Spec { name, label, hint, shape: Shape::Line, required: false }
}

const fn must(it: Spec) -> Spec {
    Spec { required: true, ..it }
}

const fn shaped(shape: Shape, it: Spec) -> Spec {
    Spec { shape, ..it }
}

const CA: Spec = shaped(
    Shape::Lines,
    line(
        "ca",
        "Certificate of its authority",
        "As PEM, if the system does not know it: text that begins with -----BEGIN CERTIFICATE-----.",
    ),
);

const OIDC: &[Spec] = &[
    must(line("issuer", "Issuer", "Exactly as the provider writes it, such as https://login.example.com/realms/main.")),
    must(line("clientId", "Client id", "")),
    shaped(Shape::Secret, line("secret", "Client secret", "Leave it empty to keep the one that is there.")),
    line("scopes", "Scopes", "Besides openid, with spaces between them."),
    CA,
    shaped(Shape::Switch, line("signsOut", "Signing out here signs out there too", "")),
];

const ENCRYPTIONS: &[(&str, &str)] =
    &[("tls", "TLS from the start (ldaps, 636)"), ("start_tls", "StartTLS (389)"), ("none", "None: passwords can be read on the way")];

const LDAP: &[Spec] = &[
    must(line("host", "Host", "The name that stands in the server's certificate.")),
    line("port", "Port", "Empty for the usual one."),
    shaped(Shape::OneOf(ENCRYPTIONS), must(line("encryption", "Encryption", ""))),
    CA,
    line("bindDn", "Who searches", "A distinguished name, or name@domain for Active Directory. Empty: nobody in particular."),
    shaped(Shape::Secret, line("secret", "Its password", "Leave it empty to keep the one that is there.")),
    must(line("base", "Base", "Where people are, such as ou=people,dc=example,dc=com.")),
    must(line("loginFilter", "Filter for signing in", "{login} stands for what people type.")),
    must(line("peopleFilter", "Filter for everybody", "For the sync and the test.")),
    must(line("subject", "Attribute that never changes", "entryUUID for OpenLDAP, objectGUID for Active Directory.")),
    line("groupBase", "Base of groups", "Only if groups do not stand in the person's own entry."),
    line("groupFilter", "Filter for a person's groups", "Such as (member={dn})."),
    line("pageSize", "People per page", ""),
    line("syncMinutes", "Minutes between two syncs", "Empty: people come only by signing in."),
];

const HEADER: &[Spec] = &[
    shaped(
        Shape::Lines,
        must(line("networks", "Addresses of the proxy", "One range a line, such as 10.0.0.5 or 10.0.0.0/24. Nobody else is believed.")),
    ),
    must(line("subject", "Header with the user", "Such as X-Forwarded-User.")),
    line("separator", "Between groups", "A comma if empty."),
    line("signOut", "Where signing out leads", "Such as /oauth2/sign_out."),
];

/// Who comes in, for every kind.
pub const ADMISSION: &[Spec] = &[
    shaped(Shape::Switch, line("creates", "Somebody new gets an account", "Else only who is known here comes in.")),
    shaped(
        Shape::Lines,
        line(
            "domains",
            "Mail domains",
            "One a line. People with an account here are known by an address in one of them; with none, by nothing but a link.",
        ),
    ),
    shaped(
        Shape::Switch,
        line("vouches", "Every mail address there counts as verified", "Only if nobody can put an address there that is not theirs."),
    ),
    shaped(
        Shape::Lines,
        line("groupRoles", "Groups that give roles", "One a line: group = role, role. A whole distinguished name means that group alone."),
    ),
];

/// What is taken over, for every kind.
pub const ATTRIBUTES: &[Spec] = &[
    line("attributes.email", "Mail address", ""),
    line("attributes.name", "Name", ""),
    line("attributes.department", "Department", ""),
    line("attributes.phone", "Phone", ""),
    line("attributes.locale", "Language", ""),
    line("attributes.groups", "Groups", ""),
];

/// A kind of provider: its word on the wire, its name, a line about it, and its fields.
#[derive(Debug, Clone, Copy)]
pub struct KindSpec {
    pub kind: &'static str,
    pub name: &'static str,
    about: &'static str,
    pub fields: &'static [Spec],
}

pub const KINDS: [KindSpec; 3] = [
    KindSpec { kind: "oidc", name: "OpenID Connect", about: "Entra ID, Authentik, Keycloak, Google and many more.", fields: OIDC },
    KindSpec { kind: "ldap", name: "Directory (LDAP)", about: "Active Directory, OpenLDAP, 389 Directory Server.", fields: LDAP },
    KindSpec { kind: "trusted_header", name: "Proxy in front", about: "oauth2-proxy, Traefik ForwardAuth and their like.", fields: HEADER },
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
        Column { heading: "Name", numeric: false },
        Column { heading: "Kind", numeric: false },
        Column { heading: "State", numeric: false },
    ];
    let rows: Vec<Vec<Markup>> =
        view.rows.iter().map(|it| vec![html! { a href=(it.href) { (it.name) } }, html! { (it.kind) }, state(it)]).collect();
    shell(
        &view.frame,
        SIGN_IN,
        "Sign-in methods",
        html! {
                (page_header("Sign-in methods", Some("How people prove who they are."), None))
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                section.form aria-labelledby="by-others" {
                    h2 id="by-others" { "By somebody else's word" }
                    @if rows.is_empty() { (empty_state(Icon::Key, "None yet", "Add your identity provider or directory, and test it before you switch it on.", None)) }
                    @else { (table("Ways to sign in", &columns, &rows)) }
                    div.send { @for it in KINDS { (Button::link(&format!("Add {}", it.name), &format!("/agent/admin/sign-in/new?kind={}", it.kind)).icon(Icon::Plus)) } }
                }
                section.form aria-labelledby="by-password" {
                    h2 id="by-password" { "By password" }
                    form.form method="post" action="/agent/admin/sign-in/passwords" {
                        (view.frame.csrf())
                        (checkbox("local", "Everybody may sign in with a password of this desk", Some("If not, only those who may change settings can, at /sign-in?password, so that a directory that is down locks nobody out for good."), view.local))
                        div.send { (Button::submit("Save")) }
                    }
                }
        },
    )
}

fn state(it: &RowView) -> Markup {
    html! {
        @if it.enabled { (badge(Tone::Ok, "On")) } @else { (badge(Tone::Plain, "Off")) }
        @if let Some(trouble) = &it.trouble { " " (badge(Tone::Warn, "Trouble")) " " (trouble) }
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
    let title = if is_new { format!("Add {}", view.spec.name) } else { view.value("name").to_owned() };
    shell(
        &view.frame,
        SIGN_IN,
        &title,
        html! {
                div { (breadcrumb(&[(SIGN_IN.name, SIGN_IN.href)], &title)) (page_header(&title, Some(view.spec.about), None)) }
                @if let Some(error) = &view.error { (banner(&Banner { tone: Tone::Danger, title: error.clone(), text: String::new() })) }
                (findings(view))
                @if let Some(address) = &view.address { (tools(view, address)) }
                form.form method="post" action=(view.address.as_deref().unwrap_or("/agent/admin/sign-in")) {
                    (view.frame.csrf())
                    input type="hidden" name="kind" value=(view.spec.kind);
                    (field(view, &must(line("name", "Name", "Stands on its button at the door."))))
                    (field(view, &shaped(Shape::Switch, line("enabled", "It is on", "People see it at the door."))))
                    @if let Some(callback) = &view.callback { p { "Register this address there for coming back: " code { (callback) } } }
                    h2 { (view.spec.name) }
                    @for it in view.spec.fields { (field(view, it)) }
                    h2 { "Who comes in" }
                    @for it in ADMISSION { (field(view, it)) }
                    h2 { "What each is called there" }
                    @for it in ATTRIBUTES { (field(view, it)) }
                    div.send { (Button::submit(if is_new { "Add it" } else { "Save" }).primary()) }
                }
                @if let Some(address) = &view.address {
                    (removal(&view.frame, &format!("{address}/delete"), "Nobody signs in by it any more, and roles that only it gave are gone. The people stay.", "Take it away", html! {}))
                }
        },
    )
}

fn findings(view: &MethodView) -> Markup {
    html! {
        @if !view.findings.is_empty() {
            section.form id="findings" aria-labelledby="findings-head" {
                h2 id="findings-head" { "What the test found" }
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
        section.form aria-label="Test" {
            form.form method="post" action={ (address) "/test" } {
                (view.frame.csrf())
                @if is_directory { (input("text", Field { name: "login", label: "Look for somebody", hint: Some("A user name, to see what the directory says about them."), ..Field::default() })) }
                div.send { (Button::submit("Test the connection")) }
            }
            @if is_directory {
                @if let Some(sync) = &view.sync { p { (sync) } }
                form method="post" action={ (address) "/sync" } { (view.frame.csrf()) (Button::submit("Read the directory now")) }
            }
        }
    }
}

fn field(view: &MethodView, it: &Spec) -> Markup {
    let about = Field {
        name: it.name,
        label: it.label,
        value: view.value(it.name),
        hint: Some(it.hint).filter(|it| !it.is_empty()),
        error: view.errors.get(it.name).map(String::as_str),
        required: it.required,
        ..Field::default()
    };
    match it.shape {
        Shape::Line => input("text", about),
        Shape::Lines => textarea(about),
        Shape::Secret => input("password", Field { value: "", autocomplete: Some("new-password"), ..about }),
        Shape::Switch => checkbox(it.name, it.label, about.hint, view.value(it.name) == "on"),
        Shape::OneOf(choices) => {
            let choices: Vec<_> = choices.iter().map(|(value, label)| Choice::new(*value, *label)).collect();
            select(about, &choices)
        }
    }
}
