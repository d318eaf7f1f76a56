//! Recurring tickets in the settings: listed, looked at before they are saved, made, changed.

use axum::{http::StatusCode, response::Response};
use jiff::tz::TimeZone;

use super::{Admin, last_change};
use crate::{
    desk::{
        Tx,
        calendars::{self, Day, WEEKDAYS, named_zone},
        identity::Person,
        permission::Permission,
        recurring::{self, LAST, MonthDay, Occurrence, Recurrence, RecurrenceDraft, Rhythm, Schedule},
        settings::Settings,
        ticket_templates,
        tickets::{Ticket, number},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::RecurrenceId,
    language::{self, say},
    web::{
        admin::{
            recurring_tickets::{RecurringFormView, RecurringRow, RecurringView, form_page, page as list_page},
            shell::{RECURRING, Tick},
        },
        answers::{
            form::Sent,
            said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue::{self, t},
    },
};

fn address(id: RecurrenceId) -> String {
    format!("{}/{id}", RECURRING.href)
}

/// The day of the week in words.
fn day_name(day: u8) -> &'static str {
    tongue::named("day-", &(day + 1).to_string()).unwrap_or_default()
}

fn place_name(place: u8) -> &'static str {
    match place {
        1 => t!("recurring-first"),
        2 => t!("recurring-second"),
        3 => t!("recurring-third"),
        4 => t!("recurring-fourth"),
        _ => t!("recurring-place-last"),
    }
}

/// A schedule as a sentence.
fn in_words(it: &Schedule) -> String {
    let (every, at) = (it.every, format!("{:02}:{:02}", it.at / 60, it.at % 60));
    match &it.rhythm {
        Rhythm::Daily => t!("recurring-says-daily", every = every, at = at),
        Rhythm::Weekly(days) => {
            let days: Vec<_> = days.iter().map(|it| day_name(*it)).collect();
            t!("recurring-says-weekly", every = every, days = days.join(", "), at = at)
        }
        Rhythm::Monthly(which) => {
            let day = match which {
                MonthDay::Date(date) => t!("recurring-says-date", date = date.to_string()),
                MonthDay::Weekday(place, day) => t!("recurring-says-day", place = place_name(*place), day = day_name(*day)),
                MonthDay::Workday(place) => t!("recurring-says-day", place = place_name(*place), day = t!("recurring-weekday")),
            };
            t!("recurring-says-monthly", every = every, day = day, at = at)
        }
    }
}

fn times(all: &[Occurrence], zone: &str) -> Vec<String> {
    let zone = named_zone(zone).unwrap_or(TimeZone::UTC);
    let words = |it: &Occurrence| {
        t!("date-day-time", day = tongue::date_full(zone.to_datetime(it.at.timestamp()).date()), time = language::clock(it.at, &zone))
    };
    all.iter().map(words).collect()
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| {
        let row = |it: Recurrence| RecurringRow {
            href: address(it.id),
            when: in_words(&it.schedule),
            paused: it.paused,
            troubled: it.trouble.is_some(),
            next: it.next,
            name: it.name,
        };
        Ok(RecurringView {
            frame: admin.frame(),
            rows: recurring::all(tx, admin.actor())?.into_iter().map(row).collect(),
            may_make: admin.actor().may(Permission::SettingsWrite),
            no_template: ticket_templates::offered(tx, admin.actor())?.is_empty(),
        })
    })?;
    Ok(page(StatusCode::OK, list_page(&view)))
}

/// What stands in the fields.
#[derive(Debug, Clone, Default)]
struct Fields {
    name: String,
    template: String,
    requester: String,
    rhythm: String,
    every: String,
    days: Vec<String>,
    date: String,
    place: String,
    day: String,
    at: String,
    zone: String,
    from: String,
    until: String,
    working_days_of: String,
    paused: bool,
}

impl Fields {
    fn fresh(tx: &Tx, admin: &Admin) -> Result<Fields> {
        let zone = Settings::of(tx)?.time_zone.clone();
        let me = tx.get::<Person>(&admin.person())?.map_or_else(String::new, |it| it.email);
        Ok(Fields {
            requester: me,
            rhythm: "weekly".into(),
            every: "1".into(),
            days: vec!["mon".into()],
            date: "1".into(),
            place: "1".into(),
            day: "weekday".into(),
            at: "09:00".into(),
            from: recurring::today(tx, &zone)?.to_string(),
            zone,
            ..Fields::default()
        })
    }

    fn of(tx: &Tx, admin: &Admin, it: &Recurrence) -> Result<Fields> {
        let weekday = |day: u8| WEEKDAYS.get(usize::from(day)).map_or_else(String::new, |it| it.1.to_owned());
        let mut fields = Fields {
            name: it.name.clone(),
            template: it.template.to_string(),
            requester: tx.get::<Person>(&it.requester)?.map_or_else(String::new, |it| it.email),
            every: it.schedule.every.to_string(),
            at: format!("{:02}:{:02}", it.schedule.at / 60, it.schedule.at % 60),
            zone: it.schedule.zone.clone(),
            from: it.schedule.from.to_string(),
            until: it.schedule.until.map(|it| it.to_string()).unwrap_or_default(),
            working_days_of: it.working_days_of.map(|it| it.to_string()).unwrap_or_default(),
            paused: it.paused,
            ..Fields::fresh(tx, admin)?
        };
        let rhythm = match &it.schedule.rhythm {
            Rhythm::Daily => "daily",
            Rhythm::Weekly(days) => {
                fields.days = days.iter().map(|it| weekday(*it)).collect();
                "weekly"
            }
            Rhythm::Monthly(MonthDay::Date(date)) => {
                fields.date = date.to_string();
                "date"
            }
            Rhythm::Monthly(MonthDay::Weekday(place, day)) => {
                (fields.place, fields.day) = (place.to_string(), weekday(*day));
                "day"
            }
            Rhythm::Monthly(MonthDay::Workday(place)) => {
                (fields.place, fields.day) = (place.to_string(), "weekday".into());
                "day"
            }
        };
        fields.rhythm = rhythm.to_owned();
        Ok(fields)
    }

    fn sent(sent: &Sent) -> Fields {
        let text = |name: &str| sent.text(name).trim().to_owned();
        Fields {
            name: text("name"),
            template: text("template"),
            requester: text("requester"),
            rhythm: text("rhythm"),
            every: text("every"),
            days: sent.all("days").map(str::to_owned).collect(),
            date: text("date"),
            place: text("place"),
            day: text("day"),
            at: text("at"),
            zone: text("timeZone"),
            from: text("from"),
            until: text("until"),
            working_days_of: text("workingDaysOf"),
            paused: sent.has("paused"),
        }
    }

    fn schedule(&self) -> Result<Schedule> {
        let wrong = |field: &str, message| Refusal::field(field, "invalid", message);
        let weekday = |it: &str| WEEKDAYS.iter().position(|day| day.1 == it).and_then(|it| u8::try_from(it).ok());
        let day = |field: &str, it: &str| it.parse::<Day>().map_err(|_| wrong(field, say!("recurring-wrong-date-of-day")));
        let place = self.place.parse().unwrap_or(LAST);
        let rhythm = match self.rhythm.as_str() {
            "weekly" => {
                let mut days: Vec<u8> = self.days.iter().filter_map(|it| weekday(it)).collect();
                days.sort_unstable();
                days.dedup();
                Rhythm::Weekly(days)
            }
            "date" => Rhythm::Monthly(MonthDay::Date(self.date.parse().map_err(|_| wrong("date", say!("recurring-wrong-date")))?)),
            "day" => Rhythm::Monthly(weekday(&self.day).map_or(MonthDay::Workday(place), |it| MonthDay::Weekday(place, it))),
            _ => Rhythm::Daily,
        };
        Ok(Schedule {
            rhythm,
            // Nothing is refused with the words of the desk.
            every: self.every.parse().unwrap_or(0),
            at: recurring::minute_of(&self.at).ok_or_else(|| wrong("at", say!("recurring-wrong-time")))?,
            zone: self.zone.clone(),
            from: day("from", &self.from)?,
            until: Some(self.until.as_str()).filter(|it| !it.is_empty()).map(|it| day("until", it)).transpose()?,
        })
    }

    fn draft(&self) -> Result<RecurrenceDraft> {
        Ok(RecurrenceDraft {
            name: self.name.clone(),
            template: self.template.parse().ok(),
            requester: self.requester.clone(),
            schedule: self.schedule()?,
            working_days_of: self.working_days_of.clone(),
            paused: self.paused,
        })
    }
}

fn filled(tx: &Tx, admin: &Admin, of: Option<&Recurrence>, it: &Fields, refusal: Option<&Refusal>) -> Result<RecurringFormView> {
    let settings = Settings::of(tx)?;
    let last = match of.and_then(|it| it.last.as_ref()) {
        Some(last) => tx.get::<Ticket>(&last.ticket)?.map(|ticket| {
            let number = number::text(&settings, ticket.kind, ticket.number);
            (number.clone(), format!("/agent/tickets/{number}"), last.due)
        }),
        None => None,
    };
    // What is wrong with the schedule is said at its fields; then there is nothing to show ahead.
    let next = it.schedule().and_then(|schedule| recurring::occurrences(tx, &schedule, &it.working_days_of)).unwrap_or_default();
    let calendars = calendars::calendars(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name));
    let templates = ticket_templates::offered(tx, admin.actor())?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name));
    let tick = |(place, (_, name)): (u8, &(jiff::civil::Weekday, &str))| Tick {
        value: (*name).to_owned(),
        label: day_name(place).to_owned(),
        on: it.days.iter().any(|it| it == name),
        ..Tick::default()
    };
    Ok(RecurringFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| RECURRING.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: it.name.clone(),
        template: it.template.clone(),
        templates: std::iter::once(Choice::new("", t!("recurring-choose"))).chain(templates).collect(),
        requester: it.requester.clone(),
        rhythm: it.rhythm.clone(),
        every: it.every.clone(),
        days: (0..).zip(&WEEKDAYS).map(tick).collect(),
        date: it.date.clone(),
        place: it.place.clone(),
        day: it.day.clone(),
        at: it.at.clone(),
        next: if it.paused { Vec::new() } else { times(&next, &it.zone) },
        zone: it.zone.clone(),
        from: it.from.clone(),
        until: it.until.clone(),
        working_days_of: it.working_days_of.clone(),
        calendars: std::iter::once(Choice::new("", t!("recurring-every-day"))).chain(calendars).collect(),
        paused: it.paused,
        last,
        trouble: of.and_then(|it| it.trouble.as_ref()).map(|it| (it.why.clone(), it.due)),
        errors: refusal
            .map(|it| it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect())
            .unwrap_or_default(),
        error: refusal.map(|it| tongue::sentence(&it.detail)),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
    })
}

fn draw(admin: &Admin, of: Option<&Recurrence>, fields: &Fields, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| filled(tx, admin, of, fields, refusal))?;
    Ok(page(refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code)), form_page(&view)))
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let fields = admin.desk.read(|tx| Fields::fresh(tx, &admin))?;
    draw(&admin, None, &fields, None)
}

pub async fn show(admin: Admin, Path(id): Path<RecurrenceId>) -> Result<Response, Problem> {
    let (it, fields) = admin.desk.read(|tx| {
        let it = recurring::known(tx, admin.actor(), id)?;
        let fields = Fields::of(tx, &admin, &it)?;
        Ok((it, fields))
    })?;
    draw(&admin, Some(&it), &fields, None)
}

async fn save(admin: Admin, of: Option<Recurrence>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let fields = Fields::sent(&sent);
    if sent.has("look") {
        let looked = fields.schedule().and_then(|it| it.check());
        return match looked {
            Ok(()) => draw(&admin, of.as_ref(), &fields, None),
            Err(Error::Refused(refusal)) => draw(&admin, of.as_ref(), &fields, Some(&refusal)),
            Err(error) => Err(error.into()),
        };
    }
    let (actor, id, version) = (admin.actor().clone(), of.as_ref().map(|it| it.id), sent.text("version").parse().ok());
    let done = match fields.draft() {
        Ok(draft) => {
            let run = move |tx: &mut Tx| match id {
                None => recurring::create(tx, &actor, draft),
                Some(id) => recurring::change(tx, &actor, id, version, draft),
            };
            admin.desk.write(Some(admin.person()), run).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(it) => Ok(see_and_say(RECURRING.href, &said::done(t!("recurring-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&admin, of.as_ref(), &fields, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    save(admin, None, sent).await
}

pub async fn change(admin: Admin, Path(id): Path<RecurrenceId>, sent: Sent) -> Result<Response, Problem> {
    let present = admin.desk.read(|tx| recurring::known(tx, admin.actor(), id))?;
    save(admin, Some(present), sent).await
}

/// Lodges one now; what the desk refuses is said where the schedule is shown.
pub async fn lodge(admin: Admin, Path(id): Path<RecurrenceId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    match admin.desk.write(Some(admin.person()), move |tx| recurring::lodge_now(tx, &actor, id)).await {
        Ok(ticket) => {
            let number = number::text(&admin.settings, ticket.kind, ticket.number);
            Ok(see_and_say(&format!("/agent/tickets/{number}"), &said::done(t!("new-ticket-lodged", number = number))))
        }
        Err(Error::Refused(refusal)) => {
            let (it, fields) = admin.desk.read(|tx| {
                let it = recurring::known(tx, admin.actor(), id)?;
                let fields = Fields::of(tx, &admin, &it)?;
                Ok((it, fields))
            })?;
            draw(&admin, Some(&it), &fields, Some(&refusal))
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(admin: Admin, Path(id): Path<RecurrenceId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(Some(admin.person()), move |tx| recurring::delete(tx, &actor, id)).await?;
    Ok(see_and_say(RECURRING.href, &said::done(t!("recurring-deleted"))))
}
