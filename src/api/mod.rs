//! The JSON API: what other programs may rely on. Handlers read a request, call the desk, and show what came out; no rule of the
//! business is here. `routes` has every address, `openapi` describes them, and a test holds the two together.

pub mod aliases;
pub mod bare;
pub mod openapi;
mod operations;
pub mod routes;
pub mod v1;

pub use bare::with_bare_paths;
pub use routes::router;
