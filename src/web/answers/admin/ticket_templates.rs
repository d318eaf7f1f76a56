//! Templates of tickets in the settings: listed, made, changed.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change};
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx, checklists,
        permission::Permission,
        ticket_templates::{self, TemplateDraft, TicketTemplate},
        tickets::{Kind, priority_label},
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::TicketTemplateId,
    web::{
        admin::{
            shell::TICKET_TEMPLATES,
            ticket_templates::{TemplateFormView, TemplateRow, TemplatesView, form_page, page as list_page},
        },
        answers::{
            form::Sent,
            own_fields::{self, Door},
            said,
            site::{page, see_and_say},
            words::Words,
        },
        components::{field::Choice, own_field::OwnField},
        tongue,
    },
};

fn address(id: TicketTemplateId) -> String {
    format!("{}/{id}", TICKET_TEMPLATES.href)
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let row = |it: TicketTemplate| TemplateRow {
        href: address(it.id),
        name: it.name,
        about: if it.about.is_empty() { it.title } else { it.about },
        kind: tongue::word("kind-", it.kind.name()).to_owned(),
        in_portal: it.in_portal,
    };
    let rows = admin.desk.read(|tx| ticket_templates::offered(tx, admin.actor()))?.into_iter().map(row).collect();
    let view = TemplatesView { frame: admin.frame(), rows, may_make: admin.actor().may(Permission::SettingsWrite) };
    Ok(page(StatusCode::OK, list_page(&view)))
}

fn filled(
    tx: &Tx,
    admin: &Admin,
    of: Option<&TicketTemplate>,
    draft: &TemplateDraft,
    refusal: Option<&Refusal>,
) -> Result<TemplateFormView> {
    let words = Words::of(tx)?.for_many();
    let with_none = |label: &str, all: Vec<Choice>| std::iter::once(Choice::new("", label)).chain(all).collect::<Vec<_>>();
    let lists = checklists::lists(tx)?.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect();
    // What is asked decides the ticket; here every field can be filled in, and none must be.
    let plain = |it: OwnField| OwnField { required: false, ..it };
    Ok(TemplateFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| TICKET_TEMPLATES.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.name.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        may_change: admin.actor().may(Permission::SettingsWrite),
        name: draft.name.clone(),
        about: draft.about.clone(),
        in_portal: draft.in_portal,
        kind: draft.kind.name().to_owned(),
        kinds: [Kind::Incident, Kind::Request].map(|it| Choice::new(it.name(), tongue::word("kind-", it.name()))).to_vec(),
        ticket_title: draft.title.clone(),
        description: draft.description.clone(),
        category: draft.category.clone().unwrap_or_default(),
        categories: with_none(t!("tools-by-rules"), words.categories),
        priority: draft.priority.map(|it| it.to_string()).unwrap_or_default(),
        priorities: with_none(t!("tools-by-rules"), (1..=4).map(|it| Choice::new(it.to_string(), priority_label(it))).collect()),
        queue: draft.queue.clone().unwrap_or_default(),
        queues: with_none(t!("tools-by-rules"), words.queues),
        tags: draft.tags.join(", "),
        own: own_fields::of_form(tx, Door::Console, &draft.custom, refusal)?.into_iter().map(plain).collect(),
        checklist: draft.checklist.map(|it| it.to_string()).unwrap_or_default(),
        checklists: with_none(t!("tools-none"), lists),
        position: draft.position.to_string(),
        errors: refusal
            .map(|it| it.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect())
            .unwrap_or_default(),
        error: refusal.map(|it| tongue::sentence(&it.detail)),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
    })
}

fn draw(admin: &Admin, of: Option<&TicketTemplate>, draft: &TemplateDraft, refusal: Option<&Refusal>) -> Result<Response, Problem> {
    let view = admin.desk.read(|tx| filled(tx, admin, of, draft, refusal))?;
    Ok(page(refusal.map_or(StatusCode::OK, |it| problem::status_of(it.code)), form_page(&view)))
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    draw(&admin, None, &TemplateDraft::default(), None)
}

pub async fn show(admin: Admin, Path(id): Path<TicketTemplateId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let it = admin.desk.read(|tx| ticket_templates::known(tx, admin.actor(), id))?;
    let draft = TemplateDraft {
        custom: it.values(),
        name: it.name.clone(),
        about: it.about.clone(),
        in_portal: it.in_portal,
        kind: it.kind,
        title: it.title.clone(),
        description: it.description.clone(),
        category: it.category.map(|it| it.to_string()),
        priority: it.priority,
        queue: it.queue.map(|it| it.to_string()),
        tags: it.tags.clone(),
        checklist: it.checklist,
        position: it.position,
    };
    draw(&admin, Some(&it), &draft, None)
}

fn wanted(tx: &Tx, sent: &Sent) -> Result<TemplateDraft> {
    let text = |name: &str| sent.text(name).to_owned();
    Ok(TemplateDraft {
        name: text("name"),
        about: text("about"),
        in_portal: sent.has("inPortal"),
        kind: Kind::named(sent.text("kind")).unwrap_or(Kind::Incident),
        title: text("title"),
        description: sent.text("description").replace("\r\n", "\n"),
        category: sent.get("category").map(str::to_owned),
        priority: sent.get("priority").and_then(|it| it.parse().ok()),
        queue: sent.get("queue").map(str::to_owned),
        tags: sent.text("tags").split(',').map(str::to_owned).collect(),
        custom: own_fields::sent_at_birth(tx, sent)?.0,
        checklist: sent.get("checklist").and_then(|it| it.parse().ok()),
        position: sent.get("position").and_then(|it| it.parse().ok()).unwrap_or(10),
    })
}

async fn save(admin: Admin, of: Option<TicketTemplate>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let draft = admin.desk.read(|tx| wanted(tx, &sent))?;
    let (actor, kept, version) = (admin.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    let id = of.as_ref().map(|it| it.id);
    let run = move |tx: &mut Tx| match id {
        None => ticket_templates::create(tx, &actor, kept),
        Some(id) => ticket_templates::change(tx, &actor, id, version, kept),
    };
    match admin.desk.write(Some(admin.person()), run).await {
        Ok(it) => Ok(see_and_say(TICKET_TEMPLATES.href, &said::done(t!("tools-template-saved", name = it.name)))),
        Err(Error::Refused(refusal)) => draw(&admin, of.as_ref(), &draft, Some(&refusal)),
        Err(error) => Err(error.into()),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    save(admin, None, sent).await
}

pub async fn change(admin: Admin, Path(id): Path<TicketTemplateId>, sent: Sent) -> Result<Response, Problem> {
    let present = admin.desk.read(|tx| ticket_templates::known(tx, admin.actor(), id))?;
    save(admin, Some(present), sent).await
}

pub async fn delete(admin: Admin, Path(id): Path<TicketTemplateId>, _sent: Sent) -> Result<Response, Problem> {
    let actor = admin.actor().clone();
    admin.desk.write(Some(admin.person()), move |tx| ticket_templates::delete(tx, &actor, id)).await?;
    Ok(see_and_say(TICKET_TEMPLATES.href, &said::done(t!("tools-template-deleted"))))
}
