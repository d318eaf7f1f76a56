//! `lodge upgrade` brings the data of an older release up, or only tries whether it would; `lodge rollback` goes back.

use std::{process::ExitCode, time::Instant};

use super::{local::desk_options, say, snapshot::Place};
use crate::{
    appliance::{Appliance, snapshots, upgrade},
    config::Config,
    error::{Code, Refusal, Result},
};

/// Tries this release on the newest snapshot of a place: restored aside, brought up, opened, counted, hashed and searched. Nothing that is
/// in use is touched.
pub async fn rehearse(config: &Config, from: Option<String>) -> Result<ExitCode> {
    let began = Instant::now();
    let vault = Place::of(config, from)?.vault().await?;
    let newest = vault.snapshots().await?.pop();
    let newest =
        newest.ok_or_else(|| Refusal::new(Code::NotFound, "There is no snapshot to rehearse with. Take one: lodge snapshot create"))?;
    let manifest = vault.manifest(&newest).await?;
    let scratch = std::env::temp_dir().join(format!("lodge-rehearsal-{}", std::process::id()));
    let proof = snapshots::tried(&vault, &manifest, &scratch).await?;
    for finding in &proof.findings {
        say(&format!("ILL\t{finding}"))?;
    }
    if !proof.findings.is_empty() {
        let text = format!("The snapshot {newest} did not come through: stay with the release that you have, and report this.");
        return Err(Refusal::new(Code::Conflict, text).into());
    }
    let snapshots::Proof { rows, events, files, searched, findings: _ } = proof;
    say(&format!(
        "The snapshot {newest} of release {} came through to {} within {} s: {rows} rows, {events} events, {files} files, {searched} tickets \
         searched for and found.",
        manifest.build,
        env!("CARGO_PKG_VERSION"),
        began.elapsed().as_secs()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// What the next start would do by itself.
pub fn upgrade(config: &Config) -> Result<ExitCode> {
    let before = upgrade::release_of(&config.data_dir)?;
    drop(Appliance::open(&config.data_dir, desk_options(config))?);
    let after = upgrade::release_of(&config.data_dir)?;
    let named = |it: Option<&upgrade::Release>| it.map_or("no release".to_owned(), |it| format!("{} (layout {})", it.version, it.layout));
    match before == after {
        true => say(&format!("The data is of {} already.", named(after.as_ref())))?,
        false => say(&format!("The data was of {} and is of {} now.", named(before.as_ref()), named(after.as_ref())))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Swaps the files from before the last upgrade back.
pub fn roll_back(config: &Config) -> Result<ExitCode> {
    let (swapped, kept) = upgrade::roll_back(&config.data_dir)?;
    say(&format!(
        "The data is as it was before the upgrade, of release {}. Put that program in place, then: lodge serve",
        swapped.to.version
    ))?;
    let events = swapped.exported;
    say(&format!(
        "What was written since, {events} events, lies in {}: one event a line with its proof, and the files as they were.",
        kept.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}
