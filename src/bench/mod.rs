//! `lodge bench`: loads the machine with a made-up desk and prints latency per screen and headroom (BEY-35). The appliance runs as a
//! process of its own, as it does in earnest; this one only asks and counts. It needs nothing but the binary.

mod appliance;
mod client;
mod desks;
mod pages;
mod post;
mod report;
mod scenes;
mod storm;
mod streams;

pub use desks::{DesksPlan, run as run_desks};
pub use report::{Building, ManyDesks, Report, Row, Storm};
pub use storm::{StormPlan, run as run_storm};

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use crate::error::Result;
use appliance::Child;
use scenes::Scenes;

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    pub tickets: usize,
    pub seed: u64,
    /// A desk that was built before, or where to build one.
    pub folder: PathBuf,
    /// How long each scene is played.
    pub each: Duration,
    /// Live connections that are opened, smallest first; a zero is none.
    pub live: Vec<usize>,
    /// How long 500 mixed requests a second are kept up; not at all if zero.
    pub mixed: Duration,
    /// Every kind of page, and nothing else.
    pub pages: bool,
    /// Most tickets have a short life.
    pub brief: bool,
    /// What only reads, and files in and out, and nothing else.
    pub reading: bool,
    /// The size of that file; none if zero.
    pub file_mb: usize,
}

/// Plays every scene and reports.
pub async fn run(plan: &Plan, progress: impl Fn(&str)) -> Result<Report> {
    let mut report = Report { tickets: plan.tickets, ..Report::default() };
    progress("building the desk");
    let (tickets, seed) = (plan.tickets.to_string(), plan.seed.to_string());
    let mut args = vec!["--tickets", &tickets, "--seed", &seed];
    args.extend(plan.brief.then_some("--brief"));
    let began = Instant::now();
    let is_new = appliance::build(&plan.folder, &args).await?;
    let secs = began.elapsed().as_secs_f64();
    progress("starting the appliance (the first start fills the search index)");
    let first = Child::start(&plan.folder).await?;
    let began = Instant::now();
    first.until_indexed().await?;
    let indexed_secs = began.elapsed().as_secs_f64();
    first.stop().await?;
    if is_new {
        let (desk_mb, index_mb) = appliance::sizes_mb(&plan.folder)?;
        report.building = Some(Building { secs, indexed_secs, desk_mb, index_mb });
    }
    let child = Child::start(&plan.folder).await?;
    report.start_millis = child.started_in.as_millis() as u64;
    child.until_indexed().await?;
    // What the start itself took is given back within a moment.
    tokio::time::sleep(Duration::from_secs(2)).await;
    report.idle = child.memory()?;
    report.binary_mb = appliance::binary_mb()?;
    let scenes = Scenes::prepare(&child).await?;
    if plan.pages {
        for scene in scenes.pages() {
            progress(scene.name());
            report.rows.push(scenes.play(&scene, plan.each).await?);
        }
        report.busy = child.memory()?;
        child.stop().await?;
        return Ok(report);
    }
    if plan.reading {
        for scene in scenes.reading().iter().chain(scenes.searching()) {
            progress(scene.name());
            report.rows.push(scenes.play(scene, plan.each).await?);
        }
        let token = child.token().await?;
        progress("all tickets as a file");
        report.export = Some(streams::export(&child, &token, plan.each * 2).await?);
        if plan.file_mb > 0 {
            progress("a large file in and out");
            report.transfer = Some(streams::transfer(&child, &token, &plan.folder, plan.file_mb).await?);
        }
        report.busy = child.memory()?;
        child.stop().await?;
        return Ok(report);
    }
    // What only reads comes first, on the desk as it was built; what writes makes it another one.
    for count in plan.live.iter().filter(|it| **it > 0) {
        progress(&format!("{count} live connections"));
        report.live.push(scenes.live(&child, *count).await?);
    }
    for scene in scenes.reading() {
        progress(scene.name());
        report.rows.push(scenes.play(scene, plan.each).await?);
    }
    if !plan.mixed.is_zero() {
        progress("500 mixed requests a second");
        report.rows.extend(scenes.mixed(plan.mixed).await?);
    }
    for scene in scenes.signing_in() {
        progress(scene.name());
        report.rows.push(scenes.play(scene, plan.each).await?);
    }
    for scene in scenes.beside_sign_in() {
        progress("work while people sign in");
        report.rows.push(scenes.while_signing_in(scene, plan.each).await?);
    }
    for scene in scenes.writing() {
        progress(scene.name());
        report.rows.push(scenes.play(scene, plan.each).await?);
    }
    report.busy = child.memory()?;
    child.stop().await?;
    progress("answers that leave by mail");
    report.rows.push(post::letters_leave(&plan.folder).await?);
    Ok(report)
}
