use clap::Args;
use lana_app::simulation::{self, Scenario};

use super::Outcome;

#[derive(Args)]
pub(crate) struct Simulate {
    /// How many customers join
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    customers: u32,

    /// How many months of interest accrue
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=360))]
    months: u32,
}

impl Simulate {
    pub(crate) fn run(self) -> Outcome {
        let bank = simulation::run(Scenario {
            customers: self.customers,
            months: self.months,
        })?;
        bank.trail().verify()?;
        let report = core_report::find("trial-balance")?;
        let books = core_report::render(&report, &bank.journal().trial_balance())?;
        Ok(format!(
            "{} customers, {} months, {} journal entries, {} audit entries\naudit seal {}\n\n{books}",
            self.customers,
            self.months,
            bank.journal().entries().len(),
            bank.trail().entries().len(),
            bank.trail().head(),
        ))
    }
}
