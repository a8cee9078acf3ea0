use std::sync::Arc;

use authz::Subject;
use chrono::{DateTime, Utc};
use lana_app::{App, Request};

/// One request: who sent it, and when.
pub struct Context {
    pub app: Arc<App>,
    pub subject: Subject,
    pub now: DateTime<Utc>,
}

impl Context {
    pub const fn request(&self) -> Request<'_> {
        Request {
            subject: &self.subject,
            now: self.now,
        }
    }
}

impl juniper::Context for Context {}
