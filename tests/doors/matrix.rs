//! Who may do what, to their own and to others' things: tried at every address as every role, and printed into
//! `docs/permission-matrix.md`. An address that stands in no row is excused here by name, with the reason.
//!
//! Each call is made on things of its own, so that none is spoilt by the one before. A call by the owner of the desk must succeed
//! where it is not about rank: so each row is known to do what it says, and a refusal of somebody else is about permission.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use crate::{pages, world::World};
use lodge::{
    api::routes,
    desk::{
        Tx,
        actor::Actor,
        announcements,
        attachments::{
            self,
            preview::{self, Format, NewPreview, Picture, StoredPicture},
        },
        bounds::Reach,
        calendar_feeds,
        calendars::{self, CalendarChange, Plan, WeekHours},
        checklists::{self, NewStep},
        custom::{self, FieldDraft},
        drafts,
        duplicates::outage::{self, Declaration},
        exports::{self, Format as FileFormat, NewExport},
        identity::{self, NewPerson, NewRole, NewToken, OrganizationChange, PersonChange, Sharing},
        knowledge::{self, Article, ArticleChange, State, Visibility},
        macros::{self, MacroDraft},
        mail::{
            Mailbox, blocklist, breaker,
            filter::{self, Action, Condition, Field, FilterDraft, Op},
            intake::{self, Understood},
            ledger::{self, Arrival, RawMail},
            mailbox::{self, MailboxSettings, NewMailbox, OAuthClient, SignIn},
            moving,
            rules::MailRules,
        },
        notices,
        providers::{self, Admission, Encryption, Groups, LdapSettings, NewProvider, ProviderSettings},
        query::Sort,
        queues, recurring, reminders,
        routing::{
            self, RuleDraft, Then,
            on_call::{self, Handover, Layer, Override, RotationDraft},
        },
        sharing::Sharing as ForWhom,
        snippets::{self, SnippetDraft},
        ticket_templates::{self, TemplateDraft},
        tickets::{self, Channel, Kind, NewComment, NewTicket, Relation},
        time_entries,
        views::{self, ViewDraft},
    },
    error::Result,
    id::{BlobHash, CalendarFeedId, CalendarId, CommentId, ExportId, PersonId, TicketId},
};

/// What a row is about, and whose it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Their own ticket; one within reach (of their queue, or their organization); anybody else's.
    Ticket,
    /// Themselves; a requester; an owner of the desk.
    Person,
    /// Their own token; somebody else's.
    Token,
    /// Where they are signed in themselves; where somebody else is.
    Session,
    /// Something that belongs to the desk.
    Desk,
}

impl Of {
    fn whose(self) -> &'static [&'static str] {
        match self {
            Of::Ticket => &["own", "reach", "foreign"],
            Of::Person => &["self", "requester", "owner"],
            Of::Token | Of::Session => &["own", "foreign"],
            Of::Desk => &["desk"],
        }
    }
}

/// What is done, in words; method; address; body: JSON, a form, a raw mail, files, or a picture.
type Row = (Of, &'static str, &'static str, &'static str, &'static str);

const FILES: &str = "files";
const PICTURE: &str = "picture";

/// A picture of one pixel.
fn picture() -> Vec<u8> {
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec()
}

#[rustfmt::skip]
const API: &[Row] = &[
    (Of::Ticket, "read", "get", "/tickets/{id}", ""),
    (Of::Ticket, "see its clocks", "get", "/tickets/{id}/sla", ""),
    (Of::Ticket, "change its title", "patch", "/tickets/{id}", r#"{"title":"Better"}"#),
    (Of::Ticket, "say that it is solved", "patch", "/tickets/{id}", r#"{"status":"resolved"}"#),
    (Of::Ticket, "assign", "patch", "/tickets/{id}", r#"{"assignee":"ada@example.com"}"#),
    (Of::Ticket, "replace", "put", "/tickets/{id}", r#"{"title":"Better"}"#),
    (Of::Ticket, "delete", "delete", "/tickets/{id}", ""),
    (Of::Ticket, "read the thread", "get", "/tickets/{id}/comments", ""),
    (Of::Ticket, "answer", "post", "/tickets/{id}/comments", r#"{"body":"x"}"#),
    (Of::Ticket, "write a note", "post", "/tickets/{id}/comments", r#"{"body":"x","isPrivate":true}"#),
    (Of::Ticket, "read the thread", "get", "/tickets/{id}/messages", ""),
    (Of::Ticket, "answer", "post", "/tickets/{id}/messages", r#"{"body":"x"}"#),
    (Of::Ticket, "ask a third party", "post", "/tickets/{id}/forward", r#"{"to":["supplier@example.net"],"body":"x"}"#),
    (Of::Ticket, "add files", "post", "/tickets/{id}/attachments", FILES),
    (Of::Ticket, "begin to send a file in pieces", "post", "/tickets/{id}/attachments", r#"{"filename":"a.txt","size":5}"#),
    (Of::Ticket, "read its history", "get", "/tickets/{id}/history", ""),
    (Of::Ticket, "link", "post", "/tickets/{id}/links", r#"{"type":"blocks","ticketId":"{other}"}"#),
    (Of::Ticket, "take a link away", "delete", "/tickets/{id}/links/{type}/{other}", ""),
    (Of::Ticket, "see who follows it", "get", "/tickets/{id}/watchers", ""),
    (Of::Ticket, "follow", "post", "/tickets/{id}/watchers", "{}"),
    (Of::Ticket, "have somebody follow", "post", "/tickets/{id}/watchers", r#"{"person":"ada@example.com"}"#),
    (Of::Ticket, "end that somebody follows", "delete", "/tickets/{id}/watchers/{person}", ""),
    (Of::Ticket, "fetch a file", "get", "/attachments/{id}", ""),
    (Of::Ticket, "fetch a file of a note", "get", "/attachments/{note}", ""),
    (Of::Ticket, "see a small picture of a file", "get", "/attachments/{id}/thumbnail", ""),
    (Of::Ticket, "see a preview of a file", "get", "/attachments/{id}/preview", ""),
    (Of::Ticket, "see a preview of a file of a note", "get", "/attachments/{note}/preview", ""),
    (Of::Ticket, "take a file off", "delete", "/attachments/{id}", ""),
    (Of::Ticket, "make an address for a file", "post", "/attachments/{id}/link", "{}"),
    (Of::Person, "read", "get", "/people/{id}", ""),
    (Of::Person, "change", "patch", "/people/{id}", r#"{"phone":"1"}"#),
    (Of::Person, "make an admin", "patch", "/people/{id}", r#"{"roles":["admin"]}"#),
    (Of::Person, "make an agent", "patch", "/people/{id}", r#"{"roles":["agent"]}"#),
    (Of::Person, "replace", "put", "/people/{id}", r#"{"phone":"1"}"#),
    (Of::Person, "deactivate", "delete", "/people/{id}", ""),
    (Of::Person, "see the picture", "get", "/people/{id}/avatar/{digest}", ""),
    (Of::Person, "give a picture", "put", "/people/{id}/avatar", PICTURE),
    (Of::Person, "take the picture away", "delete", "/people/{id}/avatar", ""),
    (Of::Person, "read", "get", "/users/{id}", ""),
    (Of::Person, "change the address", "patch", "/users/{id}", r#"{"email":"{fresh}@example.com"}"#),
    (Of::Person, "replace", "put", "/users/{id}", r#"{"phone":"1"}"#),
    (Of::Person, "deactivate", "delete", "/users/{id}", ""),
    (Of::Token, "end", "delete", "/tokens/{id}", ""),
    (Of::Person, "see by what they are known elsewhere", "get", "/people/{id}/identities", ""),
    (Of::Person, "link with somebody elsewhere", "post", "/people/{id}/identities", r#"{"provider":"{provider}","subject":"{fresh}"}"#),
    (Of::Session, "end", "delete", "/sessions/{id}", ""),
    (Of::Desk, "list where they are signed in", "get", "/sessions", ""),
    (Of::Desk, "sign out everywhere else", "delete", "/sessions", ""),
    (Of::Desk, "who am I", "get", "/me", ""),
    (Of::Desk, "change one's own profile", "patch", "/me", r#"{"name":"Better"}"#),
    (Of::Desk, "list what they may see", "get", "/tickets", ""),
    (Of::Desk, "lodge", "post", "/tickets", r#"{"title":"x"}"#),
    (Of::Desk, "lodge for somebody", "post", "/tickets", r#"{"title":"x","requester":"otto@example.com"}"#),
    (Of::Desk, "see what means the same", "get", "/settings/search", ""),
    (Of::Desk, "say what means the same", "put", "/settings/search", r#"{"synonyms":[{"words":["vpn","tunnel"]}]}"#),
    (Of::Desk, "complete a query", "get", "/query/complete?q=sta", ""),
    (Of::Desk, "search", "get", "/search?q=x", ""),
    (Of::Desk, "search", "post", "/search", r#"{"q":"x"}"#),
    (Of::Desk, "lodge an incident", "post", "/portal/incidents", r#"{"title":"x","description":"x"}"#),
    (Of::Desk, "list their own", "get", "/portal/tickets", ""),
    (Of::Desk, "look people up", "get", "/people", ""),
    (Of::Desk, "add a requester", "post", "/people", r#"{"email":"{fresh}@example.com"}"#),
    (Of::Desk, "add an admin", "post", "/people", r#"{"email":"{fresh}@example.com","roles":["admin"]}"#),
    (Of::Desk, "add an owner", "post", "/people", r#"{"email":"{fresh}@example.com","roles":["owner"]}"#),
    (Of::Desk, "invite a requester", "post", "/people/invitations", r#"{"email":"{fresh}@example.com"}"#),
    (Of::Desk, "invite an admin", "post", "/people/invitations", r#"{"email":"{fresh}@example.com","roles":["admin"]}"#),
    (Of::Desk, "see the rules of accounts", "get", "/settings/accounts", ""),
    (Of::Desk, "change the rules of accounts", "patch", "/settings/accounts", r#"{"tellNewDevice":true}"#),
    (Of::Desk, "see from where the desk is open", "get", "/settings/addresses", ""),
    (Of::Desk, "change from where the desk is open", "patch", "/settings/addresses", r#"{"staff":[]}"#),
    (Of::Desk, "see how one's own pages look", "get", "/me/appearance", ""),
    (Of::Desk, "change how one's own pages look", "patch", "/me/appearance", r#"{"density":"compact"}"#),
    (Of::Desk, "see what the desk does without", "get", "/settings/features", ""),
    (Of::Desk, "switch features on and off", "patch", "/settings/features", r#"{"features":{"push":true}}"#),
    (Of::Desk, "see the desk's language", "get", "/settings/language", ""),
    (Of::Desk, "change the desk's language", "patch", "/settings/language", r#"{"language":null}"#),
    (Of::Desk, "see whether passwords are taken", "get", "/sign-in-methods", ""),
    (Of::Desk, "say whether passwords are taken", "put", "/sign-in-methods", r#"{"local":true}"#),
    (Of::Desk, "list ways to sign in", "get", "/sign-in-providers", ""),
    (Of::Desk, "add a way to sign in", "post", "/sign-in-providers", r#"{"name":"{fresh}","trustedHeader":{"networks":["10.0.0.1"],"subject":"X-User"}}"#),
    (Of::Desk, "see a way to sign in", "get", "/sign-in-providers/{provider}", ""),
    (Of::Desk, "change a way to sign in", "patch", "/sign-in-providers/{provider}", r#"{"enabled":false}"#),
    (Of::Desk, "take a way to sign in away", "delete", "/sign-in-providers/{provider}", ""),
    (Of::Desk, "test a way to sign in", "post", "/sign-in-providers/{provider}/test", "{}"),
    (Of::Desk, "read a directory now", "post", "/sign-in-providers/{provider}/sync", "{}"),
    (Of::Desk, "unlink somebody", "delete", "/sign-in-providers/{provider}/identities/known", ""),
    (Of::Desk, "list mailboxes", "get", "/mailboxes", ""),
    (Of::Desk, "add a mailbox", "post", "/mailboxes", r#"{"name":"{fresh}","address":"{fresh}@example.com","host":"127.0.0.1","encryption":"none"}"#),
    (Of::Desk, "see a mailbox", "get", "/mailboxes/{mailbox}", ""),
    (Of::Desk, "change a mailbox", "patch", "/mailboxes/{mailbox}", r#"{"enabled":false}"#),
    (Of::Desk, "take a mailbox away", "delete", "/mailboxes/{mailbox}", ""),
    (Of::Desk, "see how fetching goes", "get", "/mailboxes/{mailbox}/health", ""),
    (Of::Desk, "test a mailbox", "post", "/mailboxes/{mailbox}/test", "{}"),
    (Of::Desk, "look for mail now", "post", "/mailboxes/{mailbox}/poll", "{}"),
    (Of::Desk, "look people up", "get", "/users", ""),
    (Of::Desk, "add a requester", "post", "/users", r#"{"email":"{fresh}@example.com"}"#),
    (Of::Desk, "list organizations", "get", "/organizations", ""),
    (Of::Desk, "add an organization", "post", "/organizations", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read an organization", "get", "/organizations/{organization}", ""),
    (Of::Desk, "change an organization", "patch", "/organizations/{organization}", r#"{"sharing":"members"}"#),
    (Of::Desk, "delete an organization", "delete", "/organizations/{organization}", ""),
    (Of::Desk, "list departments", "get", "/departments", ""),
    (Of::Desk, "add a department", "post", "/departments", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read a department", "get", "/departments/{department}", ""),
    (Of::Desk, "rename a department", "patch", "/departments/{department}", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "delete a department", "delete", "/departments/{department}", ""),
    (Of::Desk, "list roles", "get", "/roles", ""),
    (Of::Desk, "make a role", "post", "/roles", r#"{"name":"{fresh}","permissions":["portal:use"]}"#),
    (Of::Desk, "make a role that may all", "post", "/roles", r#"{"name":"{fresh}","permissions":["people:write","roles:write","settings:write"]}"#),
    (Of::Desk, "read a role", "get", "/roles/{role}", ""),
    (Of::Desk, "change a role", "patch", "/roles/{role}", r#"{"permissions":["tickets:read"]}"#),
    (Of::Desk, "delete a role", "delete", "/roles/{role}", ""),
    (Of::Desk, "list mails", "get", "/mail/outbox", ""),
    (Of::Desk, "list suppressed addresses", "get", "/mail/suppressions", ""),
    (Of::Desk, "suppress an address", "post", "/mail/suppressions", r#"{"address":"{fresh}@example.net"}"#),
    (Of::Desk, "list texts of mails", "get", "/mail/templates", ""),
    (Of::Desk, "list keys of mail", "get", "/mail/dkim", ""),
    (Of::Desk, "make a key of mail", "post", "/mail/dkim", r#"{"domain":"{fresh}.example","algorithm":"ed25519"}"#),
    (Of::Desk, "see how mail is sent", "get", "/settings/sending", ""),
    (Of::Desk, "change how mail is sent", "patch", "/settings/sending", r#"{"quotes":true}"#),
    (Of::Desk, "try the mail server", "post", "/settings/sending/test", ""),
    (Of::Desk, "list queues", "get", "/queues", ""),
    (Of::Desk, "add a queue", "post", "/queues", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read a queue", "get", "/queues/{queue}", ""),
    (Of::Desk, "give a queue to a team", "patch", "/queues/{queue}", r#"{"team":"{team}"}"#),
    (Of::Desk, "list routing rules", "get", "/routing/rules", ""),
    (Of::Desk, "add a routing rule", "post", "/routing/rules", r#"{"name":"{fresh}","enabled":false,"then":{"tags":["x"]}}"#),
    (Of::Desk, "order routing rules", "put", "/routing/rules/order", r#"{"ids":["{rule}"]}"#),
    (Of::Desk, "try a routing rule", "post", "/routing/rules/try", r#"{"rule":{"then":{"tags":["x"]}}}"#),
    (Of::Desk, "read a routing rule", "get", "/routing/rules/{rule}", ""),
    (Of::Desk, "change a routing rule", "patch", "/routing/rules/{rule}", r#"{"enabled":false}"#),
    (Of::Desk, "delete a routing rule", "delete", "/routing/rules/{rule}", ""),
    (Of::Desk, "see how priorities are found", "get", "/settings/routing", ""),
    (Of::Desk, "change how priorities are found", "patch", "/settings/routing", r#"{"defaultPriority":"P3"}"#),
    (Of::Desk, "assign many, each as far as they may", "post", "/agent/triage/assign", r#"{"ticketIds":["INC-000001"],"assignee":null}"#),
    (Of::Desk, "list rotations", "get", "/on-call", ""),
    (Of::Desk, "add a rotation", "post", "/on-call", r#"{"name":"{fresh}","layers":[{"people":["ada@example.com"],"handover":"daily","at":"09:00","starts":"2026-05-04"}]}"#),
    (Of::Desk, "read a rotation", "get", "/on-call/{rotation}", ""),
    (Of::Desk, "see who is on call", "get", "/on-call/{rotation}/now", ""),
    (Of::Desk, "change a rotation", "patch", "/on-call/{rotation}", r#"{"timeZone":"Europe/Berlin"}"#),
    (Of::Desk, "put themselves on call", "post", "/on-call/{rotation}/overrides", r#"{"from":"2026-05-04T08:00:00Z","until":"2026-05-04T09:00:00Z","person":"{me}"}"#),
    (Of::Desk, "take an override away", "delete", "/on-call/{rotation}/overrides/0", ""),
    (Of::Desk, "delete a rotation", "delete", "/on-call/{rotation}", ""),
    (Of::Desk, "see whether they are there", "get", "/people/{me}/availability", ""),
    (Of::Desk, "say whether they are there", "patch", "/people/{me}/availability", r#"{"away":false}"#),
    (Of::Desk, "say what they know", "patch", "/people/{me}/availability", r#"{"skills":["vpn"]}"#),
    (Of::Desk, "list teams", "get", "/teams", ""),
    (Of::Desk, "add a team", "post", "/teams", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read a team", "get", "/teams/{team}", ""),
    (Of::Desk, "join a team", "patch", "/teams/{team}", r#"{"members":["{me}"]}"#),
    (Of::Desk, "delete a team", "delete", "/teams/{team}", ""),
    (Of::Ticket, "put a message right", "patch", "/tickets/{id}/comments/{comment}", r#"{"body":"y"}"#),
    (Of::Ticket, "make words unreadable", "post", "/tickets/{id}/comments/{comment}/redact", r#"{"words":["x"]}"#),
    (Of::Ticket, "make its own text unreadable", "post", "/tickets/{id}/redact", r#"{"words":["It broke"],"everywhere":true}"#),
    (Of::Ticket, "see the time on it", "get", "/tickets/{id}/time-entries", ""),
    (Of::Ticket, "book time", "post", "/tickets/{id}/time-entries", r#"{"minutes":5}"#),
    (Of::Ticket, "put an entry of time right", "patch", "/tickets/{id}/time-entries/{entry}", r#"{"minutes":6}"#),
    (Of::Ticket, "take an entry of time away", "delete", "/tickets/{id}/time-entries/{entry}", ""),
    (Of::Desk, "list categories of time", "get", "/time-categories", ""),
    (Of::Desk, "add a category of time", "post", "/time-categories", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "change a category of time", "patch", "/time-categories/{worktype}", r#"{"billable":true}"#),
    (Of::Desk, "have a list as a file at once", "get", "/tickets.csv?q=printer", ""),
    (Of::Desk, "list one's own files of lists", "get", "/exports", ""),
    (Of::Desk, "order a file of a list", "post", "/exports/tickets", r#"{"q":"printer"}"#),
    (Of::Desk, "see how one's own file of a list stands", "get", "/exports/{export}", ""),
    (Of::Desk, "drop one's own file of a list", "delete", "/exports/{export}", ""),
    (Of::Desk, "list one's own feeds", "get", "/calendar-feeds", ""),
    (Of::Desk, "make a feed", "post", "/calendar-feeds", r#"{"name":"{fresh}","mine":true}"#),
    (Of::Desk, "revoke one's own feed", "delete", "/calendar-feeds/{feed}", ""),
    (Of::Desk, "list recurring tickets", "get", "/recurring-tickets", ""),
    (Of::Desk, "make a recurring ticket", "post", "/recurring-tickets", r#"{"name":"{fresh}","template":"{titled}","requester":"otto@example.com","schedule":{"rhythm":"daily","at":"09:00"}}"#),
    (Of::Desk, "look at a schedule", "post", "/recurring-tickets/preview", r#"{"schedule":{"rhythm":"daily","at":"09:00"}}"#),
    (Of::Desk, "read a recurring ticket", "get", "/recurring-tickets/{recurring}", ""),
    (Of::Desk, "change a recurring ticket", "put", "/recurring-tickets/{recurring}", r#"{"name":"{fresh}","template":"{titled}","requester":"otto@example.com","schedule":{"rhythm":"daily","at":"10:00"}}"#),
    (Of::Desk, "lodge a recurring ticket now", "post", "/recurring-tickets/{recurring}/lodge", ""),
    (Of::Desk, "delete a recurring ticket", "delete", "/recurring-tickets/{recurring}", ""),
    (Of::Desk, "list announcements", "get", "/announcements", ""),
    (Of::Desk, "announce something", "post", "/announcements", r#"{"title":"x"}"#),
    (Of::Desk, "change an announcement", "patch", "/announcements/{announcement}", r#"{"urgent":true}"#),
    (Of::Desk, "delete an announcement", "delete", "/announcements/{announcement}", ""),
    (Of::Desk, "read the knowledge base", "get", "/kb?query=vpn", ""),
    (Of::Desk, "search articles and tickets", "get", "/kb/search?q=vpn", ""),
    (Of::Desk, "list categories of articles", "get", "/kb/categories", ""),
    (Of::Desk, "add a category of articles", "post", "/kb/categories", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "change a category of articles", "patch", "/kb/categories/{shelf}", r#"{"description":"x"}"#),
    (Of::Desk, "delete a category of articles", "delete", "/kb/categories/{shelf}", ""),
    (Of::Desk, "list articles", "get", "/kb/articles", ""),
    (Of::Desk, "write an article", "post", "/kb/articles", r#"{"title":"{fresh}","content":"x"}"#),
    (Of::Desk, "write and publish an article", "post", "/kb/articles", r#"{"title":"{fresh}","content":"x","status":"published"}"#),
    (Of::Desk, "read a published article", "get", "/kb/articles/{article}", ""),
    (Of::Desk, "read an article for agents", "get", "/kb/articles/{inner}", ""),
    (Of::Desk, "read a draft of an article", "get", "/kb/articles/{drafted}", ""),
    (Of::Desk, "change a draft of an article", "patch", "/kb/articles/{drafted}", r#"{"content":"y"}"#),
    (Of::Desk, "change a published article", "patch", "/kb/articles/{article}", r#"{"content":"y"}"#),
    (Of::Desk, "send an article to review", "patch", "/kb/articles/{drafted}", r#"{"status":"review"}"#),
    (Of::Desk, "publish an article", "patch", "/kb/articles/{drafted}", r#"{"status":"published"}"#),
    (Of::Desk, "archive an article", "patch", "/kb/articles/{article}", r#"{"status":"archived"}"#),
    (Of::Desk, "delete a draft of an article", "delete", "/kb/articles/{drafted}", ""),
    (Of::Desk, "delete a published article", "delete", "/kb/articles/{article}", ""),
    (Of::Desk, "read what an article said", "get", "/kb/articles/{article}/revisions", ""),
    (Of::Desk, "read a revision", "get", "/kb/articles/{article}/revisions/1", ""),
    (Of::Desk, "compare revisions", "get", "/kb/articles/{article}/revisions/1/difference", ""),
    (Of::Desk, "restore a revision", "post", "/kb/articles/{drafted}/revisions/1/restore", ""),
    (Of::Desk, "see the files of an article", "get", "/kb/articles/{article}/files", ""),
    (Of::Desk, "fetch a file of an article", "get", "/kb/articles/{pictured}", ""),
    (Of::Desk, "add a file to a draft of an article", "post", "/kb/articles/{drafted}/files", FILES),
    (Of::Desk, "add a file to a published article", "post", "/kb/articles/{article}/files", FILES),
    (Of::Desk, "take a file off a published article", "delete", "/kb/articles/{pictured}", ""),
    (Of::Desk, "see whether an article helps", "get", "/kb/articles/{article}/feedback", ""),
    (Of::Desk, "say whether an article helped", "post", "/kb/articles/{article}/feedback", r#"{"helped":true}"#),
    (Of::Desk, "see what holds for the knowledge base", "get", "/settings/knowledge", ""),
    (Of::Desk, "change what holds for the knowledge base", "patch", "/settings/knowledge", r#"{"public":false}"#),
    (Of::Ticket, "see the articles on it", "get", "/tickets/{id}/articles", ""),
    (Of::Ticket, "put an article on it", "post", "/tickets/{id}/articles", r#"{"article":"{article}"}"#),
    (Of::Desk, "list regions", "get", "/regions", ""),
    (Of::Desk, "add a region", "post", "/regions", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read a region", "get", "/regions/{region}", ""),
    (Of::Desk, "rename a region", "patch", "/regions/{region}", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "delete a region", "delete", "/regions/{region}", ""),
    (Of::Desk, "list calendars", "get", "/calendars", ""),
    (Of::Desk, "add a calendar", "post", "/calendars", r#"{"name":"{fresh}","timeZone":"Europe/Berlin","hours":{"mon":[["09:00","17:00"]]}}"#),
    (Of::Desk, "read a calendar", "get", "/calendars/{calendar}", ""),
    (Of::Desk, "change a calendar", "patch", "/calendars/{calendar}", r#"{"hours":{"tue":[["22:00","06:00"]]}}"#),
    (Of::Desk, "put holidays into a calendar", "post", "/calendars/{calendar}/holidays", r#"{"set":"DE-BY","years":[2027]}"#),
    (Of::Desk, "read a calendar's subscription", "post", "/calendars/{subscribed}/fetch", ""),
    (Of::Desk, "retire a calendar", "delete", "/calendars/{calendar}", ""),
    (Of::Desk, "look up holidays", "get", "/holidays?country=DE&year=2027", ""),
    (Of::Desk, "look up countries", "get", "/holidays/countries", ""),
    (Of::Desk, "ask when something would be due", "post", "/sla/preview", r#"{"start":"2026-05-04T08:00:00Z","targetMinutes":60}"#),
    (Of::Desk, "list policies of service levels", "get", "/slas", ""),
    (Of::Desk, "add a policy", "post", "/slas", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "try a policy", "post", "/slas/preview", r#"{"change":{"name":"{fresh}"}}"#),
    (Of::Desk, "see how far retiming is", "get", "/slas/retiming", ""),
    (Of::Desk, "read a policy", "get", "/slas/{policy}", ""),
    (Of::Desk, "change a policy", "patch", "/slas/{policy}", r#"{"active":true}"#),
    (Of::Desk, "list categories", "get", "/categories", ""),
    (Of::Desk, "add a category", "post", "/categories", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "change a category", "patch", "/categories/{category}", r#"{"priority":"P2"}"#),
    (Of::Desk, "see states", "get", "/lifecycles", ""),
    (Of::Desk, "list own tokens", "get", "/tokens", ""),
    (Of::Desk, "make a token", "post", "/tokens", r#"{"name":"x"}"#),
    (Of::Desk, "read the log", "get", "/audit", ""),
    (Of::Desk, "prove the log", "get", "/audit/verify", ""),
    (Of::Desk, "see failed work", "get", "/jobs", ""),
    (Of::Desk, "see the log of mail", "get", "/mail", ""),
    (Of::Desk, "see a mail", "get", "/mail/{mail}", ""),
    (Of::Desk, "see a raw mail", "get", "/mail/{mail}/raw", ""),
    (Of::Desk, "judge a mail for trial", "get", "/mail/{mail}/replay", ""),
    (Of::Desk, "judge a held mail again", "post", "/mail/{mail}/retry", ""),
    (Of::Desk, "let a held mail in", "post", "/mail/{mail}/release", "{}"),
    (Of::Desk, "put a held mail away", "post", "/mail/{mail}/discard", ""),
    (Of::Desk, "list filters of mail", "get", "/mail/filters", ""),
    (Of::Desk, "make a filter of mail", "post", "/mail/filters", FILTER),
    (Of::Desk, "try a filter of mail", "post", "/mail/filters/try", FILTER),
    (Of::Desk, "read a filter of mail", "get", "/mail/filters/{filter}", ""),
    (Of::Desk, "change a filter of mail", "put", "/mail/filters/{filter}", FILTER),
    (Of::Desk, "delete a filter of mail", "delete", "/mail/filters/{filter}", ""),
    (Of::Desk, "see blocked senders", "get", "/mail/blocked", ""),
    (Of::Desk, "block a sender", "post", "/mail/blocked", r#"{"pattern":"{fresh}.example.net"}"#),
    (Of::Desk, "let a sender in again", "delete", "/mail/blocked/{blocked}", ""),
    (Of::Desk, "see where automatic mail stopped", "get", "/mail/breakers", ""),
    (Of::Desk, "close a breaker", "delete", "/mail/breakers/{breaker}", ""),
    (Of::Desk, "see rules of mail", "get", "/settings/mail", ""),
    (Of::Desk, "change rules of mail", "patch", "/settings/mail", r#"{"forwardedForSender":true}"#),
    (Of::Ticket, "merge it into another", "put", "/tickets/{id}/merge", r#"{"into":"{other}"}"#),
    (Of::Ticket, "undo a merge", "delete", "/tickets/{id}/merge", ""),
    (Of::Ticket, "move it to another", "post", "/tickets/{id}/move", r#"{"ticket":"{other}"}"#),
    (Of::Ticket, "move a message", "post", "/tickets/{id}/comments/{comment}/move", r#"{"ticket":"{other}"}"#),
    (Of::Ticket, "split a message off", "post", "/tickets/{id}/comments/{comment}/split", ""),
    (Of::Ticket, "undo a move", "post", "/moves/{move}/undo", ""),
    (Of::Ticket, "see alike ones", "get", "/tickets/{id}/similar", ""),
    (Of::Desk, "ask for alike ones", "post", "/tickets/similar", r#"{"title":"x"}"#),
    (Of::Desk, "see satisfaction", "get", "/satisfaction", ""),
    (Of::Desk, "see what was worked", "get", "/reports/time", ""),
    (Of::Desk, "lodge for a caller", "post", "/tickets", r#"{"title":"x","requester":{"name":"Joe","phone":"0911 4711"},"channel":"phone"}"#),
    (Of::Desk, "see the start of a shift", "get", "/me/shift", ""),
    (Of::Desk, "see outages", "get", "/outages", ""),
    (Of::Ticket, "declare an outage", "post", "/outages", r#"{"parent":"{number}"}"#),
    (Of::Desk, "see an outage", "get", "/outages/{outage}", ""),
    (Of::Desk, "change what is said of an outage", "patch", "/outages/{outage}", r#"{"message":"x"}"#),
    (Of::Ticket, "make it a part of an outage", "post", "/outages/{outage}/tickets", r#"{"tickets":["{number}"]}"#),
    (Of::Desk, "end an outage", "post", "/outages/{outage}/end", "{}"),
    (Of::Ticket, "see who looks at it", "get", "/tickets/{id}/presence", ""),
    (Of::Ticket, "say that one looks at it", "post", "/presence", r#"{"ticket":"{number}","typing":"reply"}"#),
    (Of::Ticket, "see shared drafts", "get", "/tickets/{id}/drafts", ""),
    (Of::Ticket, "share a draft", "post", "/tickets/{id}/drafts", r#"{"body":"x"}"#),
    (Of::Ticket, "write on a shared draft", "put", "/tickets/{id}/drafts/{draft}", r#"{"body":"y","version":1}"#),
    (Of::Ticket, "put a shared draft away", "delete", "/tickets/{id}/drafts/{draft}", ""),
    (Of::Ticket, "send a shared draft", "post", "/tickets/{id}/drafts/{draft}/send", "{}"),
    (Of::Ticket, "put it aside", "put", "/tickets/{id}/snooze", "{}"),
    (Of::Ticket, "take it up again", "delete", "/tickets/{id}/snooze", ""),
    (Of::Ticket, "be reminded of it", "post", "/tickets/{id}/reminders", r#"{"at":"2027-06-01T00:00:00Z"}"#),
    (Of::Ticket, "hear nothing of it", "put", "/tickets/{id}/mute", ""),
    (Of::Ticket, "hear of it again", "delete", "/tickets/{id}/mute", ""),
    (Of::Ticket, "keep a draft on it", "put", "/me/drafts/{place}", r#"{"fields":[{"name":"body","value":"x"}]}"#),
    (Of::Desk, "see own drafts", "get", "/me/drafts", ""),
    (Of::Desk, "see a draft", "get", "/me/drafts/{form}", ""),
    (Of::Desk, "keep the draft of a form", "put", "/me/drafts/{form}", r#"{"fields":[{"name":"title","value":"x"}]}"#),
    (Of::Desk, "throw a draft away", "delete", "/me/drafts/{form}", ""),
    (Of::Desk, "see open tabs", "get", "/me/tabs", ""),
    (Of::Ticket, "have it open as a tab", "put", "/me/tabs", r#"{"tickets":["{number}"]}"#),
    (Of::Desk, "see own reminders", "get", "/me/reminders", ""),
    (Of::Desk, "forget a reminder", "delete", "/me/reminders/{reminder}", ""),
    (Of::Desk, "see what they were told", "get", "/notifications", ""),
    (Of::Desk, "mark all as read", "post", "/notifications/read", ""),
    (Of::Desk, "mark one as read", "patch", "/notifications/{notification}", r#"{"isRead":true}"#),
    (Of::Desk, "see how they are told", "get", "/me/notification-preferences", ""),
    (Of::Desk, "say how they are told", "patch", "/me/notification-preferences", r#"{"digest":"daily"}"#),
    (Of::Desk, "see own devices", "get", "/me/push-subscriptions", ""),
    (Of::Desk, "have a device told", "post", "/me/push-subscriptions", DEVICE),
    (Of::Desk, "tell a device no more", "delete", "/me/push-subscriptions/{device}", ""),
    (Of::Desk, "send a file to use later", "post", "/attachments", FILES),
    (Of::Desk, "begin to send a file to use later", "post", "/attachments", r#"{"filename":"a.txt","size":5}"#),
    (Of::Desk, "see which files are taken", "get", "/settings/files", ""),
    (Of::Desk, "change which files are taken", "patch", "/settings/files", r#"{"programs":true}"#),
    (Of::Desk, "see how everybody is told", "get", "/settings/notifications", ""),
    (Of::Desk, "change how everybody is told", "patch", "/settings/notifications", r#"{"events":[{"event":"noted","channel":"push","locked":true}]}"#),
    (Of::Desk, "see what happens to tickets by itself", "get", "/settings/tickets", ""),
    (Of::Desk, "change what happens to tickets by itself", "patch", "/settings/tickets", r#"{"closeDays":3}"#),
    (Of::Desk, "list own fields", "get", "/custom-fields", ""),
    (Of::Desk, "make an own field", "post", "/custom-fields", OWN_FIELD),
    (Of::Desk, "read an own field", "get", "/custom-fields/{field}", ""),
    (Of::Desk, "change an own field", "put", "/custom-fields/{field}", OWN_FIELD),
    (Of::Desk, "retire an own field", "put", "/custom-fields/{field}/retired", r#"{"retired":true}"#),
    (Of::Desk, "delete an own field", "delete", "/custom-fields/{field}", ""),
    (Of::Desk, "list views", "get", "/views", ""),
    (Of::Desk, "make a view", "post", "/views", r#"{"name":"{fresh}","query":"status:open"}"#),
    (Of::Desk, "read a view", "get", "/views/{view}", ""),
    (Of::Desk, "change a view", "put", "/views/{view}", r#"{"name":"{fresh}","query":"status:open"}"#),
    (Of::Desk, "delete a view", "delete", "/views/{view}", ""),
    (Of::Desk, "share a view with everybody", "post", "/views", r#"{"name":"{fresh}","query":"","sharing":"everybody"}"#),
    (Of::Desk, "try a condition", "post", "/views/try", r#"{"query":"status:open"}"#),
    (Of::Desk, "see one's rail", "get", "/views/pinned", ""),
    (Of::Desk, "put a view into one's rail", "put", "/views/pinned", r#"{"views":["{view}"]}"#),
    (Of::Desk, "see the tickets of a view", "get", "/views/{view}/tickets", ""),
    (Of::Desk, "list macros", "get", "/macros", ""),
    (Of::Desk, "make a macro", "post", "/macros", r#"{"name":"{fresh}","actions":[{"type":"tag","value":"x"}]}"#),
    (Of::Desk, "read a macro", "get", "/macros/{macro}", ""),
    (Of::Desk, "change a macro", "put", "/macros/{macro}", r#"{"name":"{fresh}","actions":[{"type":"tag","value":"x"}]}"#),
    (Of::Desk, "delete a macro", "delete", "/macros/{macro}", ""),
    (Of::Desk, "share a macro with everybody", "post", "/macros", r#"{"name":"{fresh}","sharing":"everybody","actions":[{"type":"tag","value":"x"}]}"#),
    (Of::Ticket, "look what a macro would do", "post", "/macros/{macro}/preview", r#"{"ticket":"{number}"}"#),
    (Of::Ticket, "use a macro", "post", "/macros/{macro}/apply", r#"{"tickets":["{number}"]}"#),
    (Of::Desk, "list ready-made texts", "get", "/snippets", ""),
    (Of::Desk, "make a ready-made text", "post", "/snippets", r#"{"name":"{fresh}","body":"Hello"}"#),
    (Of::Desk, "read a ready-made text", "get", "/snippets/{snippet}", ""),
    (Of::Desk, "change a ready-made text", "put", "/snippets/{snippet}", r#"{"name":"{fresh}","body":"Hello"}"#),
    (Of::Desk, "delete a ready-made text", "delete", "/snippets/{snippet}", ""),
    (Of::Ticket, "fill a ready-made text in", "post", "/snippets/{snippet}/fill", r#"{"ticket":"{number}"}"#),
    (Of::Desk, "list template of ticketss", "get", "/ticket-templates", ""),
    (Of::Desk, "make a template of tickets", "post", "/ticket-templates", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "read a template of tickets", "get", "/ticket-templates/{template}", ""),
    (Of::Desk, "change a template of tickets", "put", "/ticket-templates/{template}", r#"{"name":"{fresh}"}"#),
    (Of::Desk, "delete a template of tickets", "delete", "/ticket-templates/{template}", ""),
    (Of::Desk, "list checklists", "get", "/checklists", ""),
    (Of::Desk, "make a checklist", "post", "/checklists", r#"{"name":"{fresh}","steps":[{"text":"x"}]}"#),
    (Of::Desk, "read a checklist", "get", "/checklists/{checklist}", ""),
    (Of::Desk, "change a checklist", "put", "/checklists/{checklist}", r#"{"name":"{fresh}","steps":[{"text":"x"}]}"#),
    (Of::Desk, "delete a checklist", "delete", "/checklists/{checklist}", ""),
    (Of::Ticket, "see its steps", "get", "/tickets/{id}/checklist", ""),
    (Of::Ticket, "add a step", "post", "/tickets/{id}/checklist", r#"{"steps":[{"text":"x"}]}"#),
    (Of::Desk, "hand mail in", "post", "/webhooks/email-inbound", "From: {fresh}@example.com\r\nSubject: x\r\n\r\nx"),
];

const OWN_FIELD: &str = r#"{"label":"{fresh}","type":"text"}"#;

const OWN_FIELD_FORM: &str = "label={fresh}&type=text&required=never&audience=agents";

const FILTER: &str = r#"{"name":"{fresh}","conditions":[{"field":"subject","op":"contains","value":"x"}],"actions":["hold"]}"#;

const DEVICE: &str = r#"{"endpoint":"https://push.example/{fresh}","keys":{"p256dh":"BEwNTfXXRfrfMtu7J1hrT6NFwGZVd6dLoPYnpXVzWnNkWu2CU7TTBTFJ4zDTQf7Wrl-3oxl0kyTIIyVkZBxg0Ek","auth":"AQEBAQEBAQEBAQEBAQEBAQ"}}"#;

const PRIORITIES_FORM: &str = "cell=1&cell=1&cell=2&cell=3&cell=1&cell=2&cell=3&cell=3&cell=2&cell=3&cell=3&cell=4&cell=3&cell=3&cell=4&cell=4\
     &vip=2&default=3&weight=1&weight=1&weight=1&weight=1&capacity=";

const FILTER_FORM: &str = "name={fresh}&field=subject&op=contains&value=x&does=hold";

const BUDGETS_FORM: &str =
    "answersPerAddressHour=6&answersPerAddressDay=20&answersPerTicketHour=10&answersPerDeskHour=2000&alikePerAddressHour=60";

const RULES_FORM: &str = "closeDays=3&remindDays=1&hours=24&outageCount=5&outageMinutes=15&outagePriority=1";

const LDAP_FORM: &str = "kind=ldap&name={fresh}&host=127.0.0.1&port=1&encryption=none&base=dc%3Dx&loginFilter=(uid%3D{login})\
     &peopleFilter=(objectClass%3Dperson)&subject=entryUUID";

const MAILBOX_FORM: &str = "name={fresh}&address={fresh}%40example.com&protocol=imap&host=127.0.0.1&encryption=none&after=leave";

#[rustfmt::skip]
const WEB: &[Row] = &[
    (Of::Desk, "portal", "get", "/", ""),
    (Of::Desk, "form of an incident", "get", "/incidents/new", ""),
    (Of::Desk, "lodge an incident", "post", "/incidents/new", "title=x&description=x&hurt=blocked&once={fresh}"),
    (Of::Desk, "form of a request", "get", "/requests/new", ""),
    (Of::Desk, "lodge a request", "post", "/requests/new", "title=x&description=x&once={fresh}"),
    (Of::Desk, "their tickets", "get", "/tickets", ""),
    (Of::Ticket, "read in the portal", "get", "/tickets/{number}", ""),
    (Of::Ticket, "answer in the portal", "post", "/tickets/{number}/comments", "body=x"),
    (Of::Ticket, "say that it is solved", "post", "/tickets/{number}/status", "status=resolved"),
    (Of::Desk, "see what they were told", "get", "/notifications", ""),
    (Of::Desk, "how much is not read", "get", "/notifications/bell", ""),
    (Of::Desk, "the newest", "get", "/notifications/newest", ""),
    (Of::Desk, "mark all as read", "post", "/notifications/read", ""),
    (Of::Desk, "follow one", "get", "/notifications/{notification}", ""),
    (Of::Desk, "mark one as read", "post", "/notifications/{notification}", "read=yes"),
    (Of::Ticket, "keep a draft on it", "post", "/drafts/{place}", "body=x"),
    (Of::Desk, "how they are told", "get", "/account/notifications", ""),
    (Of::Desk, "say how they are told", "post", "/account/notifications", "digest=daily&digestAt=08%3A00"),
    (Of::Ticket, "hear of it again", "post", "/account/notifications/unmute", "ticket={number}"),
    (Of::Desk, "tell a device no more", "post", "/account/notifications/devices/{device}/end", ""),
    (Of::Desk, "who can be named", "get", "/agent/people?q=a", ""),
    (Of::Ticket, "see who looks at it", "get", "/agent/tickets/{number}/presence", ""),
    (Of::Ticket, "have it open as a tab", "post", "/agent/tickets/{number}/tab", "do=keep"),
    (Of::Ticket, "share a draft", "post", "/agent/tickets/{number}/drafts", "body=x"),
    (Of::Ticket, "write on a shared draft", "post", "/agent/tickets/{number}/drafts/{draft}", "do=save&body=y&version=1"),
    (Of::Ticket, "put it aside", "post", "/agent/tickets/{number}/snooze", "until=answer"),
    (Of::Ticket, "be reminded of it", "post", "/agent/tickets/{number}/reminders", "at=tomorrow"),
    (Of::Ticket, "forget a reminder", "post", "/agent/tickets/{number}/reminders/{reminder}/forget", ""),
    (Of::Ticket, "hear nothing of it", "post", "/agent/tickets/{number}/mute", "mute=on"),
    (Of::Desk, "how everybody is told", "get", "/agent/admin/notifications", ""),
    (Of::Desk, "change how everybody is told", "post", "/agent/admin/notifications", "on=email&on=in_app&on=push"),
    (Of::Desk, "profile and security", "get", "/account", ""),
    (Of::Desk, "change how one's own pages look", "post", "/account/appearance", "theme=dark&density=compact"),
    (Of::Desk, "give oneself a picture", "post", "/account/picture", "remove=on"),
    (Of::Desk, "change one's own profile", "post", "/account/profile", "name=Better&locale=&timeZone="),
    (Of::Desk, "where they are signed in", "get", "/account/sessions", ""),
    (Of::Desk, "sign out everywhere else", "post", "/account/sessions/end-others", ""),
    (Of::Session, "end", "post", "/account/sessions/{id}/end", ""),
    (Of::Desk, "whether they are there", "get", "/account/availability", ""),
    (Of::Desk, "say whether they are there", "post", "/account/availability", "first=&last=&substitute="),
    (Of::Desk, "own feeds", "get", "/account/calendars", ""),
    (Of::Desk, "make a feed", "post", "/account/calendars", "name=x&mine=on"),
    (Of::Desk, "revoke one's own feed", "post", "/account/calendars/{feed}/revoke", ""),
    (Of::Desk, "own tokens", "get", "/account/tokens", ""),
    (Of::Desk, "make a token", "post", "/account/tokens", "name=x&days=30"),
    (Of::Token, "end", "post", "/account/tokens/{id}/end", ""),
    (Of::Desk, "console", "get", "/agent", ""),
    (Of::Desk, "a view", "get", "/agent/views/{view}", ""),
    (Of::Desk, "a queue", "get", "/agent/queues/{queue}", ""),
    (Of::Desk, "search", "get", "/agent/search", ""),
    (Of::Desk, "palette", "get", "/agent/palette", ""),
    (Of::Desk, "form of a ticket", "get", "/agent/tickets/new", ""),
    (Of::Desk, "lodge for somebody", "post", "/agent/tickets", "kind=incident&requester=otto%40example.com&title=x&once={fresh}"),
    (Of::Desk, "change many", "post", "/agent/tickets/bulk", "ticket={theirs}&priority=2"),
    (Of::Desk, "move on to what is done to many", "post", "/agent/tickets/bulk", "ticket={theirs}&next=merge"),
    (Of::Desk, "form to merge many", "get", "/agent/tickets/bulk/merge?tickets={theirs}", ""),
    (Of::Desk, "form to write on many", "get", "/agent/tickets/bulk/comment?tickets={theirs}", ""),
    (Of::Desk, "write a note on many", "post", "/agent/tickets/bulk/comment", "ticket={theirs}&mode=note&body=x&once={fresh}"),
    (Of::Desk, "take many away as a file", "get", "/agent/tickets/bulk/export.csv?tickets={theirs}", ""),
    (Of::Ticket, "read", "get", "/agent/tickets/{number}", ""),
    (Of::Ticket, "read its history", "get", "/agent/tickets/{number}/history", ""),
    (Of::Ticket, "print it", "get", "/tickets/{number}/print", ""),
    (Of::Ticket, "print it with notes", "get", "/tickets/{number}/print?notes=on", ""),
    (Of::Ticket, "have it as a PDF", "get", "/tickets/{number}/pdf", ""),
    (Of::Ticket, "see its files", "get", "/agent/tickets/{number}/files", ""),
    (Of::Ticket, "see its tasks", "get", "/agent/tickets/{number}/tasks", ""),
    (Of::Ticket, "see what it is tied to", "get", "/agent/tickets/{number}/links", ""),
    (Of::Ticket, "change its title", "post", "/agent/tickets/{number}/title", "title=Another"),
    (Of::Ticket, "change when it is due", "post", "/agent/tickets/{number}/due", "dueAt=2030-01-02T09%3A00"),
    (Of::Ticket, "form of another requester", "get", "/agent/tickets/{number}/requester", ""),
    (Of::Ticket, "give it another requester", "post", "/agent/tickets/{number}/requester", "requester=otto%40example.com&keeps=on"),
    (Of::Ticket, "form of deleting it", "get", "/agent/tickets/{number}/delete", ""),
    (Of::Ticket, "delete it", "post", "/agent/tickets/{number}/delete", "number={number}"),
    (Of::Ticket, "answer", "post", "/agent/tickets/{number}/comments", "mode=reply&body=x"),
    (Of::Ticket, "write a note", "post", "/agent/tickets/{number}/comments", "mode=note&body=x"),
    (Of::Ticket, "change its state", "post", "/agent/tickets/{number}/status", "status=resolved"),
    (Of::Ticket, "change its priority", "post", "/agent/tickets/{number}/priority", "priority=2"),
    (Of::Ticket, "assign", "post", "/agent/tickets/{number}/assignment", "assignee=ada%40example.com"),
    (Of::Ticket, "change its category", "post", "/agent/tickets/{number}/category", "category=Network"),
    (Of::Ticket, "tag", "post", "/agent/tickets/{number}/tags", "add=x"),
    (Of::Ticket, "link", "post", "/agent/tickets/{number}/links", "kind=blocks&number={other}"),
    (Of::Ticket, "take a file off", "post", "/agent/tickets/{number}/files/{file}/remove", "x="),
    (Of::Ticket, "take a link away", "post", "/agent/tickets/{number}/links/remove", "kind=blocks&number={other}"),
    (Of::Ticket, "form of a merge", "get", "/agent/tickets/{number}/merge", ""),
    (Of::Ticket, "merge it into another", "post", "/agent/tickets/{number}/merge", "into={other}"),
    (Of::Ticket, "undo a merge", "post", "/agent/tickets/{number}/unmerge", ""),
    (Of::Ticket, "form of a forward", "get", "/agent/tickets/{number}/forward", ""),
    (Of::Ticket, "ask a third party", "post", "/agent/tickets/{number}/forward", "to=supplier%40example.net&subject=x&body=x"),
    (Of::Ticket, "follow", "post", "/agent/tickets/{number}/watch", "watching=on"),
    (Of::Ticket, "have somebody follow", "post", "/agent/tickets/{number}/watch", "requester=ada%40example.com"),
    (Of::Desk, "what answers while they type", "get", "/answers?q=printer", ""),
    (Of::Desk, "ask for alike ones in the portal", "post", "/incidents/alike", "title=x"),
    (Of::Desk, "ask for alike ones", "post", "/agent/tickets/alike", "title=x"),
    (Of::Desk, "satisfaction", "get", "/agent/satisfaction", ""),
    (Of::Desk, "start of a shift", "get", "/agent/dashboard", ""),
    (Of::Desk, "a board", "get", "/agent/views/{view}?show=board", ""),
    (Of::Desk, "what was worked", "get", "/agent/reports/time", ""),
    (Of::Desk, "what was worked, as a file", "get", "/agent/reports/time.csv", ""),
    (Of::Desk, "look callers up", "get", "/agent/requesters?q=otto", ""),
    (Of::Desk, "lodge for a caller", "post", "/agent/tickets", "kind=incident&channel=walk_in&newName=Joe&title=x&once={fresh}"),
    (Of::Ticket, "move it on a board", "post", "/agent/tickets/{number}/move", "priority=2&was=3"),
    (Of::Ticket, "book time on its page", "post", "/agent/tickets/{number}/time", "time=5m"),
    (Of::Ticket, "put an entry of time right on its page", "post", "/agent/tickets/{number}/time/{entry}", "time=6m"),
    (Of::Desk, "sorts of work", "get", "/agent/admin/time-categories", ""),
    (Of::Desk, "add a sort of work", "post", "/agent/admin/time-categories", "name={fresh}"),
    (Of::Desk, "change a sort of work", "post", "/agent/admin/time-categories/{worktype}", "name={fresh}&billable=on"),
    (Of::Desk, "outages", "get", "/agent/outages", ""),
    (Of::Ticket, "form of an outage", "get", "/agent/outages/new?parent={number}", ""),
    (Of::Ticket, "declare an outage", "post", "/agent/outages", "parent={number}"),
    (Of::Desk, "see an outage", "get", "/agent/outages/{outage}", ""),
    (Of::Ticket, "make it a part of an outage", "post", "/agent/outages/{outage}/parts", "part={number}"),
    (Of::Desk, "change what is said of an outage", "post", "/agent/outages/{outage}/message", "message=x"),
    (Of::Desk, "end an outage", "post", "/agent/outages/{outage}/end", ""),
    (Of::Desk, "see what happens to tickets by itself", "get", "/agent/admin/ticket-rules", ""),
    (Of::Desk, "change what happens to tickets by itself", "post", "/agent/admin/ticket-rules", RULES_FORM),
    (Of::Desk, "settings", "get", "/agent/admin", ""),
    (Of::Desk, "people", "get", "/agent/admin/people", ""),
    (Of::Desk, "form of a person", "get", "/agent/admin/people/new", ""),
    (Of::Desk, "add an admin", "post", "/agent/admin/people", "email={fresh}%40example.com&role=admin"),
    (Of::Person, "see in the settings", "get", "/agent/admin/people/{id}", ""),
    (Of::Person, "make an admin", "post", "/agent/admin/people/{id}", "email={fresh}%40example.com&name=x&role=admin"),
    (Of::Person, "deactivate", "post", "/agent/admin/people/{id}/active", "active=no"),
    (Of::Person, "invite", "post", "/agent/admin/people/{id}/invite", ""),
    (Of::Person, "sign out everywhere", "post", "/agent/admin/people/{id}/sessions/end", ""),
    (Of::Person, "take the picture away", "post", "/agent/admin/people/{id}/picture/remove", ""),
    (Of::Person, "link with somebody elsewhere", "post", "/agent/admin/people/{id}/identities", "provider={provider}&subject={fresh}"),
    (Of::Desk, "roles", "get", "/agent/admin/roles", ""),
    (Of::Desk, "form of a role", "get", "/agent/admin/roles/new", ""),
    (Of::Desk, "make a role", "post", "/agent/admin/roles", "name={fresh}&permission=roles%3Awrite&reach=all"),
    (Of::Desk, "see a role", "get", "/agent/admin/roles/{role}", ""),
    (Of::Desk, "change a role", "post", "/agent/admin/roles/{role}", "name={fresh}&permission=people%3Awrite&reach=all"),
    (Of::Desk, "delete a role", "post", "/agent/admin/roles/{role}/delete", ""),
    (Of::Ticket, "see about a message", "get", "/agent/tickets/{number}/messages/{message}", ""),
    (Of::Ticket, "move it to another", "post", "/agent/tickets/{number}/messages/{message}/move", "ticket={other}"),
    (Of::Ticket, "split a message off", "post", "/agent/tickets/{number}/messages/{message}/split", ""),
    (Of::Ticket, "put its text right", "post", "/agent/tickets/{number}/messages/{message}/edit", "body=y"),
    (Of::Ticket, "make words of it unreadable", "post", "/agent/tickets/{number}/messages/{message}/redact", "words=x"),
    (Of::Ticket, "undo a move", "post", "/agent/moves/{move}/undo", ""),
    (Of::Desk, "log of mail", "get", "/agent/admin/mail", ""),
    (Of::Desk, "see a mail", "get", "/agent/admin/mail/{mail}", ""),
    (Of::Desk, "see a raw mail", "get", "/agent/admin/mail/{mail}/raw", ""),
    (Of::Desk, "judge a held mail again", "post", "/agent/admin/mail/{mail}/retry", ""),
    (Of::Desk, "let a held mail in", "post", "/agent/admin/mail/{mail}/release", ""),
    (Of::Desk, "put a held mail away", "post", "/agent/admin/mail/{mail}/discard", ""),
    (Of::Desk, "put it away and block its sender", "post", "/agent/admin/mail/{mail}/block", ""),
    (Of::Desk, "filters of mail", "get", "/agent/admin/mail-filters", ""),
    (Of::Desk, "form of a filter", "get", "/agent/admin/mail-filters/new", ""),
    (Of::Desk, "make a filter of mail", "post", "/agent/admin/mail-filters", FILTER_FORM),
    (Of::Desk, "see a filter of mail", "get", "/agent/admin/mail-filters/{filter}", ""),
    (Of::Desk, "change a filter of mail", "post", "/agent/admin/mail-filters/{filter}", FILTER_FORM),
    (Of::Desk, "delete a filter of mail", "post", "/agent/admin/mail-filters/{filter}/delete", ""),
    (Of::Desk, "own fields", "get", "/agent/admin/fields", ""),
    (Of::Desk, "form of an own field", "get", "/agent/admin/fields/new", ""),
    (Of::Desk, "make an own field", "post", "/agent/admin/fields", OWN_FIELD_FORM),
    (Of::Desk, "see an own field", "get", "/agent/admin/fields/{field}", ""),
    (Of::Desk, "change an own field", "post", "/agent/admin/fields/{field}", OWN_FIELD_FORM),
    (Of::Desk, "retire an own field", "post", "/agent/admin/fields/{field}/retire", "retired=yes"),
    (Of::Desk, "delete an own field", "post", "/agent/admin/fields/{field}/delete", ""),
    (Of::Ticket, "change an own field", "post", "/agent/tickets/{number}/custom", ""),
    (Of::Desk, "files of lists", "get", "/agent/exports?q=printer", ""),
    (Of::Desk, "order a file of a list", "post", "/agent/exports", "q=printer&format=csv"),
    (Of::Desk, "have a list as a file at once", "post", "/agent/exports", "q=printer&format=csv&how=now"),
    (Of::Desk, "drop one's own file of a list", "post", "/agent/exports/{export}/drop", "x="),
    (Of::Desk, "saved views", "get", "/agent/saved-views", ""),
    (Of::Desk, "form of a view", "get", "/agent/saved-views/new", ""),
    (Of::Desk, "save a view", "post", "/agent/saved-views", "name={fresh}&query=status:open&do=save"),
    (Of::Desk, "see a view", "get", "/agent/saved-views/{view}", ""),
    (Of::Desk, "change a view", "post", "/agent/saved-views/{view}", "name={fresh}&query=status:open&do=save"),
    (Of::Desk, "delete a view", "post", "/agent/saved-views/{view}/delete", ""),
    (Of::Desk, "put a view into one's rail", "post", "/agent/saved-views/pinned", "pinned={view}"),
    (Of::Desk, "macros", "get", "/agent/macros", ""),
    (Of::Desk, "form of a macro", "get", "/agent/macros/new", ""),
    (Of::Desk, "make a macro", "post", "/agent/macros", "name={fresh}&kind=tag&value=x"),
    (Of::Desk, "see a macro", "get", "/agent/macros/{macro}", ""),
    (Of::Desk, "change a macro", "post", "/agent/macros/{macro}", "name={fresh}&kind=tag&value=x&sharing=everybody"),
    (Of::Desk, "delete a macro", "post", "/agent/macros/{macro}/delete", ""),
    (Of::Desk, "offered texts", "get", "/agent/snippets?q=x", ""),
    (Of::Desk, "ready-made texts", "get", "/agent/texts", ""),
    (Of::Desk, "form of a ready-made text", "get", "/agent/texts/new", ""),
    (Of::Desk, "make a ready-made text", "post", "/agent/texts", "name={fresh}&body=x"),
    (Of::Desk, "see a ready-made text", "get", "/agent/texts/{snippet}", ""),
    (Of::Desk, "change a ready-made text", "post", "/agent/texts/{snippet}", "name={fresh}&body=x&sharing=everybody"),
    (Of::Desk, "delete a ready-made text", "post", "/agent/texts/{snippet}/delete", ""),
    (Of::Ticket, "see the macros for it", "get", "/agent/tickets/{number}/macros", ""),
    (Of::Ticket, "use a macro", "post", "/agent/tickets/{number}/macros", "macro={macro}"),
    (Of::Ticket, "add a step", "post", "/agent/tickets/{number}/checklist", "text=x"),
    (Of::Desk, "templates of tickets", "get", "/agent/admin/ticket-templates", ""),
    (Of::Desk, "form of a template", "get", "/agent/admin/ticket-templates/new", ""),
    (Of::Desk, "make a template", "post", "/agent/admin/ticket-templates", "name={fresh}&kind=incident"),
    (Of::Desk, "see a template", "get", "/agent/admin/ticket-templates/{template}", ""),
    (Of::Desk, "change a template", "post", "/agent/admin/ticket-templates/{template}", "name={fresh}&kind=incident"),
    (Of::Desk, "delete a template", "post", "/agent/admin/ticket-templates/{template}/delete", ""),
    (Of::Desk, "checklists", "get", "/agent/admin/checklists", ""),
    (Of::Desk, "form of a checklist", "get", "/agent/admin/checklists/new", ""),
    (Of::Desk, "make a checklist", "post", "/agent/admin/checklists", "name={fresh}&steps=x"),
    (Of::Desk, "see a checklist", "get", "/agent/admin/checklists/{checklist}", ""),
    (Of::Desk, "change a checklist", "post", "/agent/admin/checklists/{checklist}", "name={fresh}&steps=y"),
    (Of::Desk, "delete a checklist", "post", "/agent/admin/checklists/{checklist}/delete", ""),
    (Of::Desk, "rules of mail", "get", "/agent/admin/mail-rules", ""),
    (Of::Desk, "change rules of mail", "post", "/agent/admin/mail-rules", BUDGETS_FORM),
    (Of::Desk, "block a sender", "post", "/agent/admin/mail-rules/block", "pattern={fresh}.example.net"),
    (Of::Desk, "let a sender in again", "post", "/agent/admin/mail-rules/unblock", "pattern={blocked}"),
    (Of::Desk, "close a breaker", "post", "/agent/admin/mail-rules/close", "breaker={breaker}"),
    (Of::Desk, "calendars", "get", "/agent/admin/calendars", ""),
    (Of::Desk, "form of a calendar", "get", "/agent/admin/calendars/new", ""),
    (Of::Desk, "add a calendar", "post", "/agent/admin/calendars", "name={fresh}&timeZone=Europe/Berlin&mon=09:00-17:00"),
    (Of::Desk, "choose the desk's calendar", "post", "/agent/admin/calendars/default", "calendar="),
    (Of::Desk, "see a calendar", "get", "/agent/admin/calendars/{calendar}", ""),
    (Of::Desk, "change a calendar", "post", "/agent/admin/calendars/{calendar}", "name={fresh}&timeZone=UTC&tue=22:00-06:00"),
    (Of::Desk, "look up holidays", "get", "/agent/admin/calendars/{calendar}/holidays", ""),
    (Of::Desk, "put holidays into a calendar", "post", "/agent/admin/calendars/{calendar}/holidays", "set=DE-BY&first=2027&last=2027"),
    (Of::Desk, "take holidays out of a calendar", "post", "/agent/admin/calendars/{calendar}/holidays/drop", "set=DE-BY"),
    (Of::Desk, "subscribe to holidays", "post", "/agent/admin/calendars/{calendar}/subscription", "url=https://example.com/{fresh}.ics"),
    (Of::Desk, "read a calendar's subscription", "post", "/agent/admin/calendars/{subscribed}/fetch", ""),
    (Of::Desk, "retire a calendar", "post", "/agent/admin/calendars/{calendar}/delete", ""),
    (Of::Desk, "recurring tickets", "get", "/agent/admin/recurring-tickets", ""),
    (Of::Desk, "form of a recurring ticket", "get", "/agent/admin/recurring-tickets/new", ""),
    (Of::Desk, "make a recurring ticket", "post", "/agent/admin/recurring-tickets", "name={fresh}&template={titled}&requester=otto@example.com&rhythm=daily&every=1&at=09:00&timeZone=UTC&from=2030-01-01"),
    (Of::Desk, "see a recurring ticket", "get", "/agent/admin/recurring-tickets/{recurring}", ""),
    (Of::Desk, "change a recurring ticket", "post", "/agent/admin/recurring-tickets/{recurring}", "name={fresh}&template={titled}&requester=otto@example.com&rhythm=daily&every=1&at=09:00&timeZone=UTC&from=2030-01-01"),
    (Of::Desk, "lodge a recurring ticket now", "post", "/agent/admin/recurring-tickets/{recurring}/lodge", ""),
    (Of::Desk, "delete a recurring ticket", "post", "/agent/admin/recurring-tickets/{recurring}/delete", ""),
    (Of::Desk, "announcements", "get", "/agent/admin/announcements", ""),
    (Of::Desk, "announce something", "post", "/agent/admin/announcements", "title=x&audience=portal"),
    (Of::Desk, "end an announcement", "post", "/agent/admin/announcements/{announcement}/end", ""),
    (Of::Desk, "delete an announcement", "post", "/agent/admin/announcements/{announcement}/delete", ""),
    (Of::Desk, "what is searched for", "get", "/agent/admin/search", ""),
    (Of::Desk, "say what means the same, in the settings", "post", "/agent/admin/search", "set=vpn,tunnel"),
    (Of::Desk, "build the index anew", "post", "/agent/admin/search/rebuild", ""),
    (Of::Desk, "complete a query in the console", "get", "/agent/search/complete?q=sta", ""),
    (Of::Desk, "which files are taken", "get", "/agent/admin/files", ""),
    (Of::Desk, "change which files are taken, in the settings", "post", "/agent/admin/files", "requester=25&agent=2048&refused=&allowed="),
    (Of::Desk, "test the virus scanner", "post", "/agent/admin/files/test", ""),
    (Of::Desk, "the knowledge base", "get", "/knowledge", ""),
    (Of::Desk, "an article", "get", "/knowledge/{slug}", ""),
    (Of::Desk, "a file of an article", "get", "/knowledge/{shown}", ""),
    (Of::Desk, "say whether it helped", "post", "/knowledge/{slug}/feedback", "helped=yes"),
    (Of::Desk, "need no ticket", "post", "/knowledge/{slug}/solved", "from=incident"),
    (Of::Desk, "articles", "get", "/agent/knowledge", ""),
    (Of::Ticket, "look for an article for it", "get", "/agent/knowledge?ticket={number}", ""),
    (Of::Desk, "form of an article", "get", "/agent/knowledge/new", ""),
    (Of::Desk, "offered articles", "get", "/agent/knowledge/offered?q=x", ""),
    (Of::Ticket, "form of an article made from it", "get", "/agent/knowledge/new?ticket={number}", ""),
    (Of::Desk, "write an article", "post", "/agent/knowledge", "title={fresh}&body=x&visibility=tenant&language=en"),
    (Of::Desk, "see a draft of an article", "get", "/agent/knowledge/{drafted}", ""),
    (Of::Desk, "form of a draft", "get", "/agent/knowledge/{drafted}/edit", ""),
    (Of::Desk, "form of a published article", "get", "/agent/knowledge/{article}/edit", ""),
    (Of::Desk, "change a draft", "post", "/agent/knowledge/{drafted}", "title={fresh}&body=y&visibility=tenant&language=en"),
    (Of::Desk, "publish an article", "post", "/agent/knowledge/{drafted}/state", "state=published"),
    (Of::Desk, "delete a draft", "post", "/agent/knowledge/{drafted}/delete", ""),
    (Of::Desk, "add a file to a draft", "post", "/agent/knowledge/{drafted}/files", "x="),
    (Of::Desk, "take a file off an article", "post", "/agent/knowledge/{pictured}/remove", ""),
    (Of::Desk, "see what an article said", "get", "/agent/knowledge/{article}/revisions", ""),
    (Of::Desk, "restore a revision", "post", "/agent/knowledge/{drafted}/revisions/1/restore", ""),
    (Of::Ticket, "put an article on it", "post", "/agent/tickets/{number}/articles", "article={article}"),
    (Of::Desk, "the knowledge base in the settings", "get", "/agent/admin/knowledge", ""),
    (Of::Desk, "change what holds for the knowledge base", "post", "/agent/admin/knowledge", "public=on"),
    (Of::Desk, "add a category of articles", "post", "/agent/admin/knowledge/categories", "name={fresh}"),
    (Of::Desk, "change a category of articles", "post", "/agent/admin/knowledge/categories/{shelf}", "name-{shelf}={fresh}"),
    (Of::Desk, "delete a category of articles", "post", "/agent/admin/knowledge/categories/{shelf}/delete", ""),
    (Of::Desk, "the desk's look", "get", "/agent/admin/look", ""),
    (Of::Desk, "change the desk's look", "post", "/agent/admin/look", "hue=250&chroma=90"),
    (Of::Desk, "regions", "get", "/agent/admin/regions", ""),
    (Of::Desk, "add a region", "post", "/agent/admin/regions", "name={fresh}"),
    (Of::Desk, "change a region", "post", "/agent/admin/regions/{region}", "name={fresh}"),
    (Of::Desk, "delete a region", "post", "/agent/admin/regions/{region}/delete", ""),
    (Of::Desk, "queues", "get", "/agent/admin/queues", ""),
    (Of::Desk, "form of a queue", "get", "/agent/admin/queues/new", ""),
    (Of::Desk, "add a queue", "post", "/agent/admin/queues", "name={fresh}&strategy=manual&fallback=nobody&takes=never"),
    (Of::Desk, "see a queue", "get", "/agent/admin/queues/{queue}", ""),
    (Of::Desk, "change a queue", "post", "/agent/admin/queues/{queue}", "strategy=round_robin&fallback=lead&takes=on_open"),
    (Of::Desk, "routing rules", "get", "/agent/admin/routing", ""),
    (Of::Desk, "form of a routing rule", "get", "/agent/admin/routing/new", ""),
    (Of::Desk, "add a routing rule", "post", "/agent/admin/routing", "name={fresh}&when=always&tags=x"),
    (Of::Desk, "see a routing rule", "get", "/agent/admin/routing/{rule}", ""),
    (Of::Desk, "change a routing rule", "post", "/agent/admin/routing/{rule}", "name={fresh}&when=always&tags=x"),
    (Of::Desk, "move a routing rule", "post", "/agent/admin/routing/{rule}/move", "by=up"),
    (Of::Desk, "delete a routing rule", "post", "/agent/admin/routing/{rule}/delete", ""),
    (Of::Desk, "rotations", "get", "/agent/admin/on-call", ""),
    (Of::Desk, "form of a rotation", "get", "/agent/admin/on-call/new", ""),
    (Of::Desk, "add a rotation", "post", "/agent/admin/on-call", "name={fresh}&zone=UTC&people=ada%40example.com&handover=daily&at=09%3A00&starts=2026-05-04"),
    (Of::Desk, "see a rotation", "get", "/agent/admin/on-call/{rotation}", ""),
    (Of::Desk, "change a rotation", "post", "/agent/admin/on-call/{rotation}", "name={fresh}&zone=UTC&people=ada%40example.com&handover=weekly&at=09%3A00&starts=2026-05-04"),
    (Of::Desk, "put somebody on call", "post", "/agent/admin/on-call/{rotation}/overrides", "from=2026-05-04T08%3A00&until=2026-05-04T09%3A00&person={ada}"),
    (Of::Desk, "take an override away", "post", "/agent/admin/on-call/{rotation}/overrides/remove", "place=0&from_at=2026-05-01T00%3A00%3A00Z"),
    (Of::Desk, "delete a rotation", "post", "/agent/admin/on-call/{rotation}/delete", ""),
    (Of::Desk, "skills and absences", "get", "/agent/admin/agents", ""),
    (Of::Desk, "see skills and absences", "get", "/agent/admin/agents/{ada}", ""),
    (Of::Desk, "change skills and absences", "post", "/agent/admin/agents/{ada}", "skills=&capacity="),
    (Of::Desk, "categories", "get", "/agent/admin/categories", ""),
    (Of::Desk, "form of a category", "get", "/agent/admin/categories/new", ""),
    (Of::Desk, "add a category", "post", "/agent/admin/categories", "name={fresh}"),
    (Of::Desk, "see a category", "get", "/agent/admin/categories/{category}", ""),
    (Of::Desk, "change a category", "post", "/agent/admin/categories/{category}", "name={fresh}&priority=2"),
    (Of::Desk, "priorities", "get", "/agent/admin/priorities", ""),
    (Of::Desk, "change priorities", "post", "/agent/admin/priorities", PRIORITIES_FORM),
    (Of::Desk, "teams", "get", "/agent/admin/teams", ""),
    (Of::Desk, "form of a team", "get", "/agent/admin/teams/new", ""),
    (Of::Desk, "add a team", "post", "/agent/admin/teams", "name={fresh}"),
    (Of::Desk, "see a team", "get", "/agent/admin/teams/{team}", ""),
    (Of::Desk, "join a team", "post", "/agent/admin/teams/{team}", "name={fresh}&member={me}"),
    (Of::Desk, "delete a team", "post", "/agent/admin/teams/{team}/delete", ""),
    (Of::Desk, "policies of service levels", "get", "/agent/admin/service-levels", ""),
    (Of::Desk, "form of a policy", "get", "/agent/admin/service-levels/new", ""),
    (Of::Desk, "add a policy in a form", "post", "/agent/admin/service-levels", "name={fresh}"),
    (Of::Desk, "see a policy", "get", "/agent/admin/service-levels/{policy}", ""),
    (Of::Desk, "try a policy in a form", "post", "/agent/admin/service-levels/{policy}", "name=Incidents&try=7"),
    (Of::Desk, "organizations", "get", "/agent/admin/organizations", ""),
    (Of::Desk, "form of an organization", "get", "/agent/admin/organizations/new", ""),
    (Of::Desk, "add an organization", "post", "/agent/admin/organizations", "name={fresh}&sharing=nobody"),
    (Of::Desk, "see an organization", "get", "/agent/admin/organizations/{organization}", ""),
    (Of::Desk, "change an organization", "post", "/agent/admin/organizations/{organization}", "name={fresh}&sharing=members"),
    (Of::Desk, "delete an organization", "post", "/agent/admin/organizations/{organization}/delete", ""),
    (Of::Desk, "departments", "get", "/agent/admin/departments", ""),
    (Of::Desk, "form of a department", "get", "/agent/admin/departments/new", ""),
    (Of::Desk, "add a department", "post", "/agent/admin/departments", "name={fresh}"),
    (Of::Desk, "see a department", "get", "/agent/admin/departments/{department}", ""),
    (Of::Desk, "rename a department", "post", "/agent/admin/departments/{department}", "name={fresh}"),
    (Of::Desk, "delete a department", "post", "/agent/admin/departments/{department}/delete", ""),
    (Of::Desk, "sign-in methods", "get", "/agent/admin/sign-in", ""),
    (Of::Desk, "form of a sign-in method", "get", "/agent/admin/sign-in/new?kind=trusted_header", ""),
    (Of::Desk, "add a sign-in method", "post", "/agent/admin/sign-in", "kind=trusted_header&name={fresh}&networks=10.0.0.1&subject=X-User"),
    (Of::Desk, "say whether passwords are taken", "post", "/agent/admin/sign-in/passwords", "local=on"),
    (Of::Desk, "see a sign-in method", "get", "/agent/admin/sign-in/{provider}", ""),
    (Of::Desk, "change a sign-in method", "post", "/agent/admin/sign-in/{provider}", LDAP_FORM),
    (Of::Desk, "test a sign-in method", "post", "/agent/admin/sign-in/{provider}/test", ""),
    (Of::Desk, "read a directory now", "post", "/agent/admin/sign-in/{provider}/sync", ""),
    (Of::Desk, "take a sign-in method away", "post", "/agent/admin/sign-in/{provider}/delete", ""),
    (Of::Desk, "mailboxes", "get", "/agent/admin/mailboxes", ""),
    (Of::Desk, "form of a mailbox", "get", "/agent/admin/mailboxes/new", ""),
    (Of::Desk, "add a mailbox", "post", "/agent/admin/mailboxes", MAILBOX_FORM),
    (Of::Desk, "see a mailbox", "get", "/agent/admin/mailboxes/{mailbox}", ""),
    (Of::Desk, "change a mailbox", "post", "/agent/admin/mailboxes/{mailbox}", MAILBOX_FORM),
    (Of::Desk, "test a mailbox", "post", "/agent/admin/mailboxes/{mailbox}/test", ""),
    (Of::Desk, "look for mail now", "post", "/agent/admin/mailboxes/{mailbox}/poll", ""),
    (Of::Desk, "sign in for a mailbox", "get", "/agent/admin/mailboxes/{mailbox}/sign-in", ""),
    (Of::Desk, "take a mailbox away", "post", "/agent/admin/mailboxes/{mailbox}/delete", ""),
    (Of::Desk, "rules of accounts", "get", "/agent/admin/accounts", ""),
    (Of::Desk, "change the rules of accounts", "post", "/agent/admin/accounts", "chars=10&tell=on"),
    (Of::Desk, "see how mail is sent", "get", "/agent/admin/sending", ""),
    (Of::Desk, "change how mail is sent", "post", "/agent/admin/sending", "holdSeconds=10&reminderDays=3&remindersMax=2&language=en"),
    (Of::Desk, "see mails", "get", "/agent/admin/sending/letters", ""),
    (Of::Desk, "see suppressed addresses", "get", "/agent/admin/sending/addresses", ""),
    (Of::Desk, "suppress an address", "post", "/agent/admin/sending/addresses", "address={fresh}@example.net"),
    (Of::Desk, "see keys of mail", "get", "/agent/admin/sending/signing", ""),
    (Of::Desk, "make a key of mail", "post", "/agent/admin/sending/signing", "domain={fresh}.example&algorithm=ed25519"),
    (Of::Desk, "see texts of mails", "get", "/agent/admin/mail-templates", ""),
    (Of::Desk, "from where the desk is open", "get", "/agent/admin/addresses", ""),
    (Of::Desk, "change from where the desk is open", "post", "/agent/admin/addresses", "everybody=&staff="),
    (Of::Desk, "see what was changed", "get", "/agent/admin/audit?show=all", ""),
    (Of::Desk, "see the first steps", "get", "/agent/admin/start", ""),
    (Of::Desk, "be asked one of the first questions", "get", "/agent/admin/start/hours", ""),
    (Of::Desk, "answer one of the first questions", "post", "/agent/admin/start/promise", "promise=usual"),
    (Of::Desk, "end the first steps", "post", "/agent/admin/start/end", ""),
    (Of::Desk, "send oneself a test notification", "post", "/agent/admin/notifications/test", ""),
    (Of::Desk, "see background work in the settings", "get", "/agent/admin/jobs", ""),
    (Of::Desk, "try all failed work again in the settings", "post", "/agent/admin/jobs/retry", ""),
    (Of::Desk, "see what the desk does without in the settings", "get", "/agent/admin/features", ""),
    (Of::Desk, "switch features on and off in the settings", "post", "/agent/admin/features", "feature=satisfaction&feature=outages&feature=announcements&feature=time_entries&feature=checklists&feature=macros&feature=snippets&feature=ticket_templates&feature=on_call&feature=push&feature=knowledge&feature=access_tokens"),
    (Of::Desk, "see the desk's language in the settings", "get", "/agent/admin/language", ""),
    (Of::Desk, "change the desk's language in the settings", "post", "/agent/admin/language", "language=&timeZone=UTC"),
];

/// Addresses that stand in no row, and why.
const EXCUSED: &[(&str, &str)] = &[
    (
        "/mailboxes/{id}/statement",
        "needs a mail server; `fetch::mail_is_here_as_soon_as_it_is_there` asks one, and the permission is that of the test",
    ),
    ("/agent/admin/mailboxes/{mailbox}/statement", "the same"),
    (
        "/agent/admin/mailboxes/oauth/callback",
        "needs a sign-in that is under way: `fetch_oauth::somebody_signs_in_and_the_token_is_rotated`",
    ),
    (
        "/exports/{export}/file",
        "needs a file that is made: `lists::a_file_is_ordered_and_is_only_its_orderers`, and `exports` of the binary",
    ),
    ("/files/{token}", "the address is the proof: `uploads::an_address_gives_a_file_without_a_sign_in`"),
    ("/auth/login", "open to everybody: it is how one becomes somebody"),
    ("/auth/refresh", "open to everybody: the token in the body is the proof"),
    ("/auth/logout", "open to everybody: it ends what is presented"),
    ("/auth/token", "open to everybody: what is in the body is the proof"),
    (
        "/auth/register",
        "open to everybody where the desk takes registrations; `accounts::an_account_is_made_behind_the_mail_and_not_before`",
    ),
    ("/auth/verify", "open to everybody: the link from the mail is the proof"),
    ("/auth/forgot", "open to everybody; `accounts::asking_tells_nothing_of_who_is_here`"),
    ("/auth/reset", "open to everybody: the link from the mail is the proof"),
    ("/auth/accept", "open to everybody: the link from the mail is the proof"),
    ("/me/password", "one's own, with the old one: `accounts::a_password_is_changed_by_whoever_knows_it`"),
    ("/me/factors", "one's own, and never by a token: `second_factor::an_admin_removes_it_and_a_found_token_does_not`"),
    ("/me/factors/totp", "the same"),
    ("/me/factors/totp/confirm", "the same"),
    ("/me/factors/recovery-codes", "the same"),
    ("/me/factors/remove", "the same"),
    ("/agent/admin/people/{id}/factors/remove", "needs somebody with a second factor, as the API's"),
    ("/agent/admin/people/{id}/tokens/{token}/end", "needs a token of somebody else; the API's stands here and asks the same"),
    ("/agent/admin/people/{id}/identities/end", "needs somebody who is known elsewhere; the API's stands here and asks the same"),
    ("/people/{id}/factors", "needs somebody with a second factor; the same test"),
    ("/openapi.json", "open to everybody: it says what the API is, not what is in it"),
    ("/manifest.webmanifest", "open to everybody: the name of the desk, for a browser that installs it"),
    ("/offline", "open to everybody: it is kept by the browser and names nobody"),
    ("/events", "never ends; `access::topics_are_for_those_who_may` and `who_names_no_topic_hears_what_they_may` try it"),
    ("/ws", "the same, as a web socket"),
    ("/jobs/{id}/retry", "needs work that failed for good; listing it stands here and needs the same permission"),
    ("/agent/admin/jobs/{id}/retry", "the same"),
    ("/agent/admin/jobs/{id}/discard", "the same"),
    ("/sign-in", "open to everybody: it is how one becomes somebody"),
    ("/sign-in/code", "open to everybody: its second step"),
    ("/sign-in/ldap/{provider}", "open to everybody: how one becomes somebody, by a directory's word"),
    ("/sign-in/oidc/{provider}", "the same, by an identity provider's"),
    ("/sign-in/oidc/{provider}/callback", "the same"),
    ("/sign-in/oidc/{provider}/back-channel", "for the identity provider: its signature is the proof"),
    ("/sign-in/header/{provider}", "the same, by a proxy's"),
    ("/register", "as the API's"),
    ("/forgot", "as the API's"),
    ("/verify/{token}", "the link from the mail is the proof"),
    ("/invitation/{token}", "the link from the mail is the proof"),
    ("/reset/{token}", "the link from the mail is the proof"),
    ("/enter", "the pass from the other desk is the proof: `isolation::a_member_of_both_goes_over_once_and_nobody_else_does`"),
    ("/account/desks", "shows what there is for members of several desks: the same test"),
    ("/account/desks/{id}", "the same test"),
    ("/account/password", "one's own, with the old one: `accounts::a_password_is_changed_by_whoever_knows_it`"),
    ("/account/second-factor", "one's own: `second_factor::whose_role_needs_one_sets_it_up_before_anything_else`"),
    ("/account/second-factor/begin", "the same"),
    ("/account/second-factor/codes", "the same"),
    ("/account/second-factor/remove", "the same"),
    ("/operator", "above every desk and no role's: `operators::operators_get_in_and_nobody_else_does`"),
    ("/operator/desks", "the same test, and `operators::a_desk_is_made_with_an_owner_who_gets_in_by_a_link_that_is_shown_once`"),
    ("/operator/desks/new", "the same test"),
    ("/operator/desks/{id}", "the same test, and `operators::a_desk_is_changed_suspended_resumed_and_deleted`"),
    ("/operator/desks/{id}/state", "the same tests, and `operators::nobody_locks_themselves_out_from_here`"),
    ("/operator/desks/{id}/export", "the same test, and `operators::an_export_is_a_whole_desk_even_of_a_suspended_one`"),
    ("/operator/desks/{id}/delete", "the same tests, and `operators::nobody_locks_themselves_out_from_here`"),
    (
        "/tickets/{id}/comments/{comment}/withdraw",
        "needs an answer that is still held: `sending::an_answer_can_be_taken_back_while_it_is_held` of the binary; answering stands here",
    ),
    ("/mail/outbox/{id}", "needs a mail; listing them stands here, and reading notes of its ticket"),
    ("/mail/outbox/{id}/retry", "needs a mail that failed; changing its ticket stands here and decides"),
    ("/mail/outbox/{id}/withdraw", "needs a mail that waits; the same"),
    ("/mail/suppressions/{address}", "needs a suppressed address; adding one stands here and needs the same permission"),
    ("/mail/templates/{occasion}/{language}", "listing them, and changing how mail is sent, stand here and need the same permissions"),
    ("/mail/templates/{occasion}/{language}/preview", "the same"),
    ("/mail/dkim/{id}", "needs a key; making one stands here and needs the same permission"),
    ("/mail/dns-check", "asks the DNS; making a key stands here and needs the same permission"),
    ("/mail/test", "needs a desk that has an address; changing how mail is sent stands here and needs the same permission"),
    ("/agent/tickets/{number}/history/{event}", "needs an event; `lasting::a_ticket_as_it_was` asks as who may and who may not"),
    ("/feeds/{address}", "the secret in the address is the proof: `lasting::a_feed_is_read_by_its_address_alone`"),
    ("/csat/{token}", "the link from the mail is the proof: `csat::looking_never_votes_and_one_press_does`"),
    ("/outages/{outage}/tickets/{other}", "needs a part; making one stands here and asks the same"),
    ("/agent/outages/{outage}/leave", "the same"),
    ("/agent/outages/{outage}/declare", "needs a proposal; declaring without one stands here and asks the same"),
    ("/undo/{undo}", "one's own within a day: `macros::tests` of the library; using a macro stands here"),
    ("/agent/undo/{undo}", "as the API's"),
    ("/tickets/{id}/checklist/{step}", "needs a step; adding one stands here and asks the same"),
    ("/stop/{token}", "the link from the mail is the proof"),
    ("/agent/tickets/{number}/comments/{comment}/withdraw", "as the API's"),
    ("/agent/tickets/{number}/letters/{letter}/retry", "as the API's"),
    ("/tickets/{id}/articles/{article}", "needs an article on it; putting one there stands here and asks the same"),
    ("/sitemap.xml", "open to everybody where the desk shows its articles: `knowledge::everybody_reads_what_is_public_and_nothing_else`"),
    ("/agent/admin/sending/server", "a form; the API's stands here and asks the same"),
    ("/agent/admin/sending/test", "the same"),
    ("/agent/admin/sending/queues/{queue}", "the same, as `/queues/{id}`"),
    ("/agent/admin/sending/letters/{id}/retry", "needs a mail that failed"),
    ("/agent/admin/sending/letters/{id}/withdraw", "needs a mail that waits"),
    ("/agent/admin/sending/addresses/release", "needs a suppressed address"),
    ("/agent/admin/sending/signing/check", "asks the DNS"),
    ("/agent/admin/sending/signing/{id}/delete", "needs a key"),
    ("/agent/admin/mail-templates/{occasion}/{language}", "a form; the API's stands here and asks the same"),
    ("/agent/admin/mail-templates/{occasion}/{language}/preview", "the same"),
    ("/agent/admin/mail-templates/{occasion}/{language}/reset", "the same"),
    ("/agent/admin/mail-templates/{occasion}/{language}/test", "the same"),
    ("/slas/{id}", "taking one away changes what all others see; changing one stands here and needs the same permission"),
    ("/slas/order", "names every policy there is; changing one stands here and needs the same permission"),
    ("/agent/admin/service-levels/order", "the same"),
    ("/agent/admin/service-levels/{id}/delete", "as the API's"),
    ("/tickets/{id}/acknowledge", "needs a target in danger; changing the ticket stands here and needs the same permission"),
    ("/agent/tickets/{number}/acknowledge", "the same"),
    (
        "/tickets/{id}/escalate",
        "needs a target in danger, for requesters: `people_ask_for_attention_when_there_is_reason_to` of the library",
    ),
    ("/agent/tickets/{number}/escalate", "the same"),
    ("/tickets/{number}/escalate", "the same"),
    ("/sign-out", "ends one's own session and nothing else"),
    ("/styleguide", "open to everybody: it shows made-up things"),
    ("/language", "open to everybody: it leaves a cookie"),
    ("/agent/tickets/{number}/messages/{message}/pictures", "needs a mail with pictures; reading the ticket stands here and decides"),
    ("/tickets/{number}/messages/{message}/pictures", "the same, for requesters"),
    ("/brand/{name}", "the colour and the logo of the desk, which everybody sees"),
    ("/agent/tickets/{number}/messages/{message}/raw", "needs a message that came by mail; reading the ticket and its notes decides"),
];

/// Columns: name, role, and what the column is about.
const COLUMNS: [(&str, &str); 8] = [
    ("requester", "requester"),
    ("member", "requester"),
    ("agent", "agent"),
    ("queue crew", "queue_crew"),
    ("team lead", "team_lead"),
    ("manager", "manager"),
    ("admin", "admin"),
    ("owner", "tenant_owner"),
];

/// What a call is made on and by.
struct Stage {
    bearer: String,
    /// For pages, whose bare addresses are the API's for whoever brings a token.
    cookie: String,
    names: BTreeMap<&'static str, String>,
}

fn person(tx: &mut Tx, email: &str, role: &str) -> Result<PersonId> {
    let new = NewPerson { email: email.into(), roles: vec![role.into()], ..NewPerson::default() };
    Ok(identity::create_person(tx, &Actor::system("test"), new)?.id)
}

fn token(tx: &mut Tx, of: PersonId) -> Result<(String, String)> {
    let (token, text) = identity::create_token(tx, &Actor::system("test"), of, NewToken { name: "t".into(), ..NewToken::default() })?;
    Ok((token.id.to_string(), text))
}

fn ticket(tx: &mut Tx, requester: PersonId, queue: &str) -> Result<TicketId> {
    let new = NewTicket {
        requester: Some(requester.to_string()),
        queue: Some(queue.into()),
        ..NewTicket::new(Kind::Incident, "It broke", Channel::Portal)
    };
    Ok(tickets::create(tx, &Actor::system("test"), new)?.id)
}

/// An article, published for somebody or still a draft.
fn article(tx: &mut Tx, name: &str, readers: Option<Visibility>) -> Result<Article> {
    let system = Actor::system("test");
    let new = ArticleChange { title: Some(name.into()), content: Some("x".into()), visibility: readers, ..ArticleChange::default() };
    let it = knowledge::create(tx, &system, new)?;
    if readers.is_some() { knowledge::settle(tx, &system, it.id, None, State::Published) } else { Ok(it) }
}

/// A public message on a ticket.
fn message(tx: &mut Tx, on: TicketId, author: PersonId) -> Result<CommentId> {
    let new = NewComment { author: Some(author), ..NewComment::new("x", false, Channel::Email) };
    Ok(tickets::add_comment(tx, &Actor::system("test"), on, new)?.1.id)
}

/// A file whose bytes lie nowhere.
fn stored() -> attachments::StoredFile {
    attachments::StoredFile {
        hash: lodge::id::BlobHash::of(b"x"),
        size: 1,
        sha256: [0; 32],
        filename: "x.txt".into(),
        content_type: "text/plain".into(),
        inline: false,
        content_id: None,
        by_mail: false,
        pixels: None,
    }
}

/// A file on a ticket, open or on a note.
fn file(tx: &mut Tx, on: TicketId, is_private: bool) -> Result<String> {
    let on = tx.get::<tickets::Ticket>(&on)?.unwrap();
    let made = attachments::attach(tx, &Actor::system("test"), &on, None, is_private, vec![stored()])?;
    let picture = Picture { blob: lodge::id::BlobHash::of(b"picture"), size: 7, format: Format::Png, width: 1, height: 1 };
    let thumbnail = Some(StoredPicture { picture, sha256: [0; 32] });
    preview::made(tx, made[0].blob, NewPreview { thumbnail, ..NewPreview::default() })?;
    Ok(made[0].id.to_string())
}

/// What the whole desk shares: a role that is for the queues of its holders' teams, their queue, an organization that shows itself to its members.
fn furnish(tx: &mut Tx) -> Result<()> {
    let system = Actor::system("test");
    let agent = identity::any_role(tx, "agent")?.unwrap();
    let crew =
        NewRole { name: "Queue crew".into(), description: String::new(), permissions: agent.permissions.names(), reach: Reach::Queues };
    identity::create_role(tx, &system, crew)?;
    let team = queues::create_team(tx, &system, "Network")?.id;
    queues::create_queue(tx, &system, "Network", Some(team))?;
    let acme = identity::create_organization(tx, &system, "Acme")?.id;
    let shown = OrganizationChange { sharing: Some(Sharing::Members), ..OrganizationChange::default() };
    identity::change_organization(tx, &system, acme, shown)?;
    let colleague = person(tx, "colleague@example.com", "requester")?;
    let place = PersonChange { organization: Some(Some(acme)), ..PersonChange::default() };
    identity::change_person(tx, &system, colleague, place)?;
    queues::find_or_create_category(tx, &system, "category", "Network", None)?;
    Ok(())
}

/// Everything that one call needs, new.
fn stage(tx: &mut Tx, n: usize, column: (&str, &str), whose: &str, wants: &str) -> Result<Stage> {
    let system = Actor::system("test");
    let fresh = format!("fresh{n}");
    let me = person(tx, &format!("caller{n}@example.com"), column.1)?;
    let (mut teams, mut organization) = (Vec::new(), None);
    if column.0 == "queue crew" {
        teams.extend(queues::team_named(tx, "Network")?.map(|it| it.id));
    }
    if column.0 == "member" {
        organization = identity::organization_named(tx, "Acme")?.map(|it| it.id);
    }
    let place = PersonChange { teams: Some(teams), organization: Some(organization), ..PersonChange::default() };
    identity::change_person(tx, &system, me, place)?;
    let stranger = person(tx, &format!("stranger{n}@example.com"), if whose == "owner" { "tenant_owner" } else { "requester" })?;
    let colleague = identity::named(tx, "x", "colleague@example.com")?.id;
    let make = |tx: &mut Tx| match whose {
        "own" => ticket(tx, me, "Service desk"),
        "reach" if column.0 == "queue crew" => ticket(tx, stranger, "Network"),
        "reach" if column.0 == "member" => ticket(tx, colleague, "Service desk"),
        _ => ticket(tx, stranger, "Service desk"),
    };
    let (one, other) = (make(tx)?, make(tx)?);
    let theirs = ticket(tx, stranger, "Service desk")?;
    tickets::link(tx, &system, one, Relation::RelatesTo, other)?;
    tickets::watch(tx, &system, one, stranger)?;
    let number = |tx: &Tx, id: TicketId| -> Result<String> {
        let it = tx.get::<tickets::Ticket>(&id)?.unwrap();
        let settings = lodge::desk::settings::Settings::of(tx)?;
        Ok(tickets::number::text(&settings, it.kind, it.number))
    };
    let bearer = token(tx, me)?;
    let token_id = if whose == "own" { token(tx, me)?.0 } else { token(tx, stranger)?.0 };
    let mut names = BTreeMap::from([
        ("ticket", one.to_string()),
        ("number", number(tx, one)?),
        ("other", number(tx, other)?),
        ("theirs", number(tx, theirs)?),
        ("file", file(tx, one, false)?),
        ("note", file(tx, one, true)?),
        ("watcher", stranger.to_string()),
        ("person", if whose == "self" { me.to_string() } else { stranger.to_string() }),
        ("token", token_id),
        ("me", me.to_string()),
        ("type", "relates_to".to_owned()),
        ("view", "all".to_owned()),
        // One that every desk begins with.
        ("policy", "05a10000-0000-7000-8000-000000000001".to_owned()),
        ("fresh", fresh),
    ]);
    names.insert("place", number(tx, one)?);
    names.insert("form", "incident".to_owned());
    for (name, make) in OWN {
        if wants.contains(&format!("{{{name}}}")) {
            names.insert(name, make(tx, me, one, n)?);
        }
    }
    for name in ["comment", "message"] {
        if wants.contains(&format!("{{{name}}}")) {
            names.insert(name, message(tx, one, stranger)?.to_string());
        }
    }
    if wants.contains("{digest}") {
        let whose = if whose == "self" { me } else { stranger };
        names.extend(identity::change_avatar(tx, &system, whose, Some(picture()))?.avatar.map(|it| ("digest", it)));
    }
    if wants.contains("{move}") {
        let id = message(tx, one, stranger)?;
        names.insert("move", moving::move_message(tx, &system, one, id, other)?.id.to_string());
    }
    // Made only where they are asked for: names are looked for among all that there are.
    for (name, make) in MADE {
        if wants.contains(&format!("{{{name}}}")) {
            names.insert(name, make(tx, &format!("Made {n}"))?);
        }
    }
    let elsewhere = identity::start_session(tx, if whose == "own" { me } else { stranger }, &Default::default(), false)?;
    names.insert("session", elsewhere.session.id.to_string());
    let session = identity::start_session(tx, me, &Default::default(), false)?;
    names.insert("csrf", lodge::http::csrf::token(&session.secret));
    let cookie = format!("lodge_session={}", session.secret);
    Ok(Stage { bearer: format!("Bearer {}", bearer.1), cookie, names })
}

/// Things of the caller's own, by the names that addresses call them by.
type MakeOwn = fn(&mut Tx, PersonId, TicketId, usize) -> Result<String>;

const OWN: [(&str, MakeOwn); 8] = [
    ("feed", |tx, me, _, _| {
        let me = tx.get::<identity::Person>(&me)?.unwrap();
        let actor = identity::actor_of(tx, &me, Default::default())?;
        let shows = calendar_feeds::Shows { mine: true, ..Default::default() };
        // Whoever may have none asks for one that there is not.
        Ok(calendar_feeds::make(tx, &actor, "Mine", shows).map_or_else(|_| CalendarFeedId::NIL.to_string(), |it| it.0.id.to_string()))
    }),
    ("export", |tx, me, _, _| {
        let me = tx.get::<identity::Person>(&me)?.unwrap();
        let actor = identity::actor_of(tx, &me, Default::default())?;
        let new = NewExport {
            query: String::new(),
            sort: Sort::NEWEST,
            format: FileFormat::Csv,
            columns: Vec::new(),
            language: None,
            zone: None,
        };
        // Only so many may wait at once.
        for it in exports::mine(tx, &actor).unwrap_or_default() {
            exports::cancel(tx, &actor, it.id)?;
        }
        Ok(exports::order(tx, &actor, new).map_or_else(|_| ExportId::NIL.to_string(), |it| it.id.to_string()))
    }),
    ("entry", |tx, me, ticket, _| {
        let (id, created_at) = (tx.new_id(), tx.now());
        let (minutes, note) = (5, String::new());
        tx.put(&time_entries::TimeEntry {
            id,
            ticket,
            person: me,
            minutes,
            category: None,
            billable: false,
            note,
            day: 20_000,
            created_at,
        })?;
        Ok(id.to_string())
    }),
    ("draft", |tx, _, ticket, n| {
        let agent = person(tx, &format!("writer{n}@example.com"), "agent")?;
        let agent = tx.get::<identity::Person>(&agent)?.unwrap();
        let agent = identity::actor_of(tx, &agent, Default::default())?;
        let written = drafts::shared::Written { body: "x".into(), ..Default::default() };
        Ok(drafts::shared::share(tx, &agent, ticket, written)?.id.to_string())
    }),
    ("form", |tx, me, _, _| {
        let place = drafts::Place::form("incident").unwrap();
        let fields = vec![drafts::Field { name: "title".into(), value: "x".into() }];
        let (updated_at, version) = (tx.now(), 1);
        tx.put(&drafts::Draft { person: me, place, fields, updated_at, version })?;
        Ok("incident".to_owned())
    }),
    ("reminder", |tx, me, ticket, _| {
        let (id, now) = (tx.new_id(), tx.now());
        let at = now.plus(std::time::Duration::from_secs(3600));
        tx.put(&reminders::Reminder { person: me, id, ticket, at, note: String::new(), created_at: now })?;
        Ok(id.to_string())
    }),
    ("notification", |tx, me, _, _| {
        let mine = ticket(tx, me, "Service desk")?;
        let (id, now) = (tx.new_id(), tx.now());
        let it = notices::Notification {
            person: me,
            id,
            happening: notices::Happening::Moved,
            ticket: mine,
            comment: None,
            by: None,
            words: None,
            created_at: now,
            shown_at: now,
            read_at: None,
            gathered: false,
            aside: false,
        };
        tx.put(&it)?;
        Ok(id.to_string())
    }),
    ("device", |tx, me, _, n| {
        let (id, now) = (tx.new_id(), tx.now());
        let endpoint = format!("https://push.example/of/{n}");
        tx.put(&notices::push::PushSubscription {
            person: me,
            id,
            endpoint,
            key: vec![4; 65],
            auth: vec![1; 16],
            device: "x".into(),
            created_at: now,
        })?;
        Ok(id.to_string())
    }),
];

/// A template that tickets can be lodged by without anybody filling it in.
fn titled_template(tx: &mut Tx, name: &str) -> Result<String> {
    let draft = TemplateDraft { name: name.into(), title: name.into(), ..TemplateDraft::default() };
    Ok(ticket_templates::create(tx, &Actor::system("test"), draft)?.id.to_string())
}

/// A mail that is held, whose bytes are `RAW_MAIL`.
fn held_mail(tx: &mut Tx, name: &str) -> Result<String> {
    let system = Actor::system("test");
    let raw = RawMail { arrival: Arrival::by("hook"), raw: BlobHash::of(RAW_MAIL), size: RAW_MAIL.len() as u64, sha256: [0; 32] };
    let (ledger::Received::New(entry) | ledger::Received::Before(entry)) = ledger::receive(tx, &system, raw)?;
    let mut message = lodge::mail::mime::parse(RAW_MAIL);
    message.from = Some(Mailbox { name: String::new(), address: format!("{}@example.com", name.replace(' ', "-").to_lowercase()) });
    message.digest = *blake3::hash(name.as_bytes()).as_bytes();
    Ok(intake::decide(tx, &system, Understood { mail: entry.id, message, files: Vec::new(), asked: None, folded: None })?.id.to_string())
}

/// A mail that is held because a machine wrote it; the world keeps its bytes.
const RAW_MAIL: &[u8] = b"From: robot@example.com\r\nSubject: x\r\nAuto-Submitted: auto-generated\r\n\r\nx\r\n";

/// Makes a thing of this name and gives what addresses call it by.
type Make = fn(&mut Tx, &str) -> Result<String>;

const MADE: &[(&str, Make)] = &[
    ("outage", |tx, _| {
        let system = Actor::system("test");
        // Some go on at once at most.
        for it in outage::live(tx)? {
            outage::end(tx, &system, it.id, false, None)?;
        }
        let stranger = identity::named(tx, "x", "colleague@example.com")?.id;
        let parent = ticket(tx, stranger, "Service desk")?;
        Ok(outage::declare(tx, &system, Declaration::of(parent))?.id.to_string())
    }),
    ("mailbox", |tx, name| {
        let system = Actor::system("test");
        // A desk has some mailboxes at most.
        for it in mailbox::mailboxes(tx, &system)? {
            mailbox::delete(tx, &system, it.id)?;
        }
        let client = OAuthClient { client_id: "x".into(), ..OAuthClient::default() };
        let settings = MailboxSettings {
            address: "help@example.com".into(),
            host: "127.0.0.1".into(),
            encryption: Encryption::None,
            sign_in: SignIn::OAuth(client),
            ..MailboxSettings::default()
        };
        let made = mailbox::create(tx, &system, NewMailbox { name: name.into(), enabled: true, settings, secret: None })?;
        Ok(made.id.to_string())
    }),
    ("provider", |tx, name| {
        let system = Actor::system("test");
        // A desk has some ways to sign in at most.
        for it in providers::providers(tx, &system)? {
            providers::delete_provider(tx, &system, it.id)?;
        }
        let settings = LdapSettings {
            host: "127.0.0.1".into(),
            port: 1,
            encryption: Encryption::None,
            ca: None,
            bind_dn: String::new(),
            base: "dc=x".into(),
            login_filter: "(uid={login})".into(),
            people_filter: "(objectClass=person)".into(),
            subject: "entryUUID".into(),
            groups: Groups::Attribute,
            page_size: 100,
            sync_minutes: None,
        };
        let new = NewProvider {
            name: name.into(),
            enabled: true,
            settings: ProviderSettings::Ldap(settings),
            admission: Admission::default(),
            attributes: None,
            secret: None,
        };
        let made = providers::create_provider(tx, &system, new)?.id;
        let colleague = identity::named(tx, "x", "colleague@example.com")?.id;
        providers::link(tx, &system, made, "known", colleague)?;
        Ok(made.to_string())
    }),
    ("mail", held_mail),
    ("view", |tx, name| {
        let draft = ViewDraft { name: name.into(), sharing: ForWhom::Everybody, ..ViewDraft::default() };
        Ok(views::create(tx, &Actor::system("test"), draft)?.id.to_string())
    }),
    ("macro", |tx, name| {
        let actions = vec![("tag".to_owned(), "x".to_owned())];
        let draft = MacroDraft { name: name.into(), sharing: ForWhom::Everybody, actions, ..MacroDraft::default() };
        Ok(macros::create(tx, &Actor::system("test"), draft)?.id.to_string())
    }),
    ("snippet", |tx, name| {
        let draft = SnippetDraft { name: name.into(), sharing: ForWhom::Everybody, body: "Hello".into(), ..SnippetDraft::default() };
        Ok(snippets::create(tx, &Actor::system("test"), draft)?.id.to_string())
    }),
    ("template", |tx, name| {
        let system = Actor::system("test");
        // A desk has some templates at most.
        for old in recurring::all(tx, &system)? {
            recurring::delete(tx, &system, old.id)?;
        }
        for old in ticket_templates::offered(tx, &system)? {
            ticket_templates::delete(tx, &system, old.id)?;
        }
        Ok(ticket_templates::create(tx, &system, TemplateDraft { name: name.into(), ..TemplateDraft::default() })?.id.to_string())
    }),
    ("checklist", |tx, name| {
        let system = Actor::system("test");
        // A desk has some checklists at most.
        for old in checklists::lists(tx)? {
            checklists::delete_list(tx, &system, old.id)?;
        }
        let steps = vec![NewStep { text: "x".into(), required: false }];
        Ok(checklists::create_list(tx, &system, name, steps)?.id.to_string())
    }),
    ("field", |tx, name| {
        let system = Actor::system("test");
        // A desk has some fields at most, and as soon as it has one it takes no other keys.
        for old in custom::shared(tx)?.fields.iter() {
            custom::delete(tx, &system, old.id)?;
        }
        Ok(custom::create(tx, &system, FieldDraft { label: name.into(), ..FieldDraft::default() })?.id.to_string())
    }),
    ("filter", |tx, name| {
        let condition = Condition { field: Field::Subject, op: Op::Is, value: name.into() };
        let draft = FilterDraft { name: name.into(), conditions: vec![condition], actions: vec![Action::Hold], ..FilterDraft::default() };
        let made = filter::create(tx, &Actor::system("test"), draft)?.id;
        // A desk has some filters at most.
        for old in filter::all(tx)?.into_iter().filter(|it| it.id != made) {
            filter::delete(tx, &Actor::system("test"), old.id)?;
        }
        Ok(made.to_string())
    }),
    ("blocked", |tx, name| {
        let pattern = format!("{}.example.org", name.replace(' ', "-").to_lowercase());
        Ok(blocklist::block(tx, &Actor::system("test"), &pattern, "")?.pattern)
    }),
    ("breaker", |tx, name| {
        let (system, ticket) = (Actor::system("test"), tx.new_id());
        let rules = MailRules { answers_per_address_hour: 1, ..MailRules::default() };
        let address = format!("{}@example.com", name.replace(' ', "-").to_lowercase());
        for _ in 0..2 {
            breaker::may_answer(tx, &system, &rules, ticket, &address)?;
        }
        let open = breaker::all_open(tx)?;
        Ok(open.into_iter().find(|it| it.about == address).unwrap().id())
    }),
    ("role", |tx, name| {
        let new = NewRole { name: name.into(), description: String::new(), permissions: vec![], reach: Reach::All };
        Ok(identity::create_role(tx, &Actor::system("test"), new)?.key)
    }),
    ("worktype", |tx, name| {
        let new = time_entries::CategoryChange { name: Some(name.into()), ..Default::default() };
        Ok(time_entries::create_category(tx, &Actor::system("test"), new)?.id.to_string())
    }),
    ("shelf", |tx, name| Ok(knowledge::add_category(tx, &Actor::system("test"), name, "")?.id.to_string())),
    ("drafted", |tx, name| Ok(article(tx, name, None)?.id.to_string())),
    ("article", |tx, name| Ok(article(tx, name, Some(Visibility::Tenant))?.id.to_string())),
    ("pictured", |tx, name| {
        let it = article(tx, name, Some(Visibility::Tenant))?;
        let added = knowledge::add_files(tx, &Actor::system("test"), it.id, vec![stored()])?;
        Ok(format!("{}/files/{}", it.id, added[0].id))
    }),
    ("shown", |tx, name| {
        let it = article(tx, name, Some(Visibility::Tenant))?;
        knowledge::add_files(tx, &Actor::system("test"), it.id, vec![stored()])?;
        Ok(format!("{}/files/x.txt", it.slug))
    }),
    ("inner", |tx, name| Ok(article(tx, name, Some(Visibility::Agents))?.id.to_string())),
    ("slug", |tx, name| Ok(article(tx, name, Some(Visibility::Tenant))?.slug)),
    ("announcement", |tx, name| {
        let new = announcements::AnnouncementChange { title: Some(name.into()), ..Default::default() };
        Ok(announcements::announce(tx, &Actor::system("test"), new)?.id.to_string())
    }),
    ("titled", titled_template),
    ("recurring", |tx, name| {
        let system = Actor::system("test");
        // A desk has some recurring tickets at most.
        for old in recurring::all(tx, &system)? {
            recurring::delete(tx, &system, old.id)?;
        }
        let schedule = recurring::Schedule {
            rhythm: recurring::Rhythm::Daily,
            every: 1,
            at: 0,
            zone: "UTC".into(),
            from: "2030-01-01".parse().unwrap(),
            until: None,
        };
        let draft = recurring::RecurrenceDraft {
            name: name.into(),
            template: Some(titled_template(tx, name)?.parse().unwrap()),
            requester: "otto@example.com".into(),
            schedule,
            working_days_of: String::new(),
            paused: false,
        };
        Ok(recurring::create(tx, &system, draft)?.id.to_string())
    }),
    ("region", |tx, name| Ok(calendars::create_region(tx, &Actor::system("test"), name, None)?.id.to_string())),
    ("calendar", |tx, name| Ok(calendar(tx, name, None)?.to_string())),
    ("subscribed", |tx, name| Ok(calendar(tx, name, Some("https://127.0.0.1:9/holidays.ics".into()))?.to_string())),
    ("rule", |tx, name| {
        let system = Actor::system("test");
        let then = Then { tags: vec!["x".into()], ..Then::default() };
        let made = routing::create_rule(tx, &system, RuleDraft { name: name.into(), then, ..RuleDraft::default() })?.id;
        // A desk has some rules at most.
        for old in routing::rules(tx)?.into_iter().filter(|it| it.id != made) {
            routing::delete_rule(tx, &system, old.id)?;
        }
        Ok(made.to_string())
    }),
    ("rotation", |tx, name| {
        let system = Actor::system("test");
        for old in on_call::rotations(tx)? {
            on_call::delete_rotation(tx, &system, old.id)?;
        }
        let ada = identity::named(tx, "x", "ada@example.com")?.id;
        let layer = Layer { people: vec![ada], handover: Handover::Daily, minute: 0, first_day: 0 };
        let draft = RotationDraft { name: name.into(), zone: "UTC".into(), layers: vec![layer] };
        let made = on_call::create_rotation(tx, &system, draft)?.id;
        let swap = Override { from: "2026-05-01T00:00:00Z".parse().unwrap(), until: "2026-05-02T00:00:00Z".parse().unwrap(), person: ada };
        on_call::add_override(tx, &system, made, swap)?;
        Ok(made.to_string())
    }),
    ("ada", |tx, _| Ok(identity::named(tx, "x", "ada@example.com")?.id.to_string())),
    ("category", |tx, name| Ok(queues::create_category(tx, &Actor::system("test"), name, None, None)?.id.to_string())),
    ("team", |tx, name| Ok(queues::create_team(tx, &Actor::system("test"), name)?.id.to_string())),
    ("queue", |tx, name| Ok(queues::create_queue(tx, &Actor::system("test"), name, None)?.id.to_string())),
    ("organization", |tx, name| Ok(identity::create_organization(tx, &Actor::system("test"), name)?.id.to_string())),
    ("department", |tx, name| Ok(identity::create_department(tx, &Actor::system("test"), name, None)?.id.to_string())),
];

fn calendar(tx: &mut Tx, name: &str, url: Option<String>) -> Result<CalendarId> {
    let system = Actor::system("test");
    let made = calendars::create_calendar(tx, &system, name, Plan::new("UTC", WeekHours::always()))?.id;
    calendars::change_calendar(tx, &system, made, CalendarChange { feed: Some(url), ..CalendarChange::default() })?;
    Ok(made)
}

/// The address or body with its names filled in.
fn filled(text: &str, of: Of, stage: &Stage) -> String {
    let id = match of {
        Of::Ticket if text.starts_with("/v1/attachments") => "file",
        Of::Ticket => "ticket",
        Of::Person => "person",
        Of::Token => "token",
        Of::Session => "session",
        Of::Desk => "none",
    };
    let mut text = text.to_owned();
    if of == Of::Ticket {
        text = text.replace("/watchers/{person}", "/watchers/{watcher}");
    }
    if let Some(it) = stage.names.get(id) {
        text = text.replace("{id}", it);
    }
    for (name, value) in &stage.names {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

async fn outcome(
    world: &World,
    n: usize,
    row: &Row,
    prefix: &str,
    column: (&'static str, &'static str),
    whose: &'static str,
) -> &'static str {
    let (of, what, method, path, body) = *row;
    let wants = format!("{path} {body}");
    let stage = world.desk.write(None, move |tx| stage(tx, n, column, whose, &wants)).await.unwrap();
    let address = filled(&format!("{prefix}{path}"), of, &stage);
    let sent = filled(body, of, &stage);
    let call = world.call(&method.to_uppercase(), &address);
    let call = match prefix {
        "" => call.header("cookie", &stage.cookie).header("sec-fetch-site", "same-origin"),
        _ => call.header("authorization", &stage.bearer),
    };
    let call = match body {
        "" if method == "get" || method == "delete" => call,
        FILES => call.bytes(
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--x--\r\n",
        ),
        PICTURE => {
            let before = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gif\"\r\n\r\n";
            call.bytes("multipart/form-data; boundary=x", [&before[..], &picture(), b"\r\n--x--\r\n"].concat())
        }
        it if it.starts_with('{') => call.bytes("application/json", sent),
        it if it.starts_with("From:") => call.bytes("message/rfc822", sent),
        _ => call.bytes("application/x-www-form-urlencoded", format!("{sent}&csrf={}", stage.names["csrf"])),
    };
    let answer = call.go().await;
    match answer.status.as_u16() {
        200..=399 => "yes",
        403 => "no",
        404 => "hidden",
        409 if answer.text().contains("last admin") => "no",
        // A file whose bytes were never stored: it was found, and may be fetched.
        500 if path.starts_with("/attachments") || path.contains("{pictured}") || path.contains("{shown}") => "yes",
        status => panic!(
            "{what}: {} {method} {address} as {} on {whose}: {status} {}",
            prefix,
            column.0,
            answer.text().chars().take(300).collect::<String>()
        ),
    }
}

/// Every address of the pages.
fn pages() -> BTreeSet<String> {
    pages::all().into_iter().map(|(method, path)| format!("{method} {path}")).collect()
}

fn bare(path: &str) -> &str {
    path.split('?').next().unwrap()
}

#[test]
fn every_address_stands_in_the_matrix_or_is_excused() {
    let of_api: BTreeSet<String> = routes::OPEN.iter().chain(routes::CLOSED).map(|(method, path)| format!("{method} {path}")).collect();
    // A row may name what it is about by a name of its own.
    let general = |path: &str| {
        let mut path = bare(path).replace("{note}", "{id}").replace("/identities/known", "/identities/{subject}");
        if !path.starts_with("/agent") {
            for name in [
                "{region}",
                "{worktype}",
                "{announcement}",
                "{shelf}",
                "{calendar}",
                "{subscribed}",
                "{policy}",
                "{organization}",
                "{department}",
                "{queue}",
                "{team}",
                "{provider}",
                "{mailbox}",
                "{rule}",
                "{rotation}",
                "{category}",
                "{me}",
                "{reminder}",
                "{notification}",
                "{device}",
            ] {
                path = path.replace(name, "{id}");
            }
        }
        let path = path
            .replace("{pictured}", "{article}/files/{file}")
            .replace("{drafted}", "{article}")
            .replace("{inner}", "{article}")
            .replace("/revisions/1", "/revisions/{revision}");
        path.replace("/overrides/0", "/overrides/{place}").replace("/drafts/{form}", "/drafts/{place}")
    };
    let of_page = |path: &str| {
        let mut path = bare(path).to_owned();
        if path.starts_with("/agent/admin/queues") {
            path = path.replace("{queue}", "{id}");
        }
        [
            "{organization}",
            "{department}",
            "{team}",
            "{rule}",
            "{rotation}",
            "{category}",
            "{ada}",
            "{policy}",
            "{notification}",
            "{device}",
            "{announcement}",
            "{shelf}",
        ]
        .iter()
        .fold(path, |it, name| it.replace(name, "{id}"))
        .replace("{subscribed}", "{calendar}")
        .replace("{pictured}", "{article}/files/{file}")
        .replace("{shown}", "{slug}/files/{file}")
        .replace("{drafted}", "{article}")
        .replace("/revisions/1", "/revisions/{revision}")
        .replace("roles/{role}", "roles/{key}")
        .replace("/start/hours", "/start/{question}")
        .replace("/start/promise", "/start/{question}")
        .replace("/bulk/comment", "/bulk/{deed}")
        .replace("/bulk/merge", "/bulk/{deed}")
    };
    let rows: BTreeSet<String> = API.iter().map(|it| format!("{} {}", it.2, general(it.3))).collect();
    let page_rows: BTreeSet<String> = WEB.iter().map(|it| format!("{} {}", it.2, of_page(it.3))).collect();
    let excused = |it: &&String| EXCUSED.iter().any(|(path, _)| it.split_once(' ').unwrap().1 == *path);
    let missing: Vec<_> = of_api.difference(&rows).chain(pages().difference(&page_rows)).filter(|it| !excused(it)).cloned().collect();
    assert!(missing.is_empty(), "these addresses stand in no row and are not excused: {missing:?}");
    let unknown: Vec<_> = rows.difference(&of_api).cloned().chain(page_rows.difference(&pages()).cloned()).collect();
    assert!(unknown.is_empty(), "these rows are about no address: {unknown:?}");
    let idle: Vec<_> =
        EXCUSED.iter().filter(|(path, _)| !of_api.iter().chain(&pages()).any(|it| it.ends_with(&format!(" {path}")))).collect();
    assert!(idle.is_empty(), "these are excused and not there: {idle:?}");
}

#[tokio::test]
async fn the_matrix_is_as_printed() {
    let world = World::new().await;
    world.desk.blobs.put(bytes::Bytes::from_static(RAW_MAIL)).await.unwrap();
    world.desk.write(None, furnish).await.unwrap();
    let mut page = "# Who may do what\n\nPrinted by `tests/doors/matrix.rs`, which makes every call as every role. `yes`: it is done. `no`: it is refused. `hidden`: as if it\n\
         were not there. Where it depends on whose a thing is, three words stand for: tickets: own / within reach / anybody else's;\n\
         people: oneself / a requester / an owner of the desk; tokens: own / somebody else's.\n\n\
         `member` is a requester whose organization shows its tickets to its members, to read. `queue crew` is a role made of an agent's\n\
         permissions that is for the queues of its holders' teams.\n".to_owned();
    let mut n = 0;
    for (title, prefix, rows) in [("API (`/v1`, `/api`)", "/v1", API), ("Pages", "", WEB)] {
        write!(page, "\n## {title}\n\n| what | how |").unwrap();
        COLUMNS.iter().for_each(|it| write!(page, " {} |", it.0).unwrap());
        page.push_str("\n| --- | --- |");
        page.push_str(&" --- |".repeat(COLUMNS.len()));
        page.push('\n');
        for row in rows {
            write!(page, "| {} | `{} {}` |", row.1, row.2.to_uppercase(), bare(row.3)).unwrap();
            for column in COLUMNS {
                let mut cells = Vec::new();
                for whose in row.0.whose() {
                    n += 1;
                    cells.push(outcome(&world, n, row, prefix, column, whose).await);
                }
                if column.0 == "owner" {
                    assert!(cells.iter().all(|it| *it == "yes"), "the owner cannot {} ({} {}): {cells:?}", row.1, row.2, row.3);
                }
                let same = cells.iter().all(|it| *it == cells[0]);
                write!(page, " {} |", if same { cells[0].to_owned() } else { cells.join(" / ") }).unwrap();
            }
            page.push('\n');
        }
    }
    page.push_str("\n## Excused\n\n| address | why |\n| --- | --- |\n");
    EXCUSED.iter().for_each(|(path, why)| writeln!(page, "| `{path}` | {why} |").unwrap());
    if std::env::var_os("LODGE_BLESS").is_some() {
        std::fs::write("docs/permission-matrix.md", &page).unwrap();
    }
    let stored = std::fs::read_to_string("docs/permission-matrix.md").unwrap_or_default();
    assert!(stored == page, "docs/permission-matrix.md is stale: look at what changed, then LODGE_BLESS=1 cargo test --test doors matrix");
}

/// What a list, a search and a look let through is the same, for everybody.
#[tokio::test]
async fn lists_and_searches_show_what_a_look_shows() {
    let world = World::new().await;
    world.desk.blobs.put(bytes::Bytes::from_static(RAW_MAIL)).await.unwrap();
    world.desk.write(None, furnish).await.unwrap();
    for (i, column) in COLUMNS.into_iter().enumerate() {
        let mut known = Vec::new();
        let mut bearer = String::new();
        for (j, whose) in Of::Ticket.whose().iter().rev().enumerate() {
            let stage = world.desk.write(None, move |tx| stage(tx, 100 * i + j, column, whose, "")).await.unwrap();
            bearer.clone_from(&stage.bearer);
            known.push(stage.names["ticket"].clone());
            // The index catches up with what the caller wrote, so they write something last.
            let me: PersonId = stage.names["me"].parse().unwrap();
            world.desk.write(Some(me), |_| Ok(())).await.unwrap();
        }
        let get = |path: String| world.call("GET", &path).header("authorization", &bearer).go();
        let mut seen = BTreeSet::new();
        for id in &known {
            if get(format!("/v1/tickets/{id}")).await.status == 200 {
                seen.insert(id.clone());
            }
        }
        for path in ["/v1/tickets?pageSize=100", "/v1/tickets?pageSize=100&q=status:open", "/v1/search?pageSize=100&q=broke"] {
            let list = get(path.to_owned()).await.is(200).json();
            let listed: BTreeSet<String> =
                list["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
            let listed: BTreeSet<String> = known.iter().filter(|it| listed.contains(*it)).cloned().collect();
            if list["total"].as_u64().unwrap() <= 100 {
                assert_eq!(listed, seen, "{} {path}", column.0);
            } else {
                assert!(listed.is_subset(&seen), "{} {path}", column.0);
            }
        }
    }
}
