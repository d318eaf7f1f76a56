//! What was measured, as a table for people or JSON for programs.

use std::{fmt, time::Duration};

use serde::Serialize;

/// One scene.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    pub name: String,
    pub clients: usize,
    pub count: usize,
    pub per_second: f64,
    pub median_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    /// Answers that were not as they should be.
    pub errors: usize,
}

/// Memory of the appliance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// What nobody else can have: heap and stacks.
    pub own_mb: f64,
    /// Pages of files, most of them of the search index and the binary: the system's cache, which it takes back when it needs room.
    pub files_mb: f64,
}

/// Many viewers at once.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    pub connections: usize,
    /// What they cost in memory of its own, all together.
    pub memory_mb: f64,
    /// From the answer to a change until the first and the last viewer saw it; 0 if they saw it before the answer was read.
    pub first_ms: f64,
    pub last_ms: f64,
}

/// What it took to make the desk, and what it takes on the disk. Nothing for a desk that was there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Building {
    pub secs: f64,
    pub indexed_secs: f64,
    pub desk_mb: f64,
    pub index_mb: f64,
}

/// A large file in and out, in MB a second, beside a plain copy on the same disk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    pub mb: usize,
    pub copied: f64,
    pub uploaded: f64,
    pub downloaded: f64,
    /// By how much the memory of the appliance grew.
    pub grown_mb: f64,
}

/// A list as a file, as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Export {
    pub rows: usize,
    pub rows_per_second: f64,
    pub mb_per_second: f64,
    /// Until the first bytes came.
    pub first_ms: f64,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub tickets: usize,
    pub building: Option<Building>,
    pub start_millis: u64,
    pub idle: Memory,
    /// After all scenes.
    pub busy: Memory,
    pub binary_mb: f64,
    pub rows: Vec<Row>,
    pub live: Vec<Live>,
    pub export: Option<Export>,
    pub transfer: Option<Transfer>,
}

/// What an appliance of many desks holds at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub memory: Memory,
    pub open_desks: usize,
    /// Files, sockets and the like.
    pub open_files: usize,
}

/// Many small desks on one appliance.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManyDesks {
    pub desks: usize,
    pub tickets_each: usize,
    pub start_millis: u64,
    /// With none of them open.
    pub idle: Standing,
    /// After each was touched once.
    pub touched: Standing,
    /// After they rest again.
    pub rested: Standing,
    pub rows: Vec<Row>,
}

/// Clocks that fell due in the same second: how long after it the desk had acted, on the disk, on the first and on the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StormRow {
    pub at_once: usize,
    pub first_ms: f64,
    pub last_ms: f64,
}

/// Breaches while many clocks run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Storm {
    pub running: usize,
    pub rows: Vec<StormRow>,
    /// Breaches one by one.
    pub single: Row,
    /// What somebody else did during the storm.
    pub meanwhile: Row,
}

impl Row {
    pub fn of(name: &str, clients: usize, elapsed: Duration, mut times: Vec<Duration>, errors: usize) -> Row {
        times.sort_unstable();
        let at = |share: f64| {
            let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
            times.get(place).map_or(0.0, |it| it.as_secs_f64() * 1000.0)
        };
        Row {
            name: name.to_owned(),
            clients,
            count: times.len(),
            per_second: times.len() as f64 / elapsed.as_secs_f64().max(0.001),
            median_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            errors,
        }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} MB (and {:.0} MB of cached files)", self.own_mb, self.files_mb)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} tickets · start {} ms · memory {} idle, {} after · binary {:.0} MB\n",
            self.tickets, self.start_millis, self.idle, self.busy, self.binary_mb
        )?;
        if let Some(it) = self.building {
            let per_ticket = it.desk_mb * 1024.0 / self.tickets.max(1) as f64;
            let rate = self.tickets as f64 / it.indexed_secs.max(0.001);
            writeln!(
                f,
                "built in {:.0} s, indexed in {:.0} s ({rate:.0} tickets a second) · {:.0} MB, {per_ticket:.1} KB a ticket · index {:.0} MB\n",
                it.secs, it.indexed_secs, it.desk_mb, it.index_mb
            )?;
        }
        table(f, &self.rows)?;
        if let Some(it) = self.export {
            writeln!(
                f,
                "\nall tickets as CSV: {:.0} rows a second, {:.1} MB a second, the first after {:.0} ms ({} rows read)",
                it.rows_per_second, it.mb_per_second, it.first_ms, it.rows
            )?;
        }
        if let Some(it) = self.transfer {
            writeln!(
                f,
                "\na file of {} MB: copied {:.0} MB a second, in {:.0}, out {:.0}; memory grew by {:.0} MB",
                it.mb, it.copied, it.uploaded, it.downloaded, it.grown_mb
            )?;
        }
        if !self.live.is_empty() {
            writeln!(f, "\n| live connections | memory MB | first sees it ms | last sees it ms |\n|---|---|---|---|")?;
        }
        for it in &self.live {
            writeln!(f, "| {} | {:.0} | {:.1} | {:.1} |", it.connections, it.memory_mb, it.first_ms, it.last_ms)?;
        }
        Ok(())
    }
}

fn table(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    writeln!(f, "| scene | clients | answers | per second | median ms | p95 ms | p99 ms | errors |\n|---|---|---|---|---|---|---|---|")?;
    for it in rows {
        writeln!(
            f,
            "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {} |",
            it.name, it.clients, it.count, it.per_second, it.median_ms, it.p95_ms, it.p99_ms, it.errors
        )?;
    }
    Ok(())
}

impl fmt::Display for ManyDesks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} desks of {} tickets · start {} ms\n", self.desks, self.tickets_each, self.start_millis)?;
        writeln!(f, "| when | memory MB | cached files MB | open desks | open files |\n|---|---|---|---|---|")?;
        for (when, it) in [("started", self.idle), ("each touched once", self.touched), ("at rest again", self.rested)] {
            let Memory { own_mb, files_mb } = it.memory;
            writeln!(f, "| {when} | {own_mb:.0} | {files_mb:.0} | {} | {} |", it.open_desks, it.open_files)?;
        }
        writeln!(f)?;
        table(f, &self.rows)
    }
}

impl fmt::Display for Storm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} clocks run\n\n| fall due in one second | first ms | last ms |\n|---|---|---|", self.running)?;
        for it in &self.rows {
            writeln!(f, "| {} | {:.0} | {:.0} |", it.at_once, it.first_ms, it.last_ms)?;
        }
        writeln!(f)?;
        table(f, &[self.single.clone(), self.meanwhile.clone()])
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_storm_is_told_beside_a_few() {
        let row = |name: &str| Row::of(name, 1, Duration::from_secs(1), vec![Duration::from_millis(4)], 0);
        let rows = [(100, 9.6, 31.0), (5_000, 12.0, 900.2)].map(|it| StormRow { at_once: it.0, first_ms: it.1, last_ms: it.2 });
        let storm = Storm { running: 100_000, rows: rows.to_vec(), single: row("single"), meanwhile: row("meanwhile") };
        let text = storm.to_string();
        for part in ["100000 clocks run", "| 100 | 10 | 31 |", "| 5000 | 12 | 900 |", "| single | 1 | 1 |", "| meanwhile | 1 | 1 |"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn many_desks_are_told_at_three_moments() {
        let at = |own_mb, open_desks| Standing { memory: Memory { own_mb, files_mb: 3.0 }, open_desks, open_files: 9 };
        let rows = vec![Row::of("first", 1, Duration::from_secs(1), vec![Duration::from_millis(7)], 0)];
        let report = ManyDesks {
            desks: 500,
            tickets_each: 10,
            start_millis: 20,
            idle: at(30.0, 0),
            touched: at(90.4, 64),
            rested: at(40.0, 0),
            rows,
        };
        let text = report.to_string();
        for part in
            ["500 desks of 10 tickets", "| started | 30 | 3 | 0 | 9 |", "| each touched once | 90 | 3 | 64 | 9 |", "| first | 1 | 1 |"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    use super::*;

    #[test]
    fn a_report_says_what_was_measured_and_no_more() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let rows = vec![Row::of("read", 2, Duration::from_secs(1), times, 1)];
        let memory = Memory { own_mb: 25.4, files_mb: 90.0 };
        let building = Some(Building { secs: 2.0, indexed_secs: 0.5, desk_mb: 0.02, index_mb: 0.01 });
        let report =
            Report { tickets: 10, building, start_millis: 15, idle: memory, busy: memory, binary_mb: 31.0, rows, ..Report::default() };
        let text = report.to_string();
        assert!(text.starts_with("10 tickets · start 15 ms · memory 25 MB (and 90 MB of cached files) idle,"), "{text}");
        assert!(text.contains("| read | 2 | 100 | 100 | 51.00 | 96.00 | 100.00 | 1 |"), "{text}");
        assert!(text.contains("built in 2 s, indexed in 0 s (20 tickets a second) · 0 MB, 2.0 KB a ticket"), "{text}");
        assert!(!text.contains("live connections") && !text.contains("as CSV"), "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["busy"]["ownMb"], &json["busy"]["filesMb"]), (&25.4.into(), &90.0.into()));
    }
}
