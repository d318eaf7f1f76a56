//! The definition of one field: its type, who sees and fills it, when it is asked, and what a value must be. A field is retired rather than
//! deleted as long as any ticket holds a value of it: what is retired is asked no more and still shown where there is a value.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use minicbor::{Decode, Encode};
use regex::RegexBuilder;

use crate::{
    desk::{
        actor::Actor,
        event::{self, About, Changes, EventKind},
        permission::Permission,
        queues,
        tickets::{Kind, Ticket},
    },
    error::{Code, Refusal, Result},
    id::{CategoryId, CustomFieldId, QueueId},
    language::say,
    limits,
    store::{Record, Table, Tx},
    time::Instant,
};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal $number:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
        #[cbor(index_only)]
        pub enum $name { $($(#[$variant_doc])* #[n($number)] $variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// As forms and the API write it.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }

            pub fn named(text: &str) -> Option<$name> {
                match text.trim() { $($text => Some($name::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What a value is.
    FieldType {
        /// One line.
        Text = "text" 0,
        LongText = "long_text" 1,
        Number = "number" 2,
        YesNo = "yes_no" 3,
        /// `2026-12-24`.
        Date = "date" 4,
        /// An instant.
        DateTime = "date_time" 5,
        /// One of its options.
        OneOf = "one_of" 6,
        /// Any of its options.
        SeveralOf = "several_of" 7,
        Person = "person" 8,
        Organization = "organization" 9,
        Url = "url" 10,
        Email = "email" 11,
    }
}

words! {
    /// Whether a ticket may do without a value.
    Need {
        Never = "never" 0,
        /// Whoever may fill it in must do so when they lodge; and nobody resolves the ticket without it.
        Always = "always" 1,
        ToResolve = "to_resolve" 2,
    }
}

words! {
    /// Who has to do with it.
    Audience {
        /// Those who work tickets see it and fill it in.
        Agents = "agents" 0,
        /// Requesters see it as well.
        Shown = "shown" 1,
        /// Requesters are asked for it when they lodge.
        Asked = "asked" 2,
    }
}

/// What can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FieldOption {
    /// What is kept and compared; it stays when the label changes.
    #[n(0)]
    pub value: String,
    #[n(1)]
    pub label: String,
}

/// It is asked only where another field has one of these values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct When {
    /// The key of the other field.
    #[n(0)]
    pub key: String,
    /// Any of them, as they are kept; none: any value at all.
    #[n(1)]
    pub values: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct CustomField {
    #[n(0)]
    pub id: CustomFieldId,
    /// By which tickets, queries and programs know it; never changed.
    #[n(1)]
    pub key: String,
    #[n(2)]
    pub label: String,
    /// A sentence below the label; may be empty.
    #[n(3)]
    pub help: String,
    /// Never changed, so that what is kept stays readable.
    #[n(4)]
    pub kind: FieldType,
    #[n(5)]
    pub options: Vec<FieldOption>,
    #[n(6)]
    pub need: Need,
    #[n(7)]
    pub audience: Audience,
    /// Only on tickets of these kinds; none: of any.
    #[n(8)]
    pub kinds: Vec<Kind>,
    /// Only on tickets of these categories or what is below them; none: of any.
    #[n(9)]
    pub categories: Vec<CategoryId>,
    /// Only on tickets in these queues; none: in any.
    #[n(10)]
    pub queues: Vec<QueueId>,
    #[n(11)]
    pub when: Option<When>,
    /// A text's length in characters.
    #[n(12)]
    pub length_min: Option<u32>,
    #[n(13)]
    pub length_max: Option<u32>,
    /// The least and the greatest number or date, as it is written.
    #[n(14)]
    pub least: Option<String>,
    #[n(15)]
    pub most: Option<String>,
    /// A regular expression that the whole text must fit.
    #[n(16)]
    pub pattern: Option<String>,
    /// Fields are shown from the least on.
    #[n(17)]
    pub position: u32,
    #[n(18)]
    pub retired_at: Option<Instant>,
    #[n(19)]
    pub created_at: Instant,
    /// Grows by one with each change.
    #[n(20)]
    pub version: u64,
}

/// Every field of the desk, in the order in which they are shown. One record, since nearly every command on tickets asks all of them, and
/// they are decoded once while none changes.
#[derive(Debug, Clone, Default, PartialEq, Encode, Decode)]
pub struct Fields {
    #[n(0)]
    pub fields: Vec<CustomField>,
}

impl Record for Fields {
    type Key = ();
    const TABLE: Table = Table::journalled(0x73, "custom_fields");

    fn key(&self) {}
}

impl CustomField {
    fn about(&self) -> About {
        About { entity_kind: "custom_field", entity: self.id.0, subject: None }
    }

    /// Whether requesters may know of it.
    pub fn is_public(&self) -> bool {
        self.audience != Audience::Agents
    }

    /// The option that somebody means by its value or label.
    pub fn option(&self, text: &str) -> Option<&FieldOption> {
        let text = text.trim();
        self.options.iter().find(|it| it.value == text).or_else(|| {
            self.options.iter().find(|it| it.value.eq_ignore_ascii_case(text) || it.label.to_lowercase() == text.to_lowercase())
        })
    }
}

/// A field as it is made or changed: as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDraft {
    pub key: String,
    pub label: String,
    pub help: String,
    pub kind: FieldType,
    pub options: Vec<FieldOption>,
    pub need: Need,
    pub audience: Audience,
    pub kinds: Vec<Kind>,
    pub categories: Vec<CategoryId>,
    pub queues: Vec<QueueId>,
    pub when: Option<When>,
    pub length_min: Option<u32>,
    pub length_max: Option<u32>,
    pub least: Option<String>,
    pub most: Option<String>,
    pub pattern: Option<String>,
    pub position: u32,
}

impl Default for FieldDraft {
    fn default() -> Self {
        FieldDraft {
            key: String::new(),
            label: String::new(),
            help: String::new(),
            kind: FieldType::Text,
            options: Vec::new(),
            need: Need::Never,
            audience: Audience::Agents,
            kinds: Vec::new(),
            categories: Vec::new(),
            queues: Vec::new(),
            when: None,
            length_min: None,
            length_max: None,
            least: None,
            most: None,
            pattern: None,
            position: 10,
        }
    }
}

impl From<CustomField> for FieldDraft {
    fn from(it: CustomField) -> Self {
        FieldDraft {
            key: it.key,
            label: it.label,
            help: it.help,
            kind: it.kind,
            options: it.options,
            need: it.need,
            audience: it.audience,
            kinds: it.kinds,
            categories: it.categories,
            queues: it.queues,
            when: it.when,
            length_min: it.length_min,
            length_max: it.length_max,
            least: it.least,
            most: it.most,
            pattern: it.pattern,
            position: it.position,
        }
    }
}

fn invalid(field: &str, message: impl Into<crate::language::Sentence>) -> crate::error::Error {
    Refusal::field(field, "invalid", message).into()
}

/// One line without space around it, of 1 to `most` characters.
fn line(field: &str, text: &str, most: usize) -> Result<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() || line.chars().count() > most || line.chars().any(char::is_control) {
        return Err(invalid(field, say!("refused-one-to-characters", most = most)));
    }
    Ok(line)
}

impl FieldDraft {
    /// The field that this would be, checked; for a preview as well as for keeping.
    pub fn checked(self, tx: &Tx, id: CustomFieldId, created_at: Instant, version: u64) -> Result<CustomField> {
        let label = line("label", &self.label, limits::FIELD_LABEL_CHARS_MAX)?;
        let key = if self.key.trim().is_empty() { key_of(&label) } else { self.key.trim().to_lowercase() };
        let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
        if key.is_empty()
            || key.len() > limits::FIELD_KEY_CHARS_MAX
            || !key.chars().all(fits)
            || !key.starts_with(|it: char| it.is_ascii_lowercase())
        {
            let message = say!("refused-field-key", most = limits::FIELD_KEY_CHARS_MAX);
            return Err(invalid("key", message));
        }
        if self.help.chars().count() > limits::FIELD_HELP_CHARS_MAX {
            return Err(invalid("help", say!("refused-at-most-characters", most = limits::FIELD_HELP_CHARS_MAX)));
        }
        for it in &self.categories {
            if !tx.has::<queues::Category>(it)? {
                return Err(Refusal::field("categories", "unknown", say!("refused-no-category")).into());
            }
        }
        for it in &self.queues {
            if !tx.has::<queues::Queue>(it)? {
                return Err(Refusal::field("queues", "unknown", say!("refused-no-queue")).into());
            }
        }
        let field = CustomField {
            id,
            options: options(self.kind, self.options)?,
            when: self.when.map(|it| when(tx, &key, it)).transpose()?,
            key,
            label,
            help: self.help.trim().to_owned(),
            kind: self.kind,
            need: self.need,
            audience: self.audience,
            kinds: self.kinds,
            categories: self.categories,
            queues: self.queues,
            length_min: self.length_min,
            length_max: self.length_max,
            least: self.least.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
            most: self.most.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()),
            pattern: self.pattern.filter(|it| !it.trim().is_empty()),
            position: self.position,
            retired_at: None,
            created_at,
            version,
        };
        bounds(&field)?;
        Ok(field)
    }
}

/// `Cost centre` becomes `cost_centre`.
fn key_of(label: &str) -> String {
    let plain: String = label.to_lowercase().chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '_' }).collect();
    let words: Vec<&str> = plain.split('_').filter(|it| !it.is_empty()).collect();
    words.join("_").chars().take(limits::FIELD_KEY_CHARS_MAX).collect()
}

fn options(kind: FieldType, options: Vec<FieldOption>) -> Result<Vec<FieldOption>> {
    if !matches!(kind, FieldType::OneOf | FieldType::SeveralOf) {
        return Ok(Vec::new());
    }
    let mut kept: Vec<FieldOption> = Vec::new();
    for it in options {
        let value = line("options", &it.value, limits::FIELD_OPTION_CHARS_MAX)?;
        let label = if it.label.trim().is_empty() { value.clone() } else { line("options", &it.label, limits::FIELD_OPTION_CHARS_MAX)? };
        if value.contains(',') {
            return Err(invalid("options", say!("refused-option-comma", value = value)));
        }
        if kept.iter().any(|known| known.value.eq_ignore_ascii_case(&value)) {
            return Err(invalid("options", say!("refused-option-twice", value = value)));
        }
        kept.push(FieldOption { value, label });
    }
    if kept.is_empty() || kept.len() > limits::FIELD_OPTIONS_MAX {
        return Err(invalid("options", say!("refused-options-count", most = limits::FIELD_OPTIONS_MAX)));
    }
    Ok(kept)
}

/// The condition, with values as the other field keeps them.
fn when(tx: &Tx, own: &str, it: When) -> Result<When> {
    let key = it.key.trim().to_lowercase();
    let other = by_key(tx, &key)?.filter(|_| key != own);
    let other = other.ok_or_else(|| Refusal::field("when", "unknown", say!("refused-no-field-to-depend", key = key)))?;
    // One level: what depends on a field that depends on another would be asked in rounds.
    if other.when.is_some() {
        return Err(invalid("when", say!("refused-depends-itself", field = other.label)));
    }
    if shared(tx)?.fields.iter().any(|it| it.when.as_ref().is_some_and(|it| it.key == own)) {
        return Err(invalid("when", say!("refused-depends-third")));
    }
    let mut values = Vec::new();
    for value in it.values.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
        let kept = match other.kind {
            FieldType::OneOf | FieldType::SeveralOf => other.option(value).map(|it| it.value.clone()),
            FieldType::YesNo => super::value::yes_or_no(value).map(|it| it.to_string()),
            _ => Some(value.to_owned()),
        };
        values.push(kept.ok_or_else(|| invalid("when", say!("refused-depends-never", field = other.label, value = value)))?);
    }
    if values.len() > limits::FIELD_OPTIONS_MAX {
        return Err(invalid("when", say!("refused-depends-values", most = limits::FIELD_OPTIONS_MAX)));
    }
    Ok(When { key, values })
}

/// Refuses bounds that no value could keep, and patterns that are none.
fn bounds(it: &CustomField) -> Result<()> {
    if let (Some(least), Some(most)) = (it.length_min, it.length_max)
        && least > most
    {
        return Err(invalid("lengthMax", say!("refused-length-less")));
    }
    let limit = limits::FIELD_TEXT_CHARS_MAX as u32;
    if it.length_max.is_some_and(|it| it == 0 || it > limit) || it.length_min.is_some_and(|it| it > limit) {
        return Err(invalid("lengthMax", say!("refused-length-range", most = limit)));
    }
    let (least, most) = (bound(it.kind, "least", it.least.as_deref())?, bound(it.kind, "most", it.most.as_deref())?);
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        return Err(invalid("most", say!("refused-less-than-least")));
    }
    if let Some(pattern) = &it.pattern {
        if pattern.chars().count() > limits::FIELD_PATTERN_CHARS_MAX {
            return Err(invalid("pattern", say!("refused-pattern-length", most = limits::FIELD_PATTERN_CHARS_MAX)));
        }
        if let Err(why) = pattern_of(pattern) {
            let said = why.to_string().lines().last().unwrap_or_default().to_owned();
            return Err(invalid("pattern", say!("refused-pattern-is-none", why = said)));
        }
    }
    Ok(())
}

/// The pattern as it is asked: of the whole text, and bounded in size.
fn pattern_of(pattern: &str) -> std::result::Result<regex::Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{pattern})$")).size_limit(limits::FIELD_PATTERN_BYTES_MAX).build()
}

/// Patterns that were asked lately, made ready: that costs more than to ask one.
static READY: Mutex<BTreeMap<String, regex::Regex>> = Mutex::new(BTreeMap::new());
/// They may have [`limits::FIELD_PATTERN_BYTES_MAX`] each; of more, all are made ready anew.
const READY_MAX: usize = 64;

/// Whether a whole text fits a pattern. One that no longer compiles, after an update of what reads it, refuses nothing.
pub(super) fn fits_pattern(pattern: &str, text: &str) -> bool {
    let ready = || READY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(it) = ready().get(pattern).cloned() {
        return it.is_match(text);
    }
    let Ok(made) = pattern_of(pattern) else { return true };
    let fits = made.is_match(text);
    let mut ready = ready();
    if ready.len() >= READY_MAX {
        ready.clear();
    }
    ready.insert(pattern.to_owned(), made);
    fits
}

/// A bound as a number that compares as what it bounds does.
pub(super) fn bound(kind: FieldType, field: &str, text: Option<&str>) -> Result<Option<f64>> {
    let Some(text) = text else { return Ok(None) };
    let found = match kind {
        FieldType::Number => text.parse::<f64>().ok().filter(|it| it.is_finite()),
        FieldType::Date => text.parse::<jiff::civil::Date>().ok().map(super::value::day),
        FieldType::DateTime => text.parse::<Instant>().ok().map(|it| it.as_millis() as f64),
        _ => return Err(invalid(field, say!("refused-no-bounds"))),
    };
    found.map(Some).ok_or_else(|| invalid(field, say!("refused-no-value-of-field", value = text)))
}

/// Every field, in the order in which they are shown; decoded once while none changes.
pub fn shared(tx: &Tx) -> Result<Arc<Fields>> {
    Ok(tx.get_shared::<Fields>(&())?.unwrap_or_default())
}

/// The field of this key.
pub fn by_key(tx: &Tx, key: &str) -> Result<Option<CustomField>> {
    Ok(shared(tx)?.fields.iter().find(|it| it.key == key).cloned())
}

/// The field of this id.
pub fn known(tx: &Tx, id: CustomFieldId) -> Result<CustomField> {
    let found = shared(tx)?.fields.iter().find(|it| it.id == id).cloned();
    found.ok_or_else(|| Refusal::not_found("custom field").into())
}

fn keep(tx: &mut Tx, change: impl FnOnce(&mut Vec<CustomField>)) -> Result<()> {
    let mut fields = shared(tx)?.fields.clone();
    change(&mut fields);
    fields.sort_by(|a, b| (a.position, &a.label, a.id).cmp(&(b.position, &b.label, b.id)));
    tx.put(&Fields { fields })
}

pub fn create(tx: &mut Tx, actor: &Actor, draft: FieldDraft) -> Result<CustomField> {
    actor.need(Permission::SettingsWrite)?;
    if shared(tx)?.fields.len() >= limits::FIELDS_MAX {
        return Err(Refusal::new(Code::Conflict, say!("refused-fields", most = limits::FIELDS_MAX)).into());
    }
    let (id, now) = (tx.new_id(), tx.now());
    let field = draft.checked(tx, id, now, 1)?;
    if by_key(tx, &field.key)?.is_some() {
        return Err(Refusal::field("key", "taken", say!("refused-field-key-taken", key = field.key)).into());
    }
    keep(tx, |all| all.push(field.clone()))?;
    event::record(tx, actor, EventKind::CustomFieldCreated, field.about(), told(None, &field))?;
    Ok(field)
}

/// Changes a field as a whole. `version`, if given, is the one that was read; another one is refused.
pub fn change(tx: &mut Tx, actor: &Actor, id: CustomFieldId, version: Option<u64>, draft: FieldDraft) -> Result<CustomField> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    if version.is_some_and(|it| it != before.version) {
        return Err(Refusal::new(Code::Stale, say!("refused-field-changed")).into());
    }
    if draft.kind != before.kind {
        return Err(Refusal::field("type", "immutable", say!("refused-field-type-stays")).into());
    }
    let draft = FieldDraft { key: before.key.clone(), ..draft };
    let after = CustomField { retired_at: before.retired_at, ..draft.checked(tx, id, before.created_at, before.version + 1)? };
    save(tx, actor, &before, after)
}

/// Takes a field out of use; what tickets hold of it stays.
pub fn retire(tx: &mut Tx, actor: &Actor, id: CustomFieldId) -> Result<CustomField> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    let after = CustomField { retired_at: before.retired_at.or(Some(tx.now())), version: before.version + 1, ..before.clone() };
    save(tx, actor, &before, after)
}

/// Brings a retired field back into use.
pub fn unretire(tx: &mut Tx, actor: &Actor, id: CustomFieldId) -> Result<CustomField> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    let after = CustomField { retired_at: None, version: before.version + 1, ..before.clone() };
    save(tx, actor, &before, after)
}

/// Deletes a field of which no ticket has ever kept a value; any other is refused.
pub fn delete(tx: &mut Tx, actor: &Actor, id: CustomFieldId) -> Result<()> {
    actor.need(Permission::SettingsWrite)?;
    let before = known(tx, id)?;
    if let Some(it) = shared(tx)?.fields.iter().find(|it| it.when.as_ref().is_some_and(|it| it.key == before.key)) {
        return Err(Refusal::new(Code::Conflict, say!("refused-field-needed", name = it.label)).into());
    }
    for ticket in tx.scan_back::<Ticket>(&())? {
        if value_kept(&ticket?, &before.key) {
            return Err(Refusal::new(Code::Conflict, say!("refused-field-used")).into());
        }
    }
    keep(tx, |all| all.retain(|it| it.id != id))?;
    let mut changes = Changes::new();
    changes.field("key", before.key.as_str(), serde_json::Value::Null);
    event::record(tx, actor, EventKind::CustomFieldDeleted, before.about(), changes)?;
    Ok(())
}

fn value_kept(ticket: &Ticket, key: &str) -> bool {
    ticket.custom.as_deref().is_some_and(|it| it.contains(&format!("\"{key}\"")))
}

fn save(tx: &mut Tx, actor: &Actor, before: &CustomField, after: CustomField) -> Result<CustomField> {
    let changes = told(Some(before), &after);
    if changes.is_empty() {
        return Ok(before.clone());
    }
    keep(tx, |all| {
        all.retain(|it| it.id != after.id);
        all.push(after.clone());
    })?;
    event::record(tx, actor, EventKind::CustomFieldChanged, after.about(), changes)?;
    Ok(after)
}

fn told(before: Option<&CustomField>, after: &CustomField) -> Changes {
    // Destructured without `..`: a new part does not compile until somebody decides how it is logged.
    let CustomField {
        id: _,
        key,
        label,
        help,
        kind,
        options,
        need,
        audience,
        kinds,
        categories,
        queues,
        when,
        length_min,
        length_max,
        least,
        most,
        pattern,
        position,
        retired_at,
        created_at: _,
        version: _,
    } = after;
    let texts = |it: &[FieldOption]| it.iter().map(|it| format!("{}: {}", it.value, it.label)).collect::<Vec<_>>();
    let kinds_of = |it: &[Kind]| it.iter().map(|it| it.name()).collect::<Vec<_>>();
    let categories_of = |it: &[CategoryId]| it.iter().map(CategoryId::to_string).collect::<Vec<_>>();
    let queues_of = |it: &[QueueId]| it.iter().map(QueueId::to_string).collect::<Vec<_>>();
    let when_of = |it: &Option<When>| it.as_ref().map(|it| format!("{} is {}", it.key, it.values.join(", ")));
    let mut changes = Changes::new();
    changes
        .field("key", before.map(|it| it.key.as_str()), key.as_str())
        .field("label", before.map(|it| it.label.as_str()), label.as_str())
        .field("help", before.map(|it| it.help.as_str()), help.as_str())
        .field("type", before.map(|it| it.kind.name()), kind.name())
        .field("options", before.map(|it| texts(&it.options)), texts(options))
        .field("required", before.map(|it| it.need.name()), need.name())
        .field("audience", before.map(|it| it.audience.name()), audience.name())
        .field("kinds", before.map(|it| kinds_of(&it.kinds)), kinds_of(kinds))
        .field("categories", before.map(|it| categories_of(&it.categories)), categories_of(categories))
        .field("queues", before.map(|it| queues_of(&it.queues)), queues_of(queues))
        .field("when", before.and_then(|it| when_of(&it.when)), when_of(when))
        .field("lengthMin", before.and_then(|it| it.length_min), *length_min)
        .field("lengthMax", before.and_then(|it| it.length_max), *length_max)
        .field("least", before.and_then(|it| it.least.clone()), least.clone())
        .field("most", before.and_then(|it| it.most.clone()), most.clone())
        .field("pattern", before.and_then(|it| it.pattern.clone()), pattern.clone())
        .field("position", before.map(|it| it.position), *position)
        .field("retired", before.is_some_and(|it| it.retired_at.is_some()), retired_at.is_some());
    changes
}
