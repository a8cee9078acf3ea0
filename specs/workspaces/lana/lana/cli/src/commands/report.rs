use clap::Subcommand;
use lana_app::simulation::{self, Scenario};

use super::Outcome;

#[derive(Subcommand)]
pub(crate) enum Report {
    /// List the reports that the bank files
    List,
    /// Print a report on the simulated bank
    Show {
        /// A name from the list
        name: String,
    },
}

impl Report {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::List => list(),
            Self::Show { name } => show(&name),
        }
    }
}

fn list() -> Outcome {
    let reports = core_report::definitions()?;
    Ok(reports
        .iter()
        .map(|report| {
            let accounts = report.accounts.join(",");
            format!(
                "{}\t{}\t{}\t{accounts}\n",
                report.name, report.frequency, report.title
            )
        })
        .collect())
}

fn show(name: &str) -> Outcome {
    let report = core_report::find(name)?;
    let bank = simulation::run(Scenario::default())?;
    Ok(core_report::render(
        &report,
        &bank.journal().trial_balance(),
    )?)
}
