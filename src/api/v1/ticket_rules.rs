//! What happens to tickets by itself: when resolved ones are closed, whether people are asked how it was, what is taken for the same
//! matter and for an outage.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::input::given;
use crate::{
    desk::{
        Tx,
        closing::ClosingRules,
        duplicates::AlikeRules,
        permission::Permission,
        queues::Queue,
        satisfaction::SurveyRules,
        settings::{self, Settings, SettingsChange},
    },
    error::{Refusal, Result},
    http::{
        Caller, Problem,
        body::{self, RawJson},
    },
    id::QueueId,
};

/// What happens to tickets by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketRulesView {
    /// Days of silence after which a resolved ticket is closed; 0: never by itself.
    #[schema(minimum = 0, maximum = 365)]
    pub close_days: u32,
    /// Days before that on which its requester is told; 0: they are not.
    #[schema(minimum = 0, maximum = 365)]
    pub remind_days: u32,
    /// Whether the mail about a solution asks how it was.
    pub survey: bool,
    /// Whether it asks for one to five stars.
    pub survey_stars: bool,
    /// Queues about whose tickets nobody is asked.
    pub survey_silent_queues: Vec<Uuid>,
    /// Whether alike tickets are suggested.
    pub alike: bool,
    /// For how long a ticket is compared with later ones.
    #[schema(minimum = 1, maximum = 168)]
    pub alike_hours: u32,
    /// So many alike incidents of different people ...
    #[schema(minimum = 2, maximum = 100)]
    pub outage_count: u32,
    /// ... within so many minutes are proposed as an outage.
    #[schema(minimum = 1, maximum = 1440)]
    pub outage_minutes: u32,
    /// The priority that the parent of an outage is raised to.
    #[schema(minimum = 1, maximum = 4)]
    pub outage_priority: u8,
    /// Whether a later ticket that is surely alike becomes a part of the outage by itself.
    pub outage_join_later: bool,
    /// Whether a ticket of monitoring that is tagged `outage` declares one.
    pub outage_from_monitoring: bool,
}

/// Changes to them; what is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketRulesPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 0, maximum = 365)]
    pub close_days: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 0, maximum = 365)]
    pub remind_days: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub survey: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub survey_stars: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<Uuid>, required = false)]
    pub survey_silent_queues: Option<Vec<Uuid>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub alike: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 1, maximum = 168)]
    pub alike_hours: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 2, maximum = 100)]
    pub outage_count: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u32, required = false, minimum = 1, maximum = 1440)]
    pub outage_minutes: Option<u32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = u8, required = false, minimum = 1, maximum = 4)]
    pub outage_priority: Option<u8>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub outage_join_later: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub outage_from_monitoring: Option<bool>,
}

fn view(it: &Settings) -> TicketRulesView {
    let ClosingRules { close_days, remind_days } = it.closing;
    let SurveyRules { on, stars, silent_queues } = &it.survey;
    let AlikeRules { on: alike, hours, outage_count, outage_minutes, outage_priority, join_later, from_monitoring } = it.alike;
    TicketRulesView {
        close_days,
        remind_days,
        survey: *on,
        survey_stars: *stars,
        survey_silent_queues: silent_queues.iter().map(|it| it.0).collect(),
        alike,
        alike_hours: hours,
        outage_count,
        outage_minutes,
        outage_priority,
        outage_join_later: join_later,
        outage_from_monitoring: from_monitoring,
    }
}

pub async fn read(caller: Caller) -> Result<axum::Json<TicketRulesView>, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    Ok(axum::Json(view(&*caller.desk.read(Settings::of)?)))
}

pub async fn patch(caller: Caller, json: RawJson) -> Result<axum::Json<TicketRulesView>, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: TicketRulesPatchInput = body::value(Value::Object(json.parse()?.object))?;
    let actor = caller.actor.clone();
    let run = move |tx: &mut Tx| {
        let change = input.meant(tx)?;
        settings::change(tx, &actor, change)
    };
    Ok(axum::Json(view(&caller.desk.write(caller.actor.person(), run).await?)))
}

impl TicketRulesPatchInput {
    fn meant(self, tx: &Tx) -> Result<SettingsChange> {
        let now = Settings::of(tx)?;
        let silent_queues = match self.survey_silent_queues {
            None => now.survey.silent_queues.clone(),
            Some(it) => it.into_iter().map(|it| known_queue(tx, QueueId(it))).collect::<Result<_>>()?,
        };
        Ok(SettingsChange {
            closing: Some(ClosingRules {
                close_days: self.close_days.unwrap_or(now.closing.close_days),
                remind_days: self.remind_days.unwrap_or(now.closing.remind_days),
            }),
            survey: Some(SurveyRules {
                on: self.survey.unwrap_or(now.survey.on),
                stars: self.survey_stars.unwrap_or(now.survey.stars),
                silent_queues,
            }),
            alike: Some(AlikeRules {
                on: self.alike.unwrap_or(now.alike.on),
                hours: self.alike_hours.unwrap_or(now.alike.hours),
                outage_count: self.outage_count.unwrap_or(now.alike.outage_count),
                outage_minutes: self.outage_minutes.unwrap_or(now.alike.outage_minutes),
                outage_priority: self.outage_priority.unwrap_or(now.alike.outage_priority),
                join_later: self.outage_join_later.unwrap_or(now.alike.join_later),
                from_monitoring: self.outage_from_monitoring.unwrap_or(now.alike.from_monitoring),
            }),
            ..SettingsChange::default()
        })
    }
}

fn known_queue(tx: &Tx, id: QueueId) -> Result<QueueId> {
    match tx.has::<Queue>(&id)? {
        true => Ok(id),
        false => Err(Refusal::field("surveySilentQueues", "unknown", "There is no such queue.").into()),
    }
}
