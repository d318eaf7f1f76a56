//! From which addresses this desk is open (SEC-03): for everybody, and for those who work tickets or change settings. One record,
//! changed by admins; a desk that never changed it is open from anywhere. The doors ask it at each request.
//!
//! Invariant: nobody shuts themselves out; whoever changes the rules still gets in afterwards.

use std::{net::IpAddr, sync::Arc};

use minicbor::{Decode, Encode};

use crate::{
    config::IpRange,
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        identity::{self, Person},
        permission::Permission,
    },
    error::{Refusal, Result},
    language::say,
    limits,
    store::{Record, Table, Tx},
};

/// Whether a person may do more than every requester. It goes by the person and not by what they act with: a token that may do less is
/// still one of the staff's.
pub fn is_staff(tx: &Tx, person: &Person) -> Result<bool> {
    Ok(!identity::permissions_of(tx, person)?.without(identity::harmless()).is_empty())
}

#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct AddressRules {
    /// Ranges of addresses, `10.0.0.0/8`; from anywhere if empty.
    #[n(0)]
    pub everybody: Vec<String>,
    /// The same for staff, besides those for everybody.
    #[n(1)]
    pub staff: Vec<String>,
}

impl Record for AddressRules {
    type Key = ();
    const TABLE: Table = Table::journalled(0x48, "address_rules");

    fn key(&self) {}
}

/// Whether an address lies in one of the ranges; every address does if there is none. Who has no address is on this machine.
fn holds(ranges: &[String], address: Option<IpAddr>) -> bool {
    let Some(address) = address else { return true };
    ranges.is_empty() || ranges.iter().filter_map(|it| it.parse::<IpRange>().ok()).any(|it| it.contains(address))
}

impl AddressRules {
    pub fn of(tx: &Tx) -> Result<Arc<AddressRules>> {
        Ok(tx.get_shared::<AddressRules>(&())?.unwrap_or_default())
    }

    /// Whether anybody may come from there, before it is known who they are.
    pub fn let_anybody(&self, address: Option<IpAddr>) -> bool {
        holds(&self.everybody, address)
    }

    /// Whether this person may come from there.
    pub fn let_in(&self, tx: &Tx, person: &Person, address: Option<IpAddr>) -> Result<bool> {
        let is_open = self.let_anybody(address);
        Ok(is_open && (self.staff.is_empty() || holds(&self.staff, address) || !is_staff(tx, person)?))
    }
}

/// Changes to the rules; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct AddressRulesChange {
    pub everybody: Option<Vec<String>>,
    pub staff: Option<Vec<String>>,
}

pub fn change(tx: &mut Tx, actor: &Actor, change: AddressRulesChange) -> Result<AddressRules> {
    actor.need(Permission::SettingsWrite)?;
    let before = AddressRules::of(tx)?;
    let mut after = AddressRules::clone(&before);
    let AddressRulesChange { everybody, staff } = change;
    if let Some(it) = everybody {
        after.everybody = checked("everybody", &it)?;
    }
    if let Some(it) = staff {
        after.staff = checked("staff", &it)?;
    }
    let own = actor.origin.address.as_deref().and_then(|it| it.parse().ok());
    // Whoever may set the rules is staff.
    if !after.let_anybody(own) || !holds(&after.staff, own) {
        let field = if after.let_anybody(own) { "staff" } else { "everybody" };
        let message = say!("refused-you-yourself-would-shut", it = own.map_or(String::new(), |it| it.to_string()));
        return Err(Refusal::field(field, "shuts_out", message).into());
    }
    let mut changes = Changes::new();
    changes.field("everybody", before.everybody.clone(), after.everybody.clone()).field("staff", before.staff.clone(), after.staff.clone());
    if changes.is_empty() {
        return Ok(after);
    }
    tx.put(&after)?;
    let about = About { entity_kind: "settings", entity: uuid::Uuid::nil(), subject: None };
    event::record(tx, actor, EventKind::SettingsChanged, about, changes)?;
    Ok(after)
}

fn checked(field: &'static str, ranges: &[String]) -> Result<Vec<String>> {
    if ranges.len() > limits::ADDRESS_RANGES_MAX {
        return Err(Refusal::field(field, "too_many", say!("refused-most-ranges", address_ranges_max = limits::ADDRESS_RANGES_MAX)).into());
    }
    let one = |text: &String| {
        let shown: String = text.chars().take(80).collect();
        let wrong = |_| Refusal::field(field, "invalid", say!("refused-no-range-addresses-write", shown = shown));
        Ok(text.trim().parse::<IpRange>().map_err(wrong)?.to_string())
    };
    ranges.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        desk::{actor::Origin, permission::Permissions},
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    fn at(address: &str, may: &[Permission]) -> Actor {
        let origin = Origin { address: Some(address.to_owned()), ..Origin::default() };
        Actor { permissions: Permissions::of(may), origin, ..Actor::system("test") }
    }

    #[test]
    fn rules_hold_for_whom_they_are_and_shut_nobody_out_who_sets_them() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let set = |by: &Actor, everybody: &[&str], staff: &[&str]| {
            let texts = |it: &[&str]| Some(it.iter().map(|it| (*it).to_owned()).collect());
            let (by, given) = (by.clone(), AddressRulesChange { everybody: texts(everybody), staff: texts(staff) });
            store.write(move |tx| change(tx, &by, given)).map(|it| it.0)
        };
        let admin = at("10.1.2.3", &[Permission::SettingsWrite, Permission::TicketsRead]);
        for (everybody, staff, fits) in [
            (&["10.0.0.0/8"][..], &["10.1.0.0/16"][..], true),
            (&[], &["10.1.2.3"], true),
            (&["192.0.2.0/24"], &[], false),
            (&[], &["192.0.2.0/24"], false),
            (&["10.0.0.0/33"], &[], false),
            (&["here"], &[], false),
        ] {
            assert_eq!(set(&admin, everybody, staff).is_ok(), fits, "{everybody:?} {staff:?}");
        }
        assert!(set(&at("10.1.2.3", &[Permission::TicketsRead]), &[], &[]).is_err(), "only who may change settings");
        let new = identity::NewPerson { email: "ada@example.com".into(), ..Default::default() };
        let person = store.write(move |tx| identity::create_person(tx, &Actor::system("test"), new)).unwrap().0;
        let rules = set(&admin, &["10.0.0.0/8", "2001:db8::/32"], &["10.1.0.0/16"]).unwrap();
        for (address, is_staff, fits) in [
            ("10.1.9.9", true, true),
            ("10.2.0.1", true, false),
            ("10.2.0.1", false, true),
            ("::ffff:10.2.0.1", false, true),
            ("2001:db8::1", false, true),
            ("2001:db8::1", true, false),
            ("192.0.2.1", false, false),
        ] {
            let who = if is_staff { "agent" } else { "requester" };
            let person = Person { roles: vec![who.into()], ..person.clone() };
            let read = store.read().unwrap();
            assert_eq!(rules.let_in(&read, &person, address.parse().ok()).unwrap(), fits, "{address} {who}");
        }
        assert!(rules.let_in(&store.read().unwrap(), &person, None).unwrap(), "this machine");
    }
}
