//! `lodge config`: validates, shows what is in force and where it came from, prints the commented example.

use std::{path::Path, process::ExitCode};

use clap::Subcommand;

use super::{loaded, say};
use crate::{
    config::{Config, example, show},
    error::Result,
};

#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Validate the configuration and say what is wrong.
    #[command(after_help = "Example:\n  lodge config check --config lodge.toml")]
    Check,
    /// Print the values in force, secrets masked, with where each came from.
    #[command(after_help = "Example:\n  lodge config show")]
    Show,
    /// Print a commented example.
    #[command(after_help = "Example:\n  lodge config example > lodge.toml")]
    Example,
}

pub fn run(command: &ConfigCommand, file: Option<&Path>) -> Result<ExitCode> {
    match command {
        ConfigCommand::Example => say(example().trim_end())?,
        ConfigCommand::Show => say(show(&loaded(file)?).trim_end())?,
        ConfigCommand::Check => {
            let loaded = loaded(file)?;
            Config::from_loaded(&loaded)?;
            let place = loaded.file.as_ref().map_or_else(|| "no file, defaults and environment".to_owned(), |it| it.display().to_string());
            say(&format!("The configuration is fine ({place})."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
