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

/// Many viewers at once.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    pub connections: usize,
    /// What they cost in memory, all together.
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
    pub idle_mb: f64,
    pub busy_mb: f64,
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} tickets · start {} ms · memory {:.0} MB idle, {:.0} MB after · binary {:.0} MB\n",
            self.tickets, self.start_millis, self.idle_mb, self.busy_mb, self.binary_mb
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
