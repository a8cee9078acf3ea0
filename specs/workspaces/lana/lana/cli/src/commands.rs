mod audit;
mod database;
mod migrations;
mod report;
#[cfg(feature = "serve")]
mod serve;
mod simulate;

use std::error::Error;

use clap::{Args, Subcommand};

/// What a command prints, or why it failed.
pub(crate) type Outcome = Result<String, Box<dyn Error>>;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the embedded migrations: version, description, checksum
    Migrations,
    /// The bank's reports
    #[command(subcommand)]
    Report(report::Report),
    /// Play a scenario in memory and print its books
    Simulate(simulate::Simulate),
    /// Print the simulated bank's audit trail as JSON, one entry per line
    Audit(audit::Audit),
    /// Bring the database's schema up to date
    Migrate(Database),
    /// Store the simulated bank in the database
    Seed(Database),
    /// Run both GraphQL servers
    #[cfg(feature = "serve")]
    Serve(serve::Serve),
}

#[derive(Args)]
pub(crate) struct Database {
    /// PostgreSQL to work on
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
}

impl Command {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Migrations => Ok(migrations::list()),
            Self::Report(report) => report.run(),
            Self::Simulate(simulate) => simulate.run(),
            Self::Audit(audit) => audit.run(),
            Self::Migrate(database) => database::migrate(&database),
            Self::Seed(database) => database::seed(&database),
            #[cfg(feature = "serve")]
            Self::Serve(serve) => serve.run(),
        }
    }
}
