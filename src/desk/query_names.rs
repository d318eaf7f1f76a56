//! The names of a desk as the query language asks for them: found in the records, at a bounded cost, and only as far as the asker may
//! look. Whoever may not look people up finds nobody but themselves.

use std::sync::Arc;

use uuid::Uuid;

use crate::{
    desk::{
        actor::Actor,
        custom::{self, CustomField, FieldType},
        identity::{self, Department, Organization, Person},
        permission::Permission,
        query::{NameKind, Names},
        queues::{self, Category},
        tickets::{Kind, access, lifecycle::Lifecycle},
    },
    error::Result,
    id::{OrganizationId, PersonId},
    store::Tx,
};

/// People that are looked at to find one by name; an address finds anybody at once.
const PEOPLE_SCANNED_MAX: usize = 5_000;
/// Names that are offered when one was mistyped.
const NAMES_OFFERED_MAX: usize = 500;

pub struct DeskNames<'a> {
    tx: &'a Tx,
    actor: &'a Actor,
}

impl<'a> DeskNames<'a> {
    pub fn new(tx: &'a Tx, actor: &'a Actor) -> DeskNames<'a> {
        DeskNames { tx, actor }
    }

    fn people(&self, name: &str) -> Result<Vec<Uuid>> {
        if let Ok(id) = name.parse::<PersonId>() {
            let known = self.actor.may(Permission::PeopleRead) || self.actor.is(id);
            return Ok(if known && self.tx.has::<Person>(&id)? { vec![id.0] } else { Vec::new() });
        }
        if !self.actor.may(Permission::PeopleRead) {
            let me = match self.actor.person() {
                Some(id) => self.tx.get::<Person>(&id)?,
                None => None,
            };
            return Ok(me.filter(|it| is_called(it, &name.to_lowercase())).map(|it| it.id.0).into_iter().collect());
        }
        if name.contains('@') {
            return Ok(identity::person_by_email(self.tx, name)?.map(|it| it.id.0).into_iter().collect());
        }
        let wanted = name.to_lowercase();
        let (mut whole, mut part) = (Vec::new(), Vec::new());
        for person in self.tx.scan::<Person>(&())?.take(PEOPLE_SCANNED_MAX) {
            let person = person?;
            if person.name.to_lowercase() == wanted {
                whole.push(person.id.0);
            } else if is_called(&person, &wanted) {
                part.push(person.id.0);
            }
        }
        Ok(if whole.is_empty() { part } else { whole })
    }

    fn find_all(&self, kind: NameKind, name: &str) -> Result<Vec<Uuid>> {
        let wanted = name.to_lowercase();
        if self.is_of_the_house(kind) {
            return Ok(Vec::new());
        }
        Ok(match kind {
            NameKind::Person => self.people(name)?,
            NameKind::Queue => queues::queue_named(self.tx, name)?.map(|it| it.id.0).into_iter().collect(),
            NameKind::Team => queues::team_named(self.tx, name)?.map(|it| it.id.0).into_iter().collect(),
            NameKind::Organization if name.parse::<OrganizationId>().is_ok_and(|id| self.tx.has::<Organization>(&id).unwrap_or(false)) => {
                name.parse::<OrganizationId>().map(|it| it.0).into_iter().collect()
            }
            NameKind::Organization => {
                let organizations = self.tx.scan::<Organization>(&())?.collect::<Result<Vec<_>, _>>()?;
                let fits = |it: &&Organization| it.name.to_lowercase() == wanted || it.id.to_string() == wanted;
                organizations.iter().filter(fits).map(|it| it.id.0).collect()
            }
            NameKind::Department => {
                let departments = identity::departments(self.tx)?;
                let fits = |it: &&Department| it.name.to_lowercase() == wanted || it.id.to_string() == wanted;
                departments.iter().filter(fits).map(|it| it.id.0).collect()
            }
            NameKind::Category => {
                let categories = self.tx.scan::<Category>(&())?.collect::<Result<Vec<_>, _>>()?;
                let fits = |it: &&Category| it.name.to_lowercase() == wanted || it.id.to_string() == wanted;
                categories.iter().filter(fits).map(|it| it.id.0).collect()
            }
            // Records of these come with their own rooms.
            NameKind::Asset | NameKind::Item => Vec::new(),
        })
    }

    /// Whether it is how the desk is set up inside, of which those who only follow their own tickets learn nothing: no name, and not
    /// whether there is one.
    fn is_of_the_house(&self, kind: NameKind) -> bool {
        matches!(kind, NameKind::Queue | NameKind::Team) && !self.actor.may(Permission::TicketsRead) && !access::works(self.actor)
    }

    fn known_names(&self, kind: NameKind) -> Result<Vec<String>> {
        if self.is_of_the_house(kind) {
            return Ok(Vec::new());
        }
        Ok(match kind {
            NameKind::Queue => queues::queues(self.tx)?.into_iter().map(|it| it.name).collect(),
            NameKind::Team => queues::teams(self.tx)?.into_iter().map(|it| it.name).collect(),
            NameKind::Category => {
                self.tx.scan::<Category>(&())?.take(NAMES_OFFERED_MAX).map(|it| it.map(|it| it.name)).collect::<Result<_, _>>()?
            }
            NameKind::Organization if self.actor.may(Permission::PeopleRead) => {
                self.tx.scan::<Organization>(&())?.take(NAMES_OFFERED_MAX).map(|it| it.map(|it| it.name)).collect::<Result<_, _>>()?
            }
            NameKind::Person if self.actor.may(Permission::PeopleRead) => {
                self.tx.scan::<Person>(&())?.take(NAMES_OFFERED_MAX).map(|it| it.map(|it| it.name)).collect::<Result<_, _>>()?
            }
            NameKind::Department if self.actor.may(Permission::PeopleRead) => {
                identity::departments(self.tx)?.into_iter().take(NAMES_OFFERED_MAX).map(|it| it.name).collect()
            }
            NameKind::Organization | NameKind::Department | NameKind::Person | NameKind::Asset | NameKind::Item => Vec::new(),
        })
    }

    /// Whether the asker may know of a field.
    fn knows(&self, field: &CustomField) -> bool {
        field.is_public() || access::works(self.actor) || self.actor.may(Permission::TicketsRead)
    }

    fn lifecycles(&self) -> Vec<Arc<Lifecycle>> {
        Kind::ALL.iter().filter_map(|it| Lifecycle::of(self.tx, *it).ok()).collect()
    }
}

/// Whether a person is called so: by address, whole name, or one word of it.
fn is_called(person: &Person, wanted: &str) -> bool {
    let name = person.name.to_lowercase();
    person.email == wanted || name == wanted || name.split_whitespace().any(|it| it == wanted)
}

impl Names for DeskNames<'_> {
    fn me(&self) -> Option<Uuid> {
        self.actor.person().map(|it| it.0)
    }

    fn find(&self, kind: NameKind, name: &str) -> Vec<Uuid> {
        // A record that cannot be read is found by nobody; reading it by its id says why.
        self.find_all(kind, name).unwrap_or_default()
    }

    fn known(&self, kind: NameKind) -> Vec<String> {
        self.known_names(kind).unwrap_or_default()
    }

    fn state(&self, name: &str) -> Vec<String> {
        let wanted = name.to_lowercase().replace([' ', '-'], "_");
        let lifecycles = self.lifecycles();
        let states = lifecycles.iter().flat_map(|it| &it.states);
        if let Some(it) = states.into_iter().find(|it| it.key == wanted || it.label.to_lowercase().replace(' ', "_") == wanted) {
            return vec![it.key.clone()];
        }
        // What may be written on input may be asked for: each lifecycle has its own state for `pending`.
        let mut keys: Vec<String> = lifecycles.iter().filter_map(|it| it.meant(name, false)).map(|it| it.key.clone()).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    fn states(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.lifecycles().iter().flat_map(|it| it.states.iter().map(|it| it.key.clone())).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// A desk that has declared no field of its own may be asked for any.
    fn custom(&self, key: &str) -> bool {
        match custom::shared(self.tx) {
            Ok(it) if it.fields.is_empty() => !key.is_empty(),
            Ok(it) => it.fields.iter().any(|it| it.key == key && self.knows(it)),
            Err(_) => false,
        }
    }

    fn customs(&self) -> Vec<String> {
        let fields = custom::shared(self.tx).unwrap_or_default();
        fields.fields.iter().filter(|it| it.retired_at.is_none() && self.knows(it)).map(|it| it.key.clone()).collect()
    }

    fn custom_values(&self, key: &str, text: &str) -> Option<Vec<String>> {
        let fields = custom::shared(self.tx).unwrap_or_default();
        let Some(field) = fields.fields.iter().find(|it| it.key == key) else { return Some(vec![text.to_lowercase()]) };
        let ids = |it: Vec<Uuid>| Some(it.iter().map(Uuid::to_string).collect());
        match field.kind {
            FieldType::OneOf | FieldType::SeveralOf => field.option(text).map(|it| vec![it.value.to_lowercase()]),
            FieldType::Person if text.eq_ignore_ascii_case("me") => ids(self.me().into_iter().collect()),
            FieldType::Person => ids(self.find(NameKind::Person, text)),
            FieldType::Organization => ids(self.find(NameKind::Organization, text)),
            FieldType::YesNo => match text.to_lowercase().as_str() {
                "yes" | "true" => Some(vec!["true".to_owned()]),
                "no" | "false" => Some(vec!["false".to_owned()]),
                _ => None,
            },
            _ => Some(vec![text.to_lowercase()]),
        }
    }
}
