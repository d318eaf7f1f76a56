//! Typed ids. Every id is a UUID (v7 where we make it, so that new rows lie together; imports keep their own, TKT-37).
//! An id says what it identifies by its type, and never anything by its value.

use std::{fmt, str::FromStr};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id of all zeroes, smaller than every other.
            pub const NIL: $name = $name(Uuid::nil());
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::from_str(text).map($name)
            }
        }

        impl From<Uuid> for $name {
            fn from(it: Uuid) -> Self {
                $name(it)
            }
        }

        impl From<$name> for Uuid {
            fn from(it: $name) -> Uuid {
                it.0
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.bytes(self.0.as_bytes())?;
                Ok(())
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let at = d.position();
                Uuid::from_slice(d.bytes()?).map($name).map_err(|_| decode::Error::message("an id is 16 bytes").at(at))
            }
        }
    )*};
}

ids! {
    /// A desk (tenant).
    DeskId
    /// A person of a desk: requester, agent, admin.
    PersonId
    /// A company inside a desk.
    OrganizationId
    /// A part of an organization or of the desk's own house.
    DepartmentId
    /// A group of people who work queues.
    TeamId
    /// A place where tickets wait for a team.
    QueueId
    /// A category of tickets.
    CategoryId
    /// A service-level policy.
    PolicyId
    /// A role, built in or custom.
    RoleId
    /// A ticket of any kind.
    TicketId
    /// A comment or note on a ticket.
    CommentId
    /// A file on a ticket.
    AttachmentId
    /// A signed-in browser.
    SessionId
    /// An access token.
    TokenId
    /// A piece of durable background work.
    JobId
    /// A mail in the intake ledger.
    MailId
    /// A mailbox that mail comes from.
    MailboxId
    /// A filter of incoming mail.
    MailFilterId
    /// A message that was moved from one ticket to another.
    MoveId
    /// A mail that the desk sends.
    LetterId
    /// A key that mail is signed with.
    DkimKeyId
    /// A routing rule.
    RoutingRuleId
    /// A rotation of people who are on call.
    RotationId
    /// A one-time link.
    LinkId
    /// A second factor of a person.
    FactorId
    /// A way to sign in that belongs to somebody else.
    ProviderId
    /// A calendar: when a desk works.
    CalendarId
    /// A place where teams work.
    RegionId
    /// An outage, or what may be one.
    OutageId
    /// A piece of work on a ticket.
    TimeEntryId
    /// What sort of work time was spent on.
    TimeCategoryId
    /// What the desk tells everybody.
    AnnouncementId
    /// Work that comes again and again.
    RecurrenceId
    /// A field of the desk's own.
    CustomFieldId
    /// A saved view of tickets.
    ViewId
    /// A macro: several actions as one.
    MacroId
    /// A text that is ready to be put into answers.
    SnippetId
    /// A prefilled ticket.
    TicketTemplateId
    /// A list of steps that tickets can be given.
    ChecklistId
    /// Something that can be undone as one.
    UndoId
    /// A draft that agents share.
    DraftId
    /// Something that a person is told on the desk.
    NotificationId
    /// A device that is told of things.
    SubscriptionId
    /// A word to oneself about a ticket.
    ReminderId
    /// A feed of due work.
    CalendarFeedId
    /// A file that is on its way in, or has come and belongs to nothing yet.
    UploadId
    /// A file of a list that somebody ordered.
    ExportId
    /// An article of the knowledge base.
    ArticleId
    /// A category of articles.
    ArticleCategoryId
    /// A picture or another file of an article.
    ArticleFileId
}

/// A blob's address: the BLAKE3 hash of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobHash(pub [u8; 32]);

impl BlobHash {
    /// The address of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        BlobHash(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlobHash({self})")
    }
}

impl<C> Encode<C> for BlobHash {
    fn encode<W: encode::Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        e.bytes(&self.0)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for BlobHash {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = d.position();
        d.bytes()?.try_into().map(BlobHash).map_err(|_| decode::Error::message("a blob hash is 32 bytes").at(at))
    }
}
