//! A calendar's hours as callers write them: a week of pairs of times, holidays, and dates with hours of their own. One form for calendars
//! that are kept and for those that come with a question.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, OneOfBuilder, RefOr,
        schema::{Schema, Type},
    },
};

use super::input::given;
use crate::{
    desk::calendars::{self, Day, Holiday, HolidaySource, Override, Plan, Shift, WEEKDAYS},
    error::{Refusal, Result},
};

/// A start and an end, `["09:00", "17:00"]`.
pub type Pair = [String; 2];

/// The hours of a calendar. What is absent stays; of `hours` and `overrides` the days that are absent stay too, and null takes one away
/// (RFC 7396).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlanInput {
    /// IANA name, such as `Europe/Berlin`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String)]
    pub time_zone: Option<String>,
    /// By day, `mon` to `sun`: pairs of start and end. `24:00` ends a day; an end that is not after its start is on the next day.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BTreeMap<String, Vec<Vec<String>>>)]
    pub hours: Option<BTreeMap<String, Option<Vec<Pair>>>>,
    /// All of them. Those of the subscription stand beside them and are left out here.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<HolidayInput>)]
    pub holidays: Option<Vec<HolidayInput>>,
    /// By date: pairs of start and end that count in place of the weekday's, also on a holiday.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = BTreeMap<String, OverrideInput>)]
    pub overrides: Option<BTreeMap<String, Option<OverrideInput>>>,
}

impl PlanInput {
    /// The plan with what is given here. `place` is what fields are called by before their names: `calendar.`, or nothing.
    pub fn applied(self, mut plan: Plan, place: &str) -> Result<Plan> {
        plan.zone = self.time_zone.unwrap_or(plan.zone);
        for (name, pairs) in self.hours.unwrap_or_default() {
            let field = format!("{place}hours.{name}");
            let known = |full: &str| full == name.to_ascii_lowercase() || (name.len() > 3 && name.to_ascii_lowercase().starts_with(full));
            let unknown =
                || Refusal::field(field.as_str(), "unknown", format!("`{name}` is no day: days are mon, tue, wed, thu, fri, sat and sun."));
            let (day, _) = WEEKDAYS.into_iter().find(|it| known(it.1)).ok_or_else(unknown)?;
            plan.week.set(day, calendars::parse_shifts(&field, &pairs.unwrap_or_default())?);
        }
        if let Some(all) = self.holidays {
            let days = all.into_iter().enumerate().filter(|(_, it)| it.source.as_deref() != Some(FEED));
            plan.holidays = days.map(|(at, it)| it.read(&format!("{place}holidays[{at}]"))).collect::<Result<_>>()?;
        }
        for (date, it) in self.overrides.unwrap_or_default() {
            let field = format!("{place}overrides.{date}");
            let day = day(&field, &date)?;
            match it {
                None => plan.overrides.remove(&day),
                Some(it) => {
                    let shifts = calendars::parse_shifts(&field, &it.hours)?;
                    plan.overrides.insert(day, Override { label: it.label.unwrap_or_default(), shifts })
                }
            };
        }
        plan.check(place)?;
        Ok(plan)
    }
}

fn day(field: &str, text: &str) -> Result<Day> {
    text.parse().map_err(|it: String| Refusal::field(field, "invalid", it).into())
}

const OWN: &str = "own";
const FEED: &str = "subscription";

/// A holiday: its date, or an object with date and name.
#[derive(Debug)]
pub struct HolidayInput {
    date: String,
    label: Option<String>,
    source: Option<String>,
}

impl HolidayInput {
    fn read(self, field: &str) -> Result<(Day, Holiday)> {
        let source = match self.source.as_deref() {
            None | Some(OWN) => HolidaySource::Own,
            Some(code) => {
                let message = format!("`{code}` is no source of holidays: leave it out.");
                let place = calendars::holiday_place(code).ok_or_else(|| Refusal::field(field, "unknown", message))?;
                HolidaySource::Set(place.code.to_owned())
            }
        };
        Ok((day(field, &self.date)?, Holiday { label: self.label.unwrap_or_default(), source }))
    }
}

impl<'de> Deserialize<'de> for HolidayInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(date) => Ok(HolidayInput { date, label: None, source: None }),
            Value::Object(it) => {
                let text = |key: &str| match it.get(key) {
                    None | Some(Value::Null) => Ok(None),
                    Some(Value::String(text)) => Ok(Some(text.clone())),
                    Some(_) => Err(D::Error::custom(format!("`{key}` is a string"))),
                };
                let date = text("date")?.ok_or_else(|| D::Error::custom("a holiday needs a `date`"))?;
                Ok(HolidayInput { date, label: text("label")?, source: text("source")? })
            }
            _ => Err(D::Error::custom("expected a date like 2026-12-25, or an object with `date` and `label`")),
        }
    }
}

impl PartialSchema for HolidayInput {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let object = ["date", "label", "source"]
            .into_iter()
            .fold(ObjectBuilder::new().schema_type(Type::Object), |it, key| it.property(key, text()));
        OneOfBuilder::new()
            .item(text())
            .item(object.required("date"))
            .description(Some("A date like 2026-12-25, or with what it is called"))
            .into()
    }
}

impl ToSchema for HolidayInput {}

/// The hours of a date: pairs, or an object with `hours` and `label`.
#[derive(Debug)]
pub struct OverrideInput {
    label: Option<String>,
    hours: Vec<Pair>,
}

impl<'de> Deserialize<'de> for OverrideInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Labelled {
            #[serde(default)]
            label: Option<String>,
            hours: Vec<Pair>,
        }
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = OverrideInput;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("pairs of times like [[\"09:00\", \"12:00\"]], or an object with `hours`")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<OverrideInput, A::Error> {
                let hours = Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
                Ok(OverrideInput { label: None, hours })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OverrideInput, A::Error> {
                let it = Labelled::deserialize(MapAccessDeserializer::new(map))?;
                Ok(OverrideInput { label: it.label, hours: it.hours })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl PartialSchema for OverrideInput {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let pairs = || ArrayBuilder::new().items(ArrayBuilder::new().items(text()).min_items(Some(2)).max_items(Some(2)));
        let object = ObjectBuilder::new().schema_type(Type::Object).property("hours", pairs()).property("label", text()).required("hours");
        OneOfBuilder::new().item(pairs()).item(object).description(Some("Pairs of start and end; none means closed")).into()
    }
}

impl ToSchema for OverrideInput {}

/// A calendar that is meant: one of the desk's by id or name, or the hours themselves.
#[derive(Debug)]
pub enum CalendarInput {
    Kept(String),
    Inline(Box<PlanInput>),
}

impl<'de> Deserialize<'de> for CalendarInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = CalendarInput;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id or name of a calendar, or an object with `timeZone` and `hours`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<CalendarInput, E> {
                Ok(CalendarInput::Kept(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CalendarInput, A::Error> {
                PlanInput::deserialize(MapAccessDeserializer::new(map)).map(|it| CalendarInput::Inline(Box::new(it)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl PartialSchema for CalendarInput {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        OneOfBuilder::new().item(text).item(PlanInput::schema()).description(Some("A calendar by its id or name, or its hours")).into()
    }
}

impl ToSchema for CalendarInput {}

/// A holiday of a calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HolidayView {
    pub date: String,
    pub label: String,
    /// `own`, `subscription`, or the code of the built-in set that it was taken from.
    pub source: String,
}

impl HolidayView {
    pub fn of(day: Day, it: &Holiday) -> HolidayView {
        let source = match &it.source {
            HolidaySource::Own => OWN,
            HolidaySource::Feed => FEED,
            HolidaySource::Set(code) => code,
        };
        HolidayView { date: day.to_string(), label: it.label.clone(), source: source.to_owned() }
    }
}

/// A date with hours of its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OverrideView {
    /// None means closed.
    #[schema(value_type = Vec<Vec<String>>)]
    pub hours: Vec<(String, String)>,
    pub label: String,
}

/// Shifts as pairs of times.
pub fn pairs(shifts: &[Shift]) -> Vec<(String, String)> {
    shifts.iter().map(|it| it.times()).collect()
}
