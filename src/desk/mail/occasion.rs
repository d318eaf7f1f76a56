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
}

impl Occasion {
    pub const ALL: [Occasion; 10] = [
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

    /// Placeholders that its template may name; those of a ticket, a person and the desk are the same for all.
    pub fn placeholders(self) -> Vec<&'static str> {
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
        if self == Occasion::Reminder {
            all.push("days");
        }
        all
    }
}
