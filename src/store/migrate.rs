//! Numbered migrations of a desk's data. Adding or dropping a field needs none (see `codec`); anything more is a step here, run in order
//! at start, in one transaction each. The number of the last step that ran is kept in the store; which steps there are is for the desk to
//! say (`desk::migrations`).

use minicbor::{Decode, Encode};

use super::{NewEvent, Record, Store, Table, Tx, log::EventActor};
use crate::error::{Fault, Result};

/// One step. It must be repeatable: a crash between the step and its number is impossible (same transaction), a rerun on a copy is not.
pub struct Migration {
    pub number: u32,
    pub description: &'static str,
    pub run: fn(&mut Tx) -> Result<()>,
}

#[derive(Encode, Decode)]
struct Layout {
    #[n(0)]
    number: u32,
}

impl Record for Layout {
    type Key = ();
    const TABLE: Table = Table::operational(0x05, "layout");

    fn key(&self) {}
}

/// The last step that ran on this store.
pub fn number(tx: &Tx) -> Result<u32> {
    Ok(tx.get::<Layout>(&())?.map_or(0, |it| it.number))
}

/// For tests: as if the steps after this one had not run.
#[cfg(test)]
pub fn stand_at(store: &Store, number: u32) -> Result<()> {
    store.write(move |tx| tx.put(&Layout { number }))?;
    Ok(())
}

/// Runs what is to be run on a store that is opened. One without any event is in the newest form by nature: it is marked so, and its log
/// begins with whatever its first command brings, at that command's own instant.
pub fn bring_up(store: &Store, list: &'static [Migration]) -> Result<u32> {
    let newest = list.last().map_or(0, |it| it.number);
    if store.read()?.last_seq() == 0 && number(&store.read()?)? < newest {
        store.write(move |tx| tx.put(&Layout { number: newest }))?;
    }
    run(store, list)
}

/// Runs the steps of `list` that have not run yet. A store made by a newer release is refused.
pub fn run(store: &Store, list: &'static [Migration]) -> Result<u32> {
    let present = number(&store.read()?)?;
    let newest = list.last().map_or(0, |it| it.number);
    if present > newest {
        return Err(Fault::new(format!(
            "this desk was written by a newer release (layout {present}, this one knows {newest}): use that release"
        ))
        .into());
    }
    for step in list.iter().filter(|it| it.number > present) {
        tracing::info!(number = step.number, description = step.description, "migrating the desk");
        store.write(move |tx| {
            (step.run)(tx)?;
            tx.put(&Layout { number: step.number })?;
            let actor = EventActor { kind: "system".into(), id: None };
            let said = serde_json::json!({ "number": step.number, "description": step.description }).to_string();
            tx.record(NewEvent {
                kind: "desk.migrated",
                actor,
                entity_kind: "desk",
                entity: uuid::Uuid::nil(),
                parts: vec![(None, said.into_bytes())],
            })?;
            Ok(())
        })?;
    }
    Ok(newest)
}
