//! Tickets: lodge, list, read, change, replace, delete.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    attachments::AttachmentView,
    filters::{parameters, question},
    input::{Free, Level, Named, Whom, channel, given, kind, nullable},
    mail::TicketRefView,
    routing::DecisionView,
    satisfaction::{SatisfactionView, ScoreName},
    shown::{NamedView, PersonRefView, body_html},
    snoozes::SnoozeView,
};
use crate::{
    api::aliases,
    appliance::lists::{self, Question},
    desk::{
        Tx,
        actor::Actor,
        attachments::{self, uploads},
        closing, custom,
        permission::Permission,
        query::Sort,
        satisfaction,
        settings::Settings,
        tickets::{self, Cast, Channel, NewTicket, ObjectChange, Ticket, TicketChange, access, number, priority_label},
    },
    error::{Refusal, Result},
    follow::search::Spelling,
    http::{
        Caller, Problem,
        body::{self, RawJson},
        etag::{self, ETag, IfMatch},
        idempotency::{self, Key, Reply},
        page::Page,
        path::Path,
        query::Query,
    },
    id::UploadId,
    language::say,
    time::Instant,
};

/// A ticket.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketView {
    pub id: Uuid,
    /// As people write it, `INC-000045`.
    pub number: String,
    #[schema(value_type = KindName)]
    pub kind: &'static str,
    pub title: String,
    /// As it was written.
    pub description: String,
    /// Safe HTML.
    pub description_html: String,
    /// The key of a state of the kind's lifecycle.
    pub status: String,
    #[schema(value_type = CategoryName)]
    pub status_category: &'static str,
    #[schema(value_type = PriorityName)]
    pub priority: &'static str,
    #[schema(minimum = 1, maximum = 4)]
    pub impact: u8,
    #[schema(minimum = 1, maximum = 4)]
    pub urgency: u8,
    pub requester: PersonRefView,
    pub organization: Option<NamedView>,
    pub assignee: Option<NamedView>,
    pub queue: Option<NamedView>,
    pub category: Option<String>,
    pub subcategory: Option<String>,
    pub tags: Vec<String>,
    #[schema(value_type = ChannelName)]
    pub channel: &'static str,
    pub asset: Option<AssetView>,
    pub attachments: Vec<AttachmentView>,
    pub sla: SlaView,
    /// Keys of the desk's own.
    pub custom: Map<String, Value>,
    /// Keys of other programs.
    pub metadata: Map<String, Value>,
    pub links: Vec<LinkView>,
    /// The ticket on which its matter goes on, if it was merged into that and you may see it.
    pub merged_into: Option<TicketRefView>,
    /// The outage's ticket that this one is a part of, if you may see it.
    pub parent: Option<TicketRefView>,
    /// How its requester found the work: `good` or `bad`.
    #[schema(value_type = Option<ScoreName>)]
    pub csat_score: Option<&'static str>,
    /// The same with what was written, for whoever works the ticket and whoever said it.
    pub satisfaction: Option<SatisfactionView>,
    /// That it is put aside, for whoever reads its notes.
    pub snooze: Option<SnoozeView>,
    /// The recurring ticket that lodged it, for whoever works it.
    pub recurring_ticket: Option<Uuid>,
    pub service_item: Option<String>,
    pub scheduled_at: Option<Instant>,
    pub due_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub resolved_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    /// Why it is where it is, for those who work it.
    pub decisions: Vec<DecisionView>,
    /// Grows by one with each change; the `ETag` is made of it.
    #[schema(minimum = 1)]
    pub version: u64,
}

/// The kinds of tickets.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum KindName {
    Incident,
    Request,
    Problem,
    Change,
    Task,
}

/// What a state means.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum CategoryName {
    New,
    Active,
    Waiting,
    Resolved,
    Closed,
}

/// From the most pressing to the least.
#[derive(ToSchema)]
pub enum PriorityName {
    P1,
    P2,
    P3,
    P4,
}

/// How it came.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ChannelName {
    Portal,
    Email,
    Api,
    Chat,
    Monitoring,
    Phone,
    WalkIn,
    Import,
}

/// What a ticket is about.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetView {
    pub id: Option<String>,
    pub name: String,
    pub model: Option<String>,
}

/// The ticket's targets.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SlaView {
    pub policy_id: Option<Uuid>,
    pub response_due_at: Option<Instant>,
    pub resolution_due_at: Option<Instant>,
    pub due_at: Option<Instant>,
    pub breach: bool,
    pub paused: bool,
}

impl SlaView {
    fn of(ticket: &Ticket) -> SlaView {
        let Some(targets) = &ticket.targets else { return SlaView::default() };
        SlaView {
            policy_id: targets.policy.map(|it| it.0),
            response_due_at: targets.response_due(),
            resolution_due_at: targets.resolution_due(),
            due_at: targets.next_due(),
            breach: targets.is_breached(),
            paused: targets.is_paused(),
        }
    }
}

/// A link to another ticket.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkView {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub ticket_id: Uuid,
}

/// A list of tickets.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketListView {
    pub items: Vec<TicketView>,
    #[schema(minimum = 1)]
    pub page: usize,
    #[schema(minimum = 1, maximum = 100)]
    pub page_size: usize,
    #[schema(minimum = 0)]
    pub total: usize,
    /// There may be more than `total`, which is as far as they were counted.
    pub total_is_bound: bool,
    pub next_cursor: Option<String>,
    /// The list does not know your own last change yet.
    pub stale: bool,
}

/// A ticket to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewTicketInput {
    #[schema(value_type = Option<KindName>)]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub title: Option<String>,
    #[schema(max_length = 1048576)]
    pub description: Option<String>,
    /// The caller's own if absent. Whoever lodges for others may name somebody who is not known yet.
    pub requester: Option<Whom>,
    pub priority: Option<Level>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    #[schema(min_length = 1)]
    pub status: Option<String>,
    pub assignee: Option<Named>,
    pub queue: Option<Named>,
    #[schema(min_length = 1, max_length = 100)]
    pub category: Option<String>,
    #[schema(min_length = 1, max_length = 100)]
    pub subcategory: Option<String>,
    #[schema(max_items = 50)]
    pub tags: Option<Vec<String>>,
    #[schema(value_type = Option<ChannelName>)]
    pub channel: Option<String>,
    pub custom: Option<Free>,
    pub metadata: Option<Free>,
    pub scheduled_at: Option<Instant>,
    pub due_at: Option<Instant>,
    #[schema(max_length = 255)]
    pub service_item: Option<String>,
    pub asset: Option<Named>,
    /// Files that one has sent before (`POST /v1/attachments`, or an upload), for lodging only.
    #[schema(max_items = 20)]
    pub uploads: Option<Vec<Uuid>>,
    /// The ticket that this one goes on from, such as one that was closed too long ago to be opened again; for lodging only.
    pub follow_up_of: Option<Named>,
    /// The ticket that this one is a part of; for lodging only, later by a link `child_of`.
    pub child_of: Option<Named>,
}

/// What is to change of a ticket (RFC 7396): absent stays, null is taken away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketPatchInput {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = KindName, required = false)]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255, pattern = r"[^\s\x00-\x1f\x7f-\x9f]")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, max_length = 1048576)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Level>, required = false)]
    pub priority: Option<Option<Level>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Level, required = false)]
    pub impact: Option<Level>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Level, required = false)]
    pub urgency: Option<Level>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Named, required = false)]
    pub requester: Option<Named>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub assignee: Option<Option<Named>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub queue: Option<Option<Named>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 100)]
    pub category: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 100)]
    pub subcategory: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Vec<String>>, required = false, max_items = 50)]
    pub tags: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Free>, required = false)]
    pub custom: Option<Option<Free>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Free>, required = false)]
    pub metadata: Option<Option<Free>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Instant>, required = false)]
    pub scheduled_at: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Instant>, required = false)]
    pub due_at: Option<Option<Instant>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>, required = false, max_length = 255)]
    pub service_item: Option<Option<String>>,
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<Named>, required = false)]
    pub asset: Option<Option<Named>>,
}

fn text_of(free: Option<Free>) -> Result<Option<String>> {
    free.map(|it| it.to_text()).transpose()
}

fn merged(free: Option<Free>) -> Result<ObjectChange> {
    Ok(text_of(free)?.map_or(ObjectChange::Whole(None), ObjectChange::Merged))
}

fn text(it: Option<Named>) -> Option<String> {
    it.map(|it| it.text)
}

fn level(it: Option<Level>) -> Option<u8> {
    it.map(|it| it.0)
}

impl NewTicketInput {
    /// As the desk takes it.
    pub fn meant(self, came: Channel) -> Result<NewTicket> {
        let title = self.title.ok_or_else(|| Refusal::field("title", "required", "A ticket needs a title: what is it about?"))?;
        let kind = self.kind.as_deref().map_or(Ok(tickets::Kind::Incident), kind)?;
        let channel = self.channel.as_deref().map_or(Ok(came), channel)?;
        let (requester, requester_name, requester_phone) = self.requester.map_or((None, None, None), |it| (it.text, it.name, it.phone));
        Ok(NewTicket {
            description: self.description.unwrap_or_default(),
            requester,
            requester_name,
            requester_phone,
            priority: level(self.priority),
            impact: level(self.impact),
            urgency: level(self.urgency),
            status: self.status,
            assignee: text(self.assignee),
            queue: text(self.queue),
            category: self.category,
            subcategory: self.subcategory,
            tags: self.tags.unwrap_or_default(),
            custom: text_of(self.custom)?,
            metadata: text_of(self.metadata)?,
            scheduled_at: self.scheduled_at,
            due_at: self.due_at,
            service_item: self.service_item,
            asset: text(self.asset),
            child_of: text(self.child_of),
            ..NewTicket::new(kind, title, channel)
        })
    }
}

impl TicketPatchInput {
    fn meant(self) -> Result<TicketChange> {
        Ok(TicketChange {
            expected: None,
            kind: self.kind.as_deref().map(kind).transpose()?,
            title: self.title,
            description: self.description.map(Option::unwrap_or_default),
            status: self.status,
            priority: self.priority.map(level),
            impact: level(self.impact),
            urgency: level(self.urgency),
            requester: text(self.requester),
            assignee: self.assignee.map(text),
            queue: self.queue.map(text),
            category: self.category,
            subcategory: self.subcategory,
            tags: self.tags.map(Option::unwrap_or_default),
            custom: self.custom.map(merged).transpose()?,
            metadata: self.metadata.map(merged).transpose()?,
            scheduled_at: self.scheduled_at,
            due_at: self.due_at,
            service_item: self.service_item,
            asset: self.asset.map(text),
        })
    }
}

impl NewTicketInput {
    /// As a whole new content: what is absent is taken away, except what a ticket cannot be without.
    fn replacing(self) -> Result<TicketChange> {
        let title = self.title.ok_or_else(|| Refusal::field("title", "required", "A replacement needs a title."))?;
        Ok(TicketChange {
            expected: None,
            kind: self.kind.as_deref().map(kind).transpose()?,
            title: Some(title),
            description: Some(self.description.unwrap_or_default()),
            status: self.status,
            priority: Some(level(self.priority)),
            impact: level(self.impact),
            urgency: level(self.urgency),
            requester: self.requester.and_then(|it| it.text),
            assignee: Some(text(self.assignee)),
            queue: Some(text(self.queue)),
            category: Some(self.category),
            subcategory: Some(self.subcategory),
            tags: Some(self.tags.unwrap_or_default()),
            custom: Some(ObjectChange::Whole(text_of(self.custom)?)),
            metadata: Some(ObjectChange::Whole(text_of(self.metadata)?)),
            scheduled_at: Some(self.scheduled_at),
            due_at: Some(self.due_at),
            service_item: Some(self.service_item),
            asset: Some(text(self.asset)),
        })
    }
}

/// Tickets as they are shown to the actor.
pub fn views(tx: &Tx, actor: &Actor, tickets: &[Ticket]) -> Result<Vec<TicketView>> {
    let settings = Settings::of(tx)?;
    let cast = Cast::of(tx, tickets)?;
    tickets.iter().map(|it| view(tx, actor, &settings, &cast, it)).collect()
}

/// One ticket as it is shown to the actor.
pub fn view_of(tx: &Tx, actor: &Actor, ticket: &Ticket) -> Result<TicketView> {
    let settings = Settings::of(tx)?;
    view(tx, actor, &settings, &Cast::of(tx, [ticket])?, ticket)
}

fn view(tx: &Tx, actor: &Actor, settings: &Settings, cast: &Cast, it: &Ticket) -> Result<TicketView> {
    let files = if it.has_attachments { attachments::of_ticket(tx, actor, it)? } else { Vec::new() };
    let object = |text: &Option<String>| text.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let category = |id: Option<_>| id.and_then(|id| cast.category(id)).map(|it| it.name.clone());
    Ok(TicketView {
        id: it.id.0,
        number: number::text(settings, it.kind, it.number),
        kind: it.kind.name(),
        title: it.title.clone(),
        description: it.description.clone(),
        description_html: body_html(&it.description, it.description_format, it.description_html.as_deref(), &files, None),
        status: it.state.clone(),
        status_category: it.category.name(),
        priority: priority_label(it.priority),
        impact: it.impact,
        urgency: it.urgency,
        requester: PersonRefView::of(cast, it.requester),
        organization: it.organization.and_then(|id| cast.organization(id)).map(|it| NamedView { id: it.id.0, name: it.name.clone() }),
        assignee: it.assignee.map(|id| NamedView::person(cast, id)),
        queue: it.queue.and_then(|id| cast.queue(id)).map(|it| NamedView { id: it.id.0, name: it.name.clone() }),
        category: category(it.topic),
        subcategory: category(it.subtopic),
        tags: it.tags.clone(),
        channel: it.channel.name(),
        asset: it.asset.clone().map(|name| AssetView { id: None, name, model: None }),
        attachments: files.iter().map(AttachmentView::of).collect(),
        sla: SlaView::of(it),
        custom: custom::visible(&*custom::shared(tx)?, access::works_on(actor, it) || actor.may(Permission::TicketsRead), it),
        metadata: object(&it.metadata),
        links: access::visible_links(tx, actor, it)?
            .into_iter()
            .map(|it| LinkView { kind: it.relation.name(), ticket_id: it.ticket.0 })
            .collect(),
        decisions: DecisionView::all(tx, actor, it)?,
        merged_into: match &it.merged {
            Some(merged) => tx
                .get::<Ticket>(&merged.into)?
                .filter(|it| access::may_see(actor, it))
                .map(|it| TicketRefView { id: it.id.0, number: number::text(settings, it.kind, it.number) }),
            None => None,
        },
        parent: match it.parent {
            Some(id) => tx
                .get::<Ticket>(&id)?
                .filter(|it| access::may_see(actor, it))
                .map(|it| TicketRefView { id: it.id.0, number: number::text(settings, it.kind, it.number) }),
            None => None,
        },
        csat_score: satisfaction::shown(actor, it).map(|it| it.score()),
        satisfaction: satisfaction::shown(actor, it).map(SatisfactionView::of),
        recurring_ticket: it.recurrence.filter(|_| access::works_on(actor, it)).map(|it| it.0),
        snooze: it.snoozed.as_ref().filter(|_| access::reads_notes(actor, it)).map(|it| SnoozeView::of(tx, it)).transpose()?,
        service_item: it.service_item.clone(),
        scheduled_at: it.scheduled_at,
        due_at: it.due_at,
        created_at: it.created_at,
        updated_at: it.updated_for(access::reads_notes(actor, it)),
        resolved_at: it.resolved_at,
        closed_at: it.closed_at,
        version: it.version_for(access::reads_notes(actor, it)),
    })
}

/// The tag of the version that the actor may know of.
pub fn tag_of(actor: &Actor, ticket: &Ticket) -> ETag {
    ETag::of(ticket.id, ticket.version_for(access::reads_notes(actor, ticket)))
}

/// Refuses a ticket that does not exist for the caller, before it is looked at what they send.
pub fn known(caller: &Caller, id: &str) -> Result<()> {
    caller.desk.read(|tx| access::named(tx, &caller.actor, id).map(drop))
}

/// A changed or read ticket as an answer.
pub fn shown(status: StatusCode, tag: &ETag, view: &TicketView) -> Result<Response> {
    Ok(Reply::json(status, view)?.with(header::ETAG, tag.0.clone()).into_response())
}

pub async fn create(caller: Caller, key: Key, json: RawJson) -> Result<Response, Problem> {
    access::need_lodge(&caller.actor)?;
    let json = json.parse()?;
    let input: NewTicketInput = body::value(Value::Object(aliases::canonical(json.object)))?;
    let of = input.follow_up_of.clone().map(|it| it.text);
    let sent = input.uploads.clone().unwrap_or_default().into_iter().map(UploadId).collect();
    lodge(caller, key, &json.raw, input.meant(Channel::Api)?, of, sent).await
}

/// Lodges a ticket, which may go on from another, with files that were sent before; `raw` is what makes a repeat the same.
pub async fn lodge(
    caller: Caller,
    key: Key,
    raw: &[u8],
    new: NewTicket,
    follow_up_of: Option<String>,
    sent: Vec<UploadId>,
) -> Result<Response, Problem> {
    let actor = caller.actor.clone();
    idempotency::once(&caller, key, raw, move |tx| {
        let new = NewTicket { files: uploads::claim(tx, &actor, &sent)?, ..new };
        let ticket = match follow_up_of {
            Some(old) => closing::follow_up(tx, &actor, &old, new)?,
            None => tickets::create(tx, &actor, new)?,
        };
        let reply = Reply::json(StatusCode::CREATED, &view_of(tx, &actor, &ticket)?)?;
        Ok(reply.with(header::ETAG, tag_of(&actor, &ticket).0).with(header::LOCATION, format!("/v1/tickets/{}", ticket.id)))
    })
    .await
}

pub async fn read(caller: Caller, Path(id): Path<String>, query: Query, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(at) = query.get("asOf") {
        return then(&caller, &id, at);
    }
    let (ticket, view) = caller.desk.read(|tx| {
        let ticket = access::named(tx, &caller.actor, &id)?;
        let known = etag::is_known(&headers, &tag_of(&caller.actor, &ticket));
        let view = if known { None } else { Some(view_of(tx, &caller.actor, &ticket)?) };
        Ok((ticket, view))
    })?;
    let tag = tag_of(&caller.actor, &ticket);
    match view {
        Some(view) => Ok(shown(StatusCode::OK, &tag, &view)?),
        None => Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag.0)]).into_response()),
    }
}

/// The ticket as it was at an instant. It has no tag: nobody changes the past.
fn then(caller: &Caller, id: &str, at: &str) -> Result<Response, Problem> {
    let at = at.parse::<Instant>().map_err(|_| Refusal::field("asOf", "invalid", say!("as-of-no-instant")))?;
    let view = caller.desk.read(|tx| {
        let id = access::named(tx, &caller.actor, id)?.id;
        let was = tickets::as_of_instant(tx, &caller.actor, id, at)?;
        let mut view = view_of(tx, &caller.actor, &was.ticket)?;
        view.attachments.retain(|it| was.files.iter().any(|file| file.id.0 == it.id));
        Ok(view)
    })?;
    Ok(Reply::json(StatusCode::OK, &view)?.into_response())
}

pub async fn patch(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    access::need_change(&caller.actor)?;
    let json = json.parse()?;
    let input: TicketPatchInput = body::value(Value::Object(aliases::canonical(json.object)))?;
    change(caller, id, IfMatch::of(&headers), input.meant()?).await
}

pub async fn replace(caller: Caller, Path(id): Path<String>, headers: HeaderMap, json: RawJson) -> Result<Response, Problem> {
    known(&caller, &id)?;
    caller.actor.need(Permission::TicketsWrite)?;
    let json = json.parse()?;
    let input: NewTicketInput = body::value(Value::Object(aliases::canonical(json.object)))?;
    change(caller, id, IfMatch::of(&headers), input.replacing()?).await
}

async fn change(caller: Caller, id: String, wanted: IfMatch, change: TicketChange) -> Result<Response, Problem> {
    let actor = caller.actor.clone();
    let done = caller.desk.write(actor.person(), move |tx| {
        let before = access::named(tx, &actor, &id)?;
        let ticket = tickets::change(tx, &actor, before.id, change)?;
        // A precondition comes last (RFC 9110 13.2.1): what would be refused anyway is refused for its own reason. A stale change
        // leaves no trace, like every command that is refused.
        wanted.check(&tag_of(&actor, &before))?;
        let view = view_of(tx, &actor, &ticket)?;
        Ok((tag_of(&actor, &ticket), view))
    });
    let (tag, view) = done.await?;
    Ok(shown(StatusCode::OK, &tag, &view)?)
}

pub async fn delete(caller: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, Problem> {
    let (actor, wanted) = (caller.actor.clone(), IfMatch::of(&headers));
    let done = caller.desk.write(actor.person(), move |tx| {
        let before = access::named(tx, &actor, &id)?;
        tickets::delete(tx, &actor, before.id, None)?;
        wanted.check(&tag_of(&actor, &before))
    });
    done.await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list(caller: Caller, query: Query) -> Result<axum::Json<TicketListView>, Problem> {
    let page = Page::of(&query, &parameters())?;
    list_of(&caller, &page, question(&query, &page, Sort::NEWEST, Spelling::Exact)).await
}

/// Answers a list of tickets.
pub async fn list_of(caller: &Caller, page: &Page, question: Question) -> Result<axum::Json<TicketListView>, Problem> {
    let found = lists::list(&caller.desk, &caller.actor, question).await?;
    let items = caller.desk.read(|tx| views(tx, &caller.actor, &found.tickets))?;
    Ok(axum::Json(TicketListView {
        items,
        page: page.number,
        page_size: page.size,
        total: found.total.count,
        total_is_bound: found.total.is_bound,
        next_cursor: found.next,
        stale: found.stale,
    }))
}
