//! The table behind the API document: every operation in a line, with what it takes and gives, and what is said of all of them. What
//! becomes of a line is `openapi`'s; that there is a line for every route, and no other, is held by a test there.

/// What an operation takes as its body.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Takes {
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
pub(super) enum Gives {
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
pub(super) enum Asks {
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
    /// A part of the log of mail: `outcome`, and `q` as a part of sender or subject.
    MailLog,
    /// What a live connection is to hear of.
    Topics,
    /// The same, of mails: `state` is which.
    Letters,
    /// Which role holders get instead of one that is deleted.
    Instead,
    /// From which day to which, and by what votes are told apart.
    Days,
}

/// One line of the table: method, path, group, summary, parameters, body, answer.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str, Asks, Takes, Gives);

use Asks::*;
use Gives::{Bytes, Document, Socket, Stream};
use Takes::{Form, Mail, Patch, Perhaps};

pub(super) const NO_BODY: Takes = Takes::Nothing;
pub(super) const NO_QUERY: Asks = Asks::Nothing;
pub(super) const DONE: Gives = Gives::Nothing;

pub(super) const fn takes(schema: &'static str) -> Takes {
    Takes::Json(schema)
}

pub(super) const fn gives(schema: &'static str) -> Gives {
    Gives::Json(200, schema)
}

pub(super) const fn makes(schema: &'static str) -> Gives {
    Gives::Json(201, schema)
}

/// Every operation.
pub(super) const OPERATIONS: &[Row] = &[
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
    ("get", "/csat/{token}", "tickets", "What the link in a mail about a solution asks", NO_QUERY, NO_BODY, gives("SurveyView")),
    ("post", "/csat/{token}", "tickets", "Say how it was, with that link", NO_QUERY, takes("VoteInput"), gives("SurveyView")),
    (
        "post",
        "/tickets/similar",
        "tickets",
        "Tickets that may be about what is being typed",
        NO_QUERY,
        takes("TypedInput"),
        gives("SimilarListView"),
    ),
    ("get", "/tickets/{id}/similar", "tickets", "Tickets that may be about the same", NO_QUERY, NO_BODY, gives("SimilarListView")),
    (
        "get",
        "/satisfaction",
        "tickets",
        "How people found the work, by agent, queue, day or week",
        Days,
        NO_BODY,
        gives("SatisfactionReportView"),
    ),
    ("get", "/outages", "tickets", "Outages, the newest first", Page, NO_BODY, gives("ListView_OutageView")),
    (
        "post",
        "/outages",
        "tickets",
        "Declare an outage; whoever asked is told once",
        NO_QUERY,
        takes("NewOutageInput"),
        makes("OutageView"),
    ),
    ("get", "/outages/{outage}", "tickets", "One outage", NO_QUERY, NO_BODY, gives("OutageView")),
    (
        "patch",
        "/outages/{outage}",
        "tickets",
        "Change what is said of it, and to whom",
        NO_QUERY,
        Patch("OutagePatchInput"),
        gives("OutageView"),
    ),
    ("post", "/outages/{outage}/tickets", "tickets", "Make tickets parts of it", NO_QUERY, takes("PartsInput"), gives("OutageView")),
    ("delete", "/outages/{outage}/tickets/{other}", "tickets", "Take a ticket out of it", NO_QUERY, NO_BODY, DONE),
    ("post", "/outages/{outage}/end", "tickets", "End it, or dismiss a proposal", NO_QUERY, takes("OutageEndInput"), gives("OutageView")),
    ("get", "/settings/tickets", "desk", "What happens to tickets by itself", NO_QUERY, NO_BODY, gives("TicketRulesView")),
    ("patch", "/settings/tickets", "desk", "Change it", NO_QUERY, Patch("TicketRulesPatchInput"), gives("TicketRulesView")),
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
    (
        "put",
        "/tickets/{id}/merge",
        "tickets",
        "Merge it into another ticket, on which its matter goes on",
        NO_QUERY,
        takes("MergeInput"),
        gives("TicketView"),
    ),
    ("delete", "/tickets/{id}/merge", "tickets", "Undo the merge", NO_QUERY, NO_BODY, DONE),
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
    ("get", "/mailboxes", "mail", "List mailboxes from which mail is fetched", Page, NO_BODY, gives("ListView_MailboxView")),
    ("post", "/mailboxes", "mail", "Add a mailbox", NO_QUERY, takes("MailboxInput"), makes("MailboxView")),
    ("get", "/mailboxes/{id}", "mail", "Read a mailbox", NO_QUERY, NO_BODY, gives("MailboxView")),
    ("patch", "/mailboxes/{id}", "mail", "Change a mailbox (RFC 7396)", NO_QUERY, Patch("MailboxInput"), gives("MailboxView")),
    ("delete", "/mailboxes/{id}", "mail", "Take a mailbox away; what came from it stays", NO_QUERY, NO_BODY, DONE),
    ("get", "/mailboxes/{id}/health", "mail", "See how fetching goes", NO_QUERY, NO_BODY, gives("MailboxHealthView")),
    ("post", "/mailboxes/{id}/test", "mail", "Try a mailbox, and say in words what is wrong", NO_QUERY, NO_BODY, gives("MailboxTestView")),
    ("post", "/mailboxes/{id}/poll", "mail", "Look for mail now", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/mailboxes/{id}/statement",
        "mail",
        "Compare what lies on the server with the ledger, and take in what is lacking",
        NO_QUERY,
        NO_BODY,
        gives("StatementsView"),
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
    ("post", "/webhooks/email-inbound", "mail", "Take a raw mail in", NO_QUERY, Mail, gives("MailView")),
    ("get", "/mail", "mail", "The log of incoming mail, newest first", MailLog, NO_BODY, gives("MailLogView")),
    ("get", "/mail/{mail}", "mail", "A mail, with how it was judged", NO_QUERY, NO_BODY, gives("MailDetailView")),
    ("get", "/mail/{mail}/raw", "mail", "The bytes of a mail as they came", NO_QUERY, NO_BODY, Bytes),
    ("get", "/mail/{mail}/replay", "mail", "What the present rules say of a mail", NO_QUERY, NO_BODY, gives("ReplayView")),
    ("post", "/mail/{mail}/retry", "mail", "Judge a held mail again", NO_QUERY, NO_BODY, gives("MailEntryView")),
    ("post", "/mail/{mail}/release", "mail", "Let a held mail in", NO_QUERY, takes("ReleaseInput"), gives("MailEntryView")),
    ("post", "/mail/{mail}/discard", "mail", "Put a held mail away", NO_QUERY, NO_BODY, gives("MailEntryView")),
    ("get", "/mail/filters", "mail", "Filters of incoming mail", Page, NO_BODY, gives("ListView_MailFilterView")),
    ("post", "/mail/filters", "mail", "Make a filter", NO_QUERY, takes("MailFilterInput"), makes("MailFilterView")),
    ("post", "/mail/filters/try", "mail", "Try a filter on past mail", NO_QUERY, takes("MailFilterInput"), gives("TrialView")),
    ("get", "/mail/filters/{filter}", "mail", "A filter", NO_QUERY, NO_BODY, gives("MailFilterView")),
    ("put", "/mail/filters/{filter}", "mail", "Change a filter as a whole", NO_QUERY, takes("MailFilterInput"), gives("MailFilterView")),
    ("delete", "/mail/filters/{filter}", "mail", "Delete a filter", NO_QUERY, NO_BODY, DONE),
    ("get", "/mail/blocked", "mail", "Senders whose mail is put away", Page, NO_BODY, gives("ListView_BlockedSenderView")),
    ("post", "/mail/blocked", "mail", "Block a sender or a domain", NO_QUERY, takes("BlockedSenderInput"), makes("BlockedSenderView")),
    ("delete", "/mail/blocked/{blocked}", "mail", "Let a sender's mail in again", NO_QUERY, NO_BODY, DONE),
    ("get", "/mail/breakers", "mail", "Where automatic mail has stopped", Page, NO_BODY, gives("ListView_BreakerView")),
    ("delete", "/mail/breakers/{breaker}", "mail", "Close a breaker", NO_QUERY, NO_BODY, DONE),
    ("get", "/settings/mail", "mail", "Budgets of automatic mail, and whom to believe", NO_QUERY, NO_BODY, gives("MailRulesView")),
    ("patch", "/settings/mail", "mail", "Change them", NO_QUERY, Patch("MailRulesPatchInput"), gives("MailRulesView")),
    (
        "post",
        "/tickets/{id}/move",
        "mail",
        "Move the first message of a ticket to another",
        NO_QUERY,
        takes("MoveInput"),
        gives("MoveView"),
    ),
    (
        "post",
        "/tickets/{id}/comments/{comment}/move",
        "mail",
        "Move a message to another ticket",
        NO_QUERY,
        takes("MoveInput"),
        gives("MoveView"),
    ),
    (
        "post",
        "/tickets/{id}/comments/{comment}/split",
        "mail",
        "Make a ticket of its own of a message",
        NO_QUERY,
        NO_BODY,
        gives("MoveView"),
    ),
    ("post", "/moves/{move}/undo", "mail", "Undo a move", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/tickets/{id}/comments/{comment}/withdraw",
        "tickets",
        "Take an answer back while its mails are held",
        NO_QUERY,
        NO_BODY,
        gives("CommentView"),
    ),
    (
        "post",
        "/tickets/{id}/forward",
        "tickets",
        "Ask a third party by mail; the requester does not see it",
        NO_QUERY,
        takes("ForwardInput"),
        makes("CommentView"),
    ),
    (
        "get",
        "/mail/outbox",
        "mail",
        "Mails that wait or did not arrive; with a state, those in it",
        Letters,
        NO_BODY,
        gives("ListView_LetterView"),
    ),
    ("get", "/mail/outbox/{id}", "mail", "One mail", NO_QUERY, NO_BODY, gives("LetterView")),
    ("post", "/mail/outbox/{id}/retry", "mail", "Send a mail on its way again", NO_QUERY, NO_BODY, gives("LetterView")),
    ("post", "/mail/outbox/{id}/withdraw", "mail", "Take a mail back that has not left", NO_QUERY, NO_BODY, gives("LetterView")),
    ("get", "/mail/suppressions", "mail", "Addresses that nothing more is sent to", Page, NO_BODY, gives("ListView_SuppressionView")),
    (
        "post",
        "/mail/suppressions",
        "mail",
        "Send nothing more to an address",
        NO_QUERY,
        takes("SuppressionInput"),
        makes("SuppressionView"),
    ),
    ("delete", "/mail/suppressions/{address}", "mail", "Send to an address again", NO_QUERY, NO_BODY, DONE),
    ("get", "/mail/templates", "mail", "The texts of mails, by occasion and language", Page, NO_BODY, gives("ListView_MailTemplateView")),
    ("get", "/mail/templates/{occasion}/{language}", "mail", "One text", NO_QUERY, NO_BODY, gives("MailTemplateView")),
    (
        "put",
        "/mail/templates/{occasion}/{language}",
        "mail",
        "Write a text of the desk's own",
        NO_QUERY,
        takes("MailTemplateInput"),
        gives("MailTemplateView"),
    ),
    ("delete", "/mail/templates/{occasion}/{language}", "mail", "Go back to the built-in text", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/mail/templates/{occasion}/{language}/preview",
        "mail",
        "What a text would make of a sample",
        NO_QUERY,
        takes("MailTemplateInput"),
        gives("MailPreviewView"),
    ),
    ("post", "/mail/test", "mail", "Send a test mail to yourself", NO_QUERY, takes("TestMailInput"), gives("LetterView")),
    ("get", "/mail/dkim", "mail", "Keys that mail is signed with, and their DNS records", Page, NO_BODY, gives("ListView_DkimKeyView")),
    (
        "post",
        "/mail/dkim",
        "mail",
        "Make a key; it signs once its record is seen",
        NO_QUERY,
        takes("NewDkimKeyInput"),
        makes("DkimKeyView"),
    ),
    ("delete", "/mail/dkim/{id}", "mail", "Take a key away", NO_QUERY, NO_BODY, DONE),
    (
        "post",
        "/mail/dns-check",
        "mail",
        "What the DNS says about the domains that mail is sent from",
        NO_QUERY,
        NO_BODY,
        gives("DnsCheckView"),
    ),
    ("get", "/settings/sending", "mail", "How the desk sends", NO_QUERY, NO_BODY, gives("SendingView")),
    ("patch", "/settings/sending", "mail", "Change how the desk sends", NO_QUERY, Patch("SendingPatchInput"), gives("SendingView")),
    (
        "post",
        "/settings/sending/test",
        "mail",
        "Try to reach the mail server and to sign in there",
        NO_QUERY,
        NO_BODY,
        gives("MailServerTestView"),
    ),
];

/// Groups, and a sentence on each.
pub(super) const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in, and who is signed in."),
    ("tickets", "Tickets with their threads, files, links and history."),
    ("search", "Search in the query language."),
    ("portal", "What requesters do."),
    ("people", "People, roles, teams, organizations, departments."),
    ("desk", "Queues, categories, lifecycles."),
    ("mail", "Mail in and out: what came, what became of it, and what is done with it."),
    ("tokens", "Access tokens."),
    ("live", "That something changed, as it happens."),
    ("sign-in", "Ways to sign in by somebody else's word."),
    ("operation", "The log, background work, mail."),
];

pub(super) const ABOUT: &str = "\
The API of an IT service desk.\n\n\
**Signing in.** Send `Authorization: Bearer TOKEN` with a personal access token or the access token of `/v1/auth/login`.\n\n\
**Errors** are `application/problem+json` with a stable `code`; `errors` names the fields. Sign-in is checked first (401), then \
permission (403, or 404 where existence itself is private), then the values (400 for bytes that do not parse, 422 for values that do \
not fit).\n\n\
**Lists** take `page` and `pageSize`, or `cursor` and `limit`; a cursor neither repeats nor skips rows while others come and go.\n\n\
**Versions.** A single thing has an `ETag`; send it as `If-None-Match` to read only what changed and as `If-Match` to change only what you saw.\n\n\
**Repeats.** A creating POST with an `Idempotency-Key` is done once within a day; a repeat gets the first answer with \
`Idempotent-Replay: true`.\n\n\
**Limits.** 429 says that an address, a person or the desk asks for too much in a minute, or that an address signs in too often; 503, that \
too much is being worked on. Both carry `Retry-After`.\n\n\
**Live.** `GET /v1/events?topics=me,lists,ticket:INC-000045` (server-sent events) and `/v1/ws` (WebSocket) tell that something \
changed; read it then. After a gap, and when you are too slow, one notice of the kind `reset` says to read everything anew.\n\n\
**Other names.** `/api` is `/v1`; `subject`, `customer`, `agent`, `team`, `source`, `message`, `content`, `body_md`, `is_internal` and \
`is_public` are taken for title, requester, assignee, queue, channel, body and isPrivate.";
