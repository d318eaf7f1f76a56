//! The state that every handler gets, and the one place where the layers around all handlers are put in order.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};

use super::{
    attempts::Attempts,
    credential_limit::CredentialLimit,
    drain, guard, log, problem,
    rate::{self, Rates},
    request_id,
    shares::Shares,
};
use crate::{appliance::Appliance, config::IpRange, limits, time::Instant};

/// Over which connections a browser sends our cookies back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookiesFor {
    /// Encrypted ones only, if the request came over one.
    AsAsked,
    Encrypted,
    Any,
}

/// What an operator may set about the doors.
#[derive(Debug, Clone)]
pub struct Options {
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpRange>,
    /// Where connections are encrypted by ourselves; none: that is for a proxy to do.
    pub encrypted_port: Option<u16>,
    /// Origins whose scripts may call the API with a token.
    pub cors_origins: Vec<String>,
    /// The public address without a slash at its end, such as `https://desk.example.com`; from the request's host if none.
    pub base_url: Option<String>,
    /// The mail addresses that a new desk begins with; none where no mail goes out.
    pub mail_addresses: Vec<String>,
    pub cookies_for: CookiesFor,
    /// Sign-ins, resets and registrations per address and minute.
    pub credentials_per_minute: NonZeroU32,
    /// Requests of one address, and of one person, in a minute; no limit if none.
    pub requests_per_minute_address: Option<NonZeroU32>,
    pub requests_per_minute_person: Option<NonZeroU32>,
    /// Requests that are worked on at once; the next is told to come back.
    pub in_flight_max: usize,
    /// One JSON body, or one text of a form, in bytes.
    pub json_body_bytes_max: usize,
    /// One uploaded file, in bytes.
    pub upload_bytes_max: u64,
    /// All files of one upload with their frame, in bytes.
    pub upload_request_bytes_max: usize,
    /// How long a handler may take before its caller is told that it took too long.
    pub handler_timeout: Duration,
    /// Live connections of one desk.
    pub live_connections_max: usize,
    /// What time it is for the waits of failed sign-ins.
    pub clock: fn() -> Instant,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            trusted_proxies: Vec::new(),
            encrypted_port: None,
            cors_origins: Vec::new(),
            base_url: None,
            mail_addresses: Vec::new(),
            cookies_for: CookiesFor::AsAsked,
            credentials_per_minute: limits::CREDENTIALS_PER_MINUTE,
            requests_per_minute_address: Some(limits::REQUESTS_PER_MINUTE_ADDRESS),
            requests_per_minute_person: Some(limits::REQUESTS_PER_MINUTE_PERSON),
            in_flight_max: limits::REQUESTS_IN_FLIGHT_MAX,
            json_body_bytes_max: limits::JSON_BODY_BYTES_MAX,
            upload_bytes_max: limits::UPLOAD_BYTES_MAX,
            upload_request_bytes_max: limits::UPLOAD_REQUEST_BYTES_MAX,
            handler_timeout: Duration::from_secs(limits::HANDLER_SECS_MAX),
            live_connections_max: limits::LIVE_CONNECTIONS_MAX,
            clock: Instant::now,
        }
    }
}

/// What every handler gets. Cloning costs a few counters.
#[derive(Clone)]
pub struct App {
    pub appliance: Arc<Appliance>,
    pub options: Arc<Options>,
    pub credentials: Arc<CredentialLimit>,
    pub attempts: Arc<Attempts>,
    pub rates: Arc<Rates>,
    pub in_flight: Arc<Semaphore>,
    /// Of these, what one address may have.
    pub shares: Shares,
    /// Renders `/metrics`; none where nobody records.
    pub metrics: Option<PrometheusHandle>,
    /// Turns true when the process is about to end, so that live connections let go.
    pub stopping: watch::Receiver<bool>,
}

impl App {
    pub fn new(appliance: Arc<Appliance>, options: Options, metrics: Option<PrometheusHandle>, stopping: watch::Receiver<bool>) -> App {
        App {
            appliance,
            credentials: Arc::new(CredentialLimit::new(options.credentials_per_minute)),
            attempts: Arc::default(),
            rates: Arc::new(Rates::new(options.requests_per_minute_address, options.requests_per_minute_person)),
            in_flight: Arc::new(Semaphore::new(options.in_flight_max)),
            // Half of the places: a whole office may share an address.
            shares: Shares::new(options.in_flight_max.div_ceil(2)),
            options: Arc::new(options),
            metrics,
            stopping,
        }
    }
}

/// Puts the layers around the routes of the doors. Outermost first: request id, log, headers, problem pages, panics, load, time.
pub fn router(app: App, routes: Router<App>) -> Router {
    routes
        .layer(DefaultBodyLimit::max(app.options.json_body_bytes_max))
        .layer(middleware::from_fn_with_state(app.clone(), guard::in_time))
        .layer(middleware::from_fn_with_state(app.clone(), guard::shed_load))
        .layer(middleware::from_fn_with_state(app.clone(), rate::in_turn))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn(problem::complete))
        .layer(middleware::from_fn_with_state(app.clone(), guard::encrypted))
        .layer(middleware::from_fn_with_state(app.clone(), guard::security_headers))
        .layer(middleware::from_fn(drain::drain))
        .layer(middleware::from_fn(log::log))
        .layer(middleware::from_fn(request_id::give))
        .with_state(app)
}
