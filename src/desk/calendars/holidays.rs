//! The public holidays of countries and their regions, built in. They are offered to an admin and copied into a calendar when chosen, so
//! a release that knows better moves no instant by itself.
//!
//! The facts stand in `assets/holidays/public.txt`, made by `scripts/generate-holidays`. There a line with a code (`DE Germany`, `DE-BY
//! Bayern`) begins a place; the lines under it, each after a space, are its holidays: when, and the name. A region has those of its country
//! besides, without the ones after `-`. When is `0418:0,0403:1`: a month and day, and of which years, counted from the first as digits
//! and letters; without a colon of all years. `*3` stands for the fourth of the `*` lines at the top.

use std::{collections::BTreeMap, ops::RangeInclusive, sync::LazyLock};

use jiff::civil::Date;

use super::Day;
use crate::{
    error::{Refusal, Result},
    language::say,
};

static SETS: LazyLock<Sets> = LazyLock::new(|| Sets::read(include_str!("../../../assets/holidays/public.txt")));

/// A country, or a region of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// ISO 3166: `DE`, `DE-BY`.
    pub code: &'static str,
    pub name: &'static str,
}

#[derive(Debug, Default)]
struct Rules {
    name: &'static str,
    /// When, and what.
    days: Vec<(&'static str, &'static str)>,
    missing: &'static str,
}

#[derive(Debug)]
struct Sets {
    first: i16,
    last: i16,
    often: Vec<&'static str>,
    places: BTreeMap<&'static str, Rules>,
}

impl Sets {
    fn read(text: &'static str) -> Sets {
        let mut sets = Sets { first: 0, last: 0, often: Vec::new(), places: BTreeMap::new() };
        let mut place: Option<(&str, Rules)> = None;
        for line in text.lines().filter(|it| !it.starts_with('#')) {
            let (head, rest) = line.trim_start().split_once(' ').unwrap_or((line.trim_start(), ""));
            match (line.starts_with(' '), head) {
                (true, _) => {
                    if let Some((_, rules)) = &mut place {
                        match head.strip_prefix('-') {
                            Some(missing) => rules.missing = missing,
                            None => rules.days.push((head, rest)),
                        }
                    }
                }
                (_, "years") => {
                    let mut years = rest.split(' ').filter_map(|it| it.parse().ok());
                    (sets.first, sets.last) = (years.next().unwrap_or(0), years.next().unwrap_or(0));
                }
                (_, "*") => sets.often.push(rest),
                _ => sets.places.extend(place.replace((head, Rules { name: rest, ..Rules::default() }))),
            }
        }
        sets.places.extend(place);
        sets
    }

    /// The dates of a year that a pattern names.
    fn dates(&self, pattern: &'static str, year: i16) -> impl Iterator<Item = Day> {
        let often = pattern.strip_prefix('*').and_then(|it| it.parse::<usize>().ok()).and_then(|it| self.often.get(it));
        let digit = u32::try_from(year - self.first).ok().and_then(|it| char::from_digit(it, 36));
        often.copied().unwrap_or(pattern).split(',').filter_map(move |it| {
            let (when, years) = it.split_once(':').map_or((it, None), |(when, years)| (when, Some(years)));
            if years.is_some_and(|it| !digit.is_some_and(|digit| it.contains(digit))) {
                return None;
            }
            let (month, day) = when.split_at_checked(2)?;
            Date::new(year, month.parse().ok()?, day.parse().ok()?).ok().and_then(Day::new)
        })
    }
}

/// Every country, by its name.
pub fn countries() -> Vec<Place> {
    places(|it| !it.contains('-'))
}

/// The regions of a country whose holidays are known, by their names.
pub fn regions_of(country: &str) -> Vec<Place> {
    let beginning = format!("{}-", country.to_ascii_uppercase());
    places(|it| it.to_ascii_uppercase().starts_with(&beginning))
}

fn places(is: impl Fn(&str) -> bool) -> Vec<Place> {
    let mut places: Vec<Place> = SETS.places.iter().filter(|(code, _)| is(code)).map(|(code, it)| Place { code, name: it.name }).collect();
    places.sort_by_key(|it| it.name);
    places
}

/// The years that are known.
pub fn holiday_years() -> RangeInclusive<i16> {
    SETS.first..=SETS.last
}

/// The place of a code, whatever its case: `DE`, `de-by`.
pub fn holiday_place(code: &str) -> Option<Place> {
    let (code, it) = SETS.places.iter().find(|(it, _)| it.eq_ignore_ascii_case(code.trim()))?;
    Some(Place { code, name: it.name })
}

/// The public holidays of a country or region in one year: those of the country that it has, and its own.
pub fn public_holidays(code: &str, year: i16) -> Result<BTreeMap<Day, &'static str>> {
    let unknown = || Refusal::field("country", "unknown", say!("refused-holidays-place-not-known"));
    let place = holiday_place(code).ok_or_else(unknown)?;
    if !holiday_years().contains(&year) {
        let message = say!("refused-holidays-known", first = SETS.first, last = SETS.last);
        return Err(Refusal::field("year", "invalid", message).into());
    }
    let country = place.code.split('-').next().unwrap_or(place.code);
    let mut days = BTreeMap::new();
    for code in [country, place.code] {
        let Some(rules) = SETS.places.get(code) else { continue };
        for day in SETS.dates(rules.missing, year) {
            days.remove(&day);
        }
        for (when, name) in &rules.days {
            days.extend(SETS.dates(when, year).map(|day| (day, *name)));
        }
    }
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(code: &str, year: i16) -> Vec<String> {
        public_holidays(code, year).unwrap().into_iter().map(|(day, name)| format!("{day} {name}")).collect()
    }

    #[test]
    fn a_region_has_the_days_of_its_country_and_its_own() {
        let (germany, bavaria) = (named("DE", 2026), named("de-by", 2026));
        for day in ["2026-04-03 Good Friday", "2026-10-03 German Unity Day", "2026-12-25 Christmas Day"] {
            assert!(germany.iter().chain(&bavaria).filter(|it| *it == day).count() == 2, "{day}: {germany:?}");
        }
        for day in ["2026-01-06 Epiphany", "2026-06-04 Corpus Christi", "2026-11-01 All Saints' Day"] {
            assert!(bavaria.contains(&day.to_owned()) && !germany.contains(&day.to_owned()), "{day}");
        }
        assert!(named("US", 2027).iter().any(|it| it.starts_with("2027-11-25 Thanksgiving")));
    }

    #[test]
    fn every_place_can_be_read_in_every_year() {
        assert!(countries().len() > 200);
        assert_eq!(countries().iter().filter(|it| it.name == "Germany").count(), 1);
        assert!(regions_of("ch").iter().any(|it| it.name == "Zürich"));
        for (code, rules) in &SETS.places {
            for year in holiday_years() {
                let days = public_holidays(code, year).unwrap();
                assert!(days.keys().all(|it| it.date().year() == year) && days.values().all(|it| !it.is_empty()), "{code} {year}");
            }
            for (when, name) in &rules.days {
                assert!(holiday_years().any(|year| SETS.dates(when, year).next().is_some()), "{code}: {name} is never");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (code, year) in [("XX", 2026), ("DE-XX", 2026), ("", 2026), ("DE", 1990), ("DE", 2999)] {
            assert!(public_holidays(code, year).is_err(), "{code} {year}");
        }
    }
}
