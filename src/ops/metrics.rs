//! What is measured, in one table; `docs/metrics.md` is printed from it. Counters are counted where things happen; gauges are read
//! from the appliance when somebody asks for them.

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};

use super::fill::{self, Doors};
use crate::{
    appliance::{Appliance, Desk},
    desk::{
        jobs::{self, Backlog},
        mail::{ledger, mailbox, outbox, watch},
    },
    error::Result,
    store::Tx,
    time::Instant,
};

/// Waiting jobs that are counted at most, so that looking stays cheap.
const JOBS_COUNTED_MAX: usize = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Debug)]
pub struct Metric {
    pub name: &'static str,
    pub sort: Sort,
    pub doc: &'static str,
}

const fn metric(name: &'static str, sort: Sort, doc: &'static str) -> Metric {
    Metric { name, sort, doc }
}

/// Every metric. Shares are of the limit that an operator may need to move: at 0.8 it is time to look.
pub const METRICS: &[Metric] = &[
    metric("lodge_http_requests_total", Sort::Counter, "Requests by method, route and status."),
    metric("lodge_http_request_seconds", Sort::Histogram, "Time to answer, by route."),
    metric("lodge_http_shed_total", Sort::Counter, "Requests that were told to come back because too many were being worked on."),
    metric("lodge_http_connections_refused_total", Sort::Counter, "Connections that were hung up on because their address had its share."),
    metric("lodge_http_timeouts_total", Sort::Counter, "Requests that took too long and were given up."),
    metric("lodge_http_in_flight", Sort::Gauge, "Requests that are being worked on."),
    metric("lodge_http_in_flight_share", Sort::Gauge, "The same as a share of the limit."),
    metric("lodge_sign_in_slowed_total", Sort::Counter, "Attempts to sign in that had to wait for those before them."),
    metric(
        "lodge_sign_in_provider_failures_total",
        Sort::Counter,
        "Sign-ins that a directory or identity provider refused or could not answer.",
    ),
    metric("lodge_sign_in_headers_refused_total", Sort::Counter, "Headers that named a person and came past the proxy."),
    metric("lodge_directory_sync_failures_total", Sort::Counter, "Readings of a directory that did not come to their end."),
    metric(
        "lodge_password_hashes_refused_total",
        Sort::Counter,
        "Sign-ins that were told to come back because too many waited for a hash.",
    ),
    metric("lodge_faults_total", Sort::Counter, "Requests that failed through a fault of ours; the log has each with its cause."),
    metric("lodge_store_batch_commands", Sort::Histogram, "Commands that shared one durable commit."),
    metric(
        "lodge_targets_acted_total",
        Sort::Counter,
        "Steps of service-level targets that were acted on: warnings, breaches, escalations.",
    ),
    metric("lodge_targets_breached_total", Sort::Counter, "Service-level targets that were missed."),
    metric("lodge_targets_failed_total", Sort::Counter, "Tickets whose targets could not be acted on for a fault; each is tried again."),
    metric(
        "lodge_target_lateness_seconds",
        Sort::Histogram,
        "Time from the instant of a step until it was acted on, of the latest of a round.",
    ),
    metric(
        "lodge_closing_failed_total",
        Sort::Counter,
        "Resolved tickets that could not be closed, or told of, for a fault; each is tried again.",
    ),
    metric(
        "lodge_outage_parts_failed_total",
        Sort::Counter,
        "Parts of an outage that could not be finished at its end; each is left open, and the log names it.",
    ),
    metric("lodge_store_commit_failures_total", Sort::Counter, "Commits that failed; nothing of them was acknowledged."),
    metric("lodge_store_queue", Sort::Gauge, "Commands that wait for the disk, by desk."),
    metric("lodge_store_queue_share", Sort::Gauge, "The same as a share of the limit."),
    metric("lodge_store_events", Sort::Gauge, "Events in the log, by desk."),
    metric("lodge_previews_total", Sort::Counter, "Files that were taken apart, by what came of it: made, nothing, broke."),
    metric(
        "lodge_list_files_total",
        Sort::Counter,
        "Files of lists that were worked on in the background, by how it ended: made, dropped, stopped, failed.",
    ),
    metric("lodge_index_lag_events", Sort::Gauge, "Events that the search index is behind the log, by desk; normally 0."),
    metric("lodge_index_waits_given_up_total", Sort::Counter, "Lists that were marked stale because the index was not there in time."),
    metric("lodge_index_failures_total", Sort::Counter, "Attempts to bring the search index up to date that failed."),
    metric("lodge_board_tickets", Sort::Gauge, "Unclosed tickets, by desk."),
    metric("lodge_live_connections", Sort::Gauge, "Open live connections, by desk."),
    metric("lodge_live_connections_share", Sort::Gauge, "The same as a share of the limit."),
    metric("lodge_live_resets_total", Sort::Counter, "Live connections that were too slow and were told to read everything anew."),
    metric("lodge_jobs_waiting", Sort::Gauge, "Jobs that wait or run, by desk; at most 10000 are counted."),
    metric("lodge_jobs_late_seconds", Sort::Gauge, "For how long the first job has been due, by desk; normally 0."),
    metric("lodge_disk_free_bytes", Sort::Gauge, "Free space on the data disk."),
    metric("lodge_disk_share", Sort::Gauge, "The taken share of the data disk without its reserve; at 1 nothing is written any more."),
    metric(
        "lodge_certificate_end_timestamp_seconds",
        Sort::Gauge,
        "When the certificate that is shown is no longer good, in seconds since 1970; there where connections are encrypted.",
    ),
    metric("lodge_standbys", Sort::Gauge, "Standbys that follow this appliance and were here within the last day."),
    metric("lodge_blobs_removed_total", Sort::Counter, "Files that nobody needed any more and that were removed."),
    metric("lodge_snoozes_failed_total", Sort::Counter, "Snoozed tickets that could not be woken; they are tried again."),
    metric("lodge_recurring_tickets_failed_total", Sort::Counter, "Recurring tickets that could not be lodged; they are tried again."),
    metric("lodge_files_scanned_total", Sort::Counter, "Files that the virus scanner looked at, by what it said."),
    metric("process_resident_memory_bytes", Sort::Gauge, "Memory that the process has."),
    metric("process_open_fds", Sort::Gauge, "Files and connections that the process has open."),
    metric("process_max_fds", Sort::Gauge, "How many it may have open."),
    metric("process_cpu_seconds_total", Sort::Counter, "Processor time that the process has used, in whole seconds."),
    metric("process_start_time_seconds", Sort::Gauge, "When the process began, in seconds since 1970."),
    metric("lodge_held", Sort::Gauge, "1 while a restored appliance holds still and sends and fetches nothing, else 0."),
    metric("lodge_snapshot_seconds", Sort::Histogram, "Time to take a snapshot and read it back."),
    metric("lodge_snapshot_failures_total", Sort::Counter, "Snapshots that could not be taken, proven or looked after."),
    metric("lodge_snapshot_age_seconds", Sort::Gauge, "The age of the last snapshot that was taken and read back."),
    metric(
        "lodge_journal_waiting_seconds",
        Sort::Gauge,
        "For how long the oldest committed change has waited to be sent to the place of the snapshots.",
    ),
    metric("lodge_journal_bytes_total", Sort::Counter, "Bytes of committed changes that were sent to the place of the snapshots."),
    metric(
        "lodge_journal_failures_total",
        Sort::Counter,
        "Rounds in which committed changes could not be sent to the place of the snapshots.",
    ),
    metric(
        "lodge_journal_lost_total",
        Sort::Counter,
        "Times that too many changes waited to be sent and a snapshot had to take their place.",
    ),
    metric("lodge_snapshot_proven_age_seconds", Sort::Gauge, "Since when no snapshot was restored aside, checked and searched."),
    metric("lodge_mail_in_total", Sort::Counter, "Mails that were decided about, by outcome."),
    metric("lodge_mail_held", Sort::Gauge, "Mails that are held and wait for somebody, by desk; at most 10000 are counted."),
    metric("lodge_mail_fetched_total", Sort::Counter, "Mails that were fetched, by desk and mailbox."),
    metric("lodge_mail_fetch_failures_total", Sort::Counter, "Looks at a mailbox that did not come to their end, by what was wrong."),
    metric("lodge_mail_token_failures_total", Sort::Counter, "Access tokens of a mailbox that could not be renewed."),
    metric("lodge_mailbox_seconds_since_success", Sort::Gauge, "Seconds since mail was last looked for successfully, by desk and mailbox."),
    metric(
        "lodge_mailbox_lost",
        Sort::Gauge,
        "Mails on the server that the last statement found missing, by desk and mailbox; normally 0.",
    ),
    metric(
        "lodge_mail_out_total",
        Sort::Counter,
        "What came of attempts to hand mails over, by outcome: accepted, deferred, refused, no_server.",
    ),
    metric(
        "lodge_mail_letters",
        Sort::Gauge,
        "Mails that wait or were not delivered, by desk and state; at most 10000 of each are counted.",
    ),
    metric("lodge_mail_oldest_waiting_seconds", Sort::Gauge, "For how long the oldest mail has waited to be sent, by desk; normally 0."),
];

/// Tells the recorder what each metric is.
pub fn describe() {
    for it in METRICS {
        match it.sort {
            Sort::Counter => describe_counter!(it.name, it.doc),
            Sort::Gauge => describe_gauge!(it.name, it.doc),
            Sort::Histogram => describe_histogram!(it.name, it.doc),
        }
    }
}

/// Reads the gauges.
pub fn observe(appliance: &Appliance, doors: Doors) {
    for desk in appliance.open_desks() {
        observe_desk(&desk, doors);
    }
    for fill in fill::of_appliance(appliance, doors) {
        gauge!(fill.metric).set(fill.share());
    }
    gauge!("lodge_http_in_flight").set(doors.requests as f64);
    if let Some(ends) = appliance.certificate().and_then(|it| it.ends) {
        gauge!("lodge_certificate_end_timestamp_seconds").set(ends.as_secs() as f64);
    }
    let waits = appliance.journal_waits_since().map_or(0.0, |it| Instant::now().since(it).as_secs_f64());
    gauge!("lodge_journal_waiting_seconds").set(waits);
    observe_process();
    gauge!("lodge_standbys").set(appliance.standby_count() as f64);
    gauge!("lodge_held").set(f64::from(u8::from(appliance.is_held())));
    if let Ok(Some(watch)) = appliance.snapshot_watch() {
        let now = Instant::now();
        for (name, at) in [("lodge_snapshot_age_seconds", watch.taken_at), ("lodge_snapshot_proven_age_seconds", watch.proven_at)] {
            if let Some(at) = at {
                gauge!(name).set(now.since(at).as_secs_f64());
            }
        }
    }
    if let Ok(found) = rustix::fs::statvfs(&appliance.data_dir) {
        gauge!("lodge_disk_free_bytes").set(found.f_bavail.saturating_mul(found.f_frsize) as f64);
    }
}

/// What the process takes of the machine, by the names that other programs have for it. What cannot be read is left out.
fn observe_process() {
    use rustix::process::{Resource, getrlimit};
    let pages = std::fs::read_to_string("/proc/self/statm").ok().and_then(|it| it.split(' ').nth(1)?.parse::<u64>().ok());
    if let Some(pages) = pages {
        gauge!("process_resident_memory_bytes").set(pages.saturating_mul(rustix::param::page_size() as u64) as f64);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(open.count() as f64);
    }
    if let Some(most) = getrlimit(Resource::Nofile).current {
        gauge!("process_max_fds").set(most as f64);
    }
    // After the name, which may hold anything, in the order of proc(5): the third field is the first here.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<u64> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().map(|it| it.parse().unwrap_or(0)).collect();
    let ticks = rustix::param::clock_ticks_per_second().max(1);
    if let (Some(user), Some(system), Some(begun)) = (fields.get(11), fields.get(12), fields.get(19)) {
        counter!("process_cpu_seconds_total").absolute((user + system) / ticks);
        let booted = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let booted = booted.lines().find_map(|it| it.strip_prefix("btime ")?.parse::<u64>().ok());
        if let Some(booted) = booted {
            gauge!("process_start_time_seconds").set((booted + begun / ticks) as f64);
        }
    }
}

fn observe_desk(desk: &Desk, doors: Doors) {
    let labels = [("desk", desk.name.clone())];
    for fill in fill::of_desk(desk, doors) {
        gauge!(fill.metric, &labels).set(fill.share());
    }
    gauge!("lodge_store_queue", &labels).set(desk.reader().waiting() as f64);
    gauge!("lodge_store_events", &labels).set(desk.reader().last_seq() as f64);
    gauge!("lodge_index_lag_events", &labels).set(desk.index_lag() as f64);
    gauge!("lodge_board_tickets", &labels).set(desk.board().len() as f64);
    gauge!("lodge_live_connections", &labels).set(desk.live.viewers() as f64);
    if let Err(error) = desk.read(|tx| observe_mailboxes(tx, desk)) {
        tracing::warn!(%error, desk = desk.name, "mailboxes could not be measured");
    }
    if let Ok(Backlog { waiting, late }) = desk.read(|tx| jobs::backlog(tx, JOBS_COUNTED_MAX)) {
        gauge!("lodge_jobs_waiting", &labels).set(waiting as f64);
        gauge!("lodge_jobs_late_seconds", &labels).set(late.as_secs_f64());
    }
    if let Ok((counts, oldest)) = desk.read(|tx| outbox::census(tx, JOBS_COUNTED_MAX)) {
        for (state, count) in counts {
            let labels = [("desk", desk.name.clone()), ("state", state.name().to_owned())];
            gauge!("lodge_mail_letters", &labels).set(count as f64);
        }
        gauge!("lodge_mail_oldest_waiting_seconds", &labels).set(oldest.as_secs_f64());
    }
    if let Ok(held) = desk.read(|tx| ledger::held_count(tx, JOBS_COUNTED_MAX)) {
        gauge!("lodge_mail_held", &labels).set(held as f64);
    }
}

fn observe_mailboxes(tx: &Tx, desk: &Desk) -> Result<()> {
    for it in mailbox::all(tx)?.iter().filter(|it| it.enabled) {
        let labels = [("desk", desk.name.clone()), ("mailbox", it.name.clone())];
        let since = watch::health(tx, it)?.last_success.or(it.enabled_at).unwrap_or(it.created_at);
        gauge!("lodge_mailbox_seconds_since_success", &labels).set(tx.now().since(since).as_secs_f64());
        let lost: u64 = watch::folders(tx, it)?.iter().filter_map(|it| it.statement.as_ref()).map(|it| it.lost).sum();
        gauge!("lodge_mailbox_lost", &labels).set(lost as f64);
    }
    Ok(())
}
