//! The roles that every desk has (RBAC-10), each a set of permissions. Custom roles will be records built from the same permissions.

use crate::desk::permission::{
    Permission::{self, *},
    Permissions,
};

#[derive(Debug)]
pub struct Role {
    pub key: &'static str,
    pub label: &'static str,
    /// Other names that are taken on input.
    pub aliases: &'static [&'static str],
    pub permissions: Permissions,
}

const REQUESTER: &[Permission] = &[PortalUse, TokensOwn];
const AGENT: &[Permission] =
    &[PortalUse, TokensOwn, TicketsRead, TicketsWrite, TicketsAssign, NotesRead, NotesWrite, PeopleRead, SettingsRead];

const LEAD: Permissions = Permissions::of(AGENT).union(Permissions::of(&[TicketsDelete, JobsManage]));
const MANAGER: Permissions = LEAD.union(Permissions::of(&[AuditRead]));

/// From the least to the most powerful.
pub const ROLES: &[Role] = &[
    Role { key: "requester", label: "Requester", aliases: &["end_user", "customer"], permissions: Permissions::of(REQUESTER) },
    Role { key: "agent", label: "Agent", aliases: &[], permissions: Permissions::of(AGENT) },
    Role { key: "team_lead", label: "Team lead", aliases: &[], permissions: LEAD },
    Role { key: "manager", label: "Manager", aliases: &[], permissions: MANAGER },
    Role { key: "admin", label: "Admin", aliases: &[], permissions: Permissions::ALL },
    Role { key: "tenant_owner", label: "Owner", aliases: &["owner"], permissions: Permissions::ALL },
];

/// The role of this key or alias.
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|it| it.key == name || it.aliases.contains(&name))
}
