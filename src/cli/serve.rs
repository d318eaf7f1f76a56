//! `lodge serve`: the only place that wires everything, and the whole life of the process: start, serve, stop, in order.

use std::{
    cell::Cell,
    net::SocketAddr,
    num::NonZeroU32,
    path::Path,
    process::ExitCode,
    sync::{Arc, Weak},
    time::Duration,
};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};

use super::{
    doors::{self, Sockets},
    local::{self, desk_options, socket_path},
    systemd::{self, Asked},
};
use crate::{
    api,
    appliance::{
        Appliance, Attend, Desk, DeskOptions,
        journal::Tap,
        password::{self, Cost},
        start_key,
    },
    config::{Config, CookiesSecure, LogFormat, SmtpTls},
    desk::{
        actor::Actor,
        mail::outbox::Pace,
        settings::{self, Settings, SettingsChange},
    },
    error::{Code, Error, Fault, Refusal, Result},
    http::{
        app::{self, App, CookiesFor},
        listen,
    },
    jobs,
    limits::{CA_BYTES_MAX, CREDENTIALS_PER_MINUTE, UPLOAD_REQUEST_BYTES_MAX},
    mail::smtp::{Encryption, Login, Route, Sender, Server},
    ops::metrics,
    web,
};

/// How long requests and jobs that have begun may take to end.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// How long serving waits for the first look whether another appliance took over; without it, it begins and takes no writes.
const LOOK_WITHIN: Duration = Duration::from_secs(10);

pub async fn run(config: Config) -> Result<ExitCode> {
    begin_log(&config);
    let recorder = begin_to_measure()?;
    begin_to_hash(&config).await?;
    let journal = config.snapshots.place.url.is_some() && config.snapshots.journal;
    let appliance = Arc::new(Appliance::open(
        &config.data_dir,
        DeskOptions { tap: if journal { Tap::open() } else { Tap::default() }, ..desk_options(&config) },
    )?);
    if appliance.is_taken_over() {
        return Ok(taken_over());
    }
    if !journal && appliance.lease()?.is_some_and(|it| it.followed) {
        let text = "A standby follows this appliance, so it has to look at the place of the snapshots while it serves: set `snapshots.to`, and \
                    `snapshots.journal` to true. If nobody follows it any more: lodge release";
        return Err(Refusal::new(Code::Conflict, text).into());
    }
    let program = systemd::program()?;
    let sockets = Sockets::open(&config)?;
    let (kept, address) = (sockets.kept()?, sockets.address()?);
    // A reload of what there is to reload (`doors.rs`); where there is nothing, it is no reason to end.
    let _hung_up = signal(SignalKind::hangup()).map_err(|it| Fault::because("listening for signals", it))?;
    let (stop, stopping) = watch::channel(false);
    let doors = sockets.doors(&config, &appliance, &stopping)?;
    appliance.attend(attendants(&config, Arc::downgrade(&appliance))?);
    let tending = tokio::spawn(tend(appliance.clone()));
    let local = tokio::spawn(local::listen(appliance.clone()));
    let snapshots = config.snapshots.place.url.is_some().then(|| {
        let (settings, stopping) = (config.snapshots.clone(), stop.subscribe());
        tokio::spawn(jobs::take_snapshots(appliance.clone(), settings, stopping))
    });
    let (last, last_word) = watch::channel(false);
    let holding = journal.then(|| tokio::spawn(jobs::hold_lease(appliance.clone(), config.snapshots.clone(), stop.subscribe())));
    let shipping = journal.then(|| tokio::spawn(jobs::ship_journal(appliance.clone(), config.snapshots.clone(), last_word)));
    let app = App::new(appliance.clone(), options(&config), Some(recorder), stopping);
    let routes = api::router(&app).merge(web::routes(&app));
    let router = api::with_bare_paths(app::router(app, routes));
    tracing::info!(%address, encrypted = %encrypted(&config), "serving");
    show_the_way_in(&config, address, &appliance)?;
    // One that may have been taken over from looks first, so that nobody is refused for nothing.
    let _ = tokio::time::timeout(LOOK_WITHIN, appliance.gate().looked()).await;
    let living = tokio::spawn(systemd::live(appliance.clone()));
    systemd::ready(&address.to_string());
    let serving = listen::serve(doors, router, listen::Bounds::default(), stop.subscribe());
    let asked = Cell::new(Asked::Stop);
    let stopped = async {
        asked.set(systemd::asked(&appliance).await);
        tracing::info!(then = ?asked.get(), "stopping: what has begun is finished first");
        systemd::ending(asked.get());
        stop.send_replace(true);
        // For callers that never hang up.
        tokio::time::sleep(STOP_WITHIN).await;
    };
    tokio::select! {
        () = serving => {}
        () = stopped => tracing::warn!("some requests did not end in time"),
    }
    local.abort();
    tending.abort();
    let _ = std::fs::remove_file(socket_path(&config.data_dir));
    if let Some(it) = snapshots {
        // What it has begun is begun anew at the next start.
        it.abort();
    }
    let ended = tokio::time::timeout(STOP_WITHIN, appliance.stop()).await;
    // What was committed to the very end goes along.
    last.send_replace(true);
    if let Some(it) = shipping
        && tokio::time::timeout(STOP_WITHIN, it).await.is_err()
    {
        tracing::warn!("what was committed last could not be sent to the place of the snapshots");
    }
    if ended.is_err() {
        tracing::warn!("some background work did not end in time; it is taken up at the next start");
    }
    living.abort();
    if let Some(it) = holding {
        it.abort();
    }
    match asked.get() {
        Asked::Stop => Ok(ExitCode::SUCCESS),
        Asked::End => Ok(taken_over()),
        Asked::Restart => match systemd::again(program, kept)? {},
    }
}

/// The exit code of one that was taken over from: the manager of services need not start it again.
const TAKEN_OVER: u8 = 4;

fn taken_over() -> ExitCode {
    tracing::error!(
        "Another appliance took over from this one, which writes nothing any more. Ask at the other's address. To begin anew here, follow the \
         other: empty the folder, and run `lodge standby`."
    );
    ExitCode::from(TAKEN_OVER)
}

/// Where connections are encrypted, for the log.
fn encrypted(config: &Config) -> String {
    if doors::is_encrypting(config) { config.tls.listen.to_string() } else { "nowhere".into() }
}

/// Says where a desk begins that nobody has set up.
fn show_the_way_in(config: &Config, address: SocketAddr, appliance: &Appliance) -> Result<()> {
    if appliance.desk(None).is_ok_and(|desk| desk.read(|tx| Ok(tx.get::<Settings>(&())?)).is_ok_and(|it| it.is_none())) {
        let own = || {
            let host = if address.ip().is_unspecified() { "localhost".to_owned() } else { address.ip().to_string() };
            format!("http://{host}:{}", address.port())
        };
        let base = config.base_url.clone().unwrap_or_else(own);
        println!("This desk is not set up yet. Open this address in a browser to begin; it is good until the process ends:");
        println!("  {base}/start/{}", start_key());
    }
    Ok(())
}

/// Upper bounds of times, in seconds.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of batches, in commands.
const COMMANDS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

fn begin_to_measure() -> Result<PrometheusHandle> {
    let doing = |it: BuildError| Fault::because("starting to measure", it);
    let recorder = PrometheusBuilder::new()
        .set_buckets(SECONDS)
        .and_then(|it| it.set_buckets_for_metric(Matcher::Full("lodge_store_batch_commands".into()), COMMANDS))
        .map_err(doing)?
        .install_recorder()
        .map_err(doing)?;
    metrics::describe();
    let handle = recorder.clone();
    tokio::spawn(async move {
        // Samples are kept until they are summed up, whether or not anybody asks.
        let mut beat = tokio::time::interval(Duration::from_secs(5));
        loop {
            beat.tick().await;
            handle.run_upkeep();
        }
    });
    Ok(recorder)
}

/// Lines of the log: for people on a terminal, or JSON for programs (OBS-02).
pub fn begin_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(format!("{},tantivy=warn,hyper=warn,h2=warn", config.log.level))
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let begun = match config.log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        // The journal of systemd has its own time.
        LogFormat::Text if std::env::var_os("JOURNAL_STREAM").is_some() => builder.with_target(false).without_time().try_init(),
        LogFormat::Text => builder.with_target(false).try_init(),
    };
    if begun.is_err() {
        tracing::debug!("somebody else writes the log already");
    }
}

/// Decides what a password's hash costs, before the first is asked for.
async fn begin_to_hash(config: &Config) -> Result<()> {
    let text = config.sign_in.password_cost.clone();
    let measured = tokio::task::spawn_blocking(move || {
        let cost = if text == "auto" { password::calibrate() } else { Cost::of_setting(&text)? };
        password::begin(cost);
        Ok::<Cost, Error>(cost)
    });
    let cost: Cost = measured.await.map_err(|it| Fault::because("measuring what a password's hash costs", it))??;
    tracing::info!(memory_kib = cost.memory_kib, passes = cost.passes, lanes = cost.lanes, "passwords are hashed with argon2id");
    Ok(())
}

/// The background work of an open desk.
fn attendants(config: &Config, appliance: Weak<Appliance>) -> Result<Attend> {
    let (config, sender, pace) = (config.clone(), Sender::new(route(config)?), Pace(config.smtp.retry_after));
    Ok(Arc::new(move |desk, stopping| {
        let mut work = JoinSet::new();
        desk.outbound.begin(sender.clone(), pace);
        let context = Arc::new(jobs::Context { desk: desk.clone(), stopping: stopping.clone() });
        let (config, taker) = (config.clone(), desk.clone());
        let hosts = appliance.upgrade().and_then(|it| it.entry(desk.id).ok()).map(|it| it.hosts).unwrap_or_default();
        work.spawn(async move {
            if let Err(error) = take_over(&taker, &config, &hosts).await {
                tracing::error!(%error, desk = taker.name, "the desk could not take over what is configured");
            }
        });
        work.spawn(once_set_up(&desk, &stopping, jobs::run(context, stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::fetch_mail(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::watch_clocks(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::close_tickets(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::carry_on_outages(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::find_alike(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::wake_snoozed(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::lodge_recurring(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::make_previews(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::watch_presence(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::scan_files(desk.clone(), stopping.clone())));
        work.spawn(once_set_up(&desk, &stopping, jobs::recur(desk.clone(), stopping.clone())));
        work
    }))
}

/// What a desk does by itself, from when it is set up: before, there is nothing to do and nobody to do it for.
fn once_set_up(
    desk: &Arc<Desk>,
    stopping: &watch::Receiver<bool>,
    work: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let (desk, mut stopping) = (desk.clone(), stopping.clone());
    async move {
        let mut committed = desk.committed();
        // One that cannot be read is for the work to tell of.
        while desk.read(|tx| Ok(tx.get::<Settings>(&())?.is_none())).unwrap_or(false) {
            tokio::select! {
                it = committed.changed() => if it.is_err() { return },
                _ = stopping.wait_for(|it| *it) => return,
            }
        }
        drop(desk);
        work.await;
    }
}

/// Opens desks when they have something to do, and closes them when they rest.
async fn tend(appliance: Arc<Appliance>) {
    loop {
        let wait = appliance.tend().await;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = appliance.crowded() => {}
        }
    }
}

/// The desk takes over what the operator configured, where it differs.
async fn take_over(desk: &Desk, config: &Config, hosts: &[String]) -> Result<()> {
    let Some(present) = desk.read(|tx| Ok(tx.get::<Settings>(&())?))? else {
        tracing::warn!(desk = desk.name, "this desk is not set up yet: run `lodge setup`");
        return Ok(());
    };
    let addresses = mail_addresses(config);
    let change = SettingsChange {
        addresses: Some(addresses).filter(|it| !it.is_empty() && *it != present.addresses),
        base_url: config.base_url.as_deref().map(|it| base_url_of(it, hosts)).filter(|it| Some(it) != present.base_url.as_ref()),
        ..SettingsChange::default()
    };
    if change.addresses.is_some() || change.base_url.is_some() {
        desk.write(None, move |tx| settings::change(tx, &Actor::system("operator"), change)).await?;
    }
    Ok(())
}

/// Where a desk is reached: at the configured address, or the same way at its first host name if that is another desk's.
fn base_url_of(configured: &str, hosts: &[String]) -> String {
    let (scheme, at) = configured.split_once("://").unwrap_or(("https", configured));
    let ported = at.rsplit_once(':').filter(|(_, it)| it.bytes().all(|it| it.is_ascii_digit()));
    let (host, port) = ported.map_or((at, String::new()), |(host, port)| (host, format!(":{port}")));
    match hosts.first() {
        Some(own) if !hosts.iter().any(|it| it.eq_ignore_ascii_case(host)) => format!("{scheme}://{own}{port}"),
        _ => configured.to_owned(),
    }
}

/// The addresses that mail is sent from, the sender first.
fn mail_addresses(config: &Config) -> Vec<String> {
    let mut addresses = config.mail.addresses.clone();
    if let Some(from) = &config.smtp.from {
        addresses.retain(|it| it != from);
        addresses.insert(0, from.clone());
    }
    addresses
}

fn has_route(config: &Config) -> bool {
    config.smtp.folder.is_some() || config.smtp.host.is_some()
}

fn route(config: &Config) -> Result<Route> {
    let smtp = &config.smtp;
    if let Some(folder) = &smtp.folder {
        return Ok(Route::Folder(folder.clone()));
    }
    let Some(host) = smtp.host.clone() else { return Ok(Route::None) };
    Ok(Route::Server(Server {
        host,
        port: smtp.port,
        encryption: match smtp.tls {
            SmtpTls::None => Encryption::None,
            SmtpTls::StartTls => Encryption::StartTls,
            SmtpTls::Tls => Encryption::Tls,
        },
        login: match smtp.username.clone() {
            Some(username) => Login::Password { username, password: smtp.password.clone() },
            None => Login::Nobody,
        },
        ca: smtp.ca.as_deref().map(authority).transpose()?,
        timeout: smtp.timeout,
    }))
}

/// The certificates in a file, as PEM.
fn authority(file: &Path) -> Result<String> {
    let wrong = |why: &str| Refusal::field("smtp.ca", "invalid", format!("`smtp.ca` ({}) {why}.", file.display()));
    let text = std::fs::read_to_string(file).map_err(|it| wrong(&format!("cannot be read: {it}")))?;
    if text.len() > CA_BYTES_MAX || !text.contains("-----BEGIN CERTIFICATE-----") {
        return Err(wrong(&format!("holds no certificates as PEM, or more than {} KiB", CA_BYTES_MAX / 1024)).into());
    }
    Ok(text)
}

fn options(config: &Config) -> app::Options {
    let limits = &config.limits;
    let whole = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    app::Options {
        trusted_proxies: config.trusted_proxies.clone(),
        encrypted_port: doors::is_encrypting(config).then(|| config.tls.listen.port()),
        cors_origins: config.cors_origins.clone(),
        base_url: config.base_url.clone(),
        mail_addresses: if has_route(config) { mail_addresses(config) } else { Vec::new() },
        cookies_for: match config.cookies_secure {
            CookiesSecure::Always => CookiesFor::Encrypted,
            CookiesSecure::Never => CookiesFor::Any,
            CookiesSecure::Auto if config.base_url.as_ref().is_some_and(|it| it.starts_with("https:")) => CookiesFor::Encrypted,
            CookiesSecure::Auto => CookiesFor::AsAsked,
        },
        credentials_per_minute: u32::try_from(limits.credentials_per_minute)
            .ok()
            .and_then(NonZeroU32::new)
            .unwrap_or(CREDENTIALS_PER_MINUTE),
        requests_per_minute_address: u32::try_from(limits.address_requests_per_minute).ok().and_then(NonZeroU32::new),
        requests_per_minute_person: u32::try_from(limits.person_requests_per_minute).ok().and_then(NonZeroU32::new),
        in_flight_max: whole(limits.requests_in_flight),
        json_body_bytes_max: whole(limits.json_body_bytes),
        upload_bytes_max: limits.upload_bytes,
        // One file of the largest size always fits, with its frame.
        upload_request_bytes_max: UPLOAD_REQUEST_BYTES_MAX.max(whole(limits.upload_bytes).saturating_add(1024 * 1024)),
        handler_timeout: limits.request_time,
        live_connections_max: whole(limits.live_connections),
        ..app::Options::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_a_desk_lead_to_itself() {
        let hosts = |text: &str| text.split(' ').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        for (configured, own, expected) in [
            ("https://help.example.com", "", "https://help.example.com"),
            ("https://help.example.com", "desk.example.com help.example.com", "https://help.example.com"),
            ("https://help.example.com", "acme.example desk.acme.example", "https://acme.example"),
            ("http://help.example.com:8080", "acme.example", "http://acme.example:8080"),
            ("http://help.example.com:8080", "HELP.example.com", "http://help.example.com:8080"),
        ] {
            assert_eq!(base_url_of(configured, &hosts(own)), expected, "{configured} {own}");
        }
    }
}
