//! What can happen: the table of event kinds, and how an event is recorded. The log is the audit trail, the activity tab and the
//! feed of every follower, so a kind that is not here does not happen.
//!
//! Payloads are JSON. Part 0 tells from where (the actor's data), part 1 what changed (the data of whoever it is about).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    desk::actor::Actor,
    error::Result,
    store::{Event, NewEvent, Tx},
};

macro_rules! kinds {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EventKind {
            $(#[doc = $doc] $name,)*
        }

        impl EventKind {
            pub const ALL: &'static [EventKind] = &[$(EventKind::$name),*];

            /// The name in the log and on the wire.
            pub fn name(self) -> &'static str {
                match self { $(EventKind::$name => $text),* }
            }

            pub fn doc(self) -> &'static str {
                match self { $(EventKind::$name => $doc),* }
            }

            pub fn named(text: &str) -> Option<EventKind> {
                match text { $($text => Some(EventKind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    TicketCreated = "ticket.created", "A ticket was lodged.";
    TicketImported = "ticket.imported", "A ticket of the past, closed elsewhere, was taken in.";
    TicketChanged = "ticket.changed", "Fields of a ticket changed.";
    TicketAssigned = "ticket.assigned", "A ticket got another assignee, queue, or none.";
    TicketStatus = "ticket.status", "A ticket moved to another state.";
    TicketDeleted = "ticket.deleted", "A ticket was deleted: hidden, and kept until retention removes it.";
    TicketLinked = "ticket.linked", "Two tickets were linked.";
    TicketUnlinked = "ticket.unlinked", "A link between two tickets was taken away.";
    TicketMerged = "ticket.merged", "A ticket was merged into another, on which its matter goes on.";
    TicketUnmerged = "ticket.unmerged", "A merge was undone.";
    TargetWarned = "target.warned", "So much of a service-level target is used that a step of its policy was due.";
    TargetBreached = "target.breached", "A service-level target was missed.";
    TargetEscalated = "target.escalated", "A target was missed by so much that a further step of its policy was due.";
    TargetsRetimed = "target.retimed", "The targets of a ticket were timed anew, because policies or calendars changed.";
    TicketEscalated = "ticket.escalated", "Somebody asked for more attention.";
    EscalationAcknowledged = "ticket.escalation_acknowledged", "Somebody has taken note that a target is in danger or missed.";
    TicketWatched = "ticket.watched", "Somebody follows a ticket.";
    TicketUnwatched = "ticket.unwatched", "Somebody follows a ticket no longer.";
    SatisfactionGiven = "satisfaction.given", "Somebody said how they found the work, or changed what they said.";
    TicketParent = "ticket.parent", "A ticket became a part of an outage, or is none any more.";
    OutageProposed = "outage.proposed", "Many tickets alike came within minutes: they may be one outage.";
    OutageDeclared = "outage.declared", "An outage was declared; people are told of it.";
    OutageChanged = "outage.changed", "What people are told of an outage changed.";
    OutageEnded = "outage.ended", "An outage is over, or a proposal was no outage.";
    TicketMacro = "ticket.macro", "A macro was used on a ticket; what it did follows.";
    TicketUndone = "ticket.undone", "What was done to several tickets at once, or by a macro, was undone as one.";
    TicketChecklist = "ticket.checklist", "A step of a ticket's checklist was added, done, changed or taken off.";
    TicketSnoozed = "ticket.snoozed", "A ticket was put aside until an instant, or until its requester speaks.";
    TicketWoken = "ticket.woken", "A ticket that was put aside is back.";
    DraftShared = "draft.shared", "An agent showed the draft of an answer to the others on the ticket.";
    DraftChanged = "draft.changed", "Somebody wrote on a shared draft.";
    DraftDiscarded = "draft.discarded", "A shared draft was taken away unsent.";
    NotificationPreferencesChanged = "notification_preferences.changed", "Somebody changed how they are told of things.";
    NotificationRulesChanged = "notification_rules.changed", "How everybody is told of things was changed for the desk.";
    CommentAdded = "comment.added", "A comment or an internal note was added.";
    AttachmentAdded = "attachment.added", "A file was added to a ticket.";
    AttachmentRead = "attachment.read", "The pictures or the text of a file on a ticket are there.";
    AttachmentRemoved = "attachment.removed", "A file was taken off a ticket; its bytes are kept for some days.";
    CommentEdited = "comment.edited", "The text of a comment was put right; its text before is kept.";
    TextRedacted = "text.redacted", "Words of a ticket were made unreadable; the original is kept for the audit.";
    TimeBooked = "time.booked", "Somebody booked work on a ticket.";
    TimeChanged = "time.changed", "An entry of time was put right.";
    TimeRemoved = "time.removed", "An entry of time was taken away.";
    TimeCategoryCreated = "time_category.created", "A category of time was added.";
    TimeCategoryChanged = "time_category.changed", "A category of time changed.";
    AnnouncementMade = "announcement.made", "The desk told everybody something.";
    AnnouncementChanged = "announcement.changed", "What the desk tells everybody changed.";
    AnnouncementDeleted = "announcement.deleted", "What the desk told everybody was taken away.";
    RecurrenceCreated = "recurring_ticket.created", "A ticket was set to be lodged again and again.";
    RecurrenceChanged = "recurring_ticket.changed", "What is lodged again and again, or when, changed.";
    RecurrenceDeleted = "recurring_ticket.deleted", "A recurring ticket was taken away; the tickets that were lodged stay.";
    RecurrenceFailed = "recurring_ticket.failed", "A recurring ticket was due and could not be lodged.";
    CalendarFeedMade = "calendar_feed.made", "Somebody made a secret address at which calendars read their due work.";
    CalendarFeedRevoked = "calendar_feed.revoked", "The secret address of a calendar feed was revoked.";
    BrandChanged = "brand.changed", "The look of the desk changed: its colour or its logo.";
    ExportOrdered = "export.ordered", "Somebody ordered a file of a list of tickets.";
    ExportMade = "export.made", "A file of a list of tickets was made.";
    ExportFailed = "export.failed", "A file of a list of tickets could not be made.";
    ExportDropped = "export.dropped", "Somebody took a file of a list of tickets away, or stopped its making.";
    FileRulesChanged = "file_rules.changed", "Which files people may send was changed.";
    SearchWordsChanged = "search_words.changed", "Which words mean the same when something is searched for, or in which languages people write, was changed.";
    FeaturesChanged = "features.changed", "What the desk does with and without was changed.";
    CommentMoved = "comment.moved", "A message was moved to another ticket, or back.";
    MailReceived = "mail.received", "A mail came in; the decision and its reason are kept.";
    MailReleased = "mail.released", "A mail that was held was let in by a person.";
    MailDiscarded = "mail.discarded", "A mail that was held was put away by a person; it is kept.";
    MailRead = "mail.read", "Somebody looked at a raw mail.";
    MailRulesChanged = "mail_rules.changed", "What is done with incoming mail changed: budgets, trust, reopening.";
    MailFilterCreated = "mail_filter.created", "A filter of incoming mail was made.";
    MailFilterChanged = "mail_filter.changed", "A filter of incoming mail changed.";
    MailFilterDeleted = "mail_filter.deleted", "A filter of incoming mail was deleted.";
    SenderBlocked = "sender.blocked", "Mail of an address or domain is put away from now on.";
    SenderUnblocked = "sender.unblocked", "Mail of an address or domain comes in again.";
    MailBreakerOpened = "mail_breaker.opened", "Too much mail went back and forth; no automatic mail is sent there until it is closed.";
    MailBreakerClosed = "mail_breaker.closed", "A person or time ended a breaker.";
    PersonCreated = "person.created", "A person was added.";
    PersonChanged = "person.changed", "A person's data, roles or password changed.";
    TokenCreated = "token.created", "An access token was made.";
    TokenEnded = "token.ended", "An access token was ended.";
    SignedIn = "person.signed_in", "A person signed in.";
    RefreshTokenReused = "person.refresh_token_reused", "A refresh token came a second time, so somebody has a copy; its session ended.";
    SessionsEnded = "person.sessions_ended", "Sessions of a person were ended, by that person or somebody who may.";
    SignInFailed = "person.sign_in_failed", "Somebody tried to sign in and failed.";
    SignInSlowed = "person.sign_in_slowed", "So many sign-ins failed that the next had to wait.";
    PersonInvited = "person.invited", "A person was sent an invitation.";
    FactorAdded = "person.factor_added", "A person set up a second factor.";
    FactorRemoved = "person.factor_removed", "A person's second factor was removed.";
    RecoveryRenewed = "person.recovery_codes_renewed", "A person got new recovery codes; the old ones work no more.";
    TeamCreated = "team.created", "A team was added.";
    TeamChanged = "team.changed", "A team changed.";
    QueueCreated = "queue.created", "A queue was added.";
    QueueChanged = "queue.changed", "A queue changed.";
    TeamDeleted = "team.deleted", "A team was taken away.";
    CalendarCreated = "calendar.created", "A calendar of working time was added.";
    CalendarChanged = "calendar.changed", "A calendar changed; its version grows if that can move an instant.";
    CalendarRetired = "calendar.retired", "A calendar was taken out of use; what was due by it stays explained.";
    RegionCreated = "region.created", "A region was added.";
    RegionChanged = "region.changed", "A region changed: its name or calendar.";
    RegionDeleted = "region.deleted", "A region was taken away.";
    OrganizationCreated = "organization.created", "An organization was added.";
    OrganizationChanged = "organization.changed", "An organization changed: its place, mail domains, or who sees its tickets.";
    OrganizationDeleted = "organization.deleted", "An organization was taken away.";
    DepartmentCreated = "department.created", "A department was added.";
    DepartmentChanged = "department.changed", "A department changed.";
    DepartmentDeleted = "department.deleted", "A department was taken away.";
    RoleCreated = "role.created", "A role was made.";
    RoleChanged = "role.changed", "A role changed, for everybody who holds it.";
    RoleDeleted = "role.deleted", "A role was deleted.";
    CustomFieldCreated = "custom_field.created", "A field of the desk's own was made.";
    CustomFieldChanged = "custom_field.changed", "A field of the desk's own changed, or was taken out of use.";
    CustomFieldDeleted = "custom_field.deleted", "A field of the desk's own was deleted, which no ticket had used.";
    ViewCreated = "view.created", "A view of tickets was saved.";
    ViewChanged = "view.changed", "A saved view changed.";
    ViewDeleted = "view.deleted", "A saved view was deleted.";
    MacroCreated = "macro.created", "A macro was made.";
    MacroChanged = "macro.changed", "A macro changed.";
    MacroDeleted = "macro.deleted", "A macro was deleted.";
    SnippetCreated = "snippet.created", "A ready-made text was made.";
    SnippetChanged = "snippet.changed", "A ready-made text changed.";
    SnippetDeleted = "snippet.deleted", "A ready-made text was deleted.";
    TicketTemplateCreated = "ticket_template.created", "A template of tickets was made.";
    TicketTemplateChanged = "ticket_template.changed", "A template of tickets changed.";
    TicketTemplateDeleted = "ticket_template.deleted", "A template of tickets was deleted.";
    ChecklistCreated = "checklist.created", "A checklist was made that tickets can be given.";
    ChecklistChanged = "checklist.changed", "A checklist changed; tickets that have its steps keep them.";
    ChecklistDeleted = "checklist.deleted", "A checklist was deleted; tickets that have its steps keep them.";
    CategoryCreated = "category.created", "A category was added.";
    LifecycleChanged = "lifecycle.changed", "The states and transitions of a kind of ticket changed.";
    SettingsChanged = "settings.changed", "The desk's settings changed.";
    SlaPolicyCreated = "sla_policy.created", "A service-level policy was added.";
    SlaPolicyChanged = "sla_policy.changed", "A service-level policy, or the order of them, changed.";
    SlaPolicyDeleted = "sla_policy.deleted", "A service-level policy was taken away.";
    ProviderCreated = "sign_in_provider.created", "A way to sign in was added.";
    ProviderChanged = "sign_in_provider.changed", "A way to sign in changed.";
    ProviderDeleted = "sign_in_provider.deleted", "A way to sign in was taken away, with the identities known by it.";
    MailboxCreated = "mailbox.created", "A mailbox to fetch mail from was added.";
    MailboxChanged = "mailbox.changed", "A mailbox changed, or somebody signed in for it.";
    MailboxDeleted = "mailbox.deleted", "A mailbox was taken away; what came from it stays.";
    SignInMethodsChanged = "sign_in_methods.changed", "Signing in by password was switched on or off.";
    IdentityLinked = "identity.linked", "A person is known by an identity of a directory.";
    IdentityChanged = "identity.changed", "A directory says something else about somebody than before.";
    IdentityUnlinked = "identity.unlinked", "A person is no longer known by an identity of a directory.";
    DirectorySynced = "directory.synced", "A directory was read, and people changed by it.";
    DeskMigrated = "desk.migrated", "A release brought the desk's data into its form.";
    CommentWithdrawn = "comment.withdrawn", "An answer was taken back before its mail was sent; it is an internal note now.";
    LetterFailed = "letter.failed", "A mail could not be delivered; the server's words are kept.";
    LetterBounced = "letter.bounced", "A mail came back as undeliverable.";
    LetterWithdrawn = "letter.withdrawn", "A mail that waited was taken back.";
    LetterRetried = "letter.retried", "A mail that had failed was sent on its way again by a person.";
    AddressSuppressed = "address.suppressed", "Nothing more is sent to an address, because its mail came back.";
    AddressReleased = "address.released", "An address is written to again.";
    SendingChanged = "sending.changed", "How the desk sends mail was changed.";
    MailTemplateChanged = "mail_template.changed", "The text of a mail was changed, or set back to the built-in one.";
    DkimKeyCreated = "dkim_key.created", "A key to sign mail with was made.";
    DkimKeyChanged = "dkim_key.changed", "A key that mail is signed with came into use or went out of it.";
    DkimKeyDeleted = "dkim_key.deleted", "A key that mail was signed with was taken away.";
    CategoryChanged = "category.changed", "A category changed: its priority, its queue, or what one must know for it.";
    PersonStanding = "person.standing", "What assignment knows of a person changed: skills, capacity, whether they are there.";
    RoutingRuleCreated = "routing_rule.created", "A routing rule was made.";
    RoutingRuleChanged = "routing_rule.changed", "A routing rule, or its place among the others, changed.";
    RoutingRuleDeleted = "routing_rule.deleted", "A routing rule was deleted.";
    RotationCreated = "rotation.created", "A rotation of people on call was made.";
    RotationChanged = "rotation.changed", "A rotation of people on call changed, or somebody is on call instead for a while.";
    RotationDeleted = "rotation.deleted", "A rotation of people on call was deleted.";
    ArticleCreated = "article.created", "An article of the knowledge base was written down, as a draft.";
    ArticleChanged = "article.changed", "An article changed; what it said before stands in its revisions.";
    ArticleSubmitted = "article.submitted", "An article waits for somebody to look at it before it is published.";
    ArticlePublished = "kb.published", "An article was published: whoever may read it finds it.";
    ArticleWithdrawn = "article.withdrawn", "An article is a draft again.";
    ArticleArchived = "article.archived", "An article was archived: nobody finds it, and it is kept.";
    ArticleDeleted = "article.deleted", "An article was taken away, with its revisions.";
    ArticleFileAdded = "article.file_added", "A file was put to an article, or took the place of one of the same name.";
    ArticleFileRead = "article.file_read", "The text of a file of an article is there.";
    ArticleFileRemoved = "article.file_removed", "A file was taken off an article.";
    ArticleRated = "article.rated", "Somebody said whether an article helped.";
    ArticleSolved = "article.solved", "An article spared somebody a ticket; or it did not after all.";
    KnowledgeChanged = "knowledge.changed", "What holds for the whole knowledge base changed, or its categories.";
    TicketArticle = "ticket.article", "An article was put on a ticket, or taken off it.";
    JobDead = "job.dead", "A piece of background work failed for good and needs somebody.";
    JobRetried = "job.retried", "A failed piece of background work was started again by a person.";
    JobDiscarded = "job.discarded", "A failed piece of background work was given up by a person.";
}

/// Before and after, per field (AUD-06).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes(Map<String, Value>);

impl Changes {
    pub fn new() -> Self {
        Changes::default()
    }

    /// Adds the field if the two differ.
    pub fn field(&mut self, name: &str, before: impl Into<Value>, after: impl Into<Value>) -> &mut Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.insert(name.to_owned(), json!({ "before": before, "after": after }));
        }
        self
    }

    /// A field that has no before.
    pub fn set(mut self, name: &str, after: impl Into<Value>) -> Self {
        self.field(name, Value::Null, after);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The value that a recorded event gave a field.
    pub fn after(&self, name: &str) -> Option<&Value> {
        self.0.get(name)?.get("after")
    }

    pub fn before(&self, name: &str) -> Option<&Value> {
        self.0.get(name)?.get("before")
    }

    /// The changes that an event tells of, its last part; empty if they were erased.
    pub fn of(event: &Event) -> Changes {
        let part = event.parts.last().and_then(Option::as_ref);
        part.and_then(|it| serde_json::from_slice(it).ok()).map(Changes).unwrap_or_default()
    }

    pub fn into_json(self) -> Value {
        Value::Object(self.0)
    }
}

/// What differs between two lists of facts about the same thing, by name; an empty list is a thing that is not there.
pub fn between(before: &[(&'static str, Value)], after: &[(&'static str, Value)]) -> Changes {
    let value = |list: &[(&'static str, Value)], name: &str| list.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap_or_default();
    let mut changes = Changes::new();
    for (name, _) in before.iter().chain(after) {
        changes.field(name, value(before, name), value(after, name));
    }
    changes
}

/// Whether the event is about what only those who read notes may know: a note, a file on one, what became of a mail, what a
/// clock came to, or a step of a checklist.
pub fn is_private(event: &Event) -> bool {
    let may_be = matches!(
        EventKind::named(&event.kind),
        Some(
            EventKind::CommentAdded
                | EventKind::AttachmentAdded
                | EventKind::AttachmentRemoved
                | EventKind::AttachmentRead
                | EventKind::CommentWithdrawn
                | EventKind::CommentEdited
                | EventKind::TextRedacted
                | EventKind::TimeBooked
                | EventKind::TimeChanged
                | EventKind::TimeRemoved
                | EventKind::LetterFailed
                | EventKind::LetterBounced
                | EventKind::LetterWithdrawn
                | EventKind::LetterRetried
                | EventKind::TargetWarned
                | EventKind::TargetBreached
                | EventKind::TargetEscalated
                | EventKind::TargetsRetimed
                | EventKind::EscalationAcknowledged
                | EventKind::TicketChecklist
                | EventKind::TicketSnoozed
                | EventKind::TicketWoken
                | EventKind::TicketArticle
                | EventKind::DraftShared
                | EventKind::DraftChanged
                | EventKind::DraftDiscarded
        )
    );
    may_be && Changes::of(event).after("isPrivate").and_then(Value::as_bool) != Some(false)
}

/// What an event is about.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub entity_kind: &'static str,
    pub entity: Uuid,
    /// Whose personal data the changes may hold.
    pub subject: Option<Uuid>,
}

/// Records what the actor did.
pub fn record(tx: &mut Tx, actor: &Actor, kind: EventKind, about: About, changes: Changes) -> Result<u64> {
    let origin = &actor.origin;
    let mut from = Map::new();
    for (name, value) in [("address", &origin.address), ("userAgent", &origin.user_agent), ("requestId", &origin.request_id)] {
        if let Some(value) = value {
            from.insert(name.to_owned(), Value::String(value.clone()));
        }
    }
    let changes = (about.subject, Value::Object(changes.0).to_string().into_bytes());
    // An act of the desk itself comes from nowhere: a salt and a digest for that would be a seventh of a small event.
    let from = (!from.is_empty()).then(|| (actor.person().map(|it| it.0), Value::Object(from).to_string().into_bytes()));
    let parts = from.into_iter().chain([changes]).collect();
    let event = NewEvent { kind: kind.name(), actor: actor.for_log(), entity_kind: about.entity_kind, entity: about.entity, parts };
    Ok(tx.record(event)?)
}
