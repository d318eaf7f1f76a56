//! A table of facts with a caption. Lists of tickets are not tables: see `console/list`.

use maud::{Markup, html};

/// A column: its heading, and whether it holds numbers.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    pub heading: &'a str,
    /// Numbers stand at the end of the cell.
    pub numeric: bool,
}

/// The table; each row has as many cells as there are columns.
pub fn table(caption: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table-wrap tabindex="0" role="region" aria-label=(caption) {
            // On a phone each row is a block, which takes a table's meaning away unless it is said.
            table.table role="table" {
                caption.sr { (caption) }
                thead role="rowgroup" { tr role="row" { @for it in columns { th scope="col" role="columnheader" data-align=[it.numeric.then_some("end")] { (it.heading) } } } }
                tbody role="rowgroup" { @for row in rows { tr role="row" { @for (cell, it) in row.iter().zip(columns) { td role="cell" data-label=(it.heading) data-align=[it.numeric.then_some("end")] { (cell) } } } } }
            }
        }
    }
}
