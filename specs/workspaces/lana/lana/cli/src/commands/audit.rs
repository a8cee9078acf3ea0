use audit::Window;
use chrono::{DateTime, Utc};
use clap::Args;
use lana_app::simulation::{self, Scenario};

use super::Outcome;

#[derive(Args)]
pub(crate) struct Audit {
    /// First moment to show, as in 2024-01-02T00:00:00Z
    #[arg(long, default_value = "2024-01-01T00:00:00Z")]
    from: DateTime<Utc>,

    /// First moment not to show
    #[arg(long, default_value = "2025-01-01T00:00:00Z")]
    until: DateTime<Utc>,
}

impl Audit {
    pub(crate) fn run(self) -> Outcome {
        let window = Window {
            from: self.from,
            until: self.until,
        };
        let bank = simulation::run(Scenario::default())?;
        let mut text = serde_json::to_string(&window)? + "\n";
        for entry in bank.trail().within(window) {
            text.push_str(&serde_json::to_string(entry)?);
            text.push('\n');
        }
        Ok(text)
    }
}
