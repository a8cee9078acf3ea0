//! The bank as a whole: its state, its rules across domains, and its database schema.

mod app;
mod bank;
mod error;
mod migrations;
pub mod simulation;
mod store;

pub use app::App;
pub use bank::{accounts, Bank, Request};
pub use error::AppError;
pub use migrations::{migrations, MigrationInfo};
pub use store::Store;
