//! Hundreds of small desks on one appliance (D1): what none of them open costs, how long the first who comes to a closed one waits, and
//! what is left of it once they rest again.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use super::{
    appliance::{self, Child},
    client::{Ask, Client, Proof},
    report::{ManyDesks, Row, Standing},
};
use crate::{
    demo::small_name,
    error::{Fault, Result},
};

/// Tickets of each desk.
const TICKETS: usize = 10;
/// How soon desks rest while they are only made ready, and while they are measured.
const SOON: &str = "1s";
const LATER: &str = "60s";
/// How long all of them may take to open, or to rest.
const PATIENCE: Duration = Duration::from_secs(1800);
/// Desks that are asked a second time, while they are open for sure.
const AGAIN: usize = 20;

/// What to measure.
#[derive(Debug, Clone)]
pub struct DesksPlan {
    pub desks: usize,
    /// An appliance that was built before, or where to build one.
    pub folder: PathBuf,
}

/// Builds the appliance, touches every desk once, and reports.
pub async fn run(plan: &DesksPlan, progress: impl Fn(&str)) -> Result<ManyDesks> {
    progress("building the desks");
    let (tickets, desks) = (TICKETS.to_string(), plan.desks.to_string());
    appliance::build(&plan.folder, &["--tickets", &tickets, "--desks", &desks]).await?;
    progress("starting the appliance (the first start fills the search indexes)");
    let first = Child::start_with(&plan.folder, &[("LODGE_LIMITS__DESK_IDLE", SOON)]).await?;
    until_open(&first, |open| open > 0).await?;
    until_open(&first, |open| open == 0).await?;
    first.stop().await?;
    let child = Child::start_with(&plan.folder, &[("LODGE_LIMITS__DESK_IDLE", LATER)]).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let idle = standing(&child).await?;
    progress("touching every desk once");
    let closed = touch(&child, "first request to a closed desk", 1..=plan.desks).await?;
    let touched = standing(&child).await?;
    let last = plan.desks.saturating_sub(AGAIN - 1).max(1)..=plan.desks;
    let open = touch(&child, "the same of an open desk", last).await?;
    progress("waiting until all of them rest");
    until_open(&child, |open| open == 0).await?;
    let rested = standing(&child).await?;
    let start_millis = child.started_in.as_millis() as u64;
    child.stop().await?;
    Ok(ManyDesks { desks: plan.desks, tickets_each: TICKETS, start_millis, idle, touched, rested, rows: vec![closed, open] })
}

/// Asks each of these desks for its first page that nobody needs to sign in for.
async fn touch(child: &Child, name: &str, desks: std::ops::RangeInclusive<usize>) -> Result<Row> {
    // Nobody's session: the desk is asked for it, and shows its door.
    let mut client = Client::open(child.address, Proof::Cookie("nobody".into())).await?;
    let (began, mut times, mut errors) = (Instant::now(), Vec::new(), 0);
    for i in desks {
        client.call_host(format!("{}.localhost", small_name(i)));
        let answer = client.ask(&Ask::get("/sign-in")).await?;
        errors += usize::from(!answer.status.is_success());
        times.push(answer.took);
    }
    Ok(Row::of(name, 1, began.elapsed(), times, errors))
}

async fn open_desks(child: &Child) -> Result<usize> {
    let said: serde_json::Value = serde_json::from_slice(&child.get("/readyz").await?.body).unwrap_or_default();
    Ok(said["desks"].as_array().map_or(0, Vec::len))
}

async fn until_open(child: &Child, holds: impl Fn(usize) -> bool) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if holds(open_desks(child).await?) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Fault::new("the desks did not come to rest").into())
}

async fn standing(child: &Child) -> Result<Standing> {
    Ok(Standing { memory: child.memory()?, open_desks: open_desks(child).await?, open_files: child.open_files()? })
}
