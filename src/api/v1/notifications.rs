//! What one is told on the desk, and how one wants to be told: the centre, preferences, devices, and what the desk says for everybody.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    input::{given, nullable, required},
    list::ListView,
    mail::TicketRefView,
    one,
    shown::NamedView,
    tickets::known,
};
use crate::{
    appliance,
    desk::{
        Tx,
        actor::Actor,
        notices::{
            self, Channel, Filter, Happening, Notification,
            preferences::{
                self, Choice, Gathering, NotificationRules, NotificationRulesChange, Preferences, PreferencesChange, QuietHours,
            },
            push::{self, NewSubscription, PushSubscription},
        },
        permission::Permission,
        tickets::{Cast, Ticket, access, number},
    },
    error::{Refusal, Result},
    http::{Caller, Problem, body::RawJson, idempotency::Key, page::Page, path::Path, query::Query},
    id::{NotificationId, PersonId, SubscriptionId},
    text::user_agent,
    time::Instant,
};

/// What somebody is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum NotificationEventName {
    Assigned,
    Answered,
    Noted,
    Mentioned,
    Moved,
    Lodged,
    Waiting,
    TargetWarned,
    TargetMissed,
    Escalated,
    Outage,
    Reminder,
    BackAgain,
    DraftShared,
    Replied,
}

/// By what way. `teams`, `slack`, `sms` and `webhook` have their names and no way out yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum NotificationChannelName {
    Email,
    InApp,
    Push,
    Teams,
    Slack,
    Sms,
    Webhook,
}

/// Whether mails come one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum DigestName {
    Off,
    Hourly,
    Daily,
}

/// One thing that one is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationView {
    pub id: Uuid,
    #[schema(value_type = NotificationEventName)]
    pub event: &'static str,
    /// What happened, in a sentence without the ticket's name.
    pub text: String,
    pub ticket: TicketRefView,
    pub title: String,
    /// The message that it is about.
    pub comment: Option<Uuid>,
    /// Who did it; null for the desk.
    pub by: Option<NamedView>,
    pub created_at: Instant,
    pub is_read: bool,
    pub read_at: Option<Instant>,
}

impl NotificationView {
    fn of(tx: &Tx, it: &Notification) -> Result<Option<NotificationView>> {
        let Some(ticket) = tx.get::<Ticket>(&it.ticket)? else { return Ok(None) };
        let mut cast = Cast::default();
        cast.meet(tx, it.by)?;
        let by = it.by.and_then(|it| cast.person(it));
        Ok(Some(NotificationView {
            id: it.id.0,
            event: it.happening.name(),
            text: notices::sentence(it, by.map(|it| it.name.as_str())).into(),
            ticket: TicketRefView { id: ticket.id.0, number: number::shown(tx, &ticket) },
            title: ticket.title,
            comment: it.comment.map(|it| it.0),
            by: by.map(|it| NamedView { id: it.id.0, name: it.name.clone() }),
            created_at: it.shown_at,
            is_read: it.read_at.is_some(),
            read_at: it.read_at,
        }))
    }
}

/// A part of what one is told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationListView {
    /// The newest first.
    pub items: Vec<NotificationView>,
    /// How many are not read, counted up to a hundred.
    #[schema(minimum = 0, maximum = 100)]
    pub unread: usize,
    /// Give it as `cursor` for what follows; null at the end.
    pub next_cursor: Option<String>,
}

/// Whether it is read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPatchInput {
    #[schema(required = true)]
    pub is_read: Option<bool>,
}

/// How many were marked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkedView {
    #[schema(minimum = 0)]
    pub marked: usize,
}

fn me(caller: &Caller) -> Result<PersonId> {
    caller.actor.need(Permission::PortalUse)?;
    caller.actor.person().ok_or_else(|| Refusal::forbidden(Permission::PortalUse.name()).into())
}

fn event(text: &str) -> Result<Happening> {
    let known = || Happening::ALL.map(Happening::name).join(", ");
    Happening::named(text)
        .ok_or_else(|| Refusal::field("event", "unknown", format!("There is no such event; there are {}.", known())).into())
}

fn channel(text: &str) -> Result<Channel> {
    let known = || Channel::ALL.map(Channel::name).join(", ");
    let unknown = || Refusal::field("channel", "unknown", format!("There is no such channel; there are {}.", known()));
    Channel::named(text).ok_or_else(|| unknown().into())
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<NotificationListView>, Problem> {
    let me = me(&caller)?;
    let page = Page::of(&query, &["unread", "event", "ticket"])?;
    let wrong = || Refusal::field("cursor", "invalid", "This is no cursor of this list; start again without one.");
    let before = page.cursor.as_deref().map(|it| it.parse::<NotificationId>().map_err(|_| wrong())).transpose()?;
    let found = caller.desk.read(|tx| {
        let filter = Filter {
            unread: query.get("unread") == Some("true"),
            happening: query.get("event").map(event).transpose()?,
            ticket: query.get("ticket").map(|it| access::named(tx, &caller.actor, it).map(|it| it.id)).transpose()?,
        };
        let mut all = notices::list(tx, &caller.actor, &filter, before, page.size + 1)?;
        let more = all.len() > page.size;
        all.truncate(page.size);
        let next_cursor = all.last().filter(|_| more).map(|it| it.id.to_string());
        let mut items = Vec::new();
        for it in &all {
            items.extend(NotificationView::of(tx, it)?);
        }
        Ok(NotificationListView { items, unread: notices::unread(tx, me)?, next_cursor })
    })?;
    Ok(axum::Json(found))
}

pub async fn mark(caller: Caller, Path(id): Path<NotificationId>, json: RawJson) -> Result<axum::Json<NotificationView>, Problem> {
    let me = me(&caller)?;
    let input: NotificationPatchInput = json.parse()?.into_value()?;
    let read = required("isRead", input.is_read)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(Some(me), move |tx| {
        let it = notices::mark(tx, &actor, id, read)?;
        NotificationView::of(tx, &it)?.ok_or_else(|| Refusal::not_found("notification").into())
    });
    let view = done.await?;
    count_changed(&caller, me);
    Ok(axum::Json(view))
}

pub async fn mark_all(caller: Caller) -> Result<axum::Json<MarkedView>, Problem> {
    let me = me(&caller)?;
    let actor = caller.actor.clone();
    let marked = caller.desk.write(Some(me), move |tx| notices::mark_all(tx, &actor)).await?;
    count_changed(&caller, me);
    Ok(axum::Json(MarkedView { marked }))
}

/// One's other pages show another count now.
fn count_changed(caller: &Caller, me: PersonId) {
    caller.desk.live.tell_person(me, caller.desk.reader().last_seq(), None);
}

/// Whether one is told of an event by a channel.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreferenceView {
    #[schema(value_type = NotificationEventName)]
    pub event: &'static str,
    #[schema(value_type = NotificationChannelName)]
    pub channel: &'static str,
    pub on: bool,
    /// The desk has decided it for everybody.
    pub locked: bool,
}

/// How one wants to be told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreferencesView {
    /// Each event and each channel that there is.
    pub events: Vec<PreferenceView>,
    /// From when until when one is left in peace, in one's own zone, such as `22:00`; null: never.
    pub quiet_from: Option<String>,
    pub quiet_until: Option<String>,
    #[schema(value_type = DigestName)]
    pub digest: &'static str,
    /// When the daily mail goes, such as `08:00`.
    pub digest_at: String,
    /// Whether a word appears in the corner of an open page.
    pub toasts: bool,
    /// Tickets that one hears nothing of.
    pub muted: Vec<TicketRefView>,
    /// The desk's public key for push services, as base64url (`applicationServerKey`).
    pub push_key: String,
}

/// A choice.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct PreferenceInput {
    #[schema(value_type = NotificationEventName)]
    pub event: String,
    #[schema(value_type = NotificationChannelName)]
    pub channel: String,
    pub on: bool,
}

impl PreferenceInput {
    fn choice(&self) -> Result<Choice> {
        Ok(Choice { happening: event(&self.event)?, channel: channel(&self.channel)?, on: self.on })
    }
}

/// Changes; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreferencesPatchInput {
    /// Those that are to change.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<PreferenceInput>, required = false, max_items = 200)]
    pub events: Option<Vec<PreferenceInput>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false)]
    pub quiet_from: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false)]
    pub quiet_until: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = DigestName, required = false)]
    pub digest: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub digest_at: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub toasts: Option<bool>,
}

fn time_text(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn minute(field: &str, text: &str) -> Result<u16> {
    let wrong = || Refusal::field(field, "invalid", "Write a time of day such as 22:00.");
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(wrong)?;
    match (hours.parse::<u16>(), minutes.parse::<u16>()) {
        (Ok(hours), Ok(minutes)) if hours < 24 && minutes < 60 => Ok(hours * 60 + minutes),
        _ => Err(wrong().into()),
    }
}

impl PreferencesPatchInput {
    fn meant(self, before: &Preferences) -> Result<PreferencesChange> {
        let quiet = match (self.quiet_from, self.quiet_until) {
            (None, None) => None,
            (Some(None), _) | (_, Some(None)) => Some(None),
            (from, until) => {
                let known = |given: Option<Option<String>>, field: &str, known: Option<u16>| match given.flatten() {
                    Some(it) => minute(field, &it),
                    None => known.ok_or_else(|| Refusal::field(field, "required", "Quiet hours begin and end.").into()),
                };
                let from = known(from, "quietFrom", before.quiet.map(|it| it.from))?;
                Some(Some(QuietHours { from, until: known(until, "quietUntil", before.quiet.map(|it| it.until))? }))
            }
        };
        let unknown = || Refusal::field("digest", "unknown", "It is `off`, `hourly` or `daily`.");
        Ok(PreferencesChange {
            choices: self.events.unwrap_or_default().iter().map(PreferenceInput::choice).collect::<Result<_>>()?,
            quiet,
            gathering: self.digest.map(|it| Gathering::named(&it).ok_or_else(unknown)).transpose()?,
            daily_at: self.digest_at.map(|it| minute("digestAt", &it)).transpose()?,
            toasts: self.toasts,
        })
    }
}

/// What there is to choose for somebody: what only agents are told of is not offered to others.
fn choices(actor: &Actor, rules: &NotificationRules, mine: &Preferences) -> Vec<PreferenceView> {
    let works = actor.may(Permission::TicketsRead);
    let events = Happening::ALL.into_iter().filter(|it| works || !it.is_for_agents());
    let view = |happening: Happening, channel: Channel| PreferenceView {
        event: happening.name(),
        channel: channel.name(),
        on: rules.tells(mine, happening, channel),
        locked: rules.is_locked(happening, channel),
    };
    events.flat_map(|it| Channel::THERE.map(|channel| view(it, channel))).collect()
}

fn preferences_view(tx: &Tx, actor: &Actor, me: PersonId, push_key: String) -> Result<PreferencesView> {
    let (rules, mine) = (NotificationRules::of(tx)?, Preferences::of(tx, me)?);
    let mut muted = Vec::new();
    for id in &mine.muted {
        let ticket = tx.get::<Ticket>(id)?.filter(|it| access::may_see(actor, it));
        muted.extend(ticket.map(|it| TicketRefView { id: it.id.0, number: number::shown(tx, &it) }));
    }
    Ok(PreferencesView {
        events: choices(actor, &rules, &mine),
        quiet_from: mine.quiet.map(|it| time_text(it.from)),
        quiet_until: mine.quiet.map(|it| time_text(it.until)),
        digest: mine.gathering.name(),
        digest_at: time_text(mine.daily_at),
        toasts: mine.toasts,
        muted,
        push_key,
    })
}

async fn push_key(caller: &Caller) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(appliance::push::public_key(&caller.desk).await?))
}

pub async fn read_preferences(caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    let me = me(&caller)?;
    let key = push_key(&caller).await?;
    one::read(&caller, &headers, |tx, actor| preferences_view(tx, actor, me, key))
}

pub async fn patch_preferences(caller: Caller, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    let me = me(&caller)?;
    let input: PreferencesPatchInput = json.parse()?.into_value()?;
    let key = push_key(&caller).await?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = preferences_view(tx, actor, me, key.clone())?;
        let change = input.meant(&*Preferences::of(tx, me)?)?;
        preferences::change(tx, actor, change)?;
        Ok((before, preferences_view(tx, actor, me, key)?))
    })
    .await
}

/// What the desk says for everybody.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotificationRulesView {
    /// Whether people are told unless they say otherwise, and whether they may.
    pub events: Vec<PreferenceView>,
    /// Channels that can be switched on or off for the whole desk.
    pub channels: Vec<ChannelView>,
}

/// A channel of the desk.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelView {
    #[schema(value_type = NotificationChannelName)]
    pub channel: &'static str,
    pub on: bool,
    /// This release can tell people by it.
    pub available: bool,
}

/// A word of the desk about an event and a channel.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NotificationRuleInput {
    #[schema(value_type = NotificationEventName)]
    pub event: String,
    #[schema(value_type = NotificationChannelName)]
    pub channel: String,
    #[serde(default)]
    pub on: Option<bool>,
    /// Whether people may not choose it themselves.
    #[serde(default)]
    pub locked: Option<bool>,
}

/// Changes of what the desk says; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRulesPatchInput {
    /// Those that are to change.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<NotificationRuleInput>, required = false, max_items = 200)]
    pub events: Option<Vec<NotificationRuleInput>>,
    /// All channels that are switched off.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<NotificationChannelName>, required = false)]
    pub off: Option<Vec<String>>,
}

impl NotificationRulesPatchInput {
    fn meant(self) -> Result<NotificationRulesChange> {
        let mut change = NotificationRulesChange::default();
        for it in self.events.unwrap_or_default() {
            let (happening, channel) = (event(&it.event)?, channel(&it.channel)?);
            change.choices.extend(it.on.map(|on| Choice { happening, channel, on }));
            change.locks.extend(it.locked.map(|on| Choice { happening, channel, on }));
        }
        change.off = self.off.map(|all| all.iter().map(|it| channel(it)).collect::<Result<_>>()).transpose()?;
        Ok(change)
    }
}

fn rules_view(tx: &Tx) -> Result<NotificationRulesView> {
    let rules = NotificationRules::of(tx)?;
    let view = |happening: Happening, channel: Channel| PreferenceView {
        event: happening.name(),
        channel: channel.name(),
        on: rules.default_of(happening, channel),
        locked: rules.is_locked(happening, channel),
    };
    let events = Happening::ALL.into_iter().flat_map(|it| Channel::THERE.map(|channel| view(it, channel))).collect();
    let channel = |it: Channel| ChannelView { channel: it.name(), on: it.is_there() && !rules.off.contains(&it), available: it.is_there() };
    Ok(NotificationRulesView { events, channels: Channel::ALL.map(channel).into() })
}

pub async fn read_rules(caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsRead)?;
    one::read(&caller, &headers, |tx, _| rules_view(tx))
}

pub async fn patch_rules(caller: Caller, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    caller.actor.need(Permission::SettingsWrite)?;
    let input: NotificationRulesPatchInput = json.parse()?.into_value()?;
    one::change(&caller, &headers, move |tx, actor| {
        let before = rules_view(tx)?;
        preferences::change_rules(tx, actor, input.meant()?)?;
        Ok((before, rules_view(tx)?))
    })
    .await
}

pub async fn mute(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    set_mute(caller, id, true).await
}

pub async fn unmute(caller: Caller, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    set_mute(caller, id, false).await
}

async fn set_mute(caller: Caller, id: String, on: bool) -> Result<StatusCode, Problem> {
    known(&caller, &id)?;
    let me = me(&caller)?;
    let actor = caller.actor.clone();
    let done = caller.desk.write(Some(me), move |tx| {
        let ticket = access::named(tx, &actor, &id)?;
        preferences::mute(tx, &actor, ticket.id, on).map(drop)
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A device that is told of things while no page is open.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PushSubscriptionView {
    pub id: Uuid,
    /// In words, such as `Firefox on Linux`.
    pub device: String,
    pub created_at: Instant,
}

impl PushSubscriptionView {
    fn of(it: PushSubscription) -> PushSubscriptionView {
        PushSubscriptionView { id: it.id.0, device: it.device, created_at: it.created_at }
    }
}

/// A device to be, as `PushSubscription.toJSON()` of a browser writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushSubscriptionInput {
    #[schema(value_type = String, required = true)]
    pub endpoint: Option<String>,
    #[schema(value_type = PushKeysInput, required = true)]
    pub keys: Option<PushKeysInput>,
}

/// The keys of a device, as base64url.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PushKeysInput {
    /// Its public key.
    pub p256dh: String,
    /// What only it and the desk know.
    pub auth: String,
}

impl PushSubscriptionInput {
    fn device(self, device: String, private: bool) -> Result<NewSubscription> {
        let endpoint = required("endpoint", self.endpoint)?;
        let keys = required("keys", self.keys)?;
        if !(endpoint.starts_with("https://") || (private && endpoint.starts_with("http://"))) {
            return Err(Refusal::field("endpoint", "invalid", "The address of a push service is an https address.").into());
        }
        let bytes = |field: &str, text: &str| {
            let text = text.trim_end_matches('=');
            URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::field(field, "invalid", format!("`{field}` is base64url.")))
        };
        Ok(NewSubscription { endpoint, key: bytes("p256dh", &keys.p256dh)?, auth: bytes("auth", &keys.auth)?, device })
    }
}

pub async fn devices(caller: Caller, query: Query) -> Result<axum::Json<ListView<PushSubscriptionView>>, Problem> {
    let me = me(&caller)?;
    let page = Page::of(&query, &[])?;
    let all = caller.desk.read(|tx| push::of(tx, me))?;
    Ok(axum::Json(ListView::of_whole(all.into_iter().map(PushSubscriptionView::of).collect(), &page)?))
}

pub async fn subscribe(caller: Caller, headers: HeaderMap, key: Key, json: RawJson) -> Result<Response, Problem> {
    me(&caller)?;
    let json = json.parse()?;
    let raw = json.raw.clone();
    let input: PushSubscriptionInput = json.into_value()?;
    let agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let new = input.device(user_agent::device(agent), caller.desk.private_push)?;
    let run = move |tx: &mut Tx, actor: &Actor| push::subscribe(tx, actor, new).map(PushSubscriptionView::of);
    one::create(&caller, key, &raw, run, |it| format!("/v1/me/push-subscriptions/{}", it.id)).await
}

pub async fn unsubscribe(caller: Caller, Path(id): Path<SubscriptionId>) -> Result<StatusCode, Problem> {
    let me = me(&caller)?;
    let actor = caller.actor.clone();
    caller.desk.write(Some(me), move |tx| push::unsubscribe(tx, &actor, id).map(drop)).await?;
    Ok(StatusCode::NO_CONTENT)
}
