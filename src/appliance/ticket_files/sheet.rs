//! Rows for spreadsheets: comma-separated values in which nothing that somebody typed is run.

use jiff::tz::TimeZone;

use super::Writer;
use crate::{
    desk::exports::{Cell, CellSort},
    error::Result,
    text::csv,
    time::Instant,
};

pub(super) struct Sheet {
    zone: Option<TimeZone>,
}

impl Sheet {
    /// With a zone, times are written as spreadsheets read them; without, as programs do (RFC 3339, UTC).
    pub(super) fn new(zone: Option<TimeZone>) -> Sheet {
        Sheet { zone }
    }

    fn text(&self, cell: Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(it) => it,
            Cell::Whole(it) => it.to_string(),
            Cell::Number(it) => it.to_string(),
            Cell::Flag(it) => it.to_string(),
            Cell::Time(it) => self.time(it),
        }
    }

    fn time(&self, it: Instant) -> String {
        match &self.zone {
            Some(zone) => it.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            None => it.to_string(),
        }
    }
}

impl Writer for Sheet {
    fn begin(&mut self, headings: &[String], _: &[CellSort]) -> Result<Vec<u8>> {
        let mut text = csv::begin();
        csv::push_row(&mut text, headings);
        Ok(text.into_bytes())
    }

    fn rows(&mut self, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>> {
        let mut text = String::new();
        for row in rows {
            let row: Vec<String> = row.into_iter().map(|it| self.text(it)).collect();
            csv::push_row(&mut text, &row);
        }
        Ok(text.into_bytes())
    }

    fn end(&mut self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }
}
