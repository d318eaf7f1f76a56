//! `lodge kb`: the articles of the knowledge base as a folder of Markdown files, out and in.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::{
    local::{Call, Line},
    say,
};
use crate::{
    config::Config,
    error::{Fault, Result},
    limits,
};

#[derive(Subcommand)]
pub enum Kb {
    /// Write every article into a folder, one Markdown file each.
    #[command(after_help = "Example:\n  lodge kb export ./articles")]
    Export { folder: PathBuf },
    /// Take Markdown and HTML files of a folder in. A file whose slug is there changes that article.
    #[command(after_help = "Example:\n  lodge kb import ./articles")]
    Import { folder: PathBuf },
}

/// A file on its way to or from the desk.
#[derive(Serialize, Deserialize)]
pub struct Exported {
    pub name: String,
    pub text: String,
}

/// Files that one import takes.
const FILES_MAX: usize = limits::ARTICLES_MAX;
/// Folders within folders that are looked into.
const DEPTH_MAX: usize = 8;

pub async fn run(config: &Config, desk: Option<String>, command: Kb) -> Result<ExitCode> {
    let line = Line::open(config, desk).await?;
    match command {
        Kb::Export { folder } => export(line, &folder).await,
        Kb::Import { folder } => import(line, &folder).await,
    }
}

async fn export(mut line: Line, folder: &Path) -> Result<ExitCode> {
    let doing = |it: io::Error| Fault::because(format!("writing into {}", folder.display()), it);
    fs::create_dir_all(folder).map_err(doing)?;
    let mut count = 0;
    let mut keep = |text: &str| -> Result<()> {
        let file: Exported = serde_json::from_str(text).map_err(|it| Fault::because("reading an article", it))?;
        // Slugs hold letters, digits and dashes; a name from elsewhere leads nowhere else.
        let name = file.name.replace(['/', '\\'], "-");
        fs::write(folder.join(name), file.text).map_err(doing)?;
        count += 1;
        Ok(())
    };
    line.call(Call::KbExport, Vec::new(), &mut keep).await?;
    say(&format!("{count} articles are in {}.", folder.display()))?;
    Ok(ExitCode::SUCCESS)
}

async fn import(mut line: Line, folder: &Path) -> Result<ExitCode> {
    let mut files = Vec::new();
    gather(folder, 0, &mut files).map_err(|it| Fault::because(format!("reading {}", folder.display()), it))?;
    files.sort();
    let mut read = Vec::new();
    for path in files {
        let text = fs::read(&path).map_err(|it| Fault::because(format!("reading {}", path.display()), it))?;
        let translates = String::from_utf8_lossy(&text[..text.len().min(4096)]).contains("\ntranslationOf:");
        read.push((translates, path, text));
    }
    // What translates another comes after it.
    read.sort_by_key(|it| it.0);
    let mut failed = 0;
    for (_, path, text) in read {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
        if let Err(error) = line.call(Call::KbImport { name: name.clone() }, text, &mut say).await {
            failed += 1;
            // Whoever closed standard error does not want to know.
            let _ = io::Write::write_all(&mut io::stderr(), format!("lodge: {name}: {error}\n").as_bytes());
        }
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() && depth < DEPTH_MAX {
            gather(&path, depth + 1, files)?;
        } else if matches!(ending.as_str(), "md" | "markdown" | "html" | "htm") && files.len() < FILES_MAX {
            files.push(path);
        }
    }
    Ok(())
}
