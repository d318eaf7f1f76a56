//! The appliance under load: a process of its own, started from this very binary on a built desk.

use std::{
    net::SocketAddr,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::process::{Child as Process, Command};

use super::{
    client::{Answer, Ask, Client, Proof},
    report::Memory,
};
use crate::{
    desk::tickets::Kind,
    error::{Fault, Result},
};

/// How long the appliance may take to start or to fill its index.
const PATIENCE: Duration = Duration::from_secs(3600);

pub struct Child {
    process: Process,
    pub address: SocketAddr,
    pub started_in: Duration,
    folder: std::path::PathBuf,
}

fn binary() -> Result<std::path::PathBuf> {
    std::env::current_exe().map_err(|it| Fault::because("finding this binary", it).into())
}

/// Size of this binary.
pub fn binary_mb() -> Result<f64> {
    let size = std::fs::metadata(binary()?).map_err(|it| Fault::because("measuring this binary", it))?.len();
    Ok(size as f64 / 1_048_576.0)
}

/// Builds what these arguments of `lodge demo` say; false if it is there already.
pub async fn build(folder: &Path, args: &[&str]) -> Result<bool> {
    if folder.join("appliance.redb").exists() {
        return Ok(false);
    }
    let built = Command::new(binary()?)
        .args(["demo", "--no-serve"])
        .args(args)
        .arg("--into")
        .arg(folder)
        .stdout(Stdio::null())
        .status()
        .await
        .map_err(|it| Fault::because("building the desk", it))?;
    if built.success() { Ok(true) } else { Err(Fault::new("the desk could not be built").into()) }
}

/// What lies in a folder, all of it and the search index of it.
pub fn sizes_mb(folder: &Path) -> Result<(f64, f64)> {
    let (mut all, mut index) = (0, 0);
    let mut folders = vec![(folder.to_owned(), false)];
    let doing = |it: std::io::Error| Fault::because("measuring what was built", it);
    while let Some((folder, is_index)) = folders.pop() {
        for entry in std::fs::read_dir(folder).map_err(doing)? {
            let entry = entry.map_err(doing)?;
            let about = entry.metadata().map_err(doing)?;
            if about.is_dir() {
                folders.push((entry.path(), is_index || entry.file_name() == "index"));
            } else {
                all += about.len();
                index += if is_index { about.len() } else { 0 };
            }
        }
    }
    let mb = |it: u64| it as f64 / 1_048_576.0;
    Ok((mb(all), mb(index)))
}

/// A port that is free now.
fn free_address() -> Result<SocketAddr> {
    let doing = |it: std::io::Error| Fault::because("finding a free port", it);
    Ok(std::net::TcpListener::bind("127.0.0.1:0").map_err(doing)?.local_addr().map_err(doing)?)
}

impl Child {
    pub async fn start(folder: &Path) -> Result<Child> {
        Child::start_with(folder, &[]).await
    }

    /// The same with more of the configuration.
    pub async fn start_with(folder: &Path, more: &[(&str, &str)]) -> Result<Child> {
        let address = free_address()?;
        let began = Instant::now();
        let process = Command::new(binary()?)
            .arg("serve")
            .env("LODGE_LISTEN", address.to_string())
            .env("LODGE_DATA_DIR", folder)
            .env("LODGE_LOG__LEVEL", "error")
            // One person plays everybody.
            .env("LODGE_LIMITS__ADDRESS_REQUESTS_PER_MINUTE", "0")
            .env("LODGE_LIMITS__PERSON_REQUESTS_PER_MINUTE", "0")
            .env("LODGE_LIMITS__CREDENTIALS_PER_MINUTE", "10000")
            .envs(more.iter().copied())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|it| Fault::because("starting the appliance", it))?;
        let mut child = Child { process, address, started_in: Duration::ZERO, folder: folder.to_owned() };
        while began.elapsed() < PATIENCE {
            if let Ok(Answer { status, .. }) = child.get("/healthz").await
                && status.is_success()
            {
                child.started_in = began.elapsed();
                return Ok(child);
            }
            if let Ok(Some(status)) = child.process.try_wait() {
                return Err(Fault::new(format!("the appliance ended at once: {status}")).into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err(Fault::new("the appliance did not start").into())
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        Client::open(self.address, Proof::Bearer(String::new())).await?.ask(&Ask::get(path)).await
    }

    /// Waits until the search index has caught up.
    pub async fn until_indexed(&self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let answer = self.get("/readyz").await?;
            let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let desk = &said["desks"][0];
            if desk["indexRebuilding"].is_null() && desk["indexLag"] == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Fault::new("the search index did not catch up").into())
    }

    /// Memory that the appliance holds now.
    pub fn memory(&self) -> Result<Memory> {
        let id = self.process.id().ok_or_else(|| Fault::new("the appliance has ended"))?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).map_err(|it| Fault::because("reading memory", it))?;
        Ok(memory_of(&status))
    }

    /// Files, sockets and the like that it holds open now.
    pub fn open_files(&self) -> Result<usize> {
        let id = self.process.id().ok_or_else(|| Fault::new("the appliance has ended"))?;
        let open = std::fs::read_dir(format!("/proc/{id}/fd")).map_err(|it| Fault::because("counting open files", it))?;
        Ok(open.count())
    }

    /// A token of the demo's admin, made as an operator makes one.
    pub async fn token(&self) -> Result<String> {
        let made = Command::new(binary()?)
            .args(["token", "create", "--user", "max@harbourworks.example", "--name", "bench"])
            .env("LODGE_DATA_DIR", &self.folder)
            .output()
            .await
            .map_err(|it| Fault::because("making a token", it))?;
        if !made.status.success() {
            return Err(Fault::new(format!("no token could be made: {}", String::from_utf8_lossy(&made.stderr))).into());
        }
        Ok(String::from_utf8_lossy(&made.stdout).trim().to_owned())
    }

    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.process.id().and_then(|it| i32::try_from(it).ok()).and_then(rustix::process::Pid::from_raw) {
            rustix::process::kill_process(id, rustix::process::Signal::TERM).map_err(|it| Fault::because("stopping the appliance", it))?;
        }
        self.process.wait().await.map_err(|it| Fault::because("stopping the appliance", it))?;
        Ok(())
    }
}

/// Memory as `/proc/PID/status` tells it (proc_pid_status(5)).
fn memory_of(status: &str) -> Memory {
    let mb = |name: &str| {
        let line = status.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default();
        line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(0.0) / 1024.0
    };
    Memory { own_mb: mb("RssAnon"), files_mb: mb("RssFile") }
}

/// A number of the made-up desk, as people write it.
pub fn number(kind: Kind, number: u64) -> String {
    format!("{}-{number:06}", kind.prefix())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_by_what_it_is() {
        let status = "Name:\tlodge\nVmRSS:\t   40960 kB\nRssAnon:\t   25600 kB\nRssFile:\t   15360 kB\nRssShmem:\t       0 kB\n";
        assert_eq!(memory_of(status), Memory { own_mb: 25.0, files_mb: 15.0 });
        assert_eq!(memory_of(""), Memory { own_mb: 0.0, files_mb: 0.0 });
    }
}
