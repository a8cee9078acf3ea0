//! The reports that the bank files: which there are, and how they look.

mod definition;
mod render;

pub use definition::{definitions, find, Frequency, ReportDefinition};
pub use render::render;

#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("reports.yml: {0}")]
    Definitions(#[from] serde_yaml::Error),
    #[error("there is no report '{0}'")]
    Unknown(String),
    #[error("report '{report}' names account {account}, which is not in the chart")]
    UnknownAccount { report: String, account: String },
    #[error("template: {0}")]
    Template(#[from] Box<handlebars::TemplateError>),
    #[error("rendering: {0}")]
    Render(#[from] Box<handlebars::RenderError>),
}
