//! Tables as comma-separated values (RFC 4180) that a spreadsheet opens as what they are: a cell that would be read as a formula is kept
//! from being one. Invariant: no text that somebody typed is run by whoever opens the file.

/// A byte order mark first: without it spreadsheets read UTF-8 as something else.
const MARK: &str = "\u{feff}";

/// Rows of cells, the headings first.
pub fn write<'a>(rows: impl IntoIterator<Item = Vec<String>> + 'a) -> String {
    let mut text = begin();
    for row in rows {
        push_row(&mut text, &row);
    }
    text
}

/// How a file begins whose rows come one after another.
pub fn begin() -> String {
    MARK.to_owned()
}

/// One row more.
pub fn push_row(text: &mut String, row: &[String]) {
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        push(text, cell);
    }
    text.push_str("\r\n");
}

fn push(text: &mut String, cell: &str) {
    let guarded = is_formula(cell);
    if !guarded && !cell.contains(['"', ',', ';', '\t', '\r', '\n']) {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if guarded {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

/// Whether a spreadsheet would run the cell: it begins like a formula, also behind space, and is no plain number.
fn is_formula(cell: &str) -> bool {
    let inner = cell.trim_start_matches(|it: char| it.is_whitespace() || it.is_control() || it == '\u{feff}');
    let begins = inner.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) || cell.starts_with(['\t', '\r']);
    begins && cell.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_are() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("-12.5", "-12.5"),
            ("2026-11-22", "2026-11-22"),
            ("=1+1", "\"'=1+1\""),
            ("+SUM(A1)", "\"'+SUM(A1)\""),
            ("-cmd|' /C calc'!A0", "\"'-cmd|' /C calc'!A0\""),
            ("@SUM(1)", "\"'@SUM(1)\""),
            ("  =1", "\"'  =1\""),
            ("\t=1", "\"'\t=1\""),
            ("\u{feff}=1", "\"'\u{feff}=1\""),
            ("＝1", "\"'＝1\""),
            ("", ""),
        ] {
            assert_eq!(write([vec![cell.to_owned()]]), format!("{MARK}{expected}\r\n"), "{cell:?}");
        }
        assert_eq!(write([vec!["a".into(), "b".into()], vec!["1".into(), "".into()]]), format!("{MARK}a,b\r\n1,\r\n"));
    }
}
