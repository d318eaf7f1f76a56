//! The certificate that the appliance shows, as its doors last saw it: for `/readyz`, `/metrics` and `doctor`.

use std::{sync::PoisonError, time::Duration};

use super::Appliance;
use crate::time::Instant;

/// A certificate that is renewed by itself is renewed a month before its end; one with less left was not.
const SOON: Duration = Duration::from_secs(21 * 24 * 3600);
const VERY_SOON: Duration = Duration::from_secs(7 * 24 * 3600);

/// A certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// None while there is none.
    pub ends: Option<Instant>,
    /// What kept the last try to renew it, or to read it anew.
    pub trouble: Option<String>,
}

/// How it stands, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateStanding {
    Well(String),
    Warning(String),
    Alarm(String),
}

impl Certificate {
    pub fn standing(&self, now: Instant) -> CertificateStanding {
        let trouble = self.trouble.as_ref().map(|it| format!(" The last try to get another: {it}")).unwrap_or_default();
        let Some(ends) = self.ends else {
            return CertificateStanding::Alarm(format!("there is none yet, so nobody connects encrypted.{trouble}"));
        };
        if ends <= now {
            return CertificateStanding::Alarm(format!("it ended on {}: browsers refuse it. Renew it.{trouble}", day(ends)));
        }
        let said = format!("it is good until {}", day(ends));
        match ends.since(now) {
            left if left < VERY_SOON => CertificateStanding::Alarm(format!("{said}: renew it now.{trouble}")),
            left if left < SOON => CertificateStanding::Warning(format!("{said}: see that it is renewed.{trouble}")),
            _ if self.trouble.is_some() => CertificateStanding::Warning(format!("{said}.{trouble}")),
            _ => CertificateStanding::Well(said),
        }
    }
}

fn day(at: Instant) -> String {
    at.timestamp().strftime("%Y-%m-%d").to_string()
}

impl Appliance {
    /// The certificate that is shown; none where no connection is encrypted here.
    pub fn certificate(&self) -> Option<Certificate> {
        self.certificate.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says what is shown from now on.
    pub fn shows(&self, certificate: Certificate) {
        *self.certificate.write().unwrap_or_else(PoisonError::into_inner) = Some(certificate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_of_in_time() {
        let now = Instant::from_millis(1_800_000_000_000);
        let days = |it: u64| Duration::from_secs(it * 24 * 3600);
        let of = |ends: Option<Instant>, trouble: Option<&str>| Certificate { ends, trouble: trouble.map(str::to_owned) }.standing(now);
        let is_well = |it: &CertificateStanding| matches!(it, CertificateStanding::Well(_));
        let is_alarm = |it: &CertificateStanding| matches!(it, CertificateStanding::Alarm(_));
        for (left, trouble, well, alarm) in [
            (Some(60), None, true, false),
            (Some(60), Some("away"), false, false),
            (Some(20), None, false, false),
            (Some(6), None, false, true),
            (Some(0), None, false, true),
            (None, None, false, true),
        ] {
            let standing = of(left.map(|it| now.plus(days(it))), trouble);
            assert_eq!((is_well(&standing), is_alarm(&standing)), (well, alarm), "{left:?}: {standing:?}");
        }
    }
}
