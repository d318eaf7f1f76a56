//! The API document (OpenAPI 3.1), made of the same types that are read and written, and served at `/v1/openapi.json`. The table
//! below says of each address what it takes and gives; a test holds it against the routes, and answers against it.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    },
};

use super::v1::{
    accounts, addresses, attachments, audit, auth, categories, comments, departments, events, factors, history, identities, input, jobs,
    lifecycles, links, list::ListView, mail, me, organizations, people, portal, queues, roles, search, sessions, shown, sign_in_providers,
    teams, tickets, tokens, watchers,
};
use crate::{http::problem, limits, time::Instant};

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some("RFC 3339, in UTC")).into()
    }
}

impl ToSchema for Instant {}

#[derive(OpenApi)]
#[openapi(components(schemas(
    problem::ProblemView,
    problem::FieldProblem,
    auth::LoginInput,
    auth::RefreshInput,
    auth::LogoutInput,
    auth::SessionView,
    auth::TokenRequest,
    auth::TokenAnswer,
    sessions::SignedInView,
    ListView<sessions::SignedInView>,
    me::MeView,
    me::ProfilePatchInput,
    accounts::RegisterInput,
    accounts::ForgotInput,
    accounts::LinkSettingInput,
    accounts::AcceptedView,
    accounts::InvitationInput,
    accounts::AccountRulesView,
    accounts::AccountRulesPatchInput,
    addresses::AddressRulesView,
    addresses::AddressRulesPatchInput,
    factors::FactorsView,
    factors::SeedView,
    factors::CodeInput,
    factors::RecoveryCodesView,
    factors::PasswordInput,
    tickets::TicketView,
    tickets::TicketListView,
    tickets::NewTicketInput,
    tickets::TicketPatchInput,
    tickets::KindName,
    tickets::CategoryName,
    tickets::PriorityName,
    tickets::ChannelName,
    tickets::AssetView,
    tickets::SlaView,
    tickets::LinkView,
    shown::NamedView,
    shown::PersonRefView,
    comments::CommentView,
    comments::NewCommentInput,
    ListView<comments::CommentView>,
    attachments::AttachmentView,
    attachments::UploadView,
    attachments::UploadInput,
    history::HistoryView,
    history::EventView,
    history::ActorView,
    history::ChangeView,
    portal::NewIncidentInput,
    links::LinkInput,
    links::RelationName,
    watchers::WatcherInput,
    ListView<shown::PersonRefView>,
    search::SearchInput,
    search::SearchView,
    search::HitView,
    search::HitKind,
    mail::MailView,
    mail::OutcomeName,
    mail::TicketRefView,
    people::PersonView,
    ListView<people::PersonView>,
    queues::QueueView,
    queues::NewQueueInput,
    ListView<queues::QueueView>,
    people::NewPersonInput,
    people::PersonPatchInput,
    organizations::OrganizationView,
    organizations::OrganizationInput,
    organizations::MailDomainView,
    organizations::SharingName,
    ListView<organizations::OrganizationView>,
    departments::DepartmentView,
    departments::DepartmentInput,
    ListView<departments::DepartmentView>,
    roles::RoleView,
    roles::RoleInput,
    roles::ReachName,
    ListView<roles::RoleView>,
    queues::QueuePatchInput,
    teams::TeamView,
    teams::TeamInput,
    ListView<teams::TeamView>,
    categories::CategoryView,
    categories::NewCategoryInput,
    ListView<categories::CategoryView>,
    lifecycles::LifecycleView,
    lifecycles::StateView,
    ListView<lifecycles::LifecycleView>,
    tokens::TokenView,
    tokens::NewTokenView,
    tokens::NewTokenInput,
    ListView<tokens::TokenView>,
    sign_in_providers::ProviderView,
    sign_in_providers::ProviderInput,
    sign_in_providers::OidcView,
    sign_in_providers::LdapView,
    sign_in_providers::GroupSearchView,
    sign_in_providers::TrustedHeaderView,
    sign_in_providers::GroupRolesView,
    sign_in_providers::AttributesView,
    sign_in_providers::SyncView,
    sign_in_providers::TestInput,
    sign_in_providers::TestView,
    sign_in_providers::FindingView,
    ListView<sign_in_providers::ProviderView>,
    identities::IdentityView,
    identities::NewIdentityInput,
    identities::SignInMethodsView,
    identities::SignInMethodsInput,
    ListView<identities::IdentityView>,
    audit::AuditView,
    audit::AuditListView,
    audit::OriginView,
    audit::ProofView,
    jobs::JobView,
    ListView<jobs::JobView>,
    events::NoticeView,
    input::Level,
    input::Named,
    input::Free,
    Instant,
)))]
struct Schemas;

/// What an operation takes as its body.
#[derive(Clone, Copy, PartialEq)]
enum Takes {
    Nothing,
    Json(&'static str),
    /// JSON, also as a merge patch.
    Patch(&'static str),
    /// JSON that may be left out.
    Perhaps(&'static str),
    Form(&'static str),
    Mail,
}

/// What an operation gives when all is well.
#[derive(Clone, Copy, PartialEq)]
enum Gives {
    Json(u16, &'static str),
    Nothing,
    Bytes,
    Document,
    /// Server-sent events, each with one of these; it never ends.
    Stream(&'static str),
    /// A WebSocket whose messages are these.
    Socket(&'static str),
}

/// Parameters behind the question mark.
#[derive(Clone, Copy, PartialEq)]
enum Asks {
    Nothing,
    /// Which part of a list.
    Page,
    /// The same, of a list of tickets: filters, order and query.
    Tickets,
    /// The same, of the portal: and `mine`.
    Portal,
    /// The same, of a search: `q` is required.
    Search,
    /// The same, of people: `q` is a part of a name.
    People,
    /// The same, of sessions: `person` is whose.
    Sessions,
    /// `person` is whose.
    Person,
    /// What a live connection is to hear of.
    Topics,
    /// Which role holders get instead of one that is deleted.
    Instead,
}

/// One line of the table: method, path, group, summary, parameters, body, answer.
type Row = (&'static str, &'static str, &'static str, &'static str, Asks, Takes, Gives);

use Asks::*;
use Gives::{Bytes, Document, Socket, Stream};
use Takes::{Form, Mail, Patch, Perhaps};

const NO_BODY: Takes = Takes::Nothing;
const NO_QUERY: Asks = Asks::Nothing;
const DONE: Gives = Gives::Nothing;

const fn takes(schema: &'static str) -> Takes {
    Takes::Json(schema)
}

const fn gives(schema: &'static str) -> Gives {
    Gives::Json(200, schema)
}

const fn makes(schema: &'static str) -> Gives {
    Gives::Json(201, schema)
}

/// Every operation.
const OPERATIONS: &[Row] = &[
    ("post", "/auth/login", "auth", "Sign in with mail address and password", NO_QUERY, takes("LoginInput"), gives("SessionView")),
    (
        "post",
        "/auth/refresh",
        "auth",
        "Trade a refresh token, which works once, for new tokens",
        NO_QUERY,
        takes("RefreshInput"),
        gives("SessionView"),
    ),
    ("post", "/auth/logout", "auth", "End the session", NO_QUERY, Perhaps("LogoutInput"), DONE),
    (
        "post",
        "/auth/register",
        "auth",
        "Ask for an account; a mail with a link comes to the address",
        NO_QUERY,
        takes("RegisterInput"),
        Gives::Json(202, "AcceptedView"),
    ),
    ("post", "/auth/verify", "auth", "Finish a registration with the link from its mail", NO_QUERY, takes("LinkSettingInput"), DONE),
    (
        "post",
        "/auth/forgot",
        "auth",
        "Ask for a link to set another password",
        NO_QUERY,
        takes("ForgotInput"),
        Gives::Json(202, "AcceptedView"),
    ),
    ("post", "/auth/reset", "auth", "Set another password with the link from a mail", NO_QUERY, takes("LinkSettingInput"), DONE),
    ("post", "/auth/accept", "auth", "Take an invitation with the link from its mail", NO_QUERY, takes("LinkSettingInput"), DONE),
    ("get", "/openapi.json", "auth", "This document", NO_QUERY, NO_BODY, Document),
    ("get", "/me", "auth", "Who is signed in, and what they may do", NO_QUERY, NO_BODY, gives("MeView")),
    ("patch", "/me", "auth", "Change your name, language or time zone", NO_QUERY, Patch("ProfilePatchInput"), gives("MeView")),
    ("post", "/me/password", "auth", "Change your password; every session ends", NO_QUERY, takes("PasswordInput"), DONE),
    ("get", "/me/factors", "auth", "How your second factor stands", NO_QUERY, NO_BODY, gives("FactorsView")),
    ("post", "/me/factors/totp", "auth", "Begin to set up a second factor", NO_QUERY, NO_BODY, makes("SeedView")),
    (
        "post",
        "/me/factors/totp/confirm",
        "auth",
        "Finish setting it up, with a first code",
        NO_QUERY,
        takes("CodeInput"),
        gives("RecoveryCodesView"),
    ),
    (
        "post",
        "/me/factors/recovery-codes",
        "auth",
        "Make new recovery codes; the old ones end",
        NO_QUERY,
        takes("CodeInput"),
        gives("RecoveryCodesView"),
    ),
    ("post", "/me/factors/remove", "auth", "Remove your second factor", NO_QUERY, takes("CodeInput"), DONE),
    ("get", "/tickets", "tickets", "List tickets", Tickets, NO_BODY, gives("TicketListView")),
    ("post", "/tickets", "tickets", "Lodge a ticket", NO_QUERY, takes("NewTicketInput"), makes("TicketView")),
    ("get", "/tickets/{id}", "tickets", "Read a ticket", NO_QUERY, NO_BODY, gives("TicketView")),
    ("patch", "/tickets/{id}", "tickets", "Change a ticket (RFC 7396)", NO_QUERY, Patch("TicketPatchInput"), gives("TicketView")),
    ("put", "/tickets/{id}", "tickets", "Replace a ticket's content", NO_QUERY, takes("NewTicketInput"), gives("TicketView")),
    ("delete", "/tickets/{id}", "tickets", "Delete a ticket: it is hidden and keeps its number", NO_QUERY, NO_BODY, DONE),
    ("get", "/tickets/{id}/comments", "tickets", "The thread, oldest first", Page, NO_BODY, gives("ListView_CommentView")),
    (
        "post",
        "/tickets/{id}/comments",
        "tickets",
        "Add a comment or an internal note",
        NO_QUERY,
        takes("NewCommentInput"),
        makes("CommentView"),
    ),
    ("get", "/tickets/{id}/messages", "tickets", "The thread, by its other name", Page, NO_BODY, gives("ListView_CommentView")),
    (
        "post",
        "/tickets/{id}/messages",
        "tickets",
        "Add a comment, by its other name",
        NO_QUERY,
        takes("NewCommentInput"),
        makes("CommentView"),
    ),
    ("post", "/tickets/{id}/attachments", "tickets", "Add files", NO_QUERY, Form("UploadInput"), makes("UploadView")),
    ("get", "/tickets/{id}/history", "tickets", "What happened to it, newest first", Page, NO_BODY, gives("HistoryView")),
    ("post", "/tickets/{id}/links", "tickets", "Link it to another ticket", NO_QUERY, takes("LinkInput"), makes("TicketView")),
    ("delete", "/tickets/{id}/links/{type}/{other}", "tickets", "Take a link away", NO_QUERY, NO_BODY, DONE),
    ("get", "/tickets/{id}/watchers", "tickets", "Who follows it", Page, NO_BODY, gives("ListView_PersonRefView")),
    (
        "post",
        "/tickets/{id}/watchers",
        "tickets",
        "Follow it, or have somebody follow it",
        NO_QUERY,
        takes("WatcherInput"),
        gives("ListView_PersonRefView"),
    ),
    ("delete", "/tickets/{id}/watchers/{person}", "tickets", "Follow it no longer", NO_QUERY, NO_BODY, DONE),
    ("get", "/attachments/{id}", "tickets", "The bytes of a file, or a range of them", NO_QUERY, NO_BODY, Bytes),
    ("get", "/search", "search", "Search", Search, NO_BODY, gives("SearchView")),
    ("post", "/search", "search", "Search", NO_QUERY, takes("SearchInput"), gives("SearchView")),
    ("post", "/portal/incidents", "portal", "Tell that something is broken", NO_QUERY, takes("NewIncidentInput"), makes("TicketView")),
    ("get", "/portal/tickets", "portal", "Your own tickets", Portal, NO_BODY, gives("TicketListView")),
    ("get", "/people", "people", "List people", People, NO_BODY, gives("ListView_PersonView")),
    ("post", "/people", "people", "Add one of the people", NO_QUERY, takes("NewPersonInput"), makes("PersonView")),
    ("get", "/people/{id}", "people", "Read one of the people", NO_QUERY, NO_BODY, gives("PersonView")),
    ("patch", "/people/{id}", "people", "Change one of the people (RFC 7396)", NO_QUERY, Patch("PersonPatchInput"), gives("PersonView")),
    ("put", "/people/{id}", "people", "Replace one of the people", NO_QUERY, takes("NewPersonInput"), gives("PersonView")),
    ("delete", "/people/{id}", "people", "Deactivate a person", NO_QUERY, NO_BODY, DONE),
    ("get", "/users", "people", "List people", People, NO_BODY, gives("ListView_PersonView")),
    ("post", "/users", "people", "Add one of the people", NO_QUERY, takes("NewPersonInput"), makes("PersonView")),
    ("get", "/users/{id}", "people", "Read one of the people", NO_QUERY, NO_BODY, gives("PersonView")),
    ("patch", "/users/{id}", "people", "Change one of the people (RFC 7396)", NO_QUERY, Patch("PersonPatchInput"), gives("PersonView")),
    ("put", "/users/{id}", "people", "Replace one of the people", NO_QUERY, takes("NewPersonInput"), gives("PersonView")),
    ("delete", "/users/{id}", "people", "Deactivate a person", NO_QUERY, NO_BODY, DONE),
    ("get", "/organizations", "people", "List organizations", Page, NO_BODY, gives("ListView_OrganizationView")),
    ("post", "/organizations", "people", "Add one of the organizations", NO_QUERY, takes("OrganizationInput"), makes("OrganizationView")),
    ("get", "/organizations/{id}", "people", "Read one of the organizations", NO_QUERY, NO_BODY, gives("OrganizationView")),
    (
        "patch",
        "/organizations/{id}",
        "people",
        "Change one of the organizations (RFC 7396)",
        NO_QUERY,
        Patch("OrganizationInput"),
        gives("OrganizationView"),
    ),
    ("delete", "/organizations/{id}", "people", "Take one away", NO_QUERY, NO_BODY, DONE),
    ("get", "/departments", "people", "List departments", Page, NO_BODY, gives("ListView_DepartmentView")),
    ("post", "/departments", "people", "Add one of the departments", NO_QUERY, takes("DepartmentInput"), makes("DepartmentView")),
    ("get", "/departments/{id}", "people", "Read one of the departments", NO_QUERY, NO_BODY, gives("DepartmentView")),
    (
        "patch",
        "/departments/{id}",
        "people",
        "Change one of the departments (RFC 7396)",
        NO_QUERY,
        Patch("DepartmentInput"),
        gives("DepartmentView"),
    ),
    ("delete", "/departments/{id}", "people", "Take one away", NO_QUERY, NO_BODY, DONE),
    ("get", "/roles", "people", "List roles", Page, NO_BODY, gives("ListView_RoleView")),
    ("post", "/roles", "people", "Add one of the roles", NO_QUERY, takes("RoleInput"), makes("RoleView")),
    ("get", "/roles/{role}", "people", "Read one of the roles", NO_QUERY, NO_BODY, gives("RoleView")),
    ("patch", "/roles/{role}", "people", "Change one of the roles (RFC 7396)", NO_QUERY, Patch("RoleInput"), gives("RoleView")),
    ("delete", "/roles/{role}", "people", "Take one away", Instead, NO_BODY, DONE),
    ("post", "/people/invitations", "people", "Invite somebody by mail", NO_QUERY, takes("InvitationInput"), makes("PersonView")),
    ("delete", "/people/{id}/factors", "people", "Remove somebody's second factor", NO_QUERY, NO_BODY, DONE),
    ("get", "/settings/accounts", "desk", "What the desk asks of local accounts", NO_QUERY, NO_BODY, gives("AccountRulesView")),
    (
        "patch",
        "/settings/accounts",
        "desk",
        "Change what the desk asks of local accounts",
        NO_QUERY,
        Patch("AccountRulesPatchInput"),
        gives("AccountRulesView"),
    ),
    ("get", "/settings/addresses", "desk", "From which addresses the desk is open", NO_QUERY, NO_BODY, gives("AddressRulesView")),
    (
        "patch",
        "/settings/addresses",
        "desk",
        "Change from which addresses the desk is open",
        NO_QUERY,
        Patch("AddressRulesPatchInput"),
        gives("AddressRulesView"),
    ),
    ("get", "/queues", "desk", "List queues", Page, NO_BODY, gives("ListView_QueueView")),
    ("post", "/queues", "desk", "Add a queue", NO_QUERY, takes("NewQueueInput"), makes("QueueView")),
    ("get", "/queues/{id}", "desk", "Read a queue", NO_QUERY, NO_BODY, gives("QueueView")),
    ("patch", "/queues/{id}", "desk", "Give a queue to another team", NO_QUERY, Patch("QueuePatchInput"), gives("QueueView")),
    ("get", "/teams", "people", "List teams", Page, NO_BODY, gives("ListView_TeamView")),
    ("post", "/teams", "people", "Add one of the teams", NO_QUERY, takes("TeamInput"), makes("TeamView")),
    ("get", "/teams/{id}", "people", "Read one of the teams", NO_QUERY, NO_BODY, gives("TeamView")),
    ("patch", "/teams/{id}", "people", "Change one of the teams (RFC 7396)", NO_QUERY, Patch("TeamInput"), gives("TeamView")),
    ("delete", "/teams/{id}", "people", "Take one away", NO_QUERY, NO_BODY, DONE),
    ("get", "/categories", "desk", "List categories", Page, NO_BODY, gives("ListView_CategoryView")),
    ("post", "/categories", "desk", "Add a category", NO_QUERY, takes("NewCategoryInput"), makes("CategoryView")),
    ("get", "/lifecycles", "desk", "The states of each kind of ticket", Page, NO_BODY, gives("ListView_LifecycleView")),
    ("get", "/tokens", "tokens", "Your access tokens", Page, NO_BODY, gives("ListView_TokenView")),
    ("post", "/tokens", "tokens", "Make an access token; its text is shown once", NO_QUERY, takes("NewTokenInput"), makes("NewTokenView")),
    ("delete", "/tokens/{id}", "tokens", "End an access token", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/auth/token",
        "auth",
        "Trade a personal token in as client credentials for an access token (as JSON or as a form)",
        NO_QUERY,
        takes("TokenRequest"),
        gives("TokenAnswer"),
    ),
    ("get", "/sessions", "auth", "Where you are signed in, or somebody else is", Sessions, NO_BODY, gives("ListView_SignedInView")),
    ("delete", "/sessions", "auth", "Sign out everywhere else", Asks::Person, NO_BODY, DONE),
    ("delete", "/sessions/{id}", "auth", "Sign out there", NO_QUERY, NO_BODY, DONE),
    ("get", "/sign-in-methods", "sign-in", "Whether passwords of this desk are taken", NO_QUERY, NO_BODY, gives("SignInMethodsView")),
    (
        "put",
        "/sign-in-methods",
        "sign-in",
        "Take passwords of this desk, or only from those who may change settings",
        NO_QUERY,
        takes("SignInMethodsInput"),
        gives("SignInMethodsView"),
    ),
    ("get", "/sign-in-providers", "sign-in", "List ways to sign in by somebody else's word", Page, NO_BODY, gives("ListView_ProviderView")),
    ("post", "/sign-in-providers", "sign-in", "Add a way to sign in", NO_QUERY, takes("ProviderInput"), makes("ProviderView")),
    ("get", "/sign-in-providers/{id}", "sign-in", "Read a way to sign in", NO_QUERY, NO_BODY, gives("ProviderView")),
    (
        "patch",
        "/sign-in-providers/{id}",
        "sign-in",
        "Change a way to sign in (RFC 7396)",
        NO_QUERY,
        Patch("ProviderInput"),
        gives("ProviderView"),
    ),
    ("delete", "/sign-in-providers/{id}", "sign-in", "Take a way to sign in away; its people stay", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/sign-in-providers/{id}/test",
        "sign-in",
        "Try the connection, and say in words what is wrong",
        NO_QUERY,
        takes("TestInput"),
        gives("TestView"),
    ),
    ("post", "/sign-in-providers/{id}/sync", "sign-in", "Read the whole directory soon", NO_QUERY, NO_BODY, DONE),
    (
        "delete",
        "/sign-in-providers/{id}/identities/{subject}",
        "sign-in",
        "Unlink an identity; sessions that it opened end",
        NO_QUERY,
        NO_BODY,
        DONE,
    ),
    ("get", "/people/{id}/identities", "sign-in", "By what providers know a person", Page, NO_BODY, gives("ListView_IdentityView")),
    (
        "post",
        "/people/{id}/identities",
        "sign-in",
        "Link an identity to a person",
        NO_QUERY,
        takes("NewIdentityInput"),
        makes("IdentityView"),
    ),
    ("get", "/audit", "operation", "The desk's log, newest first", Page, NO_BODY, gives("AuditListView")),
    ("get", "/audit/verify", "operation", "Prove that nothing in the log was changed", NO_QUERY, NO_BODY, gives("ProofView")),
    ("get", "/jobs", "operation", "Background work that failed for good", Page, NO_BODY, gives("ListView_JobView")),
    ("post", "/jobs/{id}/retry", "operation", "Give failed work another round", NO_QUERY, NO_BODY, DONE),
    ("get", "/events", "live", "Hear that something changed, as server-sent events", Topics, NO_BODY, Stream("NoticeView")),
    ("get", "/ws", "live", "Hear that something changed, over a WebSocket (RFC 6455)", Topics, NO_BODY, Socket("NoticeView")),
    ("post", "/webhooks/email-inbound", "operation", "Take a raw mail in", NO_QUERY, Mail, gives("MailView")),
];

/// Operations that nobody signs in for.
const OPEN: &[&str] = &[
    "/auth/login",
    "/auth/refresh",
    "/auth/logout",
    "/auth/token",
    "/auth/register",
    "/auth/verify",
    "/auth/forgot",
    "/auth/reset",
    "/auth/accept",
    "/openapi.json",
];

/// Groups, and a sentence on each.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in, and who is signed in."),
    ("tickets", "Tickets with their threads, files, links and history."),
    ("search", "Search in the query language."),
    ("portal", "What requesters do."),
    ("people", "People, roles, teams, organizations, departments."),
    ("desk", "Queues, categories, lifecycles."),
    ("tokens", "Access tokens."),
    ("live", "That something changed, as it happens."),
    ("sign-in", "Ways to sign in by somebody else's word."),
    ("operation", "The log, background work, mail."),
];

const ABOUT: &str = "\
The API of an IT service desk.\n\n\
**Signing in.** Send `Authorization: Bearer TOKEN` with a personal access token or the access token of `/v1/auth/login`.\n\n\
**Errors** are `application/problem+json` with a stable `code`; `errors` names the fields. Sign-in is checked first (401), then \
permission (403, or 404 where existence itself is private), then the values (400 for bytes that do not parse, 422 for values that do \
not fit).\n\n\
**Lists** take `page` and `pageSize`, or `cursor` and `limit`; a cursor neither repeats nor skips rows while others come and go.\n\n\
**Versions.** A single thing has an `ETag`; send it as `If-None-Match` to read only what changed and as `If-Match` to change only what you saw.\n\n\
**Repeats.** A creating POST with an `Idempotency-Key` is done once within a day; a repeat gets the first answer with \
`Idempotent-Replay: true`.\n\n\
**Limits.** Only credentials are limited per address; everything else is slowed by back-pressure. 429 and 503 carry `Retry-After`.\n\n\
**Live.** `GET /v1/events?topics=me,lists,ticket:INC-000045` (server-sent events) and `/v1/ws` (WebSocket) tell that something \
changed; read it then. After a gap, and when you are too slow, one notice of the kind `reset` says to read everything anew.\n\n\
**Other names.** `/api` is `/v1`; `subject`, `customer`, `agent`, `team`, `source`, `message`, `content`, `body_md`, `is_internal` and \
`is_public` are taken for title, requester, assignee, queue, channel, body and isPrivate.";

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameter(name: &str, place: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "description": about, "required": place == "path", "schema": schema })
}

fn query(name: &str, about: &str, schema: Value) -> Value {
    parameter(name, "query", about, schema)
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn page_parameters() -> Vec<Value> {
    let whole = |most: usize| json!({ "type": "integer", "minimum": 1, "maximum": most });
    vec![
        query("page", "The number of the page, from 1.", whole(limits::PAGE_ROWS_MAX)),
        query("pageSize", "Rows per page.", whole(limits::PAGE_SIZE_MAX)),
        query("cursor", "The `nextCursor` of the page before.", text()),
        query("limit", "Rows per page, with a cursor.", whole(limits::PAGE_SIZE_MAX)),
    ]
}

fn ticket_parameters() -> Vec<Value> {
    let mut all = page_parameters();
    all.push(query("sort", "`createdAt`, `updatedAt`, `priority`, `sla.dueAt`, `number` or `relevance`, with `:asc` or `:desc`.", text()));
    all.push(query("q", "A question in the query language, such as `status:open assignee:me`.", text()));
    for (name, about) in [
        ("status", "A state or a category of states; `open` is everything neither resolved nor closed. Several with commas, as below."),
        ("kind", "Incident, request, problem, change or task."),
        ("priority", "1 to 4, P1 to P4, or a name."),
        ("queue", "Id or name."),
        ("assignee", "Id, mail address or name; `me`, `none`."),
        ("requester", "Id, mail address or name; `me`."),
        ("organization", "Id or name."),
        ("category", "Id or name."),
        ("tag", "A tag."),
        ("channel", "How it came."),
        ("createdAfter", "A date or instant."),
        ("createdBefore", "A date or instant."),
        ("updatedAfter", "A date or instant."),
        ("updatedBefore", "A date or instant."),
    ] {
        all.push(query(name, about, text()));
    }
    all
}

fn query_parameters(asks: Asks) -> Vec<Value> {
    match asks {
        Asks::Nothing => Vec::new(),
        Page => page_parameters(),
        Tickets => ticket_parameters(),
        Portal => {
            let mut all = ticket_parameters();
            all.push(query(
                "mine",
                "Only those that you lodged (the default), or also those that you follow.",
                json!({ "type": "boolean" }),
            ));
            all
        }
        Search => {
            let mut all = page_parameters();
            all.push(query("sort", "As for lists; `relevance` if absent.", text()));
            let mut q = query("q", "Words, or a question in the query language.", json!({ "type": "string", "minLength": 1 }));
            q["required"] = json!(true);
            all.push(q);
            all
        }
        Topics => topic_parameters(),
        People => {
            let mut all = page_parameters();
            all.push(query("q", "A part of a name or mail address.", text()));
            all.push(query("role", "The key of a role that they hold.", text()));
            all.push(query("organization", "Id or name of the organization that they are of.", text()));
            all.push(query("team", "Id or name of a team that they are in.", text()));
            all.push(query("active", "Only those who may sign in, or only those who may not.", json!({ "type": "boolean" })));
            all
        }
        Sessions => {
            let mut all = page_parameters();
            all.push(query("person", WHOSE, json!({ "type": "string", "format": "uuid" })));
            all
        }
        Asks::Person => vec![query("person", WHOSE, json!({ "type": "string", "format": "uuid" }))],
        Instead => vec![query("instead", "The key of the role that its holders get.", text())],
    }
}

const WHOSE: &str = "Whose, by id, for whoever may change people; yours if not given.";
/// One server-sent event, as an object of its fields.
fn event_of(schema: &str) -> Value {
    json!({
        "type": "object",
        "description": "One event of the stream. A line of comment every 20 seconds keeps the connection open.",
        "required": ["id", "event", "data"],
        "properties": {
            "id": { "type": "string", "description": "The number of the change; a browser sends it back as `Last-Event-ID`." },
            "event": { "type": "string", "description": "The `kind` of the notice." },
            "data": { "type": "string", "contentMediaType": "application/json", "contentSchema": reference(schema) },
        },
    })
}

fn topic_parameters() -> Vec<Value> {
    let topic = json!({ "type": "string", "pattern": "^(me|lists|ticket:.+)$" });
    let mut topics = query(
        "topics",
        "`me`, `lists` and `ticket:NUMBER`, with commas between them; if absent, `me`, and `lists` for whoever may see every ticket.",
        json!({ "type": "array", "items": topic, "maxItems": limits::LIVE_TOPICS_MAX }),
    );
    topics["explode"] = json!(false);
    vec![
        topics,
        query("lastEventId", "You were connected before: begin with a `reset`.", text()),
        parameter("Last-Event-ID", "header", "The same, as browsers send it.", text()),
    ]
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            let (about, schema) = match name {
                "id" if path.starts_with("/tickets") => ("Id or number of the ticket.", text()),
                "other" => ("Id or number of the other ticket.", text()),
                "role" => ("Key of the role.", text()),
                "type" => ("How the two relate.", reference("RelationName")),
                "subject" => ("What the provider knows the person by.", text()),
                _ => ("Id.", json!({ "type": "string", "format": "uuid" })),
            };
            parameter(name, "path", about, schema)
        })
        .collect()
}

fn header_parameters(method: &str, path: &str, takes: Takes) -> Vec<Value> {
    let mut all = Vec::new();
    let creates = method == "post"
        && !path.starts_with("/auth")
        && !path.starts_with("/me/")
        && !matches!(path, "/search" | "/tokens" | "/webhooks/email-inbound")
        && !path.starts_with("/sign-in-")
        && !path.ends_with("/identities");
    if creates && takes != NO_BODY && !path.ends_with("/watchers") {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": limits::IDEMPOTENCY_KEY_BYTES_MAX });
        all.push(parameter("Idempotency-Key", "header", "Makes repeats harmless.", schema));
    }
    if is_versioned(path) {
        let (name, about) = match method {
            "get" => ("If-None-Match", "Answer 304 if this version is the present one."),
            _ => ("If-Match", "Change only this version; 412 if another is there."),
        };
        all.push(parameter(name, "header", about, text()));
    }
    all
}

/// Whether what is there has an `ETag`.
fn is_versioned(path: &str) -> bool {
    const OF: [&str; 8] = ["/tickets", "/people", "/users", "/organizations", "/departments", "/roles", "/queues", "/teams"];
    path.rsplit_once("/{").is_some_and(|(of, name)| OF.contains(&of) && matches!(name, "id}" | "role}"))
}

fn body(takes: Takes) -> Option<Value> {
    let json_as = |schema: &str, types: &[&str], required: bool| {
        let content: Map<String, Value> = types.iter().map(|it| ((*it).to_owned(), json!({ "schema": reference(schema) }))).collect();
        Some(json!({ "required": required, "content": content }))
    };
    match takes {
        Takes::Nothing => None,
        Takes::Json(schema) => json_as(schema, &["application/json"], true),
        Patch(schema) => json_as(schema, &["application/json", "application/merge-patch+json"], true),
        Perhaps(schema) => json_as(schema, &["application/json"], false),
        Form(schema) => json_as(schema, &["multipart/form-data"], true),
        Mail => {
            let raw = json!({ "schema": { "type": "string", "format": "binary" } });
            Some(json!({ "required": true, "content": { "message/rfc822": raw, "application/octet-stream": raw } }))
        }
    }
}

/// The statuses of problems that an operation can answer with.
fn problems(method: &str, path: &str, takes: Takes) -> Vec<u16> {
    let mut all = vec![400, 401, 403, 404, 422, 429, 503];
    if takes != NO_BODY {
        all.extend([413, 415]);
    }
    if method != "get" {
        all.push(409);
    }
    if matches!(method, "patch" | "put" | "delete") {
        all.push(412);
    }
    if path.starts_with("/attachments") {
        all.push(416);
    }
    all
}

fn answers(row: &Row) -> Value {
    let (method, path, _, _, _, takes, gives) = row;
    let mut all = Map::new();
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    match gives {
        Gives::Json(status, schema) => {
            let about = match status {
                201 => "Made.",
                202 => "Taken; the rest comes by mail.",
                _ => "Here it is.",
            };
            all.insert(
                status.to_string(),
                json!({ "description": about, "content": { "application/json": { "schema": reference(schema) } } }),
            );
        }
        Gives::Nothing => {
            all.insert("204".into(), json!({ "description": "Done." }));
        }
        Document => {
            let schema = json!({ "type": "object", "required": ["openapi", "info", "paths"] });
            all.insert("200".into(), json!({ "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": schema } } }));
        }
        Stream(schema) => {
            let content = json!({ "text/event-stream": { "schema": event_of(schema) } });
            all.insert("200".into(), json!({ "description": "Notices as they come, until you hang up.", "content": content }));
        }
        Socket(schema) => {
            let about = format!("The connection is a WebSocket now. Each text message is a `{schema}`; nothing is expected from you.");
            all.insert("101".into(), json!({ "description": about }));
        }
        Bytes => {
            all.insert("200".into(), json!({ "description": "All bytes.", "content": { "*/*": binary } }));
            all.insert("206".into(), json!({ "description": "A range of them.", "content": { "*/*": binary } }));
        }
    }
    if (*method == "get" && is_versioned(path)) || *gives == Bytes {
        all.insert("304".into(), json!({ "description": "You have this version." }));
    }
    for status in problems(method, path, *takes) {
        all.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    Value::Object(all)
}

fn operation(prefix: &str, row: &Row) -> Value {
    let (method, path, tag, summary, asks, takes, _) = *row;
    let words: Vec<&str> = path.split(['/', '{', '}', '-', '.']).filter(|it| !it.is_empty()).collect();
    let mut parameters = path_parameters(path);
    parameters.extend(query_parameters(asks));
    parameters.extend(header_parameters(method, path, takes));
    let mut operation = json!({
        "operationId": format!("{}_{method}_{}", prefix.trim_matches('/'), words.join("_")),
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "responses": answers(row),
    });
    if let Some(body) = body(takes) {
        operation["requestBody"] = body;
    }
    if OPEN.contains(&path) {
        operation["security"] = json!([]);
    }
    operation
}

/// Answers always hold every key, so a reader may rely on each; a value may still be null.
fn require_all(schemas: &mut Map<String, Value>) {
    for (name, schema) in schemas.iter_mut() {
        let is_answer = name.contains("View") || matches!(name.as_str(), "Problem" | "FieldProblem");
        if is_answer
            && let Some(keys) = schema.get("properties").and_then(Value::as_object).map(|it| it.keys().cloned().collect::<Vec<_>>())
        {
            schema["required"] = json!(keys);
        }
    }
}

fn document() -> Value {
    let mut schemas = match serde_json::to_value(Schemas::openapi()).map(|mut it| it["components"]["schemas"].take()) {
        Ok(Value::Object(schemas)) => schemas,
        _ => Map::new(),
    };
    require_all(&mut schemas);
    let mut paths = Map::new();
    for prefix in ["/v1", "/api"] {
        for row in OPERATIONS {
            let place = paths.entry(format!("{prefix}{}", row.1)).or_insert_with(|| json!({}));
            place[row.0] = operation(prefix, row);
        }
    }
    let problem = json!({ "schema": reference("Problem") });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Lodge", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT, "license": { "name": env!("CARGO_PKG_LICENSE") } },
        "servers": [{ "url": "/" }],
        "security": [{ "bearerAuth": [] }],
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Problem": { "description": "Why it was not done.", "content": { "application/problem+json": problem } } },
            "securitySchemes": { "bearerAuth": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// The document, written once.
static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());

pub async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::api::routes;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routes: BTreeSet<_> = routes::OPEN.iter().chain(routes::CLOSED).copied().collect();
        let described: BTreeSet<_> = OPERATIONS.iter().map(|it| (it.0, it.1)).collect();
        assert_eq!(described, routes);
        let open: BTreeSet<_> = routes::OPEN.iter().map(|it| it.1).collect();
        assert_eq!(OPEN.iter().copied().collect::<BTreeSet<_>>(), open);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer} is not in the document");
        }
    }

    #[test]
    fn live_connections_are_operations() {
        let document = document();
        let answers = |path: &str| document["paths"][path]["get"]["responses"].clone();
        let event = &answers("/v1/events")["200"]["content"]["text/event-stream"]["schema"];
        assert_eq!(event["properties"]["data"]["contentSchema"], reference("NoticeView"));
        assert!(answers("/v1/ws")["101"].is_object());
        for path in ["/v1/events", "/v1/ws", "/api/events", "/api/ws"] {
            assert_eq!(document["paths"][path]["get"]["parameters"][0]["name"], "topics", "{path}");
            assert!(answers(path)["401"].is_object() && answers(path)["503"].is_object(), "{path}");
        }
    }

    #[test]
    fn answers_hold_nothing_that_is_not_described() {
        let document = document();
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            if name.contains("View") && schema["type"] == "object" {
                assert_eq!(schema["additionalProperties"], json!(false), "{name}");
            }
        }
    }
}
