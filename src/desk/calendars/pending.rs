//! shim
use super::Timetable;
use crate::{
    error::Result,
    id::{CalendarId, QueueId},
    store::{Record, Table, Tx},
};
use minicbor::{Decode, Encode};
use std::sync::{Arc, OnceLock};
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Calendar {
    #[n(0)]
    pub id: CalendarId,
    #[n(1)]
    pub name: String,
}
impl Record for Calendar {
    type Key = CalendarId;
    const TABLE: Table = Table::journalled(0x60, "calendars");
    fn key(&self) -> CalendarId {
        self.id
    }
}
#[derive(Debug, Clone, Copy)]
pub enum Origin {
    Desk,
}
impl Origin {
    pub fn words(self) -> &'static str {
        "x"
    }
}
pub struct InForce {
    pub calendar: Option<CalendarId>,
    pub from: Origin,
}
pub fn in_force(_: &Tx, policy: Option<CalendarId>, _: Option<QueueId>) -> Result<InForce> {
    Ok(InForce { calendar: policy, from: Origin::Desk })
}
pub fn timetable(_: &Tx, _: CalendarId) -> Result<Arc<Timetable>> {
    Ok(always())
}
pub fn always() -> Arc<Timetable> {
    static A: OnceLock<Arc<Timetable>> = OnceLock::new();
    A.get_or_init(|| Arc::new(Timetable::always())).clone()
}
