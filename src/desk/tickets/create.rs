//! Lodging a ticket: who may, for whom, with what defaults (TKT-39).

use super::{
    BodyFormat, Category, Channel, Kind, Ticket, access,
    lifecycle::{Lifecycle, check_transition},
    link::born_below,
    number,
};
use crate::{
    desk::{
        actor::Actor,
        attachments::{self, StoredFile, pictures},
        closing,
        custom::{self, Birth},
        event::{self, EventKind},
        identity::{self, NewCaller, Person},
        knowledge,
        permission::Permission,
        queues,
        routing::{self, Routed, Said},
        service_levels,
        settings::Settings,
        ticket_templates,
    },
    error::{Code, Refusal, Result},
    id::{MailId, PersonId, QueueId, RecurrenceId, TicketTemplateId},
    language::say,
    limits,
    store::Tx,
    time::Instant,
};

/// A ticket as it is asked for. Names are resolved and values checked by `create`.
#[derive(Debug, Clone)]
pub struct NewTicket {
    pub kind: Kind,
    pub title: String,
    pub description: String,
    pub description_format: BodyFormat,
    /// Safe HTML, if the description came as HTML by mail.
    pub description_html: Option<String>,
    /// What a reader must know to judge the mail, in sentences.
    pub mail_notes: Vec<String>,
    /// Id or mail address; the actor if none.
    pub requester: Option<String>,
    /// The name for a requester who is not known yet.
    pub requester_name: Option<String>,
    /// Their number. With a name or a number alone, somebody without an address is taken down.
    pub requester_phone: Option<String>,
    /// 1 to 4; from impact and urgency if none.
    pub priority: Option<u8>,
    pub impact: Option<u8>,
    pub urgency: Option<u8>,
    /// State key or alias; where the lifecycle begins if none.
    pub status: Option<String>,
    pub assignee: Option<String>,
    pub queue: Option<String>,
    pub category: Option<String>,
    pub subcategory: Option<String>,
    pub tags: Vec<String>,
    pub channel: Channel,
    /// JSON objects.
    pub custom: Option<String>,
    pub metadata: Option<String>,
    pub watchers: Vec<PersonId>,
    pub scheduled_at: Option<Instant>,
    pub due_at: Option<Instant>,
    pub service_item: Option<String>,
    pub asset: Option<String>,
    pub files: Vec<StoredFile>,
    /// The ticket that it is a part of, by id or number.
    pub child_of: Option<String>,
    /// By which template: the steps of its checklist come with it.
    pub template: Option<TicketTemplateId>,
    /// The recurring ticket that lodges it; only the desk says so.
    pub recurrence: Option<RecurrenceId>,
    /// The mail that it came by.
    pub mail: Option<MailId>,
    /// Nobody is told of it.
    pub quiet: bool,
    /// An import's or a demo's own time; only the system may set it.
    pub created_at: Option<Instant>,
}

impl NewTicket {
    /// The least that makes a ticket.
    pub fn new(kind: Kind, title: impl Into<String>, channel: Channel) -> Self {
        NewTicket {
            kind,
            title: title.into(),
            description: String::new(),
            description_format: BodyFormat::Markdown,
            description_html: None,
            mail_notes: Vec::new(),
            requester: None,
            requester_name: None,
            requester_phone: None,
            priority: None,
            impact: None,
            urgency: None,
            status: None,
            assignee: None,
            queue: None,
            category: None,
            subcategory: None,
            tags: Vec::new(),
            channel,
            custom: None,
            metadata: None,
            watchers: Vec::new(),
            scheduled_at: None,
            due_at: None,
            service_item: None,
            asset: None,
            files: Vec::new(),
            child_of: None,
            template: None,
            recurrence: None,
            mail: None,
            quiet: false,
            created_at: None,
        }
    }
}

pub fn create(tx: &mut Tx, actor: &Actor, new: NewTicket) -> Result<Ticket> {
    let works = actor.may(Permission::TicketsWrite);
    if !works {
        actor.need(Permission::PortalUse)?;
        only_what_requesters_set(&new)?;
    }
    let settings = Settings::of(tx)?;
    let requester = requester(tx, actor, works, &new)?;
    let above = new.child_of.as_deref().map(|it| above(tx, actor, it)).transpose()?;
    let lifecycle = Lifecycle::of(tx, new.kind)?;
    let now = new.created_at.unwrap_or_else(|| tx.now());
    let (impact, urgency) = (level("impact", new.impact)?.unwrap_or(3), level("urgency", new.urgency)?.unwrap_or(3));
    let assignee = new.assignee.as_deref().map(|it| assignee(tx, actor, it)).transpose()?;
    let topic = new.category.as_deref().map(|it| queues::find_or_create_category(tx, actor, "category", it, None)).transpose()?;
    let parent = topic.as_ref().map(|it| it.id);
    let subtopic =
        new.subcategory.as_deref().map(|it| queues::find_or_create_category(tx, actor, "subcategory", it, parent)).transpose()?;
    let said = Said {
        queue: new.queue.is_some(),
        assignee: new.assignee.is_some(),
        priority: new.priority.is_some(),
        measured: new.impact.is_some() || new.urgency.is_some(),
        category: new.category.is_some(),
        status: new.status.is_some(),
    };
    let mut ticket = Ticket {
        title: title(&new.title)?,
        description: body("description", new.description)?,
        description_format: new.description_format,
        description_html: new.description_html,
        mail_notes: new.mail_notes,
        // Until it is routed.
        priority: level("priority", new.priority)?.unwrap_or(3),
        impact,
        urgency,
        priority_fixed: new.priority.is_some(),
        assignee,
        queue: match new.queue.as_deref() {
            Some(it) => Some(queue(tx, it)?),
            None => queue_of_default(actor, settings.default_queue),
        },
        topic: parent,
        subtopic: subtopic.map(|it| it.id),
        tags: tags(new.tags)?,
        custom: custom::changed(tx, actor, works, None, json_object("custom", new.custom)?)?,
        metadata: json_object("metadata", new.metadata)?,
        scheduled_at: new.scheduled_at,
        due_at: new.due_at,
        service_item: short("serviceItem", new.service_item)?,
        asset: short("asset", new.asset)?,
        has_attachments: !new.files.is_empty(),
        mail: new.mail,
        recurrence: new.recurrence,
        ..blank(tx, actor, new.kind, new.channel, &requester, &lifecycle, now)
    };
    if let Some(id) = new.template {
        let steps = ticket_templates::steps(tx, &ticket_templates::known(tx, actor, id)?)?;
        if !steps.is_empty() {
            ticket.checklist.get_or_insert_default().extend(steps)?;
        }
    }
    for watcher in new.watchers.into_iter().take(limits::WATCHERS_MAX) {
        if watcher != ticket.requester && !ticket.watchers.contains(&watcher) {
            ticket.watchers.push(watcher);
        }
    }
    if works && !actor.is(ticket.requester) {
        access::need(actor, Permission::TicketsWrite, &ticket)?;
    }
    let birth = Birth { category_said: said.category, queue_said: said.queue, works };
    custom::check(tx, actor, None, &ticket, Some(birth))?;
    routing::at_birth(tx, actor, &mut ticket, said)?;
    enter_first_state(&lifecycle, &mut ticket, new.status.as_deref())?;
    ticket.number = number::next(tx, ticket.kind)?;
    let mut files = new.files;
    if ticket.description_format == BodyFormat::Markdown {
        pictures::note_shown(&ticket.description, &mut files);
    }
    attachments::attach(tx, actor, &ticket, None, false, files)?;
    service_levels::follow(tx, &mut ticket, now)?;
    tx.put(&ticket)?;
    if ticket.category == Category::Resolved {
        closing::follow(tx, &ticket)?;
    }
    event::record(tx, actor, EventKind::TicketCreated, ticket.about(), said_at_birth(&ticket, new.quiet))?;
    knowledge::lodged(tx, actor, ticket.requester)?;
    match above {
        Some(above) => born_below(tx, actor, ticket, above),
        None => Ok(ticket),
    }
}

/// A ticket of which nothing is said yet, and which has no number.
pub(super) fn blank(
    tx: &mut Tx,
    actor: &Actor,
    kind: Kind,
    channel: Channel,
    requester: &Person,
    lifecycle: &Lifecycle,
    at: Instant,
) -> Ticket {
    Ticket {
        id: tx.new_id(),
        kind,
        number: 0,
        title: String::new(),
        description: String::new(),
        description_format: BodyFormat::Markdown,
        description_html: None,
        mail_notes: Vec::new(),
        state: lifecycle.first().key.clone(),
        category: lifecycle.first().category,
        priority: 3,
        impact: 3,
        urgency: 3,
        priority_fixed: false,
        requester: requester.id,
        assignee: None,
        queue: None,
        organization: requester.organization,
        topic: None,
        subtopic: None,
        tags: Vec::new(),
        channel,
        custom: None,
        metadata: None,
        links: Vec::new(),
        watchers: Vec::new(),
        scheduled_at: None,
        due_at: None,
        service_item: None,
        asset: None,
        created_by: actor.person(),
        created_at: at,
        updated_at: at,
        resolved_at: None,
        closed_at: None,
        deleted_at: None,
        version: 1,
        responded_at: None,
        comment_count: 0,
        requester_waits: true,
        has_attachments: false,
        mail: None,
        public_version: None,
        public_updated_at: None,
        department: requester.department,
        merged: None,
        routed: Routed::default(),
        vip: false,
        targets: None,
        parent: None,
        satisfaction: None,
        redacted_at: None,
        minutes_spent: 0,
        checklist: None,
        snoozed: None,
        recurrence: None,
        articles: Vec::new(),
    }
}

/// The ticket that a new one is to be a part of.
fn above(tx: &Tx, actor: &Actor, text: &str) -> Result<Ticket> {
    access::named(tx, actor, text).map_err(|it| match it.code() {
        Some(Code::NotFound) => Refusal::field("childOf", "unknown", say!("refused-no-such-parent")).into(),
        _ => it,
    })
}

/// Where a ticket goes that names no queue. Whoever works some queues only puts it where they can see it again.
fn queue_of_default(actor: &Actor, default: Option<QueueId>) -> Option<QueueId> {
    let bounds = actor.bounds.as_ref().filter(|it| !it.everywhere.has(Permission::TicketsWrite));
    let own = bounds.map(|it| &it.queues).filter(|it| it.permissions.has(Permission::TicketsWrite));
    match own {
        Some(part) if default.is_none_or(|it| !part.of.contains(&it)) => part.of.first().copied().or(default),
        _ => default,
    }
}

/// Who lodges for others, sets priorities and routes must work tickets; a requester says what hurts, and how much.
fn only_what_requesters_set(new: &NewTicket) -> Result<()> {
    let reserved = [
        ("priority", new.priority.is_some()),
        ("assignee", new.assignee.is_some()),
        ("queue", new.queue.is_some()),
        ("status", new.status.is_some()),
        ("dueAt", new.due_at.is_some()),
        ("scheduledAt", new.scheduled_at.is_some()),
        ("childOf", new.child_of.is_some()),
        ("watchers", !new.watchers.is_empty()),
        ("createdAt", new.created_at.is_some()),
        // What came by monitoring declares outages, what is imported asks nobody and tells nobody: neither is a requester's to say.
        ("channel", !matches!(new.channel, Channel::Portal | Channel::Api)),
    ];
    match reserved.iter().find(|it| it.1) {
        Some((field, _)) => Err(Refusal::new(
            Code::Forbidden,
            say!("refused-setting-needs-permission", field = field, ticketswrite = Permission::TicketsWrite.name()),
        )
        .into()),
        None => Ok(()),
    }
}

fn requester(tx: &mut Tx, actor: &Actor, works: bool, new: &NewTicket) -> Result<Person> {
    let me = match actor.person() {
        Some(id) => tx.get::<Person>(&id)?,
        None => None,
    };
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let caller = NewCaller { name: text(&new.requester_name), email: String::new(), phone: text(&new.requester_phone) };
    let Some(wanted) = new.requester.as_deref() else {
        if !caller.is_empty() {
            return identity::take_down(tx, actor, &caller);
        }
        return me.ok_or_else(|| Refusal::field("requester", "required", say!("refused-say-whom-id-mail")).into());
    };
    if let Some(me) = me
        && (me.id.to_string() == wanted || me.email.eq_ignore_ascii_case(wanted.trim()))
    {
        return Ok(me);
    }
    if !works {
        return Err(Refusal::forbidden(Permission::TicketsWrite.name()).into());
    }
    match wanted.contains('@') {
        true => {
            if identity::normal_email(wanted).is_err() {
                return Err(Refusal::field("requester", "invalid", say!("refused-requester-id-mail-address")).into());
            }
            identity::take_down(tx, actor, &NewCaller { email: wanted.to_owned(), ..caller })
        }
        false => identity::named(tx, "requester", wanted),
    }
}

fn enter_first_state(lifecycle: &Lifecycle, ticket: &mut Ticket, status: Option<&str>) -> Result<()> {
    let assigned = ticket.assignee.is_some();
    let begins = match status {
        Some(it) => super::change::meant_state(lifecycle, it, assigned)?.clone(),
        None if assigned => lifecycle.meant("open", true).unwrap_or_else(|| lifecycle.first()).clone(),
        None => return Ok(()),
    };
    if begins.key != ticket.state {
        check_transition(lifecycle, ticket, &ticket.state, &begins)?;
        super::change::enter(ticket, &begins, ticket.created_at);
    }
    Ok(())
}

/// What the log tells of a new ticket. Long texts are in the record, and in the log once they change.
pub(super) fn said_at_birth(ticket: &Ticket, quiet: bool) -> event::Changes {
    let mut blank = ticket.clone();
    blank.title = String::new();
    blank.state = String::new();
    blank.assignee = None;
    blank.queue = None;
    blank.topic = None;
    blank.subtopic = None;
    blank.tags = Vec::new();
    blank.organization = None;
    blank.department = None;
    blank.custom = None;
    blank.metadata = None;
    blank.scheduled_at = None;
    blank.due_at = None;
    blank.routed = Routed::default();
    blank.vip = false;
    let digest = blake3::hash(ticket.description.as_bytes()).to_hex().to_string();
    let changes = ticket.changes_since(&blank);
    changes
        .set("kind", ticket.kind.name())
        .set("number", ticket.number)
        .set("priority", super::priority_label(ticket.priority))
        .set("requester", ticket.requester.to_string())
        .set("channel", ticket.channel.name())
        .set("recurrence", ticket.recurrence.map(|it| it.to_string()))
        .set("descriptionDigest", digest)
        .set("quiet", quiet.then_some(true))
}

// --- values, shared with `change` ---

pub(super) fn title(text: &str) -> Result<String> {
    let plain = text.replace(|it: char| it.is_control() && !it.is_whitespace(), "");
    let title = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.is_empty() {
        return Err(Refusal::field("title", "required", say!("refused-ticket-needs-title-what")).into());
    }
    if title.chars().count() > limits::TITLE_CHARS_MAX {
        return Err(
            Refusal::field("title", "too_long", say!("refused-title-most-characters", title_chars_max = limits::TITLE_CHARS_MAX)).into()
        );
    }
    Ok(title)
}

pub(super) fn body(field: &'static str, text: String) -> Result<String> {
    if text.len() > limits::BODY_TEXT_BYTES_MAX {
        let message = say!("refused-may-kb-most-attach", body_text_bytes_max = limits::BODY_TEXT_BYTES_MAX / 1024);
        return Err(Refusal::field(field, "too_long", message).into());
    }
    Ok(text)
}

pub(super) fn short(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    match text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()) {
        Some(it) if it.chars().count() > limits::TITLE_CHARS_MAX => {
            Err(Refusal::field(field, "too_long", say!("refused-may-characters-most", title_chars_max = limits::TITLE_CHARS_MAX)).into())
        }
        it => Ok(it),
    }
}

/// Priority, impact or urgency within 1 to 4 (TKT-17).
pub(super) fn level(field: &'static str, value: Option<u8>) -> Result<Option<u8>> {
    match value {
        Some(it) if !(1..=4).contains(&it) => Err(Refusal::field(field, "invalid", say!("refused-1-highest-4-2", field = field)).into()),
        it => Ok(it),
    }
}

/// Whoever is named and works tickets; `me` is the actor.
pub(super) fn assignee(tx: &Tx, actor: &Actor, text: &str) -> Result<PersonId> {
    let me = actor.person().filter(|_| text.trim().eq_ignore_ascii_case("me")).map(|it| it.to_string());
    let person = identity::named(tx, "assignee", me.as_deref().unwrap_or(text))?;
    if !person.is_agent() {
        return Err(Refusal::field("assignee", "invalid", say!("refused-does-not-work-tickets-2", name = person.name)).into());
    }
    Ok(person.id)
}

pub(super) fn queue(tx: &Tx, text: &str) -> Result<QueueId> {
    match queues::queue_named(tx, text)? {
        Some(it) => Ok(it.id),
        None => {
            let known: Vec<_> = queues::queues(tx)?.into_iter().map(|it| it.name).take(20).collect();
            Err(Refusal::field("queue", "unknown", say!("refused-there-no-such-queue-2", join = known.join(", "))).into())
        }
    }
}

/// Tags in lower case, once each, in the order given.
pub(in crate::desk) fn tags(list: Vec<String>) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in list {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
        if tag.is_empty() || tags.contains(&tag) {
            continue;
        }
        if tag.chars().count() > limits::TAG_CHARS_MAX {
            return Err(
                Refusal::field("tags", "too_long", say!("refused-tag-most-characters", tag_chars_max = limits::TAG_CHARS_MAX)).into()
            );
        }
        tags.push(tag);
    }
    if tags.len() > limits::TAGS_MAX {
        return Err(Refusal::field("tags", "too_many", say!("refused-ticket-most-tags", tags_max = limits::TAGS_MAX)).into());
    }
    Ok(tags)
}

pub(super) fn json_object(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    if text.len() > limits::CUSTOM_JSON_BYTES_MAX {
        let message = say!("refused-may-kb-json-most", field = field, custom_json_bytes_max = limits::CUSTOM_JSON_BYTES_MAX / 1024);
        return Err(Refusal::field(field, "too_long", message).into());
    }
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text) {
        Ok(map) if map.is_empty() => Ok(None),
        Ok(_) => Ok(Some(text)),
        Err(_) => Err(Refusal::field(field, "invalid", say!("refused-json-object", field = field)).into()),
    }
}
