//! Every route of the pages, grouped by who asks: anybody, whoever is signed in, whoever works tickets. Forms bound their own bodies.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use tower_http::compression::CompressionLayer;

use super::answers::{account, admin, alike, assets, console, csat, door, operator, portal, sign_in, site, stop, styleguide, trouble};
use crate::http::{App, problem};

/// The pages of the portal, the console and what they need. Whatever else has no address here is answered with a page that says so.
pub fn routes(app: &App) -> Router<App> {
    Router::new()
        .merge(portal())
        .merge(doors())
        .merge(own_account())
        .nest("/agent", console(app))
        .nest("/agent/admin", settings(app).merge(mail(app)))
        .nest("/operator", server(app))
        .fallback(async || trouble::not_found())
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(app.clone(), site::enter))
        .route("/assets/{name}", get(assets::asset))
        .layer(CompressionLayer::new())
}

fn portal() -> Router<App> {
    use portal::{home, incident, pictures, request, ticket, tickets};
    Router::new()
        .route("/", get(home::show))
        .route("/styleguide", get(styleguide::show))
        .route("/incidents/new", get(incident::form).post(incident::create))
        .route("/incidents/alike", post(alike::in_portal))
        .route("/requests/new", get(request::form).post(request::create))
        .route("/tickets", get(tickets::show))
        .route("/tickets/{number}", get(ticket::show))
        .route("/tickets/{number}/comments", post(ticket::reply))
        .route("/tickets/{number}/status", post(ticket::status))
        .route("/tickets/{number}/messages/{message}/pictures", post(pictures::show))
        .layer(DefaultBodyLimit::disable())
}

fn settings(app: &App) -> Router<App> {
    use admin::{
        account, accounts, addresses, departments, letters, mail_templates, mailboxes, organizations, people, roles, sending,
        sign_in_methods, signing, teams, ticket_rules,
    };
    Router::new()
        .route("/", get(admin::home))
        .route("/people", get(people::list).post(people::create))
        .route("/people/new", get(people::form))
        .route("/people/{id}", get(people::show).post(people::change))
        .route("/people/{id}/active", post(people::activity))
        .route("/people/{id}/invite", post(account::invite))
        .route("/people/{id}/factors/remove", post(account::remove_factor))
        .route("/people/{id}/sessions/end", post(account::end_sessions))
        .route("/people/{id}/tokens/{token}/end", post(account::end_token))
        .route("/people/{id}/identities", post(account::link))
        .route("/people/{id}/identities/end", post(account::unlink))
        .route("/roles", get(roles::list).post(roles::create))
        .route("/roles/new", get(roles::form))
        .route("/roles/{key}", get(roles::show).post(roles::change))
        .route("/roles/{key}/delete", post(roles::delete))
        .route("/teams", get(teams::list).post(teams::create))
        .route("/teams/new", get(teams::form))
        .route("/teams/{id}", get(teams::show).post(teams::change))
        .route("/teams/{id}/delete", post(teams::delete))
        .route("/organizations", get(organizations::list).post(organizations::create))
        .route("/organizations/new", get(organizations::form))
        .route("/organizations/{id}", get(organizations::show).post(organizations::change))
        .route("/organizations/{id}/delete", post(organizations::delete))
        .route("/departments", get(departments::list).post(departments::create))
        .route("/departments/new", get(departments::form))
        .route("/departments/{id}", get(departments::show).post(departments::change))
        .route("/departments/{id}/delete", post(departments::delete))
        .route("/sign-in", get(sign_in_methods::list).post(sign_in_methods::create))
        .route("/sign-in/new", get(sign_in_methods::fresh))
        .route("/sign-in/passwords", post(sign_in_methods::passwords))
        .route("/sign-in/{provider}", get(sign_in_methods::show).post(sign_in_methods::change))
        .route("/sign-in/{provider}/test", post(sign_in_methods::test))
        .route("/sign-in/{provider}/sync", post(sign_in_methods::sync))
        .route("/sign-in/{provider}/delete", post(sign_in_methods::delete))
        .route("/mailboxes", get(mailboxes::list).post(mailboxes::create))
        .route("/mailboxes/new", get(mailboxes::fresh))
        .route("/mailboxes/oauth/callback", get(mailboxes::came_back))
        .route("/mailboxes/{mailbox}", get(mailboxes::show).post(mailboxes::change))
        .route("/mailboxes/{mailbox}/test", post(mailboxes::test))
        .route("/mailboxes/{mailbox}/poll", post(mailboxes::poll))
        .route("/mailboxes/{mailbox}/statement", post(mailboxes::statement))
        .route("/mailboxes/{mailbox}/sign-in", get(mailboxes::sign_in))
        .route("/mailboxes/{mailbox}/delete", post(mailboxes::delete))
        .route("/sending", get(sending::show).post(sending::change))
        .route("/sending/server", post(sending::server))
        .route("/sending/test", post(sending::test))
        .route("/sending/queues/{queue}", get(sending::queue).post(sending::change_queue))
        .route("/sending/letters", get(letters::list))
        .route("/sending/letters/{id}/retry", post(letters::retry))
        .route("/sending/letters/{id}/withdraw", post(letters::withdraw))
        .route("/sending/addresses", get(letters::addresses).post(letters::suppress))
        .route("/sending/addresses/release", post(letters::release))
        .route("/sending/signing", get(signing::show).post(signing::create))
        .route("/sending/signing/check", post(signing::check))
        .route("/sending/signing/{id}/delete", post(signing::delete))
        .route("/mail-templates", get(mail_templates::list))
        .route("/mail-templates/{occasion}/{language}", get(mail_templates::show).post(mail_templates::save))
        .route("/mail-templates/{occasion}/{language}/preview", get(mail_templates::saved).post(mail_templates::preview))
        .route("/mail-templates/{occasion}/{language}/reset", post(mail_templates::reset))
        .route("/mail-templates/{occasion}/{language}/test", post(mail_templates::test))
        .route("/accounts", get(accounts::show).post(accounts::change))
        .route("/ticket-rules", get(ticket_rules::show).post(ticket_rules::change))
        .route("/addresses", get(addresses::show).post(addresses::change))
        .layer(middleware::from_fn_with_state(app.clone(), admin::admins_only))
}

/// The pages of mail among the settings, which those use as well who look after mail and are no admins.
fn mail(app: &App) -> Router<App> {
    use admin::{mail_filters, mail_log, mail_rules};
    Router::new()
        .route("/mail", get(mail_log::list))
        .route("/mail/{mail}", get(mail_log::show))
        .route("/mail/{mail}/raw", get(mail_log::raw))
        .route("/mail/{mail}/retry", post(mail_log::retry))
        .route("/mail/{mail}/release", post(mail_log::release))
        .route("/mail/{mail}/discard", post(mail_log::discard))
        .route("/mail/{mail}/block", post(mail_log::block))
        .route("/mail-filters", get(mail_filters::list).post(mail_filters::create))
        .route("/mail-filters/new", get(mail_filters::form))
        .route("/mail-filters/{filter}", get(mail_filters::show).post(mail_filters::change))
        .route("/mail-filters/{filter}/delete", post(mail_filters::delete))
        .route("/mail-rules", get(mail_rules::show).post(mail_rules::change))
        .route("/mail-rules/block", post(mail_rules::block))
        .route("/mail-rules/unblock", post(mail_rules::unblock))
        .route("/mail-rules/close", post(mail_rules::close))
        .layer(middleware::from_fn_with_state(app.clone(), admin::keepers_only))
}

/// What is above the desks, for operators.
fn server(app: &App) -> Router<App> {
    Router::new()
        .route("/", get(operator::home))
        .route("/desks", get(operator::list).post(operator::create))
        .route("/desks/new", get(operator::form))
        .route("/desks/{id}", get(operator::show).post(operator::change))
        .route("/desks/{id}/state", post(operator::state))
        .route("/desks/{id}/export", post(operator::export))
        .route("/desks/{id}/delete", post(operator::delete))
        .layer(middleware::from_fn_with_state(app.clone(), operator::operators_only))
}

/// In, out, and what leads in: open to everybody.
fn doors() -> Router<App> {
    use sign_in::provider;
    Router::new()
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-in/code", get(sign_in::show_code).post(sign_in::enter_code))
        .route("/sign-out", post(sign_in::leave))
        .route("/enter", get(account::desks::arrive).post(account::desks::enter))
        .route("/sign-in/ldap/{provider}", get(provider::ldap_form).post(provider::ldap))
        .route("/sign-in/oidc/{provider}", get(provider::oidc))
        .route("/sign-in/oidc/{provider}/callback", get(provider::oidc_callback))
        .route("/sign-in/oidc/{provider}/back-channel", post(provider::oidc_back_channel))
        .route("/sign-in/header/{provider}", get(provider::by_proxy))
        .route("/stop/{token}", get(stop::show).post(stop::stop))
        .route("/csat/{token}", get(csat::show).post(csat::rate))
        .route("/register", get(door::show_register).post(door::register))
        .route("/forgot", get(door::show_forgot).post(door::forgot))
        .route("/verify/{token}", get(door::show_verify).post(door::verify))
        .route("/invitation/{token}", get(door::show_invitation).post(door::accept))
        .route("/reset/{token}", get(door::show_reset).post(door::reset))
}

/// One's own profile and security.
fn own_account() -> Router<App> {
    use account::{desks, profile, second_factor, sessions, tokens};
    Router::new()
        .route("/account", get(profile::show))
        .route("/account/profile", post(profile::change))
        .route("/account/password", post(profile::password))
        .route("/account/second-factor", get(second_factor::show).post(second_factor::confirm))
        .route("/account/second-factor/begin", post(second_factor::begin))
        .route("/account/second-factor/codes", post(second_factor::renew))
        .route("/account/second-factor/remove", post(second_factor::remove))
        .route("/account/sessions", get(sessions::show))
        .route("/account/sessions/end-others", post(sessions::end_others))
        .route("/account/sessions/{id}/end", post(sessions::end))
        .route("/account/desks", get(desks::show))
        .route("/account/desks/{id}", post(desks::leave))
        .route("/account/tokens", get(tokens::show).post(tokens::create))
        .route("/account/tokens/{id}/end", post(tokens::end))
        .layer(middleware::from_fn(account::in_person))
}

fn console(app: &App) -> Router<App> {
    use console::{
        bulk, comments, forward, links, list, merge, message, new_ticket, outages, palette, pictures, property, satisfaction, search, tags,
        ticket, watch,
    };
    Router::new()
        .route("/", get(list::home))
        .route("/views/{view}", get(list::view))
        .route("/queues/{queue}", get(list::queue))
        .route("/search", get(search::show))
        .route("/palette", get(palette::entries))
        .route("/satisfaction", get(satisfaction::show))
        .route("/outages", get(outages::list).post(outages::create))
        .route("/outages/new", get(outages::fresh))
        .route("/outages/{outage}", get(outages::show))
        .route("/outages/{outage}/declare", post(outages::declare))
        .route("/outages/{outage}/parts", post(outages::join))
        .route("/outages/{outage}/leave", post(outages::leave))
        .route("/outages/{outage}/message", post(outages::message))
        .route("/outages/{outage}/end", post(outages::end))
        .route("/tickets", post(new_ticket::create))
        .route("/tickets/new", get(new_ticket::form))
        .route("/tickets/alike", post(alike::in_console))
        .route("/tickets/bulk", post(bulk::change))
        .route("/tickets/{number}", get(ticket::conversation))
        .route("/tickets/{number}/history", get(ticket::history))
        .route("/tickets/{number}/files", get(ticket::files))
        .route("/tickets/{number}/comments", post(comments::add))
        .route("/tickets/{number}/comments/{comment}/withdraw", post(comments::withdraw))
        .route("/tickets/{number}/letters/{letter}/retry", post(comments::retry))
        .route("/tickets/{number}/forward", get(forward::form).post(forward::send))
        .route("/tickets/{number}/status", post(property::change))
        .route("/tickets/{number}/priority", post(property::change))
        .route("/tickets/{number}/assignment", post(property::change))
        .route("/tickets/{number}/category", post(property::change))
        .route("/tickets/{number}/tags", post(tags::change))
        .route("/tickets/{number}/links", post(links::add))
        .route("/tickets/{number}/merge", get(merge::form).post(merge::merge))
        .route("/tickets/{number}/unmerge", post(merge::undo))
        .route("/tickets/{number}/watch", post(watch::change))
        .route("/tickets/{number}/messages/{message}/pictures", post(pictures::show))
        .route("/tickets/{number}/messages/{message}", get(message::show))
        .route("/tickets/{number}/messages/{message}/raw", get(message::raw))
        .route("/tickets/{number}/messages/{message}/move", post(message::move_on))
        .route("/tickets/{number}/messages/{message}/split", post(message::split))
        .route("/moves/{move}/undo", post(message::undo))
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), site::agents_only))
}
