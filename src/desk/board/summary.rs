//! What the board keeps of one ticket: some two hundred bytes, no texts.

use crate::{
    desk::{
        service_levels::Targets,
        tickets::{Category, Channel, Kind, Ticket},
    },
    id::{CategoryId, DepartmentId, OrganizationId, PersonId, QueueId, TicketId},
    time::Instant,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    pub id: TicketId,
    pub kind: Kind,
    pub category: Category,
    pub channel: Channel,
    pub priority: u8,
    pub impact: u8,
    pub urgency: u8,
    /// The state's ordinal on this board.
    pub state: u16,
    pub number: u64,
    pub requester: PersonId,
    pub assignee: Option<PersonId>,
    pub queue: Option<QueueId>,
    pub organization: Option<OrganizationId>,
    pub department: Option<DepartmentId>,
    pub topic: Option<CategoryId>,
    pub subtopic: Option<CategoryId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The last change that those know of who do not read notes.
    pub updated_publicly_at: Instant,
    /// When it is next due, by a date that somebody set or by a target.
    pub due_at: Option<Instant>,
    pub response_due_at: Option<Instant>,
    pub response_breached: bool,
    pub resolution_breached: bool,
    /// Its clocks wait.
    pub is_paused: bool,
    pub scheduled_at: Option<Instant>,
    /// The next word is the desk's.
    pub waits_on_us: bool,
    pub has_attachments: bool,
    pub has_links: bool,
    pub vip: bool,
    pub snoozed: bool,
    /// Few have any, and an empty list holds no memory beyond itself.
    pub watchers: Vec<PersonId>,
}

impl Summary {
    pub fn of(ticket: &Ticket, state: u16) -> Summary {
        let targets = ticket.targets.as_deref();
        let (response_breached, resolution_breached) = targets.map_or((false, false), Targets::breached);
        Summary {
            id: ticket.id,
            kind: ticket.kind,
            category: ticket.category,
            channel: ticket.channel,
            priority: ticket.priority,
            impact: ticket.impact,
            urgency: ticket.urgency,
            state,
            number: ticket.number,
            requester: ticket.requester,
            assignee: ticket.assignee,
            queue: ticket.queue,
            organization: ticket.organization,
            department: ticket.department,
            topic: ticket.topic,
            subtopic: ticket.subtopic,
            created_at: ticket.created_at,
            updated_at: ticket.updated_at,
            updated_publicly_at: ticket.updated_for(false),
            due_at: ticket.next_due(),
            response_due_at: targets.and_then(|it| it.response_due()),
            response_breached,
            resolution_breached,
            is_paused: targets.is_some_and(|it| it.is_paused()),
            scheduled_at: ticket.scheduled_at,
            waits_on_us: ticket.waits_on_us(),
            has_attachments: ticket.has_attachments,
            has_links: !ticket.links.is_empty(),
            vip: ticket.vip,
            snoozed: ticket.snoozed.is_some(),
            watchers: ticket.watchers.clone(),
        }
    }

    /// Equal, where the two boards may count states differently.
    pub fn same_as(&self, other: &Summary, mine: &[String], theirs: &[String]) -> bool {
        let state = mine.get(usize::from(self.state)) == theirs.get(usize::from(other.state));
        state && Summary { state: 0, ..self.clone() } == Summary { state: 0, ..other.clone() }
    }
}
