//! `lodge audit`: proves the log of a desk, or an exported copy of it without any desk.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;

use super::say;
use crate::{
    error::{Fault, Refusal, Result},
    store::log::{Exported, Verified, Verifier},
};

#[derive(Subcommand)]
pub enum Audit {
    /// Prove the log: nothing is missing, nothing was changed.
    #[command(after_help = "Example:\n  lodge audit verify log.jsonl")]
    Verify {
        /// An exported copy; the desk's own log if none is given.
        file: Option<PathBuf>,
    },
    /// Print the log, one event a line, in a form that can be proved anywhere.
    #[command(after_help = "Example:\n  lodge audit export > log.jsonl")]
    Export,
}

/// One line of an export, in bytes: an event with its payloads cannot be larger.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Proves an exported copy.
pub fn verify_export(path: &Path) -> Result<ExitCode> {
    let doing = |it: std::io::Error| Fault::because(format!("reading {}", path.display()), it);
    let mut lines = BufReader::new(File::open(path).map_err(doing)?);
    let mut verifier = Verifier::default();
    let mut line = String::new();
    let mut number = 0;
    loop {
        line.clear();
        number += 1;
        let read = std::io::Read::take(&mut lines, LINE_BYTES_MAX).read_line(&mut line).map_err(doing)?;
        if read == 0 {
            break;
        }
        let event: Exported = serde_json::from_str(&line)
            .map_err(|it| Refusal::new(crate::error::Code::Malformed, format!("{}, line {number}: {it}", path.display())))?;
        verifier.exported(&event)?;
    }
    say(&said(&verifier.finish()))?;
    Ok(ExitCode::SUCCESS)
}

/// The result of a proof, in words.
pub fn said(it: &Verified) -> String {
    let head: String = it.head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let erased = if it.erased > 0 { format!(", {} payloads erased", it.erased) } else { String::new() };
    format!("The log holds: {} events{erased}, head {head}", it.events)
}
