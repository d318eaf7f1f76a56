//! Why the desk writes: each occasion with its name, whether it is automatic, and what its template may name.

use minicbor::{Decode, Encode};

/// Why a letter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Occasion {
    /// The requester lodged a ticket where they see no answer otherwise.
    #[n(0)]
    Acknowledgement,
    /// Somebody answered in public.
    #[n(1)]
    Answer,
    #[n(2)]
    Resolved,
    #[n(3)]
    Closed,
    /// The ticket waits for the requester, and has for days.
    #[n(4)]
    Reminder,
    #[n(5)]
    StatusChanged,
    /// An agent got the ticket.
    #[n(6)]
    Assigned,
    /// An agent lodged the ticket on the requester's behalf.
    #[n(7)]
    LodgedForYou,
    /// A third party, such as a supplier, is asked.
    #[n(8)]
    Forward,
    /// An admin tries a template or the way out.
    #[n(9)]
    Test,
    /// Somebody asked for another password.
    #[n(10)]
    PasswordReset,
    /// Somebody asked for another password who signs in without one.
    #[n(11)]
    SignInWays,
    /// Somebody registers: the address is to be confirmed.
    #[n(12)]
    Registration,
    /// Somebody registers who has an account.
    #[n(13)]
    AlreadyRegistered,
    /// Somebody is invited.
    #[n(14)]
    Invitation,
    /// Word of what was done to an account, from here to `FactorRemoved`.
    #[n(15)]
    PasswordChanged,
    #[n(16)]
    NewDevice,
    #[n(17)]
    FactorSet,
    #[n(18)]
    FactorRemoved,
    /// To agents: a target of a ticket runs out.
    #[n(19)]
    TargetWarned,
    /// To agents: a target was missed.
    #[n(20)]
    TargetMissed,
    /// To agents: somebody asked for more attention.
    #[n(21)]
    Escalated,
    /// A resolved ticket is closed soon, unless its requester speaks.
    #[n(22)]
    ClosingSoon,
    /// The ticket is a part of an outage that we know of.
    #[n(23)]
    Outage,
    /// That outage is over.
    #[n(24)]
    OutageOver,
    /// To agents: a colleague named them in a message.
    #[n(25)]
    Mentioned,
    /// Several things at once, for those who want it so.
    #[n(26)]
    Digest,
}

impl Occasion {
    pub const ALL: [Occasion; 27] = [
        Occasion::Acknowledgement,
        Occasion::Answer,
        Occasion::Resolved,
        Occasion::Closed,
        Occasion::Reminder,
        Occasion::StatusChanged,
        Occasion::Assigned,
        Occasion::LodgedForYou,
        Occasion::Forward,
        Occasion::Test,
        Occasion::PasswordReset,
        Occasion::SignInWays,
        Occasion::Registration,
        Occasion::AlreadyRegistered,
        Occasion::Invitation,
        Occasion::PasswordChanged,
        Occasion::NewDevice,
        Occasion::FactorSet,
        Occasion::FactorRemoved,
        Occasion::TargetWarned,
        Occasion::TargetMissed,
        Occasion::Escalated,
        Occasion::ClosingSoon,
        Occasion::Outage,
        Occasion::OutageOver,
        Occasion::Mentioned,
        Occasion::Digest,
    ];

    /// On the wire, and in the log.
    pub fn name(self) -> &'static str {
        match self {
            Occasion::Acknowledgement => "acknowledgement",
            Occasion::Answer => "answer",
            Occasion::Resolved => "resolved",
            Occasion::Closed => "closed",
            Occasion::Reminder => "reminder",
            Occasion::StatusChanged => "status_changed",
            Occasion::Assigned => "assigned",
            Occasion::LodgedForYou => "lodged_for_you",
            Occasion::Forward => "forward",
            Occasion::Test => "test",
            Occasion::PasswordReset => "password_reset",
            Occasion::SignInWays => "sign_in_ways",
            Occasion::Registration => "registration",
            Occasion::AlreadyRegistered => "already_registered",
            Occasion::Invitation => "invitation",
            Occasion::PasswordChanged => "password_changed",
            Occasion::NewDevice => "new_device",
            Occasion::FactorSet => "second_factor_set",
            Occasion::FactorRemoved => "second_factor_removed",
            Occasion::TargetWarned => "target_warned",
            Occasion::TargetMissed => "target_missed",
            Occasion::Escalated => "escalated",
            Occasion::ClosingSoon => "closing_soon",
            Occasion::Outage => "outage",
            Occasion::OutageOver => "outage_over",
            Occasion::Mentioned => "mentioned",
            Occasion::Digest => "digest",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Occasion::Acknowledgement => "Acknowledgement",
            Occasion::Answer => "Answer",
            Occasion::Resolved => "Resolved",
            Occasion::Closed => "Closed",
            Occasion::Reminder => "Reminder",
            Occasion::StatusChanged => "Status changed",
            Occasion::Assigned => "Assigned to an agent",
            Occasion::LodgedForYou => "Lodged on somebody's behalf",
            Occasion::Forward => "Forwarded to a third party",
            Occasion::Test => "Test",
            Occasion::PasswordReset => "Password to be set",
            Occasion::SignInWays => "Password asked for, but signs in otherwise",
            Occasion::Registration => "Registration",
            Occasion::AlreadyRegistered => "Registered already",
            Occasion::Invitation => "Invitation",
            Occasion::PasswordChanged => "Password changed",
            Occasion::NewDevice => "Sign-in from a new device",
            Occasion::FactorSet => "Second factor set up",
            Occasion::FactorRemoved => "Second factor removed",
            Occasion::TargetWarned => "A target runs out",
            Occasion::TargetMissed => "A target was missed",
            Occasion::Escalated => "Escalated",
            Occasion::ClosingSoon => "Closed soon",
            Occasion::Outage => "Part of an outage",
            Occasion::OutageOver => "Outage over",
            Occasion::Mentioned => "Named by a colleague",
            Occasion::Digest => "What happened since",
        }
    }

    pub fn named(text: &str) -> Option<Occasion> {
        Occasion::ALL.into_iter().find(|it| it.name() == text)
    }

    /// The number under which keys know it.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// `Auto-Submitted` of RFC 3834: none for what a person wrote.
    pub fn auto_submitted(self) -> Option<&'static str> {
        match self {
            Occasion::Answer | Occasion::Forward => None,
            Occasion::Acknowledgement => Some("auto-replied"),
            _ => Some("auto-generated"),
        }
    }

    /// Whether its template has a place for what somebody wrote.
    pub fn has_message(self) -> bool {
        matches!(self, Occasion::Answer | Occasion::Forward)
    }

    /// Whether it is about an account, and no ticket. Its template has a place for a link.
    pub fn is_account(self) -> bool {
        (Occasion::PasswordReset..=Occasion::FactorRemoved).contains(&self)
    }

    /// Whether whoever gets it has just asked for it, so that it is tried even at an address whose mail came back: they wait for it
    /// before the sign-in page, it is their only way in, and a mailbox that was full or away may be there again.
    pub fn is_asked_for(self) -> bool {
        matches!(self, Occasion::PasswordReset | Occasion::SignInWays | Occasion::Registration | Occasion::AlreadyRegistered)
    }

    /// Whether it tells agents of a ticket's targets.
    pub fn is_about_targets(self) -> bool {
        matches!(self, Occasion::TargetWarned | Occasion::TargetMissed | Occasion::Escalated)
    }

    /// Whether it is word of what was done to an account, when and from where.
    pub fn is_word_of_account(self) -> bool {
        (Occasion::PasswordChanged..=Occasion::FactorRemoved).contains(&self)
    }

    /// Placeholders that its template may name; those of a ticket, a person and the desk are the same for all that are about tickets.
    pub fn placeholders(self) -> Vec<&'static str> {
        if self.is_account() {
            let mut all = vec!["desk.name", "desk.url", "person.name", "person.first_name", "link"];
            if self == Occasion::Invitation {
                all.extend(["agent.name", "agent.first_name"]);
            }
            if self.is_word_of_account() {
                all.extend(["event.time", "event.address", "event.device"]);
            }
            return all;
        }
        let mut all = vec![
            "desk.name",
            "desk.url",
            "ticket.number",
            "ticket.title",
            "ticket.status",
            "ticket.priority",
            "ticket.url",
            "person.name",
            "person.first_name",
            "agent.name",
            "agent.first_name",
            "queue.name",
        ];
        if self.has_message() {
            all.push("message");
        }
        if self.is_about_targets() {
            all.extend(["ticket.targets", "ticket.escalation"]);
        }
        if self == Occasion::Reminder {
            all.push("days");
        }
        if self == Occasion::ClosingSoon {
            all.push("ticket.closes_on");
        }
        if matches!(self, Occasion::Outage | Occasion::OutageOver) {
            all.push("outage.message");
        }
        if self == Occasion::OutageOver {
            all.push("outage.solved");
        }
        all
    }
}
