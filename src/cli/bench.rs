//! `lodge bench`: measures this machine with a made-up desk.

use std::{fmt::Display, io::Write, path::PathBuf, process::ExitCode, time::Duration};

use clap::Args;
use serde::Serialize;

use super::say;
use crate::{
    bench::{self, DesksPlan, Plan, StormPlan},
    error::{Fault, Result},
};

#[derive(Args)]
pub struct Bench {
    /// How many tickets the desk has.
    #[arg(long, default_value_t = 10_000)]
    tickets: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Make all but the last weeks of its history closed tickets that are taken in as they were: millions of them are there soon, and take
    /// 2 KB each instead of 7.
    #[arg(long)]
    brief: bool,
    /// Only read, list, search and write files; leave signing in, live connections, mixed load and writing out.
    #[arg(long, conflicts_with = "pages")]
    reading: bool,
    /// The size of the file that is sent and fetched.
    #[arg(long, value_name = "MB", default_value_t = 256, requires = "reading")]
    file_mb: usize,
    /// Keep the desk in this folder, and use the one that is there (default: a temporary one).
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Seconds per scene.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Seconds of 500 mixed requests a second.
    #[arg(long, default_value_t = 20)]
    mixed_seconds: u64,
    /// Live connections to open.
    #[arg(long, value_delimiter = ',', default_value = "1000")]
    live: Vec<usize>,
    /// Measure this many small desks on one appliance instead.
    #[arg(long, value_name = "COUNT")]
    desks: Option<usize>,
    /// Measure how soon this many targets that are missed in the same second are acted on instead.
    #[arg(long, value_name = "COUNT", conflicts_with = "desks")]
    storm: Option<usize>,
    /// Tickets whose clocks run meanwhile.
    #[arg(long, value_name = "COUNT", default_value_t = 100_000, requires = "storm")]
    running: usize,
    /// Measure every kind of page instead, one after the other.
    #[arg(long, conflicts_with_all = ["desks", "storm"])]
    pages: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub async fn run(bench: Bench) -> Result<ExitCode> {
    let temporary = bench.into.is_none();
    let folder = bench.into.unwrap_or_else(|| std::env::temp_dir().join(format!("lodge-bench-{}", std::process::id())));
    let progress = |what: &str| {
        let _ = writeln!(std::io::stderr(), "bench: {what}");
    };
    if let Some(desks) = bench.desks {
        let plan = DesksPlan { desks, folder };
        let outcome = bench::run_desks(&plan, progress).await;
        if temporary {
            let _ = std::fs::remove_dir_all(&plan.folder);
        }
        return told(&outcome?, bench.json);
    }
    if let Some(at_once) = bench.storm {
        let plan = StormPlan { running: bench.running, at_once, folder };
        let outcome = bench::run_storm(&plan, progress).await;
        if temporary {
            let _ = std::fs::remove_dir_all(&plan.folder);
        }
        return told(&outcome?, bench.json);
    }
    let plan = Plan {
        tickets: bench.tickets,
        seed: bench.seed,
        folder,
        each: Duration::from_secs(bench.seconds),
        live: bench.live,
        mixed: Duration::from_secs(bench.mixed_seconds),
        pages: bench.pages,
        brief: bench.brief,
        reading: bench.reading,
        file_mb: bench.file_mb,
    };
    let outcome = bench::run(&plan, progress).await;
    if temporary {
        let _ = std::fs::remove_dir_all(&plan.folder);
    }
    told(&outcome?, bench.json)
}

fn told(report: &(impl Serialize + Display), json: bool) -> Result<ExitCode> {
    match json {
        true => say(&serde_json::to_string(report).map_err(|it| Fault::because("writing the report", it))?)?,
        false => say(&report.to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}
