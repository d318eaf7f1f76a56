//! The API document (OpenAPI 3.1), made of the same types that are read and written, and served at `/v1/openapi.json`. The table
//! below says of each address what it takes and gives; a test holds it against the routes, and answers against it.

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, SchemaFormat,
        schema::{Schema, Type},
    },
};

use super::v1::{
    accounts, addresses, amend, announcements, appearance, article_files, articles, attachments, audit, auth, avatars, calendar_feeds,
    calendars, categories, checklists, comments, custom_fields, departments, dkim, drafts, events, exports, factors, features, file_rules,
    history, holidays, identities, input, jobs, knowledge, language, letters, lifecycles, links, list::ListView, macros, mail, mail_log,
    mail_rules, mail_templates, mailboxes, me, merge, moves, notifications, on_call, open_tabs, organizations, outages, people, plan,
    portal, presence, query, queues, recurring_tickets, regions, roles, routing, satisfaction, search, search_words, sending, sessions,
    sharing, shift, shown, sign_in_providers, similar, slas, snippets, snoozes, standing, teams, ticket_rules, ticket_sla,
    ticket_templates, tickets, time_entries, tokens, triage, uploads, views, watchers, working_time,
};
use super::{
    operations::{
        ABOUT,
        Asks::{self, *},
        Gives, OPERATIONS, Row, TAGS, Takes,
    },
    routes,
};
use crate::{http::problem, limits, time::Instant};

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).description(Some("RFC 3339, in UTC")).into()
    }
}

impl ToSchema for Instant {}

#[derive(OpenApi)]
#[openapi(components(schemas(
    problem::ProblemView,
    problem::FieldProblem,
    auth::LoginInput,
    auth::RefreshInput,
    auth::LogoutInput,
    auth::SessionView,
    auth::TokenRequest,
    auth::TokenAnswer,
    sessions::SignedInView,
    satisfaction::SatisfactionView,
    satisfaction::ScoreName,
    satisfaction::SurveyView,
    satisfaction::VoteInput,
    satisfaction::VoteName,
    satisfaction::VotesView,
    satisfaction::SatisfactionRowView,
    satisfaction::SatisfactionReportView,
    similar::TypedInput,
    similar::WhyView,
    similar::SimilarView,
    similar::KnownOutageView,
    similar::SimilarListView,
    outages::OutageView,
    outages::OutageStateName,
    outages::NewOutageInput,
    outages::OutagePatchInput,
    outages::PartsInput,
    outages::OutageEndInput,
    ListView<outages::OutageView>,
    ticket_rules::TicketRulesView,
    ticket_rules::TicketRulesPatchInput,
    ListView<sessions::SignedInView>,
    me::MeView,
    me::ProfilePatchInput,
    accounts::RegisterInput,
    accounts::ForgotInput,
    accounts::LinkSettingInput,
    accounts::AcceptedView,
    accounts::InvitationInput,
    accounts::AccountRulesView,
    accounts::AccountRulesPatchInput,
    addresses::AddressRulesView,
    addresses::AddressRulesPatchInput,
    language::DeskLanguageView,
    language::DeskLanguagePatchInput,
    features::FeaturesView,
    features::FeatureView,
    features::FeaturesPatchInput,
    appearance::AppearanceView,
    appearance::AppearancePatchInput,
    factors::FactorsView,
    factors::SeedView,
    factors::CodeInput,
    factors::RecoveryCodesView,
    factors::PasswordInput,
    tickets::TicketView,
    tickets::TicketListView,
    tickets::NewTicketInput,
    tickets::TicketPatchInput,
    tickets::KindName,
    tickets::CategoryName,
    tickets::PriorityName,
    tickets::ChannelName,
    tickets::AssetView,
    tickets::SlaView,
    tickets::LinkView,
    shown::NamedView,
    shown::PersonRefView,
    comments::CommentView,
    comments::NewCommentInput,
    comments::ForwardInput,
    letters::LetterView,
    letters::RecipientView,
    ListView<letters::LetterView>,
    letters::SuppressionView,
    letters::SuppressionInput,
    ListView<letters::SuppressionView>,
    mail_templates::MailTemplateView,
    mail_templates::MailTemplateInput,
    mail_templates::MailPreviewView,
    ListView<mail_templates::MailTemplateView>,
    dkim::DkimKeyView,
    dkim::NewDkimKeyInput,
    dkim::DnsOfDomainView,
    dkim::DnsCheckView,
    ListView<dkim::DkimKeyView>,
    sending::SendingView,
    sending::SendingPatchInput,
    sending::VoiceView,
    sending::MailServerView,
    sending::MailServerInput,
    sending::MailFindingView,
    sending::MailServerTestView,
    sending::TestMailInput,
    ListView<comments::CommentView>,
    attachments::AttachmentView,
    attachments::UploadView,
    attachments::UploadInput,
    attachments::KeptFileView,
    attachments::FileLinkInput,
    attachments::FileLinkView,
    uploads::NewUploadInput,
    uploads::UploadAddressView,
    query::CompletionView,
    query::QueryOfferView,
    search_words::SynonymsView,
    search_words::SynonymsInput,
    search_words::SearchSettingsView,
    search_words::SearchSettingsInput,
    search::FacetValueView,
    file_rules::FileRulesView,
    file_rules::FileRulesPatchInput,
    avatars::AvatarInput,
    avatars::AvatarView,
    history::HistoryView,
    history::EventView,
    history::ActorView,
    history::ChangeView,
    portal::NewIncidentInput,
    links::LinkInput,
    links::RelationName,
    watchers::WatcherInput,
    ListView<shown::PersonRefView>,
    search::SearchInput,
    search::SearchView,
    search::HitView,
    search::HitKind,
    mail::MailView,
    mail::OutcomeName,
    mail::TicketRefView,
    mail_log::MailEntryView,
    mail_log::MailLogView,
    mail_log::MailDetailView,
    mail_log::RoundView,
    mail_log::ExplainedStepView,
    mail_log::ReplayView,
    mail_log::DifferenceView,
    mail_log::ReleaseInput,
    mail_rules::MailRulesView,
    mail_rules::MailRulesPatchInput,
    mail_rules::ConditionView,
    sharing::SharedWith,
    views::SavedViewView,
    views::SavedViewInput,
    views::ViewTrialInput,
    views::ViewTrialView,
    views::PinnedInput,
    ListView<views::SavedViewView>,
    macros::MacroView,
    macros::MacroInput,
    macros::MacroPreviewInput,
    macros::MacroPreviewView,
    macros::MacroUseInput,
    macros::MacroUsedView,
    macros::UndoneView,
    ListView<macros::MacroView>,
    snippets::SnippetView,
    snippets::SnippetInput,
    snippets::SnippetFillInput,
    snippets::SnippetFilledView,
    ListView<snippets::SnippetView>,
    ticket_templates::TicketTemplateView,
    ticket_templates::TicketTemplateInput,
    ListView<ticket_templates::TicketTemplateView>,
    checklists::ChecklistView,
    checklists::ChecklistStepView,
    checklists::NewStepView,
    checklists::ChecklistInput,
    checklists::StepsView,
    checklists::StepsInput,
    checklists::StepPatchInput,
    ListView<checklists::ChecklistView>,
    custom_fields::CustomFieldView,
    custom_fields::CustomFieldInput,
    custom_fields::RetiredInput,
    ListView<custom_fields::CustomFieldView>,
    mail_rules::MailFilterView,
    mail_rules::MailFilterInput,
    mail_rules::TriedView,
    mail_rules::TrialView,
    ListView<mail_rules::MailFilterView>,
    mail_rules::BlockedSenderView,
    mail_rules::BlockedSenderInput,
    ListView<mail_rules::BlockedSenderView>,
    mail_rules::BreakerView,
    ListView<mail_rules::BreakerView>,
    merge::MergeInput,
    ticket_sla::TicketSlaView,
    ticket_sla::ClockView,
    ticket_sla::ClockEntryView,
    ticket_sla::AttentionView,
    ticket_sla::EscalateInput,
    slas::PolicyView,
    slas::PolicyInput,
    slas::TargetRowView,
    slas::TargetRowsView,
    slas::MinutesView,
    slas::OperationalView,
    slas::OperationalInput,
    slas::TargetName,
    slas::WindowName,
    slas::EscalationStepView,
    slas::StepInput,
    slas::StepActView,
    slas::StepActInput,
    slas::OrderInput,
    slas::PolicyPreviewInput,
    slas::PolicyPreviewView,
    slas::PolicyPreviewRowView,
    slas::RetimingView,
    ListView<slas::PolicyView>,
    moves::MoveInput,
    moves::MoveView,
    people::PersonView,
    ListView<people::PersonView>,
    queues::QueueView,
    queues::NewQueueInput,
    ListView<queues::QueueView>,
    people::NewPersonInput,
    people::PersonPatchInput,
    organizations::OrganizationView,
    organizations::OrganizationInput,
    organizations::MailDomainView,
    organizations::SharingName,
    ListView<organizations::OrganizationView>,
    departments::DepartmentView,
    departments::DepartmentInput,
    ListView<departments::DepartmentView>,
    roles::RoleView,
    roles::RoleInput,
    roles::ReachName,
    ListView<roles::RoleView>,
    queues::QueuePatchInput,
    queues::QueueRoutingView,
    queues::QueueRoutingInput,
    routing::DecisionView,
    routing::ThenView,
    routing::ThenInput,
    routing::RoutingRuleView,
    routing::RoutingRuleInput,
    ListView<routing::RoutingRuleView>,
    routing::RuleOrderInput,
    routing::RuleTrialInput,
    routing::RuleTrialView,
    routing::CaughtView,
    routing::WouldView,
    routing::RoutingSettingsView,
    routing::RoutingSettingsPatchInput,
    triage::TriageInput,
    triage::TriageView,
    triage::TriagedView,
    on_call::LayerView,
    on_call::LayerInput,
    on_call::SwapView,
    on_call::SwapInput,
    on_call::SpanView,
    on_call::RotationView,
    on_call::RotationInput,
    on_call::OnCallView,
    ListView<on_call::RotationView>,
    standing::AbsenceView,
    standing::AbsenceInput,
    standing::StandingView,
    standing::StandingPatchInput,
    categories::CategoryPatchInput,
    amend::CommentEditInput,
    amend::RedactionInput,
    amend::RedactionView,
    shift::ShiftView,
    shift::FigureView,
    shift::ShiftQueueView,
    shift::ShiftColleagueView,
    shift::ShiftBackView,
    time_entries::TimeReportView,
    time_entries::TimeReportRowView,
    time_entries::TimeCategoryView,
    time_entries::TimeCategoryInput,
    time_entries::TimeEntryView,
    time_entries::TimeEntryInput,
    ListView<time_entries::TimeEntryView>,
    ListView<time_entries::TimeCategoryView>,
    exports::ExportView,
    exports::ExportInput,
    exports::ExportStateName,
    exports::ExportFormatName,
    ListView<exports::ExportView>,
    calendar_feeds::CalendarFeedView,
    calendar_feeds::NewCalendarFeedView,
    calendar_feeds::CalendarFeedInput,
    ListView<calendar_feeds::CalendarFeedView>,
    recurring_tickets::RhythmName,
    recurring_tickets::RecurringDay,
    recurring_tickets::RecurringSchedule,
    recurring_tickets::RecurringTicketView,
    recurring_tickets::RecurringTicketInput,
    recurring_tickets::RecurringPreviewInput,
    recurring_tickets::RecurringPreviewView,
    recurring_tickets::RecurringLodgedView,
    ListView<recurring_tickets::RecurringTicketView>,
    article_files::ArticleFileView,
    article_files::ArticleFilesView,
    articles::ArticleVisibilityName,
    articles::ArticleStatusName,
    articles::ArticleRowView,
    articles::ArticleTranslationView,
    articles::ArticleView,
    articles::ArticleInput,
    articles::RevisionView,
    articles::RevisionLineView,
    articles::RevisionDifferenceView,
    articles::ArticleFeedbackInput,
    articles::ArticleVoteView,
    articles::ArticleFeedbackView,
    ListView<article_files::ArticleFileView>,
    ListView<articles::ArticleRowView>,
    ListView<articles::RevisionView>,
    knowledge::ArticleCategoryView,
    knowledge::ArticleCategoryInput,
    knowledge::KnowledgeSettingsView,
    knowledge::KnowledgeSettingsInput,
    knowledge::ArticleLinkType,
    knowledge::TicketArticleView,
    knowledge::TicketArticleInput,
    ListView<knowledge::ArticleCategoryView>,
    ListView<knowledge::TicketArticleView>,
    announcements::AudienceName,
    announcements::AnnouncementView,
    announcements::AnnouncementInput,
    ListView<announcements::AnnouncementView>,
    regions::RegionView,
    regions::RegionInput,
    ListView<regions::RegionView>,
    calendars::CalendarView,
    calendars::CalendarBody,
    calendars::SubscriptionView,
    calendars::SubscriptionInput,
    calendars::HolidaySetInput,
    ListView<calendars::CalendarView>,
    plan::HolidayInput,
    plan::OverrideInput,
    plan::HolidayView,
    plan::OverrideView,
    plan::CalendarInput,
    holidays::PlaceView,
    holidays::CountryView,
    holidays::PublicHolidaysView,
    holidays::PublicHolidayView,
    ListView<holidays::CountryView>,
    working_time::PreviewInput,
    working_time::PauseInput,
    working_time::PreviewView,
    working_time::DueView,
    working_time::ElapsedView,
    working_time::OpenView,
    teams::TeamView,
    teams::TeamInput,
    ListView<teams::TeamView>,
    categories::CategoryView,
    categories::NewCategoryInput,
    ListView<categories::CategoryView>,
    lifecycles::LifecycleView,
    lifecycles::StateView,
    ListView<lifecycles::LifecycleView>,
    tokens::TokenView,
    tokens::NewTokenView,
    tokens::NewTokenInput,
    ListView<tokens::TokenView>,
    mailboxes::MailboxView,
    mailboxes::MailboxInput,
    mailboxes::MailboxOAuthView,
    mailboxes::MailboxTokenView,
    mailboxes::MailboxHealthView,
    mailboxes::MailboxTestView,
    mailboxes::FolderView,
    mailboxes::StatementView,
    mailboxes::StatementsView,
    ListView<mailboxes::MailboxView>,
    sign_in_providers::ProviderView,
    sign_in_providers::ProviderInput,
    sign_in_providers::OidcView,
    sign_in_providers::LdapView,
    sign_in_providers::GroupSearchView,
    sign_in_providers::TrustedHeaderView,
    sign_in_providers::GroupRolesView,
    sign_in_providers::AttributesView,
    sign_in_providers::SyncView,
    sign_in_providers::TestInput,
    sign_in_providers::TestView,
    sign_in_providers::FindingView,
    ListView<sign_in_providers::ProviderView>,
    identities::IdentityView,
    identities::NewIdentityInput,
    identities::SignInMethodsView,
    identities::SignInMethodsInput,
    ListView<identities::IdentityView>,
    audit::AuditView,
    audit::AuditListView,
    audit::OriginView,
    audit::ProofView,
    jobs::JobView,
    ListView<jobs::JobView>,
    events::NoticeView,
    events::NoticeType,
    presence::PresenceInput,
    presence::TypingName,
    presence::PresentView,
    ListView<presence::PresentView>,
    drafts::DraftView,
    drafts::DraftFieldView,
    drafts::DraftInput,
    ListView<drafts::DraftView>,
    drafts::SharedDraftView,
    drafts::SharedDraftInput,
    drafts::DraftVersionInput,
    ListView<drafts::SharedDraftView>,
    open_tabs::OpenTabsInput,
    ListView<mail::TicketRefView>,
    snoozes::SnoozeView,
    snoozes::SnoozeInput,
    snoozes::ReminderView,
    snoozes::ReminderInput,
    ListView<snoozes::ReminderView>,
    notifications::NotificationEventName,
    notifications::NotificationChannelName,
    notifications::DigestName,
    notifications::NotificationView,
    notifications::NotificationListView,
    notifications::NotificationPatchInput,
    notifications::MarkedView,
    notifications::PreferenceView,
    notifications::PreferencesView,
    notifications::PreferenceInput,
    notifications::PreferencesPatchInput,
    notifications::NotificationRulesView,
    notifications::ChannelView,
    notifications::NotificationRuleInput,
    notifications::NotificationRulesPatchInput,
    notifications::PushSubscriptionView,
    notifications::PushSubscriptionInput,
    notifications::PushKeysInput,
    ListView<notifications::PushSubscriptionView>,
    input::Level,
    input::Named,
    input::Free,
    Instant,
)))]
struct Schemas;

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameter(name: &str, place: &str, about: &str, schema: Value) -> Value {
    json!({ "name": name, "in": place, "description": about, "required": place == "path", "schema": schema })
}

fn query(name: &str, about: &str, schema: Value) -> Value {
    parameter(name, "query", about, schema)
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn page_parameters() -> Vec<Value> {
    let whole = |most: usize| json!({ "type": "integer", "minimum": 1, "maximum": most });
    vec![
        query("page", "The number of the page, from 1.", whole(limits::PAGE_ROWS_MAX)),
        query("pageSize", "Rows per page.", whole(limits::PAGE_SIZE_MAX)),
        query("cursor", "The `nextCursor` of the page before.", text()),
        query("limit", "Rows per page, with a cursor.", whole(limits::PAGE_SIZE_MAX)),
    ]
}

fn ticket_parameters() -> Vec<Value> {
    let mut all = page_parameters();
    all.push(query("sort", "`createdAt`, `updatedAt`, `priority`, `sla.dueAt`, `number` or `relevance`, with `:asc` or `:desc`.", text()));
    all.push(query("q", "A question in the query language, such as `status:open assignee:me`.", text()));
    for (name, about) in [
        ("status", "A state or a category of states; `open` is everything neither resolved nor closed. Several with commas, as below."),
        ("kind", "Incident, request, problem, change or task."),
        ("priority", "1 to 4, P1 to P4, or a name."),
        ("queue", "Id or name."),
        ("assignee", "Id, mail address or name; `me`, `none`."),
        ("requester", "Id, mail address or name; `me`."),
        ("organization", "Id or name."),
        ("category", "Id or name."),
        ("tag", "A tag."),
        ("channel", "How it came."),
        ("createdAfter", "A date or instant."),
        ("createdBefore", "A date or instant."),
        ("updatedAfter", "A date or instant."),
        ("updatedBefore", "A date or instant."),
    ] {
        all.push(query(name, about, text()));
    }
    all
}

fn query_parameters(asks: Asks) -> Vec<Value> {
    match asks {
        Asks::Nothing => Vec::new(),
        Page => page_parameters(),
        Tickets => ticket_parameters(),
        Sheet => {
            let mut all = ticket_parameters().split_off(page_parameters().len());
            all.push(query("columns", "Members of a ticket, such as `number`, `createdAt` or `custom.KEY`, with commas between.", text()));
            all.push(query("language", "`en`, `de` or `ar`: headings and values in words; without, as programs know them.", text()));
            all
        }
        Portal => {
            let mut all = ticket_parameters();
            all.push(query(
                "mine",
                "Only those that you lodged (the default), or also those that you follow.",
                json!({ "type": "boolean" }),
            ));
            all
        }
        Completion => vec![
            query("q", "What is typed so far, in the query language.", text()),
            query("at", "Where the cursor stands, in characters; the end, if absent.", json!({ "type": "integer", "minimum": 0 })),
        ],
        Search => {
            let mut all = page_parameters();
            all.push(query("sort", "As for lists; `relevance` if absent.", text()));
            let mut q = query("q", "Words, or a question in the query language.", json!({ "type": "string", "minLength": 1 }));
            q["required"] = json!(true);
            all.push(q);
            let kinds = "What is looked for, one or more with commas: `ticket`, `article`, `person`; all that you may see, if absent.";
            all.push(query("type", kinds, text()));
            let facets = "What is counted of what was found (of very much the newest, see `facetsAreBound`), with commas: `status`, `kind`, `priority`, `queue`, `assignee`, `category`, `tag`, `type`.";
            all.push(query("facets", facets, text()));
            all
        }
        Notifications => {
            let mut all = page_parameters();
            all.push(query("unread", "Only those that are not read.", json!({ "type": "boolean" })));
            all.push(query("event", "Only those of this event.", reference("NotificationEventName")));
            all.push(query("ticket", "Only those about this ticket: id or number.", text()));
            all
        }
        Topics => topic_parameters(),
        MailLog => {
            let mut all = page_parameters();
            all.push(query("outcome", "Only mails of this outcome.", reference("OutcomeName")));
            all.push(query("q", "A part of sender, subject, Message-ID or reason.", text()));
            all
        }
        Typed => {
            let mut all = page_parameters();
            all.push(query("q", "The beginning of a shortcut, or a part of name, category or text.", text()));
            all
        }
        Articles | ArticleList | Knowledge => {
            let mut all = page_parameters();
            all.push(query("q", "Words; the last one may be the beginning of one.", text()));
            if asks != ArticleList {
                all.push(query("query", "The same as `q`.", text()));
            }
            if asks != Knowledge {
                all.push(query("category", "Id or name of a category.", text()));
                all.push(query("language", "A language, such as `de`.", text()));
            }
            all.push(query("tag", "A tag, possibly several times; articles have all of them.", text()));
            if asks != ArticleList {
                all.push(query("tags", "Tags with commas between them.", text()));
            } else {
                all.push(query("status", "`draft`, `review`, `published` or `archived`.", text()));
                all.push(query("state", "The same as `status`.", text()));
            }
            all
        }
        FromRevision => {
            vec![query("from", "The number of the other revision; the one before, if absent.", json!({ "type": "integer", "minimum": 1 }))]
        }
        People => {
            let mut all = page_parameters();
            all.push(query("q", "A part of a name or mail address.", text()));
            all.push(query("role", "The key of a role that they hold.", text()));
            all.push(query("organization", "Id or name of the organization that they are of.", text()));
            all.push(query("team", "Id or name of a team that they are in.", text()));
            all.push(query("active", "Only those who may sign in, or only those who may not.", json!({ "type": "boolean" })));
            all
        }
        Sessions => {
            let mut all = page_parameters();
            all.push(query("person", WHOSE, json!({ "type": "string", "format": "uuid" })));
            all
        }
        Letters => {
            let mut all = page_parameters();
            all.push(query("state", "Which mails, such as `failed` or `sent`.", text()));
            all
        }
        Asks::Person => vec![query("person", WHOSE, json!({ "type": "string", "format": "uuid" }))],
        Holidays => vec![
            query("country", "ISO 3166 code, such as `DE`. Required.", text()),
            query("region", "Of the country: `BY`, or `DE-BY`.", text()),
            query("year", "The present one if absent.", json!({ "type": "integer", "minimum": 1, "maximum": 9998 })),
        ],
        Days => vec![
            query("from", "The first day; thirty days before the last if not given.", json!({ "type": "string", "format": "date" })),
            query("to", "The last day that counts; today if not given.", json!({ "type": "string", "format": "date" })),
            query("by", "By what votes are told apart.", json!({ "type": "string", "enum": ["agent", "queue", "day", "week"] })),
        ],
        AsOf => vec![query(
            "asOf",
            "As it was at this instant, for those who work tickets; names and promised times are those of today.",
            json!({ "type": "string", "format": "date-time" }),
        )],
        TimeReport => vec![
            query("from", "The first day; the first of its month if not given.", json!({ "type": "string", "format": "date" })),
            query("to", "The last day that counts; today if not given.", json!({ "type": "string", "format": "date" })),
            query("by", "What lines are.", json!({ "type": "string", "enum": ["person", "category", "organization", "ticket"] })),
            query("billable", "Only what is paid for, or only what is not.", json!({ "type": "boolean" })),
        ],
        Instead => vec![query("instead", "The key of the role that its holders get.", text())],
    }
}

const WHOSE: &str = "Whose, by id, for whoever may change people; yours if not given.";
/// One server-sent event, as an object of its fields.
fn event_of(schema: &str) -> Value {
    json!({
        "type": "object",
        "description": "One event of the stream. A line of comment every 20 seconds keeps the connection open.",
        "required": ["id", "event", "data"],
        "properties": {
            "id": { "type": "string", "description": "The number of the change; a browser sends it back as `Last-Event-ID`." },
            "event": { "type": "string", "description": "The `kind` of the notice." },
            "data": { "type": "string", "contentMediaType": "application/json", "contentSchema": reference(schema) },
        },
    })
}

fn topic_parameters() -> Vec<Value> {
    let topic = json!({ "type": "string", "pattern": "^(me|lists|ticket:.+)$" });
    let mut topics = query(
        "topics",
        "`me`, `lists` and `ticket:NUMBER`, with commas between them; if absent, `me`, and `lists` for whoever may see every ticket.",
        json!({ "type": "array", "items": topic, "maxItems": limits::LIVE_TOPICS_MAX }),
    );
    topics["explode"] = json!(false);
    vec![
        topics,
        query(
            "lastEventId",
            "The `seq` of the last event that you heard of: begin with what happened since, or with a `reset` if that is too much.",
            text(),
        ),
        parameter("Last-Event-ID", "header", "The same, as browsers send it.", text()),
    ]
}

fn path_parameters(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| {
            let (about, schema) = match name {
                "id" if path.starts_with("/tickets") => ("Id or number of the ticket.", text()),
                "other" => ("Id or number of the other ticket.", text()),
                "role" => ("Key of the role.", text()),
                "type" => ("How the two relate.", reference("RelationName")),
                "subject" => ("What the provider knows the person by.", text()),
                "blocked" => ("The address, or the domain with its @.", text()),
                "breaker" => ("Id of the breaker.", text()),
                _ => ("Id.", json!({ "type": "string", "format": "uuid" })),
            };
            parameter(name, "path", about, schema)
        })
        .collect()
}

fn header_parameters(method: &str, path: &str, takes: Takes) -> Vec<Value> {
    let mut all = Vec::new();
    let creates = method == "post"
        && !path.starts_with("/auth")
        && !path.starts_with("/me/")
        && !matches!(path, "/search" | "/tokens" | "/webhooks/email-inbound")
        && !path.starts_with("/sign-in-")
        && !path.ends_with("/identities")
        && !path.ends_with("/link");
    if creates && takes != Takes::Nothing && !path.ends_with("/watchers") {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": limits::IDEMPOTENCY_KEY_BYTES_MAX });
        all.push(parameter("Idempotency-Key", "header", "Makes repeats harmless.", schema));
    }
    if is_versioned(path) {
        let (name, about) = match method {
            "get" => ("If-None-Match", "Answer 304 if this version is the present one."),
            _ => ("If-Match", "Change only this version; 412 if another is there."),
        };
        all.push(parameter(name, "header", about, text()));
    }
    all
}

/// Whether what is there has an `ETag`.
fn is_versioned(path: &str) -> bool {
    const OF: [&str; 10] =
        ["/tickets", "/people", "/users", "/organizations", "/departments", "/roles", "/queues", "/teams", "/regions", "/calendars"];
    path.rsplit_once("/{").is_some_and(|(of, name)| OF.contains(&of) && matches!(name, "id}" | "role}"))
}

fn body(takes: Takes) -> Option<Value> {
    let json_as = |schema: &str, types: &[&str], required: bool| {
        let content: Map<String, Value> = types.iter().map(|it| ((*it).to_owned(), json!({ "schema": reference(schema) }))).collect();
        Some(json!({ "required": required, "content": content }))
    };
    match takes {
        Takes::Nothing => None,
        Takes::Json(schema) => json_as(schema, &["application/json"], true),
        Takes::Patch(schema) => json_as(schema, &["application/json", "application/merge-patch+json"], true),
        Takes::Perhaps(schema) => json_as(schema, &["application/json"], false),
        Takes::Form(schema) => json_as(schema, &["multipart/form-data"], true),
        Takes::FormOr(form, schema) => Some(json!({
            "required": true,
            "content": {
                "multipart/form-data": { "schema": reference(form) },
                "application/json": { "schema": reference(schema) },
            },
        })),
        Takes::Mail => {
            let raw = json!({ "schema": { "type": "string", "format": "binary" } });
            Some(json!({ "required": true, "content": { "message/rfc822": raw, "application/octet-stream": raw } }))
        }
    }
}

/// The statuses of problems that an operation can answer with.
fn problems(method: &str, path: &str, takes: Takes) -> Vec<u16> {
    let mut all = vec![400, 401, 403, 404, 422, 429, 503];
    if takes != Takes::Nothing {
        all.extend([413, 415]);
    }
    if method != "get" {
        all.push(409);
    }
    if matches!(method, "patch" | "put" | "delete") {
        all.push(412);
    }
    if path.starts_with("/attachments") || path.starts_with("/files") || path.ends_with("/files/{file}") {
        all.push(416);
    }
    all
}

fn answers(row: &Row) -> Value {
    let (method, path, _, _, _, takes, gives) = row;
    let mut all = Map::new();
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    match gives {
        Gives::Json(status, schema) => {
            let about = match status {
                201 => "Made.",
                202 => "Taken; the rest comes by mail.",
                _ => "Here it is.",
            };
            all.insert(
                status.to_string(),
                json!({ "description": about, "content": { "application/json": { "schema": reference(schema) } } }),
            );
        }
        Gives::Either(one, other) => {
            let schema = json!({ "anyOf": [reference(one), reference(other)] });
            all.insert("201".into(), json!({ "description": "Made.", "content": { "application/json": { "schema": schema } } }));
        }
        Gives::Nothing => {
            all.insert("204".into(), json!({ "description": "Done." }));
        }
        Gives::Document => {
            let schema = json!({ "type": "object", "required": ["openapi", "info", "paths"] });
            all.insert("200".into(), json!({ "description": "OpenAPI 3.1.", "content": { "application/json": { "schema": schema } } }));
        }
        Gives::Stream(schema) => {
            let content = json!({ "text/event-stream": { "schema": event_of(schema) } });
            all.insert("200".into(), json!({ "description": "Notices as they come, until you hang up.", "content": content }));
        }
        Gives::Socket(schema) => {
            let about = format!("The connection is a WebSocket now. Each text message is a `{schema}`; nothing is expected from you.");
            all.insert("101".into(), json!({ "description": about }));
        }
        Gives::Bytes => {
            all.insert("200".into(), json!({ "description": "All bytes.", "content": { "*/*": binary } }));
            all.insert("206".into(), json!({ "description": "A range of them.", "content": { "*/*": binary } }));
        }
    }
    if (*method == "get" && is_versioned(path)) || *gives == Gives::Bytes {
        all.insert("304".into(), json!({ "description": "You have this version." }));
    }
    for status in problems(method, path, *takes) {
        all.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    Value::Object(all)
}

fn operation(prefix: &str, row: &Row) -> Value {
    let (method, path, tag, summary, asks, takes, _) = *row;
    let words: Vec<&str> = path.split(['/', '{', '}', '-', '.']).filter(|it| !it.is_empty()).collect();
    let mut parameters = path_parameters(path);
    parameters.extend(query_parameters(asks));
    parameters.extend(header_parameters(method, path, takes));
    let mut operation = json!({
        "operationId": format!("{}_{method}_{}", prefix.trim_matches('/'), words.join("_")),
        "summary": summary,
        "tags": [tag],
        "parameters": parameters,
        "responses": answers(row),
    });
    if let Some(body) = body(takes) {
        operation["requestBody"] = body;
    }
    if routes::OPEN.contains(&(method, path)) {
        operation["security"] = json!([]);
    }
    operation
}

/// Answers always hold every key, so a reader may rely on each; a value may still be null.
fn require_all(schemas: &mut Map<String, Value>) {
    for (name, schema) in schemas.iter_mut() {
        let is_answer = name.contains("View") || matches!(name.as_str(), "Problem" | "FieldProblem");
        if is_answer
            && let Some(keys) = schema.get("properties").and_then(Value::as_object).map(|it| it.keys().cloned().collect::<Vec<_>>())
        {
            schema["required"] = json!(keys);
        }
    }
}

fn document() -> Value {
    let mut schemas = match serde_json::to_value(Schemas::openapi()).map(|mut it| it["components"]["schemas"].take()) {
        Ok(Value::Object(schemas)) => schemas,
        _ => Map::new(),
    };
    require_all(&mut schemas);
    let mut paths = Map::new();
    for prefix in ["/v1", "/api"] {
        for row in OPERATIONS {
            let place = paths.entry(format!("{prefix}{}", row.1)).or_insert_with(|| json!({}));
            place[row.0] = operation(prefix, row);
        }
    }
    let problem = json!({ "schema": reference("Problem") });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Lodge", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT, "license": { "name": env!("CARGO_PKG_LICENSE") } },
        "servers": [{ "url": "/" }],
        "security": [{ "bearerAuth": [] }],
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Problem": { "description": "Why it was not done.", "content": { "application/problem+json": problem } } },
            "securitySchemes": { "bearerAuth": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// The document, written once.
static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());

pub async fn serve() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let routes: BTreeSet<_> = routes::OPEN.iter().chain(routes::CLOSED).copied().collect();
        let described: BTreeSet<_> = OPERATIONS.iter().map(|it| (it.0, it.1)).collect();
        assert_eq!(described, routes);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer} is not in the document");
        }
    }

    #[test]
    fn live_connections_are_operations() {
        let document = document();
        let answers = |path: &str| document["paths"][path]["get"]["responses"].clone();
        let event = &answers("/v1/events")["200"]["content"]["text/event-stream"]["schema"];
        assert_eq!(event["properties"]["data"]["contentSchema"], reference("NoticeView"));
        assert!(answers("/v1/ws")["101"].is_object());
        for path in ["/v1/events", "/v1/ws", "/api/events", "/api/ws"] {
            assert_eq!(document["paths"][path]["get"]["parameters"][0]["name"], "topics", "{path}");
            assert!(answers(path)["401"].is_object() && answers(path)["503"].is_object(), "{path}");
        }
    }

    #[test]
    fn answers_hold_nothing_that_is_not_described() {
        let document = document();
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            if name.contains("View") && !name.ends_with("Input") && schema["type"] == "object" {
                assert_eq!(schema["additionalProperties"], json!(false), "{name}");
            }
        }
    }
}
