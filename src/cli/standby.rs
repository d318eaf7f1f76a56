//! `lodge standby` follows another appliance from the place of its snapshots; `lodge promote` has it take over.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    say, serve,
    snapshot::{Place, absolute},
    systemd::{self, Asked},
};
use crate::{
    appliance::snapshots::{Brought, Standby},
    config::Config,
    error::{Fault, Result},
    limits,
    time::Instant,
};

/// Which standby.
#[derive(Args)]
pub struct Where {
    /// The folder or object-store address where the other one's snapshots lie (default: `snapshots.to`).
    #[arg(long, value_name = "PLACE")]
    from: Option<String>,
    /// The standby's folder (default: `data_dir`).
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

impl Where {
    async fn open(self, config: &Config) -> Result<Standby> {
        let vault = Place::of(config, self.from)?.vault().await?;
        let into = absolute(self.into.as_deref().unwrap_or(&config.data_dir))?;
        Standby::open(Arc::clone(&vault), &into, &config.blobs, &machine())
    }
}

/// The name of this machine, for people.
fn machine() -> String {
    let name = std::fs::read_to_string(Path::new("/proc/sys/kernel/hostname")).unwrap_or_default();
    name.trim().to_owned()
}

/// Follows until the process is asked to stop.
pub async fn run(config: &Config, place: Where, once: bool, leave: bool) -> Result<ExitCode> {
    serve::begin_log(config);
    let mut standby = place.open(config).await?;
    if leave {
        standby.leave().await?;
        say("The other appliance no longer counts on this standby. Remove its folder.")?;
        return Ok(ExitCode::SUCCESS);
    }
    if once {
        return say(&brought(&standby.round().await?)).map(|()| ExitCode::SUCCESS);
    }
    let mut terminate = signal(SignalKind::terminate()).map_err(|it| Fault::because("listening for signals", it))?;
    let mut beat = tokio::time::interval(Duration::from_secs(limits::JOURNAL_SECS));
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut is_ready = false;
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        }
        // What is taken in is written down step by step, so a stop in the middle loses nothing.
        let taken_in = tokio::select! {
            it = standby.round() => it,
            _ = terminate.recv() => break,
            _ = tokio::signal::ctrl_c() => break,
        };
        match taken_in {
            Ok(it) if !is_ready => {
                is_ready = true;
                tracing::info!("following: {}", brought(&it));
                systemd::ready("no address: it follows another appliance");
            }
            Ok(it) if it.batches > 0 || it.anew > 0 => tracing::debug!("{}", brought(&it)),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "what is new could not be taken in; it is tried again"),
        }
    }
    systemd::ending(Asked::Stop);
    Ok(ExitCode::SUCCESS)
}

fn brought(it: &Brought) -> String {
    let upto = it.upto.map(|it| it.timestamp().to_string()).unwrap_or_else(|| "the beginning".into());
    let behind = it.upto.map(|it| Instant::now().since(it).as_secs()).unwrap_or_default();
    format!("{} changes and {} whole stores taken in; the last commit is of {upto}, {behind} s ago", it.batches, it.anew)
}

/// Takes over from the one that is followed.
pub async fn promote(config: &Config, place: Where, other_is_off: bool) -> Result<ExitCode> {
    let done = place.open(config).await?.take_over(other_is_off).await?;
    let upto = done.upto.map(|it| it.timestamp().to_string()).unwrap_or_else(|| "the beginning".into());
    say(&format!("Taken over, with fencing number {}. The last commit that is here is of {upto}.", done.epoch))?;
    say(match done.seen {
        true => "The other one saw it and has sent everything that it had. Now: lodge serve",
        false => "What the other one committed in its last seconds may not have come; its folder still has it. Now: lodge serve",
    })?;
    Ok(ExitCode::SUCCESS)
}
