//! Every kind of page that people open in the course of a day, and whose it is: what a server needs for each is measured on a desk of any
//! size (the budget of the design: 10 ms at a million tickets).

/// Who opens a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Requester,
    Agent,
    Admin,
}

impl Who {
    pub const ALL: [Who; 3] = [Who::Requester, Who::Agent, Who::Admin];

    /// The name before the @ of the made-up desk's.
    pub fn mailbox(self) -> &'static str {
        match self {
            Who::Requester => "rosa",
            Who::Agent => "ada",
            Who::Admin => "max",
        }
    }
}

/// `INCIDENT` stands for the number of any incident.
pub const PAGES: &[(Who, &str)] = &[
    (Who::Requester, "/"),
    (Who::Requester, "/answers?q=vpn+gateway"),
    (Who::Requester, "/tickets"),
    (Who::Requester, "/tickets?show=done"),
    (Who::Requester, "/tickets?q=printer"),
    (Who::Requester, "/incidents/new"),
    (Who::Requester, "/notifications"),
    (Who::Requester, "/account"),
    (Who::Agent, "/agent/dashboard"),
    (Who::Agent, "/agent/views/mine"),
    (Who::Agent, "/agent/views/unassigned"),
    (Who::Agent, "/agent/views/breached"),
    (Who::Agent, "/agent/views/on-us"),
    (Who::Agent, "/agent/views/all"),
    (Who::Agent, "/agent/views/all?sort=changed"),
    (Who::Agent, "/agent/views/all?page=3"),
    (Who::Agent, "/agent/views/all?show=board"),
    (Who::Agent, "/agent/views/all?show=board&by=assignee"),
    (Who::Agent, "/agent/search?q=printer"),
    (Who::Agent, "/agent/search?q=status%3Aopen+vpn"),
    (Who::Agent, "/agent/tickets/INCIDENT"),
    (Who::Agent, "/agent/tickets/INCIDENT/tasks"),
    (Who::Agent, "/agent/tickets/INCIDENT/files"),
    (Who::Agent, "/agent/tickets/INCIDENT/links"),
    (Who::Agent, "/agent/tickets/INCIDENT/history"),
    (Who::Agent, "/agent/tickets/INCIDENT/merge"),
    (Who::Agent, "/agent/tickets/new"),
    (Who::Agent, "/agent/saved-views"),
    (Who::Agent, "/agent/macros"),
    (Who::Agent, "/agent/outages"),
    (Who::Agent, "/agent/satisfaction?by=day"),
    (Who::Agent, "/agent/reports/time?from=2026-01-01"),
    (Who::Agent, "/notifications"),
    (Who::Admin, "/agent/admin/people"),
    (Who::Admin, "/agent/admin/people?q=ada"),
    (Who::Admin, "/agent/admin/organizations"),
    (Who::Admin, "/agent/admin/queues"),
    (Who::Admin, "/agent/admin/routing"),
    (Who::Admin, "/agent/admin/service-levels"),
    (Who::Admin, "/agent/admin/fields"),
    (Who::Admin, "/agent/admin/mail"),
    (Who::Admin, "/agent/admin/sending/letters"),
    (Who::Admin, "/agent/admin/ticket-rules"),
    (Who::Admin, "/agent/admin/jobs"),
    (Who::Admin, "/agent/admin/audit"),
    (Who::Admin, "/agent/admin/audit?show=all"),
];
