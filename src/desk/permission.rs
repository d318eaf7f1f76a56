//! What may be allowed, in one table. Roles are sets of these; token scopes are their names (RBAC-06).

use std::fmt;

macro_rules! permissions {
    ($($name:ident = $text:literal, $doc:literal;)*) => {
        /// One thing that may be allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = $doc] $name,)*
        }

        impl Permission {
            /// The whole table, in its order.
            pub const ALL: &'static [Permission] = &[$(Permission::$name),*];

            /// The scope of this name.
            pub fn name(self) -> &'static str {
                match self { $(Permission::$name => $text),* }
            }

            /// A sentence for the settings page.
            pub fn doc(self) -> &'static str {
                match self { $(Permission::$name => $doc),* }
            }
        }
    };
}

permissions! {
    PortalUse = "portal:use", "Lodge tickets, and follow and answer one's own.";
    TicketsRead = "tickets:read", "Read every ticket, its public thread and its history.";
    TicketsWrite = "tickets:write", "Lodge for others, answer, and change any ticket.";
    TicketsAssign = "tickets:assign", "Assign tickets to people and move them between queues.";
    TicketsDelete = "tickets:delete", "Delete tickets (they are hidden, and kept until retention removes them).";
    NotesRead = "notes:read", "Read internal notes.";
    NotesWrite = "notes:write", "Write internal notes.";
    PeopleRead = "people:read", "Look people up.";
    PeopleWrite = "people:write", "Create and change people, and give them roles.";
    SettingsRead = "settings:read", "See the desk's settings.";
    SettingsWrite = "settings:write", "Change the desk's settings: queues, categories, lifecycles, mail.";
    AuditRead = "audit:read", "Read and export the audit log.";
    MailIngest = "mail:ingest", "Hand raw mail to the desk.";
    MailRead = "mail:read", "See the log of all mail, what is held back, and raw mails.";
    MailManage = "mail:manage", "Release, discard and judge held mail again; block senders.";
    JobsManage = "jobs:manage", "See background work, and retry or drop what failed.";
    TokensOwn = "tokens:own", "Make and end one's own access tokens.";
    RolesWrite = "roles:write", "Make and change roles, with permissions of one's own only.";
    KnowledgeWrite = "knowledge:write", "Write articles of the knowledge base, and read its drafts.";
    KnowledgePublish = "knowledge:publish", "Publish articles, change what readers see, and keep the categories.";
}

/// A set of permissions.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

const _: () = assert!(Permission::ALL.len() <= 64);

impl Permissions {
    pub const NONE: Permissions = Permissions(0);
    pub const ALL: Permissions = Permissions(u64::MAX);
    /// Those over single tickets, which a role may narrow to some of them (RBAC-04).
    pub const ON_TICKETS: Permissions = Permissions::of(&[
        Permission::TicketsRead,
        Permission::TicketsWrite,
        Permission::TicketsAssign,
        Permission::TicketsDelete,
        Permission::NotesRead,
        Permission::NotesWrite,
    ]);

    pub const fn of(list: &[Permission]) -> Self {
        let mut bits = 0;
        let mut i = 0;
        while i < list.len() {
            bits |= 1 << list[i] as u8;
            i += 1;
        }
        Permissions(bits)
    }

    pub fn has(self, it: Permission) -> bool {
        self.0 & (1 << it as u8) != 0
    }

    pub const fn union(self, other: Permissions) -> Self {
        Permissions(self.0 | other.0)
    }

    pub fn intersection(self, other: Permissions) -> Self {
        Permissions(self.0 & other.0)
    }

    /// These, but not those.
    pub const fn without(self, other: Permissions) -> Self {
        Permissions(self.0 & !other.0)
    }

    pub fn is_empty(self) -> bool {
        self.iter().next().is_none()
    }

    /// The names of the set, as records and callers hold them.
    pub fn names(self) -> Vec<String> {
        self.iter().map(|it| it.name().to_owned()).collect()
    }

    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |it| self.has(*it))
    }

    /// Reads names; the first unknown one is the error.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut found = Permissions::NONE;
        for name in names {
            let it = Permission::ALL.iter().find(|it| it.name() == name).ok_or_else(|| name.to_owned())?;
            found = found.union(Permissions::of(&[*it]));
        }
        Ok(found)
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::name)).finish()
    }
}
