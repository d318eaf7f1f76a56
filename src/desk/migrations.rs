//! The steps that bring a desk's records into the form of this release, in order (`store::migrate` runs them). A new one goes at the end;
//! none is ever changed after a release.

use super::calendars::region_texts;
use crate::store::migrate::Migration;

pub const LIST: &[Migration] =
    &[Migration { number: 1, description: "Regions of teams are records, no longer texts.", run: region_texts::into_regions }];
