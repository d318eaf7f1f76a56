//! Numbers such as INC-000045: per kind, without gaps, because the counter lives in the same transaction as the ticket (TKT-34).

use minicbor::{Decode, Encode};

use super::{Kind, Ticket};
use crate::{
    desk::settings::Settings,
    error::Result,
    id::TicketId,
    store::{Index, Record, Table, Tx},
};

/// By kind and number.
pub const BY_NUMBER: Index<Ticket, (u8, u64)> = Index::new(0x80, "tickets_by_number");

/// Digits that a number has at most.
const DIGITS_MAX: usize = 18;

/// The last number given to a kind.
#[derive(Debug, Encode, Decode)]
pub struct Counter {
    #[n(0)]
    pub kind: Kind,
    #[n(1)]
    pub last: u64,
}

impl Record for Counter {
    type Key = u8;
    const TABLE: Table = Table::operational(0x12, "ticket_counters");

    fn key(&self) -> u8 {
        self.kind as u8
    }
}

/// The next number of this kind.
pub fn next(tx: &mut Tx, kind: Kind) -> Result<u64> {
    let last = tx.get::<Counter>(&(kind as u8))?.map_or(0, |it| it.last);
    tx.put(&Counter { kind, last: last + 1 })?;
    Ok(last + 1)
}

/// As people write it: `INC-000045`.
pub fn text(settings: &Settings, kind: Kind, number: u64) -> String {
    let prefix = settings.prefixes.get(kind as usize).map_or(kind.prefix(), String::as_str);
    format!("{prefix}-{number:0width$}", width = usize::from(settings.number_width))
}

/// A ticket's number as people write it; its id, where the desk was never set up.
pub fn shown(tx: &Tx, ticket: &Ticket) -> String {
    match Settings::of(tx) {
        Ok(settings) => text(&settings, ticket.kind, ticket.number),
        Err(_) => ticket.id.to_string(),
    }
}

/// Reads a number with any of the desk's prefixes, in any case, with or without zeroes.
pub fn parse(settings: &Settings, text: &str) -> Option<(Kind, u64)> {
    let (prefix, digits) = text.trim().trim_start_matches('#').rsplit_once('-')?;
    if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let number = digits.parse().ok()?;
    Kind::ALL.into_iter().zip(&settings.prefixes).find(|(_, it)| it.eq_ignore_ascii_case(prefix)).map(|(kind, _)| (kind, number))
}

/// The ticket of an id or number, as callers name tickets. No permission is checked here.
pub fn find(tx: &Tx, text: &str) -> Result<Option<TicketId>> {
    if let Ok(id) = text.parse::<TicketId>() {
        return Ok(tx.has::<Ticket>(&id)?.then_some(id));
    }
    let Some((kind, number)) = parse(Settings::of(tx)?.as_ref(), text) else { return Ok(None) };
    let first = tx.find_keys(&BY_NUMBER, &(kind as u8, number))?.next();
    Ok(first.transpose()?)
}

/// The tickets that somebody may mean who writes a number as people do: with one of the desk's prefixes the one of that kind, without one
/// those of any kind that have it. No permission is checked here.
pub fn meant(tx: &Tx, text: &str) -> Result<Vec<TicketId>> {
    let text = text.trim().trim_start_matches('#');
    if text.is_empty() || text.len() > DIGITS_MAX || !text.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(find(tx, text)?.into_iter().collect());
    }
    let Ok(number) = text.parse::<u64>() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for kind in Kind::ALL {
        found.extend(tx.find_keys(&BY_NUMBER, &(kind as u8, number))?.next().transpose()?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use crate::desk::stage::Stage;

    #[test]
    fn a_bare_number_means_the_tickets_of_any_kind_that_have_it() {
        let stage = Stage::new();
        let first = stage.lodge("VPN drops").id;
        stage.lodge("Printer");
        for (text, found) in
            [("1", vec![first]), ("#000001", vec![first]), ("inc-1", vec![first]), ("REQ-1", vec![]), ("7", vec![]), ("", vec![])]
        {
            assert_eq!(stage.read(|tx| super::meant(tx, text)), found, "{text}");
        }
        assert!(stage.read(|tx| super::meant(tx, "9999999999999999999")).is_empty(), "longer than any number");
    }
}
