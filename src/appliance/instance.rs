//! Which appliance this is. One that was restored is another than the one it was taken from, and holds still: it sends nothing, fetches
//! nothing and removes no bytes until somebody releases it, because the one that it was taken from may still be at work.

use minicbor::{Decode, Encode};
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use super::{Appliance, By};
use crate::{
    error::{Code, Refusal, Result},
    store::{NewEvent, Record, Store, Table, Tx},
    time::Instant,
};

/// This appliance, in distinction from its copies.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Instance {
    #[n(0)]
    id: String,
    #[n(1)]
    pub since: Instant,
    /// What it was made of, if of another.
    #[n(2)]
    pub origin: Option<Origin>,
    /// Since when it holds still.
    #[n(3)]
    pub held_since: Option<Instant>,
}

/// Where a restored appliance comes from.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Origin {
    #[n(0)]
    pub instance: String,
    #[n(1)]
    pub snapshot: String,
    #[n(2)]
    pub taken_at: Instant,
}

impl Record for Instance {
    type Key = ();
    const TABLE: Table = Table::journalled(0x17, "instance");

    fn key(&self) {}
}

impl Instance {
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// Which appliance this store is of; it becomes one with its first question.
pub(super) fn of(store: &Store) -> Result<Instance> {
    if let Some(it) = store.read()?.get::<Instance>(&())? {
        return Ok(it);
    }
    Ok(store.write(|tx| begin(tx, None))?.0)
}

/// The store is of a new appliance; one that was made of another holds still.
pub(super) fn begin(tx: &mut Tx, origin: Option<Origin>) -> Result<Instance> {
    let id: Uuid = tx.new_id();
    let held_since = origin.is_some().then(|| tx.now());
    let said = json!({ "snapshot": origin.as_ref().map(|it| &it.snapshot), "of": origin.as_ref().map(|it| &it.instance) });
    let instance = Instance { id: id.simple().to_string(), since: tx.now(), origin, held_since };
    tx.put(&instance)?;
    record(tx, By::CommandLine, "appliance.begun", &said)?;
    Ok(instance)
}

/// The store is of the appliance that takes over from the one whose store it was.
pub(super) fn take_over(tx: &mut Tx, id: Uuid, snapshot: String) -> Result<()> {
    let before = tx.get::<Instance>(&())?;
    let (instance, now) = (before.map(|it| it.id).unwrap_or_default(), tx.now());
    let said = json!({ "snapshot": &snapshot, "of": &instance });
    let origin = Some(Origin { instance, snapshot, taken_at: now });
    tx.put(&Instance { id: id.simple().to_string(), since: now, origin, held_since: None })?;
    record(tx, By::CommandLine, "appliance.took_over", &said)
}

fn record(tx: &mut Tx, by: By, kind: &'static str, said: &serde_json::Value) -> Result<()> {
    let parts = vec![(None, said.to_string().into_bytes())];
    tx.record(NewEvent { kind, actor: by.for_log(), entity_kind: "appliance", entity: Uuid::nil(), parts })?;
    Ok(())
}

/// Whether an appliance holds still, for those who would send, fetch or remove.
#[derive(Clone)]
pub struct Held(watch::Receiver<bool>);

impl Held {
    /// For desks that stand alone.
    pub fn never() -> Held {
        Held(watch::channel(false).1)
    }

    pub(super) fn by(told: &watch::Sender<bool>) -> Held {
        Held(told.subscribe())
    }

    pub fn is_held(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when it is released; at once if it does not hold still.
    pub async fn released(&mut self) {
        // Whoever could still hold it is gone with the appliance.
        let _ = self.0.wait_for(|it| !it).await;
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Held({})", self.is_held())
    }
}

impl Appliance {
    /// Which appliance this is.
    pub fn instance(&self) -> Result<Instance> {
        of(self.store())
    }

    /// Whether it holds still.
    pub fn is_held(&self) -> bool {
        *self.hold.borrow()
    }

    /// From here on it sends, fetches and tidies like any other. One that does so already, and is followed, stops waiting for a place of
    /// snapshots that is gone.
    pub fn release(&self, by: By) -> Result<Instance> {
        if !self.is_held() && self.stand_alone()? {
            return self.instance();
        }
        let (released, _) = self.store().write(move |tx| {
            by.need(tx)?;
            let found = tx.get::<Instance>(&())?.filter(|it| it.held_since.is_some());
            let found =
                found.ok_or_else(|| Refusal::new(Code::Conflict, "This appliance does not hold still: it sends and fetches already."))?;
            let released = Instance { held_since: None, ..found };
            tx.put(&released)?;
            record(tx, by, "appliance.released", &json!({}))?;
            Ok(released)
        })?;
        self.hold.send_replace(false);
        Ok(released)
    }
}
