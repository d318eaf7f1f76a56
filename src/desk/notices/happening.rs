//! What people are told of, and by what ways, in two tables. Closed, so that a choice is there for each pair, and a new one does not
//! compile until somebody decides its default.

use minicbor::{Decode, Encode};

use crate::desk::mail::occasion::Occasion;

/// What somebody is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Happening {
    /// They got a ticket.
    #[n(0)]
    Assigned,
    /// Somebody wrote in public on a ticket of theirs.
    #[n(1)]
    Answered,
    /// Somebody wrote an internal note on a ticket of theirs.
    #[n(2)]
    Noted,
    /// Somebody named them in a message.
    #[n(3)]
    Mentioned,
    /// A ticket that they lodged was solved, closed, or moved on.
    #[n(4)]
    Moved,
    /// A ticket was lodged for them by somebody else.
    #[n(5)]
    Lodged,
    /// Their ticket waits for their answer.
    #[n(6)]
    Waiting,
    /// A target runs out.
    #[n(7)]
    TargetWarned,
    /// A target was missed.
    #[n(8)]
    TargetMissed,
    /// Somebody asked for more attention.
    #[n(9)]
    Escalated,
    /// Their ticket is a part of an outage, or it is over.
    #[n(10)]
    Outage,
    /// They wanted to be reminded.
    #[n(11)]
    Reminder,
    /// A ticket that they had put aside is back.
    #[n(12)]
    BackAgain,
    /// Somebody shares the draft of an answer on a ticket of theirs.
    #[n(13)]
    DraftShared,
    /// Somebody else wrote in public on a ticket that they work.
    #[n(14)]
    Replied,
}

impl Happening {
    pub const ALL: [Happening; 15] = [
        Happening::Assigned,
        Happening::Answered,
        Happening::Noted,
        Happening::Mentioned,
        Happening::Moved,
        Happening::Lodged,
        Happening::Waiting,
        Happening::TargetWarned,
        Happening::TargetMissed,
        Happening::Escalated,
        Happening::Outage,
        Happening::Reminder,
        Happening::BackAgain,
        Happening::DraftShared,
        Happening::Replied,
    ];

    /// On the wire.
    pub fn name(self) -> &'static str {
        match self {
            Happening::Assigned => "assigned",
            Happening::Answered => "answered",
            Happening::Noted => "noted",
            Happening::Mentioned => "mentioned",
            Happening::Moved => "moved",
            Happening::Lodged => "lodged",
            Happening::Waiting => "waiting",
            Happening::TargetWarned => "target_warned",
            Happening::TargetMissed => "target_missed",
            Happening::Escalated => "escalated",
            Happening::Outage => "outage",
            Happening::Reminder => "reminder",
            Happening::BackAgain => "back_again",
            Happening::DraftShared => "draft_shared",
            Happening::Replied => "replied",
        }
    }

    pub fn named(text: &str) -> Option<Happening> {
        Happening::ALL.into_iter().find(|it| it.name() == text)
    }

    /// What a mail tells of; none for mails that are their own matter, such as the receipt of what one has just sent oneself.
    pub fn of_occasion(occasion: Occasion) -> Option<Happening> {
        Some(match occasion {
            Occasion::Answer => Happening::Answered,
            Occasion::Resolved | Occasion::Closed | Occasion::StatusChanged | Occasion::ClosingSoon => Happening::Moved,
            Occasion::Reminder => Happening::Waiting,
            Occasion::Assigned => Happening::Assigned,
            Occasion::LodgedForYou => Happening::Lodged,
            Occasion::TargetWarned => Happening::TargetWarned,
            Occasion::TargetMissed => Happening::TargetMissed,
            Occasion::Escalated => Happening::Escalated,
            Occasion::Outage | Occasion::OutageOver => Happening::Outage,
            Occasion::Mentioned => Happening::Mentioned,
            _ => return None,
        })
    }

    /// Whether only those who work tickets are ever told of it.
    pub fn is_for_agents(self) -> bool {
        !matches!(self, Happening::Answered | Happening::Moved | Happening::Lodged | Happening::Waiting | Happening::Outage)
    }

    /// Whether it comes at night, too.
    pub fn is_urgent(self) -> bool {
        matches!(self, Happening::TargetMissed | Happening::Escalated | Happening::Outage)
    }

    /// Whether it is told by this way until somebody says otherwise.
    pub fn default_for(self, channel: Channel) -> bool {
        match channel {
            Channel::InApp => true,
            Channel::Email => {
                !matches!(self, Happening::Replied | Happening::Noted | Happening::Reminder | Happening::BackAgain | Happening::DraftShared)
            }
            Channel::Push => !matches!(self, Happening::Noted | Happening::Moved | Happening::DraftShared),
            Channel::Teams | Channel::Slack | Channel::Sms | Channel::Webhook => false,
        }
    }
}

/// By what way somebody is told (NTF-14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Channel {
    #[n(0)]
    Email,
    /// The notification centre, and a word in the corner of a page that is open.
    #[n(1)]
    InApp,
    /// To browsers and installed apps (RFC 8030).
    #[n(2)]
    Push,
    #[n(3)]
    Teams,
    #[n(4)]
    Slack,
    #[n(5)]
    Sms,
    #[n(6)]
    Webhook,
}

impl Channel {
    pub const ALL: [Channel; 7] =
        [Channel::Email, Channel::InApp, Channel::Push, Channel::Teams, Channel::Slack, Channel::Sms, Channel::Webhook];
    /// Those that this release can tell by; the others have their name and wait for their way out.
    pub const THERE: [Channel; 3] = [Channel::Email, Channel::InApp, Channel::Push];

    pub fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::InApp => "in_app",
            Channel::Push => "push",
            Channel::Teams => "teams",
            Channel::Slack => "slack",
            Channel::Sms => "sms",
            Channel::Webhook => "webhook",
        }
    }

    pub fn named(text: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|it| it.name() == text)
    }

    pub fn is_there(self) -> bool {
        Channel::THERE.contains(&self)
    }
}
