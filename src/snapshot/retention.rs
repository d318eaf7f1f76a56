//! Which snapshots stay (BDR-07): all of two days, then one a day for a month, then one a month for a year. The newest good one stays
//! whatever its age.

use std::collections::BTreeSet;

use super::SnapshotId;
use crate::time::Instant;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
/// Within this every snapshot stays, in seconds.
pub const ALL_SECS: u64 = 2 * DAY;
/// Within this the last of each day.
pub const DAILY_SECS: u64 = 30 * DAY;
/// Within this the last of each month.
pub const MONTHLY_SECS: u64 = 366 * DAY;

/// Those that may go, of snapshots with whether they are good. A bad one stays as long as all do, for whoever looks into it, and is never
/// the one that stands for a day or a month. What is dated in the future stays.
pub fn superfluous(snapshots: &[(SnapshotId, bool)], now: Instant) -> Vec<SnapshotId> {
    let mut sorted: Vec<_> = snapshots.iter().collect();
    sorted.sort_by(|a, b| b.0.cmp(&a.0));
    let newest_good = sorted.iter().find(|it| it.1).map(|it| &it.0);
    let mut periods = BTreeSet::new();
    let mut gone = Vec::new();
    for (id, good) in sorted {
        let at = id.at();
        let age = now.since(at).as_secs();
        let stamp = at.timestamp();
        let period = match age {
            it if it <= ALL_SECS => continue,
            it if it <= DAILY_SECS => Some(stamp.strftime("%Y-%m-%d").to_string()),
            it if it <= MONTHLY_SECS => Some(stamp.strftime("%Y-%m").to_string()),
            _ => None,
        };
        let stays = *good && period.is_some_and(|it| periods.insert(it));
        if !stays && newest_good != Some(id) {
            gone.push(id.clone());
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An hourly snapshot for as many days, the newest first.
    fn hourly(now: Instant, days: u64) -> Vec<(SnapshotId, bool)> {
        let at = |hour: u64| Instant::from_millis(now.as_millis() - i64::try_from(hour * HOUR * 1000).unwrap());
        (0..days * 24).map(|hour| (SnapshotId::new(at(hour), [0; 3]), true)).collect()
    }

    #[test]
    fn two_years_of_hours_become_two_days_a_month_and_a_year() {
        let now = Instant::from_millis(1_795_470_665_000);
        let all = hourly(now, 730);
        let gone: BTreeSet<_> = superfluous(&all, now).into_iter().collect();
        let stays: Vec<_> = all.iter().filter(|it| !gone.contains(&it.0)).collect();
        let within = |from: u64, to: u64| stays.iter().filter(|it| (from..to).contains(&now.since(it.0.at()).as_secs())).count();
        assert_eq!(within(0, ALL_SECS + 1), 49);
        assert!((28..=29).contains(&within(ALL_SECS + 1, DAILY_SECS + 1)), "{}", within(ALL_SECS + 1, DAILY_SECS + 1));
        assert!((11..=13).contains(&within(DAILY_SECS + 1, MONTHLY_SECS + 1)));
        assert_eq!(within(MONTHLY_SECS + 1, u64::MAX), 0);
        // Once more changes nothing.
        let kept: Vec<_> = stays.into_iter().cloned().collect();
        assert_eq!(superfluous(&kept, now), []);
    }

    #[test]
    fn the_newest_good_one_stays_and_bad_ones_stand_for_nothing() {
        let now = Instant::from_millis(1_795_470_665_000);
        let id = |days: u64| SnapshotId::new(Instant::from_millis(now.as_millis() - i64::try_from(days * DAY * 1000).unwrap()), [0; 3]);
        assert_eq!(superfluous(&[(id(1000), true), (id(900), true), (id(800), false)], now), [id(800), id(1000)]);
        assert_eq!(superfluous(&[(id(5), false), (id(0), false)], now), [id(5)]);
        let later = SnapshotId::new(Instant::from_millis(now.as_millis() + 1_000_000_000), [0; 3]);
        assert_eq!(superfluous(&[(later, true), (id(1), true)], now), []);
    }
}
