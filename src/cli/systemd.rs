//! The manager of services: it is told when we are ready and when we end, is shown that we live (sd_notify(3)), and may ask for a restart
//! that loses no connection. Where there is none, nothing is said to anybody.

use std::{
    convert::Infallible,
    net::TcpListener,
    os::{fd::AsRawFd, unix::process::CommandExt},
    path::PathBuf,
    process::Command,
    sync::Arc,
    time::Duration,
};

use rustix::io::fcntl_dupfd_cloexec;
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    appliance::Appliance,
    error::{Fault, Result},
};

/// Why serving ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Stop,
    /// Another appliance took over.
    End,
    /// What serves next begins at once, with the same sockets.
    Restart,
}

/// Ends when the process is asked to stop (SIGTERM, SIGINT), to begin anew (SIGUSR2, or `lodge restart`), or when another appliance took over.
pub async fn asked(appliance: &Appliance) -> Asked {
    let (Ok(mut terminate), Ok(mut again)) = (signal(SignalKind::terminate()), signal(SignalKind::user_defined2())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => Asked::Stop,
        _ = tokio::signal::ctrl_c() => Asked::Stop,
        _ = again.recv() => Asked::Restart,
        () = appliance.restart.notified() => Asked::Restart,
        () = appliance.over.notified() => Asked::End,
    }
}

/// Says that requests are answered from now on.
pub fn ready(address: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(&format!("Serving at {address}."))]);
}

/// Says that it ends, or that it comes back.
pub fn ending(asked: Asked) {
    match asked {
        Asked::Stop | Asked::End => tell(&[NotifyState::Stopping, NotifyState::Status("Finishing what has begun.")]),
        Asked::Restart => match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[NotifyState::Reloading, now, NotifyState::Status("Restarting.")]),
            Err(error) => tracing::warn!(%error, "the manager of services was not told of the restart"),
        },
    }
}

fn tell(states: &[NotifyState]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the manager of services was not told");
    }
}

/// Shows that we live, as often as is asked for: that tasks are run, and that the store answers.
pub async fn live(appliance: Arc<Appliance>) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let mut beat = tokio::time::interval((within / 3).max(Duration::from_millis(100)));
    loop {
        beat.tick().await;
        let appliance = appliance.clone();
        let answered = tokio::task::spawn_blocking(move || appliance.entries().map(|it| it.len()));
        match answered.await {
            Ok(Ok(_)) => tell(&[NotifyState::Watchdog]),
            Ok(Err(error)) => tracing::error!(%error, "the store does not answer; the manager of services is not told that all is well"),
            Err(error) => tracing::error!(%error, "looking whether the store answers failed"),
        }
    }
}

/// Where the program lies. To be asked at the beginning: after an upgrade the file is another one, at the same place.
pub fn program() -> Result<PathBuf> {
    Ok(std::env::current_exe().map_err(|it| Fault::because("finding our own program", it))?)
}

/// Becomes the program anew, with the same arguments and sockets. The process stays the same one, so whoever looks after it need not know.
pub fn again(program: PathBuf, sockets: Vec<(&str, TcpListener)>) -> Result<Infallible> {
    let doing = |it: std::io::Error| Fault::because("handing the sockets over", it);
    let (names, sockets): (Vec<_>, Vec<_>) = sockets.into_iter().unzip();
    let first = row_of(&sockets).map_err(doing)?;
    let mut command = Command::new(&program);
    command.args(std::env::args_os().skip(1));
    command.env("LISTEN_FDS", sockets.len().to_string());
    command.env("LISTEN_PID", std::process::id().to_string());
    command.env("LISTEN_FDS_FIRST_FD", first.to_string());
    command.env("LISTEN_FDNAMES", names.join(":"));
    Err(Fault::because(format!("starting {} anew", program.display()), command.exec()).into())
}

/// Puts the sockets into numbers that follow each other, and lets them be inherited; the first number.
fn row_of(sockets: &[TcpListener]) -> std::io::Result<i32> {
    use rustix::io::{FdFlags, fcntl_setfd};
    let mut begin = 3;
    loop {
        let mut row = Vec::new();
        for it in sockets {
            row.push(fcntl_dupfd_cloexec(it, begin + i32::try_from(row.len()).unwrap_or(i32::MAX))?);
        }
        let first = row.first().map_or(3, AsRawFd::as_raw_fd);
        if row.iter().zip(first..).all(|(it, number)| it.as_raw_fd() == number) {
            for it in row {
                fcntl_setfd(&it, FdFlags::empty())?;
                // It goes on in who comes after us.
                std::mem::forget(it);
            }
            return Ok(first);
        }
        // Somebody holds a number in between.
        begin = row.iter().map(AsRawFd::as_raw_fd).max().unwrap_or(begin) + 1;
    }
}
