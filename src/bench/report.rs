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

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub tickets: usize,
    pub start_millis: u64,
    pub idle: Memory,
    /// After all scenes.
    pub busy: Memory,
    pub binary_mb: f64,
    pub rows: Vec<Row>,
    pub live: Vec<Live>,
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
        writeln!(
            f,
            "| scene | clients | answers | per second | median ms | p95 ms | p99 ms | errors |\n|---|---|---|---|---|---|---|---|"
        )?;
        for it in &self.rows {
            writeln!(
                f,
                "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.2} | {} |",
                it.name, it.clients, it.count, it.per_second, it.median_ms, it.p95_ms, it.p99_ms, it.errors
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_measured_and_no_more() {
        let times = (1..=100).map(Duration::from_millis).collect();
        let rows = vec![Row::of("read", 2, Duration::from_secs(1), times, 1)];
        let memory = Memory { own_mb: 25.4, files_mb: 90.0 };
        let report = Report { tickets: 10, start_millis: 15, idle: memory, busy: memory, binary_mb: 31.0, rows, live: Vec::new() };
        let text = report.to_string();
        assert!(text.starts_with("10 tickets · start 15 ms · memory 25 MB (and 90 MB of cached files) idle,"), "{text}");
        assert!(text.contains("| read | 2 | 100 | 100 | 51.00 | 96.00 | 100.00 | 1 |"), "{text}");
        assert!(!text.contains("live connections"), "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["busy"]["ownMb"], &json["busy"]["filesMb"]), (&25.4.into(), &90.0.into()));
    }
}
