//! How full the bounded things are that fill while it runs: one list, from which come the gauges and the warnings. What is bounded
//! per call (a body, a query, a page) is no part of it: its caller is told at once. Taken from memory and the file system only.

use crate::{
    appliance::{Appliance, Desk},
    limits,
};

/// From this share on it is time to look (BEY-38).
const WARN_AT: f64 = 0.8;

/// What the doors know of themselves.
#[derive(Debug, Clone, Copy)]
pub struct Doors {
    pub requests: usize,
    pub requests_max: usize,
    /// Of one desk.
    pub live_connections_max: usize,
}

/// One bounded thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// The gauge of its share.
    pub metric: &'static str,
    pub used: u64,
    pub limit: u64,
    /// What a unit of it is, and what happens at the limit.
    said: &'static str,
}

impl Fill {
    /// Of the limit; 1 is full.
    pub fn share(&self) -> f64 {
        self.used as f64 / self.limit.max(1) as f64
    }

    /// A sentence for an operator, if it is time to look.
    pub fn warning(&self) -> Option<String> {
        (self.share() >= WARN_AT).then(|| format!("{} of {} {}", self.used, self.limit, self.said))
    }
}

/// What fills in one desk.
pub fn of_desk(desk: &Desk, doors: Doors) -> Vec<Fill> {
    vec![
        Fill {
            metric: "lodge_store_queue_share",
            used: desk.reader().waiting() as u64,
            limit: limits::WRITER_QUEUE_MAX as u64,
            said: "commands wait for the disk; beyond that they are refused. The disk is too slow for what is asked of it.",
        },
        Fill {
            metric: "lodge_live_connections_share",
            used: desk.live.viewers() as u64,
            limit: doors.live_connections_max as u64,
            said: "live connections are open; beyond that they are refused. `limits.live_connections` moves it.",
        },
    ]
}

/// What fills in the whole appliance.
pub fn of_appliance(appliance: &Appliance, doors: Doors) -> Vec<Fill> {
    let mut fills = vec![Fill {
        metric: "lodge_http_in_flight_share",
        used: doors.requests as u64,
        limit: doors.requests_max as u64,
        said: "requests are being worked on; beyond that they are told to come back. `limits.requests_in_flight` moves it.",
    }];
    if let Ok(found) = rustix::fs::statvfs(&appliance.data_dir) {
        let megabytes = |blocks: u64| blocks.saturating_mul(found.f_frsize) / 1024 / 1024;
        // Of what may be written at all: neither what is kept for root, nor our own reserve.
        let ours = megabytes(found.f_blocks.saturating_sub(found.f_bfree.saturating_sub(found.f_bavail)));
        let reserve = limits::DISK_FREE_BYTES_MIN / 1024 / 1024;
        fills.push(Fill {
            metric: "lodge_disk_share",
            used: ours.saturating_sub(megabytes(found.f_bavail)),
            limit: ours.saturating_sub(reserve),
            said: "MB of the data disk are taken; beyond that nothing is written any more. Free some space.",
        });
    }
    fills
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_warns_from_four_fifths_on() {
        for (used, limit, warns) in [(0, 10, false), (7, 10, false), (8, 10, true), (12, 10, true), (0, 0, false), (1, 0, true)] {
            let fill = Fill { metric: "lodge_store_queue_share", used, limit, said: "commands wait." };
            assert_eq!(fill.warning().is_some(), warns, "{used} of {limit}");
        }
    }

    #[test]
    fn each_share_is_a_metric() {
        let folder = tempfile::tempdir().unwrap();
        let appliance = Appliance::open(folder.path(), crate::appliance::DeskOptions::default()).unwrap();
        let doors = Doors { requests: 4, requests_max: 5, live_connections_max: 1 };
        let mut fills = of_appliance(&appliance, doors);
        assert_eq!(fills[0].warning().unwrap(), format!("4 of 5 {}", fills[0].said));
        let desk = appliance.desk(None).unwrap();
        fills.extend(of_desk(&desk, doors));
        assert_eq!(fills.len(), 4);
        for fill in fills {
            assert!(crate::ops::metrics::METRICS.iter().any(|it| it.name == fill.metric), "{}", fill.metric);
        }
    }
}
