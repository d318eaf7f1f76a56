//! Fields of the desk's own in the settings: listed, looked at, kept, retired.

use axum::{http::StatusCode, response::Response};

use super::{Admin, last_change, whole};
use crate::language::say;
use crate::web::tongue::t;
use crate::{
    desk::{
        Tx,
        custom::{self, Audience, CustomField, FieldDraft, FieldOption, FieldType, Need, When},
        permission::Permission,
        queues,
        tickets::Kind,
    },
    error::{Error, Refusal, Result},
    http::{Problem, path::Path, problem},
    id::CustomFieldId,
    web::{
        admin::{
            custom_fields::{FieldFormView, FieldRow, FieldsView, form_page, page as fields_page},
            shell::{CUSTOM_FIELDS, Tick},
        },
        answers::{
            form::Sent,
            own_fields, said,
            site::{page, see_and_say},
        },
        components::field::Choice,
        tongue,
    },
};

fn kind_name(it: FieldType) -> &'static str {
    match it {
        FieldType::Text => t!("field-type-text"),
        FieldType::LongText => t!("field-type-long-text"),
        FieldType::Number => t!("field-type-number"),
        FieldType::YesNo => t!("field-type-yes-no"),
        FieldType::Date => t!("field-type-date"),
        FieldType::DateTime => t!("field-type-date-time"),
        FieldType::OneOf => t!("field-type-one-of"),
        FieldType::SeveralOf => t!("field-type-several-of"),
        FieldType::Person => t!("field-type-person"),
        FieldType::Organization => t!("field-type-organization"),
        FieldType::Url => t!("field-type-url"),
        FieldType::Email => t!("field-type-email"),
    }
}

fn need_name(it: Need) -> &'static str {
    match it {
        Need::Never => t!("field-need-never"),
        Need::Always => t!("field-need-always"),
        Need::ToResolve => t!("field-need-to-resolve"),
    }
}

fn audience_name(it: Audience) -> &'static str {
    match it {
        Audience::Agents => t!("field-audience-agents"),
        Audience::Shown => t!("field-audience-shown"),
        Audience::Asked => t!("field-audience-asked"),
    }
}

fn address(id: CustomFieldId) -> String {
    format!("{}/{id}", CUSTOM_FIELDS.href)
}

pub async fn list(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let row = |it: &CustomField| {
            let asked = match it.need {
                Need::Never => audience_name(it.audience).to_owned(),
                Need::Always => t!("fields-must", audience = audience_name(it.audience)),
                Need::ToResolve => t!("fields-must-to-resolve", audience = audience_name(it.audience)),
            };
            FieldRow {
                href: address(it.id),
                label: it.label.clone(),
                key: it.key.clone(),
                kind: kind_name(it.kind).to_owned(),
                asked,
                retired: it.retired_at.is_some(),
            }
        };
        let fields = custom::shared(tx)?.fields.iter().map(row).collect();
        Ok(FieldsView { frame: admin.frame(), fields, may_make: admin.actor().may(Permission::SettingsWrite) })
    })?;
    Ok(page(StatusCode::OK, fields_page(&view)))
}

/// The form of this draft.
fn filled(tx: &Tx, admin: &Admin, of: Option<&CustomField>, draft: &FieldDraft) -> Result<FieldFormView> {
    let tick = |value: String, label: String, on: bool| Tick { value, label, on, ..Tick::default() };
    let text = |it: Option<u32>| it.map_or_else(String::new, |it| it.to_string());
    let line = |it: &FieldOption| if it.value == it.label { it.value.clone() } else { format!("{}: {}", it.value, it.label) };
    let others = custom::shared(tx)?;
    let own = of.map(|it| it.key.as_str());
    let mut when_keys = vec![Choice::new("", t!("fields-always"))];
    let may_lead = |it: &&CustomField| it.retired_at.is_none() && it.when.is_none() && Some(it.key.as_str()) != own;
    when_keys.extend(others.fields.iter().filter(may_lead).map(|it| Choice::new(it.key.as_str(), it.label.as_str())));
    let mut categories: Vec<Tick> = Vec::new();
    for it in queues::categories(tx)? {
        categories.push(tick(it.id.to_string(), it.name, draft.categories.contains(&it.id)));
    }
    categories.sort_by(|a, b| a.label.cmp(&b.label));
    let queues_of = queues::queues(tx)?.into_iter().map(|it| tick(it.id.to_string(), it.name, draft.queues.contains(&it.id)));
    Ok(FieldFormView {
        frame: admin.frame(),
        action: of.map_or_else(|| CUSTOM_FIELDS.href.to_owned(), |it| address(it.id)),
        title: of.map(|it| it.label.clone()).unwrap_or_default(),
        version: of.map(|it| it.version.to_string()).unwrap_or_default(),
        retired: of.is_some_and(|it| it.retired_at.is_some()),
        may_change: admin.actor().may(Permission::SettingsWrite),
        label: draft.label.clone(),
        key: draft.key.clone(),
        help: draft.help.clone(),
        kind: draft.kind.name().to_owned(),
        types: FieldType::ALL.iter().map(|it| Choice::new(it.name(), kind_name(*it))).collect(),
        options: draft.options.iter().map(line).collect::<Vec<_>>().join("\n"),
        need: draft.need.name().to_owned(),
        needs: Need::ALL.iter().map(|it| Choice::new(it.name(), need_name(*it))).collect(),
        audience: draft.audience.name().to_owned(),
        audiences: Audience::ALL.iter().map(|it| Choice::new(it.name(), audience_name(*it))).collect(),
        kinds: Kind::ALL
            .iter()
            .map(|it| tick(it.name().to_owned(), tongue::word("kind-", it.name()).to_owned(), draft.kinds.contains(it)))
            .collect(),
        categories,
        queues: queues_of.collect(),
        when_key: draft.when.as_ref().map(|it| it.key.clone()).unwrap_or_default(),
        when_keys,
        when_values: draft.when.as_ref().map(|it| it.values.join(", ")).unwrap_or_default(),
        length_min: text(draft.length_min),
        length_max: text(draft.length_max),
        least: draft.least.clone().unwrap_or_default(),
        most: draft.most.clone().unwrap_or_default(),
        pattern: draft.pattern.clone().unwrap_or_default(),
        position: draft.position.to_string(),
        changed: of.map(|it| last_change(tx, it.id.0)).transpose()?.flatten(),
        ..FieldFormView::default()
    })
}

pub async fn form(admin: Admin) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let view = admin.desk.read(|tx| filled(tx, &admin, None, &FieldDraft::default()))?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

pub async fn show(admin: Admin, Path(id): Path<CustomFieldId>) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsRead)?;
    let view = admin.desk.read(|tx| {
        let it = custom::known(tx, id)?;
        let preview = own_fields::face(tx, &custom::shared(tx)?.fields, &it)?;
        Ok(FieldFormView { preview: Some(preview), ..filled(tx, &admin, Some(&it), &FieldDraft::from(it.clone()))? })
    })?;
    Ok(page(StatusCode::OK, form_page(&view)))
}

/// What the form asks for.
fn wanted(sent: &Sent) -> Result<FieldDraft> {
    let unknown = |field: &str| Refusal::field(field, "unknown", say!("refused-choose-list"));
    let number = |field: &str| -> Result<Option<u32>> {
        let wrong = || Refusal::field(field, "invalid", say!("refused-whole"));
        Ok(sent.get(field).map(str::parse).transpose().map_err(|_| wrong())?)
    };
    let option = |it: &str| {
        let (value, label) = it.split_once(':').unwrap_or((it, it));
        FieldOption { value: value.trim().to_owned(), label: label.trim().to_owned() }
    };
    let values = sent.text("whenValues").split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    Ok(FieldDraft {
        key: sent.text("key").to_owned(),
        label: sent.text("label").to_owned(),
        help: sent.text("help").to_owned(),
        kind: FieldType::named(sent.text("type")).ok_or_else(|| unknown("type"))?,
        options: sent.text("options").lines().filter(|it| !it.trim().is_empty()).map(option).collect(),
        need: Need::named(sent.text("required")).ok_or_else(|| unknown("required"))?,
        audience: Audience::named(sent.text("audience")).ok_or_else(|| unknown("audience"))?,
        kinds: sent.all("kinds").filter_map(Kind::named).collect(),
        categories: sent.all("categories").filter_map(|it| it.parse().ok()).collect(),
        queues: sent.all("queues").filter_map(|it| it.parse().ok()).collect(),
        when: sent.get("whenKey").map(|key| When { key: key.to_owned(), values }),
        length_min: number("lengthMin")?,
        length_max: number("lengthMax")?,
        least: sent.get("least").map(str::to_owned),
        most: sent.get("most").map(str::to_owned),
        pattern: sent.get("pattern").map(str::to_owned),
        position: number("position")?.unwrap_or(10),
    })
}

/// Fields of the form that say themselves what is wrong with them.
const SHOWN: [&str; 15] = [
    "label",
    "key",
    "type",
    "help",
    "options",
    "audience",
    "required",
    "whenKey",
    "when",
    "lengthMin",
    "lengthMax",
    "least",
    "most",
    "pattern",
    "position",
];

/// The form as it was sent, with what is wrong with it.
fn again(admin: &Admin, of: Option<&CustomField>, draft: &FieldDraft, error: Error) -> Result<Response, Problem> {
    let Error::Refused(refusal) = error else { return Err(error.into()) };
    let view = FieldFormView {
        errors: refusal.fields.iter().map(|it| (it.field.clone(), tongue::sentence(&it.message))).collect(),
        error: whole(&refusal, &SHOWN),
        ..admin.desk.read(|tx| filled(tx, admin, of, draft))?
    };
    Ok(page(problem::status_of(refusal.code), form_page(&view)))
}

/// The form with a look at the field; nothing is kept.
fn tried(admin: &Admin, of: Option<&CustomField>, draft: FieldDraft) -> Result<Response, Problem> {
    let made = admin.desk.read(|tx| {
        let key = of.map_or_else(|| draft.key.clone(), |it| it.key.clone());
        let field = FieldDraft { key, ..draft.clone() }.checked(tx, CustomFieldId::NIL, tx.now(), 0)?;
        own_fields::face(tx, &custom::shared(tx)?.fields, &field)
    });
    match made {
        Ok(preview) => {
            let view = FieldFormView { preview: Some(preview), ..admin.desk.read(|tx| filled(tx, admin, of, &draft))? };
            Ok(page(StatusCode::OK, form_page(&view)))
        }
        Err(error) => again(admin, of, &draft, error),
    }
}

pub async fn create(admin: Admin, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let draft = match wanted(&sent) {
        Ok(it) => it,
        Err(error) => return again(&admin, None, &FieldDraft::default(), error),
    };
    if sent.has("try") {
        return tried(&admin, None, draft);
    }
    let (actor, kept) = (admin.actor().clone(), draft.clone());
    match admin.desk.write(actor.person(), move |tx| custom::create(tx, &actor, kept)).await {
        Ok(it) => Ok(see_and_say(CUSTOM_FIELDS.href, &said::done(t!("fields-added", name = it.label)))),
        Err(error) => again(&admin, None, &draft, error),
    }
}

pub async fn change(admin: Admin, Path(id): Path<CustomFieldId>, sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let present = admin.desk.read(|tx| custom::known(tx, id))?;
    let draft = match wanted(&sent) {
        Ok(it) => FieldDraft { key: present.key.clone(), ..it },
        Err(error) => return again(&admin, Some(&present), &FieldDraft::from(present.clone()), error),
    };
    if sent.has("try") {
        return tried(&admin, Some(&present), draft);
    }
    let (actor, kept, version) = (admin.actor().clone(), draft.clone(), sent.text("version").parse().ok());
    match admin.desk.write(actor.person(), move |tx| custom::change(tx, &actor, id, version, kept)).await {
        Ok(it) => Ok(see_and_say(CUSTOM_FIELDS.href, &said::done(t!("fields-saved", name = it.label)))),
        Err(error) => again(&admin, Some(&present), &draft, error),
    }
}

pub async fn retire(admin: Admin, Path(id): Path<CustomFieldId>, sent: Sent) -> Result<Response, Problem> {
    let (actor, back) = (admin.actor().clone(), sent.text("retired") == "no");
    let run = move |tx: &mut Tx| if back { custom::unretire(tx, &actor, id) } else { custom::retire(tx, &actor, id) };
    let it = admin.desk.write(admin.actor().person(), run).await?;
    let told = if back { t!("fields-in-use", name = it.label) } else { t!("fields-out-of-use", name = it.label) };
    Ok(see_and_say(CUSTOM_FIELDS.href, &said::done(told)))
}

pub async fn delete(admin: Admin, Path(id): Path<CustomFieldId>, _sent: Sent) -> Result<Response, Problem> {
    admin.actor().need(Permission::SettingsWrite)?;
    let present = admin.desk.read(|tx| custom::known(tx, id))?;
    let actor = admin.actor().clone();
    match admin.desk.write(actor.person(), move |tx| custom::delete(tx, &actor, id)).await {
        Ok(()) => Ok(see_and_say(CUSTOM_FIELDS.href, &said::done(t!("fields-deleted", name = present.label)))),
        Err(error) => again(&admin, Some(&present), &FieldDraft::from(present.clone()), error),
    }
}
