//! The roles that every desk has (RBAC-10), each a set of permissions. They never change; a desk's own are in
//! `custom_role`.

use crate::desk::permission::{
    Permission::{self, *},
    Permissions,
};

#[derive(Debug)]
pub struct Role {
    pub key: &'static str,
    pub label: &'static str,
    /// What it is for, in a sentence.
    pub description: &'static str,
    /// Other names that are taken on input.
    pub aliases: &'static [&'static str],
    pub permissions: Permissions,
}

const REQUESTER: &[Permission] = &[PortalUse, TokensOwn];
const AGENT: &[Permission] =
    &[PortalUse, TokensOwn, TicketsRead, TicketsWrite, TicketsAssign, NotesRead, NotesWrite, PeopleRead, SettingsRead, KnowledgeWrite];

const LEAD: Permissions =
    Permissions::of(AGENT).union(Permissions::of(&[TicketsDelete, JobsManage, MailRead, MailManage, KnowledgePublish]));
const MANAGER: Permissions = LEAD.union(Permissions::of(&[AuditRead]));

/// From the least to the most powerful.
pub const ROLES: &[Role] = &[
    Role {
        key: "requester",
        label: "Requester",
        description: "Lodges tickets and follows their own.",
        aliases: &["end_user", "customer"],
        permissions: Permissions::of(REQUESTER),
    },
    Role {
        key: "agent",
        label: "Agent",
        description: "Works every ticket: answers, assigns, resolves.",
        aliases: &[],
        permissions: Permissions::of(AGENT),
    },
    Role {
        key: "team_lead",
        label: "Team lead",
        description: "An agent who also deletes tickets and sees to failed background work.",
        aliases: &[],
        permissions: LEAD,
    },
    Role { key: "manager", label: "Manager", description: "A team lead who also reads the audit log.", aliases: &[], permissions: MANAGER },
    Role {
        key: "admin",
        label: "Admin",
        description: "May do everything but make or change owners.",
        aliases: &[],
        permissions: Permissions::ALL,
    },
    Role {
        key: "tenant_owner",
        label: "Owner",
        description: "May do everything; whoever the desk belongs to.",
        aliases: &["owner"],
        permissions: Permissions::ALL,
    },
];

/// The role of this key or alias.
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|it| it.key == name || it.aliases.contains(&name))
}
