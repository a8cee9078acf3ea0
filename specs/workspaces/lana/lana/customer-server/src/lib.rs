//! The GraphQL API for customers.

mod schema;
mod types;

use std::sync::Arc;

use axum::Router;
use lana_app::App;

pub use schema::{schema, Schema};

/// The API in GraphQL's schema language.
pub fn sdl() -> String {
    schema().as_sdl()
}

pub fn router(app: Arc<App>) -> Router {
    server_utils::router(app, schema())
}
