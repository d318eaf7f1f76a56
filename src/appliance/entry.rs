//! What the appliance knows of a desk without opening it: name, host names, whether it is suspended, its limits, and when it next has
//! something to do. Rules about them stand here; they are kept in `appliance.redb`, in a log of its own.

use minicbor::{Decode, Encode};
use serde_json::json;

use super::{
    operator::{self, By},
    usage::Usage,
};
use crate::{
    error::{Code, Refusal, Result},
    id::DeskId,
    language::say,
    limits,
    store::{NewEvent, Record, Table, Tx},
    time::Instant,
};

/// A name is also part of commands and of file names that operators make of it.
const NAME_CHARS_MAX: usize = 40;
const HOSTS_MAX: usize = 20;
/// A host name is at most this long (RFC 1035 2.3.4).
const HOST_CHARS_MAX: usize = 253;

/// A desk of this machine.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct DeskEntry {
    #[n(0)]
    pub id: DeskId,
    /// Short, for the command line and host names.
    #[n(1)]
    pub name: String,
    /// Host names on which it answers; a single desk answers on any.
    #[n(2)]
    pub hosts: Vec<String>,
    #[n(3)]
    pub created_at: Instant,
    /// Nobody gets in while it is set, and nothing is sent; nothing is lost either.
    #[n(4)]
    pub suspended_at: Option<Instant>,
    /// Requests that all of it may make in a minute; as many as the machine takes if none.
    #[n(5)]
    pub requests_per_minute: Option<u32>,
    /// What was agreed with whoever has the desk, in the operators' own words; nothing depends on it (TEN-02).
    #[n(6)]
    pub plan: Option<String>,
}

impl Record for DeskEntry {
    type Key = DeskId;
    const TABLE: Table = Table::journalled(0x10, "desks");

    fn key(&self) -> DeskId {
        self.id
    }
}

/// When a closed desk next has something to do. A desk without one is opened at the start, to see.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Rests {
    #[n(0)]
    pub desk: DeskId,
    #[n(1)]
    pub until: Option<Instant>,
}

impl Record for Rests {
    type Key = DeskId;
    const TABLE: Table = Table::operational(0x11, "resting_desks");

    fn key(&self) -> DeskId {
        self.desk
    }
}

/// A desk that was deleted and whose folder is still there.
#[derive(Debug, Clone, Encode, Decode)]
pub struct Leaving {
    #[n(0)]
    pub desk: DeskId,
}

impl Record for Leaving {
    type Key = DeskId;
    const TABLE: Table = Table::operational(0x12, "leaving_desks");

    fn key(&self) -> DeskId {
        self.desk
    }
}

/// What an operator may change about a desk; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeskChange {
    pub name: Option<String>,
    pub hosts: Option<Vec<String>>,
    pub suspended: Option<bool>,
    pub requests_per_minute: Option<Option<u32>>,
    pub plan: Option<Option<String>>,
}

/// A name in lower-case letters, digits and hyphens.
fn checked_name(tx: &Tx, name: &str, but: Option<DeskId>) -> Result<String> {
    let name = name.trim().to_lowercase();
    let fits = !name.is_empty()
        && name.len() <= NAME_CHARS_MAX
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
        && !name.starts_with('-');
    if !fits {
        let detail = say!("refused-name-desk-most-z", NAME_CHARS_MAX = NAME_CHARS_MAX);
        return Err(Refusal::field("name", "invalid", detail).into());
    }
    if all(tx)?.iter().any(|it| it.name == name && Some(it.id) != but) {
        return Err(Refusal::field("name", "taken", say!("refused-there-desk-already", name = name)).into());
    }
    Ok(name)
}

/// Host names in lower case, each of one desk only.
fn checked_hosts(tx: &Tx, hosts: &[String], but: Option<DeskId>) -> Result<Vec<String>> {
    let mut checked: Vec<String> = Vec::new();
    for host in hosts {
        let host = host.trim().trim_end_matches('.').to_lowercase();
        let label = |it: &str| {
            !it.is_empty() && it.len() <= 63 && !it.starts_with('-') && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
        };
        if host.len() > HOST_CHARS_MAX || !host.split('.').all(label) {
            return Err(Refusal::field("hosts", "invalid", say!("refused-not-host-name-such", host = host)).into());
        }
        if let Some(other) = all(tx)?.iter().find(|it| Some(it.id) != but && it.hosts.contains(&host)) {
            return Err(Refusal::field("hosts", "taken", say!("refused-desk-answers-already", name = other.name, host = host)).into());
        }
        if !checked.contains(&host) {
            checked.push(host);
        }
    }
    if checked.len() > HOSTS_MAX {
        return Err(Refusal::field("hosts", "too_many", say!("refused-desk-most-host-names", HOSTS_MAX = HOSTS_MAX)).into());
    }
    Ok(checked)
}

/// One line; nothing is no plan.
fn checked_plan(plan: Option<String>) -> Result<Option<String>> {
    let plan = plan.map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|it| !it.is_empty());
    match &plan {
        Some(it) if it.chars().count() > limits::DESK_PLAN_CHARS_MAX || it.chars().any(char::is_control) => {
            let detail = say!("refused-plan-one-line-most", desk_plan_chars_max = limits::DESK_PLAN_CHARS_MAX);
            Err(Refusal::field("plan", "invalid", detail).into())
        }
        _ => Ok(plan),
    }
}

/// Every desk, the oldest first.
pub fn all(tx: &Tx) -> Result<Vec<DeskEntry>> {
    let mut all: Vec<DeskEntry> = tx.scan::<DeskEntry>(&())?.collect::<Result<_, _>>()?;
    all.sort_by_key(|it| (it.created_at, it.id));
    Ok(all)
}

pub fn create(tx: &mut Tx, by: By, name: &str, hosts: &[String]) -> Result<DeskEntry> {
    by.need(tx)?;
    if all(tx)?.len() >= limits::DESKS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-server-most-desks", desks_max = limits::DESKS_MAX)).into());
    }
    let name = checked_name(tx, name, None)?;
    let hosts = checked_hosts(tx, hosts, None)?;
    let (id, created_at) = (tx.new_id(), tx.now());
    let entry = DeskEntry { id, name, hosts, created_at, suspended_at: None, requests_per_minute: None, plan: None };
    tx.put(&entry)?;
    record(
        tx,
        by,
        "desk.created",
        entry.id,
        &json!({ "name": { "before": null, "after": entry.name }, "hosts": { "before": null, "after": entry.hosts } }),
    )?;
    Ok(entry)
}

/// Changes what is known of a desk. An operator who suspended the desk where they are signed in would lock themselves out.
pub fn change(tx: &mut Tx, by: By, id: DeskId, change: DeskChange) -> Result<DeskEntry> {
    by.need(tx)?;
    let before = tx.get::<DeskEntry>(&id)?.ok_or_else(|| Refusal::not_found("desk"))?;
    let mut after = before.clone();
    if let Some(name) = change.name {
        after.name = checked_name(tx, &name, Some(id))?;
    }
    if let Some(hosts) = change.hosts {
        after.hosts = checked_hosts(tx, &hosts, Some(id))?;
        if by.is_at(id) && before.hosts.iter().any(|it| !after.hosts.contains(it)) {
            let detail = say!("refused-you-signed-desk-so");
            return Err(Refusal::field("hosts", "in_use", detail).into());
        }
    }
    match change.suspended {
        Some(true) if by.is_at(id) => return Err(own_desk("suspended").into()),
        Some(true) => after.suspended_at = after.suspended_at.or(Some(tx.now())),
        Some(false) => after.suspended_at = None,
        None => {}
    }
    if let Some(limit) = change.requests_per_minute {
        if limit == Some(0) {
            return Err(Refusal::field("requestsPerMinute", "invalid", say!("refused-desk-may-make-no")).into());
        }
        after.requests_per_minute = limit;
    }
    if let Some(plan) = change.plan {
        after.plan = checked_plan(plan)?;
    }
    if after == before {
        return Ok(after);
    }
    tx.put(&after)?;
    let told = |it: &DeskEntry| json!([it.name, it.hosts, it.suspended_at.is_some(), it.requests_per_minute, it.plan]);
    let fields = ["name", "hosts", "suspended", "requestsPerMinute", "plan"];
    let (old, new) = (told(&before), told(&after));
    let changes: serde_json::Map<_, _> = fields
        .iter()
        .enumerate()
        .filter(|(i, _)| old[i] != new[i])
        .map(|(i, name)| ((*name).to_owned(), json!({ "before": old[i], "after": new[i] })))
        .collect();
    record(tx, by, "desk.changed", id, &changes.into())?;
    Ok(after)
}

/// Writes down that everything on a desk was handed out; gives its name.
pub fn exported(tx: &mut Tx, by: By, id: DeskId) -> Result<String> {
    by.need(tx)?;
    let entry = tx.get::<DeskEntry>(&id)?.ok_or_else(|| Refusal::not_found("desk"))?;
    record(tx, by, "desk.exported", id, &json!({}))?;
    Ok(entry.name)
}

fn own_desk(what: &str) -> Refusal {
    let detail = say!("refused-you-signed-desk-so-2", what = what);
    Refusal::new(Code::Conflict, detail)
}

/// Forgets a desk. Its folder is the caller's to remove once this is on the disk, and `Leaving` after that.
pub fn delete(tx: &mut Tx, by: By, id: DeskId, repeated_name: &str) -> Result<DeskEntry> {
    by.need(tx)?;
    let entry = tx.get::<DeskEntry>(&id)?.ok_or_else(|| Refusal::not_found("desk"))?;
    if by.is_at(id) {
        return Err(own_desk("deleted").into());
    }
    if entry.name != repeated_name.trim() {
        let detail = say!("refused-everything-desk-would-gone", name = entry.name);
        return Err(Refusal::field("confirm", "required", detail).into());
    }
    if all(tx)?.len() == 1 {
        return Err(Refusal::new(Code::Conflict, say!("refused-only-desk-machine-remove")).into());
    }
    operator::leave_with(tx, by, id)?;
    tx.remove::<DeskEntry>(&id)?;
    tx.remove::<Rests>(&id)?;
    tx.remove::<Usage>(&id)?;
    tx.put(&Leaving { desk: id })?;
    record(tx, by, "desk.deleted", id, &json!({ "name": { "before": entry.name, "after": null } }))?;
    Ok(entry)
}

fn record(tx: &mut Tx, by: By, kind: &'static str, desk: DeskId, changes: &serde_json::Value) -> Result<()> {
    tx.record(NewEvent {
        kind,
        actor: by.for_log(),
        entity_kind: "desk",
        entity: desk.0,
        parts: vec![(None, b"{}".to_vec()), (None, changes.to_string().into_bytes())],
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        appliance::Member,
        id::PersonId,
        store::{Store, engine::memory::MemoryEngine, writer::Options},
    };

    fn refused(store: &Store, run: impl FnOnce(&mut Tx) -> Result<DeskEntry> + Send + 'static) -> String {
        match store.write(run) {
            Err(it) => it.to_string(),
            Ok((it, _)) => panic!("{it:?} was taken"),
        }
    }

    #[test]
    fn names_and_hosts_belong_to_one_desk() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let hosts = |text: &str| text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let (main, _) = store.write(|tx| create(tx, By::CommandLine, "main", &[])).unwrap();
        let given = hosts("Help.Acme.example help.acme.example. desk.acme.example");
        let (acme, _) = store.write(move |tx| create(tx, By::CommandLine, " Acme ", &given)).unwrap();
        assert_eq!((acme.name.as_str(), acme.hosts.as_slice()), ("acme", hosts("help.acme.example desk.acme.example").as_slice()));
        for (name, host, says) in [
            ("acme", "", "already"),
            ("", "", "at most"),
            ("a b", "", "at most"),
            ("../x", "", "at most"),
            ("-x", "", "at most"),
            ("other", "desk.acme.example", "answers on"),
            ("other", "https://x", "not a host name"),
            ("other", "a..b", "not a host name"),
        ] {
            let host = hosts(host);
            let said = refused(&store, move |tx| create(tx, By::CommandLine, name, &host));
            assert!(said.contains(says), "{name}: {said}");
        }
        let id = acme.id;
        let said = refused(&store, move |tx| delete(tx, By::CommandLine, id, "main"));
        assert!(said.contains("Repeat its name"), "{said}");
        store.write(move |tx| delete(tx, By::CommandLine, id, "acme")).unwrap();
        let id = main.id;
        assert!(refused(&store, move |tx| delete(tx, By::CommandLine, id, "main")).contains("only desk"));
    }

    #[test]
    fn a_change_is_in_the_log_and_no_change_is_not() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let (desk, _) = store.write(|tx| create(tx, By::CommandLine, "main", &[])).unwrap();
        let id = desk.id;
        let with = move |suspended| DeskChange { suspended: Some(suspended), ..DeskChange::default() };
        let (changed, seq) = store.write(move |tx| change(tx, By::CommandLine, id, with(true))).unwrap();
        assert!(changed.suspended_at.is_some());
        assert_eq!(store.write(move |tx| change(tx, By::CommandLine, id, with(true))).unwrap(), (changed, seq));
        assert_eq!(store.write(move |tx| change(tx, By::CommandLine, id, with(false))).unwrap().0, desk);
        let kinds: Vec<_> = store.read().unwrap().events_after(0, 10).unwrap().into_iter().map(|it| it.kind).collect();
        assert_eq!(kinds, ["desk.created", "desk.changed", "desk.changed"]);
    }

    #[test]
    fn who_is_no_operator_changes_nothing_and_nobody_takes_their_own_desk_away() {
        let store = Store::open(Options::new(MemoryEngine::default())).unwrap();
        let here = ["help.main.example".to_owned()];
        let (main, _) = store.write(move |tx| create(tx, By::CommandLine, "main", &here)).unwrap();
        let (acme, _) = store.write(|tx| create(tx, By::CommandLine, "acme", &[])).unwrap();
        let (main, acme) = (main.id, acme.id);
        let max = Member { desk: main, person: PersonId(Uuid::from_u128(10)) };
        let by = By::Operator(max);
        let suspend = || DeskChange { suspended: Some(true), ..DeskChange::default() };
        let renamed = |hosts: &str| DeskChange { hosts: Some(vec![hosts.to_owned()]), ..DeskChange::default() };
        let planned = |plan: String| DeskChange { plan: Some(Some(plan)), ..DeskChange::default() };
        for said in [
            refused(&store, move |tx| create(tx, by, "other", &[])),
            refused(&store, move |tx| change(tx, by, acme, suspend())),
            refused(&store, move |tx| delete(tx, by, acme, "acme")),
            store.write(move |tx| exported(tx, by, acme)).unwrap_err().to_string(),
        ] {
            assert!(said.contains("Only operators"), "{said}");
        }
        store.write(move |tx| operator::add(tx, By::CommandLine, max)).unwrap();
        assert!(refused(&store, move |tx| change(tx, by, main, suspend())).contains("cannot be suspended from here"));
        assert!(refused(&store, move |tx| delete(tx, by, main, "main")).contains("cannot be deleted from here"));
        assert!(refused(&store, move |tx| change(tx, by, main, renamed("other.example"))).contains("no host name is taken"));
        assert!(refused(&store, move |tx| change(tx, by, acme, planned("x".repeat(101)))).contains("at most 100"));
        assert_eq!(store.write(move |tx| change(tx, by, acme, planned("  a\tplan ".into()))).unwrap().0.plan.as_deref(), Some("a plan"));
        assert_eq!(store.write(move |tx| change(tx, by, acme, planned("  ".into()))).unwrap().0.plan, None);
        assert_eq!(store.write(move |tx| exported(tx, by, acme)).unwrap().0, "acme");
        store.write(move |tx| change(tx, By::CommandLine, main, suspend())).unwrap();
        store.write(move |tx| delete(tx, by, acme, "acme")).unwrap();
        let events = store.read().unwrap().events_after(3, 10).unwrap();
        let told: Vec<_> = events.iter().map(|it| (it.kind.as_str(), it.actor.id.is_some())).collect();
        let expected =
            [("desk.changed", true), ("desk.changed", true), ("desk.exported", true), ("desk.changed", false), ("desk.deleted", true)];
        assert_eq!(told, expected);
    }
}
