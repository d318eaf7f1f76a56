//! Every address of the API, grouped by who may ask. `/v1` and `/api` are the same. The table is also what the tests walk and what
//! the API document is held against.

use axum::{Router, extract::DefaultBodyLimit, handler::Handler, middleware, routing};

use super::{openapi, v1};
use crate::http::{App, auth, cors, problem};

/// A router of the listed addresses, and the list itself.
macro_rules! routes {
    ($(#[$doc:meta])* $table:ident, $router:ident: $($method:ident $path:literal $handler:expr;)*) => {
        $(#[$doc])*
        pub const $table: &[(&str, &str)] = &[$((stringify!($method), $path)),*];

        fn $router() -> Router<App> {
            Router::new()$(.route($path, routing::$method($handler)))*
        }
    };
}

routes! {
    /// Open to everybody.
    OPEN, open:
    post "/auth/login" v1::auth::login;
    post "/auth/refresh" v1::auth::refresh;
    post "/auth/logout" v1::auth::logout;
    post "/auth/token" v1::auth::token;
    post "/auth/register" v1::accounts::register;
    post "/auth/verify" v1::accounts::verify;
    post "/auth/forgot" v1::accounts::forgot;
    post "/auth/reset" v1::accounts::reset;
    post "/auth/accept" v1::accounts::accept;
    get "/files/{token}" v1::attachments::download_linked;
    get "/csat/{token}" v1::satisfaction::asked;
    post "/csat/{token}" v1::satisfaction::rate;
    get "/openapi.json" openapi::serve;
}

routes! {
    /// For whoever is signed in; the desk decides what they may.
    CLOSED, closed:
    get "/me" v1::me::read;
    patch "/me" v1::me::patch;
    get "/me/drafts" v1::drafts::mine;
    get "/me/drafts/{place}" v1::drafts::read;
    put "/me/drafts/{place}" v1::drafts::put;
    delete "/me/drafts/{place}" v1::drafts::delete;
    get "/me/tabs" v1::open_tabs::read;
    put "/me/tabs" v1::open_tabs::put;
    get "/me/reminders" v1::snoozes::reminders;
    delete "/me/reminders/{id}" v1::snoozes::forget;
    get "/me/notification-preferences" v1::notifications::read_preferences;
    patch "/me/notification-preferences" v1::notifications::patch_preferences;
    get "/me/appearance" v1::appearance::read;
    patch "/me/appearance" v1::appearance::patch;
    get "/me/push-subscriptions" v1::notifications::devices;
    post "/me/push-subscriptions" v1::notifications::subscribe;
    delete "/me/push-subscriptions/{id}" v1::notifications::unsubscribe;
    get "/notifications" v1::notifications::list;
    post "/notifications/read" v1::notifications::mark_all;
    patch "/notifications/{id}" v1::notifications::mark;
    get "/settings/notifications" v1::notifications::read_rules;
    patch "/settings/notifications" v1::notifications::patch_rules;
    post "/presence" v1::presence::post;
    post "/me/password" v1::factors::password;
    get "/me/factors" v1::factors::read;
    post "/me/factors/totp" v1::factors::begin;
    post "/me/factors/totp/confirm" v1::factors::confirm;
    post "/me/factors/recovery-codes" v1::factors::renew;
    post "/me/factors/remove" v1::factors::remove;

    get "/tickets" v1::tickets::list;
    get "/tickets.csv" v1::exports::sheet;
    get "/exports" v1::exports::list;
    post "/exports/tickets" v1::exports::create;
    get "/exports/{export}" v1::exports::read;
    delete "/exports/{export}" v1::exports::delete;
    get "/exports/{export}/file" v1::exports::file;
    post "/tickets" v1::tickets::create;
    get "/tickets/{id}" v1::tickets::read;
    patch "/tickets/{id}" v1::tickets::patch;
    put "/tickets/{id}" v1::tickets::replace;
    delete "/tickets/{id}" v1::tickets::delete;
    get "/tickets/{id}/comments" v1::comments::list;
    post "/tickets/{id}/comments" v1::comments::create;
    get "/tickets/{id}/messages" v1::comments::list;
    post "/tickets/{id}/messages" v1::comments::create;
    post "/tickets/{id}/comments/{comment}/withdraw" v1::comments::withdraw;
    post "/tickets/{id}/forward" v1::comments::forward;
    post "/tickets/{id}/attachments" v1::attachments::upload.layer(DefaultBodyLimit::disable());
    get "/tickets/{id}/history" v1::history::list;
    post "/tickets/{id}/links" v1::links::create;
    delete "/tickets/{id}/links/{type}/{other}" v1::links::delete;
    put "/tickets/{id}/merge" v1::merge::put;
    delete "/tickets/{id}/merge" v1::merge::delete;
    get "/tickets/{id}/sla" v1::ticket_sla::read;
    post "/tickets/{id}/escalate" v1::ticket_sla::escalate;
    post "/tickets/{id}/acknowledge" v1::ticket_sla::acknowledge;
    get "/tickets/{id}/drafts" v1::drafts::list;
    post "/tickets/{id}/drafts" v1::drafts::share;
    put "/tickets/{id}/drafts/{draft}" v1::drafts::change;
    delete "/tickets/{id}/drafts/{draft}" v1::drafts::discard;
    post "/tickets/{id}/drafts/{draft}/send" v1::drafts::send;
    get "/tickets/{id}/presence" v1::presence::list;
    put "/tickets/{id}/snooze" v1::snoozes::put;
    delete "/tickets/{id}/snooze" v1::snoozes::delete;
    post "/tickets/{id}/reminders" v1::snoozes::remind;
    put "/tickets/{id}/mute" v1::notifications::mute;
    delete "/tickets/{id}/mute" v1::notifications::unmute;
    get "/tickets/{id}/watchers" v1::watchers::list;
    post "/tickets/{id}/watchers" v1::watchers::create;
    delete "/tickets/{id}/watchers/{person}" v1::watchers::delete;
    post "/tickets/similar" v1::similar::of_typed;
    get "/tickets/{id}/similar" v1::similar::of_ticket;
    get "/satisfaction" v1::satisfaction::report;
    get "/outages" v1::outages::list;
    post "/outages" v1::outages::create;
    get "/outages/{outage}" v1::outages::read;
    patch "/outages/{outage}" v1::outages::patch;
    post "/outages/{outage}/tickets" v1::outages::join;
    delete "/outages/{outage}/tickets/{other}" v1::outages::leave;
    post "/outages/{outage}/end" v1::outages::end;
    get "/settings/tickets" v1::ticket_rules::read;
    patch "/settings/tickets" v1::ticket_rules::patch;
    post "/attachments" v1::attachments::keep.layer(DefaultBodyLimit::disable());
    get "/attachments/{id}" v1::attachments::download;
    get "/attachments/{id}/thumbnail" v1::attachments::thumbnail;
    get "/attachments/{id}/preview" v1::attachments::preview;
    delete "/attachments/{id}" v1::attachments::remove;
    post "/attachments/{id}/link" v1::attachments::link;
    get "/settings/files" v1::file_rules::read;
    patch "/settings/files" v1::file_rules::patch;

    get "/settings/search" v1::search_words::read;
    put "/settings/search" v1::search_words::replace;

    get "/query/complete" v1::query::complete;
    get "/search" v1::search::get;
    post "/search" v1::search::post;

    post "/portal/incidents" v1::portal::incident;
    get "/portal/tickets" v1::portal::tickets;

    get "/people" v1::people::list;
    post "/people" v1::people::create;
    get "/people/{id}" v1::people::read;
    patch "/people/{id}" v1::people::patch;
    put "/people/{id}" v1::people::replace;
    delete "/people/{id}" v1::people::delete;
    get "/people/{id}/avatar/{digest}" v1::avatars::show;
    put "/people/{id}/avatar" v1::avatars::replace.layer(DefaultBodyLimit::disable());
    delete "/people/{id}/avatar" v1::avatars::delete;
    get "/users" v1::people::list;
    post "/users" v1::people::create;
    get "/users/{id}" v1::people::read;
    patch "/users/{id}" v1::people::patch;
    put "/users/{id}" v1::people::replace;
    delete "/users/{id}" v1::people::delete;
    get "/organizations" v1::organizations::list;
    post "/organizations" v1::organizations::create;
    get "/organizations/{id}" v1::organizations::read;
    patch "/organizations/{id}" v1::organizations::patch;
    delete "/organizations/{id}" v1::organizations::delete;
    get "/departments" v1::departments::list;
    post "/departments" v1::departments::create;
    get "/departments/{id}" v1::departments::read;
    patch "/departments/{id}" v1::departments::patch;
    delete "/departments/{id}" v1::departments::delete;
    get "/roles" v1::roles::list;
    post "/roles" v1::roles::create;
    get "/roles/{role}" v1::roles::read;
    patch "/roles/{role}" v1::roles::patch;
    delete "/roles/{role}" v1::roles::delete;
    post "/people/invitations" v1::accounts::invite;
    delete "/people/{id}/factors" v1::factors::reset;
    get "/settings/accounts" v1::accounts::read_rules;
    patch "/settings/accounts" v1::accounts::patch_rules;
    get "/settings/addresses" v1::addresses::read;
    patch "/settings/addresses" v1::addresses::patch;
    get "/settings/language" v1::language::read;
    patch "/settings/language" v1::language::patch;
    get "/settings/features" v1::features::read;
    patch "/settings/features" v1::features::patch;
    get "/queues" v1::queues::list;
    post "/queues" v1::queues::create;
    get "/queues/{id}" v1::queues::read;
    patch "/queues/{id}" v1::queues::patch;
    get "/routing/rules" v1::routing::list;
    post "/routing/rules" v1::routing::create;
    put "/routing/rules/order" v1::routing::order;
    post "/routing/rules/try" v1::routing::rehearse;
    get "/routing/rules/{id}" v1::routing::read;
    patch "/routing/rules/{id}" v1::routing::patch;
    delete "/routing/rules/{id}" v1::routing::delete;
    get "/settings/routing" v1::routing::read_settings;
    patch "/settings/routing" v1::routing::patch_settings;
    post "/agent/triage/assign" v1::triage::assign;
    get "/on-call" v1::on_call::list;
    post "/on-call" v1::on_call::create;
    get "/on-call/{id}" v1::on_call::read;
    patch "/on-call/{id}" v1::on_call::patch;
    delete "/on-call/{id}" v1::on_call::delete;
    get "/on-call/{id}/now" v1::on_call::now;
    post "/on-call/{id}/overrides" v1::on_call::add_override;
    delete "/on-call/{id}/overrides/{place}" v1::on_call::remove_override;
    get "/people/{id}/availability" v1::standing::read;
    patch "/people/{id}/availability" v1::standing::patch;
    get "/teams" v1::teams::list;
    post "/teams" v1::teams::create;
    get "/teams/{id}" v1::teams::read;
    patch "/teams/{id}" v1::teams::patch;
    delete "/teams/{id}" v1::teams::delete;
    get "/slas" v1::slas::list;
    post "/slas" v1::slas::create;
    put "/slas/order" v1::slas::order;
    post "/slas/preview" v1::slas::preview;
    get "/slas/retiming" v1::slas::retiming;
    get "/slas/{id}" v1::slas::read;
    patch "/slas/{id}" v1::slas::patch;
    delete "/slas/{id}" v1::slas::delete;
    get "/regions" v1::regions::list;
    post "/regions" v1::regions::create;
    get "/regions/{id}" v1::regions::read;
    patch "/regions/{id}" v1::regions::patch;
    delete "/regions/{id}" v1::regions::delete;
    get "/calendars" v1::calendars::list;
    post "/calendars" v1::calendars::create;
    get "/calendars/{id}" v1::calendars::read;
    patch "/calendars/{id}" v1::calendars::patch;
    delete "/calendars/{id}" v1::calendars::delete;
    post "/calendars/{id}/holidays" v1::calendars::add_holidays;
    post "/calendars/{id}/fetch" v1::calendars::fetch;
    get "/holidays" v1::holidays::of_place;
    get "/holidays/countries" v1::holidays::countries;
    post "/sla/preview" v1::working_time::preview;
    get "/categories" v1::categories::list;
    post "/categories" v1::categories::create;
    patch "/categories/{id}" v1::categories::patch;
    get "/lifecycles" v1::lifecycles::list;

    get "/tokens" v1::tokens::list;
    post "/tokens" v1::tokens::create;
    delete "/tokens/{id}" v1::tokens::delete;

    get "/sessions" v1::sessions::list;
    delete "/sessions" v1::sessions::delete_others;
    delete "/sessions/{id}" v1::sessions::delete;
    get "/sign-in-methods" v1::identities::methods;
    put "/sign-in-methods" v1::identities::change_methods;
    get "/mailboxes" v1::mailboxes::list;
    post "/mailboxes" v1::mailboxes::create;
    get "/mailboxes/{id}" v1::mailboxes::read;
    patch "/mailboxes/{id}" v1::mailboxes::patch;
    delete "/mailboxes/{id}" v1::mailboxes::delete;
    get "/mailboxes/{id}/health" v1::mailboxes::health;
    post "/mailboxes/{id}/test" v1::mailboxes::test;
    post "/mailboxes/{id}/poll" v1::mailboxes::poll;
    post "/mailboxes/{id}/statement" v1::mailboxes::statement;
    get "/sign-in-providers" v1::sign_in_providers::list;
    post "/sign-in-providers" v1::sign_in_providers::create;
    get "/sign-in-providers/{id}" v1::sign_in_providers::read;
    patch "/sign-in-providers/{id}" v1::sign_in_providers::patch;
    delete "/sign-in-providers/{id}" v1::sign_in_providers::delete;
    post "/sign-in-providers/{id}/test" v1::sign_in_providers::test;
    post "/sign-in-providers/{id}/sync" v1::sign_in_providers::sync;
    delete "/sign-in-providers/{id}/identities/{subject}" v1::identities::unlink;
    get "/people/{id}/identities" v1::identities::list;
    post "/people/{id}/identities" v1::identities::link;

    get "/audit" v1::audit::list;
    get "/audit/verify" v1::audit::verify;
    get "/jobs" v1::jobs::list;
    post "/jobs/{id}/retry" v1::jobs::retry;
    post "/webhooks/email-inbound" v1::mail::inbound;
    get "/mail" v1::mail_log::list;
    get "/mail/{mail}" v1::mail_log::read;
    get "/mail/{mail}/raw" v1::mail_log::raw;
    get "/mail/{mail}/replay" v1::mail_log::replay;
    post "/mail/{mail}/retry" v1::mail_log::retry;
    post "/mail/{mail}/release" v1::mail_log::release;
    post "/mail/{mail}/discard" v1::mail_log::discard;
    get "/custom-fields" v1::custom_fields::list;
    post "/custom-fields" v1::custom_fields::create;
    get "/custom-fields/{field}" v1::custom_fields::read;
    put "/custom-fields/{field}" v1::custom_fields::replace;
    put "/custom-fields/{field}/retired" v1::custom_fields::retire;
    delete "/custom-fields/{field}" v1::custom_fields::delete;
    get "/views" v1::views::list;
    post "/views" v1::views::create;
    post "/views/try" v1::views::try_out;
    get "/views/pinned" v1::views::pinned;
    put "/views/pinned" v1::views::pin;
    get "/views/{view}" v1::views::read;
    put "/views/{view}" v1::views::replace;
    delete "/views/{view}" v1::views::delete;
    get "/views/{view}/tickets" v1::views::tickets;
    get "/macros" v1::macros::list;
    post "/macros" v1::macros::create;
    get "/macros/{macro}" v1::macros::read;
    put "/macros/{macro}" v1::macros::replace;
    delete "/macros/{macro}" v1::macros::delete;
    post "/macros/{macro}/preview" v1::macros::preview;
    post "/macros/{macro}/apply" v1::macros::apply;
    post "/undo/{undo}" v1::macros::undo;
    get "/snippets" v1::snippets::list;
    post "/snippets" v1::snippets::create;
    get "/snippets/{snippet}" v1::snippets::read;
    put "/snippets/{snippet}" v1::snippets::replace;
    delete "/snippets/{snippet}" v1::snippets::delete;
    post "/snippets/{snippet}/fill" v1::snippets::fill;
    get "/ticket-templates" v1::ticket_templates::list;
    post "/ticket-templates" v1::ticket_templates::create;
    get "/ticket-templates/{template}" v1::ticket_templates::read;
    put "/ticket-templates/{template}" v1::ticket_templates::replace;
    delete "/ticket-templates/{template}" v1::ticket_templates::delete;
    get "/checklists" v1::checklists::list;
    post "/checklists" v1::checklists::create;
    get "/checklists/{checklist}" v1::checklists::read;
    put "/checklists/{checklist}" v1::checklists::replace;
    delete "/checklists/{checklist}" v1::checklists::delete;
    get "/tickets/{id}/checklist" v1::checklists::steps;
    post "/tickets/{id}/checklist" v1::checklists::add_steps;
    patch "/tickets/{id}/checklist/{step}" v1::checklists::change_step;
    delete "/tickets/{id}/checklist/{step}" v1::checklists::remove_step;
    get "/mail/filters" v1::mail_rules::list;
    post "/mail/filters" v1::mail_rules::create;
    post "/mail/filters/try" v1::mail_rules::try_out;
    get "/mail/filters/{filter}" v1::mail_rules::read;
    put "/mail/filters/{filter}" v1::mail_rules::replace;
    delete "/mail/filters/{filter}" v1::mail_rules::delete;
    get "/mail/blocked" v1::mail_rules::blocked;
    post "/mail/blocked" v1::mail_rules::block;
    delete "/mail/blocked/{blocked}" v1::mail_rules::unblock;
    get "/mail/breakers" v1::mail_rules::breakers;
    delete "/mail/breakers/{breaker}" v1::mail_rules::close;
    get "/settings/mail" v1::mail_rules::read_rules;
    patch "/settings/mail" v1::mail_rules::patch_rules;
    post "/tickets/{id}/move" v1::moves::whole;
    post "/tickets/{id}/comments/{comment}/move" v1::moves::message;
    post "/tickets/{id}/comments/{comment}/split" v1::moves::split;
    patch "/tickets/{id}/comments/{comment}" v1::amend::edit;
    post "/tickets/{id}/comments/{comment}/redact" v1::amend::redact_comment;
    post "/tickets/{id}/redact" v1::amend::redact_ticket;
    get "/tickets/{id}/time-entries" v1::time_entries::list;
    post "/tickets/{id}/time-entries" v1::time_entries::create;
    patch "/tickets/{id}/time-entries/{entry}" v1::time_entries::patch;
    delete "/tickets/{id}/time-entries/{entry}" v1::time_entries::delete;
    get "/me/shift" v1::shift::show;
    get "/reports/time" v1::time_entries::report;
    get "/time-categories" v1::time_entries::categories;
    post "/time-categories" v1::time_entries::create_category;
    patch "/time-categories/{id}" v1::time_entries::patch_category;
    get "/calendar-feeds" v1::calendar_feeds::list;
    post "/calendar-feeds" v1::calendar_feeds::create;
    delete "/calendar-feeds/{feed}" v1::calendar_feeds::revoke;
    get "/recurring-tickets" v1::recurring_tickets::list;
    post "/recurring-tickets" v1::recurring_tickets::create;
    post "/recurring-tickets/preview" v1::recurring_tickets::preview;
    get "/recurring-tickets/{recurring}" v1::recurring_tickets::read;
    put "/recurring-tickets/{recurring}" v1::recurring_tickets::replace;
    delete "/recurring-tickets/{recurring}" v1::recurring_tickets::delete;
    post "/recurring-tickets/{recurring}/lodge" v1::recurring_tickets::lodge;
    get "/kb" v1::knowledge::front;
    get "/kb/search" v1::knowledge::search;
    get "/kb/categories" v1::knowledge::categories;
    post "/kb/categories" v1::knowledge::create_category;
    patch "/kb/categories/{id}" v1::knowledge::patch_category;
    delete "/kb/categories/{id}" v1::knowledge::delete_category;
    get "/kb/articles" v1::articles::list;
    post "/kb/articles" v1::articles::create;
    get "/kb/articles/{article}" v1::articles::read;
    patch "/kb/articles/{article}" v1::articles::patch;
    delete "/kb/articles/{article}" v1::articles::delete;
    get "/kb/articles/{article}/revisions" v1::articles::revisions;
    get "/kb/articles/{article}/revisions/{revision}" v1::articles::revision;
    get "/kb/articles/{article}/revisions/{revision}/difference" v1::articles::difference;
    post "/kb/articles/{article}/revisions/{revision}/restore" v1::articles::restore;
    get "/kb/articles/{article}/files" v1::article_files::list;
    post "/kb/articles/{article}/files" v1::article_files::add;
    get "/kb/articles/{article}/files/{file}" v1::article_files::read;
    delete "/kb/articles/{article}/files/{file}" v1::article_files::remove;
    get "/kb/articles/{article}/feedback" v1::articles::read_feedback;
    post "/kb/articles/{article}/feedback" v1::articles::give_feedback;
    get "/settings/knowledge" v1::knowledge::read_settings;
    patch "/settings/knowledge" v1::knowledge::patch_settings;
    get "/tickets/{id}/articles" v1::knowledge::of_ticket;
    post "/tickets/{id}/articles" v1::knowledge::link;
    delete "/tickets/{id}/articles/{article}" v1::knowledge::unlink;
    get "/announcements" v1::announcements::list;
    post "/announcements" v1::announcements::create;
    patch "/announcements/{id}" v1::announcements::patch;
    delete "/announcements/{id}" v1::announcements::delete;
    post "/moves/{move}/undo" v1::moves::undo;
    get "/mail/outbox" v1::letters::list;
    get "/mail/outbox/{id}" v1::letters::read;
    post "/mail/outbox/{id}/retry" v1::letters::retry;
    post "/mail/outbox/{id}/withdraw" v1::letters::withdraw;
    get "/mail/suppressions" v1::letters::suppressions;
    post "/mail/suppressions" v1::letters::suppress;
    delete "/mail/suppressions/{address}" v1::letters::release;
    get "/mail/templates" v1::mail_templates::list;
    get "/mail/templates/{occasion}/{language}" v1::mail_templates::read;
    put "/mail/templates/{occasion}/{language}" v1::mail_templates::replace;
    delete "/mail/templates/{occasion}/{language}" v1::mail_templates::reset;
    post "/mail/templates/{occasion}/{language}/preview" v1::mail_templates::preview;
    post "/mail/test" v1::sending::send_test;
    get "/mail/dkim" v1::dkim::list;
    post "/mail/dkim" v1::dkim::create;
    delete "/mail/dkim/{id}" v1::dkim::delete;
    post "/mail/dns-check" v1::dkim::check;
    get "/settings/sending" v1::sending::read;
    patch "/settings/sending" v1::sending::patch;
    post "/settings/sending/test" v1::sending::test;

    get "/events" v1::events::sse;
    get "/ws" v1::events::ws;
}

routes! {
    /// Uploads in pieces, described by tus 1.0 and not by the API document. An upload's address carries its own proof; whoever begins one
    /// is signed in.
    TUS, tus:
    post "/uploads" v1::uploads::create.layer(DefaultBodyLimit::disable());
    options "/uploads" v1::uploads::options;
    head "/uploads/{id}" v1::uploads::head;
    patch "/uploads/{id}" v1::uploads::patch.layer(DefaultBodyLimit::disable());
    delete "/uploads/{id}" v1::uploads::delete;
}

routes! {
    /// For machines that watch over this one; without a prefix, and open.
    HEALTH, health:
    get "/healthz" v1::health::alive;
    get "/readyz" v1::health::ready;
    get "/metrics" v1::health::metrics;
}

/// Every address of the API. Whatever lies under its prefixes and is not there is refused like the rest: 401 first, then 404.
pub fn router(app: &App) -> Router<App> {
    let closed = closed()
        .fallback(|| async { problem::no_such_address() })
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), auth::require));
    let both = closed.merge(open().merge(tus()).method_not_allowed_fallback(problem::method_not_allowed));
    let both = match cors::layer(&app.options.cors_origins) {
        Some(it) => both.layer(it),
        None => both,
    };
    Router::new().nest("/v1", both.clone()).nest("/api", both).merge(health().method_not_allowed_fallback(problem::method_not_allowed))
}
